/* What compiled code sees of CSV: 64 bytes are one word for each byte that matters, with a bit where it stands.

   For GCC and Clang, and not for Windows, whose files are read in another way. */

#ifndef DOMO_ASYNC_WORDS_H
#define DOMO_ASYNC_WORDS_H

#include <stdint.h>
#include <string.h>

#if !defined(__GNUC__) || defined(_WIN32) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "neither GCC nor Clang, or Windows, or the highest byte first"
#endif

#define WORD 64

typedef struct {
    uint64_t quotes, commas, returns, feeds, others; /* others are not ASCII */
} Places;

#if defined(__SSE2__)

#include <emmintrin.h>

static inline uint64_t places_of(const __m128i text[4], char byte)
{
    const __m128i sought = _mm_set1_epi8(byte);
    uint64_t found = 0;
    for (int n = 0; n < 4; n++)
        found |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text[n], sought)) << (16 * n);
    return found;
}

static inline Places places(const uint8_t *bytes)
{
    __m128i text[4];
    uint64_t others = 0;
    for (int n = 0; n < 4; n++) {
        text[n] = _mm_loadu_si128((const __m128i *)(bytes + 16 * n));
        others |= (uint64_t)(uint32_t)_mm_movemask_epi8(text[n]) << (16 * n);
    }
    return (Places){places_of(text, '"'), places_of(text, ','), places_of(text, '\r'), places_of(text, '\n'), others};
}

#else

#define EACH(byte) ((uint64_t)(byte) * 0x0101010101010101u)

/* One bit for each byte of which the highest bit is set. */
static inline uint64_t gathered(uint64_t bytes)
{
    /* The product brings the eight bits together in its highest byte. */
    return ((bytes & EACH(0x80)) >> 7) * 0x0102040810204080u >> 56;
}

static inline uint64_t places_of(const uint64_t text[8], char byte)
{
    uint64_t found = 0;
    for (int n = 0; n < 8; n++) {
        /* Zero where the byte is; the sum leaves its highest bit clear there and nowhere else, and carries nowhere. */
        const uint64_t differs = text[n] ^ EACH(byte);
        found |= gathered(~(((differs & EACH(0x7f)) + EACH(0x7f)) | differs)) << (8 * n);
    }
    return found;
}

static inline Places places(const uint8_t *bytes)
{
    uint64_t text[8], others = 0;
    memcpy(text, bytes, sizeof text);
    for (int n = 0; n < 8; n++)
        others |= gathered(text[n]) << (8 * n);
    return (Places){places_of(text, '"'), places_of(text, ','), places_of(text, '\r'), places_of(text, '\n'), others};
}

#endif

/* A bit for each byte, set where an odd number of quotes stands up to it: an opening quote is in, a closing one out. */
static inline uint64_t within(uint64_t quotes, uint64_t before)
{
    for (int step = 1; step < WORD; step *= 2)
        quotes ^= quotes << step;
    return quotes ^ before;
}

static inline uint64_t spread(uint64_t bit)
{
    return (uint64_t)((int64_t)bit >> 63);
}

/* What is known of the bytes before a word: whether they end within quotes (all ones, or none), and whether the last one
   was an edge, a closing quote, or a carriage return outside quotes (one, or none). */
typedef struct {
    uint64_t in_quotes, edge, closed, returned;
} Before;

/* Leave the delimiters and line ends outside quotes. Return whether each quote and each carriage return that matters
   stands where it may; `there` has a bit for each byte of the block. */
static inline int look_outside(Places *found, uint64_t there, Before *before)
{
    const uint64_t edges = found->quotes | found->commas | found->feeds;
    if (found->quotes | before->in_quotes | before->closed) {
        const uint64_t inside = within(found->quotes, before->in_quotes);
        const uint64_t closing = found->quotes & ~inside;
        if (found->quotes & inside & ~(edges << 1 | before->edge))
            return 0;
        if ((closing << 1 | before->closed) & there & ~(edges | found->returns))
            return 0;
        before->closed = closing >> 63;
        before->in_quotes = spread(inside);
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

static inline int continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The bytes of the character that begins here; 0 if it is none, or is cut off. */
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
