"""Files, their revisions and permissions: `domo.files`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import overload

from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.files.models import (
    CreatedFile,
    CreatedRevision,
    File,
    FileParts,
    FilePermission,
    FilePermissions,
    FileRevision,
)
from domo_async._frames import ItemTuple
from domo_async._transfer import (
    Content,
    Contents,
    Described,
    DownloadResult,
    ItemResults,
    ProgressOption,
    Reporter,
    Target,
    Targets,
    content_body,
    content_name,
    download,
    download_many,
    fetch_to,
    reported_body,
    upload_many,
)
from domo_async._transport import Body, Download, Pager, Url, url
from domo_async._wire import payload
from domo_async.errors import APIError, ConfigError

__all__ = ["Files"]


class Files(Area):
    """Files, their revisions and permissions."""

    async def upload(
        self,
        content: Content,
        *,
        name: str | None = None,
        description: str | None = None,
        public: bool = False,
        content_type: str | None = None,
        progress: ProgressOption = None,
    ) -> CreatedFile:
        """Upload a new file.

        `POST /api/data/v1/data-files` (Files API, "Upload a File").

        Args:
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            name: The name in Domo; by default the path's own.
            description: What it is.
            public: Whether everyone in the instance gets access. The instance's own default is yes; here it is no, and
                is always said.
            content_type: The media type; by default what the path's suffix or the name's says.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Raises:
            ConfigError: Bytes are given without a name.
            SourceError: The file is not there, cannot be read, or was written to meanwhile.
        """
        file_name = content_name(content, name)
        clock = self._http.settings.clock
        with reported_body(content, content_type, name=file_name, progress=progress, clock=clock) as outgoing:
            return await self._create(outgoing.body, name=file_name, description=description, public=public)

    async def upload_many(
        self,
        contents: Contents,
        *,
        public: bool = False,
        concurrency: int = FILES_AT_ONCE,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[str, CreatedFile]:
        """Upload several new files at once. One that fails does not stop the others.

        `POST /api/data/v1/data-files` (Files API, "Upload a File") for each.

        Args:
            contents: The paths of the files, or their contents (bytes or paths) by the names they are to have in Domo.
            public: Whether everyone in the instance gets access.
            concurrency: How many are under way at a time.
            stop_on_error: Whether none is begun any more once one has failed; those under way still end.
            progress: Called with a `Progress` some ten times a second, which counts the files that ended as parts; True
                draws a bar (needs ``rich``).

        Returns:
            What became of each, by its path as given or its name; see `ItemResults.failed`.

        Raises:
            ConfigError: There are none, or one is given twice.
        """

        async def send(name: str, content: Content, reporter: Reporter) -> CreatedFile:
            with content_body(content, name=name, reporter=reporter) as outgoing:
                return await self._create(outgoing.body, name=name, description=None, public=public)

        return await upload_many(
            contents,
            send,
            clock=self._http.settings.clock,
            concurrency=concurrency,
            stop_on_error=stop_on_error,
            progress=progress,
        )

    async def upload_revision(
        self,
        file_id: int | str,
        /,
        content: Content,
        *,
        content_type: str | None = None,
        progress: ProgressOption = None,
    ) -> CreatedRevision:
        """Upload a file's new content; its former content stays as a revision.

        `PUT /api/data/v1/data-files/{file_id}` (Files API, "Upload a File Revision"). Is not sent twice, unless the
        instance surely did not take it: each time makes a revision.

        Args:
            file_id: The file.
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            content_type: The media type; by default what the path's suffix says, and ``application/octet-stream`` for
                bytes.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Raises:
            SourceError: The file is not there, cannot be read, or was written to meanwhile.
            NotFound: The file does not exist in Domo.
        """
        with reported_body(content, content_type, progress=progress, clock=self._http.settings.clock) as outgoing:
            return await self._http.request(
                "PUT",
                url("/api/data/v1/data-files/{}", file_id),
                body=outgoing.body,
                into=CreatedRevision,
                idempotent=False,
            )

    def list(
        self,
        *,
        user_id: int | str | None = None,
        expand: Sequence[FileParts | str] | None = None,
        data_file_ids: Sequence[int | str] | None = None,
    ) -> Pager[File]:
        """Iterate over the files that the token's owner may see.

        `GET /api/data/v1/data-files/details` (Files API, "Get All Files Metadata"); no pages are documented, so they
        come in one answer.

        Args:
            user_id: Only the files of this owner.
            expand: What else to give: ``revisions``, ``metadata`` or both.
            data_file_ids: Only these files.

        Raises:
            ConfigError: `data_file_ids` is empty, which would stand for all files.
        """
        only = None if data_file_ids is None else require_list(data_file_ids, "data_file_ids")
        return self._http.whole_list(
            "GET",
            url("/api/data/v1/data-files/details"),
            params={"userId": user_id, "expand": _listed(expand), "dataFileIds": only},
            into=ItemTuple[File],
            read=tuple,
        )

    async def get(self, file_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None) -> File:
        """Return what is known of a file.

        `GET /api/data/v1/data-files/{file_id}/details` (Files API, "Get File Metadata by ID").

        Args:
            file_id: The file.
            expand: What else to give: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/data-files/{}/details", file_id), params={"expand": _listed(expand)}, into=File
        )

    async def get_revision(
        self, file_id: int | str, revision_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None
    ) -> FileRevision:
        """Return what is known of a revision.

        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}/details` (Files API, "Get Revision Metadata by
        ID").

        Args:
            file_id: The file.
            revision_id: The revision.
            expand: What else to give: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: The file or the revision does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/data-files/{}/revisions/{}/details", file_id, revision_id),
            params={"expand": _listed(expand)},
            into=FileRevision,
        )

    def list_revisions(
        self, file_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None
    ) -> Pager[FileRevision]:
        """Iterate over all revisions of a file.

        `GET /api/data/v1/data-files/{file_id}/revisions/details` (Files API, "Get All File Revisions by ID").

        Args:
            file_id: The file.
            expand: What else to give: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: The file does not exist.
        """
        return self._http.whole_list(
            "GET",
            url("/api/data/v1/data-files/{}/revisions/details", file_id),
            params={"expand": _listed(expand)},
            into=ItemTuple[FileRevision],
            read=tuple,
        )

    @overload
    async def download(
        self,
        file_id: int | str,
        /,
        target: None = None,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes: ...
    @overload
    async def download(
        self,
        file_id: int | str,
        /,
        target: Target,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> DownloadResult: ...
    @overload
    async def download(
        self,
        file_id: int | str,
        /,
        target: Target | None,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult: ...
    async def download(
        self,
        file_id: int | str,
        /,
        target: Target | None = None,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult:
        """Return a file's content, or stream it to disk: whole, or not at all.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File"), or
        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}` for a revision, or, where the instance does not
        know that, `GET /api/data/v1/data-files/{file_id}/revision/{revision_id}` (Files API, "Download a File" of a
        revision). What it has to be is asked before by `GET /api/data/v1/data-files/{file_id}/details` or
        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}/details`. A download that breaks off goes on
        where it did, if the instance gives parts of files and the file is still the same, and else begins anew; no
        document tells which instances do.

        Args:
            file_id: The file.
            target: The path of the file to write, which appears under its name only when it is whole; or a binary file
                object, also one with an async ``write``, which is written to as the answer comes, as are devices and
                pipes. Links are followed, and a file that is there keeps its mode, owner and links. Without a target
                the content is returned.
            revision_id: The revision; the current one by default.
            file_name: The name that the instance is to give the file in its answer's headers.
            verify: Whether to compare the length and the SHA-256 (or else the MD5) with what the instance tells of
                the file, which takes a request more.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The content; with a target, how many bytes were written, their SHA-256, and the seconds that it took.

        Raises:
            ConfigError: The target cannot be written to, or the file's id is a route's name.
            NotFound: The file or the revision does not exist.
            TargetError: The file could not be written, such as where the disk is full.
            IncompleteAnswer: The answer broke off, each time that it was asked for; no file was left.
            ContentMismatch: What came is not what the instance tells of the file, each time that it was asked for; no
                file was left.
        """
        routes = _content(file_id, revision_id)
        return await download(
            partial(self._fetch, routes, file_name),
            target,
            self._http.settings,
            look=partial(self._describe, file_id, revision_id) if verify else None,
            progress=progress,
        )

    async def download_many(
        self,
        targets: Targets,
        *,
        verify: bool = True,
        concurrency: int = FILES_AT_ONCE,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[int | str, DownloadResult]:
        """Stream several files to disk at once: each whole, or not at all. One that fails does not stop the others.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File") for each, and before it
        `GET /api/data/v1/data-files/{file_id}/details`; see `download`.

        Args:
            targets: The path to write for each file's id.
            verify: Whether to compare lengths and hashes with what the instance tells of the files.
            concurrency: How many are under way at a time.
            stop_on_error: Whether none is begun any more once one has failed; those under way still end.
            progress: Called with a `Progress` some ten times a second, which counts the files that ended as parts; True
                draws a bar (needs ``rich``).

        Returns:
            What became of each, by its id; see `ItemResults.failed`.

        Raises:
            ConfigError: There are none, or two have the same path.
        """

        async def fetch(file_id: int | str, path: Path, reporter: Reporter) -> DownloadResult:
            look = partial(self._describe, file_id, None) if verify else None
            fetch = partial(self._fetch, _content(file_id, None), None)
            return await fetch_to(path, fetch, look, reporter, self._http.settings)

        return await download_many(
            targets,
            fetch,
            clock=self._http.settings.clock,
            concurrency=concurrency,
            stop_on_error=stop_on_error,
            progress=progress,
        )

    async def copy(self, source_file_id: int | str, target_file_id: int | str, /) -> CreatedRevision:
        """Make a file's current content that of another file, too; the source stays as it is.

        `POST /api/data/v1/data-files/copy/{source_file_id}/revisions/current/{target_file_id}` (Files API,
        "Copy/Move a File").

        Args:
            source_file_id: The file whose content to take.
            target_file_id: The file whose content to replace.

        Returns:
            The target's new revision.

        Raises:
            NotFound: One of the files does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v1/data-files/copy/{}/revisions/current/{}", source_file_id, target_file_id),
            into=CreatedRevision,
        )

    async def duplicate(self, file_id: int | str, /) -> File:
        """Make a new file of a file.

        `POST /api/data/v1/data-files/{file_id}/duplicate` (Files API, "Duplicate a File").

        Args:
            file_id: The file to duplicate.

        Returns:
            The new file.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request("POST", url("/api/data/v1/data-files/{}/duplicate", file_id), into=File)

    async def delete(self, file_id: int | str, /) -> None:
        """Delete a file with all its revisions, for good.

        `DELETE /api/data/v1/data-files/{file_id}` (Files API, "Delete a File"). Domo's documentation does not show the
        answer.

        Args:
            file_id: The file.

        Raises:
            NotFound: The file does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/data-files/{}", file_id))

    async def delete_revision(self, file_id: int | str, revision_id: int | str, /) -> None:
        """Delete a revision of a file.

        `DELETE /api/data/v1/data-files/{file_id}/revisions/{revision_id}` (Files API, "Delete a File Revision"); Domo's
        documentation shows no answer.

        Args:
            file_id: The file.
            revision_id: The revision.

        Raises:
            NotFound: The file or the revision does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/data-files/{}/revisions/{}", file_id, revision_id))

    async def get_permissions(self, file_id: int | str, /) -> FilePermissions:
        """Return who may do what with a file.

        `GET /api/data/v1/data-files/{file_id}/permissions` (Files API, "Get File Permissions"; its heading names
        another path, its code this one).

        Args:
            file_id: The file.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/data-files/{}/permissions", file_id), into=FilePermissions
        )

    async def set_permissions(
        self, file_id: int | str, /, *, public_access: bool, entries: Sequence[FilePermission]
    ) -> None:
        """Say who may do what with a file, in place of what was said before.

        `PUT /api/data/v1/data-files/{file_id}/permissions` (Files API, "Update file permissions"). That those who
        are left out lose their access is not confirmed.

        Args:
            file_id: The file.
            public_access: Whether everyone in the instance has access.
            entries: What single users and groups may do, such as `get_permissions` returns with changes.

        Raises:
            NotFound: The file does not exist.
        """
        # Domo's documentation shows identifiers as text.
        said = [
            payload(
                entry.extras,
                entity_type=entry.entity_type,
                entity_id=str(entry.entity_id),
                grant=entry.grant,
                pass_=entry.pass_,
            )
            for entry in require_list(entries, "entries", may_be_empty=True)
        ]
        await self._http.request(
            "PUT",
            url("/api/data/v1/data-files/{}/permissions", file_id),
            json=payload(public_access=public_access, entries=said),
        )

    async def _create(self, body: Body, *, name: str, description: str | None, public: bool) -> CreatedFile:
        return await self._http.request(
            "POST",
            url("/api/data/v1/data-files"),
            params={"name": name, "description": description, "public": public},
            body=body,
            into=CreatedFile,
        )

    @asynccontextmanager
    async def _fetch(
        self, routes: Sequence[Url], file_name: str | None, headers: Mapping[str, str]
    ) -> AsyncGenerator[Download]:
        """Ask for a content at the first of the places that the instance knows."""
        async with AsyncExitStack() as stack:
            for number, route in enumerate(routes, 1):
                asked = self._http.download("GET", route, params={"fileName": file_name}, headers=headers)
                try:
                    found = await stack.enter_async_context(asked)
                except APIError as error:
                    if number == len(routes) or error.status not in _NO_SUCH_ROUTE:
                        raise
                else:
                    yield found
                    return

    async def _describe(self, file_id: int | str, revision_id: int | str | None) -> Described:
        """Return what a content has to be, as far as the instance tells."""
        if revision_id is not None:
            revision: FileRevision | None = await self.get_revision(file_id, revision_id)
        else:
            # Domo's documentation shows the current revision in answers to which something was added, and not which.
            revision = (await self.get(file_id, expand=list(FileParts))).current_revision
        if revision is None:
            return Described()
        return Described.of(revision.size_bytes, sha256=revision.sha256_hash_value, md5=revision.md5_hash)


_NO_SUCH_ROUTE = frozenset({404, 405})


def _content(file_id: int | str, revision_id: int | str | None) -> Sequence[Url]:
    """Return where a content can be: instances write the plural, the page of a revision the singular.

    Raises:
        ConfigError: The id is the name of a route.
    """
    if file_id == "details":
        raise ConfigError("'details' is the list of all files and no file's id; see list()")
    if revision_id is None:
        return (url("/api/data/v1/data-files/{}", file_id),)
    return (
        url("/api/data/v1/data-files/{}/revisions/{}", file_id, revision_id),
        url("/api/data/v1/data-files/{}/revision/{}", file_id, revision_id),
    )


def _listed(expand: Sequence[FileParts | str] | None) -> Sequence[str] | None:
    """Return what goes into the query for `expand`: nothing for an empty list."""
    return require_list(expand, "expand", may_be_empty=True) or None if expand is not None else None
