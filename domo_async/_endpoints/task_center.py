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
"""A range of two times; both have a time zone."""


class TaskStatus(OpenEnum):
    """The status of a task."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    VOIDED = "VOIDED"


class DisplayType(OpenEnum):
    """How a task is shown to its assignee."""

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
    """The type of an assignee of a task, or of a holder of permissions on a queue."""

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
        task_level_filters: These filters; Domo's sample shows null, so their form is unknown.
        owner: The user who owns it.
        created_by: The user who created it.
        created_on: When it was created.
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
    """The options of a field of a form.

    Attributes:
        values: The values to choose from; Domo's sample shows an empty list.
    """

    values: tuple[object, ...] = ()


@frozen(kw_only=True)
class FormField(Model):
    """A field of a form.

    Attributes:
        id: Its identifier.
        label: Its label.
        description: The description.
        optional: Whether it may be left empty.
        field_type: How it is shown, such as ``PARAGRAPH`` or ``SINGLE_CHOICE``.
        data_type: The type of its value, such as ``text`` or ``boolean``.
        accepts_input: Whether the task's input fills it.
        accepts_output: Whether it becomes part of the task's output.
        options: The options of its value.
        value: Its value.
        alias: Its name among the task's variables.
        is_list: Whether it holds several values.
        use_external_values: Whether its options come from an external source.
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
    """The form of a task.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        settings: Its settings; Domo's sample shows an empty object.
        created_by: The user who created it.
        created_on: When it was created.
        updated_by: The user who last changed it.
        updated_on: When it was last changed.
        version: Its version, such as ``1.0.0``.
        sections: Its sections.
        released_on: When this version was released.
        user_permissions: The permissions of the token's owner on it; Domo's sample shows an empty list. Lists omit it.
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
    """An input or output variable of a task.

    Attributes:
        name: Its name.
        display_name: The display name.
        type: Its type, such as ``text`` or ``boolean``.
        required: Whether it is required.
        is_list: Whether it holds several values.
        valid_values: Its possible values; Domo's sample shows null, so the form is unknown.
    """

    name: str | None = None
    display_name: str | None = None
    type: str | None = None
    required: bool | None = None
    is_list: bool | None = field(default=None, metadata=wire_name("list"))
    valid_values: object = None


@frozen(kw_only=True)
class TaskContract(Model):
    """The inputs and outputs of a task.

    Attributes:
        input: Its inputs.
        output: Its outputs.
    """

    input: tuple[ContractProperty, ...] = ()
    output: tuple[ContractProperty, ...] = ()


@frozen(kw_only=True)
class TaskSource(Model):
    """The source of a task, here a workflow; the keys of other sources are in `extras`.

    Attributes:
        model_id: The workflow.
        model_version: Its version.
        instance_id: The run.
        deployment_id: The deployment of that version.
        instance_created_by: The user who started the run.
        task_key: The task's key in the workflow engine.
        workflow_instance_id: The run's identifier in the workflow engine.
        flow_node_id: The node of the workflow.
        element_instance_key: The key of the node's execution in the workflow engine.
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
        attributes: Further attributes; Domo's sample shows an empty object.
        queue_id: Its queue.
        version: Its version, which `Tasks.complete` requires.
        created_on: When it was created.
        created_by: The user who created it.
        updated_on: When it was last changed.
        updated_by: The user who last changed it.
        completed_on: When it was completed.
        completed_by: The user who completed it.
        assigned_on: When it was assigned.
        assigned_by: The user who assigned it.
        assigned_to: The assignee.
        assignee_type: The type of the assignee.
        locked_on: When a user started to work on it.
        locked_by: The user who works on it.
        status: Its status.
        tags: Its tags; Domo's sample shows an empty list.
        comments: Its comments; Domo's sample shows an empty list.
        source_system: The system that created it, such as ``ODYSSEY``, the workflows.
        source_info: The details of its source.
        display_type: How it is shown.
        display_id: The form that it is shown with.
        display_entity: The rendered form.
        contract: Its inputs and outputs.
        input_variables: The values of its inputs.
        output_variables: The values entered so far.
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


# Domo's documentation describes these answers only in words.
_TASK_OR_NONE = either(Task, NoneType)


def _texts(values: Sequence[int | str] | Unset, name: str) -> Sequence[str] | Unset:
    return values if isinstance(values, Unset) else [str(value) for value in require_list(values, name)]


def _ranges(values: Sequence[TimeRange] | Unset, name: str) -> Sequence[TimeRange] | Unset:
    return values if isinstance(values, Unset) else require_list(values, name)


@frozen(kw_only=True)
class TasksAssigned(Model):
    """The result of assigning tasks of a queue with one request.

    Attributes:
        completed: The tasks that were assigned.
        failed: The tasks that were not assigned; Domo's sample shows an empty list, so their form is unknown.
    """

    completed: tuple[Task, ...] = ()
    failed: tuple[object, ...] = ()


class Queues(Area):
    """Queues of tasks."""

    def list(self, *, combine_attributes: bool | None = None, archived: bool | None = None) -> Pager[Queue]:
        """Iterate over all queues that the token's owner has access to.

        `GET /api/queues/v1` (Task Center API, "Get Queues"); no pages are documented, so one answer has all queues.

        Args:
            combine_attributes: Not explained by Domo's documentation, whose example has true.
            archived: Whether to list archived queues; the example in Domo's documentation has false.
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
            user_id: The new owner.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
            NotFound: The queue or user does not exist.
        """
        return await self._http.request("PUT", url("/api/queues/v1/{}/owner/{}", queue_id, user_id), into=Queue)

    async def set_permissions(self, queue_id: str, /, *, permissions: Sequence[Permission]) -> None:
        """Set the permissions of users and groups on a queue.

        `POST /api/queues/v1/{queue_id}/permissions` (Task Center API, "Update permissions"). Domo's documentation does
        not say what happens to the permissions of others.

        Args:
            queue_id: The queue.
            permissions: All permissions of each user or group. One with an empty list loses all permissions.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The queue does not exist.
        """
        # Setting the same permissions twice has the same result.
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
        """Iterate over the tasks that match all given filters, or over all that the token's owner has access to.

        `POST /api/queues/v1/tasks/list` (Task Center API, "Get Tasks"). Domo's documentation names no paging; ``limit``
        and ``offset`` in the query are known from a public client. If an answer has more tasks than requested, it is
        taken to have all.

        Example:
            async for task in domo.task_center.tasks.list(queue_id=[queue_id], status=["OPEN"]):
                print(task.id, task.status)

        Args:
            queue_id: The queues.
            display_type: How the tasks are shown.
            status: The statuses of the tasks.
            assigned_by: The users who assigned the tasks.
            assigned_to: The assignees.
            created_on: When the tasks were created, as ranges of two times.
            created_by: The users who created the tasks.
            assigned_on: When the tasks were assigned, as ranges.
            updated_on: When the tasks were last changed, as ranges.
            completed_on: When the tasks were completed, as ranges.
            completed_by: The users who completed the tasks.
            sort_by: The fields to sort by: the API names of these filters, such as ``createdOn``.
            version: The versions of the tasks.
            render: Whether to render the tasks' forms.
            render_parts: The parts of the forms to render.
            offset: The number of tasks to skip.
            limit: The most tasks to return, or None for all.
            page_size: The number of tasks per page.

        Raises:
            ConfigError: A filter is an empty list or a str, a time has no time zone, or a number is out of range.
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
            queue_id: The queue.
            task_id: The task.
            render: Whether to render its form.

        Raises:
            NotFound: The task does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}", queue_id, task_id)
        return await self._http.request("GET", path, params={"render": render}, into=Task)

    async def save(self, queue_id: str, task_id: str, /, *, values: Mapping[str, object]) -> Task:
        """Save the values entered so far; the task stays open.

        `PUT /api/queues/v1/{queue_id}/tasks/{task_id}/outputs` (Task Center API, "Save Task Progress").

        Args:
            queue_id: The queue.
            task_id: The task.
            values: The values, by the names of the contract's properties.

        Returns:
            The task, locked by the token's owner, and without its form. Domo's sample does not show all values that
            were sent.

        Raises:
            ConfigError: `values` is empty.
            NotFound: The task does not exist.
        """
        path = url("/api/queues/v1/{}/tasks/{}/outputs", queue_id, task_id)
        return await self._http.request("PUT", path, json=require_changes(payload(values)), into=Task)

    async def complete(
        self, queue_id: str, task_id: str, /, *, version: int, values: Mapping[str, object]
    ) -> Task | None:
        """Complete a task; the workflow that waits for it continues.

        `POST /api/queues/v1/{queue_id}/tasks/{task_id}/complete` (Task Center API, "Complete Task").

        Example:
            task = await domo.task_center.tasks.get(queue_id, task_id)
            await domo.task_center.tasks.complete(queue_id, task_id, version=task.version, values={"approved": True})

        Args:
            queue_id: The queue.
            task_id: The task.
            version: The task's version, `Task.version`.
            values: The values, by the names of the contract's properties; may be empty if the contract has none.

        Returns:
            The completed task, or None if the instance does not return it; Domo's documentation has no sample.

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
            queue_id: The present queue.
            task_id: The task.
            target_queue_id: The new queue.

        Returns:
            The moved task, or None if the instance does not return it; Domo's documentation has no sample.

        Raises:
            NotFound: The task does not exist in that queue.
        """
        path = url("/api/queues/v1/{}/tasks/{}/move", queue_id, task_id)
        # A second try would not find the task in its former queue.
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
            queue_id: The queue.
            task_id: The task.
            user_id: The new assignee.
            task_ids: Further tasks of the queue to assign with it.

        Returns:
            The assigned task, or None if the instance does not return it; Domo's documentation has no sample.

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
        """Assign tasks of several queues to a user with one request.

        `PUT /api/queues/v1/tasks/assign`. Seen: samples of instances show it; Domo's documentation does not describe
        it.

        Args:
            task_ids: The tasks to assign, by queue.
            user_id: The new assignee.

        Returns:
            The tasks that were assigned and those that were not, by queue.

        Raises:
            ConfigError: `task_ids` is empty, or the list of a queue is.
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
        """Void a task, so that nobody has to do it.

        `POST /api/queues/v1/{queue_id}/tasks/{task_id}/void` (Task Center API, "Void a Task").

        Args:
            queue_id: The queue.
            task_id: The task.

        Returns:
            The voided task, or None if the instance does not return it; Domo's documentation has no sample.

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
        """Queues and their permissions."""
        return Queues(self._http)

    @cached_property
    def tasks(self) -> Tasks:
        """Tasks: find, complete and assign them."""
        return Tasks(self._http)
