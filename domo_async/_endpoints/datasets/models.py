"""What the dataset routes answer."""

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
    "Columns",
    "Commit",
    "CommitSize",
    "CreatedDataset",
    "DataVersion",
    "DataVersionDetails",
    "Dataset",
    "DatasetCard",
    "DatasetCardOwner",
    "DatasetList",
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
    "columns_of",
    "made_version",
    "version_details",
]


_REFUSED = frozenset({"error", "failed", "failure", "aborted", "invalid", "rejected", "canceled", "cancelled"})
# Fields by which an answer tells a failure.
_ERRORS = ("error", "errors", "errorCode", "errorMessage", "exception")


@frozen(kw_only=True)
class ColumnMetadata(Model):
    """How a column is shown (`Schemas.latest`)."""

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
        upsert_key: Whether it is one of those that identify a row, by which `Datasets.upsert` and
            `Datasets.delete_rows` go. Domo's documentation does not have it; another client reads and sends it
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
"""Columns as a caller gives them: names and types, or `Column` objects, whose type may be its plain text as well."""


def columns_of(columns: Columns) -> list[Column]:
    """Return columns for ``{"name": "TYPE"}`` or a sequence of `Column`.

    Raises:
        ConfigError: There are none, a name is empty or appears twice, or a type is not one of Domo's.
    """
    given = (
        [Column(name=name, type=_column_type(name, kind)) for name, kind in columns.items()]
        if isinstance(columns, Mapping)
        else [_typed(column) for column in columns]
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


def _typed(column: object) -> Column:
    if not isinstance(column, Column):
        raise ConfigError(f'columns are {{"name": "TYPE"}} or Column objects, not {type(column).__name__}')
    return evolve(column, type=_column_type(column.name, column.type))


def _column_type(name: object, kind: object) -> ColumnType:
    if not isinstance(name, str) or not isinstance(kind, str):
        raise ConfigError(f"column {name!r} has type {kind!r}; both the name and the type are texts")
    return ColumnType(kind)


@frozen(kw_only=True)
class CreatedDataset(Model):
    """A dataset just made (`Datasets.create`; Domo's documentation does not show the answer).

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
class IndexedTable(Model):
    """A table of an indexed schema; datasets have one."""

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
    """A dataset's metadata (`Datasets.get`). Which keys come depends on the parts asked for.

    Attributes:
        id: The dataset.
        display_type: The kind that people see, such as ``webform``.
        data_provider_type: The kind of connector that fills it.
        type: Its kind.
        name: Its name.
        owner: Who owns it.
        status: How its last update went, such as ``SUCCESS``.
        created: When it was made.
        last_touched: When anything of it last changed.
        last_updated: When its data last changed.
        row_count: Its rows.
        column_count: Its columns.
        card_info: How often cards use it.
        properties: Further facts, such as its formulas.
        state: Its state, such as ``SUCCESS``.
        valid_configuration: Whether its connector is set up.
        valid_account: Whether its connector's account works.
        stream_id: The stream that fills it.
        transport_type: How its data arrive, such as ``WEBFORM``.
        adc: Whether Adrenaline, the query engine, holds its data.
        adc_external: Whether they are held outside of Domo.
        adc_source: Where they are held.
        masked: Whether values are masked.
        current_user_full_access: Whether the token's owner may do all with it.
        cloud_id: The cloud that holds it.
        cloud_name: That cloud's name.
        permissions: What the token's owner may do.
        hidden: Whether lists leave it out.
        schedule_active: Whether its connector runs on a schedule.
        card_count: Cards that use it.
        cloud_engine: The engine of its cloud.
        tags: Its tags as the instance writes them: a JSON list in a string. `tag_names` reads it.
        tags_list: Its tags, where the instance tells them as a list.
        description: What it holds.
        account_id: The account by which its connector logs in.
        user_defined_type: The kind that whoever made it gave it.
        cryo_status: Where its data are.
        next_update: When its schedule fills it next.
        update_frequency: How long its schedule waits between two runs, in milliseconds.
        data_last_updated: When its data last changed, as searches tell it.
        data_provider: The kind of source that fills it.
        schema: Its columns, as searches tell them.
        certification: Whether it is certified.
        features: What the instance can do with it, by name.
        message: What is to be said of its last update.
        message_code: That as a number.
        phase: How far its update is.
        inactive_schedule_code: Why its schedule is not kept.
        alert_count: Alerts that watch it.
        user_count: Users who have access to it.
        data_flow_count: Dataflows that read it.
        data_source_count: Datasets that are made from it.
        impact_alert_count: Alerts that depend on it, directly or not.
        impact_card_count: Cards that depend on it, directly or not.
        impact_data_flow_count: Dataflows that depend on it, directly or not.
        impact_data_source_count: Datasets that depend on it, directly or not.
        impact_counts_complete: Whether all of these were counted.
        impact_counts_updated: When they were counted.
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
        """The tags, whether the instance tells them as a list or as text.

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
    """A page of datasets, and how many there are in all (`Datasets.list`)."""

    data_sources: tuple[Dataset, ...] = ()
    meta_data: _ListFacts = field(factory=_ListFacts, metadata=wire_name("_metaData"))
    # So a document spells it.
    metadata: _ListFacts = field(factory=_ListFacts, metadata=wire_name("_metadata"))

    @property
    def total(self) -> int | None:
        """How many datasets all pages have together, where the instance tells."""
        told = self.meta_data.total_count
        return self.metadata.total_count if told is None else told


class DeleteMethod(OpenEnum):
    """How to delete a dataset: so that `Datasets.restore` can bring it back, or for good."""

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
    """An upload that takes parts (`Uploads.open`)."""

    upload_id: NumericId
    data_source_id: str | None = None
    requested_as_of: EpochMillis | None = None


@frozen(kw_only=True)
class _UploadAnswer(Model):
    """An answer with a status code of success, which may say otherwise itself."""

    @property
    def error(self) -> str | None:
        """The failure that the answer tells, whatever its status code is; None if it tells none."""
        told = {key: self.extras[key] for key in _ERRORS if self.extras.get(key)}
        if self.extras.get("success") is False:
            told["success"] = False
        return str(told) if told else None


@frozen(kw_only=True)
class PartStatus(_UploadAnswer):
    """What the instance says of a part that it was sent (`Uploads.put_part`), as Domo's data service has it.

    Attributes:
        upload_status: Whether it was taken, such as ``success``.
        upload_message: Why it was not.
    """

    upload_status: str | None = None
    upload_message: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the instance says that it was not taken."""
        told = self.upload_status is not None and self.upload_status.strip().lower() in _REFUSED
        return told or self.error is not None


@frozen(kw_only=True)
class Index(Model):
    """An index that was asked for (`Indexes.create`), as Domo's data service has it.

    Attributes:
        request_key: What `Indexes.status` and `Indexes.wait` take.
        requested: Whether it will be made.
        requested_on: When it was asked for.
        data_tag: The partition that is indexed.
    """

    request_key: str | None = None
    requested: bool | None = None
    requested_on: EpochMillis | None = None
    data_tag: str | None = None


@frozen(kw_only=True)
class CommitSize(Model):
    """How much a commit took in."""

    row_count: int | None = None
    column_count: int | None = None
    number_of_bytes: int | None = None
    part_count: int | None = None


@frozen(kw_only=True)
class Commit(_UploadAnswer):
    """What a commit answers, as Domo's data service has it; Domo's documentation shows no answer.

    Attributes:
        data_source_id: The dataset.
        upload_id: The upload.
        data_tag: The partition.
        indexing: The index that was begun.
        size: What the instance counted.
        status: How it went, such as ``success``.
    """

    data_source_id: str | None = None
    upload_id: NumericId | None = None
    data_tag: str | None = None
    indexing: Index | None = None
    size: CommitSize | None = None
    status: str | None = None


class IndexState(OpenEnum):
    """How far an index is. Any state but these is a failure."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"


@frozen(kw_only=True)
class IndexDetail(Model):
    """What queries see of a dataset."""

    row_count: int | None = None
    column_count: int | None = None
    schema: tuple[Column, ...] | None = None


@frozen(kw_only=True)
class IndexProgress(Model):
    """How far an index is.

    Attributes:
        status: Its state.
        progress: How much of it is done, in percent.
        message: Why it failed.
        request_key: The index.
        last_update: When this last changed.
        last_successful_index: When the dataset was last indexed.
    """

    status: IndexState | None = None
    progress: int | None = None
    message: str | None = None
    request_key: str | None = None
    last_update: EpochMillis | None = None
    last_successful_index: EpochMillis | None = None


@frozen(kw_only=True)
class IndexStatus(Model):
    """An index, as Domo's data service tells of it (`Indexes.status`); Domo's documentation shows no answer.

    Attributes:
        data_source_id: The dataset.
        detail: What queries see.
        progress: How far the index is.
    """

    data_source_id: str | None = None
    detail: IndexDetail | None = None
    progress: IndexProgress | None = None


class UploadStatus(OpenEnum):
    """How far a data version's upload is."""

    SUCCESS = "success"
    ERROR = "error"
    PROCESSING = "processing"


@frozen(kw_only=True)
class DataVersion(Model):
    """One state of a dataset's data (`Versions.list`).

    Attributes:
        data_id: The version's number.
        schema_id: The schema that it was written with.
        upload_status: How far its upload is.
        recorded_date: When it was begun.
        upload_completed_date: When it was complete.
        num_rows: Its rows.
        num_bytes: Its bytes.
        upload_percent: How much of its upload is done.
        upload_md5: The MD5 of what was uploaded.
        upload_message: What the instance says of its upload.
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
    """A data version with what more the instance tells of it (`Versions.details`); any of it may be missing.

    Attributes:
        data_id: The version's number.
        data_source_id: The dataset.
        schema_id: The schema that it was written with.
        upload_status: How far its upload is.
        status_message: What the instance says of that.
        recorded_date: When it was begun.
        upload_completed_date: When it was complete.
        run_duration_seconds: How long its upload took.
        num_rows: Its rows.
        num_bytes: Its bytes.
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


# What the older listing calls the same.
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
        DecodeError: It is neither.
    """
    lists = [value for value in answer.values() if isinstance(value, list)] if isinstance(answer, dict) else [answer]
    if len(lists) != 1 or not isinstance(lists[0], list) or not all(isinstance(item, dict) for item in lists[0]):
        raise DecodeError("expected a list of data versions, or an object that holds one")
    return tuple(_details(item) for item in lists[0])


def _details(item: Mapping[str, Any]) -> DataVersionDetails:
    renamed = _in_newer_words(item)
    found = structure(renamed, DataVersionDetails)
    # What could not be read is kept under its own name.
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
    """A data version that one request has made (`Versions.create`).

    Attributes:
        data_id: Its number, where the instance tells it: no source shows the answer.
    """

    data_id: NumericId | None = field(default=None, metadata=wire_name("dataVersionId"))


def made_version(answer: object) -> MadeVersion:
    """Return the data version that an answer of unknown form tells of: an object of one, or its number alone."""
    if isinstance(answer, dict):
        return structure(_in_newer_words(answer), MadeVersion)
    return structure({} if answer is None else {"dataVersionId": answer}, MadeVersion)


@frozen(kw_only=True)
class DatasetCardOwner(Model):
    """Who owns a card.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
        display_name: How people see the owner.
    """

    id: str
    type: str | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class DatasetCard(Model):
    """A card that a dataset feeds.

    Attributes:
        id: The card.
        urn: Its number as text.
        type: Its kind, such as ``kpi``.
        chart_type: Its chart, such as ``badge_vert_bar``.
        title: Its title.
        owner_id: Who owns it.
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
