"""Expressions for queries that are not SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from domo_async._endpoints._area import require_list

__all__ = ["Expression", "column"]

Expression: TypeAlias = str | Mapping[str, Any]
"""A column's name, or an object with ``exprType``, such as ``COLUMN``, ``FUNCTION`` or ``IN``."""


def column(name: str) -> dict[str, str]:
    """Return the expression for a column."""
    return {"exprType": "COLUMN", "column": name}


def expressions(given: Sequence[Expression], name: str, *, may_be_empty: bool = False) -> list[Mapping[str, Any]]:
    """Return expressions as a request payload.

    Raises:
        ConfigError: `given` is empty.
    """
    found = require_list(given, name, may_be_empty=may_be_empty)
    return [column(each) if isinstance(each, str) else each for each in found]
