"""Properties of types: the JSON values that they accept, their readable names, and whether digits matter."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from domo_async._redaction import Secret
from domo_async._wire.enums import OpenEnum
from domo_async._wire.identifiers import NUMERIC_ID, is_numeric_id
from domo_async._wire.model import Model, model_fields
from domo_async._wire.record import Record
from domo_async._wire.timestamps import TimestampForm

__all__ = [
    "ALL_JSON_TYPES",
    "NULL",
    "NUMBERS",
    "PLAIN",
    "describe",
    "is_anything",
    "is_enum",
    "is_fixed_tuple",
    "is_literal",
    "is_mapping",
    "is_model",
    "is_record",
    "is_secret",
    "is_sequence",
    "is_stamp",
    "is_union",
    "json_types",
    "needs_exact",
    "stamp_form",
]

NULL = type(None)
NUMBERS: frozenset[type] = frozenset({int, float, Decimal})
PLAIN = (str, int, bool, float)
ALL_JSON_TYPES: frozenset[type] = NUMBERS | {dict, list, str, bool, NULL}
_SCALARS: dict[Any, tuple[str, frozenset[type]]] = {
    str: ("a string", frozenset({str})),
    bool: ("true or false", frozenset({bool})),
    int: ("an integer", frozenset({int})),
    float: ("a number", NUMBERS),
    Decimal: ("a number", NUMBERS),
    date: ("a date like 2024-12-31", frozenset({str})),
    NULL: ("null", frozenset({NULL})),
}


def is_anything(into: Any) -> bool:
    """Return whether `into` accepts every value unchanged."""
    return into is Any or into is object


def is_model(into: Any) -> bool:
    """Return whether `into` is a model class."""
    return isinstance(into, type) and issubclass(into, Model)


def is_record(into: Any) -> bool:
    """Return whether `into` is a record class, with or without parameters, as in ``BulkResult[int, str]``."""
    cls = get_origin(into) or into
    return isinstance(cls, type) and issubclass(cls, Record)


def is_enum(into: Any) -> bool:
    """Return whether `into` is an enum class."""
    return isinstance(into, type) and issubclass(into, Enum)


def is_union(into: Any) -> bool:
    """Return whether `into` is a union, optional types included."""
    return get_origin(into) in (Union, types.UnionType)


def is_literal(into: Any) -> bool:
    """Return whether `into` is a Literal."""
    return get_origin(into) is Literal


def is_fixed_tuple(into: Any) -> bool:
    """Return whether `into` is a tuple with a type for each position."""
    return get_origin(into) is tuple and get_args(into)[-1:] != (...,)


def is_sequence(into: Any) -> bool:
    """Return whether `into` is a list, a tuple or a subclass for items of one type, or a Sequence."""
    cls = get_origin(into) or into
    return cls in (list, tuple, Sequence) or (cls is not into and isinstance(cls, type) and issubclass(cls, tuple))


def is_mapping(into: Any) -> bool:
    """Return whether `into` is a dict or a Mapping."""
    return (get_origin(into) or into) in (dict, Mapping)


def is_secret(into: Any) -> bool:
    """Return whether `into` wraps a secret."""
    return get_origin(into) is Secret


def is_stamp(into: Any) -> bool:
    """Return whether `into` is a datetime annotated with its form."""
    return stamp_form(into) is not None


def stamp_form(into: Any) -> TimestampForm | None:
    """Return the form of the annotated datetime `into`."""
    if get_origin(into) is not Annotated:
        return None
    return next((note for note in into.__metadata__ if isinstance(note, TimestampForm)), None)


def describe(into: Any) -> str:
    """Return the name of `into` for messages."""
    if into in _SCALARS:
        return _SCALARS[into][0]
    if form := stamp_form(into):
        return f"a timestamp like {form.example}"
    if is_numeric_id(into):
        return NUMERIC_ID
    if is_secret(into):
        return describe(get_args(into)[0])
    if is_union(into):
        return " or ".join(map(describe, get_args(into)))
    if is_literal(into):
        return f"one of {', '.join(map(repr, get_args(into)))}"
    if is_enum(into):
        return "a string" if issubclass(into, OpenEnum) else f"one of {', '.join(repr(m.value) for m in into)}"
    if is_model(into):
        return f"an object ({into.__name__})"
    return "a list" if is_sequence(into) else "an object" if is_mapping(into) else str(into)


def json_types(into: Any) -> frozenset[type]:
    """Return the classes of the JSON values that `into` accepts."""
    if into in _SCALARS:
        return _SCALARS[into][1]
    if stamp_form(into):
        return NUMBERS | {str}
    if is_numeric_id(into):
        return frozenset({int, str})
    if is_secret(into):
        return json_types(get_args(into)[0])
    if is_union(into):
        return frozenset(json_type for member in get_args(into) for json_type in json_types(member))
    if is_literal(into):
        return frozenset(map(type, get_args(into)))
    if is_enum(into):
        return frozenset(type(member.value) for member in into)
    if is_record(into) or is_mapping(into):
        return frozenset({dict})
    return frozenset({list}) if is_sequence(into) else ALL_JSON_TYPES


@cache
def needs_exact(into: Any) -> bool:
    """Return whether values of type `into` lose digits if JSON numbers are read as floats."""
    seen: set[Any] = set()
    waiting = [into]
    while waiting:
        annotation = waiting.pop()
        if annotation in seen:
            continue
        seen.add(annotation)
        form = stamp_form(annotation)
        if annotation is Decimal or (form and form.exact):
            return True
        waiting.extend(_parts(annotation))
    return False


def _parts(into: Any) -> tuple[Any, ...]:
    if is_model(into):
        return tuple(a.type for a in model_fields(into))
    return () if is_literal(into) else get_args(into)
