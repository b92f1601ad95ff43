"""Domo's SQL, which is much like MySQL's, made into DuckDB's.

Only what is known to be harmless passes: one SELECT over the dataset itself. Other tables, table functions,
settings, variables and functions that the translation does not know are refused before DuckDB sees them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import sqlglot
from attrs import frozen
from sqlglot import exp
from sqlglot.errors import SqlglotError

from domo_async.emulator.errors import Refusal

SOURCE = "domo_source"
"""The name under which the translated query finds the dataset's rows."""

MACROS = (
    "CREATE MACRO domo_weekday(d) AS isodow(CAST(d AS DATE)) - 1",
    "CREATE MACRO domo_dayofweek(d) AS dayofweek(CAST(d AS DATE)) + 1",
    "CREATE MACRO domo_unix_timestamp(t) AS CAST(epoch(CAST(t AS TIMESTAMP)) AS BIGINT)",
    "CREATE MACRO domo_now() AS CAST(now() AS TIMESTAMP)",
    (
        "CREATE MACRO substring_index(s, d, n) AS array_to_string("
        "CASE WHEN n > 0 THEN string_split(s, d)[:n] ELSE string_split(s, d)[n:] END, d)"
    ),
)
"""What MySQL's functions do where DuckDB has none, or one of the same name that does something else."""

_CTE_PREFIX = "domo_cte_"
_TABLE_NAMES = frozenset({"table", "dataset", "dataset0"})
_UNKNOWN_COLUMN = re.compile(r'(?:Referenced column|column named) "((?:[^"]|"")*)"')

_RENAMED = {
    "WEEKDAY": "domo_weekday",
    "UNIX_TIMESTAMP": "domo_unix_timestamp",
    "NOW": "domo_now",
    "SYSDATE": "domo_now",
    "MID": "substr",
    "APPROXIMATE_COUNT_DISTINCT": "approx_count_distinct",
}
# Functions that sqlglot has no node for, under names that mean the same in DuckDB.
_KNOWN = {"ACOS", "ASIN", "ATAN", "ATAN2", "COS", "COT", "DEGREES", "LTRIM", "MICROSECOND", "PI", "POWER"} | {
    *("RADIANS", "REVERSE", "RTRIM", "SIN", "SQRT", "TAN")
}
_DATE_ARITHMETIC: dict[str, type[exp.DateAdd | exp.DateSub]] = {"ADDDATE": exp.DateAdd, "SUBDATE": exp.DateSub}
_TRANSLATED = _RENAMED.keys() | _DATE_ARITHMETIC.keys() | _KNOWN
_FORBIDDEN = (
    exp.Parameter,
    exp.SessionParameter,
    exp.Placeholder,
    exp.Into,
    exp.Lock,
    exp.Lateral,
    exp.Unnest,
)


@frozen
class Translation:
    """A query that DuckDB may run.

    Attributes:
        sql: The query in DuckDB's SQL, over the relation called `SOURCE`.
        names: The names of the result's columns as the user wrote them, None for a column out of ``*``.
    """

    sql: str
    names: tuple[str | None, ...]


def translate(sql: str, dataset_id: str) -> Translation:
    """Translate a query over one dataset.

    Args:
        sql: What the user wrote. The dataset may be called ``table``, ``dataset``, ``dataset0`` or by its id
            in backticks.
        dataset_id: The dataset's id.

    Raises:
        Refusal: 400, if `sql` is anything but one SELECT over that dataset.
    """
    query = _parse(sql)
    defined = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    _check(query, {*_TABLE_NAMES, dataset_id.lower(), *defined})
    names = tuple(map(_written_name, query.selects))
    _rewrite_tables(query, defined)
    _rewrite_functions(query)
    return Translation(query.sql(dialect="duckdb"), names)


def unknown_column(message: str) -> str | None:
    """Return the column that DuckDB complains about in `message`, if that is what it complains about."""
    match = _UNKNOWN_COLUMN.search(message)
    return match[1].replace('""', '"') if match else None


def _parse(sql: str) -> exp.Query:
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="mysql") if statement is not None]
    except (SqlglotError, RecursionError) as error:
        raise Refusal(400, f"Cannot parse the SQL: {_first_line(error)}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Refusal(400, "Exactly one SELECT statement is allowed")
    return statements[0]


def _check(query: exp.Query, tables: Collection[str]) -> None:
    for node in query.walk():
        if isinstance(node, _FORBIDDEN):
            raise Refusal(400, f"Not allowed in a query: {node.sql(dialect='mysql')}")
        if isinstance(node, exp.Table):
            _check_table(node, tables)
        elif isinstance(node, exp.Anonymous) and node.name.upper() not in _TRANSLATED:
            raise Refusal(400, f"Unknown function: {node.name}")


def _check_table(table: exp.Table, tables: Collection[str]) -> None:
    plain = isinstance(table.this, exp.Identifier) and not table.db and not table.catalog
    if not plain or table.name.lower() not in tables:
        raise Refusal(400, f"Unknown table: {table.sql(dialect='mysql')}")


def _written_name(projection: exp.Expr) -> str | None:
    if isinstance(projection, (exp.Alias, exp.Column, exp.Literal, exp.Star)):
        return None if projection.is_star else projection.alias_or_name
    return projection.sql(dialect="mysql")


def _rewrite_tables(query: exp.Query, defined: Collection[str]) -> None:
    for cte in query.find_all(exp.CTE):
        # A prefix keeps a name that is out of scope from reaching a table of DuckDB's own.
        cte.args["alias"].set("this", _quoted(_CTE_PREFIX + cte.alias.lower()))
    for table in query.find_all(exp.Table):
        name = table.name
        if not table.alias:
            # Columns may be qualified with the name that the user wrote.
            table.set("alias", exp.TableAlias(this=_quoted(name)))
        table.set("this", _quoted(_CTE_PREFIX + name.lower() if name.lower() in defined else SOURCE))


def _rewrite_functions(query: exp.Query) -> None:
    for node in list(query.find_all(exp.DayOfWeek)):
        node.replace(exp.Anonymous(this="domo_dayofweek", expressions=[node.this]))
    for function in list(query.find_all(exp.Anonymous)):
        name = function.name.upper()
        if name in _DATE_ARITHMETIC:
            function.replace(_date_arithmetic(_DATE_ARITHMETIC[name], function))
        else:
            function.set("this", _RENAMED.get(name, name))


def _date_arithmetic(kind: type[exp.DateAdd | exp.DateSub], function: exp.Anonymous) -> exp.Expr:
    if len(function.expressions) != 2:
        raise Refusal(400, f"{function.name} takes two arguments")
    date, amount = function.expressions
    if isinstance(amount, exp.Interval):
        return kind(this=date, expression=amount.this, unit=amount.unit)
    return kind(this=date, expression=amount, unit=exp.var("DAY"))


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _first_line(error: BaseException) -> str:
    plain = re.sub(r"\x1b\[\d*m", "", str(error))
    return plain.splitlines()[0] if plain else type(error).__name__
