"""MongoDB's filters over JSON documents.

Supported are ``$eq $ne $gt $gte $lt $lte $in $nin $exists $regex $all $size $elemMatch $not $and $or $nor`` and points
in time as ``{"$date": "2024-05-08T19:39:00Z"}``; other operators are refused. As in MongoDB, a condition on an array
holds if it holds for the array or for one of its items, values of different types are never greater or less than each
other, and null equals a missing value. Emulator-defined: JSON does not have points in time, so a text compares with
one if it is written in ISO 8601; ``$regex`` is matched by RE2, in time that is linear in the length of the texts, and
therefore without backreferences and lookarounds.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

from attrs import define, field

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import time_of
from domo_async._emulator.search.bounds import check_size

__all__ = ["MISSING", "Matching", "matching_documents", "parse_time", "sort_key", "values_at"]


class Matching(Protocol):
    """A function that finds the texts in which a regular expression matches."""

    def __call__(self, pattern: str, options: str, texts: Sequence[str], /) -> frozenset[str]:
        """Return the texts in which the pattern matches.

        Raises:
            HTTPError: 400, if the expression is invalid.
        """
        ...


Matcher: TypeAlias = Callable[[Any], bool]
_Condition: TypeAlias = Callable[[Sequence[Any]], bool]

MISSING = object()
_LARGEST = 100_000
_LONGEST_PATH = 100
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


@define
class _Search:
    """A search in some documents.

    Attributes:
        documents: The documents.
        matching: The function that finds the texts in which a regular expression matches.
        check: A function that is called regularly; it raises an exception once the search has to end.
    """

    documents: Sequence[dict[str, Any]]
    matching: Matching
    check: Callable[[], None]
    _texts: list[str] | None = field(default=None, init=False)

    def texts_with(self, pattern: str, options: str) -> frozenset[str]:
        """Return the texts in the documents in which a pattern matches."""
        if self._texts is None:
            # All texts at once, as the overhead of a call exceeds the time for a thousand texts.
            self._texts = list(dict.fromkeys(_texts_of(list(self.documents), self.check)))
        return self.matching(pattern, options, self._texts)


def matching_documents(
    documents: Sequence[dict[str, Any]],
    wanted: object,
    matching: Matching,
    check: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """Return the documents that match a filter. The time is proportional to the documents and to the filter.

    Args:
        documents: The documents.
        wanted: The filter.
        matching: The function that finds the texts in which a regular expression matches.
        check: A function that is called regularly; it raises an exception once the search has to end.

    Raises:
        HTTPError: 400, if the filter is invalid or uses an operator that is not supported.
    """
    check_size(wanted, _LARGEST, "The filter")
    try:
        fits = _filter(wanted, _Search(documents, matching, check))
        return [document for document in documents if fits(document)]
    except RecursionError as error:
        raise HTTPError(400, "The filter is nested too deeply") from error


def _texts_of(value: Any, check: Callable[[], None]) -> Iterator[str]:
    heap = [value]
    while heap:
        each = heap.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            check()
            heap += each.values()
        elif isinstance(each, list):
            heap += each


def values_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield the value at a path, or one for each object of the arrays on the path; `MISSING` for a missing value."""
    if not path:
        yield value
    elif isinstance(value, dict):
        yield from values_at(value[path[0]], path[1:]) if path[0] in value else (MISSING,)
    elif isinstance(value, list):
        if path[0].isdecimal() and int(path[0]) < len(value):
            yield from values_at(value[int(path[0])], path[1:])
        for item in value:
            if isinstance(item, dict):
                yield from values_at(item, path)
    else:
        yield MISSING


def parse_time(value: Any) -> datetime | None:
    """Return the time of a text in ISO 8601 or of a number in milliseconds; None for other values."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            return time_of(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def sort_key(value: Any) -> tuple[int, Any]:
    """Return the sort key of a value among values of all types, in MongoDB's order of types."""
    match value:
        case bool():
            return 5, value
        case int() | float():
            return 1, value
        case str():
            return 2, value
        case dict():
            return 3, tuple((key, sort_key(item)) for key, item in value.items())
        case list():
            return 4, tuple(map(sort_key, value))
        case datetime():
            return 6, value
        case _:
            return 0, 0


def _filter(wanted: object, search: _Search) -> Matcher:
    if not isinstance(wanted, dict):
        raise HTTPError(400, "A filter must be a JSON object")
    clauses = [_clause(key, value, search) for key, value in wanted.items()]
    return lambda document: all(clause(document) for clause in clauses)


def _clause(key: str, value: object, search: _Search) -> Matcher:
    if key in ("$and", "$or", "$nor"):
        inner = [_filter(item, search) for item in _list(key, value)]
        if not inner:
            raise HTTPError(400, f"{key} must have at least one filter")
        if key == "$and":
            return lambda document: all(fits(document) for fits in inner)
        return lambda document: any(fits(document) for fits in inner) == (key == "$or")
    if key.startswith("$"):
        raise _unsupported(key)
    path, condition = key.split("."), _condition(value, search)
    if len(path) > _LONGEST_PATH:
        raise HTTPError(400, f"A path has at most {_LONGEST_PATH} names")

    def fits(document: Any) -> bool:
        search.check()
        return condition(list(values_at(document, path)))

    return fits


def _condition(wanted: object, search: _Search) -> _Condition:
    if not isinstance(wanted, dict) or not _has_operators(wanted):
        return _equals(wanted, search)
    conditions = [_operator(name, operand, wanted, search) for name, operand in wanted.items() if name != "$options"]
    return lambda found: all(holds(found) for holds in conditions)


def _operator(name: str, operand: Any, beside: dict[str, Any], search: _Search) -> _Condition:
    if name == "$regex":
        return _matches(operand, beside.get("$options", ""), search)
    if name in _ORDERED:
        return _compares(name, _literal(operand))
    if name in _OPERATORS:
        return _OPERATORS[name](operand, search)
    if name.startswith("$"):
        raise _unsupported(name)
    raise HTTPError(400, f"Operators and fields cannot be mixed in one object: {name}")


def _exists(operand: Any, _: _Search) -> _Condition:
    return lambda found: any(value is not MISSING for value in found) == bool(operand)


def _negates(operand: Any, search: _Search) -> _Condition:
    if not _has_operators(operand):
        raise HTTPError(400, "$not needs an object of operators")
    return _not(_condition(operand, search))


def _matches(pattern: object, options: object, search: _Search) -> _Condition:
    if not isinstance(pattern, str) or not isinstance(options, str):
        raise HTTPError(400, "$regex must be a string, and $options letters out of imsxu")
    texts = search.texts_with(pattern, options)
    return lambda found: any(isinstance(value, str) and value in texts for value in _spread(found))


@define
class _Values:
    """A set of values to look for, at the cost of looking for one."""

    _keys: set[tuple[int, Any]] = field(factory=set)
    _times: list[datetime] = field(factory=list)

    @classmethod
    def of(cls, wanted: Iterable[Any]) -> _Values:
        values = cls()
        for literal in map(_literal, wanted):
            values._keys.add(sort_key(literal))
            if isinstance(literal, datetime):
                values._times.append(literal)
        return values

    def among(self, found: Iterable[Any]) -> bool:
        """Return whether one of the values is among those found."""
        return any(not self._keys.isdisjoint(self._keys_of(value)) for value in _spread(found))

    def all_among(self, found: Iterable[Any]) -> bool:
        """Return whether there are any values, and all are among those found."""
        return bool(self._keys) and self._keys.issubset(key for value in _spread(found) for key in self._keys_of(value))

    def _keys_of(self, value: Any) -> Iterator[tuple[int, Any]]:
        yield sort_key(None if value is MISSING else value)
        if self._times and isinstance(value, str) and (time := parse_time(value)) is not None:
            yield sort_key(time)


def _among(operand: Any, _: _Search) -> _Condition:
    return _Values.of(_list("$in", operand)).among


def _holds_all(operand: Any, _: _Search) -> _Condition:
    return _Values.of(_list("$all", operand)).all_among


def _size(operand: Any, _: _Search) -> _Condition:
    return lambda found: any(isinstance(value, list) and len(value) == operand for value in found)


def _element(operand: Any, search: _Search) -> _Condition:
    condition = _condition(operand, search) if _has_operators(operand) else None
    fits = None if condition else _filter(operand, search)

    def holds(item: Any) -> bool:
        search.check()
        return condition([item]) if condition else isinstance(item, dict) and fits is not None and fits(item)

    return lambda found: any(holds(item) for value in found if isinstance(value, list) for item in value)


def _equals(wanted: Any, _: _Search) -> _Condition:
    return _Values.of([wanted]).among


def _compares(name: str, wanted: Any) -> _Condition:
    holds = _ORDERED[name]

    def condition(found: Sequence[Any]) -> bool:
        for value in _spread(found):
            one, other = _comparable(value, wanted)
            left, right = sort_key(one), sort_key(other)
            if left[0] == right[0] and holds(left, right):
                return True
        return False

    return condition


def _not(condition: _Condition) -> _Condition:
    return lambda found: not condition(found)


_OPERATORS: dict[str, Callable[[Any, _Search], _Condition]] = {
    "$eq": _equals,
    "$ne": lambda operand, search: _not(_equals(operand, search)),
    "$in": _among,
    "$nin": lambda operand, search: _not(_among(operand, search)),
    "$exists": _exists,
    "$not": _negates,
    "$all": _holds_all,
    "$size": _size,
    "$elemMatch": _element,
}


def _spread(found: Iterable[Any]) -> Iterator[Any]:
    """Yield values, each array followed by its items."""
    for value in found:
        yield value
        if isinstance(value, list):
            yield from value


def _comparable(value: Any, wanted: Any) -> tuple[Any, Any]:
    """Return a value in a form that is comparable: a text as a point in time, a missing value as null."""
    if value is MISSING:
        return None, wanted
    if isinstance(wanted, datetime) and isinstance(value, str):
        return parse_time(value), wanted
    return value, wanted


def _has_operators(value: object) -> bool:
    return isinstance(value, dict) and any(key.startswith("$") for key in value) and value.keys() != {"$date"}


def _literal(value: Any) -> Any:
    """Return the value that a filter compares with, with its points in time parsed."""
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$date"}:
        time = parse_time(value["$date"])
        if time is None:
            raise HTTPError(400, f"$date must be a point in time in ISO 8601, not {value['$date']!r}")
        return time
    strange = [key for key in value if key.startswith("$")]
    if strange:
        raise _unsupported(strange[0])
    return {key: _literal(item) for key, item in value.items()}


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise HTTPError(400, f"{name} needs an array")
    return value


def _unsupported(name: str) -> HTTPError:
    return HTTPError(400, f"Unsupported operator: {name}")
