"""What a search is sorted by, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import attrs
from attrs import frozen

from domo_async._endpoints._area import SortOrder
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Record, Unset, payload, wire_name
from domo_async.errors import ConfigError

__all__ = [
    "AppliedSort",
    "Facet",
    "FieldSort",
    "QueryProfile",
    "SearchAnswer",
    "SearchEntity",
    "SearchHit",
    "Sort",
    "SortOrder",
    "sort_body",
]


class SearchEntity(OpenEnum):
    """What can be searched for. An instance may have others."""

    ACCOUNT = "account"
    ALERT = "alert"
    APP = "app"
    BEAST_MODE = "beast_mode"
    CARD = "card"
    CONNECTOR = "connector"
    DATA_APP = "data_app"
    DATASET = "dataset"
    DATAFLOW = "dataflow"
    GROUP = "group"
    PAGE = "page"
    USER = "user"


class QueryProfile(OpenEnum):
    """Which weights relevance has. An instance may have others."""

    ACCOUNTS = "ACCOUNTS"
    GLOBAL = "GLOBAL"


@frozen
class FieldSort(Model):
    """A field to sort by.

    Attributes:
        field: The field, such as ``createDate``.
        order: Which comes first.
    """

    field: str
    order: SortOrder = attrs.field(default=SortOrder.ASC, converter=SortOrder, metadata=wire_name("sortOrder"))


@frozen
class Sort(Record):
    """How to sort what is found.

    Attributes:
        fields: The fields to sort by, the first one first.
        relevance: Whether what matters most to the token's owner comes first; unless it is told, only where there are
            no fields.
    """

    fields: Sequence[FieldSort] = ()
    relevance: bool = attrs.field(
        default=attrs.Factory(lambda sort: not sort.fields, takes_self=True),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.fields, FieldSort | str):
            raise ConfigError("a sort takes a list of fields; write Sort([FieldSort(…)]) for a single one")
        if not self.fields and not self.relevance:
            raise ConfigError("a sort by nothing has no meaning; give fields, or leave it out")

    def to_payload(self) -> dict[str, Any]:
        """Return the sort as it is sent."""
        return payload(field_sorts=list(self.fields) or UNSET, is_relevance=self.relevance)


def sort_body(sort_by: str | Sort | Unset, *, ascending: bool) -> dict[str, Any] | Unset:
    """Return a sort as it is sent: by one field, or as a `Sort` has it."""
    if isinstance(sort_by, str):
        sort_by = Sort([FieldSort(sort_by, SortOrder.of(ascending=ascending))])
    return sort_by if isinstance(sort_by, Unset) else sort_by.to_payload()


@frozen(kw_only=True)
class AppliedSort(Model):
    """How a search was sorted. Domo's documentation shows what is not explained here as null.

    Attributes:
        field_sorts: The fields that it was sorted by.
        activity: Not explained.
        activity_sort_type: Not explained.
        metric_action: Not explained.
        is_hotness: Whether what is in use most came first.
        is_relevance: Whether what matters most to the token's owner came first.
    """

    field_sorts: tuple[FieldSort, ...] | None = None
    activity: object = None
    activity_sort_type: object = None
    metric_action: object = None
    is_hotness: bool | None = None
    is_relevance: bool | None = None


@frozen(kw_only=True)
class Facet(Model):
    """How the hits spread over the values of a field.

    Attributes:
        field_name: The field, such as ``owned_by_id``.
        search_facet_enum: The facet's name, such as ``OWNER_ID``.
        facet_values: The values. Domo's documentation shows none, so that their keys are not known.
    """

    field_name: str | None = None
    search_facet_enum: str | None = None
    facet_values: tuple[Mapping[str, Any], ...] = ()


@frozen(kw_only=True)
class SearchHit(Model):
    """Something found.

    Domo's documentation shows no hit, and name only `database_id` and `create_date`. The other fields are what
    instances are seen to answer, unconfirmed; all further keys are in `extras`.

    Attributes:
        entity_type: What it is, such as ``dataset``.
        database_id: Its identifier.
        uuid: Its other identifier.
        name: Its name.
        title: What some entities have for a name.
        display_name: What some entities have for a name.
        description: What it is for.
        owned_by_id: The owner.
        owned_by_name: The owner's name.
        create_date: When it was made.
        last_modified: When it was last changed.
    """

    entity_type: str | None = None
    database_id: NumericId | str | None = None
    uuid: str | None = None
    name: str | None = None
    title: str | None = None
    display_name: str | None = None
    description: str | None = None
    owned_by_id: NumericId | str | None = None
    owned_by_name: str | None = None
    create_date: EpochMillis | None = None
    last_modified: EpochMillis | None = None


@frozen(kw_only=True)
class SearchAnswer(Model):
    """A page of what was found.

    Attributes:
        total_result_count: How many hits there are, of which the instance gives the first 10,000.
        facet_map: The facets that were asked for, by name.
        sort: How it was sorted.
        query_uuid: An identifier of the search.
        hide_search_objects: Whether `search_objects` was left out.
        search_objects: The page's hits.
        search_results_map: The page's hits by entity.
    """

    total_result_count: int
    facet_map: Mapping[str, Facet] | None = None
    sort: AppliedSort | None = None
    query_uuid: str | None = None
    hide_search_objects: bool | None = None
    search_objects: tuple[SearchHit, ...] | None = None
    search_results_map: Mapping[str, tuple[SearchHit, ...]] | None = None

    @property
    def hits(self) -> tuple[SearchHit, ...]:
        """The page's hits, wherever the answer has them."""
        return self.search_objects or tuple(chain.from_iterable((self.search_results_map or {}).values()))

    @property
    def unreadable(self) -> int:
        """How many of the page's hits are left out, since they could not be read."""
        left = self.extras.get("searchObjects")
        return len(left) if isinstance(left, list) else 0
