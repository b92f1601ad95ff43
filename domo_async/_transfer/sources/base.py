"""What every source is, once it is open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from attrs import field, frozen

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.format import COMMA, is_plain
from domo_async._transfer.csv.rewriting import Rewriter
from domo_async._transfer.encoding import CellRules, Evidence
from domo_async._transfer.part import Part
from domo_async._transfer.seekable import OnDisk
from domo_async._transfer.sources.column_mapping import (
    ColumnMapping,
    Header,
    Heading,
    SchemaOption,
    check_names,
    map_columns,
)
from domo_async._transfer.sources.sniffing import names_json_lines
from domo_async.errors import ConfigError, SourceError

__all__ = [
    "Dialect",
    "FolderColumns",
    "Format",
    "NamedSource",
    "OfFile",
    "OpenSource",
    "Reading",
    "SingleSource",
    "check_dialect",
]

Format: TypeAlias = Literal["auto", "csv", "jsonl"]


@frozen(kw_only=True)
class Dialect:
    """How CSV is written.

    Attributes:
        delimiter: What stands between fields.
        encoding: The name of its encoding, as Python has it.
        null_values: Texts that stand for NULL, in quotes or not.
        skip_rows: How many records stand before the header, or before the first row.
        sniffed: Whether what is not CSV by its first bytes is refused.
    """

    delimiter: str = COMMA
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ()
    skip_rows: int = 0
    sniffed: bool = True

    @property
    def plain(self) -> bool:
        """Whether it is what Domo reads, so that it can be sent as it is."""
        return not self.null_values and is_plain(self.delimiter, self.encoding)


def check_dialect(dialect: Dialect) -> None:
    """Refuse what cannot be read.

    Raises:
        ConfigError: The delimiter or the encoding cannot be one, or a text for NULL is not text.
    """
    for value in dialect.null_values:
        if not isinstance(value, str):
            raise ConfigError(f"null_values are texts as they stand in CSV, not {value!r:.80}")
    Rewriter(delimiter=dialect.delimiter, encoding=dialect.encoding)


@frozen(kw_only=True)
class Reading:
    """How sources are read.

    Attributes:
        dialect: How CSV is written.
        rules: How values of rows and frames are.
        format: What bytes are: CSV or JSON lines; ``"auto"`` goes by the name of a file, and by the first bytes.
    """

    dialect: Dialect = field(factory=Dialect)
    rules: CellRules = field(factory=CellRules)
    format: Format = "auto"

    def as_json_lines(self, name: object = None) -> bool:
        """Return whether bytes are read as JSON lines that come from a file of this name, if it has one."""
        if self.format == "auto":
            return isinstance(name, str) and names_json_lines(name)
        return self.format == "jsonl"


@frozen
class FolderColumns:
    """Columns of a file that stand in the names of its folders.

    Attributes:
        values: Their values, as text; None is NULL.
        optional: Whether they are taken only if the dataset has them: where the file is named by itself, and not found
            by a pattern or in a folder.
    """

    values: Mapping[str, str | None] = field(factory=dict)
    optional: bool = False

    def of(self, columns: Sequence[ColumnSpec] = ()) -> dict[str, str | None]:
        """Return those that are taken by a dataset of these columns."""
        known = {column.name.strip().casefold() for column in columns}
        return {
            name: value for name, value in self.values.items() if not self.optional or name.strip().casefold() in known
        }


class OpenSource(Protocol):
    """A source that can be fitted to a dataset's columns before its rows are read, once."""

    sampled: bool
    """Whether the types of its columns are inferred from some of its rows."""

    @property
    def total(self) -> int | None:
        """About how many bytes will be sent, where that is known beforehand; but for a last line end not more."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is made of, absolute and without links; none if it is not made of files alone."""
        ...

    @property
    def identity(self) -> Mapping[str, object]:
        """What tells whether a source is the same another time, as far as that is known without reading it."""
        ...

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
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

    def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
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


class NamedSource(OpenSource, Protocol):
    """A source of one heading, that can be one of several."""

    reopens: bool

    async def heading(self) -> Heading | None:
        """Return what the source tells of its columns; None if it is empty."""
        ...

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return what the source's first rows call for, column by column."""
        ...


class SingleSource(ABC):
    """A source of one heading."""

    sampled: bool = True
    files: tuple[Path, ...] = ()
    reopens: bool = True
    """Whether it is there again when it is opened once more."""

    @abstractmethod
    async def heading(self) -> Heading | None:
        """Return what the source tells of its columns; None if it is empty."""

    @abstractmethod
    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source's first rows, under these names."""

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return what the source's first rows call for, column by column."""
        return tuple(Evidence(column_types=frozenset({column.type})) for column in await self.columns(names))

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return how the source fits a dataset's columns."""
        heading = await self.heading()
        if heading is None:
            return ColumnMapping(tuple(columns), len(columns))
        fit = map_columns(heading, columns, header=header, schema=schema)
        if not fit.added:
            return fit
        types = {column.name: column for column in await self.columns(heading.names)}
        return fit.with_types(types)

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source."""
        heading = await self.heading()
        if heading is None:
            raise SourceError("the source is empty and names no columns; create the dataset with columns=…")
        return await self.columns(check_names(heading, header=header))


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
