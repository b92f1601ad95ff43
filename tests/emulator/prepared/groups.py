"""What the rows of groups name."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID


def prepare(instance: Instance) -> None:
    for user_id in (34, 112321221):
        add_user(instance, f"User {user_id}", f"user{user_id}@example.com", 4, user_id=user_id)
    for group_id, group_ids in {7: [], 12: [], 1231231232: [7], 6789456782: []}.items():
        group = {
            "id": group_id,
            "name": f"Group {group_id}",
            "type": "closed",
            "description": "",
            "creatorId": OWNER_ID,
            "guid": f"guid-{group_id}",
            "created": 1550093701000,
            "userIds": [34, 112321221],
            "groupIds": group_ids,
            "owners": [{"type": "USER", "id": OWNER_ID}],
        }
        instance.records["groups"].put(group_id, group)
