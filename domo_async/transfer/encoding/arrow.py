"""Batches of Arrow to CSV. pyarrow is an optional package, so it is imported where it is used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.columns import ColumnSpec
from domo_async.transfer.encoding.cells import Cells
from domo_async.transfer.encoding.rules import CellRules
from domo_async.transfer.encoding.texts import Misfit, Refused

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowEncoder"]

_THREADS = min(4, os.cpu_count() or 1)
# Fewer rows are not worth the hop to another thread.
_PIECE = 16_384
_WRITTEN_AT_ONCE = 16_384


class ArrowEncoder:
    """Writes record batches as CSV for a dataset's columns; see the package for what becomes of each value.

    Large batches are written by several threads at once. It holds no state, so it may itself be used by several.

    Args:
        schema: The batches' schema; columns go by position.
        columns: The columns that the batches are for, in order.
        rules: What the caller decides.

    Raises:
        ConfigError: pyarrow is not installed, or does not know the rules' zone.
        SourceError: There are more or fewer columns than in the schema, or a column's type says already that its values
            do not fit; names the column, its type, the dataset's, and what to do.
    """

    def __init__(self, schema: pa.Schema, columns: Sequence[ColumnSpec], rules: CellRules) -> None:
        try:
            from domo_async.transfer.encoding.arrow_forms import form  # noqa: PLC0415 - optional
            from domo_async.transfer.encoding.arrow_types import check_fit  # noqa: PLC0415
        except ImportError:
            raise ConfigError('frames are written with pyarrow: pip install "domo-async[arrow]"') from None
        if len(schema) != len(columns):
            raise SourceError(f"the frame has {len(schema)} columns, the dataset {len(columns)}")
        for field, column in zip(schema, columns, strict=True):
            check_fit(field.type, column)
        self._columns = tuple(columns)
        self._rules = rules
        self._forms = [form(field.type, column, rules) for field, column in zip(schema, columns, strict=True)]

    def encode(self, batch: pa.RecordBatch, *, row: int = 0) -> bytes:
        """Return a batch as CSV, of whole records.

        Args:
            batch: The batch.
            row: How many rows of the source came before, for what errors say.

        Raises:
            SourceError: A value does not fit its column; names the row, counted from 1, and the column.
        """
        pieces = min(_THREADS, batch.num_rows // _PIECE)
        if pieces < 2:
            return self._encode_piece(batch, row) if batch.num_rows else b""
        step = -(-batch.num_rows // pieces)
        starts = range(0, batch.num_rows, step)
        return b"".join(
            self._threads.map(lambda start: self._encode_piece(batch.slice(start, step), row + start), starts)
        )

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        # They end when the encoder is forgotten.
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="domo-async-encode")

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_threads"}

    def _encode_piece(self, batch: pa.RecordBatch, row: int) -> bytes:
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import csv  # noqa: PLC0415

        arrays = [self._formed(place, array, row) for place, array in enumerate(batch.columns)]
        sink = pa.BufferOutputStream()
        csv.write_csv(
            pa.RecordBatch.from_arrays(arrays, names=[str(place) for place in range(len(arrays))]),
            sink,
            csv.WriteOptions(include_header=False, batch_size=_WRITTEN_AT_ONCE),
        )
        return sink.getvalue().to_pybytes()

    def _formed(self, place: int, array: pa.Array[Any], row: int) -> pa.Array[Any]:
        import pyarrow as pa  # noqa: PLC0415 - optional

        from domo_async.transfer.encoding.arrow_plain import plain  # noqa: PLC0415 - optional

        try:
            formed: pa.Array[Any] = self._forms[place](plain(array))
        except (Misfit, Refused, pa.ArrowException, ValueError, OverflowError) as error:
            raise self._explained(place, array, row, error) from None
        return formed

    def _explained(self, place: int, array: pa.Array[Any], row: int, error: Exception) -> SourceError:
        """Return what is wrong with the first value of a column that cannot be written."""
        column = self._columns[place]
        cells = Cells(column.type, self._rules)
        for offset, value in enumerate(array, row + 1):
            try:
                cells.write(value.as_py())
            except Refused as reason:
                return SourceError(f'row {offset}, column "{column.name}": {reason}')
            except (OverflowError, ValueError):
                # The stored number is no day or time that Python knows.
                return SourceError(f'row {offset}, column "{column.name}": it is not within the years 1 to 9999')
        return SourceError(f'column "{column.name}": {error}')
