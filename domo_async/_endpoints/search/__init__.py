"""Search over all content of the instance: `domo.search`."""

from __future__ import annotations

from domo_async._endpoints.search._split import LARGEST_PAGE, MOST
from domo_async._endpoints.search.area import Entities, Search
from domo_async._endpoints.search.filters import (
    Bucket,
    DateBucket,
    DateRange,
    Filter,
    Flag,
    Missing,
    Numeric,
    Operator,
    QueryString,
    Range,
    Term,
    Wildcard,
)
from domo_async._endpoints.search.models import (
    AppliedSort,
    Facet,
    FieldSort,
    QueryProfile,
    SearchAnswer,
    SearchEntity,
    SearchHit,
    Sort,
    SortOrder,
)

__all__ = [
    "LARGEST_PAGE",
    "MOST",
    "AppliedSort",
    "Bucket",
    "DateBucket",
    "DateRange",
    "Entities",
    "Facet",
    "FieldSort",
    "Filter",
    "Flag",
    "Missing",
    "Numeric",
    "Operator",
    "QueryProfile",
    "QueryString",
    "Range",
    "Search",
    "SearchAnswer",
    "SearchEntity",
    "SearchHit",
    "Sort",
    "SortOrder",
    "Term",
    "Wildcard",
]
