"""Files, their revisions and permissions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import overload

from attrs import field, frozen

from domo_async.endpoints._area import Area, several
from domo_async.errors import ConfigError
from domo_async.transfer import Content, ExportResult, ExportTarget, content_body, content_name, download
from domo_async.transport import Pager, url
from domo_async.wire import EpochMillis, Model, NumericId, OpenEnum, payload

__all__ = [
    "CreatedFile",
    "CreatedRevision",
    "File",
    "FileEntity",
    "FileParts",
    "FilePermission",
    "FilePermissions",
    "FileRevision",
    "FileRights",
    "Files",
]


class FileParts(OpenEnum):
    """What to give of a file beyond the usual."""

    REVISIONS = "revisions"
    METADATA = "metadata"


class FileEntity(OpenEnum):
    """Who can be allowed something. The page speaks of groups, but its sample shows users alone."""

    USER = "USER"
    GROUP = "GROUP"


class FileRights(OpenEnum):
    """What somebody may do with a file. The page shows these two; there are surely more."""

    READ_WRITE_DELETE_SHARE_ADMIN = "READ_WRITE_DELETE_SHARE_ADMIN"
    NONE = "NONE"


@frozen(kw_only=True)
class CreatedFile(Model):
    """A file just made.

    Attributes:
        data_file_id: Its number.
    """

    data_file_id: NumericId


@frozen(kw_only=True)
class CreatedRevision(Model):
    """A revision just made, which is now the file's current one.

    Attributes:
        revision_id: Its number.
    """

    revision_id: NumericId


@frozen(kw_only=True)
class FileRevision(Model):
    """One state of a file's content.

    Attributes:
        data_file_revision_id: Its number.
        data_file_id: The file.
        content_type: The media type.
        upload_user_id: Who uploaded it.
        size_bytes: How long it is.
        upload_time_millis: How many milliseconds the upload took.
        md5_hash: Its MD5, in upper-case hexadecimal digits.
        datetime_uploaded: When it was uploaded.
        scan_state: What the scan for viruses says, such as ``SAFE``.
        sha256_hash_value: Its SHA-256, in upper-case hexadecimal digits.
    """

    data_file_revision_id: NumericId
    data_file_id: NumericId | None = None
    content_type: str | None = None
    upload_user_id: NumericId | None = None
    size_bytes: int | None = None
    upload_time_millis: int | None = None
    md5_hash: str | None = None
    datetime_uploaded: EpochMillis | None = None
    scan_state: str | None = None
    sha256_hash_value: str | None = None


@frozen(kw_only=True)
class File(Model):
    """What is known of a file. The page does not show what ``metadata`` adds; it is found in `extras`.

    Attributes:
        data_file_id: Its number.
        name: Its name.
        responsible_user_id: Who owns it.
        current_revision: Its newest content, where the route tells.
        datetime_created: When it was made.
        revisions: Its contents, if they were asked for.
        existing: Not explained by the page.
    """

    data_file_id: NumericId
    name: str | None = None
    responsible_user_id: NumericId | None = None
    current_revision: FileRevision | None = None
    datetime_created: EpochMillis | None = None
    revisions: tuple[FileRevision, ...] = ()
    existing: bool | None = None


@frozen
class FilePermission(Model):
    """What somebody may do with a file: ``FilePermission("USER", 27, "READ_WRITE_DELETE_SHARE_ADMIN")``.

    Attributes:
        entity_type: What kind of somebody.
        entity_id: The user, or the group.
        grant: What is allowed.
        pass_: What may be passed on to others; the page shows ``NONE`` and does not explain it.
    """

    entity_type: FileEntity = field(converter=FileEntity)
    entity_id: NumericId | str
    grant: FileRights = field(converter=FileRights)
    pass_: FileRights = field(default=FileRights.NONE, converter=FileRights)


@frozen(kw_only=True)
class FilePermissions(Model):
    """Who may do what with a file.

    Attributes:
        public_access: Whether everyone in the instance has access.
        entries: What single users and groups may do.
    """

    public_access: bool | None = None
    entries: tuple[FilePermission, ...] = ()


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

        Raises:
            ConfigError: Bytes are given without a name.
            SourceError: The file is not there, cannot be read, or was written to meanwhile.
        """
        file_name = content_name(content, name)
        with content_body(content, content_type, name=file_name) as body:
            return await self._http.request(
                "POST",
                url("/api/data/v1/data-files"),
                params={"name": file_name, "description": description, "public": public},
                body=body,
                into=CreatedFile,
            )

    async def upload_revision(
        self, file_id: int | str, /, content: Content, *, content_type: str | None = None
    ) -> CreatedRevision:
        """Upload a file's new content; its former content stays as a revision.

        `PUT /api/data/v1/data-files/{file_id}` (Files API, "Upload a File Revision"). Is not sent twice, unless the
        instance surely did not take it: each time makes a revision.

        Args:
            file_id: The file.
            content: Bytes, or the path of a file, which is read from disk as it is sent.
            content_type: The media type; by default what the path's suffix says, and ``application/octet-stream`` for
                bytes.

        Raises:
            SourceError: The file is not there, cannot be read, or was written to meanwhile.
            NotFound: There is no such file in Domo.
        """
        with content_body(content, content_type) as body:
            return await self._http.request(
                "PUT", url("/api/data/v1/data-files/{}", file_id), body=body, into=CreatedRevision, idempotent=False
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
        only = None if data_file_ids is None else several(data_file_ids, "data_file_ids")
        return self._http.whole_list(
            "GET",
            url("/api/data/v1/data-files/details"),
            params={"userId": user_id, "expand": _listed(expand), "dataFileIds": only},
            into=tuple[File, ...],
            read=tuple,
        )

    async def get(self, file_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None) -> File:
        """Return what is known of a file.

        `GET /api/data/v1/data-files/{file_id}/details` (Files API, "Get File Metadata by ID").

        Args:
            file_id: The file.
            expand: What else to give: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: There is no such file.
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
            NotFound: There is no such file or revision.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/data-files/{}/revisions/{}/details", file_id, revision_id),
            params={"expand": _listed(expand)},
            into=FileRevision,
        )

    async def list_revisions(
        self, file_id: int | str, /, *, expand: Sequence[FileParts | str] | None = None
    ) -> tuple[FileRevision, ...]:
        """Return all revisions of a file.

        `GET /api/data/v1/data-files/{file_id}/revisions/details` (Files API, "Get All File Revisions by ID").

        Args:
            file_id: The file.
            expand: What else to give: ``revisions``, ``metadata`` or both.

        Raises:
            NotFound: There is no such file.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/data-files/{}/revisions/details", file_id),
            params={"expand": _listed(expand)},
            into=tuple[FileRevision, ...],
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
    ) -> bytes: ...
    @overload
    async def download(
        self,
        file_id: int | str,
        /,
        target: ExportTarget,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
    ) -> ExportResult: ...
    @overload
    async def download(
        self,
        file_id: int | str,
        /,
        target: ExportTarget | None,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
    ) -> bytes | ExportResult: ...
    async def download(
        self,
        file_id: int | str,
        /,
        target: ExportTarget | None = None,
        *,
        revision_id: int | str | None = None,
        file_name: str | None = None,
    ) -> bytes | ExportResult:
        """Return a file's content, or stream it to disk: whole, or not at all.

        `GET /api/data/v1/data-files/{file_id}` (Files API, "Download a File"), or
        `GET /api/data/v1/data-files/{file_id}/revision/{revision_id}` for a revision.

        Args:
            file_id: The file.
            target: The path of the file to write, which appears under its name only when it is whole; or a binary file
                object, which is written to as the answer comes. Without one the content is returned.
            revision_id: The revision; the current one by default.
            file_name: The name that the instance is to give the file in its answer's headers.

        Returns:
            The content; with a target, how many bytes were written and the seconds that it took.

        Raises:
            ConfigError: The target cannot be written to, or the file's id is a route's name.
            NotFound: There is no such file or revision.
            IncompleteAnswer: The answer broke off, each time that it was asked for; no file was left.
        """
        if file_id == "details":
            raise ConfigError("'details' is the list of all files and no file's id; see list()")
        path = (
            url("/api/data/v1/data-files/{}", file_id)
            if revision_id is None
            else url("/api/data/v1/data-files/{}/revision/{}", file_id, revision_id)
        )
        fetch = partial(self._http.download, "GET", path, params={"fileName": file_name})
        return await download(fetch, target, self._http.settings)

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
            NotFound: There is no such file.
        """
        return await self._http.request("POST", url("/api/data/v1/data-files/{}/duplicate", file_id), into=File)

    async def delete(self, file_id: int | str, /) -> None:
        """Delete a file with all its revisions, for good.

        `DELETE /api/data/v1/data-files/{file_id}` (Files API, "Delete a File"); the page shows no answer.

        Args:
            file_id: The file.

        Raises:
            NotFound: There is no such file.
        """
        await self._http.request("DELETE", url("/api/data/v1/data-files/{}", file_id))

    async def delete_revision(self, file_id: int | str, revision_id: int | str, /) -> None:
        """Delete a revision of a file.

        `DELETE /api/data/v1/data-files/{file_id}/revisions/{revision_id}` (Files API, "Delete a File Revision"); the
        page shows no answer.

        Args:
            file_id: The file.
            revision_id: The revision.

        Raises:
            NotFound: There is no such file or revision.
        """
        await self._http.request("DELETE", url("/api/data/v1/data-files/{}/revisions/{}", file_id, revision_id))

    async def get_permissions(self, file_id: int | str, /) -> FilePermissions:
        """Return who may do what with a file.

        `GET /api/data/v1/data-files/{file_id}/permissions` (Files API, "Get File Permissions"; its heading names
        another path, its code this one).

        Args:
            file_id: The file.

        Raises:
            NotFound: There is no such file.
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
            NotFound: There is no such file.
        """
        # The page shows identifiers as text.
        said = [
            payload(
                entry.extras,
                entity_type=entry.entity_type,
                entity_id=str(entry.entity_id),
                grant=entry.grant,
                pass_=entry.pass_,
            )
            for entry in several(entries, "entries", may_be_empty=True)
        ]
        await self._http.request(
            "PUT",
            url("/api/data/v1/data-files/{}/permissions", file_id),
            json=payload(public_access=public_access, entries=said),
        )


def _listed(expand: Sequence[FileParts | str] | None) -> Sequence[str] | None:
    """Return what goes into the query for `expand`: nothing for an empty list."""
    return several(expand, "expand", may_be_empty=True) or None if expand is not None else None
