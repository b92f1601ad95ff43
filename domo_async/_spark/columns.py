"""Spark's columns and Domo's: what one is called and how it is typed in the other."""

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
    # Domo does not tell a column's scale; this is what Spark itself takes where it does not know.
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
    """Refuse what is nested, before the encoder would at its first value.

    Raises:
        SourceError: A column is an array, a map or a struct.
    """
    for field in schema.fields:
        if isinstance(field.dataType, _NESTED):
            raise SourceError(
                f"column {field.name!r} is {field.dataType.simpleString()}, which is nested, as no column of Domo's"
                " is: option('nested', 'json') writes it as JSON; nothing was sent"
            )


def matched(names: Sequence[str], columns: Sequence[ColumnSpec]) -> tuple[int, ...]:
    """Return for each of a dataset's columns the place of the frame's column of the same name.

    Raises:
        SourceError: They are not the same; says how they differ.
    """
    wanted = [column.name for column in columns]
    lacking = [name for name in wanted if name not in names]
    besides = [name for name in names if name not in wanted]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    differences = [
        f"{what} {', '.join(found)}"
        for what, found in (("it lacks", lacking), ("it has besides", besides), ("it has more than once", twice))
        if found
    ]
    if differences:
        raise SourceError(
            f"the frame's columns ({', '.join(names)}) are not the dataset's ({', '.join(wanted)}):"
            f" {'; '.join(differences)}. Names must be the same to the letter, in any order; nothing was sent"
        )
    return tuple(list(names).index(name) for name in wanted)


def arrow_schema(schema: spark.StructType) -> pa.Schema:
    """Return the schema of the batches that Spark makes and takes for a frame."""
    try:
        batches: pa.Schema = to_arrow_schema(schema, timezone="UTC")
    except TypeError:  # PySpark 4.0 knows no zone here
        batches = to_arrow_schema(schema)
    return batches
