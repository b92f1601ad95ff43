"""Rows that carry their columns' names: cells are matched by name, in any order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from domo_async.errors import SourceError

__all__ = ["named", "namer_of"]

_Namer: TypeAlias = Callable[[Any], Mapping[str, object]]


def namer_of(row_type: type) -> _Namer | None:
    """Return the function that converts rows of a type to mappings; None if their cells do not have names.

    Mappings, named tuples, rows of sqlite3, asyncpg, SQLAlchemy and Spark, dataclasses, and attrs classes have names.
    """
    if issubclass(row_type, Mapping):
        return lambda row: row
    if dataclasses.is_dataclass(row_type):
        fields = [field.name for field in dataclasses.fields(row_type)]
        return lambda row: {name: getattr(row, name) for name in fields}
    if attrs.has(row_type):
        attributes = [attribute.name for attribute in attrs.fields(row_type)]
        return lambda row: {name: getattr(row, name) for name in attributes}
    if hasattr(row_type, "_fields"):
        return lambda row: _joined(row._fields, row)
    if hasattr(row_type, "__fields__") and issubclass(row_type, tuple):
        return lambda row: _joined(row.__fields__, row)
    if callable(getattr(row_type, "keys", None)) and hasattr(row_type, "__getitem__"):
        return _keyed
    return None


def named(rows: Sequence[object], before: int) -> list[object]:
    """Return rows, with those that carry names as mappings.

    Args:
        rows: The rows.
        before: The number of the source's earlier rows.

    Raises:
        SourceError: A row has a name twice, or a name that is not text.
    """
    namers = {row_type: namer_of(row_type) for row_type in {*map(type, rows)} if row_type not in {tuple, list}}
    if not any(namers.values()):
        return list(rows)
    made: list[object] = []
    for number, row in enumerate(rows, before + 1):
        namer = namers.get(type(row))
        if namer is None:
            made.append(row)
            continue
        try:
            cells = namer(row)
        except SourceError as error:
            raise SourceError(f"row {number} {error.message}") from None
        if not all(isinstance(key, str) for key in cells):
            raise SourceError(f"row {number} {_odd_key(cells)}")
        made.append(cells)
    return made


def _odd_key(row: Mapping[Any, object]) -> str:
    if None in row:
        # csv.DictReader stores surplus fields under the key None.
        return "has more fields than there are names"
    key = next(key for key in row if not isinstance(key, str))
    return f"has the key {key!r:.80}, which is not text: give each cell under its column's name"


def _joined(names: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    if len({*names}) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SourceError(f"has more than one cell named {twice!r}: use distinct names, or give rows as lists")
    return dict(zip(names, row, strict=True))


def _keyed(row: Any) -> dict[str, object]:
    names = list(row.keys())
    return _joined(names, [row[name] for name in names])
