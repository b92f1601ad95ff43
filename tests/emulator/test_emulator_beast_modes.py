from __future__ import annotations

from typing import Any

import pytest

from domo_async import BadRequest, ConfigError, Domo, Forbidden, NotFound
from domo_async._emulator.routes import beast_modes
from domo_async._emulator.services import cards
from domo_async._emulator.state.records import Record
from domo_async._endpoints.beast_modes import BeastModeFilter
from domo_async.emulator import Emulator
from tests.emulator.others import colleague
from tests.emulator.plain_client import connected
from tests.support import STRICT

COLUMNS = {"day": "DATE", "region": "STRING", "orders": "LONG", "amount": "DOUBLE"}


async def a_dataset(domo: Domo) -> str:
    return (await domo.datasets.create("Orders", COLUMNS)).id


def total(emulator: Emulator, dataset_id: str | None, expression: str = "SUM(`amount`)", **more: Any) -> Record:
    name = more.pop("name", "Total")
    return beast_modes.create(emulator._instance, name=name, expression=expression, dataset_id=dataset_id, **more)


@pytest.mark.parametrize(
    ("expression", "status", "data_type", "aggregated"),
    [
        ("SUM(`amount`)", "VALID", "DOUBLE", True),
        ("SUM(`orders`)", "VALID", "LONG", True),
        ("CONCAT(`region`, '!')", "VALID", "STRING", False),
        ("`day`", "VALID", "DATE", False),
        ("`amount` / SUM(`amount`)", "VALID", "DOUBLE", True),
        ("SUM(SUM(`amount`)) OVER ()", "VALID", "DOUBLE", True),
        ("SUM(`gone`)", "ILLEGAL_REFERENCE", "STRING", True),
        ("SUM(`amount`", "SYNTAX_ERROR", "STRING", False),
        ("SUM(`region` * `day`)", "VALID", "DOUBLE", True),
        ("SUM(UNHEARD(`amount`))", "INVALID", "STRING", True),
    ],
)
async def test_a_formula_is_judged_on_its_dataset(
    emulator: Emulator, domo: Domo, expression: str, status: str, data_type: str, aggregated: bool
) -> None:
    made = total(emulator, await a_dataset(domo), expression)

    got = await domo.beast_modes.get(made["id"])

    assert (status, data_type, aggregated) == (got.status, got.data_type, got.aggregated)
    assert [status] == [link.valid for link in got.links]


async def test_the_parts_of_a_formula_are_told(emulator: Emulator, domo: Domo) -> None:
    expression = "CASE WHEN `region` = 'a`b`' THEN SUM(`amount`) * 2 ELSE DATEDIFF(CURRENT_DATE(), MAX(`day`)) END"
    made = total(emulator, await a_dataset(domo), expression)

    got = await domo.beast_modes.get(made["id"])

    positions = [(each.column_name, each.column_position) for each in got.column_positions]
    assert [(name, expression.index(name)) for name in ("`region`", "`amount`", "`day`")] == positions
    assert ("DATEDIFF", "DOMO_OP_MULTIPLY", "MAX", "SUM") == got.functions
    assert ("region",) == got.non_aggregated_columns
    assert ("day", False) == (got.cache_window, got.analytic)


async def test_a_changed_formula_and_a_changed_dataset_are_judged_anew(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    made = total(emulator, dataset_id)
    before = await domo.beast_modes.get(made["id"])

    changed = await domo.beast_modes.update(made["id"], expression="MAX(`region`)")
    assert ("STRING", "Total") == (changed.data_type, changed.name)
    assert before.check_sum != changed.check_sum
    assert changed == await domo.beast_modes.get(made["id"])

    await domo.datasets.delete(dataset_id)
    assert "ILLEGAL_REFERENCE" == (await domo.beast_modes.get(made["id"])).status


async def test_an_invalid_formula_is_saved_unless_one_is_strict(emulator: Emulator, domo: Domo) -> None:
    made = total(emulator, await a_dataset(domo))

    with pytest.raises(BadRequest, match="ILLEGAL_REFERENCE"):
        await domo.beast_modes.update(made["id"], expression="SUM(`gone`)", strict=True)
    assert "VALID" == (await domo.beast_modes.get(made["id"])).status

    await domo.beast_modes.update(made["id"], expression="SUM(`gone`)")
    assert "ILLEGAL_REFERENCE" == (await domo.beast_modes.get(made["id"])).status


async def test_formulas_may_name_each_other_but_not_in_a_circle(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    inner = total(emulator, dataset_id)
    outer = total(emulator, dataset_id, f"DOMO_BEAST_MODE({inner['id']}) / COUNT(`orders`)")

    got = await domo.beast_modes.get(outer["id"])
    assert ("VALID", True, (inner["id"],)) == (got.status, got.aggregated, got.function_template_dependencies)

    await domo.beast_modes.update(inner["id"], expression=f"DOMO_BEAST_MODE({outer['id']})")
    assert "ILLEGAL_REFERENCE" == (await domo.beast_modes.get(outer["id"])).status


async def test_a_locked_one_is_changed_by_its_owner_and_admins_alone(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    async with colleague(domo) as ada, colleague(domo, "Ben") as ben:
        made = total(emulator, dataset_id, owner_id=ada.id)
        with pytest.raises(Forbidden):
            await ben.domo.beast_modes.lock(made["id"])
        await ben.domo.beast_modes.update(made["id"], expression="MAX(`amount`)")

        assert (await ada.domo.beast_modes.lock(made["id"])).locked is True

        with pytest.raises(Forbidden):
            await ben.domo.beast_modes.update(made["id"], expression="1")
        with pytest.raises(Forbidden):
            await ben.domo.beast_modes.lock(made["id"], locked=False)
        await ada.domo.beast_modes.update(made["id"], expression="MIN(`amount`)")
        await domo.beast_modes.lock(made["id"], locked=False)
        await ben.domo.beast_modes.update(made["id"], expression="AVG(`amount`)")

    assert "AVG(`amount`)" == (await domo.beast_modes.get(made["id"])).expression


async def test_beast_modes_are_found_by_names_and_conditions(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset_id)
    async with colleague(domo) as ada:
        total(emulator, dataset_id, name="Total amount", card_ids=[card["id"]])
        total(emulator, None, name="Everywhere", expression="1")
        mine = total(emulator, dataset_id, name="total of mine", owner_id=ada.id, locked=True)

        async def found(*filters: BeastModeFilter | str, name: str = "") -> list[str]:
            return [str(each.name) async for each in domo.beast_modes.search(name=name, filters=filters)]

        assert ["Everywhere", "Total amount", "total of mine"] == await found("notvariable")
        assert ["Total amount", "total of mine"] == await found(name="TOTAL")
        assert ["total of mine"] == await found(BeastModeFilter("owner", [ada.id]), name="total")
        assert ["Total amount"] == await found("notlocked", BeastModeFilter("dataset", [dataset_id]))
        assert ["Total amount"] == await found(BeastModeFilter("card", [card["id"]]))
        assert ["Total amount"] == await found("active")
        assert ["Everywhere"] == await found("global")
        assert ["total of mine"] == await found(BeastModeFilter("legacyid", [mine["legacyId"]]))
        with pytest.raises(BadRequest, match="Unknown filter: colour"):
            await found("colour")
    hits = [hit async for hit in domo.search.iterate("total", entities=["beast_mode"])]
    assert {"Total amount", "total of mine"} == {hit.name for hit in hits}


@STRICT
async def test_the_search_comes_in_pages_and_in_order(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    for number in range(7):
        total(emulator, dataset_id, name=f"Total {number}", at=1_700_000_000_000 - number)

    names = [
        each.name async for each in domo.beast_modes.search(sort_by="created", ascending=False, page_size=3, offset=1)
    ]

    assert [f"Total {number}" for number in range(1, 7)] == names
    async with connected(emulator) as plain:
        body = {"filters": [], "sort": {"field": "name", "ascending": True}, "limit": 7, "offset": 0}
        whole = await plain.call("POST", "/api/query/v1/functions/search", json=body)
        assert (7, False) == (whole["totalHits"], whole["hasMore"])
        for limit in (0, 5001):
            await plain.call("POST", "/api/query/v1/functions/search", json={**body, "limit": limit}, status=400)
        await plain.call("POST", "/api/query/v1/functions/search", json={"limit": 5}, status=400)


async def test_statistics_count_what_there_is(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    card = cards.create(emulator._instance, title="Orders", dataset_id=dataset_id)
    total(emulator, dataset_id, card_ids=[card["id"]])
    total(emulator, dataset_id, "SUM(`gone`)", locked=True)
    total(emulator, None, "1")

    counted = await domo.beast_modes.statistics()

    assert (3, 2, 0, 1) == (counted.total, counted.on_datasets, counted.on_cards, counted.in_visualizations)
    assert (1, 1, 1, 0) == (counted.locked, counted.invalid, counted.invalid_link, counted.archived)


async def test_beast_modes_can_be_made_as_other_clients_do(emulator: Emulator, domo: Domo) -> None:
    dataset_id = await a_dataset(domo)
    link = {"resource": {"type": "DATA_SOURCE", "id": dataset_id}, "visible": True, "active": False}
    body = {"name": "Total", "expression": "SUM(`amount`)", "links": [link]}

    made = await domo.request("POST", "/api/query/v1/functions/template", json=body)
    with pytest.raises(BadRequest, match="one and only one visible link"):
        await domo.request("POST", "/api/query/v1/functions/template", json={**body, "links": []})

    got = await domo.beast_modes.get(made["id"])
    assert ("Total", "VALID", 1) == (got.name, got.status, got.owner)
    assert 1 == (await domo.beast_modes.statistics()).total
    with pytest.raises(NotFound):
        await domo.beast_modes.get(4711)


async def test_a_beast_mode_is_created_found_by_its_number_and_deleted(domo: Domo) -> None:
    dataset = await a_dataset(domo)
    made = await domo.beast_modes.create(name="Total", expression="SUM(`amount`)", data_set_id=dataset, strict=True)
    everywhere = await domo.beast_modes.create(name="One", expression="1", is_global=True)

    found = await domo.beast_modes.get_many([everywhere.id, made.id, 999])
    await domo.beast_modes.delete(made.id)

    assert ["One", "Total"] == [each.name for each in found]
    assert ("VALID", True) == (made.status, made.aggregated)
    assert [dataset] == [link.resource.id for link in made.links if link.resource]
    with pytest.raises(NotFound):
        await domo.beast_modes.get(made.id)
    with pytest.raises(ConfigError, match="data_set_id"):
        await domo.beast_modes.create(name="Total", expression="1")
    with pytest.raises(BadRequest):
        await domo.beast_modes.create(name="Bad", expression="SUM(`gone`)", data_set_id=dataset, strict=True)
    async with colleague(domo) as ada:
        with pytest.raises(Forbidden):
            await ada.domo.beast_modes.delete(everywhere.id)
