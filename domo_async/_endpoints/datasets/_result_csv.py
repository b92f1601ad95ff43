"""Encode a result as the CSV of instances: NULL is an unquoted empty field, the empty string is ``""``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from domo_async._endpoints.datasets.result import Cell, QueryResult
from domo_async._transfer.csv.format import NULL, needs_quotes, quoted, record_of

__all__ = ["csv_of_result"]


def csv_of_result(result: QueryResult) -> bytes:
    """Return a result as CSV, with a header record."""
    rows: Iterable[Sequence[Cell]] = result.rows
    lines = [_line(result.columns), *map(_line, rows)]
    return "".join(lines).encode()


def _line(row: Sequence[Cell]) -> str:
    return record_of(map(_field, row))


def _field(cell: Cell) -> str:
    match cell:
        case None:
            return NULL
        case str():
            return quoted(cell) if needs_quotes(cell) else cell
        case float():
            return repr(cell)
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
    return str(cell)
