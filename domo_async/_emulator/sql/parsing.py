"""The reading of SQL that others wrote, at a cost that grows with its length and no faster.

The parser tries one way after the other, and goes back where one leads nowhere: some texts of a hundred characters
would keep it for hours. It may go forth and back only so often for each word.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.mysql import MySQLParser

__all__ = ["LONGEST", "NotReadable", "ReadableMySQL", "parse"]

LONGEST = 1 << 20
"""The most characters that a query may have."""

_STEPS_FOR_A_WORD = 50
_STEPS = 20_000


class NotReadable(Exception):
    """A text is not SQL, or would take too long to be read as such."""


class ReadableMySQL(MySQL):
    """MySQL's grammar."""

    class Parser(MySQLParser):
        """A parser that gives up in time."""

        def reset(self) -> None:
            """Begin anew."""
            super().reset()
            self._steps = 0

        def _advance(self, times: int = 1) -> None:
            self._steps += 1
            if self._steps > _STEPS + _STEPS_FOR_A_WORD * len(self._tokens):
                raise NotReadable("it is nested too deeply")
            super()._advance(times)


def parse(sql: str, dialect: type[ReadableMySQL]) -> list[exp.Expr]:
    """Return the statements of a text.

    Raises:
        NotReadable: It is not SQL, or it is too long or nested too deeply.
    """
    if len(sql) > LONGEST:
        raise NotReadable(f"it is longer than {LONGEST} characters")
    try:
        return [statement for statement in sqlglot.parse(sql, read=dialect) if statement is not None]
    except ParseError as error:
        raise NotReadable(_problem(error)) from error
    except (SqlglotError, ValueError) as error:
        raise NotReadable("a quote or a comment is not closed") from error
    except RecursionError as error:
        raise NotReadable("it is nested too deeply") from error


def _problem(error: ParseError) -> str:
    """Say in words of SQL where a query cannot be read."""
    first = error.errors[0] if error.errors else {}
    said = str(first.get("description") or "")
    wrong = said if said and "<class" not in said and "required" not in said.lower() else "something is missing"
    near = str(first.get("highlight") or "").strip()
    where = f" at line {first.get('line')}, column {first.get('col')}" if first.get("line") else ""
    return f"{wrong}{where}" + (f", after {near}" if near else "")
