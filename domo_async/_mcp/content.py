"""Tools that find things of all kinds, and what depends on what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from domo_async._mcp.tools import USUAL, Id, Limit, Offset, Page, Tools, Whole, parse_time, reads, some
from domo_async._mcp.values import Fields, given
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async.models import Activity, SearchHit

__all__ = ["ContentTools"]

_MOST_HITS = 100  # of one search
_READABLE = 10_000  # hits, with any offset
_LOOK_BACK = timedelta(days=30)

Entity: TypeAlias = Literal[
    "account",
    "alert",
    "app",
    "beast_mode",
    "card",
    "connector",
    "data_app",
    "dataset",
    "dataflow",
    "group",
    "page",
    "user",
]
ALL: tuple[Entity, ...] = Entity.__args__  # type: ignore[attr-defined]
_TYPES = {
    "dataset": "DATA_SOURCE",
    "dataflow": "DATAFLOW",
    "card": "CARD",
    "page": "PAGE",
    "alert": "ALERT",
    "data_app": "DATA_APP",
}
Traced: TypeAlias = Literal["dataset", "dataflow", "card", "page", "alert", "data_app"]


class HitItem(TypedDict, total=False):
    """Something that a search found."""

    type: str
    id: Whole
    name: str
    description: str
    owner_id: Whole
    owner_name: str
    created: str
    modified: str


class HitPage(Page):
    """The hits of a search."""

    hits: list[HitItem]


class ThingItem(TypedDict, total=False):
    """An object in a lineage: its depth is negative for what the root is made from."""

    type: str
    id: str
    name: str
    depth: Whole
    more: bool
    made_from: list[str]


class LineagePage(Page):
    """The objects of a lineage; `made_from` names others by type and id."""

    complete: bool
    things: list[ThingItem]


class EventItem(TypedDict, total=False):
    """An entry of the activity log."""

    time: str
    user_id: str
    user_name: str
    action: str
    object_type: str
    object_id: str
    object_name: str
    text: str


class EventPage(Page):
    """Entries of the activity log."""

    since: str
    until: str
    events: list[EventItem]


class ContentTools(Tools):
    """Tools that find things of all kinds."""

    @reads("Search the instance")
    async def search(
        self,
        text: Annotated[str, Field(description="The text to search for; * matches any text.", min_length=1)],
        entities: Annotated[
            list[Entity] | None, Field(description="The kinds of content to search; by default all.", min_length=1)
        ] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, HitPage]:
        """Find datasets, cards, pages, dataflows, users and more by name. The best matches come first."""
        if offset >= _READABLE:
            raise ConfigError(f"a search returns its first {_READABLE:,} hits alone: search for more words")
        limit = min(limit, self.limits.rows, _MOST_HITS, _READABLE - offset)
        answer = await self.domo.search.query(text, entities=entities or ALL, limit=limit, offset=offset)
        total, unreadable = answer.total_result_count, answer.unreadable
        after = offset + len(answer.hits) + unreadable
        return self.present.page(
            "hits",
            list(map(_hit, answer.hits[:limit])),
            "hit",
            offset=offset,
            more=offset < after < min(total, _READABLE),
            total=total,
            unreadable=unreadable,
        )

    @reads("Trace a lineage")
    async def trace_lineage(
        self,
        entity_type: Annotated[Traced, Field(description="The type of the object.")],
        entity_id: Id,
        direction: Annotated[
            Literal["up", "down", "both"], Field(description="up: its sources; down: all that is made from it.")
        ] = "both",
        max_depth: Annotated[int, Field(ge=1, le=200, description="The maximum number of steps.")] = 5,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, LineagePage]:
        """List the objects that an object is made from and those made from it, the nearest first."""
        graph = await self.domo.lineage.trace(
            _TYPES[entity_type], entity_id, up=direction != "down", down=direction != "up", max_depth=max_depth
        )
        made_from: dict[str, list[str]] = {}
        for parent, child in graph.edges:
            source = graph.things[parent]
            made_from.setdefault(child, []).append(f"{source.type} {source.id}")
        things = [
            given(
                type=thing.type,
                id=thing.id,
                name=thing.name,
                depth=thing.depth,
                more=thing.more or None,
                made_from=made_from.get(key),
            )
            for key, thing in sorted(graph.things.items(), key=lambda pair: abs(pair[1].depth))
        ]
        return self.present.part("things", things, "object", dict, limit=limit, offset=offset, complete=graph.complete)

    @reads("List activity")
    async def list_activity(
        self,
        object_type: Annotated[
            str | None, Field(description="The type of object in the log, such as DATA_SOURCE, CARD, PAGE or USER.")
        ] = None,
        object_id: Annotated[int | str | None, Field(description="The object's identifier.")] = None,
        user_id: Annotated[int | str | None, Field(description="The user who acted.")] = None,
        event_type: Annotated[str | None, Field(description="The type of event, such as VIEWED or UPDATED.")] = None,
        since: Annotated[str | None, Field(description="The earliest time, ISO 8601; 30 days ago by default.")] = None,
        until: Annotated[str | None, Field(description="The time to stop before, ISO 8601; now by default.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, EventPage]:
        """List entries of the activity log: of one object, of one user, or all. The user needs the right to see it."""
        end = parse_time(until, "until") or datetime.now(UTC)
        start = parse_time(since, "since") or end - _LOOK_BACK
        limit = min(limit, self.limits.rows)
        pager = self.domo.activity_log.list(
            start=start,
            end=end,
            object_type=None if object_type is None else [object_type],
            event_type=None if event_type is None else [event_type],
            user_id=None if user_id is None else [user_id],
            object_id=None if object_id is None else [object_id],
            offset=offset,
            limit=limit + 1,
        )
        found, more = await some(pager, limit)
        return self.present.page(
            "events", list(map(_event, found)), "event", offset=offset, more=more, since=start, until=end
        )


def _hit(hit: SearchHit) -> Fields:
    return given(
        type=hit.entity_type,
        id=hit.database_id or hit.uuid,
        name=hit.name or hit.title or hit.display_name,
        description=hit.description or None,
        owner_id=hit.owned_by_id,
        owner_name=hit.owned_by_name,
        created=hit.create_date,
        modified=hit.last_modified,
    )


def _event(event: Activity) -> Fields:
    return given(
        time=event.time,
        user_id=event.user_id,
        user_name=event.user_name,
        action=event.action_type,
        object_type=event.object_type,
        object_id=event.object_id,
        object_name=event.object_name,
        text=event.additional_comment or event.event_text,
    )
