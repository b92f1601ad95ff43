"""Pages brought to be shared with whom they are to be shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, frozen

from domo_async._bulk import BulkOptions, BulkReport, BulkResult, Outcome, Plan, apply_many, attempt, carry_out
from domo_async._endpoints._area import require_list
from domo_async._endpoints._known import confirm_groups
from domo_async._endpoints.sharing import Recipient, RecipientType, Resource, Sharing
from domo_async._endpoints.users import Users
from domo_async._endpoints.users._directory import People, is_address, refuse_repeated, user_number
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async._endpoints.pages.area import Pages
    from domo_async._transport import Transport

__all__ = ["DesiredPageAccess", "revoke_many", "share_many", "sync_access"]

_Row: TypeAlias = BulkResult[Recipient, None]
_Key: TypeAlias = tuple[str, int]


@frozen
class _Present:
    """Somebody who sees a page."""

    name: str | None
    owner: bool


@frozen(kw_only=True)
class DesiredPageAccess:
    """Who is to see pages.

    Attributes:
        recipients: The users and groups.
        remove: Whether all others lose their access.
        send_email: Whether to tell by mail those who get access.
        batch_size: The most users and groups to send in one request.
    """

    recipients: Sequence[Recipient]
    remove: bool
    send_email: bool
    batch_size: int

    @classmethod
    def of(
        cls,
        recipients: Sequence[Recipient | int | str],
        *,
        remove: bool,
        allow_empty: bool,
        send_email: bool,
        batch_size: int,
    ) -> DesiredPageAccess:
        """Return who is to see pages.

        Raises:
            ConfigError: Nobody would, or somebody is named twice or cannot be one.
        """
        given = require_list(recipients, "recipients", may_be_empty=allow_empty)
        named = [one if isinstance(one, Recipient) else Recipient(one) for one in given]
        for one in named:
            if one.type == RecipientType.GROUP or not is_address(one.id):
                user_number(one.id)
            if one.type not in tuple(RecipientType):
                raise ConfigError(f"a page can be shared with a user or a group, not with a {one.type}")
        refuse_repeated([(one.type, str(one.id)) for one in named], "users and groups")
        return cls(recipients=named, remove=remove, send_email=send_email, batch_size=batch_size)


async def sync_access(
    pages: Pages, http: Transport, page_id: int | str, wanted: DesiredPageAccess, options: BulkOptions
) -> BulkReport[Recipient, None]:
    """Bring one page to be shared as it is to be."""
    recipients = await _resolved(http, wanted)
    return await carry_out(await _plan(pages, http, page_id, recipients, wanted), options)


async def share_many(
    pages: Pages, http: Transport, page_ids: Sequence[int | str], wanted: DesiredPageAccess, options: BulkOptions
) -> BulkReport[int, BulkReport[Recipient, None]]:
    """Bring many pages to be shared alike."""
    ids = [user_number(page_id) for page_id in require_list(page_ids, "page_ids", may_be_empty=True)]
    refuse_repeated(ids, "pages")
    recipients = await _resolved(http, wanted)

    async def plan_for(page_id: int) -> Plan[Recipient, None]:
        return await _plan(pages, http, page_id, recipients, wanted)

    return await apply_many(ids, plan_for, options)


async def revoke_many(
    pages: Pages, http: Transport, page_id: int | str, people: Sequence[Recipient | int | str], options: BulkOptions
) -> BulkReport[Recipient, None]:
    """Take the access of some users and groups to a page away."""
    listed = require_list(people, "users", may_be_empty=True)
    named = [each if isinstance(each, Recipient) else Recipient(each) for each in listed]
    given = DesiredPageAccess.of(named, remove=False, allow_empty=True, send_email=False, batch_size=1)
    recipients = await _resolved(http, given, confirm=False)
    present = await _present(pages, page_id)

    def planned(key: _Key, recipient: Recipient) -> _Row:
        one = present.get(key)
        if one is not None and one.owner:
            return BulkResult(recipient, Outcome.SKIPPED, note="owns the page")
        return BulkResult(recipient, Outcome.UNCHANGED if one is None else Outcome.REMOVED)

    async def act(rows: Sequence[_Row]) -> Sequence[_Row]:
        for row in rows:
            await _take_away(pages, http, page_id, row.input)
        return rows

    return await carry_out(Plan([planned(*each) for each in recipients.items()], act), options)


async def _take_away(pages: Pages, http: Transport, page_id: int | str, recipient: Recipient) -> None:
    # The route of a single page is documented, and for users alone.
    if recipient.type == RecipientType.USER:
        await pages.revoke_access(page_id, recipient.id)
    else:
        await Sharing(http).revoke(resources=[Resource(page_id)], recipient=recipient)


async def _resolved(http: Transport, wanted: DesiredPageAccess, *, confirm: bool = True) -> Mapping[_Key, Recipient]:
    """Return the recipients by what they are, with numbers in place of addresses; they have to be there."""
    users = [one.id for one in wanted.recipients if one.type == RecipientType.USER]
    people = People(Users(http))
    numbers = await people.numbers(users)
    known = [
        evolve(one, id=numbers[one.id] if one.type == RecipientType.USER else user_number(one.id))
        for one in wanted.recipients
    ]
    refuse_repeated([_key(one) for one in known], "users and groups")
    if confirm:
        await people.confirm([int(one.id) for one in known if one.type == RecipientType.USER])
        await confirm_groups(http, [int(one.id) for one in known if one.type != RecipientType.USER])
    return {_key(one): one for one in known}


async def _plan(
    pages: Pages, http: Transport, page_id: int | str, recipients: Mapping[_Key, Recipient], wanted: DesiredPageAccess
) -> Plan[Recipient, None]:
    present = await _present(pages, page_id)

    async def share(rows: Sequence[_Row]) -> None:
        await Sharing(http).share(
            resources=[Resource(page_id)], recipients=[row.input for row in rows], send_email=wanted.send_email
        )

    async def take(rows: Sequence[_Row]) -> None:
        for row in rows:
            await _take_away(pages, http, page_id, row.input)

    async def achieved() -> Callable[[_Row], bool]:
        now = await _present(pages, page_id)
        return lambda row: _key(row.input) in now

    async def act(rows: Sequence[_Row]) -> Sequence[_Row]:
        given = [row for row in rows if row.outcome is Outcome.ADDED]
        taken = [row for row in rows if row.outcome is Outcome.REMOVED]
        done = [*await attempt(given, share, achieved)]
        for row in taken:
            done += await attempt([row], take)
        return done

    return Plan(list(_difference(recipients, present, remove=wanted.remove)), act, wanted.batch_size)


async def _present(pages: Pages, page_id: int | str) -> Mapping[_Key, _Present]:
    access = await pages.access(page_id)
    users = {
        (str(RecipientType.USER), user.id): _Present(user.display_name, bool(user.is_owner)) for user in access.users
    }
    groups = {(str(RecipientType.GROUP), one.id): _Present(one.name, bool(one.is_owner)) for one in access.groups}
    return users | groups


def _difference(wanted: Mapping[_Key, Recipient], present: Mapping[_Key, _Present], *, remove: bool) -> Iterator[_Row]:
    for key, recipient in wanted.items():
        yield BulkResult(recipient, Outcome.UNCHANGED if key in present else Outcome.ADDED)
    for (kind, number), one in present.items():
        if (kind, number) in wanted:
            continue
        recipient = Recipient(number, RecipientType(kind))
        if one.owner or not remove:
            yield BulkResult(recipient, Outcome.UNCHANGED, note=one.name)
        else:
            yield BulkResult(recipient, Outcome.REMOVED, note=one.name)


def _key(recipient: Recipient) -> _Key:
    return str(recipient.type), int(recipient.id)
