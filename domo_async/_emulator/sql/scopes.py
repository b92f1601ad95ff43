"""The rewriting of a query from the inside out, with the type of each column known at each use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import Factory, define
from sqlglot import exp

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql import functions
from domo_async._emulator.sql.coercion import NUMERIC, Type, of_domo, type_of, typed, wide, widest

__all__ = ["rewrite"]

Columns = Mapping[str, Type | None]

_LARGEST = 20_000


@define
class _Scope:
    """The names that a SELECT can use.

    Attributes:
        sources: The columns of its tables, by the tables' names.
        outer: The scope of the enclosing query.
        named: The columns that it selects itself, by name.
    """

    sources: dict[str, Columns] = Factory(dict)
    outer: _Scope | None = None
    named: dict[str, Type | None] = Factory(dict)

    def type_of(self, column: exp.Column) -> Type | None:
        """Return the type of a column; None if it is not known."""
        name, table = column.name.lower(), column.table.lower()
        sources = [self.sources[table]] if table in self.sources else [] if table else list(self.sources.values())
        for source in sources:
            if name in source:
                return source[name]
        if not table and name in self.named:
            return self.named[name]
        return self.outer.type_of(column) if self.outer else None


def rewrite(query: exp.Query, columns: Mapping[str, str]) -> None:
    """Translate a query from MySQL's constructs to DuckDB's, in place.

    Args:
        query: The query, all of whose constructs must be known.
        columns: The dataset's columns and their types.

    Raises:
        HTTPError: 400, if something cannot be expressed in DuckDB's SQL.
    """
    _rewrite(query, {}, {name.lower(): of_domo(type_) for name, type_ in columns.items()}, None)
    if query.find(exp.Interval) is not None:
        raise HTTPError(400, "An INTERVAL can only be added to a date or subtracted from it")


def _rewrite(
    query: exp.Query, defined: Mapping[str, Columns], dataset: Columns, outer: _Scope | None
) -> dict[str, Type | None]:
    """Rewrite a query; return the columns of its result."""
    defined = dict(defined)
    for cte in query.args["with_"].expressions if query.args.get("with_") else []:
        defined[cte.alias.lower()] = _renamed(cte, _rewrite(cte.this, defined, dataset, outer))
    if isinstance(query, exp.SetOperation):
        left = _rewrite(query.left, defined, dataset, outer)
        right = _rewrite(query.right, defined, dataset, outer)
        columns = dict(zip(left, map(_either, left.values(), right.values()), strict=False))
        scope = _Scope(outer=outer, named=columns)
        _rewrite_inside(query, ("order", "limit", "offset"), scope, defined, dataset)
        return columns
    if isinstance(query, exp.Subquery):
        columns = _rewrite(query.this, defined, dataset, outer)
        scope = _Scope(outer=outer, named=columns)
        _rewrite_inside(query, ("order", "limit", "offset"), scope, defined, dataset)
        return columns
    scope = _Scope(outer=outer)
    for table in _tables(query):
        name = table.alias_or_name.lower()
        if isinstance(table, exp.Table):
            scope.sources[name] = _renamed(table, defined.get(table.name.lower(), dataset))
        elif isinstance(table, exp.Query):
            scope.sources[name] = _renamed(table, _rewrite(table, defined, dataset, outer))
    _rewrite_inside(query, ("expressions", "joins", "where", "windows"), scope, defined, dataset)
    for selected in query.selects:
        value = selected.unalias()
        if isinstance(value, exp.Literal):
            value.replace(wide(value.copy()))
    scope.named = dict(_selected(query, scope))
    _rewrite_inside(query, ("group", "having", "order", "distinct", "limit", "offset"), scope, defined, dataset)
    return dict(_selected(query, scope))


def _either(one: Type | None, other: Type | None) -> Type | None:
    """Return the type of a column in the union of two queries."""
    if one is other or other is Type.NULL:
        return one
    if one is Type.NULL:
        return other
    return widest((one, other)) if one in NUMERIC and other in NUMERIC else None


def _tables(select: exp.Expr) -> Iterator[exp.Expr]:
    if select.args.get("from_"):
        yield select.args["from_"].this
    for join in select.args.get("joins") or []:
        yield join.this


def _renamed(source: exp.Expr, columns: Columns) -> Columns:
    """Return a table's columns by the names that an alias such as ``t(a, b)`` gives them."""
    alias = source.args.get("alias")
    names = [each.name.lower() for each in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return dict(zip([*names, *list(columns)[len(names) :]], columns.values(), strict=False))


def _selected(query: exp.Query, scope: _Scope) -> Iterator[tuple[str, Type | None]]:
    for number, each in enumerate(query.selects):
        if each.is_star:
            table = each.table.lower() if isinstance(each, exp.Column) else ""
            for name, source in scope.sources.items():
                if table in ("", name):
                    yield from source.items()
        else:
            yield each.alias_or_name.lower() or f" {number}", type_of(each)


def _rewrite_inside(
    query: exp.Expr, clauses: tuple[str, ...], scope: _Scope, defined: Mapping[str, Columns], dataset: Columns
) -> None:
    """Rewrite the expressions in some clauses of a query, innermost first."""
    tables = {id(table) for table in _tables(query)} if isinstance(query, exp.Select) else set()
    for clause in clauses:
        held = query.args.get(clause)
        for root in held if isinstance(held, list) else [held]:
            if not isinstance(root, exp.Expr):
                continue
            for node in reversed(list(root.walk(bfs=False, prune=lambda node: isinstance(node, exp.Query)))):
                if id(node) in tables or isinstance(node.parent, exp.Table):
                    continue
                if isinstance(node, exp.Query):
                    columns = _rewrite(node, defined, dataset, scope)
                    typed(node, next(iter(columns.values()), None))
                elif isinstance(node, exp.Column):
                    typed(node, scope.type_of(node))
                else:
                    new = functions.rewritten(node)
                    if new is not node or isinstance(node, exp.Case):
                        if any(size >= _LARGEST for size, _ in enumerate(new.walk())):
                            # Some rules copy an argument to several places, and the copies grow with each level.
                            raise HTTPError(
                                400, "The SQL is nested too deeply: its nested functions expand to too large a query"
                            )
                        node.replace(new)
