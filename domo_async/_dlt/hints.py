"""The hints of dlt's tables about their columns."""

from __future__ import annotations

from typing import cast

from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.schema.typing import TColumnProp, TTableSchema
from dlt.common.schema.utils import get_columns_names_with_prop, is_nested_table

__all__ = ["column_with", "columns_with", "is_nested", "name_of", "the_column_with"]


def name_of(table: PreparedTableSchema | TTableSchema) -> str:
    """Return a table's name."""
    return str(table.get("name"))


def is_nested(table: PreparedTableSchema) -> bool:
    """Return whether a table holds the values of a list in the rows of another."""
    return is_nested_table(cast("TTableSchema", table))


def columns_with(table: PreparedTableSchema, hint: TColumnProp) -> list[str]:
    """Return the names of the columns with a hint."""
    return get_columns_names_with_prop(cast("TTableSchema", table), hint)


def column_with(table: PreparedTableSchema, hint: TColumnProp) -> str | None:
    """Return the name of the first column with a hint, or None."""
    return next(iter(columns_with(table, hint)), None)


def the_column_with(table: PreparedTableSchema, hint: TColumnProp) -> str:
    """Return the name of the column with a hint.

    Raises:
        DestinationTerminalException: There is none.
    """
    name = column_with(table, hint)
    if name is None:
        raise DestinationTerminalException(
            f'table "{name_of(table)}" has no column with the hint {hint}, which merging nested tables needs: set'
            " root_key=True on the source, or max_table_nesting=0. Nothing was sent"
        )
    return name
