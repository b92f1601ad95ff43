"""Columns of a dataset, as far as data that go in and out need to know them."""

from __future__ import annotations

from attrs import frozen

from domo_async.wire import OpenEnum

__all__ = ["ColumnSpec", "ColumnType"]


class ColumnType(OpenEnum):
    """The types of a column. Domo has no boolean: use LONG or STRING."""

    STRING = "STRING"
    LONG = "LONG"
    DOUBLE = "DOUBLE"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    DATETIME = "DATETIME"


@frozen
class ColumnSpec:
    """A column's name and type.

    Attributes:
        name: Its name.
        type: Its type.
    """

    name: str
    type: ColumnType
