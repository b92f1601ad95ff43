"""Encoding of values as builtins for JSON."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, overload

import attrs

from domo_async._redaction import Secret
from domo_async._wire.model import Model, camel_case, model_fields, name_on_wire
from domo_async._wire.timestamps import TimestampForm
from domo_async._wire.typeinfo import stamp_form
from domo_async._wire.unset import UNSET
from domo_async.errors import ConfigError

__all__ = ["payload", "unstructure", "without_nulls"]

_NOTHING: Mapping[str, object] = MappingProxyType({})
_PLAIN = frozenset({str, int, bool, type(None)})


def payload(irregular: Mapping[str, object] = _NOTHING, /, **fields: object) -> dict[str, Any]:
    """Return a request body: `fields` under their camelCase names, `irregular` under its own names.

    `UNSET` is omitted at every depth; `None` is sent as null. Values are unstructured.
    ``payload({"dataSourceName": name}, user_defined_type=type)``
    """
    named = {camel_case(name): value for name, value in fields.items()}
    return unstructure({**irregular, **named})


@overload
def unstructure(value: Model | Mapping[str, object]) -> dict[str, Any]: ...
@overload
def unstructure(value: object) -> Any: ...


def unstructure(value: object) -> Any:
    """Return `value` as dicts, lists and scalars that `dumps` takes.

    Models become dicts under their names on the wire, extras merged back in; a timestamp takes the form that
    its field is annotated with, any other aware datetime is ISO 8601 with milliseconds. `UNSET` is left out
    of objects. `Decimal` stays, as `dumps` writes it with all its digits; and so does a `Secret`, which is in the clear
    in what `dumps` returns alone.

    Raises:
        ConfigError: `value` contains something that JSON cannot express, such as a naive datetime or NaN.
    """
    try:
        return _plain(value, TimestampForm.ISO)
    except RecursionError:
        raise ConfigError("a value that contains itself, or is nested too deeply, cannot be sent as JSON") from None


def without_nulls(model: Model) -> dict[str, Any]:
    """Return a model as `unstructure` does, but without the fields that are None, at every depth.

    For sending back a model that was read: None in it mostly means that the key was missing. The extras are sent
    unchanged, including nulls.
    """
    return _plain_model(model, nulls=False)


def _plain(value: object, form: TimestampForm, *, nulls: bool = True) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, form, nulls=nulls) for key, item in value.items() if item is not UNSET}
    if attrs.has(type(value)):
        return _plain_model(value, nulls=nulls)
    if isinstance(value, Enum) and value is not UNSET:
        return _plain(value.value, form, nulls=nulls)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return [_plain(item, form, nulls=nulls) for item in value]
    return _scalar(value, form)


def _scalar(value: object, form: TimestampForm) -> Any:
    if isinstance(value, float | Decimal):
        return _finite(value)
    if isinstance(value, datetime):
        return form.format(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, Secret):
        return value
    raise ConfigError(f"a value of type {type(value).__name__} cannot be sent as JSON")


def _finite(value: float | Decimal) -> float | Decimal:
    finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
    if not finite:
        raise ConfigError(f"{value} cannot be sent as JSON, which has finite numbers alone; None stands for no value")
    return float(value) if isinstance(value, float) else value


def _key(key: object) -> str:
    if isinstance(key, str):
        return str(key)
    raise ConfigError(f"an object with the key {key!r} cannot be sent as JSON: keys are strings")


def _plain_model(model: Any, *, nulls: bool) -> dict[str, Any]:
    extras = model.extras if isinstance(model, Model) else _NOTHING
    cls: Any = type(model)  # to mypy, no type is hashable
    values = ((name, getattr(model, attribute), form) for attribute, name, form in _layout(cls))
    named = {
        name: _plain(value, form, nulls=nulls)
        for name, value, form in values
        if value is not UNSET and (nulls or value is not None)
    }
    return {**named, **_plain({key: extras[key] for key in extras if key not in named}, TimestampForm.ISO)}


@cache
def _layout(cls: type) -> tuple[tuple[str, str, TimestampForm], ...]:
    """Return the attribute, the name on the wire and the timestamp form of each field."""
    return tuple((a.name, name_on_wire(a), _form_within(a.type) or TimestampForm.ISO) for a in model_fields(cls))


def _form_within(annotation: Any) -> TimestampForm | None:
    """Return the timestamp form that `annotation` names first, at any depth."""
    return stamp_form(annotation) or next(filter(None, map(_form_within, get_args(annotation))), None)
