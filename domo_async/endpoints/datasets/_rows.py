"""Rows that are written by hand, as uploads take them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domo_async.endpoints.datasets.result import Cell
from domo_async.errors import ConfigError

__all__ = ["csv_of_text", "rows_of_cells"]

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


def rows_of_cells(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """Return rows if that is what they are: an upload would take text for paths, for example.

    Raises:
        ConfigError: A row is no sequence of cells.
    """
    for number, row in enumerate(rows, 1):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise ConfigError(f"row {number} is a {type(row).__name__}; give each row as a list of its cells")
    return rows


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("the rows hold a lone surrogate, which has no place in UTF-8") from None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
