"""The log as rows of a dataset and as Arrow."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from domo_async import ConfigError
from domo_async._endpoints.activity_log.models import Activity
from domo_async._endpoints.activity_log.table import ACTIVITY_COLUMNS, activity_batches, activity_rows, activity_schema
from tests.endpoints.activity_server import Log, event
from tests.support import talking_to

START = datetime(2024, 12, 1, tzinfo=UTC)
BASE = round(START.timestamp() * 1000)


async def test_entries_become_rows_in_the_order_of_the_columns() -> None:
    log = Log(
        [
            event(
                BASE, "Viewed page", actionType="VIEWED", objectId="5", newKey="new", additionalComment="Ada viewed 'Ü'"
            )
        ]
    )
    async with talking_to(log) as domo:
        found = [row async for row in activity_rows(domo.activity_log.iterate(START, START + timedelta(hours=1)))]

    expected = (
        START.replace(tzinfo=None),
        "7",
        "Ada",
        None,
        "VIEWED",
        "PAGE",
        "5",
        None,
        "Ada viewed 'Ü'",
        "Viewed page",
        None,
        None,
        None,
        None,
        '{"newKey": "new"}',
    )
    assert [expected] == found
    assert len(expected) == len(ACTIVITY_COLUMNS)


def test_a_list_becomes_rows_without_an_event_loop() -> None:
    assert [(START.replace(tzinfo=None), *[None] * 13, "{}")] == list(activity_rows([Activity(time=START)]))


async def test_batches_of_arrow_have_one_schema_and_hold_all() -> None:
    log = Log(event(BASE + number, number) for number in range(2500))
    async with talking_to(log) as domo:
        pager = domo.activity_log.iterate(START, START + timedelta(hours=1))
        batches = [batch async for batch in activity_batches(pager, 1000)]

    assert [1000, 1000, 500] == [len(batch) for batch in batches]
    table = pa.Table.from_batches(batches, activity_schema())
    assert [*ACTIVITY_COLUMNS] == table.column_names
    assert [str(number) for number in range(2500)] == table["event_text"].to_pylist()
    assert START + timedelta(milliseconds=2499) == table["time"][-1].as_py()
    assert [None] * 2500 == table["action_type"].to_pylist()


def test_a_list_becomes_batches_and_nothing_becomes_none() -> None:
    (batch,) = activity_batches([Activity(time=START, user_name="Ada")])

    assert "Ada" == batch["user_name"][0].as_py()
    assert [] == list(activity_batches([]))
    with pytest.raises(ConfigError, match="at least 1"):
        activity_batches([], 0)


def test_the_log_needs_no_arrow_and_says_what_to_install_for_it() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from domo_async._endpoints.activity_log.table import activity_batches\n"
        "try: activity_batches([])\nexcept ValueError as error: print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert 'pip install "domo-async[arrow]"' in ended.stdout
