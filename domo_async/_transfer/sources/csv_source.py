"""The common base of CSV sources: the first records, and their mapping to a dataset's columns."""

from __future__ import annotations

import asyncio
import re
from abc import abstractmethod
from collections.abc import Sequence

from attrs import evolve

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.format import EMPTY_TEXT, NULL, text_of
from domo_async._transfer.encoding import Evidence, seen_in_text
from domo_async._transfer.seekable import SLICE
from domo_async._transfer.sources.base import Dialect, FolderColumns, SingleSource
from domo_async._transfer.sources.column_mapping import ColumnMapping, Header, Heading, SchemaOption
from domo_async._transfer.sources.rewritten import SAMPLE, sample
from domo_async._transfer.sources.sniffing import BEGIN, check_is_csv
from domo_async.errors import SourceError

__all__ = ["CsvSource"]

_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
_FOLLOWING = 12


class CsvSource(SingleSource):
    """CSV whose first bytes can be read in advance.

    Args:
        dialect: The dialect.
        folders: The columns in the names of its folders.
    """

    def __init__(self, dialect: Dialect, folders: FolderColumns | None = None) -> None:
        self._dialect = dialect
        self._folders = folders or FolderColumns()
        self._constants = self._folders.of()
        self._sample: list[list[str]] | None = None

    @abstractmethod
    async def _first(self, length: int) -> tuple[bytes, bool]:
        """Return the first bytes after a byte order mark, and whether they are all bytes."""

    @abstractmethod
    async def _first_fields(self) -> list[str] | None:
        """Return the first record, of any length; None if there is none."""

    async def heading(self) -> Heading | None:
        """Return the first record, which may be a header, and those that follow."""
        begin, _ = await self._first(BEGIN)
        if self._dialect.sniffed:
            check_is_csv(begin, self._dialect.encoding)
        fields = await self._first_fields()
        if fields is None:
            return None
        rows = await self._records()
        skip, notes = self._skipped(rows)
        if skip:
            if skip >= len(rows):
                await self._check_all_skipped(skip, len(rows))
                return None
            fields = [text_of(field) for field in rows[skip]]
        following = [[text_of(field) for field in row] for row in rows[skip + 1 : skip + 1 + _FOLLOWING]]
        named = {name.strip().casefold() for name in fields}
        constants = {name: value for name, value in self._constants.items() if name.casefold() not in named}
        return Heading(tuple(fields), constants=constants, following=following, skip=skip, notes=notes)

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the source's columns to a dataset's."""
        self._constants = self._folders.of(columns)
        fit = await super().fit(columns, header=header, schema=schema)
        if self._dialect.skip_rows and await self.heading() is None:
            # Nothing is left, and the skipped records must not be sent as rows.
            fit = evolve(fit, skip=self._dialect.skip_rows)
        rows = (await self._records())[fit.skip :]
        return evolve(fit, empties=bool(fit.typed) and _may_hold_empties(rows, fit.typed, self._dialect))

    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Infer types from the first rows."""
        return tuple(ColumnSpec(name, seen.type) for name, seen in zip(names, await self.seen(names), strict=True))

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the first rows."""
        heading = await self.heading()
        if heading is None:
            return tuple(Evidence() for _ in names)
        rows = (await self._records())[heading.skip + 1 :]
        nulls = {NULL, *self._dialect.null_values}
        texts = [[None if (text := text_of(field)) in nulls else text for field in row] for row in rows]
        own = seen_in_text(heading.width, texts)[: heading.width - len(heading.unnamed)]
        return (*own, *seen_in_text(len(heading.constants), [list(heading.constants.values())]))

    async def _records(self) -> list[list[str]]:
        """Return the first records, with quotes."""
        if self._sample is None:
            block, whole = await self._first(SLICE)
            self._sample = await asyncio.to_thread(sample, block, self._dialect, whole=whole)
        return self._sample

    async def _check_all_skipped(self, skip: int, records: int) -> None:
        """Refuse to skip more records than there are, or than are read in advance."""
        _, whole = await self._first(SLICE)
        known = whole and records < SAMPLE
        if known and skip == records:
            return
        has = f"has only {records}" if known else f"is read in advance for only {records}, to find its header"
        raise SourceError(
            f"skip_rows={skip} leaves out more records than there are: the source {has}; pass the number of records"
            " before the header; nothing was sent"
        )

    def _skipped(self, rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]]:
        """Return the number of records to skip, and notes about them."""
        skip = self._dialect.skip_rows
        notes = [f"the first {skip} records are left out" if skip > 1 else "line 1 is left out"] if skip else []
        while skip + 1 < len(rows):
            row = rows[skip]
            if list(row) == [""] and max(map(len, rows[skip + 1 :])) > 1:
                skip += 1
                continue
            found = _SEPARATOR.fullmatch(self._dialect.delimiter.join(row).strip('"'))
            if found is None:
                break
            if found[1] != self._dialect.delimiter:
                raise SourceError(
                    f"line {skip + 1} says that the delimiter is {found[1]!r}: pass delimiter={found[1]!r};"
                    " nothing was sent",
                    line=skip + 1,
                )
            notes.append(f"line {skip + 1} (sep={found[1]}) is left out")
            skip += 1
        return skip, tuple(notes)


def _may_hold_empties(rows: Sequence[Sequence[str]], typed: Sequence[int], dialect: Dialect) -> bool:
    """Return whether columns that are not text may have quoted empty fields.

    They may if the sample has one, or if the writer quotes fields that need no quotes: it then quotes NULL as well.
    """
    special = (dialect.delimiter, ",", '"', "\n", "\r")
    return any(
        field[:1] == '"' and len(field) > 2 and not any(mark in field[1:-1] for mark in special)
        for row in rows
        for field in row
    ) or any(index < len(row) and row[index] == EMPTY_TEXT for row in rows for index in typed)
