"""What instances tell of FileSets and of their files."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from domo_async._redaction import Secret
from domo_async._wire import IsoStamp, Model, NumericId, OpenEnum

__all__ = [
    "ConnectorContext",
    "Deletion",
    "DeletionStatus",
    "FileMatch",
    "FileSet",
    "FileSetAccess",
    "FileSetEntity",
    "FileSetFile",
    "FileSetPermission",
    "FileSetStats",
    "PageContext",
    "PartUpload",
    "PartUploadStatus",
    "ShareLink",
]


class FileSetPermission(OpenEnum):
    """What somebody may do with a FileSet."""

    OWNER = "OWNER"
    EDIT = "EDIT"
    READ = "READ"
    NONE = "NONE"


class FileSetEntity(OpenEnum):
    """Who can be given access to a FileSet."""

    USER = "USER"
    GROUP = "GROUP"


@frozen
class FileSetAccess(Model):
    """What somebody may do with a FileSet: ``FileSetAccess("USER", 27, "EDIT")``.

    Attributes:
        entity_type: What kind of somebody.
        entity_id: The user, or the group.
        permission: What is allowed; ``NONE`` takes all away.
    """

    entity_type: FileSetEntity = field(converter=FileSetEntity)
    entity_id: NumericId
    permission: FileSetPermission = field(converter=FileSetPermission)


class DeletionStatus(OpenEnum):
    """How a deletion went."""

    SUCCESS = "success"


@frozen(kw_only=True)
class Deletion(Model):
    """What the instance says about a deletion; newer ones say nothing, but with a good status.

    Attributes:
        status: How it went.
        message: What there is to say about it.
    """

    status: DeletionStatus | None = None
    message: str | None = None


@frozen
class ConnectorContext(Model):
    """Where a FileSet's files lie: ``ConnectorContext("S3", "bucket/path")``.

    Attributes:
        connector: The connector's key.
        relative_path: The place within it.
    """

    connector: str
    relative_path: str | None = None


@frozen(kw_only=True)
class FileSet(Model):
    """A FileSet. Several routes tell of its id, name, description and making alone.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: What it is for.
        ai_enabled: Whether its files are indexed for queries.
        pdp_enabled: Whether policies say who sees which of its files.
        index_status: How far that is.
        batch_type: Such as ``INCREMENTAL``.
        connector: The connector's key.
        created: When it was made.
        created_by: Who made it.
        updated: When it was last changed.
        updated_by: Who changed it.
        owner: Whose it is: a user's number.
        account_id: The data account.
        connector_context: Where its files lie.
        permission: What the token's owner may do with it.
        size: The bytes of all its files.
        file_count: How many files it has.
    """

    id: str
    name: str | None = None
    description: str | None = None
    ai_enabled: bool | None = None
    pdp_enabled: bool | None = None
    index_status: str | None = None
    batch_type: str | None = None
    connector: str | None = None
    created: IsoStamp | None = None
    created_by: NumericId | None = None
    updated: IsoStamp | None = None
    updated_by: NumericId | None = None
    owner: NumericId | str | None = None
    account_id: NumericId | None = None
    connector_context: ConnectorContext | None = None
    permission: FileSetPermission | None = None
    size: int | None = None
    file_count: int | None = None


@frozen(kw_only=True)
class FileSetFile(Model):
    """A file of a FileSet, or a directory.

    Attributes:
        id: Its identifier.
        path: Where it lies in the FileSet.
        name: The path's last part.
        file_type: What kind of file it is, such as ``TEXT``; ``DIRECTORY`` for a directory.
        content_type: The media type.
        size: Its bytes.
        hash: Its hash.
        hash_algorithm: How that was made, such as ``SHA_256_HEX``.
        download_url: Where its content is; not all routes tell.
        created: When it was made.
        created_by: Who made it.
        connector_key: The connector it came by.
        index_status: How far its index is.
        index_reason: Why it is so.
        type: Told by queries alone, such as ``TEXT``.
    """

    id: str
    path: str | None = None
    name: str | None = None
    file_type: str | None = None
    content_type: str | None = None
    size: int | None = None
    hash: str | None = None
    hash_algorithm: str | None = None
    download_url: str | None = None
    # Queries write milliseconds, all other routes ISO.
    created: IsoStamp | None = None
    created_by: NumericId | None = None
    connector_key: str | None = None
    index_status: str | None = None
    index_reason: str | None = None
    type: str | None = None


@frozen(kw_only=True)
class FileMatch(Model):
    """What a query found. Older instances give `id` and `node`, newer ones `content` and `metadata`.

    Attributes:
        id: The file's identifier.
        node: The file.
        score: How well it fits; more is better.
        content: The passage itself, such as ``{"text": "…", "type": "TEXT"}``.
        metadata: Where it is from, such as ``{"fileId": "…", "path": "…"}``.
    """

    id: str | None = None
    node: FileSetFile | None = None
    score: float | None = None
    content: Mapping[str, object] | None = None
    metadata: Mapping[str, object] | None = None


@frozen(kw_only=True)
class FileSetStats(Model):
    """How many files of a FileSet are of each kind, and how far their index is.

    Attributes:
        image_file_type_count: Pictures.
        audio_file_type_count: Sounds.
        video_file_type_count: Films.
        text_file_type_count: Texts.
        document_file_type_count: Documents.
        other_file_type_count: All others.
        not_indexed_count: Files that are not to be indexed.
        index_queued_count: Files that wait for it.
        index_in_progress_count: Files that are being indexed.
        index_complete_count: Files that are.
        index_failed_count: Files that could not be.
        index_skipped_count: Files that were left out.
    """

    image_file_type_count: int | None = None
    audio_file_type_count: int | None = None
    video_file_type_count: int | None = None
    text_file_type_count: int | None = None
    document_file_type_count: int | None = None
    other_file_type_count: int | None = None
    not_indexed_count: int | None = None
    index_queued_count: int | None = None
    index_in_progress_count: int | None = None
    index_complete_count: int | None = None
    index_failed_count: int | None = None
    index_skipped_count: int | None = None


class PartUploadStatus(OpenEnum):
    """How far an upload in parts is."""

    CREATED = "CREATED"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@frozen(kw_only=True)
class PartUpload(Model):
    """An upload in parts.

    Attributes:
        file: What is known of the file so far; its `id` names the upload.
        status: How far it is.
    """

    file: FileSetFile
    status: PartUploadStatus | None = None


@frozen(kw_only=True)
class ShareLink(Model):
    """A link by which anybody can download a file, without a login.

    Attributes:
        file_id: The file.
        created_by: Who made it.
        token: What names the link; whoever has it has the file.
        expires_at: When it stops working; None for never.
        created: When it was made.
        download_url: The link itself, which holds the token.
    """

    token: Secret[str]
    file_id: str | None = None
    created_by: NumericId | None = None
    expires_at: IsoStamp | None = None
    created: IsoStamp | None = None
    download_url: Secret[str] | None = None


@frozen(kw_only=True)
class PageContext(Model):
    """Where a page stands; Domo's documentation shows several shapes.

    Attributes:
        offset: Items before it.
        limit: Items asked for.
        total: Items of all pages.
        count: Items of this page.
        total_count: Another name of `total`.
        next: The cursor of the next page.
    """

    offset: int | None = None
    limit: int | None = None
    total: int | None = None
    count: int | None = None
    total_count: int | None = None
    next: str | None = None

    @property
    def all_items(self) -> int | None:
        """Items of all pages, under whichever name they are told."""
        return self.total if self.total is not None else self.total_count
