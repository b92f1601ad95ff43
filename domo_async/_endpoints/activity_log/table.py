"""The log as a table: for datasets and for Arrow.

```python
audit = await domo.datasets.create("Audit", COLUMNS)
await domo.datasets.upload(audit.id, activity_rows(domo.activity_log.iterate(start)), action="APPEND")
```
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypeAlias, overload

from domo_async._endpoints.activity_log.models import Activity
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ACTIVITY_COLUMNS", "activity_batches", "activity_rows", "activity_schema"]

ACTIVITY_COLUMNS: Final[Mapping[str, str]] = {
    "time": "DATETIME",
    "user_id": "STRING",
    "user_name": "STRING",
    "user_type": "STRING",
    "action_type": "STRING",
    "object_type": "STRING",
    "object_id": "STRING",
    "object_name": "STRING",
    "additional_comment": "STRING",
    "event_text": "STRING",
    "actor_id": "STRING",
    "actor_name": "STRING",
    "authentication_method": "STRING",
    "client_id": "STRING",
    "extras": "STRING",
}
"""The columns of `activity_rows`, as `Datasets.create` takes them; ``extras`` is a JSON object of all other keys."""

Row: TypeAlias = tuple[datetime | str | None, ...]


@overload
def activity_rows(entries: AsyncIterable[Activity]) -> AsyncIterator[Row]: ...
@overload
def activity_rows(entries: Iterable[Activity]) -> Iterator[Row]: ...
def activity_rows(entries: AsyncIterable[Activity] | Iterable[Activity]) -> AsyncIterator[Row] | Iterator[Row]:
    """Yield entries as rows in the order of `COLUMNS`; times are UTC and without a time zone.

    Args:
        entries: The entries, of either client: the result of `ActivityLog.iterate`, or a list.
    """
    if isinstance(entries, AsyncIterable):
        return (_row(entry) async for entry in entries)
    return map(_row, entries)


@overload
def activity_batches(entries: AsyncIterable[Activity], size: int = ...) -> AsyncIterator[pa.RecordBatch]: ...
@overload
def activity_batches(entries: Iterable[Activity], size: int = ...) -> Iterator[pa.RecordBatch]: ...
def activity_batches(
    entries: AsyncIterable[Activity] | Iterable[Activity], size: int = 10_000
) -> AsyncIterator[pa.RecordBatch] | Iterator[pa.RecordBatch]:
    """Yield entries as Arrow record batches with the same `schema`; to upload them, pass ``zone=UTC`` as well.

    ``pyarrow.Table.from_batches([batch async for batch in activity_batches(…)], activity_schema())`` is one table.

    Args:
        entries: The entries, of either client: the result of `ActivityLog.iterate`, or a list.
        size: The maximum number of entries per batch.

    Raises:
        ConfigError: pyarrow is not installed, or `size` is below 1.
    """
    if size < 1:
        raise ConfigError("size must be at least 1")
    _pyarrow()
    return _batches_async(entries, size) if isinstance(entries, AsyncIterable) else _batches(entries, size)


def activity_schema() -> pa.Schema:
    """Return the Arrow schema of `activity_batches`: text, and the time in milliseconds of UTC.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    arrow = _pyarrow()
    types = {"DATETIME": arrow.timestamp("ms", tz="UTC"), "STRING": arrow.string()}
    made: pa.Schema = arrow.schema([(name, types[column_type]) for name, column_type in ACTIVITY_COLUMNS.items()])
    return made


def _row(entry: Activity) -> Row:
    return (
        entry.time.astimezone(UTC).replace(tzinfo=None),  # Domo's DATETIME has no time zone
        entry.user_id,
        entry.user_name,
        entry.user_type,
        entry.action_type,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.additional_comment,
        entry.event_text,
        None if entry.actor_id is None else str(entry.actor_id),
        entry.actor_name,
        entry.authentication_method,
        entry.client_id,
        json.dumps(entry.extras, default=str) if entry.extras else "{}",
    )


def _batches(entries: Iterable[Activity], size: int) -> Iterator[pa.RecordBatch]:
    left = map(_row, entries)
    while batch := list(islice(left, size)):
        yield _batch(batch)


async def _batches_async(entries: AsyncIterable[Activity], size: int) -> AsyncIterator[pa.RecordBatch]:
    batch = []
    async for entry in entries:
        batch.append(_row(entry))
        if len(batch) == size:
            yield _batch(batch)
            batch = []
    if batch:
        yield _batch(batch)


def _batch(batch: list[Row]) -> pa.RecordBatch:
    arrow, schema = _pyarrow(), activity_schema()
    times, *texts = zip(*batch, strict=True)
    values = [[time.replace(tzinfo=UTC) for time in times], *texts]
    columns = [arrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
    made: pa.RecordBatch = arrow.RecordBatch.from_arrays(columns, schema=schema)
    return made


def _pyarrow() -> ModuleType:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional package
    except ImportError:
        raise ConfigError('Arrow needs pyarrow: pip install "domo-async[arrow]"') from None
    return pa
