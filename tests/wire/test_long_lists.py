"""Objects whose keys were met often are made by a layout, to what they would be alone."""

from __future__ import annotations

import gc
import json
import sys
import weakref
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import field, frozen

from domo_async import DecodeError, Secret
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum, decode
from tests.wire.layouts import layouts_of, needs_layouts

MANY = 500


class Kind(OpenEnum):
    USER = "USER"


@frozen(kw_only=True)
class Part(Model):
    name: str


@frozen(kw_only=True)
class Row(Model):
    """Each test has a subclass of its own, of which nothing was met yet."""

    id: NumericId
    key: NumericId | str | None = None
    at: EpochMillis | None = None
    kind: Kind | None = None
    tags: tuple[str, ...] = ()
    facts: dict[str, Any] = field(factory=dict)
    parts: tuple[Part, ...] = ()
    password: Secret[str] | None = None


WHOLE = {
    "id": "5",
    "key": "4c6a-9",
    "beyond": [1],
    "at": 1_654_205_894_927,
    "kind": "USER",
    "parts": [{"name": "p", "more": 1}],
    "password": "tell-nobody",
    "tags": None,
}
AT = datetime(2022, 6, 2, 21, 38, 14, 927_000, tzinfo=UTC)


def test_each_of_many_alike_is_as_it_would_be_alone() -> None:
    @frozen(kw_only=True)
    class Alike(Row):
        pass

    found = decode(json.dumps([WHOLE] * MANY).encode(), tuple[Alike, ...])

    parts = (Part(name="p", extras={"more": 1}),)
    alone = Alike(
        id=5,
        key="4c6a-9",
        at=AT,
        kind=Kind.USER,
        parts=parts,
        password=Secret("tell-nobody"),
        extras={"beyond": [1]},
    )
    assert (alone,) * MANY == found
    assert "tell-nobody" not in repr(found[-1])


@pytest.mark.parametrize(
    ("odd", "becomes"),
    [
        ({"key": " 17 "}, {"key": 17}),
        ({"key": 17}, {"key": 17}),
        ({"at": "2022-06-02T21:38:14.927Z"}, {"at": AT}),
        ({"kind": "NEW"}, {"kind": Kind("NEW")}),
        ({"kind": None, "at": None, "key": None, "parts": None}, {"kind": None, "at": None, "key": None, "parts": ()}),
        ({"at": "today"}, {"at": None, "extras": {"beyond": [1], "at": "today"}}),
        ({"password": ["x"]}, {"password": None, "extras": {"beyond": [1], "password": Secret(["x"])}}),
        ({"parts": [{"name": "p"}, 5]}, {"parts": (Part(name="p"),), "extras": {"beyond": [1], "parts": [5]}}),
        ({"beyond": {"a": 1}}, {"extras": {"beyond": {"a": 1}}}),
    ],
)
def test_an_odd_one_among_them_is_read_and_kept_as_ever(odd: dict[str, Any], becomes: dict[str, Any]) -> None:
    @frozen(kw_only=True)
    class Odd(Row):
        pass

    found = decode(json.dumps([*[WHOLE] * MANY, {**WHOLE, **odd}, WHOLE]).encode(), list[Odd])

    assert {**{name: getattr(found[0], name) for name in becomes}, **becomes} == {
        name: getattr(found[MANY], name) for name in becomes
    }
    assert found[0] == found[MANY + 1]


def test_objects_with_other_keys_have_their_own_extras_and_defaults() -> None:
    @frozen(kw_only=True)
    class Mixed(Row):
        pass

    mixed = [{"id": 1, "a": 1}, {"a": 2, "id": 2}, {"id": 3, "b": 3}, {"id": 4}] * MANY
    found = decode(json.dumps(mixed).encode(), list[Mixed])

    expected = [Mixed(id=1, extras={"a": 1}), Mixed(id=2, extras={"a": 2}), Mixed(id=3, extras={"b": 3}), Mixed(id=4)]
    assert expected * MANY == found
    found[-1].facts["mine"] = 1  # each has its own
    assert {} == found[-5].facts


def test_keys_that_look_like_source_are_keys() -> None:
    @frozen(kw_only=True)
    class Quoted(Row):
        pass

    keys = ['"', "'); raise SystemExit(('", "\n", "\\", "e0", "v0", "def", "ключ"]
    found = decode(json.dumps([{"id": 1, **dict.fromkeys(keys, 0)}] * MANY).encode(), list[Quoted])

    assert dict.fromkeys(keys, 0) == found[-1].extras


def test_without_its_identifier_or_in_strict_mode_an_object_among_many_is_an_error_with_its_place() -> None:
    @frozen(kw_only=True)
    class Strict(Row):
        pass

    rows = [WHOLE] * MANY
    for wrong, path in (({"id": "x"}, ".id"), ({"at": "today"}, ".at"), ({"parts": [{"name": []}]}, ".parts[0].name")):
        with pytest.raises(DecodeError) as refused:
            decode(json.dumps([*rows, {**WHOLE, **wrong}]).encode(), list[Strict], strict=True)
        assert f"$[{MANY}]{path}" == refused.value.path

    assert MANY == len(decode(json.dumps([*rows, {**WHOLE, "id": "x"}]).encode(), list[Strict]))


@needs_layouts
def test_the_garbage_collector_knows_those_alone_that_hold_what_it_collects() -> None:
    plain = {"id": 1, "key": "4c6a-9", "at": 1_654_205_894_927, "kind": "USER"}
    layouts = layouts_of(Row, [*plain, "facts", "unknown"])
    containers: list[tuple[dict[str, Any], Any]] = [({}, 1), ({}, []), ({"a": []}, 1)]

    made = [
        layouts.make(layouts.compiled, {**plain, "facts": facts, "unknown": unknown}) for facts, unknown in containers
    ]
    held: Any = made[1]
    held.extras["unknown"].append(held)
    alive = weakref.ref(held)
    del held, made[1], containers
    gc.collect()

    always = gc.is_tracked({})  # from Python 3.14 on, every dictionary is
    assert [always, True] == [gc.is_tracked(each) for each in made]
    assert alive() is None


@needs_layouts
def test_what_was_made_or_refused_leaves_nothing_behind() -> None:
    @frozen(kw_only=True)
    class Kept(Row):
        pass

    layouts = layouts_of(Kept, [*WHOLE])
    others: list[dict[str, Any]] = [WHOLE, {**WHOLE, "id": 17, "kind": "NEW"}, {"id": 1}]
    wrong = [{**WHOLE, "id": "x"}, {**WHOLE, "at": "today"}, {**WHOLE, "parts": [{}]}]

    for _ in range(3):
        before = sys.getallocatedblocks()
        for value in others * 100:
            layouts.make(layouts.compiled, value)
        left = sys.getallocatedblocks() - before
    for value in wrong:
        with pytest.raises(DecodeError):
            layouts.make(layouts.compiled, value)

    assert 20 > left
    assert not [each for each in gc.get_objects() if type(each) is Kept]
