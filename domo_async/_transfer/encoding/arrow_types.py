"""Arrow's types, the column types for them, and arrays without Arrow's encodings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async.errors import SourceError

__all__ = ["Family", "check_fit", "column_type", "family_of", "leaves", "plain"]

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
_LISTS = ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_large_list_view")
_EXTENSIONS: dict[str, Family] = {"arrow.uuid": "uuid", "arrow.bool8": "bool", "arrow.json": "string"}
"""The extension types whose values are known; the storage of others may differ from the values that people see."""
_NUMBERS: frozenset[Family] = frozenset({"null", "int", "float", "decimal", "string"})
_TIMES: frozenset[Family] = frozenset({"null", "date", "timestamp", "string"})
_FITTING: dict[ColumnType, frozenset[Family]] = {
    ColumnType.LONG: frozenset({*_NUMBERS, "bool"}),
    ColumnType.DOUBLE: _NUMBERS,
    ColumnType.DECIMAL: _NUMBERS,
    ColumnType.DATE: _TIMES,
    ColumnType.DATETIME: _TIMES,
}


def family_of(arrow_type: pa.DataType) -> Family:
    """Return the family of a type's values, however they are encoded."""
    if isinstance(arrow_type, pa.BaseExtensionType):
        # Compared by name: older releases of pyarrow do not have the classes.
        known: Family | None = _EXTENSIONS.get(arrow_type.extension_name)
        return known or family_of(arrow_type.storage_type)
    if types.is_dictionary(arrow_type) or types.is_run_end_encoded(arrow_type):
        return family_of(arrow_type.value_type)
    # Dates and times are checked before integers: their types do not overlap.
    for name, family in _FAMILIES:
        if getattr(types, name)(arrow_type):
            return family
    return "binary"


def column_type(field: pa.Field[Any]) -> ColumnType:
    """Return the column type that suits a field's values best.

    Raises:
        SourceError: The field is binary, or an unknown extension.
    """
    _check_known(field, field.name)
    family = family_of(field.type)
    if family == "binary":
        raise _binary(field.name, field.type)
    return _COLUMN_TYPES.get(family, ColumnType.STRING)


def check_fit(field: pa.Field[Any], column: ColumnSpec) -> None:
    """Check that a column can take at least some of a field's values.

    Raises:
        SourceError: It cannot; names the column, both types, and what to do.
    """
    _check_known(field, column.name)
    family = family_of(field.type)
    if family == "binary":
        raise _binary(column.name, field.type)
    fitting = _FITTING.get(column.type)
    if fitting is None or family in fitting:
        return
    better = _COLUMN_TYPES.get(family)
    instead = f"{better} or STRING" if better else "LONG or STRING" if family == "bool" else "STRING"
    raise SourceError(
        f'column "{column.name}" is {field.type}, which does not fit the dataset\'s {column.type}: '
        f"cast it, or make the dataset's column {instead}"
    )


def _check_known(field: pa.Field[Any], name: str) -> None:
    """Raise an error for unknown extension types, at any depth."""
    arrow_type: Any = field.type
    # An unregistered extension is its storage with metadata.
    noted = (field.metadata or {}).get(b"ARROW:extension:name", b"").decode(errors="replace")
    extension = arrow_type.extension_name if isinstance(arrow_type, pa.BaseExtensionType) else noted
    if extension and extension not in _EXTENSIONS:
        raise SourceError(
            f'column "{name}" is {extension}, an extension of Arrow that this library does not know: cast it to a plain'
            " type, such as text, or leave it out"
        )
    if isinstance(arrow_type, pa.BaseExtensionType):
        return
    if types.is_dictionary(arrow_type) or types.is_run_end_encoded(arrow_type):
        _check_known(pa.field("", arrow_type.value_type), name)
    elif types.is_nested(arrow_type):
        for index in range(arrow_type.num_fields):
            _check_known(arrow_type.field(index), name)


def _binary(name: str, arrow_type: pa.DataType) -> SourceError:
    return SourceError(
        f'column "{name}" is {arrow_type}, and Domo holds only text: cast it to a string type, write it as base64, or'
        " leave it out"
    )


def plain(array: pa.Array[Any]) -> pa.Array[Any]:
    """Return the values of an array without dictionaries, run ends, extensions and views."""
    arrow_type = array.type
    if isinstance(arrow_type, pa.BaseExtensionType):
        if arrow_type.extension_name == "arrow.uuid":
            return array
        stored = plain(array.storage)  # type: ignore[attr-defined]
        return stored.cast(pa.bool_()) if arrow_type.extension_name == "arrow.bool8" else stored
    if types.is_run_end_encoded(arrow_type):
        return plain(pc.call_function("run_end_decode", [array]))
    if types.is_dictionary(arrow_type):
        # Long texts that occur often may exceed the 2 GiB of a plain string array.
        return plain(array.dictionary).take(array.indices)  # type: ignore[attr-defined]
    if types.is_string_view(arrow_type):
        return array.cast(pa.large_string())
    if types.is_decimal(arrow_type) and arrow_type.bit_width < 128:
        # Arrow does not cast narrow decimals to integers.
        return array.cast(pa.decimal128(arrow_type.precision, arrow_type.scale))
    return array


def leaves(array: Any) -> Iterator[Any]:
    """Yield the arrays of plain values that a nested array consists of."""
    if types.is_dictionary(array.type):
        yield from leaves(array.dictionary)
    elif types.is_map(array.type):
        yield from leaves(array.keys)
        yield from leaves(array.items)
    elif types.is_struct(array.type):
        for inner in array.flatten():
            yield from leaves(inner)
    elif any(getattr(types, name)(array.type) for name in _LISTS):
        yield from leaves(array.flatten())
    elif not types.is_nested(array.type):
        yield array
