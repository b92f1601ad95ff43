"""What the rows of users name."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.state.instance import Instance

# The Groups page shows a bare list with other keys for this route; the Users page's envelope is the one to answer.
FREE = {"E116": {"$"}}


def prepare(instance: Instance) -> None:
    for user_id in (27, 3817263817):
        add_user(instance, f"User {user_id}", f"user{user_id}@example.com", 4, user_id=user_id)
        instance.records["users"].update(user_id, attributes=[{"key": "title", "values": ["Analyst"]}])
