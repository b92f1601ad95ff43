"""Pages of the contract."""

from __future__ import annotations

from domo_async._emulator.access import sharing
from domo_async._emulator.access.people import add_user
from domo_async._emulator.routes import pages
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID


def prepare(instance: Instance) -> None:
    """Put the pages of the rows into the state, and the user who has access to one of them."""
    add_user(instance, "Ada", "ada@example.com", 2, user_id=67890)
    for page_id in (12345, 123, 456, 789):
        pages.create(instance, title=f"Page {page_id}", id=page_id)
    sharing.put_share(instance, sharing.PAGE, 12345, "USER", 67890, by=OWNER_ID, at=0)
