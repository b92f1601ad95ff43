"""Statements that are answered without a dataset: constants, and queries on the information schema.

The answers are true, or they are refused. SQLite evaluates them, in memory and over nothing but what was looked up for
them; expressions that it would evaluate otherwise than MySQL are refused, too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from attrs import evolve, frozen
from sqlglot import exp
from sqlglot.errors import SqlglotError

from domo_async._dbapi.catalog import Catalog
from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._dbapi.information_schema import DECLARED, VERSION, Content, contents_for, variables
from domo_async._dbapi.statements import INFORMATION_SCHEMA, SCHEMA, tree_of
from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.reading.sql_text import quoted_name, tokens

__all__ = ["Answer", "evaluate"]

_SAME = (
    *(exp.And, exp.Or, exp.Case, exp.Coalesce, exp.If, exp.Lower, exp.Upper, exp.Concat),
    *(exp.Count, exp.Min, exp.Max, exp.Sum),
)
_DIFFERENT = (
    *(exp.Div, exp.IntDiv, exp.Mod, exp.Parameter, exp.Collate, exp.Interval, exp.Dot, exp.Values, exp.HexString),
    *(exp.BitString, exp.BitwiseNot, exp.BitwiseXor, exp.BitwiseLeftShift, exp.BitwiseRightShift),
)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
# What may follow the columns of a SELECT.
_AFTER = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT"})
_TEXTS = frozenset({exp.DType.CHAR, exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.NCHAR, exp.DType.NVARCHAR})
_LARGEST = 1 << 63
sqlite3.register_converter("ISO_DATETIME", lambda text: datetime.fromisoformat(text.decode()))


@frozen
class Answer:
    """A result that was made here.

    Attributes:
        columns: Its columns.
        rows: Its rows, with DECIMAL as text.
    """

    columns: tuple[ColumnSpec, ...]
    rows: list[tuple[Any, ...]]


async def evaluate(sql: str, catalog: Catalog) -> Answer:
    """Return the result of a SELECT that reads no dataset, or only the information schema.

    Raises:
        NotSupportedError: It cannot be answered truly.
        ProgrammingError: It is wrong, or asks for a table or column that the information schema does not have.
    """
    tree = tree_of(sql)
    names = _names(sql, tree)
    await _insert_constants(tree, catalog)
    exact = _write_decimals(tree)
    _check(tree)
    _rewrite(tree)
    contents = await contents_for(tree, catalog)
    try:
        written = tree.sql(dialect="sqlite")
    except SqlglotError as error:
        raise NotSupportedError(f"this cannot be answered without a dataset: {error}") from None
    answer = await asyncio.to_thread(_run, written, contents, exact)
    columns = [evolve(column, name=names.get(index, column.name)) for index, column in enumerate(answer.columns)]
    return evolve(answer, columns=tuple(columns))


def _names(sql: str, tree: exp.Expr) -> dict[int, str]:
    """Return the names of columns that are calculated and have no alias, by position: MySQL calls them as written."""
    selects = tree.selects if isinstance(tree, exp.Query) else []
    written = _written_columns(sql)
    if len(written) != len(selects):
        return {}
    return {
        index: value.name if isinstance(value, exp.Literal) and value.is_string else text
        for index, (value, text) in enumerate(zip(selects, written, strict=True))
        if not isinstance(value, exp.Alias | exp.Column | exp.Star)
    }


def _written_columns(sql: str) -> list[str]:
    """Return the texts of the columns of the first SELECT outside of parentheses."""
    found, depth, begun = [""], 0, False
    for token in tokens(sql):
        word = token.text.upper() if token.type == "word" and not depth else ""
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if not begun:
            begun = word == "SELECT"
        elif word in _AFTER:
            break
        elif token.text == "," and not depth:
            found.append("")
        elif token.type != "comment" and word not in {"DISTINCT", "ALL"}:
            found[-1] += token.text
    return [text.strip() for text in found] if begun else []


async def _insert_constants(tree: exp.Expr, catalog: Catalog) -> None:
    """Replace functions and variables that describe the connection with their values."""
    for node in list(tree.find_all(exp.Func, exp.SessionParameter)):
        if isinstance(node.parent, exp.Dot):
            continue
        written = node.sql(dialect="mysql", comments=False)
        value = await _constant(written.upper().removesuffix("()"), catalog)
        if value is not None:
            _replace(node, exp.Literal.number(1) if value == "ON" else exp.Literal.string(value), written)


def _replace(node: exp.Expr, new: exp.Expr, written: str) -> None:
    """Replace a part of a query; a column of its result keeps its name, which is its text."""
    is_column = node.parent_select is node.parent and node.arg_key == "expressions"
    node.replace(exp.alias_(new, written, quoted=True) if is_column else new)


async def _constant(name: str, catalog: Catalog) -> str | None:
    if name.startswith("@@"):
        return variables(catalog).get(name.lower().removeprefix("@@").removeprefix("global.").removeprefix("session."))
    match name:
        case "VERSION":
            return VERSION
        case "SCHEMA" | "CURRENT_DATABASE":
            return SCHEMA
        case "USER" | "CURRENT_USER" | "SESSION_USER" | "SYSTEM_USER":
            me = await catalog.domo.users.me()
            return me.email_address or str(me.id)
        case _:
            return None


def _write_decimals(tree: exp.Expr) -> frozenset[int]:
    """Replace constants with a point by texts, as SQLite has no decimals; return which columns they are."""
    found = set()
    for index, column in enumerate(tree.selects if isinstance(tree, exp.Select) else ()):
        value = column.unalias()
        number = value.this if isinstance(value, exp.Neg) else value
        if isinstance(number, exp.Literal) and _is_decimal(number):
            written = value.sql(dialect="mysql", comments=False)
            _replace(value, exp.Literal.string(written), written)
            found.add(index)
    return frozenset(found)


def _is_decimal(literal: exp.Literal) -> bool:
    if literal.is_string or "e" in literal.name.lower():
        return False
    return "." in literal.name or int(literal.name) >= _LARGEST


def _check(tree: exp.Expr) -> None:
    for node in tree.walk():
        what = _difference(node)
        if what is not None:
            raise NotSupportedError(
                f"{what} is not supported in a query that reads no dataset: name one with FROM, whose rows Domo then"
                " evaluates it for"
            )


def _difference(node: exp.Expr) -> str | None:
    """Return what of a query SQLite does not evaluate as MySQL does, if it is that."""
    match node:
        case exp.SessionParameter():
            return f"the variable {node.sql(dialect='mysql', comments=False)}"
        case exp.Cast() if node.to.this in _TEXTS:
            return None
        case exp.Func() if not isinstance(node, (*_SAME, exp.Cast)):
            return f"the function {node.sql(dialect='mysql', comments=False).partition('(')[0]}"
        case exp.With() if node.recursive:
            return "WITH RECURSIVE"
        case exp.Literal() if _is_decimal(node):
            return f"to calculate with {node.name}"
        case exp.Predicate() if isinstance(node, _COMPARISONS) and len(_kinds(node)) > 1:
            return f"to compare a text with a number, as in {node.sql(dialect='mysql', comments=False)},"
        case exp.Table() if isinstance(node.this, exp.Identifier):
            return None
        case exp.Table() | exp.Cast():
            return repr(node.sql(dialect="mysql", comments=False))
    return repr(node.sql(dialect="mysql", comments=False)) if isinstance(node, _DIFFERENT) else None


def _kinds(comparison: exp.Expr) -> set[bool]:
    """Return whether the constants that are compared are texts."""
    return {each.is_string for each in comparison.iter_expressions() if isinstance(each, exp.Literal)}


def _rewrite(tree: exp.Expr) -> None:
    """Write what MySQL means without saying it."""
    for source in list(tree.find_all(exp.From)):
        if isinstance(source.this, exp.Table) and source.this.name.lower() == "dual" and source.parent is not None:
            source.parent.set("from_", None)
    for like in list(tree.find_all(exp.Like)):
        if not isinstance(like.parent, exp.Escape):
            like.replace(exp.Escape(this=like.copy(), expression=exp.Literal.string("\\")))
    for cast in list(tree.find_all(exp.Cast)):
        if cast.to.expressions:
            # CHAR(3) has the first three characters.
            length = exp.Literal.number(cast.to.expressions[0].name)
            start = exp.Literal.number(1)
            text = exp.cast(cast.this.copy(), "TEXT")
            _replace(
                cast, exp.Substring(this=text, start=start, length=length), cast.sql(dialect="mysql", comments=False)
            )


def _run(sql: str, contents: Mapping[str, Content], exact: Collection[int]) -> Answer:
    with closing(sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)) as connection:
        # Its own change the letters of ASCII alone.
        connection.create_function("LOWER", 1, _of_text(str.lower), deterministic=True)
        connection.create_function("UPPER", 1, _of_text(str.upper), deterministic=True)
        connection.execute(f"ATTACH ':memory:' AS {INFORMATION_SCHEMA}")
        for name, content in contents.items():
            names = ", ".join(f"{quoted_name(column)} {DECLARED.get(column, '')}" for column in content.names)
            connection.execute(f"CREATE TABLE {INFORMATION_SCHEMA}.{name} ({names})")
            marks = ", ".join("?" * len(content.names))
            connection.executemany(f"INSERT INTO {INFORMATION_SCHEMA}.{name} VALUES ({marks})", content.rows)  # noqa: S608 - names of our own
        try:
            cursor = connection.execute(sql)
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as error:
            raise ProgrammingError(f"this cannot be answered without a dataset: {error}") from None
    labels = [each[0] for each in cursor.description]
    types = [
        ColumnType.DECIMAL if index in exact else _type_of([row[index] for row in rows]) for index in range(len(labels))
    ]
    columns = tuple(ColumnSpec(name, type_) for name, type_ in zip(labels, types, strict=True))
    return Answer(columns, [tuple(map(_as, row, types)) for row in rows])


def _of_text(change: Callable[[str], str]) -> Callable[[object], str | None]:
    return lambda value: None if value is None else change(str(value))


def _type_of(values: Sequence[object]) -> ColumnType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return ColumnType.LONG
    if kinds == {datetime}:
        return ColumnType.DATETIME
    return ColumnType.DOUBLE if kinds and kinds <= {int, float} else ColumnType.STRING


def _as(value: Any, type_: ColumnType) -> object:
    if value is None or type_ == ColumnType.DATETIME:
        return value
    converters: dict[ColumnType, Callable[[Any], object]] = {ColumnType.LONG: int, ColumnType.DOUBLE: float}
    return converters.get(type_, str)(value)
