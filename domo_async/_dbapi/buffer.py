"""The rows of a result between the instance and whoever fetches them: in batches, as tuples, as Arrow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from domo_async._dbapi.errors import DataError
from domo_async._transfer import ColumnSpec
from domo_async._transfer.arrow import SCALE, arrow_schema, needs_arrow, widened, wider, with_decimals
from domo_async._transfer.columns import distinct_names
from domo_async.errors import DecodeError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ALL", "Buffer", "Row"]

Row: TypeAlias = tuple[Any, ...]
"""A row: int for LONG, float for DOUBLE, Decimal, str, date, datetime, and None for NULL."""
ALL = 1 << 62
"""More rows than there are."""
# The rows that are made into Python's objects at once.
_AT_ONCE = 4096


class Buffer:
    """The rows of one result that have arrived and were not given yet: one batch at most.

    Args:
        columns: The result's columns.

    Attributes:
        given: The number of rows that were given.
    """

    def __init__(self, columns: Sequence[ColumnSpec]) -> None:
        self.given: int = 0
        self._names = distinct_names([column.name for column in columns])
        self._types = [column.type for column in columns]
        self._batch: pa.RecordBatch | None = None
        self._given_of_batch = 0
        self._rows: list[Row] = []
        self._given_of_rows = 0

    @property
    def empty(self) -> bool:
        """Whether all rows that have arrived were given."""
        return self._batch is None

    def put(self, batch: pa.RecordBatch) -> None:
        """Take the next batch, once all rows before it were given."""
        self._rows, self._given_of_rows, self._given_of_batch = [], 0, 0
        self._batch = batch if batch.num_rows else None

    def next(self) -> Row:
        """Give a row; there must be one."""
        if self._given_of_rows == len(self._rows):
            self._make_rows()
        row = self._rows[self._given_of_rows]
        self._count(1)
        return row

    def take(self, count: int) -> list[Row]:
        """Give a number of rows, or fewer if no more have arrived."""
        found: list[Row] = []
        while self._batch is not None and len(found) < count:
            if self._given_of_rows == len(self._rows):
                self._make_rows()
            some = self._rows[self._given_of_rows : self._given_of_rows + count - len(found)]
            found += some
            self._count(len(some))
        return found

    def _make_rows(self) -> None:
        if self._batch is None:
            raise IndexError
        batch = self._batch.slice(self._given_of_batch, _AT_ONCE)
        columns = [_cells(batch.column(index), type_) for index, type_ in enumerate(self._types)]
        self._rows, self._given_of_rows = list(zip(*columns, strict=True)), 0

    def _count(self, rows: int) -> None:
        self.given += rows
        self._given_of_rows += rows
        self._given_of_batch += rows
        if self._batch is not None and self._given_of_batch == self._batch.num_rows:
            self._batch = None

    def rest(self) -> list[pa.RecordBatch]:
        """Give all rows that have arrived as they came."""
        if self._batch is None:
            return []
        batch, self._batch = self._batch.slice(self._given_of_batch), None
        self.given += batch.num_rows
        return [batch]

    @property
    def schema(self) -> pa.Schema:
        """The schema of `uniform`."""
        return arrow_schema(self._names, self._types)

    def uniform(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Convert batches to `schema`, in which DECIMAL is decimal128(38, 18).

        Raises:
            DataError: A number does not fit.
        """
        pyarrow, schema = needs_arrow("record batches"), self.schema
        for batch in batches:
            table = with_decimals(pyarrow.Table.from_batches([batch]), self._types, scale=SCALE)
            for field, expected in zip(table.schema, schema, strict=True):
                if field.type != expected.type:
                    raise DataError(
                        f"column {field.name!r} has a number that does not fit {expected.type}: use fetch_arrow_table,"
                        " fetch its rows, or cast it in SQL"
                    )
            yield from table.to_batches()

    def table(self, batches: Iterable[pa.RecordBatch]) -> pa.Table:
        """Return batches as one table, whose DECIMAL columns have the digits that they need."""
        pyarrow, found = needs_arrow("an Arrow table"), list(batches)
        schema = reduce(wider, (batch.schema for batch in found), arrow_schema(self._names, self._types, text=True))
        table = pyarrow.Table.from_batches([widened(batch, schema) for batch in found], schema)
        return with_decimals(table, self._types)


def _cells(column: pa.Array[Any], type_: str) -> list[Any]:
    cells = column.to_pylist()
    if type_ == "DECIMAL":
        return list(map(_decimal, cells))
    if type_ == "LONG" and cells and any(isinstance(cell, Decimal) for cell in cells):
        return [None if cell is None else int(cell) for cell in cells]
    return cells


def _decimal(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except ArithmeticError:
        raise DecodeError(f"{text[:80]!r} is not a DECIMAL", path="$.rows") from None
