"""The collection that tests/contract/appdb.py names."""

from __future__ import annotations

from domo_async._emulator.routes.appdb import add_collection, add_document
from domo_async._emulator.state.instance import Instance


def prepare(instance: Instance) -> None:
    """Put the collection and two documents into the state."""
    collection = add_collection(instance.records, "s-1", "Lists", 1, collection_id="c-1")
    for number in (1, 2):
        content = {"listId": f"l-{number}", "userId": "123456789", "listTitle": "NewTest"}
        add_document(instance.records, collection, content, 1, document_id=f"d-{number}")
