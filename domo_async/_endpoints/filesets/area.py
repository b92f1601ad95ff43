"""FileSets themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from operator import attrgetter
from os import PathLike
from pathlib import Path

from attrs import frozen

from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.filesets._folder_backend import FileSetFolderSteps
from domo_async._endpoints.filesets._guards import a_fileset
from domo_async._endpoints.filesets.files import FileSetFiles
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter, search_body
from domo_async._endpoints.filesets.models import (
    ConnectorContext,
    Deletion,
    FileSet,
    FileSetAccess,
    FileSetStats,
    PageContext,
)
from domo_async._endpoints.search.models import FieldSort
from domo_async._frames import ItemTuple
from domo_async._transfer import FolderOptions, FolderReport, ProgressOption, pull, push
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, payload

__all__ = ["FileSets"]


@frozen(kw_only=True)
class _FileSetList(Model):
    file_sets: tuple[FileSet, ...]
    page_context: PageContext | None = None


@frozen(kw_only=True)
class _AccessList(Model):
    file_set_id: str | None = None
    file_set_access: tuple[FileSetAccess, ...]


class FileSets(Area):
    """FileSets: folders of files that can be searched. Domo calls this API a beta, which may change."""

    @cached_property
    def files(self) -> FileSetFiles:
        """The files of a FileSet."""
        return FileSetFiles(self._http)

    def search(
        self,
        *,
        filters: Sequence[FieldFilter] = (),
        date_filters: Sequence[DateFilter] = (),
        sort_by: str | Sequence[FieldSort] = (),
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[FileSet]:
        """Iterate over FileSets; over all of them without filters.

        `POST /api/files/v1/filesets/search` (FileSets API, "Search FileSets").

        Args:
            filters: What fields have to be.
            date_filters: When something has to have happened.
            sort_by: The field to sort by, such as ``name``; or several, each with its direction.
            ascending: Whether to sort from the smallest to the largest, where one field is given.
            offset: The number of FileSets to skip.
            limit: The most FileSets to give, or None for all.
            page_size: The number of FileSets per request.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "POST",
            url("/api/files/v1/filesets/search"),
            QUERY,
            key=attrgetter("id"),
            into=_FileSetList,
            read=_batch,
            page_size=page_size,
            # How many it gives at the most is not documented; so many it gives by default.
            assured=100,
            offset=offset,
            limit=limit,
            json=search_body(filters, date_filters, sort_by, ascending=ascending),
        )

    async def create(
        self,
        *,
        name: str,
        description: str | Unset = UNSET,
        account_id: int | str | Unset | None = UNSET,
        connector_context: ConnectorContext | Unset | None = UNSET,
        ai_enabled: bool | Unset = UNSET,
        connector: str | Unset = UNSET,
    ) -> FileSet:
        """Create a FileSet.

        `POST /api/files/v1/filesets` (FileSets API, "Create FileSet").

        Args:
            name: Its name.
            description: What it is for.
            account_id: The data account.
            connector_context: Where its files lie, if not in Domo.
            ai_enabled: Whether to index its files, without which queries find nothing; neither this nor what follows
                is on the page, but in Domo's OpenAPI description.
            connector: What its files come by: ``DOMO``, ``S3``, ``SHAREPOINT``, ``GOOGLE_DRIVE`` …
        """
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets"),
            json=payload(
                name=name,
                description=description,
                account_id=account_id,
                connector_context=connector_context,
                ai_enabled=ai_enabled,
                connector=connector,
            ),
            into=FileSet,
        )

    async def get(self, fileset_id: str, /) -> FileSet:
        """Return a FileSet.

        `GET /api/files/v1/filesets/{fileset_id}` (FileSets API, "Get FileSet by Id").

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: The FileSet does not exist.
        """
        return await self._http.request("GET", url("/api/files/v1/filesets/{}", a_fileset(fileset_id)), into=FileSet)

    async def update(
        self,
        fileset_id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
        ai_enabled: bool | Unset = UNSET,
        pdp_enabled: bool | Unset = UNSET,
    ) -> FileSet:
        """Change what is given of a FileSet, and leave the rest.

        `POST /api/files/v1/filesets/{fileset_id}` (FileSets API, "Update FileSet by Id").

        Args:
            fileset_id: The FileSet.
            name: Its name.
            description: What it is for.
            ai_enabled: Whether to index its files, without which queries find nothing; neither this nor what follows
                is on the page, but in Domo's OpenAPI description.
            pdp_enabled: Whether policies say who sees which of its files.

        Returns:
            The FileSet; Domo's documentation shows it as it was before the change.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: The FileSet does not exist.
        """
        # The same values set twice are the same values.
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}", a_fileset(fileset_id)),
            json=require_changes(
                payload(name=name, description=description, ai_enabled=ai_enabled, pdp_enabled=pdp_enabled)
            ),
            into=FileSet,
            idempotent=True,
        )

    async def delete(self, fileset_id: str, /) -> Deletion:
        """Delete a FileSet with all its files.

        `DELETE /api/files/v1/filesets/{fileset_id}` (FileSets API, "Delete FileSet by Id").

        Args:
            fileset_id: The FileSet.

        Returns:
            What the instance says about it; newer ones say nothing.

        Raises:
            NotFound: The FileSet does not exist.
        """
        path = url("/api/files/v1/filesets/{}", a_fileset(fileset_id))
        return await self._http.request("DELETE", path, into=Deletion, empty=Deletion())

    async def set_owner(self, fileset_id: str, user_id: int, /) -> ItemTuple[FileSetAccess]:
        """Give a FileSet to another user.

        `POST /api/files/v1/filesets/{fileset_id}/ownership`. Domo's documentation does not have it that this library
        follows, but in Domo's OpenAPI description.

        Args:
            fileset_id: The FileSet.
            user_id: The user whose it is to be.

        Returns:
            Who may do what with it from now on.

        Raises:
            NotFound: The FileSet does not exist.
        """
        # The same owner set twice is the same owner.
        answer = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/ownership", a_fileset(fileset_id)),
            json=payload(user_id=user_id),
            into=_AccessList,
            idempotent=True,
        )
        return ItemTuple(answer.file_set_access)

    async def get_access(self, fileset_id: str, /) -> ItemTuple[FileSetAccess]:
        """Return who may do what with a FileSet.

        `GET /api/files/v1/filesets/{fileset_id}/access`. Domo's documentation does not have it that this library
        follows, but in Domo's OpenAPI description.

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: The FileSet does not exist.
        """
        path = url("/api/files/v1/filesets/{}/access", a_fileset(fileset_id))
        return ItemTuple((await self._http.request("GET", path, into=_AccessList)).file_set_access)

    async def set_access(self, fileset_id: str, /, *, access: Sequence[FileSetAccess]) -> ItemTuple[FileSetAccess]:
        """Say what some users and groups may do with a FileSet; the others keep what they have.

        `POST /api/files/v1/filesets/{fileset_id}/access`. Domo's documentation does not have it that this library
        follows, but in Domo's OpenAPI description.

        Args:
            fileset_id: The FileSet.
            access: What each may do from now on; the permission ``NONE`` takes all away.

        Returns:
            Who may do what with it from now on, those who are not named included.

        Raises:
            ConfigError: `access` is empty.
            NotFound: The FileSet does not exist.
        """
        # Permissions set twice are the same permissions.
        answer = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/access", a_fileset(fileset_id)),
            json=payload(file_set_access=require_list(access, "access")),
            into=_AccessList,
            idempotent=True,
        )
        return ItemTuple(answer.file_set_access)

    async def stats(self, fileset_id: str, /) -> FileSetStats:
        """Count the files of a FileSet by their kinds, and by how far their index is.

        `GET /api/files/v1/filesets/{fileset_id}/stats` (Domo's OpenAPI description, "Get Document Collection
        Statistics").

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: The FileSet does not exist.
        """
        return await self._http.request(
            "GET", url("/api/files/v1/filesets/{}/stats", a_fileset(fileset_id)), into=FileSetStats
        )

    async def push_folder(
        self,
        fileset_id: str,
        /,
        folder: str | PathLike[str],
        *,
        directory_path: str = "",
        delete: bool = False,
        dry_run: bool = False,
        concurrency: int = FILES_AT_ONCE,
        progress: ProgressOption = None,
    ) -> FolderReport:
        """Make a directory of a FileSet like a folder on disk: only what differs is uploaded.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet") tells what is
        there; `POST /api/files/v1/filesets/{fileset_id}/files` ("Upload File") uploads a file, and
        `DELETE /api/files/v1/filesets/{fileset_id}/files/{file_id}` ("Delete File by Id") deletes one.

        Files are the same if they have the same path in the folder, size and hash; where the FileSet tells no SHA-256,
        if they have the same size and the FileSet's is not older. Symbolic links are neither followed nor uploaded.
        Empty folders are not sent (see `FileSetFiles.make_directory`), and directories are not deleted. Where a file
        fails, the others go on.

        Args:
            fileset_id: The FileSet.
            folder: The folder on disk.
            directory_path: The directory of the FileSet; by default the topmost.
            delete: Whether to delete the files of the directory that the folder does not have; only once all else went
                well.
            dry_run: Whether to only tell what would be done.
            concurrency: How many files are under way at a time.
            progress: Called with a `Progress` some ten times a second, which counts the files that are done as parts;
                True draws a bar (needs ``rich``).

        Returns:
            What became of each file; see `FolderReport.failed`.

        Raises:
            ConfigError: The folder does not exist, or it is empty and, with `delete`, all files of the directory would
                go.
            NotFound: The FileSet does not exist.
        """
        return await push(
            self._steps(fileset_id, directory_path),
            Path(folder),
            FolderOptions(delete=delete, dry_run=dry_run, concurrency=concurrency, progress=progress),
            self._http.settings,
        )

    async def pull_folder(
        self,
        fileset_id: str,
        /,
        folder: str | PathLike[str],
        *,
        directory_path: str = "",
        delete: bool = False,
        dry_run: bool = False,
        concurrency: int = FILES_AT_ONCE,
        progress: ProgressOption = None,
    ) -> FolderReport:
        """Make a folder on disk like a directory of a FileSet: only what differs is downloaded, each file whole.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet") tells what is
        there; `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}` ("Get File by Id") and
        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` ("Download File by Id") fetch a file.

        Files are the same if they have the same path in the folder, size and hash; where the FileSet tells no SHA-256,
        if they have the same size and the one on disk is not older. Empty directories are made, too. Nothing is
        written outside the folder: a file of the FileSet whose path would lead out of it, also by a symbolic link, is
        told as failed. Where a file fails, the others go on.

        Args:
            fileset_id: The FileSet.
            folder: The folder on disk, which is made if only its parent exists.
            directory_path: The directory of the FileSet; by default the topmost.
            delete: Whether to delete the files of the folder that the directory does not have, and directories that
                are empty then; only once all else went well. Symbolic links stay.
            dry_run: Whether to only tell what would be done.
            concurrency: How many files are under way at a time.
            progress: Called with a `Progress` some ten times a second, which counts the files that are done as parts;
                True draws a bar (needs ``rich``).

        Returns:
            What became of each file; see `FolderReport.failed`.

        Raises:
            ConfigError: The folder cannot be made; or the directory is empty and, with `delete`, all files of the
                folder would go.
            NotFound: The FileSet does not exist.
        """
        return await pull(
            self._steps(fileset_id, directory_path),
            Path(folder),
            FolderOptions(delete=delete, dry_run=dry_run, concurrency=concurrency, progress=progress),
            self._http.settings,
        )

    def _steps(self, fileset_id: str, directory_path: str) -> FileSetFolderSteps:
        return FileSetFolderSteps(a_fileset(fileset_id), directory_path.strip("/"), self.files, self._http)


def _batch(answer: _FileSetList) -> PageData[FileSet]:
    page = answer.page_context
    if page is None:
        return PageData(answer.file_sets)
    return PageData(answer.file_sets, total=page.all_items)
