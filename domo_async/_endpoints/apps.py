"""The App Framework's routes, for an app's own session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import TypeAlias

from attrs import field, frozen

from domo_async._endpoints._area import Area, one_or_several
from domo_async._endpoints._workflow_runs import (
    WorkflowInstance,
    WorkflowStatus,
    WorkflowValue,
    judged,
    naming,
    told_status,
    workflow_data,
)
from domo_async._endpoints.files import FilePermissions
from domo_async._transport import url
from domo_async._waiting import wait_for
from domo_async._wire import IsoStamp, Model, epoch_millis

__all__ = ["AppFiles", "AppWorkflows", "Apps", "InstanceMetric", "StatusFilter", "WorkflowMetrics"]

StatusFilter: TypeAlias = WorkflowStatus | str | Sequence[WorkflowStatus | str] | None


@frozen(kw_only=True)
class InstanceMetric(Model):
    """What is counted of a run of a workflow.

    Attributes:
        instance_id: The run.
        model_id: The workflow.
        version: The workflow's version.
        creator_id: Who started it.
        workflow_start_time: When it was started.
        workflow_end_time: When it ended.
        workflow_cancel_time: When it was cancelled.
        workflow_cycle_time: How long it took; the unit is not documented.
        status: How far it is.
    """

    instance_id: str
    model_id: str | None = None
    version: str | None = None
    creator_id: str | None = None
    workflow_start_time: IsoStamp | None = None
    workflow_end_time: IsoStamp | None = None
    workflow_cancel_time: IsoStamp | None = None
    workflow_cycle_time: float | None = None
    status: WorkflowStatus | None = field(default=None, converter=told_status)


@frozen(kw_only=True)
class WorkflowMetrics(Model):
    """What is counted of a workflow.

    Attributes:
        model_id: The workflow.
        version: The workflow's version.
        completed_workflows: Runs that completed.
        in_progress_workflows: Runs under way.
        failed_workflows: Runs that failed.
        canceled_workflows: Runs that were cancelled.
        average_cycle_time: How long a run takes; the unit is not documented.
        instance_metric: The runs one by one.
    """

    model_id: str | None = None
    version: str | None = None
    completed_workflows: int | None = None
    in_progress_workflows: int | None = None
    failed_workflows: int | None = None
    canceled_workflows: int | None = None
    average_cycle_time: float | None = None
    instance_metric: tuple[InstanceMetric, ...] = ()


class AppWorkflows(Area):
    """Workflows that an app's manifest names."""

    async def start(
        self,
        alias: str,
        /,
        *,
        data: Mapping[str, WorkflowValue] = {},
        wait: bool = False,
        timeout: float = 600.0,
    ) -> WorkflowInstance:
        """Start a workflow.

        `POST /domo/workflow/v1/models/{alias}/start` (Workflows API, "Start a Workflow"), and to wait
        `GET /domo/workflow/v1/models/{alias}/instance/{instance_id}`.

        Args:
            alias: The workflow's name in the app's manifest.
            data: What it is started with, by the parameters' ``aliasName`` in the manifest; see `WorkflowValue`.
            wait: Whether to return only when it has completed.
            timeout: Seconds to wait at most.

        Returns:
            The run; its status is None where it has not reported as started yet.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a zone.
            NotFound: The manifest names no such workflow.
            JobFailed: With `wait`: it failed or was cancelled.
            UnknownState: With `wait`: what its status means is not known.
            WaitTimeout: With `wait`: it has not ended; it goes on.
        """
        started = await self._http.request(
            "POST", url("/domo/workflow/v1/models/{}/start", alias), json=workflow_data(data), into=WorkflowInstance
        )
        if not wait:
            return started
        with naming(started):
            return await self.wait(alias, started.id, timeout=timeout)

    async def get(self, alias: str, instance_id: str, /) -> WorkflowInstance:
        """Return a run of a workflow.

        `GET /domo/workflow/v1/models/{alias}/instance/{instance_id}` (Workflows API, "Get Workflow Instance").

        Args:
            alias: The workflow's name in the app's manifest.
            instance_id: The run, as `start` tells it.

        Raises:
            NotFound: The run or workflow does not exist.
        """
        return await self._http.request(
            "GET", url("/domo/workflow/v1/models/{}/instance/{}", alias, instance_id), into=WorkflowInstance
        )

    async def wait(self, alias: str, instance_id: str, /, *, timeout: float = 600.0) -> WorkflowInstance:
        """Wait until a run has completed.

        `GET /domo/workflow/v1/models/{alias}/instance/{instance_id}` (Workflows API, "Get Workflow Instance"), again
        and again.

        Args:
            alias: The workflow's name in the app's manifest.
            instance_id: The run, as `start` tells it.
            timeout: Seconds to wait at most.

        Returns:
            The run, completed.

        Raises:
            NotFound: The run or workflow does not exist.
            JobFailed: It failed or was cancelled.
            UnknownState: What its status means is not known.
            WaitTimeout: It has not ended; it goes on.
        """
        return await wait_for(
            partial(self.get, alias, instance_id),
            judged,
            what=f"workflow instance {instance_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def metrics(
        self,
        alias: str,
        /,
        *,
        limit: int | None = None,
        offset: int | None = None,
        after: datetime | None = None,
        until: datetime | None = None,
        status: StatusFilter = None,
    ) -> WorkflowMetrics:
        """Return what is counted of a workflow's runs.

        `GET /domo/workflow/v1/models/{alias}/overall` (Workflows API, "Get Metrics for a Workflow").

        Args:
            alias: The workflow's name in the app's manifest.
            limit: The most runs to list.
            offset: Runs to leave out at the beginning of the list.
            after: From when on; sent as milliseconds since 1970, which is unconfirmed.
            until: Up to when; sent likewise.
            status: List only runs of this status, or of these. That several are joined by commas is unconfirmed.

        Raises:
            ConfigError: A moment has no zone, or the list of statuses is empty.
            NotFound: The manifest names no such workflow.
        """
        return await self._http.request(
            "GET",
            url("/domo/workflow/v1/models/{}/overall", alias),
            params={
                "limit": limit,
                "offset": offset,
                "after": None if after is None else epoch_millis(after),
                "until": None if until is None else epoch_millis(until),
                "status": one_or_several(status, "status"),
            },
            into=WorkflowMetrics,
        )


class AppFiles(Area):
    """Files, as an app reaches them."""

    async def get_permissions(self, file_id: int | str, /) -> FilePermissions:
        """Return who may do what with a file.

        `GET /domo/data-files/v1/{file_id}/permissions` (Files API, "Get File Permissions"). Domo's documentation names
        this route, but its example calls the one of `Files.get_permissions`.

        Args:
            file_id: The file.

        Raises:
            NotFound: The file does not exist.
        """
        return await self._http.request("GET", url("/domo/data-files/v1/{}/permissions", file_id), into=FilePermissions)


class Apps(Area):
    """The App Framework's routes, for an app's own session."""

    @cached_property
    def workflows(self) -> AppWorkflows:
        """Workflows that the app's manifest names."""
        return AppWorkflows(self._http)

    @cached_property
    def files(self) -> AppFiles:
        """Files, as an app reaches them."""
        return AppFiles(self._http)
