from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web

from domo_async import ConfigError, ServerError
from domo_async._endpoints.task_center import Permission
from tests.support import talking_to


def a_queue(size, *, pages=True):
    """A Task Center of so many tasks, which knows of pages or does not, and what it was asked."""
    asked = []

    async def handler(request):
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        asked.append((offset, limit, await request.json()))
        found = [{"id": f"t-{n}", "status": "OPEN"} for n in range(size)]
        return web.json_response(found[offset : offset + limit] if pages else found)

    return handler, asked


async def test_tasks_of_several_pages_are_listed_whole():
    handler, asked = a_queue(5)
    async with talking_to(handler) as domo:
        tasks = await domo.task_center.tasks.list(status=["OPEN"], page_size=2).all()

    assert [f"t-{n}" for n in range(5)] == [task.id for task in tasks]
    assert [(0, 2, {"status": ["OPEN"]}), (2, 2, {"status": ["OPEN"]}), (4, 2, {"status": ["OPEN"]})] == asked


async def test_an_instance_without_pages_gives_all_tasks_once():
    handler, asked = a_queue(5, pages=False)
    async with talking_to(handler) as domo:
        tasks = await domo.task_center.tasks.list(page_size=2).all()

    assert [f"t-{n}" for n in range(5)] == [task.id for task in tasks]
    assert 1 == len(asked)


async def test_no_more_tasks_are_given_than_wanted():
    handler, asked = a_queue(9)
    async with talking_to(handler) as domo:
        tasks = await domo.task_center.tasks.list(page_size=2, offset=1, limit=3).all()

    assert ["t-1", "t-2", "t-3"] == [task.id for task in tasks]
    assert [(1, 2, {}), (3, 1, {})] == asked


@pytest.mark.parametrize(
    "filters",
    [
        {"status": []},
        {"queue_id": "q-1"},
        {"created_on": []},
        {"created_on": [(datetime(2024, 1, 1), datetime(2024, 1, 2, tzinfo=UTC))]},
        {"render_parts": "NAME"},
        {"page_size": 0},
    ],
    ids=str,
)
async def test_a_filter_that_would_not_be_one_is_not_sent(filters):
    handler, asked = a_queue(1)
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            domo.task_center.tasks.list(**filters)

    assert not asked


def failing():
    """A Task Center that fails, and what it was asked."""
    asked = []

    async def handler(request):
        asked.append(request.path)
        return web.Response(status=502, text="Bad Gateway")

    return handler, asked


@pytest.mark.parametrize(
    "act",
    [
        lambda tasks: tasks.complete("q", "t", version=1, values={}),
        lambda tasks: tasks.move("q", "t", target_queue_id="q-2"),
        lambda tasks: tasks.void("q", "t"),
    ],
    ids=["complete", "move", "void"],
)
async def test_a_change_that_may_have_happened_to_a_task_is_not_sent_twice(act):
    handler, asked = failing()
    async with talking_to(handler) as domo:
        with pytest.raises(ServerError):
            await act(domo.task_center.tasks)

    assert 1 == len(asked)


async def test_permissions_are_set_again_when_the_answer_is_lost():
    asked = []

    async def handler(request):
        asked.append(await request.json())
        return web.Response(status=502 if len(asked) == 1 else 200)

    async with talking_to(handler) as domo:
        await domo.task_center.queues.set_permissions("q", permissions=[Permission(1, ["READ"], "Ada")])

    assert [[{"id": "1", "permissions": ["READ"], "name": "Ada", "type": "USER"}]] * 2 == asked


@pytest.mark.parametrize("permissions", [[], [Permission(1, "READ", "Ada")]], ids=["nobody", "one text"])
async def test_permissions_of_nobody_or_of_letters_are_not_sent(permissions):
    handler, asked = failing()
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match="permissions"):
            await domo.task_center.queues.set_permissions("q", permissions=permissions)

    assert not asked


async def test_nothing_is_not_saved_as_progress():
    handler, asked = failing()
    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match="no change was given"):
            await domo.task_center.tasks.save("q", "t", values={})

    assert not asked


async def test_values_that_no_release_knows_survive():
    async def handler(request):
        return web.json_response({"id": "t", "status": "PAUSED", "assigneeType": "TEAM"})

    async with talking_to(handler) as domo:
        task = await domo.task_center.tasks.get("q", "t")

    assert ("PAUSED", "TEAM") == (task.status, task.assignee_type)
