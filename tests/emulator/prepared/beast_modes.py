"""Beast Modes of the contract."""

from __future__ import annotations

import json

from domo_async._emulator.access.people import add_user
from domo_async._emulator.routes import beast_modes
from domo_async._emulator.services import cards
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance
from tests.contract.row import documented


def prepare(instance: Instance) -> None:
    """Put the documents' Beast Mode into the state, with its dataset, and some to find."""
    shown = json.loads(documented("E023"))
    add_user(instance, "Ada", "ada@example.com", 2, user_id=27)
    columns = (Column("Date", "DATE", "Date"), Column("Orders", "LONG", "Orders"))
    dataset = instance.create_dataset("Orders", columns, description="", provider_type="api")
    card = cards.create(instance, title="Orders", dataset_id=dataset.id)
    for beast_mode_id in (27, 28, 232):
        beast_modes.create(
            instance,
            id=beast_mode_id,
            name=shown["name"],
            expression=shown["expression"],
            dataset_id=dataset.id,
            card_ids=[card["id"]],
            owner_id=27,
        )
