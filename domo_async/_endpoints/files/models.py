"""What instances tell of files."""

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
    """What to give of a file beyond the usual."""

    REVISIONS = "revisions"
    METADATA = "metadata"


class FileEntity(OpenEnum):
    """Who can be allowed something. Domo's documentation speaks of groups, but its sample shows users alone."""

    USER = "USER"
    GROUP = "GROUP"


class FileRights(OpenEnum):
    """What somebody may do with a file. Domo's documentation shows these two; there are surely more."""

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


class ScanState(OpenEnum):
    """What the scan of a content for viruses says."""

    PENDING = "PENDING"
    SAFE = "SAFE"
    QUARANTINED = "QUARANTINED"
    MISSING = "MISSING"


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
        scan_state: What the scan for viruses says.
        sha256_hash_value: Its SHA-256, in upper-case hexadecimal digits.
        description: What it is.
        metadata: What else is known of it, if that was asked for, such as ``fileName`` and ``imageWidth``, as JSON.
        parts: What it is made of; neither this nor what follows is on the page.
        bucket: Where the instance keeps it.
        location_key: Where it is in there.
        datetime_deleted: When it was deleted.
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
    """What is known of a file. Domo's documentation does not show what ``metadata`` adds; it is found in `extras`.

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
        pass_: What may be passed on to others; Domo's documentation shows ``NONE`` and does not explain it.
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
