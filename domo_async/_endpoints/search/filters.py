"""What narrows a search down, each kind of filter as a type of its own.

Which fields there are depends on the instance; Domo's documentation names ``databaseId``, ``createDate`` and, as a
facet, ``owned_by_id``.
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
    """How long ago, at most."""

    LAST_DAY = "LAST_DAY"
    LAST_WEEK = "LAST_WEEK"
    LAST_MONTH = "LAST_MONTH"
    LAST_QUARTER = "LAST_QUARTER"


class Operator(OpenEnum):
    """How a number compares with another."""

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
        raise ConfigError(f"a filter's {attribute.name.rstrip('_')} is a finite number, not {value!r}")
    if isinstance(value, int) and not -_LARGEST_LONG - 1 <= value <= _LARGEST_LONG:
        raise ConfigError(f"a filter's {attribute.name.rstrip('_')} must fit in 64 bits")


def _ordered(low: Any, high: Any) -> None:
    if low is None and high is None:
        raise ConfigError("a range without any bound narrows nothing down; give from_, to or both")
    if low is not None and high is not None and low > high:
        raise ConfigError(f"a range from {low} to {high} holds nothing")


def _json(kind: str, field: str, /, *, negated: bool = False, **facts: object) -> dict[str, Any]:
    return payload({"filterType": kind, "field": field, "not": True if negated else UNSET}, **facts)


@frozen
class Term(Record):
    """A field is a term, or one of several.

    Attributes:
        field: The field.
        value: The term, or a list of terms.
        negated: Whether to turn the match round.
    """

    field: str = attrs.field(validator=_not_blank)
    value: str | Sequence[str]
    negated: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.value, str) and not self.value:
            raise ConfigError("a term filter has no terms")

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        if isinstance(self.value, str):
            return _json("term", self.field, negated=self.negated, value=self.value)
        return _json("term", self.field, negated=self.negated, values=self.value)


@frozen
class Wildcard(Record):
    """A field is like a pattern.

    Attributes:
        field: The field.
        query: The pattern, in which ``*`` stands for anything.
    """

    field: str = attrs.field(validator=_not_blank)
    query: str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        return _json("wildcard", self.field, query=self.query)


@frozen
class QueryString(Record):
    """A field matches a query string, whose syntax the documents leave open.

    Attributes:
        field: The field.
        query_string: The query.
    """

    field: str = attrs.field(validator=_not_blank)
    query_string: str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        return _json("queryString", self.field, query_string=self.query_string)


@frozen
class DateBucket(Record):
    """A date is not long ago.

    Attributes:
        field: The field.
        value: How long ago, at most.
    """

    field: str = attrs.field(validator=_not_blank)
    value: Bucket | str = attrs.field(validator=_not_blank)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        return _json("dateBucket", self.field, value=self.value)


@frozen
class DateRange(Record):
    """A date lies in a range. Its bounds are sent in milliseconds since 1970.

    Domo's documentation calls them timestamps and show none; neither their form nor whether they belong to the range is
    confirmed.

    Attributes:
        field: The field.
        from_: The lower bound, an aware datetime; None for none.
        to: The upper bound, an aware datetime; None for none.
        negated: Whether to turn the match round.
    """

    field: str = attrs.field(validator=_not_blank)
    from_: datetime | None = None
    to: datetime | None = None
    negated: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        self.to_payload()
        _ordered(self.from_, self.to)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        from_, to = (
            UNSET if time is None else TimestampForm.EPOCH_MILLIS.format(time) for time in (self.from_, self.to)
        )
        return _json("dateRange", self.field, negated=self.negated, from_=from_, to=to)


@frozen
class Numeric(Record):
    """A number compares with another.

    Attributes:
        field: The field.
        operator: How it compares.
        number: The other number: a whole one is sent as ``longNumber``, any other as ``floatNumber``.
        negated: Whether to turn the match round.
    """

    field: str = attrs.field(validator=_not_blank)
    operator: Operator | str = attrs.field(validator=_not_blank)
    number: _Number = attrs.field(validator=_numbers)
    negated: bool = attrs.field(default=False, kw_only=True)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        key = "long_number" if isinstance(self.number, int) else "float_number"
        return _json("numeric", self.field, negated=self.negated, operator=self.operator, **{key: self.number})


@frozen
class Range(Record):
    """A number lies in a range. Whether the bounds belong to it is not documented.

    Attributes:
        field: The field.
        from_: The lower bound; None for none.
        to: The upper bound; None for none.
    """

    field: str = attrs.field(validator=_not_blank)
    from_: _Number | None = attrs.field(default=None, validator=_numbers)
    to: _Number | None = attrs.field(default=None, validator=_numbers)

    def __attrs_post_init__(self) -> None:
        _ordered(self.from_, self.to)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        from_, to = (UNSET if bound is None else bound for bound in (self.from_, self.to))
        return _json("range", self.field, from_=from_, to=to)


@frozen
class Flag(Record):
    """A field is true, or is false; Domo's documentation calls the filter ``boolean``.

    Attributes:
        field: The field.
        value: Which of the two.
    """

    field: str = attrs.field(validator=_not_blank)
    value: bool

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        return _json("boolean", self.field, value=self.value)


@frozen
class Missing(Record):
    """A hit lacks a field. Unconfirmed: the documents, in spite of the name, say "the field to match if it exists".

    Attributes:
        field: The field.
        negated: Whether to turn the match round.
    """

    field: str = attrs.field(validator=_not_blank)
    negated: bool = attrs.field(default=False, kw_only=True)

    def to_payload(self) -> dict[str, Any]:
        """Return the filter as it is sent."""
        return _json("missing", self.field, negated=self.negated)


Filter: TypeAlias = Term | Wildcard | QueryString | DateBucket | DateRange | Numeric | Range | Flag | Missing
