"""A result as CSV, as instances give it: NULL is an unquoted empty field, the empty string is ``""``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from domo_async._endpoints.datasets.result import Cell, QueryResult

__all__ = ["csv_of_result"]

_NEEDS_QUOTES = re.compile(r'[",\r\n]')


def csv_of_result(result: QueryResult) -> bytes:
    """Return a result as CSV, below a record of the columns' names."""
    rows: Iterable[Sequence[Cell]] = result.rows
    lines = [_line(result.columns), *map(_line, rows)]
    return "".join(lines).encode()


def _line(row: Sequence[Cell]) -> str:
    return ",".join(map(_field, row)) + "\n"


def _field(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return '"' + cell.replace('"', '""') + '"' if not cell or _NEEDS_QUOTES.search(cell) else cell
        case float():
            return repr(cell)
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
    return str(cell)
