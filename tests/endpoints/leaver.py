"""A user of an embedded instance who owns some of everything, for those who leave."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from domo_async import Domo
from domo_async._emulator.routes import accounts, alerts, beast_modes, files, pages, sharing
from domo_async._emulator.routes.appdb import add_collection
from domo_async._emulator.routes.filesets import FILESETS, new_fileset
from domo_async._emulator.services import cards, streams, tasks, workflows
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.records import Record
from domo_async._endpoints.reports.models import Schedule
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as

__all__ = ["KINDS", "furnish", "give"]

COLUMNS = (Column("n", "LONG", "n"),)
KINDS = (
    *("dataset", "stream", "dataflow", "card", "page", "app", "account", "workflow", "queue", "task", "fileset"),
    *("collection", "group", "alert", "report", "beast mode", "code package", "access token"),
)
"""What `furnish` gives; each stream has a dataset of its own besides."""


async def furnish(emulator: Emulator, domo: Domo, name: str, each: int) -> int:
    """Make a user who has so many of each kind, a login besides, and return the user's number."""
    user = await a_user(domo, name, role_id=1)
    store = (await domo.appdb.datastores.create(name=f"Store of {name}")).id
    give(emulator, user, each, store)
    async with acting_as(domo, user) as theirs:
        await asyncio.gather(*(_by_routes(theirs, number) for number in range(each)))
    for number in range(each - 1):  # the one to act by is there already
        await domo.access_tokens.create(
            name=f"Token {number}", owner_id=user, expires=datetime.now(UTC) + timedelta(days=1)
        )
    await domo.users.set_password(user, password="engine number 1")
    async with await Domo.login(emulator.url, f"{name.lower()}@example.com", "engine number 1"):
        return user


async def _by_routes(theirs: Domo, number: int) -> None:
    await theirs.groups.create(name=f"Group {number} of {id(theirs)}", type="closed")
    await theirs.reports.create(
        title=f"Report {number}", schedule=Schedule(frequency="DAILY", hour_of_day=7, timezone="UTC"), page_id=1
    )
    await theirs.dataflows.create(definition={"name": f"Flow {number}", "databaseType": "MAGIC", "actions": []})
    await theirs.code_engine.packages.create(name=f"Package {number}", code="", language="PYTHON", functions=[])


def give(emulator: Emulator, user: int, each: int, store: str) -> None:
    """Let a user have so many of those kinds that need no requests to be made."""
    instance = emulator._instance
    records = instance.records
    for number in range(each):
        dataset = instance.create_dataset(f"Data {number}", COLUMNS, description="", provider_type="api", owner_id=user)
        _stream(emulator, user, number)
        cards.create(instance, title=f"Card {number}", dataset_id=dataset.id, owner_id=user)
        pages.create(instance, title=f"Page {number}", owner_id=user)
        sharing.create_app(instance, title=f"App {number}", owner_id=user)
        accounts.add_account(instance, user_id=user, display_name=f"Account {number}")
        workflows.add_model(instance, name=f"Workflow {number}", owner=user)
        queue = tasks.add_queue(instance, name=f"Queue {number}", owner=user)
        tasks.add_task(
            instance, queue["id"], title="Do", contract={}, inputs={}, user_id=user, task_id=f"{user}-{number}"
        )
        fileset = new_fileset(f"Files {number}", user)
        records[FILESETS].put(fileset["id"], fileset)
        add_collection(records, store, f"Collection {number}", user)
        alerts.create(instance, name=f"Alert {number}", resource_id=dataset.id, owner_id=user)
        beast_modes.create(
            instance, name=f"Total {number}", expression="SUM(`n`)", dataset_id=dataset.id, owner_id=user
        )


def _stream(emulator: Emulator, user: int, number: int) -> Record:
    instance = emulator._instance
    name = f"Stream {number}"
    dataset = instance.create_dataset(name, COLUMNS, description="", provider_type="csv", owner_id=user)
    definition: Record = {
        "transport": {"type": "CONNECTOR", "description": "com.domo.csv", "version": "1"},
        "configuration": [],
        "accountId": None,
        "updateMethod": "REPLACE",
        "dataProviderKey": "csv",
        "advancedScheduleJson": None,
    }
    return streams.add_stream(instance, dataset, definition, user_id=user)


def a_file(emulator: Emulator, user: int) -> Record:
    """Let a user have a file, which no route gives to another."""
    return files.add_file(emulator._instance, [b"x"], name="notes.txt", owner=user)
