"""The files of FileSets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import overload

from attrs import frozen

from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.filesets._guards import require_file_id, require_file_path
from domo_async._endpoints.filesets._requests import content_of, create, describe, path_of
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter, search_body
from domo_async._endpoints.filesets.models import Deletion, FileMatch, FileSetFile, PageContext, PartUpload, ShareLink
from domo_async._endpoints.search.models import FieldSort
from domo_async._frames import ItemTuple
from domo_async._redaction import Secret
from domo_async._transfer import (
    Content,
    ContentRange,
    Contents,
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
from domo_async._transport import QUERY, Body, Download, PageData, Pager, QueryValue, Transport, Url, url
from domo_async._wire import UNSET, Model, TimestampForm, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["FileSetFiles"]


@frozen(kw_only=True)
class _FileList(Model):
    files: tuple[FileSetFile, ...]
    page_context: PageContext | None = None


@frozen(kw_only=True)
class _FileMatches(Model):
    matches: tuple[FileMatch, ...]


@frozen(kw_only=True)
class _Reindexed(Model):
    retried_files_count: int | None = None


@frozen(kw_only=True)
class _ShareLinks(Model):
    share_links: tuple[ShareLink, ...]
    page_context: PageContext | None = None


class FileSetFiles(Area):
    """The files of FileSets."""

    async def get(self, fileset_id: str, file_id: str, /) -> FileSetFile:
        """Return the details of a file or directory.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}` (FileSets API, "Get File by Id").

        Args:
            fileset_id: The FileSet.
            file_id: The file.

        Raises:
            NotFound: The FileSet or the file does not exist.
        """
        return await self._http.request("GET", path_of(fileset_id, file_id), into=FileSetFile)

    async def get_by_path(self, fileset_id: str, /, *, path: str) -> FileSetFile:
        """Return the details of the file or directory at a path.

        `GET /api/files/v1/filesets/{fileset_id}/path` (FileSets API, "Get File by Path").

        Args:
            fileset_id: The FileSet.
            path: The path, such as ``reports/2024.pdf``.

        Raises:
            ConfigError: `path` is not the path of a file.
            NotFound: The FileSet or the file does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/files/v1/filesets/{}/path", fileset_id),
            params={"path": require_file_path(path)},
            into=FileSetFile,
        )

    def search(
        self,
        fileset_id: str,
        /,
        *,
        directory_path: str | None = None,
        immediate_children: bool | None = None,
        filters: Sequence[FieldFilter] = (),
        date_filters: Sequence[DateFilter] = (),
        sort_by: str | Sequence[FieldSort] = (),
        ascending: bool = True,
        page_size: int = 100,
    ) -> Pager[FileSetFile]:
        """Iterate over the files and directories of a FileSet; without filters over all of them.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet"). Each page has
        the parameters of the next.

        Args:
            fileset_id: The FileSet.
            directory_path: The directory to list.
            immediate_children: Whether to leave out the contents of subdirectories.
            filters: Conditions on fields.
            date_filters: Conditions on times.
            sort_by: The field to sort by, such as ``name``; or several, each with its direction.
            ascending: Whether to sort in ascending order; used if `sort_by` is a single field.
            page_size: The number of files per request.

        Raises:
            ConfigError: `page_size` is less than 1.
        """
        if page_size < 1:
            raise ConfigError("page_size must be at least 1")
        return self._http.pages_by_cursor(
            "POST",
            url("/api/files/v1/filesets/{}/files/search", fileset_id),
            "next",
            key=attrgetter("id"),
            into=_FileList,
            read=_page,
            params={"directoryPath": directory_path, "immediateChildren": immediate_children, "limit": page_size},
            json=search_body(filters, date_filters, sort_by, ascending=ascending),
        )

    async def query(
        self,
        fileset_id: str,
        /,
        *,
        query: str,
        directory_path: str | Unset = UNSET,
        top_k: int | Unset = UNSET,
        metadata_filter: Mapping[str, object] | Unset = UNSET,
    ) -> ItemTuple[FileMatch]:
        """Return the files of a FileSet that match a question best.

        `POST /api/files/v1/filesets/{fileset_id}/query` (FileSets API, "Query Files").

        ```python
        matches = await domo.filesets.files.query(fileset_id, query="Which region grew most?", top_k=3)
        ```

        Args:
            fileset_id: The FileSet.
            query: The question, in plain words.
            directory_path: The directory to search. It is sent under this name and as ``pathPrefixFilter``, its name in
                newer documents.
            top_k: The maximum number of matches to return; 1 by default.
            metadata_filter: The condition on the passages' metadata, as JSON such as
                ``{"key": "fileType", "operator": "EQUALS", "value": "TEXT"}``; only in newer documents.

        Raises:
            NotFound: The FileSet does not exist.
        """
        # A query changes nothing, so it may be repeated although it is a POST.
        found = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/query", fileset_id),
            json=payload(
                query=query,
                directory_path=directory_path,
                path_prefix_filter=directory_path,
                top_k=top_k,
                metadata_filter=metadata_filter,
            ),
            into=_FileMatches,
            idempotent=True,
        )
        return ItemTuple(found.matches)

    async def make_directory(self, fileset_id: str, /, *, path: str) -> FileSetFile:
        """Create a directory, and its parent directories, if they do not exist.

        `POST /api/files/v1/filesets/{fileset_id}/files` (Domo's OpenAPI description: without a file, the directory in
        the form is created).

        Args:
            fileset_id: The FileSet.
            path: The path of the directory, such as ``reports/2024``.

        Raises:
            ConfigError: `path` is not the path of a directory.
            Conflict: A file exists at the path.
            NotFound: The FileSet does not exist.
        """
        request = Body.json(payload(directory_path=require_file_path(path)))
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/files", fileset_id),
            body=Body.multipart({"createFileRequest": (None, request)}),
            into=FileSetFile,
            # An existing directory is returned.
            idempotent=True,
        )

    async def move(self, fileset_id: str, file_id: str, /, *, path: str) -> FileSetFile:
        """Move or rename a file or directory.

        `POST /api/files/v1/filesets/{fileset_id}/files/{file_id}` (Domo's OpenAPI description, "Update a File or
        Directory").

        Args:
            fileset_id: The FileSet.
            file_id: The file.
            path: The new path, such as ``reports/2024.pdf``.

        Raises:
            ConfigError: `path` is not the path of a file.
            Conflict: The new path is already in use.
            NotFound: The FileSet or the file does not exist.
        """
        return await self._http.request(
            "POST",
            path_of(fileset_id, file_id),
            json=payload(path=require_file_path(path)),
            into=FileSetFile,
            idempotent=True,
        )

    async def move_by_path(self, fileset_id: str, /, *, path: str, new_path: str) -> FileSetFile:
        """Move or rename the file or directory at a path.

        `POST /api/files/v1/filesets/{fileset_id}/path` (Domo's OpenAPI description, "Update a File or Directory by
        Path").

        Args:
            fileset_id: The FileSet.
            path: The current path.
            new_path: The new path.

        Raises:
            ConfigError: `path` or `new_path` is not the path of a file.
            Conflict: The new path is already in use.
            NotFound: The FileSet or the path does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/path", fileset_id),
            params={"path": require_file_path(path)},
            json=payload(path=require_file_path(new_path)),
            into=FileSetFile,
        )

    async def reindex(self, fileset_id: str, file_ids: Sequence[str], /) -> int | None:
        """Index files again whose indexing failed.

        `POST /api/files/v1/filesets/{fileset_id}/files/reindex` (Domo's OpenAPI description, "Reindex Files within a
        Document Collection").

        Args:
            fileset_id: The FileSet.
            file_ids: The files.

        Returns:
            The number of files that are indexed again; None if the instance does not report it.

        Raises:
            ConfigError: `file_ids` is empty.
            NotFound: The FileSet does not exist.
        """
        answer = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/files/reindex", fileset_id),
            json=payload(file_ids=require_list(file_ids, "file_ids")),
            into=_Reindexed,
            empty=_Reindexed(),
            idempotent=True,
        )
        return answer.retried_files_count

    async def share(self, fileset_id: str, file_id: str, /, *, expires_at: datetime | None = None) -> ShareLink:
        """Create a link with which anybody can download a file without a login.

        `POST /api/files/v1/filesets/{fileset_id}/files/{file_id}/share` (Domo's OpenAPI description, "Create a
        Shareable File Download Link"). The request is not repeated, unless the instance surely did not process it.

        Args:
            fileset_id: The FileSet.
            file_id: The file.
            expires_at: The time at which the link expires, with a time zone; by default never.

        Returns:
            The link. `ShareLink.download_url` and its token are secrets, since anybody who has one can download the
            file.

        Raises:
            ConfigError: `expires_at` has no time zone.
            NotFound: The FileSet or the file does not exist.
        """
        time = None if expires_at is None else TimestampForm.ISO.format(expires_at)
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/files/{}/share", fileset_id, require_file_id(file_id)),
            json={"expiresAt": time},
            into=ShareLink,
        )

    def share_links(
        self, fileset_id: str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[ShareLink]:
        """Iterate over the download links of the files of a FileSet.

        `GET /api/files/v1/filesets/{fileset_id}/files/share` (Domo's OpenAPI description, "List Shareable File
        Download Links").

        Args:
            fileset_id: The FileSet.
            offset: The number of links to skip.
            limit: The maximum number of links to return, or None for all.
            page_size: The number of links per request.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The FileSet does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/files/v1/filesets/{}/files/share", fileset_id),
            QUERY,
            into=_ShareLinks,
            read=_links,
            page_size=page_size,
            assured=_ASSURED_LINKS,
            offset=offset,
            limit=limit,
        )

    async def unshare(self, fileset_id: str, token: Secret[str] | str, /) -> None:
        """Revoke a link.

        `DELETE /api/files/v1/filesets/{fileset_id}/files/share/{token}` (Domo's OpenAPI description, "Revoke a
        Shareable File Download Link").

        Args:
            fileset_id: The FileSet.
            token: The token of the link.

        Raises:
            NotFound: The FileSet or the link does not exist.
        """
        await self._http.request(
            "DELETE",
            url("/api/files/v1/filesets/{}/files/share/{}", fileset_id, Secret.of(token).get_secret_value()),
        )

    async def begin_upload(self, fileset_id: str, /, *, path: str) -> PartUpload:
        """Start an upload in parts, each of which can be sent again separately; `upload` sends a file as a whole.

        `POST /api/files/v1/filesets/{fileset_id}/files/multipart` (Domo's OpenAPI description, "Initiate a split file
        upload"). Unconfirmed: no independent client is known to use it.

        ```python
        begun = await domo.filesets.files.begin_upload(fileset_id, path="reports/2024.pdf")
        for number, part in enumerate(parts):
            await domo.filesets.files.upload_part(fileset_id, begun.file.id, number, part)
        done = await domo.filesets.files.finish_upload(fileset_id, begun.file.id)
        ```

        Args:
            fileset_id: The FileSet.
            path: The path of the file.

        Raises:
            ConfigError: `path` is not the path of a file.
            Conflict: A file exists at the path.
            NotFound: The FileSet does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/files/multipart", fileset_id),
            json=payload(path=require_file_path(path)),
            into=PartUpload,
        )

    async def upload_part(self, fileset_id: str, file_id: str, number: int, part: bytes, /) -> PartUpload:
        """Upload a part of a file.

        `POST /api/files/v1/filesets/{fileset_id}/files/multipart/{file_id}/part/{number}` (Domo's OpenAPI description,
        "Submit a part of a file for upload").

        Args:
            fileset_id: The FileSet.
            file_id: The file, from `begin_upload`.
            number: The part's number, from 0.
            part: The part's bytes.

        Raises:
            ConfigError: `number` is negative.
            NotFound: The upload does not exist.
        """
        if number < 0:
            raise ConfigError("parts are numbered from 0")
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/files/multipart/{}/part/{}", fileset_id, file_id, number),
            body=Body.multipart({"part": ("part", Body.of(part, "application/octet-stream"))}),
            into=PartUpload,
            # Sending the same part twice has the same effect.
            idempotent=True,
        )

    async def finish_upload(self, fileset_id: str, file_id: str, /) -> PartUpload:
        """Complete an upload in parts; the instance joins the parts.

        `POST /api/files/v1/filesets/{fileset_id}/files/multipart/{file_id}/finalize` (Domo's OpenAPI description,
        "Finalize a split file upload").

        Args:
            fileset_id: The FileSet.
            file_id: The file, from `begin_upload`.

        Returns:
            The file, with its size and hash: compare them with those of the data that you sent.

        Raises:
            Conflict: A file exists at its path by now.
            NotFound: The upload does not exist, or it has no parts.
        """
        return await self._http.request(
            "POST", url("/api/files/v1/filesets/{}/files/multipart/{}/finalize", fileset_id, file_id), into=PartUpload
        )

    async def abort_upload(self, fileset_id: str, file_id: str, /) -> PartUpload:
        """Abort an upload in parts; the parts that were sent are discarded.

        `POST /api/files/v1/filesets/{fileset_id}/files/multipart/{file_id}/abort` (Domo's OpenAPI description, "Abort a
        split file upload").

        Args:
            fileset_id: The FileSet.
            file_id: The file, from `begin_upload`.

        Raises:
            NotFound: The upload does not exist.
        """
        return await self._http.request(
            "POST", url("/api/files/v1/filesets/{}/files/multipart/{}/abort", fileset_id, file_id), into=PartUpload
        )

    async def upload(
        self,
        fileset_id: str,
        /,
        content: Content,
        *,
        name: str | None = None,
        directory_path: str = "",
        content_type: str | None = None,
        progress: ProgressOption = None,
    ) -> FileSetFile:
        """Upload a file to a FileSet.

        `POST /api/files/v1/filesets/{fileset_id}/files` (FileSets API, "Upload File"). Newer documents say that a file
        at the same path is overwritten.

        Args:
            fileset_id: The FileSet.
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            name: The name in the FileSet; by default the name in the path.
            directory_path: The directory to upload to; by default the top-level directory.
            content_type: The media type; by default guessed from the suffix of the path or the name.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The stored file, as the instance reports it.

        Raises:
            ConfigError: `content` is bytes and `name` is not given, or a form cannot carry the name.
            ContentMismatch: The instance reports that it stored other content, or stored it under another name.
            SourceError: The file does not exist, cannot be read, or was changed during the upload.
            NotFound: The FileSet does not exist.
        """
        file_name = content_name(content, name)
        clock = self._http.settings.clock
        with reported_body(
            content, content_type, name=file_name, progress=progress, clock=clock, hashed=True
        ) as outgoing:
            return await create(self._http, fileset_id, file_name, directory_path, outgoing)

    async def upload_many(
        self,
        fileset_id: str,
        /,
        contents: Contents,
        *,
        directory_path: str = "",
        concurrency: int = FILES_AT_ONCE,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[str, FileSetFile]:
        """Upload several files to a directory of a FileSet at once. A file that fails does not stop the others.

        `POST /api/files/v1/filesets/{fileset_id}/files` (FileSets API, "Upload File") for each. For a whole folder see
        `FileSets.push_folder`.

        Args:
            fileset_id: The FileSet.
            contents: The paths of the files, or a mapping from the name in the FileSet to the content (bytes or path).
            directory_path: The directory to upload to; by default the top-level directory.
            concurrency: The number of files at once.
            stop_on_error: Whether to start no further file after one has failed; files in progress are completed.
            progress: Called with a `Progress` about ten times a second, which counts completed files as parts; True
                draws a bar (needs ``rich``).

        Returns:
            The result for each file, by its given path or its name; see `ItemResults.failed`.

        Raises:
            ConfigError: `contents` is empty, a file is given twice, or two files have the same name.
        """

        async def send(name: str, content: Content, reporter: Reporter) -> FileSetFile:
            with content_body(content, name=name, reporter=reporter, hashed=True) as outgoing:
                return await create(self._http, fileset_id, name, directory_path, outgoing)

        return await upload_many(
            contents,
            send,
            clock=self._http.settings.clock,
            concurrency=concurrency,
            stop_on_error=stop_on_error,
            progress=progress,
            unique=True,
        )

    @overload
    async def download(
        self,
        fileset_id: str,
        file_id: str,
        /,
        target: None = None,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes: ...
    @overload
    async def download(
        self,
        fileset_id: str,
        file_id: str,
        /,
        target: Target,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> DownloadResult: ...
    @overload
    async def download(
        self,
        fileset_id: str,
        file_id: str,
        /,
        target: Target | None,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult: ...
    async def download(
        self,
        fileset_id: str,
        file_id: str,
        /,
        target: Target | None = None,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult:
        """Return a file's content, or stream it to disk; the file is complete or is not written at all.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` (FileSets API, "Download File by Id").
        Its expected size and hash are read first with `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}`. Newer
        documents say that the download redirects to the content; the token stays with the instance. A download that
        breaks off is resumed if the instance serves parts and the file is still the same, and restarted otherwise.

        Args:
            fileset_id: The FileSet.
            file_id: The file.
            target: The path of the file to write, which appears under its name only when it is complete; or a binary
                file object, which is written to as the answer arrives, as are devices and pipes. Links are followed,
                and an existing file keeps its mode, owner and links. Without a target the content is returned.
            verify: Whether to compare the length and the hash with those that the instance reports, which takes one
                more request.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The content; with a target, the number of bytes written, their SHA-256 and the seconds it took.

        Raises:
            ConfigError: The target cannot be written to.
            NotFound: The FileSet or the file does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt; no file was written.
            ContentMismatch: The content did not match the length or the hash that the instance reports, on every
                attempt; no file was written.
        """
        return await download(
            partial(content_of, self._http, fileset_id, file_id),
            target,
            self._http.settings,
            look=partial(describe, self._http, fileset_id, file_id) if verify else None,
            progress=progress,
        )

    async def download_range(self, fileset_id: str, file_id: str, /, *, start: int, stop: int) -> ContentRange:
        """Return a range of a file's content, such as the footer of a Parquet file.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` (FileSets API, "Download File by Id") with
        the header ``Range``. No document says which instances serve ranges: if the instance sends the whole content, it
        is read up to the end of the range, and only the range is kept.

        Args:
            fileset_id: The FileSet.
            file_id: The file.
            start: The offset of the first byte.
            stop: The offset after the last byte; a content that ends before is not an error.

        Raises:
            ConfigError: The range is empty or negative.
            NotFound: The FileSet or the file does not exist.
            IncompleteAnswer: The answer broke off on every attempt.
        """
        return await read_range(partial(content_of, self._http, fileset_id, file_id), start, stop, self._http.settings)

    @overload
    async def download_by_path(
        self, fileset_id: str, /, target: None = None, *, path: str, progress: ProgressOption = None
    ) -> bytes: ...
    @overload
    async def download_by_path(
        self, fileset_id: str, /, target: Target, *, path: str, progress: ProgressOption = None
    ) -> DownloadResult: ...
    @overload
    async def download_by_path(
        self, fileset_id: str, /, target: Target | None, *, path: str, progress: ProgressOption = None
    ) -> bytes | DownloadResult: ...
    async def download_by_path(
        self, fileset_id: str, /, target: Target | None = None, *, path: str, progress: ProgressOption = None
    ) -> bytes | DownloadResult:
        """Return the content of the file at a path, or stream it to disk; a directory comes as a ZIP of its files.

        `GET /api/files/v1/filesets/{fileset_id}/path/download` (Domo's OpenAPI description, "Download a File by Path").
        The content is not compared with the length and hash that the instance reports; `download` does that.

        Args:
            fileset_id: The FileSet.
            target: The path of the file to write, or a binary file object; see `download`.
            path: The path, such as ``reports/2024.pdf``; ``/`` stands for the whole FileSet.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The content; with a target, the number of bytes written, their SHA-256 and the seconds it took.

        Raises:
            ConfigError: The target cannot be written to.
            NotFound: The FileSet or the path does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt; no file was written.
        """
        route = url("/api/files/v1/filesets/{}/path/download", fileset_id)
        return await download(
            partial(_content, self._http, route, {"path": path}),
            target,
            self._http.settings,
            look=None,
            progress=progress,
        )

    @overload
    async def download_zip(
        self,
        fileset_id: str,
        /,
        target: None = None,
        *,
        file_ids: Sequence[str] = (),
        paths: Sequence[str] = (),
        progress: ProgressOption = None,
    ) -> bytes: ...
    @overload
    async def download_zip(
        self,
        fileset_id: str,
        /,
        target: Target,
        *,
        file_ids: Sequence[str] = (),
        paths: Sequence[str] = (),
        progress: ProgressOption = None,
    ) -> DownloadResult: ...
    @overload
    async def download_zip(
        self,
        fileset_id: str,
        /,
        target: Target | None,
        *,
        file_ids: Sequence[str] = (),
        paths: Sequence[str] = (),
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult: ...
    async def download_zip(
        self,
        fileset_id: str,
        /,
        target: Target | None = None,
        *,
        file_ids: Sequence[str] = (),
        paths: Sequence[str] = (),
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult:
        """Return several files and directories as a ZIP, or stream it to disk, complete or not at all.

        `GET /api/files/v1/filesets/{fileset_id}/files/download` (Domo's OpenAPI description, "Download Files by ID or
        path"), which returns at most 1,000 files.

        Args:
            fileset_id: The FileSet.
            target: The path of the file to write, or a binary file object; see `download`.
            file_ids: The files and directories.
            paths: The paths of further files and directories; ``/`` stands for the whole FileSet. They are sent
                separated by commas, so a path must not contain a comma.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The ZIP; with a target, the number of bytes written, their SHA-256 and the seconds it took.

        Raises:
            ConfigError: No files are given, a path contains a comma, or the target cannot be written to.
            NotFound: The FileSet or the file does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt; no file was written.
        """
        named = [*file_ids, *paths]
        for each in require_list(named, "file_ids and paths"):
            if "," in each:
                raise ConfigError(f"{each!r} contains a comma; use download_by_path for it")
        route = url("/api/files/v1/filesets/{}/files/download", fileset_id)
        return await download(
            partial(_content, self._http, route, {"fileIds": list(file_ids) or None, "paths": list(paths) or None}),
            target,
            self._http.settings,
            look=None,
            progress=progress,
        )

    async def download_many(
        self,
        fileset_id: str,
        /,
        targets: Targets,
        *,
        verify: bool = True,
        concurrency: int = FILES_AT_ONCE,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[int | str, DownloadResult]:
        """Stream several files to disk at once, each complete or not at all; one failure does not stop the others.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` (FileSets API, "Download File by Id") for
        each, and before it `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}`; see `download`. For a whole
        folder see `FileSets.pull_folder`.

        Args:
            fileset_id: The FileSet.
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

        async def fetch(item: int | str, path: Path, reporter: Reporter) -> DownloadResult:
            file_id = str(item)
            look = partial(describe, self._http, fileset_id, file_id) if verify else None
            fetch = partial(content_of, self._http, fileset_id, file_id)
            return await fetch_to(path, fetch, look, reporter, self._http.settings)

        return await download_many(
            targets,
            fetch,
            clock=self._http.settings.clock,
            concurrency=concurrency,
            stop_on_error=stop_on_error,
            progress=progress,
        )

    async def delete(self, fileset_id: str, file_id: str, /) -> Deletion:
        """Delete a file, or a directory with its contents.

        `DELETE /api/files/v1/filesets/{fileset_id}/files/{file_id}` (FileSets API, "Delete File by Id").

        Args:
            fileset_id: The FileSet.
            file_id: The file.

        Returns:
            The instance's message; newer instances return none.

        Raises:
            NotFound: The FileSet or the file does not exist.
        """
        return await self._http.request("DELETE", path_of(fileset_id, file_id), into=Deletion, empty=Deletion())

    async def delete_by_path(self, fileset_id: str, /, *, path: str) -> Deletion:
        """Delete the file at a path, or a directory with its contents.

        `DELETE /api/files/v1/filesets/{fileset_id}/path` (FileSets API, "Delete Files by Path").

        Args:
            fileset_id: The FileSet.
            path: The path, such as ``reports/2024.pdf``.

        Returns:
            The instance's message; newer instances return none.

        Raises:
            ConfigError: `path` is not the path of a file, and might select all of them.
            NotFound: The FileSet or the file does not exist.
        """
        route = url("/api/files/v1/filesets/{}/path", fileset_id)
        return await self._http.request(
            "DELETE", route, params={"path": require_file_path(path)}, into=Deletion, empty=Deletion()
        )


_ASSURED_LINKS = 100


def _content(
    http: Transport, route: Url, params: Mapping[str, QueryValue], headers: Mapping[str, str]
) -> AbstractAsyncContextManager[Download]:
    """Request a content from a route that selects it by query parameters."""
    return http.download("GET", route, params=params, headers=headers)


def _links(answer: _ShareLinks) -> PageData[ShareLink]:
    page = answer.page_context
    return PageData(answer.share_links, total=None if page is None else page.all_items)


def _page(answer: _FileList) -> tuple[PageData[FileSetFile], str | None]:
    page = answer.page_context
    return PageData(answer.files, total=None if page is None else page.all_items), None if page is None else page.next
