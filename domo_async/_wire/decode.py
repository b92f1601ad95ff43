"""Decoding of JSON to typed values. Everything valid is decoded, nothing is dropped, and every error has a path."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, Union

from domo_async._wire.errors import PartlyRead, TooManyUnread, count_anew, key_step, seen, warn
from domo_async._wire.fast_paths import without_null
from domo_async._wire.json import loads
from domo_async._wire.model import Model, model_fields, name_on_wire
from domo_async._wire.typeinfo import is_sequence, needs_exact
from domo_async.errors import DecodeError

__all__ = ["collector_paused", "decode", "decode_list", "either", "structure"]

T = TypeVar("T")
U = TypeVar("U")

_LARGE = 1 << 14


def decode(body: bytes, into: type[T], *, strict: bool = False) -> T:
    """Return the JSON document `body` as a value of type `into`.

    If `into` contains a `Decimal` or a timestamp with decimals at any depth, numbers keep all their digits.

    Args:
        body: The document, in UTF-8.
        into: A model, ``list[Model]``, ``str | None``, … see `structure`.
        strict: Whether a value that cannot be decoded is always an error.

    Raises:
        DecodeError: `body` is not JSON, or does not match `into`; `path` says where.
    """
    return _read(body, into, strict=strict)[0]


def decode_list(body: bytes, into: type[T], *, strict: bool = False) -> tuple[T, int]:
    """Decode a JSON document like `decode`, for an answer that is a list or contains one.

    Returns:
        The value, and the number of list items that could not be decoded and are left out.

    Raises:
        DecodeError: As in `decode`; or a list of the model could not be decoded, or has another key, so that it would
            look empty.
    """
    value, left = _read(body, into, strict=strict)
    if isinstance(value, Model) and value.extras:
        lists = [each for each in model_fields(type(value)) if is_sequence(without_null(each.type))]
        for attribute in lists:
            key = name_on_wire(attribute)
            odd = value.extras.get(key, [])
            if not isinstance(odd, list):
                step = key_step(key)
                raise DecodeError(f"expected a list, got {seen(odd)} at ${step}", path=f"${step}")
            left += len(odd)
        if lists and not left and not any(getattr(value, each.name) for each in lists):
            _refuse_other_list(body, value, set(map(name_on_wire, lists)))
    return value, left


def _refuse_other_list(body: bytes, value: Model, keys: set[str]) -> None:
    """Raise if a list of objects has another key than those of the model's lists, all of which are missing.

    Raises:
        DecodeError: A list has another key.
    """
    others = [
        key for key, held in value.extras.items() if isinstance(held, list) and held and isinstance(held[0], dict)
    ]
    sent = loads(body)
    if others and isinstance(sent, dict) and not keys & sent.keys():
        raise DecodeError(
            f"no list stands under {' or '.join(map(repr, sorted(keys)))}, but one under {others[0]!r}", path="$"
        )


def _read(body: bytes, into: type[T], *, strict: bool) -> tuple[T, int]:
    target: Any = into  # to mypy, no type is hashable
    exact = needs_exact(target)
    if len(body) < _LARGE:
        return _structure(loads(body, exact=exact), into, strict=strict)
    with collector_paused():
        return _structure(loads(body, exact=exact), into, strict=strict)


def structure(value: object, into: type[T], *, strict: bool = False) -> T:
    """Return `value`, as `loads` gives it, as a value of type `into`.

    Known types: str, int, float, bool, None, `Decimal`, `date`, the timestamps, enums, ``Literal``, models,
    ``list``, ``tuple``, ``Sequence``, ``Mapping`` and ``dict`` with string keys, ``Any``, ``object``, and
    unions of these. Numbers may come as text and text as numbers, timestamps in any of their forms, and a list of one
    as its item. If several members of a union accept the same type of JSON value, the first that fits is used.

    A value that is not valid for its field goes to the model's `extras` under its own name, the field has its default,
    and that is logged once. The same holds for a list item that cannot be decoded, such as one without its identifier:
    the list has all others.

    Args:
        value: The value.
        into: The type.
        strict: Whether every invalid value is an error instead.

    Raises:
        DecodeError: `value` does not match `into`; `path` says where, with the names on the wire.
    """
    return _structure(value, into, strict=strict)[0]


def _structure(value: object, into: type[T], *, strict: bool) -> tuple[T, int]:
    """Return the value, and the number of its items that are left out, if it is a list."""
    target: Any = into  # to mypy, no type is hashable
    count_anew()
    path = "$"
    try:
        structured: T = _hook_of(target, strict)(value, into)
        return structured, 0
    except PartlyRead as error:
        # Logged each time: an incomplete list is always reported.
        warn("an answer", error, f"{len(error.left)} of its items are left out")
        others: T = error.made
        return others, len(error.left)
    except DecodeError as error:
        problem, path = f"{error.message} at {error.path}", error.path
    except TooManyUnread as error:
        problem = str(error)
    except RecursionError:
        problem = "the value is nested too deeply"
    # Outside of the blocks: those errors keep what this one hides.
    raise DecodeError(problem, path=path)


def either(first: type[T], second: type[U]) -> type[T | U]:
    """Return the type for an answer with two shapes; type checkers do not accept a union as a class."""
    union: Any = Union[first, second]  # noqa: UP007 - of values, not of annotations
    chosen: type[T | U] = union
    return chosen


@cache
def _hook_of(into: Any, strict: bool) -> Callable[[Any, Any], Any]:
    from domo_async._wire.hooks import converter  # noqa: PLC0415 - cattrs is slow to import

    return converter(strict=strict).get_structure_hook(into)


@contextmanager
def collector_paused() -> Generator[None]:
    """Pause the garbage collector, which would traverse the growing result repeatedly, slower than decoding."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
