"""The answers of the dataset routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from domo_async._endpoints.data_providers import DataProvider
from domo_async._endpoints.datasets.metadata import CryoStatus, DatasetCertification, DatasetPermission
from domo_async._transfer import ColumnType
from domo_async._wire import EpochMillis, IsoStamp, Model, NumericId, OpenEnum, loads, structure, wire_name
from domo_async.errors import ConfigError, DecodeError

__all__ = [
    "AlteredSchema",
    "CardInfo",
    "Column",
    "ColumnMetadata",
    "ColumnType",
    "Columns",
    "Commit",
    "CommitSize",
    "CreatedDataset",
    "DataVersion",
    "DataVersionDetails",
    "Dataset",
    "DatasetCard",
    "DatasetCardOwner",
    "DatasetOwner",
    "DeleteMethod",
    "Index",
    "IndexDetail",
    "IndexProgress",
    "IndexState",
    "IndexStatus",
    "IndexedSchema",
    "IndexedTable",
    "LatestSchema",
    "MadeVersion",
    "OpenedUpload",
    "PartStatus",
    "Schema",
    "UploadStatus",
]


_REFUSED = frozenset({"error", "failed", "failure", "aborted", "invalid", "rejected", "canceled", "cancelled"})
# The fields in which an answer reports a failure.
_ERRORS = ("error", "errors", "errorCode", "errorMessage", "exception")


@frozen(kw_only=True)
class ColumnMetadata(Model):
    """The display settings of a column (`Schemas.latest`)."""

    col_label: str | None = None
    col_format: str | None = None
    is_encrypted: bool | None = None


@frozen(kw_only=True)
class Column(Model):
    """A column of a dataset.

    Attributes:
        name: The column's name.
        type: The column's type.
        id: The column's identifier, which equals the name in the samples.
        visible: Whether the column is shown.
        order: The column's position, if the instance reports it; the order of the columns themselves is authoritative.
        metadata: The display settings.
        upsert_key: Whether the column is one of the keys that identify a row for `Datasets.upsert` and
            `Datasets.delete_rows`. Domo's documentation does not list it; another client reads and sends it
            (unconfirmed).
    """

    name: str
    type: ColumnType
    id: str | None = None
    visible: bool | None = None
    order: int | None = None
    metadata: ColumnMetadata | None = None
    upsert_key: bool | None = None


Columns: TypeAlias = Mapping[str, str | ColumnType] | Sequence[Column]
"""Columns as a caller gives them: names and types, or `Column` objects, whose type may also be a string."""


def columns_of(columns: Columns) -> list[Column]:
    """Return columns for ``{"name": "TYPE"}`` or a sequence of `Column`.

    Raises:
        ConfigError: There are no columns, a name is empty or repeated, or a type is not one of Domo's types.
    """
    given = (
        [Column(name=name, type=_column_type(name, type_name)) for name, type_name in columns.items()]
        if isinstance(columns, Mapping)
        else [_typed(column) for column in columns]
    )
    if not given:
        raise ConfigError("a dataset needs at least one column")
    names = [column.name for column in given]
    if not all(names) or len(set(names)) != len(names):
        raise ConfigError(f"column names must not be empty or repeated: {', '.join(map(repr, names))}")
    unknown = [column for column in given if not column.type.known]
    if unknown:
        raise ConfigError(
            f"column {unknown[0].name!r} has type {unknown[0].type.value!r}; Domo knows {', '.join(ColumnType)}"
            " (send a boolean as LONG or STRING)"
        )
    return given


def _typed(column: object) -> Column:
    if not isinstance(column, Column):
        raise ConfigError(f'columns are {{"name": "TYPE"}} or Column objects, not {type(column).__name__}')
    return evolve(column, type=_column_type(column.name, column.type))


def _column_type(name: object, type_name: object) -> ColumnType:
    if not isinstance(name, str) or not isinstance(type_name, str):
        raise ConfigError(f"column {name!r} has type {type_name!r}; the name and the type must be strings")
    return ColumnType(type_name)


@frozen(kw_only=True)
class CreatedDataset(Model):
    """A dataset that was just created (`Datasets.create`; Domo's documentation does not show the answer).

    Attributes:
        id: The dataset's id.
        name: The dataset's name.
    """

    id: str = field(metadata=wire_name("dataSourceId"))
    name: str | None = field(default=None, metadata=wire_name("dataSourceName"))


@frozen(kw_only=True)
class CreateAnswer(Model):
    """The envelope around `CreatedDataset`."""

    data_source: CreatedDataset


@frozen(kw_only=True)
class DatasetOwner(Model):
    """The owner of a dataset."""

    id: str
    name: str | None = None
    type: str | None = None
    group: bool | None = None


@frozen(kw_only=True)
class CardInfo(Model):
    """The use of a dataset in cards."""

    card_count: int | None = None
    card_view_count: int | None = None


@frozen(kw_only=True)
class IndexedTable(Model):
    """A table of an indexed schema; a dataset has one."""

    columns: tuple[Column, ...] = ()


@frozen(kw_only=True)
class IndexedSchema(Model):
    """The schema that queries see (`Schemas.indexed`)."""

    tables: tuple[IndexedTable, ...] = ()
    name: str | None = None
    data_source_id: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return tuple(column for table in self.tables for column in table.columns)


@frozen(kw_only=True)
class Dataset(Model):
    """A dataset's metadata (`Datasets.get`). The fields that are set depend on the requested parts.

    Attributes:
        id: The dataset.
        display_type: The type as Domo's pages show it, such as ``webform``.
        data_provider_type: The type of connector that fills the dataset.
        type: The dataset type.
        name: The dataset's name.
        owner: The owner.
        status: The status of the last update, such as ``SUCCESS``.
        created: The time of creation.
        last_touched: The time of the last change of any kind.
        last_updated: The time of the last change of the data.
        row_count: The number of rows.
        column_count: The number of columns.
        card_info: The use of the dataset in cards.
        properties: Further properties, such as formulas.
        state: The state of the dataset, such as ``SUCCESS``.
        valid_configuration: Whether the connector is set up.
        valid_account: Whether the connector's account works.
        stream_id: The stream that fills the dataset.
        transport_type: The way the data arrive, such as ``WEBFORM``.
        adc: Whether Adrenaline, the query engine, holds the data.
        adc_external: Whether the data are held outside of Domo.
        adc_source: The place where the data are held.
        masked: Whether values are masked.
        current_user_full_access: Whether the token's owner has full access.
        cloud_id: The cloud that holds the data.
        cloud_name: The name of that cloud.
        permissions: The permissions of the token's owner.
        hidden: Whether lists leave the dataset out.
        schedule_active: Whether the connector runs on a schedule.
        card_count: The number of cards that use the dataset.
        cloud_engine: The engine of the cloud.
        tags: The tags as the instance sends them: a JSON list in a string. `tag_names` decodes it.
        tags_list: The tags, if the instance sends them as a list.
        description: The description.
        account_id: The account with which the connector logs in.
        user_defined_type: The type that the creator of the dataset gave it.
        cryo_status: The location of the data.
        next_update: The time of the next scheduled update.
        update_frequency: The interval between two scheduled updates, in milliseconds.
        data_last_updated: The time of the last change of the data, in search results.
        data_provider: The data provider that fills the dataset.
        schema: The columns, in search results.
        certification: The certification.
        features: The features that the instance supports for the dataset, by name.
        message: A message about the last update.
        message_code: The code of `message`.
        phase: The phase of the update.
        inactive_schedule_code: The reason why the schedule is inactive.
        alert_count: The number of alerts that watch the dataset.
        user_count: The number of users with access.
        data_flow_count: The number of dataflows that read the dataset.
        data_source_count: The number of datasets made from this one.
        impact_alert_count: The number of alerts that depend on the dataset, directly or not.
        impact_card_count: The number of cards that depend on the dataset, directly or not.
        impact_data_flow_count: The number of dataflows that depend on the dataset, directly or not.
        impact_data_source_count: The number of datasets that depend on the dataset, directly or not.
        impact_counts_complete: Whether all of the impact counts are complete.
        impact_counts_updated: The time of the impact counts.
    """

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
    stream_id: NumericId | None = None
    transport_type: str | None = None
    adc: bool | None = None
    adc_external: bool | None = None
    adc_source: str | None = None
    masked: bool | None = None
    current_user_full_access: bool | None = None
    cloud_id: str | None = None
    cloud_name: str | None = None
    permissions: DatasetPermission | None = None
    hidden: bool | None = None
    schedule_active: bool | None = None
    card_count: int | None = None
    cloud_engine: str | None = None
    tags: str | None = None
    tags_list: tuple[str, ...] = ()
    description: str | None = None
    account_id: NumericId | str | None = None
    user_defined_type: str | None = None
    cryo_status: CryoStatus | None = None
    next_update: EpochMillis | None = None
    update_frequency: int | None = None
    data_last_updated: EpochMillis | None = None
    data_provider: DataProvider | None = None
    schema: IndexedSchema | None = None
    certification: DatasetCertification | None = None
    features: Mapping[str, bool] | None = None
    message: str | None = None
    message_code: int | None = None
    phase: str | None = None
    inactive_schedule_code: int | str | None = None
    alert_count: int | None = None
    user_count: int | None = None
    data_flow_count: int | None = None
    data_source_count: int | None = None
    impact_alert_count: int | None = None
    impact_card_count: int | None = None
    impact_data_flow_count: int | None = None
    impact_data_source_count: int | None = None
    impact_counts_complete: bool | None = None
    impact_counts_updated: EpochMillis | None = None

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The tags as a tuple, whether the instance sends them as a list or as text.

        Raises:
            DecodeError: `tags` is not a JSON list of strings.
        """
        if self.tags_list or not self.tags:
            return self.tags_list
        return structure(loads(self.tags.encode()), tuple[str, ...])


@frozen(kw_only=True)
class _ListFacts(Model):
    total_count: int | None = None
    limit: int | None = None
    offset: int | None = None
    executor: str | None = None
    augmented: bool | None = None


@frozen(kw_only=True)
class DatasetList(Model):
    """A page of datasets, and the total number of datasets (`Datasets.list`)."""

    data_sources: tuple[Dataset, ...] = ()
    meta_data: _ListFacts = field(factory=_ListFacts, metadata=wire_name("_metaData"))
    # One of the documents spells the key this way.
    metadata: _ListFacts = field(factory=_ListFacts, metadata=wire_name("_metadata"))

    @property
    def total(self) -> int | None:
        """The number of datasets on all pages together, if the instance reports it."""
        told = self.meta_data.total_count
        return self.metadata.total_count if told is None else told


class DeleteMethod(OpenEnum):
    """The method of deletion: ``SOFT``, so that `Datasets.restore` can restore the dataset, or ``HARD``, for good."""

    SOFT = "soft"
    HARD = "hard"


@frozen(kw_only=True)
class Schema(Model):
    """The columns of a dataset in order."""

    columns: tuple[Column, ...] = ()


@frozen(kw_only=True)
class LatestSchema(Model):
    """A dataset's newest schema (`Schemas.latest`)."""

    schema: Schema

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        return self.schema.columns


@frozen(kw_only=True)
class AlteredSchema(Model):
    """The schema made by an alteration. Domo's documentation does not show the answer; ``schemaId`` was seen."""

    schema_id: NumericId | None = None


@frozen(kw_only=True)
class OpenedUpload(Model):
    """An upload that accepts parts (`Uploads.open`)."""

    upload_id: NumericId
    data_source_id: str | None = None
    requested_as_of: EpochMillis | None = None


@frozen(kw_only=True)
class _UploadAnswer(Model):
    """An answer that has a success status code but may report a failure in its body."""

    @property
    def error(self) -> str | None:
        """The failure that the answer reports, whatever its status code is; None if it reports none."""
        told = {key: self.extras[key] for key in _ERRORS if self.extras.get(key)}
        if self.extras.get("success") is False:
            told["success"] = False
        return str(told) if told else None


@frozen(kw_only=True)
class PartStatus(_UploadAnswer):
    """The instance's answer to a part (`Uploads.put_part`), as Domo's data service gives it.

    Attributes:
        upload_status: The result, such as ``success``.
        upload_message: The reason, if the part was refused.
    """

    upload_status: str | None = None
    upload_message: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the instance reports that it refused the part."""
        told = self.upload_status is not None and self.upload_status.strip().lower() in _REFUSED
        return told or self.error is not None


@frozen(kw_only=True)
class Index(Model):
    """An index that was requested (`Indexes.create`), as Domo's data service gives it.

    Attributes:
        request_key: The key of the index for `Indexes.status` and `Indexes.wait`.
        requested: Whether the index will be made.
        requested_on: The time of the request.
        data_tag: The partition that is indexed.
    """

    request_key: str | None = None
    requested: bool | None = None
    requested_on: EpochMillis | None = None
    data_tag: str | None = None


@frozen(kw_only=True)
class CommitSize(Model):
    """The amount of data that a commit covers."""

    row_count: int | None = None
    column_count: int | None = None
    number_of_bytes: int | None = None
    part_count: int | None = None


@frozen(kw_only=True)
class Commit(_UploadAnswer):
    """The answer to a commit, as Domo's data service gives it; Domo's documentation does not show the answer.

    Attributes:
        data_source_id: The dataset.
        upload_id: The upload.
        data_tag: The partition.
        indexing: The index that was started.
        size: The rows, columns, bytes and parts that the instance counted.
        status: The result, such as ``success``.
    """

    data_source_id: str | None = None
    upload_id: NumericId | None = None
    data_tag: str | None = None
    indexing: Index | None = None
    size: CommitSize | None = None
    status: str | None = None


class IndexState(OpenEnum):
    """The state of an index. Any state but these is a failure."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"


@frozen(kw_only=True)
class IndexDetail(Model):
    """The data of a dataset that queries see."""

    row_count: int | None = None
    column_count: int | None = None
    schema: tuple[Column, ...] | None = None


@frozen(kw_only=True)
class IndexProgress(Model):
    """The progress of an index.

    Attributes:
        status: The state of the index.
        progress: The progress in percent.
        message: The reason for a failure.
        request_key: The index.
        last_update: The time of the last change of this progress.
        last_successful_index: The time of the dataset's last successful index.
    """

    status: IndexState | None = None
    progress: int | None = None
    message: str | None = None
    request_key: str | None = None
    last_update: EpochMillis | None = None
    last_successful_index: EpochMillis | None = None


@frozen(kw_only=True)
class IndexStatus(Model):
    """An index, as Domo's data service reports it (`Indexes.status`); Domo's documentation does not show the answer.

    Attributes:
        data_source_id: The dataset.
        detail: The data that queries see.
        progress: The progress of the index.
    """

    data_source_id: str | None = None
    detail: IndexDetail | None = None
    progress: IndexProgress | None = None


class UploadStatus(OpenEnum):
    """The state of the upload of a data version."""

    SUCCESS = "success"
    ERROR = "error"
    PROCESSING = "processing"


@frozen(kw_only=True)
class DataVersion(Model):
    """One state of a dataset's data (`Versions.list`).

    Attributes:
        data_id: The version's number.
        schema_id: The schema of the version.
        upload_status: The state of the upload.
        recorded_date: The time at which the version was begun.
        upload_completed_date: The time at which the version was complete.
        num_rows: The number of rows.
        num_bytes: The size in bytes.
        upload_percent: The progress of the upload in percent.
        upload_md5: The MD5 of the uploaded data.
        upload_message: The instance's message about the upload.
    """

    data_id: NumericId
    schema_id: NumericId | None = None
    upload_status: UploadStatus | None = None
    upload_percent: float | None = None
    upload_md5: str | None = None
    upload_message: str | None = None
    recorded_date: IsoStamp | None = None
    upload_completed_date: IsoStamp | None = None
    num_rows: int | None = None
    num_bytes: int | None = None


@frozen(kw_only=True)
class DataVersionDetails(Model):
    """A data version with all details that the instance reports (`Versions.details`); any of them may be missing.

    Attributes:
        data_id: The version's number.
        data_source_id: The dataset.
        schema_id: The schema of the version.
        upload_status: The state of the upload.
        status_message: The instance's message about that state.
        recorded_date: The time at which the version was begun.
        upload_completed_date: The time at which the version was complete.
        run_duration_seconds: The duration of the upload in seconds.
        num_rows: The number of rows.
        num_bytes: The size in bytes.
    """

    data_id: NumericId | None = field(default=None, metadata=wire_name("dataVersionId"))
    data_source_id: str | None = None
    schema_id: NumericId | None = None
    upload_status: UploadStatus | None = field(default=None, metadata=wire_name("status"))
    status_message: str | None = None
    recorded_date: EpochMillis | None = field(default=None, metadata=wire_name("datetimeRecorded"))
    upload_completed_date: EpochMillis | None = field(default=None, metadata=wire_name("datetimeUploadCompleted"))
    run_duration_seconds: float | None = None
    num_rows: int | None = field(default=None, metadata=wire_name("rowCount"))
    num_bytes: int | None = field(default=None, metadata=wire_name("sizeBytes"))


# The names of the same fields in the older listing.
_FORMER_NAMES = {
    "dataId": "dataVersionId",
    "uploadStatus": "status",
    "uploadMessage": "statusMessage",
    "recordedDate": "datetimeRecorded",
    "uploadCompletedDate": "datetimeUploadCompleted",
    "numRows": "rowCount",
    "numBytes": "sizeBytes",
}


def version_details(answer: object) -> tuple[DataVersionDetails, ...]:
    """Return the data versions of an answer: a list, or an object that holds one.

    Raises:
        DecodeError: The answer is neither of these.
    """
    lists = [value for value in answer.values() if isinstance(value, list)] if isinstance(answer, dict) else [answer]
    if len(lists) != 1 or not isinstance(lists[0], list) or not all(isinstance(item, dict) for item in lists[0]):
        raise DecodeError("expected a list of data versions, or an object that holds one")
    return tuple(_details(item) for item in lists[0])


def _details(item: Mapping[str, Any]) -> DataVersionDetails:
    renamed = _in_newer_words(item)
    found = structure(renamed, DataVersionDetails)
    # A value that could not be decoded is kept under its own name.
    former = {_FORMER_NAMES[name]: name for name in item if name in _FORMER_NAMES and name not in renamed}
    if not former.keys() & found.extras.keys():
        return found
    return evolve(found, extras={former.get(name, name): value for name, value in found.extras.items()})


def _in_newer_words(version: Mapping[str, Any]) -> dict[str, Any]:
    return {
        newer if (newer := _FORMER_NAMES.get(name, name)) not in version else name: value
        for name, value in version.items()
    }


@frozen(kw_only=True)
class MadeVersion(Model):
    """A data version that was created with one request (`Versions.create`).

    Attributes:
        data_id: The version's number, if the instance reports it: no source shows the answer.
    """

    data_id: NumericId | None = field(default=None, metadata=wire_name("dataVersionId"))


def made_version(answer: object) -> MadeVersion:
    """Return the data version in an answer of unknown form: an object with its number, or the number alone."""
    if isinstance(answer, dict):
        return structure(_in_newer_words(answer), MadeVersion)
    return structure({} if answer is None else {"dataVersionId": answer}, MadeVersion)


@frozen(kw_only=True)
class DatasetCardOwner(Model):
    """The owner of a card.

    Attributes:
        id: The identifier of the user or the group.
        type: The type of the owner.
        display_name: The owner's display name.
    """

    id: str
    type: str | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class DatasetCard(Model):
    """A card that uses a dataset.

    Attributes:
        id: The card.
        urn: The card's number as text.
        type: The type of card, such as ``kpi``.
        chart_type: The type of chart, such as ``badge_vert_bar``.
        title: The title.
        owner_id: The owner.
        owners: All owners.
        access: Whether the token's owner may see it.
        datasource_id: The dataset.
    """

    id: NumericId
    urn: str | None = None
    type: str | None = None
    chart_type: str | None = None
    title: str | None = None
    owner_id: NumericId | None = None
    owners: tuple[DatasetCardOwner, ...] = ()
    access: bool | None = None
    datasource_id: str | None = None
