"""Find content that nobody uses any more, by the activity log."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from domo_async._concurrency import map_concurrent
from domo_async._endpoints._area import require_list
from domo_async._endpoints.activity_log.models import Activity
from domo_async._endpoints.activity_log.stale import StaleItem, StaleKind, StaleReport
from domo_async._endpoints.cards import CardPart, Cards
from domo_async._endpoints.datasets.area import Datasets
from domo_async._endpoints.pages.area import Pages
from domo_async._transport import Transport
from domo_async.errors import ConfigError

__all__ = ["find_stale"]

_KNOWN_TO_KEEP: Final = 365


_OBJECTS: Final = {StaleKind.CARD: "CARD", StaleKind.PAGE: "PAGE", StaleKind.DATASET: "DATA_SOURCE"}


async def find_stale(
    http: Transport,
    read: Callable[[datetime, datetime, Sequence[str]], AsyncGenerator[Activity, None]],
    *,
    days: int,
    kinds: Sequence[StaleKind | str],
    look_back: int,
    now: datetime,
) -> StaleReport:
    """Return the content that nobody has used for a number of days.

    Args:
        http: The transport.
        read: Returns the entries between two times about some types of objects, the newest first.
        days: The number of days without use.
        kinds: The types of content to check.
        look_back: The number of days of the log to read for the last use.
        now: The current time.
    """
    wanted = _kinds(kinds)
    if days < 1:
        raise ConfigError("days must be at least 1")
    if look_back < days:
        raise ConfigError("look_back must be at least as many days as days")
    since, begin = now - timedelta(days=days), now - timedelta(days=look_back)
    listing: Mapping[StaleKind, Callable[[Transport], Awaitable[list[StaleItem]]]] = {
        StaleKind.CARD: _cards,
        StaleKind.PAGE: _pages,
        StaleKind.DATASET: _datasets,
    }
    listed = await map_concurrent(wanted, lambda type_: listing[type_](http), concurrency=len(wanted))
    items = {(_OBJECTS[item.kind], item.id): item for some in listed for item in some}
    unseen = set(items)
    oldest: datetime | None = None
    if unseen:
        async with aclosing(read(begin, now, [_OBJECTS[type_] for type_ in wanted])) as entries:
            async for entry in entries:
                oldest = entry.time
                key = (str(entry.object_type), str(entry.object_id))
                if key in unseen:
                    unseen.discard(key)
                    user = entry.user_name or entry.user_id
                    items[key] = evolve(items[key], last_used=entry.time, last_action=entry.action_type, last_user=user)
                    if not unseen:
                        break
    stale = [item for item in items.values() if _is_stale(item, since)]
    stale.sort(key=lambda item: (item.last_used or begin, item.kind, item.id))
    looked_at = {str(type_): len(some) for type_, some in zip(wanted, listed, strict=True)}
    return StaleReport(tuple(stale), since, begin, oldest, looked_at, _notes(wanted, stale, begin, look_back, oldest))


def _is_stale(item: StaleItem, since: datetime) -> bool:
    """Return whether an item is unused, and old enough that somebody could have used it."""
    return not any(time and time >= since for time in (item.last_used, item.created, item.modified))


def _notes(
    kinds: Sequence[StaleKind], stale: Sequence[StaleItem], begin: datetime, look_back: int, oldest: datetime | None
) -> tuple[str, ...]:
    notes = []
    never = sum(item.last_used is None for item in stale)
    if never:
        notes.append(
            f"items without a logged use since {begin:%Y-%m-%d}: {never}; whether they had an earlier use is unknown"
        )
    if look_back > _KNOWN_TO_KEEP:
        notes.append("the log is known to reach back a year; older entries may be incomplete")
    if oldest is None and stale:
        notes.append("the log returned no entries: check whether the token's owner may read it")
    elif never and oldest is not None and oldest - begin > timedelta(days=7):
        notes.append(f"the oldest entry is of {oldest:%Y-%m-%d}: the log may not reach back as far as it was read")
    if StaleKind.DATASET in kinds:
        notes.append("the log records what people do with datasets, not which data cards and dataflows read")
    return tuple(notes)


def _kinds(kinds: Sequence[StaleKind | str]) -> list[StaleKind]:
    known = {str(each): each for each in StaleKind}
    names = [str(each) for each in require_list(kinds, "kinds")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"kinds must be {', '.join(known)}, not {', '.join(unknown)}")
    return [known[name] for name in dict.fromkeys(names)]


async def _cards(http: Transport) -> list[StaleItem]:
    return [
        StaleItem(
            StaleKind.CARD,
            str(each.id or each.card_id or each.urn),
            each.title or each.card_title,
            *_first(each.owners, each.owner_id),
            created=each.created,
            modified=each.last_modified,
        )
        async for each in Cards(http).list(parts=[CardPart.OWNERS])
    ]


async def _pages(http: Transport) -> list[StaleItem]:
    return [
        StaleItem(
            StaleKind.PAGE,
            str(each.page_id),
            each.page_title,
            *_first(each.owners, each.owner_id),
            modified=each.last_modified,
        )
        async for each in Pages(http).list()
    ]


async def _datasets(http: Transport) -> list[StaleItem]:
    return [
        StaleItem(
            StaleKind.DATASET,
            each.id,
            each.name,
            *_first([] if each.owner is None else [each.owner], None),
            created=each.created,
            modified=each.last_updated,
        )
        async for each in Datasets(http).list()
    ]


def _first(owners: Sequence[object], owner_id: object) -> tuple[str | None, str | None]:
    """Return the number and the name of the first owner."""
    if not owners:
        return (None if owner_id is None else str(owner_id)), None
    first = owners[0]
    name = getattr(first, "display_name", None) or getattr(first, "name", None)
    return str(getattr(first, "id", "")), name
