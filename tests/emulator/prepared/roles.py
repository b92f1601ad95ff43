"""What the rows of roles name, which a new instance has."""

from __future__ import annotations

from domo_async._emulator.state.instance import Instance


def prepare(instance: Instance) -> None:
    assert {"1", "2"} <= set(instance.records["roles"].keys())
