/* CSV of Arrow batches, byte for byte as pyarrow's own writer makes it: text in quotes, NULL empty, all else unquoted.

   What this does not know is left to pyarrow and Python, which also say what is wrong: types that no form makes (see
   arrow_forms.py), days outside of the calendar, infinity, text that is not UTF-8. Numbers are made into text eight digits at a
   time, and doubles get the fewest digits that tell them from their neighbours. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_GIL_DISABLED /* free-threaded Python has no limited API */
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <stdlib.h>
#include <string.h>

#include "../../_native/arrow_c_data.h"
#include "../../_native/csv_bitmasks.h"

#define EIGHT_DIGITS 100000000u /* the first number that has more */
#define SLACK 64                /* bytes that may be written behind a record: values are copied in whole words */

/* Digits */

/* The eight digits of a number, one in each byte, the first in the lowest. Each step halves numbers that lie side by side:
   a number of eight digits becomes two of four, then four of two, then eight of one. The products divide by 100 and by 10,
   exactly for numbers of so few digits. */
static inline uint64_t eight_digits(uint32_t number)
{
    uint64_t word = number / 10000 | (uint64_t)(number % 10000) << 32;
    const uint64_t hundreds = (word * 10486) >> 20 & 0x0000007F0000007Fu;
    word = hundreds | (word - 100 * hundreds) << 16;
    const uint64_t tens = (word * 103) >> 10 & 0x000F000F000F000Fu;
    return tens | (word - 10 * tens) << 8;
}

#define AS_TEXT 0x3030303030303030u

static inline uint8_t *write_word(uint8_t *to, uint64_t word, int bytes)
{
    memcpy(to, &word, sizeof word);
    return to + bytes;
}

/* How many digits a number has that is less than 10 to the eighth. */
static inline int count_digits(uint32_t number)
{
    /* For each highest bit: the digits of the largest such number in the upper half, less those numbers of so many bits
       that have one digit less: the sum with them carries into the upper half. */
    static const uint64_t table[] = {
#define DIGITS(digits, power) (((uint64_t)(digits) << 32) - (power))
        DIGITS(1, 0),         DIGITS(1, 0),        DIGITS(1, 0),        DIGITS(2, 10),      DIGITS(2, 10),
        DIGITS(2, 10),        DIGITS(3, 100),      DIGITS(3, 100),      DIGITS(3, 100),     DIGITS(4, 1000),
        DIGITS(4, 1000),      DIGITS(4, 1000),     DIGITS(4, 1000),     DIGITS(5, 10000),   DIGITS(5, 10000),
        DIGITS(5, 10000),     DIGITS(6, 100000),   DIGITS(6, 100000),   DIGITS(6, 100000),  DIGITS(7, 1000000),
        DIGITS(7, 1000000),   DIGITS(7, 1000000),  DIGITS(7, 1000000),  DIGITS(8, 10000000), DIGITS(8, 10000000),
        DIGITS(8, 10000000),  DIGITS(9, 100000000),
#undef DIGITS
    };
    return (int)((number + table[highest_bit(number | 1)]) >> 32);
}

/* Write a number of up to eight digits. */
static inline uint8_t *write_few(uint8_t *to, uint32_t number)
{
    /* Not told by the word of digits, for the next value would have to wait until that is made. */
    const int count = count_digits(number);
    return write_word(to, (eight_digits(number) | AS_TEXT) >> 8 * (8 - count), count);
}

static inline uint8_t *write_whole(uint8_t *to, uint64_t number)
{
    if (number < EIGHT_DIGITS)
        return write_few(to, (uint32_t)number);
    const uint64_t high = number / EIGHT_DIGITS;
    if (high < EIGHT_DIGITS) {
        to = write_few(to, (uint32_t)high);
    } else {
        to = write_few(to, (uint32_t)(high / EIGHT_DIGITS));
        to = write_word(to, eight_digits((uint32_t)(high % EIGHT_DIGITS)) | AS_TEXT, 8);
    }
    return write_word(to, eight_digits((uint32_t)(number % EIGHT_DIGITS)) | AS_TEXT, 8);
}

static inline uint8_t *write_integer(uint8_t *to, int64_t number)
{
    *to = '-';
    return write_whole(to + (number < 0), number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* Doubles, by Schubfach as Raffaello Giulietti describes it in "The Schubfach way to render doubles". */

#define LEAST_POWER (-292)
#define LARGEST_POWER 324
#define WORDS 40 /* of 32 bits: any of these powers, with 128 bits below its point */

static uint64_t powers_of_ten[LARGEST_POWER - LEAST_POWER + 1][2]; /* the upper half first */

/* Keep the 128 highest bits of a number, plus one. */
static void keep_power(const uint32_t *words, uint64_t *power)
{
    int top = WORDS - 1;
    while (!words[top])
        top--;
    const int shift = 31 - highest_bit(words[top]);
    uint64_t high = (uint64_t)words[top] << 32 | words[top - 1], low = (uint64_t)words[top - 2] << 32 | words[top - 3];
    if (shift) {
        high = high << shift | low >> (64 - shift);
        low = low << shift | words[top - 4] >> (32 - shift);
    }
    power[1] = low + 1;
    power[0] = high + !power[1];
}

static void make_powers(void)
{
    uint32_t words[WORDS] = {[4] = 1};
    for (int n = 0; n <= LARGEST_POWER; n++) {
        keep_power(words, powers_of_ten[n - LEAST_POWER]);
        uint64_t carried = 0;
        for (int at = 0; at < WORDS; at++) {
            carried += (uint64_t)words[at] * 10;
            words[at] = (uint32_t)carried;
            carried >>= 32;
        }
    }
    memset(words, 0, sizeof words);
    words[WORDS - 1] = 1;
    for (int n = 0; n >= LEAST_POWER; n--) {
        if (n)
            keep_power(words, powers_of_ten[n - LEAST_POWER]);
        uint64_t rest = 0;
        for (int at = WORDS - 1; at >= 0; at--) {
            rest = rest << 32 | words[at];
            words[at] = (uint32_t)(rest / 10);
            rest %= 10;
        }
    }
}

/* Digits times a power of ten. */
typedef struct {
    uint64_t digits;
    int exponent;
} Decimal;

/* The highest 64 bits of the product with a power; the lowest of them is set if any bit below is. */
static inline uint64_t scaled(const uint64_t *power, uint64_t factor)
{
    uint64_t upper, carried;
    multiply(power[1], factor, &carried);
    const uint64_t lower = multiply(power[0], factor, &upper) + carried;
    upper += lower < carried;
    return upper | (lower > 1);
}

/* The shortest decimal number within the interval of those that are read as the double, and of these the closest to it. */
static inline Decimal shortest(uint64_t bits)
{
    const uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    const int biased = (int)(bits >> 52 & 0x7FF);
    const uint64_t significand = biased ? fraction | (uint64_t)1 << 52 : fraction;
    const int exponent = (biased ? biased : 1) - 1075;
    const int closer = !fraction && biased > 1; /* the neighbour below is at half the distance */
    /* The logarithms are products with 22 and 16 bits behind the point: log10(2), log10(3/4) and log2(10). */
    const int power = (exponent * 1262611 - (closer ? 524031 : 0)) >> 22;
    const int shift = exponent + ((-power * 217707) >> 16) + 1;
    const uint64_t *g = powers_of_ten[-power - LEAST_POWER];
    const uint64_t odd = significand & 1; /* then the ends of the interval are read as the neighbours */
    const uint64_t least = scaled(g, (4 * significand - 2 + (uint64_t)closer) << shift) + odd;
    const uint64_t value = scaled(g, 4 * significand << shift);
    const uint64_t most = scaled(g, (4 * significand + 2) << shift) - odd;
    const uint64_t whole = value / 4;
    if (whole >= 10) {
        const uint64_t tens = whole / 10;
        const int below = least <= 40 * tens, above = 40 * tens + 40 <= most;
        if (below != above)
            return (Decimal){tens + (uint64_t)above, power + 1};
    }
    const int below = least <= 4 * whole, above = 4 * whole + 4 <= most;
    if (below != above)
        return (Decimal){whole + (uint64_t)above, power};
    const uint64_t middle = 4 * whole + 2;
    return (Decimal){whole + (value > middle || (value == middle && whole & 1)), power};
}

/* Write a number of up to 17 digits, which is not zero, without zeros at its end; with an exponent from 10 to the tenth on,
   and below 10 to the -6th. */
static inline uint8_t *write_decimal(uint8_t *to, Decimal number)
{
    const uint64_t high = number.digits / EIGHT_DIGITS, first = high / EIGHT_DIGITS;
    const uint64_t middle = eight_digits((uint32_t)(high % EIGHT_DIGITS));
    const uint64_t last = eight_digits((uint32_t)(number.digits % EIGHT_DIGITS));
    const int zeros = first ? 0 : middle ? 1 + lowest_bit(middle) / 8 : 9 + lowest_bit(last) / 8; /* before all digits */
    const int end = last ? 10 + highest_bit(last) / 8 : middle ? 2 + highest_bit(middle) / 8 : 1;
    const int count = end - zeros, point = 17 - zeros + number.exponent; /* the digits before the point */
    /* All digits go where most of them stay. */
    uint8_t *digits = to + (point > 0 || point <= -6 ? 1 : 2 - point), *next = digits;
    memcpy(to, "0.000000", 8);
    *next = (uint8_t)('0' + first);
    next += first > 0;
    const int skipped = zeros > 8 ? 8 : zeros > 1 ? zeros - 1 : 0;
    if (skipped < 8)
        next = write_word(next, (middle | AS_TEXT) >> 8 * skipped, 8 - skipped);
    write_word(next, (last | AS_TEXT) >> (zeros > 9 ? 8 * (zeros - 9) : 0), 8);
    if (point > 10 || point <= -6) {
        const int exponent = point - 1;
        to[0] = digits[0];
        to[1] = '.';
        to += count > 1 ? count + 1 : 1;
        *to++ = 'e';
        *to++ = exponent < 0 ? '-' : '+';
        return write_few(to, (uint32_t)(exponent < 0 ? -exponent : exponent));
    }
    if (point <= 0)
        return digits + count;
    for (int n = 0; n < point; n++)
        to[n] = n < count ? to[n + 1] : '0';
    if (count <= point)
        return to + point;
    to[point] = '.';
    return digits + count;
}

static const uint32_t units[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

#define INFINITE ((uint64_t)0x7FF << 52)

/* NaN is NULL, as everywhere; infinity is refused. */
static inline uint8_t *write_double(uint8_t *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & INFINITE) == INFINITE)
        return bits << 12 ? to : NULL;
    *to = '-';
    to += bits >> 63;
    bits &= UINT64_MAX >> 1;
    if (!bits) {
        *to = '0';
        return to + 1;
    }
    /* Any number of up to 15 digits is the only one of them that is read as its double, so it is the shortest. The
       division rounds once, as both of its operands are exact. */
    memcpy(&value, &bits, sizeof value);
    if (value < 1e9 && value >= 1e-6) {
        const uint64_t digits = (uint64_t)(value * 1e6 + 0.5);
        if ((double)digits / 1e6 == value) {
            const uint32_t whole = (uint32_t)value;
            to = write_whole(to, whole);
            const uint64_t fraction = eight_digits((uint32_t)(digits - (uint64_t)whole * 1000000)) >> 16;
            if (!fraction)
                return to;
            *to = '.';
            return write_word(to + 1, fraction | AS_TEXT, highest_bit(fraction) / 8 + 1);
        }
    }
    return write_decimal(to, shortest(bits));
}

/* Divide a number of 128 bits, the lowest first, and return the rest. */
static inline uint32_t divide(uint32_t *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int n = 3; n >= 0; n--) {
        rest = rest << 32 | number[n];
        number[n] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint32_t)rest;
}

static uint8_t *write_wide(uint8_t *to, uint32_t *number)
{
    if (!number[2] && !number[3])
        return write_whole(to, (uint64_t)number[1] << 32 | number[0]);
    const uint32_t last = divide(number, EIGHT_DIGITS);
    return write_word(write_wide(to, number), eight_digits(last) | AS_TEXT, 8);
}

INLINED uint8_t *write_fraction(uint8_t *to, uint32_t fraction, int digits)
{
    if (!digits)
        return to;
    *to++ = '.';
    if (digits == 9) {
        to = write_word(to, eight_digits(fraction / 10) | AS_TEXT, 8);
        *to = (uint8_t)('0' + fraction % 10);
        return to + 1;
    }
    return write_word(to, (eight_digits(fraction) | AS_TEXT) >> 8 * (8 - digits), digits);
}

static inline uint8_t *write_scaled(uint8_t *to, uint64_t low, uint64_t high, int scale)
{
    if (high >> 63) {
        *to++ = '-';
        low = 0 - low;
        high = ~high + !low;
    }
    if (!high)
        return write_fraction(write_whole(to, low / units[scale]), (uint32_t)(low % units[scale]), scale);
    uint32_t number[] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)};
    const uint32_t fraction = divide(number, units[scale]);
    return write_fraction(write_wide(to, number), fraction, scale);
}

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

/* Write a day of the years 1 to 9999. The date is found in a calendar that begins in March, so that leap days end its
   years, and in eras of 400 years, which are all of the same length. */
static inline uint8_t *write_day(uint8_t *to, int32_t day)
{
    const uint32_t since = 4 * (uint32_t)(day + 719468) + 3; /* March 1 of the year 0, in quarters of days */
    const uint32_t century = since / 146097, of_century = since % 146097 | 3;
    /* The upper half is the year of the century, and the lower half the share of the year that has passed. */
    const uint64_t years = (uint64_t)of_century * 2939745;
    const uint32_t of_year = (uint32_t)years / 2939745 / 4;
    /* The same for months: since March, in units of 1/65536. */
    const uint32_t months = 2141 * of_year + 197913;
    const uint32_t turned = of_year >= 306; /* January and February are of the next year */
    const uint32_t year = 100 * century + (uint32_t)(years >> 32) + turned;
    const uint32_t month = (months >> 16) - (turned ? 12 : 0), day_of_month = (months & 0xFFFF) / 2141 + 1;
    const uint64_t digits = eight_digits(year * 10000 + month * 100 + day_of_month) | AS_TEXT;
    write_word(to, (digits & 0xFFFFFFFFu) | (uint64_t)'-' << 32 | (digits >> 32 & 0xFFFF) << 40 | (uint64_t)'-' << 56, 8);
    const uint16_t last = (uint16_t)(digits >> 48);
    memcpy(to + 8, &last, sizeof last);
    return to + 10;
}

INLINED uint8_t *write_timestamp(uint8_t *to, int64_t value, int places)
{
    const int64_t unit = (int64_t)units[places];
    int64_t fraction = value % unit, seconds = value / unit;
    if (fraction < 0) {
        fraction += unit;
        seconds--;
    }
    if (seconds < (int64_t)FIRST_DAY * 86400 || seconds >= ((int64_t)LAST_DAY + 1) * 86400)
        return NULL;
    const uint64_t since = (uint64_t)(seconds - (int64_t)FIRST_DAY * 86400);
    const uint32_t days = (uint32_t)(since / 86400), second = (uint32_t)(since % 86400);
    to = write_day(to, (int32_t)days + FIRST_DAY);
    const uint32_t time = second / 3600 * 10000 + second / 60 % 60 * 100 + second % 60;
    const uint64_t digits = (eight_digits(time) | AS_TEXT) >> 16;
    write_word(to, ' ' | (digits & 0xFFFF) << 8 | (uint64_t)':' << 24 | (digits >> 16 & 0xFFFF) << 32 | (uint64_t)':' << 48 |
                       digits >> 32 << 56, 8);
    to[8] = (uint8_t)(digits >> 40);
    return write_fraction(to + 9, (uint32_t)fraction, places);
}

/* Columns */

typedef enum {
    NOTHING,
    INT8,
    INT16,
    INT32,
    INT64,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    DOUBLE,
    DATE,
    SECONDS,
    MILLISECONDS,
    MICROSECONDS,
    NANOSECONDS,
    TEXT,
    LARGE_TEXT,
    TEXT_VIEW,
    DECIMAL,
    KINDS
} Kind;

static const struct {
    const char *format;
    uint64_t widest; /* bytes of a value, or those around a text */
} kinds[KINDS] = {
    [NOTHING] = {"n", 0},        [INT8] = {"c", 4},           [INT16] = {"s", 6},         [INT32] = {"i", 11},
    [INT64] = {"l", 20},         [UINT8] = {"C", 3},          [UINT16] = {"S", 5},        [UINT32] = {"I", 10},
    [UINT64] = {"L", 20},        [DOUBLE] = {"g", 24},        [DATE] = {"tdD", 10},       [SECONDS] = {"tss:", 19},
    [MILLISECONDS] = {"tsm:", 23}, [MICROSECONDS] = {"tsu:", 26}, [NANOSECONDS] = {"tsn:", 29}, [TEXT] = {"u", 2},
    [LARGE_TEXT] = {"U", 2},     [TEXT_VIEW] = {"vu", 2},     [DECIMAL] = {"d:", 41},
};

#define MOST_PLACES '6' /* pyarrow writes small decimals of more with an exponent */
#define INLINE_BYTES 12
#define MOST_VIEWS (1 << 28) /* whose lengths 64 bits can count */

typedef struct {
    Kind kind;
    int scale;              /* of decimals */
    int64_t offset;         /* of the first value, in the buffers */
    const uint8_t *present; /* a bit for each value; NULL if none is missing */
    const uint8_t *values;  /* of text: the offsets, or the views */
    int quotes;             /* whether text may have some */
    const uint8_t *text, *text_end;
    const uint8_t **texts; /* of views */
    const int64_t *lengths;
    int64_t count;
} Column;

/* Arrow's buffers need not be aligned. */
#define LOADS(type, name)                                                                                               \
    static inline type name(const uint8_t *values, int64_t at)                                                          \
    {                                                                                                                   \
        type value;                                                                                                     \
        memcpy(&value, values + at * (int64_t)sizeof value, sizeof value);                                              \
        return value;                                                                                                   \
    }
LOADS(int8_t, load_int8)
LOADS(int16_t, load_int16)
LOADS(int32_t, load_int32)
LOADS(int64_t, load_int64)
LOADS(uint8_t, load_uint8)
LOADS(uint16_t, load_uint16)
LOADS(uint32_t, load_uint32)
LOADS(uint64_t, load_uint64)
LOADS(double, load_double)

static inline int is_present(const Column *column, int64_t at)
{
    return !column->present || column->present[at >> 3] >> (at & 7) & 1;
}

/* Text, and up to where bytes may be read. */
typedef struct {
    const uint8_t *bytes, *end;
    int64_t length;
} Text;

/* The text between two offsets. */
static inline Text text_at(const Column *column, int64_t at)
{
    const int large = column->kind == LARGE_TEXT;
    const int64_t start = large ? load_int64(column->values, at) : load_int32(column->values, at);
    const int64_t end = large ? load_int64(column->values, at + 1) : load_int32(column->values, at + 1);
    return (Text){column->text + start, column->text_end, end - start};
}

/* The text of a view, which is in the view itself if it is short; NULL if there is no such text. */
static inline Text viewed_at(const Column *column, int64_t at)
{
    const uint8_t *view = column->values + 16 * at;
    const int64_t length = load_int32(view, 0);
    if (length <= INLINE_BYTES)
        return (Text){length < 0 ? NULL : view + 4, column->text_end, length};
    const int64_t which = load_int32(view, 2), start = load_int32(view, 3);
    if (which < 0 || which >= column->count || start < 0 || start + length > column->lengths[which])
        return (Text){0};
    return (Text){column->texts[which] + start, column->texts[which] + column->lengths[which], length};
}

#define NOT_ASCII 0x8080808080808080u

static int is_utf8(const uint8_t *text, int64_t length)
{
    while (length) {
        int64_t bytes = length >= 8 && !(load_uint64(text, 0) & NOT_ASCII) ? 8 : character(text, (Py_ssize_t)length);
        if (!bytes)
            return 0;
        text += bytes;
        length -= bytes;
    }
    return 1;
}

/* A bit of each byte that is a quote; bytes above one may have it, too. */
static inline uint64_t quotes_of(uint64_t word)
{
    word ^= '"' * 0x0101010101010101u;
    return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

static inline uint8_t *write_text(uint8_t *to, Text text, int quotes)
{
    *to++ = '"';
    if (text.length <= 16 && text.end - text.bytes >= 16) {
        const uint64_t first = load_uint64(text.bytes, 0), second = load_uint64(text.bytes, 1);
        write_word(to, first, 8);
        write_word(to + 8, second, 8);
        /* Those behind the text only cost time. */
        quotes = quotes && quotes_of(first) | quotes_of(second);
    } else if (!quotes) {
        memcpy(to, text.bytes, (size_t)text.length);
    }
    if (!quotes) {
        to += text.length;
    } else {
        const uint8_t *end = text.bytes + text.length;
        while (text.bytes < end) {
            const uint8_t *quote = memchr(text.bytes, '"', (size_t)(end - text.bytes));
            const uint8_t *until = quote ? quote + 1 : end;
            memcpy(to, text.bytes, (size_t)(until - text.bytes));
            to += until - text.bytes;
            text.bytes = until;
            if (quote)
                *to++ = '"';
        }
    }
    *to = '"';
    return to + 1;
}

static inline uint8_t *write_view(uint8_t *to, const Column *column, int64_t at)
{
    const Text text = viewed_at(column, at);
    if (!text.bytes)
        return NULL;
    const int few = text.length <= 16 && text.end - text.bytes >= 16;
    /* Those behind the text only cost time. */
    const int ascii = few && !((load_uint64(text.bytes, 0) | load_uint64(text.bytes, 1)) & NOT_ASCII);
    return ascii || is_utf8(text.bytes, text.length) ? write_text(to, text, 1) : NULL;
}

/* Return where the cell ends, or NULL for a value that is not known. */
static inline uint8_t *write_cell(uint8_t *to, const Column *column, int64_t row)
{
    const uint8_t *values = column->values;
    const int64_t at = column->offset + row;
    if (!is_present(column, at))
        return to;
    switch (column->kind) {
    case INT8:
        return write_integer(to, load_int8(values, at));
    case INT16:
        return write_integer(to, load_int16(values, at));
    case INT32:
        return write_integer(to, load_int32(values, at));
    case INT64:
        return write_integer(to, load_int64(values, at));
    case UINT8:
        return write_whole(to, load_uint8(values, at));
    case UINT16:
        return write_whole(to, load_uint16(values, at));
    case UINT32:
        return write_whole(to, load_uint32(values, at));
    case UINT64:
        return write_whole(to, load_uint64(values, at));
    case DOUBLE:
        return write_double(to, load_double(values, at));
    case DECIMAL:
        return write_scaled(to, load_uint64(values, 2 * at), load_uint64(values, 2 * at + 1), column->scale);
    case DATE: {
        const int32_t day = load_int32(values, at);
        return day < FIRST_DAY || day > LAST_DAY ? NULL : write_day(to, day);
    }
    case SECONDS:
        return write_timestamp(to, load_int64(values, at), 0);
    case MILLISECONDS:
        return write_timestamp(to, load_int64(values, at), 3);
    case MICROSECONDS:
        return write_timestamp(to, load_int64(values, at), 6);
    case NANOSECONDS:
        return write_timestamp(to, load_int64(values, at), 9);
    case TEXT:
    case LARGE_TEXT:
        return write_text(to, text_at(column, at), column->quotes);
    case TEXT_VIEW:
        return write_view(to, column, at);
    default:
        return to;
    }
}

/* Take the texts of a column whose values begin at offsets; pyarrow has checked that the first and the last of these are
   within the buffer. Add the most bytes that they may need, and return whether they are UTF-8. */
static int take_texts(Column *column, int64_t rows, uint64_t *bytes)
{
    const int64_t end = column->offset + rows;
    const uint8_t *text = text_at(column, column->offset).bytes;
    const Text last = text_at(column, end - 1);
    int64_t least = 0;
    for (int64_t at = column->offset; at < end; at++) {
        const int64_t length = text_at(column, at).length;
        least = length < least ? length : least;
    }
    if (least < 0)
        return 0;
    column->text_end = last.bytes + last.length;
    uint64_t quotes = 0, all = 0;
    const int64_t length = column->text_end - text;
    int64_t at = 0;
    for (; length - at >= WORD; at += WORD) {
        const Word word = word_of(text + at);
        const uint64_t found = bitmask_of(word, '"');
        quotes += found ? (uint64_t)count_bits(found) : 0;
        all |= bitmask_of_others(word);
    }
    for (; at < length; at++) {
        quotes += text[at] == '"';
        all |= text[at] & 0x80;
    }
    column->quotes = quotes > 0;
    *bytes += (uint64_t)length + quotes;
    for (at = column->offset; all && at < end; at++)
        if (is_present(column, at) && !is_utf8(text_at(column, at).bytes, text_at(column, at).length))
            return 0;
    return 1;
}

/* The same for views, which are checked when they are written. */
static int take_views(Column *column, int64_t rows, uint64_t *bytes)
{
    const int64_t end = column->offset + rows;
    if (rows > MOST_VIEWS)
        return 0;
    for (int64_t at = column->offset; at < end; at++) {
        const int32_t length = load_int32(column->values, 4 * at);
        *bytes += length > 0 && is_present(column, at) ? 2 * (uint64_t)length : 0;
    }
    column->text_end = column->values + 16 * end;
    return 1;
}

/* Take a column, add the most bytes that it may need, and return whether it is known. */
static int take_column(Column *column, const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t offset,
                       int64_t rows, uint64_t *bytes)
{
    if (schema->dictionary)
        return 0;
    while (column->kind < DECIMAL && strcmp(schema->format, kinds[column->kind].format))
        column->kind++;
    if (column->kind == DECIMAL) {
        /* "d:precision,scale" */
        const char *comma = strchr(schema->format, ',');
        if (strncmp(schema->format, kinds[DECIMAL].format, 2) || !comma || comma[1] < '0' || comma[1] > MOST_PLACES || comma[2])
            return 0;
        column->scale = comma[1] - '0';
    }
    *bytes += (kinds[column->kind].widest + 1) * (uint64_t)rows;
    if (column->kind == NOTHING)
        return 1;
    column->offset = offset + array->offset;
    column->present = array->null_count ? array->buffers[0] : NULL;
    column->values = array->buffers[1];
    if (column->kind == TEXT || column->kind == LARGE_TEXT) {
        column->text = array->buffers[2] ? array->buffers[2] : (const uint8_t *)"";
        if (!take_texts(column, rows, bytes))
            return 0;
    }
    if (column->kind == TEXT_VIEW) {
        /* The last of the buffers is the lengths of those between. */
        column->texts = (const uint8_t **)array->buffers + 2;
        column->count = array->n_buffers - 3;
        column->lengths = array->buffers[array->n_buffers - 1];
        if (!take_views(column, rows, bytes))
            return 0;
    }
    return *bytes <= PTRDIFF_MAX;
}

/* Whole records. */
typedef struct {
    int64_t length, records;
    char *content; /* of the object that is returned for it */
} Block;

typedef struct {
    uint8_t *bytes;
    Block *blocks;
    int64_t count;
} Written;

/* Write records in blocks of up to `most` bytes, unless a single record is longer. Return whether all values are known. */
static int write_records(Written *written, int64_t most, const Column *columns, int64_t width, int64_t rows)
{
    uint8_t *to = written->bytes, *block = to;
    int64_t records = 0;
    for (int64_t row = 0; row < rows; row++, records++) {
        uint8_t *record = to;
        for (int64_t n = 0; n < width; n++) {
            to = write_cell(to, &columns[n], row);
            if (!to)
                return 0;
            *to++ = ',';
        }
        to[-1] = '\n';
        if (to - block > most && records) {
            written->blocks[written->count++] = (Block){record - block, records, NULL};
            block = record;
            records = 0;
        }
    }
    written->blocks[written->count++] = (Block){to - block, records, NULL};
    return 1;
}

/* Return whether all types and values are known; and false without enough memory, of which pyarrow needs less. */
static int write_all(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t most, Written *written)
{
    const int64_t width = array->n_children, rows = array->length;
    uint64_t bytes = SLACK;
    if (strcmp(schema->format, "+s") || width < 1 || rows < 1 || rows > (PTRDIFF_MAX >> 8) / width || array->null_count)
        return 0;
    Column *columns = calloc((size_t)width, sizeof *columns);
    if (!columns)
        return 0;
    int64_t taken = 0;
    int known = 0;
    while (taken < width &&
           take_column(&columns[taken], schema->children[taken], array->children[taken], array->offset, rows, &bytes))
        taken++;
    if (taken == width) {
        written->bytes = malloc((size_t)bytes);
        /* Any two blocks that follow each other have more than `most` bytes. */
        written->blocks = malloc((size_t)(bytes / (uint64_t)most * 2 + 2) * sizeof *written->blocks);
        known = written->bytes && written->blocks && write_records(written, most, columns, width, rows);
    }
    free(columns);
    return known;
}

static PyObject *list_of(Written *written)
{
    PyObject *list = PyList_New(written->count);
    for (int64_t n = 0; list && n < written->count; n++) {
        Block *block = &written->blocks[n];
        PyObject *content = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)block->length);
        PyObject *item = content ? Py_BuildValue("NL", content, (long long)block->records) : NULL;
        block->content = item ? PyBytes_AsString(content) : NULL;
        if (!item || PyList_SetItem(list, n, item))
            Py_CLEAR(list);
    }
    if (!list)
        return NULL;
    const uint8_t *bytes = written->bytes;
    Py_BEGIN_ALLOW_THREADS /* nobody else has these objects yet */
    for (int64_t n = 0; n < written->count; n++) {
        memcpy(written->blocks[n].content, bytes, (size_t)written->blocks[n].length);
        bytes += written->blocks[n].length;
    }
    Py_END_ALLOW_THREADS
    return list;
}

PyDoc_STRVAR(write_doc, "write(schema, array, most, /)\n--\n\n"
                        "Return a batch, given as capsules of the Arrow C data interface, as blocks of CSV of up to `most` "
                        "bytes, with how many records each has; or None if there is a type or a value that is not known. "
                        "pyarrow has to have checked the sizes of buffers.");

static PyObject *write_batch(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *schema_capsule, *array_capsule, *result;
    Py_ssize_t most;
    Written written = {0};
    int known;
    if (!PyArg_ParseTuple(arguments, "OOn", &schema_capsule, &array_capsule, &most))
        return NULL;
    const struct ArrowSchema *schema = PyCapsule_GetPointer(schema_capsule, "arrow_schema");
    const struct ArrowArray *array = schema ? PyCapsule_GetPointer(array_capsule, "arrow_array") : NULL;
    if (!array)
        return NULL;
    if (most < 1) {
        PyErr_SetString(PyExc_ValueError, "a block has to have room for a byte");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    known = write_all(schema, array, most, &written);
    Py_END_ALLOW_THREADS
    result = known ? list_of(&written) : Py_NewRef(Py_None);
    free(written.bytes);
    free(written.blocks);
    return result;
}

static int load(PyObject *Py_UNUSED(module))
{
    make_powers();
    return 0;
}

static PyMethodDef methods[] = {
    {"write", write_batch, METH_VARARGS, write_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)(uintptr_t)load},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "domo_async._transfer.encoding._arrow_writer",
    .m_doc = "CSV of Arrow batches.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__arrow_writer(void)
{
    return PyModuleDef_Init(&definition);
}
