from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.routes import pages
from domo_async._emulator.services import cards
from domo_async._emulator.state.records import Record
from domo_async._endpoints.datasets.policies import PolicyFilter
from domo_async.emulator import Emulator
from tests.emulator.others import colleague
from tests.emulator.plain_client import connected

CSV = b"region,amount\nNorth,1000.5\nSouth,200\nNorth,234\nEast,7\n"
COLUMNS = {"region": "STRING", "amount": "DOUBLE"}


async def orders(domo: Domo, csv: bytes = CSV) -> str:
    dataset = await domo.datasets.create("Orders", COLUMNS)
    await domo.datasets.upload(dataset.id, csv)
    return dataset.id


def by_region(emulator: Emulator, dataset_id: str, **more: Any) -> Record:
    shown: Mapping[str, Any] = {
        "title": "Amount (by region)",
        "group_by": "region",
        "value": "amount",
        "aggregation": "SUM",
        **more,
    }
    return cards.create(emulator._instance, dataset_id=dataset_id, **shown)


def pixels_of(png: bytes) -> tuple[int, int, bytes]:
    """Return width, height and pixels of a PNG, whose checksums have to be right."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, chunks = 8, {}
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        named, (checksum,) = png[place + 4 : place + 8 + length], struct.unpack_from(">I", png, place + 8 + length)
        assert checksum == zlib.crc32(named)
        chunks[named[:4]] = named[4:]
        place += 12 + length
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert height * (width + 1) == len(pixels)
    return width, height, pixels


def text_of(pdf: bytes) -> str:
    """Return what a PDF says, whose table of objects has to be right."""
    begin = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    entries = pdf[begin:].split(b"\n")
    assert b"xref" == entries[0]
    for number in range(1, int(entries[1].split()[1])):
        assert pdf[int(entries[2 + number].split()[0]) :].startswith(b"%d 0 obj" % number)
    return pdf.decode("latin-1")


async def test_a_card_is_found_wherever_cards_are_until_it_is_deleted(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    page = pages.create(emulator._instance, title="Sales")
    card = by_region(emulator, dataset_id, page_ids=[page["id"]])
    by_region(emulator, dataset_id, title="Another")

    await domo.cards.update_title(card["id"], title="Regions", description="All of them")
    (got,) = await domo.cards.get([card["id"], 4711], parts=["metadata", "datasources", "owners"])
    listed = await domo.cards.list(title="regi").all()
    on_page = (await domo.pages.get(page["id"])).cards
    of_dataset = await domo.datasets.cards(dataset_id)
    found = [hit async for hit in domo.search.iterate("Regions", entities=["card"])]
    counted = await domo.datasets.get(dataset_id)

    assert ("Regions", "All of them") == (got.title, got.description)
    assert [dataset_id] == [source.data_source_id for source in got.datasources]
    assert {"chartType": "badge_vert_bar"}.items() <= dict(got.metadata or {}).items()
    assert ["Emulator Owner"] == [owner.display_name for owner in got.owners]
    assert [card["id"]] == [each.id for each in listed]
    assert [card["id"]] == [each.id for each in on_page]
    assert {"Regions", "Another"} == {each.title for each in of_dataset}
    assert [str(card["id"])] == [str(hit.database_id) for hit in found]
    assert counted.card_info is not None
    assert 2 == counted.card_info.card_count

    await domo.request("DELETE", "/api/content/v1/cards/bulk", params={"cardIds": str(card["id"])})

    assert () == await domo.cards.get([card["id"]])
    assert () == (await domo.pages.get(page["id"])).cards
    with pytest.raises(NotFound):
        await domo.cards.render(card["id"], parts=["title"])


async def test_lists_of_cards_come_in_pages_and_in_order(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    page = pages.create(emulator._instance, title="Sales")
    for number in range(120):
        by_region(emulator, dataset_id, title=f"Card {number:03}", page_ids=[page["id"]] if number < 110 else ())

    titles = [card.title async for card in domo.cards.list(page_ids=[page["id"]], ascending=False, offset=5)]

    assert [f"Card {number:03}" for number in range(104, -1, -1)] == titles


async def test_a_picture_shows_the_title_and_the_numbers(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    card = by_region(emulator, dataset_id)

    picture = await domo.cards.render(card["urn"], parts=["title", "image"], width=300, height=200, scale=2)
    again = await domo.cards.render(card["urn"], parts=["title", "image"], width=300, height=200, scale=2)
    paper = await domo.cards.render(card["urn"], parts=["imagePDF"])
    await domo.datasets.upload(dataset_id, b"region,amount\nNorth,1\n")
    changed = await domo.cards.render(card["urn"], parts=["image"], width=300, height=200, scale=2)

    assert picture.image is not None
    width, height, pixels = pixels_of(picture.image.content())
    assert (600, 400) == (width, height)
    assert {0, 1, 2} == set(pixels)
    assert "Amount (by region)" == picture.title
    assert picture == again
    assert changed.image is not None
    assert picture.image.data != changed.image.data
    assert paper.image is not None
    said = text_of(paper.image.content())
    assert r"Amount \(by region\)" in said
    assert said.index("East  7") < said.index("North  1,234.5") < said.index("South  200")


async def test_a_table_comes_in_pages_as_many_as_are_asked_for(emulator: Emulator, domo: Domo) -> None:
    rows = "".join(f"Region {number:03},{number}\n" for number in range(120))
    dataset_id = await orders(domo, f"region,amount\n{rows}".encode())
    card = by_region(emulator, dataset_id, chart_type="badge_basic_table")

    every = await domo.cards.render(card["id"], parts=["imagePDF"], num_table_pages=100)
    some = await domo.cards.render(card["id"], parts=["imagePDF"], num_table_pages=2)

    assert 3 == len(every.contents())
    assert every.not_all_data_shown is False
    assert 2 == len(some.contents())
    assert some.not_all_data_shown is True
    assert "Region 119  119" in text_of(every.contents()[-1])


async def test_the_rows_of_a_card_can_be_narrowed(emulator: Emulator, domo: Domo) -> None:
    card = by_region(emulator, await orders(domo))
    filters = [
        {"column": "region", "operand": "NOT_IN", "values": ["East", "O'Higgins"]},
        {"column": "amount", "operand": "GREATER_THAN", "values": [300]},
    ]

    every = await domo.cards.render(card["id"], parts=["queryResult", "summary"])
    some = await domo.cards.render(card["id"], parts=["data"], query_overrides={"filters": filters})

    assert isinstance(every.query_result, dict)
    assert [["East", 7.0], ["North", 1234.5], ["South", 200.0]] == every.query_result["rows"]
    assert "1,441.5" == every.summary
    assert isinstance(some.data, dict)
    assert [["North", 1000.5]] == some.data["rows"]
    with pytest.raises(BadRequest, match="column gone does not exist"):
        await domo.cards.render(
            card["id"], parts=["data"], query_overrides={"filters": [{"column": "gone", "values": [1]}]}
        )


async def test_a_card_without_columns_shows_how_many_rows_there_are(emulator: Emulator, domo: Domo) -> None:
    card = cards.create(emulator._instance, title="Orders", dataset_id=await orders(domo))

    rendered = await domo.cards.render(card["id"], parts=["summary", "queryResult"], treat_longs_as_strings=True)

    assert "4" == rendered.summary
    assert isinstance(rendered.query_result, dict)
    assert [["4"]] == rendered.query_result["rows"]


async def test_every_rendering_is_a_view(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    card = by_region(emulator, dataset_id)
    for _ in range(3):
        await domo.cards.render(card["id"], parts=["title"])

    info = (await domo.datasets.get(dataset_id)).card_info

    assert info is not None
    assert (1, 3) == (info.card_count, info.card_view_count)


async def test_a_card_cannot_be_rendered_without_its_data(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    card, broken = by_region(emulator, dataset_id), by_region(emulator, dataset_id, value="gone")

    with pytest.raises(Conflict, match="gone"):
        await domo.cards.render(broken["id"], parts=["image"])
    await domo.datasets.delete(dataset_id)
    with pytest.raises(Conflict, match="was deleted"):
        await domo.cards.render(card["id"], parts=["image"])


async def test_cards_that_cannot_be_drawn_are_refused(emulator: Emulator, domo: Domo) -> None:
    card = by_region(emulator, await orders(domo))

    with pytest.raises(BadRequest, match="parts must be some of"):
        await domo.cards.render(card["id"], parts=["picture"])
    with pytest.raises(BadRequest, match="16777216"):
        await domo.cards.render(card["id"], parts=["image"], width=9000, height=9000)


async def test_an_empty_part_at_the_end_is_overlooked(emulator: Emulator, domo: Domo) -> None:
    card = by_region(emulator, await orders(domo))
    async with connected(emulator) as plain:
        path = f"/api/content/v1/cards/kpi/{card['urn']}/render?parts=title,imagePDF,"
        answer = await plain.call("PUT", path, json={"queryOverrides": {}})

    assert "Amount (by region)" == answer["title"]
    assert {"data", "notAllDataShown"} == answer["image"].keys()


async def test_only_its_owner_and_admins_change_a_card(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    async with colleague(domo) as ada:
        hidden, own = by_region(emulator, dataset_id), by_region(emulator, dataset_id, owner_id=ada.id)

        await ada.domo.cards.update_title(own["id"], title="Mine")
        with pytest.raises(Forbidden):
            await ada.domo.cards.update_title(hidden["id"], title="Mine")
        with pytest.raises(Forbidden):
            await ada.domo.cards.render(hidden["id"], parts=["title"])
        seen = [card.id async for card in ada.domo.cards.list()]

    assert [own["id"]] == seen
    assert "Amount (by region)" == (await domo.cards.get([hidden["id"]]))[0].title


async def test_a_card_shows_each_user_the_rows_that_policies_let_them_see(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await orders(domo)
    async with colleague(domo) as ada:
        card = by_region(emulator, dataset_id, owner_id=ada.id)
        south = [PolicyFilter("region", ["South"])]
        await domo.datasets.policies.create(dataset_id, name="South", filters=south, users=[ada.id])
        await domo.datasets.policies.enable(dataset_id)
        hers = await ada.domo.cards.render(card["id"], parts=["queryResult", "summary"])
        ours = await domo.cards.render(card["id"], parts=["summary"])

    assert isinstance(hers.query_result, dict)
    assert [["South", 200.0]] == hers.query_result["rows"]
    assert ("200", "1,441.5") == (hers.summary, ours.summary)


async def test_a_card_tells_its_birth_and_how_it_is_made_and_is_deleted(emulator: Emulator, domo: Domo) -> None:
    dataset = await orders(domo)
    card, other = by_region(emulator, dataset), by_region(emulator, dataset, title="Other")

    (told,) = await domo.cards.get([card["id"]])
    made = await domo.cards.definition(card["id"], dynamic_text=True)
    await domo.cards.delete_many([card["id"]])

    assert told.created is not None
    assert datetime.now(UTC) - timedelta(minutes=5) < told.created <= datetime.now(UTC)
    assert (1, True, None) == (told.creator_id, told.is_current_user_owner, told.last_modified)
    assert told.badge_updated is not None
    assert ["region", "amount"] == [column.name for column in made.columns]
    assert {"allowTableDrill", "charts", "dynamicTitle", "subscriptions"} <= set(made.definition or {})
    assert [other["id"]] == [each.id for each in await domo.cards.list().all()]
    with pytest.raises(NotFound):
        await domo.cards.definition(card["id"])


async def test_cards_that_may_not_be_seen_are_told_where_that_is_asked_for(emulator: Emulator, domo: Domo) -> None:
    card = by_region(emulator, await orders(domo))
    async with colleague(domo) as ada:
        assert () == await ada.domo.cards.get([card["id"]])
        (told,) = await ada.domo.cards.get([card["id"]], include_filtered=True)

    assert told.access is False
