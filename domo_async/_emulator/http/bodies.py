"""What handlers require of a body: each check returns the value, or answers 400 with a message of the handler's."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar, overload

from domo_async._emulator.errors import HTTPError

__all__ = ["array_of", "check_choice"]

T = TypeVar("T")


@overload
def array_of(kind: type[T], value: object, message: str, *, empty: bool = True) -> list[T]: ...


@overload
def array_of(kind: tuple[type[T], ...], value: object, message: str, *, empty: bool = True) -> list[T]: ...


def array_of(kind: type[T] | tuple[type[T], ...], value: object, message: str, *, empty: bool = True) -> list[T]:
    """Return an array.

    Args:
        kind: The types of its items; ``object`` for any.
        value: What the body has.
        message: What to answer if that is something else.
        empty: Whether it may have no items.

    Raises:
        HTTPError: 400, if it is not such an array.
    """
    if not isinstance(value, list) or not (value or empty) or not all(isinstance(item, kind) for item in value):
        raise HTTPError(400, message)
    return value


def check_choice(key: str, value: object, allowed: Collection[str]) -> None:
    """Refuse a value that is not one of those that are allowed.

    Raises:
        HTTPError: 400, if it is not; the message names them all.
    """
    if not isinstance(value, str) or value not in allowed:
        raise HTTPError(400, f"{key} must be one of {', '.join(allowed)}")
