"""What an instance gives, streamed to disk: whole, or not at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from attrs import frozen

from domo_async.errors import ConfigError, IncompleteAnswer
from domo_async.settings import Settings
from domo_async.transfer.atomic import atomic_write, special_file
from domo_async.transfer.csv.counting import RecordCounter
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transfer.reading import scanning
from domo_async.transfer.reading.persistence import persistent
from domo_async.transfer.reading.scanning import Selection, check_uncut
from domo_async.transfer.reading.sink import TABLES, FileWriter, ObjectWriter, Sink, Writer, packed_as
from domo_async.transport import Download

__all__ = ["ExportResult", "ExportTarget", "export", "is_table_name"]

ExportTarget: TypeAlias = str | os.PathLike[str] | BinaryIO
_Fetch: TypeAlias = Callable[[], AbstractAsyncContextManager[Download]]
_CsvOfJson: TypeAlias = Callable[[bytes], bytes]


@frozen(kw_only=True)
class ExportResult:
    """What came whole, and is written.

    Attributes:
        bytes: How many bytes, as they came; of a file of another kind than CSV, the file's.
        seconds: From the call to the end.
        rows: How many rows, where they were counted: for Parquet and Arrow files.
    """

    bytes: int
    seconds: float
    rows: int | None = None


@frozen(kw_only=True)
class _Export:
    """One call of `export`."""

    fetch: _Fetch
    header: bool
    selection: Selection
    csv_of_json: _CsvOfJson
    reporter: Reporter
    settings: Settings

    async def to_path(self, path: Path) -> int:
        """Write the CSV to a file once it is whole, or as it comes to a device or a pipe; return its bytes."""
        packing = packed_as(path.name)
        async with special_file(path) as special:
            if special is not None:
                return await self.to_object(special, packing)
        async with atomic_write(path) as partial_path:
            size, rows = await persistent(lambda: self._copy(partial(FileWriter, partial_path, packing)), self.settings)
            await check_uncut(self.selection, rows)
        return size

    async def to_object(self, target: BinaryIO, packing: str | None = None) -> int:
        """Write the CSV to a file object; what it was given cannot be taken back, so there is no second try."""
        size, rows = await self._copy(partial(ObjectWriter, target, packing))
        await check_uncut(self.selection, rows)
        return size

    async def to_table(self, path: Path) -> tuple[int, int]:
        """Write a file of Parquet or Arrow; return its bytes and rows."""
        from domo_async.transfer.reading.table_files import write_table  # noqa: PLC0415 - needs pyarrow, as few do

        async with atomic_write(path) as partial_path:
            size, rows = await persistent(
                lambda: write_table(self.selection, partial_path, path.suffix.lower(), self.reporter), self.settings
            )
            await check_uncut(self.selection, rows)
        return size, rows

    async def _copy(self, open_writer: Callable[[], Writer]) -> tuple[int, int | None]:
        """Copy one answer, and return its bytes, and its rows if they are not more than an instance may cut at."""
        size = 0
        counter = RecordCounter(scanning.CAP + self.header)
        sink: Sink | None = None
        try:
            async with self.fetch() as answer:
                sink = Sink(lambda: _CountingWriter(open_writer(), counter))
                async for piece in self._pieces(answer):
                    size += len(piece)
                    self.reporter.moved(len(piece))
                    await sink.write(piece)
            await sink.finish()
        except BaseException as error:
            if sink is not None:
                await sink.give_up()
            if isinstance(error, IncompleteAnswer):
                self.reporter.moved(-size)
            raise
        records = counter.records
        return size, None if records is None else records - self.header

    async def _pieces(self, answer: Download) -> AsyncIterator[bytes]:
        if answer.content_type == "application/json":
            content = b"".join([piece async for piece in answer.chunks()])
            yield await asyncio.to_thread(self.csv_of_json, content)
            return
        async for piece in answer.chunks():
            yield piece


@frozen
class _CountingWriter:
    """Counts the records that a writer is given, in its thread."""

    _writer: Writer
    _counter: RecordCounter

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write."""
        self._writer.write(pieces)
        for piece in pieces:
            self._counter.feed(piece)

    def close(self, *, whole: bool) -> None:
        """Let go."""
        self._writer.close(whole=whole)


async def export(
    fetch: _Fetch,
    target: ExportTarget,
    *,
    header: bool,
    selection: Selection,
    csv_of_json: _CsvOfJson,
    progress: ProgressOption,
    settings: Settings,
) -> ExportResult:
    """Stream the result of a query to `target`; see `Datasets.export`.

    Args:
        fetch: Asks the instance for CSV as it is to be written.
        target: A path or a binary file object.
        header: Whether that CSV has a header.
        selection: The same query, for files that are not CSV, and to see whether the instance cut its result.
        csv_of_json: Makes CSV of an answer that is JSON; such a one is held in memory.
        progress: Whom to tell.
        settings: How often to ask, and where time comes from.
    """
    with reporting(settings.clock, progress, total=None, title="export") as reporter:
        one = _Export(
            fetch=fetch,
            header=header,
            selection=selection,
            csv_of_json=csv_of_json,
            reporter=reporter,
            settings=settings,
        )
        rows = None
        if isinstance(target, str | os.PathLike):
            path = Path(target)
            if is_table_name(path):
                size, rows = await one.to_table(path)
            else:
                size = await one.to_path(path)
        elif callable(getattr(target, "write", None)):
            size = await one.to_object(target)
        else:
            raise ConfigError(f"cannot write to a {type(target).__name__}; give a path or a binary file object")
        reporter.finish()
        return ExportResult(bytes=size, seconds=reporter.seconds, rows=rows)


def is_table_name(target: object) -> bool:
    """Return whether a target is the name of a Parquet or Arrow file."""
    return isinstance(target, str | os.PathLike) and Path(target).suffix.lower() in TABLES
