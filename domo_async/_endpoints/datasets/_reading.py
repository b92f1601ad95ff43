"""Send queries to one dataset and read the result in each supported form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from domo_async._endpoints.datasets._answer import check_whole, query_result, read_result
from domo_async._endpoints.datasets._result_csv import csv_of_result
from domo_async._endpoints.datasets.result import QueryResult
from domo_async._transfer import (
    ColumnSpec,
    ExportResult,
    Params,
    ProgressOption,
    Selection,
    Target,
    bind,
    export,
)
from domo_async._transfer import select as select_all
from domo_async._transfer.reading.exporter import is_table_name
from domo_async._transport import Download, Transport, url
from domo_async._wire import payload
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ResultReader", "chosen"]


def chosen(sql: str | None, columns: Sequence[str] | None, where: str | None, params: Params | None) -> str:
    """Return the query to send: the given SQL, or a query for the given columns and rows.

    Raises:
        ConfigError: Both are given, or the values do not fit.
    """
    if sql is not None and (columns is not None or where is not None):
        raise ConfigError("give either a query, or columns and a condition")
    return bind(select_all(columns, where) if sql is None else sql, params)


@frozen
class ResultReader:
    """Sends queries to a dataset.

    Attributes:
        http: The transport.
        dataset_id: The dataset.
    """

    http: Transport
    dataset_id: str

    async def result(self, sql: str) -> QueryResult:
        """Return a query's result as a whole."""
        return check_whole(await self._answer(sql))

    async def structured_result(self, body: Mapping[str, object]) -> QueryResult:
        """Return the result of a query made of expressions."""
        return check_whole(await self._ask(body))

    async def _answer(self, sql: str) -> QueryResult:
        return await self._ask(payload(sql=sql))

    async def _ask(self, body: Mapping[str, object]) -> QueryResult:
        # A query changes nothing, so it may be repeated although it is a POST.
        return await self.http.raw(
            "POST", url("/api/query/v1/execute/{}", self.dataset_id), read=read_result, json=body, idempotent=True
        )

    def csv(self, sql: str) -> Callable[[], AbstractAsyncContextManager[Download]]:
        """Return a function that requests a query's result as CSV. The CSV has a header, which identifies it."""
        return partial(
            self.http.download,
            "POST",
            url("/api/query/v1/execute/export/{}", self.dataset_id),
            params={"includeHeader": True},
            json=payload(sql=sql),
            accept="text/csv",
            idempotent=True,
        )

    def selection(self, sql: str) -> Selection:
        """Return a query in the form that scans take."""
        return Selection(
            sql=sql, fetch=self.csv(sql), heading=self._heading, page=self._page, count=self._count, read=_table
        )

    async def export(
        self, target: Target, sql: str, *, header: bool = True, progress: ProgressOption = None
    ) -> ExportResult:
        """Write a query's result to disk."""
        if not header and is_table_name(target):
            raise ConfigError("a Parquet or Arrow file always names its columns: leave header=False out")
        return await export(
            target,
            header=header,
            selection=self.selection(sql),
            csv_of_json=_csv_of_json,
            progress=progress,
            settings=self.http.settings,
        )

    async def _heading(self, sql: str) -> Sequence[ColumnSpec]:
        result = await self._answer(sql)
        return [ColumnSpec(name, column_type) for name, column_type in zip(result.columns, result.types, strict=True)]

    async def _page(self, sql: str) -> pa.Table:
        return (await self.result(sql)).to_arrow()

    async def _count(self, sql: str) -> int:
        return len((await self.result(sql)).rows)


def _table(content: bytes) -> pa.Table:
    return check_whole(query_result(content)).to_arrow()


def _csv_of_json(content: bytes) -> bytes:
    return csv_of_result(check_whole(query_result(content)))
