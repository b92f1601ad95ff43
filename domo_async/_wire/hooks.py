"""The cattrs converters and their hooks, whose errors have paths.

A hook is called with a JSON value and a type. It returns the structured value or raises a `DecodeError` whose path
starts at that value; each container on the way up prepends its own step. So paths cost no time unless there is an
error.

Instances write numbers as text and text as numbers, and a single object for a list of one. So scalars are accepted in
every unambiguous form. Other values are errors in a strict converter. The lenient converter leaves out an item of a
list or an object, and passes it to the holder of the container in a `PartlyRead`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from functools import cache, partial
from operator import length_hint
from typing import Any, get_args, get_origin

from cattrs import Converter

from domo_async._redaction import Secret
from domo_async._wire.codegen import Hook, model_hook
from domo_async._wire.errors import PartlyRead, Unread, expected, key_step, under
from domo_async._wire.identifiers import is_numeric_id, read_numeric_id
from domo_async._wire.timestamps import read_time
from domo_async._wire.typeinfo import (
    ALL_JSON_TYPES,
    NULL,
    NUMBERS,
    PLAIN,
    describe,
    is_anything,
    is_enum,
    is_fixed_tuple,
    is_literal,
    is_mapping,
    is_model,
    is_secret,
    is_sequence,
    is_stamp,
    is_union,
    json_types,
    stamp_form,
)
from domo_async.errors import DecodeError

__all__ = ["Hook", "converter", "secret_hook", "typed_converter"]


_NUMBER = re.compile(r"[+-]?\d{1,400}(?:\.\d{0,400})?(?:[eE][+-]?\d{1,4})?")
_INTEGER = re.compile(r"[+-]?\d{1,400}")
_WORDS = {"true": True, "false": False, "1": True, "0": False}


@cache
def converter(*, strict: bool) -> Converter:
    """Return the converter of all areas, made on first use.

    Args:
        strict: Whether a value that cannot be decoded is always an error.
    """
    made = typed_converter(strict=strict)
    made.register_structure_hook_factory(is_model, partial(model_hook, strict=strict))
    return made


def typed_converter(*, strict: bool) -> Converter:
    """Return a new converter for the types of fields, but not for models."""
    made = Converter()
    hooks: dict[type, Hook] = {
        str: _str,
        int: _int,
        bool: _bool,
        float: _float,
        Decimal: _decimal,
        date: _date,
        # cattrs checks base classes before predicates, so these would be handled as str and int, and Enum as in
        # versions before 26.
        Enum: _enum,
        StrEnum: _enum,
        IntEnum: _enum,
    }
    for cls, hook in hooks.items():
        made.register_structure_hook(cls, hook)
    made.register_structure_hook_func(is_enum, _enum)
    made.register_structure_hook_func(is_anything, _anything)
    made.register_structure_hook_func(lambda into: into is None or into is NULL, _null)
    made.register_structure_hook_factory(is_stamp, _stamp)
    made.register_structure_hook_func(is_numeric_id, lambda value, _: read_numeric_id(value))
    made.register_structure_hook_factory(is_literal, _literal)
    made.register_structure_hook_factory(is_sequence, partial(_sequence, strict=strict))
    made.register_structure_hook_factory(is_fixed_tuple, _fixed_tuple)  # checked before the factories above
    made.register_structure_hook_factory(is_mapping, partial(_mapping, strict=strict))
    made.register_structure_hook_factory(is_union, _union)
    made.register_structure_hook_factory(is_secret, secret_hook)
    return made


# -- scalars --------------------------------------------------------------------------------------------


def _str(value: Any, _: Any) -> str:
    if value.__class__ is str:
        text: str = value
        return text
    if value.__class__ is bool:
        return "true" if value else "false"
    if type(value) in NUMBERS:
        return str(value)
    raise expected(describe(str), value)


def _int(value: Any, _: Any) -> int:
    if value.__class__ is int:
        number: int = value
        return number
    if value.__class__ is str and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if value.__class__ is not bool and type(value) in NUMBERS and math.isfinite(value) and value == value // 1:
        return int(value)
    raise expected(describe(int), value)


def _bool(value: Any, _: Any) -> bool:
    if value.__class__ is bool:
        flag: bool = value
        return flag
    if type(value) in NUMBERS and value in (0, 1):
        return bool(value)
    word = _WORDS.get(value.strip().lower()) if value.__class__ is str else None
    if word is None:
        raise expected(describe(bool), value)
    return word


def _float(value: Any, _: Any) -> float:
    if type(value) in NUMBERS or (value.__class__ is str and _NUMBER.fullmatch(value.strip())):
        try:
            number = float(value)
        except OverflowError:
            pass
        else:
            if math.isfinite(number):
                return number
    raise expected(describe(float), value)


def _decimal(value: Any, _: Any) -> Decimal:
    if value.__class__ is float:
        raise expected("a number read with exact=True", value)
    if type(value) in NUMBERS:
        return Decimal(value)
    if value.__class__ is str and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise expected(describe(Decimal), value)


def _date(value: Any, _: Any) -> date:
    if value.__class__ is not bool:
        try:
            return read_time(value).date()
        except (ValueError, OverflowError):
            pass
    raise expected(describe(date), value)


def _enum(value: Any, into: type[Enum]) -> Enum:
    # A member may be written as a number or as text.
    for json_type, read in ((str, _str), (int, _int)):
        if json_type in json_types(into):
            try:
                return into(read(value, json_type))
            except (ValueError, DecodeError):
                pass
    raise expected(describe(into), value)


def _null(value: Any, _: Any) -> None:
    if value is not None:
        raise expected("null", value)


def _anything(value: Any, _: Any) -> Any:
    return value


def secret_hook(into: Any, known: Converter) -> Hook:
    """Return a hook that wraps a value, and whose errors do not show it."""
    wrapped = get_args(into)[0]
    hook = known.get_structure_hook(wrapped)
    what = describe(into)

    def wrap(value: Any, _: Any) -> Secret[Any]:
        try:
            return Secret(hook(value, wrapped))
        except DecodeError:
            pass
        # Raised outside of the block, without an excerpt of the value.
        raise Unread(f"expected {what}, got another value, which is not shown")

    return wrap


# -- containers -----------------------------------------------------------------------------------------


def _sequence(into: Any, known: Converter, *, strict: bool) -> Hook:
    item_type = next(iter(get_args(into)), Any)
    item_hook = known.get_structure_hook(item_type)
    cls = get_origin(into) or into
    make: Callable[[list[Any]], Any] = tuple if cls is Sequence else cls

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not list:
            return alone(value)
        if item_type in PLAIN and {item_type}.issuperset(map(type, value)):
            return make(value)
        left = iter(value)
        try:
            items = [item_hook(item, item_type) for item in left]
        except DecodeError as error:
            under(error, f"[{len(value) - length_hint(left) - 1}]")
            if strict:
                raise
            made, unreadable = _readable(value, lambda item: item_hook(item, item_type))
            raise PartlyRead(error, make(made), unreadable) from None
        return items if make is list else make(items)

    def alone(value: Any) -> Any:
        # Some routes write a single item without a list.
        made, _ = _readable([] if value is None else [value], lambda item: item_hook(item, item_type))
        if not made:
            raise expected("a list", value)
        return make(made)

    return hook


def _readable(values: list[Any], read: Callable[[Any], Any]) -> tuple[list[Any], list[Any]]:
    """Return the decoded values, and the undecodable ones unchanged."""
    made: list[Any] = []
    unreadable: list[Any] = []
    for value in values:
        try:
            made.append(read(value))
        except DecodeError:
            unreadable.append(value)
    return made, unreadable


def _fixed_tuple(into: Any, known: Converter) -> Hook:
    members = [(member, known.get_structure_hook(member)) for member in get_args(into)]

    def hook(value: Any, _: Any) -> tuple[Any, ...]:
        if value.__class__ is not list or len(value) != len(members):
            raise expected(f"a list of {len(members)}", value)
        items: list[Any] = []
        try:
            for item, (member, member_hook) in zip(value, members, strict=True):
                items.append(member_hook(item, member))
        except DecodeError as error:
            under(error, f"[{len(items)}]")
            raise
        return tuple(items)

    return hook


def _mapping(into: Any, known: Converter, *, strict: bool) -> Hook:
    key_type, value_type = get_args(into) or (str, Any)
    key_hook, value_hook = known.get_structure_hook(key_type), known.get_structure_hook(value_type)
    keeps = key_type is str and is_anything(value_type)  # keys of JSON are strings

    def hook(value: Any, _: Any) -> dict[Any, Any]:
        if value.__class__ is not dict:
            raise expected("an object", value)
        if keeps:
            return dict(value)
        made = {}
        left = {}
        first: DecodeError | None = None
        for key, item in value.items():
            try:
                made[key_hook(key, key_type)] = value_hook(item, value_type)
            except DecodeError as error:
                # Omissions are logged, and the key comes from the other side: it may be a secret.
                under(error, key_step(key) if strict else "[…]")
                if strict:
                    raise
                first = first or error
                left[key] = item
        if first is not None:
            raise PartlyRead(first, made, left)
        return made

    return hook


# -- choices --------------------------------------------------------------------------------------------


def _stamp(into: Any) -> Hook:
    form: Any = stamp_form(into)  # the predicate saw that there is one
    parse = form.parse
    return lambda value, _: parse(value)


def _literal(into: Any) -> Hook:
    values = {(value.__class__, value): value for value in get_args(into)}
    what = describe(into)

    def hook(value: Any, _: Any) -> Any:
        try:
            return values[value.__class__, value]
        except (KeyError, TypeError):
            raise expected(what, value) from None

    return hook


def _union(into: Any, known: Converter) -> Hook:
    members = [(member, known.get_structure_hook(member)) for member in get_args(into) if member is not NULL]
    optional = len(members) < len(get_args(into))
    if optional and len(members) == 1:
        return _optional(*members[0])
    return _choice(into, members, optional=optional)


def _optional(member: Any, member_hook: Hook) -> Hook:
    return lambda value, _: None if value is None else member_hook(value, member)


def _choice(into: Any, members: list[tuple[Any, Hook]], *, optional: bool) -> Hook:
    by_type = {json_type: [m for m in members if json_type in json_types(m[0])] for json_type in ALL_JSON_TYPES}
    what = describe(into)

    def hook(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        # A value that no member accepts directly may match one in another form.
        candidates = by_type.get(value.__class__) or members
        partly: PartlyRead | None = None
        for member, member_hook in candidates:
            try:
                return member_hook(value, member)
            except DecodeError as error:
                if len(candidates) == 1:
                    raise  # its path leads deeper than ours
                if partly is None and isinstance(error, PartlyRead) and error.made:
                    partly = error
        raise partly or expected(what, value)

    return hook
