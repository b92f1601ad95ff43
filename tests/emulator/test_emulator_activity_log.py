"""The embedded instance's activity log: what it tells of what was done, and how it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, Domo, Forbidden, NotFound, Unauthorized
from domo_async._emulator.routes import AREAS
from domo_async._emulator.seeds.people import seed_activity_log, seed_users
from domo_async._emulator.services import activity
from domo_async._emulator.services.activity import KEPT, put
from domo_async._endpoints.activity_log.models import Activity, EventType
from domo_async._endpoints.activity_log.table import ACTIVITY_COLUMNS, activity_rows
from domo_async.emulator import Emulator
from tests.emulator.others import a_user, acting_as
from tests.emulator.plain_client import connected


def today() -> dict[str, Any]:
    return {"start": datetime.now(UTC) - timedelta(days=1), "end": datetime.now(UTC) + timedelta(days=1)}


async def told(domo: Domo, **wanted: Any) -> list[tuple[str | None, str | None, str | None]]:
    """Return what the log tells, the oldest first: action, object type and comment."""
    found: list[Activity] = await domo.activity_log.list(**today(), **wanted).all()
    return [(entry.action_type, entry.object_type, entry.additional_comment) for entry in reversed(found)]


async def test_changes_of_a_user_are_told_by_name(domo: Domo) -> None:
    ada = await a_user(domo)
    await domo.users.get(ada)
    await domo.users.list().all()
    await domo.users.update(ada, display_name="Countess")
    await domo.users.delete(ada)

    assert [
        ("CREATED", "USER", "Emulator Owner created user 'Ada'."),
        ("VIEWED", "USER", "Emulator Owner viewed user 'Ada'."),
        ("VIEWED", "USER", "Emulator Owner viewed users."),
        ("UPDATED", "USER", "Emulator Owner updated user 'Countess'."),
        ("DELETED", "USER", "Emulator Owner deleted user 'Countess'."),
    ] == await told(domo)


async def test_a_look_at_the_log_is_told_as_in_the_documents(domo: Domo) -> None:
    assert [] == await told(domo)

    (entry,) = await domo.activity_log.list(**today()).all()

    assert ("Emulator Owner", "1", "USER", "VIEWED", "ACTIVITY_LOG") == (
        entry.user_name,
        entry.user_id,
        entry.user_type,
        entry.action_type,
        entry.object_type,
    )
    assert ("Emulator Owner viewed the activity log.", "Viewed activity log") == (
        entry.additional_comment,
        entry.event_text,
    )
    assert abs(datetime.now(UTC) - entry.time) < timedelta(minutes=1)


async def test_each_kind_of_call_is_told_for_what_it_does(domo: Domo) -> None:
    dataset = (await domo.datasets.create("Orders", {"id": "LONG"})).id
    await domo.datasets.upload(dataset, b"1\n2\n")
    await domo.datasets.query(dataset, "SELECT * FROM table")
    await domo.certifications.certify("DATA_SOURCE", dataset)
    await domo.certifications.remove("DATA_SOURCE", dataset)
    group = (await domo.groups.create(name="Buyers", type="open")).id
    await domo.groups.add_member(group, 1)
    await domo.groups.remove_members(group, members=[1])
    await domo.groups.delete(group)

    entries = await told(domo)
    groups = [entry for entry in entries if entry[1] == "GROUP"]
    assert [("CREATED", "GROUP", "Emulator Owner created group 'Buyers'.")] == groups[:1]
    assert ["UPDATED", "UPDATED"] == [action for action, *_ in groups[1:3]]
    assert [("DELETED", "GROUP", "Emulator Owner deleted group 'Buyers'.")] == groups[3:]
    actions = [action for action, kind, _ in entries if kind == "DATA_SOURCE"]
    assert "CREATED" == actions[0]
    assert ["QUERIED", "CERTIFIED", "DECERTIFIED"] == actions[-3:]
    assert ("QUERIED", "DATA_SOURCE", "Emulator Owner queried DataSet 'Orders'.") in entries


def test_every_route_that_is_served_is_told_but_the_steps_of_jobs() -> None:
    app = web.Application()
    for area in AREAS:
        app.add_routes(area.routes)
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}

    # A new area gets a line in OBJECTS.
    untold = {path for method, path in served if activity._rule(method, path) is None}
    assert {
        "/api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}",
        "/api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses",
        "/api/data/v3/datasources/{dataset_id}/statuses",
        "/api/data/v3/datasources/statuses",
        # The steps of a login, and what an app's development server asks about itself.
        "/api/content/v1/mobile/environment",
        "/api/oauth2/device_authorization",
        "/api/oauth2/sid",
        "/api/oauth2/token",
        "/auth/validate",
        "/domoapps/apps/v2/contexts",
        "/emulator/device",
    } == untold


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("POST /api/content/v1/pages", "CREATED PAGE None"),
        ("DELETE /api/content/v1/pages/{page_id}", "DELETED PAGE page_id"),
        ("PUT /api/content/v1/pages/bulk/move", "UPDATED PAGE None"),
        ("POST /api/social/v4/alerts/{alert_id}/share", "SHARED ALERT alert_id"),
        ("DELETE /api/social/v4/alerts/{alert_id}/subscriptions", "UPDATED ALERT alert_id"),
        ("POST /api/data/v3/datasources/bulk", "VIEWED DATA_SOURCE None"),
        ("DELETE /api/content/v1/cards/bulk", "DELETED CARD None"),
        ("POST /api/data/v1/streams/{stream_id}/executions", "STARTED STREAM stream_id"),
        ("GET /api/files/v1/filesets/{fileset_id}/files/{file_id}/download", "DOWNLOADED FILESET fileset_id"),
        ("POST /api/queues/v1/{queue_id}/tasks/{task_id}/complete", "COMPLETED HOPPER_TASK task_id"),
        ("POST /api/query/v1/execute/export/{dataset_id}", "EXPORTED DATA_SOURCE dataset_id"),
    ],
)
def test_action_object_and_id_come_from_method_and_route(route: str, expected: str) -> None:
    rule = activity._rule(*route.split(" "))

    assert rule is not None
    assert expected == f"{rule.action} {rule.object.type} {rule.key}"


async def test_refused_calls_are_not_in_the_log(domo: Domo) -> None:
    with pytest.raises(NotFound):
        await domo.users.get(999)
    with pytest.raises(Unauthorized):
        await Domo.login(domo.origin, "owner@example.com", "guess")

    assert [] == await told(domo)


async def test_each_user_is_told_by_name(domo: Domo, emulator: Emulator) -> None:
    ada = await a_user(domo)
    async with acting_as(domo, ada) as other:
        await other.users.me()
        with pytest.raises(Forbidden):
            await told(other)
    async with await Domo.login(emulator.url, "owner@example.com", emulator.token):
        pass

    entries = await told(domo)
    assert ("VIEWED", "USER", "Ada viewed user 'Ada'.") in entries
    assert ("LOGGEDIN", "USER", "Emulator Owner logged in.") in entries


async def test_the_log_is_asked_by_time_kind_object_action_and_user(domo: Domo, emulator: Emulator) -> None:
    base = 1_700_000_000_000
    for number, (action, kind) in enumerate([("VIEWED", "PAGE"), ("UPDATED", "PAGE"), ("VIEWED", "CARD")]):
        put(
            emulator._instance,
            user_id=1 if number else 5,
            action=action,
            type=kind,
            noun=kind.lower(),
            object_id=str(number),
            time=base + number,
        )

    async def found(**query: Any) -> list[int]:
        async with connected(emulator) as plain:
            span = {"start": base, "end": base + 10, **query}
            words = "&".join(f"{key}={value}" for key, value in span.items())
            entries = await plain.call("GET", f"/api/audit/v1/user-audits?{words}")
            count = await plain.call("GET", f"/api/audit/v1/user-audits/count?{words}")
        assert {"count": len(entries)} == count
        return [entry["time"] - base for entry in entries]

    assert [2, 1, 0] == await found()
    assert [1] == await found(start=base + 1, end=base + 1)
    assert [1, 0] == await found(objectType="PAGE")
    assert [2, 1, 0] == await found(objectType="PAGE,CARD")
    assert [2, 0] == await found(eventType="VIEWED")
    assert [2] == await found(objectId="2")
    assert [0] == await found(user=5)
    assert [0] == await found(userId=5, objectType="PAGE")


async def test_pages_are_of_300_and_of_1000_at_the_most(domo: Domo, emulator: Emulator) -> None:
    base = 1_700_000_000_000
    for number in range(1100):
        put(emulator._instance, user_id=1, action="VIEWED", type="PAGE", noun="page", time=base + number)
    async with connected(emulator) as plain:
        path = f"/api/audit/v1/user-audits?start={base}&end={base + 5000}"
        assert 300 == len(await plain.call("GET", path))
        assert 1000 == len(await plain.call("GET", f"{path}&limit=5000"))
        assert 100 == len(await plain.call("GET", f"{path}&limit=1000&offset=1000"))
        await plain.call("GET", "/api/audit/v1/user-audits", status=400)

    start = datetime.fromtimestamp(base / 1000, UTC)
    pages = domo.activity_log.list(start=start, end=start + timedelta(seconds=5), page_size=400)
    times = [entry.time async for entry in pages]
    assert 1100 == len(set(times))
    assert sorted(times, reverse=True) == times


async def test_the_log_can_be_asked_for_some_users_events_and_objects(domo: Domo) -> None:
    ada = await a_user(domo)
    await domo.users.get(ada)
    wanted: dict[str, Any] = {"object_type": ["USER"], "user_id": [1], "object_id": [ada]}

    (viewed,) = await domo.activity_log.list(**today(), event_type=["VIEWED"], **wanted).all()
    pager = domo.activity_log.iterate(today()["start"], today()["end"], **wanted)
    assert 2 == len(await pager.all())

    assert (str(ada), "Ada", 0) == (viewed.object_id, viewed.object_name, viewed.actor_id)
    assert 2 == await domo.activity_log.count(**today(), **wanted)
    assert [] == await domo.activity_log.list(**today(), user_id=[999]).all()
    with pytest.raises(ConfigError, match="object_id"):
        domo.activity_log.iterate(cursor=pager.cursor, event_type=["VIEWED"])


async def test_the_kinds_and_events_that_it_knows_are_told(domo: Domo) -> None:
    await a_user(domo)
    told_kinds = await domo.activity_log.object_types()
    kinds = [kind.type for kind in told_kinds]
    events = await domo.activity_log.event_types("USER")

    assert ["ACCOUNT", "DATAFLOW_TYPE", "DATA_SOURCE"] == kinds[:3]
    assert {"PAGE", "CARD", "USER", "ACTIVITY_LOG"} <= set(kinds)
    assert len(set(kinds)) == len(kinds)
    assert "DataSet" == told_kinds[2].translation
    assert [EventType(type="CREATED", translation="Created")] == list(events)


async def test_the_oldest_give_way(domo: Domo, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 100_000 == KEPT
    monkeypatch.setattr(activity, "KEPT", 50)
    base = 1_700_000_000_000
    for number in range(1020):
        put(emulator._instance, user_id=1, action="VIEWED", type="PAGE", noun="page", time=base + number)

    start = datetime.fromtimestamp(base / 1000, UTC)
    times = [entry.time async for entry in domo.activity_log.list(start=start, end=start + timedelta(hours=1))]
    assert [start + timedelta(milliseconds=number) for number in reversed(range(970, 1020))] == times


async def test_the_demo_world_has_a_past(domo: Domo, emulator: Emulator) -> None:
    seed_users(emulator._instance, rng := Random(7))
    seed_activity_log(emulator._instance, rng)

    start, end = datetime(2024, 10, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    assert 2000 == len(await domo.activity_log.list(start=start, end=end).all())


@pytest.mark.parametrize("oldest_first", [True, False])
async def test_the_log_is_read_to_its_end_and_taken_up_again(
    domo: Domo, emulator: Emulator, oldest_first: bool
) -> None:
    base = 1_700_000_000_000
    for number in range(3000):
        name = str(number)
        put(
            emulator._instance, user_id=1, action="VIEWED", type="PAGE", noun="page", name=name, time=base + number // 7
        )
    start = datetime.fromtimestamp(base / 1000, UTC)

    pager = domo.activity_log.iterate(start, start + timedelta(seconds=5), oldest_first=oldest_first, page_size=400)
    found = []
    async for entry in pager:
        found.append(entry)
        if len(found) == 1234:
            break
    rest = await domo.activity_log.iterate(cursor=pager.cursor).all()
    assert sorted(f"Emulator Owner viewed page '{number}'." for number in range(3000)) == sorted(
        str(entry.additional_comment) for entry in [*found, *rest]
    )
    times = [entry.time for entry in [*found, *rest]]
    assert sorted(times, reverse=not oldest_first) == times


async def test_the_log_becomes_a_dataset_and_grows_by_what_is_new(domo: Domo) -> None:
    await a_user(domo)
    dataset = (await domo.datasets.create("Audit", ACTIVITY_COLUMNS)).id
    first = domo.activity_log.iterate(datetime.now(UTC) - timedelta(hours=1))
    begun = await domo.datasets.upload(dataset, activity_rows(first), action="APPEND")
    second = domo.activity_log.iterate(cursor=first.cursor)
    added = await domo.datasets.upload(dataset, activity_rows(second), action="APPEND")

    assert begun.rows > 0
    assert added.rows > 0
    table = await domo.datasets.query(dataset, "SELECT * FROM table ORDER BY time")
    comments = [row["additional_comment"] for row in table.to_dicts()]
    assert begun.rows + added.rows == len(comments)
    assert 1 == comments.count("Emulator Owner created user 'Ada'.")
