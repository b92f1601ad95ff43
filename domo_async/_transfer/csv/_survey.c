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

/* The bitmasks of the 64 bytes from a position on; bits beyond the block's end are zero. */
static inline Bitmasks bitmasks_at(const uint8_t *block, Py_ssize_t length, Py_ssize_t at)
{
    uint8_t last[WORD] = {0};
    if (length - at >= WORD)
        return bitmasks(block + at);
    memcpy(last, block + at, (size_t)(length - at));
    return bitmasks(last);
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
} Found;

/* Return whether the block has no errors; if so, `state` becomes that of the next block. The block is not empty. */
COUNTS_BITS static int survey_block(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, ScanState *state,
                                    Found *found)
{
    Before before = {
        .in_quotes = state->in_quotes,
        .edge = state->last == ',' || state->last == '\n' || state->last == '"',
        .closed = !state->in_quotes && state->last == '"',
        .returned = !state->in_quotes && state->last == '\r',
    };
    uint64_t others = 0, pairs = 0, quoted = state->last == '"';
    Py_ssize_t commas = state->commas, ends = 0, last_end = -1, lines = 0, open_lines = 0;

    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const uint64_t there = length - at >= WORD ? ~(uint64_t)0 : ((uint64_t)1 << (length - at)) - 1;
        Bitmasks all = bitmasks_at(block, length, at);
        const uint64_t all_feeds = all.feeds;
        others |= all.others;
        pairs |= all.quotes & (all.quotes << 1 | quoted);
        quoted = all.quotes >> 63;
        lines += count_bits(all_feeds);
        if (!keep_outside_quotes(&all, there, &before))
            return 0;
        uint64_t delimiters = all.commas, feeds = all.feeds;
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
    *found = (Found){ends, last_end, lines, open_lines, pairs, others};
    return 1;
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

/* Scan a file like one block, up to the first error or unreadable byte; return the number of bytes scanned. */
static Py_ssize_t survey_open_file(Reader reader, int64_t start, int64_t end, Py_ssize_t each, uint8_t *chunk,
                                   ScanState *state, Found *found)
{
    int64_t at = start;
    while (at < end) {
        Found more;
        Py_ssize_t length = read_at(reader, chunk, at, end);
        if (!length)
            break;
        length = without_cut_off(chunk, length);
        ScanState next = *state;
        if (!survey_block(chunk, length, each, &next, &more))
            break;
        if (more.others && count_well_formed(chunk, length) != length)
            break;
        *state = next;
        found->ends += more.ends;
        found->lines += more.lines;
        found->pairs |= more.pairs;
        found->open_lines = more.open_lines + (more.ends ? 0 : found->open_lines);
        if (more.ends)
            found->last_end = (Py_ssize_t)(at - start) + more.last_end;
        at += length;
    }
    return (Py_ssize_t)(at - start);
}

PyDoc_STRVAR(survey_file_doc, "survey_file(file, start, end, in_quotes, last, commas, each, /)\n--\n\n"
                              "See `BlockScanner.scan_file`, and `survey` here.");

static PyObject *survey_file(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    int file, in_quotes;
    long long start, end;
    Py_ssize_t each, length;
    ScanState state;
    Found found = {.last_end = -1};
    uint8_t *chunk;
    if (!PyArg_ParseTuple(arguments, "iLLpinn", &file, &start, &end, &in_quotes, &state.last, &state.commas, &each))
        return NULL;
    chunk = PyMem_Malloc(CHUNK);
    if (!chunk)
        return PyErr_NoMemory();
    state.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    Py_BEGIN_ALLOW_THREADS
    const Reader reader = open_reader(file);
    length = survey_open_file(reader, start, end, each, chunk, &state, &found);
    close_reader(reader);
    Py_END_ALLOW_THREADS
    PyMem_Free(chunk);
    return Py_BuildValue("nNinnnnnN", length, PyBool_FromLong(state.in_quotes != 0), state.last, state.commas, found.ends,
                         found.last_end, found.lines, found.open_lines, PyBool_FromLong(found.pairs != 0));
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
    Found found;
    if (!PyArg_ParseTuple(arguments, "y*pinn", &block, &in_quotes, &state.last, &state.commas, &each))
        return NULL;
    state.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    if (block.len) {
        Py_BEGIN_ALLOW_THREADS
        fits = survey_block(block.buf, block.len, each, &state, &found);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&block);
    if (!fits)
        Py_RETURN_NONE;
    return Py_BuildValue("NinnnnnNN", PyBool_FromLong(state.in_quotes != 0), state.last, state.commas, found.ends,
                         found.last_end, found.lines, found.open_lines, PyBool_FromLong(found.pairs != 0),
                         PyBool_FromLong(found.others == 0));
}

/* The state before a word: whether the bytes before it end within quotes (all ones, or none); which of the last three are
   quotes, and of which kind, as the highest bits; and the column that goes on. */
typedef struct {
    uint64_t in_quotes, quotes, opening, closing;
    Py_ssize_t column;
} Begun;

static inline uint64_t last_of(uint64_t bits, uint64_t before, Py_ssize_t length)
{
    return length == WORD ? bits : bits << (WORD - length) | before >> length;
}

/* Copy a block of valid CSV without the quotes of quoted empty fields, in the given columns, or only count them if
   `copy` is NULL. Return the number of bytes left out. Pairs of quotes at the end of the block are not seen. */
COUNTS_BITS static Py_ssize_t leave_out_empties(const uint8_t *block, Py_ssize_t length, const uint8_t *asked,
                                                Py_ssize_t columns, Begun *begun, uint8_t *copy)
{
    Py_ssize_t left_out = 0, from = 0;
    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const Py_ssize_t bytes = length - at >= WORD ? WORD : length - at;
        const uint64_t there = bytes == WORD ? ~(uint64_t)0 : ((uint64_t)1 << bytes) - 1;
        const Bitmasks all = bitmasks_at(block, length, at);
        const uint64_t inside = prefix_xor(all.quotes, begun->in_quotes);
        const uint64_t opening = all.quotes & inside, closing = all.quotes & ~inside;
        const uint64_t commas = all.commas & ~inside, feeds = all.feeds & ~inside;
        /* The bytes after an opening and a closing quote; with another quote next to them they are part of a text. */
        uint64_t after = (closing << 1 | begun->closing >> 63) & (opening << 2 | begun->opening >> 62) &
                         ~(all.quotes << 3 | begun->quotes >> 61) & ~all.quotes & there;
        for (; after; after &= after - 1) {
            const uint64_t before = (after & (0 - after)) - 1;
            const uint64_t ended = feeds & before;
            const uint64_t record = ended ? before & ~(~(uint64_t)0 >> (63 - highest_bit(ended))) : before;
            const Py_ssize_t column = count_bits(commas & record) + (ended ? 0 : begun->column);
            if (column >= columns || !asked[column])
                continue;
            left_out += 2;
            if (copy) {
                const Py_ssize_t place = at + lowest_bit(after);
                memcpy(copy, block + from, (size_t)(place - 2 - from));
                copy += place - 2 - from;
                from = place;
            }
        }
        if (feeds)
            begun->column = count_bits(commas & ~(~(uint64_t)0 >> (63 - highest_bit(feeds))));
        else
            begun->column += count_bits(commas);
        begun->in_quotes = spread_highest(inside);
        begun->quotes = last_of(all.quotes, begun->quotes, bytes);
        begun->opening = last_of(opening, begun->opening, bytes);
        begun->closing = last_of(closing, begun->closing, bytes);
    }
    if (copy)
        memcpy(copy, block + from, (size_t)(length - from));
    return left_out;
}

PyDoc_STRVAR(count_empties_doc, "count_empties(file, start, end, asked, /)\n--\n\n"
                                "See `EmptyFields.bytes_in_file`; -1 if not all can be read.");

static PyObject *count_empties(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    int file;
    long long at, end;
    const char *asked;
    Py_ssize_t columns, found = 0;
    Begun begun = {0};
    uint8_t *chunk;
    if (!PyArg_ParseTuple(arguments, "iLLy#", &file, &at, &end, &asked, &columns))
        return NULL;
    chunk = PyMem_Malloc(CHUNK);
    if (!chunk)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS
    const Reader reader = open_reader(file);
    while (at < end) {
        const Py_ssize_t length = read_at(reader, chunk, at, end);
        if (!length)
            break;
        found += leave_out_empties(chunk, length, (const uint8_t *)asked, columns, &begun, NULL);
        at += length;
    }
    close_reader(reader);
    Py_END_ALLOW_THREADS
    PyMem_Free(chunk);
    /* The last field of a record without a line end. */
    if (begun.closing >> 63 & begun.opening >> 62 & ~(begun.quotes >> 61) & 1 && begun.column < columns &&
        asked[begun.column])
        found += 2;
    return PyLong_FromSsize_t(at < end ? -1 : found);
}

PyDoc_STRVAR(without_empties_doc, "without_empties(block, asked, in_quotes, after_quote, column, /)\n--\n\n"
                                  "See `EmptyFields.left_out`. What depends on the next block is not taken.");

static PyObject *without_empties(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *block, *copied;
    const char *asked;
    char *text, *copy;
    int in_quotes, after_quote;
    Py_ssize_t columns, length, left_out;
    Begun begun = {0};
    if (!PyArg_ParseTuple(arguments, "Sy#ppn", &block, &asked, &columns, &in_quotes, &after_quote, &begun.column) ||
        PyBytes_AsStringAndSize(block, &text, &length) < 0)
        return NULL;
    begun.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    begun.quotes = after_quote ? (uint64_t)1 << 63 : 0;
    for (int quotes = 0; quotes < 2 && length && text[length - 1] == '"'; quotes++)
        length--;
    copied = PyBytes_FromStringAndSize(NULL, length);
    if (!copied || !(copy = PyBytes_AsString(copied)))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    left_out = leave_out_empties((const uint8_t *)text, length, (const uint8_t *)asked, columns, &begun, (uint8_t *)copy);
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
    if (processor_counts_bits())
        return 0;
    PyErr_SetString(PyExc_ImportError, "the processor does not count bits");
    return -1;
}

static PyMethodDef methods[] = {
    {"survey", survey, METH_VARARGS, survey_doc},
    {"survey_file", survey_file, METH_VARARGS, survey_file_doc},
    {"count_empties", count_empties, METH_VARARGS, count_empties_doc},
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
