"""The FileSet that tests/contract/filesets.py names."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.routes.filesets import FILESETS, new_fileset
from domo_async._emulator.services.trees import add_file
from domo_async._emulator.state.instance import Instance

_FORM = (
    b'--here\r\nContent-Disposition: form-data; name="file"; filename="new.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b'rules\r\n--here\r\nContent-Disposition: form-data; name="createFileRequest"\r\n\r\n{"directoryPath":""}\r\n'
    b"--here--\r\n"
)
# Instances count a page, where the sample has its limit.
FREE = {"E110": ("$.pageContext",)}
BODIES = {"E106": ("multipart/form-data; boundary=here", _FORM)}


def prepare(instance: Instance) -> None:
    """Put the FileSet and its files into the state."""
    add_user(instance, "Ada Lovelace", "ada@example.com", 2, user_id=27)
    fileset = instance.records[FILESETS].put("fs", new_fileset("Marketing", 1, fileset_id="fs"))
    for path, file_id in (
        ("a folder/ä&b.txt", "f2"),
        ("rules.txt", "f1"),
        ("reports/quarterly/Q2-2024-sales.txt", "f3"),
        ("reports/quarterly/Q1-2024-sales.txt", "f4"),
        # The cursor of the documents' sample names it.
        ("last.txt", "1234567890"),
    ):
        directories = (f"{file_id}-directory-{number}" for number in range(path.count("/")))
        ids = iter((*directories, file_id))
        add_file(instance.records, fileset, path, f"Sales data of {path}".encode(), new_id=ids.__next__)
