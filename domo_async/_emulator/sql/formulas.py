"""The properties of a Beast Mode's formula."""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import frozen
from sqlglot import exp

from domo_async._emulator.sql.parsing import NotReadable, ReadableMySQL, parse

__all__ = ["Formula", "read"]

_CALL = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|\b([A-Za-z_]\w*)\s*\(")
_NO_FUNCTIONS = {"AND", "CASE", "CURRENT_DATE", "ELSE", "IN", "NOT", "OR", "OVER", "THEN", "WHEN"}
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "DOMO_OP_ADD",
    exp.Sub: "DOMO_OP_SUBTRACT",
    exp.Mul: "DOMO_OP_MULTIPLY",
    exp.Div: "DOMO_OP_DIVIDE",
}
_CLOCKS = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime)


@frozen
class Formula:
    """The properties of a formula, without regard to a dataset.

    Attributes:
        readable: Whether the formula can be parsed.
        aggregated: Whether it aggregates many rows to one value.
        analytic: Whether it calculates over windows of rows.
        plain: The columns that it uses outside of aggregates.
        functions: The functions and operators in it.
        by_the_clock: Whether its value depends on the current time.
    """

    readable: bool
    aggregated: bool = False
    analytic: bool = False
    plain: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    by_the_clock: bool = False


@lru_cache(maxsize=4096)
def read(expression: str) -> Formula:
    """Return the properties of a formula."""
    try:
        (tree,) = parse(f"SELECT ({expression})", ReadableMySQL)
    except (NotReadable, ValueError):
        return Formula(readable=False)
    aggregates = [node for node in tree.find_all(exp.AggFunc) if not isinstance(node.parent, exp.Window)]
    below = {id(column) for node in tree.find_all(exp.AggFunc) for column in node.find_all(exp.Column)}
    called = {match[1].upper() for match in _CALL.finditer(expression) if match[1]} - _NO_FUNCTIONS
    return Formula(
        readable=True,
        aggregated=bool(aggregates),
        analytic=tree.find(exp.Window) is not None,
        plain=tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column) if id(column) not in below)),
        functions=tuple(sorted(called | {name for node, name in _OPERATORS.items() if tree.find(node)})),
        by_the_clock=tree.find(*_CLOCKS) is not None,
    )
