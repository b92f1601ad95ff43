"""Statements carried out: from SQL and values to columns and batches of rows, on the event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sized
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, frozen

from domo_async import Domo
from domo_async._dbapi.catalog import Catalog
from domo_async._dbapi.information_schema import select_for
from domo_async._dbapi.local import Answer, evaluate
from domo_async._dbapi.statements import Ignored, Local, Query, Show, parse
from domo_async._defaults import BATCH_ROWS
from domo_async._endpoints.datasets._reading import ResultReader
from domo_async._transfer import ColumnSpec, Params, bind, scan
from domo_async._transfer.arrow import array_of, needs_arrow
from domo_async._transfer.columns import distinct_names
from domo_async._transfer.reading.sql_text import limited

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Columns", "Item", "Session"]

Columns: TypeAlias = tuple[ColumnSpec, ...]
Item: TypeAlias = "Columns | pa.RecordBatch"
"""The parts of a statement's result: first its columns, then batches in which DECIMAL is text."""


@frozen
class Session:
    """Carries out the statements of a connection.

    Attributes:
        domo: The client.
        dataset: The connection's own dataset, by id or name; None if it has none.
    """

    domo: Domo
    dataset: str | None

    async def results(self, sql: str, params: Params | None) -> AsyncGenerator[Item]:
        """Yield the columns of a statement's result, and then its rows; nothing for a statement without a result.

        The rows are requested after the columns were taken, and only while the caller takes them.
        """
        needs_arrow("a cursor")
        statement, catalog = parse(sql), Catalog(self.domo, self.dataset)
        match statement:
            case Ignored():
                return
            case Show():
                answer = await evaluate(select_for(statement), catalog)
                if statement.target is not None and not answer.rows:
                    await catalog.id_of(statement.target)  # says if there is none
            case Local():
                answer = await evaluate(_bound(statement.sql, params, statement), catalog)
            case Query():
                bound = _bound(statement.over_one_dataset(), params, statement)
                dataset_id = await catalog.one_id(statement.names)
                selection = ResultReader(self.domo.datasets._http, dataset_id).selection(bound)  # noqa: SLF001 - the same requests
                columns = tuple(await selection.heading(limited(bound, 0)))
                yield columns
                known = evolve(selection, heading=partial(_known, columns))
                batches = scan(known, batch_rows=BATCH_ROWS, settings=self.domo.settings, text=True)
                async with aclosing(batches):
                    async for batch in batches:
                        yield batch
                return
        yield answer.columns
        if answer.rows:
            yield _batch(answer)


async def _known(columns: Columns, _: str) -> Columns:
    """Return columns that need no request."""
    return columns


def _bound(sql: str, params: Params | None, statement: Query | Local) -> str:
    """Return SQL with its values; an empty list of values for SQL without placeholders is none."""
    empty = isinstance(params, Sized) and not len(params)
    return sql if empty and not statement.has_placeholders else bind(sql, params)


def _batch(answer: Answer) -> pa.RecordBatch:
    pyarrow = needs_arrow("a cursor")
    names = distinct_names([column.name for column in answer.columns])
    arrays = [array_of([row[index] for row in answer.rows], column.type) for index, column in enumerate(answer.columns)]
    batch: pa.RecordBatch = pyarrow.RecordBatch.from_arrays(arrays, names=names)
    return batch
