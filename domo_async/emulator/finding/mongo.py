"""MongoDB's filters over JSON documents.

Understood are ``$eq $ne $gt $gte $lt $lte $in $nin $exists $regex $all $size $elemMatch $not $and $or $nor`` and points
in time as ``{"$date": "2024-05-08T19:39:00Z"}``; all else is refused. As in MongoDB, a condition on an array holds if
it holds for the array or for one of its items, values of different kinds are never greater or less than each other, and
null equals what is missing. Emulator-defined: JSON has no points in time, so a text compares with one if it is written
in ISO 8601.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from domo_async.emulator.errors import Refusal

__all__ = ["MISSING", "Matcher", "matcher", "moment_of", "sort_key", "values_at"]

Matcher: TypeAlias = Callable[[Any], bool]
_Condition: TypeAlias = Callable[[Sequence[Any]], bool]

MISSING = object()
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE, "u": re.UNICODE}
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def matcher(wanted: object) -> Matcher:
    """Return what says whether a document fits a filter.

    Raises:
        Refusal: 400, if the filter is wrong or asks for what is not supported.
    """
    try:
        return _filter(wanted)
    except RecursionError as error:
        raise Refusal(400, "The filter is nested too deeply") from error


def values_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield what lies at a path: one value, or one for each object of the arrays on the way; `MISSING` for none."""
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


def moment_of(value: Any) -> datetime | None:
    """Return the point in time that a text writes in ISO 8601, or a number in milliseconds; None for all else."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def sort_key(value: Any) -> tuple[int, Any]:
    """Return where a value stands among values of all kinds, in MongoDB's order of kinds."""
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


def _filter(wanted: object) -> Matcher:
    if not isinstance(wanted, dict):
        raise Refusal(400, "A filter must be a JSON object")
    clauses = [_clause(key, value) for key, value in wanted.items()]
    return lambda document: all(clause(document) for clause in clauses)


def _clause(key: str, value: object) -> Matcher:
    if key in ("$and", "$or", "$nor"):
        inner = [_filter(item) for item in _list(key, value)]
        if not inner:
            raise Refusal(400, f"{key} must have at least one filter")
        if key == "$and":
            return lambda document: all(fits(document) for fits in inner)
        return lambda document: any(fits(document) for fits in inner) == (key == "$or")
    if key.startswith("$"):
        raise _unsupported(key)
    path, condition = key.split("."), _condition(value)
    return lambda document: condition(list(values_at(document, path)))


def _condition(wanted: object) -> _Condition:
    if not isinstance(wanted, dict) or not _has_operators(wanted):
        return _equals(_literal(wanted))
    conditions = [_operator(name, operand, wanted) for name, operand in wanted.items() if name != "$options"]
    return lambda found: all(holds(found) for holds in conditions)


def _operator(name: str, operand: Any, beside: dict[str, Any]) -> _Condition:
    if name == "$regex":
        return _matches(operand, beside.get("$options", ""))
    if name in _ORDERED:
        return _compares(name, _literal(operand))
    if name in _OPERATORS:
        return _OPERATORS[name](operand)
    if name.startswith("$"):
        raise _unsupported(name)
    raise Refusal(400, f"An operator and a field may not stand side by side: {name}")


def _exists(operand: Any) -> _Condition:
    return lambda found: any(value is not MISSING for value in found) == bool(operand)


def _negates(operand: Any) -> _Condition:
    if not _has_operators(operand):
        raise Refusal(400, "$not needs an object of operators")
    return _not(_condition(operand))


def _matches(pattern: object, options: object) -> _Condition:
    compiled = _pattern(pattern, options)
    return lambda found: any(isinstance(value, str) and compiled.search(value) for value in _spread(found))


def _among(operand: Any) -> _Condition:
    conditions = [_equals(_literal(item)) for item in _list("$in", operand)]
    return lambda found: any(holds(found) for holds in conditions)


def _holds_all(operand: Any) -> _Condition:
    conditions = [_equals(_literal(item)) for item in _list("$all", operand)]
    return lambda found: bool(conditions) and all(holds(found) for holds in conditions)


def _size(operand: Any) -> _Condition:
    return lambda found: any(isinstance(value, list) and len(value) == operand for value in found)


def _element(operand: Any) -> _Condition:
    condition = _condition(operand) if _has_operators(operand) else None
    fits = None if condition else _filter(operand)

    def holds(item: Any) -> bool:
        return condition([item]) if condition else isinstance(item, dict) and fits is not None and fits(item)

    return lambda found: any(holds(item) for value in found if isinstance(value, list) for item in value)


def _equals(wanted: Any) -> _Condition:
    return lambda found: any(_same(value, wanted) for value in _spread(found))


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


_OPERATORS: dict[str, Callable[[Any], _Condition]] = {
    "$eq": lambda operand: _equals(_literal(operand)),
    "$ne": lambda operand: _not(_equals(_literal(operand))),
    "$in": _among,
    "$nin": lambda operand: _not(_among(operand)),
    "$exists": _exists,
    "$not": _negates,
    "$all": _holds_all,
    "$size": _size,
    "$elemMatch": _element,
}


def _spread(found: Iterable[Any]) -> Iterator[Any]:
    """Yield values, and after each array its items."""
    for value in found:
        yield value
        if isinstance(value, list):
            yield from value


def _comparable(value: Any, wanted: Any) -> tuple[Any, Any]:
    """Return a value as what it is to be compared with: a text as a point in time, what is missing as null."""
    if value is MISSING:
        return None, wanted
    if isinstance(wanted, datetime) and isinstance(value, str):
        return moment_of(value), wanted
    return value, wanted


def _same(value: Any, wanted: Any) -> bool:
    one, other = _comparable(value, wanted)
    return sort_key(one) == sort_key(other)


def _has_operators(value: object) -> bool:
    return isinstance(value, dict) and any(key.startswith("$") for key in value) and value.keys() != {"$date"}


def _literal(value: Any) -> Any:
    """Return what a filter compares with, its points in time read."""
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$date"}:
        moment = moment_of(value["$date"])
        if moment is None:
            raise Refusal(400, f"$date must be a point in time in ISO 8601, not {value['$date']!r}")
        return moment
    strange = [key for key in value if key.startswith("$")]
    if strange:
        raise _unsupported(strange[0])
    return {key: _literal(item) for key, item in value.items()}


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal(400, f"{name} needs an array")
    return value


def _pattern(pattern: object, options: object) -> re.Pattern[str]:
    if not isinstance(pattern, str) or not isinstance(options, str) or set(options) - _FLAGS.keys():
        raise Refusal(400, "$regex needs a text, and $options letters out of imsxu")
    flags = re.NOFLAG
    for letter in options:
        flags |= _FLAGS[letter]
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise Refusal(400, f"$regex: {error}") from error


def _unsupported(name: str) -> Refusal:
    return Refusal(400, f"Unsupported operator: {name}")
