"""Spans and metrics, taken by OpenTelemetry's own SDK."""

from __future__ import annotations

import asyncio
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest
from attrs import frozen
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from domo_async import (
    AppAccess,
    ConfigError,
    ConnectError,
    Domo,
    NotFound,
    RateLimit,
    Retries,
    Settings,
    Telemetry,
)
from domo_async._endpoints._area import Area
from domo_async._endpoints._operations import _name
from domo_async.emulator import Emulator, Fault
from tests.support import TOKEN, SkippingClock, raw_answer, raw_server

OK = '{"id": "a-dataset"}'


@frozen
class Watch:
    """An SDK that keeps what it is told."""

    spans: InMemorySpanExporter
    reader: InMemoryMetricReader
    tracers: TracerProvider
    telemetry: Telemetry

    def settings(self, **options: Any) -> Settings:
        return Settings(**{"telemetry": self.telemetry, "clock": SkippingClock(), **options})

    def named(self, pattern: str) -> list[ReadableSpan]:
        return [span for span in self.spans.get_finished_spans() if re.fullmatch(pattern, span.name)]

    def points(self, name: str) -> list[Any]:
        """Return the points of a metric."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return [
            point
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def units(self) -> dict[str, str]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: metric.unit or ""
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def sdk() -> Iterator[Watch]:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    yield Watch(spans, reader, tracers, Telemetry(tracer_provider=tracers, meter_provider=meters))
    tracers.shutdown()
    meters.shutdown()


def parent_of(span: ReadableSpan) -> int | None:
    return None if span.parent is None else span.parent.span_id


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    found: int = span.context.span_id
    return found


async def test_an_operation_has_a_span_and_each_try_of_its_requests_one_by_the_conventions(sdk):
    answers = {1: raw_answer("{}", status="503 Busy"), 2: raw_answer(OK)}
    async with (
        raw_server(lambda number, _: answers[number]) as server,
        Domo(server.url, token=TOKEN, settings=sdk.settings()) as domo,
    ):
        await domo.datasets.get("a-dataset")

    [operation] = sdk.named(r"domo\.datasets\.get")
    first, second = sdk.named(r"GET /api/.*")
    port = int(server.url.rpartition(":")[2])
    common = {
        "http.request.method": "GET",
        "url.template": "/api/data/v3/datasources/{}",
        "url.full": f"{server.url}/api/data/v3/datasources/REDACTED",
        "server.address": "127.0.0.1",
        "server.port": port,
    }
    assert (SpanKind.INTERNAL, StatusCode.UNSET, None) == (
        operation.kind,
        operation.status.status_code,
        operation.parent,
    )
    assert {id_of(operation)} == {parent_of(first), parent_of(second)}
    assert SpanKind.CLIENT == first.kind
    assert {**common, "http.response.status_code": 503, "error.type": "503"} == first.attributes
    assert {**common, "http.response.status_code": 200, "http.request.resend_count": 1} == second.attributes
    assert (StatusCode.ERROR, StatusCode.UNSET) == (first.status.status_code, second.status.status_code)
    [retry] = operation.events
    assert "domo.retry" == retry.name
    assert {"http.response.status_code": 503, "domo.attempt": 2}.items() <= dict(retry.attributes or {}).items()
    assert "domo_async" == operation.instrumentation_scope.name

    [retries] = sdk.points("domo.client.retries")
    assert (1, "503") == (retries.value, retries.attributes["error.type"])
    assert {200: 1, 503: 1} == {
        point.attributes["http.response.status_code"]: point.count
        for point in sdk.points("http.client.request.duration")
    }
    [waited] = sdk.points("domo.client.wait.duration")
    assert ("retry", 1) == (waited.attributes["domo.wait.cause"], waited.count)
    [lasted] = sdk.points("domo.client.operation.duration")
    assert {"domo.operation": "datasets.get"} == dict(lasted.attributes)
    assert {
        "http.client.request.duration": "s",
        "domo.client.operation.duration": "s",
        "domo.client.wait.duration": "s",
        "domo.client.retries": "{retry}",
        "domo.client.io": "By",
    } == sdk.units()


async def test_an_upload_has_its_parts_as_events_and_their_requests_as_children(sdk):
    rows = b"a\n" + b"1\n" * 20_000
    async with Emulator() as emulator, emulator.client(settings=sdk.settings()) as domo:
        dataset = await domo.datasets.create("Payroll of Acme", {"a": "LONG"})
        emulator.faults.add(Fault("PUT *parts/2", "drop_before"))
        sdk.spans.clear()
        done = await domo.datasets.upload(dataset.id, rows, part_size=10_000)

    [operation] = sdk.named(r"domo\.datasets\.upload")
    assert 1 < done.parts
    parts = sdk.named(r"PUT .*/parts/\{\}")
    assert done.parts + 1 == len(parts)
    assert {id_of(operation)} == {parent_of(span) for span in parts}
    names = [event.name for event in operation.events]
    assert ("domo.upload_opened", "domo.upload_committed") == (names[0], names[-1])
    assert (done.parts, 1, 1) == tuple(names.count(f"domo.{name}") for name in ("part_sent", "part_resent", "retry"))
    assert {"domo.rows": 20_000, "domo.upload_id": done.upload_id}.items() <= dict(
        operation.events[-1].attributes or {}
    ).items()
    sent = sum(
        point.value
        for point in sdk.points("domo.client.io")
        if "parts" in point.attributes["url.template"] and point.attributes["network.io.direction"] == "transmit"
    )
    assert 40_000 < sent < 60_000, "each part once, one of them twice"
    told = "".join(
        f"{span.name}{span.attributes}{[e.attributes for e in span.events]}" for span in sdk.spans.get_finished_spans()
    )
    assert "Payroll" not in told
    assert emulator.token not in told


async def test_requests_of_another_client_for_an_operation_have_a_span_within_it(sdk):
    async with (
        Emulator() as one,
        Emulator() as other,
        one.client(settings=sdk.settings()) as source,
        other.client(settings=sdk.settings()) as target,
    ):
        there = await source.datasets.create("x", {"a": "LONG"})
        here = await target.datasets.create("x", {"a": "LONG"})
        await source.datasets.upload(there.id, b"a\n1\n")
        sdk.spans.clear()
        await target.datasets.upload(here.id, source.datasets.scan(there.id))

    [scan], [upload] = sdk.named(r"domo\.datasets\.scan"), sdk.named(r"domo\.datasets\.upload")
    assert id_of(upload) == parent_of(scan)
    assert 2 == len(sdk.named(r"domo\..*")), "what a method does by others of its client is not told apart"


async def test_a_list_has_a_span_for_its_reading_and_what_is_done_with_items_is_not_in_it(sdk):
    tracer = sdk.tracers.get_tracer("application")
    async with Emulator(world="demo") as emulator, emulator.client(settings=sdk.settings()) as domo:
        with tracer.start_as_current_span("mine") as mine:
            taken = 0
            async for _ in domo.users.list(page_size=50, limit=120):
                with tracer.start_as_current_span("own work"):
                    taken += 1

    [listing] = sdk.named(r"domo\.users\.list")
    assert 120 == taken
    assert mine.get_span_context().span_id == parent_of(listing)
    assert {mine.get_span_context().span_id} == {parent_of(span) for span in sdk.named("own work")}
    requests = sdk.named(r"GET /api/.*")
    assert 3 <= len(requests)
    assert {id_of(listing)} == {parent_of(span) for span in requests}


async def test_a_list_that_is_left_and_one_that_is_taken_whole_have_ended_spans_without_an_error(sdk):
    async with Emulator(world="demo") as emulator, emulator.client(settings=sdk.settings()) as domo:
        assert await domo.users.list(page_size=50).first()
        assert 7 == len(await domo.users.list(limit=7).all())

    assert [StatusCode.UNSET] * 2 == [span.status.status_code for span in sdk.named(r"domo\.users\.list")]


async def test_a_stream_counts_the_bytes_that_came(sdk):
    async with Emulator() as emulator, emulator.client(settings=sdk.settings()) as domo:
        dataset = await domo.datasets.create("x", {"a": "LONG"})
        await domo.datasets.upload(dataset.id, b"a\n" + b"1\n" * 1000)
        sdk.spans.clear()
        assert 1000 == sum([batch.num_rows async for batch in domo.datasets.scan(dataset.id)])

    [scan] = sdk.named(r"domo\.datasets\.scan")
    assert {id_of(scan)} >= {parent_of(span) for span in sdk.named("(GET|POST) .*")}
    received = [
        point.value
        for point in sdk.points("domo.client.io")
        if point.attributes["network.io.direction"] == "receive" and "export" in point.attributes["url.template"]
    ]
    assert [True] == [value >= 2000 for value in received]


async def test_the_blocking_client_carries_the_caller_s_span_to_its_thread(sdk):
    tracer = sdk.tracers.get_tracer("application")

    def work() -> None:
        with (
            Emulator(world="demo") as emulator,
            emulator.sync_client(settings=sdk.settings()) as domo,
            tracer.start_as_current_span("mine"),
        ):
            domo.users.list(limit=3).all()
            for _ in domo.groups.list(limit=3):
                with tracer.start_as_current_span("own work"):
                    pass
            domo.request("GET", "/api/content/v2/users/me")

    await asyncio.to_thread(work)

    [mine] = sdk.named("mine")
    operations = [
        *sdk.named(r"domo\.users\.list"),
        *sdk.named(r"domo\.groups\.list"),
        *sdk.named(r"domo\.request"),
    ]
    assert [id_of(mine)] * 3 == [parent_of(span) for span in operations]
    assert {id_of(mine)} == {parent_of(span) for span in sdk.named("own work")}
    assert {id_of(span) for span in operations} == {parent_of(span) for span in sdk.named(r"(GET|POST) .*")}


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (raw_answer('{"message": "Jane Doe"}', status="404 No"), NotFound, "NotFound"),
        (None, ConnectError, "ConnectError"),
    ],
    ids=["refused", "unreachable"],
)
async def test_a_failure_has_its_type_and_none_of_its_words(sdk, answer, kind, told):
    async with raw_server(lambda *_: answer) as server:
        url = server.url if answer is not None else "http://127.0.0.1:9"
        async with Domo(url, token=TOKEN, settings=sdk.settings(retries=Retries(attempts=1))) as domo:
            with pytest.raises(kind):
                await domo.datasets.get("x")

    [operation] = sdk.named(r"domo\.datasets\.get")
    assert (StatusCode.ERROR, None) == (operation.status.status_code, operation.status.description)
    assert told == (operation.attributes or {})["error.type"]
    assert "Jane" not in "".join(span.to_json() for span in sdk.spans.get_finished_spans())
    [lasted] = sdk.points("domo.client.operation.duration")
    assert told == lasted.attributes["error.type"]


@pytest.mark.parametrize("watched", [True, False])
async def test_a_traceback_shows_the_method_that_was_called_be_it_watched_or_not(sdk, watched):
    settings = sdk.settings(retries=Retries(attempts=1), **({} if watched else {"telemetry": None}))
    async with (
        raw_server(lambda *_: raw_answer(status="404 No")) as server,
        Domo(server.url, token=TOKEN, settings=settings) as domo,
    ):
        with pytest.raises(NotFound) as called:
            await domo.datasets.get("x")
        with pytest.raises(NotFound) as listed:
            [_ async for _ in domo.datasets.scan("x")]

    assert ["get"] == [
        entry.name for entry in called.traceback if "domo_async" in str(entry.path) and "tests" not in str(entry.path)
    ]
    assert ["scan"] == [
        entry.name for entry in listed.traceback if "domo_async" in str(entry.path) and "tests" not in str(entry.path)
    ]


async def test_a_rate_limit_is_counted_as_a_wait(sdk):
    settings = sdk.settings(rate_limits={"data": RateLimit(1, 60)})
    async with (
        raw_server(lambda *_: raw_answer(OK)) as server,
        Domo(server.url, token=TOKEN, settings=settings) as domo,
    ):
        for _ in range(2):
            await domo.datasets.get("x")

    [waited] = [
        point
        for point in sdk.points("domo.client.wait.duration")
        if point.attributes["domo.wait.cause"] == "rate_limit" and point.sum > 1
    ]
    assert 60 <= waited.sum < 61


@pytest.mark.parametrize("propagate", [True, False])
async def test_the_instance_is_told_of_the_trace_only_if_that_is_wanted(sdk, propagate):
    telemetry = Telemetry(tracer_provider=sdk.tracers, propagate=propagate)
    async with (
        raw_server(lambda *_: raw_answer(OK)) as server,
        Domo(server.url, token=TOKEN, settings=Settings(telemetry=telemetry)) as domo,
    ):
        await domo.datasets.get("x")

    [span] = sdk.named(r"GET .*")
    assert span.context is not None
    assert propagate == (f"traceparent: 00-{span.context.trace_id:032x}-{id_of(span):016x}-" in server.heads[0])
    assert propagate == ("traceparent" in server.heads[0])
    assert "baggage" not in server.heads[0]


async def test_none_tells_nothing_and_another_kind_is_refused(sdk):
    async with (
        raw_server(lambda *_: raw_answer(OK)) as server,
        Domo(server.url, token=TOKEN, settings=Settings(telemetry=None)) as domo,
    ):
        with sdk.tracers.get_tracer("application").start_as_current_span("mine"):
            await domo.datasets.get("x")
    with pytest.raises(ConfigError, match="telemetry must be a value such as"):
        Settings(telemetry=True)  # type: ignore[arg-type]

    assert ["mine"] == [span.name for span in sdk.spans.get_finished_spans()]


def test_the_sdk_of_the_process_is_told_as_soon_as_it_is_set_up_and_nothing_is_imported_before():
    code = """
import asyncio, sys
from domo_async import Domo
from tests.support import TOKEN, raw_answer, raw_server

async def main():
    async with raw_server(lambda *_: raw_answer('{"id": "x"}')) as server, Domo(server.url, token=TOKEN) as domo:
        await domo.datasets.get("x")
        print([name for name in sys.modules if name.startswith("opentelemetry")])
        from opentelemetry import metrics, trace
        await domo.datasets.get("x")
        print("domo_async._telemetry.signals" in sys.modules)
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        spans = InMemorySpanExporter()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(spans))
        trace.set_tracer_provider(tracers)
        while "domo.datasets.get" not in {span.name for span in spans.get_finished_spans()}:
            await domo.datasets.get("x")

asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ["[]", "False"] == ran.stdout.splitlines()


def areas(owner: Any, path: str) -> Iterator[tuple[str, Area]]:
    for name in dir(type(owner)):
        if not name.startswith("_") and isinstance(inspect.getattr_static(type(owner), name), cached_property):
            area = getattr(owner, name)
            yield f"{path}.{name}", area
            yield from areas(area, f"{path}.{name}")


def test_operations_are_called_what_their_callers_write():
    app = AppAccess("https://a.domoapps.prod1.domo.com", session_token="a-session-token")
    found = list(areas(Domo("acme", token=TOKEN, app=app), "domo"))

    assert 50 < len(found)
    for path, area in found:
        names = {name for name in vars(type(area)) if not name.startswith("_")}
        methods = {name for name in names if inspect.isfunction(vars(type(area))[name])}
        assert {f"{path}.{name}" for name in methods} == {_name(type(area), vars(type(area))[name]) for name in methods}
        assert [] == [name for name in methods if not hasattr(vars(type(area))[name], "__wrapped__")]


def test_methods_are_still_taken_for_coroutine_functions():
    datasets = Domo("acme", token=TOKEN).datasets

    assert asyncio.iscoroutinefunction(datasets.get)
    assert isinstance(create_autospec(type(datasets)).get, AsyncMock)
