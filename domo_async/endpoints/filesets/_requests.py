"""The requests that files' contents go up and down by."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from domo_async.endpoints.filesets._guards import a_file
from domo_async.endpoints.filesets.models import FileSetFile
from domo_async.transfer import Described
from domo_async.transport import Body, Download, Transport, Url, url
from domo_async.wire import payload

__all__ = ["content_of", "create", "describe", "described", "path_of"]


async def create(http: Transport, fileset_id: str, name: str, directory_path: str, body: Body) -> FileSetFile:
    """Upload a file."""
    # The name of the second part is the page's; elsewhere it is said to belong into the query.
    request = Body.json(payload(directory_path=directory_path))
    return await http.request(
        "POST",
        url("/api/files/v1/filesets/{}/files", fileset_id),
        body=Body.multipart({"file": (name, body), "createFileRequest": (None, request)}),
        into=FileSetFile,
    )


def content_of(
    http: Transport, fileset_id: str, file_id: str, headers: Mapping[str, str]
) -> AbstractAsyncContextManager[Download]:
    """Ask for a file's content."""
    path = url("/api/files/v1/filesets/{}/files/{}/download", fileset_id, a_file(file_id))
    return http.download("GET", path, headers=headers)


async def describe(http: Transport, fileset_id: str, file_id: str) -> Described:
    """Ask what a file's content has to be."""
    return described(await http.request("GET", path_of(fileset_id, file_id), into=FileSetFile))


def described(file: FileSetFile) -> Described:
    """Return what is told of a file's content."""
    kind = (file.hash_algorithm or "").upper().replace("-", "").replace("_", "")
    return Described.of(
        file.size,
        sha256=file.hash if kind.startswith("SHA256") else None,
        md5=file.hash if kind.startswith("MD5") else None,
    )


def path_of(fileset_id: str, file_id: str) -> Url:
    """Return the path of a file's own route."""
    return url("/api/files/v1/filesets/{}/files/{}", fileset_id, a_file(file_id))
