"""Mapping of a source's columns to the dataset's. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.csv.format import MARK_CHARACTER
from domo_async._transfer.encoding import text_fits
from domo_async.errors import SourceError

__all__ = [
    "ColumnMapping",
    "Header",
    "Heading",
    "SchemaOption",
    "check_names",
    "check_no_header",
    "is_header",
    "map_columns",
]

# The number of records before the header that are searched for titles.
_TITLES = 10
_NAME = re.compile(r"[^\W\d][^\r\n]{0,127}")
_LETTER = re.compile(r"[^\W\d_]")

Header: TypeAlias = bool | Literal["auto"]
SchemaOption: TypeAlias = Literal["match", "evolve"]


@frozen
class Heading:
    """The columns of a source, as known before its rows are read.

    Attributes:
        fields: The columns' names, or the first record, which may be names.
        sure: Whether they are certainly names: those of a frame, or the keys of a row.
        partial: Whether a missing column is NULL: rows that are mappings may omit keys.
        named: Whether the columns have names; rows that are plain sequences do not.
        constants: Columns from the names of the file's folders, and their values; None is NULL.
        following: The records after the first, as far as they were read; only for CSV.
        skip: The number of records before the first.
        notes: Remarks on the skipped records.
    """

    fields: tuple[str, ...]
    sure: bool = False
    partial: bool = False
    named: bool = True
    constants: Mapping[str, str | None] = field(factory=dict)
    following: Sequence[Sequence[str]] = ()
    skip: int = 0
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.fields)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, without empty ones at the end of the record."""
        return (*self.fields[: self.width - len(self.unnamed)], *self.constants)

    @property
    def unnamed(self) -> tuple[int, ...]:
        """The indices of empty fields at the end of the first record, such as after a surplus delimiter."""
        if self.sure or not any(map(str.strip, self.fields)):
            return ()
        last = max(position for position, name in enumerate(self.fields) if name.strip())
        return tuple(range(last + 1, self.width))


@frozen
class ColumnMapping:
    """The mapping of a source's columns to the dataset's.

    Attributes:
        columns: The dataset's columns in order, with those to be added at the end.
        width: The number of columns of the source.
        order: For each of `columns` the index of its values in the source, or None for NULL; None as a whole if the
            source is in order.
        header: Whether the first record is a header.
        added: The number of columns that have to be added to the dataset.
        skip: The number of records before the first.
        unnamed: The indices of source columns without a name, which must be empty.
        constants: Values that are appended to each record; indices from `width` on refer to them.
        empties: Whether a quoted empty field is NULL in columns that are not text.
        check: Whether the fields of CSV are checked against the types of their columns, as the instance does.
        notes: Remarks on the mapping.
    """

    columns: tuple[ColumnSpec, ...]
    width: int
    order: tuple[int | None, ...] | None = None
    header: bool = False
    added: tuple[ColumnSpec, ...] = ()
    skip: int = 0
    unnamed: tuple[int, ...] = ()
    constants: tuple[str | None, ...] = ()
    empties: bool = False
    check: bool = False
    notes: tuple[str, ...] = ()

    @property
    def leading(self) -> int:
        """The number of records to leave out at the beginning."""
        return self.skip + self.header

    @property
    def as_it_is(self) -> bool:
        """Whether records can be sent unchanged, except for quoted empty fields."""
        return self.order is None and not (self.unnamed or self.check)

    @property
    def typed(self) -> tuple[int, ...]:
        """The indices in the source of columns that are known and not text."""
        order = range(self.width) if self.order is None else self.order
        return tuple(
            position
            for position, column in zip(order, self.columns, strict=False)
            if position is not None and position < self.width and column.type.known and column.type != ColumnType.STRING
        )

    def with_types(self, types: Mapping[str, ColumnSpec]) -> ColumnMapping:
        """Return the mapping with the given types of the columns to be added, by name."""
        added = tuple(types[column.name] for column in self.added)
        return evolve(self, columns=(*self.columns[: -len(added)], *added), added=added)


def map_columns(
    heading: Heading,
    columns: Sequence[ColumnSpec],
    *,
    header: Header,
    schema: SchemaOption,
) -> ColumnMapping:
    """Return the mapping of a source's columns to a dataset's.

    Args:
        heading: The source's heading.
        columns: The dataset's columns.
        header: Whether the first record of CSV is a header.
        schema: ``"match"`` accepts only the dataset's columns, ``"evolve"`` adds those that it lacks.

    Returns:
        The mapping, in which the columns to be added are text; the caller sets their types.

    Raises:
        SourceError: The columns do not match; says how they differ.
    """
    named = heading.named and (heading.sure or header is True or (header == "auto" and is_header(heading, columns)))
    if heading.named and not heading.sure and header is not False and not is_header(heading, columns):
        _check_no_later_header(heading, columns)
    if not named:
        return _by_position(heading, columns, header=header)
    names = heading.names
    own = heading.width - len(heading.unnamed)
    from_csv = not heading.sure
    positions = _positions(names, columns)
    if from_csv and header is True and schema == "match" and _goes_by_position(positions, heading, columns):
        renamed = [
            f"{name} to {column.name}"
            for name, column in zip(names, columns, strict=True)
            if _folded(name) != _folded(column.name)
        ]
        told = (
            (f"line {heading.skip + 1} is taken for the header, by position: {', '.join(renamed)}",) if renamed else ()
        )
        return ColumnMapping(
            tuple(columns), heading.width, header=True, skip=heading.skip, notes=(*heading.notes, *told)
        )
    line = heading.skip + 1 if from_csv else None
    new = [name for position, name in enumerate(names) if position not in positions]
    if any(not name.strip() for name in new):
        raise SourceError(_nameless(names), line=line)
    if schema == "match" and (new or (None in positions and not heading.partial)):
        raise SourceError(_difference(names, columns, positions, new, by_name=heading.sure), line=line)
    if schema == "evolve" and not any(position is not None for position in positions):
        raise SourceError(
            f"none of the source's columns ({_listed(names)}) is one of the dataset's"
            f" ({_listed(column.name for column in columns)}); nothing was sent",
            line=line,
        )
    added = tuple(ColumnSpec(name, ColumnType.STRING) for name in new)
    # Columns without a name stand between the named columns and the constants.
    order = tuple(
        position if position is None or position < own else position + len(heading.unnamed)
        for position in (*positions, *(names.index(name) for name in new))
    )
    in_order = order == tuple(range(heading.width))
    told = ()
    if heading.unnamed:
        told = (f"the source's column {own + 1} has no name and is left out; it is refused if it holds anything",)
    return ColumnMapping(
        (*columns, *added),
        heading.width,
        None if in_order else order,
        from_csv,
        added,
        skip=heading.skip,
        unnamed=heading.unnamed,
        constants=tuple(heading.constants.values()),
        notes=(*heading.notes, *told),
    )


def _by_position(heading: Heading, columns: Sequence[ColumnSpec], *, header: Header) -> ColumnMapping:
    """Return the mapping of a source without names."""
    if heading.constants:
        raise SourceError(
            f"the first row ({_listed(heading.fields)}) does not name the dataset's columns"
            f" ({_listed(column.name for column in columns)}), which is required if folder names add columns"
            f" ({_listed(heading.constants)}); nothing was sent",
            line=1,
        )
    if header == "auto" and heading.named:
        _check_is_row(heading, columns)
    _check_width(heading, columns)
    notes = heading.notes
    if header is False and heading.named and is_header(heading, columns):
        # Sources of information disagree on whether instances take such a row of a part for a header.
        notes = (
            *notes,
            f"line {heading.skip + 1} has the names of the dataset's columns, and is sent as a row (header=False)",
        )
    return ColumnMapping(tuple(columns), heading.width, skip=heading.skip, notes=notes)


def check_names(heading: Heading, *, header: Header) -> tuple[str, ...]:
    """Return the names of a source's columns, for a new dataset.

    Raises:
        SourceError: The source does not name them, or it is not certain that these are names.
    """
    if not heading.named or not (heading.sure or header):
        raise SourceError("the source does not name its columns; create the dataset with columns=…")
    names = heading.names
    shown = f"the first row ({_listed(heading.fields)})"
    line = None if heading.sure else heading.skip + 1
    if header == "auto" and not heading.sure:
        following = [record for record in heading.following if record != [""]][:3]
        if hint := _other_delimiter(heading):
            raise SourceError(
                f"{shown} has 1 field{hint}, or header=True if it names the one column; nothing was sent", line=line
            )
        if heading.width == 1 and following and min(map(len, following)) > 1:
            raise SourceError(
                f"{shown} has 1 field, the next {len(following[0])}: if it is a title pass"
                f" skip_rows={heading.skip + 1}, if it names the one column pass header=True; nothing was sent",
                line=line,
            )
        if any(name.strip() and not _may_be_name(name) for name in heading.fields):
            raise SourceError(
                f"{shown} does not look like names of columns: if it names them pass header=True; if it is a row create"
                " the dataset with columns=… and pass header=False; nothing was sent",
                line=line,
            )
    if any(not name.strip() for name in names):
        raise SourceError(_nameless(heading.fields), line=line)
    _positions(names, ())
    return names


def check_no_header(
    rows: Sequence[Sequence[object] | Mapping[str, object]], columns: Sequence[ColumnSpec], *, header: Header
) -> None:
    """Refuse rows by position if the first consists of the columns' names, as those of ``csv.reader`` do.

    Raises:
        SourceError: The first row is a header, or the caller says so.
    """
    if not rows or isinstance(rows[0], Mapping):
        return
    if header is True:
        raise SourceError(
            "header=True is for CSV, and these rows go by position: leave out the first, such as by next(reader), or"
            " give rows by name, such as by csv.DictReader; nothing was sent"
        )
    if not all(isinstance(cell, str) for cell in rows[0]):
        return
    if sorted(_folded(str(cell)) for cell in rows[0]) == sorted(_folded(column.name) for column in columns):
        raise SourceError(
            f"the first row ({_listed(map(str, rows[0]))}) has the names of the dataset's columns, and rows go by"
            " position: leave it out, such as by next(reader), or give rows by name, such as by csv.DictReader; if it"
            " is a row pass header=False; nothing was sent"
        )


def is_header(heading: Heading, columns: Sequence[ColumnSpec]) -> bool:
    """Return whether a first record is a header: as many of its fields are names of columns as are not."""
    return _names_columns(heading.fields, heading, columns)


def _names_columns(fields: Iterable[str], heading: Heading, columns: Sequence[ColumnSpec]) -> bool:
    found = {_folded(name) for name in fields}
    known = {_folded(column.name) for column in columns} - {_folded(name) for name in heading.constants}
    return bool(known) and 2 * len(found & known) >= len(known)


def _check_no_later_header(heading: Heading, columns: Sequence[ColumnSpec]) -> None:
    """Refuse a source whose header follows other records, such as a title."""
    for before, fields in enumerate(heading.following[:_TITLES], 1):
        if _names_columns(fields, heading, columns) and {_folded(field) for field in fields if field} != {""}:
            raise SourceError(
                f"the first row ({_listed(heading.fields)}) is not the header, which comes later"
                f" ({_listed(fields)}): pass skip_rows={heading.skip + before} to skip the rows before it;"
                " nothing was sent",
                line=heading.skip + 1,
            )


def _check_is_row(heading: Heading, columns: Sequence[ColumnSpec]) -> None:
    """Refuse a first record that may not be a row.

    Raises:
        SourceError: It is not a row of the columns' types, or all of it could be names.
    """
    if heading.width != len(columns):
        return
    misfits = [
        f"{text!r:.40} is not a {column.type} ({column.name})"
        for text, column in zip(heading.fields, columns, strict=True)
        if text and not text_fits(column.type, text)
    ]
    all_text = all(column.type == ColumnType.STRING for column in columns)
    if misfits:
        why = f"nor is it a row of their types: {misfits[0]}"
    elif all_text and all(map(_looks_like_name, heading.fields)) and len(set(heading.fields)) == heading.width:
        why = "and may name others, or be a row"
    else:
        return
    raise SourceError(
        f"the first row ({_listed(heading.fields)}) does not name the dataset's columns"
        f" ({_listed(column.name for column in columns)}), {why}. If it is a header pass header=True: it is left out,"
        " and columns go by position; if it is a row pass header=False; nothing was sent",
        line=heading.skip + 1,
    )


def _other_delimiter(heading: Heading) -> str:
    """Return a hint if a single field seems to be several fields with another delimiter; else an empty text."""
    if heading.width != 1 or not heading.following:
        return ""
    records = [heading.fields, *heading.following[:_TITLES]]
    for mark in "\t;|":
        # Decimal commas split values that stand between other delimiters.
        counts = {sum(field.count(mark) for field in record) for record in records if record != [""]}
        if len(counts) == 1 and counts != {0}:
            return f": the delimiter seems to be {mark!r}, so pass delimiter={mark!r}"
    return ""


def _may_be_name(text: str) -> bool:
    column_types = (ColumnType.DOUBLE, ColumnType.DATE, ColumnType.DATETIME)
    return _LETTER.search(text) is not None and not any(text_fits(column_type, text) for column_type in column_types)


def _looks_like_name(text: str) -> bool:
    return _NAME.fullmatch(text.strip()) is not None


def _nameless(names: Sequence[str]) -> str:
    position = next(position for position, name in enumerate(names, 1) if not name.strip())
    return (
        f"column {position} of the source has no name ({_listed(names)}): name it, or leave it out, as pandas does with"
        " its index by to_csv(index=False); if the row is a title pass skip_rows=1; nothing was sent"
    )


def _goes_by_position(positions: Sequence[int | None], heading: Heading, columns: Sequence[ColumnSpec]) -> bool:
    """Return whether columns go by position under a header that the caller has confirmed, whatever their names."""
    if heading.width != len(columns) or heading.constants or heading.unnamed:
        return False
    return all(index in {None, position} for position, index in enumerate(positions))


def _positions(names: Sequence[str], columns: Sequence[ColumnSpec]) -> list[int | None]:
    """Return each column's index in the source; names that differ only in case are equal."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise SourceError(f"the source has more than one column {twice[0]!r}; rename one; nothing was sent")
    exact = {name: index for index, name in enumerate(names)}
    folded: dict[str, int | None] = {}
    wanted = Counter(_folded(column.name) for column in columns)
    for index, name in enumerate(names):
        key = _folded(name)
        # Columns that differ only in case are only found by their exact names.
        folded[key] = None if key in folded or wanted[key] > 1 else index
    return [exact.get(column.name, folded.get(_folded(column.name))) for column in columns]


def _check_width(heading: Heading, columns: Sequence[ColumnSpec]) -> None:
    if heading.width != len(columns):
        raise SourceError(
            f"the first row has {heading.width} field{'s' * (heading.width != 1)}, the dataset {len(columns)} columns"
            f" ({_listed(column.name for column in columns)}){_other_delimiter(heading)}; nothing was sent",
            line=heading.skip + 1,
        )


def _difference(
    names: Sequence[str],
    columns: Sequence[ColumnSpec],
    positions: Sequence[int | None],
    new: Sequence[str],
    *,
    by_name: bool,
) -> str:
    missing = [column.name for column, position in zip(columns, positions, strict=True) if position is None]
    differences = [f"it lacks {_listed(missing)}"] if missing else []
    if new:
        differences.append(f"it also has {_listed(new)}")
    return (
        f"the source's columns ({_listed(names)}) are not the dataset's"
        f" ({_listed(column.name for column in columns)}): {' and '.join(differences)}."
        " Use the same names, or pass schema='evolve' to add columns to the dataset and leave missing ones NULL;"
        f"{'' if by_name else ' if the first row is not a header pass header=False;'} nothing was sent"
    )


def _folded(name: str) -> str:
    # Other tools keep a byte order mark in the name of the first column.
    return name.strip().strip(MARK_CHARACTER).strip().casefold()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
