"""Files in Domo, their revisions and permissions: `domo.files`."""

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
    ContentRange,
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
    read_range,
    reported_body,
    upload_many,
)
from domo_async._transport import Body, Download, Pager, Url, url
from domo_async._wire import payload
from domo_async.errors import APIError, ConfigError

__all__ = ["ContentRange", "Files"]


class Files(Area):
    """Files in Domo, their revisions and permissions."""

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

        ```python
        file = await domo.files.upload("report.pdf", description="Sales of 2024")
        ```

        Args:
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            name: The name in Domo; by default the name in the path.
            description: The description.
            public: Whether everyone in the instance gets access. The instance's own default is yes; the client's
                default is no, and the client always sends the value.
            content_type: The media type; by default guessed from the suffix of the path or the name.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Raises:
            ConfigError: `content` is bytes, and `name` is not given.
            SourceError: The file does not exist, cannot be read, or was changed during the upload.
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
        """Upload several new files at once. A file that fails does not stop the others.

        `POST /api/data/v1/data-files` (Files API, "Upload a File") for each.

        Args:
            contents: The paths of the files, or a mapping from the name in Domo to the content (bytes or path).
            public: Whether everyone in the instance gets access.
            concurrency: The number of files at once.
            stop_on_error: Whether to start no further file after one has failed; files in progress are completed.
            progress: Called with a `Progress` about ten times a second, which counts completed files as parts; True
                draws a bar (needs ``rich``).

        Returns:
            The result for each file, by its given path or its name; see `ItemResults.failed`.

        Raises:
            ConfigError: `contents` is empty, or a file is given twice.
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
        """Upload a file's new content; its former content remains as a revision.

        `PUT /api/data/v1/data-files/{file_id}` (Files API, "Upload a File Revision"). The request is not repeated,
        unless the instance surely did not process it: each request creates a revision.

        Args:
            file_id: The file.
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            content_type: The media type; by default guessed from the suffix of the path, and
                ``application/octet-stream`` for bytes.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Raises:
            SourceError: The file does not exist, cannot be read, or was changed during the upload.
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

        `GET /api/data/v1/data-files/details` (Files API, "Get All Files Metadata"); no paging is documented, so all
        files come in one answer.

        Args:
            user_id: The owner of the files.
            expand: Additional details to return: ``revisions``, ``metadata`` or both.
            data_file_ids: The files to return.

        Raises:
            ConfigError: `data_file_ids` is empty, which would select all files.
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
        """Return the details of a file.

        `GET /api/data/v1/data-files/{file_id}/details` (Files API, "Get File Metadata by ID").

        Args:
            file_id: The file.
            expand: Additional details to return: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/data-files/{}/details", file_id), params={"expand": _listed(expand)}, into=File
        )

    async def get_revision(
        self, file_id: int | str, revision_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None
    ) -> FileRevision:
        """Return the details of a revision.

        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}/details` (Files API, "Get Revision Metadata by
        ID").

        Args:
            file_id: The file.
            revision_id: The revision.
            expand: Additional details to return: ``revisions``, ``metadata`` or both.

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
            expand: Additional details to return: ``revisions``, ``metadata`` or both.

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
        """Return a file's content, or stream it to disk; the file is complete or is not written at all.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File"), or
        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}` for a revision, or, if the instance does not
        have that route, `GET /api/data/v1/data-files/{file_id}/revision/{revision_id}` (Files API, "Download a File" of
        a revision). Its expected size and hash are read first with `GET /api/data/v1/data-files/{file_id}/details` or
        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}/details`. A download that breaks off is resumed
        if the instance serves parts of files and the file is still the same, and restarted otherwise; no document says
        which instances serve parts.

        ```python
        await domo.files.download(file.data_file_id, "report.pdf")
        ```

        Args:
            file_id: The file.
            target: The path of the file to write, which appears under its name only when it is complete; or a binary
                file object, also one with an async ``write``, which is written to as the answer arrives, as are devices
                and pipes. Links are followed, and an existing file keeps its mode, owner and links. Without a target
                the content is returned.
            revision_id: The revision; the current one by default.
            file_name: The file name that the instance is to send in the answer's headers.
            verify: Whether to compare the length and the SHA-256 (or else the MD5) with those that the instance
                reports, which takes one more request.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The content; with a target, the number of bytes written, their SHA-256 and the seconds it took.

        Raises:
            ConfigError: The target cannot be written to, or the file's id is the name of a route.
            NotFound: The file or the revision does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt; no file was written.
            ContentMismatch: The content did not match the length or the hash that the instance reports, on every
                attempt; no file was written.
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
        """Stream several files to disk at once, each complete or not at all; one failure does not stop the others.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File") for each, and before it
        `GET /api/data/v1/data-files/{file_id}/details`; see `download`.

        Args:
            targets: The path to write, by the file's id.
            verify: Whether to compare lengths and hashes with those that the instance reports.
            concurrency: The number of files at once.
            stop_on_error: Whether to start no further file after one has failed; files in progress are completed.
            progress: Called with a `Progress` about ten times a second, which counts completed files as parts; True
                draws a bar (needs ``rich``).

        Returns:
            The result for each file, by its id; see `ItemResults.failed`.

        Raises:
            ConfigError: `targets` is empty, or two files have the same path.
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

    async def download_range(
        self, file_id: int | str, /, *, start: int, stop: int, revision_id: int | str | None = None
    ) -> ContentRange:
        """Return a range of a file's content, such as the footer of a Parquet file.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File"), or
        `GET /api/data/v1/data-files/{file_id}/revisions/{revision_id}` for a revision, or, if the instance does not
        have that route, `GET /api/data/v1/data-files/{file_id}/revision/{revision_id}`, with the header ``Range``. No
        document says which instances serve ranges: if the instance sends the whole content, it is read up to the end of
        the range, and only the range is kept.

        Args:
            file_id: The file.
            start: The offset of the first byte.
            stop: The offset after the last byte; a content that ends before is not an error.
            revision_id: The revision; the current one by default. The content of a revision does not change.

        Raises:
            ConfigError: The range is empty or negative, or the file's id is the name of a route.
            NotFound: The file or the revision does not exist.
            IncompleteAnswer: The answer broke off on every attempt.
        """
        fetch = partial(self._fetch, _content(file_id, revision_id), None)
        return await read_range(fetch, start, stop, self._http.settings)

    async def copy(self, source_file_id: int | str, target_file_id: int | str, /) -> CreatedRevision:
        """Replace a file's content with the content of another file; the source is unchanged.

        `POST /api/data/v1/data-files/copy/{source_file_id}/revisions/current/{target_file_id}` (Files API,
        "Copy/Move a File").

        Args:
            source_file_id: The file to copy the content from.
            target_file_id: The file whose content is replaced.

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
        """Duplicate a file.

        `POST /api/data/v1/data-files/{file_id}/duplicate` (Files API, "Duplicate a File").

        Args:
            file_id: The file.

        Returns:
            The new file.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request("POST", url("/api/data/v1/data-files/{}/duplicate", file_id), into=File)

    async def delete(self, file_id: int | str, /) -> None:
        """Delete a file with all its revisions for good.

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
        documentation does not show the answer.

        Args:
            file_id: The file.
            revision_id: The revision.

        Raises:
            NotFound: The file or the revision does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/data-files/{}/revisions/{}", file_id, revision_id))

    async def get_permissions(self, file_id: int | str, /) -> FilePermissions:
        """Return the permissions of a file.

        `GET /api/data/v1/data-files/{file_id}/permissions` (Files API, "Get File Permissions"; its heading shows
        another path, its code shows this one).

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
        """Replace the permissions of a file.

        `PUT /api/data/v1/data-files/{file_id}/permissions` (Files API, "Update file permissions"). Whether users and
        groups that are left out lose their access is unconfirmed.

        ```python
        permissions = await domo.files.get_permissions(file_id)
        entries = [*permissions.entries, FilePermission("USER", 27, "READ_WRITE_DELETE_SHARE_ADMIN")]
        await domo.files.set_permissions(file_id, public_access=False, entries=entries)
        ```

        Args:
            file_id: The file.
            public_access: Whether everyone in the instance has access.
            entries: The permissions of users and groups, for example those of `get_permissions` with changes.

        Raises:
            NotFound: The file does not exist.
        """
        # Domo's documentation shows the identifiers as text.
        parts = [
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
            json=payload(public_access=public_access, entries=parts),
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
        """Request a content from the first route that the instance has."""
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
        """Return the expected size and hash of a content, as far as the instance reports them."""
        if revision_id is not None:
            revision: FileRevision | None = await self.get_revision(file_id, revision_id)
        else:
            # Domo's documentation shows the current revision in extended answers, but does not say in which.
            revision = (await self.get(file_id, expand=list(FileParts))).current_revision
        if revision is None:
            return Described()
        return Described.of(revision.size_bytes, sha256=revision.sha256_hash_value, md5=revision.md5_hash)


_NO_SUCH_ROUTE = frozenset({404, 405})


def _content(file_id: int | str, revision_id: int | str | None) -> Sequence[Url]:
    """Return the routes of a content: instances have the plural, Domo's page of a revision has the singular.

    Raises:
        ConfigError: The id is the name of a route.
    """
    if file_id == "details":
        raise ConfigError("'details' is the route that lists all files, not a file's id; see list()")
    if revision_id is None:
        return (url("/api/data/v1/data-files/{}", file_id),)
    return (
        url("/api/data/v1/data-files/{}/revisions/{}", file_id, revision_id),
        url("/api/data/v1/data-files/{}/revision/{}", file_id, revision_id),
    )


def _listed(expand: Sequence[FileParts | str] | None) -> Sequence[str] | None:
    """Return the query value of `expand`: None for an empty list."""
    return require_list(expand, "expand", may_be_empty=True) or None if expand is not None else None
