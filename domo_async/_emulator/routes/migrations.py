"""Migrations of federated datasets: from Federated V1 to V2, on to Cloud Amplifier, and back.

Emulator-defined: a dataset is federated if it was made with a type such as ``mysql-federated``. Datasets of the types
that V1 has begin in V1, others in V2. An instance has an account for each type of V1, and an integration for each type
of Cloud Amplifier; only the lists of candidates show the stage of a dataset. A migration that is not possible ends as
``ABORTED`` and changes nothing; so does one for which a test asked for another outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from domo_async._emulator.access.datasets import permitted
from domo_async._emulator.access.people import is_admin
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError, thread_of_execution
from domo_async._emulator.http.bodies import Object, Text
from domo_async._emulator.http.web import answer, read_body
from domo_async._emulator.services.jobs import begin_job
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["begin", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_ACCOUNTS, _INTEGRATIONS, _STAGES = "federated_accounts", "amplifier_integrations", "federated_places"
_V1_TYPES = ("mysql-federated", "snowflake-federated")
_AMPLIFIER_TYPES = ("BIGQUERY", "SNOWFLAKE")
_SUFFIX = "-federated"
_TABLE = Object({"catalog": Text(), "schema": Text(), "table": Text()})
_V1 = "/api/query/migration/federated/v1/to/v2"
_MIGRATION = "/api/query/migration"


def begin(instance: Instance) -> None:
    """Give a new instance accounts and integrations."""
    accounts, integrations = instance.records[_ACCOUNTS], instance.records[_INTEGRATIONS]
    if not len(accounts):
        for number, engine_type in enumerate(_V1_TYPES, 1):
            name = f"{engine_type.removesuffix(_SUFFIX)} v2"
            accounts.put(number, {"id": str(number), "type": engine_type, "name": name, "ownerId": None})
    if not len(integrations):
        for number, engine_type in enumerate(_AMPLIFIER_TYPES, 1):
            key = f"00000000-0000-4000-8000-{number:012}"
            name = f"My {engine_type.capitalize()} Amplifier Integration"
            integrations.put(key, {"id": key, "name": name, "type": engine_type, "authMethod": "SERVICE_ACCOUNT"})


# -- from V1 to V2 ---------------------------------------------------------------------------------------------


@routes.get(f"{_V1}/types")
async def federated_types(_: web.Request) -> web.Response:
    """List the types that V1 has."""
    return answer(list(_V1_TYPES))


@routes.get(f"{_V1}/accounts/{{type}}")
async def accounts(request: web.Request) -> web.Response:
    """List the accounts of a type that the caller may see: the caller's own and nobody's, all for admins."""
    engine_type = request.match_info["type"]
    found = [account for account in records_of(request, _ACCOUNTS) if account["type"] == engine_type]
    return answer(
        [
            {key: account[key] for key in ("id", "type", "name")}
            for account in found
            if _may_use(caller_of(request), account)
        ]
    )


@routes.get(f"{_V1}/candidates/{{account}}")
async def candidates(request: web.Request) -> web.Response:
    """List the datasets in V1 of an account's type."""
    instance, account = instance_of(request), _account(request)
    return answer(
        [
            {
                "id": dataset.id,
                "name": dataset.name,
                "migrated": stage["migrationDate"] is not None,
                "migrationDate": stage["migrationDate"],
            }
            for dataset, stage in _federated(instance)
            if stage["stage"] == "V1" and dataset.provider_type == account["type"]
        ]
    )


@routes.post(f"{_V1}/{{dataset_id}}/accounts/{{account}}")
async def migrate(request: web.Request) -> web.Response:
    """Move a dataset to V2, under an account and as a table."""
    account, body = _account(request), await read_body(request, _TABLE)
    table = {f"{key}Name": body[key] for key in _TABLE.members}

    def check(dataset: Dataset, stage: Record) -> str | None:
        if stage["stage"] != "V1":
            return "The dataset is not in Federated V1"
        if dataset.provider_type != account["type"]:
            return f"The account is of the type {account['type']}"
        return None

    change = {"stage": "V2", "accountId": account["id"], **table}
    return _migrated(request, "V1_TO_V2", check, change)


@routes.post(f"{_V1}/{{dataset_id}}/reverse")
async def reverse(request: web.Request) -> web.Response:
    """Move a dataset back to V1, which it has to come from."""

    def check(_: Dataset, stage: Record) -> str | None:
        if stage["stage"] != "V2" or stage["accountId"] is None:
            return "The dataset was not migrated from Federated V1 to V2"
        return None

    return _migrated(request, "V2_TO_V1", check, {"stage": "V1", "accountId": None})


# -- from V2 to Cloud Amplifier --------------------------------------------------------------------------------


@routes.get(f"{_MIGRATION}/integrations/types")
async def amplifier_types(_: web.Request) -> web.Response:
    """List the types that Cloud Amplifier has."""
    return answer(list(_AMPLIFIER_TYPES))


@routes.get(f"{_MIGRATION}/integrations/{{type}}")
async def integrations(request: web.Request) -> web.Response:
    """List the integrations of a type, in upper or lower case."""
    engine_type = request.match_info["type"].upper()
    return answer([each for each in records_of(request, _INTEGRATIONS) if each["type"] == engine_type])


@routes.get(f"{_MIGRATION}/candidates/federated/to/amplifier/integrations/{{integration}}")
async def amplifier_candidates(request: web.Request) -> web.Response:
    """List the datasets in V2 of an integration's type."""
    instance, integration = instance_of(request), _integration(request)
    return answer(
        [
            _candidate(instance, integration, dataset, stage)
            for dataset, stage in _federated(instance)
            if stage["stage"] == "V2" and _engine(dataset) == integration["type"]
        ]
    )


@routes.get(f"{_MIGRATION}/candidates/amplifier/to/federated/integrations/{{integration}}")
async def reverse_candidates(request: web.Request) -> web.Response:
    """List the datasets that were moved to an integration."""
    instance, integration = instance_of(request), _integration(request)
    return answer(
        [
            _candidate(instance, integration, dataset, stage)
            for dataset, stage in _federated(instance)
            if stage["stage"] == "AMPLIFIER" and stage["integrationId"] == integration["id"]
        ]
    )


@routes.post(f"{_MIGRATION}/federated/to/amplifier/{{dataset_id}}/integrations/{{integration}}")
async def migrate_to_amplifier(request: web.Request) -> web.Response:
    """Move a dataset to an integration, which must not have another one of the same table."""
    instance, integration = instance_of(request), _integration(request)

    def check(dataset: Dataset, stage: Record) -> str | None:
        if stage["stage"] != "V2":
            return "The dataset is not in Federated V2"
        if _engine(dataset) != integration["type"]:
            return f"The integration is of the type {integration['type']}"
        other = _colliding(instance, integration, dataset, stage)
        return None if other is None else f"The integration has the table already, as the dataset {other.id}"

    change = {"stage": "AMPLIFIER", "integrationId": integration["id"]}
    return _migrated(request, "FEDERATED_TO_CLOUD_AMPLIFIER", check, change)


@routes.post(f"{_MIGRATION}/amplifier/to/federated/{{dataset_id}}")
async def reverse_to_federated(request: web.Request) -> web.Response:
    """Move a dataset back from its integration."""

    def check(_: Dataset, stage: Record) -> str | None:
        return None if stage["stage"] == "AMPLIFIER" else "The dataset is not in Cloud Amplifier"

    return _migrated(request, "CLOUD_AMPLIFIER_TO_FEDERATED", check, {"stage": "V2", "integrationId": None})


# --------------------------------------------------------------------------------------------------------------


def _migrated(
    request: web.Request, direction: str, check: Callable[[Dataset, Record], str | None], change: Record
) -> web.Response:
    """Move a dataset if it can be moved, and answer the result at once."""
    instance, dataset = instance_of(request), permitted(request, "CO_OWNER")
    stage = _stage_of(instance, dataset)
    began = datetime.fromtimestamp(instance.now(), UTC)
    ended = began + timedelta(seconds=instance.job_delay)
    against = "The dataset is not federated" if stage is None else check(dataset, stage)
    state = "ABORTED"
    if against is None:
        job = begin_job(instance, "migration", dataset.id, dataset.name, good="COMPLETE", bad="ABORTED")
        state, against = job["state"], job["reason"]
    if stage is not None and state == "COMPLETE":
        # Reversing is not a migration: the date of the former migration stays.
        moved = {} if direction in {"V2_TO_V1", "CLOUD_AMPLIFIER_TO_FEDERATED"} else {"migrationDate": _stamp(ended)}
        instance.records[_STAGES].put(dataset.id, {**stage, **change, **moved})
    return answer(
        {
            "toe": thread_of_execution(),
            "datasourceId": dataset.id,
            "direction": direction,
            "startTime": _stamp(began),
            "state": state,
            "errorMessage": against,
            "endTime": _stamp(ended),
        }
    )


def _account(request: web.Request) -> Record:
    account = records_of(request, _ACCOUNTS).get(request.match_info["account"])
    if not _may_use(caller_of(request), account):
        raise HTTPError(403, f"The account {account['id']} is another user's")
    return account


def _integration(request: web.Request) -> Record:
    return records_of(request, _INTEGRATIONS).get(request.match_info["integration"])


def _may_use(caller: Record, account: Record) -> bool:
    return is_admin(caller) or account["ownerId"] in {None, caller["id"]}


def _engine(dataset: Dataset) -> str:
    return dataset.provider_type.removesuffix(_SUFFIX).upper()


def _federated(instance: Instance) -> list[tuple[Dataset, Record]]:
    """Return all federated datasets and their stages."""
    placed = ((dataset, _stage_of(instance, dataset)) for dataset in instance.datasets())
    return [(dataset, stage) for dataset, stage in placed if stage is not None]


def _stage_of(instance: Instance, dataset: Dataset) -> Record | None:
    """Return the stage of a dataset; None if it is not federated."""
    if not dataset.provider_type.endswith(_SUFFIX):
        return None
    return instance.records[_STAGES].find(dataset.id) or {
        "stage": "V1" if dataset.provider_type in _V1_TYPES else "V2",
        "accountId": None,
        "integrationId": None,
        "catalogName": "emulator",
        "schemaName": "public",
        "tableName": dataset.name,
        "migrationDate": None,
    }


def _colliding(instance: Instance, integration: Record, dataset: Dataset, stage: Record) -> Dataset | None:
    """Return the other dataset of the same table that an integration has."""
    keys = ("catalogName", "schemaName", "tableName")
    for other, elsewhere in _federated(instance):
        same = elsewhere["integrationId"] == integration["id"] and all(stage[key] == elsewhere[key] for key in keys)
        if same and other.id != dataset.id:
            return other
    return None


def _candidate(instance: Instance, integration: Record, dataset: Dataset, stage: Record) -> dict[str, Any]:
    other = _colliding(instance, integration, dataset, stage)
    return {
        "id": dataset.id,
        "name": dataset.name,
        "type": dataset.provider_type,
        "catalogName": stage["catalogName"],
        "schemaName": stage["schemaName"],
        "tableName": stage["tableName"],
        "collision": other is not None,
        "collidingDatasourceId": None if other is None else other.id,
        "collidingDatasourceName": None if other is None else other.name,
        "migrated": stage["migrationDate"] is not None,
        "migrationDate": stage["migrationDate"],
    }


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")
