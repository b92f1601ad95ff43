"""The information schema: datasets and columns as tables that SQL can ask about, read only as far as it does."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeGuard

from attrs import frozen
from sqlglot import exp

from domo_async._dbapi.catalog import Catalog, Table
from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._dbapi.statements import INFORMATION_SCHEMA, SCHEMA, Show
from domo_async._transfer.reading.sql_text import quoted_text
from domo_async._version import __version__
from domo_async.models import Column

__all__ = ["DECLARED", "VERSION", "Content", "contents_for", "select_for", "variables"]

# The types of SQL for those of Domo.
_SQL_TYPES = {
    "STRING": "text",
    "LONG": "bigint",
    "DOUBLE": "double",
    "DECIMAL": "decimal",
    "DATE": "date",
    "DATETIME": "datetime",
}
# The columns that MySQL's have. What is not known of datasets is NULL.
_SCHEMATA = ("CATALOG_NAME", "SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME", "SQL_PATH")
_TABLES = (
    *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ENGINE", "VERSION", "ROW_FORMAT", "TABLE_ROWS"),
    *("AVG_ROW_LENGTH", "DATA_LENGTH", "MAX_DATA_LENGTH", "INDEX_LENGTH", "DATA_FREE", "AUTO_INCREMENT"),
    *("CREATE_TIME", "UPDATE_TIME", "CHECK_TIME", "TABLE_COLLATION", "CHECKSUM", "CREATE_OPTIONS", "TABLE_COMMENT"),
    "DATASET_ID",
)
_COLUMNS = (
    *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT"),
    *("IS_NULLABLE", "DATA_TYPE", "CHARACTER_MAXIMUM_LENGTH", "CHARACTER_OCTET_LENGTH", "NUMERIC_PRECISION"),
    *("NUMERIC_SCALE", "DATETIME_PRECISION", "CHARACTER_SET_NAME", "COLLATION_NAME", "COLUMN_TYPE", "COLUMN_KEY"),
    *("EXTRA", "PRIVILEGES", "COLUMN_COMMENT", "GENERATION_EXPRESSION"),
)
# Datasets have no keys, routines or triggers; those that Domo calls views are read as all others are.
_EMPTY = {
    "VIEWS": (
        *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "VIEW_DEFINITION", "CHECK_OPTION", "IS_UPDATABLE"),
        *("DEFINER", "SECURITY_TYPE"),
    ),
    "TABLE_CONSTRAINTS": (
        *("CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_SCHEMA", "TABLE_NAME"),
        "CONSTRAINT_TYPE",
    ),
    "CHECK_CONSTRAINTS": ("CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "CHECK_CLAUSE"),
    "KEY_COLUMN_USAGE": (
        *("CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_CATALOG", "TABLE_SCHEMA"),
        *("TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "POSITION_IN_UNIQUE_CONSTRAINT"),
        *("REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME", "REFERENCED_COLUMN_NAME"),
    ),
    "REFERENTIAL_CONSTRAINTS": (
        *("CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "UNIQUE_CONSTRAINT_SCHEMA"),
        *("UNIQUE_CONSTRAINT_NAME", "MATCH_OPTION", "UPDATE_RULE", "DELETE_RULE", "TABLE_NAME"),
        "REFERENCED_TABLE_NAME",
    ),
    "STATISTICS": (
        *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "NON_UNIQUE", "INDEX_SCHEMA", "INDEX_NAME", "SEQ_IN_INDEX"),
        *("COLUMN_NAME", "COLLATION", "CARDINALITY", "SUB_PART", "PACKED", "NULLABLE", "INDEX_TYPE", "COMMENT"),
    ),
    "PARTITIONS": ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "PARTITION_NAME", "PARTITION_METHOD", "TABLE_ROWS"),
    "ROUTINES": (
        *("SPECIFIC_NAME", "ROUTINE_CATALOG", "ROUTINE_SCHEMA", "ROUTINE_NAME", "ROUTINE_TYPE", "DATA_TYPE"),
        *("ROUTINE_DEFINITION", "CREATED", "LAST_ALTERED", "ROUTINE_COMMENT", "DEFINER"),
    ),
    "PARAMETERS": (
        *("SPECIFIC_CATALOG", "SPECIFIC_SCHEMA", "SPECIFIC_NAME", "ORDINAL_POSITION", "PARAMETER_MODE"),
        *("PARAMETER_NAME", "DATA_TYPE", "ROUTINE_TYPE"),
    ),
    "TRIGGERS": (
        *("TRIGGER_CATALOG", "TRIGGER_SCHEMA", "TRIGGER_NAME", "EVENT_MANIPULATION", "EVENT_OBJECT_SCHEMA"),
        *("EVENT_OBJECT_TABLE", "ACTION_STATEMENT", "ACTION_TIMING", "CREATED", "DEFINER"),
    ),
    "EVENTS": ("EVENT_CATALOG", "EVENT_SCHEMA", "EVENT_NAME", "EVENT_TYPE", "STATUS", "DEFINER", "EVENT_COMMENT"),
}
DECLARED = {
    **dict.fromkeys(("CREATE_TIME", "UPDATE_TIME"), "ISO_DATETIME"),
    **dict.fromkeys(("TABLE_ROWS", "ORDINAL_POSITION", "NUMERIC_PRECISION", "NUMERIC_SCALE"), "INTEGER"),
}
"""The types of columns that do not hold texts."""


def _aliases(**names: str) -> str:
    return ", ".join(f"{column} AS `{alias}`" for alias, column in names.items())


_FIELD = {"Field": "COLUMN_NAME", "Type": "COLUMN_TYPE"}
_KEY = {"Null": "IS_NULLABLE", "Key": "COLUMN_KEY", "Default": "COLUMN_DEFAULT", "Extra": "EXTRA"}
_ROUTINES = _aliases(Db="ROUTINE_SCHEMA", Name="ROUTINE_NAME", Type="ROUTINE_TYPE", Comment="ROUTINE_COMMENT")
# What each SHOW asks of the information schema: the columns, the table, and what LIKE compares.
_SHOWN = {
    "DATABASES": (_aliases(Database="SCHEMA_NAME"), "SCHEMATA", "SCHEMA_NAME"),
    "TABLES": (f"TABLE_NAME AS Tables_in_{SCHEMA}", "TABLES", "TABLE_NAME"),
    "FULL TABLES": (f"TABLE_NAME AS Tables_in_{SCHEMA}, TABLE_TYPE AS Table_type", "TABLES", "TABLE_NAME"),
    "TABLE STATUS": (
        _aliases(
            Name="TABLE_NAME",
            Engine="ENGINE",
            Version="VERSION",
            Row_format="ROW_FORMAT",
            Rows="TABLE_ROWS",
            Avg_row_length="AVG_ROW_LENGTH",
            Data_length="DATA_LENGTH",
            Max_data_length="MAX_DATA_LENGTH",
            Index_length="INDEX_LENGTH",
            Data_free="DATA_FREE",
            Auto_increment="AUTO_INCREMENT",
            Create_time="CREATE_TIME",
            Update_time="UPDATE_TIME",
            Check_time="CHECK_TIME",
            Collation="TABLE_COLLATION",
            Checksum="CHECKSUM",
            Create_options="CREATE_OPTIONS",
            Comment="TABLE_COMMENT",
        ),
        "TABLES",
        "TABLE_NAME",
    ),
    "COLUMNS": (_aliases(**_FIELD, **_KEY), "COLUMNS", "COLUMN_NAME"),
    "FULL COLUMNS": (
        _aliases(**_FIELD, Collation="COLLATION_NAME", **_KEY, Privileges="PRIVILEGES", Comment="COLUMN_COMMENT"),
        "COLUMNS",
        "COLUMN_NAME",
    ),
    "INDEX": (
        _aliases(
            Table="TABLE_NAME",
            Non_unique="NON_UNIQUE",
            Key_name="INDEX_NAME",
            Seq_in_index="SEQ_IN_INDEX",
            Column_name="COLUMN_NAME",
            Collation="COLLATION",
            Cardinality="CARDINALITY",
            Sub_part="SUB_PART",
            Packed="PACKED",
            Null="NULLABLE",
            Index_type="INDEX_TYPE",
            Comment="COMMENT",
        ),
        "STATISTICS",
        "INDEX_NAME",
    ),
    "TRIGGERS": (
        _aliases(
            Trigger="TRIGGER_NAME",
            Event="EVENT_MANIPULATION",
            Table="EVENT_OBJECT_TABLE",
            Statement="ACTION_STATEMENT",
            Timing="ACTION_TIMING",
            Created="CREATED",
        ),
        "TRIGGERS",
        "EVENT_OBJECT_TABLE",
    ),
    "EVENTS": (_aliases(Db="EVENT_SCHEMA", Name="EVENT_NAME", Status="STATUS"), "EVENTS", "EVENT_NAME"),
    **dict.fromkeys(("PROCEDURE STATUS", "FUNCTION STATUS"), (_ROUTINES, "ROUTINES", "ROUTINE_NAME")),
    "VARIABLES": (
        _aliases(Variable_name="VARIABLE_NAME", Value="VARIABLE_VALUE"),
        "SESSION_VARIABLES",
        "VARIABLE_NAME",
    ),
    # There are none, as what goes wrong is raised.
    **dict.fromkeys(("WARNINGS", "ERRORS"), (_aliases(Level="''", Code="0", Message="''"), "EVENTS", "EVENT_NAME")),
}
_CATALOG = "def"
_NAMED = {"TABLE_CATALOG": _CATALOG, "TABLE_SCHEMA": SCHEMA}
VERSION = f"domo-async {__version__}"
"""The value of ``version()``: Domo tells no version of its SQL."""

_WILDCARD = re.compile(r"[%_\\]")

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


def variables(catalog: Catalog) -> dict[str, str]:
    """Return the variables of a connection, such as ``version``, as SHOW VARIABLES lists them."""
    texts = ("client", "connection", "results")
    return {
        **{f"character_set_{name}": "utf8mb4" for name in texts},
        "autocommit": "ON",
        "transaction_read_only": "ON",
        "version": VERSION,
        "version_comment": catalog.domo.origin,
    }


def select_for(show: Show) -> str:
    """Return the query on the information schema that a SHOW or DESCRIBE stands for.

    Raises:
        NotSupportedError: What it lists is not known here.
    """
    subject = f"FULL {show.subject}" if show.full else show.subject
    if subject not in _SHOWN:
        raise NotSupportedError(
            f"SHOW {subject} is not supported; SHOW lists {', '.join(_SHOWN)}, and queries on {INFORMATION_SCHEMA}"
            " work, too"
        )
    columns, source, name = _SHOWN[subject]
    conditions = [f"TABLE_NAME = {quoted_text(show.target)}"] if show.target is not None else []
    conditions += [f"{name} LIKE {quoted_text(show.like)}"] if show.like is not None else []
    condition = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    listed = f"SELECT {columns} FROM {INFORMATION_SCHEMA}.{source}{condition}"  # noqa: S608 - made of quoted texts
    return listed if show.where is None else f"SELECT * FROM ({listed}) AS listed WHERE {show.where}"  # noqa: S608 - the caller's own


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
        if name not in {"SCHEMATA", "TABLES", "COLUMNS", "SESSION_VARIABLES", *_EMPTY}:
            raise ProgrammingError(f"{INFORMATION_SCHEMA} has no table {name}")
    return sorted(names)


async def _content(name: str, tree: exp.Expr, catalog: Catalog) -> Content:
    if name == "SCHEMATA":
        return Content(_SCHEMATA, [(_CATALOG, each, "utf8mb4", None, None) for each in (SCHEMA, INFORMATION_SCHEMA)])
    if name == "SESSION_VARIABLES":
        return Content(("VARIABLE_NAME", "VARIABLE_VALUE"), sorted(variables(catalog).items()))
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
    qualifiers = _of_the_same_name(table.alias_or_name.lower(), select, where.this)
    for condition in _conjuncts(where.this):
        if table.name.upper() == "TABLES" and condition.find(exp.Like):
            continue  # tables keep their own names, which may differ from the pattern in case
        name, values = _compared(condition)
        if _is_table_name(name) and name.table.lower() in qualifiers:
            texts = [each.name for each in values if isinstance(each, exp.Literal) and each.is_string]
            if len(texts) == len(values):
                return texts
    return None


def _of_the_same_name(alias: str, select: exp.Select, where: exp.Expr) -> set[str]:
    """Return what may qualify TABLE_NAME and mean that of a table: also those of tables that are joined by it."""
    joins: list[exp.Join] = select.args.get("joins") or []
    if not joins:
        return {alias, ""}
    first = select.args["from_"].this.alias_or_name.lower()
    by_using = [
        join for join in joins if any(each.name.upper() == "TABLE_NAME" for each in join.args.get("using") or [])
    ]
    pairs = [("", first), *(("", join.this.alias_or_name.lower()) for join in by_using)]
    for condition in [*_conjuncts(where), *(each for join in joins for each in _conjuncts(join.args.get("on")))]:
        left, right = (condition.left, condition.right) if isinstance(condition, exp.EQ) else (None, None)
        if _is_table_name(left) and _is_table_name(right):
            pairs.append((left.table.lower(), right.table.lower()))
    same = {alias}
    for _ in pairs:
        same |= {each for pair in pairs if same & {*pair} for each in pair}
    return same


def _is_table_name(side: exp.Expr | None) -> TypeGuard[exp.Column]:
    return isinstance(side, exp.Column) and side.name.upper() == "TABLE_NAME"


def _conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """Return what all has to hold for a condition to hold."""
    if condition is None:
        return []
    return [each.unnest() for each in condition.flatten()] if isinstance(condition, exp.And) else [condition.unnest()]


def _compared(condition: exp.Expr) -> tuple[exp.Column | None, list[exp.Expr]]:
    """Return the column of a condition such as ``a = 'x'``, ``a IN ('x', 'y')`` or both with OR, and the values."""
    match condition:
        case exp.Or():
            found = [_compared(each.unnest()) for each in condition.flatten()]
            columns = {"" if column is None else column.sql().upper() for column, _ in found}
            return found[0][0] if len(columns) == 1 else None, [value for _, values in found for value in values]
        case exp.EQ():
            sides = [condition.left, condition.right]
            column = next((each for each in sides if isinstance(each, exp.Column)), None)
            return column, [each for each in sides if each is not column]
        case exp.In() if isinstance(condition.this, exp.Column) and condition.expressions:
            return condition.this, condition.expressions
        case exp.Like() if isinstance(condition.this, exp.Column) and not _WILDCARD.search(condition.expression.name):
            return condition.this, [condition.expression]
        case exp.Escape():
            return _compared(condition.this)
    return None, []


def _table_row(table: Table) -> tuple[Any, ...]:
    dataset = table.dataset
    known = {
        **_NAMED,
        "TABLE_NAME": table.name,
        "TABLE_TYPE": "BASE TABLE",
        "TABLE_ROWS": dataset.row_count,
        "CREATE_TIME": _stamp(dataset.created),
        "UPDATE_TIME": _stamp(dataset.last_updated),
        "CREATE_OPTIONS": "",
        "TABLE_COMMENT": dataset.description or "",
        "DATASET_ID": dataset.id,
    }
    return tuple(map(known.get, _TABLES))


def _column_row(table: Table, column: Column, position: int) -> tuple[Any, ...]:
    sql_type = _SQL_TYPES.get(column.type, column.type.lower())
    known = {
        **_NAMED,
        "TABLE_NAME": table.name,
        "COLUMN_NAME": column.name,
        "ORDINAL_POSITION": position,
        "IS_NULLABLE": "YES",
        "CHARACTER_SET_NAME": "utf8mb4" if sql_type == "text" else None,
        **dict.fromkeys(("DATA_TYPE", "COLUMN_TYPE"), sql_type),
        **dict.fromkeys(("COLUMN_KEY", "EXTRA", "COLUMN_COMMENT", "GENERATION_EXPRESSION"), ""),
        "PRIVILEGES": "select",
    }
    return tuple(map(known.get, _COLUMNS))


def _stamp(moment: datetime | None) -> str | None:
    """Return a moment as DATETIME, which has no zone: in UTC."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
