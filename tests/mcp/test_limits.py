"""Answers fit into a model's window, and say what they leave out."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, Settings
from domo_async._mcp import Limits, WriteKind
from domo_async._mcp.presenting import Presenter
from domo_async._mcp.values import Fields
from domo_async._redaction import Redactor
from domo_async._transfer.reading.sql_text import OwnLimit, limit_of
from domo_async.emulator import Fault
from tests.mcp.serving import answer, connected, harmful, refusal, strings, texts

SMALL = Limits(characters=2500, rows=50)


async def test_pages_of_long_rows_fit_and_have_each_row_once(emulator):
    rows = [{"id": number, "name": f"{number} {'x' * 150}"} for number in range(60)]
    dataset = emulator.add.dataset(rows=rows)
    seen: list[object] = []
    offset: int | None = 0
    pages = 0
    async with connected(emulator, limits=SMALL) as client:
        while offset is not None:
            arguments = {"dataset_id": dataset.id, "sql": "SELECT * FROM table ORDER BY id"}
            result = await client.call_tool("query_dataset", {**arguments, "limit": 1000, "offset": offset})
            assert SMALL.characters >= sum(map(len, texts(result)))
            page = result.structured_content
            assert isinstance(page, dict)
            assert page["more"] is ("There is more" in texts(result)[0]) is ("next_offset" in page)
            seen += [row[0] for row in page["rows"]]
            offset, pages = page.get("next_offset"), pages + 1

    assert list(range(60)) == seen
    assert pages > 5


async def test_a_list_is_no_longer_than_the_server_allows(emulator):
    for _ in range(4):
        emulator.add.dataset(name="Limited")
    async with connected(emulator, limits=Limits(rows=3)) as client:
        first = await answer(client, "list_datasets", name_contains="Limited", limit=100)
        rest = await answer(client, "list_datasets", name_contains="Limited", offset=first["next_offset"])

    assert (3, True, 1, False) == (first["count"], first["more"], rest["count"], rest["more"])


async def test_a_long_cell_is_cut_and_its_whole_length_told(emulator):
    dataset = emulator.add.dataset(rows=[{"id": 1, "name": "x" * 100_000}, {"id": 2, "name": "short"}])
    async with connected(emulator) as client:
        page = await answer(client, "query_dataset", dataset_id=dataset.id, sql="SELECT * FROM table ORDER BY id")

    assert [[1, f"{'x' * 500}…"], [2, "short"]] == page["rows"]
    assert {"rows[0][1]": 100_000} == page["cut"]


async def test_of_many_columns_the_first_are_shown_and_the_others_counted(emulator):
    columns = {f"a column with the number {number}": "STRING" for number in range(300)}
    dataset = emulator.add.dataset(columns=columns, rows=[["y" * 300] * 300])
    async with connected(emulator, limits=SMALL) as client:
        result = await client.call_tool("sample_dataset", {"dataset_id": dataset.id})
        schema = await answer(client, "get_dataset_schema", dataset_id=dataset.id, offset=290)
        about = await client.call_tool("get_dataset", {"dataset_id": dataset.id})
        named = await answer(client, "sample_dataset", dataset_id=dataset.id, columns=["a column with the number 299"])

    page = result.structured_content
    assert isinstance(page, dict)
    assert SMALL.characters >= sum(map(len, texts(result)))
    assert 300 == len(page["columns"]) + page["columns_left_out"]
    assert len(page["columns"]) == len(page["rows"][0])
    assert 10 == schema["count"]
    assert SMALL.characters >= sum(map(len, texts(about)))
    assert {"schema": 300} == (about.structured_content or {})["cut"]
    assert 1 == len(named["columns"])


async def test_numbers_and_times_lose_nothing(emulator):
    kinds = {"big": "LONG", "exact": "DECIMAL", "part": "DOUBLE", "day": "DATE", "at": "DATETIME", "none": "STRING"}
    row = [2**60, Decimal("12345678901234567890.5"), 0.5, date(2026, 1, 31), datetime(2026, 1, 31, 8), None]
    dataset = emulator.add.dataset(columns=kinds, rows=[row])
    async with connected(emulator) as client:
        page = await answer(client, "sample_dataset", dataset_id=dataset.id)

    assert [[str(2**60), "12345678901234567890.5", 0.5, "2026-01-31", "2026-01-31T08:00:00", None]] == page["rows"]


async def test_a_statements_own_limit_counts(emulator):
    dataset = emulator.add.dataset(rows=[{"id": number, "name": ""} for number in range(10)])
    sql = "SELECT id FROM table ORDER BY id LIMIT 5 OFFSET 2"
    async with connected(emulator) as client:
        first = await answer(client, "query_dataset", dataset_id=dataset.id, sql=sql, limit=3)
        rest = await answer(client, "query_dataset", dataset_id=dataset.id, sql=f"{sql};", limit=3, offset=3)
        beyond = await refusal(client, "query_dataset", dataset_id=dataset.id, sql=sql, offset=5)
        columns = await answer(client, "query_dataset", dataset_id=dataset.id, sql="SELECT id FROM table LIMIT 0")

    assert ([[2], [3], [4]], 3) == (first["rows"], first["next_offset"])
    assert ([[5], [6]], False) == (rest["rows"], rest["more"])
    assert "leaves no rows" in beyond[1]
    assert ([{"name": "id", "type": "LONG"}], [], False) == (columns["columns"], columns["rows"], columns["more"])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", None),
        ("SELECT * FROM (SELECT * FROM table LIMIT 3) a", None),
        ("SELECT 'limit 3' FROM table limit 4", OwnLimit(4)),
        ("SELECT * FROM table LIMIT 5 OFFSET 2 -- all", OwnLimit(5, 2)),
        ("SELECT * FROM table LIMIT 2, 5;", OwnLimit(5, 2)),
    ],
)
def test_the_limit_of_a_statement_is_read(sql, expected):
    assert expected == limit_of(sql)


def test_a_limit_that_is_not_a_number_is_refused():
    with pytest.raises(ConfigError, match="LIMIT with numbers"):
        limit_of("SELECT * FROM table LIMIT :many")


async def test_a_call_that_takes_too_long_is_ended_and_a_change_is_not_called_failed(emulator):
    workflow = emulator.add.workflow(name="Refunds")
    emulator.faults.add(Fault("GET */users/1", "stall", delay=30))
    emulator.faults.add(Fault("POST */instances/message", "stall", delay=30))
    limits = Limits(seconds=0.5)
    async with connected(emulator, limits=limits, allowed=[WriteKind.WORKFLOWS]) as client:
        read = await refusal(client, "get_user", user_id=1)
        changed = await refusal(client, "start_workflow", workflow_id=workflow.id)
        again = await answer(client, "get_user", user_id=1)
        emulator.faults.add(Fault("POST */instances/message", "drop_after"))
        lost = await refusal(client, "start_workflow", workflow_id=workflow.id)

    assert ("TransportError", True) == (lost[0], "may have been carried out; look before" in lost[1])
    assert ("TimeoutError", True) == (read[0], "--max-seconds" in read[1])
    assert ("TimeoutError", True) == (changed[0], "not known whether the change took effect" in changed[1])
    assert 1 == again["user"]["id"]


async def test_a_call_that_its_client_cancels_ends_and_others_go_on(emulator, caplog):
    caplog.set_level("INFO", "domo_async.mcp")
    emulator.faults.add(Fault("GET */users/1", "stall", delay=30))
    asked = asyncio.Event()
    settings = Settings(before_request=[lambda _: asked.set()])
    async with connected(emulator, mode="legacy", settings=settings) as client:
        waiting = asyncio.ensure_future(client.call_tool("get_user", {"user_id": 1}))
        await asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        found = await answer(client, "get_user", user_id=1)

    assert 1 == found["user"]["id"]
    assert [("get_user", "cancelled"), ("get_user", "ok")] == [
        (record.__dict__["tool"], record.__dict__["cause"]) for record in caplog.records if record.name.endswith("mcp")
    ]


async def test_an_answer_of_the_instance_that_is_too_large_is_not_read_to_its_end(emulator):
    dataset = emulator.add.dataset(rows=[{"id": 1, "name": "x" * 200_000}])
    async with connected(emulator, settings=Settings(max_answer=1 << 16)) as client:
        error, message = await refusal(client, "sample_dataset", dataset_id=dataset.id)

    assert ("AnswerTooLarge", True) == (error, "fewer rows or columns" in message)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just("\\" * 400)
    | st.just("\u202e\x1b" * 300)
)
VALUES = st.recursive(
    SCALARS | st.decimals() | st.datetimes(timezones=st.just(UTC)),
    lambda below: st.lists(below, max_size=30) | st.dictionaries(st.text(), below, max_size=30),
    max_leaves=20,
)


@given(things=st.lists(VALUES, max_size=12), about=VALUES)
def test_whatever_an_instance_sends_an_answer_is_json_that_fits(things, about):
    present = Presenter(Limits(characters=2000), Redactor(["a-secret"]).text)

    for result in (
        present.page("things", things, "thing", about=about),
        present.one(Fields(about=about), "1 thing."),
        present.table([(str(number) * 300, "STRING") for number in range(len(things))], [things], offset=0, more=False),
    ):
        told = texts(result)
        assert 2000 >= sum(map(len, told))
        assert result.structured_content == json.loads(told[1])
        assert set() == harmful("".join(strings(result.structured_content)))
    assert len(things) == 0 or 0 < len((present.page("things", things, "thing").structured_content or {})["things"])
