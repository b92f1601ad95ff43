"""A translated query, and the name under which it finds the rows."""

from __future__ import annotations

from attrs import frozen

__all__ = ["SOURCE", "Translation"]

SOURCE = "domo_source"
"""The name under which the translated query finds the dataset's rows."""


@frozen
class Translation:
    """A translated query, which is safe for DuckDB to run.

    Attributes:
        sql: The query in DuckDB's SQL, over the relation called `SOURCE`.
        names: The names of the result's columns as the user wrote them; None for a column from ``*``.
    """

    sql: str
    names: tuple[str | None, ...]
