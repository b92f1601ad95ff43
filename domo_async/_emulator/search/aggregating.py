"""Aggregation of JSON documents in App DB's queries.

The query string has ``groupby``, ``count``, ``avg``, ``min``, ``max``, ``sum``, ``unwind`` and ``orderby``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.search.mongo import sort_key

__all__ = ["aggregated"]

_DIRECTIONS = {"ascending": False, "asc": False, "descending": True, "desc": True}


@frozen
class _Column:
    """A value to compute for each group."""

    alias: str
    path: tuple[str, ...]
    work_out: Callable[[list[Any]], Any]


def aggregated(documents: Iterable[dict[str, Any]], said: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return documents unwound, grouped and ordered as the query string says.

    A group has its keys under the last parts of their paths. Emulator-defined: a group by one key has it as ``_id``,
    too; without ``groupby`` all documents are one group.

    Args:
        documents: The documents.
        said: The query string.

    Raises:
        HTTPError: 400, if the query string is invalid.
    """
    rows = list(documents)
    for path in map(_path, _listed(said, "unwind")):
        rows = [unwound for row in rows for unwound in _unwind(row, path)]
    keys = [_path(key) for key in _listed(said, "groupby")]
    columns = [
        _Column(alias, path, work_out)
        for name, work_out in _WORK.items()
        for path, alias in map(_aliased, _listed(said, name))
    ]
    columns += [_Column(name, (), len) for name in _listed(said, "count")]
    if keys or columns:
        rows = _grouped(rows, keys, columns)
    for path, falling in reversed([_order(part) for part in _listed(said, "orderby")]):
        rows.sort(key=lambda row: sort_key(_value(row, path)), reverse=falling)
    return rows


def _grouped(
    rows: Sequence[dict[str, Any]], keys: Sequence[tuple[str, ...]], columns: Sequence[_Column]
) -> list[dict[str, Any]]:
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sort_key(_value(row, key)) for key in keys), []).append(row)
    found = []
    for members in groups.values():
        group = {key[-1]: _value(members[0], key) for key in keys}
        if len(keys) == 1:
            group["_id"] = _value(members[0], keys[0])
        for column in columns:
            group[column.alias] = column.work_out([_value(member, column.path) for member in members])
        found.append(group)
    return found


def _unwind(row: dict[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
    value = _value(row, path)
    if value is None:
        return []
    return [_with(row, path, item) for item in (value if isinstance(value, list) else [value])]


def _with(row: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return a document with the value at an existing path replaced."""
    head, *rest = path
    return {**row, head: _with(row[head], tuple(rest), value) if rest else value}


def _value(row: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Return the value at a path through objects only; None if there is none."""
    value: Any = row
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _numbers(values: Iterable[Any]) -> list[float]:
    return [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


def _mean(values: list[Any]) -> float | None:
    numbers = _numbers(values)
    return sum(numbers) / len(numbers) if numbers else None


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda values: choose((value for value in values if value is not None), key=sort_key, default=None)


def _told(number: float) -> float:
    """Return a number that the JSON encoder accepts: integers of 64 bits stay, others become the nearest float."""
    return number if -(1 << 63) <= number < 1 << 64 else float(number)


_WORK: dict[str, Callable[[list[Any]], Any]] = {
    "avg": _mean,
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": lambda values: _told(sum(_numbers(values))),
}


def _listed(said: Mapping[str, str], key: str) -> list[str]:
    parts = [part.strip() for part in said[key].split(",")] if key in said else []
    if "" in parts:
        raise HTTPError(400, f"{key} must be names, separated by commas")
    return parts


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _aliased(text: str) -> tuple[tuple[str, ...], str]:
    """Return path and name of ``content.clicks sumClicks``; without a name, the path's last part is the name."""
    path, *names = text.split()
    if len(names) > 1:
        raise HTTPError(400, f"{text!r} must be a property, or a property and its alias")
    return _path(path), names[0] if names else _path(path)[-1]


def _order(text: str) -> tuple[tuple[str, ...], bool]:
    path, *words = text.split()
    direction = " ".join(words).lower() or "ascending"
    if direction not in _DIRECTIONS:
        raise HTTPError(400, f"the direction of orderby must be ascending or descending, not {direction!r}")
    return _path(path), _DIRECTIONS[direction]
