"""JSON text to values and back."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import orjson

from domo_async.errors import ConfigError, DecodeError
from domo_async.wire.encode import unstructure

__all__ = ["dumps", "loads"]


def loads(body: bytes, *, exact: bool = False) -> Any:  # JSON has no static type
    """Return the value that the JSON document `body` holds.

    Args:
        body: The document, in UTF-8.
        exact: Whether numbers with a decimal point become `Decimal` with all their digits, instead of float.

    Raises:
        DecodeError: `body` is not JSON; the message says at which character.
    """
    try:
        return _loads_exactly(body) if exact else orjson.loads(body)
    except json.JSONDecodeError as error:  # orjson's own error is a subclass
        raise DecodeError(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise DecodeError(f"the body is not JSON: {error}") from None


def _loads_exactly(body: bytes) -> Any:
    # Decoded here, as json.loads would also take UTF-16 and surrogates.
    return json.loads(body.decode(), parse_float=Decimal, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def dumps(value: object) -> bytes:
    """Return `value` as a JSON document in UTF-8.

    Beyond JSON's own types these are written: models and other attrs classes (see `unstructure`), enums by
    value, aware datetimes as ISO 8601 with milliseconds and ``Z``, dates, `Decimal` as a number with all its
    digits, mappings and sequences. Keys are written as given. Floats that are not finite become null.

    Raises:
        ConfigError: `value` holds something that has no JSON form.
    """
    try:
        return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError as error:
        if isinstance(error.__cause__, ConfigError):
            raise error.__cause__ from None
        raise ConfigError(f"cannot be sent as JSON: {error}") from None


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ConfigError(f"{value} is no JSON number")
        return orjson.Fragment(str(value))
    return unstructure(value)
