"""Cards of the contract."""

from __future__ import annotations

from domo_async._emulator.services import cards
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance

# The documentation shows the pictures alone, under "data"; Domo's tutorials and the instance have them under "image".
FREE = {"E027": ("$",)}


def prepare(instance: Instance) -> None:
    """Put the card of the rows into the state."""
    columns = (Column("region", "STRING", "region"),)
    dataset = instance.create_dataset("Orders", columns, description="", provider_type="api")
    cards.create(instance, id=1234, title="Orders by region", dataset_id=dataset.id, group_by="region")
