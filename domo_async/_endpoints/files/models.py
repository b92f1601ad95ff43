"""The answers of the files routes."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum

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
    "ScanState",
]


class FileParts(OpenEnum):
    """Additional details of a file that can be requested."""

    REVISIONS = "revisions"
    METADATA = "metadata"


class FileEntity(OpenEnum):
    """The type of a grantee. Domo's documentation speaks of groups, but its sample shows only users."""

    USER = "USER"
    GROUP = "GROUP"


class FileRights(OpenEnum):
    """The access to a file. Domo's documentation shows these two; there are surely more."""

    READ_WRITE_DELETE_SHARE_ADMIN = "READ_WRITE_DELETE_SHARE_ADMIN"
    NONE = "NONE"


@frozen(kw_only=True)
class CreatedFile(Model):
    """A file that was just created.

    Attributes:
        data_file_id: The file's number.
    """

    data_file_id: NumericId


@frozen(kw_only=True)
class CreatedRevision(Model):
    """A revision that was just created and is now the file's current one.

    Attributes:
        revision_id: The revision's number.
    """

    revision_id: NumericId


class ScanState(OpenEnum):
    """The result of the virus scan of a content."""

    PENDING = "PENDING"
    SAFE = "SAFE"
    QUARANTINED = "QUARANTINED"
    MISSING = "MISSING"


@frozen(kw_only=True)
class FileRevision(Model):
    """One revision of a file's content.

    Attributes:
        data_file_revision_id: The revision's number.
        data_file_id: The file.
        content_type: The media type.
        upload_user_id: The user who uploaded it.
        size_bytes: The size in bytes.
        upload_time_millis: The duration of the upload in milliseconds.
        md5_hash: The MD5, in upper-case hexadecimal digits.
        datetime_uploaded: The time of the upload.
        scan_state: The result of the virus scan.
        sha256_hash_value: The SHA-256, in upper-case hexadecimal digits.
        description: The description.
        metadata: Further metadata, if requested, such as ``fileName`` and ``imageWidth``, as JSON.
        parts: The parts of the content. Neither this nor the fields below are in Domo's documentation.
        bucket: The bucket in which the instance stores it.
        location_key: The key within the bucket.
        datetime_deleted: The time of the deletion.
    """

    data_file_revision_id: NumericId
    data_file_id: NumericId | None = None
    content_type: str | None = None
    upload_user_id: NumericId | None = None
    size_bytes: int | None = None
    upload_time_millis: int | None = None
    md5_hash: str | None = None
    datetime_uploaded: EpochMillis | None = None
    scan_state: ScanState | None = None
    sha256_hash_value: str | None = None
    description: str | None = None
    metadata: Mapping[str, object] | None = None
    parts: str | None = None
    bucket: str | None = None
    location_key: str | None = None
    datetime_deleted: EpochMillis | None = None


@frozen(kw_only=True)
class File(Model):
    """The details of a file. Domo's documentation does not show the fields of ``metadata``; they are in `extras`.

    Attributes:
        data_file_id: The file's number.
        name: The file's name.
        responsible_user_id: The owner.
        current_revision: The current revision, if the route returns it.
        datetime_created: The time of creation.
        revisions: The revisions, if requested.
        existing: Not explained by Domo's documentation.
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
    """The access of a user or a group to a file: ``FilePermission("USER", 27, "READ_WRITE_DELETE_SHARE_ADMIN")``.

    Attributes:
        entity_type: The type of the grantee.
        entity_id: The identifier of the user or the group.
        grant: The access.
        pass_: The access that the grantee may give to others; Domo's documentation shows ``NONE`` and does not explain
            it.
    """

    entity_type: FileEntity = field(converter=FileEntity)
    entity_id: NumericId | str
    grant: FileRights = field(converter=FileRights)
    pass_: FileRights = field(default=FileRights.NONE, converter=FileRights)


@frozen(kw_only=True)
class FilePermissions(Model):
    """The permissions of a file.

    Attributes:
        public_access: Whether everyone in the instance has access.
        entries: The permissions of users and groups.
    """

    public_access: bool | None = None
    entries: tuple[FilePermission, ...] = ()
