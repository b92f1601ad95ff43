"""The filters and sorts of FileSets' searches.

Emulator-defined: ``EQUALS`` and ``IN`` hold for any of the values; ``LIKE`` finds a text anywhere and in any case, with
``%`` for any characters; numbers equal their texts; sorts ignore case, and null comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import flag
from domo_async._emulator.search.bounds import check_size, wildcard
from domo_async._emulator.search.mongo import parse_time, sort_key

__all__ = ["selected"]

Item: TypeAlias = Mapping[str, Any]
_Test: TypeAlias = Callable[[Item], bool]

_LARGEST = 5_000


def selected(items: Iterable[Item], wanted: Mapping[str, Any], fields: Collection[str]) -> list[Item]:
    """Return the items that a search finds, sorted by its ``fieldSort``.

    Args:
        items: All items.
        wanted: The search: ``filters``, ``dateFilters`` and ``fieldSort``, all of which are optional.
        fields: The fields that can be filtered and sorted by.

    Raises:
        HTTPError: 400, if the search is invalid.
    """
    check_size(wanted, _LARGEST, "The search")
    tests = [_filter(said, fields) for said in _objects(wanted, "filters")]
    tests += [_date_filter(said, fields) for said in _objects(wanted, "dateFilters")]
    found = [item for item in items if all(test(item) for test in tests)]
    for said in reversed(_objects(wanted, "fieldSort")):
        field, order = _field(said, fields), said.get("order") or "ASC"
        if order not in ("ASC", "DESC"):
            raise HTTPError(400, f"order must be ASC or DESC, not {order}")
        found.sort(key=lambda item, by=field: sort_key(_folded(item[by])), reverse=order == "DESC")  # type: ignore[misc]
    return found


def _filter(said: Item, fields: Collection[str]) -> _Test:
    operator = said.get("operator", "EQUALS")
    if operator in ("AND", "OR"):
        inner = [_filter(each, fields) for each in _objects(said, "filters")]
        gather = all if operator == "AND" else any
        return lambda item: gather(test(item) for test in inner)
    if operator not in _OPERATORS:
        raise HTTPError(400, f"Unknown operator: {operator}")
    field, values = _field(said, fields), said.get("value") or []
    if not isinstance(values, list) or (not values and operator != "IS_NULL"):
        raise HTTPError(400, f"The filter on {field} needs value, an array of values")
    holds, negated = _OPERATORS[operator](values), flag(said.get("not", False), "not")
    return lambda item: holds(item[field]) != negated


def _date_filter(said: Item, fields: Collection[str]) -> _Test:
    field, negated = _field(said, fields), flag(said.get("not", False), "not")
    start, end = parse_time(said.get("start")), parse_time(said.get("end"))
    for key, bound in (("start", start), ("end", end)):
        if bound is None and said.get(key) is not None:
            raise HTTPError(400, f"{key} must be a point in time in ISO 8601 or in milliseconds")
    if start is None and end is None:
        raise HTTPError(400, f"The filter on {field} needs start, end or both")

    def test(item: Item) -> bool:
        time = parse_time(item[field])
        if time is None:
            return negated
        return ((start is None or start <= time) and (end is None or time <= end)) != negated

    return test


_Holds: TypeAlias = Callable[[Any], bool]


def _equals(values: list[Any]) -> _Holds:
    texts, has_null = set(map(_text, values)), None in values
    return lambda value: _text(value) in texts if value is not None else has_null


def _like(values: list[Any]) -> _Holds:
    patterns = [each if "%" in each else f"%{each}%" for each in map(str, values)]
    fits = [wildcard(each, "%") for each in dict.fromkeys(patterns)]
    return lambda value: any(each(_text(value) if value is not None else "") for each in fits)


def _compares(holds: Callable[[Any, Any], bool]) -> Callable[[list[Any]], _Holds]:
    def make(values: list[Any]) -> _Holds:
        folded, number = sort_key(_folded(values[0])), sort_key(_number(values[0]))

        def test(value: Any) -> bool:
            left, right = sort_key(_folded(value)), folded
            if left[0] != right[0]:
                left, right = sort_key(_number(value)), number
            return left[0] == right[0] != 0 and holds(left, right)

        return test

    return make


_OPERATORS: dict[str, Callable[[list[Any]], _Holds]] = {
    "EQUALS": _equals,
    "IN": _equals,
    "LIKE": _like,
    "IS_NULL": lambda _: lambda value: value is None,
    "GREATER_THAN": _compares(lambda left, right: left > right),
    "GREATER_THAN_OR_EQUAL": _compares(lambda left, right: left >= right),
    "LESS_THAN": _compares(lambda left, right: left < right),
    "LESS_THAN_OR_EQUAL": _compares(lambda left, right: left <= right),
}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _field(said: Item, fields: Collection[str]) -> str:
    field = said.get("field")
    if not isinstance(field, str) or field not in fields:
        raise HTTPError(400, f"Unknown field: {field}; known are {', '.join(sorted(fields))}")
    return field


def _objects(wanted: Item, key: str) -> list[Item]:
    found = wanted.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise HTTPError(400, f"{key} must be an array of objects")
    return found
