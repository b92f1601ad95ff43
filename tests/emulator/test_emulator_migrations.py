"""Migrations: datasets move from one list of candidates to the other, or stay where they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domo_async import Domo, Forbidden, JobFailed, NotFound
from domo_async.emulator import Emulator, JobOutcome
from tests.emulator.others import client_of_new_user


def put(emulator: Emulator, name: str, kind: str) -> str:
    return emulator._instance.create_dataset(name, (), description="", provider_type=kind).id


async def move(domo: Domo, dataset: str, account: str = "1", table: str = "orders", **options: bool):
    return await domo.migrations.federated.migrate(
        dataset, account, catalog="shop", schema=None, table=table, **options
    )


async def test_types_accounts_and_integrations_are_there_from_the_start(domo: Domo):
    federated, amplifier = domo.migrations.federated, domo.migrations.amplifier

    assert ("mysql-federated", "snowflake-federated") == await federated.types()
    assert ["mysql-federated"] == [account.type for account in await federated.accounts("mysql-federated")]
    assert () == await federated.accounts("nothing-federated")
    assert ("BIGQUERY", "SNOWFLAKE") == await amplifier.types()
    assert await amplifier.integrations("snowflake") == await amplifier.integrations("SnowFlake")
    assert ["SNOWFLAKE"] == [integration.type for integration in await amplifier.integrations("snowflake")]


async def test_a_dataset_moves_to_v2_and_back(domo: Domo, emulator: Emulator):
    federated = domo.migrations.federated
    dataset = put(emulator, "Orders", "mysql-federated")
    put(emulator, "Uploaded", "api")
    put(emulator, "Elsewhere", "snowflake-federated")
    (candidate,) = await federated.candidates("1")
    assert (dataset, "Orders", False, None) == (
        *(candidate.id, candidate.name),
        *(candidate.migrated, candidate.migration_date),
    )

    migration = await move(domo, dataset)
    assert (dataset, "V1_TO_V2", "COMPLETE", None) == (
        *(migration.datasource_id, migration.direction),
        *(migration.state, migration.error_message),
    )
    assert () == await federated.candidates("1")

    assert "V2_TO_V1" == (await federated.reverse(dataset)).direction
    (candidate,) = await federated.candidates("1")
    assert (dataset, True, migration.end_time) == (candidate.id, candidate.migrated, candidate.migration_date)


async def test_a_dataset_moves_on_to_cloud_amplifier_and_back(domo: Domo, emulator: Emulator):
    amplifier = domo.migrations.amplifier
    (integration,) = await amplifier.integrations("snowflake")
    dataset = put(emulator, "Orders", "snowflake-federated")
    assert () == await amplifier.candidates(integration.id)

    await move(domo, dataset, "2")
    (candidate,) = await amplifier.candidates(integration.id)
    assert ("shop", "NULL", "orders", "snowflake-federated", False) == (
        *(candidate.catalog_name, candidate.schema_name, candidate.table_name),
        *(candidate.type, candidate.collision),
    )

    migration = await amplifier.migrate(dataset, integration.id)
    assert () == await amplifier.candidates(integration.id)
    (moved,) = await amplifier.reverse_candidates(integration.id)
    assert (dataset, True, migration.end_time) == (moved.id, moved.migrated, moved.migration_date)

    await amplifier.reverse(dataset)
    assert () == await amplifier.reverse_candidates(integration.id)
    assert [dataset] == [candidate.id for candidate in await amplifier.candidates(integration.id)]


async def test_two_datasets_of_one_table_collide(domo: Domo, emulator: Emulator):
    amplifier = domo.migrations.amplifier
    (integration,) = await amplifier.integrations("bigquery")
    first, second = (put(emulator, "fifty_rows", "bigquery-federated") for _ in range(2))
    await amplifier.migrate(first, integration.id)
    (candidate,) = await amplifier.candidates(integration.id)
    assert (second, True, first, "fifty_rows") == (
        *(candidate.id, candidate.collision),
        *(candidate.colliding_datasource_id, candidate.colliding_datasource_name),
    )

    with pytest.raises(JobFailed, match="has the table already") as caught:
        await amplifier.migrate(second, integration.id)

    assert "ABORTED" == caught.value.state
    assert [first] == [moved.id for moved in await amplifier.reverse_candidates(integration.id)]


@pytest.mark.parametrize("state", ["ABORTED", "INCOMPLETE"])
async def test_a_test_can_have_a_migration_end_otherwise(domo: Domo, emulator: Emulator, state: str):
    dataset = put(emulator, "Orders", "mysql-federated")
    emulator.outcomes.add(JobOutcome("migration", state, reason="the database is away", pattern=dataset))
    migration = await move(domo, dataset, check=False)
    assert (state, "the database is away") == (migration.state, migration.error_message)
    assert [dataset] == [candidate.id for candidate in await domo.migrations.federated.candidates("1")]

    await move(domo, dataset)

    assert () == await domo.migrations.federated.candidates("1")


async def test_migrations_that_make_no_sense_are_aborted_or_not_found(domo: Domo, emulator: Emulator):
    plain, mysql = put(emulator, "Uploaded", "api"), put(emulator, "Orders", "mysql-federated")
    for senseless, reason in (
        (move(domo, plain), "not federated"),
        (move(domo, mysql, "2"), "of the type snowflake-federated"),
        (domo.migrations.federated.reverse(mysql), "not migrated"),
        (domo.migrations.amplifier.reverse(mysql), "not in Cloud Amplifier"),
    ):
        with pytest.raises(JobFailed, match=reason):
            await senseless
    for unknown in (move(domo, "nothing"), move(domo, mysql, "99"), domo.migrations.amplifier.candidates("nothing")):
        with pytest.raises(NotFound):
            await unknown


async def test_datasets_and_accounts_are_their_owners(domo: Domo, emulator: Emulator):
    dataset = put(emulator, "Orders", "mysql-federated")
    records = emulator._instance.records["federated_accounts"]
    records.put(9, {"id": "9", "type": "mysql-federated", "name": "the owner's", "ownerId": 1})
    _, others = client_of_new_user(emulator, "Ada Lovelace")
    async with others:
        with pytest.raises(Forbidden):
            await move(others, dataset)
        with pytest.raises(Forbidden):
            await others.migrations.federated.candidates("9")
        seen = await others.migrations.federated.accounts("mysql-federated")

    assert ["1"] == [account.id for account in seen]
    assert ["1", "9"] == [account.id for account in await domo.migrations.federated.accounts("mysql-federated")]


async def test_a_migration_takes_as_long_as_a_job():
    async with Emulator(job_delay=5) as emulator, emulator.client() as domo:
        migration = await move(domo, put(emulator, "Orders", "mysql-federated"))

    assert migration.start_time
    assert migration.end_time
    assert timedelta(seconds=5) == migration.end_time - migration.start_time
