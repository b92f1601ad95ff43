"""Queues and tasks of the embedded instance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.access.people import add_user
from domo_async._emulator.services.tasks import add_queue, add_task
from domo_async._endpoints.task_center import DisplayType, Permission, Right, Task, TaskPart, TaskStatus
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected
from tests.support import STRICT

CONTRACT: dict[str, list[dict[str, object]]] = {
    "input": [{"name": "Reference", "type": "text"}],
    "output": [
        {"name": "Approved", "type": "boolean"},
        {"name": "Reference", "type": "text"},
        {"name": "Marks", "type": "number", "list": True, "required": False},
    ],
}
DONE = {"Approved": True, "Reference": "A-1"}


def put_task(emulator: Emulator, task_id: str, queue: str = "q-1", **changes: Any) -> None:
    add_task(
        emulator._instance,
        queue,
        title="Approve it",
        contract=CONTRACT,
        user_id=changes.pop("user_id", 1),
        inputs={"Reference": "A-1"},
        task_id=task_id,
        **changes,
    )


@pytest.fixture(autouse=True)
def queues(emulator: Emulator) -> None:
    """Two queues of the instance's owner, with one task."""
    add_queue(emulator._instance, name="First", owner=1, queue_id="q-1")
    add_queue(emulator._instance, name="Second", owner=1, queue_id="q-2")
    put_task(emulator, "t-1")


def state_of(task: Task | None) -> TaskStatus | None:
    assert task is not None
    return task.status


async def test_queues_are_listed_and_told_one_by_one(emulator: Emulator, domo: Domo):
    emulator._instance.records["queues"].update("q-2", archived=True)

    async with connected(emulator) as plain:
        printed = await plain.call("GET", "/api/queues/v1/?combineAttributes=true&archived=false")
    current = await domo.task_center.queues.list().all()
    archived = await domo.task_center.queues.list(archived=True).all()

    assert ["First"] == [queue.name for queue in current]
    assert ["q-1"] == [queue["id"] for queue in printed]
    assert [("Second", False)] == [(queue.name, queue.active) for queue in archived]
    assert current[0] == await domo.task_center.queues.get("q-1")
    with pytest.raises(NotFound):
        await domo.task_center.queues.get("q-3")


async def test_a_task_is_saved_and_then_completed(domo: Domo):
    saved = await domo.task_center.tasks.save("q-1", "t-1", values={"Approved": False})
    completed = await domo.task_center.tasks.complete("q-1", "t-1", version=1, values=DONE)

    assert ("OPEN", 1, {"Approved": False}) == (saved.status, saved.locked_by, saved.output_variables)
    assert saved.locked_on is not None
    assert completed is not None
    assert ("COMPLETED", 1, None, DONE) == (
        completed.status,
        completed.completed_by,
        completed.locked_by,
        completed.output_variables,
    )
    assert completed == await domo.task_center.tasks.get("q-1", "t-1")


async def test_values_that_were_entered_need_not_be_entered_again(domo: Domo):
    await domo.task_center.tasks.save("q-1", "t-1", values=DONE)

    assert "COMPLETED" == state_of(await domo.task_center.tasks.complete("q-1", "t-1", version=1, values={}))


async def test_a_task_is_not_completed_in_another_version_than_its_own(emulator: Emulator, domo: Domo):
    add_user(emulator._instance, "Jo", "jo@example.com", 2, user_id=5)
    assigned = await domo.task_center.tasks.assign("q-1", "t-1", user_id=5)

    with pytest.raises(Conflict, match="version is 2"):
        await domo.task_center.tasks.complete("q-1", "t-1", version=1, values=DONE)
    completed = await domo.task_center.tasks.complete("q-1", "t-1", version=2, values=DONE)

    assert assigned is not None
    assert (5, 2) == (assigned.assigned_to, assigned.version)
    assert "COMPLETED" == state_of(completed)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Approved": True}, "Required: Reference"),
        ({**DONE, "Other": 1}, "no output Other"),
        ({**DONE, "Approved": "yes"}, "Approved must be of type boolean"),
        ({**DONE, "Marks": 3}, "Marks must be of type number"),
    ],
)
async def test_values_that_the_contract_does_not_allow_complete_nothing(
    domo: Domo, values: dict[str, object], message: str
):
    with pytest.raises(BadRequest, match=message):
        await domo.task_center.tasks.complete("q-1", "t-1", version=1, values=values)

    assert ("OPEN", {}) == ((task := await domo.task_center.tasks.get("q-1", "t-1")).status, task.output_variables)


async def test_the_version_has_to_be_told(emulator: Emulator):
    async with connected(emulator) as plain:
        await plain.call("POST", "/api/queues/v1/q-1/tasks/t-1/complete", json=DONE, status=400)


async def test_a_task_that_has_ended_stays_as_it_is(domo: Domo):
    voided = await domo.task_center.tasks.void("q-1", "t-1")

    assert "VOIDED" == state_of(voided)
    for attempt in (
        domo.task_center.tasks.save("q-1", "t-1", values=DONE),
        domo.task_center.tasks.complete("q-1", "t-1", version=1, values=DONE),
        domo.task_center.tasks.move("q-1", "t-1", target_queue_id="q-2"),
        domo.task_center.tasks.assign("q-1", "t-1", user_id=1),
        domo.task_center.tasks.void("q-1", "t-1"),
    ):
        with pytest.raises(Conflict, match="VOIDED"):
            await attempt


async def test_a_task_moves_from_one_queue_to_another(domo: Domo):
    moved = await domo.task_center.tasks.move("q-1", "t-1", target_queue_id="q-2")

    assert moved is not None
    assert ("q-2", 2) == (moved.queue_id, moved.version)
    with pytest.raises(NotFound):
        await domo.task_center.tasks.get("q-1", "t-1")
    with pytest.raises(NotFound):
        await domo.task_center.tasks.move("q-2", "t-1", target_queue_id="q-3")
    assert moved == await domo.task_center.tasks.get("q-2", "t-1")


@pytest.mark.parametrize("key", ["tasksId", "taskIds"])
async def test_several_tasks_are_assigned_at_once_by_either_key(emulator: Emulator, domo: Domo, key: str):
    add_user(emulator._instance, "Jo", "jo@example.com", 2, user_id=5)
    put_task(emulator, "t-2")
    put_task(emulator, "t-3")

    async with connected(emulator) as plain:
        body = {key: ["t-2"], "type": "USER", "userId": "5"}
        answer = await plain.call("PUT", "/api/queues/v1/q-1/tasks/t-1/assign", json=body)

    of_jo = await domo.task_center.tasks.list(assigned_to=[5]).all()
    assert ("t-1", "5", "1") == (answer["id"], answer["assignedTo"], answer["assignedBy"])
    assert ["t-1", "t-2"] == [task.id for task in of_jo]


async def test_nothing_is_assigned_to_a_user_who_is_not_there(domo: Domo):
    with pytest.raises(NotFound):
        await domo.task_center.tasks.assign("q-1", "t-1", user_id=404)

    assert 1 == (await domo.task_center.tasks.get("q-1", "t-1")).assigned_to


async def test_tasks_are_found_by_all_filters_together(emulator: Emulator, domo: Domo):
    put_task(emulator, "t-2", "q-2", created="2024-01-02T00:00:00.000Z")
    put_task(emulator, "t-3", "q-2", created="2024-01-03T00:00:00.000Z", user_id=9)
    put_task(emulator, "t-4", "q-2", created="2024-01-04T00:00:00.000Z", displayType="EMAIL")
    await domo.task_center.tasks.complete("q-2", "t-2", version=1, values=DONE)
    first, second = datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)
    today = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC))

    async def found(**filters: Any) -> list[str]:
        return [task.id for task in await domo.task_center.tasks.list(**filters).all()]

    assert ["t-1", "t-2", "t-3", "t-4"] == await found()
    assert ["t-2", "t-3", "t-4"] == await found(queue_id=["q-2"])
    assert ["t-2"] == await found(status=[TaskStatus.COMPLETED])
    assert ["t-4"] == await found(display_type=[DisplayType.EMAIL])
    assert ["t-3"] == await found(created_by=[9], queue_id=["q-1", "q-2"])
    assert ["t-3"] == await found(assigned_by=[9], assigned_to=[9])
    assert ["t-2", "t-3"] == await found(created_on=[(first, second)])
    assert ["t-2", "t-4"] == await found(assigned_on=[(first, first), (datetime(2024, 1, 4, tzinfo=UTC), today[0])])
    assert ["t-2"] == await found(completed_on=[today], completed_by=[1], updated_on=[today])
    assert [] == await found(version=[2])
    assert ["t-2", "t-3", "t-4", "t-1"] == await found(sort_by=["createdOn"])


async def test_tasks_come_page_by_page(emulator: Emulator, domo: Domo):
    for number in range(2, 8):
        put_task(emulator, f"t-{number}")

    paged = await domo.task_center.tasks.list(page_size=3).all()
    some = await domo.task_center.tasks.list(offset=2, limit=2).all()
    async with connected(emulator) as plain:
        whole = await plain.call("POST", "/api/queues/v1/tasks/list", json={})

    assert [f"t-{number}" for number in range(1, 8)] == [task.id for task in paged]
    assert ["t-3", "t-4"] == [task.id for task in some]
    assert 7 == len(whole)


async def test_a_form_is_rendered_if_asked_for_and_in_the_parts_asked_for(domo: Domo):
    await domo.task_center.tasks.save("q-1", "t-1", values={"Approved": True})

    bare = await domo.task_center.tasks.get("q-1", "t-1")
    rendered = await domo.task_center.tasks.get("q-1", "t-1", render=True)
    listed = await domo.task_center.tasks.list(render=True, render_parts=[TaskPart.NAME, "VERSIONS"]).all()

    assert bare.display_entity is None
    assert rendered.display_entity is not None
    fields = [field for section in rendered.display_entity.sections for field in section.fields]
    assert [("Approved", True), ("Reference", "A-1"), ("Marks", None)] == [(each.alias, each.value) for each in fields]
    assert listed[0].display_entity is not None
    assert ("Approve it", "1.0.0", ()) == (
        listed[0].display_entity.name,
        listed[0].display_entity.version,
        listed[0].display_entity.sections,
    )


@STRICT
@pytest.mark.parametrize(
    "body",
    [{"queue": ["q-1"]}, {"status": [1]}, {"createdOn": ["2024-01-01", "2024-01-02"]}, {"createdOn": [["x", "y"]]}],
)
async def test_a_filter_that_makes_no_sense_is_a_bad_request(emulator: Emulator, body: dict[str, object]):
    async with connected(emulator) as plain:
        await plain.call("POST", "/api/queues/v1/tasks/list", json=body, status=400)


async def test_a_queue_and_its_tasks_are_for_those_with_permissions(emulator: Emulator, domo: Domo):
    async with another(emulator) as other:
        before = (await other.task_center.queues.list().all(), await other.task_center.tasks.list().all())
        with pytest.raises(Forbidden):
            await other.task_center.queues.get("q-1")
        with pytest.raises(Forbidden):
            await other.task_center.tasks.get("q-1", "t-1")

        await domo.task_center.queues.set_permissions("q-1", permissions=[Permission(77, [Right.READ], "User 77")])
        queues = await other.task_center.queues.list().all()
        tasks = await other.task_center.tasks.list().all()
        with pytest.raises(Forbidden):
            await other.task_center.queues.set_permissions("q-1", permissions=[Permission(77, ["ADMIN"], "User 77")])

        await domo.task_center.queues.set_permissions("q-1", permissions=[Permission(77, [], "User 77")])
        after = await other.task_center.queues.list().all()

    assert ([], []) == before
    assert (["q-1"], ["t-1"]) == ([queue.id for queue in queues], [task.id for task in tasks])
    assert [] == after


async def test_a_permission_of_a_group_is_one_of_its_members(emulator: Emulator, domo: Domo):
    async with another(emulator) as other:
        group = await domo.groups.create(name="Reviewers", type="closed")
        await domo.request(
            "PUT",
            "/api/content/v2/groups/access",
            json=[{"groupId": group.id, "addMembers": [{"type": "USER", "id": "77"}]}],
        )
        await domo.task_center.queues.set_permissions(
            "q-1", permissions=[Permission(group.id, ["READ"], "Reviewers", "GROUP")]
        )

        assert ["q-1"] == [queue.id for queue in await other.task_center.queues.list().all()]


async def test_a_task_that_somebody_works_on_is_left_to_them(emulator: Emulator, domo: Domo):
    await domo.task_center.queues.set_permissions("q-1", permissions=[Permission(77, ["WRITE"], "User 77")])
    async with another(emulator) as other:
        await other.task_center.tasks.save("q-1", "t-1", values={"Approved": True})

        with pytest.raises(Conflict, match="locked by user 77"):
            await domo.task_center.tasks.save("q-1", "t-1", values={"Approved": False})
        await domo.task_center.tasks.assign("q-1", "t-1", user_id=1)
        saved = await domo.task_center.tasks.save("q-1", "t-1", values={"Approved": False})

    assert (1, {"Approved": False}) == (saved.locked_by, saved.output_variables)
