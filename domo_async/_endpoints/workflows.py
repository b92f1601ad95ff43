"""Workflows: read, start, wait for and cancel them."""

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
    """The type of a trigger, which starts a workflow."""

    MANUAL = "MANUAL"
    API = "API"
    TIMER = "TIMER"
    ALERT = "ALERT"
    TEST = "TEST"


@frozen(kw_only=True)
class WorkflowPermission(Model):
    """The permissions of a user or a group on a workflow, as the instance returns them.

    Attributes:
        id: The user, or the group.
        permissions: All its permissions.
        name: Its name.
    """

    id: NumericId | str
    permissions: tuple[Right, ...] = ()
    name: str | None = None


@frozen(kw_only=True)
class WorkflowVersion(Model):
    """A version of a workflow. Some routes name times ``…_at``, others ``…_on``.

    Attributes:
        version: The version, such as ``1.0.0``.
        model_id: The workflow.
        active: Whether it is in use.
        description: The description.
        owner: The owner.
        created_by: The user who created it.
        created_at: When it was created.
        created_on: The same as `created_at`.
        updated_by: The user who changed it last.
        updated_at: When it was last changed.
        updated_on: The same as `updated_at`.
        released_at: When it was deployed; None while it is a draft.
        deployed_on: The same as `released_at`.
        deleted_at: When it was deleted.
        manual_trigger_id: The trigger that starts it by hand; see `Workflows.activate`.
        start_event_id: The event that starts it.
        starts: Its start events, as JSON.
        total_executions: The number of times it was started.
        total_times_run: The same as `total_executions`.
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
    """A workflow. `Workflows.list` names times ``…_on``, `Workflows.get` ``…_at``.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        owner: The owner.
        created_by: The user who created it.
        created_at: When it was created.
        created_on: The same as `created_at`.
        updated_by: The user who changed it last.
        updated_at: When it was last changed.
        updated_on: The same as `updated_at`.
        last_version_updated_by: The user who changed a version last.
        last_version_updated_on: When a version was last changed.
        active_versions: The number of its versions that are in use.
        number_of_versions: The number of its versions.
        total_executions: The number of times it was started.
        versions: Its versions, if the answer has them.
        user_permissions: The permissions on it, each as JSON; Domo's sample shows an empty list.
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
    """The definition of a version of a workflow.

    Attributes:
        version: The number of times it was saved.
        data_list: Its variables, each as JSON.
        design_elements: Its steps and their connections, each as JSON.
        outputs: Its outputs, each as JSON.
    """

    version: int | None = None
    data_list: tuple[Mapping[str, object], ...] = ()
    design_elements: tuple[Mapping[str, object], ...] = ()
    outputs: tuple[object, ...] = ()


@frozen(kw_only=True)
class WorkflowTrigger(Model):
    """A trigger, which starts a workflow.

    Attributes:
        id: Its identifier.
        name: Its name.
        type: Its type.
        active: Whether it is in use.
        model_id: The workflow.
        model_version: The workflow's version.
        entity_type: The type of the object that it watches, such as ``USER``.
        entity_id: The identifier of that object.
        entity_version: The version of that object.
        event_id: The event that it raises.
        metadata: Its settings, such as a timer's ``cron``, as JSON.
        variables: The values that it passes, by the workflow's variables.
        default_values: The values that it passes if no others are given.
        schema: The schema of the values that it passes, as JSON.
        created_by: The user who created it.
        created_at: When it was created.
        updated_by: The user who changed it last.
        updated_at: When it was last changed.
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
    """Metrics of runs.

    Attributes:
        average_cycle_time: The average duration of a run; the unit is unknown.
        execution_count: The number of runs with each status.
        trigger_count: The number of runs that each type of trigger started.
    """

    average_cycle_time: float | None = None
    execution_count: Mapping[str, int] | None = None
    trigger_count: Mapping[str, int] | None = None


class Workflows(Area):
    """Workflows: read, start, wait for and cancel them.

    Domo's documentation describes `start`, `cancel` and `set_permissions`. The other routes are seen on instances.
    """

    # -- workflows --------------------------------------------------------------------------------------------

    def list(self) -> Pager[WorkflowModel]:
        """Iterate over the workflows that the token's owner may see.

        `GET /api/workflow/v1/models`. Seen on instances, not in Domo's documentation. It takes a ``limit`` whose
        default is unknown, so a large one is sent.
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
            versions: Whether to return its versions as well. Unconfirmed: that ``parts=versions`` does this; see
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
        """Give a workflow to another user; all other known fields stay as they are.

        `PUT /api/workflow/v1/models/{model_id}` with the answer of `GET /api/workflow/v1/models/{model_id}`, except for
        the owner. Seen: samples of instances show both; Domo's documentation does not describe it; another client hands
        workflows over so.

        Args:
            model_id: The workflow.
            user_id: The new owner.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The workflow or user does not exist.
        """
        path = url("/api/workflow/v1/models/{}", model_id)
        known = await self._http.request("GET", path, into=dict[str, object])
        return await self._http.request("PUT", path, json={**known, "owner": str(user_id)}, into=WorkflowModel)

    async def versions(self, model_id: str, /) -> ItemTuple[WorkflowVersion]:
        """Return the versions of a workflow, including deleted ones.

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
        """Return the definition of a version of a workflow.

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
        """Return the triggers of a workflow.

        `GET /api/workflow/v2/triggers/model/{model_id}`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: The workflow.
            types: Only triggers of this type, or of these types. Unconfirmed: that several types are joined by commas.

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
        """Return a trigger.

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

        `POST /api/workflow/v1/instances/message` (Workflows Product API, "Start a Workflow"), and, to wait,
        `GET /api/workflow/v2/executions/{instance_id}` or `GET /api/workflow/v2/executions`, see `wait`.

        Example:
            run = await domo.workflows.start(
                model_id, message_name="Start Approval", version="1.0.0", data={"amount": 12}, wait=True
            )
            print(await domo.workflows.outputs(run.id))

        Args:
            model_id: The workflow.
            message_name: The message that starts it, usually ``Start`` followed by the workflow's name.
            version: The workflow's version, such as ``0.0.1``.
            data: The start values, as the workflow defines them; see `WorkflowValue`.
            wait: Whether to return only when it has completed.
            timeout: The most seconds to wait.

        Returns:
            The run; its status is None if it has not reported that it started.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a time zone.
            JobFailed: With `wait`: it failed or was cancelled.
            UnknownState: With `wait`: the meaning of its status is unknown.
            WaitTimeout: With `wait`: it has not ended; it continues to run.
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
        """Start a workflow with one of its triggers, such as `WorkflowVersion.manual_trigger_id`.

        `POST /api/workflow/v2/triggers/{trigger_id}/activate`. Seen on instances, not in Domo's documentation.

        Args:
            trigger_id: The trigger.
            data: The start values, by the names of the workflow's variables; see `WorkflowValue`.

        Returns:
            The run, for which `wait` waits.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a time zone.
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
        """Return the runs of a workflow that the instance returns.

        `GET /api/workflow/v2/executions`. Seen on instances, not in Domo's documentation; it is unknown whether one
        answer has all runs if there are many. The identifier and the status of a run are looked for under several
        names; unknown keys are in `extras`.

        Example:
            for run in await domo.workflows.executions(model_id, status="FAILED"):
                print(run.id, run.started_at)

        Args:
            model_id: The workflow.
            version: The workflow's version; all versions by default.
            status: Only runs with this status, or one of these. Instances write ``CANCELLED`` here.
            trigger_types: Only runs that triggers of this type, or of these types, started.

        Raises:
            ConfigError: A list is empty.
            DecodeError: The answer has no list.
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
            instance_id: The run, as `start` and `executions` return it.

        Raises:
            NotFound: The run does not exist.
            DecodeError: The answer has no run.
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

        `GET /api/workflow/v2/executions/{instance_id}`, repeatedly, seen on instances and not in Domo's documentation.
        If the instance does not find the run there, `GET /api/workflow/v2/executions`: a run that is not in that list
        either counts as one that has not reported yet. Apps have `AppWorkflows.wait`.

        Args:
            instance_id: The run, as `start` returns it.
            model_id: The workflow; without it, the list of its runs cannot be read.
            timeout: The most seconds to wait.

        Returns:
            The completed run.

        Raises:
            JobFailed: It failed or was cancelled; the error has the status, which is written ``CANCELED`` or
                ``CANCELLED``.
            UnknownState: The meaning of its status is unknown.
            WaitTimeout: It has not ended; it continues to run.
            NotFound: The run does not exist, and no `model_id` is given.
            DecodeError: The answer has no run.
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
        """Return the outputs of a run, by name.

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
        """Restart a run.

        `POST /api/workflow/v2/executions/{instance_id}/restart`. Seen on instances, not in Domo's documentation.

        Args:
            instance_id: The run.
            data: The start values to change; see `WorkflowValue`.
            scope_key: The step to start at; the possible steps are unknown.

        Returns:
            The run that was started. It is unknown whether this is the same run or a new one: use its `id` from here
            on.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a time zone.
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
        """Request that a run is cancelled, which takes some time.

        `POST /api/workflow/v1/instances/{instance_id}/cancel` (Workflows Product API, "Canceling a Workflow").

        Args:
            instance_id: The run, as `start` returns it; not the workflow.

        Returns:
            The run as it was when the request was sent. To learn the outcome, call `wait`, whose `JobFailed` has the
            state ``CANCELED`` or ``CANCELLED``.

        Raises:
            NotFound: The run does not exist.
        """
        # Cancelling a run twice has the same result.
        return await self._http.request(
            "POST",
            url("/api/workflow/v1/instances/{}/cancel", instance_id),
            into=WorkflowInstance,
            idempotent=True,
        )

    async def cancel_many(self, instance_ids: Sequence[str], /) -> Mapping[str, str | None]:
        """Request that runs are cancelled, which takes some time.

        `POST /api/workflow/v2/executions/cancel`. Seen on instances, not in Domo's documentation.

        Args:
            instance_ids: The runs.

        Returns:
            The instance's answer for each run; None if it has none, which presumably means that there was no error.
            `wait` returns the outcome.

        Raises:
            ConfigError: The list is empty.
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
        """Return the metrics of runs.

        `GET /api/workflow/v2/executions/metrics`. Seen on instances, not in Domo's documentation.

        Args:
            model_id: Only runs of this workflow.
            model_version: Only runs of this version.
            status: Only runs with this status, or one of these.
            trigger_types: Only runs that triggers of this type, or of these types, started.
            started_by: Only runs that this user started.
            started_after: Only runs that were started at or after this time.
            finished_before: Only runs that ended before this time.

        Raises:
            ConfigError: A time has no time zone, or a list is empty.
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
        """Return the permissions on a workflow, by type: ``USER``, ``GROUP`` and perhaps others.

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
        """Set the permissions of users on a workflow.

        `POST /api/workflow/v1/models/{model_id}/permissions` (Workflows Product API, "Changing a Workflow's
        Permissions"). Domo's documentation does not say whether users who are not listed keep their permissions.

        Args:
            model_id: The workflow.
            permissions: The users, each with all permissions.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The workflow does not exist.
        """
        # Setting the same permissions twice has the same result.
        await self._http.request(
            "POST",
            url("/api/workflow/v1/models/{}/permissions", model_id),
            json=sent_permissions(permissions),
            idempotent=True,
        )


_MOST_MODELS = 10_000
# The errors by which instances report an unknown run, or an identifier of another type.
_NOT_BY_ID = frozenset({400, 404, 405})


def _iso(time: datetime | None) -> str | None:
    return None if time is None else str(TimestampForm.ISO.format(time))


def _runs(answer: object) -> ItemTuple[WorkflowInstance]:
    """Return the runs of an undocumented answer: a list, or an object with one as ``executions``."""
    listed = answer.get("executions") if isinstance(answer, dict) else answer
    if not isinstance(listed, list):
        raise DecodeError("expected a list of executions, or an object that holds one")
    return ItemTuple(run for run in map(_run, listed) if run is not None)


def _one_of(answer: object, instance_id: str) -> WorkflowInstance | None:
    """Return the run in an answer: the answer itself, or an item of a list, as untested clients expect it."""
    if isinstance(answer, dict) and "executions" not in answer:
        return _run(answer)
    return next((run for run in _runs(answer) if run.id == instance_id), None)


def _run(item: object) -> WorkflowInstance | None:
    instance_id = _first(item, "instanceId", "workflowInstanceId", "id", "executionId")
    if instance_id is None or not isinstance(item, dict):
        return None
    return structure({**item, "id": instance_id, "status": _first(item, "status", "state")}, WorkflowInstance)


def _first(item: object, *keys: str) -> str | None:
    """Return the first text or number that an object has under one of the keys, as text."""
    found = (item.get(key) for key in keys) if isinstance(item, dict) else ()
    return next((str(value) for value in found if isinstance(value, str | int)), None)
