"""Search filters, with one class for each type of filter.

The available fields depend on the instance; Domo's documentation names ``databaseId``, ``createDate`` and, as a facet,
``owned_by_id``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from domo_async._wire import UNSET, OpenEnum, Record, TimestampForm, payload
from domo_async.errors import ConfigError

__all__ = [
    "Bucket",
    "DateBucket",
    "DateRange",
    "Filter",
    "Flag",
    "Missing",
    "Numeric",
    "Operator",
    "QueryString",
    "Range",
    "Term",
    "Wildcard",
]

_Number: TypeAlias = int | float | Decimal
_LARGEST_LONG = 2**63 - 1


class Bucket(OpenEnum):
    """The maximum age of a date."""

    LAST_DAY = "LAST_DAY"
    LAST_WEEK = "LAST_WEEK"
    LAST_MONTH = "LAST_MONTH"
    LAST_QUARTER = "LAST_QUARTER"


class Operator(OpenEnum):
    """The comparison of a number with another."""

    LT = "LT"
    LTE = "LTE"
    EQ = "EQ"
    GT = "GT"
    GTE = "GTE"


def _not_blank(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.strip():
        raise ConfigError(f"a filter's {attribute.name} is blank")


def _numbers(_: object, attribute: attrs.Attribute[Any], value: _Number | None) -> None:
    if isinstance(value, bool) or (value is not None and not math.isfinite(value)):
        raise ConfigError(f"a filter's {attribute.name.rstrip('_')} must be a finite number, not {value!r}")
    if isinstance(value, int) and not -_LARGEST_LONG - 1 <= value <= _LARGEST_LONG:
        raise ConfigError(f"a filter's {attribute.name.rstrip('_')} must fit in 64 bits")


def _ordered(low: Any, high: Any) -> None:
    if low is None and high is None:
        raise ConfigError("a range without bounds matches everything; give from_, to or both")
    if low is not None and high is not None and low > high:
        raise ConfigError(f"a range from {low} to {high} is empty")


def _json(filter_type: str, field: str, /, *, negated: bool = False, **facts: object) -> dict[str, Any]:
    return payload({"filterType": filter_type, "field": field, "not": True if negated else UNSET}, **facts)


@frozen
class Term(Record):
    """A match of a field that equals a term, or one of several.

    Attributes:
        field: The field.
        value: The term, or a list of terms.
        negated: Whether to invert the match.
    """

    field: str = attrs.field(validator=_not_blank)
    value: str | Sequence[str]
    negated: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.value, str) and not self.value:
            raise ConfigError("a term filter needs at least one term")

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        if isinstance(self.value, str):
            return _json("term", self.field, negated=self.negated, value=self.value)
        return _json("term", self.field, negated=self.negated, values=self.value)


@frozen
class Wildcard(Record):
    """A match of a field with a pattern.

    Attributes:
        field: The field.
        query: The pattern, in which ``*`` stands for any text.
    """

    field: str = attrs.field(validator=_not_blank)
    query: str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        return _json("wildcard", self.field, query=self.query)


@frozen
class QueryString(Record):
    """A match of a field with a query string, whose syntax is not documented.

    Attributes:
        field: The field.
        query_string: The query.
    """

    field: str = attrs.field(validator=_not_blank)
    query_string: str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        return _json("queryString", self.field, query_string=self.query_string)


@frozen
class DateBucket(Record):
    """A match of a recent date.

    Attributes:
        field: The field.
        value: The maximum age.
    """

    field: str = attrs.field(validator=_not_blank)
    value: Bucket | str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        return _json("dateBucket", self.field, value=self.value)


@frozen
class DateRange(Record):
    """A match of a date in a range. The bounds are sent in milliseconds since 1970.

    Domo's documentation calls them timestamps and shows none; neither their form nor whether they belong to the range
    is confirmed.

    Attributes:
        field: The field.
        from_: The lower bound, an aware datetime, or None.
        to: The upper bound, an aware datetime, or None.
        negated: Whether to invert the match.
    """

    field: str = attrs.field(validator=_not_blank)
    from_: datetime | None = None
    to: datetime | None = None
    negated: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        self.to_payload()
        _ordered(self.from_, self.to)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        from_, to = (
            UNSET if time is None else TimestampForm.EPOCH_MILLIS.format(time) for time in (self.from_, self.to)
        )
        return _json("dateRange", self.field, negated=self.negated, from_=from_, to=to)


@frozen
class Numeric(Record):
    """A comparison of a number with another.

    Attributes:
        field: The field.
        operator: The comparison.
        number: The other number: an integer is sent as ``longNumber``, any other as ``floatNumber``.
        negated: Whether to invert the match.
    """

    field: str = attrs.field(validator=_not_blank)
    operator: Operator | str = attrs.field(validator=_not_blank)
    number: _Number = attrs.field(validator=_numbers)
    negated: bool = attrs.field(default=False, kw_only=True)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        key = "long_number" if isinstance(self.number, int) else "float_number"
        return _json("numeric", self.field, negated=self.negated, operator=self.operator, **{key: self.number})


@frozen
class Range(Record):
    """A match of a number in a range. Whether the bounds are inclusive is not documented.

    Attributes:
        field: The field.
        from_: The lower bound, or None.
        to: The upper bound, or None.
    """

    field: str = attrs.field(validator=_not_blank)
    from_: _Number | None = attrs.field(default=None, validator=_numbers)
    to: _Number | None = attrs.field(default=None, validator=_numbers)

    def __attrs_post_init__(self) -> None:
        _ordered(self.from_, self.to)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        from_, to = (UNSET if bound is None else bound for bound in (self.from_, self.to))
        return _json("range", self.field, from_=from_, to=to)


@frozen
class Flag(Record):
    """A match of a field that is true, or of one that is false; Domo's documentation calls the filter ``boolean``.

    Attributes:
        field: The field.
        value: The value to match.
    """

    field: str = attrs.field(validator=_not_blank)
    value: bool

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        return _json("boolean", self.field, value=self.value)


@frozen
class Missing(Record):
    """Hits without a field. Unconfirmed: despite the name, the documents say "the field to match if it exists".

    Attributes:
        field: The field.
        negated: Whether to invert the match.
    """

    field: str = attrs.field(validator=_not_blank)
    negated: bool = attrs.field(default=False, kw_only=True)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as a request payload."""
        return _json("missing", self.field, negated=self.negated)


Filter: TypeAlias = Term | Wildcard | QueryString | DateBucket | DateRange | Numeric | Range | Flag | Missing
