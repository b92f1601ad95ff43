"""The members and owners of groups, for several areas."""

from __future__ import annotations

from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

__all__ = ["leave_all", "members_of", "whole_group", "with_members"]

_UNSAID: Record = {"type": "closed", "description": "", "creatorId": OWNER_ID, "guid": "", "created": 0, "owners": []}


def whole_group(group: Record) -> Record:
    """Return a group with all keys, as a test may have added one without some."""
    return {**_UNSAID, "userIds": [], "groupIds": [], **group}


def members_of(group: Record) -> list[Record]:
    """Return the users and groups in a group."""
    users = [{"type": "USER", "id": user_id} for user_id in group["userIds"]]
    return users + [{"type": "GROUP", "id": group_id} for group_id in group["groupIds"]]


def with_members(group: Record, members: list[Record]) -> Record:
    users, groups = ([one["id"] for one in members if one["type"] == type_] for type_ in ("USER", "GROUP"))
    return {**group, "userIds": users, "groupIds": groups}


def leave_all(instance: Instance, one: Record) -> None:
    """Remove a deleted user or group, given by type and id, from all groups."""
    for group in map(whole_group, instance.records["groups"]):
        if one in members_of(group) or one in group["owners"]:
            left = {**group, "owners": [owner for owner in group["owners"] if owner != one]}
            left = with_members(left, [member for member in members_of(group) if member != one])
            instance.records["groups"].put(group["id"], left)
