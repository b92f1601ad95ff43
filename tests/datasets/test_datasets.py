"""The dataset routes one by one, on the embedded instance."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from domo_async import BadRequest, ConfigError, Conflict, DecodeError, NotFound
from domo_async._endpoints.datasets.models import CardInfo, Column, DatasetOwner, DataVersion, UploadStatus
from domo_async._transfer import ColumnType
from domo_async._wire.model import model_fields, name_on_wire
from tests.support import talking_to

TYPES = {"l": "LONG", "s": "STRING", "d": "DOUBLE", "x": "DECIMAL", "on": "DATE", "at": "DATETIME"}


async def test_a_dataset_is_made_of_names_and_types(domo):
    made = await domo.datasets.create("Orders", TYPES)

    seen = await domo.datasets.get(made.id)
    assert (made.id, "Orders", 0, 6) == (seen.id, seen.name, seen.row_count, seen.column_count)
    assert isinstance(seen.owner, DatasetOwner)
    assert seen.created is not None
    assert abs(datetime.now(UTC) - seen.created) < timedelta(minutes=1)
    assert TYPES == {column.name: column.type for column in (await domo.datasets.schemas.latest(made.id)).columns}


async def test_a_dataset_can_be_made_of_another_s_columns(domo):
    first = await domo.datasets.create("First", TYPES)
    columns = (await domo.datasets.schemas.latest(first.id)).columns

    second = await domo.datasets.create("Second", columns)

    assert columns == (await domo.datasets.schemas.latest(second.id)).columns


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({}, "at least one"),
        ({"": "LONG"}, "names"),
        ([Column(name="a", type=ColumnType.LONG), Column(name="a", type=ColumnType.LONG)], "or repeated"),
        ({"ok": "BOOLEAN"}, "BOOLEAN.*STRING, LONG, DOUBLE"),
        ({"ok": "long"}, "long"),
    ],
)
async def test_columns_that_cannot_be_are_refused_before_anything_is_sent(domo, emulator, columns, says):
    with pytest.raises(ConfigError, match=says):
        await domo.datasets.create("Bad", columns)
    with pytest.raises(ConfigError, match=says):
        await domo.datasets.schemas.alter("x", columns)

    assert 0 == len(emulator.log)


async def test_the_documented_metadata_is_all_there():
    # The sample of the Datasets page, "Get Metadata", with real times.
    sample = {
        "id": "dataset id",
        "displayType": "webform",
        "dataProviderType": "webform",
        "type": "webform",
        "name": "dataset name",
        "owner": {"id": "User id", "name": "User name", "type": "USER", "group": False},
        "status": "SUCCESS",
        "created": 1654557838137,
        "lastTouched": 1654557838138,
        "lastUpdated": 1654557838139,
        "rowCount": 2,
        "columnCount": 3,
        "cardInfo": {"cardCount": 3, "cardViewCount": 0},
        "properties": {"formulas": {"formulas": {}}},
        "state": "SUCCESS",
        "validConfiguration": True,
        "validAccount": True,
        "streamId": 25222,
        "transportType": "WEBFORM",
        "adc": True,
        "adcExternal": False,
        "adcSource": "DIRECT",
        "masked": False,
        "currentUserFullAccess": True,
        "cloudId": "domo",
        "cloudName": "Domo",
        "permissions": "READ_WRITE_DELETE_SHARE_ADMIN",
        "hidden": False,
        "scheduleActive": True,
        "cardCount": 3,
        "cloudEngine": "domo",
    }
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.raw_path)
        return web.json_response(sample | {"tags": '["a","b c"]', "brandNew": [1]})

    async with talking_to(handler) as domo:
        seen = await domo.datasets.get("a b", parts="core,permission")

    assert ["/api/data/v3/datasources/a%20b?part=core,permission"] == asked
    assert {"brandNew": [1]} == seen.extras
    assert ("a", "b c") == seen.tag_names
    assert (25222, True) == (seen.stream_id, seen.adc)
    assert CardInfo(card_count=3, card_view_count=0) == seen.card_info
    assert DatasetOwner(id="User id", name="User name", type="USER", group=False) == seen.owner
    assert datetime(2022, 6, 6, 23, 23, 58, 137000, UTC) == seen.created
    told = {name_on_wire(each): getattr(seen, each.name) for each in model_fields(type(seen))}
    assert {} == {key: value for key, value in told.items() if value is None and key in sample}
    assert seen == pickle.loads(pickle.dumps(seen))


async def test_schemas_are_read_and_altered(domo):
    dataset = await domo.datasets.create("Test", {"a": "LONG"})

    altered = await domo.datasets.schemas.alter(dataset.id, {"a": "LONG", "b": "STRING"})

    assert 2 == altered.schema_id
    assert ["a", "b"] == [column.name for column in (await domo.datasets.schemas.latest(dataset.id)).columns]
    await domo.datasets.upload(dataset.id, b"1,x\n")
    indexed = await domo.datasets.schemas.indexed(dataset.id, include_hidden=True)
    assert [("a", ColumnType.LONG), ("b", ColumnType.STRING)] == [(c.name, c.type) for c in indexed.columns]
    assert dataset.id == indexed.data_source_id


async def test_cells_have_their_columns_types(domo):
    dataset = await domo.datasets.create("Test", TYPES)
    content = (
        b"-9223372036854775808,text,0.1,12345678901234567890.123,2024-02-29,2024-02-29T23:59:59\n"
        b",,,,,\n"
        b'7,"",1e300,0.1,1970-01-01,1970-01-01T00:00:00.5\n'
    )
    await domo.datasets.upload(dataset.id, content)

    result = await domo.datasets.query(dataset.id, "SELECT * FROM table")

    assert tuple(TYPES) == result.columns
    assert tuple(TYPES.values()) == result.types
    first, second, third = result
    assert (
        -(2**63),
        "text",
        0.1,
        Decimal("12345678901234567890.123"),
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 59, 59),
    ) == first
    assert [int, str, float, Decimal, date, datetime] == [type(cell) for cell in first]
    assert (None,) * 6 == second
    assert (7, "", 1e300, Decimal("0.1"), date(1970, 1, 1), datetime(1970, 1, 1, 0, 0, 0, 500000)) == third
    assert 3 == len(result) == result.num_rows
    assert {"l": 7, "s": ""}.items() <= result.to_dicts()[2].items()
    assert third == result[2]


async def test_an_empty_result_still_has_columns(domo):
    dataset = await domo.datasets.create("Test", TYPES)

    result = await domo.datasets.query(dataset.id, "SELECT l, s FROM table")

    assert (("l", "s"), 0, []) == (result.columns, len(result), result.to_dicts())


async def test_rows_as_the_document_prints_them_are_understood():
    async def handler(request: web.Request) -> web.Response:
        assert {"sql": "SELECT 1"} == await request.json()
        return web.json_response([{"a": "value 1", "b": 2}, {"a": None, "b": 3}])

    async with talking_to(handler) as domo:
        result = await domo.datasets.query("x", "SELECT 1")

    assert [{"a": "value 1", "b": 2}, {"a": None, "b": 3}] == result.to_dicts()
    assert ("STRING", "LONG") == result.types


@pytest.mark.parametrize(
    "answer",
    [
        7,
        None,
        {},
        [1],
        {"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": None},
        {"columns": ["a"], "metadata": [], "rows": []},
        {"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": [[1], [1, 2]]},
        {"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": [1]},
        {"columns": ["a"], "metadata": [{"type": "LONG"}], "rows": [[1, 2]]},
        {"columns": ["a"], "metadata": [{"type": "DATE"}], "rows": [["soon"]]},
        {"columns": ["a"], "metadata": [{"type": "DECIMAL"}], "rows": [["many"]]},
        {"columns": ["a"], "metadata": [{"type": []}], "rows": []},
    ],
)
async def test_an_answer_that_is_not_a_result_is_a_decode_error(answer):
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(answer)

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError):
            await domo.datasets.query("x", "SELECT 1")


async def test_wrong_sql_says_what_is_wrong(domo):
    dataset = await domo.datasets.create("Test", TYPES)

    with pytest.raises(BadRequest, match="Invalid column.*nope") as caught:
        await domo.datasets.query(dataset.id, "SELECT nope FROM table")

    assert "ib:4100" == caught.value.code
    assert caught.value.toe


async def test_the_stages_of_an_upload_can_be_taken_one_by_one(domo):
    dataset = await domo.datasets.create("Test", {"a": "LONG"})

    opened = await domo.datasets.uploads.open(dataset.id)
    await domo.datasets.uploads.put_part(dataset.id, opened.upload_id, 2, b"3\n")
    await domo.datasets.uploads.put_part(dataset.id, opened.upload_id, 90_000, b"4\n")
    with pytest.raises(BadRequest, match="non-consecutive"):
        await domo.datasets.uploads.commit(dataset.id, opened.upload_id, action="REPLACE")
    opened = await domo.datasets.uploads.open(dataset.id)
    for part, content in ((1, b"1\n2\n"), (7, b"3\n")):
        await domo.datasets.uploads.put_part(dataset.id, opened.upload_id, part, content)
    commit = await domo.datasets.uploads.commit(dataset.id, opened.upload_id, action="REPLACE", index=False)

    assert dataset.id == opened.data_source_id
    assert opened.requested_as_of is not None
    assert (opened.upload_id, None, "success") == (commit.upload_id, commit.indexing, commit.status)
    assert commit.size is not None
    assert 3 == commit.size.row_count
    assert 0 == len(await domo.datasets.query(dataset.id, "SELECT * FROM table"))
    with pytest.raises(Conflict):
        await domo.datasets.uploads.commit(dataset.id, opened.upload_id, action="REPLACE")

    index = await domo.datasets.indexes.create(dataset.id)
    assert index.request_key is not None
    status = await domo.datasets.indexes.status(dataset.id, index.request_key)
    assert status.detail is not None
    assert status.progress is not None
    assert ("SUCCESS", 3, 1) == (status.progress.status, status.detail.row_count, status.detail.column_count)
    assert [(1,), (2,), (3,)] == list(await domo.datasets.query(dataset.id, "SELECT * FROM table"))


async def test_every_commit_makes_a_data_version(domo):
    dataset = await domo.datasets.create("Test", {"a": "LONG"})
    for rows in (b"1\n", b"1\n2\n"):
        await domo.datasets.upload(dataset.id, rows)

    first, second = await domo.datasets.versions.list(dataset.id).all()

    assert isinstance(first, DataVersion)
    assert (1, 2) == (first.num_rows, second.num_rows)
    assert (2, 4) == (first.num_bytes, second.num_bytes)
    assert UploadStatus.SUCCESS == first.upload_status
    assert first.upload_completed_date is not None
    assert second.recorded_date is not None
    assert first.upload_completed_date <= second.recorded_date


async def test_fields_that_the_documents_do_not_show_may_be_missing():
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="" if request.method == "PUT" else "odd")

    async with talking_to(handler) as domo:
        assert None is (await domo.datasets.uploads.commit("x", 1, action="APPEND")).indexing
        assert None is (await domo.datasets.schemas.alter("x", {"a": "LONG"})).schema_id
        assert None is (await domo.datasets.indexes.create("x")).request_key


@pytest.mark.parametrize("bad", ["", ".", ".."])
async def test_an_empty_id_reaches_no_other_route(domo, emulator, bad):
    with pytest.raises(ConfigError):
        await domo.datasets.get(bad)

    assert 0 == len(emulator.log)


async def test_any_route_can_be_asked_raw(domo):
    made = await domo.request(
        "POST",
        "/api/data/v2/datasources",
        json={
            "userDefinedType": "api",
            "dataSourceName": "Raw",
            "schema": {"columns": [{"type": "LONG", "name": "a"}]},
        },
    )
    dataset_id = made["dataSource"]["dataSourceId"]

    assert (
        "Raw" == (await domo.request("GET", f"/api/data/v3/datasources/{dataset_id}", params={"part": "core"}))["name"]
    )
    assert None is await domo.request("DELETE", f"/api/data/v3/datasources/{dataset_id}")
    with pytest.raises(NotFound):
        await domo.datasets.get(dataset_id)


async def test_the_type_of_a_column_may_be_plain_text(domo):
    text: Any = "LONG"
    made = await domo.datasets.create("d", [Column(name="id", type=text), Column(name="n", type=ColumnType.STRING)])
    await domo.datasets.schemas.alter(made.id, [Column(name="id", type=text, upsert_key=True)])

    columns = (await domo.datasets.schemas.latest(made.id)).columns
    assert [("id", ColumnType.LONG, True)] == [(each.name, each.type, each.upsert_key) for each in columns]


@pytest.mark.parametrize(
    "columns",
    [[("id", "LONG")], ["id"], {"id": int}, {1: "LONG"}, [Column(name="id", type=ColumnType("BOOL"))], {"id": "BOOL"}],
)
async def test_columns_that_are_none_are_refused_before_anything_is_sent(domo, domo_emulator, columns):
    with pytest.raises(ConfigError, match=r"Column objects|the name and the type must be|Domo knows"):
        await domo.datasets.create("d", columns)
