"""JSON to typed values: the way in. Nothing is coerced, nothing is dropped, and every error says where."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, Union

from domo_async.errors import DecodeError
from domo_async.wire.shapes import needs_exact
from domo_async.wire.text import loads

__all__ = ["collector_paused", "decode", "either", "structure"]

T = TypeVar("T")
U = TypeVar("U")

_LARGE = 1 << 14


def decode(body: bytes, into: type[T]) -> T:
    """Return the JSON document `body` as a value of type `into`.

    Where `into` holds a `Decimal` or a timestamp with decimals at any depth, numbers keep all their digits.

    Args:
        body: The document, in UTF-8.
        into: A model, ``list[Model]``, ``str | None``, … see `structure`.

    Raises:
        DecodeError: `body` is not JSON, or not an `into`; `path` says where.
    """
    kind: Any = into  # to mypy, no type is hashable
    exact = needs_exact(kind)
    if len(body) < _LARGE:
        return structure(loads(body, exact=exact), into)
    with collector_paused():
        return structure(loads(body, exact=exact), into)


def structure(value: object, into: type[T]) -> T:
    """Return `value`, as `loads` gives it, as a value of type `into`.

    Known types: str, int, float, bool, None, `Decimal`, `date`, the timestamps, enums, ``Literal``, models,
    ``list``, ``tuple``, ``Sequence``, ``Mapping`` and ``dict`` with string keys, ``Any``, ``object``, and
    unions of these. A float takes integers, else nothing is coerced. Of a union's members that take the same
    kind of JSON value, the first that fits is taken.

    Raises:
        DecodeError: `value` is not an `into`; `path` says where, in the names on the wire.
    """
    kind: Any = into  # to mypy, no type is hashable
    try:
        structured: T = _hook_of(kind)(value, into)
        return structured
    except DecodeError as error:
        raise DecodeError(f"{error.message} at {error.path}", path=error.path) from None
    except RecursionError:
        raise DecodeError("the value is nested too deeply") from None


def either(first: type[T], second: type[U]) -> type[T | U]:
    """Return what `decode` takes for an answer that comes in two shapes; type checkers take no union for a class."""
    union: Any = Union[first, second]  # noqa: UP007 - of values, not of annotations
    chosen: type[T | U] = union
    return chosen


@cache
def _hook_of(into: Any) -> Callable[[Any, Any], Any]:
    from domo_async.wire.hooks import converter  # noqa: PLC0415 - cattrs is slow to import

    return converter().get_structure_hook(into)


@contextmanager
def collector_paused() -> Generator[None]:
    """Keep the garbage collector from walking the growing result over and over, slower than decoding is."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
