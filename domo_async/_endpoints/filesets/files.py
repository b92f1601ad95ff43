"""The files of FileSets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import overload

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints.filesets._guards import below_the_root
from domo_async._endpoints.filesets._requests import content_of, create, describe, path_of
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter, FileSort, search_body
from domo_async._endpoints.filesets.models import Deletion, FileMatch, FileSetFile, PageContext
from domo_async._transfer import (
    Content,
    Contents,
    DownloadResult,
    DownloadTarget,
    ItemResults,
    ProgressOption,
    Reporter,
    Targets,
    content_body,
    content_name,
    download,
    download_many,
    fetch_to,
    reported_body,
    upload_many,
)
from domo_async._transport import PageData, Pager, url
from domo_async._wire import UNSET, Model, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["FileSetFiles"]


@frozen(kw_only=True)
class _FileList(Model):
    files: tuple[FileSetFile, ...]
    page_context: PageContext | None = None


@frozen(kw_only=True)
class _FileMatches(Model):
    matches: tuple[FileMatch, ...]


class FileSetFiles(Area):
    """The files of FileSets."""

    async def get(self, fileset_id: str, file_id: str, /) -> FileSetFile:
        """Return what is known of a file or directory.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}` (FileSets API, "Get File by Id").

        Args:
            fileset_id: The FileSet.
            file_id: The file.

        Raises:
            NotFound: There is no such FileSet or file.
        """
        return await self._http.request("GET", path_of(fileset_id, file_id), into=FileSetFile)

    async def get_by_path(self, fileset_id: str, /, *, path: str) -> FileSetFile:
        """Return what is known of the file or directory at a path.

        `GET /api/files/v1/filesets/{fileset_id}/path` (FileSets API, "Get File by Path").

        Args:
            fileset_id: The FileSet.
            path: Where it lies, such as ``reports/2024.pdf``.

        Raises:
            ConfigError: The path names no file.
            NotFound: There is no such FileSet or file.
        """
        return await self._http.request(
            "GET",
            url("/api/files/v1/filesets/{}/path", fileset_id),
            params={"path": below_the_root(path)},
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
        field_sort: Sequence[FileSort] = (),
        page_size: int = 100,
    ) -> Pager[FileSetFile]:
        """Iterate over the files and directories of a FileSet; over all of them without filters.

        `POST /api/files/v1/filesets/{fileset_id}/files/search` (FileSets API, "Search Files in FileSet"). Each page
        tells how to ask for the next.

        Args:
            fileset_id: The FileSet.
            directory_path: Only what lies in this directory.
            immediate_children: Whether to leave out what lies in directories further down.
            filters: What fields have to be.
            date_filters: When something has to have happened.
            field_sort: What to sort by.
            page_size: Files to ask for at a time.

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
            json=search_body(filters, date_filters, field_sort),
        )

    async def query(
        self,
        fileset_id: str,
        /,
        *,
        query: str,
        directory_path: str | Unset = UNSET,
        top_k: int | Unset = UNSET,
    ) -> tuple[FileMatch, ...]:
        """Return what fits a question best among a FileSet's files.

        `POST /api/files/v1/filesets/{fileset_id}/query` (FileSets API, "Query Files").

        Args:
            fileset_id: The FileSet.
            query: What to look for, in plain words.
            directory_path: Only what lies in this directory. Newer documents call it ``pathPrefixFilter``.
            top_k: The most matches to give.

        Raises:
            NotFound: There is no such FileSet.
        """
        # A query changes nothing, so it may be sent again although it is a POST.
        found = await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}/query", fileset_id),
            json=payload(query=query, directory_path=directory_path, top_k=top_k),
            into=_FileMatches,
            idempotent=True,
        )
        return found.matches

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
        """Upload a file into a FileSet.

        `POST /api/files/v1/filesets/{fileset_id}/files` (FileSets API, "Upload File"). Newer documents say that a file
        of the same path is overwritten.

        Args:
            fileset_id: The FileSet.
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            name: The name in the FileSet; by default the path's own.
            directory_path: The directory to put it into; by default the topmost.
            content_type: The media type; by default what the path's suffix or the name's says.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The file, as the instance says that it stored it.

        Raises:
            ConfigError: Bytes are given without a name, or a form cannot carry the name.
            ContentMismatch: The instance says that it stored something else, or under another name.
            SourceError: The file is not there, cannot be read, or was written to meanwhile.
            NotFound: There is no such FileSet.
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
        concurrency: int = 4,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[str, FileSetFile]:
        """Upload several files into a directory of a FileSet at once. One that fails does not stop the others.

        `POST /api/files/v1/filesets/{fileset_id}/files` (FileSets API, "Upload File") for each. For a whole folder see
        `FileSets.push_folder`.

        Args:
            fileset_id: The FileSet.
            contents: The paths of the files, or their contents (bytes or paths) by the names they are to have.
            directory_path: The directory to put them into; by default the topmost.
            concurrency: How many are under way at a time.
            stop_on_error: Whether none is begun any more once one has failed; those under way still end.
            progress: Called with a `Progress` some ten times a second, which counts the files that ended as parts; True
                draws a bar (needs ``rich``).

        Returns:
            What became of each, by its path as given or its name; see `Outcomes.failed`.

        Raises:
            ConfigError: There are none, one is given twice, or two have one name.
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
        target: DownloadTarget,
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
        target: DownloadTarget | None,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult: ...
    async def download(
        self,
        fileset_id: str,
        file_id: str,
        /,
        target: DownloadTarget | None = None,
        *,
        verify: bool = True,
        progress: ProgressOption = None,
    ) -> bytes | DownloadResult:
        """Return a file's content, or stream it to disk: whole, or not at all.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` (FileSets API, "Download File by Id").
        What it has to be is asked before by `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}`. Newer
        documents say that the download redirects to where the content is; the token stays with the instance. A
        download that breaks off goes on where it did, if parts are given and the file is still the same, and else
        begins anew.

        Args:
            fileset_id: The FileSet.
            file_id: The file.
            target: The path of the file to write, which appears under its name only when it is whole; or a binary file
                object, which is written to as the answer comes, as are devices and pipes. Links are followed, and a
                file that is there keeps its mode, owner and links. Without a target the content is returned.
            verify: Whether to compare the length and the hash with what the instance tells of the file, which takes a
                request more.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The content; with a target, how many bytes were written, their SHA-256, and the seconds that it took.

        Raises:
            ConfigError: The target cannot be written to.
            NotFound: There is no such FileSet or file.
            TargetError: The file could not be written, such as where the disk is full.
            IncompleteAnswer: The answer broke off, each time that it was asked for; no file was left.
            ContentMismatch: What came is not what the instance tells of the file, each time that it was asked for; no
                file was left.
        """
        return await download(
            partial(content_of, self._http, fileset_id, file_id),
            target,
            self._http.settings,
            look=partial(describe, self._http, fileset_id, file_id) if verify else None,
            progress=progress,
        )

    async def download_many(
        self,
        fileset_id: str,
        /,
        targets: Targets,
        *,
        verify: bool = True,
        concurrency: int = 4,
        stop_on_error: bool = False,
        progress: ProgressOption = None,
    ) -> ItemResults[int | str, DownloadResult]:
        """Stream several files to disk at once: each whole, or not at all. One that fails does not stop the others.

        `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download` (FileSets API, "Download File by Id") for
        each, and before it `GET /api/files/v1/filesets/{fileset_id}/files/{file_id}`; see `download`. For a whole
        folder see `FileSets.pull_folder`.

        Args:
            fileset_id: The FileSet.
            targets: The path to write for each file's id.
            verify: Whether to compare lengths and hashes with what the instance tells of the files.
            concurrency: How many are under way at a time.
            stop_on_error: Whether none is begun any more once one has failed; those under way still end.
            progress: Called with a `Progress` some ten times a second, which counts the files that ended as parts; True
                draws a bar (needs ``rich``).

        Returns:
            What became of each, by its id; see `Outcomes.failed`.

        Raises:
            ConfigError: There are none, or two have the same path.
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
        """Delete a file; a directory with all that lies in it.

        `DELETE /api/files/v1/filesets/{fileset_id}/files/{file_id}` (FileSets API, "Delete File by Id").

        Args:
            fileset_id: The FileSet.
            file_id: The file.

        Returns:
            What the instance says about it; newer ones say nothing.

        Raises:
            NotFound: There is no such FileSet or file.
        """
        return await self._http.request("DELETE", path_of(fileset_id, file_id), into=Deletion, empty=Deletion())

    async def delete_by_path(self, fileset_id: str, /, *, path: str) -> Deletion:
        """Delete the file at a path; a directory with all that lies in it.

        `DELETE /api/files/v1/filesets/{fileset_id}/path` (FileSets API, "Delete Files by Path").

        Args:
            fileset_id: The FileSet.
            path: Where it lies, such as ``reports/2024.pdf``.

        Returns:
            What the instance says about it; newer ones say nothing.

        Raises:
            ConfigError: The path names no file, and might stand for all of them.
            NotFound: There is no such FileSet or file.
        """
        route = url("/api/files/v1/filesets/{}/path", fileset_id)
        return await self._http.request(
            "DELETE", route, params={"path": below_the_root(path)}, into=Deletion, empty=Deletion()
        )


def _page(answer: _FileList) -> tuple[PageData[FileSetFile], str | None]:
    page = answer.page_context
    return PageData(answer.files, total=None if page is None else page.all_items), None if page is None else page.next
