"""Dataflows: looked at and executed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from attrs import field, frozen

from domo_async._endpoints._area import Area
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._waiting import Verdict, wait_for
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum
from domo_async.errors import DomoError

__all__ = [
    "Dataflow",
    "DataflowEngine",
    "DataflowExecution",
    "DataflowInput",
    "DataflowOutput",
    "DataflowState",
    "Dataflows",
]


class DataflowState(OpenEnum):
    """How far an execution is."""

    CREATED = "CREATED"
    RUNNING_DATA_FLOW = "RUNNING_DATA_FLOW"
    SUCCESS = "SUCCESS"
    FAILED_DATA_FLOW = "FAILED_DATA_FLOW"


@frozen(kw_only=True)
class DataflowEngine(Model):
    """What executes a dataflow.

    Attributes:
        platform: Where, such as ``CLOUD``.
        engine: By what, such as ``MAGIC``.
    """

    platform: str | None = None
    engine: str | None = None


@frozen(kw_only=True)
class DataflowExecution(Model):
    """An execution of a dataflow.

    Attributes:
        id: The execution.
        onboard_flow_id: The dataflow.
        preview_rows: Rows of a preview.
        dap_data_flow_execution_id: The execution, as the engine calls it.
        begin_time: When it began.
        end_time: When it ended.
        last_updated: When something of it last changed.
        failed: Whether it came to a bad end.
        state: How far it is.
        activation_type: What set it off, such as ``MANUAL``.
        execution_engine: What executes it.
        data_processor: The kind of dataflow, such as ``MAGIC``.
        data_flow_version: The version of the dataflow.
        action_results: What became of each action.
    """

    id: NumericId
    onboard_flow_id: NumericId | None = None
    preview_rows: int | None = None
    dap_data_flow_execution_id: str | None = None
    begin_time: EpochMillis | None = None
    end_time: EpochMillis | None = None
    last_updated: EpochMillis | None = None
    failed: bool | None = None
    state: DataflowState | None = None
    activation_type: str | None = None
    execution_engine: DataflowEngine | None = None
    data_processor: str | None = None
    data_flow_version: int | None = None
    action_results: tuple[Mapping[str, Any], ...] = ()


@frozen(kw_only=True)
class DataflowInput(Model):
    """A dataset that a dataflow reads.

    Attributes:
        data_source_id: The dataset.
        data_source_name: Its name.
        execute_flow_when_updated: Whether its updates set the dataflow off.
    """

    data_source_id: str | None = None
    data_source_name: str | None = None
    execute_flow_when_updated: bool | None = None


@frozen(kw_only=True)
class DataflowOutput(Model):
    """A dataset that a dataflow writes.

    Attributes:
        data_source_id: The dataset.
        data_source_name: Its name.
        onboard_flow_id: The dataflow, where the instance tells.
        version_chain_type: How it is written, such as ``REPLACE``.
    """

    data_source_id: str | None = None
    data_source_name: str | None = None
    onboard_flow_id: NumericId | None = None
    version_chain_type: str | None = None


@frozen(kw_only=True)
class Dataflow(Model):
    """A dataflow.

    Attributes:
        id: The dataflow.
        name: Its name.
        description: What it does.
        dap_data_flow_id: The dataflow, as the engine calls it.
        responsible_user_id: Who answers for it.
        run_state: Whether it may run, such as ``ENABLED``.
        last_execution: Its last execution.
        created: When it was made.
        modified: When it last changed.
        engine_properties: Settings of the engine.
        inputs: The datasets that it reads.
        outputs: The datasets that it writes.
        actions: Its steps; only `Dataflows.get` tells them.
        execution_count: How often it was executed.
        execution_success_count: How often it came to a good end.
        hydration_state: Whether its data are loaded, such as ``DEHYDRATED``.
        use_legacy_trigger_behavior: Whether it is set off as dataflows once were.
        password_protected: Whether it takes a password.
        deleted: Whether it was deleted.
        abandoned: Whether it was given up.
        never_abandon: Whether it may not be given up.
        paused: Whether it is paused.
        magic: Whether it is a Magic ETL.
        restricted: Whether it is restricted.
        editable: Whether it can be changed.
        enabled: Whether it may run.
        container: Whether it holds others.
        database_type: Its kind, such as ``MAGIC``.
        triggered_by_input: Whether an input's update sets it off.
        draft: Whether it is a draft.
        num_inputs: How many datasets it reads.
        num_outputs: How many datasets it writes.
    """

    id: NumericId
    name: str | None = None
    description: str | None = None
    dap_data_flow_id: str | None = None
    responsible_user_id: NumericId | None = None
    run_state: str | None = None
    last_execution: DataflowExecution | None = None
    created: EpochMillis | None = None
    modified: EpochMillis | None = None
    engine_properties: Mapping[str, Any] = field(factory=dict)
    inputs: tuple[DataflowInput, ...] = ()
    outputs: tuple[DataflowOutput, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None
    execution_success_count: int | None = None
    hydration_state: str | None = None
    use_legacy_trigger_behavior: bool | None = None
    password_protected: bool | None = None
    deleted: bool | None = None
    abandoned: bool | None = None
    never_abandon: bool | None = None
    paused: bool | None = None
    magic: bool | None = None
    restricted: bool | None = None
    editable: bool | None = None
    enabled: bool | None = None
    container: bool | None = None
    database_type: str | None = None
    triggered_by_input: bool | None = None
    draft: bool | None = None
    num_inputs: int | None = None
    num_outputs: int | None = None


class Dataflows(Area):
    """Dataflows: looked at and executed."""

    def list(self) -> Pager[Dataflow]:
        """Iterate over all dataflows.

        `GET /api/dataprocessing/v1/dataflows`. Not in the documents; other clients use it. No pages are known, so they
        come in one answer.
        """
        return self._http.whole_list(
            "GET", url("/api/dataprocessing/v1/dataflows"), into=tuple[Dataflow, ...], read=tuple
        )

    async def get(self, dataflow_id: int | str, /) -> Dataflow:
        """Return a dataflow with its actions.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}`. Not in the documents; other clients use it.

        Args:
            dataflow_id: The dataflow.

        Raises:
            NotFound: There is no such dataflow.
        """
        return await self._http.request("GET", url("/api/dataprocessing/v1/dataflows/{}", dataflow_id), into=Dataflow)

    async def execute(
        self, dataflow_id: int | str, /, *, wait: bool = False, timeout: float = 3600.0
    ) -> DataflowExecution:
        """Execute a dataflow.

        `POST /api/dataprocessing/v1/dataflows/{dataflow_id}/executions`, and to wait
        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`. Not in the documents; other
        clients use them.

        Args:
            dataflow_id: The dataflow.
            wait: Whether to return only when the execution has ended.
            timeout: Seconds to wait at most.

        Returns:
            The execution; with `wait` as it ended.

        Raises:
            NotFound: There is no such dataflow.
            JobFailed: With `wait`: it failed.
            WaitTimeout: With `wait`: it has not ended; it goes on.
        """
        started = await self._http.request(
            "POST", url("/api/dataprocessing/v1/dataflows/{}/executions", dataflow_id), into=DataflowExecution
        )
        if not wait:
            return started
        try:
            return await self.wait(dataflow_id, started.id, timeout=timeout)
        except DomoError as error:
            error.add_note(f"execution {started.id} of dataflow {dataflow_id} was started")
            raise

    async def wait(
        self, dataflow_id: int | str, execution_id: int | str, /, *, timeout: float = 3600.0
    ) -> DataflowExecution:
        """Wait until an execution has ended, and return it.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`, again and again. Not in the
        documents; other clients use it.

        Args:
            dataflow_id: The dataflow.
            execution_id: The execution.
            timeout: Seconds to wait at most.

        Raises:
            NotFound: There is no such dataflow or execution.
            JobFailed: It failed.
            WaitTimeout: It has not ended; it goes on.
        """
        return await wait_for(
            partial(self.get_execution, dataflow_id, execution_id),
            _judged,
            what=f"execution {execution_id} of dataflow {dataflow_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    def executions(
        self, dataflow_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[DataflowExecution]:
        """Iterate over a dataflow's executions.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions`. Not in the documents; other clients use it.

        Args:
            dataflow_id: The dataflow.
            offset: Executions to leave out at the beginning.
            limit: The most executions to give in all, or None for all.
            page_size: Executions to ask for at a time.

        Raises:
            NotFound: There is no such dataflow.
        """
        return self._http.pages(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/executions", dataflow_id),
            QUERY,
            key=attrgetter("id"),
            into=tuple[DataflowExecution, ...],
            read=PageData,
            page_size=page_size,
            offset=offset,
            limit=limit,
        )

    async def get_execution(self, dataflow_id: int | str, execution_id: int | str, /) -> DataflowExecution:
        """Return an execution.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`. Not in the documents; other
        clients use it.

        Args:
            dataflow_id: The dataflow.
            execution_id: The execution.

        Raises:
            NotFound: There is no such dataflow or execution.
        """
        return await self._http.request(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/executions/{}", dataflow_id, execution_id),
            into=DataflowExecution,
        )


def _judged(execution: DataflowExecution) -> Verdict:
    """Return what an execution's state means for those who wait for it."""
    failed = bool(execution.failed) or execution.state == DataflowState.FAILED_DATA_FLOW
    ended = failed or execution.state == DataflowState.SUCCESS or execution.end_time is not None
    return Verdict(execution.state, ended=ended, failed=failed)
