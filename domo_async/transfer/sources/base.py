"""What every source is, once it is open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from domo_async.errors import SourceError
from domo_async.transfer.columns import ColumnSpec
from domo_async.transfer.csv.rewriting import Rewriter
from domo_async.transfer.encoding import CellRules
from domo_async.transfer.part import Part
from domo_async.transfer.sources.fitting import Fit, Header, Heading, SchemaOption, fit_columns
from domo_async.transfer.stored import OnDisk

__all__ = ["Dialect", "OfFile", "OpenSource", "Reading", "SingleSource", "check_dialect"]

_PLAIN = {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}


@frozen(kw_only=True)
class Dialect:
    """How CSV is written.

    Attributes:
        delimiter: What stands between fields.
        encoding: The name of its encoding, as Python has it.
    """

    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def plain(self) -> bool:
        """Whether it is what Domo reads, so that it can be sent as it is."""
        return self.delimiter == "," and self.encoding.lower().replace("_", "-") in _PLAIN


def check_dialect(dialect: Dialect) -> None:
    """Refuse what cannot be read.

    Raises:
        ConfigError: The delimiter or the encoding cannot be one.
    """
    Rewriter(delimiter=dialect.delimiter, encoding=dialect.encoding)


@frozen(kw_only=True)
class Reading:
    """How sources are read.

    Attributes:
        dialect: How CSV is written.
        rules: How values of rows and frames are.
    """

    dialect: Dialect = field(factory=Dialect)
    rules: CellRules = field(factory=CellRules)


class OpenSource(Protocol):
    """A source that can be fitted to a dataset's columns before its rows are read, once."""

    @property
    def total(self) -> int | None:
        """Bytes that will be sent, where that is known beforehand."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is made of, absolute and without links; none if it is not made of files alone."""
        ...

    @property
    def identity(self) -> Mapping[str, object]:
        """What tells whether a source is the same another time, as far as that is known without reading it."""
        ...

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> Fit:
        """Return how the source fits a dataset's columns.

        Raises:
            SourceError: It does not; says how they differ.
        """
        ...

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source.

        Raises:
            SourceError: It names none.
        """
        ...

    def parts(self, fit: Fit, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Yield the rows as parts; the next one is only made when it is asked for.

        Raises:
            SourceError: A row does not fit; names its line or number.
        """
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the source is not what it was in the beginning."""
        ...

    def rest(self) -> None:
        """Let go of files once all parts are made; those that are read again are opened again."""
        ...

    def close(self) -> None:
        """Let go of files for good."""
        ...


class SingleSource(ABC):
    """A source of one heading."""

    files: tuple[Path, ...] = ()

    @abstractmethod
    async def heading(self) -> Heading | None:
        """Return what the source tells of its columns; None if it is empty."""

    @abstractmethod
    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source's first rows, under these names."""

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> Fit:
        """Return how the source fits a dataset's columns."""
        heading = await self.heading()
        if heading is None:
            return Fit(tuple(columns), len(columns))
        fit = fit_columns(heading, columns, header=header, schema=schema)
        if not fit.added:
            return fit
        types = {column.name: column for column in await self.columns(heading.fields)}
        return fit.with_types(types)

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source."""
        heading = await self.heading()
        if heading is None:
            raise SourceError("the source is empty and names no columns; create the dataset with columns=…")
        if not heading.named or not (heading.sure or header):
            raise SourceError("the source does not name its columns; create the dataset with columns=…")
        twice = [name for name in heading.fields if heading.fields.count(name) > 1]
        if twice:
            raise SourceError(f"the source has more than one column {twice[0]!r}: name them apart")
        return await self.columns(heading.fields)


class OfFile:
    """What comes once out of a file that lies still, which is watched for changes."""

    _file: OnDisk

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._file.check_unchanged()

    def rest(self) -> None:
        """Hold the file open no longer."""
        self._file.rest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
