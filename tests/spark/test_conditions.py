"""Options, ranges and filters; without a running Spark."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")

from pyspark.sql import datasource as spark
from pyspark.sql.types import DateType, DoubleType, LongType, StringType, StructType, TimestampType

from domo_async import ConfigError, Secret
from domo_async._spark.filters import condition_for
from domo_async._spark.options import Bounds, Connection, ReadOptions, WriteOptions
from domo_async._spark.ranges import ranges

SCHEMA = (
    StructType()
    .add("n", LongType())
    .add("s", StringType())
    .add("x", DoubleType())
    .add("d", DateType())
    .add("t", TimestampType())
    .add("a`b", LongType())
)
if not hasattr(spark, "EqualTo"):
    pytest.skip("PySpark has filters for data sources from 4.1 on", allow_module_level=True)
GIVEN = {"instance": "acme", "token": "a-developer-token", "dataset": "ds"}
NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "pushed"),
    [
        ("`n` = 5", spark.EqualTo(("n",), 5)),
        ("`n` = 5", spark.EqualNullSafe(("n",), 5)),
        ("`n` IS NULL", spark.EqualNullSafe(("n",), None)),
        ("`n` >= -5", spark.GreaterThanOrEqual(("n",), -5)),
        ("`a``b` < 5", spark.LessThan(("a`b",), 5)),
        ("`n` IN (1, 2)", spark.In(("n",), (1, 2))),
        ("`d` <= '2024-02-29'", spark.LessThanOrEqual(("d",), date(2024, 2, 29))),
        ("`s` = 'x'", spark.EqualTo(("s",), "x")),
        ("`s` IN ('x', '')", spark.In(("s",), ("x", ""))),
        ("`s` IS NOT NULL", spark.IsNotNull(("s",))),
        ("`x` IS NULL", spark.IsNull(("x",))),
        ("`t` >= '2024-06-30T14:00:00'", spark.GreaterThan(("t",), NOON)),
        ("`t` <= '2024-07-02T14:00:00'", spark.LessThanOrEqual(("t",), NOON)),
        ("`t` >= '2024-06-30T14:00:00' AND `t` <= '2024-07-02T14:00:00'", spark.EqualTo(("t",), NOON)),
    ],
)
def test_a_filter_becomes_a_condition_that_lets_no_row_out(condition, pushed):
    assert condition == condition_for(pushed, SCHEMA, ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    "pushed",
    [
        spark.EqualTo(("s",), "it's"),
        spark.EqualTo(("s",), "back\\slash"),
        spark.EqualTo(("s",), "two\nlines"),
        spark.In(("s",), ("x", "it's")),
        spark.In(("n",), (1, None)),
        spark.In(("t",), (NOON,)),
        spark.GreaterThan(("s",), "x"),
        spark.EqualTo(("x",), 1.5),
        spark.EqualTo(("n",), True),
        spark.EqualTo(("elsewhere",), 1),
        spark.EqualTo(("n", "inner"), 1),
        spark.GreaterThan(("t",), datetime(1, 1, 1, tzinfo=UTC)),
        spark.StringStartsWith(("s",), "x"),
        spark.Not(spark.EqualTo(("n",), 5)),
    ],
    ids=repr,
)
def test_conditions_that_are_not_sure_are_left_to_spark(pushed):
    assert condition_for(pushed, SCHEMA, ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("bounds", "conditions"),
    [
        (Bounds("n", "0", "30", 3), ["(`n` < 10 OR `n` IS NULL)", "`n` >= 10 AND `n` < 20", "`n` >= 20"]),
        (Bounds("n", "-2", "0", 9), ["(`n` < -1 OR `n` IS NULL)", "`n` >= -1"]),
        (Bounds("n", "5", "5", 4), ["1 = 1"]),
        (Bounds("d", "2024-02-28", "2024-03-01", 2), ["(`d` < '2024-02-29' OR `d` IS NULL)", "`d` >= '2024-02-29'"]),
        (
            Bounds("t", "2024-01-01", "2024-01-01T01:00:00", 2),
            ["(`t` < '2024-01-01T00:30:00' OR `t` IS NULL)", "`t` >= '2024-01-01T00:30:00'"],
        ),
    ],
)
def test_ranges_meet_and_leave_nothing_out(bounds, conditions):
    assert conditions == ranges(bounds, SCHEMA)


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (Bounds("none", "0", "1", 2), "column 'none' not found"),
        (Bounds("s", "a", "b", 2), "'s' is string"),
        (Bounds("n", "0.5", "1", 2), "not bigint"),
        (Bounds("t", "2024-01-01T00:00:00Z", "2024-01-02", 2), "without a zone"),
        (Bounds("n", "2", "1", 2), "above"),
    ],
)
def test_bounds_that_do_not_fit_are_told(bounds, told):
    with pytest.raises(ConfigError, match=told):
        ranges(bounds, SCHEMA)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"numPartitions": "4"}, "must be set together"),
        ({"partitionColumn": "n", "lowerBound": "0", "upperBound": "1", "numPartitions": "x"}, "invalid value: 'x'"),
        ({"partitionColumn": "n", "lowerBound": "0", "upperBound": "1", "numPartitions": "0"}, "at least 1"),
        ({"sql": "SELECT 1", "columns": "a"}, "sql cannot be combined"),
        ({"columns": "a,,b"}, "columns has an invalid value"),
        ({"pushFilters": "yes"}, "pushFilters has an invalid value: 'yes'"),
        ({"zone": "Mars/Olympus"}, "zone must be the name"),
        ({"partSize": "1"}, "unknown option for reading: partSize"),
    ],
)
def test_options_for_reading_that_cannot_be_are_told(options, told):
    with pytest.raises(ConfigError, match=told):
        ReadOptions.of(GIVEN | options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"create": "new"}, "either"),
        ({"dataset": ""}, "either"),
        ({"nested": "yes"}, "refuse or json"),
        ({"partSize": "8MB"}, "partSize has an invalid value: '8MB'"),
        ({"partSize": "0"}, "at least 1"),
        ({"columns": "a"}, "unknown option for writing: columns"),
    ],
)
def test_options_for_writing_that_cannot_be_are_told(options, told):
    with pytest.raises(ConfigError, match=told):
        WriteOptions.of(GIVEN | options)


def test_the_environment_says_what_the_options_leave_open(monkeypatch):
    monkeypatch.delenv("DOMO_BASE_URL", raising=False)
    monkeypatch.setenv("DOMO_INSTANCE", "acme")
    monkeypatch.delenv("DOMO_DEVELOPER_TOKEN", raising=False)

    with pytest.raises(ConfigError, match=r"option\('token', …\)"):
        Connection.of(None, None)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", "from-the-environment")

    assert Connection("acme", Secret("from-the-environment")) == Connection.of(None, None)
    assert Connection("acme.domo.com", Secret("from-the-environment")) == Connection.of("acme.domo.com", None)
    assert Connection("other", Secret("given")) == Connection.of("other", Secret("given"))
    with pytest.raises(ConfigError, match=r"for that instance.*option\('token', …\)"):
        Connection.of("other", None)
    with pytest.raises(ConfigError, match=r"not an instance"):
        Connection.of("other!", None)
