"""Datasets: what goes beyond one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from domo_async import (
    AfterCommitError,
    ConfigError,
    DecodeError,
    Domo,
    JobFailed,
    ServerError,
    Settings,
    SourceError,
    WaitTimeout,
)
from domo_async._endpoints.datasets.grants import Grant
from domo_async._endpoints.datasets.models import Dataset
from domo_async._endpoints.datasets.partitions import PartitionFilter
from domo_async.emulator import Emulator
from tests.contract.row import documented
from tests.support import SkippingClock, talking_to

TYPES = {"n": "LONG", "s": "STRING", "x": "DECIMAL", "on": "DATE", "at": "DATETIME", "d": "DOUBLE"}


def answering(*answers: object, asked: list[str] | None = None) -> Callable[[Any], Any]:
    """Return a handler that gives these JSON answers in turn, the last one again and again."""
    left = list(answers)

    async def handler(request: web.Request) -> web.Response:
        if asked is not None:
            asked.append(f"{request.method} {request.path}")
        return web.json_response(left.pop(0) if len(left) > 1 else left[0])

    return handler


async def rows(domo: Domo, dataset_id: str) -> list[tuple[Any, ...]]:
    return list(await domo.datasets.query(dataset_id, "SELECT * FROM table"))


async def test_appended_cells_come_back_as_they_are(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", TYPES)
    cells = [
        (
            -7,
            'a "quote", a comma\nand a line',
            Decimal("1E+3"),
            date(2024, 2, 29),
            datetime(2024, 2, 29, 1, 2, 3),
            0.1,
        ),
        (None, "", None, None, None, 1e300),
        (None, None, None, None, None, None),
    ]
    await domo.datasets.append_rows(dataset.id, values=cells[:1])

    done = await domo.datasets.append_rows(dataset.id, values=cells[1:])

    assert 2 == done.rows
    assert cells == await rows(domo, dataset.id)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('1,"north, by west",\n2,,""\n', ","),
        ('1;north, by west;\n2;;""\n', ";"),
        ('1\t"north, by west"\t\n2\t\t""', "\t"),
        ('1|north, by west|\r\n2||""\r\n', "|"),
        ('1^north, by west^\n2^^""', "^"),
    ],
)
async def test_text_is_split_by_its_delimiter(domo: Domo, text: str, delimiter: str) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG", "s": "STRING", "t": "STRING"})

    await domo.datasets.append_rows(dataset.id, values=text, delimiter=delimiter)

    assert [(1, "north, by west", None), (2, None, "")] == await rows(domo, dataset.id)


@pytest.mark.parametrize("values", [["1,2"], [[1], b"2"], [7], None, b"1,2", iter([[1, 2]]), {"n": [1]}])
async def test_a_value_that_is_not_a_row_is_refused_before_anything_is_sent(
    domo: Domo, emulator: Emulator, values: Any
) -> None:
    with pytest.raises(ConfigError, match="row .*give each row as a list of its cells|values takes a list of rows"):
        await domo.datasets.append_rows("x", values=values)

    assert 0 == len(emulator.log)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([[1.5, "a"]], 'row 1, column "n": 1.5 is not whole'),
        ([[1, "a"], [2, float("inf")]], 'row 2, column "s": inf is infinite'),
        ([[1, datetime(2024, 1, 1, tzinfo=UTC)]], "has a zone"),
        ([[1, b"bytes"]], "binary"),
        ([[1, "\ud800"]], "surrogate"),
        ([[1, "a"], [2]], "row 2 has 1 cells for 2 columns"),
    ],
)
async def test_cells_that_cannot_be_are_refused_and_nothing_is_appended(domo: Domo, values: Any, says: str) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG", "s": "STRING"})

    with pytest.raises(SourceError, match=says):
        await domo.datasets.append_rows(dataset.id, values=values)

    assert [] == await rows(domo, dataset.id)


async def test_cells_are_written_as_the_dataset_s_columns_take_them(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG", "s": "STRING"})

    await domo.datasets.append_rows(dataset.id, values=[[True, True], [2.0, 2], [float("nan"), None]])

    assert [(1, "true"), (2, "2"), (None, None)] == await rows(domo, dataset.id)


@pytest.mark.parametrize("delimiter", ["", "||", '"', "\n"])
async def test_a_delimiter_is_one_character(domo: Domo, delimiter: str) -> None:
    with pytest.raises(ConfigError, match="single character"):
        await domo.datasets.append_rows("x", values="1", delimiter=delimiter)


async def test_text_is_read_as_an_upload_of_it_is(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG", "s": "STRING"})

    await domo.datasets.append_rows(dataset.id, values='1;a,b"c\n2;"x;""y"""\n3;\n4;""', delimiter=";")

    assert [(1, 'a,b"c'), (2, 'x;"y"'), (3, None), (4, "")] == sorted(await rows(domo, dataset.id))


@pytest.mark.parametrize("text", ['1;a,b"c";', '1;"a', '1;"a"b'])
async def test_a_stray_quote_is_refused_with_any_delimiter(domo: Domo, text: str) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG", "s": "STRING"})

    with pytest.raises(SourceError):
        await domo.datasets.append_rows(dataset.id, values=text, delimiter=";")

    assert [] == await rows(domo, dataset.id)


async def test_no_rows_are_not_appended(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG"})

    with pytest.raises(SourceError, match="no rows"):
        await domo.datasets.append_rows(dataset.id, values=[])


async def test_an_index_is_waited_for_until_queries_see_the_rows(clock: SkippingClock) -> None:
    async with Emulator(index_delay=0.2) as emulator, emulator.client() as domo:
        dataset = await domo.datasets.create("Test", {"n": "LONG"})
        await domo.datasets.upload(dataset.id, b"1\n", index=False)

        await domo.datasets.indexes.create(dataset.id, wait=True)

        assert [(1,)] == await rows(domo, dataset.id)


def index_status(status: str | None, message: str | None = None) -> dict[str, object]:
    return {"dataSourceId": "x", "detail": None, "progress": {"status": status, "progress": 10, "message": message}}


async def test_an_index_that_does_not_end_is_told_with_its_state() -> None:
    clock = SkippingClock()
    async with talking_to(answering(index_status("PENDING"), index_status("PROCESSING")), clock=clock) as domo:
        with pytest.raises(WaitTimeout, match="index 4 of dataset x .* 30 seconds.*PROCESSING") as caught:
            await domo.datasets.indexes.wait("x", 4, timeout=30)

    assert "PROCESSING" == caught.value.state
    assert [1, 2, 2] == clock.slept[:3]


@pytest.mark.parametrize("state", ["ERROR", "FAILED", "CANCELLED", "STALLED"])
async def test_an_index_that_neither_goes_on_nor_is_good_has_failed(state: str) -> None:
    requested = {"requestKey": "20220513224325.628", "requested": True, "requestedOn": 1652481807436}
    answers = requested, index_status("PENDING"), index_status(state, "no space")
    async with talking_to(answering(*answers)) as domo:
        with pytest.raises(JobFailed, match=f"index 20220513224325.628 of dataset x ended as {state}: no space"):
            await domo.datasets.indexes.create("x", wait=True)


@pytest.mark.parametrize("answer", [[], {}, "odd", index_status(None), {"progress": 7}])
async def test_an_index_of_which_nothing_is_told_is_not_taken_for_a_good_one(answer: object) -> None:
    async with talking_to(answering(answer)) as domo:
        with pytest.raises(DecodeError):
            await domo.datasets.indexes.wait("x", 4)


@pytest.mark.parametrize("key", ["_metaData", "_metadata"])
async def test_a_list_in_shorter_pages_than_were_asked_for_is_whole(key: str) -> None:
    """Which the total tells, in either spelling."""

    async def handler(request: web.Request) -> web.Response:
        first = int(request.query["offset"])
        page = [{"id": str(number)} for number in range(first, min(first + 50, 120))]
        return web.json_response({"dataSources": page, key: {"totalCount": 120, "offset": first, "limit": 50}})

    async with talking_to(handler) as domo:
        assert 120 == len(await domo.datasets.list(page_size=100).all())


async def test_deleted_versions_are_gone_after_the_index(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG"})
    for number in (b"1\n", b"2\n", b"3\n"):
        await domo.datasets.upload(dataset.id, number, action="APPEND")
    first, second, third = await domo.datasets.versions.details(dataset.id).all()

    await domo.datasets.versions.delete(dataset.id, data_ids=[int(first.data_id or 0)], index=False)
    assert 3 == len(await rows(domo, dataset.id))
    await domo.datasets.versions.delete(dataset.id, data_ids=[int(second.data_id or 0)], index=True)

    assert [(3,)] == await rows(domo, dataset.id)
    assert [third.data_id] == [version.data_id for version in await domo.datasets.versions.list(dataset.id).all()]


@pytest.mark.parametrize("call", ["delete", "share", "remove_many", "update"])
async def test_lists_of_nothing_are_refused_before_anything_is_sent(domo: Domo, emulator: Emulator, call: str) -> None:
    datasets = domo.datasets
    calls = {
        "delete": lambda: datasets.versions.delete("x", data_ids=[]),
        "share": lambda: datasets.access.share("x", permissions=[], send_email=False),
        "remove_many": lambda: datasets.access.remove_many("x", users=[]),
        "update": lambda: datasets.update_properties("x"),
    }

    with pytest.raises(ConfigError, match="empty|no change was given"):
        await calls[call]()

    assert 0 == len(emulator.log)


async def test_one_tag_is_not_taken_for_a_list_of_letters(domo: Domo, emulator: Emulator) -> None:
    with pytest.raises(ConfigError, match="takes a list"):
        await domo.datasets.set_tags("x", tags="north")

    assert 0 == len(emulator.log)


@pytest.mark.parametrize(("send_email", "times"), [(False, 2), (True, 1)])
async def test_sharing_is_tried_again_only_where_nobody_gets_a_second_mail(send_email: bool, times: int) -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.Response(status=502 if len(asked) == 1 else 200)

    async with talking_to(handler) as domo:
        sharing = domo.datasets.access.share("x", permissions=[Grant(27, "CAN_VIEW")], send_email=send_email)
        if send_email:
            with pytest.raises(ServerError):
                await sharing
        else:
            await sharing

    assert times == len(asked)


async def test_partitions_are_listed_searched_and_deleted(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG"})
    for number in range(3):
        await domo.datasets.upload(
            dataset.id, b"%d\n" % number * (number + 1), action="APPEND", partition=f"part/{number}"
        )
    partitions = domo.datasets.partitions

    listed = await partitions.list(dataset.id).all()
    largest = partitions.search(dataset.id, filters=[PartitionFilter("rowcount", "DESC", 2)], page_size=1)

    assert {"part/0", "part/1", "part/2"} == {partition.partition_id for partition in listed}
    assert [("part/2", 3), ("part/1", 2)] == [(found.partition_id, found.row_count) async for found in largest]

    completed = listed[0].date_completed
    assert completed is not None
    since = partitions.search(dataset.id, filters=[PartitionFilter("datecompleted", "ASC", completed)])
    assert 3 == len(await since.all())

    await partitions.delete_data(dataset.id, "part/1")
    await domo.datasets.indexes.create_in_query_service(dataset.id)

    assert {0, 2} == {row[0] for row in await rows(domo, dataset.id)}
    assert {"part/0", "part/2"} == {partition.partition_id for partition in await partitions.search(dataset.id).all()}
    await partitions.delete(dataset.id, "part/1")
    assert 2 == len(await partitions.list(dataset.id).all())


def test_a_bound_without_a_zone_is_refused() -> None:
    with pytest.raises(ConfigError, match="no time zone"):
        PartitionFilter("datecompleted", "ASC", datetime(2024, 1, 1))


@pytest.mark.parametrize("answer", [{}, "odd", [1], {"a": [], "b": []}, None])
async def test_an_answer_without_a_list_of_versions_is_a_decode_error(answer: object) -> None:
    async with talking_to(answering(answer)) as domo:
        with pytest.raises(DecodeError):
            await domo.datasets.versions.details("x").all()
        with pytest.raises(DecodeError):
            await domo.datasets.versions.from_magic("x").all()


async def test_properties_are_changed_one_by_one(domo: Domo) -> None:
    dataset = await domo.datasets.create("Test", {"n": "LONG"})

    await domo.datasets.update_properties(dataset.id, data_provider_type="domo-jupyterdata")
    await domo.datasets.update_properties(dataset.id, name="Orders")

    seen = await domo.datasets.get(dataset.id)
    assert ("Orders", "domo-jupyterdata") == (seen.name, seen.data_provider_type)


def test_tags_that_are_not_there_are_none() -> None:
    assert () == Dataset(id="x").tag_names
    assert () == Dataset(id="x", tags="").tag_names


def test_tags_may_be_numbers() -> None:
    assert ("north", "2024") == Dataset(id="x", tags='["north", 2024]').tag_names


@pytest.mark.parametrize("tags", ["north", "{}", "[1"])
def test_tags_that_are_not_a_list_are_a_decode_error(tags: str) -> None:
    with pytest.raises(DecodeError):
        _ = Dataset(id="x", tags=tags).tag_names


async def test_new_columns_go_out_without_nulls() -> None:
    sent = []

    async def handler(request: web.Request) -> web.Response:
        sent.append(await request.json())
        return web.json_response({"dataSource": {"dataSourceId": "x"}})

    async with talking_to(handler, clock=SkippingClock()) as domo:
        await domo.datasets.create("Test", {"n": "LONG"})

    assert [{"type": "LONG", "name": "n"}] == sent[0]["schema"]["columns"]


async def test_a_wait_for_an_upload_s_index_names_the_index() -> None:
    clock = SkippingClock()
    async with Emulator(index_delay=1e6) as emulator, emulator.client(settings=Settings(clock=clock)) as domo:
        dataset = await domo.datasets.create("Test", {"n": "LONG"})

        with pytest.raises(
            AfterCommitError, match="is committed, but then: index 1 of dataset .*PROCESSING; it goes on"
        ):
            await domo.datasets.upload(dataset.id, b"1\n", timeout=60)

    assert 59 <= sum(clock.slept) <= 61


async def test_an_export_that_comes_as_json_is_csv_on_disk(tmp_path):
    answer = documented("E071")

    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=answer, content_type="application/json")

    async with talking_to(handler) as domo:
        done = await domo.datasets.export("abc", tmp_path / "out.csv")

    assert b'id,status\n1,error\n,""\n' == (tmp_path / "out.csv").read_bytes()
    assert 22 == done.bytes
