"""What the rows of the activity log ask for: something done in 2022."""

from __future__ import annotations

from domo_async._emulator.services.activity import put
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID


def prepare(instance: Instance) -> None:
    for kind, noun in (("ACCOUNT", "account"), ("PAGE", "page")):
        put(
            instance,
            user_id=OWNER_ID,
            action="VIEWED",
            type=kind,
            noun=noun,
            object_id="7",
            name="Warehouse",
            time=1654000000000,
        )
