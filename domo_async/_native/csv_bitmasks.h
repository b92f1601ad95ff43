/* Structural bitmasks of CSV, as simdjson has them of JSON: for 64 bytes of text, one word of 64 bits for each structural
   byte, in which bit n is set where byte n is that byte. The lowest bit stands for the first byte.

   The fields that are in quotes come from the mask of quotes by a prefix XOR; commas and line feeds that are left outside
   of them are where fields and records end. All modules for CSV include this: the scanner of uploads
   (_transfer/csv/_survey.c), the rewriter of other dialects (_transfer/csv/_rewrite.c), the writer of frames
   (_transfer/encoding/_arrow_writer.c), and the reader of the embedded instance (_emulator/rows/_columns.c). */

#ifndef DOMO_ASYNC_CSV_BITMASKS_H
#define DOMO_ASYNC_CSV_BITMASKS_H

#include <stdint.h>
#include <string.h>

#include "compilers.h"

#define WORD 64

typedef struct {
    uint64_t quotes, commas, returns, feeds, others; /* others are not ASCII */
} Bitmasks;

/* All processors of x86-64 have it, which MSVC tells by the processor's name. */
#if defined(__SSE2__) || defined(_M_X64)

#include <emmintrin.h>

/* The 64 bytes that are looked at. */
typedef struct {
    __m128i text[4];
} Word;

static inline Word word_of(const uint8_t *bytes)
{
    Word word;
    for (int n = 0; n < 4; n++)
        word.text[n] = _mm_loadu_si128((const __m128i *)(bytes + 16 * n));
    return word;
}

/* SSE2 compares 16 bytes at once, and movemask gathers the highest bit of each. */
static inline uint64_t bitmask_of(Word word, char byte)
{
    const __m128i sought = _mm_set1_epi8(byte);
    uint64_t found = 0;
    for (int n = 0; n < 4; n++)
        found |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(word.text[n], sought)) << (16 * n);
    return found;
}

static inline uint64_t bitmask_of_others(Word word)
{
    uint64_t others = 0;
    for (int n = 0; n < 4; n++)
        others |= (uint64_t)(uint32_t)_mm_movemask_epi8(word.text[n]) << (16 * n);
    return others;
}

#else

/* Without SSE2: SWAR (SIMD within a register), 8 bytes at once in one word. */

/* A word of eight times the same byte. */
#define SWAR_EACH(byte) ((uint64_t)(byte) * 0x0101010101010101u)

/* SSE2's movemask for eight bytes: bit n is the highest bit of byte n. */
static inline uint64_t swar_movemask(uint64_t bytes)
{
    /* Each byte is 0 or 1. The factor has bit 7 * n set for n from 1 to 8, so that byte n is shifted to bit 56 + n; no two
       of the 64 products meet in one bit, so that nothing is carried. */
    return ((bytes & SWAR_EACH(0x80)) >> 7) * 0x0102040810204080u >> 56;
}

/* The 64 bytes that are looked at. */
typedef struct {
    uint64_t text[8];
} Word;

static inline Word word_of(const uint8_t *bytes)
{
    Word word;
    memcpy(word.text, bytes, sizeof word.text);
    return word;
}

static inline uint64_t bitmask_of(Word word, char byte)
{
    uint64_t found = 0;
    for (int n = 0; n < 8; n++) {
        /* A byte is zero where the sought one is. To seven bits of a byte 0x7f is added, which sets the highest bit unless
           they are zero, and carries into no other byte; the eighth bit is taken from the byte itself. */
        const uint64_t differs = word.text[n] ^ SWAR_EACH(byte);
        found |= swar_movemask(~(((differs & SWAR_EACH(0x7f)) + SWAR_EACH(0x7f)) | differs)) << (8 * n);
    }
    return found;
}

static inline uint64_t bitmask_of_others(Word word)
{
    uint64_t others = 0;
    for (int n = 0; n < 8; n++)
        others |= swar_movemask(word.text[n]) << (8 * n);
    return others;
}

#endif

static inline Bitmasks bitmasks(const uint8_t *bytes)
{
    const Word word = word_of(bytes);
    return (Bitmasks){bitmask_of(word, '"'), bitmask_of(word, ','), bitmask_of(word, '\r'), bitmask_of(word, '\n'),
                      bitmask_of_others(word)};
}

/* The prefix XOR of the quotes: bit n is the parity of the quotes up to byte n, itself included. It is set within quotes:
   an opening quote is in, a closing one out. `before` is all ones if the word begins within quotes, else zero. */
static inline uint64_t prefix_xor(uint64_t quotes, uint64_t before)
{
    /* After each step a bit is the parity of twice as many bits: 1, 2, 4, ..., 64. */
    for (int step = 1; step < WORD; step *= 2)
        quotes ^= quotes << step;
    return quotes ^ before;
}

/* All ones if the highest bit is set, else zero, by an arithmetic shift. */
static inline uint64_t spread_highest(uint64_t bit)
{
    return (uint64_t)((int64_t)bit >> 63);
}

/* The same with AVX2, 32 bytes at once, and with a carry-less product, on processors that have both; see `has_wide`. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(WITHOUT_AVX2)

#include <cpuid.h>
#include <immintrin.h>

#define HAS_WIDE_CODE
#define WIDE __attribute__((target("avx2,bmi,pclmul,popcnt")))

WIDE static inline uint64_t wide_bitmask_of(__m256i low, __m256i high, char byte)
{
    const __m256i sought = _mm256_set1_epi8(byte);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, sought)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, sought)) << 32;
}

WIDE static inline Bitmasks wide_bitmasks(const uint8_t *bytes)
{
    const __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
    return (Bitmasks){wide_bitmask_of(low, high, '"'), wide_bitmask_of(low, high, ','), wide_bitmask_of(low, high, '\r'),
                      wide_bitmask_of(low, high, '\n'),
                      (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
                          (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32};
}

/* The carry-less product with all ones adds up, without carrying, all bits below each bit. */
WIDE static inline uint64_t wide_prefix_xor(uint64_t quotes, uint64_t before)
{
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)quotes), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product) ^ before;
}

/* Whether the processor has what `WIDE` code needs, and the system keeps its wide registers. */
static inline int has_wide(void)
{
    unsigned a, b, c, d, kept, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_PCLMUL) || !(c & bit_POPCNT))
        return 0;
    __asm__("xgetbv" : "=a"(kept), "=d"(high) : "c"(0));
    return (kept & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_AVX2 && b & bit_BMI;
}

#endif

/* What is known of the bytes before a word: whether they end within quotes (all ones, or none), and whether the last one
   was an edge, a closing quote, or a carriage return outside quotes (one, or none). */
typedef struct {
    uint64_t in_quotes, edge, closed, returned;
} Before;

/* Keep the delimiters and line ends outside quotes. Return whether each quote and each carriage return that matters stands
   where it may: an opening quote behind an edge (a delimiter, a line feed or another quote), a closing one before an edge
   or a carriage return, and a carriage return before a line feed. `there` has a bit for each byte of the block.

   `inside` is the prefix XOR of the quotes. Shifted by one, a mask says of each byte whether the byte before it is of that
   kind. */
static inline int keep_outside(Bitmasks *found, uint64_t inside, uint64_t there, Before *before)
{
    const uint64_t edges = found->quotes | found->commas | found->feeds;
    if (found->quotes | before->in_quotes | before->closed) {
        const uint64_t closing = found->quotes & ~inside;
        if (found->quotes & inside & ~(edges << 1 | before->edge))
            return 0;
        if ((closing << 1 | before->closed) & there & ~(edges | found->returns))
            return 0;
        before->closed = closing >> 63;
        before->in_quotes = spread_highest(inside);
        found->commas &= ~inside;
        found->returns &= ~inside;
        found->feeds &= ~inside;
    }
    before->edge = edges >> 63;
    if (found->returns | before->returned) {
        if ((found->returns << 1 | before->returned) & there & ~found->feeds)
            return 0;
        before->returned = found->returns >> 63;
    }
    return 1;
}

static inline int keep_outside_quotes(Bitmasks *found, uint64_t there, Before *before)
{
    const uint64_t inside = found->quotes ? prefix_xor(found->quotes, before->in_quotes) : before->in_quotes;
    return keep_outside(found, inside, there, before);
}

/* Whether a byte of UTF-8 continues a character: 10xxxxxx. */
static inline int continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The bytes of the character of UTF-8 that begins here; 0 if there is none, or it is cut off. The bounds are those of the
   Unicode standard's table 3-7, which leave out overlong forms (0xC0, 0xC1, 0xE0 0x80, 0xF0 0x80), surrogates (0xED 0xA0)
   and what lies beyond U+10FFFF (0xF4 0x90). */
static inline Py_ssize_t character(const uint8_t *text, Py_ssize_t left)
{
    const uint8_t first = text[0];
    if (first < 0x80)
        return 1;
    if (first < 0xC2)
        return 0;
    if (first < 0xE0)
        return left >= 2 && continues(text[1]) ? 2 : 0;
    if (first < 0xF0)
        return left >= 3 && text[1] >= (first == 0xE0 ? 0xA0 : 0x80) && text[1] <= (first == 0xED ? 0x9F : 0xBF) &&
                       continues(text[2])
                   ? 3
                   : 0;
    return first < 0xF5 && left >= 4 && text[1] >= (first == 0xF0 ? 0x90 : 0x80) &&
                   text[1] <= (first == 0xF4 ? 0x8F : 0xBF) && continues(text[2]) && continues(text[3])
               ? 4
               : 0;
}

#endif
