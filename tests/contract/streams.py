"""Streams: E032, E042 to E046."""

from __future__ import annotations

from datetime import date
from typing import Any

from domo_async._endpoints.streams.models import (
    ConfigurationItem,
    SavedStream,
    Stream,
    StreamExecution,
    StreamTransport,
)
from tests.contract.row import Row, Sent, documented, whole

RUN = {"runType": "MANUAL", "action": "MANUAL"}

CREATED = {
    "transport": {"type": "CONNECTOR", "description": "com.domo.connector.snowflakeunloadv2", "version": "1"},
    "configuration": [{"name": "query", "value": "SELECT * FROM table", "type": "string", "category": "METADATA"}],
    "account": {"id": 3},
    "updateMethod": "APPEND",
    "dataProvider": {"key": "snowflake-unload-v2"},
    "dataSource": {"name": "hello world", "description": "config works?"},
    "advancedScheduleJson": '{"type": "MANUAL", "timezone": "UTC"}',
}

UPDATED = {
    "transport": {"type": "CONNECTOR", "description": "com.domo.connector.postgresql.partition", "version": "0"},
    "configuration": [{"name": "fetch_size", "value": "None", "type": "string", "category": "METADATA"}],
    "account": {"id": 1},
    "updateMethod": "APPEND",
    "dataProvider": {"key": "postgresql-partition"},
    "dataSource": {"name": "hello world", "description": "config works?"},
    "advancedScheduleJson": '{"type": "MANUAL", "timezone": "UTC"}',
}

PLAIN = {
    "transport": {"type": "API"},
    "configuration": [],
    "updateMethod": "REPLACE",
    "dataProvider": {"key": "api"},
    "dataSource": {"name": "hello world"},
}
SAVED = {"id": 371, "dataSource": {"id": "dcad2f50-e65e-4259-a9e8-214a3d1e18a7", "name": "hello world"}}


def create(domo: Any, **changes: Any) -> Any:
    return domo.streams.create(
        **{
            "transport": StreamTransport("CONNECTOR", "com.domo.connector.snowflakeunloadv2", "1"),
            "configuration": [ConfigurationItem("query", "SELECT * FROM table", "string", "METADATA")],
            "account_id": 3,
            "update_method": "APPEND",
            "data_provider_key": "snowflake-unload-v2",
            "data_source_name": "hello world",
            "data_source_description": "config works?",
            "advanced_schedule_json": '{"type": "MANUAL", "timezone": "UTC"}',
            **changes,
        }
    )


def update(domo: Any) -> Any:
    return domo.streams.update(
        371,
        transport=StreamTransport("CONNECTOR", "com.domo.connector.postgresql.partition", "0"),
        configuration=[ConfigurationItem("fetch_size", "None")],
        account_id=1,
        update_method="APPEND",
        data_provider_key="postgresql-partition",
        data_source_name="hello world",
        data_source_description="config works?",
        advanced_schedule_json='{"type": "MANUAL", "timezone": "UTC"}',
    )


# As Domo's own data service has it.
ABORTED = {
    "streamId": 371,
    "executionId": 2,
    "currentState": "ERROR",
    "currentPhase": "FINAL",
    "latestPhase": {
        "phaseType": "IMPORT",
        "startedAt": 1735689600,
        "endedAt": 1735689601,
        "streamId": 371,
        "executionId": 2,
    },
    "cancelledBy": "27",
    "runType": "MANUAL",
    "retryExecution": None,
    "errors": [
        {
            "id": 1,
            "streamId": 371,
            "executionId": 2,
            "category": "CONNECTOR",
            "code": 7,
            "message": "enough",
            "parameters": {"file": "a.csv"},
            "invalidatesExecution": True,
        }
    ],
}

ROWS = [
    Row(
        "E032,E046",
        lambda domo: domo.streams.run(25775),
        Sent("POST", "/api/data/v1/streams/25775/executions", json=RUN, status=201, answer=documented("E032")),
        gives=StreamExecution,
    ),
    Row(
        "E046",
        lambda domo: domo.streams.run(25775),
        Sent("POST", "/api/data/v1/streams/25775/executions", json=RUN, answer=whole({})),
        gives=StreamExecution,
        note="with an empty object",
    ),
    Row(
        "E046",
        lambda domo: domo.streams.run(25775),
        Sent("POST", "/api/data/v1/streams/25775/executions", json=RUN),
        gives=lambda execution: execution == StreamExecution(),
        note="without an answer",
    ),
    Row(
        "E032",
        lambda domo: domo.streams.run(25775, wait=True),
        (
            Sent("POST", "/api/data/v1/streams/25775/executions", json=RUN, status=201, answer=documented("E032")),
            Sent(
                "GET",
                "/api/data/v1/streams/25775/executions/2",
                answer=documented("E032").replace(b"ACTIVE", b"SUCCESS"),
            ),
        ),
        gives=StreamExecution,
        note="waited for",
    ),
    Row(
        "E042",
        create,
        Sent("POST", "/api/data/v1/streams", json=CREATED, status=201, answer=documented("E043")),
        gives=SavedStream,
    ),
    Row(
        "E042",
        create,
        Sent("POST", "/api/data/v1/streams", json=CREATED, answer=whole(SAVED)),
        gives=SavedStream,
        note="told in short",
    ),
    Row(
        "E042",
        lambda domo: domo.streams.create(
            transport=StreamTransport("API"), data_provider_key="api", data_source_name="hello world"
        ),
        Sent(
            "POST",
            "/api/data/v1/streams",
            json=PLAIN,
        ),
        gives=lambda saved: saved == SavedStream(),
        note="without an account and without an answer",
    ),
    Row(
        "E043",
        lambda domo: domo.streams.get(371),
        Sent("GET", "/api/data/v1/streams/371", answer=documented("E043")),
        gives=Stream,
    ),
    Row(
        "E044",
        update,
        Sent("PUT", "/api/data/v1/streams/371", json=UPDATED, answer=whole(SAVED)),
        gives=SavedStream,
    ),
    Row(
        "E045",
        lambda domo: domo.streams.history(371),
        Sent("GET", "/api/data/v1/streams/371/history/aggregate", answer=documented("E045")),
        gives=StreamExecution,
    ),
    Row(
        "extra: Streams, List executions",
        lambda domo: domo.streams.executions(25775).all(),
        Sent(
            "GET",
            "/api/data/v1/streams/25775/executions",
            query={"limit": "100", "offset": "0"},
            answer=b"[" + documented("E032") + b"]",
        ),
        gives=StreamExecution,
    ),
    Row(
        "extra: Streams, List executions",
        lambda domo: domo.streams.executions(25775, offset=5, page_size=1).all(),
        (
            Sent(
                "GET",
                "/api/data/v1/streams/25775/executions",
                query={"limit": "1", "offset": "5"},
                answer=whole([{"executionId": 2}]),
            ),
            Sent(
                "GET",
                "/api/data/v1/streams/25775/executions",
                query={"limit": "1", "offset": "6"},
                answer=whole([]),
            ),
        ),
        gives=lambda runs: [run.execution_id for run in runs] == [2],
        note="page by page",
    ),
    Row(
        "extra: Streams, Get execution",
        lambda domo: domo.streams.get_execution(25775, 2),
        Sent("GET", "/api/data/v1/streams/25775/executions/2", answer=documented("E032")),
        gives=StreamExecution,
    ),
    Row(
        "extra: Streams, Get execution",
        lambda domo: domo.streams.wait(25775, 2),
        Sent(
            "GET",
            "/api/data/v1/streams/25775/executions/2",
            answer=documented("E032").replace(b"ACTIVE", b"SUCCESS"),
        ),
        gives=StreamExecution,
        note="waited for",
    ),
    Row(
        "data service: streams, history",
        lambda domo: domo.streams.history(
            371,
            limit=5,
            date=date(2024, 12, 31),
            tz="UTC",
            remove_configuration_changes=True,
            remove_deleted=True,
        ),
        Sent(
            "GET",
            "/api/data/v1/streams/371/history/aggregate",
            query={
                "limit": "5",
                "date": "2024-12-31",
                "tz": "UTC",
                "removeConfigurationChanges": "true",
                "removeDeleted": "true",
            },
            answer=documented("E045"),
        ),
        gives=StreamExecution,
    ),
    Row(
        "data service: streams, run",
        lambda domo: domo.streams.run(
            371,
            abort_running=True,
            data_tag="day",
            restate_data_tag="day",
            append_id="latest",
            start_connector=False,
        ),
        Sent(
            "POST",
            "/api/data/v1/streams/371/executions",
            query={
                "abortRunning": "true",
                "dataTag": "day",
                "restateDataTag": "day",
                "appendId": "latest",
                "startConnector": "false",
            },
            json=RUN,
            status=201,
            answer=documented("E032"),
        ),
        gives=StreamExecution,
    ),
    Row(
        "extra: Streams, List streams",
        lambda domo: domo.streams.list(fields="all", limit=1).all(),
        Sent(
            "GET",
            "/api/data/v1/streams",
            query={"fields": "all", "limit": "1", "offset": "0"},
            answer=b"[" + documented("E043") + b"]",
        ),
        gives=Stream,
    ),
    Row(
        "data service: streams, search",
        lambda domo: domo.streams.search("dataSource.name:Covid").all(),
        Sent(
            "GET",
            "/api/data/v1/streams/search",
            query={"q": "dataSource.name:Covid"},
            answer=b"[" + documented("E043") + b"]",
        ),
        gives=Stream,
    ),
    Row(
        "data service: streams, lookup",
        lambda domo: domo.streams.of_dataset("abc"),
        Sent("GET", "/api/data/v1/streams/lookup", query={"dataSourceId": "abc"}, answer=b"371"),
        gives=lambda number: 371 == number,
    ),
    Row(
        "extra: Streams, Bulk get streams",
        lambda domo: domo.streams.get_many([371, "372"], fields="all"),
        Sent(
            "GET",
            "/api/data/v1/streams/bulk",
            query={"streamId": "371,372", "fields": "all"},
            answer=b"[" + documented("E043") + b"]",
        ),
        gives=Stream,
    ),
    Row(
        "data service: streams, delete",
        lambda domo: domo.streams.delete(371, delete_method="soft"),
        Sent("DELETE", "/api/data/v1/streams/371", query={"deleteMethod": "soft"}),
    ),
    Row(
        "data service: streams, schedule state",
        lambda domo: domo.streams.set_schedule_state(371, "INACTIVE", inactive_schedule_code=3),
        Sent("POST", "/api/data/v1/streams/371/scheduleState/INACTIVE", query={"inactiveScheduleCode": "3"}),
    ),
    Row(
        "data service: streams, activate schedules",
        lambda domo: domo.streams.activate_schedules([371, 372]),
        Sent("POST", "/api/data/v1/streams/scheduleState/bulk/activate", json={"streamIds": [371, 372]}),
    ),
    Row(
        "data service: streams, deactivate schedules",
        lambda domo: domo.streams.deactivate_schedules([371], inactive_schedule_code=3),
        Sent(
            "POST",
            "/api/data/v1/streams/scheduleState/bulk/deactivate",
            json={"streamIds": [371], "inactiveScheduleCode": 3},
        ),
    ),
    Row(
        "extra: Streams, Abort execution",
        lambda domo: domo.streams.abort(371, 2, message="enough"),
        Sent(
            "PUT",
            "/api/data/v1/streams/371/executions/2/abort",
            json={"category": "CONNECTOR", "message": "enough"},
            answer=whole(ABORTED),
        ),
        gives=StreamExecution,
    ),
]
