"""Spark's filters in Domo's SQL, which may let too many rows pass but never too few. Pure functions.

Spark applies every filter again, so Domo may only leave out rows that Spark would leave out, too. Texts are compared
only for equality, which other rules for case and spaces can only widen. DATETIMEs are compared with a margin of one day
on both sides, because clocks that are set back do not keep the order of instants.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyspark.sql.types import DataType, DateType, LongType, StringType, StructType, TimestampNTZType, TimestampType

from domo_async._transfer.reading.sql_text import quoted_name

__all__ = ["condition_for"]

_COMPARED = {
    "EqualTo": "=",
    "EqualNullSafe": "=",
    "GreaterThan": ">",
    "GreaterThanOrEqual": ">=",
    "LessThan": "<",
    "LessThanOrEqual": "<=",
}
_SPARE = timedelta(days=1)


def condition_for(pushed: object, schema: StructType, zone: ZoneInfo) -> str | None:
    """Return a condition that is true for all rows that match a filter, or None if no such condition is certain.

    Args:
        pushed: One of `pyspark.sql.datasource.Filter`, which PySpark 4.0 lacks.
        schema: The schema of the frame.
        zone: The time zone of Domo's DATETIMEs.
    """
    path = getattr(pushed, "attribute", ())
    field = next((field for field in schema.fields if (field.name,) == path), None)
    if field is None:
        return None
    name, filter_type, value = quoted_name(field.name), type(pushed).__name__, getattr(pushed, "value", None)
    if filter_type in {"IsNull", "IsNotNull"} or (filter_type == "EqualNullSafe" and value is None):
        return f"{name} IS NOT NULL" if filter_type == "IsNotNull" else f"{name} IS NULL"
    if (
        filter_type == "In"
        and isinstance(value, tuple | list)
        and value
        and not isinstance(field.dataType, TimestampType)
    ):
        literals = [_literal(one, field.dataType) for one in value]
        return None if None in literals else f"{name} IN ({', '.join(map(str, literals))})"
    if filter_type not in _COMPARED:
        return None
    if isinstance(value, datetime):
        return _about(name, _COMPARED[filter_type], value, field.dataType, zone)
    literal = _literal(value, field.dataType)
    if literal is None or (isinstance(field.dataType, StringType) and _COMPARED[filter_type] != "="):
        return None
    return f"{name} {_COMPARED[filter_type]} {literal}"


def _literal(value: Any, data_type: DataType) -> str | None:
    write = _LITERALS.get(type(data_type))
    return None if write is None else write(value)


def _text(value: Any) -> str | None:
    # Domo's documentation does not say whether a backslash escapes.
    safe = isinstance(value, str) and value.isprintable() and "'" not in value and "\\" not in value
    return f"'{value}'" if safe else None


_LITERALS: dict[type[DataType], Callable[[Any], str | None]] = {
    LongType: lambda value: str(value) if type(value) is int else None,
    DateType: lambda value: f"'{value.isoformat()}'" if type(value) is date else None,
    StringType: _text,
}


def _about(name: str, compared: str, value: datetime, data_type: DataType, zone: ZoneInfo) -> str | None:
    if not isinstance(data_type, TimestampType | TimestampNTZType):
        return None
    try:
        local = value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
        low, high = ((local + spare).isoformat(timespec="seconds") for spare in (-_SPARE, _SPARE))
    except OverflowError:
        return None
    if compared == "=":
        return f"{name} >= '{low}' AND {name} <= '{high}'"
    return f"{name} >= '{low}'" if compared.startswith(">") else f"{name} <= '{high}'"
