"""Parquet and Arrow files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from domo_async._transfer.arrow import needs_arrow
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import columns_of_text
from domo_async._transfer.seekable import OnDisk
from domo_async._transfer.sources.base import FolderColumns, NamedSource, OfFile, Reading, known_files_of
from domo_async._transfer.sources.column_mapping import ColumnMapping, Header, SchemaOption
from domo_async._transfer.sources.frames import arrow_pieces
from domo_async._transfer.sources.sniffing import ARROW_STREAM, PARQUET
from domo_async._transfer.sources.streams import stepped
from domo_async._transfer.sources.tables import ArrowTable, Piece
from domo_async._transfer.sources.urls import UrlContent
from domo_async.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowContent", "exact_times", "open_arrow_file"]

_READ_AT_ONCE = 1 << 20  # bytes of row groups, uncompressed


@frozen
class ArrowContent:
    """The content of a file.

    Attributes:
        name: The file's name, for errors.
        data: The open file, which is checked for changes.
        open: Opens it once more, as a file of pyarrow.
        finish: Is called after its last row, or if it is damaged; raises if it has changed.
    """

    name: str
    data: OnDisk | UrlContent
    open: Callable[[], Any]
    finish: Callable[[], None]

    @classmethod
    def on_disk(cls, path: Path, data: OnDisk) -> ArrowContent:
        """Return the content of a file here."""

        def opened() -> Any:
            import pyarrow as pa  # noqa: PLC0415 - optional

            # Not memory-mapped: reading a mapped file that became shorter kills the process.
            return pa.OSFile(str(path), "rb")

        return cls(str(path), data, opened, lambda: None)

    @classmethod
    def at_url(cls, data: UrlContent) -> ArrowContent:
        """Return the content of a file elsewhere."""
        return cls(str(data.path), data, data.random_access, data.check_again)


def open_arrow_file(content: ArrowContent, reading: Reading, begin: bytes, folders: FolderColumns) -> NamedSource:
    """Open a Parquet or Arrow file.

    Columns that are only in the names of its folders, such as ``year=2024``, become columns of its rows.

    Args:
        content: The file.
        reading: The options for reading its values.
        begin: Its first bytes.
        folders: The columns in the names of its folders.

    Raises:
        ConfigError: pyarrow is not installed.
        SourceError: It cannot be read.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError(f'{content.name} is a Parquet or Arrow file: pip install "domo-async[arrow]"') from None
    rows: int | None
    try:
        if begin.startswith(PARQUET):
            schema, rows, batches, release = _parquet(content.open)
        else:
            file = content.open()
            schema, rows, batches = _arrow(pa.ipc, file, stream=begin.startswith(ARROW_STREAM))
            release = file.close
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"cannot read {content.name}: {error}") from None
    own = {name.strip().casefold() for name in schema.names}
    others = {name: text for name, text in folders.values.items() if name.strip().casefold() not in own}
    return _ArrowFile(
        schema, rows, _sound(batches, content), reading, content.data, release, evolve(folders, values=others)
    )


class _ArrowFile(OfFile, ArrowTable):
    def __init__(
        self,
        schema: pa.Schema,
        rows: int | None,
        batches: Iterator[pa.RecordBatch],
        reading: Reading,
        file: OnDisk | UrlContent,
        release: Callable[[], None],
        folders: FolderColumns,
    ) -> None:
        own, select = arrow_pieces(schema, rows)
        pieces = self._with_folders(map(select, batches))
        super().__init__(own, stepped(iter([pieces])), reading.rules, file.identity)
        self._file = file
        self.files = known_files_of(file)
        self._release = release
        self._own = own
        self._folders = folders
        self._take_folders(folders.of())

    def rest(self) -> None:
        """Close the file until it is read again."""
        ArrowTable.close(self)
        OfFile.rest(self)

    def close(self) -> None:
        """Close the file."""
        ArrowTable.close(self)
        OfFile.close(self)

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the file's columns to a dataset's."""
        self._take_folders(self._folders.of(columns))
        return await super().fit(columns, header=header, schema=schema)

    def _take_folders(self, folders: Mapping[str, str | None]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - optional

        self._scalars = {name: _scalar(name, text) for name, text in folders.items()}
        added = [pa.field(name, scalar.type) for name, scalar in self._scalars.items()]
        self._schema = pa.schema([*self._own, *added])

    def _with_folders(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        import pyarrow as pa  # noqa: PLC0415 - optional

        for piece in pieces:
            batch = piece.batch
            added = [pa.repeat(scalar, batch.num_rows) for scalar in self._scalars.values()]
            fields = [pa.field(name, scalar.type) for name, scalar in self._scalars.items()]
            yield Piece(
                pa.RecordBatch.from_arrays([*batch.columns, *added], schema=pa.schema([*batch.schema, *fields]))
                if added
                else batch
            )


def _scalar(name: str, text: str | None) -> Any:
    """Return the value in a folder's name, converted to the type that it looks like."""
    pyarrow = needs_arrow("a Parquet file")
    (column,) = columns_of_text([name], [[text]])
    if text is None:
        return pyarrow.scalar(None)
    if column.type == ColumnType.LONG:
        return pyarrow.scalar(int(text), pyarrow.int64())
    return pyarrow.scalar(date.fromisoformat(text) if column.type == ColumnType.DATE else text)


def _arrow(ipc: Any, content: Any, *, stream: bool) -> tuple[pa.Schema, int | None, Iterator[pa.RecordBatch]]:
    if stream:
        reader = ipc.open_stream(content)
        return reader.schema, None, iter(reader)
    file = ipc.open_file(content)
    return file.schema, None, (file.get_batch(number) for number in range(file.num_record_batches))


def _parquet(opened: Callable[[], Any]) -> tuple[pa.Schema, int, Iterator[pa.RecordBatch], Callable[[], None]]:
    from pyarrow import parquet as pq  # noqa: PLC0415 - optional

    # By default Arrow reads 96-bit times as nanoseconds, which silently overflow outside of 1677 to 2262.
    file = pq.ParquetFile(opened(), coerce_int96_timestamp_unit="us")
    long_times = _columns_of_long_times(file)
    if not long_times:
        return file.schema_arrow, file.metadata.num_rows, _by_row_groups(file), partial(file.close, force=True)
    fine = pq.ParquetFile(opened())

    def release() -> None:
        file.close(force=True)
        fine.close(force=True)

    return file.schema_arrow, file.metadata.num_rows, _exact_times(file, fine, long_times), release


def _by_row_groups(file: Any, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    # Asked for all row groups, Arrow reads ahead through the file, and keeps what it has read.
    for numbers in _together([file.metadata.row_group(index).total_byte_size for index in range(file.num_row_groups)]):
        yield from file.iter_batches(row_groups=numbers, columns=columns)


def _together(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the indexes of row groups that are read at once: one that is large, or several small ones."""
    numbers, size = list[int](), 0
    for index, more in enumerate(sizes):
        if numbers and size + more > _READ_AT_ONCE:
            yield numbers
            numbers, size = [], 0
        numbers.append(index)
        size += more
    if numbers:
        yield numbers


def _columns_of_long_times(file: Any) -> list[str]:
    columns = [file.metadata.schema.column(index) for index in range(file.metadata.num_columns)]
    found = dict.fromkeys(column.path.partition(".")[0] for column in columns if column.physical_type == "INT96")
    return [name for name in file.schema_arrow.names if name in found]


def _exact_times(file: Any, fine: Any, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for batch, precise in zip(_by_row_groups(file), _by_row_groups(fine, columns=names), strict=True):
        exact = batch
        for name in names:
            index = batch.schema.get_field_index(name)
            exact = exact.set_column(index, name, exact_times(name, batch.column(name), precise.column(name)))
        yield exact


def exact_times(name: str, micro: Any, nano: Any) -> Any:
    """Combine times read as microseconds and as nanoseconds, which may have overflowed, without loss."""
    from domo_async._transfer.encoding.arrow_types import leaves  # noqa: PLC0415 - optional

    pc: Any = import_module("pyarrow.compute")
    cut = over = False
    for short, long in zip(leaves(micro), leaves(nano), strict=True):
        if short.type != long.type:
            rest = _rest(short, long)
            cut = cut or pc.any(pc.not_equal(rest, 0)).as_py() is True
            over = over or not short.cast(long.type, safe=False).cast(short.type, safe=False).equals(short)
    if not cut:
        return micro
    if not over:
        return nano
    if micro.type.num_fields:
        raise SourceError(
            f'column "{name}" has nested times with nanoseconds together with ones before 1677 or after 2262: store'
            " them as microseconds or as text"
        )
    rest = _rest(micro, nano)
    digits = pc.utf8_lpad(rest.cast("string"), 3, "0")
    return pc.binary_join_element_wise(micro.cast("string"), pc.if_else(pc.equal(rest, 0), "", digits), "")


def _rest(micro: Any, nano: Any) -> Any:
    """Return the nanoseconds beyond the microseconds, even if they have overflowed."""
    pc: Any = import_module("pyarrow.compute")
    return pc.subtract(nano.view("int64"), pc.multiply(micro.view("int64"), 1000))


def _sound(batches: Iterator[pa.RecordBatch], content: ArrowContent) -> Iterator[pa.RecordBatch]:
    """Yield the same batches; raise an error that names the file if it is damaged."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    try:
        yield from batches
    except (OSError, pa.ArrowException) as error:
        content.finish()  # if the file has changed, that is the reason
        raise SourceError(f"cannot read {content.name}: {error}") from None
    content.finish()
