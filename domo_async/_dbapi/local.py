"""What is answered without a dataset: constants, and descriptions of the datasets as an information schema.

The answers are true or they are refused. SQLite evaluates them, in memory and over nothing but these descriptions; what
it may read otherwise than MySQL does is refused, too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from attrs import frozen
from sqlglot import exp
from sqlglot.errors import SqlglotError

from domo_async._dbapi.catalog import Catalog, Table
from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._dbapi.statements import INFORMATION_SCHEMA, SCHEMA, Show, tree_of
from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.reading.sql_text import quoted_name
from domo_async._version import __version__
from domo_async.models import Column

__all__ = ["SQL_TYPES", "VERSION", "Answer", "evaluate", "select_for"]

VERSION = f"domo-async {__version__}"
"""What ``version()`` gives: Domo tells no version of its SQL."""
SQL_TYPES = {
    "STRING": "text",
    "LONG": "bigint",
    "DOUBLE": "double",
    "DECIMAL": "decimal",
    "DATE": "date",
    "DATETIME": "datetime",
}
"""The types of SQL for those of Domo."""

_SAME = (
    *(exp.And, exp.Or, exp.Case, exp.Cast, exp.Coalesce, exp.If, exp.Lower, exp.Upper, exp.Length, exp.Concat),
    *(exp.Count, exp.Min, exp.Max, exp.Sum),
)
_DIFFERENT = (exp.Div, exp.IntDiv, exp.Mod, exp.Parameter, exp.Collate, exp.Interval, exp.Dot, exp.Values)
_TABLES = (
    *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "TABLE_ROWS", "CREATE_TIME", "UPDATE_TIME"),
    *("TABLE_COMMENT", "DATASET_ID"),
)
_COLUMNS = (
    *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT"),
    *("IS_NULLABLE", "DATA_TYPE", "COLUMN_TYPE", "COLUMN_KEY", "EXTRA", "COLUMN_COMMENT"),
)
# Datasets have no keys, routines or triggers; those that Domo calls views are read as all others are.
_EMPTY = {
    "VIEWS": ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "VIEW_DEFINITION"),
    "TABLE_CONSTRAINTS": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_SCHEMA", "TABLE_NAME", "CONSTRAINT_TYPE"),
    "KEY_COLUMN_USAGE": (
        *("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION"),
        *("REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME", "REFERENCED_COLUMN_NAME"),
    ),
    "REFERENTIAL_CONSTRAINTS": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_NAME", "REFERENCED_TABLE_NAME"),
    "STATISTICS": ("TABLE_SCHEMA", "TABLE_NAME", "NON_UNIQUE", "INDEX_NAME", "SEQ_IN_INDEX", "COLUMN_NAME"),
    "ROUTINES": ("ROUTINE_SCHEMA", "ROUTINE_NAME", "ROUTINE_TYPE"),
    "TRIGGERS": ("TRIGGER_SCHEMA", "TRIGGER_NAME", "EVENT_OBJECT_TABLE"),
}
_CATALOG = "def"

Rows = list[tuple[Any, ...]]


@frozen
class Answer:
    """A result that was made here.

    Attributes:
        columns: Its columns.
        rows: Its rows.
    """

    columns: tuple[ColumnSpec, ...]
    rows: Rows


async def evaluate(sql: str, catalog: Catalog) -> Answer:
    """Return the result of a SELECT that reads no dataset, or only the information schema.

    Raises:
        NotSupportedError: It cannot be answered truly.
        ProgrammingError: It is wrong, or asks for a table or column that the information schema does not have.
    """
    tree = tree_of(sql)
    tree = await _with_constants(tree, catalog)
    _check(tree)
    for source in list(tree.find_all(exp.From)):
        if isinstance(source.this, exp.Table) and source.this.name.lower() == "dual" and source.parent is not None:
            source.parent.set("from_", None)
    for like in list(tree.find_all(exp.Like)):
        if not isinstance(like.parent, exp.Escape):
            # A backslash escapes in MySQL's patterns, if nothing else is said.
            like.replace(exp.Escape(this=like.copy(), expression=exp.Literal.string("\\")))
    contents = {name: await _content(name, tree, catalog) for name in _read_by(tree)}
    try:
        written = tree.sql(dialect="sqlite")
    except SqlglotError as error:
        raise NotSupportedError(f"this cannot be answered without a dataset: {error}") from None
    return await asyncio.to_thread(_run, written, contents)


def select_for(show: Show) -> str:
    """Return the query on the information schema that a SHOW or DESCRIBE stands for."""
    if show.subject == "DATABASES":
        columns, source, name = "SCHEMA_NAME AS `Database`", "SCHEMATA", "SCHEMA_NAME"
    elif show.subject == "TABLES":
        type_ = ", TABLE_TYPE AS Table_type" if show.full else ""
        columns, source, name = f"TABLE_NAME AS Tables_in_{SCHEMA}{type_}", "TABLES", "TABLE_NAME"
    else:
        columns = (
            "COLUMN_NAME AS `Field`, COLUMN_TYPE AS `Type`, IS_NULLABLE AS `Null`, COLUMN_KEY AS `Key`,"
            " COLUMN_DEFAULT AS `Default`, EXTRA AS `Extra`"
        )
        source, name = "COLUMNS", "COLUMN_NAME"
    conditions = [f"TABLE_NAME = {_text(show.target)}"] if show.target is not None else []
    conditions += [f"{name} LIKE {_text(show.like)}"] if show.like is not None else []
    condition = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    listed = f"SELECT {columns} FROM {INFORMATION_SCHEMA}.{source}{condition}"  # noqa: S608 - made of quoted texts
    return listed if show.where is None else f"SELECT * FROM ({listed}) AS listed WHERE {show.where}"  # noqa: S608 - the caller's own


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


async def _with_constants(tree: exp.Expr, catalog: Catalog) -> exp.Expr:
    """Replace functions and variables that describe the connection with their values."""
    for node in list(tree.find_all(exp.Func, exp.SessionParameter)):
        if isinstance(node.parent, exp.Dot):
            continue
        written = node.sql(dialect="mysql")
        value = await _constant(written.upper().removesuffix("()"), catalog)
        if value is not None:
            literal = exp.Literal.string(value)
            top = node.parent_select is node.parent and node.arg_key == "expressions"
            node.replace(exp.alias_(literal, written, quoted=True) if top else literal)
    return tree


async def _constant(name: str, catalog: Catalog) -> str | None:
    match name:
        case "VERSION" | "@@VERSION" | "@@GLOBAL.VERSION":
            return VERSION
        case "@@VERSION_COMMENT" | "@@GLOBAL.VERSION_COMMENT":
            return catalog.domo.origin
        case "SCHEMA" | "CURRENT_DATABASE":
            return SCHEMA
        case "USER" | "CURRENT_USER" | "SESSION_USER" | "SYSTEM_USER":
            me = await catalog.domo.users.me()
            return me.email_address or str(me.id)
        case _:
            return None


def _check(tree: exp.Expr) -> None:
    for node in tree.walk():
        what = None
        if isinstance(node, exp.SessionParameter):
            what = f"the variable {node.sql(dialect='mysql')}"
        elif isinstance(node, exp.Func) and not isinstance(node, _SAME):
            what = f"the function {node.sql(dialect='mysql').partition('(')[0]}"
        elif isinstance(node, _DIFFERENT) or (
            isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier)
        ):
            what = repr(node.sql(dialect="mysql"))
        elif isinstance(node, exp.With) and node.recursive:
            what = "WITH RECURSIVE"
        if what is not None:
            raise NotSupportedError(
                f"{what} is not supported in a query that reads no dataset: name one with FROM, whose rows Domo then"
                " evaluates it for"
            )


def _read_by(tree: exp.Expr) -> list[str]:
    """Return the tables of the information schema that a query reads."""
    names = {table.name.upper() for table in tree.find_all(exp.Table) if table.db.lower() == INFORMATION_SCHEMA}
    for name in names:
        if name not in {"SCHEMATA", "TABLES", "COLUMNS", *_EMPTY}:
            raise ProgrammingError(f"{INFORMATION_SCHEMA} has no table {name}")
    return sorted(names)


@frozen
class _Content:
    names: tuple[str, ...]
    rows: Rows


async def _content(name: str, tree: exp.Expr, catalog: Catalog) -> _Content:
    if name == "SCHEMATA":
        names = ("CATALOG_NAME", "SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME")
        return _Content(names, [(_CATALOG, SCHEMA, "utf8mb4"), (_CATALOG, INFORMATION_SCHEMA, "utf8mb4")])
    if name in _EMPTY:
        return _Content(_EMPTY[name], [])
    asked = _asked(tree, name)
    if name == "TABLES":
        tables = await (catalog.all() if asked is None else catalog.some(asked))
        return _Content(_TABLES, [_table_row(table) for table in tables])
    if asked is None:
        raise NotSupportedError(
            f"say whose columns: {INFORMATION_SCHEMA}.COLUMNS needs a condition such as TABLE_NAME = '…' or"
            " TABLE_NAME IN (…), as the columns of each dataset take a request"
        )
    tables = await catalog.some(asked)
    columns = await asyncio.gather(*(catalog.columns(table.dataset.id) for table in tables))
    return _Content(
        _COLUMNS,
        [
            _column_row(table, column, position)
            for table, found in zip(tables, columns, strict=True)
            for position, column in enumerate(found, 1)
        ],
    )


def _asked(tree: exp.Expr, source: str) -> list[str] | None:
    """Return the names of datasets that conditions leave of a table, wherever it is read; None if they do not say."""
    found: list[str] = []
    for table in tree.find_all(exp.Table):
        if table.db.lower() != INFORMATION_SCHEMA or table.name.upper() != source:
            continue
        names = _names_left(table)
        if names is None:
            return None
        found += names
    return list(dict.fromkeys(found))


def _names_left(table: exp.Table) -> list[str] | None:
    """Return the names that the conditions of its SELECT leave of a table; only what every row has to meet counts."""
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None else None
    if select is None or where is None:
        return None
    alone = not select.args.get("joins")
    for condition in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        name, values = _compared(condition.unnest())
        qualifiers = {table.alias_or_name.lower(), *([""] if alone else [])}
        if name is not None and name.name.upper() == "TABLE_NAME" and name.table.lower() in qualifiers:
            texts = [each.name for each in values if isinstance(each, exp.Literal) and each.is_string]
            if len(texts) == len(values):
                return texts
    return None


def _compared(condition: exp.Expr) -> tuple[exp.Column | None, list[exp.Expr]]:
    """Return the column of a condition such as ``a = 'x'`` or ``a IN ('x', 'y')``, and the values."""
    if isinstance(condition, exp.EQ):
        sides = [condition.left, condition.right]
        column = next((each for each in sides if isinstance(each, exp.Column)), None)
        return column, [each for each in sides if each is not column]
    if isinstance(condition, exp.In) and isinstance(condition.this, exp.Column) and condition.expressions:
        return condition.this, condition.expressions
    return None, []


def _table_row(table: Table) -> tuple[Any, ...]:
    dataset = table.dataset
    return (
        *(_CATALOG, SCHEMA, table.name, "BASE TABLE", dataset.row_count, _stamp(dataset.created)),
        *(_stamp(dataset.last_updated), dataset.description or "", dataset.id),
    )


def _column_row(table: Table, column: Column, position: int) -> tuple[Any, ...]:
    sql_type = SQL_TYPES.get(column.type, column.type.lower())
    return (
        *(_CATALOG, SCHEMA, table.name, column.name, position, None, "YES", sql_type, sql_type),
        *("", "", ""),
    )


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(" ", "seconds")


def _run(sql: str, contents: dict[str, _Content]) -> Answer:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"ATTACH ':memory:' AS {INFORMATION_SCHEMA}")
        for name, content in contents.items():
            names = ", ".join(map(quoted_name, content.names))
            connection.execute(f"CREATE TABLE {INFORMATION_SCHEMA}.{name} ({names})")
            marks = ", ".join("?" * len(content.names))
            connection.executemany(f"INSERT INTO {INFORMATION_SCHEMA}.{name} VALUES ({marks})", content.rows)  # noqa: S608 - names of our own
        try:
            cursor = connection.execute(sql)
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise ProgrammingError(f"this cannot be answered without a dataset: {error}") from None
    labels = [each[0] for each in cursor.description]
    types = [_type_of([row[index] for row in rows]) for index in range(len(labels))]
    columns = tuple(ColumnSpec(name, type_) for name, type_ in zip(labels, types, strict=True))
    return Answer(columns, [tuple(map(_as, row, types)) for row in rows])


def _type_of(values: Sequence[object]) -> ColumnType:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return ColumnType.LONG
    return ColumnType.DOUBLE if kinds and kinds <= {int, float} else ColumnType.STRING


def _as(value: Any, type_: ColumnType) -> object:
    if value is None:
        return None
    converters: dict[ColumnType, Callable[[Any], object]] = {ColumnType.DOUBLE: float, ColumnType.STRING: str}
    return converters.get(type_, int)(value)
