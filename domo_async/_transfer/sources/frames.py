"""Frames: pandas, polars, Arrow, and other objects with Arrow's interface, such as duckdb's relations."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from domo_async._defaults import BATCH_ROWS
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding.inference import columns_of_arrow, type_of_digits, type_of_values
from domo_async._transfer.encoding.texts import within_long
from domo_async._transfer.sources.base import OpenSource, Reading
from domo_async._transfer.sources.streams import stepped
from domo_async._transfer.sources.tables import ArrowTable, Piece, RowTable
from domo_async._transfer.threads import call_foreign
from domo_async.errors import ConfigError, DomoError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_pieces", "is_frame", "open_frame", "open_frames"]

# pandas' stored names of index levels without names.
_UNNAMED_INDEX = re.compile(r"__index_level_[0-9]+__")
_DIGITS = 38
"""The precision from which on Arrow's decimals may have more digits than a DECIMAL; 128-bit integers claim it."""
_NOT_OF_ARROW = {"Object", "Int128", "UInt128"}
# DuckDB exports these with other values: numbers beyond 38 digits, and times of day without their zone.
_BENT_BY_DUCKDB = ("UHUGEINT", "TIME WITH TIME ZONE")


def is_frame(source: object) -> bool:
    """Return whether an object is a frame, or a single column of a frame."""
    return hasattr(source, "__arrow_c_stream__") or _is_pandas(source)


async def open_frame(frame: Any, reading: Reading) -> OpenSource:
    """Open a frame.

    Raises:
        ConfigError: pyarrow is missing.
        SourceError: It cannot be read.
    """
    if _is_pandas(frame) and find_spec("pyarrow") is None:
        from domo_async._transfer.encoding.pandas import columns_of_frame, frame_rows  # noqa: PLC0415 - optional

        frame = _as_frame(frame)
        return RowTable(stepped(frame_rows(frame)), reading.rules, columns_of_frame(frame))
    return await open_frames(stepped(iter([frame])), reading)


async def open_frames(frames: AsyncIterator[Any], reading: Reading) -> OpenSource:
    """Open successive frames; the first one determines the columns."""
    first = await call_foreign(_opened, await anext(frames))
    current = first.pieces

    async def opened() -> AsyncIterator[Iterator[Piece]]:
        nonlocal current
        yield current
        async for frame in frames:
            if not is_frame(frame):
                raise SourceError(f"the iterator returned a {type(frame).__name__} instead of a frame")
            current = (await call_foreign(_opened, frame)).pieces
            yield current

    return ArrowTable(
        first.schema,
        opened(),
        reading.rules,
        infer=first.infer,
        valued=first.valued,
        release=lambda: current.close(),  # noqa: PLW0108 - of the last one
    )


@frozen
class _Opened:
    """A frame whose rows can be read, once.

    Attributes:
        schema: Its columns.
        pieces: Its rows.
        infer: Returns its columns, if the schema does not determine them.
        valued: The indices of the columns whose values Arrow would change.
    """

    schema: pa.Schema
    pieces: _Pieces
    infer: Callable[[], Sequence[ColumnSpec]] | None = None
    valued: frozenset[int] = frozenset()


class _Pieces:
    """An iterator that releases its source immediately: at the end, after a failure, and when it is closed.

    If a step is running in another thread, such as when an upload is cancelled, the step releases the source itself.
    """

    def __init__(self, pieces: Iterator[Piece], release: Callable[[], None], what: str) -> None:
        self._pieces = pieces
        self._release: Callable[[], None] | None = release
        self._what = what
        self._lock = threading.Lock()
        self._closed = False

    def __iter__(self) -> Iterator[Piece]:
        return self

    def __next__(self) -> Piece:
        try:
            with self._lock:
                return next(iter(()) if self._closed else self._pieces)
        except StopIteration:
            self._closed = True
            raise
        except DomoError:
            self._closed = True
            raise
        except Exception as error:
            self._closed = True
            # Arrow adds the traceback of a failure in Python.
            reason = str(error).partition(". Detail:")[0]
            raise SourceError(f"the {self._what} failed while it was read: {reason}; nothing was committed") from error
        finally:
            if self._closed:
                self.close()

    def close(self) -> None:
        """Release the source; can be called more than once."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            try:
                release, self._release = self._release, None
                if release is not None:
                    release()
            finally:
                self._lock.release()


def _opened(frame: Any) -> _Opened:
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError('frames are read with pyarrow: pip install "domo-async[arrow]"') from None
    what = type(frame).__name__
    try:
        frame = _as_frame(frame)
        if _is_pandas(frame):
            return _opened_pandas(frame)
        if type(frame).__module__.partition(".")[0] == "polars" and {*map(str, frame.dtypes)} & _NOT_OF_ARROW:
            return _opened_polars(frame)
        reader = pa.RecordBatchReader.from_stream(_unbent(frame))
    except DomoError:
        raise
    except Exception as error:
        raise SourceError(f"cannot read the {what}: {error}") from error
    rows = frame.num_rows if isinstance(frame, pa.Table) else None
    schema, select = arrow_pieces(reader.schema, rows)
    return _Opened(schema, _Pieces(map(select, reader), reader.close, what), _infer_numbers(schema, frame))


def _infer_numbers(schema: pa.Schema, frame: Any) -> Callable[[], Sequence[ColumnSpec]] | None:
    """Return a check of numbers that may exceed their type's column, such as hashes, if all rows are available."""
    if not hasattr(frame, "slice") or not any(map(_may_exceed, schema.types)):
        return None

    def column(name: str) -> Any:
        return frame.column(name) if hasattr(frame, "column") else frame.get_column(name).to_arrow()

    def infer() -> Sequence[ColumnSpec]:
        return [
            evolve(found, type=_type_of_numbers(column(found.name))) if _may_exceed(arrow_type) else found
            for found, arrow_type in zip(columns_of_arrow(schema), schema.types, strict=True)
        ]

    return infer


def _may_exceed(arrow_type: Any) -> bool:
    return str(arrow_type) == "uint64" or (str(arrow_type).startswith("decimal") and arrow_type.precision >= _DIGITS)


def _type_of_numbers(column: Any) -> ColumnType:
    if str(column.type) != "uint64":
        return type_of_digits(value for value in column.to_pylist() if value is not None)
    within = all(value is None or within_long(value) for value in _extremes(column))
    return ColumnType.LONG if within else ColumnType.DECIMAL


def _extremes(column: Any) -> tuple[int | None, int | None]:
    import pyarrow.compute as pc  # noqa: PLC0415 - optional

    found = pc.call_function("min_max", [column]).as_py()
    return found["min"], found["max"]


def arrow_pieces(schema: pa.Schema, rows: int | None = None) -> tuple[pa.Schema, Callable[[pa.RecordBatch], Piece]]:
    """Return the columns with data, and a function that converts batches, in order, to pieces with these columns.

    Named levels of an index that pandas has stored are columns; levels without names only number the rows.

    Args:
        schema: The schema of the batches.
        rows: The number of rows, if it is known. A named numbering is not stored but described, and the description
            is only right if its length is the number of rows.
    """
    names = _names_by_pandas(schema)
    kept = [index for index, name in enumerate(schema.names) if names[name] is not None]
    ranges = _named_ranges(schema, rows)
    if len(kept) == len(schema) and not ranges:
        return schema, Piece
    import pyarrow as pa  # noqa: PLC0415 - optional

    fields = [schema.field(index).with_name(names[schema.field(index).name]) for index in kept]  # type: ignore[arg-type] # not None
    chosen = pa.schema([*(pa.field(name, pa.int64()) for name in ranges), *fields])
    before = 0

    def piece(batch: pa.RecordBatch) -> Piece:
        nonlocal before
        start, before = before, before + batch.num_rows
        numbers = [pa.array(numbers[start:before], pa.int64()) for numbers in ranges.values()]
        return Piece(pa.RecordBatch.from_arrays([*numbers, *(batch.column(index) for index in kept)], schema=chosen))

    return chosen, piece


def _names_by_pandas(schema: pa.Schema) -> dict[str, str | None]:
    """Return pandas' names of the stored columns; None for an index without a name."""
    names: dict[str, str | None] = {name: None if _UNNAMED_INDEX.fullmatch(name) else name for name in schema.names}
    for column in _by_pandas(schema, "columns"):
        stored, name = column.get("field_name"), column.get("name")
        if stored in names and names[stored] is None and name is not None:
            names[stored] = str(name)
    return names


def _named_ranges(schema: pa.Schema, rows: int | None) -> dict[str, range]:
    found = {}
    for index in _by_pandas(schema, "index_columns"):
        if index.get("kind") == "range" and index.get("name") is not None:
            numbers = range(index["start"], index["stop"], index["step"])
            if len(numbers) == rows and str(index["name"]) not in schema.names:
                found[str(index["name"])] = numbers
    return found


def _by_pandas(schema: pa.Schema, what: str) -> list[dict[str, Any]]:
    try:
        return [entry for entry in (schema.pandas_metadata or {})[what] if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError):
        # The metadata is not what pandas would write.
        return []


def _opened_pandas(frame: Any) -> _Opened:
    import pyarrow as pa  # noqa: PLC0415 - optional

    from domo_async._transfer.encoding.pandas import (  # noqa: PLC0415 - optional
        arrow_type_of,
        column_of_series,
        is_plain,
        series_of_frame,
        series_values,
    )

    arrays: dict[int, Any] = {}
    types: dict[int, Any] = {}
    columns = series_of_frame(frame)
    # For example zones that Arrow does not know, lone surrogates, and integers beyond 64 bits.
    refused = (pa.ArrowException, TypeError, ValueError, OverflowError)
    for index, (_, series) in enumerate(columns):
        if is_plain(series):
            with suppress(*refused):
                arrays[index] = pa.array(series, from_pandas=True)
        elif (found := arrow_type_of(series)) is not None:
            types[index] = found

    def column(index: int, rows: slice) -> Any:
        if index in arrays:
            return _whole(arrays[index][rows])
        series = columns[index][1].iloc[rows]
        if index in types:
            with suppress(*refused):
                return pa.array(series, types[index], from_pandas=True)
        return series_values(series)

    def infer() -> Sequence[ColumnSpec]:
        return [column_of_series(name, series) for name, series in columns]

    return _opened_mixed([name for name, _ in columns], column, infer, len(frame))


def _opened_polars(frame: Any) -> _Opened:
    """Open a frame with columns that Arrow has no type for."""
    bent = {index for index, dtype in enumerate(frame.dtypes) if str(dtype) in _NOT_OF_ARROW}
    arrays = {
        index: frame.to_series(index).to_frame().to_arrow().column(0)
        for index in range(frame.width)
        if index not in bent
    }

    def infer() -> Sequence[ColumnSpec]:
        import pyarrow as pa  # noqa: PLC0415 - optional

        return [
            ColumnSpec(name, type_of_values(frame.to_series(index).to_list()))
            if index in bent
            else ColumnSpec(name, _type_of_numbers(arrays[index]))
            if _may_exceed(arrays[index].type)
            else columns_of_arrow(pa.schema([pa.field(name, arrays[index].type)]))[0]
            for index, name in enumerate(frame.columns)
        ]

    def column(index: int, rows: slice) -> Any:
        return _whole(arrays[index][rows]) if index in arrays else frame.to_series(index)[rows].to_list()

    return _opened_mixed(frame.columns, column, infer, frame.height)


def _opened_mixed(
    names: Sequence[str],
    column: Callable[[int, slice], Any],
    infer: Callable[[], Sequence[ColumnSpec]],
    length: int,
) -> _Opened:
    """Open a frame, some of whose columns are Arrow's arrays, and others lists of values that Arrow would change."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    def piece(start: int, stop: int) -> Piece:
        columns = [column(index, slice(start, stop)) for index in range(len(names))]
        values = {index: found for index, found in enumerate(columns) if isinstance(found, list)}
        arrays = [pa.nulls(stop - start) if index in values else found for index, found in enumerate(columns)]
        return Piece(pa.RecordBatch.from_arrays(arrays, names=list(names)), values)

    none = piece(0, 0)
    pieces = (piece(start, min(start + BATCH_ROWS, length)) for start in range(0, length, BATCH_ROWS))
    return _Opened(none.batch.schema, _Pieces(pieces, lambda: None, "frame"), infer, frozenset(none.values))


def _whole(array: Any) -> Any:
    """Return a column in one piece."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    if not isinstance(array, pa.ChunkedArray):
        return array
    if array.num_chunks == 1:
        return array.chunk(0)
    return pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)


def _unbent(frame: Any) -> Any:
    """Return a duckdb relation whose values are exported unchanged; other objects are returned unchanged."""
    if type(frame).__name__ != "DuckDBPyRelation":
        return frame
    dtypes = list(map(str, frame.types))
    if not any(bent in dtype for dtype in dtypes for bent in _BENT_BY_DUCKDB):
        return frame
    written = []
    for name, dtype in zip(frame.columns, dtypes, strict=True):
        if dtype not in _BENT_BY_DUCKDB and any(bent in dtype for bent in _BENT_BY_DUCKDB):
            raise SourceError(f'column "{name}" is {dtype}, which duckdb does not export unchanged: cast it to VARCHAR')
        quoted = '"' + name.replace('"', '""') + '"'
        written.append(f"CAST({quoted} AS VARCHAR) AS {quoted}" if dtype in _BENT_BY_DUCKDB else quoted)
    return frame.project(", ".join(written))


def _is_pandas(source: object) -> bool:
    """Return whether an object is a frame or a column of pandas, or of a subclass."""
    return any(
        base.__name__ in {"DataFrame", "Series"} and base.__module__.partition(".")[0] == "pandas"
        for base in type(source).__mro__
    )


def _as_frame(source: Any) -> Any:
    """Convert a single column of pandas or polars to a frame."""
    return source if hasattr(source, "columns") or not hasattr(source, "to_frame") else source.to_frame()
