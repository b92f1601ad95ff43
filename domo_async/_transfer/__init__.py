"""Uploads, downloads and query results. This package does not know any route: the endpoints pass the requests in."""

from __future__ import annotations

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.file_writer import Target
from domo_async._transfer.files.content import Content, OutgoingContent, content_body, content_name, reported_body
from domo_async._transfer.files.downloading import download, fetch_to
from domo_async._transfer.files.folders import FolderEntry, FolderOptions, FolderReport, pull, push
from domo_async._transfer.files.many import Contents, Targets, download_many, upload_many
from domo_async._transfer.files.ranges import ContentRange, read_range
from domo_async._transfer.files.resuming import Described, DownloadResult
from domo_async._transfer.files.trees import RemoteFile
from domo_async._transfer.loading.loading import load_folder
from domo_async._transfer.loading.report import (
    ChangedFiles,
    Commits,
    LoadEntry,
    LoadOptions,
    LoadReport,
    UncertainFiles,
)
from domo_async._transfer.progress import (
    Progress,
    ProgressCallback,
    ProgressEvents,
    ProgressOption,
    Reporter,
    progress_bars,
    told_the_end,
)
from domo_async._transfer.reading.binding import Params, bind, placeholders
from domo_async._transfer.reading.exporter import ExportResult, export
from domo_async._transfer.reading.scanning import Selection, collect, scan
from domo_async._transfer.reading.sql_text import select, tokens
from domo_async._transfer.results import ItemResult, ItemResults, as_completed, gather_results, listed
from domo_async._transfer.sources import ArrowStream, Format, Row, Source
from domo_async._transfer.sources.column_mapping import Header, SchemaOption
from domo_async._transfer.sources.urls import shown_url
from domo_async._transfer.uploading.backend import Action, Committed, PartitionTag, StoredVersion, UploadBackend
from domo_async._transfer.uploading.compression import Compression
from domo_async._transfer.uploading.concurrency import Budget
from domo_async._transfer.uploading.options import (
    Nested,
    UploadKeywords,
    UploadOptions,
    UploadPlan,
    UploadResult,
    upload_options,
)
from domo_async._transfer.uploading.uploader import opened, plan_upload, upload, upload_opened

__all__ = [
    "Action",
    "ArrowStream",
    "Budget",
    "ChangedFiles",
    "ColumnSpec",
    "ColumnType",
    "Commits",
    "Committed",
    "Compression",
    "Content",
    "ContentRange",
    "Contents",
    "Described",
    "DownloadResult",
    "ExportResult",
    "FolderEntry",
    "FolderOptions",
    "FolderReport",
    "Format",
    "Header",
    "ItemResult",
    "ItemResults",
    "LoadEntry",
    "LoadOptions",
    "LoadReport",
    "Nested",
    "OutgoingContent",
    "Params",
    "PartitionTag",
    "Progress",
    "ProgressCallback",
    "ProgressEvents",
    "ProgressOption",
    "RemoteFile",
    "Reporter",
    "Row",
    "SchemaOption",
    "Selection",
    "Source",
    "StoredVersion",
    "Target",
    "Targets",
    "UncertainFiles",
    "UploadBackend",
    "UploadKeywords",
    "UploadOptions",
    "UploadPlan",
    "UploadResult",
    "as_completed",
    "bind",
    "collect",
    "content_body",
    "content_name",
    "download",
    "download_many",
    "export",
    "fetch_to",
    "gather_results",
    "listed",
    "load_folder",
    "opened",
    "placeholders",
    "plan_upload",
    "progress_bars",
    "pull",
    "push",
    "read_range",
    "reported_body",
    "scan",
    "select",
    "shown_url",
    "tokens",
    "told_the_end",
    "upload",
    "upload_many",
    "upload_opened",
    "upload_options",
]
