"""Rows to CSV as uploads take it: NULL is an unquoted empty field, the empty string is ``""``. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from domo_async.endpoints.datasets.result import Cell
from domo_async.errors import ConfigError

__all__ = ["csv_of_rows", "csv_of_text"]

_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_NO_DELIMITERS = frozenset('"\r\n')


def csv_of_text(text: str, delimiter: str) -> bytes:
    """Return rows that are written one a line with any delimiter as CSV with commas.

    Args:
        text: The rows. Fields may be quoted; what is quoted stays so.
        delimiter: A single character.

    Raises:
        ConfigError: `delimiter` cannot be one.
    """
    if len(delimiter) != 1 or delimiter in _NO_DELIMITERS:
        raise ConfigError(f"a delimiter is a single character, not a quote or line end: {delimiter!r}")
    # What is no CSV is left as it is, for the upload to say where.
    return _utf8(text if delimiter == "," else "".join(_with_commas(text, delimiter)))


def _with_commas(text: str, delimiter: str) -> Iterator[str]:
    mark = re.escape(delimiter)
    for found in re.finditer(rf'("(?:[^"]|"")*")|({mark})|([\r\n]+)|([^{mark}\r\n]+)', text):
        quoted, between, ends, plain = found.groups()
        if between:
            yield ","
        else:
            yield quoted or ends or (_quoted(plain) if "," in plain and '"' not in plain else plain)


def csv_of_rows(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return rows of cells as CSV.

    Raises:
        ConfigError: A row is no sequence of cells, or a cell has no place in a dataset.
    """
    return _utf8("".join(map(_line, range(1, len(rows) + 1), rows)))


def _line(number: int, row: Sequence[Cell]) -> str:
    if isinstance(row, str | bytes) or not isinstance(row, Sequence):
        raise ConfigError(f"row {number} is a {type(row).__name__}; give each row as a list of its cells")
    try:
        return ",".join(map(_field, row)) + "\n"
    except ConfigError as error:
        raise ConfigError(f"in row {number}: {error}") from None


def _field(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            raise ConfigError("Domo has no booleans; give 1 and 0, or text")
        case str():
            return _quoted(cell) if not cell or _NEEDS_QUOTES.search(cell) else cell
        case int():
            return str(cell)
        case float() if math.isfinite(cell):
            return repr(cell)
        case Decimal() if cell.is_finite():
            return format(cell, "f")
        case datetime() if cell.tzinfo is not None:
            raise ConfigError(f"Domo's DATETIME has no zone; give {cell!r} without one, in the zone you mean")
        case date():
            return cell.isoformat()
    raise ConfigError(f"{cell!r} has no place in a dataset")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("the rows hold a lone surrogate, which has no place in UTF-8") from None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
