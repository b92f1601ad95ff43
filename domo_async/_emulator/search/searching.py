"""Search over documents that represent entities: text, filters, sorts, facets and pages.

A document is a dict with an ``entityType``. Fields are found under their own name and under the camelCase of a name in
snake case, with or without ``_sort`` at its end. This, the matching of text, and that ranges include their bounds are
emulator-defined.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

import orjson

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import flag, millis, read_time, text, whole_number
from domo_async._emulator.search.bounds import check_size, wildcard

Document: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Document], bool]

_LAST_RESULT = 10_000
_LARGEST_PAGE = 100  # found by other clients; not documented
_LARGEST = 5_000
_LONGEST_QUERY = 10_000
_REMEMBERED = 16
_ALWAYS_RETURNED = {"entityType", "databaseId"}
_TITLES = ("name", "title", "displayName")
_FACETS = {"OWNER_ID": "owned_by_id"}
_OWNED_BY = "ownedById"
_BUCKETS = {"LAST_DAY": 1, "LAST_WEEK": 7, "LAST_MONTH": 30, "LAST_QUARTER": 91}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"LT": lt, "LTE": le, "EQ": eq, "GT": gt, "GTE": ge}
_LISTS = ("filters", "orFilters", "notFilters")
# Keys of a search that affect neither the documents found nor their order.
_PAGING = {"count", "offset", "facetValuesToInclude", "facetValueLimit", "facetValueOffset", "fieldsToReturn"}


class SearchIndex:
    """Documents to search.

    The last results are cached, so that further pages of a search cost next to nothing.

    Args:
        documents: The documents, the most relevant first.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._found: dict[bytes, list[Document]] = {}

    def answer(self, body: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Return the answer to a search.

        Raises:
            HTTPError: 400, if the search is invalid.
        """
        check_size(body, _LARGEST, "The search")
        count = whole_number(body.get("count"), "count", 10)
        offset = whole_number(body.get("offset"), "offset", 0)
        if count + offset > _LAST_RESULT:
            raise HTTPError(400, f"count + offset must not exceed {_LAST_RESULT}")
        entities = _entities(body.get("entityList"))
        found = self._find(body, entities, now)
        keep = _returned_fields(body.get("fieldsToReturn"))
        page = [_shorten(document, keep) for document in found[offset : offset + min(count, _LARGEST_PAGE)]]
        field_sorts = _field_sorts(body)
        return {
            "facetMap": _facets(body, found),
            "totalResultCount": len(found),
            "sort": {
                "fieldSorts": field_sorts or None,
                "activity": None,
                "activitySortType": None,
                "metricAction": None,
                "isHotness": False,
                "isRelevance": not field_sorts,
            },
            "queryUuid": str(uuid.uuid4()),
            "hideSearchObjects": False,
            "searchObjects": page,
            "searchResultsMap": {entity: [hit for hit in page if hit["entityType"] == entity] for entity in entities},
        }

    def _find(self, body: Mapping[str, Any], entities: Sequence[str], now: datetime) -> list[Document]:
        # Date buckets depend on the time, so that their results are valid for a minute.
        key = orjson.dumps(
            [{key: value for key, value in body.items() if key not in _PAGING}, int(now.timestamp()) // 60],
            option=orjson.OPT_SORT_KEYS,
        )
        if key not in self._found:
            wanted = set(entities)
            tests = list(_tests(body, now))
            found = [
                document
                for document in self._documents
                if document["entityType"] in wanted and all(test(document) for test in tests)
            ]
            while len(self._found) >= _REMEMBERED:
                del self._found[next(iter(self._found))]
            self._found[key] = _sorted(found, _field_sorts(body))
        return self._found[key]


def _entities(value: object) -> list[str]:
    groups = value if isinstance(value, list) else []
    entities = [entity for group in groups if isinstance(group, list) for entity in group]
    if not entities or not all(isinstance(entity, str) for entity in entities):
        raise HTTPError(400, "Required: entityList, an array of arrays of strings")
    return entities


def _strings(value: object, key: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise HTTPError(400, f"{key} must be an array of strings")
    return value


def _returned_fields(value: object) -> set[str] | None:
    return {_key(name) for name in _strings(value, "fieldsToReturn")} | _ALWAYS_RETURNED if value else None


def _shorten(document: Document, keep: set[str] | None) -> Document:
    return document if keep is None else {key: value for key, value in document.items() if key in keep}


def _key(field: str) -> str:
    """Return a field's key in documents."""
    first, *others = field.removesuffix("_sort").split("_")
    return first + "".join(word.capitalize() for word in others)


# -- text and filters -----------------------------------------------------------------------------------


def _tests(body: Mapping[str, Any], now: datetime) -> Iterator[Test]:
    """Yield the tests that a document must pass to be found."""
    query = body.get("query")
    if not isinstance(query, str):
        raise HTTPError(400, "Required: query, a string")
    if words := _words(query):
        yield _has_words(_TITLES, words)
    every, some, none = ([_filter(item, now) for item in _filters(body, key)] for key in _LISTS)
    yield from every
    if some:
        yield lambda document: any(test(document) for test in some)
    if none:
        yield lambda document: not any(test(document) for test in none)


def _words(query: str) -> list[str]:
    if len(query) > _LONGEST_QUERY:
        raise HTTPError(400, f"A query has at most {_LONGEST_QUERY} characters")
    return list(dict.fromkeys(query.replace("*", " ").lower().split()))


def _has_words(keys: Iterable[str], words: Iterable[str]) -> Test:
    def test(document: Document) -> bool:
        content = " ".join(str(document[key]) for key in keys if key in document).lower()
        return all(word in content for word in words)

    return test


def _filters(body: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = body.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise HTTPError(400, f"{key} must be an array of filters")
    return value


def _filter(filter: dict[str, Any], now: datetime) -> Test:
    """Return the test of a filter; a document without the field matches only the filter ``missing``."""
    filter_type, key = text(filter, "filterType"), _key(text(filter, "field"))
    make = _KINDS.get(filter_type)
    if make is None:
        raise HTTPError(400, f"Unknown filterType: {filter_type}")
    matches = make(filter, now)
    wanted = not flag(filter.get("not", False), "not")
    return lambda document: matches(_value(document, key)) is wanted


def _value(document: Document, key: str) -> Any:
    """Return the value that a filter tests: for the owner, each owner's id, alone and with its type."""
    value = document.get(key)
    if key != _OWNED_BY or value is None:
        return value
    owners = document.get("owners") or [{"id": value, "type": "USER"}]
    return [form for one in owners for form in (str(one["id"]), f"{one['id']}:{one['type']}")]


_Match: TypeAlias = Callable[[Any], bool]


def _present(matches: _Match) -> _Match:
    """Return a match for a field that may be missing or have several values."""

    def match(value: Any) -> bool:
        if isinstance(value, list):
            return any(map(matches, value))
        return value is not None and matches(value)

    return match


def _term(filter: dict[str, Any], _: datetime) -> _Match:
    if ("value" in filter) == ("values" in filter):
        raise HTTPError(400, "A term filter has either value or values")
    terms = {text(filter, "value")} if "value" in filter else set(_strings(filter["values"], "values"))
    return _present(lambda value: _as_text(value) in terms)


def _as_text(value: object) -> str:
    """Return a value as its JSON text, as terms are texts."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wildcard(filter: dict[str, Any], _: datetime) -> _Match:
    fits = wildcard(text(filter, "query"), "*")
    return _present(lambda value: fits(str(value)))


def _query_string(filter: dict[str, Any], _: datetime) -> _Match:
    words = _words(text(filter, "queryString"))
    return _present(lambda value: all(word in str(value).lower() for word in words))


def _date_bucket(filter: dict[str, Any], now: datetime) -> _Match:
    days = _BUCKETS.get(text(filter, "value"))
    if days is None:
        raise HTTPError(400, f"Valid buckets are {', '.join(_BUCKETS)}")
    return _within(millis(now - timedelta(days=days)), None)


def _date_range(filter: dict[str, Any], _: datetime) -> _Match:
    return _within(*(_timestamp(filter.get(key), key) for key in ("from", "to")))


def _timestamp(value: object, key: str) -> float | None:
    """Return a timestamp in milliseconds, given as milliseconds or in ISO 8601."""
    if isinstance(value, str):
        return millis(read_time(value, key))
    return None if value is None else _number(value, key)


def _numeric(filter: dict[str, Any], _: datetime) -> _Match:
    given = [key for key in ("longNumber", "floatNumber") if key in filter]
    compares = _OPERATORS.get(text(filter, "operator"))
    if len(given) != 1 or compares is None:
        raise HTTPError(
            400, f"A numeric filter has longNumber or floatNumber, and an operator of {', '.join(_OPERATORS)}"
        )
    number = _number(filter[given[0]], given[0])
    return _present(lambda value: _is_number(value) and compares(value, number))


def _range(filter: dict[str, Any], _: datetime) -> _Match:
    return _within(*(None if filter.get(key) is None else _number(filter[key], key) for key in ("from", "to")))


def _within(low: float | None, high: float | None) -> _Match:
    if low is None and high is None:
        raise HTTPError(400, "A range has from, to or both")
    least, most = float("-inf") if low is None else low, float("inf") if high is None else high
    return _present(lambda value: _is_number(value) and least <= value <= most)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any, key: str) -> float:
    if not _is_number(value):
        raise HTTPError(400, f"{key} must be a number")
    number: float = value
    return number


def _boolean(filter: dict[str, Any], _: datetime) -> _Match:
    wanted = flag(filter.get("value"), "value")
    return _present(lambda value: value is wanted)


def _missing(_: dict[str, Any], __: datetime) -> _Match:
    return lambda value: value is None


_KINDS: dict[str, Callable[[dict[str, Any], datetime], _Match]] = {
    "term": _term,
    "wildcard": _wildcard,
    "queryString": _query_string,
    "dateBucket": _date_bucket,
    "dateRange": _date_range,
    "numeric": _numeric,
    "range": _range,
    "boolean": _boolean,
    "missing": _missing,
}


# -- order and facets -----------------------------------------------------------------------------------


def _field_sorts(body: Mapping[str, Any]) -> list[dict[str, str]]:
    sort = body.get("sort") or {}
    field_sorts = (sort.get("fieldSorts") or []) if isinstance(sort, dict) else None
    if not isinstance(field_sorts, list) or not all(isinstance(each, dict) for each in field_sorts):
        raise HTTPError(400, "sort must be an object with fieldSorts, an array of field and sortOrder")
    for each in field_sorts:
        text(each, "field")
        if text(each, "sortOrder") not in {"ASC", "DESC"}:
            raise HTTPError(400, "sortOrder must be ASC or DESC")
    return field_sorts


def _sorted(documents: list[Document], field_sorts: Sequence[Mapping[str, str]]) -> list[Document]:
    """Return documents in order; those without a field come after all that have it."""
    for each in reversed(field_sorts):
        key = _key(each["field"])
        having = [document for document in documents if document.get(key) is not None]
        lacking = [document for document in documents if document.get(key) is None]
        having.sort(key=lambda document: _rank(document[key]), reverse=each["sortOrder"] == "DESC")
        documents = having + lacking
    return documents


def _rank(value: Any) -> tuple[bool, Any]:
    """Return the sort key of a value: numbers by value come before all others, which are sorted as text."""
    return (False, value) if isinstance(value, int | float) else (True, str(value).lower())


def _facets(body: Mapping[str, Any], found: Sequence[Document]) -> dict[str, Any]:
    names = _strings(body.get("facetValuesToInclude") or [], "facetValuesToInclude")
    limit = whole_number(body.get("facetValueLimit"), "facetValueLimit", 0)
    offset = whole_number(body.get("facetValueOffset"), "facetValueOffset", 0)
    return {
        name: {
            "fieldName": _FACETS.get(name, name.lower()),
            "searchFacetEnum": name,
            "facetValues": _facet_values(_FACETS.get(name, name.lower()), found)[offset : offset + limit],
        }
        for name in names
    }


def _facet_values(field: str, found: Sequence[Document]) -> list[dict[str, Any]]:
    """Return the values of a field, the most frequent first; their keys are emulator-defined."""
    key = _key(field)
    values = (document[key] for document in found if document.get(key) is not None)
    counts = Counter(item for value in values for item in (value if isinstance(value, list) else [value]))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], _rank(item[0])))
    return [{"value": value, "count": count} for value, count in ordered]
