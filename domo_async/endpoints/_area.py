"""What all areas of the API share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from domo_async.errors import ConfigError, DecodeError
from domo_async.transport import Transport
from domo_async.wire import Model, OpenEnum, decode

__all__ = ["Area", "SortOrder", "confirmed", "decode_or_empty", "given", "lenient", "lenient_list", "several"]

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Area:
    """A group of endpoints: thin coroutines over one transport.

    The synchronous facade is generated from the subclasses' public methods and sub areas.
    """

    def __init__(self, http: Transport) -> None:
        self._http = http


class SortOrder(OpenEnum):
    """Which way to sort."""

    ASC = "ASC"
    DESC = "DESC"


def lenient(content: bytes, into: type[M]) -> M:
    """Return an answer that no document shows: what it tells, or an empty model if that is not understood.

    Args:
        content: The answer's body.
        into: A model all of whose fields have defaults.
    """
    try:
        return decode(content, into)
    except DecodeError:
        return into()


def lenient_list(content: bytes, into: type[M]) -> tuple[M, ...]:
    """Return a list that no document shows: its items, or none if it is not understood."""
    try:
        return decode(content, tuple[into, ...])  # type: ignore[valid-type]
    except DecodeError:
        return ()


def decode_or_empty(content: bytes, into: type[M]) -> M:
    """Return an answer that some sources show empty: a model without values then.

    Args:
        content: The answer's body.
        into: A model all of whose fields have defaults.

    Raises:
        DecodeError: The answer is there, but not what the documents promise.
    """
    return decode(content, into) if content.strip() else into()


def confirmed(content: bytes) -> bool:
    """Return what a bare ``true`` or ``1`` says; an empty answer of good status says the same.

    Raises:
        DecodeError: The answer is something else.
    """
    return bool(decode(content, bool | int)) if content.strip() else True  # type: ignore[arg-type]


def given(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a body of changes, of which there is at least one.

    Raises:
        ConfigError: There is none.
    """
    if not body:
        raise ConfigError("nothing is given to change")
    return body


def several(values: Iterable[T], name: str, *, may_be_empty: bool = False) -> list[T]:
    """Return the values of a list that is to be sent.

    Args:
        values: The values.
        name: The parameter, as messages call it.
        may_be_empty: Whether an empty list means something, such as that nothing is to be left.

    Raises:
        ConfigError: They are one text, which would be taken apart into its letters; or there are none.
    """
    if isinstance(values, str | bytes):
        raise ConfigError(f"{name} takes a list; write [{values!r}] for a single one")
    given = list(values)
    if not given and not may_be_empty:
        raise ConfigError(f"{name} is empty")
    return given
