/* Compiled parts of the decoding of JSON: instances of models, and the search for long numbers.

   An instance is made of a JSON object that has the same keys in the same order as many others, as those of most long
   lists have. codegen.py compiles a layout for such keys: for each key the member of the class that takes its value, and
   what is done with a value of each type. It takes no other objects, and if a hook refuses a value, its error comes out of
   here; the hook in Python then decodes the object from the beginning, which keeps what it cannot decode. So nothing is
   decided here that is not as it is there. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_GIL_DISABLED /* free-threaded Python has no limited API */
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

/* The types that JSON values have in Python; of other numbers, such as Decimal, the field's hook decides. */
typedef enum { TEXT, INTEGER, FLOAT, BOOLEAN, NOTHING, LIST, OBJECT, OTHER, TYPES } JsonType;

/* What is done with a value, numbered as `fast_paths.Action`; if an operand does not fit it, the hook is called. */
typedef enum {
    HOOK,    /* call the field's hook */
    KEEP,    /* keep the value */
    REPLACE, /* take the operand instead */
    MAKE,    /* call the operand without arguments */
    CALL,    /* call the operand with the value */
    MEMBER,  /* look the value up in the operand */
    MILLIS,  /* milliseconds since 1970: the operand is (datetime, UTC, first, end) */
    ACTIONS
} Action;

typedef struct {
    Action action;
    PyObject *operand;
    long long first, end; /* of MILLIS */
} Path;

/* One key of the objects, or one member of the class that none of their keys is for.

   Only the first path of the latter is used, for there is no value whose type could matter. */
typedef struct {
    PyObject *key, *member, *hook, *type; /* without a member the value is an extra */
    descrsetfunc set;                     /* of the member: assigns also to instances that are frozen */
    Path paths[TYPES];
} Field;

typedef struct {
    PyObject_HEAD
    PyTypeObject *cls;
    Field extras; /* the member for the keys that have none; its path gives the value if there are no such keys */
    Py_ssize_t keyed, unkeyed, further;
    Field *fields; /* first those that have keys, in the order of the keys */
} Layout;

static inline int is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static inline JsonType type_of(PyObject *value)
{
    const PyTypeObject *type = Py_TYPE(value);
    if (type == &PyUnicode_Type)
        return TEXT;
    if (type == &PyLong_Type)
        return INTEGER;
    if (value == Py_None)
        return NOTHING;
    if (type == &PyBool_Type)
        return BOOLEAN;
    if (type == &PyFloat_Type)
        return FLOAT;
    if (type == &PyList_Type)
        return LIST;
    return type == &PyDict_Type ? OBJECT : OTHER;
}

/* Return a datetime, made as pickle makes one: of its ten bytes, which takes a quarter of the time of fromtimestamp.

   The date is found in a calendar that begins in March, so that leap days end its years, and in eras of 400 years, which
   are all of the same length. */
static PyObject *time_of(PyObject *cls, PyObject *zone, long long millis)
{
    const long long days = millis / 86400000, seconds = millis / 1000 % 86400, micros = millis % 1000 * 1000;
    const long long shifted = days + 719468; /* days from March 1 of the year 0 to 1970 */
    const long long era = shifted / 146097, of_era = shifted % 146097;
    const long long years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const long long of_year = of_era - (365 * years + years / 4 - years / 100);
    const long long months = (5 * of_year + 2) / 153; /* since March; 153 days are five months */
    const long long month = months < 10 ? months + 3 : months - 9;
    const long long year = era * 400 + years + (month <= 2);
    const unsigned char bytes[] = {
        (unsigned char)(year >> 8),           (unsigned char)year,         (unsigned char)month,
        (unsigned char)(of_year - (153 * months + 2) / 5 + 1),
        (unsigned char)(seconds / 3600),      (unsigned char)(seconds / 60 % 60), (unsigned char)(seconds % 60),
        (unsigned char)(micros >> 16),        (unsigned char)(micros >> 8), (unsigned char)micros,
    };
    PyObject *state = PyBytes_FromStringAndSize((const char *)bytes, sizeof bytes);
    PyObject *made = state ? PyObject_CallFunctionObjArgs(cls, state, zone, NULL) : NULL;
    Py_XDECREF(state);
    return made;
}

/* Return a new reference to what a path makes of a value.

   `own` becomes true if that may lead back to the instance, so that the garbage collector has to know the instance. What
   was there before the instance, such as the members of an enum, cannot. */
static PyObject *follow(const Path *path, const Field *field, PyObject *value, int *own)
{
    PyObject *made = NULL;
    switch (path->action) {
    case REPLACE:
        return Py_NewRef(path->operand);
    case KEEP:
        made = Py_NewRef(value);
        break;
    case MAKE:
        made = PyObject_CallNoArgs(path->operand);
        break;
    case CALL:
        made = PyObject_CallFunctionObjArgs(path->operand, value, NULL);
        break;
    case MEMBER:
        made = PyDict_GetItemWithError(path->operand, value);
        if (made)
            return Py_NewRef(made);
        if (PyErr_Occurred())
            return NULL;
        made = PyObject_CallFunctionObjArgs(field->hook, value, field->type, NULL);
        break;
    case MILLIS: {
        int overflow;
        const long long millis = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (!overflow && millis >= path->first && millis < path->end)
            return time_of(PyTuple_GetItem(path->operand, 0), PyTuple_GetItem(path->operand, 1), millis);
    } /* fall through */
    default:
        made = PyObject_CallFunctionObjArgs(field->hook, value, field->type, NULL);
    }
    *own = *own || (made && PyObject_GC_IsTracked(made));
    return made;
}

/* Assign what a path makes of a value to a member of an instance. Return whether that worked. */
static int fill(PyObject *instance, const Field *field, JsonType type, PyObject *value, int *own)
{
    PyObject *made = follow(&field->paths[type], field, value, own);
    if (!made)
        return 0;
    const int failed = field->set(field->member, instance, made);
    Py_DECREF(made);
    return !failed;
}

/* Return whether an object has the layout's keys, or -1 for an error. Most keys are the same strings. */
static int has_keys(const Layout *layout, PyObject *object)
{
    Py_ssize_t position = 0;
    PyObject *key;
    if (PyDict_Size(object) != layout->keyed)
        return 0;
    for (Py_ssize_t n = 0; n < layout->keyed; n++) {
        if (!PyDict_Next(object, &position, &key, NULL))
            return 0;
        if (key == layout->fields[n].key)
            continue;
        if (!PyUnicode_Check(key) || PyUnicode_Compare(key, layout->fields[n].key))
            return PyErr_Occurred() ? -1 : 0;
    }
    return 1;
}

static PyObject *instance_of(const Layout *layout, PyObject *object)
{
    int own = 0;
    PyObject *value, *extras = layout->further ? PyDict_New() : Py_NewRef(layout->extras.paths[0].operand);
    PyObject *instance = extras ? PyType_GenericAlloc(layout->cls, 0) : NULL;
    if (!instance)
        goto failed;
    Py_ssize_t position = 0;
    for (Py_ssize_t n = 0; n < layout->keyed + layout->unkeyed; n++) {
        const Field *field = &layout->fields[n];
        if (n >= layout->keyed) {
            if (!fill(instance, field, 0, NULL, &own))
                goto failed;
            continue;
        }
        if (!PyDict_Next(object, &position, NULL, &value)) {
            PyErr_SetString(PyExc_RuntimeError, "a hook changed the object that is decoded");
            goto failed;
        }
        if (field->member ? !fill(instance, field, type_of(value), value, &own)
                          : PyDict_SetItem(extras, field->key, value) < 0)
            goto failed;
    }
    if (layout->extras.set(layout->extras.member, instance, extras) < 0)
        goto failed;
    /* As tuples and dictionaries of plain values do: it cannot be part of a cycle, and the garbage collector takes far
       longer for long lists than their decoding. */
    if (!own && !(layout->further && PyObject_GC_IsTracked(extras)))
        PyObject_GC_UnTrack(instance);
    Py_DECREF(extras);
    return instance;
failed:
    Py_XDECREF(extras);
    Py_XDECREF(instance);
    return NULL;
}

/* Layouts: they are made by `Layout(cls, fields, extras)`. */

static PyTypeObject *type_for(JsonType type)
{
    /* Not static: the addresses come from a DLL on Windows. */
    PyTypeObject *const types[OTHER] = {&PyUnicode_Type,  &PyLong_Type, &PyFloat_Type, &PyBool_Type,
                                        Py_TYPE(Py_None), &PyList_Type, &PyDict_Type};
    return types[type];
}

static int take_path(Path *path, PyObject *given)
{
    int action;
    PyObject *operand;
    if (!PyArg_ParseTuple(given, "iO", &action, &operand))
        return 0;
    path->action = (Action)action;
    path->operand = Py_NewRef(operand);
    if (action <= HOOK || action >= ACTIONS || (action == MEMBER && !PyDict_Check(operand))) {
        PyErr_SetString(PyExc_ValueError, "no such action, or not with such an operand");
        return 0;
    }
    PyObject *cls, *zone;
    if (action != MILLIS)
        return 1;
    if (!PyArg_ParseTuple(operand, "OOLL", &cls, &zone, &path->first, &path->end))
        return 0;
    if (path->first < 0)
        PyErr_SetString(PyExc_ValueError, "times before 1970 are left to the hook");
    return path->first >= 0;
}

static int take_member(Field *field, PyObject *member)
{
    field->member = Py_NewRef(member);
    field->set = (descrsetfunc)PyType_GetSlot(Py_TYPE(member), Py_tp_descr_set);
    if (!field->set)
        PyErr_SetString(PyExc_TypeError, "not a member that can be assigned to");
    return field->set != NULL;
}

/* Take (member, path) of a member without a key. */
static int take_unkeyed(Field *field, PyObject *given)
{
    PyObject *member, *path;
    return PyArg_ParseTuple(given, "OO!", &member, &PyTuple_Type, &path) && take_member(field, member) &&
           take_path(&field->paths[0], path);
}

/* Take (key, member, hook, type, paths) of a key; without a member the key and four times None. */
static int take_keyed(Layout *layout, Field *field, PyObject *given)
{
    PyObject *key, *member, *hook, *type, *paths;
    if (!PyArg_ParseTuple(given, "UOOOO", &key, &member, &hook, &type, &paths))
        return 0;
    field->key = Py_NewRef(key);
    if (member == Py_None) {
        layout->further++;
        return 1;
    }
    field->hook = Py_NewRef(hook);
    field->type = Py_NewRef(type);
    for (JsonType json = 0; json < OTHER; json++) {
        PyObject *path = PyDict_GetItemWithError(paths, (PyObject *)type_for(json));
        if (path ? !take_path(&field->paths[json], path) : PyErr_Occurred() != NULL)
            return 0;
    }
    return take_member(field, member);
}

PyDoc_STRVAR(layout_doc, "Layout(cls, keyed, unkeyed, extras)\n--\n\n"
                         "The keys of objects in their order, and what is made of their values. See `codegen`.");

static PyObject *layout_new(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    PyObject *cls, *keyed, *unkeyed, *extras;
    (void)named;
    if (!PyArg_ParseTuple(arguments, "O!O!O!O!", &PyType_Type, &cls, &PyTuple_Type, &keyed, &PyTuple_Type, &unkeyed,
                          &PyTuple_Type, &extras))
        return NULL;
    Layout *layout = (Layout *)PyType_GenericAlloc(type, 0);
    if (!layout)
        return NULL;
    layout->cls = (PyTypeObject *)Py_NewRef(cls);
    const Py_ssize_t keys = PyTuple_Size(keyed), all = keys + PyTuple_Size(unkeyed);
    layout->fields = PyMem_Calloc((size_t)all + 1, sizeof *layout->fields);
    if (!layout->fields)
        PyErr_NoMemory();
    int good = layout->fields && take_unkeyed(&layout->extras, extras);
    for (Py_ssize_t n = 0; good && n < all; n++) {
        /* Counted one by one, so that what was not taken is not released. */
        if (n < keys)
            good = take_keyed(layout, &layout->fields[layout->keyed++], PyTuple_GetItem(keyed, n));
        else
            good = take_unkeyed(&layout->fields[keys + layout->unkeyed++], PyTuple_GetItem(unkeyed, n - keys));
    }
    if (good)
        return (PyObject *)layout;
    Py_DECREF(layout);
    return NULL;
}

#define VISIT_FIELD(visit, field)                                                                                      \
    do {                                                                                                               \
        visit((field)->key);                                                                                           \
        visit((field)->member);                                                                                        \
        visit((field)->hook);                                                                                          \
        visit((field)->type);                                                                                          \
        for (int n_ = 0; n_ < TYPES; n_++)                                                                             \
            visit((field)->paths[n_].operand);                                                                         \
    } while (0)

static int layout_traverse(PyObject *self, visitproc visit, void *arg)
{
    Layout *layout = (Layout *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(layout->cls);
    VISIT_FIELD(Py_VISIT, &layout->extras);
    for (Py_ssize_t n = 0; n < layout->keyed + layout->unkeyed; n++)
        VISIT_FIELD(Py_VISIT, &layout->fields[n]);
    return 0;
}

static int layout_clear(PyObject *self)
{
    Layout *layout = (Layout *)self;
    const Py_ssize_t fields = layout->keyed + layout->unkeyed;
    layout->keyed = layout->unkeyed = 0;
    Py_CLEAR(layout->cls);
    VISIT_FIELD(Py_CLEAR, &layout->extras);
    for (Py_ssize_t n = 0; n < fields; n++)
        VISIT_FIELD(Py_CLEAR, &layout->fields[n]);
    return 0;
}

static void layout_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    layout_clear(self);
    PyMem_Free(((Layout *)self)->fields);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyType_Slot layout_slots[] = {
    {Py_tp_doc, (void *)layout_doc},
    {Py_tp_new, (void *)layout_new},
    {Py_tp_traverse, (void *)layout_traverse},
    {Py_tp_clear, (void *)layout_clear},
    {Py_tp_dealloc, (void *)layout_dealloc},
    {0, NULL},
};

static PyType_Spec layout_spec = {
    .name = "domo_async._wire._decoding.Layout",
    .basicsize = sizeof(Layout),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = layout_slots,
};

PyDoc_STRVAR(make_doc, "make(layouts, value)\n--\n\n"
                       "Return the instance that one of the layouts makes of a value, or None if none has its keys.");

static PyObject *make(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2 || !PyList_CheckExact(arguments[0]) || !PyDict_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "make takes a list of layouts and a dictionary");
        return NULL;
    }
    PyObject *made = NULL;
    for (Py_ssize_t n = 0; n < PyList_Size(arguments[0]); n++) {
        /* A hook may lead back to this list. */
        PyObject *layout = Py_NewRef(PyList_GetItem(arguments[0], n));
        const int fits = has_keys((Layout *)layout, arguments[1]);
        if (fits > 0)
            made = instance_of((Layout *)layout, arguments[1]);
        Py_DECREF(layout);
        if (fits)
            return made;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(has_long_number_doc, "has_long_number(body, digits)\n--\n\n"
                                  "Return whether so many digits stand side by side in bytes.");

static PyObject *has_long_number(PyObject *module, PyObject *arguments)
{
    const char *body;
    Py_ssize_t size, digits;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "y#n", &body, &size, &digits))
        return NULL;
    if (digits < 1) {
        PyErr_SetString(PyExc_ValueError, "a number has at least one digit");
        return NULL;
    }
    /* One of so many digits is at each step. */
    for (Py_ssize_t at = digits - 1; at < size; at += digits) {
        Py_ssize_t first = at;
        while (first >= 0 && is_digit(body[first]))
            first--;
        while (at < size && is_digit(body[at]))
            at++;
        if (at - first > digits)
            Py_RETURN_TRUE;
    }
    Py_RETURN_FALSE;
}

static PyMethodDef methods[] = {
    {"has_long_number", has_long_number, METH_VARARGS, has_long_number_doc},
    {"make", (PyCFunction)(void (*)(void))make, METH_FASTCALL, make_doc},
    {NULL, NULL, 0, NULL},
};

static int add_layout(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &layout_spec, NULL);
    const int failed = type ? PyModule_AddObjectRef(module, "Layout", type) : -1;
    Py_XDECREF(type);
    return failed;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)add_layout},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "domo_async._wire._decoding",
    .m_doc = "Compiled parts of the decoding of JSON.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__decoding(void)
{
    return PyModuleDef_Init(&definition);
}
