"""The data of the demo world: datasets, and the dataflows, accounts and streams that fill them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from random import Random

import orjson

from domo_async._emulator.http.web import (
    millis,
)
from domo_async._emulator.routes.accounts import add_account
from domo_async._emulator.routes.dataflows import FLOWS, new_flow, put_version, read_definition
from domo_async._emulator.routes.streams import SECOND, read_setting
from domo_async._emulator.services.datasets import (
    TAGS,
)
from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.services.streams import (
    add_execution,
    add_stream,
)
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance

__all__ = ["seed_accounts", "seed_dataflows", "seed_datasets", "seed_streams"]


def seed_datasets(instance: Instance, rng: Random) -> None:
    """Make four hundred datasets without rows, of several owners."""
    owners = [int(user["id"]) for user in instance.records["users"] if str(user["id"]).isdecimal()]
    for _ in range(400):
        subject, region = rng.choice(_DATASET_SUBJECTS), rng.choice(_DATASET_REGIONS)
        dataset = instance.create_dataset(
            f"{subject} {region} {rng.randint(2019, 2025)}",
            tuple(Column(name, type_, name) for name, type_ in _SHAPES[subject]),
            description=f"{subject} of the region {region}",
            provider_type=rng.choice(("api", "webform", "csv", "dataflow", "domo-jupyterdata")),
            owner_id=rng.choice(owners),
            created=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 150_000_000)),
            dataset_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        )
        dataset.touched = dataset.updated = dataset.created + timedelta(seconds=rng.randint(0, 9_000_000))
        instance.records[TAGS].put(dataset.id, {"tags": sorted({subject.lower(), region.lower()})})


_DATASET_REGIONS = ("North", "South", "East", "West", "EMEA", "APAC", "Americas", "Nordics")
_SHAPES = {
    "Orders": (("Order Id", "LONG"), ("Region", "STRING"), ("Amount", "DECIMAL"), ("Ordered", "DATETIME")),
    "Customers": (("Customer Id", "LONG"), ("Name", "STRING"), ("Country", "STRING"), ("Since", "DATE")),
    "Web Visits": (("Visit", "STRING"), ("Page", "STRING"), ("Seconds", "DOUBLE"), ("At", "DATETIME")),
    "Inventory": (("SKU", "STRING"), ("Stock", "LONG"), ("Price", "DECIMAL"), ("Counted", "DATE")),
    "Payroll": (("Employee", "STRING"), ("Month", "DATE"), ("Hours", "DOUBLE"), ("Gross", "DECIMAL")),
    "Tickets": (("Ticket", "LONG"), ("Subject", "STRING"), ("Priority", "STRING"), ("Opened", "DATETIME")),
}
_DATASET_SUBJECTS = tuple(_SHAPES)


def seed_dataflows(instance: Instance, rng: Random) -> None:
    """Make a hundred dataflows between existing datasets."""
    datasets = instance.datasets()
    users = [user["id"] for user in instance.records["users"]]
    for _ in range(100 if len(datasets) > 1 else 0):
        source, target = rng.sample(datasets, 2)
        created = millis(datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 120_000_000)))
        definition = {
            "name": f"{source.name} to {target.name}",
            "databaseType": rng.choice(("MAGIC", "MYSQL", "ADR")),
            "inputs": [{"dataSourceId": source.id, "executeFlowWhenUpdated": rng.random() < 0.3}],
            "outputs": [{"dataSourceId": target.id, "versionChainType": "REPLACE"}],
        }
        number = instance.records.next_id(FLOWS)
        owner = rng.choice(users)
        flow = {
            **new_flow(number, read_definition(instance, definition), created),
            "dapDataFlowId": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "responsibleUserId": owner,
        }
        instance.records[FLOWS].put(number, {**flow, **put_version(instance, flow, owner, 1)})


_PROVIDERS = ("amazon-s3", "snowflake-unload-v2", "postgresql-partition", "salesforce", "google-analytics-4")
_TEAMS = ("Sales", "Finance", "Marketing", "Operations", "Logistics", "Support", "Product", "People")


def seed_accounts(instance: Instance, rng: Random) -> None:
    """Add 40 accounts."""
    users = [user["id"] for user in instance.records["users"]]
    for number in range(1, 41):
        provider, team = rng.choice(_PROVIDERS), rng.choice(_TEAMS)
        add_account(
            instance,
            user_id=rng.choice(users),
            display_name=f"{team} {provider} {number}",
            name=f"{team.lower()}-{provider}-{number}",
            data_provider_type=provider,
            configurations={"username": f"{team.lower()}_service", "password": f"{rng.getrandbits(64):x}"},
            created=1_650_000_000_000 + rng.randrange(60_000_000) * 1000,
        )


def seed_streams(instance: Instance, rng: Random) -> None:
    """Add streams that fill up to 50 datasets, with some runs each."""
    accounts = list(instance.records["accounts"])
    datasets = [dataset for dataset in instance.datasets() if dataset.id not in instance.records["dataset_streams"]]
    for dataset in rng.sample(datasets, min(50, len(datasets))):
        account = rng.choice(accounts) if accounts else None
        provider = account["dataProviderType"] if account is not None else "covid-19"
        schedule = rng.choice(("MANUAL", "MINUTE", "HOUR", "DAY"))
        dataset.provider_type = provider
        begun = 1_700_000_000 + rng.randrange(10_000_000)
        stream = add_stream(
            instance,
            dataset,
            {
                "transport": {
                    "type": "CONNECTOR",
                    "description": f"com.domo.connector.{provider.replace('-', '')}",
                    "version": "1",
                },
                "configuration": [read_setting({"name": "query", "value": "SELECT * FROM source"})],
                "accountId": None if account is None else account["id"],
                "updateMethod": rng.choice(("REPLACE", "APPEND")),
                "dataProviderKey": provider,
                "advancedScheduleJson": orjson.dumps({"type": schedule, "timezone": "UTC", "interval": 1}).decode(),
            },
            user_id=dataset.owner_id,
            created=begun,
        )
        for day in range(rng.randrange(6)):
            failed = rng.random() < 0.1
            add_execution(
                instance,
                stream,
                dataset,
                ended_job(
                    "ERROR" if failed else "SUCCESS",
                    lasts=float(rng.randrange(5, 300)),
                    reason="The source did not answer in time" if failed else None,
                ),
                run_type="AUTOMATED",
                started=(begun + day * 86_400) * SECOND,
                rng=rng,
            )
