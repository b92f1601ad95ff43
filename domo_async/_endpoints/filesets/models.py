"""The answers of the FileSet routes."""

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
    "PartUpload",
    "PartUploadStatus",
    "ShareLink",
]


class FileSetPermission(OpenEnum):
    """The permission of a user or a group on a FileSet."""

    OWNER = "OWNER"
    EDIT = "EDIT"
    READ = "READ"
    NONE = "NONE"


class FileSetEntity(OpenEnum):
    """The type of a grantee of a FileSet."""

    USER = "USER"
    GROUP = "GROUP"


@frozen
class FileSetAccess(Model):
    """The access of a user or a group to a FileSet: ``FileSetAccess("USER", 27, "EDIT")``.

    Attributes:
        entity_type: The type of the grantee.
        entity_id: The identifier of the user or the group.
        permission: The permission; ``NONE`` removes the access.
    """

    entity_type: FileSetEntity = field(converter=FileSetEntity)
    entity_id: NumericId
    permission: FileSetPermission = field(converter=FileSetPermission)


class DeletionStatus(OpenEnum):
    """The status of a deletion."""

    SUCCESS = "success"


@frozen(kw_only=True)
class Deletion(Model):
    """The instance's message about a deletion; newer instances return only a success status code.

    Attributes:
        status: The status.
        message: The message.
    """

    status: DeletionStatus | None = None
    message: str | None = None


@frozen
class ConnectorContext(Model):
    """The location of a FileSet's files: ``ConnectorContext("S3", "bucket/path")``.

    Attributes:
        connector: The connector's key.
        relative_path: The path within the connector.
    """

    connector: str
    relative_path: str | None = None


@frozen(kw_only=True)
class FileSet(Model):
    """A FileSet. Several routes return only its id, name, description and creation.

    Attributes:
        id: The FileSet's identifier.
        name: The FileSet's name.
        description: The description.
        ai_enabled: Whether its files are indexed for queries.
        pdp_enabled: Whether policies decide who sees which of its files.
        index_status: The status of the index.
        batch_type: The batch type, such as ``INCREMENTAL``.
        connector: The connector's key.
        created: The time of creation.
        created_by: The user who created it.
        updated: The time of the last change.
        updated_by: The user who made the last change.
        owner: The owner's user number.
        account_id: The data account.
        connector_context: The location of the files.
        permission: The permission of the token's owner.
        size: The size of all files in bytes.
        file_count: The number of files.
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
    """A file or directory of a FileSet.

    Attributes:
        id: The file's identifier.
        path: The path in the FileSet.
        name: The path's last part.
        file_type: The type of file, such as ``TEXT``; ``DIRECTORY`` for a directory.
        content_type: The media type.
        size: The size in bytes.
        hash: The hash of the content.
        hash_algorithm: The algorithm of the hash, such as ``SHA_256_HEX``.
        download_url: The URL of the content; not all routes return it.
        created: The time of creation.
        created_by: The user who created it.
        connector_key: The connector that provided it.
        index_status: The status of its index.
        index_reason: The reason for that status.
        type: The type that only queries return, such as ``TEXT``.
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
    # Queries return milliseconds, all other routes ISO times.
    created: IsoStamp | None = None
    created_by: NumericId | None = None
    connector_key: str | None = None
    index_status: str | None = None
    index_reason: str | None = None
    type: str | None = None


@frozen(kw_only=True)
class FileMatch(Model):
    """A match of a query. Older instances return `id` and `node`, newer ones `content` and `metadata`.

    Attributes:
        id: The file's identifier.
        node: The file.
        score: The relevance; higher is better.
        content: The matching passage, such as ``{"text": "…", "type": "TEXT"}``.
        metadata: The source of the passage, such as ``{"fileId": "…", "path": "…"}``.
    """

    id: str | None = None
    node: FileSetFile | None = None
    score: float | None = None
    content: Mapping[str, object] | None = None
    metadata: Mapping[str, object] | None = None


@frozen(kw_only=True)
class FileSetStats(Model):
    """The number of files of a FileSet by type and by index status.

    Attributes:
        image_file_type_count: Image files.
        audio_file_type_count: Audio files.
        video_file_type_count: Video files.
        text_file_type_count: Text files.
        document_file_type_count: Document files.
        other_file_type_count: Other files.
        not_indexed_count: Files that are not to be indexed.
        index_queued_count: Files that wait to be indexed.
        index_in_progress_count: Files that are being indexed.
        index_complete_count: Files that are indexed.
        index_failed_count: Files whose indexing failed.
        index_skipped_count: Files that were skipped.
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
    """The status of an upload in parts."""

    CREATED = "CREATED"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@frozen(kw_only=True)
class PartUpload(Model):
    """An upload in parts.

    Attributes:
        file: The details of the file so far; its `id` identifies the upload.
        status: The status.
    """

    file: FileSetFile
    status: PartUploadStatus | None = None


@frozen(kw_only=True)
class ShareLink(Model):
    """A link with which anybody can download a file without a login.

    Attributes:
        file_id: The file.
        created_by: The user who created it.
        token: The token that identifies the link; anybody who has it can download the file.
        expires_at: The time at which the link expires; None for never.
        created: The time of creation.
        download_url: The URL of the link, which contains the token.
    """

    token: Secret[str]
    file_id: str | None = None
    created_by: NumericId | None = None
    expires_at: IsoStamp | None = None
    created: IsoStamp | None = None
    download_url: Secret[str] | None = None


@frozen(kw_only=True)
class PageContext(Model):
    """The position of a page; Domo's documentation shows several forms.

    Attributes:
        offset: The number of items before the page.
        limit: The requested number of items.
        total: The number of items on all pages.
        count: The number of items on the page.
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
        """The number of items on all pages, from whichever field is set."""
        return self.total if self.total is not None else self.total_count
