"""The information schema: datasets and columns as tables that SQL can ask about, read only as far as it does."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, TypeAlias

from attrs import frozen
from sqlglot import exp

from domo_async._dbapi.catalog import Catalog, Table
from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._dbapi.statements import INFORMATION_SCHEMA, SCHEMA, Show
from domo_async.models import Column

__all__ = ["Content", "contents_for", "select_for"]

# The types of SQL for those of Domo.
_SQL_TYPES = {
    "STRING": "text",
    "LONG": "bigint",
    "DOUBLE": "double",
    "DECIMAL": "decimal",
    "DATE": "date",
    "DATETIME": "datetime",
}
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

Rows: TypeAlias = list[tuple[Any, ...]]


@frozen
class Content:
    """A table of the information schema.

    Attributes:
        names: Its columns.
        rows: Its rows; of datasets that a query does not ask for, there may be none.
    """

    names: tuple[str, ...]
    rows: Rows


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


async def contents_for(tree: exp.Expr, catalog: Catalog) -> dict[str, Content]:
    """Return what a query reads of the information schema, by table.

    Raises:
        NotSupportedError: It asks for the columns of all datasets.
        ProgrammingError: It asks for a table that does not exist, or by a name that several datasets have.
    """
    return {name: await _content(name, tree, catalog) for name in _read_by(tree)}


def _read_by(tree: exp.Expr) -> list[str]:
    """Return the tables of the information schema that a query reads."""
    names = {table.name.upper() for table in tree.find_all(exp.Table) if table.db.lower() == INFORMATION_SCHEMA}
    for name in names:
        if name not in {"SCHEMATA", "TABLES", "COLUMNS", *_EMPTY}:
            raise ProgrammingError(f"{INFORMATION_SCHEMA} has no table {name}")
    return sorted(names)


async def _content(name: str, tree: exp.Expr, catalog: Catalog) -> Content:
    if name == "SCHEMATA":
        names = ("CATALOG_NAME", "SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME")
        return Content(names, [(_CATALOG, SCHEMA, "utf8mb4"), (_CATALOG, INFORMATION_SCHEMA, "utf8mb4")])
    if name in _EMPTY:
        return Content(_EMPTY[name], [])
    asked = _asked(tree, name)
    if name == "TABLES":
        tables = await (catalog.all() if asked is None else catalog.some(asked))
        return Content(_TABLES, [_table_row(table) for table in tables])
    if asked is None:
        raise NotSupportedError(
            f"say whose columns: {INFORMATION_SCHEMA}.COLUMNS needs a condition such as TABLE_NAME = '…' or"
            " TABLE_NAME IN (…), as the columns of each dataset take a request"
        )
    tables = await catalog.some(asked)
    columns = await asyncio.gather(*(catalog.columns(table.dataset.id) for table in tables))
    return Content(
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
    sql_type = _SQL_TYPES.get(column.type, column.type.lower())
    return (
        *(_CATALOG, SCHEMA, table.name, column.name, position, None, "YES", sql_type, sql_type),
        *("", "", ""),
    )


def _stamp(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(" ", "seconds")
