"""Nested values as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import orjson

from domo_async._transfer.encoding.texts import UnencodableValue, exact_text, shown, span_text, timestamp_text
from domo_async._transfer.encoding.values import python_value

__all__ = ["json_text"]

_JSON: TypeAlias = Any
_INTEGERS = range(-(1 << 63), 1 << 64)
"""The integers that orjson can write."""
_OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def json_text(value: object) -> str:
    """Return a nested value as JSON; exact decimals become text, because JSON readers would convert them to floats.

    Raises:
        UnencodableValue: It holds a value that JSON cannot express: infinity, bytes, sets, keys that are not plain, or
            itself.
    """
    try:
        return _written(value).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UnencodableValue(f"{shown(value)} cannot be written as JSON: {error}") from None


def _written(value: object) -> bytes:
    try:
        content = orjson.dumps(value, default=_plain, option=_OPTIONS)
    except TypeError:
        # Integers beyond 64 bits, and keys that are not text.
        return orjson.dumps(_plain(value))
    # orjson would write infinity as null, even as a key.
    return orjson.dumps(_plain(value)) if b"null" in content else content


def _plain(value: Any) -> _JSON:
    """Convert a value, at every depth, to values that orjson writes correctly."""
    if isinstance(value, Enum):
        value = value.value
    value = python_value(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return _object((_key(key), _plain(item)) for key, item in value.items())
    scalar = _scalar(value)
    if scalar is not None:
        return scalar
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview | AbstractSet):
        return [_plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


def _object(items: Iterable[tuple[str, _JSON]]) -> _JSON:
    """Return an object, whose keys have to differ as text, too: JSON readers keep only one of equal keys."""
    found = {}
    for key, item in items:
        if key in found:
            raise ValueError(f"two keys are {key!r:.80} as text")
        found[key] = item
    return found


def _scalar(value: Any) -> _JSON:
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int(value) if value in _INTEGERS else orjson.Fragment(int.__repr__(value))
        case float():
            return float(value)
        case Decimal():
            return exact_text(value)
        case datetime() if value.tzinfo is None:
            # With nanoseconds.
            return timestamp_text(value).replace(" ", "T")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return span_text(value)
    return str(value) if type(value).__name__ == "UUID" else None


def _key(key: object) -> str:
    plain = _plain(key)
    if isinstance(plain, str):
        return plain
    if plain is None and key is not None:
        raise TypeError("a key is not a number")
    if plain is None or isinstance(plain, bool | int | float | orjson.Fragment):
        return orjson.dumps(plain).decode()
    raise TypeError(f"a key is a {type(key).__name__}")
