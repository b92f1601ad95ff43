/* `Rewriter` at full speed: fields are found by structural bitmasks of 64 bytes, see csv_bitmasks.h, and copied into the
   records that Domo reads. What is wrong anywhere is left to Python, which says what it is; rewriting.py also says what is
   asked. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_GIL_DISABLED /* free-threaded Python has no limited API */
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <stdlib.h>

#include "../../_native/csv_bitmasks.h"

/* The text, and the bitmasks of the 64 bytes that are being scanned. */
typedef struct {
    const uint8_t *text;
    Py_ssize_t length, at;
    uint8_t delimiter;
    int returns;                 /* whether a lone carriage return ends a record */
    uint64_t quotes, ends, odd; /* odd: characters for which an unquoted field needs quotes */
} Scan;

/* An encoded field, including its quotes. */
typedef struct {
    Py_ssize_t start, end;
    uint64_t odd; /* not zero if it is unquoted and needs quotes */
} Field;

typedef struct {
    Field *fields;
    Py_ssize_t count, room;
    Py_ssize_t next; /* the position after the record */
} Record;

typedef struct {
    const uint8_t *bytes;
    Py_ssize_t length;
} Text;

/* The arguments of a call. */
typedef struct {
    Py_ssize_t width, least; /* width: -1 if it does not matter */
    const int64_t *order;    /* NULL if fields keep their order; -1 is NULL, -2 the first constant */
    Py_ssize_t ordered;
    Text *constants;
    Text *nulls; /* of all columns; those of column n begin with nulls[first[n]] */
    Py_ssize_t *first, ruled;
} Job;

typedef struct {
    uint8_t *bytes;
    Py_ssize_t length, room;
} Written;

typedef enum { WHOLE, CUT_OFF, WRONG, NO_MEMORY } Outcome;

/* Scan the 64 bytes that contain a position. */
static inline void look_at(Scan *scan, Py_ssize_t place)
{
    uint8_t last[WORD] = {0};
    uint64_t there = ~(uint64_t)0;
    Word word;
    scan->at = place & ~(Py_ssize_t)(WORD - 1);
    if (scan->length - scan->at >= WORD) {
        word = word_of(scan->text + scan->at);
    } else {
        memcpy(last, scan->text + scan->at, (size_t)(scan->length - scan->at));
        word = word_of(last);
        there = ((uint64_t)1 << (scan->length - scan->at)) - 1;
    }
    scan->quotes = bitmask_of(word, '"') & there;
    scan->ends = (bitmask_of(word, (char)scan->delimiter) | bitmask_of(word, '\n') | bitmask_of(word, '\r')) & there;
    scan->odd = scan->quotes | (scan->delimiter == ',' ? 0 : bitmask_of(word, ',') & there);
}

/* The next quote from a position on, or the end of the text. */
static inline Py_ssize_t next_quote(Scan *scan, Py_ssize_t place)
{
    while (place < scan->length) {
        if (place - scan->at >= WORD)
            look_at(scan, place);
        const uint64_t quotes = scan->quotes >> (place & (WORD - 1));
        if (quotes)
            return place + lowest_bit(quotes);
        place = scan->at + WORD;
    }
    return scan->length;
}

/* The next delimiter, line feed or carriage return from a position on, or the end of the text. */
static inline Py_ssize_t next_end(Scan *scan, Py_ssize_t place, uint64_t *odd)
{
    while (place < scan->length) {
        if (place - scan->at >= WORD)
            look_at(scan, place);
        const int before = place & (WORD - 1);
        const uint64_t ends = scan->ends >> before;
        if (ends) {
            *odd |= scan->odd >> before & ((ends & (0 - ends)) - 1);
            return place + lowest_bit(ends);
        }
        *odd |= scan->odd >> before;
        place = scan->at + WORD;
    }
    return scan->length;
}

/* The length of the line end at a position: 0 if there is none, -1 if more bytes are needed to decide. */
static inline int line_end(const Scan *scan, Py_ssize_t place)
{
    if (scan->text[place] == '\n')
        return 1;
    if (scan->text[place] != '\r')
        return 0;
    if (place + 1 == scan->length)
        return -1;
    return scan->text[place + 1] == '\n' ? 2 : scan->returns;
}

static Outcome read_record(Scan *scan, Py_ssize_t place, Record *record)
{
    record->count = 0;
    for (;;) {
        Field field = {.start = place};
        int ended = 0;
        if (place == scan->length)
            return CUT_OFF;
        if (scan->text[place] == '"') {
            for (place++;; place += 2) {
                place = next_quote(scan, place);
                /* At the end of the text, this quote may be the first of two. */
                if (place + 1 >= scan->length)
                    return CUT_OFF;
                if (scan->text[place + 1] != '"')
                    break;
            }
            place++;
            if (scan->text[place] != scan->delimiter) {
                ended = line_end(scan, place);
                if (ended <= 0)
                    return ended ? CUT_OFF : WRONG;
            }
        } else {
            for (;; place++) {
                place = next_end(scan, place, &field.odd);
                if (place == scan->length)
                    return CUT_OFF;
                if (scan->text[place] == scan->delimiter)
                    break;
                ended = line_end(scan, place);
                if (ended < 0)
                    return CUT_OFF;
                if (ended)
                    break;
                field.odd = 1; /* a carriage return that is a character of the field */
            }
        }
        field.end = place;
        if (record->count == record->room) {
            const Py_ssize_t room = 2 * record->room + 64;
            Field *fields = realloc(record->fields, (size_t)room * sizeof *fields);
            if (!fields)
                return NO_MEMORY;
            record->fields = fields;
            record->room = room;
        }
        record->fields[record->count++] = field;
        if (ended) {
            record->next = place + ended;
            return WHOLE;
        }
        place++;
    }
}

/* Small copies are done 16 bytes at once: bytes copied beyond the end are overwritten by the next copy. */
#define STEP 16

static int make_room(Written *written, Py_ssize_t more)
{
    if (written->room - written->length >= more)
        return 1;
    const Py_ssize_t room = written->length + more + written->room / 2;
    uint8_t *bytes = realloc(written->bytes, (size_t)room);
    if (!bytes)
        return 0;
    written->bytes = bytes;
    written->room = room;
    return 1;
}

static inline void copy(uint8_t *to, const uint8_t *from, Py_ssize_t length, const uint8_t *last)
{
    if (last - from < length + STEP) {
        memcpy(to, from, (size_t)length);
        return;
    }
    for (Py_ssize_t at = 0; at < length; at += STEP)
        memcpy(to + at, from + at, STEP);
}

static inline int begins_with_mark(const uint8_t *bytes, Py_ssize_t length)
{
    return length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF;
}

/* Write a field, and a comma after it. */
static inline int write_field(const Scan *scan, Field field, Written *written)
{
    const uint8_t *from = scan->text + field.start, *const end = scan->text + field.end;
    /* Each byte may be a quote that is doubled. */
    if (!make_room(written, 2 * (end - from) + 3 + STEP))
        return 0;
    uint8_t *to = written->bytes + written->length;
    if (!field.odd) {
        copy(to, from, end - from, scan->text + scan->length);
        to += end - from;
    } else {
        *to++ = '"';
        for (; from < end; from++) {
            *to++ = *from;
            if (*from == '"')
                *to++ = '"';
        }
        *to++ = '"';
    }
    *to++ = ',';
    written->length = to - written->bytes;
    return 1;
}

static int write_constant(const Text *constant, Written *written)
{
    if (!make_room(written, constant->length + 1 + STEP))
        return 0;
    memcpy(written->bytes + written->length, constant->bytes, (size_t)constant->length);
    written->length += constant->length;
    written->bytes[written->length++] = ',';
    return 1;
}

static void put_nulls(const Scan *scan, const Job *job, Record *record)
{
    for (Py_ssize_t column = 0; column < job->ruled && column < record->count; column++) {
        Field *field = &record->fields[column];
        const Py_ssize_t length = field->end - field->start;
        for (Py_ssize_t n = job->first[column]; n < job->first[column + 1]; n++) {
            if (job->nulls[n].length == length && !memcmp(job->nulls[n].bytes, scan->text + field->start, (size_t)length)) {
                *field = (Field){0};
                break;
            }
        }
    }
}

static int write_record(const Scan *scan, const Job *job, Record *record, Written *written)
{
    const Text null = {.bytes = (const uint8_t *)""};
    const Py_ssize_t count = job->order ? job->ordered : record->count;
    if (job->ruled)
        put_nulls(scan, job, record);
    for (Py_ssize_t n = 0; n < count; n++) {
        const int64_t place = job->order ? job->order[n] : n;
        if (place < 0) {
            if (!write_constant(place == -1 ? &null : &job->constants[-2 - place], written))
                return 0;
            continue;
        }
        Field field = record->fields[place];
        if (!n && begins_with_mark(scan->text + field.start, field.end - field.start))
            field.odd = 1;
        if (!write_field(scan, field, written))
            return 0;
    }
    /* A line feed instead of the last comma. */
    written->bytes[written->length - 1] = '\n';
    return 1;
}

typedef struct {
    Py_ssize_t taken, records, lines;
} Taken;

static Outcome rewrite_text(Scan *scan, const Job *job, Written *written, Taken *taken)
{
    Record record = {0};
    Outcome outcome = WHOLE;
    if (!make_room(written, scan->length + STEP))
        return NO_MEMORY;
    while ((outcome = read_record(scan, taken->taken, &record)) == WHOLE) {
        const Field *first = record.fields;
        const int blank = job->width > 1 && record.count == 1 && first->start == first->end;
        if (!blank) {
            if ((job->width >= 0 && record.count != job->width) || record.count < job->least) {
                outcome = WRONG;
                break;
            }
            if (!write_record(scan, job, &record, written)) {
                outcome = NO_MEMORY;
                break;
            }
            taken->records++;
        }
        taken->taken = record.next;
    }
    free(record.fields);
    for (Py_ssize_t at = 0; at < taken->taken; at += WORD) {
        const uint64_t there =
            taken->taken - at >= WORD ? ~(uint64_t)0 : ((uint64_t)1 << (taken->taken - at)) - 1;
        uint8_t last[WORD] = {0};
        if (scan->length - at < WORD)
            memcpy(last, scan->text + at, (size_t)(scan->length - at));
        const Word word = word_of(scan->length - at < WORD ? last : scan->text + at);
        taken->lines += count_bits(bitmask_of(word, '\n') & there);
        if (scan->returns)
            for (uint64_t returns = bitmask_of(word, '\r') & there; returns; returns &= returns - 1) {
                const Py_ssize_t next = at + lowest_bit(returns) + 1;
                taken->lines += next == taken->taken || scan->text[next] != '\n';
            }
    }
    return outcome == CUT_OFF ? WHOLE : outcome;
}

/* The bytes objects of a tuple, as borrowed references. */
static Text *texts_of(PyObject *tuple, Text *texts)
{
    const Py_ssize_t count = PyTuple_Size(tuple);
    for (Py_ssize_t n = 0; n < count; n++) {
        char *bytes;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple, n), &bytes, &texts[n].length) < 0)
            return NULL;
        texts[n].bytes = (const uint8_t *)bytes;
    }
    return texts + count;
}

/* Read the arguments from Python. */
static int take_job(Job *job, PyObject *constants, PyObject *nulls)
{
    Py_ssize_t all = 0;
    Text *next;
    job->ruled = PyTuple_Size(nulls);
    for (Py_ssize_t n = 0; n < job->ruled; n++) {
        const Py_ssize_t count = PyTuple_Size(PyTuple_GetItem(nulls, n));
        if (count < 0)
            return 0;
        all += count;
    }
    job->constants = PyMem_Calloc((size_t)PyTuple_Size(constants) + 1, sizeof *job->constants);
    job->nulls = PyMem_Calloc((size_t)all + 1, sizeof *job->nulls);
    job->first = PyMem_Calloc((size_t)job->ruled + 1, sizeof *job->first);
    if (!job->constants || !job->nulls || !job->first) {
        PyErr_NoMemory();
        return 0;
    }
    if (!texts_of(constants, job->constants))
        return 0;
    next = job->nulls;
    for (Py_ssize_t n = 0; n < job->ruled; n++) {
        next = texts_of(PyTuple_GetItem(nulls, n), next);
        if (!next)
            return 0;
        job->first[n + 1] = next - job->nulls;
    }
    return 1;
}

PyDoc_STRVAR(rewrite_doc,
             "rewrite(text, delimiter, returns, width, least, constants, order, nulls, /)\n--\n\n"
             "Return whole records as they are written, the rest of the text, the number of records and of line ends; or "
             "None if something is wrong. See `CompiledRewriter`.");

static PyObject *rewrite(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *text, *constants, *nulls, *result = NULL;
    Scan scan = {.at = -WORD};
    Job job = {0};
    Written written = {0};
    Taken taken = {0};
    Outcome outcome;
    const char *order;
    Py_ssize_t ordered;
    if (!PyArg_ParseTuple(arguments, "UbpnnO!z#O!", &text, &scan.delimiter, &scan.returns, &job.width,
                          &job.least, &PyTuple_Type, &constants, &order, &ordered, &PyTuple_Type, &nulls))
        return NULL;
    scan.text = (const uint8_t *)PyUnicode_AsUTF8AndSize(text, &scan.length);
    if (!scan.text) {
        /* A lone surrogate. */
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return NULL;
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    job.order = (const int64_t *)order;
    job.ordered = ordered / (Py_ssize_t)sizeof *job.order;
    if (take_job(&job, constants, nulls)) {
        Py_BEGIN_ALLOW_THREADS
        outcome = rewrite_text(&scan, &job, &written, &taken);
        Py_END_ALLOW_THREADS
        if (outcome == NO_MEMORY)
            PyErr_NoMemory();
        else if (outcome == WRONG)
            result = Py_NewRef(Py_None);
        else
            result = Py_BuildValue("y#s#nn", (const char *)written.bytes, written.length,
                                   (const char *)scan.text + taken.taken, scan.length - taken.taken, taken.records,
                                   taken.lines);
    }
    free(written.bytes);
    PyMem_Free(job.constants);
    PyMem_Free(job.nulls);
    PyMem_Free(job.first);
    return result;
}

static PyMethodDef methods[] = {
    {"rewrite", rewrite, METH_VARARGS, rewrite_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "domo_async._transfer.csv._rewrite",
    .m_doc = "CSV of other dialects as Domo reads it.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__rewrite(void)
{
    return PyModuleDef_Init(&definition);
}
