"""The requests that upload and download the content of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from domo_async._endpoints.filesets._guards import require_file_id
from domo_async._endpoints.filesets.models import FileSetFile
from domo_async._transfer import Described, OutgoingContent
from domo_async._transport import Body, Download, Transport, Url, url
from domo_async._wire import payload
from domo_async.errors import ConfigError, ContentMismatch

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

__all__ = ["check_name", "content_of", "create", "describe", "described", "path_of"]


def check_name(name: str) -> None:
    """Refuse a name that a multipart form cannot carry unchanged: parsers of forms disagree about its meaning.

    Raises:
        ConfigError: The name is such a name.
    """
    if "\\" in name or _CONTROL.search(name):
        raise ConfigError(f"a form cannot carry the name {name!r}: rename the file, or upload it under another name")


async def create(
    http: Transport, fileset_id: str, name: str, directory_path: str, content: OutgoingContent
) -> FileSetFile:
    """Upload a file, and compare the stored file that the instance reports with the sent one.

    Raises:
        ConfigError: A form cannot carry the name.
        ContentMismatch: The instance stored something else.
    """
    check_name(name)
    # The name of the second part is the documentation's; another source puts the value into the query.
    request = Body.json(payload(directory_path=directory_path))
    stored = await http.request(
        "POST",
        url("/api/files/v1/filesets/{}/files", fileset_id),
        body=Body.multipart({"file": (name, content.body), "createFileRequest": (None, request)}),
        into=FileSetFile,
    )
    _compare(stored, "/".join(filter(None, [*directory_path.split("/"), name])), content)
    return stored


def _compare(stored: FileSetFile, path: str, content: OutgoingContent) -> None:
    arrived = described(stored)
    sent = Described(
        content.size, content.sha256 if arrived.algorithm == "sha256" else arrived.digest, arrived.algorithm
    )
    found = "/".join(filter(None, (stored.path or path).split("/")))
    if found == path and arrived.fits(sent):
        return
    raise ContentMismatch(
        f"the instance stored {path} as a file that differs from the one sent: {found}, {arrived}, not {path}, {sent};"
        f" its id is {stored.id}",
        expected=f"{path}, {sent}",
        found=f"{found}, {arrived}",
    )


def content_of(
    http: Transport, fileset_id: str, file_id: str, headers: Mapping[str, str]
) -> AbstractAsyncContextManager[Download]:
    """Request a file's content."""
    path = url("/api/files/v1/filesets/{}/files/{}/download", fileset_id, require_file_id(file_id))
    return http.download("GET", path, headers=headers)


async def describe(http: Transport, fileset_id: str, file_id: str) -> Described:
    """Request the expected size and hash of a file's content."""
    return described(await http.request("GET", path_of(fileset_id, file_id), into=FileSetFile))


def described(file: FileSetFile) -> Described:
    """Return the size and hash that a file's details report."""
    algorithm = (file.hash_algorithm or "").upper().replace("-", "").replace("_", "")
    return Described.of(
        file.size,
        sha256=file.hash if algorithm.startswith("SHA256") else None,
        md5=file.hash if algorithm.startswith("MD5") else None,
    )


def path_of(fileset_id: str, file_id: str) -> Url:
    """Return the path of the route of a file."""
    return url("/api/files/v1/filesets/{}/files/{}", fileset_id, require_file_id(file_id))
