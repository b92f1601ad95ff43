"""The methods with which tests add things to an instance, by the same functions as the routes and the demo world."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from typing import Concatenate, Generic, Literal, ParamSpec, Protocol, TypeVar

import orjson
from attrs import frozen

from domo_async._emulator.access.auth import Authentication
from domo_async._emulator.access.people import PARTICIPANT_ROLE
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.routes import alerts, beast_modes, files, pages, reports
from domo_async._emulator.routes.access_tokens import add_token
from domo_async._emulator.routes.accounts import add_account
from domo_async._emulator.routes.appdb import add_collection, add_document
from domo_async._emulator.routes.dataflows import create_flow
from domo_async._emulator.routes.datasets import columns_of
from domo_async._emulator.routes.filesets import FILESETS, new_fileset
from domo_async._emulator.routes.groups import create_group, with_changes
from domo_async._emulator.routes.roles import AUTHORITIES, create_role
from domo_async._emulator.routes.sharing import create_app
from domo_async._emulator.routes.streams import create_stream
from domo_async._emulator.routes.workflows import message_of
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.seeds.rows import fill
from domo_async._emulator.services import cards, trees
from domo_async._emulator.services.datasets import put_tags
from domo_async._emulator.services.tasks import add_queue, add_task
from domo_async._emulator.services.users import create_user
from domo_async._emulator.services.workflows import add_model, start_run
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record, check_storable
from domo_async._redaction import Secret
from domo_async.errors import ConfigError

__all__ = [
    "Added",
    "AddedAccessToken",
    "AddedCard",
    "AddedDataset",
    "AddedStream",
    "AddedTask",
    "AddedUser",
    "AddedWorkflow",
    "Additions",
]

I_co = TypeVar("I_co", bound=int | str, covariant=True)
P = ParamSpec("P")
T = TypeVar("T")

_COLUMNS: Mapping[str, str] = {"id": "LONG", "name": "STRING"}
_DAY = 86_400_000


@frozen
class Added(Generic[I_co]):
    """A thing that was added.

    Attributes:
        id: Its identifier.
        name: Its name or title.
    """

    id: I_co
    name: str


@frozen
class AddedUser(Added[int]):
    """A user who was added.

    Attributes:
        email_address: The email address, which is also the login name.
        role_id: The role.
    """

    email_address: str
    role_id: int


@frozen
class AddedAccessToken(Added[int]):
    """An access token that was added.

    Attributes:
        owner_id: The user whom it authenticates.
        token: Its value, for `domo_async.Domo` or `Emulator.client`.
    """

    owner_id: int
    token: Secret[str]


@frozen
class AddedDataset(Added[str]):
    """A dataset that was added.

    Attributes:
        columns: Its columns' types by their names.
        rows: The number of its rows.
    """

    columns: Mapping[str, str]
    rows: int


@frozen
class AddedCard(Added[int]):
    """A card that was added.

    Attributes:
        dataset_id: The dataset that it shows.
    """

    dataset_id: str


@frozen
class AddedStream(Added[int]):
    """A stream that was added.

    Attributes:
        dataset_id: The dataset that it fills, which was added with it.
    """

    dataset_id: str


@frozen
class AddedWorkflow(Added[str]):
    """A workflow that was added.

    Attributes:
        version: Its active version.
        message: The message that starts it.
    """

    version: str
    message: str


@frozen
class AddedTask(Added[str]):
    """A task that was added.

    Attributes:
        queue_id: The queue that it is in.
    """

    queue_id: str


class Caller(Protocol):
    """Calls a function where the state may be used, and returns its result."""

    def __call__(self, function: Callable[[], T]) -> T:
        """Call `function`."""
        ...


def _on_the_state(method: Callable[Concatenate[Additions, P], T]) -> Callable[Concatenate[Additions, P], T]:
    """Return a method that may be called from any thread, and whose refusals are `ConfigError`."""

    @wraps(method)
    def call(self: Additions, /, *args: P.args, **kwargs: P.kwargs) -> T:
        def change() -> T:
            with self._instance.one_request(), self._whole():
                made = method(self, *args, **kwargs)
            # Caches of derived data, such as search documents, become outdated.
            self._instance.changes += 1
            return made

        try:
            return self._call(change)
        except HTTPError as error:
            raise ConfigError(f"emulator.add.{method.__name__}: {error.message}") from None

    return call


class Additions:
    """Adds things to an embedded instance, for tests: `Emulator.add`.

    Each method takes keyword arguments with defaults, and returns the id and other facts about the new thing. Required
    things that are not given are added, too: a dataset for a card, a queue for a task. The owner is the instance's
    owner by default. Nothing is recorded in the request log or the activity log.

    The methods may be called before the start, after it, and from any thread. Things that were added before the start
    belong to the initial content, so that `Emulator.reset` keeps them.

    Each method raises `ConfigError` if the instance's routes would refuse the request, such as for a name that is taken
    or a dataset that does not exist; then nothing is added.

    ```python
    with Emulator() as emulator:
        ada = emulator.add.user(display_name="Ada")
        orders = emulator.add.dataset(name="Orders", rows=[{"id": 1, "region": "West"}], owner_id=ada.id)
        card = emulator.add.card(title="Orders", dataset_id=orders.id, group_by="region")
        token = emulator.add.access_token(owner_id=ada.id).token
        with emulator.sync_client(token=token) as domo:  # acts as Ada
            print(domo.cards.get(card.id))
    ```
    """

    def __init__(
        self, instance: Instance, authentication: Authentication, storage: Callable[[], Storage], call: Caller
    ) -> None:
        self._instance = instance
        self._authentication = authentication
        self._storage = storage
        self._call = call

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Undo all changes of the block if it fails."""
        records, datasets = self._instance.records, {each.id for each in self._instance.kept_datasets()}
        before = records.snapshot()
        try:
            yield
        except BaseException:
            for collection in records:
                former = before.get(collection.name, {})
                if collection.items() != former:
                    collection.restore(former)
            for dataset in self._instance.kept_datasets():
                if dataset.id not in datasets:
                    self._instance.delete_dataset(dataset)
            raise

    # -- people -------------------------------------------------------------------------------------------

    @_on_the_state
    def user(
        self,
        *,
        display_name: str | None = None,
        email_address: str | None = None,
        role_id: int = PARTICIPANT_ROLE,
        attributes: Mapping[str, object] | None = None,
    ) -> AddedUser:
        """Add a user.

        Args:
            display_name: The display name; by default ``User 1`` and so on.
            email_address: The email address; by default one at ``example.com``, made from the name.
            role_id: The role: 1 is Admin, 2 Privileged, 3 Editor, 4 Participant, 5 Social.
            attributes: Further facts, such as ``{"department": "Sales"}``; a list is several values.
        """
        name = display_name or self._free_name("User", "users", "displayName")
        address = email_address or self._free_address(name)
        user = create_user(self._instance, name, address, role_id, invited_by=OWNER_ID)
        if attributes:
            pairs = [
                {"key": key, "values": list(value) if isinstance(value, list | tuple) else [value]}
                for key, value in attributes.items()
            ]
            self._instance.records["users"].update(user["id"], attributes=pairs)
        return AddedUser(user["id"], name, address, user["roleId"])

    @_on_the_state
    def group(
        self,
        *,
        name: str | None = None,
        type: str = "closed",
        description: str = "",
        user_ids: Sequence[int] = (),
        group_ids: Sequence[int] = (),
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a group.

        Args:
            name: Its name; by default ``Group 1`` and so on.
            type: Its type: ``closed``, ``open``, ``adHoc``, ``dynamic``, ``directory`` or ``system``.
            description: Its description.
            user_ids: The users in it.
            group_ids: The groups in it.
            owner_id: Its owner.
        """
        records = self._instance.records
        self._check("users", owner_id, *user_ids)
        self._check("groups", *group_ids)
        name = name or self._free_name("Group", "groups")
        group = create_group(self._instance, name, type, description=description, creator_id=owner_id)
        members = [("USER", each) for each in user_ids] + [("GROUP", each) for each in group_ids]
        added = {"addMembers": [{"type": type_, "id": each} for type_, each in members]}
        records["groups"].put(group["id"], with_changes(self._instance, group, added))
        return Added(group["id"], name)

    @_on_the_state
    def role(
        self,
        *,
        name: str | None = None,
        description: str = "",
        from_role_id: int = PARTICIPANT_ROLE,
        authorities: Sequence[str] | None = None,
    ) -> Added[int]:
        """Add a role.

        Args:
            name: Its name; by default ``Role 1`` and so on.
            description: Its description.
            from_role_id: The role whose authorities it copies.
            authorities: Its authorities, such as ``["dataset.edit"]``, in place of copied ones.
        """
        unknown = sorted({*(authorities or ())} - {*AUTHORITIES})
        if unknown:
            raise HTTPError(400, f"Unknown authorities: {', '.join(unknown)}; use some of {', '.join(AUTHORITIES)}")
        name = name or self._free_name("Role", "roles")
        role = create_role(self._instance, name, description, from_role_id)
        if authorities is not None:
            self._instance.records["roles"].update(role["id"], authorities=list(authorities))
        return Added(role["id"], name)

    @_on_the_state
    def access_token(
        self,
        *,
        owner_id: int = OWNER_ID,
        name: str | None = None,
        expires: datetime | None = None,
    ) -> AddedAccessToken:
        """Add an access token, with which a client acts as its owner.

        Args:
            owner_id: The user.
            name: Its name; by default ``Token 1`` and so on.
            expires: The time at which it expires; by default in a day. It may lie in the past.
        """
        self._check("users", owner_id)
        name = name or self._free_name("Token", "access_tokens")
        until = int(time.time() * 1000) + _DAY if expires is None else int(expires.timestamp() * 1000)
        token, value = add_token(self._instance, self._authentication, name=name, owner_id=owner_id, expires=until)
        return AddedAccessToken(token["id"], name, owner_id, Secret(value))

    # -- data ---------------------------------------------------------------------------------------------

    @_on_the_state
    def dataset(
        self,
        *,
        name: str | None = None,
        columns: Mapping[str, str] | None = None,
        rows: Iterable[Mapping[str, object] | Sequence[object]] | bytes | str = (),
        description: str = "",
        owner_id: int = OWNER_ID,
        provider_type: str = "api",
        upsert_key: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> AddedDataset:
        """Add a dataset with rows, which queries see at once.

        Args:
            name: Its name; by default ``Dataset 1`` and so on.
            columns: Its columns' types by their names, such as ``{"id": "LONG"}``; by default inferred from the rows if
                these are mappings, or else ``id`` and ``name``.
            rows: The rows, as mappings or as sequences in the order of the columns; or CSV without a header. None is
                NULL.
            description: Its description.
            owner_id: Its owner.
            provider_type: The type of its provider, such as ``api`` or ``webform``.
            upsert_key: The columns that identify a row.
            tags: Its tags.
        """
        self._check("users", owner_id)
        given = rows if isinstance(rows, bytes | str) else list(rows)
        types = dict(columns or _inferred(given) or _COLUMNS)
        if unknown := sorted({*upsert_key} - {*types}):
            raise HTTPError(400, f"upsert_key names columns that the dataset does not have: {', '.join(unknown)}")
        made = columns_of(
            [{"name": column, "type": type_, "upsertKey": column in upsert_key} for column, type_ in types.items()]
        )
        text = given if isinstance(given, bytes | str) else _csv(given, types)
        try:
            content = text if isinstance(text, bytes) else text.encode()
        except UnicodeEncodeError as error:
            raise HTTPError(400, f"The rows are not valid Unicode: {error}") from error
        name = name or self._free_dataset_name()
        dataset = self._instance.create_dataset(
            name, made, description=description, provider_type=provider_type, owner_id=owner_id
        )
        if tags:
            put_tags(self._instance, dataset, tags)
        if content:
            fill(self._instance, self._storage(), dataset, content, recorded=dataset.created)
        return AddedDataset(dataset.id, name, types, dataset.row_count)

    @_on_the_state
    def account(
        self,
        *,
        display_name: str | None = None,
        data_provider_type: str = "amazon-s3",
        configurations: Mapping[str, object] | None = None,
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add an account, with which connectors log in.

        Args:
            display_name: Its name; by default ``Account 1`` and so on.
            data_provider_type: The connector that it is for.
            configurations: The connector's settings; values that may be secrets are not saved.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        account = add_account(
            self._instance,
            user_id=owner_id,
            display_name=display_name or self._free_name("Account", "accounts", "displayName"),
            data_provider_type=data_provider_type,
            configurations=dict(configurations or {}),
        )
        return Added(account["id"], account["displayName"])

    @_on_the_state
    def stream(
        self,
        *,
        name: str | None = None,
        data_provider_key: str = "amazon-s3",
        account_id: int | None = None,
        update_method: Literal["REPLACE", "APPEND", "UPSERT", "DELETE"] = "REPLACE",
        configuration: Mapping[str, object] | None = None,
        schedule: Mapping[str, object] | None = None,
        owner_id: int = OWNER_ID,
    ) -> AddedStream:
        """Add a stream and the dataset that it fills.

        Args:
            name: The dataset's name; by default ``Dataset 1`` and so on.
            data_provider_key: The connector.
            account_id: The account that the connector uses.
            update_method: The effect of a run on the existing rows.
            configuration: The connector's settings.
            schedule: Its schedule, such as ``{"type": "MANUAL"}``.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        name = name or self._free_dataset_name()
        stream = create_stream(
            self._instance,
            {
                "transport": {
                    "type": "CONNECTOR",
                    "description": f"com.domo.connector.{data_provider_key}",
                    "version": "1",
                },
                "dataProvider": {"key": data_provider_key},
                "dataSource": {"name": name},
                "account": None if account_id is None else {"id": account_id},
                "updateMethod": update_method,
                "configuration": [{"name": key, "value": value} for key, value in (configuration or {}).items()],
                "advancedScheduleJson": None if schedule is None else orjson.dumps(dict(schedule)).decode(),
            },
            owner_id=owner_id,
        )
        return AddedStream(stream["id"], name, stream["dataSourceId"])

    @_on_the_state
    def dataflow(
        self,
        *,
        name: str | None = None,
        input_ids: Sequence[str] = (),
        output_ids: Sequence[str] = (),
        database_type: str = "MAGIC",
        description: str = "",
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a dataflow.

        Args:
            name: Its name; by default ``Dataflow 1`` and so on.
            input_ids: The datasets that it reads.
            output_ids: The datasets that it fills.
            database_type: Its type: ``MAGIC``, ``MYSQL``, ``ADR``.
            description: Its description.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        name = name or self._free_name("Dataflow", "dataflows")
        definition = {
            "name": name,
            "description": description,
            "databaseType": database_type,
            "inputs": [{"dataSourceId": each} for each in input_ids],
            "outputs": [{"dataSourceId": each} for each in output_ids],
        }
        return Added(create_flow(self._instance, definition, author_id=owner_id)["id"], name)

    # -- content ------------------------------------------------------------------------------------------

    @_on_the_state
    def page(
        self,
        *,
        title: str | None = None,
        parent_id: int | None = None,
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a page.

        Args:
            title: Its title; by default ``Page 1`` and so on.
            parent_id: The parent page; None for a top-level page.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        parent = pages.TOP
        if parent_id is not None:
            self._check("pages", parent_id)
            parent = parent_id
        title = title or self._free_name("Page", "pages", "title")
        pages.refuse_taken_title(self._instance, title, parent)
        return Added(pages.create(self._instance, title=title, parent_id=parent, owner_id=owner_id)["id"], title)

    @_on_the_state
    def card(
        self,
        *,
        title: str | None = None,
        dataset_id: str | None = None,
        page_ids: Sequence[int] = (),
        group_by: str | None = None,
        value: str | None = None,
        aggregation: Literal["COUNT", "SUM", "AVG", "MIN", "MAX"] = "COUNT",
        chart_type: str = "badge_vert_bar",
        description: str = "",
        owner_id: int = OWNER_ID,
    ) -> AddedCard:
        """Add a card, which shows an aggregation of a dataset.

        Args:
            title: Its title; by default ``Card 1`` and so on.
            dataset_id: The dataset; None adds one.
            page_ids: The pages that it is on.
            group_by: The column to group by, with one number for each value; None for a single number.
            value: The column to aggregate; None to count rows.
            aggregation: The aggregate function.
            chart_type: The type of chart; ``badge_basic_table`` is a table.
            description: Its description.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        self._check("pages", *page_ids)
        if aggregation not in cards.AGGREGATIONS:
            raise HTTPError(400, f"aggregation must be one of {', '.join(cards.AGGREGATIONS)}, not {aggregation}")
        known = dict(_COLUMNS) if dataset_id is None else self._instance.dataset(dataset_id).schema.types
        for column in (group_by, value):
            if column is not None and column not in known:
                raise HTTPError(400, f"The column {column} does not exist; use one of {', '.join(known)}")
        title = title or self._free_name("Card", "cards", "title")
        card = cards.create(
            self._instance,
            title=title,
            dataset_id=dataset_id or self._new_dataset(owner_id).id,
            description=description,
            owner_id=owner_id,
            chart_type=chart_type,
            page_ids=page_ids,
            group_by=group_by,
            value=value,
            aggregation=aggregation,
        )
        return AddedCard(card["id"], title, card["datasourceId"])

    @_on_the_state
    def beast_mode(
        self,
        *,
        name: str | None = None,
        expression: str = "COUNT(*)",
        dataset_id: str | None = None,
        card_ids: Sequence[int] = (),
        locked: bool = False,
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a Beast Mode.

        Args:
            name: Its name; by default ``Beast Mode 1`` and so on.
            expression: The formula, such as ``SUM(`amount`)``.
            dataset_id: The dataset that it belongs to; None for one that can be used everywhere.
            card_ids: The cards that show it.
            locked: Whether it is locked.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        self._check("cards", *card_ids)
        if dataset_id is not None:
            self._instance.dataset(dataset_id)
        name = name or self._free_name("Beast Mode", "beast_modes")
        made = beast_modes.create(
            self._instance,
            name=name,
            expression=expression,
            dataset_id=dataset_id,
            card_ids=card_ids,
            locked=locked,
            owner_id=owner_id,
        )
        return Added(made["id"], name)

    @_on_the_state
    def alert(
        self,
        *,
        name: str | None = None,
        resource_type: Literal["DATASET", "CARD", "PAGE"] = "DATASET",
        resource_id: int | str | None = None,
        triggered: bool = False,
        enabled: bool = True,
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add an alert.

        Args:
            name: Its name; by default ``Alert 1`` and so on.
            resource_type: The type of thing that it watches.
            resource_id: The id of the thing; None adds a dataset.
            triggered: Whether it was triggered.
            enabled: Whether it is switched on.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        if resource_id is None and resource_type != "DATASET":
            raise HTTPError(400, f"An alert on a {resource_type} needs resource_id")
        name = name or self._free_name("Alert", "alerts")
        body = {
            "name": name,
            "resourceType": resource_type,
            "resourceId": self._new_dataset(owner_id).id if resource_id is None else str(resource_id),
            "triggered": triggered,
            "enabled": enabled,
        }
        return Added(alerts.create_from(self._instance, body, owner_id=owner_id)["id"], name)

    @_on_the_state
    def app(self, *, title: str | None = None, owner_id: int = OWNER_ID) -> Added[int]:
        """Add an app of App Studio, which can be shared and found.

        Args:
            title: Its title; by default ``App 1`` and so on.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        title = title or self._free_name("App", "data_apps", "title")
        return Added(create_app(self._instance, title=title, owner_id=owner_id)["id"], title)

    @_on_the_state
    def report(
        self,
        *,
        title: str | None = None,
        page_id: int | None = None,
        schedule: Mapping[str, object] | None = None,
        recipient_ids: Sequence[int] = (),
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a scheduled report.

        Args:
            title: Its title; by default ``Report 1`` and so on.
            page_id: The page that it sends; None adds one.
            schedule: When it is sent, as the routes have it; by default each day at seven in UTC.
            recipient_ids: The users who receive it.
            owner_id: Its owner.
        """
        self._check("users", owner_id, *recipient_ids)
        if page_id is not None:
            self._check("pages", page_id)
        title = title or self._free_name("Report", reports.SCHEDULES, "title")
        daily = {"frequency": "DAILY", "hourOfDay": 7, "minOfHour": 0, "timezone": "UTC", "enabled": True}
        recipients = [{"type": "USER", "value": str(each)} for each in recipient_ids]
        body = {"title": title, "schedule": {**(schedule or daily), "additionalRecipients": recipients}}
        report = reports.create_report(self._instance, body, owner_id=owner_id)
        if page_id is None:
            name = self._free_name("Page", "pages", "title")
            page_id = pages.create(self._instance, title=name, owner_id=owner_id)["id"]
        self._instance.records[reports.SCHEDULES].update(report["id"], pageId=page_id)
        return Added(report["id"], title)

    # -- work ---------------------------------------------------------------------------------------------

    @_on_the_state
    def queue(self, *, name: str | None = None, description: str = "", owner_id: int = OWNER_ID) -> Added[str]:
        """Add a queue of Task Center.

        Args:
            name: Its name; by default ``Queue 1`` and so on.
            description: Its description.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        name = name or self._free_name("Queue", "queues")
        return Added(add_queue(self._instance, name=name, owner=owner_id, description=description)["id"], name)

    @_on_the_state
    def task(
        self,
        *,
        title: str | None = None,
        queue_id: str | None = None,
        inputs: Mapping[str, object] | None = None,
        outputs: Mapping[str, Literal["text", "number", "decimal", "boolean"]] | None = None,
        assignee_id: int = OWNER_ID,
    ) -> AddedTask:
        """Add an open task.

        Args:
            title: Its title; by default ``Task 1`` and so on.
            queue_id: The queue; None adds one.
            inputs: The values of its input fields by name.
            outputs: The types of its output fields by name, which are filled in when it is completed.
            assignee_id: The user to whom it is assigned.
        """
        self._check("users", assignee_id)
        if queue_id is not None:
            self._check("queues", queue_id)
        title = title or self._free_name("Task", "tasks", "title")
        task = add_task(
            self._instance,
            queue_id or add_queue(self._instance, name=self._free_name("Queue", "queues"), owner=OWNER_ID)["id"],
            title=title,
            contract=_contract(inputs or {}, outputs or {}),
            user_id=assignee_id,
            inputs=inputs or {},
        )
        return AddedTask(task["id"], title, task["queueId"])

    @_on_the_state
    def workflow(
        self,
        *,
        name: str | None = None,
        versions: Sequence[str] = ("1.0.0",),
        queue_id: str | None = None,
        task_title: str = "Approve",
        task_outputs: Mapping[str, Literal["text", "number", "decimal", "boolean"]] | None = None,
        owner_id: int = OWNER_ID,
    ) -> AddedWorkflow:
        """Add a workflow.

        Args:
            name: Its name; by default ``Workflow 1`` and so on.
            versions: Its versions, the last of which is active.
            queue_id: The queue to which each run adds a task, for whose completion it waits; None for runs that
                complete by themselves.
            task_title: The title of that task.
            task_outputs: The types of that task's output fields by name.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        if not versions:
            raise HTTPError(400, "versions must have at least one version")
        step = None
        if queue_id is not None:
            self._check("queues", queue_id)
            step = {"queueId": queue_id, "title": task_title, "contract": _contract({}, task_outputs or {})}
        name = name or self._free_name("Workflow", "workflow_models")
        model = add_model(self._instance, name=name, owner=owner_id, versions=versions, task=step)
        return AddedWorkflow(model["id"], name, versions[-1], message_of(model))

    @_on_the_state
    def workflow_run(
        self,
        *,
        workflow_id: str | None = None,
        data: Mapping[str, object] | None = None,
        version: str | None = None,
        user_id: int = OWNER_ID,
    ) -> Added[str]:
        """Start a workflow, which ends as the emulator's `job_delay` and `outcomes` say.

        Args:
            workflow_id: The workflow; None adds one.
            data: Its input.
            version: Its version; by default the active one.
            user_id: The user who starts it.
        """
        self._check("users", user_id)
        if workflow_id is None:
            name = self._free_name("Workflow", "workflow_models")
            model = add_model(self._instance, name=name, owner=user_id, versions=(version or "1.0.0",))
        else:
            model = self._instance.records["workflow_models"].get(workflow_id)
        wanted: str = version or model["versions"][-1]
        if wanted not in model["versions"]:
            raise HTTPError(
                404,
                f"Workflow {workflow_id} does not have version {wanted}, only {', '.join(model['versions'])}",
            )
        run = start_run(self._instance, model, user_id=user_id, version=wanted, data=data or {})
        return Added(run["id"], model["name"])

    # -- files --------------------------------------------------------------------------------------------

    @_on_the_state
    def file(
        self,
        *,
        name: str = "notes.txt",
        content: bytes = b"",
        content_type: str | None = None,
        public: bool = True,
        owner_id: int = OWNER_ID,
    ) -> Added[int]:
        """Add a data file.

        Args:
            name: Its name.
            content: Its content.
            content_type: Its media type; by default the one that the name suggests.
            public: Whether everybody may read it.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        media_type = content_type or trees.guessed_type(name)
        made = files.add_file(
            self._instance, [content], name=name, owner=owner_id, content_type=media_type, public=public
        )
        return Added(int(made["dataFileId"]), name)

    @_on_the_state
    def fileset(
        self,
        *,
        name: str | None = None,
        description: str = "",
        files: Mapping[str, bytes] | None = None,
        owner_id: int = OWNER_ID,
    ) -> Added[str]:
        """Add a FileSet.

        Args:
            name: Its name; by default ``FileSet 1`` and so on.
            description: Its description.
            files: The contents of its files by their paths.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        records = self._instance.records
        name = name or self._free_name("FileSet", FILESETS)
        fileset = new_fileset(name, owner_id, description=description)
        paths = {trees.path_of(path): content for path, content in (files or {}).items()}
        for path in paths:
            if above := next((each for each in paths if path.startswith(f"{each}/")), None):
                raise HTTPError(400, f"{above} cannot be a file, as {path} is below it")
        records[FILESETS].put(fileset["id"], fileset)
        for path, content in paths.items():
            trees.add_file(records, fileset, path, content)
        return Added(fileset["id"], name)

    @_on_the_state
    def collection(
        self,
        *,
        name: str | None = None,
        documents: Iterable[Mapping[str, object]] = (),
        datastore_id: str | None = None,
        owner_id: int = OWNER_ID,
    ) -> Added[str]:
        """Add a collection of App DB.

        Args:
            name: Its name; by default ``Collection 1`` and so on.
            documents: The contents of its documents.
            datastore_id: The datastore, which is added if it does not exist; by default a new one.
            owner_id: Its owner.
        """
        self._check("users", owner_id)
        records, contents = self._instance.records, [dict(each) for each in documents]
        check_storable(contents)
        name = name or self._free_name("Collection", "appdb_collections")
        made = add_collection(records, datastore_id or str(uuid.uuid4()), name, owner_id)
        for content in contents:
            add_document(records, made, content, owner_id)
        return Added(made["id"], name)

    # -- shared -------------------------------------------------------------------------------------------

    def _check(self, collection: str, *ids: object) -> None:
        """Refuse ids that do not exist."""
        noun = _NOUNS.get(collection, collection.removesuffix("s"))
        for each in ids:
            if each not in self._instance.records[collection]:
                raise HTTPError(404, f"The {noun} {each} does not exist")

    def _new_dataset(self, owner_id: int) -> Dataset:
        columns = columns_of([{"name": name, "type": type_} for name, type_ in _COLUMNS.items()])
        return self._instance.create_dataset(
            self._free_dataset_name(), columns, description="", provider_type="api", owner_id=owner_id
        )

    def _free_name(self, noun: str, collection: str, key: str = "name") -> str:
        return _free(noun, {str(each.get(key)) for each in self._instance.records[collection]})

    def _free_dataset_name(self) -> str:
        return _free("Dataset", {each.name for each in self._instance.kept_datasets()})

    def _free_address(self, name: str) -> str:
        taken = {str(each.get("emailAddress")).lower() for each in self._instance.records["users"]}
        local = ".".join("".join(filter(str.isalnum, word)) for word in name.lower().split()).strip(".") or "user"
        number, address = 1, f"{local}@example.com"
        while address in taken:
            number += 1
            address = f"{local}{number}@example.com"
        return address


_NOUNS = {"data_apps": "app", "workflow_models": "workflow"}


def _free(noun: str, taken: set[str]) -> str:
    number = 1
    while f"{noun} {number}" in taken:
        number += 1
    return f"{noun} {number}"


def _contract(inputs: Mapping[str, object], outputs: Mapping[str, str]) -> dict[str, list[Record]]:
    """Return the contract of a task's form."""
    return {
        "input": [{"name": name, "type": _form_type(value)} for name, value in inputs.items()],
        "output": [{"name": name, "type": type_} for name, type_ in outputs.items()],
    }


def _form_type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float | Decimal) else "text"


# The type of a column by the types of all its values.
_TYPES: Sequence[tuple[type | tuple[type, ...], str]] = (
    (bool, "STRING"),
    (int, "LONG"),
    ((int, float), "DOUBLE"),
    ((int, Decimal), "DECIMAL"),
    (datetime, "DATETIME"),
    (date, "DATE"),
)


def _inferred(rows: object) -> dict[str, str]:
    """Return the columns that are inferred from rows, if they are mappings."""
    values: dict[str, list[object]] = {}
    for row in rows if isinstance(rows, list) else ():
        for name, value in row.items() if isinstance(row, Mapping) else ():
            values.setdefault(name, [])
            if value is not None:
                values[name].append(value)
    return {name: _type_of(column) for name, column in values.items()}


def _type_of(values: Sequence[object]) -> str:
    for types, name in _TYPES if values else ():
        if all(isinstance(value, types) for value in values):
            return name
    return "STRING"


def _csv(rows: Sequence[Mapping[str, object] | Sequence[object]], columns: Mapping[str, str]) -> str:
    """Return rows as CSV, with NULL as an unquoted empty field."""
    lines = []
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Mapping):
            if unknown := [str(name) for name in row if name not in columns]:
                raise HTTPError(400, f"Row {number} has values of columns that the dataset does not have: {unknown}")
            values = [row.get(name) for name in columns]
        else:
            values = [] if isinstance(row, str | bytes) or not isinstance(row, Iterable) else list(row)
            if len(values) != len(columns):
                raise HTTPError(400, f"Row {number} is neither a mapping nor a sequence of {len(columns)} values")
        lines.append(",".join(map(_field, values)) + "\n")
    return "".join(lines)


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # Domo's times do not have a zone; they are in UTC.
        value = (value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)).isoformat()
    return '"' + str(value).replace('"', '""') + '"'
