"""dlt's types as Domo's, so that no value changes."""

from __future__ import annotations

from dlt.common.data_types import TDataType
from dlt.common.destination.capabilities import DataTypeMapper
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.exceptions import TerminalValueError
from dlt.common.schema.typing import TColumnSchema, TColumnType
from dlt.common.typing import TLoaderFileFormat

from domo_async._transfer import ColumnType

__all__ = ["DomoTypeMapper"]

_TYPES: dict[TDataType, ColumnType] = {
    "text": ColumnType.STRING,
    "double": ColumnType.DOUBLE,
    "bool": ColumnType.STRING,  # true and false: Domo has no boolean
    "timestamp": ColumnType.DATETIME,
    "bigint": ColumnType.LONG,
    "json": ColumnType.STRING,
    "decimal": ColumnType.DECIMAL,
    "wei": ColumnType.STRING,  # up to 78 digits
    "date": ColumnType.DATE,
    "time": ColumnType.STRING,
}
_READ_AS: dict[ColumnType, TDataType] = {
    ColumnType.STRING: "text",
    ColumnType.DOUBLE: "double",
    ColumnType.DATETIME: "timestamp",
    ColumnType.LONG: "bigint",
    ColumnType.DECIMAL: "decimal",
    ColumnType.DATE: "date",
}
_MOST_DIGITS = 38


class DomoTypeMapper(DataTypeMapper):
    """Maps the types of columns."""

    def to_destination_type(self, column: TColumnSchema, table: PreparedTableSchema) -> str:
        """Return Domo's type for a column.

        Raises:
            TerminalValueError: The column is binary, or its type is not known.
        """
        data_type = column.get("data_type")
        if data_type == "decimal" and (column.get("precision") or 0) > _MOST_DIGITS:
            return ColumnType.STRING.value
        found = None if data_type is None else _TYPES.get(data_type)
        if found is None:
            raise TerminalValueError(
                f'column "{column.get("name")}" of table "{table.get("name")}" is {data_type}, and Domo holds only'
                " text, numbers and times: turn it into text in the resource, such as base64, or leave it out"
            )
        return found.value

    def from_destination_type(self, db_type: str, precision: int | None, scale: int | None) -> TColumnType:
        """Return dlt's type for one of Domo's."""
        return {"data_type": _READ_AS.get(ColumnType(db_type), "text")}

    def ensure_supported_type(
        self, column: TColumnSchema, table: PreparedTableSchema, loader_file_format: TLoaderFileFormat
    ) -> None:
        """Do nothing: all of Domo's types can be loaded from each format."""
