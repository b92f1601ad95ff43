"""Inline code of compiled hooks for the most frequent types, which avoids the cost of a call for each value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, Union, get_args

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

__all__ = ["fast_path", "without_null"]

# Numbers in this range are milliseconds that a float of seconds holds to the microsecond (until the year 2106).
_SAFE_MILLIS: Final = range(10**11, 2**32 * 1000)


def without_null(annotation: Any) -> Any:
    """Return the type of the values that are not null."""
    if is_union(annotation) and NULL in get_args(annotation):
        return Union[tuple(member for member in get_args(annotation) if member is not NULL)]  # noqa: UP007 - the members are computed
    return annotation


def fast_path(variable: str, annotation: Any, call: str) -> tuple[list[str], dict[str, Any]]:
    """Return the statement that structures a value, and the names that it uses.

    Args:
        variable: The variable of the value and of the result.
        annotation: The type.
        call: The expression for a value that is not handled here, or is invalid.

    Returns:
        Lines that begin with ``if``, or none.
    """
    if is_anything(annotation):
        return [], {}
    members = get_args(annotation) if is_union(annotation) else (annotation,)
    names: dict[str, Any] = {}
    kept: list[type] = []
    made: list[tuple[str, str]] = []
    for json_type in ALL_JSON_TYPES:
        takers = [member for member in members if json_type in json_types(member)]
        if len(takers) == 2 and json_type is str and is_numeric_id(takers[0]) and takers[1] is str:
            names["id_or_text"] = id_or_text
            made.append((f"{variable}.__class__ is str", f"id_or_text({variable})"))
        if len(takers) != 1:
            continue  # no member accepts it, or it depends on the value
        if _is_kept(json_type, takers[0]):
            kept.append(json_type)
        else:
            made += _made(json_type, takers[0], variable, names)
    return list(_statement(variable, kept, made, call)), names


def _is_kept(json_type: type, taker: Any) -> bool:
    """Return whether values of a JSON type are not converted."""
    return taker is NULL or (taker in PLAIN and taker is json_type) or (is_numeric_id(taker) and json_type is int)


def _made(json_type: type, taker: Any, variable: str, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the conditions under which a value is structured inline, with the expression for each."""
    if json_type is int and stamp_form(taker) is TimestampForm.EPOCH_MILLIS:
        first, end = _SAFE_MILLIS.start, _SAFE_MILLIS.stop
        names |= {"from_epoch": datetime.fromtimestamp, "UTC": UTC}
        condition = f"{variable}.__class__ is int and {first} <= {variable} < {end}"
        yield condition, f"from_epoch({variable} / 1000, UTC)"
    elif json_type is str and is_enum(taker) and json_types(taker) == {str}:
        members: dict[str, Enum] = {member.value: member for member in taker.__members__.values()}
        names[f"members_{variable}"] = members
        yield f"{variable}.__class__ is str and {variable} in members_{variable}", f"members_{variable}[{variable}]"


def _statement(variable: str, kept: list[type], made: list[tuple[str, str]], call: str) -> Iterator[str]:
    word = "if"
    nullable = NULL in kept
    classes = sorted(json_type.__name__ for json_type in kept if json_type is not NULL)
    if made:
        if nullable:
            yield f"if {variable} is None: pass"
            word = "elif"
        for condition, expression in made:
            yield f"{word} {condition}: {variable} = {expression}"
            word = "elif"
        nullable = False
    strange = [f"{variable} is not None"] if nullable else []
    strange += [f"{variable}.__class__ is not {name}" for name in classes]
    if strange:
        yield f"{word} {' and '.join(strange)}: {variable} = {call}"
    else:
        yield f"{'else' if word == 'elif' else 'if True'}: {variable} = {call}"
