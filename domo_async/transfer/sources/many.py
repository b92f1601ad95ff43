"""Several files as one source, each with a header of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from domo_async.errors import SourceError
from domo_async.transfer.columns import ColumnSpec
from domo_async.transfer.part import Part, joined
from domo_async.transfer.sources.base import OpenSource
from domo_async.transfer.sources.fitting import Fit, Header, SchemaOption

__all__ = ["ManyFiles"]


class ManyFiles:
    """Files one after the other, of which only one is open at a time, however many they are."""

    def __init__(self, paths: Sequence[Path], open_file: Callable[[Path], Awaitable[OpenSource]]) -> None:
        self._paths = paths
        self._open_file = open_file
        self._fits: dict[Path, Fit] = {}
        self._identities: dict[Path, Mapping[str, object]] = {}
        self._totals: list[int | None] = []
        self._open: list[OpenSource] = []

    @property
    def total(self) -> int | None:
        """The bytes of all files, if they are sent as they are."""
        known = [total for total in self._totals if total is not None]
        return sum(known) if len(known) == len(self._paths) else None

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return tuple(Path(os.path.realpath(path)) for path in self._paths)

    @property
    def identity(self) -> Mapping[str, object]:
        """Those of the files."""
        return {"files": [{"path": str(path), **self._identities[path]} for path in self._paths]}

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> Fit:
        """Fit each file; the columns to be added are those of all."""
        wanted = tuple(columns)
        self._totals = []
        for path in self._paths:
            with _naming(path):
                source = await self._open_file(path)
                try:
                    fit = await source.fit(wanted, header=header, schema=schema)
                    self._totals.append(source.total)
                    self._identities[path] = source.identity
                finally:
                    source.close()
            self._fits[path] = fit
            wanted = fit.columns
        # What a file lacks that a later one adds is NULL.
        self._fits = {path: _widened(fit, wanted) for path, fit in self._fits.items()}
        return Fit(wanted, len(wanted), added=wanted[len(columns) :])

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns of the first file."""
        with _naming(self._paths[0]):
            source = await self._open_file(self._paths[0])
            try:
                return await source.infer(header=header)
            finally:
                source.close()

    async def parts(self, fit: Fit, sizes: Iterator[int]) -> AsyncGenerator[Part]:  # noqa: ARG002 - each has its own
        """Yield the parts of one file after the other; small ones share a part."""
        most = next(sizes)
        waiting: list[Part] = []
        length = 0
        for path in self._paths:
            with _naming(path):
                source = await self._open_file(path)
                self._open.append(source)
                if source.identity != self._identities[path]:
                    raise SourceError(f"{path} was written to while it was uploaded")
                async for part in source.parts(self._fits[path], sizes):
                    # One more for the line end that the last of them may lack.
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
        """Nothing is held open that is not needed."""

    def close(self) -> None:
        """Let go of all files."""
        for source in self._open:
            source.close()


def _widened(fit: Fit, columns: tuple[ColumnSpec, ...]) -> Fit:
    lacking = len(columns) - len(fit.columns)
    if not lacking:
        return fit
    order = tuple(range(fit.width)) if fit.order is None else fit.order
    return evolve(fit, columns=columns, order=(*order, *[None] * lacking))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say in which file it is that something is wrong."""
    try:
        yield
    except SourceError as error:
        if str(path) in error.message:
            raise
        raise SourceError(f"in {path}: {error.message}", line=error.line) from error
