"""Runs of workflows, as used by the product's routes and by the App Framework's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

from domo_async._waiting import States, Verdict
from domo_async._wire import IsoStamp, Model, NumericId, OpenEnum, TimestampForm
from domo_async.errors import ConfigError, DomoError

__all__ = [
    "WorkflowInstance",
    "WorkflowStatus",
    "WorkflowValue",
    "judged",
    "naming",
    "told_status",
    "workflow_data",
]

_Scalar: TypeAlias = str | bool | int | float | Decimal | date | datetime | time | timedelta | None
WorkflowValue: TypeAlias = _Scalar | Sequence["WorkflowValue"] | Mapping[str, "WorkflowValue"]
"""A value that a workflow can be started with, by the documented types:

``boolean`` is a bool; ``number`` an int or float; ``decimal`` a Decimal, sent as a number with all its digits; ``text``
a str; ``person``, ``dataset`` and ``group`` the identifier; ``object`` a mapping; lists are sequences of these.
``date``, ``dateTime``, ``time`` and ``duration`` are Python's own, sent as ISO 8601: ``2024-05-31``,
``2024-05-31T12:30:00.000Z``, ``12:30:00`` and ``P1DT2H``. Unconfirmed: Domo's documentation names the types but does
not show their form, so these forms, and those of the identifiers, are unconfirmed. A str or a mapping is sent
unchanged.
"""


class WorkflowStatus(OpenEnum):
    """The status of a run of a workflow; some routes write ``CANCELED`` and others ``CANCELLED``."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    CANCELED = "CANCELED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


def told_status(status: WorkflowStatus | None) -> WorkflowStatus | None:
    """Return a status; Domo's documentation shows the text ``null`` if there is no status."""
    return None if status == "null" else status


@frozen(kw_only=True)
class WorkflowInstance(Model):
    """A run of a workflow.

    Attributes:
        id: The run.
        model_id: The workflow.
        model_name: The workflow's name.
        model_version: The workflow's version.
        created_by: The user who started it; returned by `Workflows.start` and `Workflows.cancel`.
        created_on: When it was started; returned by `Workflows.start` and `Workflows.cancel`.
        updated_by: The user who changed it last.
        updated_on: When it was last changed; returned by `Workflows.start` and `Workflows.cancel`.
        status: Its status; None if it has not reported that it started.
        deployment_id: The deployment.
        bpmn_process_id: The BPMN process of the workflow; returned only by `Workflows.cancel`.
        bpmn_process_name: The name of the BPMN process; returned only by `Workflows.cancel`.
        is_test_run: Whether it is a test; returned only by `Workflows.cancel`.
        started_by: The user who started it; this and the following fields are returned by `Workflows.get_execution`.
        started_at: When it was started.
        finished_at: When it ended.
        created_at: When the instance accepted it.
        updated_at: When it was last changed.
        model_owner: The owner of the workflow.
        trigger_id: The trigger that started it.
        trigger_name: The name of the trigger.
        trigger_type: The type of the trigger, such as ``MANUAL``.
        trigger_deleted_at: When the trigger was deleted.
        event_id: The event that started it.
        process_key: The process of the workflow engine.
        workflow_cluster: The cluster that it runs on.
        linked_executions: The runs that it is linked to, each as JSON; Domo's sample shows an empty list.
    """

    id: str
    model_id: str | None = None
    model_name: str | None = None
    model_version: str | None = None
    created_by: str | None = None
    created_on: IsoStamp | None = None
    updated_by: str | None = None
    updated_on: IsoStamp | None = None
    status: WorkflowStatus | None = field(default=None, converter=told_status)
    deployment_id: str | None = None
    bpmn_process_id: str | None = None
    bpmn_process_name: str | None = None
    is_test_run: bool | None = None
    started_by: str | None = None
    started_at: IsoStamp | None = None
    finished_at: IsoStamp | None = None
    created_at: IsoStamp | None = None
    updated_at: IsoStamp | None = None
    model_owner: str | None = None
    trigger_id: str | None = None
    trigger_name: str | None = None
    trigger_type: str | None = None
    trigger_deleted_at: IsoStamp | None = None
    event_id: str | None = None
    process_key: NumericId | str | None = None
    workflow_cluster: str | None = None
    linked_executions: tuple[object, ...] = ()


def workflow_data(data: Mapping[str, WorkflowValue]) -> dict[str, object]:
    """Return the start values of a workflow as JSON.

    Raises:
        ConfigError: A value has a type that a workflow cannot take; the error names it.
    """
    return {key: _encoded(value, f"data[{key!r}]") for key, value in data.items()}


def _encoded(value: WorkflowValue, where: str) -> object:
    match value:
        case None | str() | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal() if value.is_finite():
            return value
        case datetime():
            if value.tzinfo is None:
                raise ConfigError(f"{where} has no time zone; pass an aware datetime such as datetime.now(UTC)")
            return TimestampForm.ISO.format(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case Mapping():
            return {key: _encoded(item, f"{where}[{key!r}]") for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [_encoded(item, f"{where}[{number}]") for number, item in enumerate(value)]
    raise ConfigError(f"{where} is {value!r:.80}, which is not a value that a workflow can be started with")


def _duration(value: timedelta) -> str:
    """Return a duration in ISO 8601, such as ``P1DT2H30M0.5S``."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    days = f"{value.days}D" if value.days else ""
    clock = "".join(
        (
            f"{hours}H" if hours else "",
            f"{minutes}M" if minutes else "",
            f"{seconds}{fraction}S" if seconds or fraction else "",
        )
    )
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days or '0D'}"


_STATES = States(
    good=[WorkflowStatus.COMPLETED],
    bad=[WorkflowStatus.CANCELED, WorkflowStatus.CANCELLED, WorkflowStatus.FAILED],
    going=[WorkflowStatus.NOT_STARTED, WorkflowStatus.IN_PROGRESS],
)


def judged(run: WorkflowInstance) -> Verdict:
    """Return what a run's status means for a caller who waits for it: done, failed or still running."""
    return _STATES.judge(run.status)


@contextmanager
def naming(started: WorkflowInstance) -> Iterator[None]:
    """Add the identifier of the run to errors that are raised while waiting: the caller cannot get it otherwise."""
    try:
        yield
    except DomoError as error:
        error.add_note(f"workflow instance {started.id} was started")
        raise
