"""An exact reader of the CSV that encoders write: it tells NULL from the empty string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from domo_async._transfer.columns import ColumnSpec, ColumnType

FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))([,\n])', re.DOTALL)


def moment(text: str) -> tuple[datetime, int]:
    """Return a point in time, and the nanoseconds beyond its microseconds."""
    return datetime.fromisoformat(text[:26]), int(text[26:] or 0)


READ: Mapping[ColumnType, Callable[[str], object]] = {
    ColumnType.STRING: str,
    ColumnType.LONG: int,
    ColumnType.DOUBLE: float,
    ColumnType.DECIMAL: Decimal,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.DATETIME: moment,
}


def fields(content: bytes) -> list[list[str | None]]:
    """Return the records' fields; None is NULL."""
    text = content.decode()
    records: list[list[str | None]] = []
    record: list[str | None] = []
    place = 0
    while place < len(text):
        found = FIELD.match(text, place)
        assert found, f"no CSV from {text[place : place + 50]!r} on"
        quoted, plain, end = found.groups()
        record.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        if end == "\n":
            records.append(record)
            record = []
        place = found.end()
    assert not record, "the last record does not end"
    return records


def values(content: bytes, columns: Sequence[ColumnSpec]) -> list[tuple[object, ...]]:
    """Return the records' values by the columns' types."""
    return [
        tuple(None if text is None else READ[column.type](text) for text, column in zip(record, columns, strict=True))
        for record in fields(content)
    ]
