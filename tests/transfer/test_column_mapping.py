"""A source's columns against the dataset's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import SourceError
from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.sources.column_mapping import ColumnMapping, Heading, SchemaOption, map_columns

COLUMNS = tuple(ColumnSpec(name, ColumnType.STRING) for name in ("id", "name", "Total"))


def fitted(
    *fields: str, sure: bool = False, header: bool | str = "auto", schema: SchemaOption = "match"
) -> ColumnMapping:
    return map_columns(Heading(fields, sure=sure), COLUMNS, header=header, schema=schema)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "header", "expected"),
    [
        (("id", "name", "Total"), "auto", (True, None)),
        (("ID ", "Name", "total"), "auto", (True, None)),
        (("name", "id", "Total"), "auto", (True, (1, 0, 2))),
        (("name", "id", "Total"), True, (True, (1, 0, 2))),
        (("1", "x", "2.5"), "auto", (False, None)),
        (("id", "name", "Total"), False, (False, None)),
        (("nummer", "wer", "wieviel"), True, (True, None)),
        (("id", "wer", "Total"), True, (True, None)),
    ],
)
def test_a_first_record_is_a_header_or_a_row(fields, header, expected):
    fit = fitted(*fields, header=header)

    assert expected == (fit.header, fit.order)
    assert COLUMNS == fit.columns


@pytest.mark.parametrize(
    ("fields", "header", "says"),
    [
        (("id", "name"), "auto", "lacks Total"),
        (("id", "name", "sum"), "auto", "lacks Total and it also has sum"),
        (("id", "name", "Total", "when"), "auto", "also has when"),
        (("name", "x", "y"), True, "lacks id, Total and it also has x, y"),
        (("id", "id", "name"), "auto", "more than one column 'id'"),
        (("1", "2"), "auto", "2 fields, the dataset 3 columns"),
        (("1", "2", "3", "4"), False, "4 fields"),
    ],
)
def test_columns_that_do_not_fit_are_told_readably(fields, header, says):
    with pytest.raises(SourceError, match=says):
        fitted(*fields, header=header)


def test_a_frame_fits_by_name_alone():
    assert (2, 0, 1) == fitted("name", "Total", "id", sure=True).order

    with pytest.raises(SourceError, match="lacks id, name, Total"):
        fitted("a", "b", "c", sure=True)


def test_evolving_adds_columns_at_the_end_and_leaves_missing_ones_null():
    fit = fitted("when", "id", "Total", schema="evolve").with_types({"when": ColumnSpec("when", ColumnType.DATE)})

    assert (1, None, 2, 0) == fit.order
    assert (*COLUMNS, ColumnSpec("when", ColumnType.DATE)) == fit.columns
    assert (ColumnSpec("when", ColumnType.DATE),) == fit.added


def test_evolving_refuses_a_source_that_shares_no_column():
    with pytest.raises(SourceError, match="none of the source's columns"):
        fitted("a", "b", sure=True, schema="evolve")


def test_columns_that_differ_only_in_case_are_found_by_their_exact_names():
    columns = [ColumnSpec(name, ColumnType.STRING) for name in ("id", "ID", "Id")]

    fit = map_columns(Heading(("Id", "id", "ID"), sure=True), columns, header="auto", schema="match")

    assert (1, 2, 0) == fit.order


def test_mappings_may_lack_columns_but_have_no_others():
    heading = Heading(("name",), sure=True, partial=True)

    assert (None, 0, None) == map_columns(heading, COLUMNS, header="auto", schema="match").order
    with pytest.raises(SourceError, match="also has sum"):
        map_columns(Heading(("name", "sum"), sure=True, partial=True), COLUMNS, header="auto", schema="match")


names = st.lists(st.sampled_from(["id", "name", "Total", "a", "b", "NAME"]), unique=True, min_size=1)


@given(names, st.booleans(), st.sampled_from(["auto", True, False]), st.sampled_from(["match", "evolve"]))
def test_every_value_goes_to_its_column_or_the_source_is_refused(fields, sure, header, schema):
    try:
        fit = fitted(*fields, sure=sure, header=header, schema=schema)
    except SourceError:
        return
    order = fit.order or range(len(fit.columns))
    if not (sure or fit.header):
        assert len(fields) == len(COLUMNS)
        return
    for place, column in zip(order, fit.columns, strict=True):
        vouched = header is True and schema == "match" and not sure
        assert place is None or vouched or fields[place].casefold() == column.name.casefold()
    assert sorted(place for place in order if place is not None) == list(range(len(fields)))
