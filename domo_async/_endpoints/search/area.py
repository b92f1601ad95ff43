"""Search over all content of the instance."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.search._iterate import Page, SearchReader
from domo_async._endpoints.search._split import LARGEST_PAGE, MOST, Part
from domo_async._endpoints.search.filters import Filter
from domo_async._endpoints.search.models import (
    FieldSort,
    QueryProfile,
    SearchAnswer,
    SearchEntity,
    SearchHit,
    Sort,
    sort_body,
)
from domo_async._transport import Pager, url
from domo_async._wire import UNSET, Unset, payload
from domo_async.errors import ConfigError

__all__ = ["Entities", "Search"]

Entities: TypeAlias = Sequence[SearchEntity | str | Sequence[SearchEntity | str]]
"""Entities by name; a list of names stands for a group."""

_DEFAULT_COUNT: Final = 10
_IDENTIFIER: Final = "databaseId"
_CLOCK_SKEW: Final = timedelta(days=1)


class Search(Area):
    """Search over all content of the instance."""

    async def query(
        self,
        text: str,
        /,
        *,
        entities: Entities,
        offset: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        filters: Sequence[Filter] = (),
        or_filters: Sequence[Filter] = (),
        not_filters: Sequence[Filter] = (),
        sort_by: str | Sort | Unset = UNSET,
        ascending: bool = True,
        facet_values_to_include: Sequence[str] | Unset = UNSET,
        facet_value_limit: int | Unset = UNSET,
        facet_value_offset: int | Unset = UNSET,
        include_phonetic: bool | Unset = UNSET,
        fields_to_return: Sequence[str] | Unset = UNSET,
        combine_results: bool | Unset = UNSET,
        query_profile: QueryProfile | str | Unset = UNSET,
    ) -> SearchAnswer:
        """Search, and return one page of hits; `iterate` returns all hits.

        `POST /api/search/v1/query` (Search Product API, "Query"). Instances allow some 120 searches a minute, which the
        settings' rate limits keep.

        ```python
        page = await domo.search.query("sales*", entities=["dataset", "card"], limit=20)
        print(page.total_result_count)
        ```

        Args:
            text: The text to search for; ``*`` stands for any text, and ``"*"`` alone matches everything.
            entities: The entities to search, such as ``["dataset", "card"]``; a list among them is a group of entities.
            offset: The number of hits to skip. Hits beyond the first 10,000 cannot be read.
            limit: The maximum number of hits to return, 10 by default. Other clients found a maximum of 100 per
                request.
            filters: Filters that every hit must match.
            or_filters: Filters of which every hit must match at least one.
            not_filters: Filters that no hit may match.
            sort_by: The field to sort by, or several as a `Sort`; by default the best matches come first.
            ascending: Whether to sort in ascending order; used if `sort_by` is a single field.
            facet_values_to_include: Facets to return, such as ``OWNER_ID``.
            facet_value_limit: The number of values of each facet to return; by default none.
            facet_value_offset: The number of values of each facet to skip.
            include_phonetic: Whether to match words that sound alike.
            fields_to_return: The fields of the hits to return; by default all.
            combine_results: Whether to return the hits of several entities in one list; otherwise they may be grouped
                by entity.
            query_profile: The weights of the relevance, such as ``GLOBAL``.

        Raises:
            ConfigError: The page reaches beyond the first 10,000 hits, or the text or the entities are empty.
        """
        if not text.strip():
            raise ConfigError("the text to search for is blank; use '*' to match everything")
        _within_reach(_DEFAULT_COUNT if isinstance(limit, Unset) else limit, 0 if isinstance(offset, Unset) else offset)
        body = payload(
            count=limit,
            offset=offset,
            query=text,
            filters=_json(filters),
            or_filters=_json(or_filters),
            not_filters=_json(not_filters),
            sort=sort_body(sort_by, ascending=ascending),
            facet_values_to_include=_names(facet_values_to_include, "facet_values_to_include"),
            facet_value_limit=facet_value_limit,
            facet_value_offset=facet_value_offset,
            include_phonetic=include_phonetic,
            entity_list=[_group(each) for each in require_list(entities, "entities")],
            fields_to_return=_names(fields_to_return, "fields_to_return"),
            combine_results=combine_results,
            query_profile=query_profile,
        )
        return await self._http.request(
            "POST", url("/api/search/v1/query"), json=body, into=SearchAnswer, idempotent=True
        )

    def iterate(
        self,
        text: str = "*",
        /,
        *,
        entities: Entities,
        filters: Sequence[Filter] = (),
        or_filters: Sequence[Filter] = (),
        not_filters: Sequence[Filter] = (),
        include_phonetic: bool | Unset = UNSET,
        fields_to_return: Sequence[str] | Unset = UNSET,
        combine_results: bool | Unset = UNSET,
        query_profile: QueryProfile | str | Unset = UNSET,
        split_by: str = "createDate",
        page_size: int = 100,
    ) -> Pager[SearchHit]:
        """Search, and iterate over every hit once, also beyond the 10,000 that the instance returns for a search.

        `POST /api/search/v1/query` (Search Product API, "Query"), repeatedly. The entities come one after the other,
        each with its hits in the order of their dates. A search with more than 10,000 hits is split by date, in half
        and in half again, into parts whose totals must add up; hits without a date are a part too. Domo's documentation
        shows the default of `split_by` as a field to sort by. Whether filters accept it is unconfirmed; an instance
        that does not is detected after three requests.

        ```python
        async for hit in domo.search.iterate("sales*", entities=["dataset", "card"]):
            print(hit.entity_type, hit.database_id, hit.name)
        ```

        Args:
            text: The text to search for; ``*`` stands for any text, and ``"*"`` alone matches everything.
            entities: The entities to search, such as ``["dataset", "card"]``.
            filters: Filters that every hit must match.
            or_filters: Filters of which every hit must match at least one.
            not_filters: Filters that no hit may match.
            include_phonetic: Whether to match words that sound alike.
            fields_to_return: The fields of the hits to return; by default all. ``databaseId`` is always returned.
            combine_results: Whether to return the hits of several entities in one list; otherwise they may be grouped
                by entity.
            query_profile: The weights of the relevance, such as ``GLOBAL``.
            split_by: The date by which to sort and split. If a date changes while the hits are read, a hit may come
                twice, or not at all.
            page_size: The number of hits per request, 1 to 100.

        Raises:
            ConfigError: The text or the entities are empty, or `page_size` is out of range.
            SearchIncomplete: Some hits cannot be read: too many have the same date or none, or the instance's totals
                contradict each other.
        """
        if not 1 <= page_size <= LARGEST_PAGE:
            raise ConfigError(f"page_size must be 1 to {LARGEST_PAGE}")
        fields = _names(fields_to_return, "fields_to_return")
        sort = Sort([FieldSort(split_by)])

        async def ask(part: Part, offset: int, count: int) -> Page:
            answer = await self.query(
                text,
                entities=[part.entity],
                limit=count,
                offset=offset,
                filters=[*filters, *part.filters(split_by)],
                or_filters=or_filters,
                not_filters=[*not_filters, *part.not_filters(split_by)],
                sort_by=sort,
                include_phonetic=include_phonetic,
                combine_results=combine_results,
                query_profile=query_profile,
                # Without it, hits could not be told apart.
                fields_to_return=fields if isinstance(fields, Unset) else list(dict.fromkeys([*fields, _IDENTIFIER])),
            )
            return Page(answer.total_result_count, answer.hits, answer.unreadable)

        names = [name for each in require_list(entities, "entities") for name in _group(each)]

        async def pages() -> AsyncGenerator[Sequence[SearchHit], None]:
            latest = self._http.settings.clock.now() + _CLOCK_SKEW
            reader = SearchReader(ask, split_by=split_by, latest=latest, page_size=page_size)
            for entity in dict.fromkeys(names):
                async for page in reader.pages(entity):
                    yield page

        return Pager(pages)


def _within_reach(count: int, offset: int) -> None:
    if count < 0 or offset < 0:
        raise ConfigError("count and offset must not be negative")
    if count + offset > MOST:
        raise ConfigError(
            f"count and offset reach {count + offset} hits, of which the instance returns {MOST}; iterate() returns all"
        )


def _group(entity: str | Sequence[str]) -> list[str]:
    return (
        [str(entity)]
        if isinstance(entity, str)
        else [str(name) for name in require_list(entity, "a group of entities")]
    )


def _json(filters: Sequence[Filter]) -> object:
    return [each.to_payload() for each in filters] or UNSET


def _names(names: Sequence[str] | Unset, parameter: str) -> list[str] | Unset:
    return names if isinstance(names, Unset) else require_list(names, parameter, may_be_empty=True)
