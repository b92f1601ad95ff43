"""Check rows that are given as literals, in the form that uploads take. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._endpoints.datasets.result import Cell
from domo_async.errors import ConfigError

__all__ = ["rows_of_cells", "utf8"]


def utf8(text: str) -> bytes:
    """Return text as UTF-8 CSV, in the form that uploads take.

    Raises:
        ConfigError: The text cannot be encoded as UTF-8.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigError("the rows hold a lone surrogate, which cannot be encoded as UTF-8") from None


def rows_of_cells(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """Return the rows if each is a sequence of cells; an upload would read text as a path, for example.

    Raises:
        ConfigError: They are not a list, or a row is not a sequence of cells.
    """
    if isinstance(rows, bytes) or not isinstance(rows, Sequence):
        raise ConfigError(
            f"values takes a list of rows, or text, not a {type(rows).__name__}; datasets.upload(…, action='APPEND')"
            " takes other sources"
        )
    for number, row in enumerate(rows, 1):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise ConfigError(f"row {number} is a {type(row).__name__}; give each row as a list of its cells")
    return rows
