"""The interface of open sources, and the options for reading them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
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
from domo_async._transfer.sources.urls import SourceFile, UrlContent, UrlFile
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
    "known_files_of",
]

Format: TypeAlias = Literal["auto", "csv", "jsonl"]


@frozen(kw_only=True)
class Dialect:
    """A dialect of CSV.

    Attributes:
        delimiter: The delimiter of fields.
        encoding: Python's name of its encoding.
        null_values: Texts that mean NULL, quoted or not.
        skip_rows: The number of records before the header, or before the first row.
        sniffed: Whether a source is refused if its first bytes are not CSV.
    """

    delimiter: str = COMMA
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ()
    skip_rows: int = 0
    sniffed: bool = True

    @property
    def plain(self) -> bool:
        """Whether Domo reads this dialect, so that CSV can be sent without rewriting."""
        return not self.null_values and is_plain(self.delimiter, self.encoding)


def check_dialect(dialect: Dialect) -> None:
    """Check a dialect.

    Raises:
        ConfigError: The delimiter or the encoding is invalid, or a text for NULL is not text.
    """
    for value in dialect.null_values:
        if not isinstance(value, str):
            raise ConfigError(f"null_values must be texts as they stand in CSV, not {value!r:.80}")
    Rewriter(delimiter=dialect.delimiter, encoding=dialect.encoding)


@frozen(kw_only=True)
class Reading:
    """The options for reading sources.

    Attributes:
        dialect: The dialect of CSV.
        rules: The rules for values of rows and frames.
        format: The format of bytes: CSV or JSON lines; ``"auto"`` decides by the file's name and its first bytes.
    """

    dialect: Dialect = field(factory=Dialect)
    rules: CellRules = field(factory=CellRules)
    format: Format = "auto"

    def as_json_lines(self, name: object = None) -> bool:
        """Return whether bytes are read as JSON lines, if they come from a file of this name."""
        if self.format == "auto":
            return isinstance(name, str) and names_json_lines(name)
        return self.format == "jsonl"


@frozen
class FolderColumns:
    """Columns of a file that are in the names of its folders.

    Attributes:
        values: Their values, as text; None is NULL.
        optional: Whether they are only used if the dataset has them: if the file is given by its path, and was not
            found by a pattern or in a folder.
    """

    values: Mapping[str, str | None] = field(factory=dict)
    optional: bool = False

    def of(self, columns: Sequence[ColumnSpec] = ()) -> dict[str, str | None]:
        """Return the values that are used for a dataset of these columns."""
        known = {column.name.strip().casefold() for column in columns}
        return {
            name: value for name, value in self.values.items() if not self.optional or name.strip().casefold() in known
        }


class OpenSource(Protocol):
    """A source that can be mapped to a dataset's columns before its rows are read, once."""

    sampled: bool
    """Whether its columns' types are inferred from some of its rows."""

    @property
    def total(self) -> int | None:
        """An estimate of the bytes to send, or None if unknown; except for a last line end, not more will be sent."""
        ...

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Its files, those here by absolute paths with links resolved; empty if it does not consist only of files."""
        ...

    @property
    def identity(self) -> Mapping[str, object]:
        """Properties by which a later run recognises the same source, as far as known without reading it."""
        ...

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the source's columns to a dataset's.

        Raises:
            SourceError: They do not match; says how they differ.
        """
        ...

    async def infer(self, *, header: Header) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source.

        Raises:
            SourceError: The source does not name columns.
        """
        ...

    def parts(self, fit: ColumnMapping, sizes: Iterator[int]) -> AsyncGenerator[Part]:
        """Yield the rows as parts; the next part is only created on request.

        Raises:
            SourceError: A row does not fit; names its line or number.
        """
        ...

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the source has changed since it was opened."""
        ...

    def rest(self) -> None:
        """Close files once all parts are created; files that are read again are opened again."""
        ...

    def close(self) -> None:
        """Close all files for good."""
        ...


class NamedSource(OpenSource, Protocol):
    """A source with a single heading, which can be one of several files."""

    reopens: bool

    async def heading(self) -> Heading | None:
        """Return the source's heading; None if it is empty."""
        ...

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the source's first rows, for each column."""
        ...


class SingleSource(ABC):
    """A source with a single heading."""

    sampled: bool = True
    files: tuple[SourceFile, ...] = ()
    reopens: bool = True
    """Whether it can be opened again."""

    @abstractmethod
    async def heading(self) -> Heading | None:
        """Return the source's heading; None if it is empty."""

    @abstractmethod
    async def columns(self, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
        """Return the columns that a dataset would need for the source's first rows, under these names."""

    async def seen(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """Return the evidence from the source's first rows, for each column."""
        return tuple(Evidence(column_types=frozenset({column.type})) for column in await self.columns(names))

    async def fit(self, columns: Sequence[ColumnSpec], *, header: Header, schema: SchemaOption) -> ColumnMapping:
        """Return the mapping of the source's columns to a dataset's."""
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
            raise SourceError("the source is empty and does not name columns; create the dataset with columns=…")
        return await self.columns(check_names(heading, header=header))


class OfFile:
    """A source that is read once from a file, which is checked for changes."""

    _file: OnDisk | UrlContent

    def check_unchanged(self) -> None:
        """Raise `SourceError` if the file was written to."""
        self._file.check_unchanged()

    def rest(self) -> None:
        """Close the file until it is read again."""
        self._file.rest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def known_files_of(data: OnDisk | UrlContent) -> tuple[SourceFile, ...]:
    """Return the file of a content; none if it can only be told from others by reading it."""
    file = data.path
    return () if isinstance(file, UrlFile) and file.mark is None else (file,)
