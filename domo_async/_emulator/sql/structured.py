"""Structured queries, made of JSON expressions, converted to SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql import quoted_name, quoted_text

__all__ = ["structured_sql"]

_FUNCTION = re.compile(r"[A-Za-z_]{1,40}")
_NUMBER = re.compile(r"-?\d{1,38}(\.\d{1,38})?")


def structured_sql(query: Mapping[str, Any]) -> str:
    """Return the SQL of a query.

    Raises:
        HTTPError: 400, if the query is invalid.
    """
    columns = _list(query, "columns")
    if not columns:
        raise HTTPError(400, "Required: query.columns, an array of expressions")
    sql = f"SELECT {', '.join(map(_written, columns))} FROM table"  # noqa: S608 - all names and values are quoted
    if query.get("where") is not None:
        sql += f" WHERE {_written(query['where'])}"
    for clause, key in (("GROUP BY", "groupByColumns"), ("ORDER BY", "orderByColumns")):
        if named := _list(query, key):
            sql += f" {clause} {', '.join(map(_written, named))}"
    return sql + _limit(query.get("limit"))


def _list(query: Mapping[str, Any], key: str) -> list[Any]:
    found = query.get(key) or []
    if not isinstance(found, list):
        raise HTTPError(400, f"query.{key} must be an array of expressions")
    return found


def _limit(limit: object) -> str:
    if limit is None:
        return ""
    most, offset = (limit.get("limit"), limit.get("offset") or 0) if isinstance(limit, dict) else (limit, 0)
    if not all(type(each) is int and each >= 0 for each in (most, offset)):
        raise HTTPError(400, "query.limit must be an object with the numbers limit and offset")
    return f" LIMIT {most} OFFSET {offset}"


def _written(expression: object) -> str:
    if not isinstance(expression, dict):
        raise HTTPError(400, "An expression must be an object with exprType")
    expression_type = expression.get("exprType", "COLUMN")
    writers = {
        "COLUMN": _column,
        "FUNCTION": _function,
        "STRING_VALUE": _text,
        "NUMBER_VALUE": _number,
        "NUMERIC_VALUE": _number,
        "IN": _in,
    }
    if not isinstance(expression_type, str) or expression_type not in writers:
        raise HTTPError(400, f"Unknown exprType: {expression_type}")
    return writers[expression_type](expression)


def _column(expression: Mapping[str, Any]) -> str:
    name = expression.get("column")
    if not isinstance(name, str) or not name:
        raise HTTPError(400, "Required: column, the name of a column")
    return quoted_name(name)


def _function(expression: Mapping[str, Any]) -> str:
    name = str(expression.get("name"))
    if not _FUNCTION.fullmatch(name):
        raise HTTPError(400, "Required: name, the name of a function")
    distinct = "DISTINCT " if expression.get("distinct") is True else ""
    return f"{name}({distinct}{', '.join(map(_written, _list(expression, 'arguments')))})"


def _text(expression: Mapping[str, Any]) -> str:
    return quoted_text(str(expression.get("value")))


def _number(expression: Mapping[str, Any]) -> str:
    value = str(expression.get("value"))
    if not _NUMBER.fullmatch(value):
        raise HTTPError(400, "Required: value, a number")
    return value


def _in(expression: Mapping[str, Any]) -> str:
    values = ", ".join(map(_written, _list(expression, "selectSet")))
    negated = "NOT " if expression.get("not") is True else ""
    return f"{_written(expression.get('leftExpr'))} {negated}IN ({values})"
