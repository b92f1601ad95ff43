"""FileSets: `domo.filesets`."""

from __future__ import annotations

from domo_async._endpoints.filesets.area import FileSets
from domo_async._endpoints.filesets.files import FileSetFiles
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter, FilterOperator, SortOrder
from domo_async._endpoints.filesets.models import (
    ConnectorContext,
    Deletion,
    DeletionStatus,
    FileMatch,
    FileSet,
    FileSetAccess,
    FileSetEntity,
    FileSetFile,
    FileSetPermission,
    FileSetStats,
    PartUpload,
    PartUploadStatus,
    ShareLink,
)

__all__ = [
    "ConnectorContext",
    "DateFilter",
    "Deletion",
    "DeletionStatus",
    "FieldFilter",
    "FileMatch",
    "FileSet",
    "FileSetAccess",
    "FileSetEntity",
    "FileSetFile",
    "FileSetFiles",
    "FileSetPermission",
    "FileSetStats",
    "FileSets",
    "FilterOperator",
    "PartUpload",
    "PartUploadStatus",
    "ShareLink",
    "SortOrder",
]
