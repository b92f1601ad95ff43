"""The partitions of a scan by ranges of a column, as in Spark's JDBC source. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from attrs import frozen
from pyspark.sql.types import DataType, DateType, LongType, StructType, TimestampType

from domo_async._spark.options import Bounds
from domo_async._transfer.reading.sql_text import quoted_name
from domo_async.errors import ConfigError

__all__ = ["ranges"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@frozen
class _Scale:
    """The conversion of a type's values to numbers, and of numbers to SQL."""

    number: Callable[[str], int]
    literal: Callable[[int], str]


def _seconds(text: str) -> int:
    timestamp = datetime.fromisoformat(text)
    if timestamp.tzinfo is not None:
        raise ValueError(text)
    return (timestamp - _EPOCH) // timedelta(seconds=1)


_SCALES: dict[type[DataType], _Scale] = {
    LongType: _Scale(int, str),
    DateType: _Scale(
        lambda text: date.fromisoformat(text).toordinal(),
        lambda number: f"'{date.fromordinal(number).isoformat()}'",
    ),
    TimestampType: _Scale(_seconds, lambda number: f"'{(_EPOCH + timedelta(seconds=number)).isoformat()}'"),
}


def ranges(bounds: Bounds, schema: StructType) -> list[str]:
    """Return one condition for each partition; each row, with or without a value, meets exactly one of them.

    Raises:
        ConfigError: The column is not in the frame or has no ranges, or the bounds do not have its type.
    """
    field = next((field for field in schema.fields if field.name == bounds.column), None)
    if field is None:
        raise ConfigError(f"option partitionColumn: column {bounds.column!r} not found")
    scale = _SCALES.get(type(field.dataType))
    if scale is None:
        raise ConfigError(
            f"option partitionColumn: {bounds.column!r} is {field.dataType.simpleString()}; only LONG, DATE and"
            " DATETIME have ranges"
        )
    try:
        lower, upper = scale.number(bounds.lower), scale.number(bounds.upper)
    except ValueError:
        raise ConfigError(
            f"options lowerBound and upperBound: {bounds.lower!r} and {bounds.upper!r} are not"
            f" {field.dataType.simpleString()} (DATETIMEs are given as Domo shows them, without a zone)"
        ) from None
    if lower > upper:
        raise ConfigError("option lowerBound is above upperBound")
    count = max(min(bounds.partitions, upper - lower), 1)
    cuts = [scale.literal(lower + (upper - lower) * number // count) for number in range(1, count)]
    return _conditions(quoted_name(bounds.column), cuts)


def _conditions(name: str, cuts: list[str]) -> list[str]:
    if not cuts:
        return ["1 = 1"]
    between = [f"{name} >= {low} AND {name} < {high}" for low, high in pairwise(cuts)]
    return [f"({name} < {cuts[0]} OR {name} IS NULL)", *between, f"{name} >= {cuts[-1]}"]
