/* The compiled `block_scanner` and `empties`: one pass over structural bitmasks of 64 bytes, see csv_bitmasks.h. If
   this is not built, block_scanner.py and empties.py do the same; their docstrings define the results. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_GIL_DISABLED /* free-threaded Python has no limited API */
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <io.h>
#include <windows.h>
#else
#include <errno.h>
#include <unistd.h>
#endif

#include "../../_native/csv_bitmasks.h"

/* Without the popcount instruction, which processors have had since 2008, the work takes twice as long. */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <cpuid.h>
#define COUNTS_BITS __attribute__((target("popcnt")))
#else
#define COUNTS_BITS
#endif

static int processor_counts_bits(void)
{
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && c & bit_POPCNT;
#elif defined(_M_X64)
    int registers[4];
    __cpuid(registers, 1);
    return registers[2] >> 23 & 1;
#else
    return 1;
#endif
}

/* Whether the processor runs `WIDE` code; set when the module is loaded. */
static int is_wide = 0;

/* The functions below are compiled twice; `wide` is a constant in each, which says which instructions are meant. */
INLINED Bitmasks bitmasks_of(const uint8_t *bytes, int wide)
{
#if defined(HAS_WIDE_CODE)
    if (wide)
        return wide_bitmasks(bytes);
#else
    (void)wide;
#endif
    return bitmasks(bytes);
}

/* The bitmasks of the 64 bytes from a position on; bits beyond the block's end are zero. */
INLINED Bitmasks bitmasks_at(const uint8_t *block, Py_ssize_t length, Py_ssize_t at, int wide)
{
    uint8_t last[WORD] = {0};
    if (length - at >= WORD)
        return bitmasks_of(block + at, wide);
    memcpy(last, block + at, (size_t)(length - at));
    return bitmasks_of(last, wide);
}

INLINED uint64_t inside_quotes(uint64_t quotes, uint64_t before, int wide)
{
    if (!quotes)
        return before;
#if defined(HAS_WIDE_CODE)
    if (wide)
        return wide_prefix_xor(quotes, before);
#else
    (void)wide;
#endif
    return prefix_xor(quotes, before);
}

/* Quoted empty fields, in the columns that are asked for: a closing quote right behind an opening one. With another quote
   next to them they are part of a text. */

/* The columns that are asked for: a byte for each, zero or one. */
typedef struct {
    const uint8_t *asked;
    Py_ssize_t count;
} Columns;

/* Which of the last three bytes before a word are quotes, and of which kind, as the highest bits. */
typedef struct {
    uint64_t quotes, opening, closing;
} LastQuotes;

INLINED uint64_t last_of(uint64_t bits, uint64_t before, Py_ssize_t length)
{
    return length == WORD ? bits : bits << (WORD - length) | before >> length;
}

/* The bytes right behind quoted empty fields. `length` is the number of bytes of the word that are there. */
INLINED uint64_t behind_empties(uint64_t quotes, uint64_t inside, Py_ssize_t length, LastQuotes *last)
{
    const uint64_t there = length == WORD ? ~(uint64_t)0 : ((uint64_t)1 << length) - 1;
    const uint64_t opening = quotes & inside, closing = quotes & ~inside;
    const uint64_t behind = (closing << 1 | last->closing >> 63) & (opening << 2 | last->opening >> 62) &
                            ~(quotes << 3 | last->quotes >> 61) & ~quotes & there;
    last->quotes = last_of(quotes, last->quotes, length);
    last->opening = last_of(opening, last->opening, length);
    last->closing = last_of(closing, last->closing, length);
    return behind;
}

/* Whether the field that ends before a bit is in a column that is asked for. Commas and feeds are those outside quotes,
   `column` is the one that goes on at the word's beginning. */
INLINED int is_asked(uint64_t bit, uint64_t commas, uint64_t feeds, Py_ssize_t column, Columns columns)
{
    const uint64_t before = bit - 1, ended = feeds & before;
    if (ended) {
        column = 0;
        commas &= ~(~(uint64_t)0 >> (63 - highest_bit(ended)));
    }
    column += count_bits(commas & before);
    return column < columns.count && columns.asked[column];
}

/* Whether the bytes end with a quoted empty field. */
static int ends_with_empty(LastQuotes last)
{
    return last.closing >> 63 & last.opening >> 62 & ~(last.quotes >> 61) & 1;
}

/* The scanner's state before a block. */
typedef struct {
    uint64_t in_quotes; /* all ones, or none */
    int last;
    Py_ssize_t commas;
} ScanState;

typedef struct {
    Py_ssize_t ends, last_end, lines, open_lines;
    uint64_t pairs;  /* not zero if a quote follows another */
    uint64_t others; /* not zero if a byte is not ASCII */
    Py_ssize_t empties, open_empties; /* quoted empty fields that are asked for, up to the last end and behind it */
} Found;

/* Return whether the block has no errors; if so, `state` becomes that of the next block. The block is not empty. */
INLINED int survey_with(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, Columns columns, ScanState *state,
                        LastQuotes *last_quotes, Found *found, int wide)
{
    Before before = {
        .in_quotes = state->in_quotes,
        .edge = state->last == ',' || state->last == '\n' || state->last == '"',
        .closed = !state->in_quotes && state->last == '"',
        .returned = !state->in_quotes && state->last == '\r',
    };
    uint64_t others = 0, pairs = 0, quoted = state->last == '"';
    Py_ssize_t commas = state->commas, ends = 0, last_end = -1, lines = 0, open_lines = 0;
    Py_ssize_t empties = 0, open_empties = 0;

    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const Py_ssize_t bytes = length - at >= WORD ? WORD : length - at;
        const uint64_t there = bytes == WORD ? ~(uint64_t)0 : ((uint64_t)1 << bytes) - 1;
        Bitmasks all = bitmasks_at(block, length, at, wide);
        const uint64_t all_feeds = all.feeds;
        const uint64_t inside = inside_quotes(all.quotes, before.in_quotes, wide);
        others |= all.others;
        pairs |= all.quotes & (all.quotes << 1 | quoted);
        quoted = all.quotes >> 63;
        lines += count_bits(all_feeds);
        if (!keep_outside(&all, inside, there, &before))
            return 0;
        uint64_t delimiters = all.commas, feeds = all.feeds;
        if (columns.count) {
            const uint64_t ended = feeds ? ~(uint64_t)0 >> (63 - highest_bit(feeds)) : 0;
            uint64_t behind = behind_empties(all.quotes, inside, bytes, last_quotes);
            Py_ssize_t beyond = 0;
            for (; behind; behind &= behind - 1) {
                const uint64_t bit = behind & (0 - behind);
                const int asked = is_asked(bit, delimiters, feeds, commas, columns);
                open_empties += asked;
                beyond += asked && !(bit & ended);
            }
            if (feeds) {
                empties += open_empties - beyond;
                open_empties = beyond;
            }
        }
        if (feeds) {
            const int last_feed = highest_bit(feeds);
            ends += count_bits(feeds);
            last_end = at + last_feed;
            open_lines = count_bits(all_feeds >> last_feed) - 1;
            while (each >= 0 && feeds) {
                /* All bits up to the lowest line feed, which ends the next record. */
                const uint64_t record = feeds ^ (feeds - 1);
                if (commas + count_bits(delimiters & record) != each)
                    return 0;
                commas = 0;
                delimiters &= ~record;
                feeds &= feeds - 1; /* clears the lowest bit */
            }
        } else {
            open_lines += count_bits(all_feeds);
        }
        commas += count_bits(delimiters);
    }
    *state = (ScanState){before.in_quotes, block[length - 1], each < 0 ? 0 : commas};
    *found = (Found){ends, last_end, lines, open_lines, pairs, others, empties, open_empties};
    return 1;
}

COUNTS_BITS static int survey_narrow(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, Columns columns,
                                     ScanState *state, LastQuotes *last_quotes, Found *found)
{
    return survey_with(block, length, each, columns, state, last_quotes, found, 0);
}

#if defined(HAS_WIDE_CODE)
WIDE static int survey_wide(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, Columns columns, ScanState *state,
                            LastQuotes *last_quotes, Found *found)
{
    return survey_with(block, length, each, columns, state, last_quotes, found, 1);
}
#else
#define survey_wide survey_narrow
#endif

static int survey_block(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, Columns columns, ScanState *state,
                        LastQuotes *last_quotes, Found *found)
{
    return (is_wide ? survey_wide : survey_narrow)(block, length, each, columns, state, last_quotes, found);
}

static Py_ssize_t count_well_formed(const uint8_t *block, Py_ssize_t length)
{
    Py_ssize_t at = 0;
    while (at < length) {
        uint64_t text[8], high = 0;
        if (length - at >= WORD) {
            memcpy(text, block + at, sizeof text);
            for (int n = 0; n < 8; n++)
                high |= text[n];
            /* No byte has its highest bit set: all bytes are ASCII. */
            if (!(high & 0x8080808080808080u)) {
                at += WORD;
                continue;
            }
        }
        for (const Py_ssize_t end = at + WORD; at < end && at < length;) {
            const Py_ssize_t bytes = character(block + at, length - at);
            if (!bytes)
                return at;
            at += bytes;
        }
    }
    return at;
}

/* The bytes of a block without a character that may be cut off at the end. */
static Py_ssize_t without_cut_off(const uint8_t *block, Py_ssize_t length)
{
    for (Py_ssize_t back = 1; back <= 3 && back < length; back++) {
        const uint8_t byte = block[length - back];
        if (!continues(byte))
            /* The first byte of a character gives its length. */
            return byte < 0xC0 || back >= (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4) ? length : length - back;
    }
    return length;
}

/* The bytes per read; they stay in the processor's L1 cache until they are scanned. */
#define CHUNK (128 << 10)

/* Reading an open file at any place, while others read it too. `read_at` returns the bytes read, up to a chunk of them; 0
   at the end of the file, or if it cannot be read. */
#ifdef _WIN32

typedef HANDLE Reader;

/* Reading moves the file's position, which Python's reads rely on: so the file is opened once more. */
static Reader open_reader(int file)
{
    return ReOpenFile((HANDLE)_get_osfhandle(file), GENERIC_READ,
                      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
}

static void close_reader(Reader reader)
{
    if (reader != INVALID_HANDLE_VALUE)
        CloseHandle(reader);
}

static Py_ssize_t read_at(Reader reader, uint8_t *chunk, int64_t at, int64_t end)
{
    OVERLAPPED place = {0};
    DWORD length;
    place.Offset = (DWORD)at;
    place.OffsetHigh = (DWORD)(at >> 32);
    return ReadFile(reader, chunk, end - at < CHUNK ? (DWORD)(end - at) : CHUNK, &length, &place) ? (Py_ssize_t)length : 0;
}

#else

typedef int Reader;

static Reader open_reader(int file)
{
    return file;
}

static void close_reader(Reader Py_UNUSED(reader))
{
}

static Py_ssize_t read_at(Reader reader, uint8_t *chunk, int64_t at, int64_t end)
{
    for (;;) {
        const ssize_t length = pread(reader, chunk, end - at < CHUNK ? (size_t)(end - at) : CHUNK, (off_t)at);
        if (length >= 0)
            return length;
        if (errno != EINTR)
            return 0;
    }
}

#endif

static int begins_with_mark(Reader reader, uint8_t *chunk, int64_t start)
{
    return read_at(reader, chunk, start, start + 3) == 3 && !memcmp(chunk, "\xEF\xBB\xBF", 3);
}

/* Scan a file like one block, up to the first error or unreadable byte; return the number of bytes scanned. */
static Py_ssize_t survey_open_file(Reader reader, int64_t start, int64_t end, Py_ssize_t each, Columns columns,
                                   uint8_t *chunk, ScanState *state, Found *found)
{
    LastQuotes last_quotes = {0};
    int64_t at = start;
    if (begins_with_mark(reader, chunk, start))
        return 0;
    while (at < end) {
        Found more;
        Py_ssize_t length = read_at(reader, chunk, at, end);
        if (!length)
            break;
        length = without_cut_off(chunk, length);
        ScanState next = *state;
        if (!survey_block(chunk, length, each, columns, &next, &last_quotes, &more))
            break;
        if (more.others && count_well_formed(chunk, length) != length)
            break;
        *state = next;
        found->ends += more.ends;
        found->lines += more.lines;
        found->pairs |= more.pairs;
        found->open_lines = more.open_lines + (more.ends ? 0 : found->open_lines);
        found->empties += more.empties + (more.ends ? found->open_empties : 0);
        found->open_empties = more.open_empties + (more.ends ? 0 : found->open_empties);
        if (more.ends)
            found->last_end = (Py_ssize_t)(at - start) + more.last_end;
        at += length;
    }
    /* The last field of a record without a line end. */
    if (ends_with_empty(last_quotes) && state->commas < columns.count && columns.asked[state->commas])
        found->open_empties++;
    return (Py_ssize_t)(at - start);
}

PyDoc_STRVAR(survey_file_doc, "survey_file(file, start, end, asked, in_quotes, last, commas, each, /)\n--\n\n"
                              "See `BlockScanner.scan_file`, and `survey` here.");

static PyObject *survey_file(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    int file, in_quotes;
    long long start, end;
    Py_ssize_t each, length;
    ScanState state;
    Found found = {.last_end = -1};
    const char *asked;
    Columns columns;
    uint8_t *chunk;
    if (!PyArg_ParseTuple(arguments, "iLLy#pinn", &file, &start, &end, &asked, &columns.count, &in_quotes,
                          &state.last, &state.commas, &each))
        return NULL;
    columns.asked = (const uint8_t *)asked;
    chunk = PyMem_Malloc(CHUNK);
    if (!chunk)
        return PyErr_NoMemory();
    state.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    Py_BEGIN_ALLOW_THREADS
    const Reader reader = open_reader(file);
    length = survey_open_file(reader, start, end, each, columns, chunk, &state, &found);
    close_reader(reader);
    Py_END_ALLOW_THREADS
    PyMem_Free(chunk);
    return Py_BuildValue("nNinnnnnNnn", length, PyBool_FromLong(state.in_quotes != 0), state.last, state.commas, found.ends,
                         found.last_end, found.lines, found.open_lines, PyBool_FromLong(found.pairs != 0), found.empties,
                         found.empties + found.open_empties);
}

PyDoc_STRVAR(survey_doc, "survey(block, in_quotes, last, commas, each, /)\n--\n\n"
                         "See `BlockScanner.scan`; each record has to have `each` delimiters, or any number if that is "
                         "-1.");

static PyObject *survey(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer block;
    int in_quotes, fits = 0;
    Py_ssize_t each;
    ScanState state;
    LastQuotes last_quotes = {0};
    Found found;
    if (!PyArg_ParseTuple(arguments, "y*pinn", &block, &in_quotes, &state.last, &state.commas, &each))
        return NULL;
    state.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    if (block.len) {
        Py_BEGIN_ALLOW_THREADS
        fits = survey_block(block.buf, block.len, each, (Columns){NULL, 0}, &state, &last_quotes, &found);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&block);
    if (!fits)
        Py_RETURN_NONE;
    return Py_BuildValue("NinnnnnNN", PyBool_FromLong(state.in_quotes != 0), state.last, state.commas, found.ends,
                         found.last_end, found.lines, found.open_lines, PyBool_FromLong(found.pairs != 0),
                         PyBool_FromLong(found.others == 0));
}

/* The state before a block: whether the bytes before it end within quotes (all ones, or none), the last quotes, and the
   column that goes on. */
typedef struct {
    uint64_t in_quotes;
    LastQuotes last_quotes;
    Py_ssize_t column;
} Begun;

/* Copy a block of valid CSV without the quotes of quoted empty fields, in the given columns. Return the number of bytes
   left out. Pairs of quotes at the end of the block are not seen. */
INLINED Py_ssize_t leave_out_with(const uint8_t *block, Py_ssize_t length, Columns columns, Begun *begun, uint8_t *copy,
                                  int wide)
{
    Py_ssize_t left_out = 0, from = 0;
    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const Py_ssize_t bytes = length - at >= WORD ? WORD : length - at;
        const Bitmasks all = bitmasks_at(block, length, at, wide);
        const uint64_t inside = inside_quotes(all.quotes, begun->in_quotes, wide);
        const uint64_t commas = all.commas & ~inside, feeds = all.feeds & ~inside;
        uint64_t behind = behind_empties(all.quotes, inside, bytes, &begun->last_quotes);
        for (; behind; behind &= behind - 1) {
            if (!is_asked(behind & (0 - behind), commas, feeds, begun->column, columns))
                continue;
            const Py_ssize_t place = at + lowest_bit(behind);
            left_out += 2;
            memcpy(copy, block + from, (size_t)(place - 2 - from));
            copy += place - 2 - from;
            from = place;
        }
        if (feeds)
            begun->column = count_bits(commas & ~(~(uint64_t)0 >> (63 - highest_bit(feeds))));
        else
            begun->column += count_bits(commas);
        begun->in_quotes = spread_highest(inside);
    }
    memcpy(copy, block + from, (size_t)(length - from));
    return left_out;
}

COUNTS_BITS static Py_ssize_t leave_out_narrow(const uint8_t *block, Py_ssize_t length, Columns columns, Begun *begun,
                                               uint8_t *copy)
{
    return leave_out_with(block, length, columns, begun, copy, 0);
}

#if defined(HAS_WIDE_CODE)
WIDE static Py_ssize_t leave_out_wide(const uint8_t *block, Py_ssize_t length, Columns columns, Begun *begun,
                                      uint8_t *copy)
{
    return leave_out_with(block, length, columns, begun, copy, 1);
}
#else
#define leave_out_wide leave_out_narrow
#endif

PyDoc_STRVAR(without_empties_doc, "without_empties(block, asked, in_quotes, after_quote, column, /)\n--\n\n"
                                  "See `EmptyFields.left_out`. What depends on the next block is not taken.");

static PyObject *without_empties(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *block, *copied;
    const char *asked;
    char *text, *copy;
    int in_quotes, after_quote;
    Columns columns;
    Py_ssize_t length, left_out;
    Begun begun = {0};
    if (!PyArg_ParseTuple(arguments, "Sy#ppn", &block, &asked, &columns.count, &in_quotes, &after_quote, &begun.column) ||
        PyBytes_AsStringAndSize(block, &text, &length) < 0)
        return NULL;
    begun.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    columns.asked = (const uint8_t *)asked;
    begun.last_quotes.quotes = after_quote ? (uint64_t)1 << 63 : 0;
    for (int quotes = 0; quotes < 2 && length && text[length - 1] == '"'; quotes++)
        length--;
    copied = PyBytes_FromStringAndSize(NULL, length);
    if (!copied || !(copy = PyBytes_AsString(copied)))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    left_out = (is_wide ? leave_out_wide : leave_out_narrow)((const uint8_t *)text, length, columns, &begun,
                                                             (uint8_t *)copy);
    Py_END_ALLOW_THREADS
    if (length)
        after_quote = text[length - 1] == '"';
    if (left_out) {
        /* A copy, because the limited API cannot resize bytes. */
        PyObject *shorter = PyBytes_FromStringAndSize(copy, length - left_out);
        Py_DECREF(copied);
        if (!shorter)
            return NULL;
        copied = shorter;
    }
    return Py_BuildValue("NnNNn", copied, length, PyBool_FromLong(begun.in_quotes != 0), PyBool_FromLong(after_quote),
                         begun.column);
}

PyDoc_STRVAR(well_formed_doc, "well_formed(block, /)\n--\n\nSee `BlockScanner.well_formed`.");

static PyObject *well_formed(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer block;
    Py_ssize_t bytes;
    if (!PyArg_ParseTuple(arguments, "y*", &block))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    bytes = count_well_formed(block.buf, block.len);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&block);
    return PyLong_FromSsize_t(bytes);
}

static int load(PyObject *Py_UNUSED(module))
{
    if (processor_counts_bits()) {
#if defined(HAS_WIDE_CODE)
        is_wide = has_wide();
#endif
        return 0;
    }
    PyErr_SetString(PyExc_ImportError, "the processor does not count bits");
    return -1;
}

static PyMethodDef methods[] = {
    {"survey", survey, METH_VARARGS, survey_doc},
    {"survey_file", survey_file, METH_VARARGS, survey_file_doc},
    {"without_empties", without_empties, METH_VARARGS, without_empties_doc},
    {"well_formed", well_formed, METH_VARARGS, well_formed_doc},
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
    .m_name = "domo_async._transfer.csv._survey",
    .m_doc = "One pass over a block of CSV.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__survey(void)
{
    return PyModuleDef_Init(&definition);
}
