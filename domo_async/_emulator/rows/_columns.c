/* CSV parts as an Arrow stream of typed columns, for as long as everything in them is plain.

   Plain are the forms in which nearly all data come; see columns.py, which says what is asked. All else ends the stream
   with an error: DuckDB's own reader, which is slower, then decides what it is and says what is wrong with it. So nothing
   may be taken here that it would refuse, or read as anything else.

   Each block of a part is looked at twice: once to find where fields end, 64 bytes at a time, and once for each column,
   to make values of them. Text is not copied: an Arrow view says where it stands in the block, which lives as long as
   what was made of it. No Python is called, so that all this runs on any thread, without the interpreter's lock. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_GIL_DISABLED /* free-threaded Python has no limited API */
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "../../_native/arrow_c_data.h"
#include "../../_native/csv_bitmasks.h"

#define DECIMAL_DIGITS 38
#define DOUBLE_MAGNITUDE 308
#define MOST_DIGITS 19 /* so many always fit into 64 bits */
#define INLINE_BYTES 12
#define ALIGNMENT 64
#define LONGEST_BLOCK (1 << 30) /* views count bytes in 32 bits, with a sign */

/* The Arrow C stream interface, as its specification gives it. */

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

typedef enum { STRING, LONG, DOUBLE, DECIMAL, DATE, DATETIME, KINDS } Kind;

static const struct {
    const char *name, *format;
    size_t size;
} kinds[KINDS] = {
    [STRING] = {"STRING", "vu", 16},      [LONG] = {"LONG", "l", 8},    [DOUBLE] = {"DOUBLE", "vu", 16},
    [DECIMAL] = {"DECIMAL", "d:38,%d", 16}, [DATE] = {"DATE", "tdD", 4}, [DATETIME] = {"DATETIME", "tsu:", 8},
};

typedef struct {
    Kind kind;
    int scale;
} Column;

/* A character of a path, and how a file is opened. */
#ifdef _WIN32
typedef wchar_t PathCharacter;
#define OPEN(path) _wfopen(path, L"rb")
#else
typedef char PathCharacter;
#define OPEN(path) fopen(path, "rb")
#endif

/* Where the parts are, and how far they are read. */
typedef struct {
    Py_ssize_t width, parts, next_part;
    Column *columns;
    PathCharacter **paths;
    FILE *part;     /* the one that is being read; NULL between two */
    int begins;     /* whether nothing of it was read yet */
    size_t most;    /* bytes of a block */
    uint32_t *ends; /* of the fields of a block: the commas and line feeds behind them */
    const char *problem;
} Source;

/* A number of 128 bits, which not every compiler has, as Arrow keeps a decimal: the lower half first. */
typedef struct {
    uint64_t low, high;
} Wide;

static Wide powers_of_ten[DECIMAL_DIGITS + 1];

/* A product's lowest 128 bits, by halves of 32 bits: no sum here is more than 64 bits hold. */
static inline Wide times(Wide number, uint64_t factor)
{
    const uint64_t low = number.low & UINT32_MAX, high = number.low >> 32;
    const uint64_t factor_low = factor & UINT32_MAX, factor_high = factor >> 32;
    const uint64_t lowest = low * factor_low;
    const uint64_t middle = high * factor_low + (lowest >> 32);
    const uint64_t other = low * factor_high + (middle & UINT32_MAX);
    return (Wide){other << 32 | (lowest & UINT32_MAX),
                  high * factor_high + (middle >> 32) + (other >> 32) + number.high * factor};
}

static inline Wide plus(Wide one, Wide other)
{
    const uint64_t low = one.low + other.low;
    return (Wide){low, one.high + other.high + (low < one.low)};
}

/* Whether eight bytes are digits, by SWAR: 0x30 to 0x39. The high half of each is 3 as it is, and stays 3 when 6 is added,
   so that the low half is at most 9. A carry out of a byte could only come from one that is not a digit. */
static inline int are_digits(uint64_t word)
{
    return ((word & 0xF0F0F0F0F0F0F0F0u) | ((word + 0x0606060606060606u) & 0xF0F0F0F0F0F0F0F0u) >> 4) ==
           0x3333333333333333u;
}

/* The value of one to eight digits, by SWAR; may read eight bytes. Return whether they are digits.

   Each step joins neighbours: eight digits become four numbers of two digits, those two of four, and those one of eight.
   The product adds the left neighbour, which lies lower, times a power of ten to the right one: 2561 is 10 << 8 | 1,
   6553601 is 100 << 16 | 1, and 42949672960001 is 10000 << 32 | 1. */
static inline int few_digits(const uint8_t *text, Py_ssize_t length, uint64_t *value)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    /* The digits move to the end, with the digit 0 (0x30) before them. Two shifts, as one by 64 would have no meaning. */
    word <<= 64 - 8 * length;
    word |= (0x3030303030303030u >> 4 * length) >> 4 * length;
    if (!are_digits(word))
        return 0;
    word = (word & 0x0F0F0F0F0F0F0F0Fu) * 2561 >> 8;
    word = (word & 0x00FF00FF00FF00FFu) * 6553601 >> 16;
    *value = (word & 0x0000FFFF0000FFFFu) * 42949672960001u >> 32;
    return 1;
}

static inline int digits(const uint8_t *text, Py_ssize_t length, uint64_t *value)
{
    if (length < 1 || length > MOST_DIGITS)
        return 0;
    Py_ssize_t at = (length - 1) % 8 + 1;
    if (!few_digits(text, at, value))
        return 0;
    for (; at < length; at += 8) {
        uint64_t more;
        if (!few_digits(text + at, 8, &more))
            return 0;
        *value = *value * 100000000 + more;
    }
    return 1;
}

static inline int read_long(const uint8_t *text, Py_ssize_t length, int64_t *value)
{
    const int negative = text[0] == '-';
    uint64_t magnitude;
    if (!digits(text + negative, length - negative, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return 0;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return 1;
}

static inline int read_decimal(const uint8_t *text, Py_ssize_t length, int scale, void *value)
{
    if (length > DECIMAL_DIGITS)
        return 0;
    const int negative = text[0] == '-';
    text += negative;
    length -= negative;
    const uint8_t *point = memchr(text, '.', (size_t)length);
    const Py_ssize_t whole = point ? point - text : length;
    uint64_t before, after;
    if (whole + scale > DECIMAL_DIGITS || !digits(text, whole, &before))
        return 0;
    Wide magnitude = times(powers_of_ten[scale], before);
    if (point) {
        const Py_ssize_t fraction = length - whole - 1;
        if (fraction > scale || !digits(point + 1, fraction, &after))
            return 0;
        magnitude = plus(magnitude, times(powers_of_ten[scale - fraction], after));
    }
    if (negative)
        magnitude = plus((Wide){~magnitude.low, ~magnitude.high}, (Wide){1, 0});
    memcpy(value, &magnitude, sizeof magnitude);
    return 1;
}

static inline Py_ssize_t past_digits(const uint8_t *text, Py_ssize_t at, Py_ssize_t length)
{
    uint64_t word;
    for (; length - at >= 8; at += 8) {
        memcpy(&word, text + at, sizeof word);
        if (!are_digits(word))
            break;
    }
    while (at < length && (uint8_t)(text[at] - '0') < 10)
        at++;
    return at;
}

/* Whether this is `-?digits[.digits][(e|E)[+|-]digits]` and less than 10 to the 308th, thus not infinite; DuckDB
   converts it. */
static inline int is_double(const uint8_t *text, Py_ssize_t length)
{
    Py_ssize_t from = text[0] == '-';
    Py_ssize_t at = past_digits(text, from, length);
    if (at == from)
        return 0;
    Py_ssize_t magnitude = at - from;
    if (at < length && text[at] == '.') {
        from = at + 1;
        at = past_digits(text, from, length);
        if (at == from)
            return 0;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        from = at + 1;
        const int negative = from < length && text[from] == '-';
        from += from < length && (text[from] == '+' || text[from] == '-');
        Py_ssize_t exponent = 0;
        for (at = from; at < length && (uint8_t)(text[at] - '0') < 10 && exponent < DOUBLE_MAGNITUDE; at++)
            exponent = 10 * exponent + text[at] - '0';
        if (at == from)
            return 0;
        magnitude += negative ? -exponent : exponent;
    }
    return at == length && magnitude <= DOUBLE_MAGNITUDE;
}

/* The value of two digits; more than 99 if they are none. */
static inline unsigned pair(const uint8_t *text)
{
    const unsigned ten = (unsigned)text[0] - '0', one = (unsigned)text[1] - '0';
    return ten > 9 || one > 9 ? 100 : 10 * ten + one;
}

/* The days from 1970-01-01 to a date of `YYYY-MM-DD`, of the years 0001 to 9999. Return whether there is such a day. */
static inline int read_days(const uint8_t *text, int32_t *days)
{
    static const uint8_t longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const unsigned century = pair(text), of_century = pair(text + 2), month = pair(text + 5), day = pair(text + 8);
    if (century > 99 || of_century > 99 || text[4] != '-' || text[7] != '-')
        return 0;
    const unsigned year = 100 * century + of_century;
    if (!year || month < 1 || month > 12 || day < 1 || day > longest[month - 1])
        return 0;
    if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))
        return 0;
    /* Years that begin in March have the day that is not always there at their end. */
    const unsigned since = year - (month < 3), of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    *days = (int32_t)(365 * since + since / 4 - since / 100 + since / 400 + of_year) - 719468;
    return 1;
}

/* The microseconds since 1970 of `YYYY-MM-DD(T| )HH:MM:SS[.fraction][Z]`, up to six digits of fractions. */
static inline int read_timestamp(const uint8_t *text, Py_ssize_t length, int64_t *timestamp)
{
    int32_t days;
    uint64_t fraction = 0;
    if (length > 19 && text[length - 1] == 'Z')
        length--;
    if (length < 19 || !read_days(text, &days) || (text[10] != 'T' && text[10] != ' '))
        return 0;
    const unsigned hours = pair(text + 11), minutes = pair(text + 14), seconds = pair(text + 17);
    if (hours > 23 || minutes > 59 || seconds > 59 || text[13] != ':' || text[16] != ':')
        return 0;
    if (length > 19) {
        static const uint32_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
        const Py_ssize_t places = length - 20;
        if (text[19] != '.' || places > 6 || !digits(text + 20, places, &fraction))
            return 0;
        fraction *= units[places];
    }
    *timestamp = ((int64_t)days * 86400 + hours * 3600 + minutes * 60 + seconds) * 1000000 + (int64_t)fraction;
    return 1;
}

/* Make what stands between quotes shorter, in its place: each quote in it is doubled. Return its length. */
static inline Py_ssize_t unescape(uint8_t *text, Py_ssize_t length)
{
    const uint8_t *quote = memchr(text, '"', (size_t)length);
    if (!quote)
        return length;
    Py_ssize_t to = quote - text;
    for (Py_ssize_t from = to; from < length; from += text[from] == '"' ? 2 : 1)
        text[to++] = text[from];
    return to;
}

/* Where text is: in the view itself if it is short, else in the only buffer. May read as many bytes as a view holds. */
static inline void write_view(uint8_t *view, const uint8_t *block, const uint8_t *text, Py_ssize_t length)
{
    const uint32_t bytes = (uint32_t)length;
    memcpy(view, &bytes, sizeof bytes);
    if (length <= INLINE_BYTES) {
        uint64_t low;
        uint32_t high;
        memcpy(&low, text, sizeof low);
        memcpy(&high, text + sizeof low, sizeof high);
        if (length < 8) {
            low &= ((uint64_t)1 << 8 * length) - 1;
            high = 0;
        }
        else
            high &= (uint32_t)(((uint64_t)1 << 8 * (length - 8)) - 1);
        memcpy(view + 4, &low, sizeof low);
        memcpy(view + 12, &high, sizeof high);
        return;
    }
    const uint32_t place[] = {0, (uint32_t)(text - block)};
    memcpy(view + 4, text, 4);
    memcpy(view + 8, place, sizeof place);
}

typedef struct {
    uint8_t *block;
    const uint32_t *ends;
    Py_ssize_t rows, width;
} Records;

/* Read a column's values. Return how many are NULL, or -1 if one is not plain, or if a record has another width. */
static int64_t read_column(const Records *records, Py_ssize_t position, Column column, uint8_t *valid, uint8_t *values)
{
    const size_t size = kinds[column.kind].size;
    const int is_last = position == records->width - 1;
    const uint32_t *end_of = records->ends + position;
    int64_t nulls = 0;

    memset(valid, 0xFF, (size_t)(records->rows + 7) / 8);
    for (Py_ssize_t row = 0; row < records->rows; row++, end_of += records->width, values += size) {
        const uint32_t start = row || position ? end_of[-1] + 1 : 0;
        uint32_t end = *end_of;
        if (records->block[end] != (is_last ? '\n' : ','))
            return -1;
        /* Outside quotes, a carriage return stands before a line feed and nowhere else. */
        end -= is_last && end > start && records->block[end - 1] == '\r';
        uint8_t *text = records->block + start;
        Py_ssize_t length = end - start;
        if (!length) {
            memset(values, 0, size);
            valid[row / 8] &= (uint8_t)~(1 << row % 8);
            nulls++;
            continue;
        }
        /* It ends in a quote as well, and if there are others, they are doubled. */
        const int quoted = text[0] == '"';
        text += quoted;
        length -= 2 * quoted;
        int is_plain = 1;
        switch (column.kind) {
        case STRING:
            write_view(values, records->block, text, quoted ? unescape(text, length) : length);
            break;
        case LONG:
            is_plain = read_long(text, length, (int64_t *)(void *)values);
            break;
        case DOUBLE:
            is_plain = is_double(text, length);
            write_view(values, records->block, text, length);
            break;
        case DECIMAL:
            is_plain = read_decimal(text, length, column.scale, values);
            break;
        case DATE:
            is_plain = length == 10 && read_days(text, (int32_t *)(void *)values);
            break;
        default:
            is_plain = read_timestamp(text, length, (int64_t *)(void *)values);
        }
        if (!is_plain)
            return -1;
    }
    return nulls;
}

/* Find where fields end, and return how many records are whole; -1 if something is not plain. `length` becomes the bytes
   of those records; behind them there have to be WORD bytes more that may be read. */
static Py_ssize_t find_records(const Source *source, const uint8_t *block, size_t *length)
{
    Before before = {.edge = 1};
    uint64_t spent = 0;
    size_t fields = 0, unreadable = SIZE_MAX;

    for (size_t at = 0; at < *length; at += WORD) {
        const uint64_t there = *length - at >= WORD ? ~(uint64_t)0 : ((uint64_t)1 << (*length - at)) - 1;
        Bitmasks all = bitmasks(block + at);
        if (!keep_outside_quotes(&all, there, &before))
            return -1;
        for (uint64_t delimiters = all.commas | all.feeds; delimiters; delimiters &= delimiters - 1)
            source->ends[fields++] = (uint32_t)(at + (size_t)lowest_bit(delimiters));
        uint64_t others = all.others & ~spent;
        spent = 0;
        while (others && unreadable == SIZE_MAX) {
            const int bit = lowest_bit(others);
            const Py_ssize_t bytes = character(block + at + bit, (Py_ssize_t)(*length - at) - bit);
            if (!bytes)
                unreadable = at + (size_t)bit;
            others &= ~((((uint64_t)1 << bytes) - 1) << bit);
            if (bit + bytes > WORD)
                spent = ((uint64_t)1 << (bit + bytes - WORD)) - 1;
        }
    }
    const Py_ssize_t rows = (Py_ssize_t)fields / source->width;
    *length = rows ? (size_t)source->ends[rows * source->width - 1] + 1 : 0;
    /* What is cut off at the end, characters as well, comes with the next block. */
    return unreadable < *length ? -1 : rows;
}

/* What a record batch stands on. */
typedef struct {
    volatile long holders; /* arrays that are not released yet */
    uint8_t *block, *values;
    int64_t block_length;
    const void *no_buffer;
    struct ArrowArray **children;
    struct {
        struct ArrowArray array;
        const void *buffers[4];
    } columns[];
} Batch;

static void free_batch(Batch *batch)
{
    free(batch->block);
    free(batch->values);
    free(batch->children);
    free(batch);
}

static void release_column(struct ArrowArray *array)
{
    Batch *batch = array->private_data;
    array->release = NULL;
    if (!count_down(&batch->holders))
        free_batch(batch);
}

static void release_batch(struct ArrowArray *array)
{
    for (int64_t n = 0; n < array->n_children; n++)
        /* Whoever moved a column away releases it alone. */
        if (array->children[n]->release)
            array->children[n]->release(array->children[n]);
    release_column(array);
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Return whether the batch's columns could be read; otherwise `problem` says why not. */
static int read_columns(Source *source, Batch *batch, Py_ssize_t rows)
{
    const Records records = {batch->block, source->ends, rows, source->width};
    const size_t bits = aligned((size_t)(rows + 7) / 8);
    size_t size = ALIGNMENT;
    for (Py_ssize_t n = 0; n < source->width; n++)
        size += bits + aligned(kinds[source->columns[n].kind].size * (size_t)rows);
    batch->values = malloc(size);
    if (!batch->values) {
        source->problem = "out of memory";
        return 0;
    }
    uint8_t *valid = (uint8_t *)aligned((size_t)batch->values);
    for (Py_ssize_t n = 0; n < source->width; n++) {
        const Column column = source->columns[n];
        uint8_t *values = valid + bits;
        const int64_t nulls = read_column(&records, n, column, valid, values);
        if (nulls < 0) {
            source->problem = "not plain: a value, or the number of columns";
            return 0;
        }
        const void **buffers = batch->columns[n].buffers;
        buffers[0] = nulls ? valid : NULL;
        buffers[1] = values;
        buffers[2] = batch->block;
        buffers[3] = &batch->block_length;
        batch->columns[n].array = (struct ArrowArray){
            .length = rows,
            .null_count = nulls,
            .n_buffers = kinds[column.kind].format[0] == 'v' ? 4 : 2,
            .buffers = buffers,
            .release = release_column,
            .private_data = batch,
        };
        batch->children[n] = &batch->columns[n].array;
        valid = values + aligned(kinds[column.kind].size * (size_t)rows);
    }
    return 1;
}

/* Read the next block of the part. Return its whole records, 0 at the part's end, or -1. */
static Py_ssize_t read_block(Source *source, Batch *batch)
{
    uint8_t *block = batch->block;
    const size_t read = fread(block, 1, source->most, source->part);
    const int begins = source->begins;
    size_t length = read, whole;

    source->begins = 0;
    if (ferror(source->part)) {
        source->problem = "a part cannot be read";
        return -1;
    }
    if (!read)
        return 0;
    source->problem = "not plain: bytes that stand where they may not";
    if (memchr(block, 0, read) || (begins && read >= 3 && !memcmp(block, "\xEF\xBB\xBF", 3)))
        return -1;
    const int is_last = read < source->most;
    if (is_last && block[read - 1] != '\n') {
        if (block[read - 1] == '\r')
            return -1;
        block[length++] = '\n';
    }
    memset(block + length, 0, WORD);
    whole = length;
    const Py_ssize_t rows = find_records(source, block, &whole);
    if (rows < 0)
        return -1;
    if (whole < length && (is_last || !rows)) {
        source->problem = "not plain: a record that is not whole, or too long";
        return -1;
    }
    if (whole < length && fseek(source->part, -(long)(length - whole), SEEK_CUR)) {
        source->problem = "a part cannot be read";
        return -1;
    }
    batch->block_length = (int64_t)length;
    return rows;
}

static Batch *new_batch(const Source *source)
{
    Batch *batch = calloc(1, sizeof *batch + (size_t)source->width * sizeof batch->columns[0]);
    if (!batch)
        return NULL;
    batch->block = malloc(source->most + 1 + WORD);
    batch->children = malloc((size_t)source->width * sizeof *batch->children);
    if (batch->block && batch->children)
        return batch;
    free_batch(batch);
    return NULL;
}

/* Open the next part. Return whether there is one and it could be opened. */
static int open_part(Source *source)
{
    source->part = OPEN(source->paths[source->next_part]);
    if (!source->part) {
        source->problem = "a part cannot be opened";
        return 0;
    }
    /* Blocks are read at once, into their own memory. */
    setvbuf(source->part, NULL, _IONBF, 0);
    source->next_part++;
    source->begins = 1;
    return 1;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *array)
{
    Source *source = stream->private_data;
    array->release = NULL;
    if (!source->ends && !(source->ends = malloc((source->most + 1) * sizeof *source->ends))) {
        source->problem = "out of memory";
        return ENOMEM;
    }
    while (source->part || source->next_part < source->parts) {
        if (!source->part && !open_part(source))
            return EIO;
        Batch *batch = new_batch(source);
        if (!batch) {
            source->problem = "out of memory";
            return ENOMEM;
        }
        const Py_ssize_t rows = read_block(source, batch);
        if (rows > 0 && read_columns(source, batch, rows)) {
            batch->holders = 1 + (long)source->width;
            *array = (struct ArrowArray){
                .length = rows,
                .n_buffers = 1,
                .n_children = source->width,
                .buffers = &batch->no_buffer,
                .children = batch->children,
                .release = release_batch,
                .private_data = batch,
            };
            return 0;
        }
        free_batch(batch);
        if (rows)
            return EINVAL;
        fclose(source->part);
        source->part = NULL;
    }
    return 0;
}

/* What the schema's columns are called, and their formats. */
typedef struct {
    char name[32], format[32];
} Label;

static void release_label(struct ArrowSchema *schema)
{
    free(schema->private_data);
    schema->release = NULL;
}

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t n = 0; n < schema->n_children; n++) {
        if (schema->children[n]->release)
            schema->children[n]->release(schema->children[n]);
        free(schema->children[n]);
    }
    free(schema->children);
    schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema)
{
    Source *source = stream->private_data;
    *schema = (struct ArrowSchema){.format = "+s", .name = "", .release = release_schema};
    schema->children = calloc((size_t)source->width, sizeof *schema->children);
    for (Py_ssize_t n = 0; schema->children && n < source->width; n++) {
        struct ArrowSchema *child = malloc(sizeof *child);
        Label *label = malloc(sizeof *label);
        if (!child || !label) {
            free(child);
            free(label);
            break;
        }
        snprintf(label->name, sizeof label->name, "c%zd", n);
        snprintf(label->format, sizeof label->format, kinds[source->columns[n].kind].format, source->columns[n].scale);
        *child = (struct ArrowSchema){
            .format = label->format,
            .name = label->name,
            .flags = ARROW_FLAG_NULLABLE,
            .release = release_label,
            .private_data = label,
        };
        schema->children[schema->n_children++] = child;
    }
    if (schema->n_children == source->width)
        return 0;
    release_schema(schema);
    source->problem = "out of memory";
    return ENOMEM;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    return ((Source *)stream->private_data)->problem;
}

static void free_source(Source *source)
{
    if (source->part)
        fclose(source->part);
    for (Py_ssize_t n = 0; source->paths && n < source->parts; n++)
        free(source->paths[n]);
    free(source->paths);
    free(source->columns);
    free(source->ends);
    free(source);
}

static void release_stream(struct ArrowArrayStream *stream)
{
    free_source(stream->private_data);
    stream->release = NULL;
}

/* Return whether these are types and scales that there are; otherwise an exception is set. */
static int take_columns(Source *source, PyObject *columns)
{
    source->width = PyTuple_Size(columns);
    source->columns = calloc((size_t)source->width, sizeof *source->columns);
    if (!source->columns) {
        PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t n = 0; n < source->width; n++) {
        const char *name;
        Column *column = &source->columns[n];
        PyObject *item = PyTuple_GetItem(columns, n);
        if (!PyTuple_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "a column is a type and a scale");
            return 0;
        }
        if (!PyArg_ParseTuple(item, "si", &name, &column->scale))
            return 0;
        while (column->kind < KINDS && strcmp(name, kinds[column->kind].name))
            column->kind++;
        if (column->kind == KINDS || column->scale < 0 || column->scale > DECIMAL_DIGITS) {
            PyErr_Format(PyExc_ValueError, "there are no columns of %s with the scale %d", name, column->scale);
            return 0;
        }
    }
    return 1;
}

/* Return a copy of a path as os.fsencode gives it, or NULL if there is an exception. It may be freed on any thread. */
static PathCharacter *copy_path(PyObject *path)
{
    PathCharacter *copy = NULL;
    char *bytes;
    /* Which also makes sure that there is no NUL in it. */
    if (PyBytes_AsStringAndSize(path, &bytes, NULL))
        return NULL;
#ifdef _WIN32
    PyObject *text = PyUnicode_DecodeFSDefault(bytes);
    PathCharacter *decoded = text ? PyUnicode_AsWideCharString(text, NULL) : NULL;
    Py_XDECREF(text);
    if (!decoded)
        return NULL;
    const size_t size = (wcslen(decoded) + 1) * sizeof *copy;
#else
    const PathCharacter *decoded = bytes;
    const size_t size = strlen(bytes) + 1;
#endif
    copy = malloc(size);
    if (copy)
        memcpy(copy, decoded, size);
    else
        PyErr_NoMemory();
#ifdef _WIN32
    PyMem_Free(decoded);
#endif
    return copy;
}

/* Return whether these are paths; otherwise an exception is set. */
static int take_paths(Source *source, PyObject *paths)
{
    const Py_ssize_t parts = PyTuple_Size(paths);
    source->paths = calloc((size_t)parts + 1, sizeof *source->paths);
    if (!source->paths) {
        PyErr_NoMemory();
        return 0;
    }
    for (; source->parts < parts; source->parts++) {
        source->paths[source->parts] = copy_path(PyTuple_GetItem(paths, source->parts));
        if (!source->paths[source->parts])
            return 0;
    }
    return 1;
}

static void free_stream(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (stream->release)
        stream->release(stream);
    free(stream);
}

PyDoc_STRVAR(stream_doc, "stream(paths, columns, block, /)\n--\n\n"
                         "Return a capsule with an Arrow stream of the parts, in order, in blocks of so many bytes; each "
                         "column is a type and a scale.");

static PyObject *stream(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *paths, *columns;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(arguments, "O!O!n", &PyTuple_Type, &paths, &PyTuple_Type, &columns, &most))
        return NULL;
    if (most < 1 || most > LONGEST_BLOCK || !PyTuple_Size(columns)) {
        PyErr_SetString(PyExc_ValueError, "there has to be a column, and a block of a byte to a gibibyte");
        return NULL;
    }
    Source *source = calloc(1, sizeof *source);
    struct ArrowArrayStream *made = calloc(1, sizeof *made);
    if (!source || !made) {
        free(source);
        free(made);
        return PyErr_NoMemory();
    }
    source->most = (size_t)most;
    PyObject *capsule = NULL;
    if (take_columns(source, columns) && take_paths(source, paths))
        capsule = PyCapsule_New(made, "arrow_array_stream", free_stream);
    if (!capsule) {
        free_source(source);
        free(made);
        return NULL;
    }
    *made = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, source};
    return capsule;
}

static int load(PyObject *Py_UNUSED(module))
{
    powers_of_ten[0] = (Wide){1, 0};
    for (int n = 1; n <= DECIMAL_DIGITS; n++)
        powers_of_ten[n] = times(powers_of_ten[n - 1], 10);
    return 0;
}

static PyMethodDef methods[] = {
    {"stream", stream, METH_VARARGS, stream_doc},
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
    .m_name = "domo_async._emulator.rows._columns",
    .m_doc = "CSV as typed columns.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__columns(void)
{
    return PyModuleDef_Init(&definition);
}
