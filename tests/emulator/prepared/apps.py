"""What the App Framework's rows of the contract name: a workflow by its alias, and a file."""

from __future__ import annotations

from domo_async._emulator.state.instance import Instance
from tests.emulator.prepared import workflows


def prepare(instance: Instance) -> None:
    workflows.prepare(instance)
    entry = {"entityType": "USER", "entityId": "1", "grant": "READ_WRITE_DELETE_SHARE_ADMIN", "pass": "NONE"}
    instance.records["data_files"].put(
        12, {"dataFileId": 12, "name": "Notes", "publicAccess": False, "entries": [entry], "revisionIds": []}
    )
