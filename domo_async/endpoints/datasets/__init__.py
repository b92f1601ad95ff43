"""Datasets: `domo.datasets`."""

from __future__ import annotations

from domo_async.endpoints.datasets.area import Datasets
from domo_async.endpoints.datasets.indexes import Indexes
from domo_async.endpoints.datasets.models import (
    AlteredSchema,
    CardInfo,
    Column,
    ColumnMetadata,
    Columns,
    ColumnType,
    Commit,
    CreatedDataset,
    Dataset,
    DatasetOwner,
    DataVersion,
    Index,
    IndexedSchema,
    IndexedTable,
    IndexStatus,
    LatestSchema,
    OpenedUpload,
    Schema,
    UploadStatus,
)
from domo_async.endpoints.datasets.result import Cell, QueryResult, ResultColumn
from domo_async.endpoints.datasets.schemas import Schemas
from domo_async.endpoints.datasets.uploads import Uploads
from domo_async.endpoints.datasets.versions import Versions

__all__ = [
    "AlteredSchema",
    "CardInfo",
    "Cell",
    "Column",
    "ColumnMetadata",
    "ColumnType",
    "Columns",
    "Commit",
    "CreatedDataset",
    "DataVersion",
    "Dataset",
    "DatasetOwner",
    "Datasets",
    "Index",
    "IndexStatus",
    "IndexedSchema",
    "IndexedTable",
    "Indexes",
    "LatestSchema",
    "OpenedUpload",
    "QueryResult",
    "ResultColumn",
    "Schema",
    "Schemas",
    "UploadStatus",
    "Uploads",
    "Versions",
]
