"""What all areas of the API share."""

from __future__ import annotations

from typing import TypeVar

from domo_async.errors import DecodeError
from domo_async.transport import Transport
from domo_async.wire import Model, decode

__all__ = ["Area", "lenient", "lenient_list"]

M = TypeVar("M", bound=Model)


class Area:
    """A group of endpoints: thin coroutines over one transport.

    The synchronous facade is generated from the subclasses' public methods and sub areas.
    """

    def __init__(self, http: Transport) -> None:
        self._http = http


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
