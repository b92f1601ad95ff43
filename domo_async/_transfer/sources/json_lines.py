"""JSON lines: each line is an object, which is a row with named cells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.dialects import Decoder
from domo_async._transfer.encoding import CellRules, Evidence, columns_of_text, seen_in_text
from domo_async._transfer.seekable import SLICE, OnDisk
from domo_async._transfer.sources.base import FolderColumns, known_files_of
from domo_async._transfer.sources.column_mapping import ColumnMapping, Header, SchemaOption
from domo_async._transfer.sources.tables import RowTable
from domo_async._transfer.sources.urls import SourceFile, UrlContent
from domo_async.errors import SourceError

__all__ = ["JsonLines"]

_Row: TypeAlias = Sequence[object] | Mapping[str, object]
_ROWS = 2000
_BLANK = " \t\r\n"


class JsonLines(RowTable):
    """Rows of JSON lines from an async iterator of bytes, treated like rows of Python values.

    Integers keep all their digits, and so do fractions that a float would change.

    Args:
        chunks: The bytes.
        encoding: Their encoding.
        rules: The caller's rules for values.
        identity: Properties by which a later run recognises the same source.
        folders: The columns in the names of the file's folders.
        file: The file that the bytes come from, if they come from a file.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        encoding: str,
        rules: CellRules,
        identity: Mapping[str, object],
        folders: FolderColumns | None = None,
        file: OnDisk | UrlContent | None = None,
    ) -> None:
        self._folders = folders or FolderColumns()
        self._lines = _Lines(encoding, self._folders.of())
        super().__init__(_rows(chunks, self._lines), rules)
        self.identity = identity
        self._file = file
        self.files: tuple[SourceFile, ...] = () if file is None else known_files_of(file)

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the rows' columns to a dataset's."""
        self._lines.constants = self._folders.of(columns)
        return await super().fit(columns, header=header, schema=schema)

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Infer types from the first rows and from the names of folders."""
        texts = columns_of_text(list(self._lines.constants), [list(self._lines.constants.values())])
        known = {column.name: column for column in texts}
        return tuple(known.get(column.name, column) for column in await super().columns(names))

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the first rows and from the names of folders."""
        found = await super().seen(names)
        values = [[self._lines.constants.get(name) for name in names]]
        return tuple(
            text if name in self._lines.constants else own
            for name, own, text in zip(names, found, seen_in_text(len(names), values), strict=True)
        )

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        if self._file is not None:
            self._file.check_unchanged()

    def rest(self) -> None:
        """Close the file until it is read again."""
        if self._file is not None:
            self._file.rest()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


async def _rows(chunks: AsyncIterator[bytes], lines: _Lines) -> AsyncIterator[list[_Row]]:
    """Yield the rows in lists of moderate length."""
    waiting: list[_Row] = []
    async for chunk in chunks:
        for start in range(0, len(chunk), SLICE):
            waiting += await asyncio.to_thread(lines.feed, chunk[start : start + SLICE])
            if len(waiting) >= _ROWS or lines.full():
                yield waiting
                waiting = []
    waiting += await asyncio.to_thread(lines.finish)
    if waiting:
        yield waiting


class _Lines:
    def __init__(self, encoding: str, constants: Mapping[str, str | None]) -> None:
        self._decoder = Decoder(encoding)
        self._encoding = encoding
        self.constants = constants
        self._held: list[str] = []
        self._line = 0
        self._taken = 0

    def full(self) -> bool:
        """Return whether enough was read since the last time to pass it on."""
        full = self._taken >= SLICE
        if full:
            self._taken = 0
        return full

    def feed(self, data: bytes) -> list[_Row]:
        """Return the rows of the complete lines."""
        text, sound = self._decoder.decode(data)
        self._taken += len(text)
        *whole, rest = text.split("\n")
        if not whole:
            self._held.append(rest)
        else:
            self._held.append(whole[0])
            whole[0] = "".join(self._held)
            self._held = [rest]
        rows = list(self._parsed(whole))
        if not sound:
            raise SourceError(
                f"line {self._line + 1} is not {self._encoding}; say which encoding the source has", line=self._line + 1
            )
        return rows

    def finish(self) -> list[_Row]:
        """Return the row of a last line without a line end, if there is one."""
        rows = self.feed(b"")
        text, sound = self._decoder.decode(b"", final=True)
        if not sound:
            raise SourceError(f"line {self._line + 1} ends within a character", line=self._line + 1)
        last, self._held = "".join([*self._held, text]), []
        return [*rows, *self._parsed([last])]

    def _parsed(self, lines: Sequence[str]) -> Iterator[_Row]:
        for text in lines:
            self._line += 1
            if text.strip(_BLANK):
                yield self._row(text)

    def _row(self, text: str) -> _Row:
        try:
            row = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"is not JSON: {error}") from None
        if not isinstance(row, dict):
            what = {list: "an array", str: "text", bool: "a truth value", type(None): "null"}.get(type(row), "a number")
            raise self._wrong(f"holds {what}; each line of JSON lines is an object with the columns' names as keys")
        return {**row, **self.constants} if self.constants else row

    def _wrong(self, what: str) -> SourceError:
        return SourceError(f"line {self._line} {what}", line=self._line)


def _number(text: str) -> float | Decimal:
    number = float(text)
    exact = Decimal(text)
    return number if Decimal(repr(number)) == exact else exact


def _integer(text: str) -> int | Decimal:
    # Python does not parse integers of thousands of digits.
    return int(text) if len(text) < 1000 else Decimal(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the key {twice!r:.80} twice")
    return made


_DECODER = json.JSONDecoder(parse_float=_number, parse_int=_integer, object_pairs_hook=_object)
