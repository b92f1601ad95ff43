"""Rows and frames: what has values rather than text, and is written as CSV on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from domo_async.errors import SourceError
from domo_async.transfer.columns import ColumnSpec
from domo_async.transfer.encoding import ArrowEncoder, CellRules, RowEncoder, columns_of_arrow, columns_of_rows
from domo_async.transfer.part import Block, Part, assembled
from domo_async.transfer.sources.base import SingleSource
from domo_async.transfer.sources.fitting import Fit, Heading

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowTable", "RowTable"]

Row = Sequence[object] | Mapping[str, object]
# So many rows are encoded at a time: enough to be worth a hop to a thread, few enough to stay small.
_ROWS = 2000
_BATCH_ROWS = 65_536


class _Table(SingleSource):
    """What rows and frames have in common: they come once, and what they weigh as CSV is not known."""

    total: int | None = None

    def __init__(self, identity: Mapping[str, object]) -> None:
        self.identity: Mapping[str, object] = identity

    def check_unchanged(self) -> None:
        """What comes only once cannot change."""

    def rest(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""


class RowTable(_Table):
    """Rows out of an async iterator of lists of them."""

    def __init__(
        self, chunks: AsyncIterator[Sequence[Row]], rules: CellRules, known: Sequence[ColumnSpec] | None = None
    ) -> None:
        super().__init__({"kind": "rows"})
        self._chunks = chunks
        self._rules = rules
        self._known = known
        self._first: Sequence[Row] | None = None

    async def heading(self) -> Heading | None:
        """Return the keys of the first rows, or how wide the first row is."""
        if self._known is not None:
            return Heading(tuple(column.name for column in self._known), sure=True)
        rows = await self._peek()
        if not rows:
            return None
        if isinstance(rows[0], Mapping):
            keys = dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row)
            return Heading(tuple(keys), sure=True, partial=True)
        return Heading(tuple(map(str, range(len(rows[0])))), named=False)

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Infer types from the first rows."""
        return tuple(self._known) if self._known is not None else columns_of_rows(await self._peek(), names)

    async def parts(self, fit: Fit, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Encode rows, some thousand at a time."""
        async for part in assembled(self._encoded(fit), sizes):
            yield part

    async def _encoded(self, fit: Fit) -> AsyncIterator[Block]:
        heading, rows = await self.heading(), await self._peek()
        if not rows:
            return
        names = () if heading is None else heading.fields
        # Keys may be written in another case than the dataset's columns.
        keys = [
            column if place is None or not isinstance(rows[0], Mapping) else evolve(column, name=names[place])
            for place, column in zip(fit.order or range(len(fit.columns)), fit.columns, strict=True)
        ]
        encoder = RowEncoder(keys, self._rules)
        while rows:
            yield Block(await asyncio.to_thread(_encode, encoder, rows, fit), len(rows))
            rows = await self._more()

    async def _more(self) -> Sequence[Row]:
        async for rows in self._chunks:
            return rows
        return []

    async def _peek(self) -> Sequence[Row]:
        if self._first is None:
            self._first = await self._more()
        return self._first


def _encode(encoder: RowEncoder, rows: Sequence[Row], fit: Fit) -> bytes:
    if isinstance(rows[0], Mapping):
        return encoder.encode_mappings(rows)  # type: ignore[arg-type]
    return encoder.encode(rows if fit.order is None else [_ordered(row, fit.order) for row in rows])  # type: ignore[arg-type]


def _ordered(row: Row, order: Sequence[int | None]) -> list[object]:
    return [None if place is None else row[place] for place in order]  # type: ignore[index]


class ArrowTable(_Table):
    """Arrow batches with the same columns, which may be in another order or of another type in each of them."""

    def __init__(
        self,
        schema: pa.Schema,
        batches: AsyncIterator[pa.RecordBatch],
        rules: CellRules,
        identity: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(identity or {"kind": "frame"})
        self._schema = schema
        self._batches = batches
        self._rules = rules

    async def heading(self) -> Heading | None:
        """Return the columns' names."""
        return Heading(tuple(self._schema.names), sure=True)

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:  # noqa: ARG002 - it has its own
        """Return the types that stand for Arrow's."""
        return columns_of_arrow(self._schema)

    async def parts(self, fit: Fit, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Encode batches, large ones in slices."""
        async for part in assembled(self._encoded(fit), sizes):
            yield part

    async def _encoded(self, fit: Fit) -> AsyncIterator[Block]:
        schema, rows = self._schema, 0
        names = self._schema.names
        order = range(len(names)) if fit.order is None else fit.order
        wanted = [None if place is None else names[place] for place in order]
        encode = _arrow_encoder(schema, wanted, fit.columns, self._rules)
        async for batch in self._batches:
            if not batch.schema.equals(schema):
                schema = batch.schema
                _check_names(schema.names, names, rows)
                encode = _arrow_encoder(schema, wanted, fit.columns, self._rules)
            for start in range(0, batch.num_rows, _BATCH_ROWS):
                piece = batch.slice(start, _BATCH_ROWS)
                yield Block(await asyncio.to_thread(encode, piece, rows), piece.num_rows)
                rows += piece.num_rows


def _check_names(names: Sequence[str], before: Sequence[str], rows: int) -> None:
    if sorted(names) != sorted(before):
        raise SourceError(
            f"the frame after row {rows} has the columns {', '.join(names)}, those before it {', '.join(before)};"
            " give frames with the same columns. Nothing was committed"
        )


def _arrow_encoder(
    schema: pa.Schema, names: Sequence[str | None], columns: Sequence[ColumnSpec], rules: CellRules
) -> Callable[[pa.RecordBatch, int], bytes]:
    """Return what encodes a batch, of which it is told how many rows came before.

    Args:
        schema: The batch's.
        names: For each column of the dataset the name of that in the batch, None for NULL.
        columns: The dataset's columns.
        rules: What the caller decides.

    Raises:
        SourceError: A column's values cannot become the dataset's.
    """
    import pyarrow as pa  # noqa: PLC0415 - optional

    places = [None if name is None else schema.get_field_index(name) for name in names]
    ordered = pa.schema(
        [
            pa.field(column.name, pa.null()) if place is None else schema.field(place)
            for place, column in zip(places, columns, strict=True)
        ]
    )
    encoder = ArrowEncoder(ordered, columns, rules)

    def encode(batch: pa.RecordBatch, row: int) -> bytes:
        arrays = [pa.nulls(batch.num_rows) if place is None else batch.column(place) for place in places]
        return encoder.encode(pa.RecordBatch.from_arrays(arrays, schema=ordered), row=row)

    return encode
