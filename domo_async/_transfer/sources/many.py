"""Several files as one source, each with its own header."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from operator import add
from pathlib import Path

from attrs import evolve

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding import Evidence, seen_in_text
from domo_async._transfer.part import Part, joined
from domo_async._transfer.sources.base import NamedSource
from domo_async._transfer.sources.column_mapping import (
    ColumnMapping,
    Header,
    Heading,
    SchemaOption,
    check_names,
    is_header,
)
from domo_async._transfer.sources.urls import SourceFile, UrlFile
from domo_async.errors import SourceError

__all__ = ["ManyFiles"]


class ManyFiles:
    """Successive files, of which only one is open at a time.

    Args:
        paths: The files.
        open_file: Opens a file.
        notes: Remarks on how they were found.
    """

    sampled: bool = True

    def __init__(
        self,
        paths: Sequence[SourceFile],
        open_file: Callable[[SourceFile], Awaitable[NamedSource]],
        notes: Sequence[str] = (),
    ) -> None:
        self._paths = paths
        self._notes = notes
        self._open_file = open_file
        self._fits: dict[SourceFile, ColumnMapping] = {}
        self._identities: dict[SourceFile, Mapping[str, object]] = {}
        self._totals: list[int | None] = []
        self._open: list[NamedSource] = []
        # A pipe can be read only once.
        self._once: dict[SourceFile, NamedSource] = {}

    @property
    def total(self) -> int | None:
        """The bytes of all files, if they are sent unchanged."""
        known = [total for total in self._totals if total is not None]
        return sum(known) if len(known) == len(self._paths) else None

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All files; empty if one is a pipe, or has to be read to be told from others."""
        found = list[SourceFile]()
        for path in self._paths:
            if isinstance(path, UrlFile):
                if path.mark is None:
                    return ()
                found.append(path)
            elif path.is_file():
                found.append(Path(os.path.realpath(path)))
            else:
                return ()
        return tuple(found)

    @property
    def identity(self) -> Mapping[str, object]:
        """The identities of the files."""
        return {"files": [{"path": str(path), **self._identities[path]} for path in self._paths]}

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Map each file's columns; the columns to be added are those of all files, with types that hold all values."""
        wanted = tuple(columns)
        self._totals = []
        seen: dict[str, Evidence] = {}
        notes = list(self._notes)
        for path in self._paths:
            async with self._looked_at(path) as source:
                fit = await source.fit(wanted, header=header, schema=schema)
                self._totals.append(source.total)
                self._identities[path] = source.identity
                new = [column.name for column in fit.columns[len(columns) :]]
                heading = await source.heading() if new else None
                if heading is not None and (heading.sure or fit.header):
                    await _see(source, heading, seen, new)
            self._fits[path] = fit
            notes += [f"{path}: {note}" for note in fit.notes]
            wanted = fit.columns
        added = tuple(ColumnSpec(column.name, seen[column.name].type) for column in wanted[len(columns) :])
        wanted = (*columns, *added)
        # Columns that a file lacks and a later one adds are NULL.
        self._fits = {path: _widened(fit, wanted) for path, fit in self._fits.items()}
        return ColumnMapping(wanted, len(wanted), added=added, notes=tuple(notes))

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns of the first file that is not empty, with types that hold the values of all files."""
        names: tuple[str, ...] = ()
        seen: dict[str, Evidence] = {}
        for path in self._paths:
            async with self._looked_at(path) as source:
                heading = await source.heading()
                if heading is not None:
                    names = names or check_names(heading, header=header)
                    columns = [ColumnSpec(name, ColumnType.STRING) for name in names]
                    by_name = heading.sure or header is True or is_header(heading, columns)
                    await _see(source, heading, seen, names, by_name=by_name)
        if not names:
            raise SourceError("all files are empty and do not name columns; create the dataset with columns=…")
        return tuple(ColumnSpec(name, seen[name].type) for name in names)

    async def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Yield the parts of the files in turn; small files share a part."""
        most = next(sizes)
        waiting: list[Part] = []
        length = 0
        for path in self._paths:
            with _naming(path):
                source = self._once.pop(path, None) or await self._open_file(path)
                self._open.append(source)
                if source.identity != self._identities[path]:
                    raise SourceError(f"{path} was written to while it was uploaded")
                async with aclosing(source.parts(evolve(self._fits[path], check=fit.check), sizes)) as parts:
                    async for part in parts:
                        # One byte more for the line end that the last file may lack.
                        if waiting and length + part.length + len(waiting) > most:
                            yield joined(waiting).with_line_end()
                            waiting, length = [], 0
                        waiting.append(part)
                        length += part.length
                source.rest()
        if waiting:
            yield joined(waiting)

    def check_unchanged(self) -> None:
        """Raise `SourceError` if one of the files was written to."""
        for source in self._open:
            source.check_unchanged()

    def rest(self) -> None:
        """Do nothing: files are closed as soon as they are read."""

    def close(self) -> None:
        """Close all files."""
        for source in (*self._open, *self._once.values()):
            source.close()

    @asynccontextmanager
    async def _looked_at(self, path: SourceFile) -> AsyncIterator[NamedSource]:
        """Give an open file, which is closed afterwards if it can be opened again."""
        with _naming(path):
            source = self._once.get(path) or await self._open_file(path)
            if not source.reopens:
                self._once[path] = source
            try:
                yield source
            finally:
                if source.reopens:
                    source.close()


async def _see(
    source: NamedSource, heading: Heading, seen: dict[str, Evidence], names: Sequence[str], *, by_name: bool = True
) -> None:
    """Add a file's evidence to that of columns of the same names."""
    found = await source.seen(heading.names)
    positions = {name.strip().casefold(): position for position, name in enumerate(heading.names)}
    if not by_name:
        found = tuple(map(add, found, seen_in_text(heading.width, [heading.fields])))
        positions = {name.strip().casefold(): position for position, name in enumerate(names) if position < len(found)}
    for name in names:
        position = positions.get(name.strip().casefold())
        seen[name] = seen.get(name, Evidence()) + (Evidence() if position is None else found[position])


def _widened(fit: ColumnMapping, columns: tuple[ColumnSpec, ...]) -> ColumnMapping:
    lacking = len(columns) - len(fit.columns)
    if not lacking:
        return evolve(fit, columns=columns)
    order = tuple(range(fit.width)) if fit.order is None else fit.order
    return evolve(fit, columns=columns, order=(*order, *[None] * lacking))


@contextmanager
def _naming(path: SourceFile) -> Iterator[None]:
    """Add the file's path to errors."""
    try:
        yield
    except SourceError as error:
        if str(path) in error.message:
            raise
        raise SourceError(f"in {path}: {error.message}", line=error.line) from error
