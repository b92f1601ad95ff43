"""The indexes that requests begin, and the number of rows that queries see afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from domo_async._emulator.context import instance_of, storage_of
from domo_async._emulator.http.web import millis
from domo_async._emulator.state.datasets import Dataset, Index, Version

__all__ = ["begin_index", "count_rows", "describe_index"]


async def count_rows(request: web.Request, dataset: Dataset, versions: Sequence[Version]) -> int:
    """Return the number of rows that versions make up together; this only awaits if one of them merges."""
    if not any(version.merges for version in versions):
        return sum(version.rows for version in versions)
    storage = storage_of(request)
    with storage.lease(versions):
        return await storage.run(storage.count, dataset.schema, versions)


async def begin_index(request: web.Request, dataset: Dataset, data_ids: Sequence[int] = ()) -> Index:
    """Begin to index versions of a dataset; all live ones if none is named."""
    while True:
        seen = dataset.seen_after(dataset.live, data_ids)
        rows = await count_rows(request, dataset, seen)
        if seen == dataset.seen_after(dataset.live, data_ids):
            return instance_of(request).start_index(dataset, data_ids, rows=rows)


def describe_index(index: Index, tag: str | None) -> dict[str, Any]:
    """Return the answer to a request for an index. That its key is a counter is emulator-defined."""
    return {"dataTag": tag, "requestKey": str(index.id), "requested": True, "requestedOn": millis()}
