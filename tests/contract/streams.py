"""Streams: E032, E042 to E046."""

from __future__ import annotations

from typing import Any

from domo_async._endpoints.streams import (
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
    Row("E042", create, Sent("POST", "/api/data/v1/streams", json=CREATED, answer=whole(SAVED)), gives=SavedStream),
    Row(
        "E042",
        lambda domo: create(domo, account_id=None, configuration=[], transport=StreamTransport("API")),
        Sent(
            "POST",
            "/api/data/v1/streams",
            json={**CREATED, "account": None, "configuration": [], "transport": {"type": "API"}},
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
]
