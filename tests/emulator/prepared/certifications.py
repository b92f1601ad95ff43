"""What the rows of certifications name."""

from __future__ import annotations

from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance
from tests.contract.certifications import DATASET


def prepare(instance: Instance) -> None:
    columns = (Column("a", "LONG", "a"),)
    instance.create_dataset("Orders", columns, description="", provider_type="api", dataset_id=DATASET)
