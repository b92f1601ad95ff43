"""Parsing and writing of JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NoReturn

import orjson

from domo_async._redaction import MASK, Secret
from domo_async._wire.encode import unstructure
from domo_async.errors import ConfigError, DecodeError

__all__ = ["dumps", "loads"]

_MARK = b"\xef\xbb\xbf"
# Maps digits to zeros and all other bytes to ones: the fastest way to find long runs of digits.
_DIGITS = bytes(ord("0") if byte in b"0123456789" else ord("1") for byte in range(256))
# The shortest integer that may be beyond 64 bits.
_GREAT_DIGITS = 19
# Without compiled code, every third digit is looked at first: of such an integer there are at least six, and of the
# thirteen of milliseconds since 1970, which are in most answers, at most five.
_STEP = 3
_GREAT = re.compile(rb"(?:^|[:,\[\s])-?[1-9][0-9]{18,}(?:$|[,\]}\s])")
# An escape; in the group if it is a lone surrogate.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]|(u[dD][89a-fA-F])|.)", re.DOTALL)
_LARGEST = (1 << 64) - 1
_SMALLEST = -(1 << 63)


def loads(body: bytes, *, exact: bool = False) -> Any:  # JSON has no static type
    """Parse the JSON document `body`; integers of any size keep all their digits.

    Args:
        body: The document, in UTF-8, with or without a byte order mark.
        exact: Whether numbers with a decimal point become `Decimal` with all their digits, instead of float.

    Raises:
        DecodeError: `body` is not JSON; the message says at which character.
    """
    body = body.removeprefix(_MARK)
    try:
        if exact or _has_great_integer(body):
            return _loads_exactly(body, Decimal if exact else _finite)
        return orjson.loads(body)
    except json.JSONDecodeError as error:  # orjson's own error is a subclass
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, InvalidOperation, RecursionError) as error:
        problem = str(error)
    # Raised outside of the block, because the original error holds the document.
    raise DecodeError(f"the body is not JSON: {problem}")


def _has_great_integer(body: bytes) -> bool:
    """Return whether there may be an integer beyond 64 bits, which orjson would convert to a float."""
    return _fastest_search()(body, _GREAT_DIGITS) and _GREAT.search(body) is not None


@cache
def _fastest_search() -> Callable[[bytes, int], bool]:
    try:
        from domo_async._wire._decoding import has_long_number  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return _has_long_number
    return has_long_number


def _has_long_number(body: bytes, digits: int) -> bool:
    """Return whether so many digits stand side by side."""
    if b"0" * (digits // _STEP) not in body[::_STEP].translate(_DIGITS):
        return False
    return b"0" * digits in body.translate(_DIGITS)


def _loads_exactly(body: bytes, number: Callable[[str], float | Decimal]) -> Any:
    if (b"\\ud" in body or b"\\uD" in body) and any(escape[1] for escape in _ESCAPE.finditer(body)):
        raise ValueError("a string has a lone surrogate")
    # Decoded here, as json.loads would also take UTF-16 and surrogates.
    return json.loads(body.decode(), parse_float=number, parse_constant=_refuse_constant)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is greater than any float")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def dumps(value: object) -> bytes:
    """Return `value` as a JSON document in UTF-8.

    Besides JSON's own types these are written: models and other attrs classes (see `unstructure`), enums by
    value, aware datetimes as ISO 8601 with milliseconds and ``Z``, dates, `Decimal` and integers of any size as
    numbers with all their digits, mappings and sequences, and the value of a `Secret`. Keys are written as given.

    Raises:
        ConfigError: `value` contains something that JSON cannot express, such as NaN.
    """
    try:
        try:
            body = _dumps(value)
        except orjson.JSONEncodeError:
            return _dumps(_written_out(unstructure(value)))
    except ConfigError:
        raise
    except (orjson.JSONEncodeError, ValueError) as error:
        cause = error.__cause__
        raise ConfigError(
            str(cause) if isinstance(cause, ConfigError) else f"cannot be sent as JSON: {error}"
        ) from None
    if b"null" not in body:
        return body
    secret = Secret(body)
    del body  # it is not masked, and tracebacks may show local variables
    # orjson writes NaN so; `unstructure` refuses it. Without it, looking for it takes longer than all of this.
    unstructure(value)
    return secret.get_secret_value()


def _dumps(value: object) -> bytes:
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _default(value: object) -> object:
    if isinstance(value, Secret):
        return _revealed(value)
    return orjson.Fragment(str(value)) if isinstance(value, Decimal) and value.is_finite() else unstructure(value)


def _revealed(secret: Secret[object]) -> orjson.Fragment:
    if secret.get_secret_value() == MASK:
        raise ConfigError(f"a secret is {MASK!r}, as what masks one is read back: give the secret itself")
    try:
        return orjson.Fragment(dumps(secret.get_secret_value()))
    except ConfigError as error:
        problem = str(error)
    # Raised outside of the block: the original error holds frames whose variables have the value.
    raise ConfigError(problem)


def _written_out(plain: Any) -> Any:
    """Replace integers beyond 64 bits, which orjson refuses, in a result of `unstructure` with their digits."""
    if isinstance(plain, dict):
        return {key: _written_out(item) for key, item in plain.items()}
    if isinstance(plain, list):
        return [_written_out(item) for item in plain]
    if isinstance(plain, int) and not _SMALLEST <= plain <= _LARGEST:
        return orjson.Fragment(str(plain))
    return plain
