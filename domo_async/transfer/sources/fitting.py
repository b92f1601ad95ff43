"""A source's columns against the dataset's. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from domo_async.errors import SourceError
from domo_async.transfer.columns import ColumnSpec, ColumnType

__all__ = ["Fit", "Header", "Heading", "SchemaOption", "fit_columns"]

Header: TypeAlias = bool | Literal["auto"]
SchemaOption: TypeAlias = Literal["match", "evolve"]


@frozen
class Heading:
    """What a source tells of its columns before its rows are read.

    Attributes:
        fields: The columns' names, or the first record, which may be names.
        sure: Whether they are names: those of a frame, or the keys of a row.
        partial: Whether a column may be missing, and is NULL then: rows that are mappings leave keys out.
        named: Whether there are names at all; rows that are plain sequences have none.
    """

    fields: tuple[str, ...]
    sure: bool = False
    partial: bool = False
    named: bool = True

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.fields)


@frozen
class Fit:
    """How a source's columns become the dataset's.

    Attributes:
        columns: The dataset's columns in order, those to be added at the end.
        width: How many columns the source has.
        order: For each of them the place in the source that its values come from, None for NULL; None altogether if
            the source is in order.
        header: Whether the first record is a header.
        added: How many columns the dataset has yet to get.
    """

    columns: tuple[ColumnSpec, ...]
    width: int
    order: tuple[int | None, ...] | None = None
    header: bool = False
    added: tuple[ColumnSpec, ...] = ()

    def with_types(self, types: Mapping[str, ColumnSpec]) -> Fit:
        """Return the same with the types of the columns to be added, by name."""
        added = tuple(types[column.name] for column in self.added)
        return evolve(self, columns=(*self.columns[: -len(added)], *added), added=added)


def fit_columns(
    heading: Heading,
    columns: Sequence[ColumnSpec],
    *,
    header: Header,
    schema: SchemaOption,
) -> Fit:
    """Return how a source fits a dataset.

    Args:
        heading: What the source tells.
        columns: The dataset's columns.
        header: Whether the first record of CSV is a header.
        schema: ``"match"`` takes the dataset's columns alone, ``"evolve"`` adds those that it lacks.

    Returns:
        How; the columns to be added are text, for the caller to say their types.

    Raises:
        SourceError: It does not fit; says how they differ.
    """
    named = heading.named and (heading.sure or header is True or (header == "auto" and _is_header(heading, columns)))
    if not named:
        _check_width(heading, columns)
        return Fit(tuple(columns), heading.width)
    is_header = not heading.sure
    places = _places(heading.fields, columns)
    if is_header and header is True and schema == "match" and _goes_by_position(places, heading, columns):
        return Fit(tuple(columns), heading.width, header=True)
    new = [name for place, name in enumerate(heading.fields) if place not in places]
    if schema == "match" and (new or (None in places and not heading.partial)):
        raise SourceError(_difference(heading.fields, columns, places, new), line=1 if is_header else None)
    if schema == "evolve" and not any(place is not None for place in places):
        raise SourceError(
            f"none of the source's columns ({_listed(heading.fields)}) is one of the dataset's"
            f" ({_listed(column.name for column in columns)}); nothing was sent",
            line=1 if is_header else None,
        )
    added = tuple(ColumnSpec(name, ColumnType.STRING) for name in new)
    order = (*places, *(heading.fields.index(name) for name in new))
    in_order = order == tuple(range(heading.width))
    return Fit((*columns, *added), heading.width, None if in_order else order, is_header, added)


def _is_header(heading: Heading, columns: Sequence[ColumnSpec]) -> bool:
    """Return whether a first record is a header: as many of its fields are names of columns as are not."""
    found = {_folded(name) for name in heading.fields}
    known = {_folded(column.name) for column in columns}
    return 2 * len(found & known) >= len(known)


def _goes_by_position(places: Sequence[int | None], heading: Heading, columns: Sequence[ColumnSpec]) -> bool:
    """Return whether a header that the caller vouches for leaves each column where it is, whatever it is called."""
    if heading.width != len(columns):
        return False
    return all(place in {None, position} for position, place in enumerate(places))


def _places(names: Sequence[str], columns: Sequence[ColumnSpec]) -> list[int | None]:
    """Return for each column where in the source it is; names that are equal but for their case are one."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise SourceError(f"the source has more than one column {twice[0]!r}; nothing was sent")
    exact = {name: place for place, name in enumerate(names)}
    folded: dict[str, int | None] = {}
    wanted = Counter(_folded(column.name) for column in columns)
    for place, name in enumerate(names):
        key = _folded(name)
        # Of columns that differ only in case, each is found by its exact name alone.
        folded[key] = None if key in folded or wanted[key] > 1 else place
    return [exact.get(column.name, folded.get(_folded(column.name))) for column in columns]


def _check_width(heading: Heading, columns: Sequence[ColumnSpec]) -> None:
    if heading.width != len(columns):
        raise SourceError(
            f"the first row has {heading.width} fields, the dataset {len(columns)} columns"
            f" ({_listed(column.name for column in columns)}); nothing was sent",
            line=1,
        )


def _difference(
    names: Sequence[str], columns: Sequence[ColumnSpec], places: Sequence[int | None], new: Sequence[str]
) -> str:
    missing = [column.name for column, place in zip(columns, places, strict=True) if place is None]
    differences = [f"it lacks {_listed(missing)}"] if missing else []
    if new:
        differences.append(f"it has {_listed(new)} besides")
    return (
        f"the source's columns ({_listed(names)}) are not the dataset's"
        f" ({_listed(column.name for column in columns)}): {' and '.join(differences)}."
        " Name them alike, or say schema='evolve' to add columns to the dataset and leave missing ones NULL;"
        " if the first row is no header say header=False; nothing was sent"
    )


def _folded(name: str) -> str:
    return name.strip().casefold()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
