"""FileSets: searchable folders of files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from operator import attrgetter
from os import PathLike
from pathlib import Path

from attrs import frozen

from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.filesets._folder_backend import FileSetFolderBackend
from domo_async._endpoints.filesets._guards import require_fileset_id
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
    """FileSets: searchable folders of files. Domo calls this API a beta, which may change."""

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
        """Iterate over FileSets; without filters over all of them.

        `POST /api/files/v1/filesets/search` (FileSets API, "Search FileSets").

        ```python
        async for fileset in domo.filesets.search(filters=[FieldFilter("name", ["Marketing"], "LIKE")]):
            print(fileset.id, fileset.name)
        ```

        Args:
            filters: Conditions on fields.
            date_filters: Conditions on times.
            sort_by: The field to sort by, such as ``name``; or several, each with its direction.
            ascending: Whether to sort in ascending order; used if `sort_by` is a single field.
            offset: The number of FileSets to skip.
            limit: The maximum number of FileSets to return, or None for all.
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
            # The instance's maximum is not documented; this is its default.
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
            name: The FileSet's name.
            description: The description.
            account_id: The data account.
            connector_context: The location of the files, if not in Domo.
            ai_enabled: Whether to index the files; without an index queries find nothing. Neither this nor the
                parameters below are on Domo's page, but they are in Domo's OpenAPI description.
            connector: The connector that provides the files: ``DOMO``, ``S3``, ``SHAREPOINT``, ``GOOGLE_DRIVE`` …
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
        return await self._http.request(
            "GET", url("/api/files/v1/filesets/{}", require_fileset_id(fileset_id)), into=FileSet
        )

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
        """Change the given properties of a FileSet; the others stay.

        `POST /api/files/v1/filesets/{fileset_id}` (FileSets API, "Update FileSet by Id").

        Args:
            fileset_id: The FileSet.
            name: The FileSet's name.
            description: The description.
            ai_enabled: Whether to index the files; without an index queries find nothing. Neither this nor the
                parameters below are on Domo's page, but they are in Domo's OpenAPI description.
            pdp_enabled: Whether policies decide who sees which of its files.

        Returns:
            The FileSet; Domo's documentation shows it in its state before the change.

        Raises:
            ConfigError: No property is given.
            NotFound: The FileSet does not exist.
        """
        # Setting the same values twice has the same effect.
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}", require_fileset_id(fileset_id)),
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
            The instance's message; newer instances return none.

        Raises:
            NotFound: The FileSet does not exist.
        """
        path = url("/api/files/v1/filesets/{}", require_fileset_id(fileset_id))
        return await self._http.request("DELETE", path, into=Deletion, empty=Deletion())

    async def set_owner(self, fileset_id: str, user_id: int, /) -> ItemTuple[FileSetAccess]:
        """Change the owner of a FileSet.

        `POST /api/files/v1/filesets/{fileset_id}/ownership`. The page that this library follows does not list it;
        Domo's OpenAPI description does.

        Args:
            fileset_id: The FileSet.
            user_id: The new owner.

        Returns:
            The permissions after the change.

        Raises:
            NotFound: The FileSet does not exist.
        """
        # Setting the same owner twice has the same effect.
        answer = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/ownership", require_fileset_id(fileset_id)),
            json=payload(user_id=user_id),
            into=_AccessList,
            idempotent=True,
        )
        return ItemTuple(answer.file_set_access)

    async def get_access(self, fileset_id: str, /) -> ItemTuple[FileSetAccess]:
        """Return the permissions of a FileSet.

        `GET /api/files/v1/filesets/{fileset_id}/access`. The page that this library follows does not list it; Domo's
        OpenAPI description does.

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: The FileSet does not exist.
        """
        path = url("/api/files/v1/filesets/{}/access", require_fileset_id(fileset_id))
        return ItemTuple((await self._http.request("GET", path, into=_AccessList)).file_set_access)

    async def set_access(self, fileset_id: str, /, *, access: Sequence[FileSetAccess]) -> ItemTuple[FileSetAccess]:
        """Set the permissions of some users and groups on a FileSet; those of others stay.

        `POST /api/files/v1/filesets/{fileset_id}/access`. The page that this library follows does not list it; Domo's
        OpenAPI description does.

        Args:
            fileset_id: The FileSet.
            access: The new permission of each; ``NONE`` removes the access.

        Returns:
            All permissions after the change, including those of users and groups that are not named.

        Raises:
            ConfigError: `access` is empty.
            NotFound: The FileSet does not exist.
        """
        # Setting the same permissions twice has the same effect.
        answer = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/access", require_fileset_id(fileset_id)),
            json=payload(file_set_access=require_list(access, "access")),
            into=_AccessList,
            idempotent=True,
        )
        return ItemTuple(answer.file_set_access)

    async def stats(self, fileset_id: str, /) -> FileSetStats:
        """Count the files of a FileSet by type and by index status.

        `GET /api/files/v1/filesets/{fileset_id}/stats` (Domo's OpenAPI description, "Get Document Collection
        Statistics").

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: The FileSet does not exist.
        """
        return await self._http.request(
            "GET", url("/api/files/v1/filesets/{}/stats", require_fileset_id(fileset_id)), into=FileSetStats
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
        """Make a directory of a FileSet equal to a folder on disk; upload only the differences.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet") lists the
        existing files; `POST /api/files/v1/filesets/{fileset_id}/files` ("Upload File") uploads a file, and
        `DELETE /api/files/v1/filesets/{fileset_id}/files/{file_id}` ("Delete File by Id") deletes one.

        Two files are the same if they have the same path in the folder, size and hash; if the FileSet reports no
        SHA-256, if they have the same size and the FileSet's file is not older. Symbolic links are neither followed nor
        uploaded. Empty folders are not sent (see `FileSetFiles.make_directory`), and directories are not deleted. If a
        file fails, the others continue.

        ```python
        report = await domo.filesets.push_folder(fileset_id, "reports/", dry_run=True)
        print(report)
        ```

        Args:
            fileset_id: The FileSet.
            folder: The folder on disk.
            directory_path: The directory of the FileSet; by default the top-level directory.
            delete: Whether to delete the files of the directory that are not in the folder; only after everything else
                has succeeded.
            dry_run: Whether to only report what would be done.
            concurrency: The number of files at once.
            progress: Called with a `Progress` about ten times a second, which counts completed files as parts; True
                draws a bar (needs ``rich``).

        Returns:
            The result for each file; see `FolderReport.failed`.

        Raises:
            ConfigError: The folder does not exist; or it is empty and, with `delete`, all files of the directory would
                be deleted.
            NotFound: The FileSet does not exist.
        """
        return await push(
            self._backend(fileset_id, directory_path),
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
        """Make a folder on disk equal to a directory of a FileSet; download only the differences, each file complete.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet") lists the
        existing files; `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}` ("Get File by Id") and
        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` ("Download File by Id") fetch a file.

        Two files are the same if they have the same path in the folder, size and hash; if the FileSet reports no
        SHA-256, if they have the same size and the file on disk is not older. Empty directories are created, too.
        Nothing is written outside the folder: a file of the FileSet whose path would lead out of it, also through a
        symbolic link, is reported as failed. If a file fails, the others continue.

        Args:
            fileset_id: The FileSet.
            folder: The folder on disk, which is created if its parent exists.
            directory_path: The directory of the FileSet; by default the top-level directory.
            delete: Whether to delete the files of the folder that are not in the directory, and directories that are
                empty then; only after everything else has succeeded. Symbolic links stay.
            dry_run: Whether to only report what would be done.
            concurrency: The number of files at once.
            progress: Called with a `Progress` about ten times a second, which counts completed files as parts; True
                draws a bar (needs ``rich``).

        Returns:
            The result for each file; see `FolderReport.failed`.

        Raises:
            ConfigError: The folder cannot be created; or the directory is empty and, with `delete`, all files of the
                folder would be deleted.
            NotFound: The FileSet does not exist.
        """
        return await pull(
            self._backend(fileset_id, directory_path),
            Path(folder),
            FolderOptions(delete=delete, dry_run=dry_run, concurrency=concurrency, progress=progress),
            self._http.settings,
        )

    def _backend(self, fileset_id: str, directory_path: str) -> FileSetFolderBackend:
        return FileSetFolderBackend(require_fileset_id(fileset_id), directory_path.strip("/"), self.files, self._http)


def _batch(answer: _FileSetList) -> PageData[FileSet]:
    page = answer.page_context
    if page is None:
        return PageData(answer.file_sets)
    return PageData(answer.file_sets, total=page.all_items)
