/* What compilers call by different names: inlining, counting bits, products of 128 bits, and counting down what several
   threads hold.

   GCC and Clang have builtins, which Clang also has where it works for Microsoft's libraries, and MSVC has intrinsics. */

#ifndef DOMO_ASYNC_COMPILERS_H
#define DOMO_ASYNC_COMPILERS_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)

/* For functions that are compiled once for each value of a constant argument. */
#define INLINED static inline __attribute__((always_inline))

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a word of text has its first byte in its lowest bits"
#endif

static inline int count_bits(uint64_t word)
{
    return __builtin_popcountll(word);
}

/* The position of the lowest bit that is set; there has to be one. */
static inline int lowest_bit(uint64_t word)
{
    return __builtin_ctzll(word);
}

/* The position of the highest bit that is set; there has to be one. */
static inline int highest_bit(uint64_t word)
{
    return 63 - __builtin_clzll(word);
}

/* The lower half of a product; also sets its upper half. */
static inline uint64_t multiply(uint64_t one, uint64_t other, uint64_t *upper)
{
    __extension__ typedef unsigned __int128 Product;
    const Product product = (Product)one * other;
    *upper = (uint64_t)(product >> 64);
    return (uint64_t)product;
}

/* Count down, and return what is left. */
static inline long count_down(volatile long *count)
{
    return __atomic_sub_fetch(count, 1, __ATOMIC_ACQ_REL);
}

#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_ARM64))

#include <intrin.h>

#define INLINED static __forceinline

static inline int count_bits(uint64_t word)
{
#if defined(_M_X64)
    return (int)__popcnt64(word);
#else
    return (int)_CountOneBits64(word);
#endif
}

static inline int lowest_bit(uint64_t word)
{
    unsigned long position;
    _BitScanForward64(&position, word);
    return (int)position;
}

static inline int highest_bit(uint64_t word)
{
    unsigned long position;
    _BitScanReverse64(&position, word);
    return (int)position;
}

static inline uint64_t multiply(uint64_t one, uint64_t other, uint64_t *upper)
{
    *upper = __umulh(one, other);
    return one * other;
}

static inline long count_down(volatile long *count)
{
    return _InterlockedDecrement(count);
}

#else
#error "neither GCC, Clang nor MSVC for 64 bits"
#endif

#endif
