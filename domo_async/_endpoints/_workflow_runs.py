"""Runs of workflows: what the product's routes and the App Framework's share."""

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
"""What a workflow can be started with, by the documented types:

``boolean`` is a bool; ``number`` an int or float; ``decimal`` a Decimal, sent as a number with all its digits; ``text``
a str; ``person``, ``dataset`` and ``group`` the identifier; ``object`` a mapping; lists are sequences of these.
``date``, ``dateTime``, ``time`` and ``duration`` are Python's own, sent as ISO 8601: ``2024-05-31``,
``2024-05-31T12:30:00.000Z``, ``12:30:00`` and ``P1DT2H``. The documents name the types but show the form of none, so
these forms, and the identifiers', are unconfirmed; a str or mapping of your own making goes out as it is.
"""


class WorkflowStatus(OpenEnum):
    """How far a run of a workflow is; some routes write ``CANCELED`` and others ``CANCELLED``."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    CANCELED = "CANCELED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


def told_status(status: WorkflowStatus | None) -> WorkflowStatus | None:
    """Return a status; Domo's documentation shows the text ``null`` where there is none."""
    return None if status == "null" else status


@frozen(kw_only=True)
class WorkflowInstance(Model):
    """A run of a workflow.

    Attributes:
        id: The run.
        model_id: The workflow.
        model_name: The workflow's name.
        model_version: The workflow's version.
        created_by: Who started it, as `Workflows.start` and `Workflows.cancel` tell.
        created_on: When it was started, likewise.
        updated_by: Who changed it last.
        updated_on: When it last changed, as `Workflows.start` and `Workflows.cancel` tell.
        status: How far it is; None where it has not reported as started yet.
        deployment_id: The deployment.
        bpmn_process_id: The process that the workflow runs as, which only `Workflows.cancel` tells.
        bpmn_process_name: The name of that process, likewise.
        is_test_run: Whether it is a test, likewise.
        started_by: Who started it, as `Workflows.get_execution` tells; so what follows.
        started_at: When it was started.
        finished_at: When it ended.
        created_at: When the instance took it on.
        updated_at: When it last changed.
        model_owner: Whose the workflow is.
        trigger_id: What started it.
        trigger_name: The name of that.
        trigger_type: What kind of thing that is, such as ``MANUAL``.
        trigger_deleted_at: When that was deleted.
        event_id: The event that it was started by.
        process_key: The process of the workflow engine.
        workflow_cluster: Where it runs.
        linked_executions: The runs that it belongs together with, each as JSON; the sample shows none.
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
    """Return what a workflow is started with, as JSON takes it.

    Raises:
        ConfigError: A value has no form that a workflow takes; names it.
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
    raise ConfigError(f"{where} is {value!r:.80}, which a workflow cannot be started with")


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
    """Return what a run's status means for those who wait for it."""
    return _STATES.judge(run.status)


@contextmanager
def naming(started: WorkflowInstance) -> Iterator[None]:
    """Let what goes wrong while a run is waited for name the run, which is no longer to be had otherwise."""
    try:
        yield
    except DomoError as error:
        error.add_note(f"workflow instance {started.id} was started")
        raise
