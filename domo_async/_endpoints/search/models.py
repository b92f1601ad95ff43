"""The sort order and the answers of searches."""

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
]


class SearchEntity(OpenEnum):
    """The entities that can be searched. An instance may have others."""

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
    """The profile of the relevance's weights. An instance may have others."""

    ACCOUNTS = "ACCOUNTS"
    GLOBAL = "GLOBAL"


@frozen
class FieldSort(Model):
    """A field to sort by.

    Attributes:
        field: The field, such as ``createDate``.
        order: The direction.
    """

    field: str
    order: SortOrder = attrs.field(default=SortOrder.ASC, converter=SortOrder, metadata=wire_name("sortOrder"))


@frozen
class Sort(Record):
    """The sort order of a search.

    Attributes:
        fields: The fields to sort by, the most important first.
        relevance: Whether the hits that matter most to the token's owner come first; by default only if there are no
            fields.
    """

    fields: Sequence[FieldSort] = ()
    relevance: bool = attrs.field(
        default=attrs.Factory(lambda sort: not sort.fields, takes_self=True),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if isinstance(self.fields, FieldSort | str):
            raise ConfigError("a sort takes a list of fields; write Sort([FieldSort(…)]) for a single field")
        if not self.fields and not self.relevance:
            raise ConfigError("a sort needs fields or relevance; give one, or leave the sort out")

    def to_payload(self) -> dict[str, Any]:
        """Return the sort as a request payload."""
        return payload(field_sorts=list(self.fields) or UNSET, is_relevance=self.relevance)


def sort_body(sort_by: str | Sort | Unset, *, ascending: bool) -> dict[str, Any] | Unset:
    """Return the request payload of a sort by one field, or of a `Sort`."""
    if isinstance(sort_by, str):
        sort_by = Sort([FieldSort(sort_by, SortOrder.of(ascending=ascending))])
    return sort_by if isinstance(sort_by, Unset) else sort_by.to_payload()


@frozen(kw_only=True)
class AppliedSort(Model):
    """The sort order that a search used. The fields without an explanation are null in Domo's documentation.

    Attributes:
        field_sorts: The fields that it was sorted by.
        activity: Not explained.
        activity_sort_type: Not explained.
        metric_action: Not explained.
        is_hotness: Whether the most used hits came first.
        is_relevance: Whether the hits that matter most to the token's owner came first.
    """

    field_sorts: tuple[FieldSort, ...] | None = None
    activity: object = None
    activity_sort_type: object = None
    metric_action: object = None
    is_hotness: bool | None = None
    is_relevance: bool | None = None


@frozen(kw_only=True)
class Facet(Model):
    """The distribution of the hits over the values of a field.

    Attributes:
        field_name: The field, such as ``owned_by_id``.
        search_facet_enum: The facet's name, such as ``OWNER_ID``.
        facet_values: The values. Domo's documentation shows none, so their keys are not known.
    """

    field_name: str | None = None
    search_facet_enum: str | None = None
    facet_values: tuple[Mapping[str, Any], ...] = ()


@frozen(kw_only=True)
class SearchHit(Model):
    """A search result.

    Domo's documentation shows no hit, and names only `database_id` and `create_date`. The other fields are those of
    instances' answers, unconfirmed; all further keys are in `extras`.

    Attributes:
        entity_type: The entity, such as ``dataset``.
        database_id: The identifier.
        uuid: The other identifier.
        name: The name.
        title: The name, for some entities.
        display_name: The name, for some entities.
        description: The description.
        owned_by_id: The owner.
        owned_by_name: The owner's name.
        create_date: The time of creation.
        last_modified: The time of the last change.
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
    """A page of search results.

    Attributes:
        total_result_count: The number of hits, of which the instance returns the first 10,000.
        facet_map: The requested facets, by name.
        sort: The sort order that was used.
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
        """The page's hits, from whichever field is set."""
        return self.search_objects or tuple(chain.from_iterable((self.search_results_map or {}).values()))

    @property
    def unreadable(self) -> int:
        """The number of the page's hits that were left out because they could not be decoded."""
        left = self.extras.get("searchObjects")
        return len(left) if isinstance(left, list) else 0
