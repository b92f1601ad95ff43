"""What the stream routes take and answer.

Streams and executions tell times in seconds, the dataset and the data provider inside of them in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from domo_async._endpoints.data_providers import DataProvider
from domo_async._endpoints.datasets.models import Dataset, Schema
from domo_async._wire import CompactStamp, EpochSeconds, Model, NumericId, OpenEnum, dumps, without_nulls

__all__ = [
    "ConfigurationItem",
    "ExecutionState",
    "RunType",
    "SavedStream",
    "ScheduleState",
    "Stream",
    "StreamAccount",
    "StreamError",
    "StreamErrorCategory",
    "StreamExecution",
    "StreamPhase",
    "StreamPhaseTimes",
    "StreamTransport",
    "UpdateMethod",
]


class UpdateMethod(OpenEnum):
    """What a run does to the dataset's rows."""

    REPLACE = "REPLACE"
    APPEND = "APPEND"
    UPSERT = "UPSERT"
    DELETE = "DELETE"


class RunType(OpenEnum):
    """What starts a run."""

    MANUAL = "MANUAL"
    AUTOMATED = "AUTOMATED"
    RETRY = "RETRY"
    REPLAY = "REPLAY"
    BATCH = "BATCH"
    EXTENDED = "EXTENDED"
    API = "API"
    UNKNOWN = "UNKNOWN"


class ExecutionState(OpenEnum):
    """How far a run is. ``WARNING`` is a run that brought its rows, but has something to tell."""

    IDLE = "IDLE"
    ACTIVE = "ACTIVE"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    ERROR = "ERROR"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"


class StreamPhase(OpenEnum):
    """What a run is at."""

    INIT = "INIT"
    QUEUE = "QUEUE"
    IMPORT = "IMPORT"
    DATASTORE = "DATASTORE"
    INDEX = "INDEX"
    FINAL = "FINAL"


class StreamErrorCategory(OpenEnum):
    """Who or what something is the fault of."""

    CONNECTOR = "CONNECTOR"
    FRAMEWORK = "FRAMEWORK"
    USER = "USER"
    CONNECTOR_WARNING = "CONNECTOR_WARNING"


class ScheduleState(OpenEnum):
    """Whether a stream's schedule is kept."""

    MANUAL = "MANUAL"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


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
class StreamAccount(Model):
    """The account by which a connector logs in. The documents show none but its number; the rest is in `extras`.

    Attributes:
        id: Its number.
    """

    id: NumericId | None = None


@frozen(kw_only=True)
class StreamError(Model):
    """What went wrong in a run.

    Attributes:
        message: What, for people.
        code: What, for programs.
        category: Whose fault it is.
        id: Its number.
        stream_id: The stream.
        execution_id: The run.
        parameters: What the message speaks of.
        invalidates_execution: Whether the run is no good because of it.
        keep_upload: Whether the rows are kept all the same.
    """

    message: str | None = None
    code: int | str | None = None
    category: StreamErrorCategory | None = None
    id: NumericId | None = None
    stream_id: NumericId | None = None
    execution_id: NumericId | None = None
    parameters: Mapping[str, str | None] | None = None
    invalidates_execution: bool | None = None
    keep_upload: bool | None = None

    @property
    def text(self) -> str:
        """The message, or all that there is where there is none."""
        return self.message or dumps(without_nulls(self)).decode()


@frozen(kw_only=True)
class StreamPhaseTimes(Model):
    """When a run was at something. Its times come in seconds.

    Attributes:
        phase_type: What it was at.
        started_at: When that began.
        ended_at: When that ended.
        stream_id: The stream.
        execution_id: The run.
    """

    phase_type: StreamPhase | None = None
    started_at: EpochSeconds | None = None
    ended_at: EpochSeconds | None = None
    stream_id: NumericId | None = None
    execution_id: NumericId | None = None


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
        retry_execution: What it tries again, as an object like this one or as text.
        container_manager_id: Where it runs.
        upload_id: The upload that it made.
        index_request_key: When the index was asked for.
        current_state: How far it is.
        run_type: What started it.
        created_at: When it was made.
        modified_at: When it last changed.
        latest_phase: The last phase with its times.
        current_phase: The phase.
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
        errors: What went wrong.
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
    latest_phase: StreamPhaseTimes | None = None
    current_phase: StreamPhase | None = None
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
    errors: tuple[StreamError | str, ...] = ()

    @property
    def error_text(self) -> str | None:
        """What went wrong, as text."""
        return "; ".join(error if isinstance(error, str) else error.text for error in self.errors) or None


@frozen(kw_only=True)
class SavedStream(Model):
    """A connector that fills a dataset, as it was made or changed. Its own times come in seconds.

    Attributes:
        id: Its number; None where the instance did not tell.
        valid: Whether it can run.
        invalid_execution_id: The run that showed that it cannot.
        transport: The connector.
        update_method: What a run does to the dataset's rows.
        data_provider: The kind of source.
        account: The account by which the connector logs in.
        accounts: All accounts that it uses, as objects.
        account_template: What the account is made from, as an object.
        data_source: The dataset that is filled.
        schema_definition: The dataset's columns.
        schedule_expression: When it runs, as a Quartz cron expression.
        schedule_start_date: From when on.
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

    id: NumericId | None = None
    valid: bool | None = None
    invalid_execution_id: NumericId | None = None
    transport: StreamTransport | None = None
    update_method: UpdateMethod | None = None
    data_provider: DataProvider | None = None
    account: StreamAccount | None = None
    accounts: tuple[Mapping[str, Any], ...] = ()
    account_template: Mapping[str, Any] | None = None
    data_source: Dataset | None = None
    schema_definition: Schema | None = None
    schedule_expression: str | None = None
    schedule_start_date: EpochSeconds | None = None
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
    schedule_state: ScheduleState | None = None
    schedule_assertion: bool | None = None
    inactive_schedule_code: int | str | None = None
    configuration: tuple[ConfigurationItem, ...] = ()


@frozen(kw_only=True)
class Stream(SavedStream):
    """A connector that fills a dataset. Its own times come in seconds; `SavedStream` explains the rest.

    Attributes:
        id: Its number.
    """

    id: NumericId  # pyright: ignore[reportGeneralTypeIssues] - all fields go by name
