"""Workflows: what there is, started, waited for, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from domo_async._endpoints._area import Area, one_or_several, require_list
from domo_async._endpoints._permissions import Permission, Right, sent_permissions
from domo_async._endpoints._workflow_runs import (
    WorkflowInstance,
    WorkflowStatus,
    WorkflowValue,
    judged,
    naming,
    workflow_data,
)
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._waiting import wait_for
from domo_async._wire import IsoStamp, Model, NumericId, OpenEnum, TimestampForm, payload, structure
from domo_async.errors import APIError, DecodeError

__all__ = [
    "Permission",
    "Right",
    "TriggerType",
    "WorkflowCounts",
    "WorkflowDefinition",
    "WorkflowInstance",
    "WorkflowModel",
    "WorkflowPermission",
    "WorkflowStatus",
    "WorkflowTrigger",
    "WorkflowValue",
    "WorkflowVersion",
    "Workflows",
]


class TriggerType(OpenEnum):
    """What can start a workflow."""

    MANUAL = "MANUAL"
    API = "API"
    TIMER = "TIMER"
    ALERT = "ALERT"
    TEST = "TEST"


@frozen(kw_only=True)
class WorkflowPermission(Model):
    """What a user or a group may do with a workflow, as the instance tells it.

    Attributes:
        id: The user, or the group.
        permissions: All that it may do.
        name: Its name.
    """

    id: NumericId | str
    permissions: tuple[Right, ...] = ()
    name: str | None = None


@frozen(kw_only=True)
class WorkflowVersion(Model):
    """A version of a workflow. Some routes tell moments as ``…_at``, others as ``…_on``.

    Attributes:
        version: The version, such as ``1.0.0``.
        model_id: The workflow.
        active: Whether it is in use.
        description: The description.
        owner: The owner.
        created_by: Who made it.
        created_at: When it was made.
        created_on: The same.
        updated_by: Who changed it last.
        updated_at: When it last changed.
        updated_on: The same.
        released_at: When it was deployed; None while it is a draft.
        deployed_on: The same.
        deleted_at: When it was deleted.
        manual_trigger_id: The trigger that starts it by hand; see `Workflows.activate`.
        start_event_id: The event that it begins with.
        starts: What it begins with, as JSON.
        total_executions: How often it was started.
        total_times_run: The same.
    """

    version: str
    model_id: str | None = None
    active: bool | None = None
    description: str | None = None
    owner: str | None = None
    created_by: str | None = None
    created_at: IsoStamp | None = None
    created_on: IsoStamp | None = None
    updated_by: str | None = None
    updated_at: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    released_at: IsoStamp | None = None
    deployed_on: IsoStamp | None = None
    deleted_at: IsoStamp | None = None
    manual_trigger_id: str | None = None
    start_event_id: str | None = None
    starts: object = None
    total_executions: int | None = None
    total_times_run: int | None = None


@frozen(kw_only=True)
class WorkflowModel(Model):
    """A workflow. `Workflows.list` tells moments as ``…_on``, `Workflows.get` as ``…_at``.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        owner: The owner.
        created_by: Who made it.
        created_at: When it was made.
        created_on: The same.
        updated_by: Who changed it last.
        updated_at: When it last changed.
        updated_on: The same.
        last_version_updated_by: Who changed a version last.
        last_version_updated_on: When a version last changed.
        active_versions: How many of its versions are in use.
        number_of_versions: How many versions it has.
        total_executions: How often it was started.
        versions: Its versions, where they are told.
        user_permissions: Who may do what with it, each as JSON; the sample shows none.
    """

    id: str
    name: str | None = None
    description: str | None = None
    owner: str | None = None
    created_by: str | None = None
    created_at: IsoStamp | None = None
    created_on: IsoStamp | None = None
    updated_by: str | None = None
    updated_at: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    last_version_updated_by: str | None = None
    last_version_updated_on: IsoStamp | None = None
    active_versions: int | None = None
    number_of_versions: int | None = None
    total_executions: int | None = None
    versions: tuple[WorkflowVersion, ...] = ()
    user_permissions: tuple[object, ...] = ()


@frozen(kw_only=True)
class WorkflowDefinition(Model):
    """What a version of a workflow does.

    Attributes:
        version: How often it was saved.
        data_list: Its variables, each as JSON.
        design_elements: Its steps and what connects them, each as JSON.
        outputs: What it gives, each as JSON.
    """

    version: int | None = None
    data_list: tuple[Mapping[str, object], ...] = ()
    design_elements: tuple[Mapping[str, object], ...] = ()
    outputs: tuple[object, ...] = ()


@frozen(kw_only=True)
class WorkflowTrigger(Model):
    """Something that starts a workflow.

    Attributes:
        id: Its identifier.
        name: Its name.
        type: What kind of thing it is.
        active: Whether it is in use.
        model_id: The workflow.
        model_version: The workflow's version.
        entity_type: What it listens to, such as ``USER``.
        entity_id: The identifier of that.
        entity_version: The version of that.
        event_id: The event that it gives rise to.
        metadata: How it is set, such as a timer's ``cron``, as JSON.
        variables: What it hands over, by the workflow's variables.
        default_values: What it hands over where nothing else is given.
        schema: What it hands over, described as JSON.
        created_by: Who made it.
        created_at: When it was made.
        updated_by: Who changed it last.
        updated_at: When it last changed.
        deleted_at: When it was deleted.
    """

    id: str
    name: str | None = None
    type: TriggerType | None = None
    active: bool | None = None
    model_id: str | None = None
    model_version: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    entity_version: str | None = None
    event_id: str | None = None
    metadata: Mapping[str, object] | None = None
    variables: Mapping[str, object] | None = None
    default_values: Mapping[str, object] | None = None
    schema: Mapping[str, object] | None = None
    created_by: str | None = None
    created_at: IsoStamp | None = None
    updated_by: str | None = None
    updated_at: IsoStamp | None = None
    deleted_at: IsoStamp | None = None


@frozen(kw_only=True)
class WorkflowCounts(Model):
    """What is counted of runs.

    Attributes:
        average_cycle_time: How long a run takes; the unit is not known.
        execution_count: How many runs have each status.
        trigger_count: How many runs each kind of trigger started.
    """

    average_cycle_time: float | None = None
    execution_count: Mapping[str, int] | None = None
    trigger_count: Mapping[str, int] | None = None


class Workflows(Area):
    """Workflows: what there is, started, waited for, cancelled.

    Domo's documentation describes `start`, `cancel` and `set_permissions`. The other routes are seen on instances.
    """

    # -- workflows --------------------------------------------------------------------------------------------

    def list(self) -> Pager[WorkflowModel]:
        """Iterate over the workflows that the token's owner may see.

        `GET /api/workflow/v1/models`. Seen on instances, not in Domo's documentation; it takes a ``limit``, of which no
        default is known, so a great one is sent.
        """
        return self._http.whole_list(
            "GET",
            url("/api/workflow/v1/models"),
            params={"limit": _MOST_MODELS},
            into=ItemTuple[WorkflowModel],
            read=tuple,
        )

    async def get(self, model_id: str, /, *, versions: bool = True) -> WorkflowModel:
        """Return a workflow.

        `GET /api/workflow/v1/models/{model_id}`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.
            versions: Whether to ask for its versions as well. That ``parts=versions`` does it is unconfirmed; see
                `versions` for a list of them.

        Raises:
            NotFound: The workflow does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v1/models/{}", model_id),
            params={"parts": "versions" if versions else None},
            into=WorkflowModel,
        )

    async def set_owner(self, model_id: str, user_id: int | str, /) -> WorkflowModel:
        """Give a workflow to another user, and leave all else that is known of it.

        `PUT /api/workflow/v1/models/{model_id}` with what `GET /api/workflow/v1/models/{model_id}` gives, but for the
        owner. Seen: samples of instances show both; Domo's documentation does not describe it; another client hands
        workflows over so.

        Args:
            model_id: The workflow.
            user_id: The user whose it is to be.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The workflow or user does not exist.
        """
        path = url("/api/workflow/v1/models/{}", model_id)
        known = await self._http.request("GET", path, into=dict[str, object])
        return await self._http.request("PUT", path, json={**known, "owner": str(user_id)}, into=WorkflowModel)

    async def versions(self, model_id: str, /) -> ItemTuple[WorkflowVersion]:
        """Return the versions of a workflow, also those that were deleted.

        `GET /api/workflow/v2/models/{model_id}/versions`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.

        Raises:
            NotFound: The workflow does not exist.
        """
        return await self._http.request(
            "GET", url("/api/workflow/v2/models/{}/versions", model_id), into=ItemTuple[WorkflowVersion]
        )

    async def get_version(self, model_id: str, version: str, /) -> WorkflowVersion:
        """Return a version of a workflow.

        `GET /api/workflow/v2/models/{model_id}/versions/{version}`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.
            version: The version, such as ``1.0.0``.

        Raises:
            NotFound: The workflow or version does not exist.
        """
        return await self._http.request(
            "GET", url("/api/workflow/v2/models/{}/versions/{}", model_id, version), into=WorkflowVersion
        )

    async def definition(self, model_id: str, version: str, /) -> WorkflowDefinition:
        """Return what a version of a workflow does.

        `GET /api/workflow/v2/models/{model_id}/versions/{version}/definition`. Seen on instances, not in Domo's
        documentation.

        Args:
            model_id: The workflow.
            version: The version, such as ``1.0.0``.

        Raises:
            NotFound: The workflow or version does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v2/models/{}/versions/{}/definition", model_id, version),
            into=WorkflowDefinition,
        )

    async def triggers(
        self, model_id: str, /, *, types: TriggerType | str | Sequence[TriggerType | str] | None = None
    ) -> ItemTuple[WorkflowTrigger]:
        """Return what starts a workflow.

        `GET /api/workflow/v2/triggers/model/{model_id}`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.
            types: Only triggers of this kind, or of these. That several are joined by commas is unconfirmed.

        Raises:
            NotFound: The workflow does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v2/triggers/model/{}", model_id),
            params={"types": one_or_several(types, "types")},
            into=ItemTuple[WorkflowTrigger],
        )

    async def get_trigger(self, trigger_id: str, /) -> WorkflowTrigger:
        """Return something that starts a workflow.

        `GET /api/workflow/v2/triggers/{trigger_id}`. Seen on instances, not in Domo's documentation.

        Args:
            trigger_id: The trigger.

        Raises:
            NotFound: The trigger does not exist.
        """
        return await self._http.request("GET", url("/api/workflow/v2/triggers/{}", trigger_id), into=WorkflowTrigger)

    # -- runs -------------------------------------------------------------------------------------------------

    async def start(
        self,
        model_id: str,
        /,
        *,
        message_name: str,
        version: str,
        data: Mapping[str, WorkflowValue] = {},
        wait: bool = False,
        timeout: float = 600.0,
    ) -> WorkflowInstance:
        """Start a workflow.

        `POST /api/workflow/v1/instances/message` (Workflows Product API, "Start a Workflow"), and to wait
        `GET /api/workflow/v2/executions/{instance_id}` or `GET /api/workflow/v2/executions`, see `wait`.

        Args:
            model_id: The workflow.
            message_name: The message that starts it, usually ``Start`` and the workflow's name.
            version: The workflow's version, such as ``0.0.1``.
            data: What it is started with, as the workflow defines it; see `WorkflowValue`.
            wait: Whether to return only when it has completed.
            timeout: Seconds to wait at most.

        Returns:
            The run; its status is None where it has not reported as started yet.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a zone.
            JobFailed: With `wait`: it failed or was cancelled.
            UnknownState: With `wait`: what its status means is not known.
            WaitTimeout: With `wait`: it has not ended; it goes on.
        """
        body = payload(message_name=message_name, version=version, model_id=model_id, data=workflow_data(data))
        started = await self._http.request(
            "POST", url("/api/workflow/v1/instances/message"), json=body, into=WorkflowInstance
        )
        if not wait:
            return started
        with naming(started):
            return await self.wait(started.id, model_id=model_id, timeout=timeout)

    async def activate(self, trigger_id: str, /, *, data: Mapping[str, WorkflowValue] = {}) -> WorkflowInstance:
        """Start a workflow by one of its triggers, such as `WorkflowVersion.manual_trigger_id`.

        `POST /api/workflow/v2/triggers/{trigger_id}/activate`. Seen on instances, not in Domo's documentation.

        Args:
            trigger_id: The trigger.
            data: What it is started with, by the names of the workflow's variables; see `WorkflowValue`.

        Returns:
            The run, for which `wait` waits.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a zone.
            NotFound: The trigger does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/workflow/v2/triggers/{}/activate", trigger_id),
            json=workflow_data(data),
            into=WorkflowInstance,
        )

    async def executions(
        self,
        model_id: str,
        /,
        *,
        version: str | None = None,
        status: WorkflowStatus | str | Sequence[WorkflowStatus | str] | None = None,
        trigger_types: TriggerType | str | Sequence[TriggerType | str] | None = None,
    ) -> ItemTuple[WorkflowInstance]:
        """Return the runs of a workflow, as far as the instance tells.

        `GET /api/workflow/v2/executions`. Seen on instances, not in Domo's documentation; whether a great many runs
        come in one answer is not known. The identifier and the status of a run are looked for under several names; what
        is not understood is in `extras`.

        Args:
            model_id: The workflow.
            version: The workflow's version; all versions by default.
            status: Only runs of this status, or of these. Instances write ``CANCELLED`` here.
            trigger_types: Only runs that triggers of this kind started, or of these.

        Raises:
            ConfigError: A list is empty.
            DecodeError: The answer holds no list.
        """
        answer = await self._http.request(
            "GET",
            url("/api/workflow/v2/executions"),
            params={
                "modelId": model_id,
                "version": version,
                "status": one_or_several(status, "status"),
                "triggerTypes": one_or_several(trigger_types, "trigger_types"),
            },
            into=object,
        )
        return _runs(answer)

    async def get_execution(self, instance_id: str, /) -> WorkflowInstance:
        """Return a run.

        `GET /api/workflow/v2/executions/{instance_id}`. Seen on instances, not in Domo's documentation.

        Args:
            instance_id: The run, as `start` and `executions` tell it.

        Raises:
            NotFound: The run does not exist.
            DecodeError: The answer holds no run.
        """
        answer = await self._http.request("GET", url("/api/workflow/v2/executions/{}", instance_id), into=object)
        run = _one_of(answer, instance_id)
        if run is None:
            raise DecodeError(f"expected execution {instance_id}, or a list of executions that has it")
        return run

    async def wait(
        self, instance_id: str, /, *, model_id: str | None = None, timeout: float = 600.0
    ) -> WorkflowInstance:
        """Wait until a run has completed.

        `GET /api/workflow/v2/executions/{instance_id}`, again and again, seen on instances and not in Domo's
        documentation. Where the instance does not know the run by that, `GET /api/workflow/v2/executions`: a run that
        is not in that list either counts as one that has not reported yet. Apps have `AppWorkflows.wait`.

        Args:
            instance_id: The run, as `start` tells it.
            model_id: The workflow; without it, the list of its runs cannot be looked at.
            timeout: Seconds to wait at most.

        Returns:
            The run, completed.

        Raises:
            JobFailed: It failed or was cancelled; carries the status, which is written ``CANCELED`` or ``CANCELLED``.
            UnknownState: What its status means is not known.
            WaitTimeout: It has not ended; it goes on.
            NotFound: The run does not exist, and no `model_id` is given.
            DecodeError: The answer holds no run.
        """
        listed = False

        async def look() -> WorkflowInstance:
            nonlocal listed
            if not listed:
                try:
                    return await self.get_execution(instance_id)
                except (APIError, DecodeError) as error:
                    if model_id is None or (isinstance(error, APIError) and error.status not in _NOT_BY_ID):
                        raise
            runs = await self.executions(model_id or "")
            found = next((run for run in runs if run.id == instance_id), None)
            listed = found is not None
            return found or WorkflowInstance(id=instance_id)

        return await wait_for(
            look,
            judged,
            what=f"workflow instance {instance_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def outputs(self, instance_id: str, /) -> Mapping[str, object]:
        """Return what a run gave, by the names of the workflow's outputs.

        `GET /api/workflow/v2/executions/{instance_id}/outputs`. Seen on instances, not in Domo's documentation.

        Args:
            instance_id: The run.

        Raises:
            NotFound: The run does not exist.
        """
        return await self._http.request(
            "GET", url("/api/workflow/v2/executions/{}/outputs", instance_id), into=dict[str, object], empty={}
        )

    async def restart(
        self, instance_id: str, /, *, data: Mapping[str, WorkflowValue] = {}, scope_key: str | None = None
    ) -> WorkflowInstance:
        """Start a run again.

        `POST /api/workflow/v2/executions/{instance_id}/restart`. Seen on instances, not in Domo's documentation.

        Args:
            instance_id: The run.
            data: What is changed of what it was started with; see `WorkflowValue`.
            scope_key: The step to start at; which steps there are is not known.

        Returns:
            The run that was started. Whether that is the same or another is not known: go on with its `id`.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a zone.
            NotFound: The run does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/workflow/v2/executions/{}/restart", instance_id),
            params={"scopeKey": scope_key},
            json=workflow_data(data),
            into=WorkflowInstance,
        )

    async def cancel(self, instance_id: str, /) -> WorkflowInstance:
        """Ask for a run to be cancelled, which takes a moment.

        `POST /api/workflow/v1/instances/{instance_id}/cancel` (Workflows Product API, "Canceling a Workflow").

        Args:
            instance_id: The run, as `start` tells it; not the workflow.

        Returns:
            The run as it was when the request was sent. To know the outcome, call `wait`, whose `JobFailed` has the
            state ``CANCELED`` or ``CANCELLED``.

        Raises:
            NotFound: The run does not exist.
        """
        # A run that is asked twice to end, ends.
        return await self._http.request(
            "POST",
            url("/api/workflow/v1/instances/{}/cancel", instance_id),
            into=WorkflowInstance,
            idempotent=True,
        )

    async def cancel_many(self, instance_ids: Sequence[str], /) -> Mapping[str, str | None]:
        """Ask for runs to be cancelled, which takes a moment.

        `POST /api/workflow/v2/executions/cancel`. Seen on instances, not in Domo's documentation.

        Args:
            instance_ids: The runs.

        Returns:
            What the instance says about each run; None where it says nothing, which presumably means that nothing was
            wrong. `wait` tells what became of it.

        Raises:
            ConfigError: There are none.
        """
        return await self._http.request(
            "POST",
            url("/api/workflow/v2/executions/cancel"),
            json=require_list(instance_ids, "instance_ids"),
            into=dict[str, str | None],
            empty={},
            idempotent=True,
        )

    async def metrics(
        self,
        *,
        model_id: str | None = None,
        model_version: str | None = None,
        status: WorkflowStatus | str | Sequence[WorkflowStatus | str] | None = None,
        trigger_types: TriggerType | str | Sequence[TriggerType | str] | None = None,
        started_by: int | str | None = None,
        started_after: datetime | None = None,
        finished_before: datetime | None = None,
    ) -> WorkflowCounts:
        """Count runs.

        `GET /api/workflow/v2/executions/metrics`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: Only runs of this workflow.
            model_version: Only runs of this version.
            status: Only runs of this status, or of these.
            trigger_types: Only runs that triggers of this kind started, or of these.
            started_by: Only runs that this user started.
            started_after: Only runs that were started from then on.
            finished_before: Only runs that ended before.

        Raises:
            ConfigError: A moment has no zone, or a list is empty.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v2/executions/metrics"),
            params={
                "modelId": model_id,
                "modelVersion": model_version,
                "status": one_or_several(status, "status"),
                "triggerTypes": one_or_several(trigger_types, "trigger_types"),
                "startedBy": started_by,
                "startedAfter": _iso(started_after),
                "finishedBefore": _iso(finished_before),
            },
            into=WorkflowCounts,
        )

    # -- permissions ------------------------------------------------------------------------------------------

    async def permissions(self, model_id: str, /) -> Mapping[str, tuple[WorkflowPermission, ...]]:
        """Return who may do what with a workflow, by type: ``USER``, ``GROUP`` and perhaps others.

        `GET /api/workflow/v1/models/{model_id}/permissions`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.

        Raises:
            NotFound: The workflow does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v1/models/{}/permissions", model_id),
            into=dict[str, ItemTuple[WorkflowPermission]],
        )

    async def set_permissions(self, model_id: str, /, *, permissions: Sequence[Permission]) -> None:
        """Say what users may do with a workflow.

        `POST /api/workflow/v1/models/{model_id}/permissions` (Workflows Product API, "Changing a Workflow's
        Permissions"). Whether users who are left out keep what they had, is not documented.

        Args:
            model_id: The workflow.
            permissions: The users, each with all that is allowed.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The workflow does not exist.
        """
        # The same permissions set twice are the same permissions.
        await self._http.request(
            "POST",
            url("/api/workflow/v1/models/{}/permissions", model_id),
            json=sent_permissions(permissions),
            idempotent=True,
        )


_MOST_MODELS = 10_000
# How instances say that they do not know a run by its identifier, or take that for another kind of identifier.
_NOT_BY_ID = frozenset({400, 404, 405})


def _iso(time: datetime | None) -> str | None:
    return None if time is None else str(TimestampForm.ISO.format(time))


def _runs(answer: object) -> ItemTuple[WorkflowInstance]:
    """Return the runs of an answer that no document shows: a list, or an object with one as ``executions``."""
    listed = answer.get("executions") if isinstance(answer, dict) else answer
    if not isinstance(listed, list):
        raise DecodeError("expected a list of executions, or an object that holds one")
    return ItemTuple(run for run in map(_run, listed) if run is not None)


def _one_of(answer: object, instance_id: str) -> WorkflowInstance | None:
    """Return the run that an answer tells of: as it is, or in a list, as untested clients expect it."""
    if isinstance(answer, dict) and "executions" not in answer:
        return _run(answer)
    return next((run for run in _runs(answer) if run.id == instance_id), None)


def _run(item: object) -> WorkflowInstance | None:
    instance_id = _first(item, "instanceId", "workflowInstanceId", "id", "executionId")
    if instance_id is None or not isinstance(item, dict):
        return None
    return structure({**item, "id": instance_id, "status": _first(item, "status", "state")}, WorkflowInstance)


def _first(item: object, *keys: str) -> str | None:
    """Return the first text, which may be written as a number, that an object has under one of the keys."""
    found = (item.get(key) for key in keys) if isinstance(item, dict) else ()
    return next((str(value) for value in found if isinstance(value, str | int)), None)
