"""What compiled hooks do without a call gives what the calls would have given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import frozen
from hypothesis import example, given
from hypothesis import strategies as st

from domo_async import DecodeError
from domo_async._wire import EpochMillis, IsoStamp, Model, NumericId, OpenEnum, decode, structure
from tests.wire.layouts import layouts_of, needs_layouts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999


class Kind(OpenEnum):
    USER = "USER"
    GROUP = "GROUP"
    TEAM = "GROUP"


@frozen(kw_only=True)
class Thing(Model):
    at: EpochMillis | None = None
    seen: EpochMillis | IsoStamp | None = None
    id: NumericId | None = None
    key: str | int | None = None
    kind: Kind | None = None
    size: int | float = 0


@given(st.integers(10**11, 19 * 10**12 - 1) | st.integers(22 * 10**12, LATEST))
@example(10**11)
@example(2**32 * 1000)
@example(2**32 * 1000 - 1)
@example(-(10**11))
@example(EARLIEST)
@example(LATEST)
def test_milliseconds_are_exact_in_all_years(millis: int) -> None:
    thing = structure({"at": millis, "seen": millis}, Thing)

    expected = EPOCH + timedelta(milliseconds=millis)
    assert (expected, expected) == (thing.at, thing.seen)
    assert thing.at is not None
    assert UTC is thing.at.tzinfo


@needs_layouts
def test_layouts_know_the_calendar() -> None:
    layouts = layouts_of(Thing, ["at"])
    day, last = 86_400_000, 2**32 * 1000 - 1

    for start in range(10**11 - 10**11 % day + day, last, day):
        for millis in (start - 1, start, start + 43_199_007):
            thing = layouts.make(layouts.compiled, {"at": min(millis, last)})

            assert EPOCH + timedelta(milliseconds=min(millis, last)) == thing.at
    assert UTC is thing.at.tzinfo
    assert 0 == thing.at.fold


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ({"at": None, "seen": None, "id": None, "key": None, "kind": None}, Thing()),
        ({"seen": "1970-01-01T00:00:00Z"}, Thing(seen=EPOCH)),
        ({"id": 5}, Thing(id=5)),
        ({"id": "5"}, Thing(id=5)),
        ({"id": "-5"}, Thing(id=-5)),
        ({"kind": 1}, Thing(kind=Kind("1"))),
        ({"size": "1"}, Thing(size=1)),
        ({"key": 5}, Thing(key=5)),
        ({"key": "5"}, Thing(key="5")),
        ({"kind": "GROUP"}, Thing(kind=Kind.GROUP)),
        ({"kind": "NEW"}, Thing(kind=Kind("NEW"))),
        ({"kind": ""}, Thing(kind=Kind(""))),
        ({"size": None}, Thing(size=0)),
        ({"size": 1.5}, Thing(size=1.5)),
    ],
)
def test_each_kind_of_value_becomes_what_its_type_says(value: dict[str, Any], becomes: Thing) -> None:
    found = decode(json.dumps(value).encode(), Thing)

    assert becomes == found
    assert type(becomes.kind) is type(found.kind)
    assert becomes.extras == found.extras == {}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"at": True}, "expected a timestamp like 1734458216000, got boolean True at $.at"),
        ({"at": 10**19}, "expected a timestamp like 1734458216000, got integer 10000000000000000000 at $.at"),
        ({"seen": "today"}, "got string 'today' at $.seen"),
        ({"id": True}, "expected an integer, perhaps as text, got boolean True at $.id"),
        ({"key": []}, ", got list of 0 at $.key"),
        ({"kind": []}, "expected a string, got list of 0 at $.kind"),
        ({"size": "x"}, "expected an integer or a number, got string 'x' at $.size"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(value: dict[str, Any], says: str) -> None:
    with pytest.raises(DecodeError) as refused:
        structure(value, Thing, strict=True)

    assert str(refused.value).endswith(says)


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_the_place_in_a_list_is_told(wrong: int) -> None:
    things: list[Any] = [{}, {}, {}]
    things[wrong] = {"id": "x"}
    with pytest.raises(DecodeError) as refused:
        structure(things, list[Thing], strict=True)

    assert f"$[{wrong}].id" == refused.value.path


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", "id", "kind"]), st.none())))
def test_extras_are_those_of_each_object_whatever_came_before(objects: list[dict[str, None]]) -> None:
    found = decode(json.dumps(objects).encode(), list[Thing])

    assert [{key: None for key in each if key in "abc"} for each in objects] == [thing.extras for thing in found]
