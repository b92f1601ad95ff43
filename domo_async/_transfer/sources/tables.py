"""Rows and frames: sources of values, which are encoded as CSV."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.format import Block
from domo_async._transfer.encoding import (
    ArrowEncoder,
    CellRules,
    Evidence,
    RowEncoder,
    columns_of_arrow,
    columns_of_rows,
)
from domo_async._transfer.encoding.named_rows import named
from domo_async._transfer.part import Part, assembled
from domo_async._transfer.sources.base import SingleSource
from domo_async._transfer.sources.column_mapping import (
    ColumnMapping,
    Header,
    Heading,
    SchemaOption,
    check_no_header,
)
from domo_async._transfer.sources.streams import stepped
from domo_async._transfer.threads import in_threads, one_ahead
from domo_async.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowTable", "Piece", "RowTable"]

Row = Sequence[object] | Mapping[str, object]
_SLICE = 2 << 20
"""About the bytes of a frame that are encoded at once: enough to be worth a hop to a thread, few enough to be small."""
_LEAST_ROWS = 4096
"""The least rows of a slice; Arrow may count the bytes of a whole frame for each of its batches."""
_LEAST_BYTES = 8
"""The least bytes that a value is counted with: booleans and dictionaries are smaller in memory than in CSV."""
_AHEAD = 1 + min(4, os.cpu_count() or 1)
"""The slices that are encoded or being encoded: one is taken up while each processor may work on another."""


class _Table(SingleSource):
    """The common base of rows and frames: they are read once, and their size as CSV is not known."""

    total: int | None = None

    def __init__(self, identity: Mapping[str, object]) -> None:
        self.identity: Mapping[str, object] = identity

    def check_unchanged(self) -> None:
        """Do nothing: a source that is read once cannot change."""

    def rest(self) -> None:
        """Do nothing: no file is open."""

    def close(self) -> None:
        """Do nothing: no file is open."""


class RowTable(_Table):
    """Rows from an async iterator of lists of rows."""

    def __init__(
        self, chunks: AsyncIterator[Sequence[Row]], rules: CellRules, known: Sequence[ColumnSpec] | None = None
    ) -> None:
        super().__init__({"kind": "rows"})
        self._chunks = chunks
        self._rules = rules
        self._known = known
        self._first: Sequence[Row] | None = None
        self._read = 0

    async def heading(self) -> Heading | None:
        """Return the keys of the first rows, or the width of the first row."""
        if self._known is not None:
            return Heading(tuple(column.name for column in self._known), sure=True)
        rows = await self._peek()
        if not rows:
            return None
        if isinstance(rows[0], Mapping):
            keys = dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row)
            return Heading(tuple(keys), sure=True, partial=True)
        return Heading(tuple(map(str, range(len(rows[0])))), named=False)

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the rows' cells to a dataset's columns."""
        fit = await super().fit(columns, header=header, schema=schema)
        if self._known is None and header is not False:
            check_no_header(await self._peek(), columns, header=header)
        return fit

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Infer types from the first rows."""
        return tuple(self._known) if self._known is not None else columns_of_rows(await self._peek(), names)

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the first rows; empty for a column of only NULL."""
        rows = await self._peek()
        found = zip(names, await super().seen(names), strict=True)
        return tuple(own if any(map(partial(_holds, name), rows)) else Evidence() for name, own in found)

    async def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Encode rows, some thousands at once."""
        async for part in assembled(self._encoded(fit), sizes):
            yield part

    async def _encoded(self, fit: ColumnMapping) -> AsyncIterator[Block]:
        heading, rows = await self.heading(), await self._peek()
        if not rows:
            return
        names = () if heading is None else heading.fields
        # Keys may differ in case from the dataset's columns.
        keys = [
            column if index is None or not isinstance(rows[0], Mapping) else evolve(column, name=names[index])
            for index, column in zip(fit.order or range(len(fit.columns)), fit.columns, strict=True)
        ]
        encoder = RowEncoder(keys, self._rules)
        while rows:
            yield Block(await asyncio.to_thread(_encode, encoder, rows, fit), len(rows))
            rows = await self._more()

    async def _more(self) -> Sequence[Row]:
        async for chunk in self._chunks:
            rows: Sequence[Row] = named(chunk, self._read)  # type: ignore[assignment]
            self._read += len(rows)
            return rows
        return []

    async def _peek(self) -> Sequence[Row]:
        if self._first is None:
            self._first = await self._more()
        return self._first


def _holds(name: str, row: Row) -> bool:
    return not isinstance(row, Mapping) or row.get(name) is not None


def _encode(encoder: RowEncoder, rows: Sequence[Row], fit: ColumnMapping) -> bytes:
    if isinstance(rows[0], Mapping):
        return encoder.encode_mappings(rows)  # type: ignore[arg-type]
    return encoder.encode(rows if fit.order is None else [_ordered(row, fit.order) for row in rows])  # type: ignore[arg-type]


def _ordered(row: Row, order: Sequence[int | None]) -> list[object]:
    return [None if index is None else row[index] for index in order]  # type: ignore[index]


@frozen
class Piece:
    """Some rows of a frame.

    Attributes:
        batch: The rows.
        values: By index, columns that Arrow would change, as Python values. In the batch these columns are null.
    """

    batch: pa.RecordBatch
    values: Mapping[int, Sequence[object]] = field(factory=dict)


class ArrowTable(_Table):
    """Frames with the same columns, whose order and types may differ between pieces.

    Args:
        schema: The first piece's schema.
        frames: The pieces of each frame.
        rules: The caller's rules.
        identity: Properties by which a later run recognises the same source.
        infer: Returns the columns for the rows, if the schema does not determine them.
        valued: The indices of the columns that the first piece has as Python values.
        release: Releases the source of the pieces.
    """

    sampled = False

    def __init__(
        self,
        schema: pa.Schema,
        frames: AsyncIterator[Iterator[Piece]],
        rules: CellRules,
        identity: Mapping[str, object] | None = None,
        *,
        infer: Callable[[], Sequence[ColumnSpec]] | None = None,
        valued: AbstractSet[int] = frozenset(),
        release: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(identity or {"kind": "frame"})
        self._schema = schema
        self._frames = frames
        self._rules = rules
        self._infer = infer
        self._valued = valued
        self._release = release

    async def heading(self) -> Heading | None:
        """Return the columns' names."""
        return Heading(tuple(self._schema.names), sure=True)

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:  # noqa: ARG002 - the names of the schema are used
        """Return the columns for Arrow's types, or for the values."""
        return columns_of_arrow(self._schema) if self._infer is None else tuple(await asyncio.to_thread(self._infer))

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the types; empty for a column of only NULL."""
        found = zip(self._schema.types, await super().seen(names), strict=True)
        return tuple(Evidence() if str(arrow_type) == "null" else own for arrow_type, own in found)

    def close(self) -> None:
        """Release the source of the rows."""
        self._release()

    async def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Encode the rows in slices, some of them at once."""
        async with aclosing(self._encoded(fit)) as blocks:
            async for part in assembled(blocks, sizes):
                yield part

    async def _encoded(self, fit: ColumnMapping) -> AsyncGenerator[Block]:
        names, rows = self._schema.names, 0
        order = range(len(names)) if fit.order is None else fit.order
        wanted = [None if index is None else names[index] for index in order]
        schema, valued = self._schema, self._valued
        encoder = _PieceEncoder(schema, valued, wanted, fit.columns, self._rules)

        async def slices(groups: AsyncIterator[list[tuple[Piece, slice]]]) -> AsyncIterator[Callable[[], list[Block]]]:
            nonlocal rows, schema, valued, encoder
            async for group in groups:
                for piece, cut in group:
                    if not piece.batch.schema.equals(schema) or piece.values.keys() != valued:
                        schema, valued = piece.batch.schema, frozenset(piece.values)
                        _check_names(schema.names, names, rows)
                        encoder = _PieceEncoder(schema, valued, wanted, fit.columns, self._rules)
                    yield partial(encoder.encode, piece, cut, rows)
                    rows += cut.stop - cut.start

        async for frame in self._frames:
            async with (
                aclosing(one_ahead(stepped(_cut(frame)))) as groups,
                aclosing(in_threads(slices(groups), _AHEAD)) as made,
            ):
                async for blocks in made:
                    for block in blocks:
                        yield block


def _cut(pieces: Iterator[Piece]) -> Iterator[list[tuple[Piece, slice]]]:
    """Yield slices of pieces; those of small pieces several at once, because each step is a hop to a thread."""
    held, size = list[tuple[Piece, slice]](), 0
    for piece in pieces:
        rows, columns = piece.batch.num_rows, piece.batch.num_columns
        more = max(_bytes(piece.batch), _LEAST_BYTES * columns * rows)
        count = max(1, min(more // _SLICE, rows // _LEAST_ROWS))
        held += [(piece, slice(*each)) for each in pairwise(rows * number // count for number in range(count + 1))]
        size += more
        if size >= 2 * _SLICE:
            yield held
            held, size = [], 0
    if held:
        yield held


def _bytes(batch: pa.RecordBatch) -> int:
    try:
        return batch.nbytes
    except TypeError:
        # Early versions of pyarrow cannot tell the bytes of views.
        return batch.get_total_buffer_size()


def _check_names(names: Sequence[str], before: Sequence[str], rows: int) -> None:
    if sorted(names) != sorted(before):
        raise SourceError(
            f"the frame after row {rows} has the columns {', '.join(names)}, those before it {', '.join(before)};"
            " give frames with the same columns. Nothing was committed"
        )


class _PieceEncoder:
    """Encodes pieces of one layout.

    Args:
        schema: The schema of the batches.
        valued: The indices of the columns that are Python values.
        names: For each column of the dataset its name in the batch, or None for NULL.
        columns: The dataset's columns.
        rules: The caller's rules.

    Raises:
        SourceError: A column's values cannot become the dataset's.
    """

    def __init__(
        self,
        schema: pa.Schema,
        valued: AbstractSet[int],
        names: Sequence[str | None],
        columns: Sequence[ColumnSpec],
        rules: CellRules,
    ) -> None:
        import pyarrow as pa  # noqa: PLC0415 - optional

        self._indices = [None if name is None else schema.get_field_index(name) for name in names]
        self._valued = [(index, column) for index, column in enumerate(columns) if self._indices[index] in valued]
        self._rules = rules
        fields = [
            pa.field(column.name, pa.null())
            if index is None
            else pa.field(column.name, pa.string())
            if index in valued
            else schema.field(index)
            for index, column in zip(self._indices, columns, strict=True)
        ]
        self._schema = pa.schema(fields)
        self._encoder = ArrowEncoder(self._schema, columns, rules, written={index for index, _ in self._valued})

    def encode(self, piece: Piece, rows: slice, before: int) -> list[Block]:
        """Return rows of a piece as CSV; `before` is how many rows of the source came before."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        batch = piece.batch.slice(rows.start, rows.stop - rows.start)
        arrays = [pa.nulls(batch.num_rows) if index is None else batch.column(index) for index in self._indices]
        if self._valued:
            cells = RowEncoder([column for _, column in self._valued], self._rules, row=before)
            values = [piece.values[self._indices[index]][rows] for index, _ in self._valued]  # type: ignore[index] # not None
            for (index, _), texts in zip(self._valued, cells.texts(values), strict=True):
                arrays[index] = pa.array(texts, pa.string())
        return self._encoder.blocks(pa.RecordBatch.from_arrays(arrays, schema=self._schema), row=before)
