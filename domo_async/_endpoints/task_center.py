"""Task Center: queues and tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from types import NoneType
from typing import TypeAlias

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints._permissions import Permission, Right, sent_permissions
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, IsoStamp, Model, NumericId, OpenEnum, Unset, either, payload, wire_name
from domo_async.errors import ConfigError

__all__ = [
    "ContractProperty",
    "DisplayType",
    "Form",
    "FormField",
    "FormFieldOptions",
    "FormSection",
    "Permission",
    "Queue",
    "Queues",
    "Right",
    "Task",
    "TaskCenter",
    "TaskContract",
    "TaskPart",
    "TaskPerson",
    "TaskSource",
    "TaskStatus",
    "Tasks",
    "TasksAssigned",
    "TimeRange",
]

TimeRange: TypeAlias = tuple[datetime, datetime]
"""From when to when; both aware."""


class TaskStatus(OpenEnum):
    """How a task stands."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    VOIDED = "VOIDED"


class DisplayType(OpenEnum):
    """How a task is shown to the one who is to do it."""

    ENIGMA_FORM = "ENIGMA_FORM"
    EMAIL = "EMAIL"
    UNKNOWN = "UNKNOWN"


class TaskPart(OpenEnum):
    """The parts of a task's form that can be rendered."""

    NAME = "NAME"
    DESCRIPTION = "DESCRIPTION"
    MAPPING = "MAPPING"
    METADATA = "METADATA"
    VERSIONS = "VERSIONS"


class TaskPerson(OpenEnum):
    """Who can have a task, or a permission on a queue."""

    USER = "USER"
    GROUP = "GROUP"


@frozen(kw_only=True)
class Queue(Model):
    """A queue of tasks.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        active: Whether it is in use.
        task_level_filters_enabled: Whether filters decide who sees which task.
        task_level_filters: These filters; the sample shows null, so their form is not known.
        owner: The user whose it is.
        created_by: The user who made it.
        created_on: When it was made.
        updated_by: The user who last changed it.
        updated_on: When it was last changed.
    """

    id: str
    name: str | None = None
    description: str | None = None
    active: bool | None = None
    task_level_filters_enabled: bool | None = None
    task_level_filters: object = None
    owner: NumericId | None = None
    created_by: NumericId | None = None
    created_on: IsoStamp | None = None
    updated_by: NumericId | None = None
    updated_on: IsoStamp | None = None


@frozen(kw_only=True)
class FormFieldOptions(Model):
    """What a field of a form can be set to.

    Attributes:
        values: The values to choose from; the sample shows none.
    """

    values: tuple[object, ...] = ()


@frozen(kw_only=True)
class FormField(Model):
    """A field of a form.

    Attributes:
        id: Its identifier.
        label: What stands next to it.
        description: The description.
        optional: Whether it can be left open.
        field_type: How it is shown, such as ``PARAGRAPH`` or ``SINGLE_CHOICE``.
        data_type: What it holds, such as ``text`` or ``boolean``.
        accepts_input: Whether the task's input fills it.
        accepts_output: Whether it becomes part of the task's output.
        options: What it can be set to.
        value: What it is set to.
        alias: Its name among the task's variables.
        is_list: Whether it holds several values.
        use_external_values: Whether its options come from elsewhere.
    """

    id: str | None = None
    label: str | None = None
    description: str | None = None
    optional: bool | None = None
    field_type: str | None = None
    data_type: str | None = None
    accepts_input: bool | None = None
    accepts_output: bool | None = None
    options: FormFieldOptions | None = None
    value: object = None
    alias: str | None = None
    is_list: bool | None = None
    use_external_values: bool | None = None


@frozen(kw_only=True)
class FormSection(Model):
    """A section of a form.

    Attributes:
        id: Its identifier.
        title: Its title.
        fields: Its fields.
    """

    id: str | None = None
    title: str | None = None
    fields: tuple[FormField, ...] = ()


@frozen(kw_only=True)
class Form(Model):
    """The form that a task is shown as.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        settings: How it behaves; the sample shows none.
        created_by: The user who made it.
        created_on: When it was made.
        updated_by: The user who last changed it.
        updated_on: When it was last changed.
        version: Its version, such as ``1.0.0``.
        sections: Its sections.
        released_on: When this version was released.
        user_permissions: What the token's owner may do with it; the sample shows none. Lists leave it out.
    """

    id: str | None = None
    name: str | None = None
    description: str | None = None
    settings: Mapping[str, object] | None = None
    created_by: NumericId | None = None
    created_on: IsoStamp | None = None
    updated_by: NumericId | None = None
    updated_on: IsoStamp | None = None
    version: str | None = None
    sections: tuple[FormSection, ...] = ()
    released_on: IsoStamp | None = None
    user_permissions: tuple[str, ...] = ()


@frozen(kw_only=True)
class ContractProperty(Model):
    """A variable that a task takes or gives.

    Attributes:
        name: Its name.
        display_name: The display name.
        type: What it holds, such as ``text`` or ``boolean``.
        required: Whether it has to be given.
        is_list: Whether it holds several values.
        valid_values: What it can be; the sample shows null, so the form is not known.
    """

    name: str | None = None
    display_name: str | None = None
    type: str | None = None
    required: bool | None = None
    is_list: bool | None = field(default=None, metadata=wire_name("list"))
    valid_values: object = None


@frozen(kw_only=True)
class TaskContract(Model):
    """What a task takes and gives.

    Attributes:
        input: What it takes.
        output: What it gives.
    """

    input: tuple[ContractProperty, ...] = ()
    output: tuple[ContractProperty, ...] = ()


@frozen(kw_only=True)
class TaskSource(Model):
    """What made a task, here a workflow; the keys of other sources are in `extras`.

    Attributes:
        model_id: The workflow.
        model_version: Its version.
        instance_id: The run.
        deployment_id: The deployment of that version.
        instance_created_by: The user who started the run.
        task_key: The task, as the workflow's engine counts.
        workflow_instance_id: The run, as the engine counts.
        flow_node_id: The node of the workflow.
        element_instance_key: The node's visit, as the engine counts.
    """

    model_id: str | None = None
    model_version: str | None = None
    instance_id: str | None = None
    deployment_id: str | None = None
    instance_created_by: NumericId | None = None
    task_key: str | None = None
    workflow_instance_id: str | None = None
    flow_node_id: str | None = None
    element_instance_key: str | None = None


@frozen(kw_only=True)
class Task(Model):
    """A task.

    Attributes:
        id: Its identifier.
        attributes: Further facts; the sample shows none.
        queue_id: Its queue.
        version: Its version, which `Tasks.complete` asks for.
        created_on: When it was made.
        created_by: The user who made it.
        updated_on: When it was last changed.
        updated_by: The user who last changed it.
        completed_on: When it was completed.
        completed_by: The user who completed it.
        assigned_on: When it was assigned.
        assigned_by: The user who assigned it.
        assigned_to: Who is to do it.
        assignee_type: What that is.
        locked_on: Since when someone works on it.
        locked_by: The user who does.
        status: How it stands.
        tags: Its tags; the sample shows none.
        comments: What was said about it; the sample shows nothing.
        source_system: What made it, such as ``ODYSSEY``, the workflows.
        source_info: Where exactly it comes from.
        display_type: How it is shown.
        display_id: What it is shown as.
        display_entity: The same, rendered.
        contract: What it takes and gives.
        input_variables: What it was given.
        output_variables: What has been entered.
    """

    id: str
    attributes: tuple[object, ...] = ()
    queue_id: str | None = None
    version: int | None = None
    created_on: IsoStamp | None = None
    created_by: NumericId | None = None
    updated_on: IsoStamp | None = None
    updated_by: NumericId | None = None
    completed_on: IsoStamp | None = None
    completed_by: NumericId | None = None
    assigned_on: IsoStamp | None = None
    assigned_by: NumericId | None = None
    assigned_to: NumericId | None = None
    assignee_type: TaskPerson | None = None
    locked_on: IsoStamp | None = None
    locked_by: NumericId | None = None
    status: TaskStatus | None = None
    tags: tuple[object, ...] = ()
    comments: tuple[object, ...] = ()
    source_system: str | None = None
    source_info: TaskSource | None = None
    display_type: DisplayType | None = None
    display_id: str | None = None
    display_entity: Form | None = None
    contract: TaskContract | None = None
    input_variables: Mapping[str, object] = field(factory=dict)
    output_variables: Mapping[str, object] = field(factory=dict)


# Domo's documentation describes these answers in words alone.
_TASK_OR_NONE = either(Task, NoneType)


def _texts(values: Sequence[int | str] | Unset, name: str) -> Sequence[str] | Unset:
    return values if isinstance(values, Unset) else [str(value) for value in require_list(values, name)]


def _ranges(values: Sequence[TimeRange] | Unset, name: str) -> Sequence[TimeRange] | Unset:
    return values if isinstance(values, Unset) else require_list(values, name)


@frozen(kw_only=True)
class TasksAssigned(Model):
    """What became of the tasks of a queue that were to be assigned by one request.

    Attributes:
        completed: Those that were assigned.
        failed: Those that were not; the sample shows none, so their form is not known.
    """

    completed: tuple[Task, ...] = ()
    failed: tuple[object, ...] = ()


class Queues(Area):
    """Queues of tasks."""

    def list(self, *, combine_attributes: bool | None = None, archived: bool | None = None) -> Pager[Queue]:
        """Iterate over all queues that the token's owner has access to.

        `GET /api/queues/v1` (Task Center API, "Get Queues"); no pages are documented, so they come in one answer.

        Args:
            combine_attributes: Not explained; the page's example has true.
            archived: Whether to list archived queues; the page's example has false.
        """
        return self._http.whole_list(
            "GET",
            url("/api/queues/v1"),
            params={"combineAttributes": combine_attributes, "archived": archived},
            into=ItemTuple[Queue],
            read=tuple,
        )

    async def get(self, queue_id: str, /) -> Queue:
        """Return a queue.

        `GET /api/queues/v1/{queue_id}` (Task Center API, "Get Queue by ID").

        Args:
            queue_id: The queue.

        Raises:
            NotFound: The queue does not exist.
        """
        return await self._http.request("GET", url("/api/queues/v1/{}", queue_id), into=Queue)

    async def set_owner(self, queue_id: str, user_id: int | str, /) -> Queue:
        """Give a queue to another user.

        `PUT /api/queues/v1/{queue_id}/owner/{user_id}`. Seen: samples of instances show it; Domo's documentation does
        not describe it; two independent clients use it.

        Args:
            queue_id: The queue.
            user_id: The user whose it is to be.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The queue or user does not exist.
        """
        return await self._http.request("PUT", url("/api/queues/v1/{}/owner/{}", queue_id, user_id), into=Queue)

    async def set_permissions(self, queue_id: str, /, *, permissions: Sequence[Permission]) -> None:
        """Say what users and groups may do with a queue.

        `POST /api/queues/v1/{queue_id}/permissions` (Task Center API, "Update permissions"). What becomes of those who
        are not named is not documented.

        Args:
            queue_id: The queue.
            permissions: For each user or group all that it may do. One with an empty list loses all permissions.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The queue does not exist.
        """
        # Sent twice, it sets the same permissions.
        await self._http.request(
            "POST",
            url("/api/queues/v1/{}/permissions", queue_id),
            json=sent_permissions(permissions),
            idempotent=True,
        )


class Tasks(Area):
    """Tasks."""

    def list(
        self,
        *,
        queue_id: Sequence[str] | Unset = UNSET,
        display_type: Sequence[DisplayType | str] | Unset = UNSET,
        status: Sequence[TaskStatus | str] | Unset = UNSET,
        assigned_by: Sequence[int | str] | Unset = UNSET,
        assigned_to: Sequence[int | str] | Unset = UNSET,
        created_on: Sequence[TimeRange] | Unset = UNSET,
        created_by: Sequence[int | str] | Unset = UNSET,
        assigned_on: Sequence[TimeRange] | Unset = UNSET,
        updated_on: Sequence[TimeRange] | Unset = UNSET,
        completed_on: Sequence[TimeRange] | Unset = UNSET,
        completed_by: Sequence[int | str] | Unset = UNSET,
        sort_by: Sequence[str] | Unset = UNSET,
        version: Sequence[int | str] | Unset = UNSET,
        render: bool | None = None,
        render_parts: Sequence[TaskPart | str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Task]:
        """Iterate over the tasks that pass all filters given, or over all that the token's owner has access to.

        `POST /api/queues/v1/tasks/list` (Task Center API, "Get Tasks"). Domo's documentation names no paging; that the
        query takes ``limit`` and ``offset`` is from a public client. An answer of more tasks than were asked for is
        taken as all.

        Args:
            queue_id: Queues.
            display_type: How tasks are shown.
            status: How tasks stand.
            assigned_by: Users who assigned.
            assigned_to: Users who are to do them.
            created_on: When tasks were made: ranges, each from when to when.
            created_by: Users who made them.
            assigned_on: When tasks were assigned, as ranges.
            updated_on: When tasks were last changed, as ranges.
            completed_on: When tasks were completed, as ranges.
            completed_by: Users who completed them.
            sort_by: The fields to sort by: the names of these filters as the API has them, such as ``createdOn``.
            version: Versions of tasks.
            render: Whether to render the tasks' forms.
            render_parts: What to render of them.
            offset: The number of tasks to skip.
            limit: The most tasks to return, or None for all.
            page_size: The number of tasks per page.

        Raises:
            ConfigError: A filter is an empty list or one text, a time has no zone, or a number is out of its range.
        """
        filters = payload(
            queue_id=_texts(queue_id, "queue_id"),
            display_type=_texts(display_type, "display_type"),
            status=_texts(status, "status"),
            assigned_by=_texts(assigned_by, "assigned_by"),
            assigned_to=_texts(assigned_to, "assigned_to"),
            created_on=_ranges(created_on, "created_on"),
            created_by=_texts(created_by, "created_by"),
            assigned_on=_ranges(assigned_on, "assigned_on"),
            updated_on=_ranges(updated_on, "updated_on"),
            completed_on=_ranges(completed_on, "completed_on"),
            completed_by=_texts(completed_by, "completed_by"),
            order_by_string=_texts(sort_by, "sort_by"),
            version=_texts(version, "version"),
        )
        return self._http.pages(
            "POST",
            url("/api/queues/v1/tasks/list"),
            QUERY,
            key=attrgetter("id"),
            into=ItemTuple[Task],
            read=lambda tasks: PageData(tasks, more=False if len(tasks) > page_size else None),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={
                "render": render,
                "renderParts": None if render_parts is None else require_list(render_parts, "render_parts"),
            },
            json=filters,
        )

    async def get(self, queue_id: str, task_id: str, /, *, render: bool | None = None) -> Task:
        """Return a task.

        `GET /api/queues/v1/{queue_id}/tasks/{task_id}` (Task Center API, "Get Task by ID").

        Args:
            queue_id: Its queue.
            task_id: The task.
            render: Whether to render its form.

        Raises:
            NotFound: The task does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}", queue_id, task_id)
        return await self._http.request("GET", path, params={"render": render}, into=Task)

    async def save(self, queue_id: str, task_id: str, /, *, values: Mapping[str, object]) -> Task:
        """Save what has been entered so far, and leave the task open.

        `PUT /api/queues/v1/{queue_id}/tasks/{task_id}/outputs` (Task Center API, "Save Task Progress").

        Args:
            queue_id: Its queue.
            task_id: The task.
            values: Values by the names of the contract's properties.

        Returns:
            The task, locked by the token's owner, and without its form. The page's sample does not show all values
            that it sends.

        Raises:
            ConfigError: `values` is empty.
            NotFound: The task does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}/outputs", queue_id, task_id)
        return await self._http.request("PUT", path, json=require_changes(payload(values)), into=Task)

    async def complete(
        self, queue_id: str, task_id: str, /, *, version: int, values: Mapping[str, object]
    ) -> Task | None:
        """Complete a task; the workflow that waits for it goes on.

        `POST /api/queues/v1/{queue_id}/tasks/{task_id}/complete` (Task Center API, "Complete Task").

        Args:
            queue_id: Its queue.
            task_id: The task.
            version: The task's version, as it says itself.
            values: Values by the names of the contract's properties; may be empty where the contract has none.

        Returns:
            The completed task, or None if the instance does not give it; Domo's documentation has no sample.

        Raises:
            NotFound: The task does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}/complete", queue_id, task_id)
        return await self._http.request(
            "POST",
            path,
            params={"version": version},
            json=payload(values),
            into=_TASK_OR_NONE,
            empty=None,
            undocumented=True,
        )

    async def move(self, queue_id: str, task_id: str, /, *, target_queue_id: str) -> Task | None:
        """Move a task to another queue.

        `PUT /api/queues/v1/{queue_id}/tasks/{task_id}/move` (Task Center API, "Transfer Task").

        Args:
            queue_id: Its queue now.
            task_id: The task.
            target_queue_id: Its queue from now on.

        Returns:
            The moved task, or None if the instance does not give it; Domo's documentation has no sample.

        Raises:
            NotFound: There is no such task in that queue.
        """
        path = url("/api/queues/v1/{}/tasks/{}/move", queue_id, task_id)
        # Sent twice, it would not find the task in its former queue any more.
        return await self._http.request(
            "PUT",
            path,
            params={"targetQueueId": target_queue_id},
            idempotent=False,
            into=_TASK_OR_NONE,
            empty=None,
            undocumented=True,
        )

    async def assign(
        self, queue_id: str, task_id: str, /, *, user_id: int | str, task_ids: Sequence[str] = ()
    ) -> Task | None:
        """Assign a task to another user.

        `PUT /api/queues/v1/{queue_id}/tasks/{task_id}/assign` (Task Center API, "Transfer Task to Another User").

        Args:
            queue_id: Its queue.
            task_id: The task.
            user_id: Who is to do it.
            task_ids: Further tasks of the queue to assign with it.

        Returns:
            The assigned task, or None if the instance does not give it; Domo's documentation has no sample.

        Raises:
            NotFound: The task or user does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}/assign", queue_id, task_id)
        tasks = [
            task_id,
            *(other for other in require_list(task_ids, "task_ids", may_be_empty=True) if other != task_id),
        ]
        # Domo's documentation calls the list tasksId, other clients call it taskIds.
        body = payload(tasks_id=tasks, task_ids=tasks, type=TaskPerson.USER, user_id=str(user_id))
        return await self._http.request("PUT", path, json=body, into=_TASK_OR_NONE, empty=None, undocumented=True)

    async def assign_many(
        self, task_ids: Mapping[str, Sequence[str]], /, *, user_id: int | str
    ) -> Mapping[str, TasksAssigned]:
        """Assign tasks of several queues to a user by one request.

        `PUT /api/queues/v1/tasks/assign`. Seen: samples of instances show it; Domo's documentation does not describe
        it.

        Args:
            task_ids: By queue, its tasks that are to be assigned.
            user_id: Who is to do them.

        Returns:
            By queue, which tasks were assigned and which were not.

        Raises:
            ConfigError: There are no tasks, or a queue is named without any.
            NotFound: The user does not exist.
        """
        if not task_ids:
            raise ConfigError("task_ids is empty")
        return await self._http.request(
            "PUT",
            url("/api/queues/v1/tasks/assign"),
            params={"assignTo": str(user_id), "assigneeType": TaskPerson.USER},
            json={queue: require_list(tasks, f"the tasks of {queue}") for queue, tasks in task_ids.items()},
            into=dict[str, TasksAssigned],
        )

    async def void(self, queue_id: str, task_id: str, /) -> Task | None:
        """Void a task, so that nobody is to do it any more.

        `POST /api/queues/v1/{queue_id}/tasks/{task_id}/void` (Task Center API, "Void a Task").

        Args:
            queue_id: Its queue.
            task_id: The task.

        Returns:
            The voided task, or None if the instance does not give it; Domo's documentation has no sample.

        Raises:
            NotFound: The task does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/queues/v1/{}/tasks/{}/void", queue_id, task_id),
            into=_TASK_OR_NONE,
            empty=None,
            undocumented=True,
        )


class TaskCenter(Area):
    """Task Center: queues and tasks."""

    @cached_property
    def queues(self) -> Queues:
        """Queues and who may do what with them."""
        return Queues(self._http)

    @cached_property
    def tasks(self) -> Tasks:
        """Tasks: found, done, handed on."""
        return Tasks(self._http)
