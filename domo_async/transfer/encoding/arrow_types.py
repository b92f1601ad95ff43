"""Arrow's types, and what Domo has for them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import pyarrow as pa
from pyarrow import types

from domo_async.errors import SourceError
from domo_async.transfer.columns import ColumnSpec, ColumnType

__all__ = ["Family", "check_fit", "column_type", "family_of"]

Family: TypeAlias = Literal[
    "null",
    "bool",
    "int",
    "float",
    "decimal",
    "date",
    "timestamp",
    "time",
    "duration",
    "string",
    "uuid",
    "nested",
    "binary",
]

_FAMILIES: tuple[tuple[str, Family], ...] = (
    ("is_null", "null"),
    ("is_boolean", "bool"),
    ("is_integer", "int"),
    ("is_floating", "float"),
    ("is_decimal", "decimal"),
    ("is_date", "date"),
    ("is_timestamp", "timestamp"),
    ("is_time", "time"),
    ("is_duration", "duration"),
    ("is_string", "string"),
    ("is_large_string", "string"),
    ("is_string_view", "string"),
    ("is_nested", "nested"),
)
_COLUMN_TYPES: dict[Family, ColumnType] = {
    "int": ColumnType.LONG,
    "float": ColumnType.DOUBLE,
    "decimal": ColumnType.DECIMAL,
    "date": ColumnType.DATE,
    "timestamp": ColumnType.DATETIME,
}
_NUMBERS: frozenset[Family] = frozenset({"null", "int", "float", "decimal", "string"})
_TIMES: frozenset[Family] = frozenset({"null", "date", "timestamp", "string"})
_FITTING: dict[ColumnType, frozenset[Family]] = {
    ColumnType.LONG: frozenset({*_NUMBERS, "bool"}),
    ColumnType.DOUBLE: _NUMBERS,
    ColumnType.DECIMAL: _NUMBERS,
    ColumnType.DATE: _TIMES,
    ColumnType.DATETIME: _TIMES,
}


def family_of(kind: pa.DataType) -> Family:
    """Return what values of a type are, however they are encoded."""
    if isinstance(kind, pa.BaseExtensionType):
        # By name: older releases of pyarrow do not have the class.
        return "uuid" if kind.extension_name == "arrow.uuid" else family_of(kind.storage_type)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return family_of(kind.value_type)
    # Dates and times are asked for before integers are: their types do not overlap.
    for name, family in _FAMILIES:
        if getattr(types, name)(kind):
            return family
    return "binary"


def column_type(field: pa.Field[Any]) -> ColumnType:
    """Return the type of column that holds a field's values best.

    Raises:
        SourceError: It is binary.
    """
    family = family_of(field.type)
    if family == "binary":
        raise _binary(field.name, field.type)
    return _COLUMN_TYPES.get(family, ColumnType.STRING)


def check_fit(kind: pa.DataType, column: ColumnSpec) -> None:
    """Refuse a type none of whose values a column could take.

    Raises:
        SourceError: Names column, both types, and what to do.
    """
    family = family_of(kind)
    if family == "binary":
        raise _binary(column.name, kind)
    fitting = _FITTING.get(column.type)
    if fitting is None or family in fitting:
        return
    better = _COLUMN_TYPES.get(family)
    instead = f"{better} or STRING" if better else "LONG or STRING" if family == "bool" else "STRING"
    raise SourceError(
        f'column "{column.name}" is {kind}, which does not fit the dataset\'s {column.type}: '
        f"cast it, or make the dataset's column {instead}"
    )


def _binary(name: str, kind: pa.DataType) -> SourceError:
    return SourceError(
        f'column "{name}" is {kind}, and Domo holds only text: cast it to a string type, write it as base64, or leave '
        "it out"
    )
