"""`Domo.doctor`: what it asks, what it tells, and what it never does."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest
from aiohttp import ClientSession, web

from domo_async import ConfigError, ConnectError, DoctorReport, Domo, Settings
from domo_async._doctor import Bounds, Check, FindingKind, Guard, NotSent, Shapes, Verdict, examine
from domo_async._doctor.reads import SAFE_POSTS, reads_of
from domo_async._endpoints._area import Area
from domo_async._transport import Transport, url
from domo_async._wire import decode
from domo_async.emulator import Emulator, Fault
from domo_async.models import Task
from tests.support import TOKEN, SkippingClock, serving

WRITTEN = {"POST", "PUT", "PATCH", "DELETE"}
Change = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
async def demo() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", token=TOKEN) as emulator:
        yield emulator


@pytest.fixture(scope="module")
async def bare() -> AsyncIterator[Emulator]:
    async with Emulator(token=TOKEN) as emulator:
        yield emulator


@pytest.fixture
def changed(demo: Emulator) -> Callable[..., Awaitable[DoctorReport]]:
    """Run a check through a proxy that changes the JSON of answers by their path."""

    async def run(change: Change, **options: Any) -> DoctorReport:
        async with ClientSession(demo.url, auto_decompress=True) as session:

            async def forward(request: web.BaseRequest) -> web.StreamResponse:
                headers = {k: v for k, v in request.headers.items() if k.lower() not in {"host", "accept-encoding"}}
                sent = session.request(request.method, request.rel_url, headers=headers, data=await request.read())
                async with sent as answer:
                    body, status = await answer.read(), answer.status
                if answer.content_type == "application/json" and body:
                    body = json.dumps(change(request.path, json.loads(body))).encode()
                return web.Response(status=status, body=body, content_type=answer.content_type)

            settings = Settings(clock=SkippingClock())
            async with serving(forward) as origin, Domo(origin, token=TOKEN, settings=settings) as domo:
                return await domo.doctor(**options)

    return run


def by_call(report: DoctorReport) -> dict[str | None, Check]:
    return {check.call: check for check in report.checks}


def told(report: DoctorReport) -> str:
    return json.dumps(report.to_dict())


async def test_the_demo_world_is_clean_and_nothing_is_changed(demo: Emulator) -> None:
    demo.log.clear()
    async with demo.client() as domo:
        names = {user.display_name for user in await anext(domo.users.search().pages())} - {None}
        ids = {dataset.id for dataset in await anext(domo.datasets.list().pages())}
        demo.log.clear()

        report = await domo.doctor()

    asked = [check for check in report.checks if check.verdict is not Verdict.NOT_ASKED]
    assert report.ok
    assert {} == {each.call: (each.verdict, each.findings) for each in report.problems}
    assert len(asked) > 70
    assert report.requests == len(demo.log) <= len(asked) + 12, "each route once, and a search for what no list gives"
    assert "the request downloads the content of a file" == by_call(report)["files.download"].reason
    assert {
        "roles.get",
        "activity_log.event_types",
        "streams.of_dataset",
        "streams.get_many",
        "filesets.files.get",
        "task_center.tasks.get",
        "cards.get",
    } <= {each.call for each in asked}
    sent = {(each.method, each.path) for each in demo.log}
    assert all(method == "GET" or any(_fits(path, safe) for safe in SAFE_POSTS) for method, path in sent)
    assert (True, True) == (report.identity.accepted, report.identity.active)
    assert "dataset.manage" in (report.identity.authorities or ())
    assert not [name for name in names if f'"{name}"' in told(report)]
    assert not [each for each in ids if each in told(report)]
    assert demo.url not in told(report)
    assert "@" not in told(report)


def _fits(path: str, template: str) -> bool:
    parts, wanted = path.split("/"), template.split("/")
    return len(parts) == len(wanted) and all(b in {a, "{}"} for a, b in zip(parts, wanted, strict=True))


async def test_odd_forms_are_told_by_key_type_and_count_alone(
    changed: Callable[..., Awaitable[DoctorReport]],
) -> None:
    def change(path: str, answer: Any) -> Any:
        if path == "/api/authorization/v1/roles":
            answer[0]["userCount"] = {"secret": "of-a-value"}
            answer[1]["userCount"] = "many-of-a-value"
            answer[2] = {"name": "an item of-a-value without its identifier"}
            answer[3]["brandNew"] = "of-a-value"
        if path == "/api/content/v2/groups/grouplist":
            answer[0] |= {"alice@example.com": 1, TOKEN: 1, "A7F3-99120": 1}
        if path == "/api/content/v2/users/me":
            answer["created"] = "of-a-value"
        if path == "/api/queues/v1":
            return "of-a-value"
        if path == "/api/queues/v1/tasks/list":
            for task, word in zip(answer, ["BRAND_NEW", TOKEN, "27 of them"], strict=False):
                task["status"] = word
        return answer

    report = await changed(change, words=True)

    words = {each.word: each.count for each in by_call(report)["task_center.tasks.list"].findings}
    assert {"BRAND_NEW": 1, "(withheld)": 2} == words
    found = {(each.kind.value, each.where, each.type): each.count for check in report.checks for each in check.findings}
    roles = by_call(report)["roles.list"]
    assert not report.ok
    assert (Verdict.ODD, 200) == (roles.verdict, roles.status)
    assert 1 == found["unreadable", "Role.userCount", "object"] == found["unreadable", "Role.userCount", "string"]
    assert 1 == found["left out", "Role", "unknown"]
    assert 1 == found["unknown key", "Role.brandNew", "string"]
    assert 3 == found["unknown key", "ListedGroup.(withheld)", "number"]
    assert 1 == found["unreadable", "UserProfile.created", "string"]
    assert (Verdict.FAILED, "DecodeError") == (
        by_call(report)["task_center.queues.list"].verdict,
        by_call(report)["task_center.queues.list"].reason,
    )
    assert Verdict.CLEAN is by_call(report)["groups.list"].verdict
    assert "of-a-value" not in told(report)
    assert "alice" not in told(report)
    assert TOKEN not in told(report)


@pytest.mark.parametrize("form", ["texts", "numbers", "lists", "keys"])
async def test_whatever_an_instance_answers_nothing_of_it_is_told(
    changed: Callable[..., Awaitable[DoctorReport]], form: str
) -> None:
    forms: dict[str, Callable[[Any], Any]] = {
        "texts": lambda value: f"leaked {value}",
        "numbers": lambda _: 77777777,
        "lists": lambda value: [f"leaked {value}", {"leaked": value}],
        "keys": lambda value: {f"leaked {value}": value, "a7777777": value, "leaked@example.com": "leaked"},
    }

    def change(path: str, answer: Any) -> Any:
        return answer if "users/me" in path else _with_values(answer, forms[form])

    report = await changed(change, words=False)

    assert len(report.checks) > 70
    assert any(each.findings for each in report.checks)
    for leak in ("leaked", "7777777", "@"):
        assert leak not in told(report)


def _with_values(answer: Any, change: Callable[[Any], Any]) -> Any:
    """Return an answer in which each value that is neither an object nor a list is another."""
    if isinstance(answer, dict):
        return {key: _with_values(value, change) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_with_values(value, change) for value in answer[:5]]
    return change(answer)


async def test_new_words_are_counted_and_told_only_if_asked_for() -> None:
    task = decode(b'{"id": "1", "status": "BRAND_NEW"}', Task)
    counting, naming = Shapes(lambda text: text), Shapes(lambda text: text, words=True)

    for shapes in (counting, naming):
        shapes.compare(b"", Task, task)

    assert [(FindingKind.UNKNOWN_WORD, "Task.status", None)] == [
        (each.kind, each.where, each.word) for each in counting.take()
    ]
    assert ["BRAND_NEW"] == [each.word for each in naming.take()]


async def test_a_refusal_on_one_route_is_told_and_stops_nothing(bare: Emulator) -> None:
    bare.faults.add(Fault("GET /api/authorization/v1/roles", "status", status=403, count=None))
    bare.faults.add(Fault("GET /api/content/v2/groups/grouplist", "status", status=404, count=None))
    bare.faults.add(Fault("GET /api/social/v4/alerts", "status", status=400, count=None, body={"message": TOKEN}))
    bare.faults.add(Fault("GET /api/queues/v1", "status", status=503, count=None))
    bare.faults.add(Fault("GET /api/data/v1/accounts", "html", count=None))
    try:
        async with bare.client(settings=Settings(clock=SkippingClock())) as domo:
            report = await domo.doctor()
    finally:
        bare.faults.clear()

    checks = by_call(report)
    assert (Verdict.NOT_ALLOWED, 403, "Forbidden") == _outcome(checks["roles.list"])
    assert (Verdict.NOT_FOUND, 404, "NotFound") == _outcome(checks["groups.list"])
    assert (Verdict.REFUSED, 400, "BadRequest") == _outcome(checks["alerts.list"])
    assert (Verdict.FAILED, 503, "ServerError") == _outcome(checks["task_center.queues.list"])
    assert (Verdict.FAILED, 503, "ServerError") == _outcome(checks["accounts.list"])
    assert 2 == checks["task_center.queues.list"].requests, "a second try, and no third"
    assert Verdict.CLEAN is checks["users.list"].verdict
    assert {"alerts.list", "task_center.queues.list", "accounts.list"} == {each.call for each in report.problems}
    assert TOKEN not in told(report)


def _outcome(check: Check) -> tuple[Verdict, int | None, str | None]:
    return check.verdict, check.status, check.reason


async def test_the_report_tells_the_rights_of_the_users_own_role(bare: Emulator) -> None:
    async with bare.client() as domo:
        user = await domo.users.create(display_name="Ada", email_address="ada@example.com", role_id=2)
        expires = datetime(2100, 1, 1, tzinfo=UTC)
        made = await domo.access_tokens.create(name="hers", owner_id=user.id, expires=expires)
        allowed = await domo.roles.authorities(2)
    async with Domo(bare.url, token=made.token) as hers:
        report = await hers.doctor()

    assert sorted(allowed) == list(report.identity.authorities or ())
    assert {"dataset.edit"} <= set(allowed) < set(await _all_authorities(bare))
    assert Verdict.NOT_ALLOWED in report.counts
    assert report.ok


async def _all_authorities(emulator: Emulator) -> tuple[str, ...]:
    async with emulator.client() as domo:
        return await domo.roles.authorities(1)


class Odd(Area):
    """What no area of the library may be."""

    async def mistaken(self) -> None:
        """Fail as a method does that an odd answer surprises: `GET /api/mistaken`."""
        raise AttributeError(TOKEN)

    async def lying(self) -> None:
        """Change something, though it says that it reads: `GET /api/content/v2/users/me`."""
        await self._http.request("POST", url("/api/data/v3/datasources"), json={"name": "made"})

    async def good(self) -> tuple[str, ...]:
        """Read: `GET /api/authorization/v1/roles/1/authorities`."""
        return await self._http.request("GET", url("/api/authorization/v1/roles/1/authorities"), into=tuple[str, ...])


class OddClient:
    """A client of that area alone."""

    def __init__(self, http: Transport) -> None:
        self._http = http

    @cached_property
    def odd(self) -> Odd:
        """The area."""
        return Odd(self._http)


async def test_a_method_that_fails_or_lies_is_told_and_stops_nothing(bare: Emulator) -> None:
    guard = Guard(Shapes(lambda text: text), most=10)
    async with bare.client() as domo:
        client = OddClient(domo._transport.inspected(guard, domo.settings))
        bare.log.clear()

        report = await examine(client, guard, clock=domo.settings.clock, bounds=Bounds())

    checks = by_call(report)
    assert (Verdict.FAILED, None, "an error in this library: AttributeError") == _outcome(checks["odd.mistaken"])
    assert Verdict.NOT_ASKED is checks["odd.lying"].verdict
    assert Verdict.CLEAN is checks["odd.good"].verdict
    assert ["GET"] == [each.method for each in bare.log]
    assert TOKEN not in told(report)


async def test_a_token_that_is_not_accepted_ends_it_at_once(bare: Emulator) -> None:
    bare.log.clear()
    async with Domo(bare.url, token="another-token-altogether") as domo:
        report = await domo.doctor()

    assert 1 == len(bare.log) == report.requests
    assert (False, False) == (report.ok, report.identity.accepted)
    assert {"the instance does not accept the token"} == {
        each.reason for each in report.checks if each.verdict is Verdict.NOT_ASKED
    }


async def test_an_instance_that_cannot_be_reached_is_an_error() -> None:
    async def nobody(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response()

    async with serving(nobody) as origin:
        pass
    async with Domo(origin, token=TOKEN, settings=Settings(clock=SkippingClock())) as domo:
        with pytest.raises(ConnectError):
            await domo.doctor()


async def test_time_and_requests_are_bounded(bare: Emulator) -> None:
    bare.log.clear()
    async with bare.client() as domo:
        few = await domo.doctor(requests=5)
        sent = len(bare.log)
        late = await domo.doctor(seconds=1e-9)
        with pytest.raises(ConfigError):
            await domo.doctor(seconds=0)

    assert 5 == sent == few.requests
    assert "the limit of 5 requests was reached" in {each.reason for each in few.checks}
    assert 1 >= late.requests
    assert "the limit of 1e-09 seconds was reached" in {each.reason for each in late.checks}


async def test_no_request_that_may_change_something_leaves(bare: Emulator) -> None:
    guard = Guard(Shapes(lambda text: text), most=10)
    async with bare.client() as domo:
        inspected = domo._transport.inspected(guard, domo.settings)
        bare.log.clear()

        for method in sorted(WRITTEN):
            with pytest.raises(NotSent):
                await inspected.request(method, url("/api/data/v3/datasources/{}", "x"), json={})
        with pytest.raises(NotSent):
            await inspected.request("POST", url("/api/data/v1/accounts"), json={})
        with pytest.raises(NotSent):
            async with inspected.download("GET", url("/api/data/v1/data-files/{}", 1)):
                pass

        assert 0 == len(bare.log)
        await domo.request("DELETE", "/api/authorization/v1/roles/12345")  # the client itself is as free as before
        assert 1 == len(bare.log)


async def test_the_methods_are_found_by_what_they_say_of_themselves() -> None:
    async with Domo("acme", token=TOKEN) as domo:
        reads = reads_of(domo)

    found = {read.call for some in reads.values() for read in some}
    assert {"roles.list", "datasets.versions.list", "search.query", "users.me"} <= found
    assert not {call for call in found if call.rpartition(".")[2] in {"create", "delete", "upload", "wait", "follow"}}
    assert all(route.startswith("GET ") or _fits_template(route) for route in reads)
    assert all(inspect.ismethod(read.function) for some in reads.values() for read in some)


def _fits_template(route: str) -> bool:
    return any(_fits(route.removeprefix("POST "), safe) for safe in SAFE_POSTS)


def test_the_blocking_client_has_it_too() -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        report = domo.doctor(name_instance=True)
        address = emulator.url

    assert report.ok
    assert address == report.instance == report.to_dict()["instance"]


async def test_a_key_that_may_name_a_customer_is_told_only_where_words_are_asked_for(
    changed: Callable[..., Awaitable[DoctorReport]],
) -> None:
    def change(path: str, answer: Any) -> Any:
        if path == "/api/authorization/v1/roles":
            answer[0] |= {"roleCreated": 1, "_metaData": 1, "acmeRevenue": 1, "Acme": 1, "a@b.co": 1, TOKEN: 1}
        return answer

    report = await changed(change)

    found = {each.where.removeprefix("Role."): each.count for each in by_call(report)["roles.list"].findings}
    assert {"roleCreated": 1, "_metaData": 1, "(withheld)": 4} == found
