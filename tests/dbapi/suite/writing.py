"""The dialect, with the statements that fill tables done by the client: SQLAlchemy's tests make their own data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from domo_async import dbapi
from domo_async._sqlalchemy.dialect import DomoDialect
from domo_async.sync import Domo

__all__ = ["WritingDialect"]

_LONGS = ("INT", "BIGINT", "SMALLINT", "BOOLEAN", "TINYINT")
_TYPES = {"FLOAT": "DOUBLE", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL", "DATE": "DATE", "DATETIME": "DATETIME"}


class WritingDialect(DomoDialect):
    """See the module."""

    supports_statement_cache = True

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute a statement, or do what it says."""
        if context is not None and (context.isddl or context.isinsert or context.isdelete):
            _write(cursor, statement, [parameters])
        else:
            cursor.execute(statement, parameters)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, _: Any = None) -> None:
        """Do what a statement says, for each set of values."""
        _write(cursor, statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """Do the same without values."""
        self.do_execute(cursor, statement, (), context)


def _write(cursor: dbapi.Cursor, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
    domo, tree = cursor.connection.domo, sqlglot.parse_one(statement, read="mysql")
    table = tree.find(exp.Table)
    assert table is not None, statement
    match tree:
        case exp.Create() if isinstance(tree.this, exp.Schema):
            columns = [each for each in tree.this.expressions if isinstance(each, exp.ColumnDef)]
            domo.datasets.create(table.name, {each.name: _type(each.args["kind"].this.name) for each in columns})
        case exp.Drop():
            domo.datasets.delete(_id(domo, table.name))
        case exp.Delete():
            columns_before = domo.datasets.schemas.latest(_id(domo, table.name)).columns
            domo.datasets.delete(_id(domo, table.name))
            domo.datasets.create(table.name, columns_before)
        case exp.Insert():
            _insert(domo, table.name, tree, parameters)
        case _:
            cursor.execute(statement)  # which is refused


def _insert(domo: Domo, table: str, tree: exp.Insert, parameters: Iterable[Sequence[Any]]) -> None:
    columns = [column.name for column in domo.datasets.schemas.latest(_id(domo, table)).columns]
    named = [each.name for each in tree.this.expressions] if isinstance(tree.this, exp.Schema) else columns
    rows: list[dict[str, Any]] = []
    for given in parameters:
        values = iter(given)
        for written in tree.expression.expressions:
            cells = [
                next(values) if isinstance(cell, exp.Placeholder) else _constant(cell) for cell in written.expressions
            ]
            rows.append(dict.fromkeys(columns) | dict(zip(named, cells, strict=True)))
    domo.datasets.upload(_id(domo, table), rows, action="APPEND")


def _constant(cell: exp.Expr) -> Any:
    if isinstance(cell, exp.Null):
        return None
    return (
        int(cell.this) if isinstance(cell, exp.Boolean) else cell.name if isinstance(cell, exp.Literal) else cell.sql()
    )


def _type(word: str) -> str:
    return "LONG" if word in _LONGS else _TYPES.get(word, "STRING")


def _id(domo: Domo, name: str) -> str:
    (found,) = [each.id for each in domo.datasets.list() if each.name == name]
    return found
