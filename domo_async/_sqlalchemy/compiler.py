"""Statements of SQLAlchemy as SQL of Domo, which is much like MySQL's."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.mysql.base import MySQLCompiler
from sqlalchemy.sql.selectable import GenerativeSelect

__all__ = ["DomoCompiler"]

_ALL_ROWS = (1 << 63) - 1


class DomoCompiler(MySQLCompiler):
    """The compiler of statements."""

    def limit_clause(self, select: GenerativeSelect, **kw: Any) -> str:
        """Return LIMIT and OFFSET in the form that other statements of this library have, too."""
        limit, offset = select._limit_clause, select._offset_clause  # noqa: SLF001 - as other dialects read them
        if limit is None and offset is None:
            return ""
        text = f"\n LIMIT {_ALL_ROWS if limit is None else self.process(limit, **kw)}"
        return text if offset is None else f"{text} OFFSET {self.process(offset, **kw)}"
