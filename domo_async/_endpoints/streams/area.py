"""Streams: connectors that fill datasets, and their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.streams.models import (
    ConfigurationItem,
    ExecutionState,
    RunType,
    SavedStream,
    Stream,
    StreamExecution,
    StreamTransport,
    UpdateMethod,
)
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._waiting import Verdict, wait_for
from domo_async._wire import UNSET, Unset, payload, without_nulls
from domo_async.errors import DecodeError

__all__ = ["Streams"]


class Streams(Area):
    """Streams: connectors that fill datasets, and their runs."""

    async def create(
        self,
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
        """Create a stream, and the dataset that it fills.

        `POST /api/data/v1/streams` (Datasets API, "Stream (Connector) - Create").

        Args:
            transport: The connector.
            configuration: Its settings.
            account_id: The account by which it logs in; None for a connector that needs none, which is sent as null.
                The page does not say so, but shows such a stream.
            update_method: What a run does to the dataset's rows: ``REPLACE`` or ``APPEND``.
            data_provider_key: The kind of source, such as ``snowflake-unload-v2``.
            data_source_name: The dataset's name.
            data_source_description: What the dataset is for.
            advanced_schedule_json: When it runs, as JSON text: ``{"type": "MANUAL", "timezone": "UTC"}``.

        Returns:
            What the instance tells, possibly nothing; the page shows no answer.

        Raises:
            BadRequest: There is no such connector, account or data provider.
        """
        definition = _definition(
            transport=transport,
            configuration=configuration,
            account_id=account_id,
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

    async def get(self, stream_id: int | str, /) -> Stream:
        """Return a stream with its settings and its last runs.

        `GET /api/data/v1/streams/{stream_id}` (Datasets API, "Stream (Connector) - Get").

        Args:
            stream_id: The stream; a dataset tells it as `stream_id`.

        Raises:
            NotFound: There is no such stream.
        """
        return await self._http.request("GET", url("/api/data/v1/streams/{}", stream_id), into=Stream)

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
        """Set what makes up a stream; all of it is needed, also what stays as it was.

        `PUT /api/data/v1/streams/{stream_id}` (Datasets API, "Stream (Connector) - Update").

        Args:
            stream_id: The stream.
            transport: The connector.
            configuration: Its settings, all of them.
            account_id: The account by which it logs in; None for a connector that needs none, which is sent as null.
                The page does not say so.
            update_method: What a run does to the dataset's rows: ``REPLACE`` or ``APPEND``.
            data_provider_key: The kind of source, such as ``postgresql-partition``.
            data_source_name: The dataset's name.
            data_source_description: What the dataset is for.
            advanced_schedule_json: When it runs, as JSON text: ``{"type": "MANUAL", "timezone": "UTC"}``.

        Returns:
            What the instance tells, possibly nothing; the page shows no answer.

        Raises:
            NotFound: There is no such stream.
        """
        definition = _definition(
            transport=transport,
            configuration=configuration,
            account_id=account_id,
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

    async def history(self, stream_id: int | str, /) -> tuple[StreamExecution, ...]:
        """Return the runs of a stream with their main facts; what is not among those is None.

        `GET /api/data/v1/streams/{stream_id}/history/aggregate` (Datasets API, "Stream Execution History").

        Args:
            stream_id: The stream.

        Raises:
            NotFound: There is no such stream.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/streams/{}/history/aggregate", stream_id), into=tuple[StreamExecution, ...]
        )

    async def run(
        self,
        stream_id: int | str,
        /,
        *,
        run_type: RunType | str = RunType.MANUAL,
        wait: bool = False,
        timeout: float = 3600.0,
    ) -> StreamExecution:
        """Run a stream now.

        `POST /api/data/v1/streams/{stream_id}/executions` (Connectors, "Run a Connector"; Datasets API, "Execute
        Dataset Stream"). One page documents the run type as ``runType``, the other as ``action``: both are sent.

        With `wait`, `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}` as well, which is not in the
        documents; and `GET /api/data/v1/streams/{stream_id}` where the answer does not tell the run, to look for the
        one under way.

        Args:
            stream_id: The stream.
            run_type: ``MANUAL``; the pages name no other.
            wait: Whether to wait until the run has ended.
            timeout: Seconds to wait for that.

        Returns:
            The run; one page shows an empty answer, then there is nothing in it.

        Raises:
            NotFound: There is no such stream.
            JobFailed: The run failed; says why, where the instance tells.
            WaitTimeout: The run has not ended; carries the last state seen.
            DecodeError: With `wait`: the run was started, but the instance does not tell which one it is.
        """
        started = await self._http.request(
            "POST",
            url("/api/data/v1/streams/{}/executions", stream_id),
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
        """Iterate over the runs of a stream, with all that is known of each.

        `GET /api/data/v1/streams/{stream_id}/executions`. Not in the documents; other clients use it. In which order
        they come is unconfirmed. An answer of more runs than were asked for is taken as all.

        Args:
            stream_id: The stream.
            offset: Runs to leave out at the beginning.
            limit: The most runs to give, or None for all.
            page_size: Runs to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
            NotFound: There is no such stream.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v1/streams/{}/executions", stream_id),
            QUERY,
            key=attrgetter("execution_id"),
            into=tuple[StreamExecution, ...],
            read=lambda runs: PageData(runs, more=False if len(runs) > page_size else None),
            page_size=page_size,
            offset=offset,
            limit=limit,
        )

    async def get_execution(self, stream_id: int | str, execution_id: int | str, /) -> StreamExecution:
        """Return a run of a stream.

        `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}`. This route is not in the documents; other
        clients use it.

        Args:
            stream_id: The stream.
            execution_id: The run, as `run` and `history` tell it.

        Raises:
            NotFound: There is no such stream or run.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/streams/{}/executions/{}", stream_id, execution_id), into=StreamExecution
        )

    async def wait(
        self, stream_id: int | str, execution_id: int | str, /, *, timeout: float = 3600.0
    ) -> StreamExecution:
        """Wait until a run of a stream has ended, and return it.

        Asks `GET /api/data/v1/streams/{stream_id}/executions/{execution_id}` again and again, with pauses that grow.
        This route is not in the documents; other clients use it. A run has failed if its state is ``ERROR``, or if it
        has ended in any state but ``SUCCESS``.

        Args:
            stream_id: The stream.
            execution_id: The run, as `run` and `history` tell it.
            timeout: Seconds to wait at most.

        Raises:
            NotFound: There is no such stream or run.
            JobFailed: The run failed; says why, where the instance tells.
            WaitTimeout: The run has not ended; carries the last state seen.
        """
        return await wait_for(
            partial(self.get_execution, stream_id, execution_id),
            _verdict,
            what=f"run {execution_id} of stream {stream_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def _under_way(self, stream_id: int | str) -> int:
        """Return the run of a stream that is under way."""
        current = (await self.get(stream_id)).current_execution
        if current is None or current.execution_id is None:
            raise DecodeError(
                f"stream {stream_id} was started, but the instance does not tell which run that is;"
                " streams.history() tells the runs",
                path="$.executionId",
            )
        return current.execution_id


def _verdict(execution: StreamExecution) -> Verdict:
    state = execution.current_state
    succeeded = state == ExecutionState.SUCCESS
    # Nobody documents all the bad ends; one that was stopped, for instance, may be called in several ways.
    stopped = execution.ended_at is not None and state not in {None, ExecutionState.ACTIVE, ExecutionState.SUCCESS}
    failed = state == ExecutionState.ERROR or stopped
    return Verdict(state, ended=succeeded or failed, failed=failed, reason=execution.error_text)


def _definition(
    *,
    transport: StreamTransport,
    configuration: Sequence[ConfigurationItem],
    account_id: int | str | None,
    update_method: UpdateMethod | str,
    data_provider_key: str,
    data_source_name: str,
    data_source_description: str,
    advanced_schedule_json: str | Unset,
) -> Mapping[str, Any]:
    """Return what makes up a stream, without what only answers have."""
    return payload(
        transport=without_nulls(transport),
        configuration=[
            payload(name=item.name, value=item.value, type=item.type or "string", category=item.category or "METADATA")
            for item in require_list(configuration, "configuration", may_be_empty=True)
        ],
        account=None if account_id is None else payload(id=account_id),
        update_method=update_method,
        data_provider=payload(key=data_provider_key),
        data_source=payload(name=data_source_name, description=data_source_description),
        advanced_schedule_json=advanced_schedule_json,
    )
