"""Streams: connectors that fill datasets, and their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from attrs import evolve

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets.models import DeleteMethod
from domo_async._endpoints.streams.models import (
    ConfigurationItem,
    ExecutionState,
    RunType,
    SavedStream,
    ScheduleState,
    Stream,
    StreamErrorCategory,
    StreamExecution,
    StreamTransport,
    UpdateMethod,
)
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._waiting import States, Verdict, wait_for
from domo_async._wire import UNSET, Unset, payload, without_nulls
from domo_async.errors import DecodeError

__all__ = ["Streams"]


class Streams(Area):
    """Streams: the connectors that fill datasets, and their runs."""

    async def create(
        self,
        *,
        transport: StreamTransport,
        data_provider_key: str,
        data_source_name: str,
        data_source_description: str | Unset = UNSET,
        configuration: Sequence[ConfigurationItem] = (),
        account_id: int | str | None = None,
        update_method: UpdateMethod | str = UpdateMethod.REPLACE,
        advanced_schedule_json: str | Unset = UNSET,
    ) -> SavedStream:
        """Create a stream, and the dataset that it fills.

        `POST /api/data/v1/streams` (Datasets API, "Stream (Connector) - Create").

        Args:
            transport: The connector.
            data_provider_key: The type of data provider, such as ``snowflake-unload-v2``.
            data_source_name: The dataset's name.
            data_source_description: The dataset's description.
            configuration: The connector's settings.
            account_id: The account with which the connector logs in; None for a connector that needs none.
            update_method: The effect of a run on the dataset's rows.
            advanced_schedule_json: The schedule, as JSON text: ``{"type": "MANUAL", "timezone": "UTC"}``.

        Returns:
            The stream. Domo's documentation does not show the answer; if there is none, the fields are not set.

        Raises:
            BadRequest: The connector, the account or the data provider does not exist.
        """
        definition = _definition(
            transport=transport,
            configuration=configuration,
            account=UNSET if account_id is None else payload(id=account_id),
            update_method=update_method,
            data_provider_key=data_provider_key,
            data_source_name=data_source_name,
            data_source_description=data_source_description,
            advanced_schedule_json=advanced_schedule_json,
        )
        return await self._http.request(
            "POST",
            url("/api/data/v1/streams"),
            json=definition,
            into=SavedStream,
            empty=SavedStream(),
            undocumented=True,
        )

    def list(
        self,
        *,
        fields: str | Sequence[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[Stream]:
        """Iterate over the streams that the token's owner may see.

        `GET /api/data/v1/streams`. Seen: Domo's own data service has it, and other clients use it. The answer has no
        total; an answer with more streams than requested is taken as the complete list.

        Args:
            fields: The fields of each stream to return, such as ``"all"``.
            offset: The number of streams to skip.
            limit: The maximum number of streams to return, or None for all.
            page_size: The number of streams per request; the instance's own default is 50.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v1/streams"),
            QUERY,
            key=attrgetter("id"),
            into=ItemTuple[Stream],
            read=lambda streams: PageData(streams, more=False if len(streams) > page_size else None),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={"fields": fields},
        )

    def search(self, query: str, /, *, fields: str | Sequence[str] | None = None) -> Pager[Stream]:
        """Iterate over the streams that match a query.

        `GET /api/data/v1/streams/search`. Seen: Domo's own data service has it, and another client uses it.

        Args:
            query: The query, such as ``dataSource.name:orders`` or ``dataSource.id:…``, in the syntax of Domo's Stream
                API.
            fields: The fields of each stream to return; ``"all"`` by default.
        """
        return self._http.whole_list(
            "GET",
            url("/api/data/v1/streams/search"),
            params={"q": query, "fields": fields},
            into=ItemTuple[Stream],
            read=tuple,
        )

    async def of_dataset(self, dataset_id: str, /) -> int:
        """Return the number of the stream that fills a dataset.

        `GET /api/data/v1/streams/lookup`. Seen: Domo's own data service has it.

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: No stream fills the dataset, or the dataset does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/streams/lookup"), params={"dataSourceId": dataset_id}, into=int
        )

    async def get_many(
        self, stream_ids: Sequence[int | str], /, *, fields: str | Sequence[str] | None = None
    ) -> ItemTuple[Stream]:
        """Return several streams with one request.

        `GET /api/data/v1/streams/bulk`. Seen: Domo's own data service has it, and a client requests 50 at once.

        Args:
            stream_ids: The streams.
            fields: The fields of each stream to return, such as ``"all"``.

        Raises:
            ConfigError: `stream_ids` is empty.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/streams/bulk"),
            params={"streamId": require_list(stream_ids, "stream_ids"), "fields": fields},
            into=ItemTuple[Stream],
        )

    async def get(self, stream_id: int | str, /, *, fields: str | Sequence[str] | None = None) -> Stream:
        """Return a stream with its settings and its last runs.

        `GET /api/data/v1/streams/{stream_id}` (Datasets API, "Stream (Connector) - Get").

        Args:
            stream_id: The stream, as in `Dataset.stream_id`.
            fields: The fields to return, such as ``"all"``.

        Raises:
            NotFound: The stream does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/streams/{}", stream_id), params={"fields": fields}, into=Stream
        )

    async def delete(self, stream_id: int | str, /, *, delete_method: DeleteMethod | str | None = None) -> None:
        """Delete a stream; the effect on its dataset is not documented.

        `DELETE /api/data/v1/streams/{stream_id}`. Seen: Domo's own data service has it.

        Args:
            stream_id: The stream.
            delete_method: ``soft``, the instance's default, or ``hard``.

        Raises:
            NotFound: The stream does not exist.
        """
        await self._http.request(
            "DELETE", url("/api/data/v1/streams/{}", stream_id), params={"deleteMethod": delete_method}
        )

    async def set_schedule_state(
        self, stream_id: int | str, state: ScheduleState | str, /, *, inactive_schedule_code: int | None = None
    ) -> None:
        """Start or stop a stream's schedule.

        `POST /api/data/v1/streams/{stream_id}/scheduleState/{state}`. Seen: Domo's own data service has it.

        Args:
            stream_id: The stream.
            state: ``ACTIVE``, ``INACTIVE`` or ``MANUAL``.
            inactive_schedule_code: The reason for stopping, as a number whose meanings are not documented.

        Raises:
            NotFound: The stream does not exist.
        """
        await self._http.request(
            "POST",
            url("/api/data/v1/streams/{}/scheduleState/{}", stream_id, state),
            params={"inactiveScheduleCode": inactive_schedule_code},
            # Setting the same state twice has the same effect.
            idempotent=True,
        )

    async def activate_schedules(self, stream_ids: Sequence[int | str], /) -> None:
        """Start the schedules of several streams.

        `POST /api/data/v1/streams/scheduleState/bulk/activate`. Seen: Domo's own data service has it.

        Args:
            stream_ids: The streams.

        Raises:
            ConfigError: `stream_ids` is empty.
        """
        await self._http.request(
            "POST",
            url("/api/data/v1/streams/scheduleState/bulk/activate"),
            json=payload(stream_ids=require_list(stream_ids, "stream_ids")),
            idempotent=True,
        )

    async def deactivate_schedules(
        self, stream_ids: Sequence[int | str], /, *, inactive_schedule_code: int | Unset = UNSET
    ) -> None:
        """Stop the schedules of several streams.

        `POST /api/data/v1/streams/scheduleState/bulk/deactivate`. Seen: Domo's own data service has it.

        Args:
            stream_ids: The streams.
            inactive_schedule_code: The reason for stopping, as a number whose meanings are not documented.

        Raises:
            ConfigError: `stream_ids` is empty.
        """
        await self._http.request(
            "POST",
            url("/api/data/v1/streams/scheduleState/bulk/deactivate"),
            json=payload(
                stream_ids=require_list(stream_ids, "stream_ids"), inactive_schedule_code=inactive_schedule_code
            ),
            idempotent=True,
        )

    async def update(
        self,
        stream_id: int | str,
        /,
        *,
        transport: StreamTransport,
        configuration: Sequence[ConfigurationItem],
        account_id: int | str | None,
        update_method: UpdateMethod | str,
        data_provider_key: str,
        data_source_name: str,
        data_source_description: str,
        advanced_schedule_json: str | Unset = UNSET,
    ) -> SavedStream:
        """Set the definition of a stream; every part is required, also those that do not change.

        `PUT /api/data/v1/streams/{stream_id}` (Datasets API, "Stream (Connector) - Update").

        Args:
            stream_id: The stream.
            transport: The connector.
            configuration: The connector's settings, all of them.
            account_id: The account with which the connector logs in; None for a connector that needs none. None is sent
                as null, as it is not known whether the stream would otherwise keep its account.
            update_method: The effect of a run on the dataset's rows.
            data_provider_key: The type of data provider, such as ``postgresql-partition``.
            data_source_name: The dataset's name.
            data_source_description: The dataset's description.
            advanced_schedule_json: The schedule, as JSON text: ``{"type": "MANUAL", "timezone": "UTC"}``.

        Returns:
            The stream. Domo's documentation does not show the answer; if there is none, the fields are not set.

        Raises:
            NotFound: The stream does not exist.
        """
        definition = _definition(
            transport=transport,
            configuration=configuration,
            account=None if account_id is None else payload(id=account_id),
            update_method=update_method,
            data_provider_key=data_provider_key,
            data_source_name=data_source_name,
            data_source_description=data_source_description,
            advanced_schedule_json=advanced_schedule_json,
        )
        return await self._http.request(
            "PUT",
            url("/api/data/v1/streams/{}", stream_id),
            json=definition,
            into=SavedStream,
            empty=SavedStream(),
            undocumented=True,
        )

    async def history(
        self,
        stream_id: int | str,
        /,
        *,
        limit: int | None = None,
        date: date | str | None = None,
        tz: str | None = None,
        remove_configuration_changes: bool | None = None,
        remove_deleted: bool | None = None,
    ) -> ItemTuple[StreamExecution]:
        """Return the last runs of a stream with their main fields; the other fields are None.

        `GET /api/data/v1/streams/{stream_id}/history/aggregate` (Datasets API, "Stream Execution History"). Its
        parameters are those of Domo's own data service.

        Args:
            stream_id: The stream.
            limit: The maximum number of runs to return; 1,000 by default, so a stream may have had more. `executions`
                returns all.
            date: The day of the runs, such as ``2024-12-31``; all by default.
            tz: The time zone of that day, such as ``UTC``.
            remove_configuration_changes: Whether to leave out changes of settings; by default they are included.
            remove_deleted: Whether to leave out deleted runs; by default they are included.

        Raises:
            NotFound: The stream does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/streams/{}/history/aggregate", stream_id),
            params={
                "limit": limit,
                "date": None if date is None else str(date),
                "tz": tz,
                "removeConfigurationChanges": remove_configuration_changes,
                "removeDeleted": remove_deleted,
            },
            into=ItemTuple[StreamExecution],
        )

    async def run(
        self,
        stream_id: int | str,
        /,
        *,
        run_type: RunType | str = RunType.MANUAL,
        abort_running: bool | None = None,
        data_tag: str | None = None,
        restate_data_tag: str | None = None,
        append_id: str | None = None,
        start_connector: bool | None = None,
        wait: bool = False,
        timeout: float = 3600.0,
    ) -> StreamExecution:
        """Run a stream now.

        `POST /api/data/v1/streams/{stream_id}/executions` (Connectors, "Run a Connector"; Datasets API, "Execute
        Dataset Stream"). One page of Domo's documents the run type as ``runType``, the other as ``action``: both are
        sent.

        With `wait`, also sends `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}`, which Domo's own data
        service has; and `GET /api/data/v1/streams/{stream_id}` if the answer does not name the run, to find the current
        one. The parameters other than the run type are those of that service, too.

        ```python
        run = await domo.streams.run(stream_id, wait=True)
        print(run.rows_inserted)
        ```

        Args:
            stream_id: The stream.
            run_type: ``MANUAL``; Domo's documentation names no other.
            abort_running: Whether to stop the current run, which otherwise makes the instance refuse another one.
            data_tag: The partition to fill.
            restate_data_tag: The partition to refill.
            append_id: The version to append to, such as ``latest``.
            start_connector: Whether to run the connector, which is the default; otherwise the caller provides the rows.
            wait: Whether to wait until the run has ended.
            timeout: The number of seconds to wait for that.

        Returns:
            The run; one page shows an empty answer, for which the fields are not set.

        Raises:
            NotFound: The stream does not exist.
            JobFailed: The run failed; the message has the reason, if the instance reports it.
            UnknownState: The run's state is not one that the client knows.
            WaitTimeout: The run has not ended; the error has the last state.
            DecodeError: With `wait`: the run was started, but the instance does not report its number.
        """
        started = await self._http.request(
            "POST",
            url("/api/data/v1/streams/{}/executions", stream_id),
            params={
                "abortRunning": abort_running,
                "dataTag": data_tag,
                "restateDataTag": restate_data_tag,
                "appendId": append_id,
                "startConnector": start_connector,
            },
            json=payload(run_type=run_type, action=run_type),
            into=StreamExecution,
            empty=StreamExecution(),
        )
        if not wait:
            return started
        execution_id = started.execution_id
        if execution_id is None:
            execution_id = await self._under_way(stream_id)
        return await self.wait(stream_id, execution_id, timeout=timeout)

    def executions(
        self, stream_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[StreamExecution]:
        """Iterate over the runs of a stream with all fields.

        `GET /api/data/v1/streams/{stream_id}/executions`. Seen: Domo's own data service has it. Their order is
        unconfirmed. An answer with more runs than requested is taken as the complete list.

        Args:
            stream_id: The stream.
            offset: The number of runs to skip.
            limit: The maximum number of runs to return, or None for all.
            page_size: The number of runs per request.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The stream does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v1/streams/{}/executions", stream_id),
            QUERY,
            key=attrgetter("execution_id"),
            into=ItemTuple[StreamExecution],
            read=lambda runs: PageData(runs, more=False if len(runs) > page_size else None),
            page_size=page_size,
            offset=offset,
            limit=limit,
        )

    async def get_execution(self, stream_id: int | str, execution_id: int | str, /) -> StreamExecution:
        """Return a run of a stream.

        `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}`. Seen: Domo's own data service has it,
        and other clients use it.

        Args:
            stream_id: The stream.
            execution_id: The run, from `run` or `history`.

        Raises:
            NotFound: The stream or the run does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/streams/{}/executions/{}", stream_id, execution_id), into=StreamExecution
        )

    async def abort(
        self,
        stream_id: int | str,
        execution_id: int | str,
        /,
        *,
        category: StreamErrorCategory | str = StreamErrorCategory.CONNECTOR,
        message: str | Unset = UNSET,
    ) -> StreamExecution:
        """Stop a run of a stream, and return it.

        `PUT /api/data/v1/streams/{stream_id}/executions/{execution_id}/abort`. Seen: Domo's own data service has it,
        and two clients use it.

        Args:
            stream_id: The stream.
            execution_id: The run.
            category: The originator of the abort; other clients send ``CONNECTOR``.
            message: The reason.

        Returns:
            The run, which may not have ended yet.

        Raises:
            NotFound: The stream or the run does not exist.
            Conflict: The run has ended already.
        """
        return await self._http.request(
            "PUT",
            url("/api/data/v1/streams/{}/executions/{}/abort", stream_id, execution_id),
            json=payload(category=category, message=message),
            into=StreamExecution,
            empty=StreamExecution(),
        )

    async def wait(
        self, stream_id: int | str, execution_id: int | str, /, *, timeout: float = 3600.0
    ) -> StreamExecution:
        """Wait until a run of a stream has ended, and return it.

        Sends `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}` repeatedly, at growing intervals. Domo's
        own data service has this route, and other clients use it. ``WARNING`` is not a failure: the rows arrived, and
        `StreamExecution.errors` has the warnings.

        Args:
            stream_id: The stream.
            execution_id: The run, from `run` or `history`.
            timeout: The maximum number of seconds to wait.

        Raises:
            NotFound: The stream or the run does not exist.
            JobFailed: The run failed; the message has the reason, if the instance reports it.
            UnknownState: The run's state is not one that the client knows.
            WaitTimeout: The run has not ended; the error has the last state.
        """
        return await wait_for(
            partial(self.get_execution, stream_id, execution_id),
            _verdict,
            what=f"run {execution_id} of stream {stream_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def _under_way(self, stream_id: int | str) -> int:
        """Return the current run of a stream."""
        current = (await self.get(stream_id)).current_execution
        if current is None or current.execution_id is None:
            raise DecodeError(
                f"stream {stream_id} was started, but the instance does not report which run that is;"
                " streams.history() lists the runs",
                path="$.executionId",
            )
        return current.execution_id


_STATES = States(
    # The rows of a run with a warning arrived.
    good=[ExecutionState.SUCCESS, ExecutionState.WARNING],
    bad=[ExecutionState.ERROR, ExecutionState.INVALID],
    going=[ExecutionState.IDLE, ExecutionState.ACTIVE, ExecutionState.UNKNOWN],
)
# If a run that has ended is in one of these states, its outcome is not known.
_UNTOLD = {ExecutionState.IDLE, ExecutionState.UNKNOWN}


def _verdict(execution: StreamExecution) -> Verdict:
    state = execution.current_state
    verdict = _STATES.judge(state, reason=execution.error_text)
    return evolve(verdict, known=False) if execution.ended_at is not None and state in _UNTOLD else verdict


def _definition(
    *,
    transport: StreamTransport,
    configuration: Sequence[ConfigurationItem],
    account: Mapping[str, Any] | Unset | None,
    update_method: UpdateMethod | str,
    data_provider_key: str,
    data_source_name: str,
    data_source_description: str | Unset,
    advanced_schedule_json: str | Unset,
) -> Mapping[str, Any]:
    """Return the definition of a stream, without the fields that only answers have."""
    return payload(
        transport=without_nulls(transport),
        configuration=[
            payload(name=item.name, value=item.value, type=item.type or "string", category=item.category or "METADATA")
            for item in require_list(configuration, "configuration", may_be_empty=True)
        ],
        account=account,
        update_method=update_method,
        data_provider=payload(key=data_provider_key),
        data_source=payload(name=data_source_name, description=data_source_description),
        advanced_schedule_json=advanced_schedule_json,
    )
