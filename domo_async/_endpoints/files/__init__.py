"""Files: `domo.files`."""

from __future__ import annotations

from domo_async._endpoints.files.area import Files
from domo_async._endpoints.files.models import (
    CreatedFile,
    CreatedRevision,
    File,
    FileEntity,
    FileParts,
    FilePermission,
    FilePermissions,
    FileRevision,
    FileRights,
    ScanState,
)
from domo_async._transfer import ContentRange

__all__ = [
    "ContentRange",
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
    "ScanState",
]
