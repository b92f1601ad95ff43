"""What the dataset routes answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from domo_async.errors import ConfigError
from domo_async.wire import EpochMillis, IsoStamp, Model, OpenEnum, wire_name

__all__ = [
    "AlteredSchema",
    "CardInfo",
    "Column",
    "ColumnMetadata",
    "ColumnType",
    "Columns",
    "Commit",
    "CreatedDataset",
    "DataVersion",
    "Dataset",
    "DatasetOwner",
    "Index",
    "IndexStatus",
    "IndexedSchema",
    "IndexedTable",
    "LatestSchema",
    "OpenedUpload",
    "Schema",
    "UploadStatus",
    "columns_of",
]


class ColumnType(OpenEnum):
    """The types of a column. Domo has no boolean: use LONG or STRING."""

    STRING = "STRING"
    LONG = "LONG"
    DOUBLE = "DOUBLE"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    DATETIME = "DATETIME"


@frozen(kw_only=True)
class ColumnMetadata(Model):
    """How a column is shown (`GET …/schemas/latest`)."""

    col_label: str | None = None
    col_format: str | None = None
    is_encrypted: bool | None = None


@frozen(kw_only=True)
class Column(Model):
    """A column of a dataset.

    Attributes:
        name: Its name.
        type: Its type.
        id: Its identifier, which the samples show equal to the name.
        visible: Whether people see it.
        order: Its place, where the instance tells; the order of the columns themselves is what counts.
        metadata: How it is shown.
    """

    name: str
    type: ColumnType
    id: str | None = None
    visible: bool | None = None
    order: int | None = None
    metadata: ColumnMetadata | None = None


Columns: TypeAlias = Mapping[str, str | ColumnType] | Sequence[Column]


def columns_of(columns: Columns) -> list[Column]:
    """Return columns for ``{"name": "TYPE"}`` or a sequence of `Column`.

    Raises:
        ConfigError: There are none, a name is empty or appears twice, or a type is not one of Domo's.
    """
    given = (
        [Column(name=name, type=ColumnType(kind)) for name, kind in columns.items()]
        if isinstance(columns, Mapping)
        else list(columns)
    )
    if not given:
        raise ConfigError("a dataset needs at least one column")
    names = [column.name for column in given]
    if not all(names) or len(set(names)) != len(names):
        raise ConfigError(f"column names must be there and differ from one another: {', '.join(map(repr, names))}")
    unknown = [column for column in given if not column.type.known]
    if unknown:
        raise ConfigError(
            f"column {unknown[0].name!r} has type {unknown[0].type.value!r}; Domo knows {', '.join(ColumnType)}"
            " (a boolean goes as LONG or STRING)"
        )
    return given


@frozen(kw_only=True)
class CreatedDataset(Model):
    """A dataset just made (`POST /api/data/v2/datasources`; the documents do not show the answer).

    Attributes:
        id: The dataset's id.
        name: Its name.
    """

    id: str = field(metadata=wire_name("dataSourceId"))
    name: str | None = field(default=None, metadata=wire_name("dataSourceName"))


@frozen(kw_only=True)
class CreateAnswer(Model):
    """The envelope around `CreatedDataset`."""

    data_source: CreatedDataset


@frozen(kw_only=True)
class DatasetOwner(Model):
    """Who owns a dataset."""

    id: str
    name: str | None = None
    type: str | None = None
    group: bool | None = None


@frozen(kw_only=True)
class CardInfo(Model):
    """How often a dataset is used in cards."""

    card_count: int | None = None
    card_view_count: int | None = None


@frozen(kw_only=True)
class Dataset(Model):
    """A dataset's metadata (`GET /api/data/v3/datasources/{id}`). Which keys come depends on the parts asked for."""

    id: str
    display_type: str | None = None
    data_provider_type: str | None = None
    type: str | None = None
    name: str | None = None
    owner: DatasetOwner | None = None
    status: str | None = None
    created: EpochMillis | None = None
    last_touched: EpochMillis | None = None
    last_updated: EpochMillis | None = None
    row_count: int | None = None
    column_count: int | None = None
    card_info: CardInfo | None = None
    properties: Mapping[str, Any] | None = None
    state: str | None = None
    valid_configuration: bool | None = None
    valid_account: bool | None = None
    stream_id: int | None = None
    transport_type: str | None = None
    adc: bool | None = None
    adc_external: bool | None = None
    adc_source: str | None = None
    masked: bool | None = None
    current_user_full_access: bool | None = None
    cloud_id: str | None = None
    cloud_name: str | None = None
    permissions: str | None = None
    hidden: bool | None = None
    schedule_active: bool | None = None
    card_count: int | None = None
    cloud_engine: str | None = None


@frozen(kw_only=True)
class Schema(Model):
    """The columns of a dataset in order."""

    columns: tuple[Column, ...] = ()


@frozen(kw_only=True)
class LatestSchema(Model):
    """A dataset's newest schema (`GET /api/data/v2/datasources/{id}/schemas/latest`)."""

    schema: Schema

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return self.schema.columns


@frozen(kw_only=True)
class IndexedTable(Model):
    """A table of an indexed schema; datasets have one."""

    columns: tuple[Column, ...] = ()


@frozen(kw_only=True)
class IndexedSchema(Model):
    """The schema that queries see (`GET /api/query/v1/datasources/{id}/schema/indexed`)."""

    tables: tuple[IndexedTable, ...] = ()
    name: str | None = None
    data_source_id: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return tuple(column for table in self.tables for column in table.columns)


@frozen(kw_only=True)
class AlteredSchema(Model):
    """The schema made by an alteration. The documents do not show the answer; ``schemaId`` was seen."""

    schema_id: int | None = None


@frozen(kw_only=True)
class OpenedUpload(Model):
    """An upload that takes parts (`POST …/uploads`)."""

    upload_id: int
    data_source_id: str | None = None
    requested_as_of: EpochMillis | None = None


@frozen(kw_only=True)
class Commit(Model):
    """What a commit answers. Undocumented: all of it is what the embedded instance tells, and may be missing.

    Attributes:
        data_source_id: The dataset.
        upload_id: The upload.
        data_id: The data version that was made.
        index_id: The index that was begun.
    """

    data_source_id: str | None = None
    upload_id: int | None = None
    data_id: int | None = None
    index_id: str | int | None = None


@frozen(kw_only=True)
class Index(Model):
    """An index that was begun (`POST …/indexes`). Undocumented: what the embedded instance tells.

    Attributes:
        data_source_id: The dataset.
        index_id: What `status` asks for.
        data_ids: The data versions that are indexed.
    """

    data_source_id: str | None = None
    index_id: str | int | None = None
    data_ids: tuple[int, ...] = ()


@frozen(kw_only=True)
class IndexStatus(Model):
    """How far an index is (`GET …/indexes/{id}/statuses`). Undocumented: what the embedded instance tells.

    Attributes:
        index_id: The index.
        data_id: The data version.
        state: PENDING, RUNNING, SUCCESS or ERROR.
        row_count: Rows indexed.
        message: Why it failed.
    """

    index_id: str | int | None = None
    data_id: int | None = None
    state: str | None = None
    row_count: int | None = None
    message: str | None = None


class UploadStatus(OpenEnum):
    """How far a data version's upload is."""

    SUCCESS = "success"
    ERROR = "error"
    PROCESSING = "processing"


@frozen(kw_only=True)
class DataVersion(Model):
    """One state of a dataset's data (`GET /api/data/v2/datasources/{id}/dataversions`).

    Attributes:
        data_id: The version's number.
        schema_id: The schema that it was written with.
        upload_status: How far its upload is.
        recorded_date: When it was begun.
        upload_completed_date: When it was complete.
        num_rows: Its rows.
        num_bytes: Its bytes.
    """

    data_id: int
    schema_id: int | None = None
    upload_status: UploadStatus | None = None
    recorded_date: IsoStamp | None = None
    upload_completed_date: IsoStamp | None = None
    num_rows: int | None = None
    num_bytes: int | None = None
