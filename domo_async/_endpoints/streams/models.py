"""What the stream routes take and answer.

Streams and executions tell times in seconds, the dataset and the data provider inside of them in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from domo_async._endpoints.datasets.models import Dataset, Schema
from domo_async._wire import CompactStamp, EpochMillis, EpochSeconds, Model, NumericId, OpenEnum, dumps

__all__ = [
    "ConfigurationItem",
    "ExecutionState",
    "RunType",
    "SavedStream",
    "SavedStreamDataset",
    "Stream",
    "StreamAccount",
    "StreamDataProvider",
    "StreamDataset",
    "StreamExecution",
    "StreamTransport",
    "UpdateMethod",
]


class UpdateMethod(OpenEnum):
    """What a run does to the dataset's rows."""

    REPLACE = "REPLACE"
    APPEND = "APPEND"


class RunType(OpenEnum):
    """What starts a run."""

    MANUAL = "MANUAL"
    AUTOMATED = "AUTOMATED"


class ExecutionState(OpenEnum):
    """How far a run is. ``ERROR`` is not in the documents, but instances have it."""

    ACTIVE = "ACTIVE"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"


@frozen
class StreamTransport(Model):
    """The connector that carries the data.

    Attributes:
        type: Its kind, such as ``CONNECTOR``.
        description: Its name, such as ``com.domo.connector.snowflakeunloadv2``.
        version: Its version, as text.
    """

    type: str
    description: str | None = None
    version: str | None = None


@frozen
class ConfigurationItem(Model):
    """A setting of the connector.

    Attributes:
        name: Its name, such as ``query``.
        value: Its value, as text.
        type: The type of the value; where there is none, ``string`` is sent, as all samples have it.
        category: What it is about; where there is none, ``METADATA`` is sent, as all samples have it.
        stream_id: The stream that it is of; only answers have it.
    """

    name: str
    value: str | None = None
    type: str | None = None
    category: str | None = None
    stream_id: NumericId | None = None


@frozen(kw_only=True)
class StreamDataProvider(Model):
    """The kind of source that a connector reads. Its times come in milliseconds.

    Attributes:
        id: Its number.
        key: Its name for programs, such as ``snowflake-unload-v2``.
        name: Its name for people.
        url: Where it lives.
        default_connector_id: The connector that is offered first.
        default_connector_label: How that one is called.
        authentication_scheme: How it logs in.
        connector_validator_present: Whether settings can be checked.
        resource_bundle_present: Whether it has texts of its own.
        module_handler: What handles it; only null is documented.
        icon_picker: Whether an icon can be chosen.
        scope: Its scope, as text.
        producer: Who made it.
        version: Its version, as text.
        date_created: When it was made.
        date_updated: When it was last changed.
        visibility: Where it is shown.
        type: Its kind.
        authentication_scheme_configuration: What logging in takes; only an empty list is documented.
    """

    id: NumericId | None = None
    key: str | None = None
    name: str | None = None
    url: str | None = None
    default_connector_id: NumericId | str | None = None
    default_connector_label: str | None = None
    authentication_scheme: str | None = None
    connector_validator_present: bool | None = None
    resource_bundle_present: bool | None = None
    module_handler: object = None
    icon_picker: bool | None = None
    scope: str | None = None
    producer: str | None = None
    version: str | None = None
    date_created: EpochMillis | None = None
    date_updated: EpochMillis | None = None
    visibility: str | None = None
    type: str | None = None
    authentication_scheme_configuration: tuple[object, ...] = ()


@frozen(kw_only=True)
class StreamAccount(Model):
    """The account by which a connector logs in. The documents show none but its number; the rest is in `extras`.

    Attributes:
        id: Its number.
    """

    id: NumericId | None = None


@frozen(kw_only=True)
class StreamDataset(Dataset):
    """The dataset that a stream fills. Its times come in milliseconds.

    Attributes:
        next_update: When the schedule fills it next.
        tags: Its tags: the JSON text of a list.
    """

    next_update: EpochMillis | None = None
    tags: str | None = None


@frozen(kw_only=True)
class StreamExecution(Model):
    """A run of a stream. Its times come in seconds, with or without decimals.

    Attributes:
        stream_id: The stream.
        execution_id: The run's number within the stream; None where the instance did not tell.
        toe: The thread of execution, which Domo's support asks for.
        started_at: When it began.
        ended_at: When it ended.
        update_method: What it does to the rows.
        index: Whether the data are indexed.
        retry_count: How often it was tried again.
        retry_execution: What it tries again; only null is documented.
        container_manager_id: Where it runs.
        upload_id: The upload that it made.
        index_request_key: When the index was asked for.
        current_state: How far it is.
        run_type: What started it.
        created_at: When it was made.
        modified_at: When it last changed.
        latest_phase: The last phase; only null is documented.
        current_phase: The phase; only null is documented.
        removed: Whether it was removed.
        rows_inserted: How many rows it brought.
        bytes_inserted: How many bytes.
        started_by: The user that started it, or what else did.
        cancelled_by: The user that stopped it, or what else did.
        data_tag: The partition that it fills.
        peak_memory_used_bytes: The most memory that it used.
        peak_memory_committed_bytes: The most memory that it was given.
        exportable: Whether it can be exported.
        manual_index: Whether the index has to be asked for.
        errors: What went wrong; only an empty list is documented.
    """

    stream_id: NumericId | None = None
    execution_id: NumericId | None = None
    toe: str | None = None
    started_at: EpochSeconds | None = None
    ended_at: EpochSeconds | None = None
    update_method: UpdateMethod | None = None
    index: bool | None = None
    retry_count: int | None = None
    retry_execution: object = None
    container_manager_id: str | None = None
    upload_id: NumericId | None = None
    index_request_key: CompactStamp | None = None
    current_state: ExecutionState | None = None
    run_type: RunType | None = None
    created_at: EpochSeconds | None = None
    modified_at: EpochSeconds | None = None
    latest_phase: object = None
    current_phase: object = None
    removed: bool | None = None
    rows_inserted: int | None = None
    bytes_inserted: int | None = None
    started_by: NumericId | str | None = None
    cancelled_by: NumericId | str | None = None
    data_tag: str | None = None
    peak_memory_used_bytes: int | None = None
    peak_memory_committed_bytes: int | None = None
    exportable: bool | None = None
    manual_index: bool | None = None
    errors: tuple[object, ...] = ()

    @property
    def error_text(self) -> str | None:
        """What went wrong, as text: each error's message, or all of an error that has none."""
        return "; ".join(map(_told, self.errors)) or None


def _told(error: object) -> str:
    message = error.get("message") if isinstance(error, Mapping) else error
    return message if isinstance(message, str) else dumps(error).decode()


@frozen(kw_only=True)
class Stream(Model):
    """A connector that fills a dataset. Its own times come in seconds.

    Attributes:
        id: Its number.
        valid: Whether it can run.
        invalid_execution_id: The run that showed that it cannot.
        transport: The connector.
        update_method: What a run does to the dataset's rows.
        data_provider: The kind of source.
        account: The account by which the connector logs in.
        data_source: The dataset that is filled.
        schema_definition: The dataset's columns.
        schedule_expression: When it runs, as a Quartz cron expression.
        schedule_start_date: From when on; only null is documented.
        advanced_schedule_json: When it runs, as JSON text.
        schedule_retry_expression: When a run that failed is tried again.
        schedule_retry_count: How often.
        last_execution: The last run.
        last_successful_execution: The last run that went well.
        current_execution: The run under way.
        current_execution_state: How far the last run is.
        created_at: When it was made.
        created_by: The user that made it.
        modified_at: When it was last changed.
        modified_by: The user that changed it.
        schedule_state: Whether the schedule is kept.
        schedule_assertion: What the samples show false.
        inactive_schedule_code: Why the schedule is not kept.
        configuration: The connector's settings.
    """

    id: NumericId
    valid: bool | None = None
    invalid_execution_id: NumericId | None = None
    transport: StreamTransport | None = None
    update_method: UpdateMethod | None = None
    data_provider: StreamDataProvider | None = None
    account: StreamAccount | None = None
    data_source: StreamDataset | None = None
    schema_definition: Schema | None = None
    schedule_expression: str | None = None
    schedule_start_date: object = None
    advanced_schedule_json: str | None = None
    schedule_retry_expression: str | None = None
    schedule_retry_count: int | None = None
    last_execution: StreamExecution | None = None
    last_successful_execution: StreamExecution | None = None
    current_execution: StreamExecution | None = None
    current_execution_state: ExecutionState | None = None
    created_at: EpochSeconds | None = None
    created_by: NumericId | None = None
    modified_at: EpochSeconds | None = None
    modified_by: NumericId | None = None
    schedule_state: str | None = None
    schedule_assertion: bool | None = None
    inactive_schedule_code: int | str | None = None
    configuration: tuple[ConfigurationItem, ...] = ()


@frozen(kw_only=True)
class SavedStreamDataset(Model):
    """The dataset of a stream that was made or changed. Undocumented, and may be missing.

    Attributes:
        id: Its id.
        name: Its name.
    """

    id: str | None = None
    name: str | None = None


@frozen(kw_only=True)
class SavedStream(Model):
    """A stream that was made or changed. Undocumented: all of it may be missing, and what else came is in `extras`.

    Attributes:
        id: Its number.
        data_source: The dataset that it fills.
    """

    id: NumericId | None = None
    data_source: SavedStreamDataset | None = None
