"""What a query answers: named, typed columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import field, frozen

from domo_async.errors import DecodeError
from domo_async.transfer import ColumnType
from domo_async.wire import Model, loads, structure

__all__ = ["Cell", "QueryResult", "ResultColumn", "query_result"]

Cell: TypeAlias = str | int | float | Decimal | date | datetime | bool | None


@frozen(kw_only=True)
class ResultColumn(Model):
    """What a query's answer says of a column."""

    type: ColumnType
    data_source_id: str | None = None
    max_length: int | None = None
    min_length: int | None = None


@frozen(kw_only=True)
class QueryResult(Model):
    """The answer to a query: a sequence of rows, each a tuple of cells.

    Cells are int for LONG, float for DOUBLE, Decimal for DECIMAL, date for DATE, datetime (without a zone, as Domo
    stores it) for DATETIME, str for STRING, and None for NULL.

    Attributes:
        columns: The columns' names in order.
        metadata: Their types, in the same order.
        rows: The rows.
        datasource: The dataset.
        num_rows: Rows, as the instance counts.
        num_columns: Columns, as the instance counts.
    """

    columns: tuple[str, ...]
    metadata: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=lambda rows: f"<{len(rows)} rows>")
    datasource: str | None = None
    num_rows: int | None = None
    num_columns: int | None = None

    @property
    def types(self) -> tuple[ColumnType, ...]:
        """The columns' types in order."""
        return tuple(column.type for column in self.metadata)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> tuple[Cell, ...]:
        return self.rows[index]

    def to_dicts(self) -> list[dict[str, Cell]]:
        """Return the rows as dictionaries by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def query_result(content: bytes) -> QueryResult:
    """Return the result for the body of an answer.

    The documents show rows as objects, instances answer columns and rows apart; both are understood.

    Raises:
        DecodeError: It is neither, or a cell does not fit its column's type.
    """
    answer = loads(content)
    if isinstance(answer, list):
        return _from_objects(answer)
    if not isinstance(answer, dict):
        raise DecodeError("expected a query's result, an object with columns and rows")
    metadata = structure(answer.get("metadata"), tuple[ResultColumn, ...])
    if any(column.type == ColumnType.DECIMAL for column in metadata):
        # Floats would lose digits; read the numbers again as they are written.
        answer = loads(content, exact=True)
    columns = structure(answer.get("columns"), tuple[str, ...])
    rows = answer.get("rows")
    if not isinstance(rows, list) or len(columns) != len(metadata):
        raise DecodeError("expected rows, and as many columns as metadata", path="$.rows")
    named = {"columns", "metadata", "rows", "datasource", "numRows", "numColumns"}
    return QueryResult(
        columns=columns,
        metadata=metadata,
        rows=_typed_rows(rows, [column.type for column in metadata]),
        datasource=structure(answer.get("datasource"), str | None),  # type: ignore[arg-type]
        num_rows=structure(answer.get("numRows"), int | None),  # type: ignore[arg-type]
        num_columns=structure(answer.get("numColumns"), int | None),  # type: ignore[arg-type]
        extras={key: value for key, value in answer.items() if key not in named},
    )


def _from_objects(rows: list[Any]) -> QueryResult:
    if not all(isinstance(row, dict) for row in rows):
        raise DecodeError("expected a list of objects, one a row")
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    values = [[row.get(key) for row in rows] for key in columns]
    metadata = tuple(ResultColumn(type=_seen_type(column)) for column in values)
    return QueryResult(columns=columns, metadata=metadata, rows=tuple(zip(*values, strict=True)))


def _seen_type(values: Sequence[object]) -> ColumnType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return ColumnType.LONG
    return ColumnType.DOUBLE if kinds and kinds <= {int, float} else ColumnType.STRING


def _typed_rows(rows: list[Any], types: Sequence[ColumnType]) -> tuple[tuple[Cell, ...], ...]:
    if not rows:
        return ()
    try:
        columns = list(zip(*rows, strict=True))
    except (TypeError, ValueError):
        raise DecodeError("the rows differ in length", path="$.rows") from None
    if len(columns) != len(types):
        raise DecodeError(f"rows of {len(columns)} cells for {len(types)} columns", path="$.rows")
    typed = [
        _typed_column(values, kind, place) for place, (values, kind) in enumerate(zip(columns, types, strict=True))
    ]
    return tuple(zip(*typed, strict=True))


def _typed_column(values: Sequence[Any], kind: ColumnType, place: int) -> Sequence[Cell]:
    convert = _CONVERT.get(kind)
    if convert is None:
        return values
    row = 0
    try:
        typed: list[Cell] = []
        for row, value in enumerate(values):  # noqa: B007 - named in the error
            typed.append(None if value is None else convert(value))
    except (ValueError, TypeError, ArithmeticError):
        raise DecodeError(f"{str(values[row])[:80]!r} is not a {kind}", path=f"$.rows[{row}][{place}]") from None
    return typed


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


# LONG and STRING arrive as what they are.
_CONVERT: Mapping[str, Callable[[Any], Cell]] = {
    ColumnType.DOUBLE: float,
    ColumnType.DECIMAL: _decimal,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.DATETIME: datetime.fromisoformat,
}
