"""Filters for searches of FileSets and of their files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs
from attrs import frozen

from domo_async._endpoints._area import SortOrder, require_list
from domo_async._endpoints.search.models import FieldSort
from domo_async._wire import UNSET, OpenEnum, Record, TimestampForm, Unset, payload, wire_name
from domo_async.errors import ConfigError

__all__ = ["DateFilter", "FieldFilter", "FilterOperator", "SortOrder"]


class FilterOperator(OpenEnum):
    """The comparison of a field with values."""

    EQUALS = "EQUALS"
    GREATER_THAN = "GREATER_THAN"
    LESS_THAN = "LESS_THAN"
    LESS_THAN_OR_EQUAL = "LESS_THAN_OR_EQUAL"
    GREATER_THAN_OR_EQUAL = "GREATER_THAN_OR_EQUAL"
    IN = "IN"
    IS_NULL = "IS_NULL"
    LIKE = "LIKE"


@frozen
class FieldFilter(Record):
    """A condition on a field: ``FieldFilter("name", ["Marketing"], "LIKE")``.

    Attributes:
        field: The field, such as ``name`` or ``description``.
        values: The values to compare with; ``IS_NULL`` needs none.
        operator: The comparison.
        negated: Whether to return the items that do not match.

    Raises:
        ConfigError: `values` is empty, or is a single string instead of a list.
    """

    field: str
    values: Sequence[str | int | float | bool] = attrs.field(default=(), metadata=wire_name("value"))
    operator: FilterOperator | str = FilterOperator.EQUALS
    negated: bool = attrs.field(default=False, metadata=wire_name("not"))

    def __attrs_post_init__(self) -> None:
        require_list(self.values, "values", may_be_empty=self.operator == FilterOperator.IS_NULL)


@frozen
class DateFilter(Record):
    """A condition on a time: ``DateFilter("created", start, end)``, ``DateFilter("created", start)``.

    Attributes:
        field: The field, such as ``created``.
        start: The earliest time (inclusive), with a time zone and to the millisecond; by default none.
        end: The latest time (inclusive), with a time zone; by default none.
        negated: Whether to return the items that do not match.

    Raises:
        ConfigError: Neither `start` nor `end` is given, a time has no time zone, or `end` is before `start`.
    """

    field: str
    start: datetime | Unset = UNSET
    end: datetime | Unset = UNSET
    negated: bool = attrs.field(default=False, metadata=wire_name("not"))

    def __attrs_post_init__(self) -> None:
        bounds = [time for time in (self.start, self.end) if not isinstance(time, Unset)]
        if not bounds:
            raise ConfigError(f"the filter on {self.field} has neither a start nor an end")
        for time in bounds:
            TimestampForm.ISO.format(time)
        if bounds[-1] < bounds[0]:
            raise ConfigError(f"the filter on {self.field} ends before it starts")


def search_body(
    filters: Sequence[FieldFilter],
    date_filters: Sequence[DateFilter],
    sort_by: str | Sequence[FieldSort],
    *,
    ascending: bool,
) -> dict[str, Any]:
    """Return the body of a search; an empty object matches everything."""
    sorts = [FieldSort(sort_by, SortOrder.of(ascending=ascending))] if isinstance(sort_by, str) else sort_by
    return payload(
        field_sort=[payload(field=each.field, order=each.order) for each in sorts] or UNSET,
        filters=list(filters) or UNSET,
        date_filters=list(date_filters) or UNSET,
    )
