"""FileSets: `domo.filesets`."""

from __future__ import annotations

from domo_async.endpoints.filesets.area import FileSets
from domo_async.endpoints.filesets.files import FileSetFiles
from domo_async.endpoints.filesets.filters import DateFilter, FieldFilter, FieldSort, FilterOperator, SortOrder
from domo_async.endpoints.filesets.models import (
    ConnectorContext,
    Deletion,
    DeletionStatus,
    FileMatch,
    FileSet,
    FileSetAccess,
    FileSetEntity,
    FileSetFile,
    FileSetPermission,
)

__all__ = [
    "ConnectorContext",
    "DateFilter",
    "Deletion",
    "DeletionStatus",
    "FieldFilter",
    "FieldSort",
    "FileMatch",
    "FileSet",
    "FileSetAccess",
    "FileSetEntity",
    "FileSetFile",
    "FileSetFiles",
    "FileSetPermission",
    "FileSets",
    "FilterOperator",
    "SortOrder",
]
