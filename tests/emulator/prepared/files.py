"""The files that tests/contract/files.py names."""

from __future__ import annotations

from domo_async._emulator.routes.files import FILES, add_file
from domo_async._emulator.state.instance import Instance


def prepare(instance: Instance) -> None:
    """Put the files into the state, with the numbers of the documents' samples."""
    for file_id, revision_id, count in (
        (400, 410, 1),
        (401, 429, 2),
        (402, 440, 1),
        (90356, 92250, 2),
        (90361, 92255, 1),
    ):
        contents = [f"{file_id}, state {number}".encode() for number in range(count)]
        add_file(instance, contents, name=f"Sample {file_id}", owner=1, file_id=file_id, revision_id=revision_id)
    entry = {"entityType": "USER", "entityId": "27", "grant": "READ_WRITE_DELETE_SHARE_ADMIN", "pass": "NONE"}
    instance.records[FILES].update(401, entries=[entry])
