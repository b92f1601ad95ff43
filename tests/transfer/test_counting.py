"""How many records CSV has."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given

from domo_async.transfer.csv import counting
from domo_async.transfer.csv.counting import RecordCounter
from domo_async.transfer.csv.survey import Surveyor
from tests.transfer.surveyors import FASTEST, SURVEYORS
from tests.transfer.test_splitter import csv_files, cuts, pieces, senseless


def counted(chunks: list[bytes], surveyor: type[Surveyor], block: int = 1 << 18) -> int | None:
    with (
        mock.patch.object(counting, "BLOCK", block),
        mock.patch.object(counting, "surveyor", surveyor),
    ):
        counter = RecordCounter(100)
        for chunk in chunks:
            counter.feed(chunk)
        return counter.records


@pytest.mark.parametrize("surveyor", SURVEYORS)
@given(csv_files(), cuts)
def test_each_record_counts_once_however_it_is_cut(surveyor, file, cuts):
    rows, content = file

    assert len(rows) == counted(pieces(content, cuts), surveyor, block=7)


@given(senseless, cuts)
def test_what_is_no_csv_is_counted_by_the_parity_of_quotes(content, cuts):
    outside = b"".join(content.split(b'"')[::2])
    goes_on = content.count(b'"') % 2 == 1 or (content != b"" and not content.endswith(b"\n"))
    expected = outside.count(b"\n") + goes_on

    assert expected == counted(pieces(content, cuts), Surveyor)
    assert expected == counted(pieces(content, cuts), FASTEST)


@pytest.mark.parametrize(("most", "expected"), [(100_000, 100_000), (99_999, None), (7, None)])
def test_long_blocks_are_counted_up_to_the_most(most, expected):
    content = b'1,"two ""quoted"" lines\nhere",3\n' * 100_000

    counter = RecordCounter(most)
    for start in range(0, len(content), 300_001):
        counter.feed(content[start : start + 300_001])

    assert expected == counter.records
