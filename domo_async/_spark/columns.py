"""Spark's and Domo's columns: their names and types on the other side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
from pyspark.sql import types as spark
from pyspark.sql.pandas.types import to_arrow_schema

from domo_async._transfer import ColumnSpec, ColumnType
from domo_async.errors import SourceError

__all__ = ["arrow_schema", "check_nested", "matched", "schema_for"]

_READ_AS: dict[ColumnType, spark.DataType] = {
    ColumnType.STRING: spark.StringType(),
    ColumnType.LONG: spark.LongType(),
    ColumnType.DOUBLE: spark.DoubleType(),
    # Domo does not return a column's scale; this is Spark's own default.
    ColumnType.DECIMAL: spark.DecimalType(38, 18),
    ColumnType.DATE: spark.DateType(),
    ColumnType.DATETIME: spark.TimestampType(),
}
_NESTED = (spark.ArrayType, spark.MapType, spark.StructType)


def schema_for(columns: Iterable[ColumnSpec]) -> spark.StructType:
    """Return the schema that a dataset is read with."""
    return spark.StructType(
        [spark.StructField(column.name, _READ_AS.get(column.type, spark.StringType())) for column in columns]
    )


def check_nested(schema: spark.StructType) -> None:
    """Refuse nested columns before the encoder would at the first value.

    Raises:
        SourceError: A column is an array, a map or a struct.
    """
    for field in schema.fields:
        if isinstance(field.dataType, _NESTED):
            raise SourceError(
                f"column {field.name!r} is {field.dataType.simpleString()}, which is nested; Domo has no"
                " nested columns: option('nested', 'json') writes it as JSON; nothing was sent"
            )


def matched(names: Sequence[str], columns: Sequence[ColumnSpec]) -> tuple[int, ...]:
    """Return for each column of a dataset the index of the frame's column with the same name.

    Raises:
        SourceError: The columns differ; the error says how.
    """
    wanted = [column.name for column in columns]
    lacking = [name for name in wanted if name not in names]
    surplus = [name for name in names if name not in wanted]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    differences = [
        f"{what} {', '.join(found)}"
        for what, found in (("it lacks", lacking), ("it has in addition", surplus), ("it has more than once", twice))
        if found
    ]
    if differences:
        raise SourceError(
            f"the frame's columns ({', '.join(names)}) are not the dataset's ({', '.join(wanted)}):"
            f" {'; '.join(differences)}. Names must be identical, in any order; nothing was sent"
        )
    return tuple(list(names).index(name) for name in wanted)


def arrow_schema(schema: spark.StructType) -> pa.Schema:
    """Return the schema of the batches that Spark reads and writes for a frame."""
    try:
        batches: pa.Schema = to_arrow_schema(schema, timezone="UTC")
    except TypeError:  # PySpark 4.0 does not take a zone here
        batches = to_arrow_schema(schema)
    return batches
