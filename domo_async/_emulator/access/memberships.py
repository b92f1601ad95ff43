"""All that stands for a user where something is shared."""

from __future__ import annotations

from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["entities_of"]


def entities_of(instance: Instance, user: Record) -> set[tuple[str, str]]:
    """Return the user and the groups that it is in: kinds and ids as text. Groups in groups do not count."""
    groups = {
        ("GROUP", str(group["id"]))
        for group in instance.records["groups"]
        if str(user["id"]) in map(str, group.get("userIds", ()))
    }
    return {("USER", str(user["id"]))} | groups
