"""The requests and answers of the stream routes.

The times of streams and executions are in seconds, those of the dataset and the data provider within them in
milliseconds.
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
    """The effect of a run on the dataset's rows."""

    REPLACE = "REPLACE"
    APPEND = "APPEND"
    UPSERT = "UPSERT"
    DELETE = "DELETE"


class RunType(OpenEnum):
    """The trigger of a run."""

    MANUAL = "MANUAL"
    AUTOMATED = "AUTOMATED"
    RETRY = "RETRY"
    REPLAY = "REPLAY"
    BATCH = "BATCH"
    EXTENDED = "EXTENDED"
    API = "API"
    UNKNOWN = "UNKNOWN"


class ExecutionState(OpenEnum):
    """The state of a run. ``WARNING`` is the state of a run whose rows arrived, but which has a warning."""

    IDLE = "IDLE"
    ACTIVE = "ACTIVE"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    ERROR = "ERROR"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"


class StreamPhase(OpenEnum):
    """The phase of a run."""

    INIT = "INIT"
    QUEUE = "QUEUE"
    IMPORT = "IMPORT"
    DATASTORE = "DATASTORE"
    INDEX = "INDEX"
    FINAL = "FINAL"


class StreamErrorCategory(OpenEnum):
    """The originator of an error."""

    CONNECTOR = "CONNECTOR"
    FRAMEWORK = "FRAMEWORK"
    USER = "USER"
    CONNECTOR_WARNING = "CONNECTOR_WARNING"


class ScheduleState(OpenEnum):
    """The state of a stream's schedule."""

    MANUAL = "MANUAL"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@frozen
class StreamTransport(Model):
    """The connector that transports the data.

    Attributes:
        type: The type, such as ``CONNECTOR``.
        description: The connector's name, such as ``com.domo.connector.snowflakeunloadv2``.
        version: The version, as text.
    """

    type: str
    description: str | None = None
    version: str | None = None


@frozen
class ConfigurationItem(Model):
    """A setting of the connector.

    Attributes:
        name: The setting's name, such as ``query``.
        value: The value, as text.
        type: The type of the value; if there is none, ``string`` is sent, as in all samples.
        category: The category; if there is none, ``METADATA`` is sent, as in all samples.
        stream_id: The stream; only answers have it.
    """

    name: str
    value: str | None = None
    type: str | None = None
    category: str | None = None
    stream_id: NumericId | None = None


@frozen(kw_only=True)
class StreamAccount(Model):
    """The account with which a connector logs in. The documents show only its number; other fields are in `extras`.

    Attributes:
        id: The account's number.
    """

    id: NumericId | None = None


@frozen(kw_only=True)
class StreamError(Model):
    """An error or warning of a run.

    Attributes:
        message: The message.
        code: The error code.
        category: The originator of the error.
        id: The error's number.
        stream_id: The stream.
        execution_id: The run.
        parameters: The parameters of the message.
        invalidates_execution: Whether the error invalidates the run.
        keep_upload: Whether the rows are kept nevertheless.
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
        """The message, or the whole error if it has no message."""
        return self.message or dumps(without_nulls(self)).decode()


@frozen(kw_only=True)
class StreamPhaseTimes(Model):
    """A phase of a run with its times, which the instance sends in seconds.

    Attributes:
        phase_type: The phase.
        started_at: The start of the phase.
        ended_at: The end of the phase.
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
    """A run of a stream. The instance sends its times in seconds, with or without decimals.

    Attributes:
        stream_id: The stream.
        execution_id: The run's number within the stream; None if the instance did not report it.
        toe: The thread of execution, which Domo's support asks for.
        started_at: The start of the run.
        ended_at: The end of the run.
        update_method: The effect on the dataset's rows.
        index: Whether the data are indexed.
        retry_count: The number of retries.
        retry_execution: The run that is retried, as an object like this one or as text.
        container_manager_id: The container manager on which it runs.
        upload_id: The upload that it created.
        index_request_key: The time of the index request.
        current_state: The state.
        run_type: The trigger of the run.
        created_at: The time of creation.
        modified_at: The time of the last change.
        latest_phase: The last phase with its times.
        current_phase: The current phase.
        removed: Whether it was removed.
        rows_inserted: The number of rows inserted.
        bytes_inserted: The number of bytes inserted.
        started_by: The user, or other originator, that started it.
        cancelled_by: The user, or other originator, that stopped it.
        data_tag: The partition that it fills.
        peak_memory_used_bytes: The peak memory used, in bytes.
        peak_memory_committed_bytes: The peak memory committed, in bytes.
        exportable: Whether it can be exported.
        manual_index: Whether the index must be requested separately.
        errors: The errors and warnings.
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
        """The errors and warnings, as text."""
        return "; ".join(error if isinstance(error, str) else error.text for error in self.errors) or None


@frozen(kw_only=True)
class SavedStream(Model):
    """A connector that fills a dataset, as it was created or changed. The instance sends its own times in seconds.

    Attributes:
        id: The stream's number; None if the instance did not report it.
        valid: Whether it can run.
        invalid_execution_id: The run that showed that the stream cannot run.
        transport: The connector.
        update_method: The effect of a run on the dataset's rows.
        data_provider: The data provider.
        account: The account with which the connector logs in.
        accounts: All accounts that the connector uses, as objects.
        account_template: The template of the account, as an object.
        data_source: The dataset that is filled.
        schema_definition: The dataset's columns.
        schedule_expression: The schedule, as a Quartz cron expression.
        schedule_start_date: The start of the schedule.
        advanced_schedule_json: The schedule, as JSON text.
        schedule_retry_expression: The schedule of retries after a failed run.
        schedule_retry_count: The number of retries.
        last_execution: The last run.
        last_successful_execution: The last successful run.
        current_execution: The current run.
        current_execution_state: The state of the last run.
        created_at: The time of creation.
        created_by: The user who created it.
        modified_at: The time of the last change.
        modified_by: The user who made the last change.
        schedule_state: The state of the schedule.
        schedule_assertion: Not documented; false in the samples.
        inactive_schedule_code: The reason why the schedule is inactive.
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
    """A connector that fills a dataset. The instance sends its own times in seconds; `SavedStream` explains the fields.

    Attributes:
        id: The stream's number.
    """

    id: NumericId  # pyright: ignore[reportGeneralTypeIssues] - all fields go by name
