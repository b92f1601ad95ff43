"""The types of objects that a leaver may have, and how each is found and given away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from attrs import evolve, frozen

from domo_async._concurrency import map_concurrent
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._endpoints.access_tokens import AccessTokens
from domo_async._endpoints.accounts import AccountAccessLevel, AccountAccessType, Accounts
from domo_async._endpoints.alerts import Alerts
from domo_async._endpoints.appdb import Collections, Datastores
from domo_async._endpoints.applications import Applications
from domo_async._endpoints.beast_modes import BeastModeFilter, BeastModes
from domo_async._endpoints.cards import CardPart, Cards
from domo_async._endpoints.code_engine import CodeEngine
from domo_async._endpoints.data_apps import DataApps
from domo_async._endpoints.dataflows import Dataflows
from domo_async._endpoints.datasets.area import Datasets
from domo_async._endpoints.files.area import Files
from domo_async._endpoints.filesets.area import FileSets
from domo_async._endpoints.filesets.filters import FieldFilter
from domo_async._endpoints.filesets.models import FileSetAccess
from domo_async._endpoints.groups._access import hand_over_groups
from domo_async._endpoints.groups.area import Groups
from domo_async._endpoints.groups.models import MemberType
from domo_async._endpoints.pages.area import Pages
from domo_async._endpoints.publications import Publications
from domo_async._endpoints.reports.area import Reports
from domo_async._endpoints.reports.models import ReportScope
from domo_async._endpoints.search.area import Search
from domo_async._endpoints.search.filters import Term
from domo_async._endpoints.streams.area import Streams
from domo_async._endpoints.task_center import TaskCenter, TaskStatus
from domo_async._endpoints.users.area import Users
from domo_async._endpoints.users.offboarding import OffboardingAction, OffboardingKind, OwnedThing
from domo_async._endpoints.workflows import Workflows
from domo_async._transport import Transport
from domo_async._wire import UNSET, Unset
from domo_async.errors import BadRequest, DomoError, NotFound

__all__ = ["NOT_COVERED", "Handler", "Left", "handlers_of", "kinds_at_once"]

NOT_COVERED = (
    "approvals",
    "custom app designs",
    "goals",
    "Jupyter workspaces",
    "metrics",
    "projects and their tasks",
    "public embeds",
    "content shared with the leaver or with groups",
)
"""The types of objects that a user may have and for which the library has no methods."""

_FEW = 50  # the most objects that one request names in its query, or changes in one step
_MANY = 100
_NO_ROUTE = "no route is known that gives one to another user"


_KIND_OF = {
    "workflow_model": OffboardingKind.WORKFLOW,
    "queue": OffboardingKind.QUEUE,
    "package": OffboardingKind.CODE_PACKAGE,
}


class Left(DomoError):
    """Some objects of a batch were left unchanged, though the request as a whole succeeded."""

    def __init__(self, message: str, *, ids: frozenset[str]) -> None:
        super().__init__(message)
        self.ids = ids


T = TypeVar("T")
R = TypeVar("R")
Find = Callable[[], Awaitable[Sequence[OwnedThing]]]
Move = Callable[[Sequence[OwnedThing]], Awaitable[object]]


async def _nothing(_: Sequence[OwnedThing]) -> None:
    """Do nothing, because the object follows its parent."""


@frozen
class Handler:
    """The functions that find and give away the objects of a type.

    Attributes:
        kind: The type.
        action: The action for the objects.
        find: Returns the leaver's objects of the type.
        move: Gives some objects away; if the request succeeds but leaves some, it raises `Left`.
        batch: The most objects per request.
        note: A remark.
    """

    kind: OffboardingKind
    action: OffboardingAction
    find: Find
    move: Move = _nothing
    batch: int = 1
    note: str | None = None


class _Owner(Protocol):
    @property
    def id(self) -> object: ...
    @property
    def type(self) -> object: ...


@frozen
class _Leaving:
    """The leaver, the new owner, and the client.

    Attributes:
        http: The transport to send requests with.
        leaver: The user who leaves.
        to: The user who gets the objects.
        gate: Limits the detailed reads while objects of other types are looked for.
    """

    http: Transport
    leaver: int
    to: int
    gate: asyncio.Semaphore

    async def looked_at(self, things: Sequence[T], look: Callable[[T], Awaitable[R]]) -> list[R]:
        """Read several objects in detail."""

        async def one(thing: T) -> R:
            async with self.gate:
                return await look(thing)

        return await map_concurrent(things, one, concurrency=CHANGES_AT_ONCE)

    def owns(self, owners: Iterable[_Owner], first: object = None) -> bool:
        """Return whether the leaver is among some owners, or, if there are none, is the owner known from elsewhere."""
        known = list(owners)
        if not known:
            return self.is_leaver(first)
        return any(self.is_leaver(one.id) and str(one.type or "USER").upper() == "USER" for one in known)

    def is_leaver(self, user_id: object) -> bool:
        return str(user_id) == str(self.leaver)


def kinds_at_once(concurrency: int) -> int:
    """Return the number of types to look for at once, so that no more requests than requested are in flight.

    While a type waits for detailed reads, it sends no other requests.
    """
    return concurrency - _closer_looks(concurrency) + 1


def _closer_looks(concurrency: int) -> int:
    return max(1, concurrency // 2)


def handlers_of(http: Transport, leaver: int, to: int, concurrency: int) -> tuple[Handler, ...]:
    """Return the handlers of all types, in the order of the report."""
    who = _Leaving(http, leaver, to, asyncio.Semaphore(_closer_looks(concurrency)))
    return (
        _datasets(who),
        _streams(who),
        _dataflows(who),
        _cards(who),
        _pages(who),
        _apps(who),
        _accounts(who),
        _workflows(who),
        _queues(who),
        _tasks(who),
        _filesets(who),
        _collections(who),
        _groups(who),
        _alerts(who),
        _reports(who),
        _beast_modes(who),
        _code_packages(who),
        _datastores(who),
        _files(who),
        _publications(who),
        _executor_jobs(who),
        _access_tokens(who),
        _logins(who),
    )


def _ids(things: Iterable[OwnedThing]) -> list[str]:
    return [thing.id for thing in things]


def _hand_over(kind: OffboardingKind, find: Find, move: Move, *, batch: int = 1, note: str | None = None) -> Handler:
    return Handler(kind, OffboardingAction.HAND_OVER, find, move, batch, note)


# -- data -----------------------------------------------------------------------------------------------------


def _datasets(who: _Leaving) -> Handler:
    area, kind = Datasets(who.http), OffboardingKind.DATASET

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, each.id, each.name)
            async for each in area.list(owner_id=who.leaver)
            if each.owner is None or who.owns([each.owner])
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.set_owner_of_many(_ids(things), user_id=who.to)

    return _hand_over(kind, find, move, batch=_MANY)


def _streams(who: _Leaving) -> Handler:
    area, kind = Streams(who.http), OffboardingKind.STREAM

    async def find() -> Sequence[OwnedThing]:
        found = await area.search(f"dataSource.owner.id:{who.leaver}").all()
        return [
            OwnedThing(kind, str(each.id), None if each.data_source is None else each.data_source.name)
            for each in found
            # An instance that ignores the query may return other objects, whose owners are in the answer.
            if each.data_source is None or each.data_source.owner is None or who.owns([each.data_source.owner])
        ]

    return Handler(kind, OffboardingAction.FOLLOW, find)


def _dataflows(who: _Leaving) -> Handler:
    area, kind = Dataflows(who.http), OffboardingKind.DATAFLOW

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.id), each.name)
            async for each in area.list()
            if who.is_leaver(each.responsible_user_id)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.patch_many([int(each) for each in _ids(things)], responsible_user_id=who.to)

    return _hand_over(kind, find, move, batch=_MANY)


def _accounts(who: _Leaving) -> Handler:
    area, kind = Accounts(who.http), OffboardingKind.ACCOUNT

    async def find() -> Sequence[OwnedThing]:
        found = await _searched(who, "account", kind)
        owned = await who.looked_at(found, is_owned)
        return [thing for thing, is_so in zip(found, owned, strict=True) if is_so]

    async def is_owned(thing: OwnedThing) -> bool:
        # The search results may be minutes old.
        try:
            access = await area.access(thing.id)
        except NotFound:
            return False
        owners = [each for each in access.entries if each.access_level is AccountAccessLevel.OWNER]
        return any(who.is_leaver(each.id) and each.type is not AccountAccessType.GROUP for each in owners)

    async def move(things: Sequence[OwnedThing]) -> None:
        for account_id in _ids(things):
            await area.share(account_id, grantee_id=who.to, access_level=AccountAccessLevel.OWNER)
            await area.share(account_id, grantee_id=who.leaver, access_level=AccountAccessLevel.NONE)

    return _hand_over(kind, find, move)


def _filesets(who: _Leaving) -> Handler:
    area, kind = FileSets(who.http), OffboardingKind.FILESET

    async def find() -> Sequence[OwnedThing]:
        mine = FieldFilter("owner", [str(who.leaver)])
        return [
            OwnedThing(kind, each.id, each.name)
            async for each in area.search(filters=[mine])
            if who.is_leaver(each.owner)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        for fileset_id in _ids(things):
            access = await area.set_owner(fileset_id, who.to)
            # The former owner is seen to keep an owner's permission.
            if any(who.is_leaver(each.entity_id) and each.entity_type == "USER" for each in access):
                await area.set_access(fileset_id, access=[FileSetAccess("USER", who.leaver, "NONE")])

    return _hand_over(kind, find, move)


def _collections(who: _Leaving) -> Handler:
    area, kind = Collections(who.http), OffboardingKind.COLLECTION

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, each.id, each.name)
            async for each in area.search(owner_id=who.leaver)
            if who.is_leaver(each.owner)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        for collection_id in _ids(things):
            await area.update(collection_id, owner=who.to)

    return _hand_over(kind, find, move)


def _datastores(who: _Leaving) -> Handler:
    area, kind = Datastores(who.http), OffboardingKind.DATASTORE

    async def find() -> Sequence[OwnedThing]:
        return [OwnedThing(kind, each.id, each.name) async for each in area.list() if who.is_leaver(each.owner)]

    return Handler(kind, OffboardingAction.NONE, find, note=_NO_ROUTE)


def _files(who: _Leaving) -> Handler:
    area, kind = Files(who.http), OffboardingKind.FILE

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.data_file_id), each.name)
            async for each in area.list(user_id=who.leaver)
            if each.responsible_user_id is None or who.is_leaver(each.responsible_user_id)
        ]

    return Handler(kind, OffboardingAction.NONE, find, note=_NO_ROUTE)


def _publications(who: _Leaving) -> Handler:
    area, kind = Publications(who.http), OffboardingKind.PUBLICATION

    async def find() -> Sequence[OwnedThing]:
        return [OwnedThing(kind, each.id, each.name) async for each in area.list() if who.is_leaver(each.user_id)]

    return Handler(kind, OffboardingAction.NONE, find, note=_NO_ROUTE)


# -- content --------------------------------------------------------------------------------------------------


def _cards(who: _Leaving) -> Handler:
    area, kind = Cards(who.http), OffboardingKind.CARD

    async def find() -> Sequence[OwnedThing]:
        found = await _searched(who, "card", kind)
        some = [found[at : at + _FEW] for at in range(0, len(found), _FEW)]
        owned = await who.looked_at(some, owned_of)
        return [thing for these in owned for thing in these]

    async def owned_of(things: Sequence[OwnedThing]) -> Sequence[OwnedThing]:
        # The search results may be minutes old.
        cards = await area.get(_ids(things), parts=[CardPart.OWNERS], include_filtered=True)
        owned = {str(each.id or each.urn) for each in cards if who.owns(each.owners, each.owner_id)}
        return [thing for thing in things if thing.id in owned]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.add_owners(card_ids=_ids(things), owners=[who.to])
        await area.remove_owners(card_ids=_ids(things), owners=[who.leaver])

    return _hand_over(kind, find, move, batch=_MANY)


def _pages(who: _Leaving) -> Handler:
    area, kind = Pages(who.http), OffboardingKind.PAGE

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.page_id), each.page_title)
            async for each in area.list(owner_ids=[who.leaver])
            if who.owns(each.owners, each.owner_id)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.add_owners(page_ids=_ids(things), owners=[who.to])
        await area.remove_owners(page_ids=_ids(things), owners=[who.leaver])

    return _hand_over(kind, find, move, batch=_MANY)


def _apps(who: _Leaving) -> Handler:
    area, kind = DataApps(who.http), OffboardingKind.APP

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.data_app_id), each.title)
            async for each in area.list(owner_ids=[who.leaver])
            if who.owns(each.owners)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.add_owners(data_app_ids=_ids(things), owners=[who.to])
        await area.remove_owners(data_app_ids=_ids(things), owners=[who.leaver])

    return _hand_over(kind, find, move, batch=_MANY)


def _beast_modes(who: _Leaving) -> Handler:
    area, kind = BeastModes(who.http), OffboardingKind.BEAST_MODE

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.id), each.name)
            async for each in area.search(filters=[BeastModeFilter("owner", [who.leaver])])
            if who.is_leaver(each.owner)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await area.set_owner(_ids(things), who.to)

    return _hand_over(kind, find, move, batch=_MANY)


def _alerts(who: _Leaving) -> Handler:
    area, kind = Alerts(who.http), OffboardingKind.ALERT

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.id), each.name)
            async for each in area.list(owner_id=who.leaver, all=True)
            if each.owner is None or who.is_leaver(each.owner)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        for alert_id in _ids(things):
            await area.update(alert_id, owner=who.to)

    return _hand_over(kind, find, move)


def _reports(who: _Leaving) -> Handler:
    area, kind = Reports(who.http), OffboardingKind.REPORT

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.id), each.title)
            async for each in area.list(filter=ReportScope.ALL)
            if who.is_leaver(each.owner_id)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        for schedule_id in _ids(things):
            report = await area.get(schedule_id)
            if report.schedule is None or report.title is None:
                raise DomoError(
                    f"the instance does not return title and schedule of report {schedule_id}, which would be lost:"
                    " the report can only be replaced as a whole"
                )
            schedule = report.schedule
            if who.is_leaver(schedule.owner_id):
                schedule = evolve(schedule, owner_id=who.to)
            await area.update(
                schedule_id,
                title=report.title,
                schedule=schedule,
                page_id=_told(report.page_id or None),
                view_id=_told(report.view_id if report.view_id is not None else report.report_view_id),
                attachment_include=_told(report.attachment_include),
                subject=_told(report.subject),
                owner_id=who.to,
                active=_told(report.active),
                view_type=_told(report.view_type),
            )

    return _hand_over(kind, find, move)


def _told(value: T | None) -> T | Unset:
    return UNSET if value is None else value


# -- work -----------------------------------------------------------------------------------------------------


def _workflows(who: _Leaving) -> Handler:
    area, kind = Workflows(who.http), OffboardingKind.WORKFLOW

    async def find() -> Sequence[OwnedThing]:
        listed = [OwnedThing(kind, each.id, each.name) async for each in area.list() if who.is_leaver(each.owner)]
        return await _with_searched(who, "workflow_model", listed, is_owned)

    async def is_owned(model_id: str) -> bool:
        return who.is_leaver((await area.get(model_id, versions=False)).owner)

    async def move(things: Sequence[OwnedThing]) -> None:
        for model_id in _ids(things):
            await area.set_owner(model_id, who.to)

    return _hand_over(kind, find, move)


def _queues(who: _Leaving) -> Handler:
    area, kind = TaskCenter(who.http).queues, OffboardingKind.QUEUE

    async def find() -> Sequence[OwnedThing]:
        found = {}
        for archived in (False, True):
            async for each in area.list(archived=archived):
                if who.is_leaver(each.owner):
                    found[each.id] = OwnedThing(kind, each.id, each.name)
        return await _with_searched(who, "queue", list(found.values()), is_owned)

    async def is_owned(queue_id: str) -> bool:
        return who.is_leaver((await area.get(queue_id)).owner)

    async def move(things: Sequence[OwnedThing]) -> None:
        for queue_id in _ids(things):
            await area.set_owner(queue_id, who.to)

    return _hand_over(kind, find, move)


def _tasks(who: _Leaving) -> Handler:
    area, kind = TaskCenter(who.http).tasks, OffboardingKind.TASK

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, each.id, parent_id=each.queue_id)
            async for each in area.list(assigned_to=[str(who.leaver)], status=[TaskStatus.OPEN])
            if who.is_leaver(each.assigned_to)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        by_queue: dict[str, list[str]] = {}
        for thing in things:
            by_queue.setdefault(str(thing.parent_id), []).append(thing.id)
        results = await area.assign_many(by_queue, user_id=who.to)
        done = {task.id for outcome in results.values() for task in outcome.completed}
        left = frozenset(_ids(things)) - done
        if left:
            raise Left("the instance does not confirm that it assigned the task", ids=left)

    return Handler(kind, OffboardingAction.ASSIGN, find, move, _MANY)


def _executor_jobs(who: _Leaving) -> Handler:
    area, kind = Applications(who.http), OffboardingKind.EXECUTOR_JOB

    async def find() -> Sequence[OwnedThing]:
        try:
            applications = [each.application_id async for each in area.list()]
        except (BadRequest, NotFound):  # an instance without such applications
            return ()
        found = await who.looked_at([each for each in applications if each is not None], jobs_of)
        return [thing for these in found for thing in these]

    async def jobs_of(application_id: str) -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, each.job_id, each.job_name, application_id)
            async for each in area.jobs(application_id)
            if each.job_id is not None and who.is_leaver(each.user_id)
        ]

    return Handler(kind, OffboardingAction.NONE, find, note=_NO_ROUTE)


def _code_packages(who: _Leaving) -> Handler:
    area, kind = CodeEngine(who.http).packages, OffboardingKind.CODE_PACKAGE

    async def find() -> Sequence[OwnedThing]:
        listed = [OwnedThing(kind, str(each.id), each.name) async for each in area.list() if who.is_leaver(each.owner)]
        return await _with_searched(who, "package", listed, is_owned)

    async def is_owned(package_id: str) -> bool:
        return who.is_leaver((await area.get(package_id)).owner)

    async def move(things: Sequence[OwnedThing]) -> None:
        for package_id in _ids(things):
            await area.set_owner(package_id, who.to)

    return _hand_over(kind, find, move)


# -- people ---------------------------------------------------------------------------------------------------


def _groups(who: _Leaving) -> Handler:
    area, kind = Groups(who.http), OffboardingKind.GROUP

    async def find() -> Sequence[OwnedThing]:
        return [
            OwnedThing(kind, str(each.group_id), each.name)
            async for each in area.list(owner_id=who.leaver, owner_type=MemberType.USER)
            if not each.owners or who.owns(each.owners)
        ]

    async def move(things: Sequence[OwnedThing]) -> None:
        await hand_over_groups(who.http, _ids(things), leaver=who.leaver, to=who.to)

    return _hand_over(kind, find, move, batch=_FEW)


def _access_tokens(who: _Leaving) -> Handler:
    area, kind = AccessTokens(who.http), OffboardingKind.ACCESS_TOKEN

    async def find() -> Sequence[OwnedThing]:
        return [OwnedThing(kind, str(each.id), each.name) async for each in area.list() if who.is_leaver(each.owner_id)]

    async def move(things: Sequence[OwnedThing]) -> None:
        for token_id in _ids(things):
            await area.revoke(token_id)

    return Handler(kind, OffboardingAction.REVOKE, find, move)


def _logins(who: _Leaving) -> Handler:
    area, kind = Users(who.http), OffboardingKind.LOGIN

    async def find() -> Sequence[OwnedThing]:
        return [OwnedThing(kind, str(each.id)) async for each in area.sessions() if who.is_leaver(each.user_id)]

    async def move(things: Sequence[OwnedThing]) -> None:
        for session_id in _ids(things):
            await area.end_session(session_id)

    return Handler(kind, OffboardingAction.END, find, move)


async def _with_searched(
    who: _Leaving, entity: str, listed: list[OwnedThing], is_owned: Callable[[str], Awaitable[bool]]
) -> list[OwnedThing]:
    """Return the objects of a list and those that only the search finds, as lists may omit private objects.

    Args:
        who: The leaver, the new owner, and the client.
        entity: The name of the type in the search.
        listed: The objects of the list.
        is_owned: Returns whether an object belongs to the leaver, because search results may be minutes old.
    """
    kind = _KIND_OF[entity]
    try:
        found = await _searched(who, entity, kind, by_uuid=True)
    except (BadRequest, NotFound):  # an instance that does not know the entity has no such objects
        return listed
    known = set(_ids(listed))
    others = [thing for thing in found if thing.id not in known]

    async def confirmed(thing: OwnedThing) -> bool:
        try:
            return await is_owned(thing.id)
        except NotFound:
            return False

    owned = await who.looked_at(others, confirmed)
    return [*listed, *(thing for thing, is_so in zip(others, owned, strict=True) if is_so)]


async def _searched(who: _Leaving, entity: str, kind: OffboardingKind, *, by_uuid: bool = False) -> list[OwnedThing]:
    """Return the objects that the search says the leaver owns; some types use the other identifier of the hit."""
    # Clients write the owner in both forms, each for some entities.
    owner = Term("owned_by_id", [str(who.leaver), f"{who.leaver}:USER"])
    return [
        OwnedThing(kind, str(number), hit.name or hit.title or hit.display_name)
        async for hit in Search(who.http).iterate(entities=[entity], filters=[owner])
        if (number := hit.uuid if by_uuid else hit.database_id) is not None
    ]
