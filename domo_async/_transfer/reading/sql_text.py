"""A tokenizer of SQL: texts, names, comments and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from domo_async.errors import ConfigError

__all__ = [
    "OwnLimit",
    "Token",
    "has_limit",
    "is_ordered",
    "limit_of",
    "limited",
    "quoted_name",
    "quoted_text",
    "select",
    "tokens",
]

_TokenType = Literal["text", "name", "comment", "word", "other"]
_TOKEN = re.compile(
    r"""
    (?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    |(?P<name>`(?:[^`]|``)*`)
    |(?P<comment>--(?=\s|\Z)[^\n]*|\#[^\n]*|/\*.*?\*/)
    |(?P<word>[\w$]+)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LIMIT = re.compile(
    r"limit\s+(?:(?P<first>\d{1,18})\s*,\s*)?(?P<count>\d{1,18})(?:\s+offset\s+(?P<offset>\d{1,18}))?",
    re.IGNORECASE | re.ASCII,
)
_CLOSERS = {"'": "a text", '"': "a text", "`": "a name", "/*": "a comment"}


class Token(NamedTuple):
    """A piece of SQL.

    Attributes:
        type: Its type; each character of blanks and operators is ``other``.
        text: Its text.
        start: The position at which it begins.
    """

    type: _TokenType
    text: str
    start: int


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens of SQL, which together make up all of it.

    Raises:
        ConfigError: A text, a name or a comment is never closed.
    """
    for found in _TOKEN.finditer(sql):
        category: _TokenType = found.lastgroup  # type: ignore[assignment]
        opened = sql[found.start() : found.start() + 2]
        if category == "other" and (found[0] in _CLOSERS or opened == "/*"):
            what = _CLOSERS.get(found[0]) or _CLOSERS[opened]
            raise ConfigError(f"in the SQL {what} that begins with {sql[found.start() :][:20]!r} is never closed")
        yield Token(category, found[0], found.start())


def select(columns: Sequence[str] | None = None, where: str | None = None) -> str:
    """Return a SELECT of all rows or those that meet a condition, and of all columns or some.

    Raises:
        ConfigError: `columns` is empty or is not a list of names.
    """
    if columns is not None and (isinstance(columns, str) or not columns):
        raise ConfigError("pass columns as a list of at least one name, or omit it for all columns")
    names = "*" if columns is None else ", ".join(map(quoted_name, columns))
    condition = "" if where is None else f" WHERE {where}"
    return f"SELECT {names} FROM table{condition}"  # noqa: S608 - names are quoted, the condition is the caller's own


def quoted_name(name: str) -> str:
    """Return a column's name, quoted for SQL."""
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{name!r} is not a column's name")
    return "`" + name.replace("`", "``") + "`"


def quoted_text(text: str) -> str:
    """Return a text in Domo's SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def has_limit(sql: str) -> bool:
    """Return whether the query as a whole, and not only one within it, has a LIMIT."""
    return _limit(sql) is not None


class OwnLimit(NamedTuple):
    """The LIMIT that a query has.

    Attributes:
        rows: The most rows.
        offset: The number of rows before them.
    """

    rows: int
    offset: int = 0


def limit_of(sql: str) -> OwnLimit | None:
    """Return the LIMIT of the query as a whole; None if it has none.

    Raises:
        ConfigError: It does not consist of numbers.
    """
    position = _limit(sql)
    if position is None:
        return None
    found = _LIMIT.fullmatch(_body(sql[position:]))
    if found is None:
        raise ConfigError("write LIMIT with numbers, such as LIMIT 10 OFFSET 20")
    if found["first"] is not None:
        return OwnLimit(int(found["count"]), int(found["first"]))
    return OwnLimit(int(found["count"]), int(found["offset"] or 0))


def is_ordered(sql: str) -> bool:
    """Return whether the query as a whole has an ORDER BY."""
    words = [token.text.lower() for token in _outermost(sql)]
    return any(pair == ("order", "by") for pair in pairwise(words))


def limited(sql: str, limit: int, offset: int = 0) -> str:
    """Return the query with LIMIT and OFFSET; an existing LIMIT is replaced.

    Raises:
        ConfigError: The SQL is not exactly one statement.
    """
    clause = f"LIMIT {limit}" + (f" OFFSET {offset}" if offset else "")
    position = _limit(sql)
    return f"{_body(sql if position is None else sql[:position])} {clause}"


def _limit(sql: str) -> int | None:
    return next((token.start for token in reversed(list(_outermost(sql))) if token.text.lower() == "limit"), None)


def _outermost(sql: str) -> Iterator[Token]:
    """Yield the words outside of all parentheses."""
    depth = 0
    for token in tokens(sql):
        if token.type == "other":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        elif token.type == "word" and not depth:
            yield token


def _body(sql: str) -> str:
    """Return a query without comments and without a trailing semicolon."""
    kept = "".join(" " if token.type == "comment" else token.text for token in tokens(sql)).strip().rstrip(";").strip()
    if not kept or any(token.text == ";" for token in tokens(kept)):
        raise ConfigError("pass exactly one SELECT")
    return kept
