"""Domo's SQL: `translate` converts it to DuckDB's, and `Macros` add functions that DuckDB lacks.

The SQL parser is imported on first use, as its import takes longer than that of the rest of the emulator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from domo_async._emulator.sql.macros import Macros
from domo_async._emulator.sql.translation import SOURCE, Translation

__all__ = [
    "SOURCE",
    "Macros",
    "Translation",
    "identifier",
    "literal",
    "quoted_name",
    "quoted_text",
    "translate",
    "unknown_column",
]


_UNKNOWN_COLUMN = re.compile(r'(?:Referenced column|column named) "((?:[^"]|"")*)"')


def translate(
    sql: str,
    dataset_id: str,
    *,
    columns: Mapping[str, str],
    name: str | None = None,
    only: str | None = None,
) -> Translation:
    """Translate a query over one dataset.

    Args:
        sql: The user's SQL. The dataset may be called ``table``, ``dataset``, ``dataset0``, by its id or by its
            name, the last two in backticks if they are not plain words.
        dataset_id: The dataset's id.
        columns: The dataset's columns and their Domo types.
        name: The dataset's name.
        only: The condition, in DuckDB's SQL, on the rows that may be seen; None for all.

    Raises:
        HTTPError: 400, if `sql` is not a single SELECT over that dataset.
    """
    from domo_async._emulator.sql import translating  # noqa: PLC0415 - slow

    return translating.translate(sql, dataset_id, columns=columns, name=name, only=only)


def quoted_name(name: str) -> str:
    """Return the name of a column in Domo's SQL."""
    return "`" + name.replace("`", "``") + "`"


def quoted_text(text: str) -> str:
    """Return a text in Domo's SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def literal(text: str) -> str:
    """Return `text` as a string in DuckDB's SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return `name` as an identifier in DuckDB's SQL."""
    return '"' + name.replace('"', '""') + '"'


def unknown_column(message: str) -> str | None:
    """Return the unknown column that DuckDB's error `message` names; None if the error is another one."""
    match = _UNKNOWN_COLUMN.search(message)
    return match[1].replace('""', '"') if match else None
