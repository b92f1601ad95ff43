"""Datasets into frames, by a real Spark."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.spark.conftest import OLDEST

COLUMNS = {
    "id": "LONG",
    "text": "STRING",
    "double": "DOUBLE",
    "exact": "DECIMAL",
    "day": "DATE",
    "at": "DATETIME",
}
CSV = (
    b'1,plain,1.5,12.25,2024-02-29,2024-07-01T12:00:00\n2,"",,,,\n3,,1e300,-0.0001,1969-12-31,1900-01-01T00:00:00\n'
    b'4,"a ""b"",\r\nc",0,1,2024-01-01,2024-01-01T00:00:00.250\n'
)
EMPTY_LINES = b'x\n\n""\n\n'


@pytest.fixture
def dataset(portal):
    dataset = portal.datasets.create("read", COLUMNS).id
    portal.datasets.upload(dataset, CSV, header=False)
    return dataset


@pytest.fixture
def counted(portal):
    """A hundred numbers, of which each tenth is missing."""
    dataset = portal.datasets.create("counted", {"id": "LONG", "part": "LONG"}).id
    lines = (f"{number},{number if number % 10 else ''}\n" for number in range(100))
    portal.datasets.upload(dataset, "".join(lines).encode(), header=False)
    return dataset


def ids(frame):
    return sorted(row.id for row in frame.collect())


def test_each_type_is_read_as_what_it_is(dataset, load):
    frame = load(dataset)

    assert "id bigint, text string, double double, exact decimal(38,18), day date, at timestamp" == ", ".join(
        f"{field.name} {field.dataType.simpleString()}" for field in frame.schema
    )
    found = sorted((row.asDict() for row in frame.collect()), key=lambda row: row["id"])
    assert [1, 2, 3, 4] == [row["id"] for row in found]
    assert ["plain", "", None, 'a "b",\r\nc'] == [row["text"] for row in found]
    assert [1.5, None, 1e300, 0.0] == [row["double"] for row in found]
    assert [Decimal("12.25"), None, Decimal("-0.0001"), Decimal(1)] == [row["exact"] for row in found]
    assert [date(2024, 2, 29), None, date(1969, 12, 31), date(2024, 1, 1)] == [row["day"] for row in found]
    moments = [None if row["at"] is None else row["at"].astimezone(UTC) for row in found]
    assert [
        datetime(2024, 7, 1, 12, tzinfo=UTC),
        None,
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 1, 0, 0, 0, 250000, tzinfo=UTC),
    ] == moments


def test_datetimes_are_meant_in_the_chosen_zone(dataset, load):
    found = load(dataset, zone="Europe/Paris", columns="id,at").where("id = 1").collect()

    assert [datetime(2024, 7, 1, 10, tzinfo=UTC)] == [row["at"].astimezone(UTC) for row in found]


def test_a_schema_of_the_user_s_own_says_what_is_read(dataset, load):
    found = load(dataset, schema="at timestamp_ntz, exact decimal(10,4)").collect()

    assert (datetime(2024, 7, 1, 12), Decimal("12.2500")) in [tuple(row) for row in found]


def test_a_column_alone_keeps_null_and_empty_apart(portal, load):
    dataset = portal.datasets.create("one", {"s": "STRING"}).id
    portal.datasets.upload(dataset, EMPTY_LINES, header=False)

    assert ["x", None, "", None] == [row.s for row in load(dataset).collect()]


def test_an_empty_dataset_is_an_empty_frame(portal, load):
    dataset = portal.datasets.create("none", COLUMNS).id
    portal.datasets.upload(dataset, b"", allow_empty=True)

    assert [] == load(dataset).collect()


def test_ranges_hold_each_row_once(counted, load, instance):
    frame = load(counted, partitionColumn="part", lowerBound=20, upperBound=80, numPartitions=4)

    assert list(range(100)) == ids(frame)
    assert 4 == len(instance.log.matching("POST */execute/export/*"))


def test_a_dataset_that_changes_meanwhile_is_noticed(counted, load, portal):
    frame = load(counted, partitionColumn="part", lowerBound=0, upperBound=100, numPartitions=2)
    before = frame.count()
    portal.datasets.upload(counted, b"1,2\n", action="APPEND", header=False)

    assert 100 == before
    if OLDEST:
        # PySpark 4.0 plans each action anew, so this one is a scan of its own.
        assert 101 == frame.count()
        return
    with pytest.raises(Exception, match="has changed since this scan"):
        frame.collect()


def test_only_the_columns_asked_for_travel(dataset, load, instance):
    frame = load(dataset, columns='["text", "id"]')

    assert ["text", "id"] == frame.columns
    assert [1, 2, 3, 4] == ids(frame)
    (asked,) = instance.log.matching("POST */execute/export/*")
    assert asked.response_bytes < len(CSV) / 2


@pytest.mark.skipif(OLDEST, reason="PySpark has filters for data sources from 4.1 on")
def test_filters_go_to_domo_and_spark_has_the_last_word(dataset, load, instance):
    frame = load(dataset, pushFilters="true").where("id >= 1 AND text = 'plain' AND at > '2024-07-01 00:00:00'")

    assert [1] == ids(frame)
    (asked,) = instance.log.matching("POST */execute/export/*")
    assert len(CSV) / 2 > asked.response_bytes > 0


def test_a_query_is_read_with_its_own_columns(dataset, load):
    frame = load(dataset, sql="SELECT text, SUM(id) AS total FROM table WHERE id < 3 GROUP BY text ORDER BY text")

    assert ["text", "total"] == frame.columns
    assert {("", 2), ("plain", 1)} == {tuple(row) for row in frame.collect()}


def test_the_plan_tells_no_token(dataset, load, instance, capsys):
    frame = load(dataset, pushFilters="true").where("id > 1")

    frame.explain(extended=True)

    shown = capsys.readouterr().out
    assert "domo" in shown
    assert instance.token not in shown + repr(frame) + str(frame.schema)


def test_rows_that_spark_wrote_are_read_by_spark(spark, portal, save, load):
    dataset = portal.datasets.create("round", COLUMNS).id
    frame = spark.sql(
        """
        SELECT * FROM VALUES
            (1L, 'a"\\n,', 0.1D, CAST(1.5 AS DECIMAL(38,18)), DATE '2024-03-31', TIMESTAMP '2024-03-31T01:30:00Z'),
            (2L, '', NULL, NULL, NULL, NULL),
            (3L, NULL, -1D, CAST(0 AS DECIMAL(38,18)), DATE '0001-01-01', TIMESTAMP '2024-10-27T00:30:00.123456Z')
        AS t(id, text, double, exact, day, at)
        """
    )

    save(frame, dataset)

    assert frame.collect() == sorted(load(dataset).collect(), key=lambda row: row.id)


def test_a_number_is_read_with_all_digits_or_not_at_all(portal, load):
    dataset = portal.datasets.create("great", {"x": "DECIMAL", "s": "STRING"}).id
    portal.datasets.upload(dataset, "1234567890123456789012345.5,\ufeffEU\n,\n".encode(), header=False)

    with pytest.raises(Exception, match=r"does not fit decimal128\(38, 18\)"):
        load(dataset).collect()
    rows = load(dataset, schema="x decimal(38, 1), s string").collect()
    assert [(Decimal("1234567890123456789012345.5"), "\ufeffEU"), (None, None)] == [tuple(row) for row in rows]


def test_columns_of_one_name_are_told_apart_as_spark_reads_names(counted, load):
    frame = load(counted, sql="SELECT id, part, id, part AS ID_2 FROM table WHERE id = 7")

    assert ["id", "part", "id_3", "ID_2"] == frame.columns
    assert [(7, 7, 7, 7)] == [tuple(row) for row in frame.collect()]
