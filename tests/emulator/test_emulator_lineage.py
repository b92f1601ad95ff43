"""Lineage between datasets, dataflows and cards, and the data providers of an instance."""

from __future__ import annotations

from itertools import pairwise

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound
from domo_async._emulator.services import cards
from domo_async.emulator import Emulator
from tests.emulator.others import another


async def chain(domo: Domo) -> tuple[list[str], list[int]]:
    """Make raw -> clean -> report; returns the datasets and the dataflows between them."""
    datasets = [(await domo.datasets.create(name, {"a": "LONG"})).id for name in ("raw", "clean", "report")]
    flows = []
    for source, target in pairwise(datasets):
        ends = {"inputs": [{"dataSourceId": source}], "outputs": [{"dataSourceId": target}]}
        flows.append((await domo.dataflows.create(definition={"name": "Flow", **ends})).id)
    return datasets, flows


async def test_lineage_leads_up_and_down_as_far_as_is_asked(domo: Domo, emulator: Emulator) -> None:
    (raw, clean, report), (first, second) = await chain(domo)
    card = cards.create(emulator._instance, title="Amounts", dataset_id=report)["id"]

    whole = await domo.lineage.get("DATA_SOURCE", clean)
    up = await domo.lineage.get("DATA_SOURCE", report, traverse_down=False, max_depth=1)
    flows = await domo.lineage.get("DATA_SOURCE", raw, request_entities="DATAFLOW")
    counts = await domo.lineage.impact_counts("DATA_SOURCE", raw)

    things = {f"DATA_SOURCE{each}" for each in (raw, clean, report)}
    assert things | {f"DATAFLOW{first}", f"DATAFLOW{second}", f"CARD{card}"} == whole.keys()
    node = whole[f"DATA_SOURCE{clean}"]
    assert ([f"DATAFLOW{first}"], [f"DATAFLOW{second}"]) == (
        [each.key for each in node.parents],
        [each.key for each in node.children],
    )
    assert {"DATAFLOW": 1, "DATA_SOURCE": 1} == node.ancestor_counts
    assert {"DATAFLOW": 1, "DATA_SOURCE": 1, "CARD": 1} == node.descendant_counts
    assert {f"DATA_SOURCE{report}", f"DATAFLOW{second}"} == up.keys()
    assert {f"DATAFLOW{first}", f"DATAFLOW{second}"} == flows.keys()
    assert (1, 2, 2) == (counts.data_flow_count, counts.impact_data_flow_count, counts.impact_data_source_count)
    assert (0, 1) == (counts.card_count, counts.impact_card_count)
    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.lineage.get("DATA_SOURCE", raw)
    with pytest.raises(NotFound):
        await domo.lineage.get("DATAFLOW", 404)
    with pytest.raises(BadRequest, match="lineage"):
        await domo.lineage.get("PAGE", 1)


async def test_data_providers_are_those_that_accounts_and_streams_name_too(domo: Domo) -> None:
    account = await domo.accounts.create(
        display_name="Own", name="own", data_provider_type="own-source", configurations={"user": "ada"}
    )

    keys = [each.key for each in await domo.data_providers.list().all()]
    provider = await domo.data_providers.get("own-source")
    (with_accounts,) = await domo.data_providers.with_accounts().all()

    assert {"own-source", "amazon-s3"} <= set(keys)
    assert ("own-source", "STANDARD", "GLOBAL") == (provider.key, provider.type, provider.scope)
    assert ("own-source", [account.number]) == (with_accounts.key, [each["id"] for each in with_accounts.accounts])
    with pytest.raises(NotFound):
        await domo.data_providers.get("absent")
