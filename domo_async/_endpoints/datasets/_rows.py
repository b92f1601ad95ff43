"""Rows that are written by hand, as uploads take them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._endpoints.datasets.result import Cell
from domo_async.errors import ConfigError

__all__ = ["rows_of_cells", "utf8"]


def utf8(text: str) -> bytes:
    """Return text as an upload takes CSV.

    Raises:
        ConfigError: It has no place in UTF-8.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("the rows hold a lone surrogate, which has no place in UTF-8") from None


def rows_of_cells(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """Return rows if that is what they are: an upload would take text for paths, for example.

    Raises:
        ConfigError: A row is no sequence of cells.
    """
    for number, row in enumerate(rows, 1):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise ConfigError(f"row {number} is a {type(row).__name__}; give each row as a list of its cells")
    return rows
