"""Parsing of untrusted SQL, in time that is linear in its length.

The parser backtracks: some texts of a hundred characters would keep it busy for hours. The number of steps is therefore
limited for each word.
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
    """A text is not SQL, or takes too long to parse."""


class ReadableMySQL(MySQL):
    """MySQL's grammar."""

    class Parser(MySQLParser):
        """A parser with a limit on its steps."""

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
        NotReadable: The text is not SQL, or it is too long or nested too deeply.
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
    """Return a message that says where a query cannot be parsed."""
    first = error.errors[0] if error.errors else {}
    description = str(first.get("description") or "")
    wrong = (
        description
        if description and "<class" not in description and "required" not in description.lower()
        else "something is missing"
    )
    near = str(first.get("highlight") or "").strip()
    where = f" at line {first.get('line')}, column {first.get('col')}" if first.get("line") else ""
    return f"{wrong}{where}" + (f", after {near}" if near else "")
