"""Errors for unexpected values: the expected type, the actual value, and the path in the JSON."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domo_async._redaction import redacted
from domo_async._telemetry import tell
from domo_async._telemetry.events import NOT_READ
from domo_async.errors import DecodeError

__all__ = [
    "PartlyRead",
    "TooManyUnread",
    "Unread",
    "count_anew",
    "expected",
    "key_step",
    "seen",
    "under",
    "warn",
    "warn_once",
]

_warned: set[str] = set()
_MOST_WARNED = 1000  # an instance's answers must not fill the memory

_LONGEST = 80
# To find that a value cannot be decoded takes microseconds, and the other side may send one in two bytes.
_MOST_UNREAD = 500_000
_NAMES: dict[type, str] = {
    bool: "boolean",
    Decimal: "number",
    float: "number",
    int: "integer",
    str: "string",
}


class TooManyUnread(Exception):
    """There are more values that cannot be decoded than are looked at; the call of all hooks ends."""

    def __init__(self) -> None:
        super().__init__(f"more than {_MOST_UNREAD:,} of its values are not what they should be; ask for less at once")


class _Counted(threading.local):
    unread = 0


_counted = _Counted()


def count_anew() -> None:
    """Begin to count the values that cannot be decoded, for the next `TooManyUnread`."""
    if _counted.unread:
        _counted.unread = 0


class Unread(DecodeError):
    """A value cannot be decoded; raised and caught within decoding alone, which may go on with other values.

    An answer may hold millions of such values, so this is cheap, and its texts keep the secrets that the answer may
    repeat. `decode` raises a `DecodeError` instead, whose texts do not.

    Raises:
        TooManyUnread: There were too many of them.
    """

    if not TYPE_CHECKING:
        __setattr__ = Exception.__setattr__

    def __init__(self, message: str, *, path: str = "$") -> None:
        _counted.unread += 1
        if _counted.unread > _MOST_UNREAD:
            raise TooManyUnread
        super().__init__(message, path=path)


class PartlyRead(Unread):
    """Some items of a list or an object could not be decoded.

    Attributes:
        made: The other items, decoded.
        left: The JSON values of the items that could not be decoded.
    """

    def __init__(self, error: DecodeError, made: Any, left: Any) -> None:
        super().__init__(error.message, path=error.path)
        self.made = made
        self.left = left


def warn_once(where: str, error: DecodeError, kept: str) -> None:
    """Log that a part of an answer could not be decoded, the first time that it occurs; see `warn`.

    Args:
        where: The location, such as ``User.created``.
        error: The error.
        kept: The treatment of the value.
    """
    if where not in _warned and len(_warned) < _MOST_WARNED:
        _warned.add(where)
        warn(where, error, kept)


def warn(where: str, error: DecodeError, kept: str) -> None:
    """Log that a part of an answer could not be decoded, without its value, which may be a secret."""
    wanted = error.message.partition(", got ")[0]
    tell(NOT_READ, where=redacted(where), cause=redacted(wanted), place=_cut(redacted(error.path)), kept=kept)


def expected(what: str, value: object) -> Unread:
    """Return the error for a `value` that is not `what`; the caller adds the path with `under`."""
    return Unread(f"expected {what}, got {seen(value)}")


def under(error: DecodeError, step: str) -> DecodeError:
    """Return `error` moved one `step` (``.type`` or ``[3]``) further down from the root of its path."""
    error.path = f"${step}{error.path[1:]}"
    return error


def key_step(key: str) -> str:
    """Return the step that leads to `key` of a JSON object."""
    return f".{key}" if key.isidentifier() and len(key) <= _LONGEST else f"[{_cut(repr(key[:_LONGEST]))}]"


def seen(value: object) -> str:
    """Return the JSON type of `value` and an excerpt of it.

    For objects only the keys are shown and for lists only the length: their values may be secrets or megabytes.
    """
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return f"object with keys {_cut(', '.join(map(str, list(value)[:20])))}" if value else "empty object"
    if isinstance(value, list | tuple):
        return f"list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"integer of {value.bit_length()} bits"  # the interpreter may refuse its repr
    if isinstance(value, str | bytes):
        value = value[: _LONGEST + 1]
    shown = str(value) if isinstance(value, Decimal) else repr(value)
    return f"{_NAMES.get(type(value), type(value).__name__)} {_cut(shown)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
