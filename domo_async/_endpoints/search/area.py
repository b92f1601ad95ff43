"""Search over all that the instance holds."""

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
    """Search over all that the instance holds."""

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
        """Search, and return one page of what is found; `iterate` gives all of it.

        `POST /api/search/v1/query` (Search Product API, "Query"). Instances allow some 120 searches a minute, which the
        settings' rate limits keep.

        Args:
            text: What to search for; ``*`` stands for anything, and alone for everything.
            entities: Where to search, such as ``["dataset", "card"]``; a list among them is a group of entities.
            offset: The number of hits to skip. No hit beyond the first 10,000 can be had.
            limit: The most hits to give, 10 by default. Other clients found that no more than 100 come at a time.
            filters: What all hits match.
            or_filters: Of what every hit matches at least one.
            not_filters: What no hit matches.
            sort_by: The field to sort by, or several as a `Sort`; by default what suits best comes first.
            ascending: Whether to sort from the smallest to the largest, where one field is given.
            facet_values_to_include: Facets to return, such as ``OWNER_ID``.
            facet_value_limit: How many values to return of each facet, none unless told.
            facet_value_offset: How many values of each facet to leave out.
            include_phonetic: Whether what sounds alike matches.
            fields_to_return: The fields that hits come with, all unless told.
            combine_results: Whether hits of several entities come in one list; else they may be told by entity.
            query_profile: Which weights relevance has, such as ``GLOBAL``.

        Raises:
            ConfigError: It reaches beyond the first 10,000 hits, or nothing is given to search for or in.
        """
        if not text.strip():
            raise ConfigError("the text to search for is blank; '*' finds everything")
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
        """Search, and iterate over every hit once, also beyond the 10,000 that the instance gives of a search.

        `POST /api/search/v1/query` (Search Product API, "Query"), as often as it takes. The entities come one after the
        other, each with its hits by date. A search of more than 10,000 hits is taken apart by date, in half and in half
        again, into parts whose totals must add up; what has no date is a part too. Domo's documentation shows
        `split_by`'s default as a field to sort by; that filters know it as well is unconfirmed, but an instance where
        they do not is found out after three requests.

        Args:
            text: What to search for; ``*`` stands for anything, and alone for everything.
            entities: Where to search, such as ``["dataset", "card"]``.
            filters: What all hits match.
            or_filters: Of what every hit matches at least one.
            not_filters: What no hit matches.
            include_phonetic: Whether what sounds alike matches.
            fields_to_return: The fields that hits come with, all unless told; ``databaseId`` always does.
            combine_results: Whether hits of several entities come in one list; else they may be told by entity.
            query_profile: Which weights relevance has, such as ``GLOBAL``.
            split_by: The date to sort and to take apart by. A date that changes while the hits are read can make
                hits come twice, or not at all.
            page_size: The number of hits per request, 1 to 100.

        Raises:
            ConfigError: Nothing is given to search for or in, or `page_size` is out of its range.
            SearchIncomplete: Some hits cannot be had: too many have the same date or none, or the instance's totals
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
                # Without it, hits could not be told from each other.
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
            f"count and offset reach {count + offset} hits, of which the instance gives {MOST}; iterate() gives all"
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
