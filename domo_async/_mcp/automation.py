"""Tools for workflows, dataflows and connectors: what there is, how it went, and starting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeAlias

from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from domo_async._mcp.kinds import WriteKind
from domo_async._mcp.tools import USUAL, Id, Limit, Offset, One, Page, Tools, Whole, reads, some, writes
from domo_async._mcp.values import Fields, given
from domo_async._redaction import masked
from domo_async.errors import ConfigError, DomoError

if TYPE_CHECKING:
    from domo_async.models import (
        Dataflow,
        DataflowExecution,
        StreamExecution,
        WorkflowInstance,
        WorkflowModel,
        WorkflowVersion,
    )

__all__ = ["AutomationTools"]

ModelId: TypeAlias = Annotated[str, Field(description="The workflow's id.")]
RunId: TypeAlias = Annotated[str, Field(description="The run's id.")]


class WorkflowItem(TypedDict, total=False):
    """A workflow."""

    id: str
    name: str
    description: str
    owner_id: str
    active_versions: Whole
    runs: Whole
    updated: str


class WorkflowPage(Page):
    """Workflows."""

    workflows: list[WorkflowItem]


class VersionItem(TypedDict, total=False):
    """A version of a workflow."""

    version: str
    active: bool
    description: str
    released: str


class WorkflowVersionPage(Page):
    """A workflow and its versions."""

    workflow: WorkflowItem
    versions: list[VersionItem]


class RunItem(TypedDict, total=False):
    """A run of a workflow."""

    id: str
    workflow_id: str
    workflow_name: str
    version: str
    status: str
    started_by: str
    started: str
    finished: str


class RunPage(Page):
    """Runs of a workflow."""

    runs: list[RunItem]


class OutputItem(TypedDict):
    """A value that a run has produced."""

    name: str
    value: Any


class RunAnswer(One):
    """A run of a workflow."""

    run: RunItem


class RunOutputPage(Page):
    """A run of a workflow and what it has produced."""

    run: RunItem
    outputs: list[OutputItem]
    outputs_problem: NotRequired[str]


class DataflowRunItem(TypedDict, total=False):
    """A run of a dataflow."""

    id: Whole
    state: str
    began: str
    ended: str
    rows_read: Whole
    rows_written: Whole
    errors: list[Any]


class DataflowItem(TypedDict, total=False):
    """A dataflow."""

    id: Whole
    name: str
    description: str
    owner_id: Whole
    enabled: bool
    engine: str
    runs: Whole
    last_run: DataflowRunItem
    modified: str


class DataflowPage(Page):
    """Dataflows."""

    dataflows: list[DataflowItem]


class LinkItem(TypedDict, total=False):
    """A dataset that a dataflow reads or writes."""

    dataset_id: str
    name: str


class DataflowAnswer(One):
    """A dataflow with the datasets that it reads and writes."""

    dataflow: DataflowItem
    inputs: list[LinkItem]
    outputs: list[LinkItem]


class DataflowRunPage(Page):
    """Runs of a dataflow."""

    runs: list[DataflowRunItem]


class DataflowRunAnswer(One):
    """A run of a dataflow."""

    run: DataflowRunItem


class ConnectorRunItem(TypedDict, total=False):
    """A run of a connector."""

    id: Whole
    state: str
    started: str
    ended: str
    rows: Whole


class ConnectorRunPage(Page):
    """Runs of a connector."""

    runs: list[ConnectorRunItem]


class ConnectorRunAnswer(One):
    """A run of a connector."""

    run: ConnectorRunItem


class AutomationTools(Tools):
    """Tools for what runs."""

    @reads("List workflows")
    async def list_workflows(
        self,
        name_contains: Annotated[str | None, Field(description="Text that the name contains.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, WorkflowPage]:
        """List the workflows of the instance."""
        found = _named(await self.domo.workflows.list().all(), name_contains)
        return self.present.part("workflows", found, "workflow", _workflow, limit=limit, offset=offset)

    @reads("Get a workflow")
    async def get_workflow(
        self, workflow_id: ModelId, limit: Limit = USUAL, offset: Offset = 0
    ) -> Annotated[CallToolResult, WorkflowVersionPage]:
        """Describe a workflow and its versions, one of which is needed to start it."""
        model = await self.domo.workflows.get(workflow_id)
        return self.present.part(
            "versions", model.versions, "version", _version, limit=limit, offset=offset, workflow=_workflow(model)
        )

    @reads("List runs of a workflow")
    async def list_workflow_runs(
        self,
        workflow_id: ModelId,
        status: Annotated[
            str | None, Field(description="Only runs in this state, such as IN_PROGRESS, COMPLETED or FAILED.")
        ] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, RunPage]:
        """List the runs of a workflow and their status."""
        found = await self.domo.workflows.executions(workflow_id, status=status)
        return self.present.part("runs", found, "run", _run, limit=limit, offset=offset)

    @reads("Get the status of a workflow's run")
    async def get_workflow_run(
        self, run_id: RunId, limit: Limit = USUAL, offset: Offset = 0
    ) -> Annotated[CallToolResult, RunOutputPage]:
        """Return the status of a run of a workflow, and its outputs so far."""
        run = await self.domo.workflows.get_execution(run_id)
        outputs, problem = [], None
        try:
            produced = await self.domo.workflows.outputs(run_id)
        except DomoError as error:
            problem = str(error)
        else:
            outputs = [Fields(masked({"name": name, "value": value})) for name, value in produced.items()]
        return self.present.part(
            "outputs",
            outputs,
            "output",
            dict,
            limit=limit,
            offset=offset,
            run=_run(run),
            **given(outputs_problem=problem),
        )

    @writes("Start a workflow", WriteKind.WORKFLOWS)
    async def start_workflow(
        self,
        workflow_id: ModelId,
        version: Annotated[
            str | None, Field(description="Its version, such as 1.0.0; by default the active one.")
        ] = None,
        message_name: Annotated[
            str | None,
            Field(description="The message that starts it; by default Start and the workflow's name."),
        ] = None,
        data: Annotated[
            dict[str, Any] | None, Field(description="Its start values, by the names that it defines.")
        ] = None,
    ) -> Annotated[CallToolResult, RunAnswer]:
        """Start a workflow and return its run, without waiting for its end; get_workflow_run returns its status."""
        if version is None or message_name is None:
            model = await self.domo.workflows.get(workflow_id)
            version = version or _active_version(model)
            message_name = message_name or f"Start {model.name}"
        run = await self.domo.workflows.start(workflow_id, message_name=message_name, version=version, data=data or {})
        return self.present.one(Fields(run=_run(run)), "Started the workflow.")

    @writes("Cancel a workflow's run", WriteKind.WORKFLOWS, destructive=True, idempotent=True)
    async def cancel_workflow_run(self, run_id: RunId) -> Annotated[CallToolResult, RunAnswer]:
        """Cancel a run of a workflow."""
        return self.present.one(Fields(run=_run(await self.domo.workflows.cancel(run_id))), "Cancelled the run.")

    @reads("List dataflows")
    async def list_dataflows(
        self,
        name_contains: Annotated[str | None, Field(description="Text that the name contains.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, DataflowPage]:
        """List the dataflows of the instance and the status of their last runs."""
        found = _named(await self.domo.dataflows.list().all(), name_contains)
        return self.present.part("dataflows", found, "dataflow", _dataflow, limit=limit, offset=offset)

    @reads("Get a dataflow")
    async def get_dataflow(self, dataflow_id: Id) -> Annotated[CallToolResult, DataflowAnswer]:
        """Describe a dataflow: its last run, and the datasets that it reads and writes."""
        flow = await self.domo.dataflows.get(dataflow_id)
        links = {
            side: [given(dataset_id=each.data_source_id, name=each.data_source_name) for each in some_links]
            for side, some_links in (("inputs", flow.inputs), ("outputs", flow.outputs))
        }
        return self.present.one(Fields(dataflow=_dataflow(flow), **links), "1 dataflow.")

    @reads("List runs of a dataflow")
    async def list_dataflow_runs(
        self, dataflow_id: Id, limit: Limit = USUAL, offset: Offset = 0
    ) -> Annotated[CallToolResult, DataflowRunPage]:
        """List the runs of a dataflow and their status."""
        limit = min(limit, self.limits.rows)
        pager = self.domo.dataflows.executions(dataflow_id, offset=offset, limit=limit + 1)
        found, more = await some(pager, limit)
        return self.present.page("runs", list(map(_flow_run, found)), "run", offset=offset, more=more)

    @writes("Run a dataflow", WriteKind.DATAFLOWS)
    async def run_dataflow(self, dataflow_id: Id) -> Annotated[CallToolResult, DataflowRunAnswer]:
        """Run a dataflow, without waiting for its end; list_dataflow_runs returns its status."""
        run = await self.domo.dataflows.execute(dataflow_id)
        return self.present.one(Fields(run=_flow_run(run)), "Started the dataflow.")

    @reads("List runs of a connector")
    async def list_connector_runs(
        self,
        stream_id: Annotated[int | str, Field(description="The `stream_id` of the dataset that the connector fills.")],
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, ConnectorRunPage]:
        """List the runs of the connector that fills a dataset."""
        limit = min(limit, self.limits.rows)
        pager = self.domo.streams.executions(stream_id, offset=offset, limit=limit + 1)
        found, more = await some(pager, limit)
        return self.present.page("runs", list(map(_connector_run, found)), "run", offset=offset, more=more)

    @writes("Run a connector", WriteKind.CONNECTORS)
    async def run_connector(
        self,
        stream_id: Annotated[int | str, Field(description="The `stream_id` of the dataset that the connector fills.")],
    ) -> Annotated[CallToolResult, ConnectorRunAnswer]:
        """Start the connector of a dataset, without waiting for its end; list_connector_runs returns its status."""
        run = await self.domo.streams.run(stream_id)
        return self.present.one(Fields(run=_connector_run(run)), "Started the connector.")


def _named(found: list[Any], text: str | None) -> list[Any]:
    """Return those whose names have a text."""
    return found if text is None else [each for each in found if text.casefold() in (each.name or "").casefold()]


def _active_version(model: WorkflowModel) -> str:
    """Return the active version of a workflow.

    Raises:
        ConfigError: There is not exactly one.
    """
    active = [each.version for each in model.versions if each.active]
    if len(active) != 1:
        raise ConfigError(f"the workflow has {len(active)} active versions: give `version`; get_workflow lists them")
    return active[0]


def _workflow(model: WorkflowModel) -> Fields:
    return given(
        id=model.id,
        name=model.name,
        description=model.description or None,
        owner_id=model.owner,
        active_versions=model.active_versions,
        runs=model.total_executions,
        updated=model.updated_on or model.updated_at,
    )


def _version(version: WorkflowVersion) -> Fields:
    return given(
        version=version.version,
        active=version.active,
        description=version.description or None,
        released=version.released_at or version.deployed_on,
    )


def _run(run: WorkflowInstance) -> Fields:
    return given(
        id=run.id,
        workflow_id=run.model_id,
        workflow_name=run.model_name,
        version=run.model_version,
        status=run.status,
        started_by=run.started_by or run.created_by,
        started=run.started_at or run.created_on,
        finished=run.finished_at,
    )


def _dataflow(flow: Dataflow) -> Fields:
    return given(
        id=flow.id,
        name=flow.name,
        description=flow.description or None,
        owner_id=flow.responsible_user_id,
        enabled=flow.enabled,
        engine=flow.database_type,
        runs=flow.execution_count,
        last_run=None if flow.last_execution is None else _flow_run(flow.last_execution),
        modified=flow.modified,
    )


def _flow_run(run: DataflowExecution) -> Fields:
    return given(
        id=run.id,
        state=run.state,
        began=run.begin_time,
        ended=run.end_time,
        rows_read=run.total_rows_read,
        rows_written=run.total_rows_written,
        errors=list(run.errors) or None,
    )


def _connector_run(run: StreamExecution) -> Fields:
    return given(
        id=run.execution_id,
        state=run.current_state,
        started=run.started_at,
        ended=run.ended_at,
        rows=run.rows_inserted,
    )
