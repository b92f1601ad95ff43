"""The files and directories of a FileSet, by path."""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import Callable

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import iso
from domo_async._emulator.persistence.blobs import FILES, Content, hold
from domo_async._emulator.state.records import Collection, Record, Records

__all__ = [
    "DIRECTORY",
    "add_file",
    "check_free",
    "file_at",
    "files_of",
    "guessed_type",
    "is_text",
    "lies_in",
    "make_directories",
    "new_file",
    "parent_of",
    "path_of",
    "random_id",
    "with_content",
]

DIRECTORY = "DIRECTORY"
_TEXTS = ("application/json", "application/xml", "application/yaml", "application/javascript")


def path_of(said: object) -> str:
    """Return a path without slashes at its ends; empty for the topmost directory."""
    if not isinstance(said, str):
        raise HTTPError(400, "A path must be a string")
    parts = [part for part in said.split("/") if part]
    if {".", ".."} & set(parts) or "\0" in said:
        raise HTTPError(400, f"Not a path: {said!r}")
    return "/".join(parts)


def parent_of(path: str) -> str:
    """Return the path of the parent directory."""
    return path.rpartition("/")[0]


def lies_in(file: Record, directory: str) -> bool:
    """Return whether a file is in a directory or in one of its subdirectories."""
    return not directory or str(file["path"]).startswith(f"{directory}/")


def files_of(records: Records, fileset_id: str) -> Collection:
    """Return the files and directories of a FileSet."""
    return records[f"{FILES}/{fileset_id}"]


def file_at(files: Collection, path: str) -> Record | None:
    """Return the file or directory at a path; None if there is none."""
    return next((file for file in files if file["path"] == path), None)


def random_id() -> str:
    """Return a new id."""
    return str(uuid.uuid4())


def check_free(files: Collection, path: str) -> None:
    """Refuse a path that is a directory.

    Raises:
        HTTPError: 409, if the path is a directory.
    """
    there = file_at(files, path)
    if there is not None and there["fileType"] == DIRECTORY:
        raise HTTPError(409, f"There is a directory at {path}")


def make_directories(
    files: Collection, path: str, user_id: int, created: str | None = None, new_id: Callable[[], str] = random_id
) -> Record:
    """Create the missing directories on a path; return the last one.

    Raises:
        HTTPError: 409, if one of them is a file.
    """
    made: Record = {}
    existing = {file["path"]: file for file in files}
    parts = path.split("/") if path else []
    directories = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    for directory in directories:
        if directory in existing and existing[directory]["fileType"] != DIRECTORY:
            raise HTTPError(409, f"There is a file at {directory}")
    for directory in directories:
        made = existing.get(directory) or {**new_file(directory, user_id, created, new_id()), "fileType": DIRECTORY}
        files.put(made["id"], made)
    return made


def new_file(path: str, user_id: int, created: str | None = None, file_id: str | None = None) -> Record:
    """Return the record of a file without content, which is not saved yet."""
    return {
        "id": file_id or random_id(),
        "path": path,
        "fileType": "FILE",
        "contentType": None,
        "size": None,
        "sha256": None,
        "created": created or iso(),
        "createdBy": user_id,
    }


def with_content(file: Record, content_type: str, content: Content) -> Record:
    """Return a file with another content."""
    return {
        **file,
        "fileType": "TEXT" if is_text(content_type) else "FILE",
        "contentType": content_type,
        "size": content.size,
        "sha256": content.sha256,
    }


def is_text(content_type: str) -> bool:
    """Return whether queries search files of a media type."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXTS


def guessed_type(name: str) -> str:
    """Return the media type that a file's name suggests."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def add_file(
    records: Records,
    fileset: Record,
    path: str,
    content: bytes,
    *,
    created: str | None = None,
    new_id: Callable[[], str] = random_id,
) -> Record:
    """Add a file with a small content to a FileSet; by default with a random id."""
    files, user_id = files_of(records, fileset["id"]), fileset["owner"]
    make_directories(files, parent_of(path), user_id, created, new_id)
    file = with_content(new_file(path, user_id, created, new_id()), guessed_type(path), hold(records, content))
    return files.put(file["id"], file)
