"""Rows of cells that are stored column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from domo_async._transfer import ColumnType
from domo_async._transfer.arrow import array_of, needs_arrow, with_decimals
from domo_async._wire import dumps
from domo_async.errors import DecodeError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Cell", "Rows"]

Cell: TypeAlias = str | int | float | Decimal | date | datetime | bool | None

_AT_ONCE = 10_000
# Far beyond any DECIMAL; written out in full, such a number would fill the memory.
_GREATEST_EXPONENT = 10_000
_MICROSECONDS = len("2024-12-31T23:59:59.123456")
_BEYOND_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]")


class Rows(Sequence[tuple[Cell, ...]]):
    """Rows of cells, stored as columns; a row is created when it is read.

    Args:
        types: The columns' types.
        columns: The columns: an Arrow table whose DECIMAL columns are text, or one sequence of JSON cells per column;
            these are converted to the column's type when they are first read.
        length: The number of rows.
    """

    __slots__ = ("_cells", "_length", "_source", "_types")

    def __init__(self, types: Sequence[ColumnType], columns: pa.Table | Sequence[Sequence[Any]], length: int) -> None:
        self._types = tuple(types)
        self._source = columns
        self._length = length
        self._cells: dict[int, Sequence[Cell]] = {}

    def column(self, position: int) -> Sequence[Cell]:
        """Return a column's cells.

        Raises:
            DecodeError: A cell does not fit its type.
        """
        if position not in self._cells:
            self._cells[position] = self._converted(position, 0, self._length)
        return self._cells[position]

    def to_arrow(self, names: Sequence[str]) -> pa.Table:
        """Return the columns as an Arrow table; see `QueryResult.to_arrow`."""
        pyarrow = needs_arrow("to_arrow()")
        table = self._table
        if table is None:
            arrays: Sequence[Any] = [
                array_of(self.column(position), column_type) for position, column_type in enumerate(self._types)
            ]
        else:
            arrays = with_decimals(table, self._types).columns
        made: pa.Table = pyarrow.Table.from_arrays(arrays, names=list(names))
        return made

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        if not self._types:
            yield from [()] * self._length
        for start in range(0, self._length, _AT_ONCE):
            end = min(start + _AT_ONCE, self._length)
            yield from zip(*(self._part(position, start, end) for position in range(len(self._types))), strict=True)

    @overload
    def __getitem__(self, index: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> tuple[Cell, ...] | Rows:
        if isinstance(index, slice):
            return self._sliced(range(self._length)[index])
        position = range(self._length)[index]
        return tuple(self._part(column, position, position + 1)[0] for column in range(len(self._types)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) or not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{self._length} rows>"

    @property
    def _table(self) -> pa.Table | None:
        return None if isinstance(self._source, Sequence) else self._source

    def _part(self, position: int, start: int, end: int) -> Sequence[Cell]:
        if position in self._cells:
            return self._cells[position][start:end]
        # Arrow cells are created on each read; JSON cells are converted once.
        return self.column(position)[start:end] if self._table is None else self._converted(position, start, end)

    def _converted(self, position: int, start: int, end: int) -> Sequence[Cell]:
        column_type = self._types[position]
        if not isinstance(self._source, Sequence):
            values = self._source.column(position).slice(start, end - start)
            if column_type in _SINCE_EPOCH:
                with suppress(ValueError, OverflowError):
                    return _since_epoch(values, column_type)
                # Arrow knows years that Python does not: the text shows which cell has one.
                values = values.cast(needs_arrow("a result").string())
            found: list[Any] = values.to_pylist()
            read_as_text = column_type == ColumnType.DECIMAL or column_type in _SINCE_EPOCH
            return _typed(found, column_type, position, start) if read_as_text else found
        return _typed(self._source[position], column_type, position)

    def _sliced(self, positions: range) -> Rows:
        start, end, step = (positions.start, positions.stop, positions.step) if positions else (0, 0, 1)
        if not isinstance(self._source, Sequence):
            table = self._source.slice(start, end - start) if step == 1 else self._source.take(list(positions))
            return Rows(self._types, table, len(positions))
        return Rows(
            self._types, [[values[position] for position in positions] for values in self._source], len(positions)
        )


def _since_epoch(values: pa.ChunkedArray[Any], column_type: ColumnType) -> list[Cell]:
    """Return dates or datetimes, which Arrow itself makes at a tenth of the speed."""
    pyarrow = needs_arrow("a result")
    numbers = values.cast(pyarrow.int32() if column_type == ColumnType.DATE else pyarrow.int64()).to_pylist()
    make = _SINCE_EPOCH[column_type]
    known = {number: None if number is None else make(number) for number in {*numbers}}
    return [known[number] for number in numbers]


def _typed(values: Sequence[Any], column_type: ColumnType, position: int, first: int = 0) -> Sequence[Cell]:
    plain = _PLAIN.get(column_type)
    convert = _CONVERT.get(column_type, _text)
    if plain is not None and {*map(type, values)} <= {plain, type(None)}:
        return values
    row = 0
    try:
        typed: list[Cell] = []
        for row, value in enumerate(values):  # noqa: B007 - named in the error
            typed.append(None if value is None else convert(value))
    except (ValueError, TypeError, ArithmeticError):
        where = f"$.rows[{first + row}][{position}]"
        raise DecodeError(f"{str(values[row])[:80]!r} is not a {column_type}", path=where) from None
    return typed


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value).decode()


def _whole_number(value: Any) -> int:
    number = int(value)
    if not isinstance(value, str) and number != value:
        raise ValueError(value)
    return number


def _decimal(value: Any) -> Decimal:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > _GREATEST_EXPONENT:
        raise ValueError(value)
    return number


def _datetime(value: str) -> datetime:
    time = datetime.fromisoformat(value)
    if len(value) > _MICROSECONDS and _BEYOND_MICROSECONDS.search(value):
        raise ValueError(value)  # Python would cut its digits
    return time


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a DATETIME has no zone
_EPOCH_DAY = _EPOCH.toordinal()
_SINCE_EPOCH: Mapping[str, Callable[[int], date | datetime]] = {
    ColumnType.DATE: lambda days: date.fromordinal(_EPOCH_DAY + days),
    ColumnType.DATETIME: lambda microseconds: _EPOCH + timedelta(microseconds=microseconds),
}
_PLAIN: Mapping[str, type] = {ColumnType.LONG: int, ColumnType.STRING: str, ColumnType.DOUBLE: float}
_CONVERT: Mapping[str, Callable[[Any], Cell]] = {
    ColumnType.LONG: _whole_number,
    ColumnType.DOUBLE: float,
    ColumnType.DECIMAL: _decimal,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.DATETIME: _datetime,
}
