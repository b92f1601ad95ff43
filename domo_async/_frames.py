"""Lists of records as frames of pandas and polars, and as tables in notebooks.

Each field is a column, and so is each item that is not a record under ``value``. Fields of a record inside another have
a column each, called by both names with a dot between: ``owner.id``. A list of plain values stays a list; other lists,
and mappings such as `extras`, become JSON text. Secrets are ``***``.

A column has the type of its values: whole numbers that know NULL, floats, booleans, text, dates, times in UTC, or
Decimals. One of several types is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from domo_async._display import html_table
from domo_async._redaction import MASK, Secret, masked
from domo_async._tracebacks import shorten_methods
from domo_async._wire import UNSET, Record, dumps
from domo_async._wire.record import SETTING, field_names
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["ItemTuple", "Items", "Tabular", "cells_of", "needed", "pandas_of", "polars_of"]

T = TypeVar("T")

_PLAIN = frozenset({str, int, float, bool})
_AS_THEY_ARE = _PLAIN | {type(None), datetime, date, Decimal}
_LONG = range(-(1 << 63), 1 << 63)
_MOST_DIGITS = 38
_SHOWN = 5  # rows at either end


@shorten_methods
class Tabular:
    """Something that has rows, each of them a record or a plain value; it can be iterated over, or has `_rows`."""

    __slots__ = ()

    def _rows(self) -> Iterable[object]:
        return cast("Iterable[object]", self)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame.

        Each field is a column; fields of a record inside another are called ``owner.id``; lists of plain values stay
        lists, other lists and mappings become JSON text. Whole numbers are ``Int64``, times ``datetime64[us, UTC]``.

        Raises:
            ConfigError: pandas is not installed.
        """
        return pandas_of(self._rows())

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame, with the columns of `to_pandas`.

        Raises:
            ConfigError: polars is not installed.
        """
        return polars_of(self._rows())

    def _repr_html_(self) -> str:
        rows = [*self._rows()]
        shown = rows if len(rows) <= 2 * _SHOWN else [*rows[:_SHOWN], *rows[-_SHOWN:]]
        columns = columns_of(shown)
        return html_table([*columns], None, [*zip(*columns.values(), strict=True)], count=len(rows))


class Items(Tabular, list[T]):
    """A list of what calls return; also one to make of any other: ``Items(report.failed).to_pandas()``."""

    __slots__ = ()


class ItemTuple(Tabular, tuple[T, ...]):
    """A tuple of what calls return, with frames to make of it."""

    __slots__ = ()


def needed(name: str) -> Any:
    """Return a module of an optional package.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        extra = {"pyarrow": "arrow"}.get(name, name)
        raise ConfigError(f'this needs {name}: pip install "domo-async[{extra}]"') from None


# -- columns --------------------------------------------------------------------------------------------


def columns_of(rows: Iterable[object]) -> dict[str, list[Any]]:
    """Return the columns of rows by name, in the order in which the rows have them."""
    rows = [*rows]
    cls: Any = type(rows[0]) if rows else None
    if cls is not None and issubclass(cls, Record) and {*map(type, rows)} == {cls}:
        columns = _of_one_class(cls, rows)
    else:
        columns = _of_any(rows)
    # A record that is there in other rows, where it is not, has no column of its own.
    inner = {name[:index] for name in columns for index, sign in enumerate(name) if sign == "."}
    return {name: cells for name, cells in columns.items() if name not in inner or any(c is not None for c in cells)}


def _of_any(rows: Sequence[object]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for count, row in enumerate(rows, 1):
        for name, value in cells_of(row):
            cells = columns.setdefault(name, [])
            if len(cells) < count:
                cells += [None] * (count - 1 - len(cells))
                cells.append(value)
    for cells in columns.values():
        cells.extend([None] * (len(rows) - len(cells)))
    return columns


def _of_one_class(cls: Any, rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Do what `_of_any` does, field by field, which is several times as fast."""
    names = field_names(cls)
    if {"value", "extras"} <= {*names}:
        return _of_any(rows)  # the value of a setting is secret by what stands beside it
    columns: dict[str, list[Any]] = {}
    for name in names:
        cells = [*map(attrgetter(name), rows)]
        if {*map(type, cells)} <= _AS_THEY_ARE:
            columns[name] = cells
        elif name == "extras" or any(isinstance(cell, Record) for cell in cells):
            columns |= _of_any([{name: cell} for cell in cells])
        else:
            columns[name] = [*map(_plain, cells)]
    return columns


def cells_of(row: object) -> Iterator[tuple[str, Any]]:
    """Yield the cells of a row, each with the name of its column."""
    if isinstance(row, Record):
        yield from _of_record(row, "")
    elif isinstance(row, tuple) and (fields := getattr(row, "_asdict", None)) is not None:
        yield from cells_of(fields())
    elif isinstance(row, Mapping):
        yield from ((name, value) for key, below in row.items() for name, value in _cell(str(key), below))
    else:
        yield from _cell("value", row)


def _of_record(record: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    cls: Any = type(record)  # to mypy, no type is hashable
    fields = {name: getattr(record, name) for name in field_names(cls)}
    if "value" in fields and "extras" in fields:
        fields |= masked({name: fields[name] for name in SETTING if name in fields})
    for name, value in fields.items():
        yield from _cell(prefix + name, value)


def _cell(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Record):
        yield from _of_record(value, f"{name}.")
    elif not (name.endswith("extras") and value == {}):
        yield name, _plain(value)


def _plain(value: Any) -> Any:
    if value is None or value.__class__ in _PLAIN or value is UNSET:
        return None if value is UNSET else value
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, datetime | date | Decimal):
        return value
    if isinstance(value, BaseException):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = [_plain(item) for item in value if not isinstance(item, Record | Mapping)]
        if len(items) == len(value) and {*map(type, items)} <= _PLAIN and len({*map(type, items)}) < 2:
            return items
    return _json(value)


def _json(value: Any) -> str:
    from domo_async._wire.portable import plain  # noqa: PLC0415 - cattrs is slow to import

    try:
        text = plain(value)
        return text if isinstance(text, str) else dumps(text).decode()
    except ConfigError:  # a function, or a number that JSON does not have
        return str(value)


# -- types ----------------------------------------------------------------------------------------------


def _typed(cells: list[Any]) -> tuple[str, list[Any]]:
    """Return what a column's values are, and the values in one form."""
    kinds = {*map(type, cells)} - {type(None)}
    if kinds == {int} and not all(cell is None or cell in _LONG for cell in cells):
        kinds = {Decimal}
    if kinds <= {datetime}:
        zoned = {cell.tzinfo is not None for cell in cells if cell is not None}
        if zoned == {True}:
            return "instant", [cell and cell.astimezone(UTC) for cell in cells]
        kinds = {str} if len(zoned) > 1 else kinds
    for name, accepted in _TYPES.items():
        if kinds <= accepted:
            return name, cells
    return "text", [cell if cell is None or isinstance(cell, str) else _json(cell) for cell in cells]


_TYPES: Mapping[str, set[type]] = {
    "nothing": set(),
    "bool": {bool},
    "int": {int},
    "float": {int, float},
    "time": {datetime},
    "date": {date},
    "decimal": {Decimal, int},
    "list": {list},
}


def pandas_of(rows: Iterable[object]) -> pd.DataFrame:
    """Return rows as a pandas frame; see `Tabular.to_pandas`."""
    pandas = needed("pandas")
    rows = [*rows]
    columns = columns_of(rows)
    made = {name: _pandas_column(pandas, cells) for name, cells in columns.items()}
    frame: pd.DataFrame = pandas.DataFrame(made, index=range(len(rows)))
    return frame


def _pandas_column(pandas: Any, cells: list[Any]) -> Any:
    type_, cells = _typed(cells)
    dtype = {
        "bool": "boolean",
        "int": "Int64",
        "float": "float64",
        "instant": "datetime64[us, UTC]",
        "time": "datetime64[us]",
        "date": "datetime64[s]",
        "text": "string",
    }.get(type_, "object")
    return pandas.Series(cells, dtype=dtype)


def polars_of(rows: Iterable[object]) -> pl.DataFrame:
    """Return rows as a polars frame; see `Tabular.to_polars`."""
    polars = needed("polars")
    made = [_polars_column(polars, name, cells) for name, cells in columns_of(rows).items()]
    frame: pl.DataFrame = polars.DataFrame(made)
    return frame


def _polars_column(polars: Any, name: str, cells: list[Any]) -> Any:
    type_, cells = _typed(cells)
    if type_ == "decimal":
        scale = max(max(0, -int(Decimal(cell).as_tuple().exponent)) for cell in cells if cell is not None)
        if any(cell is not None and Decimal(cell).adjusted() + 1 + scale > _MOST_DIGITS for cell in cells):
            return polars.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=polars.String)
        return polars.Series(name, [None if c is None else Decimal(c) for c in cells], dtype=polars.Decimal(38, scale))
    if type_ == "list" and len({type(item) for cell in cells for item in cell or ()}) > 1:
        type_, cells = "text", [None if cell is None else _json(cell) for cell in cells]
    dtype = {
        "nothing": polars.Null,
        "bool": polars.Boolean,
        "int": polars.Int64,
        "float": polars.Float64,
        "instant": polars.Datetime("us", "UTC"),
        "time": polars.Datetime("us"),
        "date": polars.Date,
        "text": polars.String,
    }.get(type_)
    return polars.Series(name, cells, dtype=dtype)
