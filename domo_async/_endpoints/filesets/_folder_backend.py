"""The requests that synchronizing a folder in `transfer` needs, on the FileSet routes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from attrs import frozen

from domo_async._endpoints.filesets._requests import check_name, content_of, create, describe, described
from domo_async._endpoints.filesets.files import FileSetFiles
from domo_async._transfer import RemoteFile, Reporter, content_body, fetch_to
from domo_async._transport import Transport

__all__ = ["FileSetFolderBackend"]

_DIRECTORY = "DIRECTORY"


@frozen
class FileSetFolderBackend:
    """The requests that synchronize a local folder with a directory of a FileSet."""

    _fileset_id: str
    _directory: str
    _files: FileSetFiles
    _http: Transport

    async def look(self) -> tuple[Sequence[RemoteFile], Sequence[str]]:
        """Return the FileSet's files in the directory, and the paths of its directories."""
        files: list[RemoteFile] = []
        directories: list[str] = []
        async for file in self._files.search(self._fileset_id, directory_path=self._directory or None):
            path = self._within(file.path)
            if path is None:
                continue
            if file.file_type == _DIRECTORY:
                directories.append(path)
            else:
                files.append(RemoteFile(path, file.id, described(file), file.created))
        return files, directories

    def check_name(self, path: str) -> None:
        """Refuse a file whose name cannot be sent."""
        check_name(path.rpartition("/")[2])

    async def send(self, path: str, source: Path, reporter: Reporter) -> None:
        """Upload a file."""
        above, _, name = path.rpartition("/")
        directory = "/".join(filter(None, (self._directory, above)))
        with content_body(source, name=name, reporter=reporter, hashed=True) as outgoing:
            await create(self._http, self._fileset_id, name, directory, outgoing)

    async def fetch(self, file: RemoteFile, target: Path, reporter: Reporter) -> None:
        """Download a file, complete or not at all."""
        look = partial(describe, self._http, self._fileset_id, file.id)
        fetch = partial(content_of, self._http, self._fileset_id, file.id)
        await fetch_to(target, fetch, look, reporter, self._http.settings)

    async def remove(self, file: RemoteFile) -> None:
        """Delete a file."""
        await self._files.delete(self._fileset_id, file.id)

    def _within(self, path: str | None) -> str | None:
        """Return a path relative to the directory, or None if it is not in it."""
        if not path or not self._directory:
            return path or None
        prefix = f"{self._directory}/"
        return path[len(prefix) :] or None if path.startswith(prefix) else None
