"""Frames into datasets, by a real Spark."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from domo_async._emulator.faults import Fault

COLUMNS = {"id": "LONG", "name": "STRING"}


def rows(domo, dataset, order="id"):
    return list(domo.datasets.query(dataset, f"SELECT * FROM table ORDER BY {order}"))


def numbers(frame_or_rows):
    return [row[0] for row in frame_or_rows]


def test_each_type_arrives_as_what_it_is(spark, portal, save):
    columns = {
        "id": "LONG",
        "text": "STRING",
        "double": "DOUBLE",
        "exact": "DECIMAL",
        "day": "DATE",
        "instant": "DATETIME",
        "local": "DATETIME",
        "flag": "LONG",
        "word": "STRING",
    }
    dataset = portal.datasets.create("types", columns).id
    frame = spark.sql(
        """
        SELECT * FROM VALUES
            (1, 'plain', 1.5D, 12345678901234567890.1234BD, DATE '2024-02-29', TIMESTAMP '2024-07-01T12:00:00Z',
             TIMESTAMP_NTZ '2024-07-01 12:00:00.25', true, true),
            (2, '', -0.0D, -0.0001BD, DATE '1969-12-31', TIMESTAMP '2024-01-01T00:00:00-05:00',
             TIMESTAMP_NTZ '1900-01-01 00:00:00', false, false),
            (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (4, 'a "b", c\\n\\r\\nd;\\\\ é漢🎉 ', 1e300D, 1BD, DATE '9999-12-31', TIMESTAMP '2024-07-01T12:00:00Z',
             TIMESTAMP_NTZ '2024-07-01 12:00:00', true, false)
        AS t(id, text, double, exact, day, instant, local, flag, word)
        """
    )

    save(frame, dataset)

    noon = datetime(2024, 7, 1, 12)
    later = noon.replace(microsecond=250000)
    assert [
        (1, "plain", 1.5, Decimal("12345678901234567890.1234"), date(2024, 2, 29), *(noon, later), 1, "true"),
        (2, "", 0.0, Decimal("-0.0001"), date(1969, 12, 31), datetime(2024, 1, 1, 5), datetime(1900, 1, 1), 0, "false"),
        (3, *[None] * 8),
        (4, 'a "b", c\n\r\nd;\\ é漢🎉 ', 1e300, Decimal(1), date(9999, 12, 31), noon, noon, 1, "false"),
    ] == rows(portal, dataset)


def test_instants_are_written_as_the_chosen_zone_shows_them(spark, portal, save):
    dataset = portal.datasets.create("zone", {"at": "DATETIME"}).id

    save(spark.sql("SELECT TIMESTAMP '2024-07-01T12:00:00Z' AS at"), dataset, zone="Europe/Paris")

    assert [(datetime(2024, 7, 1, 14),)] == rows(portal, dataset, "at")


def test_columns_go_by_name(spark, portal, save):
    dataset = portal.datasets.create("order", COLUMNS).id

    save(spark.createDataFrame([("x", 1)], "name string, id long"), dataset)

    assert [(1, "x")] == rows(portal, dataset)


def test_overwriting_replaces_and_appending_adds(spark, portal, save):
    dataset = portal.datasets.create("modes", {"id": "LONG"}).id

    save(spark.range(5), dataset)
    save(spark.range(2, numPartitions=1), dataset)
    save(spark.range(10, 13), dataset, mode="append")

    assert [0, 1, 10, 11, 12] == numbers(rows(portal, dataset))


def test_an_empty_frame_empties_the_dataset_and_adds_nothing_to_it(spark, portal, save, instance):
    dataset = portal.datasets.create("empty", {"id": "LONG"}).id
    save(spark.range(3), dataset)
    nothing = spark.range(3, numPartitions=3).where("id < 0")

    save(nothing, dataset, mode="append")
    appended = rows(portal, dataset)
    commits = len(instance.log.matching("PUT */commit"))
    save(nothing, dataset)

    assert [0, 1, 2] == numbers(appended)
    assert 1 == commits
    assert [] == rows(portal, dataset)


def test_partitions_without_rows_leave_no_gap(spark, portal, save, instance):
    dataset = portal.datasets.create("gaps", {"id": "LONG"}).id

    save(spark.range(8, numPartitions=4).where("id IN (2, 3, 7)"), dataset)

    assert [2, 3, 7] == numbers(rows(portal, dataset))
    assert 4 == len(instance.log.matching("PUT */parts/*"))


def test_a_partition_of_domo_is_written_alone(spark, portal, save):
    dataset = portal.datasets.create("tags", {"id": "LONG"}).id

    for tag, frame in (("a", spark.range(2)), ("b", spark.range(5, 7)), ("a", spark.range(1))):
        save(frame, dataset, partition=tag)

    assert [0, 5, 6] == numbers(rows(portal, dataset))


def test_a_new_dataset_gets_the_columns_of_the_frame(spark, portal, save):
    frame = spark.sql(
        "SELECT 1 AS i, 'x' AS s, 1.5D AS d, 2.25BD AS e, DATE '2024-01-01' AS day, true AS flag,"
        " TIMESTAMP '2024-01-01T00:00:00Z' AS at, map('k', array(1, 2)) AS m"
    )

    save(frame, create="made", nested="json", mode="append")

    (made,) = portal.datasets.list(name_like="made")
    columns = {column.name: column.type.value for column in portal.datasets.schemas.latest(made.id).columns}
    assert {
        "i": "LONG",
        "s": "STRING",
        "d": "DOUBLE",
        "e": "DECIMAL",
        "day": "DATE",
        "flag": "STRING",
        "at": "DATETIME",
        "m": "STRING",
    } == columns
    ((*_, nested),) = rows(portal, made.id, "i")
    assert nested is not None
    assert nested.replace(" ", "") in {'{"k":[1,2]}', '[["k",[1,2]]]', '[{"key":"k","value":[1,2]}]'}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT 1L AS id, 'x' AS nme", "it lacks name; it has in addition nme"),
        ("SELECT 1L AS id", "it lacks name"),
        ("SELECT 1L AS id, X'00' AS name", "binary"),
        ("SELECT 1L AS id, array(1) AS name", "nested"),
    ],
)
def test_columns_that_do_not_fit_are_errors_before_anything_is_opened(spark, portal, save, instance, query, told):
    dataset = portal.datasets.create("fit", COLUMNS).id

    with pytest.raises(Exception, match=told):
        save(spark.sql(query), dataset)

    assert not instance.log.matching("POST */uploads")


def test_a_misspelt_option_is_refused_before_anything_is_asked(spark, portal, save, instance):
    dataset = portal.datasets.create("options", {"id": "LONG"}).id
    asked = len(instance.log)

    with pytest.raises(Exception, match="unknown option for writing: partitoin"):
        save(spark.range(1), dataset, partitoin="a")

    assert asked == len(instance.log)


def test_a_task_that_fails_while_it_computes_lands_once(spark, portal, save, instance):
    dataset = portal.datasets.create("retried", {"id": "LONG"}).id

    def failing_once(batches):
        from pyspark import TaskContext

        context = TaskContext.get()
        yield next(batches)
        assert context is not None
        if context.partitionId() == 1 and context.attemptNumber() == 0:
            raise RuntimeError("lost on the way")
        yield from batches

    save(spark.range(60_000, numPartitions=3).mapInArrow(failing_once, "id long"), dataset)

    assert list(range(60_000)) == numbers(rows(portal, dataset))
    assert 3 == len(instance.log.matching("PUT */parts/*"))


def test_a_task_that_fails_while_it_sends_lands_once(spark, portal, save, instance):
    dataset = portal.datasets.create("twice", {"id": "LONG"}).id
    # One part arrives whole, but its answer does not; the other is refused, which fails the task.
    instance.faults.add(Fault("PUT */parts/1", "drop_after"))
    instance.faults.add(Fault("PUT */parts/2", "text"))

    save(spark.range(100, numPartitions=3), dataset)

    assert list(range(100)) == numbers(rows(portal, dataset))
    assert 1 == len(instance.log.matching("PUT */commit"))


def test_a_job_that_fails_for_good_commits_nothing(spark, portal, save, instance):
    dataset = portal.datasets.create("failed", {"id": "LONG"}).id
    save(spark.range(3), dataset)

    def failing(batches):
        from pyspark import TaskContext

        yield from batches
        context = TaskContext.get()
        assert context is not None
        if context.partitionId() == 1:
            raise RuntimeError("lost for good")

    with pytest.raises(Exception, match="lost for good"):
        save(spark.range(100, numPartitions=3).mapInArrow(failing, "id long"), dataset)

    assert [0, 1, 2] == numbers(rows(portal, dataset))
    assert 1 == len(instance.log.matching("PUT */commit"))


def test_a_value_that_has_no_place_fails_the_job_and_changes_nothing(spark, portal, save, instance):
    dataset = portal.datasets.create("values", {"id": "DOUBLE"}).id
    save(spark.sql("SELECT 1.5D AS id"), dataset)

    with pytest.raises(Exception, match="infinite"):
        save(spark.sql("SELECT double('Infinity') AS id"), dataset)

    assert [1.5] == numbers(rows(portal, dataset))
    assert 1 == len(instance.log.matching("PUT */commit"))


def test_a_partition_that_is_too_large_for_a_part_says_what_to_do(spark, portal, save):
    dataset = portal.datasets.create("large", {"id": "LONG"}).id

    with pytest.raises(Exception, match=r"partition 0 has more than 100 bytes.*repartition"):
        save(spark.range(1000, numPartitions=1), dataset, partSize=100)

    assert [] == list(portal.datasets.versions.list(dataset))


def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_repeated(spark, portal, save, instance):
    dataset = portal.datasets.create("lost", {"id": "LONG"}).id
    instance.faults.add(Fault("PUT */commit", "drop_after"))

    save(spark.range(10), dataset, mode="append")

    assert list(range(10)) == numbers(rows(portal, dataset))
    assert 1 == len(instance.log.matching("PUT */commit"))
