"""The result of a query: named, typed columns and rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, overload

from attrs import evolve, frozen

from domo_async._display import html_table, text_table
from domo_async._endpoints.datasets._columnar import Cell, Rows
from domo_async._tracebacks import shorten_methods
from domo_async._transfer import ColumnType
from domo_async._transfer.arrow import needs_arrow
from domo_async._transfer.columns import distinct_names
from domo_async._wire import Model
from domo_async._wire.decode import collector_paused
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["Cell", "QueryResult", "ResultColumn", "Rows"]


@frozen(kw_only=True)
class ResultColumn(Model):
    """The description of a column in a query's answer."""

    type: ColumnType
    data_source_id: str | None = None
    max_length: int | None = None
    min_length: int | None = None


@shorten_methods
@frozen(kw_only=True)
class QueryResult(Model):
    """The answer to a query: a sequence of rows, each a tuple of cells, kept column by column.

    Cells are int for LONG, float for DOUBLE, Decimal for DECIMAL, date for DATE, datetime (without a zone, as Domo
    stores it) for DATETIME, str for STRING, and None for NULL. A large result costs the memory of its columns, not of
    an object per cell, as long as pyarrow is installed; rows are created when they are read.

    Libraries that read Arrow, such as ``polars.DataFrame(result)`` or DuckDB, take a result directly.

    If several columns have the same name, dictionaries, tables and frames name the second ``a_2``, the third ``a_3``,
    and so on, skipping names that another column has. A column without a name is named by its position, such as
    ``column_3``.

    Attributes:
        columns: The columns' names in order.
        metadata: Their types, in the same order.
        rows: The rows.
        datasource: The dataset.
        num_rows: The number of rows, as the instance counts them.
        num_columns: The number of columns, as the instance counts them.
    """

    columns: tuple[str, ...]
    metadata: tuple[ResultColumn, ...]
    rows: Rows
    datasource: str | None = None
    num_rows: int | None = None
    num_columns: int | None = None

    @property
    def types(self) -> tuple[ColumnType, ...]:
        """The columns' types in order."""
        return tuple(column.type for column in self.metadata)

    @classmethod
    def _of_fields(cls, fields: dict[str, Any]) -> Self:
        # The types of the cells depend on the columns.
        types = [column.type for column in fields.get("metadata", ())]
        rows = fields.get("rows", ())
        columns = [[row[position] for row in rows] for position in range(len(types))]
        return super()._of_fields({**fields, "rows": Rows(types, columns, len(rows))})

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return iter(self.rows)

    @overload
    def __getitem__(self, index: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> QueryResult: ...
    def __getitem__(self, index: int | slice) -> tuple[Cell, ...] | QueryResult:
        """Return a row, or a result of some of the rows."""
        if isinstance(index, slice):
            rows = self.rows[index]
            return evolve(self, rows=rows, num_rows=len(rows))
        return self.rows[index]

    def column(self, name: str, /) -> Sequence[Cell]:
        """Return the cells of a column.

        Args:
            name: The column's name; if several columns have it, the name that `to_dicts` uses, such as ``a_2``.

        Raises:
            ConfigError: The column does not exist, or several columns have the name.
            DecodeError: A cell does not fit the column's type.
        """
        names = distinct_names(self.columns)
        if name not in names or self.columns.count(name) > 1:
            found = "more than one column" if name in self.columns else "no column"
            raise ConfigError(
                f"the result has {found} {name!r}; it has {', '.join(map(repr, names))}, where repeated names are"
                " numbered: rename the columns with AS"
            )
        return self.rows.column(names.index(name))

    def to_dicts(self) -> list[dict[str, Cell]]:
        """Return the rows as dictionaries by column name; repeated names are numbered: ``a``, ``a_2``."""
        names = distinct_names(self.columns)
        with collector_paused():
            # A strict zip would check the length of each row again, which takes as long as all the rest.
            return [dict(zip(names, row)) for row in self.rows]  # noqa: B905 - each row has a cell for each column

    def to_arrow(self) -> pa.Table:
        """Return the result as an Arrow table.

        LONG is int64, DOUBLE float64, STRING string, DATE date32, DATETIME timestamp[us], and DECIMAL a decimal128 with
        as many digits after the point as its values have, or a decimal256 if 38 digits are not enough. LONG beyond 64
        bits becomes a decimal, too.

        Raises:
            ConfigError: pyarrow is not installed, or a number has more than 76 digits.
            DecodeError: A cell does not fit its column's type.
        """
        return self.rows.to_arrow(distinct_names(self.columns))

    def to_polars(self) -> pl.DataFrame:
        """Return the result as a polars frame: Int64, Float64, Decimal, Date, Datetime and String.

        Raises:
            ConfigError: polars is not installed, or the numbers of a column need more than its 38 digits.
            DecodeError: A cell does not fit its column's type.
        """
        from domo_async._endpoints.datasets import _frames  # noqa: PLC0415 - not needed to query

        return _frames.polars_frame(distinct_names(self.columns), self.types, self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return the result as a pandas frame that loses nothing.

        LONG is ``Int64``, which has NULL and keeps all digits; DOUBLE is ``float64``, DATE and DATETIME are
        ``datetime64``, STRING is the text type of pandas, and DECIMAL an object column of `Decimal`.

        Raises:
            ConfigError: pandas is not installed.
            DecodeError: A cell does not fit its column's type.
        """
        from domo_async._endpoints.datasets import _frames  # noqa: PLC0415 - not needed to query

        return _frames.pandas_frame(distinct_names(self.columns), self.types, self.rows)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the result to a consumer of the Arrow PyCapsule interface."""
        needs_arrow("Arrow's stream")
        table: Any = self.to_arrow()
        stream: object = table.__arrow_c_stream__(requested_schema)
        return stream

    def __str__(self) -> str:
        return text_table(self.columns, self.types, self.rows, shutil.get_terminal_size((120, 24)).columns)

    def _repr_html_(self) -> str:
        return html_table(self.columns, self.types, self.rows)


# `Model` sets the repr of its subclasses; a table shows a result better.
QueryResult.__repr__ = QueryResult.__str__  # type: ignore[method-assign,assignment]
