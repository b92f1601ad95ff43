"""The one cattrs converter and its hooks, which are strict and know where they are.

A hook is called with a JSON value and a type. It returns the structured value or raises a `DecodeError` whose
path starts at that value; each container on the way up puts its own step before it. So no path is kept, and
no time spent on it, while all goes well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from functools import cache
from operator import length_hint
from typing import Any, get_args, get_origin

from cattrs import Converter

from domo_async.errors import DecodeError
from domo_async.wire.compiled import Hook, model_hook
from domo_async.wire.identifiers import is_numeric_id, read_numeric_id
from domo_async.wire.problems import expected, key_step, under
from domo_async.wire.shapes import (
    EVERY_KIND,
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
    is_sequence,
    is_stamp,
    is_union,
    kinds,
    stamp_form,
)

__all__ = ["converter"]


@cache
def converter() -> Converter:
    """Return the converter of all areas, made on first use."""
    made = Converter()
    hooks: dict[type, Hook] = {
        **{cls: _strict(cls) for cls in (str, int, bool)},
        float: _float,
        Decimal: _decimal,
        date: _date,
        # cattrs asks base classes before predicates, so these would be taken for str and int.
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
    made.register_structure_hook_factory(is_sequence, _sequence)
    made.register_structure_hook_factory(is_fixed_tuple, _fixed_tuple)  # asked before what stands above it
    made.register_structure_hook_factory(is_mapping, _mapping)
    made.register_structure_hook_factory(is_union, _union)
    made.register_structure_hook_factory(is_model, model_hook)
    return made


# -- scalars --------------------------------------------------------------------------------------------


def _strict(cls: type) -> Hook:
    what = describe(cls)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is cls:
            return value
        raise expected(what, value)

    return hook


def _float(value: Any, _: Any) -> float:
    if type(value) in NUMBERS:
        try:
            return float(value)
        except OverflowError:
            pass
    raise expected("a number", value)


def _decimal(value: Any, _: Any) -> Decimal:
    if value.__class__ is float:
        raise expected("a number read with exact=True", value)
    if type(value) in NUMBERS:
        return Decimal(value)
    raise expected("a number", value)


def _date(value: Any, _: Any) -> date:
    if value.__class__ is str and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise expected("a date like 2024-12-31", value)


def _enum(value: Any, into: type[Enum]) -> Enum:
    if value.__class__ in kinds(into):
        try:
            return into(value)
        except ValueError:
            pass
    raise expected(describe(into), value)


def _null(value: Any, _: Any) -> None:
    if value is not None:
        raise expected("null", value)


def _anything(value: Any, _: Any) -> Any:
    return value


# -- containers -----------------------------------------------------------------------------------------


def _sequence(into: Any, known: Converter) -> Hook:
    item_type = next(iter(get_args(into)), Any)
    item_hook = known.get_structure_hook(item_type)
    make: Callable[[list[Any]], Any] = list if (get_origin(into) or into) is list else tuple

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not list:
            raise expected("a list", value)
        if item_type in PLAIN and {item_type}.issuperset(map(type, value)):
            return make(value)
        left = iter(value)
        try:
            items = [item_hook(item, item_type) for item in left]
        except DecodeError as error:
            under(error, f"[{len(value) - length_hint(left) - 1}]")
            raise
        return items if make is list else make(items)

    return hook


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


def _mapping(into: Any, known: Converter) -> Hook:
    key_type, value_type = get_args(into) or (str, Any)
    key_hook, value_hook = known.get_structure_hook(key_type), known.get_structure_hook(value_type)

    def hook(value: Any, _: Any) -> dict[Any, Any]:
        if value.__class__ is not dict:
            raise expected("an object", value)
        made = {}
        key = ""
        try:
            for key, item in value.items():
                made[key_hook(key, key_type)] = value_hook(item, value_type)
        except DecodeError as error:
            under(error, key_step(key))
            raise
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
    by_kind = {kind: [m for m in members if kind in kinds(m[0])] for kind in EVERY_KIND}
    what = describe(into)

    def hook(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        candidates = by_kind.get(value.__class__, ())
        for member, member_hook in candidates:
            try:
                return member_hook(value, member)
            except DecodeError:
                if len(candidates) == 1:
                    raise  # its path leads deeper than ours
        raise expected(what, value)

    return hook
