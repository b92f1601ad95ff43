"""Exports of query results, streamed to disk atomically."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from attrs import frozen

from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async._transfer.atomic_write import atomic_write, check_file_object, object_errors, special_file
from domo_async._transfer.file_writer import (
    TABLES,
    AsyncFileTarget,
    BackgroundWriter,
    FileWriter,
    ObjectWriter,
    Target,
    Writer,
    packed_as,
)
from domo_async._transfer.progress import ProgressOption, Reporter, reporting
from domo_async._transfer.reading.checking import CheckingWriter
from domo_async._transfer.reading.heading import is_json, refuse_page
from domo_async._transfer.reading.scanning import Columns, Selection, check_ended, check_last, check_uncut
from domo_async._transport import Download, persistent
from domo_async._wire import Record
from domo_async.errors import IncompleteAnswer

__all__ = ["ExportResult", "export", "is_table_name"]

_CsvOfJson: TypeAlias = Callable[[bytes], bytes]


@frozen(kw_only=True)
class ExportResult(Record):
    """The result of a complete export.

    Attributes:
        bytes: The number of bytes of CSV before compression; for files of other formats, the size of the file.
        seconds: The duration of the call.
        rows: The number of rows.
    """

    bytes: int
    seconds: float
    rows: int


@frozen(kw_only=True)
class _Export:
    """One call of `export`."""

    header: bool
    selection: Selection
    csv_of_json: _CsvOfJson
    reporter: Reporter
    settings: Settings

    async def to_path(self, path: Path) -> tuple[int, int]:
        """Write the CSV atomically to a file, or stream it to a device or a pipe; return its bytes and rows."""
        packing = packed_as(path.name)
        async with special_file(path) as special:
            if special is not None:
                return await self.to_object(special, packing)
        async with atomic_write(path) as partial_path:
            async with self.selection.columns() as columns:
                size, rows = await persistent(
                    lambda: self._copy(partial(FileWriter, partial_path, packing), columns), self.settings
                )
            await check_uncut(self.selection, rows)
        return size, rows

    async def to_object(self, target: BinaryIO | AsyncFileTarget, packing: str | None = None) -> tuple[int, int]:
        """Write the CSV to a file object, without retries: bytes that were written cannot be taken back."""
        writer = ObjectWriter(target, packing)
        async with self.selection.columns() as columns:
            size, rows = await self._copy(lambda: writer, columns)
        await check_uncut(self.selection, rows)
        return size, rows

    async def to_table(self, path: Path) -> tuple[int, int]:
        """Write a Parquet or Arrow file; return its bytes and rows."""
        from domo_async._transfer.reading.table_files import write_table  # noqa: PLC0415 - needs pyarrow

        async with atomic_write(path) as partial_path:
            size, rows = await persistent(
                lambda: write_table(self.selection, partial_path, path.suffix.lower(), self.reporter), self.settings
            )
            await check_uncut(self.selection, rows)
        return size, rows

    async def _copy(self, open_writer: Callable[[], Writer], columns: Columns) -> tuple[int, int]:
        """Copy one answer, and return the number of bytes written and of rows."""
        moved = 0
        last = b""
        background: BackgroundWriter | None = None
        try:
            async with self.selection.fetch() as answer:
                names = [column.name for column in await columns]
                refuse_page(answer)
                writer = CheckingWriter(open_writer, names, header=self.header)
                background = BackgroundWriter(writer.opened)
                async for piece in self._pieces(answer):
                    last = piece[-1:] or last
                    moved += len(piece)
                    self.reporter.moved(len(piece))
                    await background.write(piece)
                # Inside the block, so that secrets are removed from errors that quote the answer.
                check_last(answer, last)
                await background.finish()
            if not answer.tells_its_end and not is_json(answer):
                await check_ended(self.selection, writer.rows)
        except BaseException as error:
            if background is not None:
                await background.give_up()
            if isinstance(error, IncompleteAnswer):
                self.reporter.moved(-moved)
            raise
        return writer.size, writer.rows

    async def _pieces(self, answer: Download) -> AsyncIterator[bytes]:
        if is_json(answer):
            content = Secret(b"".join([piece async for piece in answer.chunks()]))
            yield await answer.understood(content, self.csv_of_json)
            return
        async for piece in answer.chunks():
            yield piece


async def export(
    target: Target,
    *,
    header: bool,
    selection: Selection,
    csv_of_json: _CsvOfJson,
    progress: ProgressOption,
    settings: Settings,
) -> ExportResult:
    """Stream the result of a query to `target`; see `Datasets.export`.

    Args:
        target: A path or a binary file object.
        header: Whether CSV is to have a header.
        selection: The query.
        csv_of_json: Converts a JSON answer to CSV; such an answer is held in memory.
        progress: The caller's progress option.
        settings: The settings, with the retries and the clock.
    """
    with reporting(settings.clock, progress, total=None, title="export") as reporter:
        one = _Export(
            header=header,
            selection=selection,
            csv_of_json=csv_of_json,
            reporter=reporter,
            settings=settings,
        )
        if isinstance(target, str | os.PathLike):
            path = Path(target)
            if is_table_name(path):
                size, rows = await one.to_table(path)
            else:
                size, rows = await one.to_path(path)
        else:
            check_file_object(target)
            with object_errors(target):
                size, rows = await one.to_object(target)
        reporter.finish()
        return ExportResult(bytes=size, seconds=reporter.seconds, rows=rows)


def is_table_name(target: object) -> bool:
    """Return whether a target is the name of a Parquet or Arrow file."""
    return isinstance(target, str | os.PathLike) and Path(target).suffix.lower() in TABLES
