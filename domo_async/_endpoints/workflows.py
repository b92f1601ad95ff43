"""Workflows: started, waited for, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints._permissions import Permission, Right, sent_permissions
from domo_async._endpoints._workflow_runs import (
    WorkflowInstance,
    WorkflowStatus,
    WorkflowValue,
    judged,
    naming,
    workflow_data,
)
from domo_async._transport import url
from domo_async._waiting import wait_for
from domo_async._wire import Model, NumericId, payload, structure
from domo_async.errors import DecodeError

__all__ = [
    "Permission",
    "Right",
    "WorkflowInstance",
    "WorkflowPermission",
    "WorkflowStatus",
    "WorkflowValue",
    "Workflows",
]


@frozen(kw_only=True)
class WorkflowPermission(Model):
    """What a user or a group may do with a workflow, as the instance tells it.

    Attributes:
        id: The user, or the group.
        permissions: All that it may do.
    """

    id: NumericId | str
    permissions: tuple[Right, ...] = ()


class Workflows(Area):
    """Workflows: started, waited for, cancelled."""

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
        `GET /api/workflow/v2/executions`, see `wait`.

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

    async def executions(self, model_id: str, /, *, version: str | None = None) -> tuple[WorkflowInstance, ...]:
        """Return the runs of a workflow, as far as the instance tells.

        `GET /api/workflow/v2/executions`. Not in the documents: another client uses it, an envelope with
        ``executions`` was observed, and its items are unconfirmed. Their identifier and status are looked for under
        several names; what is not understood is in `extras`.

        Args:
            model_id: The workflow.
            version: The workflow's version; all versions by default.

        Raises:
            DecodeError: The answer holds no list.
        """
        answer = await self._http.request(
            "GET",
            url("/api/workflow/v2/executions"),
            params={"modelId": model_id, "version": version},
            into=object,
        )
        return _runs(answer)

    async def wait(self, instance_id: str, /, *, model_id: str, timeout: float = 600.0) -> WorkflowInstance:
        """Wait until a run has completed.

        `GET /api/workflow/v2/executions`, again and again. No document has a route to ask for a run by, apart from the
        App Framework's (`AppWorkflows.wait`); this one is unconfirmed, see `executions`. A run that it does not list
        counts as one that has not reported yet.

        Args:
            instance_id: The run, as `start` tells it.
            model_id: The workflow.
            timeout: Seconds to wait at most.

        Returns:
            The run, completed.

        Raises:
            JobFailed: It failed or was cancelled.
            WaitTimeout: It has not ended; it goes on.
            DecodeError: The answer holds no list.
        """

        async def look() -> WorkflowInstance:
            runs = await self.executions(model_id)
            return next((run for run in runs if run.id == instance_id), WorkflowInstance(id=instance_id))

        return await wait_for(
            look,
            judged,
            what=f"workflow instance {instance_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def cancel(self, instance_id: str, /) -> WorkflowInstance:
        """Ask for a run to be cancelled, which takes a moment.

        `POST /api/workflow/v1/instances/{instance_id}/cancel` (Workflows Product API, "Canceling a Workflow").

        Args:
            instance_id: The run, as `start` tells it; not the workflow.

        Returns:
            The run as it was when the request was sent. To know the outcome, call `wait`, whose `JobFailed` has the
            state ``CANCELED``.

        Raises:
            NotFound: There is no such run.
        """
        # A run that is asked twice to end, ends.
        return await self._http.request(
            "POST",
            url("/api/workflow/v1/instances/{}/cancel", instance_id),
            into=WorkflowInstance,
            idempotent=True,
        )

    async def permissions(self, model_id: str, /) -> Mapping[str, tuple[WorkflowPermission, ...]]:
        """Return who may do what with a workflow, by type: ``USER``, ``GROUP`` and perhaps others.

        `GET /api/workflow/v1/models/{model_id}/permissions`. Not in the documents; another client uses it.

        Args:
            model_id: The workflow.

        Raises:
            NotFound: There is no such workflow.
        """
        return await self._http.request(
            "GET",
            url("/api/workflow/v1/models/{}/permissions", model_id),
            into=dict[str, tuple[WorkflowPermission, ...]],
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
            NotFound: There is no such workflow.
        """
        # The same permissions set twice are the same permissions.
        await self._http.request(
            "POST",
            url("/api/workflow/v1/models/{}/permissions", model_id),
            json=sent_permissions(permissions),
            idempotent=True,
        )


def _runs(answer: object) -> tuple[WorkflowInstance, ...]:
    """Return the runs of an answer that no document shows: a list, or an object with one as ``executions``."""
    listed = answer.get("executions") if isinstance(answer, dict) else answer
    if not isinstance(listed, list):
        raise DecodeError("expected a list of executions, or an object that holds one")
    named = ((_first(item, "instanceId", "workflowInstanceId", "id", "executionId"), item) for item in listed)
    return tuple(_run(instance_id, item) for instance_id, item in named if instance_id is not None)


def _run(instance_id: str, item: Mapping[str, object]) -> WorkflowInstance:
    status = _first(item, "status", "state")
    return structure({**item, "id": instance_id, "status": status}, WorkflowInstance)


def _first(item: object, *keys: str) -> str | None:
    """Return the first text, which may be written as a number, that an object has under one of the keys."""
    found = (item.get(key) for key in keys) if isinstance(item, dict) else ()
    return next((str(value) for value in found if isinstance(value, str | int)), None)
