"""Conversions of the most frequent JSON values that need no hook: as lines of compiled hooks, and for layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any, Final, NamedTuple, TypeAlias, Union, get_args

from attrs import NOTHING, Attribute

from domo_async._wire.identifiers import id_or_text, is_numeric_id
from domo_async._wire.timestamps import TimestampForm
from domo_async._wire.typeinfo import (
    ALL_JSON_TYPES,
    NULL,
    PLAIN,
    is_anything,
    is_enum,
    is_union,
    json_types,
    stamp_form,
)

__all__ = ["Action", "FastPath", "FastPaths", "default_path", "fast_paths", "statement", "without_null"]

_JSON_TYPES = sorted(ALL_JSON_TYPES, key=lambda json_type: json_type.__name__)
# Numbers in this range are milliseconds that a float of seconds holds to the microsecond (until the year 2106).
_FIRST_MILLIS: Final = 10**11
_END_OF_MILLIS: Final = 2**32 * 1000


class Action(IntEnum):
    """What is done with a value; `_decoding.c` has the same numbers."""

    KEEP = 1
    REPLACE = 2
    """Take the operand instead."""
    MAKE = 3
    """Call the operand without arguments."""
    CALL = 4
    """Call the operand with the value."""
    MEMBER = 5
    """Look the value up in the operand; call the field's hook if it is missing."""
    MILLIS = 6
    """Convert milliseconds since 1970; the operand has class, zone and range. Else call the field's hook."""


class FastPath(NamedTuple):
    """A conversion of values of one JSON type.

    Attributes:
        action: What is done.
        operand: What it is done with.
    """

    action: Action
    operand: Any = None


FastPaths: TypeAlias = Mapping[type, FastPath]
"""The conversions by the JSON type of the value; values of other types are left to the field's hook."""


def without_null(annotation: Any) -> Any:
    """Return the type of the values that are not null."""
    if is_union(annotation) and NULL in get_args(annotation):
        return Union[tuple(member for member in get_args(annotation) if member is not NULL)]  # noqa: UP007 - the members are computed
    return annotation


def default_path(attribute: Attribute[Any]) -> FastPath:
    """Return the conversion to a field's default."""
    default: Any = attribute.default
    return FastPath(Action.MAKE, default.factory) if hasattr(default, "factory") else FastPath(Action.REPLACE, default)


def fast_paths(attribute: Attribute[Any]) -> FastPaths:
    """Return the conversions for a field's values."""
    annotation: Any = attribute.type
    members = get_args(annotation) if is_union(annotation) else (annotation,)
    found = {json_type: path for json_type in _JSON_TYPES if (path := _path(json_type, members)) is not None}
    if attribute.default is not NOTHING and NULL not in json_types(annotation):
        # Some routes write null for a list that others omit.
        found[NULL] = default_path(attribute)
    return found


def _path(json_type: type, members: Sequence[Any]) -> FastPath | None:
    takers = [member for member in members if json_type in json_types(member)]
    if len(takers) == 2 and json_type is str and is_numeric_id(takers[0]) and takers[1] is str:
        return FastPath(Action.CALL, id_or_text)
    if len(takers) != 1:
        return None  # no member accepts it, or it depends on the value
    taker: Any = takers[0]
    if (
        taker is NULL
        or is_anything(taker)
        or (taker in PLAIN and taker is json_type)
        or (is_numeric_id(taker) and json_type is int)
    ):
        return FastPath(Action.KEEP)
    if json_type is int and stamp_form(taker) is TimestampForm.EPOCH_MILLIS:
        return FastPath(Action.MILLIS, (datetime, UTC, _FIRST_MILLIS, _END_OF_MILLIS))
    if json_type is str and is_enum(taker) and json_types(taker) == {str}:
        return FastPath(Action.MEMBER, {member.value: member for member in _members(taker)})
    return None


def _members(enum: Any) -> Iterable[Enum]:
    found: Iterable[Enum] = enum.__members__.values()  # with other names of a member
    return found


def statement(variable: str, paths: FastPaths, call: str) -> tuple[list[str], dict[str, Any]]:
    """Return the statement that structures a value in a hook, and the names that it uses.

    Args:
        variable: The variable of the value and of the result.
        paths: The conversions of the value.
        call: The expression for a value that they do not convert.

    Returns:
        Lines that begin with ``if``, or none if all values are kept.
    """
    kept = [json_type for json_type, path in paths.items() if path.action is Action.KEEP]
    if len(kept) == len(ALL_JSON_TYPES):
        return [], {}
    names: dict[str, Any] = {}
    branches: list[tuple[str, str | None]] = [
        _branch(variable, json_type, path, names) for json_type, path in paths.items() if json_type not in kept
    ]
    if NULL in kept and branches:
        branches.insert(0, (f"{variable} is None", None))
        kept.remove(NULL)
    strange = [f"{variable} is not None"] if NULL in kept else []
    strange += [
        f"{variable}.__class__ is not {name}" for name in sorted(each.__name__ for each in kept if each is not NULL)
    ]
    branches.append((" and ".join(strange) or "True", call))
    return list(_lines(variable, branches)), names


def _branch(variable: str, json_type: type, path: FastPath, names: dict[str, Any]) -> tuple[str, str]:
    """Return the condition for a conversion, and its expression."""
    is_of_type = f"{variable} is None" if json_type is NULL else f"{variable}.__class__ is {json_type.__name__}"
    operand = f"{json_type.__name__}_{variable}"
    names[operand] = path.operand
    match path.action:
        case Action.REPLACE:
            return is_of_type, operand
        case Action.MAKE:
            return is_of_type, f"{operand}()"
        case Action.CALL:
            return is_of_type, f"{operand}({variable})"
        case Action.MEMBER:
            return f"{is_of_type} and {variable} in {operand}", f"{operand}[{variable}]"
        case _:
            cls, zone, first, end = path.operand
            names |= {operand: cls.fromtimestamp, "UTC": zone}
            return f"{is_of_type} and {first} <= {variable} < {end}", f"{operand}({variable} / 1000, UTC)"


def _lines(variable: str, branches: Sequence[tuple[str, str | None]]) -> Iterator[str]:
    word = "if"
    for condition, expression in branches:
        made = "pass" if expression is None else f"{variable} = {expression}"
        yield f"else: {made}" if condition == "True" and word == "elif" else f"{word} {condition}: {made}"
        word = "elif"
