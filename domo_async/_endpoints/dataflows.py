"""Dataflows: create, change and execute them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from attrs import evolve, field, frozen

from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.datasets.grants import AccessType, Grant, granted
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._waiting import States, Verdict, wait_for
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Record, Unset, either, payload
from domo_async.errors import ConfigError, DomoError

__all__ = [
    "Dataflow",
    "DataflowAccessLevel",
    "DataflowEngine",
    "DataflowExecution",
    "DataflowGrant",
    "DataflowInput",
    "DataflowOutput",
    "DataflowState",
    "DataflowVersion",
    "DataflowVersionDetails",
    "Dataflows",
]


class DataflowState(OpenEnum):
    """The state of an execution."""

    CREATED = "CREATED"
    RUNNING = "RUNNING"
    RUNNING_DATA_FLOW = "RUNNING_DATA_FLOW"
    SUCCESS = "SUCCESS"
    FAILED_DATA_FLOW = "FAILED_DATA_FLOW"


class DataflowAccessLevel(OpenEnum):
    """An access level for a dataflow."""

    OWNER = "OWNER"
    CAN_EDIT_AND_SHARE = "CAN_EDIT_AND_SHARE"
    CAN_EDIT = "CAN_EDIT"
    VIEW_AND_EXECUTE_AND_SHARE = "VIEW_AND_EXECUTE_AND_SHARE"
    VIEW_AND_EXECUTE = "VIEW_AND_EXECUTE"
    CAN_VIEW_AND_SHARE = "CAN_VIEW_AND_SHARE"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"


@frozen
class DataflowGrant(Record):
    """Access to a dataflow for a user or a group.

    Attributes:
        id: The user, or the group.
        access_level: The access level.
        type: Whether `id` is a user or a group.
    """

    id: int | str
    access_level: DataflowAccessLevel | str
    type: AccessType | str = AccessType.USER


@frozen(kw_only=True)
class DataflowEngine(Model):
    """The engine that executes a dataflow.

    Attributes:
        platform: The platform, such as ``CLOUD``.
        engine: The engine, such as ``MAGIC``.
    """

    platform: str | None = None
    engine: str | None = None


@frozen(kw_only=True)
class DataflowExecution(Model):
    """An execution of a dataflow.

    Attributes:
        id: The execution.
        onboard_flow_id: The dataflow.
        preview_rows: The rows of a preview.
        dap_data_flow_execution_id: The execution's identifier in the engine.
        begin_time: When it began.
        end_time: When it ended.
        last_updated: When it was last changed.
        failed: Whether it failed.
        state: Its state.
        activation_type: The type of trigger that started it, such as ``MANUAL``.
        execution_engine: The engine that executes it.
        data_processor: The type of dataflow, such as ``MAGIC``.
        data_flow_version: The version of the dataflow.
        action_results: The result of each action.
        input_data_sources: The data read from each dataset.
        output_data_sources: The data written to each dataset.
        total_rows_read: The total number of rows read.
        total_bytes_read: The total number of bytes read.
        total_rows_written: The total number of rows written.
        total_bytes_written: The total number of bytes written.
        mean_download_rate_kbps: The mean rate of reading, in kilobits per second.
        errors: The errors, as objects with ``code`` and ``localizedMessage``; unconfirmed.
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
    input_data_sources: tuple[Mapping[str, Any], ...] = ()
    output_data_sources: tuple[Mapping[str, Any], ...] = ()
    total_rows_read: int | None = None
    total_bytes_read: int | None = None
    total_rows_written: int | None = None
    total_bytes_written: int | None = None
    mean_download_rate_kbps: float | None = None
    errors: tuple[Mapping[str, Any], ...] = ()

    @property
    def error_text(self) -> str | None:
        """The errors as text, if the instance returned any."""
        messages = (error.get("localizedMessage") or error.get("message") for error in self.errors)
        return "; ".join(filter(None, map(str, filter(None, messages)))) or None


@frozen(kw_only=True)
class DataflowVersion(Model):
    """A version of a dataflow. Each change of the definition creates one.

    Attributes:
        id: The version.
        onboard_flow_id: The dataflow.
        version_number: Its number among the dataflow's versions, from 1.
        time_stamp: When it was created.
        author_id: The user who created it.
        description: A description of the change.
        num_inputs: The number of datasets that it reads.
        num_outputs: The number of datasets that it writes.
        execution_count: The number of executions.
        execution_success_count: The number of successful executions.
    """

    id: NumericId
    onboard_flow_id: NumericId | None = None
    version_number: int | None = None
    time_stamp: EpochMillis | None = None
    author_id: NumericId | None = None
    description: str | None = None
    num_inputs: int | None = None
    num_outputs: int | None = None
    execution_count: int | None = None
    execution_success_count: int | None = None


@frozen(kw_only=True)
class DataflowInput(Model):
    """A dataset that a dataflow reads.

    Attributes:
        data_source_id: The dataset.
        data_source_name: Its name.
        execute_flow_when_updated: Whether its updates start the dataflow.
        advanced_execute_flow_when_updated: Whether its updates start the dataflow with a trigger of its own.
        onboard_flow_id: The dataflow, if the instance returns it.
        only_load_new_versions: Whether each execution reads only new data.
        recent_version_cutoff_ms: The maximum age of new data, in milliseconds.
    """

    data_source_id: str | None = None
    data_source_name: str | None = None
    execute_flow_when_updated: bool | None = None
    advanced_execute_flow_when_updated: bool | None = None
    onboard_flow_id: NumericId | None = None
    only_load_new_versions: bool | None = None
    recent_version_cutoff_ms: int | None = None


@frozen(kw_only=True)
class DataflowOutput(Model):
    """A dataset that a dataflow writes.

    Attributes:
        data_source_id: The dataset.
        data_source_name: Its name.
        onboard_flow_id: The dataflow, if the instance returns it.
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
        description: The description.
        dap_data_flow_id: The dataflow's identifier in the engine.
        responsible_user_id: The responsible user.
        run_state: Whether it may run, such as ``ENABLED``.
        last_execution: Its last execution.
        created: When it was created.
        modified: When it was last changed.
        engine_properties: Settings of the engine.
        inputs: The datasets that it reads.
        outputs: The datasets that it writes.
        actions: Its steps; only `Dataflows.get` returns them.
        execution_count: The number of executions.
        execution_success_count: The number of successful executions.
        hydration_state: Whether its data are loaded, such as ``DEHYDRATED``.
        use_legacy_trigger_behavior: Whether it uses the legacy trigger behaviour.
        password_protected: Whether it is protected by a password.
        deleted: Whether it was deleted.
        abandoned: Whether it was abandoned.
        never_abandon: Whether it must never be abandoned.
        paused: Whether it is paused.
        magic: Whether it is a Magic ETL.
        restricted: Whether it is restricted.
        editable: Whether it can be changed.
        enabled: Whether it may run.
        container: Whether it contains other dataflows.
        database_type: Its type, such as ``MAGIC``.
        triggered_by_input: Whether an update of an input starts it.
        draft: Whether it is a draft.
        num_inputs: The number of datasets that it reads.
        num_outputs: The number of datasets that it writes.
        subset_processing: Whether it processes subsets of its inputs.
        settings: Its settings, such as its time zone.
        trigger_settings: Its triggers.
        gui: The layout of its editor.
        tags: Its tags.
        onboard_flow_version: Its current version.
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
    subset_processing: bool | None = None
    settings: Mapping[str, Any] = field(factory=dict)
    trigger_settings: Mapping[str, Any] | None = None
    gui: Mapping[str, Any] | None = None
    tags: tuple[str, ...] = ()
    onboard_flow_version: DataflowVersion | None = None


@frozen(kw_only=True)
class DataflowVersionDetails(DataflowVersion):
    """A version of a dataflow with its definition.

    Attributes:
        data_flow: The dataflow at the time of that version.
    """

    data_flow: Dataflow | None = None


@frozen(kw_only=True)
class _Tags(Model):
    flow_id: NumericId | None = None
    tags: tuple[str, ...] = ()


class Dataflows(Area):
    """Dataflows: create, change and execute them."""

    def list(self) -> Pager[Dataflow]:
        """Iterate over all dataflows.

        `GET /api/dataprocessing/v1/dataflows`. Seen: other clients use it. No pages are known, so one answer has all
        dataflows.
        """
        return self._http.whole_list(
            "GET", url("/api/dataprocessing/v1/dataflows"), into=ItemTuple[Dataflow], read=tuple
        )

    async def get(self, dataflow_id: int | str, /) -> Dataflow:
        """Return a dataflow with its actions.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}`. Seen: an answer was captured from an instance, and other
        clients use it.

        Args:
            dataflow_id: The dataflow.

        Raises:
            NotFound: The dataflow does not exist.
        """
        return await self._http.request("GET", url("/api/dataprocessing/v1/dataflows/{}", dataflow_id), into=Dataflow)

    async def create(self, *, definition: Mapping[str, Any]) -> Dataflow:
        """Create a dataflow.

        `POST /api/dataprocessing/v1/dataflows`. Seen: five clients use it; one reports that an instance refuses it to
        developer tokens.

        Args:
            definition: The definition: ``name``, ``databaseType`` such as ``MAGIC``, ``actions``, ``inputs``,
                ``outputs`` and more, as `get` returns them for another dataflow.

        Raises:
            ConfigError: The definition has no ``name``.
            BadRequest: The instance cannot interpret the definition.
            Forbidden: The token's owner is not allowed to create dataflows.
        """
        return await self._http.request(
            "POST", url("/api/dataprocessing/v1/dataflows"), json=_named(definition), into=Dataflow
        )

    async def update(self, dataflow_id: int | str, /, *, definition: Mapping[str, Any]) -> Dataflow:
        """Replace the definition of a dataflow, which creates a new version.

        `PUT /api/dataprocessing/v1/dataflows/{dataflow_id}`. Seen: four clients use it.

        Args:
            dataflow_id: The dataflow.
            definition: The complete definition, as `create` takes it; parts that are not given are lost.

        Raises:
            ConfigError: The definition has no ``name``.
            NotFound: The dataflow does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/{}", dataflow_id),
            json=_named(definition),
            into=Dataflow,
        )

    async def patch(
        self,
        dataflow_id: int | str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
        responsible_user_id: int | str | Unset = UNSET,
        enabled: bool | Unset = UNSET,
    ) -> None:
        """Change the given fields of a dataflow; its definition stays as it is.

        `PUT /api/dataprocessing/v1/dataflows/{dataflow_id}/patch`. Seen: three clients use it, to hand a dataflow over.

        Args:
            dataflow_id: The dataflow.
            name: Its name.
            description: The description.
            responsible_user_id: The new responsible user.
            enabled: Whether it may run.

        Raises:
            ConfigError: No change was given.
            NotFound: The dataflow does not exist.
        """
        changes = payload(
            name=name,
            description=description,
            responsible_user_id=responsible_user_id,
            enabled=enabled,
        )
        await self._http.request(
            "PUT", url("/api/dataprocessing/v1/dataflows/{}/patch", dataflow_id), json=require_changes(changes)
        )

    async def patch_many(
        self,
        dataflow_ids: Sequence[int | str],
        /,
        *,
        responsible_user_id: int | str | Unset = UNSET,
        enabled: bool | Unset = UNSET,
    ) -> None:
        """Change the responsible user of several dataflows, or enable or disable them, with one request.

        `PUT /api/dataprocessing/v1/dataflows/bulk/patch`. Seen: one client uses it; its answer is not documented.

        Args:
            dataflow_ids: The dataflows.
            responsible_user_id: The new responsible user.
            enabled: Whether they may run.

        Raises:
            ConfigError: `dataflow_ids` is empty, or no change was given.
            NotFound: The dataflow does not exist.
        """
        changes = payload(responsible_user_id=responsible_user_id, enabled=enabled)
        await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/bulk/patch"),
            json={"dataFlowIds": require_list(dataflow_ids, "dataflow_ids"), **require_changes(changes)},
        )

    async def delete(self, dataflow_id: int | str, /) -> None:
        """Delete a dataflow; the datasets that it writes stay.

        `DELETE /api/dataprocessing/v1/dataflows/{dataflow_id}`. Seen: four clients use it.

        Args:
            dataflow_id: The dataflow.

        Raises:
            NotFound: The dataflow does not exist.
        """
        await self._http.request("DELETE", url("/api/dataprocessing/v1/dataflows/{}", dataflow_id))

    async def versions(self, dataflow_id: int | str, /) -> ItemTuple[DataflowVersion]:
        """Return the versions of a dataflow.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/versions`. Seen: an answer was captured from an instance,
        the newest version first.

        Args:
            dataflow_id: The dataflow.

        Raises:
            NotFound: The dataflow does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/versions", dataflow_id),
            into=ItemTuple[DataflowVersion],
        )

    async def get_version(self, dataflow_id: int | str, version_id: int | str, /) -> DataflowVersionDetails:
        """Return a version of a dataflow with its definition.

        `GET /api/dataprocessing/v2/dataflows/{dataflow_id}/versions/{version_id}`. Seen: an answer was captured from an
        instance.

        Args:
            dataflow_id: The dataflow.
            version_id: The version: its `DataflowVersion.id`.

        Raises:
            NotFound: The dataflow or version does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/dataprocessing/v2/dataflows/{}/versions/{}", dataflow_id, version_id),
            into=DataflowVersionDetails,
        )

    async def tags(self, dataflow_id: int | str, /) -> tuple[str, ...]:
        """Return the tags of a dataflow.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/tags`. Unconfirmed: Domo's documentation does not describe
        it; one client uses it.

        Args:
            dataflow_id: The dataflow.

        Raises:
            NotFound: The dataflow does not exist.
        """
        answer, _ = await self._http.read_list(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/tags", dataflow_id),
            into=either(_Tags, tuple[str, ...]),
        )
        return answer.tags if isinstance(answer, _Tags) else answer

    async def set_tags(self, dataflow_id: int | str, /, *, tags: Sequence[str]) -> None:
        """Set the tags of a dataflow to exactly these; it loses all others.

        `PUT /api/dataprocessing/v1/dataflows/{dataflow_id}/tags`. Seen: two clients use it.

        Args:
            dataflow_id: The dataflow.
            tags: The complete list of tags; an empty list removes all.

        Raises:
            NotFound: The dataflow does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/{}/tags", dataflow_id),
            json=payload(flow_id=dataflow_id, tags=require_list(tags, "tags", may_be_empty=True)),
        )

    async def tag_many(self, dataflow_ids: Sequence[int | str], /, *, tags: Sequence[str]) -> None:
        """Add tags to several dataflows.

        `PUT /api/dataprocessing/v1/dataflows/bulk/tag`. Seen: one client uses it; its answer is not documented.

        Args:
            dataflow_ids: The dataflows.
            tags: The tags.

        Raises:
            ConfigError: `dataflow_ids` or `tags` is empty.
            NotFound: The dataflow does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/bulk/tag"),
            json={"dataFlowIds": require_list(dataflow_ids, "dataflow_ids"), "tagNames": require_list(tags, "tags")},
        )

    async def untag_many(self, dataflow_ids: Sequence[int | str], /, *, tags: Sequence[str]) -> None:
        """Remove tags from several dataflows; their other tags stay.

        `PUT /api/dataprocessing/v1/dataflows/bulk/tag/delete`. Seen: one client uses it; its answer is not documented.

        Args:
            dataflow_ids: The dataflows.
            tags: The tags.

        Raises:
            ConfigError: `dataflow_ids` or `tags` is empty.
            NotFound: The dataflow does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/bulk/tag/delete"),
            json={"dataFlowIds": require_list(dataflow_ids, "dataflow_ids"), "tagNames": require_list(tags, "tags")},
        )

    async def share(
        self,
        dataflow_id: int | str,
        /,
        *,
        permissions: Sequence[DataflowGrant],
        dataset_permissions: Mapping[str, Sequence[Grant]] | Unset = UNSET,
        send_email: bool = False,
        message: str | Unset = UNSET,
    ) -> None:
        """Give users and groups access to a dataflow and its datasets; ``NONE`` revokes it.

        `PUT /api/dataprocessing/v1/dataflows/permissions/share/{dataflow_id}`. Seen: Domo's own description of the
        dataflow routes has it.

        Args:
            dataflow_id: The dataflow.
            permissions: The access of each user or group.
            dataset_permissions: The access to each of its datasets.
            send_email: Whether to notify them by mail.
            message: A message to them.

        Raises:
            ConfigError: `permissions` is empty.
            Forbidden: The token's owner is not allowed to share it.
            NotFound: The dataflow does not exist.
        """
        shared = [
            payload(type=grant.type, id=str(grant.id), access_level=grant.access_level)
            for grant in require_list(permissions, "permissions")
        ]
        datasets = (
            dataset_permissions
            if isinstance(dataset_permissions, Unset)
            else {dataset: {"permissions": granted(grants)} for dataset, grants in dataset_permissions.items()}
        )
        await self._http.request(
            "PUT",
            url("/api/dataprocessing/v1/dataflows/permissions/share/{}", dataflow_id),
            json=payload(
                {"dataFlowPermissions": shared, "dataSetPermissions": datasets}, send_email=send_email, message=message
            ),
            idempotent=not send_email,
        )

    async def execute(
        self, dataflow_id: int | str, /, *, wait: bool = False, timeout: float = 3600.0
    ) -> DataflowExecution:
        """Execute a dataflow.

        `POST /api/dataprocessing/v1/dataflows/{dataflow_id}/executions`, and, to wait,
        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`. Seen: answers were captured from
        an instance, and other clients use them.

        Example:
            execution = await domo.dataflows.execute(12, wait=True)
            print(execution.state, execution.total_rows_written)

        Args:
            dataflow_id: The dataflow.
            wait: Whether to return only when the execution has ended.
            timeout: The most seconds to wait.

        Returns:
            The execution; with `wait`, the one that has ended.

        Raises:
            NotFound: The dataflow does not exist.
            JobFailed: With `wait`: it failed.
            UnknownState: With `wait`: the meaning of its state is unknown.
            WaitTimeout: With `wait`: it has not ended; it continues to run.
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

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`, repeatedly. Seen: an answer was
        captured from an instance, and other clients use it.

        Args:
            dataflow_id: The dataflow.
            execution_id: The execution.
            timeout: The most seconds to wait.

        Raises:
            NotFound: The dataflow or execution does not exist.
            JobFailed: It failed.
            UnknownState: The meaning of its state is unknown.
            WaitTimeout: It has not ended; it continues to run.
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

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions`. Seen: an answer was captured from an instance,
        and other clients use it.

        Example:
            async for execution in domo.dataflows.executions(12, limit=10):
                print(execution.begin_time, execution.state)

        Args:
            dataflow_id: The dataflow.
            offset: The number of executions to skip.
            limit: The most executions to give in all, or None for all.
            page_size: The number of executions per page.

        Raises:
            NotFound: The dataflow does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/executions", dataflow_id),
            QUERY,
            key=attrgetter("id"),
            into=ItemTuple[DataflowExecution],
            read=PageData,
            page_size=page_size,
            offset=offset,
            limit=limit,
        )

    async def get_execution(self, dataflow_id: int | str, execution_id: int | str, /) -> DataflowExecution:
        """Return an execution.

        `GET /api/dataprocessing/v1/dataflows/{dataflow_id}/executions/{execution_id}`. Seen: answers were
        captured from an instance, and other clients use it.

        Args:
            dataflow_id: The dataflow.
            execution_id: The execution.

        Raises:
            NotFound: The dataflow or execution does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/dataprocessing/v1/dataflows/{}/executions/{}", dataflow_id, execution_id),
            into=DataflowExecution,
        )


_STATES = States(
    good=[DataflowState.SUCCESS],
    bad=[DataflowState.FAILED_DATA_FLOW],
    going=[DataflowState.CREATED, DataflowState.RUNNING, DataflowState.RUNNING_DATA_FLOW],
)


def _judged(execution: DataflowExecution) -> Verdict:
    """Return what an execution's state means for a caller who waits for it: done, failed or still running."""
    verdict = _STATES.judge(execution.state, reason=execution.error_text)
    if execution.failed:
        return evolve(verdict, ended=True, failed=True)
    # Once it has ended, the instance also returns whether it failed.
    return evolve(verdict, ended=True) if execution.failed is False and execution.end_time is not None else verdict


def _named(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(definition.get("name"), str) or not definition["name"]:
        raise ConfigError("a dataflow's definition needs a name")
    return definition
