"""The translation of Domo's SQL, which is much like MySQL's, to DuckDB's.

Only harmless queries are accepted: one SELECT over the dataset itself. Other tables, table functions,
settings, variables, functions and constructs that the translation does not know are refused before DuckDB sees them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.parsers.mysql import MySQLParser

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql import functions
from domo_async._emulator.sql.macros import unfolded_size
from domo_async._emulator.sql.parsing import NotReadable, ReadableMySQL, parse
from domo_async._emulator.sql.scopes import rewrite
from domo_async._emulator.sql.translation import SOURCE, Translation

__all__ = ["translate"]

_PERMITTED = "domo_permitted"
_CTE_PREFIX = "domo_cte_"
_LARGEST = (1 << 63) - 1
_TABLE_NAMES = frozenset({"table", "dataset", "dataset0"})
_SPECIAL_FORMS = (
    *("CAST", "CEIL", "CHAR", "CONVERT", "EXTRACT", "FLOOR", "GROUP_CONCAT", "POSITION", "SUBSTR", "SUBSTRING", "TRIM"),
)


# The most parts of a query after DuckDB's expansion; DuckDB takes milliseconds for a thousand of them.
_MOST_PARTS, _FACTOR = 50_000, 10


class _Domo(ReadableMySQL):
    """MySQL's grammar, with function calls kept as they are written."""

    class Parser(ReadableMySQL.Parser):
        """See there."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: MySQLParser.FUNCTION_PARSERS[name] for name in _SPECIAL_FORMS
        }


def translate(
    sql: str, dataset_id: str, *, columns: Mapping[str, str], name: str | None, only: str | None
) -> Translation:
    """Translate a query over one dataset; see the function of the package."""
    try:
        return _translate(_parse(sql), dataset_id, columns, name=name, only=only)
    except RecursionError as error:
        raise HTTPError(400, "The SQL is nested too deeply") from error


def _translate(
    query: exp.Query, dataset_id: str, columns: Mapping[str, str], *, name: str | None, only: str | None
) -> Translation:
    _simplify(query)
    defined = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    _check(query, {*_TABLE_NAMES, dataset_id.lower(), *([name.lower()] if name else []), *defined})
    names = tuple(map(_written_name, query.selects))
    rewrite(query, columns)
    _rewrite_tables(query, defined, SOURCE if only is None else _PERMITTED)
    written, unfolded = unfolded_size(query)
    if unfolded > _MOST_PARTS + _FACTOR * written:
        raise HTTPError(400, "The SQL is nested too deeply: its nested functions expand to too large a query")
    translated = query.sql(dialect="duckdb", identify=True, comments=False)
    if only is not None:
        permitted = f"SELECT * FROM {SOURCE} WHERE {only}"  # noqa: S608 - a name and a condition of our own
        translated = f"WITH {_PERMITTED} AS NOT MATERIALIZED ({permitted}) SELECT * FROM ({translated})"  # noqa: S608 - as above
    return Translation(translated, names)


def _parse(sql: str) -> exp.Query:
    try:
        parsed = parse(sql, _Domo)
    except NotReadable as error:
        raise HTTPError(400, f"Cannot parse the SQL: {error}") from error
    # A comment may follow the last semicolon.
    statements = [statement for statement in parsed if not isinstance(statement, exp.Semicolon)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise HTTPError(400, "Exactly one SELECT statement is allowed")
    return statements[0]


def _check(query: exp.Query, tables: Collection[str]) -> None:
    for node in query.walk():
        if isinstance(node, exp.Table):
            _check_table(node, tables)
        elif isinstance(node, exp.With) and node.recursive:
            raise HTTPError(400, "WITH RECURSIVE is not allowed")
        if not functions.is_known(node):
            if isinstance(node, exp.Func):
                raise HTTPError(400, f"Unknown function: {_written(node).partition('(')[0]}")
            raise HTTPError(400, f"Not allowed in a query: {_written(node)}")


def _check_table(table: exp.Table, tables: Collection[str]) -> None:
    plain = isinstance(table.this, exp.Identifier) and not table.db and not table.catalog
    if not plain or table.name.lower() not in tables:
        raise HTTPError(400, f"Unknown table: {_written(table)}")


def _written(node: exp.Expr) -> str:
    return node.sql(dialect="mysql", comments=False, normalize_functions=False)


def _written_name(projection: exp.Expr) -> str | None:
    if isinstance(projection, (exp.Alias, exp.Column, exp.Literal, exp.Star)):
        return None if projection.is_star else projection.alias_or_name
    return _written(projection)


def _rewrite_tables(query: exp.Query, defined: Collection[str], source: str) -> None:
    for cte in query.find_all(exp.CTE):
        # With a prefix, a name that is out of scope cannot match one of DuckDB's own tables.
        cte.args["alias"].set("this", _quoted(_CTE_PREFIX + cte.alias.lower()))
    for table in query.find_all(exp.Table):
        name = table.name
        if not table.alias:
            # Columns may be qualified with the name that the user wrote.
            table.set("alias", exp.TableAlias(this=_quoted(name)))
        table.set("this", _quoted(_CTE_PREFIX + name.lower() if name.lower() in defined else source))


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _simplify(query: exp.Query) -> None:
    """Replace MySQL's alternative forms with the usual ones of the same meaning."""
    for node in list(query.walk()):
        match node:
            case exp.Select():
                node.set("hint", None)
                _without_dual(node)
                _with_rollup(node)
                _with_having(node)
                if not node.expressions:
                    raise HTTPError(400, "Cannot parse the SQL: a SELECT without columns")
            case exp.Concat():
                node.replace(_adjacent(node))
            case exp.Limit() | exp.Offset():
                _within_64_bits(node.expression)
            case exp.Collate() if node.expression.name.lower().endswith("_bin"):
                # COLLATE …_bin is dropped, as texts are compared by their characters anyway.
                node.replace(node.this)
            case exp.Add() if isinstance(node.left, exp.Interval) and isinstance(node.right, exp.Interval):
                if node.right.args.get("unit") is None:
                    # The parser reads INTERVAL 1 DAY + '2024-01-01' as a sum of intervals.
                    node.set("expression", node.right.this)


def _adjacent(node: exp.Concat) -> exp.Expr:
    """Return adjacent literal texts as one text, and several values of GROUP_CONCAT as a CONCAT."""
    if all(isinstance(each, exp.Literal) for each in node.expressions):
        return exp.Literal.string("".join(each.name for each in node.expressions))
    return exp.Anonymous(this="CONCAT", expressions=node.expressions)


def _within_64_bits(number: exp.Expr) -> None:
    if isinstance(number, exp.Literal) and number.name.isdigit() and int(number.name) > _LARGEST:
        number.replace(exp.Literal.number(_LARGEST))


def _without_dual(select: exp.Select) -> None:
    table = select.args["from_"].this if select.args.get("from_") else None
    if (
        isinstance(table, exp.Table)
        and table.name.lower() == "dual"
        and not table.alias
        and not select.args.get("joins")
    ):
        select.set("from_", None)


def _with_rollup(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is not None and [exp.Rollup()] == group.args.get("rollup"):
        positions = select.expressions
        keys = [
            positions[int(key.name) - 1].unalias().copy()
            if isinstance(key, exp.Literal) and key.name.isdigit() and 0 < int(key.name) <= len(positions)
            else key
            for key in group.expressions
        ]
        group.set("rollup", [exp.Rollup(expressions=keys)])
        group.set("expressions", [])


def _with_having(select: exp.Select) -> None:
    """Convert HAVING without groups to WHERE; it may name the columns that the SELECT defines."""
    having = select.args.get("having")
    if having is None or select.args.get("group") or _is_aggregated([*select.expressions, having]):
        return
    named = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias)}
    for column in list(having.find_all(exp.Column)):
        if not column.table and column.name.lower() in named:
            column.replace(exp.Paren(this=named[column.name.lower()].copy()))
    select.set("having", None)
    select.where(having.this, copy=False)


def _is_aggregated(nodes: Iterable[exp.Expr]) -> bool:
    return any(
        functions.is_aggregate(found) and not isinstance(found.parent, exp.Window)
        for node in nodes
        for found in node.find_all(exp.Anonymous, exp.GroupConcat)
    )
