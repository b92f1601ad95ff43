/* `survey` at full speed: 64 bytes of CSV are one word for each byte that matters, with a bit where it stands.

   For GCC and Clang. Where this is not built, Python does the same; see survey.py, which also says what is asked. */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdint.h>
#include <string.h>

#if !defined(__GNUC__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "neither GCC nor Clang, or the highest byte first"
#endif

/* Without the instruction that counts bits, which processors have had since 2008, the work takes twice as long. */
#if defined(__x86_64__)
#define COUNTS_BITS __attribute__((target("popcnt")))
#else
#define COUNTS_BITS
#endif

#define WORD 64

typedef struct {
    uint64_t quotes, commas, returns, feeds;
    uint64_t high; /* not zero if a byte is not ASCII */
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
    for (int n = 0; n < 4; n++)
        text[n] = _mm_loadu_si128((const __m128i *)(bytes + 16 * n));
    const __m128i any = _mm_or_si128(_mm_or_si128(text[0], text[1]), _mm_or_si128(text[2], text[3]));
    return (Places){places_of(text, '"'), places_of(text, ','), places_of(text, '\r'), places_of(text, '\n'),
                    (uint64_t)_mm_movemask_epi8(any)};
}

#else

#define EACH(byte) ((uint64_t)(byte) * 0x0101010101010101u)

static inline uint64_t places_of(const uint64_t text[8], char byte)
{
    uint64_t found = 0;
    for (int n = 0; n < 8; n++) {
        /* Zero where the byte is; the sum leaves its highest bit clear there and nowhere else, and carries nowhere. */
        const uint64_t differs = text[n] ^ EACH(byte);
        const uint64_t equal = ~(((differs & EACH(0x7f)) + EACH(0x7f)) | differs) & EACH(0x80);
        /* The product brings the eight bits together in its highest byte. */
        found |= ((equal >> 7) * 0x0102040810204080u >> 56) << (8 * n);
    }
    return found;
}

static inline Places places(const uint8_t *bytes)
{
    uint64_t text[8], any = 0;
    memcpy(text, bytes, sizeof text);
    for (int n = 0; n < 8; n++)
        any |= text[n];
    return (Places){places_of(text, '"'), places_of(text, ','), places_of(text, '\r'), places_of(text, '\n'),
                    any & EACH(0x80)};
}

#endif

/* The places in the word that begins at some byte; none beyond the block's end. */
static inline Places places_at(const uint8_t *block, Py_ssize_t length, Py_ssize_t at)
{
    uint8_t last[WORD] = {0};
    if (length - at >= WORD)
        return places(block + at);
    memcpy(last, block + at, (size_t)(length - at));
    return places(last);
}

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

/* What is to be known of the bytes before a block. */
typedef struct {
    uint64_t in_quotes; /* all ones, or none */
    int last;
    Py_ssize_t commas;
} Mark;

typedef struct {
    Py_ssize_t ends, last_end, lines, open_lines;
    uint64_t high; /* not zero if a byte is not ASCII */
} Found;

/* Return whether everything fits; if so, `mark` is that of the next block. The block is not empty. */
COUNTS_BITS static int survey_block(const uint8_t *block, Py_ssize_t length, Py_ssize_t each, Mark *mark, Found *found)
{
    const int last = mark->last;
    uint64_t in_quotes = mark->in_quotes;
    uint64_t edge = last == ',' || last == '\n' || last == '"';
    uint64_t closed = !in_quotes && last == '"';
    uint64_t returned = !in_quotes && last == '\r';
    uint64_t high = 0;
    Py_ssize_t commas = mark->commas, ends = 0, last_end = -1, lines = 0, open_lines = 0;

    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const uint64_t there = length - at >= WORD ? ~(uint64_t)0 : ((uint64_t)1 << (length - at)) - 1;
        const Places all = places_at(block, length, at);
        uint64_t delimiters = all.commas, returns = all.returns, feeds = all.feeds;
        const uint64_t edges = all.quotes | all.commas | all.feeds;
        high |= all.high;
        lines += __builtin_popcountll(feeds);
        if (all.quotes | in_quotes | closed) {
            const uint64_t inside = within(all.quotes, in_quotes);
            const uint64_t closing = all.quotes & ~inside;
            if (all.quotes & inside & ~(edges << 1 | edge))
                return 0;
            if ((closing << 1 | closed) & there & ~(edges | all.returns))
                return 0;
            closed = closing >> 63;
            in_quotes = spread(inside);
            delimiters &= ~inside;
            returns &= ~inside;
            feeds &= ~inside;
        }
        edge = edges >> 63;
        if (returns | returned) {
            if ((returns << 1 | returned) & there & ~feeds)
                return 0;
            returned = returns >> 63;
        }
        if (feeds) {
            const int last_feed = 63 - __builtin_clzll(feeds);
            ends += __builtin_popcountll(feeds);
            last_end = at + last_feed;
            open_lines = __builtin_popcountll(all.feeds >> last_feed) - 1;
            while (each >= 0 && feeds) {
                const uint64_t record = feeds ^ (feeds - 1);
                if (commas + __builtin_popcountll(delimiters & record) != each)
                    return 0;
                commas = 0;
                delimiters &= ~record;
                feeds &= feeds - 1;
            }
        } else {
            open_lines += __builtin_popcountll(all.feeds);
        }
        commas += __builtin_popcountll(delimiters);
    }
    *mark = (Mark){in_quotes, block[length - 1], each < 0 ? 0 : commas};
    *found = (Found){ends, last_end, lines, open_lines, high};
    return 1;
}

COUNTS_BITS static Py_ssize_t count_ends(const uint8_t *block, Py_ssize_t length, uint64_t *in_quotes)
{
    Py_ssize_t ends = 0;
    for (Py_ssize_t at = 0; at < length; at += WORD) {
        const Places all = places_at(block, length, at);
        const uint64_t inside = within(all.quotes, *in_quotes);
        ends += __builtin_popcountll(all.feeds & ~inside);
        *in_quotes = spread(inside);
    }
    return ends;
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

static Py_ssize_t count_well_formed(const uint8_t *block, Py_ssize_t length)
{
    Py_ssize_t at = 0;
    while (at < length) {
        uint64_t text[8], high = 0;
        if (length - at >= WORD) {
            memcpy(text, block + at, sizeof text);
            for (int n = 0; n < 8; n++)
                high |= text[n];
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

/* The bytes of a block up to where a character may be cut off. */
static Py_ssize_t without_cut_off(const uint8_t *block, Py_ssize_t length)
{
    for (Py_ssize_t back = 1; back <= 3 && back < length; back++) {
        const uint8_t byte = block[length - back];
        if (!continues(byte))
            return byte < 0xC0 || back >= (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4) ? length : length - back;
    }
    return length;
}

#if !defined(_WIN32)

#include <errno.h>
#include <unistd.h>

/* What is read at a time stays in the processor's nearest cache until it has been looked at. */
#define CHUNK (128 << 10)

/* Survey a file as far as everything fits and can be read, as if it were one block; return how many bytes that are. */
static Py_ssize_t survey_open_file(int file, off_t start, off_t end, Py_ssize_t each, uint8_t *chunk, Mark *mark,
                                   Found *found)
{
    off_t at = start;
    while (at < end) {
        Found more;
        Py_ssize_t length = pread(file, chunk, end - at < CHUNK ? (size_t)(end - at) : CHUNK, at);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break;
        length = without_cut_off(chunk, length);
        Mark next = *mark;
        if (!survey_block(chunk, length, each, &next, &more))
            break;
        if (more.high && count_well_formed(chunk, length) != length)
            break;
        *mark = next;
        found->ends += more.ends;
        found->lines += more.lines;
        found->open_lines = more.open_lines + (more.ends ? 0 : found->open_lines);
        if (more.ends)
            found->last_end = (Py_ssize_t)(at - start) + more.last_end;
        at += length;
    }
    return (Py_ssize_t)(at - start);
}

PyDoc_STRVAR(survey_file_doc, "survey_file(file, start, end, in_quotes, last, commas, each, /)\n--\n\n"
                              "See `Surveyor.survey_file`, and `survey` here.");

static PyObject *survey_file(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    int file, in_quotes;
    long long start, end;
    Py_ssize_t each, length;
    Mark mark;
    Found found = {.last_end = -1};
    uint8_t *chunk;
    if (!PyArg_ParseTuple(arguments, "iLLpinn", &file, &start, &end, &in_quotes, &mark.last, &mark.commas, &each))
        return NULL;
    chunk = PyMem_Malloc(CHUNK);
    if (!chunk)
        return PyErr_NoMemory();
    mark.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    Py_BEGIN_ALLOW_THREADS
    length = survey_open_file(file, (off_t)start, (off_t)end, each, chunk, &mark, &found);
    Py_END_ALLOW_THREADS
    PyMem_Free(chunk);
    return Py_BuildValue("nNinnnnn", length, PyBool_FromLong(mark.in_quotes != 0), mark.last, mark.commas, found.ends,
                         found.last_end, found.lines, found.open_lines);
}

#endif

PyDoc_STRVAR(survey_doc, "survey(block, in_quotes, last, commas, each, /)\n--\n\n"
                         "See `Surveyor.survey`; each record has to have `each` delimiters, or any number if that is -1.");

static PyObject *survey(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer block;
    int in_quotes, fits = 0;
    Py_ssize_t each;
    Mark mark;
    Found found;
    if (!PyArg_ParseTuple(arguments, "y*pinn", &block, &in_quotes, &mark.last, &mark.commas, &each))
        return NULL;
    mark.in_quotes = in_quotes ? ~(uint64_t)0 : 0;
    if (block.len) {
        Py_BEGIN_ALLOW_THREADS
        fits = survey_block(block.buf, block.len, each, &mark, &found);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&block);
    if (!fits)
        Py_RETURN_NONE;
    return Py_BuildValue("NinnnnnN", PyBool_FromLong(mark.in_quotes != 0), mark.last, mark.commas, found.ends,
                         found.last_end, found.lines, found.open_lines, PyBool_FromLong(found.high == 0));
}

PyDoc_STRVAR(count_doc, "count(block, in_quotes, /)\n--\n\nSee `Surveyor.count`.");

static PyObject *count(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer block;
    int in_quotes;
    uint64_t inside;
    Py_ssize_t ends;
    if (!PyArg_ParseTuple(arguments, "y*p", &block, &in_quotes))
        return NULL;
    inside = in_quotes ? ~(uint64_t)0 : 0;
    Py_BEGIN_ALLOW_THREADS
    ends = count_ends(block.buf, block.len, &inside);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&block);
    return Py_BuildValue("nN", ends, PyBool_FromLong(inside != 0));
}

PyDoc_STRVAR(well_formed_doc, "well_formed(block, /)\n--\n\nSee `Surveyor.well_formed`.");

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
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("popcnt")) {
        PyErr_SetString(PyExc_ImportError, "the processor does not count bits");
        return -1;
    }
#endif
    return 0;
}

static PyMethodDef methods[] = {
    {"survey", survey, METH_VARARGS, survey_doc},
#if !defined(_WIN32)
    {"survey_file", survey_file, METH_VARARGS, survey_file_doc},
#endif
    {"count", count, METH_VARARGS, count_doc},
    {"well_formed", well_formed, METH_VARARGS, well_formed_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, load}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "domo_async.transfer.csv._survey",
    .m_doc = "One pass over a block of CSV.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__survey(void)
{
    return PyModuleDef_Init(&definition);
}
