"""Datasets: `domo.datasets`."""

from __future__ import annotations

from domo_async._endpoints.datasets._uploading import CreatedFrom
from domo_async._endpoints.datasets.access import Access
from domo_async._endpoints.datasets.area import Datasets
from domo_async._endpoints.datasets.grants import (
    AccessEntry,
    AccessLevel,
    AccessList,
    AccessType,
    Grant,
    Grantee,
)
from domo_async._endpoints.datasets.indexes import Indexes
from domo_async._endpoints.datasets.jobs import ExportJob, QueryJob
from domo_async._endpoints.datasets.models import (
    AlteredSchema,
    CardInfo,
    Column,
    ColumnMetadata,
    Columns,
    Commit,
    CommitSize,
    CreatedDataset,
    Dataset,
    DatasetCard,
    DatasetCardOwner,
    DatasetOwner,
    DataVersion,
    DataVersionDetails,
    DeleteMethod,
    Index,
    IndexDetail,
    IndexedSchema,
    IndexedTable,
    IndexProgress,
    IndexState,
    IndexStatus,
    LatestSchema,
    MadeVersion,
    OpenedUpload,
    Schema,
    UploadStatus,
)
from domo_async._endpoints.datasets.partitions import (
    Partition,
    PartitionField,
    PartitionFilter,
    Partitions,
    SortOrder,
)
from domo_async._endpoints.datasets.policies import (
    Policies,
    Policy,
    PolicyControl,
    PolicyFilter,
    PolicyOperator,
    PolicyParameter,
)
from domo_async._endpoints.datasets.result import Cell, QueryResult, ResultColumn, Rows
from domo_async._endpoints.datasets.schemas import Schemas
from domo_async._endpoints.datasets.states import DatasetState, DatasetVersionState, UpdateStatus
from domo_async._endpoints.datasets.uploads import Uploads
from domo_async._endpoints.datasets.versions import RepairAction, Versions
from domo_async._transfer import ColumnType

__all__ = [
    "Access",
    "AccessEntry",
    "AccessLevel",
    "AccessList",
    "AccessType",
    "AlteredSchema",
    "CardInfo",
    "Cell",
    "Column",
    "ColumnMetadata",
    "ColumnType",
    "Columns",
    "Commit",
    "CommitSize",
    "CreatedDataset",
    "CreatedFrom",
    "DataVersion",
    "DataVersionDetails",
    "Dataset",
    "DatasetCard",
    "DatasetCardOwner",
    "DatasetOwner",
    "DatasetState",
    "DatasetVersionState",
    "Datasets",
    "DeleteMethod",
    "ExportJob",
    "Grant",
    "Grantee",
    "Index",
    "IndexDetail",
    "IndexProgress",
    "IndexState",
    "IndexStatus",
    "IndexedSchema",
    "IndexedTable",
    "Indexes",
    "LatestSchema",
    "MadeVersion",
    "OpenedUpload",
    "Partition",
    "PartitionField",
    "PartitionFilter",
    "Partitions",
    "Policies",
    "Policy",
    "PolicyControl",
    "PolicyFilter",
    "PolicyOperator",
    "PolicyParameter",
    "QueryJob",
    "QueryResult",
    "RepairAction",
    "ResultColumn",
    "Rows",
    "Schema",
    "Schemas",
    "SortOrder",
    "UpdateStatus",
    "UploadStatus",
    "Uploads",
    "Versions",
]
