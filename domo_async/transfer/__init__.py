"""Bulk data up and down. Knows no route: the endpoints hand it the requests it is made of."""

from __future__ import annotations

from domo_async.transfer.columns import ColumnSpec, ColumnType
from domo_async.transfer.content import Content, content_body, content_name
from domo_async.transfer.exporter import ExportResult, ExportTarget, download, export
from domo_async.transfer.parts import Header, Source
from domo_async.transfer.progress import Progress, ProgressCallback, ProgressOption
from domo_async.transfer.uploader import (
    Action,
    Committed,
    StoredVersion,
    UploadOptions,
    UploadResult,
    UploadSteps,
    upload,
)

__all__ = [
    "Action",
    "ColumnSpec",
    "ColumnType",
    "Committed",
    "Content",
    "ExportResult",
    "ExportTarget",
    "Header",
    "Progress",
    "ProgressCallback",
    "ProgressOption",
    "Source",
    "StoredVersion",
    "UploadOptions",
    "UploadResult",
    "UploadSteps",
    "content_body",
    "content_name",
    "download",
    "export",
    "upload",
]
