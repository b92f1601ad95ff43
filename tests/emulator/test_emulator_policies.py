"""Policies of the embedded instance: whoever they are about sees their rows and no others."""

from __future__ import annotations

import io

import pytest

from domo_async import BadRequest, ConfigError, Domo, NotFound
from domo_async._endpoints.datasets.grants import Grant
from domo_async._endpoints.datasets.policies import PolicyFilter
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.test_emulator_datasets import put_group

COLUMNS = {"region": "STRING", "amount": "LONG", "on": "DATE"}
ROWS = b"North,1,2024-01-01\nSouth,2,2024-02-01\nnorth,3,\n,4,2024-03-01\n"
QUERY = "SELECT amount FROM table ORDER BY 1"


async def shared(domo: Domo) -> str:
    made = await domo.datasets.create("Orders", COLUMNS)
    await domo.datasets.upload(made.id, ROWS)
    await domo.datasets.access.share(made.id, permissions=[Grant(1001, "CAN_EDIT")], send_email=False)
    return made.id


async def amounts(domo: Domo, dataset: str, sql: str = QUERY) -> list[object]:
    return [amount for (amount,) in (await domo.datasets.query(dataset, sql)).rows]


async def test_policies_count_once_they_are_enabled(domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001) as ada:
        dataset = await shared(domo)
        north = [PolicyFilter("region", ["NORTH"])]
        policy = await domo.datasets.policies.create(dataset, name="North", filters=north, users=[1001])
        assert [1, 2, 3, 4] == await amounts(ada, dataset)

        control = await domo.datasets.policies.enable(dataset)
        assert (True, True) == (control.enabled, control.secured)
        assert [1, 3] == await amounts(ada, dataset)
        assert [1, 2, 3, 4] == await amounts(domo, dataset)
        assert [4] == await amounts(ada, dataset, "SELECT COUNT(*) + 2 FROM table")
        assert [2] == await amounts(ada, dataset, "WITH x AS (SELECT * FROM table) SELECT COUNT(*) FROM x")
        exported = io.BytesIO()
        await ada.datasets.export(dataset, exported, sql=QUERY, header=False)
        assert b"1\n3\n" == exported.getvalue()

        south = [PolicyFilter("region", ["south"], ignore_case=False), PolicyFilter("amount", [2])]
        await domo.datasets.policies.update(dataset, policy.filter_group_id, name="S", filters=south, users=[1001])
        assert [] == await amounts(ada, dataset)
        await domo.datasets.policies.delete(dataset, policy.filter_group_id)
        assert [] == await amounts(ada, dataset)
        await domo.datasets.policies.enable(dataset, enabled=False)
        assert [1, 2, 3, 4] == await amounts(ada, dataset)


async def test_several_policies_add_up_also_by_groups(domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001) as ada:
        put_group(emulator, 8, 1001)
        dataset = await shared(domo)
        create = domo.datasets.policies.create
        await create(dataset, name="One", filters=[PolicyFilter("amount", [1])], users=[1001])
        await create(dataset, name="One", filters=[PolicyFilter("amount", [2, 3])], groups=[8])
        await create(dataset, name="Others'", filters=[PolicyFilter("amount", [4])], users=[1])
        await domo.datasets.policies.enable(dataset)

        assert [1, 2, 3] == await amounts(ada, dataset)


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        (PolicyFilter("amount", ["2"], "GREATER_THAN"), [3, 4]),
        (PolicyFilter("amount", [2], "LESS_THAN_EQUAL"), [1, 2]),
        (PolicyFilter("amount", [2, 3], "BETWEEN"), [2, 3]),
        (PolicyFilter("on", ["2024-01-15"], "GREATER_THAN_EQUAL"), [2, 4]),
        (PolicyFilter("region", ["nor"], "BEGINS_WITH"), [1, 3]),
        (PolicyFilter("region", ["TH"], "ENDS_WITH"), [1, 2, 3]),
        (PolicyFilter("region", ["ou"], "CONTAINS"), [2]),
        (PolicyFilter("region", ["North"], ignore_case=False), [1]),
        (PolicyFilter("region", ["North"], negated=True), [2, 4]),
        (PolicyFilter("region", ["x' OR '1'='1"]), []),
    ],
)
async def test_a_condition_is_kept(condition: PolicyFilter, seen: list[int], domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001) as ada:
        dataset = await shared(domo)
        await domo.datasets.policies.create(dataset, name="Some", filters=[condition], users=[1001])
        await domo.datasets.policies.enable(dataset)

        assert seen == await amounts(ada, dataset)


async def test_whoever_is_put_into_all_rows_sees_them(domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001) as ada:
        dataset = await shared(domo)
        await domo.datasets.policies.enable(dataset)
        (everything,) = await domo.datasets.policies.list(dataset).all()
        assert ("All Rows", "open") == (everything.name, everything.type)
        assert [] == await amounts(ada, dataset)

        any_filter = [PolicyFilter("amount", [1])]
        number = everything.filter_group_id
        await domo.datasets.policies.update(dataset, number, name="All Rows", filters=any_filter, users=[1001])
        assert [1, 2, 3, 4] == await amounts(ada, dataset)
        with pytest.raises(BadRequest):
            await domo.datasets.policies.delete(dataset, number)


async def test_a_body_that_cannot_be_a_policy_is_refused(domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001):
        dataset = await shared(domo)
        policies = domo.datasets.policies

        with pytest.raises(ConfigError):
            await policies.create(dataset, name="No", filters=[])
        with pytest.raises(BadRequest, match="no column"):
            await policies.create(dataset, name="No", filters=[PolicyFilter("colour", ["red"])])
        with pytest.raises(BadRequest, match="operator"):
            await policies.create(dataset, name="No", filters=[PolicyFilter("region", ["red"], "SOUNDS_LIKE")])
        with pytest.raises(NotFound):
            await policies.create(dataset, name="No", filters=[PolicyFilter("region", ["red"])], users=[404])
        with pytest.raises(NotFound):
            await policies.delete(dataset, 404)


async def test_a_policy_may_go_by_an_attribute_of_whoever_asks(domo: Domo, emulator: Emulator) -> None:
    async with another(emulator, 1001) as ada:
        dataset = await shared(domo)
        own = [PolicyFilter("region", ["domo.policy.managed_user_department"], type="DYNAMIC", ignore_case=False)]
        policy = await domo.datasets.policies.create(dataset, name="Own", filters=own, users=["1001"])
        await domo.datasets.policies.enable(dataset)
        assert [] == await amounts(ada, dataset)
        await domo.users.update(1001, attributes={"department": ["South"]})
        assert [2] == await amounts(ada, dataset)

    assert ("DYNAMIC", (1001,)) == (policy.parameters[0].type, policy.user_ids)
    assert policy.policy_set_id is not None
    assert {"VIRTUAL_USER": [], "GROUP": []} == policy.resources
