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
from domo_async._endpoints.files.models import FilePermissions
from domo_async._transport import url
from domo_async._waiting import wait_for
from domo_async._wire import IsoStamp, Model, epoch_millis

__all__ = ["AppFiles", "AppWorkflows", "Apps", "InstanceMetric", "StatusFilter", "WorkflowMetrics"]

StatusFilter: TypeAlias = WorkflowStatus | str | Sequence[WorkflowStatus | str] | None


@frozen(kw_only=True)
class InstanceMetric(Model):
    """Metrics of a run of a workflow.

    Attributes:
        instance_id: The run.
        model_id: The workflow.
        version: The workflow's version.
        creator_id: The user who started it.
        workflow_start_time: When it was started.
        workflow_end_time: When it ended.
        workflow_cancel_time: When it was cancelled.
        workflow_cycle_time: Its duration; the unit is not documented.
        status: Its status.
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
    """Metrics of a workflow.

    Attributes:
        model_id: The workflow.
        version: The workflow's version.
        completed_workflows: The number of completed runs.
        in_progress_workflows: The number of active runs.
        failed_workflows: The number of failed runs.
        canceled_workflows: The number of cancelled runs.
        average_cycle_time: The average duration of a run; the unit is not documented.
        instance_metric: The metrics of each run.
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
    """Workflows named in an app's manifest."""

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

        `POST /domo/workflow/v1/models/{alias}/start` (Workflows API, "Start a Workflow"), and, to wait,
        `GET /domo/workflow/v1/models/{alias}/instance/{instance_id}`.

        Args:
            alias: The workflow's name in the app's manifest.
            data: The start values, by the parameters' ``aliasName`` in the manifest; see `WorkflowValue`.
            wait: Whether to return only when it has completed.
            timeout: The most seconds to wait.

        Returns:
            The run; its status is None if it has not reported that it started.

        Raises:
            ConfigError: A value of `data` cannot be sent, such as a datetime without a time zone.
            NotFound: The manifest does not name such a workflow.
            JobFailed: With `wait`: it failed or was cancelled.
            UnknownState: With `wait`: the meaning of its status is unknown.
            WaitTimeout: With `wait`: it has not ended; it continues to run.
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
            instance_id: The run, as `start` returns it.

        Raises:
            NotFound: The run or workflow does not exist.
        """
        return await self._http.request(
            "GET", url("/domo/workflow/v1/models/{}/instance/{}", alias, instance_id), into=WorkflowInstance
        )

    async def wait(self, alias: str, instance_id: str, /, *, timeout: float = 600.0) -> WorkflowInstance:
        """Wait until a run has completed.

        `GET /domo/workflow/v1/models/{alias}/instance/{instance_id}` (Workflows API, "Get Workflow Instance"),
        repeatedly.

        Args:
            alias: The workflow's name in the app's manifest.
            instance_id: The run, as `start` returns it.
            timeout: The most seconds to wait.

        Returns:
            The completed run.

        Raises:
            NotFound: The run or workflow does not exist.
            JobFailed: It failed or was cancelled.
            UnknownState: The meaning of its status is unknown.
            WaitTimeout: It has not ended; it continues to run.
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
        """Return the metrics of a workflow's runs.

        `GET /domo/workflow/v1/models/{alias}/overall` (Workflows API, "Get Metrics for a Workflow").

        Args:
            alias: The workflow's name in the app's manifest.
            limit: The most runs to list.
            offset: The number of runs to skip in the list.
            after: The start of the time range; sent as milliseconds since 1970, which is unconfirmed.
            until: The end of the time range; sent as milliseconds since 1970, which is unconfirmed.
            status: List only runs with this status, or one of these. Unconfirmed: that several statuses are joined by
                commas.

        Raises:
            ConfigError: A time has no time zone, or the list of statuses is empty.
            NotFound: The manifest does not name such a workflow.
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
    """Files, as an app accesses them."""

    async def get_permissions(self, file_id: int | str, /) -> FilePermissions:
        """Return the permissions on a file.

        `GET /domo/data-files/v1/{file_id}/permissions` (Files API, "Get File Permissions"). Domo's documentation names
        this route, but its example uses the route of `Files.get_permissions`.

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
        """Workflows named in the app's manifest."""
        return AppWorkflows(self._http)

    @cached_property
    def files(self) -> AppFiles:
        """Files, as an app accesses them."""
        return AppFiles(self._http)
