"""Decode the body of a query's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from attrs import frozen

from domo_async._endpoints.datasets._columnar import Rows
from domo_async._endpoints.datasets.result import QueryResult, ResultColumn
from domo_async._transfer import ColumnType
from domo_async._transfer.arrow import is_loaded, json_rows_table
from domo_async._wire import Model, loads, structure
from domo_async._wire.decode import collector_paused
from domo_async._wire.errors import seen
from domo_async.errors import DecodeError, IncompleteAnswer

__all__ = ["check_whole", "query_result", "read_result"]

# A smaller answer is decoded faster than a hop to a thread or importing pyarrow takes.
_LARGE = 1 << 20
_WORTH_ARROW = 4 << 20
_SMALL = 1 << 14
_ROWS = b'"rows":[['
_MOST_TOLD = 300
_TABLE = frozenset({"columns", "metadata", "rows"})


@frozen(kw_only=True)
class _Facts(Model):
    datasource: str | None = None
    num_rows: int | None = None
    num_columns: int | None = None


async def read_result(content: bytes) -> QueryResult:
    """Return the result for the body of an answer, without holding up the event loop for long.

    Raises:
        DecodeError: It is not a query's result.
    """
    return query_result(content) if len(content) < _LARGE else await asyncio.to_thread(query_result, content)


def check_whole(result: QueryResult) -> QueryResult:
    """Return the result if it has as many rows as the instance counts.

    Raises:
        IncompleteAnswer: It has fewer rows.
    """
    if result.num_rows is not None and len(result) < result.num_rows:
        raise IncompleteAnswer(f"the instance counts {result.num_rows:,} rows, but {len(result):,} came")
    return result


def query_result(content: bytes) -> QueryResult:
    """Return the result for the body of an answer.

    Domo's documentation shows rows as objects; instances return columns and rows separately. Both forms are accepted.

    Raises:
        DecodeError: The answer has neither form, or a cell of a small result does not fit its column's type. In a large
            result such a cell may be detected only when it is read.
    """
    if len(content) >= _WORTH_ARROW or (len(content) >= _SMALL and is_loaded()):
        found = _by_columns(content)
        if found is not None:
            return found
    with collector_paused():
        result = _by_objects(content)
    if len(content) < _SMALL:
        for index in range(len(result.columns)):
            result.rows.column(index)
    return result


def _by_columns(content: bytes) -> QueryResult | None:
    """Return the result without creating an object per cell, or None if that is not possible."""
    start = content.find(_ROWS)
    end = content.rfind(b"]]")
    if start < 0 or end < start + len(_ROWS) or find_spec("pyarrow") is None:
        return None
    start += len(_ROWS)
    try:
        answer = loads(content[: start - 1] + content[end + 1 :])
    except DecodeError:
        return None
    # If these were not the answer's own rows, its rows would hold more, or the rest would not be JSON.
    if not isinstance(answer, dict) or answer.get("rows") != []:
        return None
    columns, metadata = _heading(answer)
    types = [column.type for column in metadata]
    table = json_rows_table(content, start, end, types) if types else None
    return None if table is None else _result(answer, columns, metadata, Rows(types, table, table.num_rows))


def _by_objects(content: bytes) -> QueryResult:
    answer = loads(content)
    if isinstance(answer, list):
        return _from_objects(answer)
    if not isinstance(answer, dict) or not {"columns", "metadata"} <= answer.keys():
        raise DecodeError(f"the answer is not a query's result: {_told(answer)}")
    columns, metadata = _heading(answer)
    types = [column.type for column in metadata]
    if ColumnType.DECIMAL in types:
        # Floats would lose digits; parse the numbers again from their text.
        answer = loads(content, exact=True)
    values = _turned(answer.get("rows"), len(types))
    if any(
        column_type == ColumnType.LONG and float in {*map(type, cells)}
        for column_type, cells in zip(types, values, strict=True)
    ):
        # Numbers beyond 64 bits would lose digits too.
        answer = loads(content, exact=True)
        values = _turned(answer.get("rows"), len(types))
    return _result(answer, columns, metadata, Rows(types, values, len(answer["rows"])))


def _told(answer: object) -> str:
    """Describe an answer, and quote its message if it is an error with a success status."""
    message = answer.get("message") if isinstance(answer, dict) else None
    return f"{seen(answer)}: {message[:_MOST_TOLD]}" if isinstance(message, str) else seen(answer)


def _heading(answer: dict[str, Any]) -> tuple[tuple[str, ...], tuple[ResultColumn, ...]]:
    metadata = structure(answer.get("metadata"), tuple[ResultColumn, ...])
    columns = structure(answer.get("columns"), tuple[str, ...])
    if len(columns) != len(metadata):
        raise DecodeError("expected as many columns as metadata", path="$.columns")
    return columns, metadata


def _result(
    answer: dict[str, Any], columns: tuple[str, ...], metadata: tuple[ResultColumn, ...], rows: Rows
) -> QueryResult:
    facts = structure({key: value for key, value in answer.items() if key not in _TABLE}, _Facts)
    return QueryResult(
        columns=columns,
        metadata=metadata,
        rows=rows,
        datasource=facts.datasource,
        num_rows=facts.num_rows,
        num_columns=facts.num_columns,
        extras=facts.extras,
    )


def _turned(rows: object, width: int) -> list[Sequence[Any]]:
    """Return rows as columns."""
    if not isinstance(rows, list):
        raise DecodeError("expected rows", path="$.rows")
    if not rows:
        return [()] * width
    if not all(type(row) is list for row in rows):
        raise DecodeError("expected each row as a list of cells", path="$.rows")
    try:
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    except ValueError:
        raise DecodeError("the rows differ in length", path="$.rows") from None
    if len(columns) != width:
        raise DecodeError(f"rows of {len(columns)} cells for {width} columns", path="$.rows")
    return columns


def _from_objects(rows: list[Any]) -> QueryResult:
    if not all(isinstance(row, dict) for row in rows):
        raise DecodeError("expected a list of objects, one a row")
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    values = [[row.get(key) for row in rows] for key in columns]
    types = [_seen_type(column) for column in values]
    metadata = tuple(ResultColumn(type=column_type) for column_type in types)
    return QueryResult(columns=columns, metadata=metadata, rows=Rows(types, values, len(rows)))


def _seen_type(values: Sequence[object]) -> ColumnType:
    seen = {type(value) for value in values if value is not None}
    if seen == {int}:
        return ColumnType.LONG
    return ColumnType.DOUBLE if seen and seen <= {int, float} else ColumnType.STRING
