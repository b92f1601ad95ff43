"""Values to JSON."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import assert_type

import numpy as np
import pandas as pd
import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from domo_async._wire import (
    UNSET,
    CompactStamp,
    EpochMillis,
    Model,
    OpenEnum,
    SpacedStamp,
    Unset,
    decode,
    dumps,
    loads,
    payload,
    unstructure,
    wire_name,
)
from domo_async.errors import ConfigError

MOMENT = datetime(2024, 12, 12, 23, 37, 32, 125_999, tzinfo=UTC)


class Kind(OpenEnum):
    """Open."""

    USER = "USER"


class Colour(Enum):
    """Plain."""

    RED = 1


@frozen(kw_only=True)
class Rule(Model):
    """Nested."""

    column_name: str
    note: str | Unset | None = UNSET


@frozen(kw_only=True)
class Policy(Model):
    """With every form of timestamp."""

    policy_id: int = field(metadata=wire_name("filterGroupId"))
    rules: tuple[Rule, ...] = ()
    at: str | EpochMillis | None = None
    seen: list[SpacedStamp] = field(factory=list)
    key: CompactStamp | None = None
    kind: Kind = Kind.USER


def test_a_payload_has_camel_case_keys_and_leaves_out_what_is_unset() -> None:
    """None is sent as null; irregular names stand as given."""
    body = payload({"dataSourceName": "Orders", "URL": UNSET}, user_defined_type=None, from_=1, limit=UNSET)

    assert {"dataSourceName": "Orders", "userDefinedType": None, "from": 1} == body


def test_a_payload_is_unstructured_at_every_depth() -> None:
    """Keys of mappings are data and stay as they are."""
    body = payload(
        rules=[Rule(column_name="a"), Rule(column_name="b", note=None)],
        kind=Kind("NEW"),
        at=MOMENT,
        on=date(2024, 2, 29),
        free={"snake_key": (Colour.RED,), "gone": UNSET},
    )

    assert {
        "rules": [{"columnName": "a"}, {"columnName": "b", "note": None}],
        "kind": "NEW",
        "at": "2024-12-12T23:37:32.125Z",
        "on": "2024-02-29",
        "free": {"snake_key": [1]},
    } == body


def test_a_model_goes_back_under_its_names_on_the_wire_with_its_extras() -> None:
    """Timestamps in the form of their field, within lists and options too."""
    policy = Policy(
        policy_id=7,
        rules=(Rule(column_name="a", extras={"op": "="}),),
        at=MOMENT,
        seen=[MOMENT],
        key=MOMENT,
        extras={"odd_Key": MOMENT},
    )

    assert {
        "filterGroupId": 7,
        "rules": [{"columnName": "a", "op": "="}],
        "at": 1734046652125,
        "seen": ["2024-12-12 23:37:32"],
        "key": Decimal("20241212233732.125"),
        "kind": "USER",
        "odd_Key": "2024-12-12T23:37:32.125Z",
    } == unstructure(policy)


def test_what_is_dumped_is_decoded_to_an_equal_model() -> None:
    """To the millisecond."""
    moment = MOMENT.replace(microsecond=125_000)
    policy = Policy(policy_id=1, rules=(Rule(column_name="a"),), at=moment, key=moment, extras={"x": [1]})

    assert policy == decode(dumps(policy), Policy)


def test_dumps_writes_what_json_lacks() -> None:
    """Numbers with all digits, instants in UTC."""

    class Lazy(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return 1

        def __iter__(self) -> Iterator[str]:
            return iter("a")

        def __len__(self) -> int:
            return 1

    value = {
        "decimal": Decimal("1734458216.000000000"),
        "at": MOMENT.astimezone(timezone(timedelta(hours=2))),
        "on": date(2024, 2, 29),
        "enum": [Colour.RED, Kind.USER],
        "proxy": MappingProxyType({"snake_key": (1, 2)}),
        "lazy": Lazy(),
        "range": range(2),
        "text": "é\u2028",
    }

    assert (
        '{"decimal":1734458216.000000000,"at":"2024-12-12T23:37:32.125Z","on":"2024-02-29","enum":[1,"USER"],'
        '"proxy":{"snake_key":[1,2]},"lazy":{"a":1},"range":[0,1],"text":"é\u2028"}'
    ) == dumps(value).decode()


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.text()
        | st.decimals(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_dumps_writes_json_that_reads_back_the_same(value: object) -> None:
    """Whatever the digits; a decimal without a point reads back as an integer of the same value."""
    assert value == loads(dumps(value), exact=True)
    assert json.loads(dumps(value)) == loads(dumps(value))


@pytest.mark.parametrize(
    "value",
    [
        UNSET,
        {"a": [UNSET]},
        Decimal("NaN"),
        datetime(2024, 12, 12),
        b"bytes",
        {1, 2},
        object(),
        {"a": 10**5000},
        float("nan"),
        [1.5, float("-inf")],
        {"a": (Decimal("Infinity"),)},
        {"a": {"\ud800": 1}},
        Policy(policy_id=1, rules=(), at=MOMENT, key=MOMENT, extras={"share": float("inf")}),
        pd.NaT,
        pd.NA,
        iter([1]),
        "\ud800",
        {1: 2},
    ],
)
def test_what_has_no_json_form_is_refused(value: object) -> None:
    """An UNSET that slipped in above all."""
    with pytest.raises(ConfigError):
        dumps(value)


@pytest.mark.parametrize("value", [[UNSET], b"bytes", object(), {1, 2}, {1: 2}, {None: 1}])
def test_what_cannot_be_unstructured_is_refused(value: object) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match="cannot be sent as JSON"):
        payload(field=value)


def test_values_that_hold_themselves_or_are_nested_without_end_are_refused() -> None:
    """Not ended in a RecursionError."""
    itself: dict[str, object] = {}
    itself["a"] = [itself]
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    for value in (itself, deep):
        with pytest.raises(ConfigError, match="nested too deeply"):
            dumps(value)


def test_numbers_keep_their_digits_whatever_class_they_are_of() -> None:
    """Beyond 64 bits, with an exponent, and numpy's."""
    value = {
        "beyond": [2**64, -(2**63) - 1, 10**400],
        "within": [2**64 - 1, -(2**63)],
        "decimal": [Decimal("1E+400"), Decimal("0.12345678901234567890123456789")],
        "numpy": [np.int64(-5), np.uint64(2**64 - 1), np.float64(0.1)],
    }

    assert (
        f'{{"beyond":[18446744073709551616,-9223372036854775809,{10**400}],'
        '"within":[18446744073709551615,-9223372036854775808],'
        '"decimal":[1E+400,0.12345678901234567890123456789],'
        '"numpy":[-5,18446744073709551615,0.1]}'
    ) == dumps(value).decode()


def test_unset_is_one_falsy_value() -> None:
    """Also after a journey through a process pool."""
    assert "UNSET" == repr(UNSET) == str(UNSET)
    assert not UNSET
    assert UNSET is pickle.loads(pickle.dumps(UNSET))


def test_a_repr_shows_extras_only_where_there_are_some() -> None:
    """And hides what its field hides."""

    @frozen(kw_only=True)
    class Login(Model):
        user_id: int
        session_token: str = field(repr=False)

    full = Login(user_id=1, session_token="s3cret", extras={"new": True})

    assert repr(Login(user_id=1, session_token="s3cret")).endswith("Login(user_id=1)")
    assert repr(full).endswith("Login(user_id=1, extras={'new': True})")


def narrowing(value: str | Unset | None) -> None:
    """Never run: what type checkers have to see."""
    if value is not UNSET:
        assert_type(value, str | None)
