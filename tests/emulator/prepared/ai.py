"""The rows of tests/contract/ai.py name nothing that has to be there."""

from __future__ import annotations

from domo_async._emulator.state.instance import Instance


def prepare(instance: Instance) -> None:
    """Leave the state as it is."""
