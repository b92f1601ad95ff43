"""JSON to typed values."""

from __future__ import annotations

import gc
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal, assert_type

import pytest
from attrs import evolve, field, frozen, validators
from hypothesis import given
from hypothesis import strategies as st

from domo_async._wire import (
    CompactStamp,
    EpochMillis,
    EpochSeconds,
    IsoStamp,
    Model,
    NumericId,
    OpenEnum,
    SpacedStamp,
    decode,
    either,
    loads,
    structure,
    unstructure,
    wire_name,
)
from domo_async._wire.json import _fastest_search, _has_long_number
from domo_async.errors import DecodeError


class Kind(OpenEnum):
    """Open."""

    USER = "USER"


class Level(IntEnum):
    """Closed, by number."""

    LOW = 1


class Colour(Enum):
    """Closed, by string."""

    RED = "red"


@frozen(kw_only=True)
class Owner(Model):
    """Nested."""

    id: int
    display_name: str = ""


@frozen(kw_only=True)
class Dataset(Model):
    """One of each."""

    id: str = field(metadata=wire_name("dataSourceId"))
    row_count: int | None = None
    size: float = 0.0
    price: Decimal | None = None
    active: bool = True
    kind: Kind = Kind.USER
    owner: Owner | str | None = None
    tags: tuple[str, ...] = ()
    owners: list[Owner] = field(factory=list)
    by_name: Mapping[str, Owner] = field(factory=dict)
    mode: Literal["A", "B", 3] = "A"
    pair: tuple[int, str] | None = None
    created_at: EpochMillis | None = None
    runs: list[EpochSeconds | None] = field(factory=list)
    key: CompactStamp | None = None
    noted: IsoStamp | SpacedStamp | None = None
    day: date | None = None
    anything: Any = None
    from_: str = ""


@frozen(kw_only=True)
class Facts(Model):
    """Holds mappings."""

    name: str
    facts: Mapping[str, object]
    more: tuple[Mapping[str, object], ...] = ()


@frozen(kw_only=True)
class Node(Model):
    """Holds itself."""

    name: str
    children: list[Node] = field(factory=list)
    parent: Node | None = None


@frozen(kw_only=True)
class Checked(Model):
    """Its `__init__` does more than setting fields."""

    count: int = field(validator=validators.ge(0))


@frozen(kw_only=True)
class Timed(Owner):
    """Inherits fields."""

    at: EpochMillis


def test_a_model_is_decoded_with_real_types() -> None:
    """All kinds of field at once."""
    body = b"""{"dataSourceId": "d", "rowCount": 3, "size": 2, "price": 12.30, "active": false, "kind": "ROBOT",
        "owner": {"id": 1, "displayName": "Ann"}, "tags": ["a"], "owners": [{"id": 2}], "byName": {"x": {"id": 3}},
        "mode": 3, "pair": [1, "b"], "createdAt": 1734458216125, "runs": [1734458216.000000000, null],
        "key": 20220513224325.628, "noted": "2024-12-12 23:37:32", "day": "2024-02-29", "anything": [1],
        "from": "f"}"""

    dataset = decode(body, Dataset)

    assert (
        Dataset(
            id="d",
            row_count=3,
            size=2.0,
            price=Decimal("12.30"),
            active=False,
            kind=Kind("ROBOT"),
            owner=Owner(id=1, display_name="Ann"),
            tags=("a",),
            owners=[Owner(id=2)],
            by_name={"x": Owner(id=3)},
            mode=3,
            pair=(1, "b"),
            created_at=datetime(2024, 12, 17, 17, 56, 56, 125_000, tzinfo=UTC),
            runs=[datetime(2024, 12, 17, 17, 56, 56, tzinfo=UTC), None],
            key=datetime(2022, 5, 13, 22, 43, 25, 628_000, tzinfo=UTC),
            noted=datetime(2024, 12, 12, 23, 37, 32, tzinfo=UTC),
            day=date(2024, 2, 29),
            anything=[1],
            from_="f",
        )
        == dataset
    )
    assert float is type(dataset.size)
    assert "12.30" == str(dataset.price)
    assert {} == dataset.extras
    assert dataset == pickle.loads(pickle.dumps(dataset))


def test_defaults_stand_in_for_absent_keys() -> None:
    """Each instance gets containers of its own, or what cannot be changed."""
    first, second = decode(b'[{"dataSourceId": "1"}, {"dataSourceId": "2"}]', list[Dataset])

    assert Dataset(id="1") == first
    assert first.owners is not second.owners
    with pytest.raises(TypeError, match="cannot be changed"):
        first.extras["more"] = 1  # type: ignore[index]
    with pytest.raises(TypeError, match="cannot be changed"):
        first.extras.update(more=1)  # type: ignore[attr-defined]
    assert {} == first.extras == second.extras == dict(second.extras) == pickle.loads(pickle.dumps(first.extras))
    assert {"more": 1} == {**first.extras, "more": 1}


def test_unknown_keys_are_kept_at_every_depth() -> None:
    """In their order, under their names on the wire, and they go back."""
    body = b'{"id": 1, "z_Z": {"deep": [1.5]}, "displayName": "Ann", "extras": 7, "a": null}'

    owner = decode(body, Owner)

    assert {"z_Z": {"deep": [1.5]}, "extras": 7, "a": None} == owner.extras
    assert ["z_Z", "extras", "a"] == list(owner.extras)
    assert json.loads(body) == unstructure(owner)


def test_a_decoded_model_is_frozen_and_of_its_very_class() -> None:
    """However it was filled."""
    owner = decode(b'{"id": 1}', Owner)

    assert Owner is type(owner)
    assert Owner(id=1) == owner
    assert hash(Owner(id=1)) == hash(owner)
    with pytest.raises(AttributeError):
        owner.id = 2  # type: ignore[misc]


def test_a_bare_model_takes_any_object() -> None:
    """For answers of which nothing is documented."""
    assert Model(extras={"a": 1}) == decode(b'{"a": 1}', Model)


def test_inherited_fields_are_decoded() -> None:
    """With the base's extras."""
    timed = decode(b'{"id": 1, "at": 0, "x": 1}', Timed)

    assert Timed(id=1, at=datetime(1970, 1, 1, tzinfo=UTC), extras={"x": 1}) == timed


def test_validators_of_a_model_are_kept() -> None:
    """Such a class is made by its own `__init__`."""
    assert Checked(count=1) == decode(b'{"count": 1}', Checked)
    with pytest.raises(ValueError, match=">= 0"):
        decode(b'{"count": -1}', Checked)


def test_a_model_may_hold_itself() -> None:
    """In lists and alone."""
    node = decode(b'{"name": "a", "children": [{"name": "b", "parent": {"name": "c"}}]}', Node)

    assert Node(name="a", children=[Node(name="b", parent=Node(name="c"))]) == node


def test_many_threads_may_decode_a_new_model_at_once() -> None:
    """Its hook is written on first use."""

    @frozen(kw_only=True)
    class Fresh(Model):
        nodes: list[Node]
        owner: Owner

    body = b'{"nodes": [{"name": "a", "children": [{"name": "b"}]}], "owner": {"id": 1}}'
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: decode(body, Fresh), range(64)))

    assert [results[0]] * 64 == results


@pytest.mark.parametrize(
    ("value", "into"),
    [
        (None, str),
        ([], str),
        ({}, str),
        (True, int),
        (1.5, int),
        ("1.5", int),
        ("x", int),
        ("1_0", int),
        ("no", bool),
        (2, bool),
        (True, float),
        ("nan", float),
        (10**400, float),
        (1.5, Decimal),
        ("x", Decimal),
        ("x", type(None)),
        ({}, list[int]),
        (None, list[int]),
        (["x"], list[int]),
        (["x"], tuple[int, str]),
        ([], dict[str, int]),
        ([["a", 1]], Mapping[str, int]),
        ([], Owner),
        (None, Owner),
        ("green", Colour),
        (True, Level),
        (2, Level),
        ("2024-2-9", date),
        (True, date),
        (1, "1"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_has_no_meaning_is_told(value: object, into: Any, strict: bool) -> None:
    """And not bent into one, where there is nothing beside it to give."""
    into = Literal["1", True] if into == "1" else into
    if not strict and value == ["x"] and into == list[int]:
        assert [] == structure(value, into)
        return

    with pytest.raises(DecodeError, match=r"^expected .*, got .* at \$"):
        structure(value, into, strict=strict)


@pytest.mark.parametrize(
    ("value", "into", "expected"),
    [
        (1, str, "1"),
        (Decimal("1.50"), str, "1.50"),
        (True, str, "true"),
        ("27", int, 27),
        (" -27 ", int, -27),
        (27.0, int, 27),
        (Decimal("1e3"), int, 1000),
        (str(2**70), int, 2**70),
        ("false", bool, False),
        ("True", bool, True),
        (0, bool, False),
        ("1", bool, True),
        ("1.5", float, 1.5),
        ("1e3", float, 1000.0),
        ("1.50", Decimal, Decimal("1.50")),
        (5, Kind, Kind("5")),
        ("1", Level, Level.LOW),
        ({"id": 1}, list[Owner], [Owner(id=1)]),
        ({"id": 7.0}, Owner, Owner(id=7)),
        ({"id": " 7 "}, Owner, Owner(id=7)),
        ({"id": 1}, tuple[Owner, ...], (Owner(id=1),)),
        ("a", tuple[str, ...], ("a",)),
        (7, tuple[str, ...], ("7",)),
        ([1], list[str], ["1"]),
        ({"a": "1"}, dict[str, int], {"a": 1}),
        ("20240209", date, date(1970, 8, 23)),
        ("2024-02-09T10:00:00Z", date, date(2024, 2, 9)),
        (1707436800000, date, date(2024, 2, 9)),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_has_one_meaning_is_read_in_whichever_form_it_comes(
    value: object, into: Any, expected: object, strict: bool
) -> None:
    """Instances do not keep to one."""
    found = structure(value, into, strict=strict)

    assert expected == found
    assert type(expected) is type(found)


ODD: dict[str, Any] = {
    "rowCount": "many",
    "size": {},
    "active": "perhaps",
    "owner": {"displayName": "no id"},
    "owners": [{"id": 1}, {}, {"id": "2"}, "x"],
    "byName": {"a": {"id": 3}, "b": {"id": None}},
    "mode": "C",
    "pair": [1],
    "createdAt": "yesterday",
    "runs": [0, "x", None],
    "day": [],
}


@pytest.mark.parametrize("key", ODD)
def test_an_odd_value_takes_nothing_else_along(key: str) -> None:
    """It stands in the extras, and of lists and objects all that can be read is there."""
    found = decode(json.dumps({"dataSourceId": "d", "price": 7, key: ODD[key]}).encode(), Dataset)

    kept = {"owners": [{}, "x"], "byName": {"b": {"id": None}}, "runs": ["x"]}.get(key, ODD[key])
    assert ("d", Decimal(7)) == (found.id, found.price)
    assert {key: kept} == found.extras
    assert [1, 2] == [owner.id for owner in found.owners] or key != "owners"
    assert {"a": Owner(id=3)} == found.by_name or key != "byName"
    assert [datetime(1970, 1, 1, tzinfo=UTC), None] == found.runs or key != "runs"


@pytest.mark.parametrize("key", ODD)
def test_strictly_an_odd_value_is_an_error_that_says_where(key: str) -> None:
    """For tests."""
    with pytest.raises(DecodeError) as refused:
        decode(json.dumps({"dataSourceId": "d", key: ODD[key]}).encode(), Dataset, strict=True)

    assert refused.value.path.startswith(f"$.{key}")


def test_an_odd_value_is_logged_once_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """It may be a secret."""

    @frozen(kw_only=True)
    class Account(Model):
        id: int
        expires: EpochMillis | None = None

    for _ in range(3):
        assert {"expires": "s3cret"} == decode(b'{"id": 1, "expires": "s3cret"}', Account).extras

    assert [
        "Account.expires could not be read (expected a timestamp like 1734458216000 at $); it is in extras as it came"
    ] == [record.getMessage() for record in caplog.records if record.name == "domo_async.answers"]


def test_a_key_that_the_instance_chose_is_neither_logged_nor_of_any_length(caplog: pytest.LogCaptureFixture) -> None:
    """It may be a secret, too."""

    @frozen(kw_only=True)
    class Limits(Model):
        by_user: Mapping[str, int] = field(factory=dict)

    for key in ("s3cret-token", "k" * 10_000):
        body = json.dumps({"byUser": {key: "many", "b": 2}}).encode()
        assert {"b": 2} == decode(body, Limits).by_user
        assert {key: "many"} == decode(body, Limits).extras["byUser"]
        with pytest.raises(DecodeError) as refused:
            decode(body, Limits, strict=True)
        assert len(refused.value.path) < 120

    logged = [record.getMessage() for record in caplog.records if record.name == "domo_async.answers"]
    assert ["Limits.byUser could not be read (expected an integer at $[…]); it is in extras as it came"] == logged


def test_an_object_may_come_as_a_list_of_one() -> None:
    assert Owner(id=1) == decode(b'[{"id": 1}]', Owner)
    for several in (b"[]", b'[{"id": 1}, {"id": 2}]', b"[1]"):
        with pytest.raises(DecodeError, match="got list of"):
            decode(several, Owner)


def test_items_that_cannot_be_read_are_left_out_of_a_list_and_told(caplog: pytest.LogCaptureFixture) -> None:
    """All others are there."""

    @frozen(kw_only=True)
    class Item(Model):
        id: int

    for _ in range(2):
        assert [Item(id=1), Item(id=3)] == decode(b'[{"id": 1}, {"id": "two"}, {"id": 3}]', list[Item])

    logged = "an answer could not be read (expected an integer at $[1].id); 1 of its items are left out"
    assert [logged] * 2 == [record.getMessage() for record in caplog.records if record.name == "domo_async.answers"]


@pytest.mark.parametrize(
    ("value", "into", "expected"),
    [
        (1, float, 1.0),
        (Decimal("1.5"), float, 1.5),
        (1, Decimal, Decimal(1)),
        (None, type(None), None),
        ([1, 2], Sequence[int], (1, 2)),
        ([1, "b"], list[int | str], [1, "b"]),
        ({"USER": 1}, dict[Kind, int], {Kind.USER: 1}),
        ([[1], {"id": 1}], list[list[int] | Owner], [[1], Owner(id=1)]),
        ({"id": 1}, Node | Owner, Owner(id=1)),
        ({"name": "n"}, Node | Owner, Node(name="n")),
        ("red", Colour, Colour.RED),
        (1, Level, Level.LOW),
        ([1, "x", None], list, [1, "x", None]),
        ({"a": [1]}, dict, {"a": [1]}),
        ({"a": [1]}, object, {"a": [1]}),
        ([], tuple[()], ()),
    ],
)
def test_the_known_types_are_structured(value: object, into: Any, expected: object) -> None:
    """Beyond the fields of models."""
    actual = structure(value, into)

    assert expected == actual
    assert type(expected) is type(actual)


@pytest.mark.parametrize(
    ("body", "into", "path", "message"),
    [
        (b'{"columns": [{"id": 1}, {"id": "x"}]}', Mapping[str, list[Owner]], "$.columns[1].id", "an integer"),
        (b'{"dataSourceId": []}', Dataset, "$.dataSourceId", "expected a string, got list of 0"),
        (b'{"dataSourceId": "d", "rowCount": "x"}', Dataset, "$.rowCount", "expected an integer, got string 'x'"),
        (b'{"dataSourceId": "d", "owner": {"id": null}}', Dataset, "$.owner.id", "an integer, got null"),
        (b'{"dataSourceId": "d", "owner": []}', Dataset, "$.owner", "an object (Owner) or a string, got list of 0"),
        (b'{"dataSourceId": "d", "pair": [1, []]}', Dataset, "$.pair[1]", "expected a string, got list of 0"),
        (b'{"dataSourceId": "d", "mode": "C"}', Dataset, "$.mode", "one of 'A', 'B', 3, got string 'C'"),
        (b'{"dataSourceId": "d", "runs": [0, "x"]}', Dataset, "$.runs[1]", "a timestamp like 1734458216, got"),
        (b'{"dataSourceId": "d", "byName": {"a b": 1}}', Dataset, "$.byName['a b']", "an object (Owner)"),
        (b'{"rowCount": 1}', Dataset, "$.dataSourceId", "the required key 'dataSourceId' is missing"),
        (b'[{"id": 1}, {}]', list[Owner], "$[1].id", "the required key 'id' is missing"),
        (b'{"secret": "s3cret"}', list[Owner], "$", "expected a list, got object with keys secret"),
        (b'["s3cret"]', Owner, "$", "expected an object (Owner), got list of 1"),
        (b'"red "', Colour, "$", "expected one of 'red', got string 'red '"),
    ],
)
def test_an_error_says_where_and_what(body: bytes, into: Any, path: str, message: str) -> None:
    """The path in names on the wire; of containers no values are shown."""
    with pytest.raises(DecodeError) as caught:
        decode(body, into, strict=True)

    assert path == caught.value.path
    assert message in caught.value.message
    assert caught.value.message.endswith(f" at {path}")
    assert "s3cret" not in str(caught.value)


def test_an_answer_of_values_that_are_nothing_is_not_looked_through_for_ever() -> None:
    few, many = (b"[" + b"1," * odd + b'{"id":7}]' for odd in (10, 500_001))

    assert [7] == [each.id for each in decode(few, list[Owner])]
    with pytest.raises(DecodeError, match="^more than 500,000 of its values are not what they should be; ") as caught:
        decode(many, list[Owner])
    assert DecodeError is type(caught.value)
    assert None is caught.value.__context__
    assert [7] == [each.id for each in decode(few, list[Owner])], "one answer counts for the next"


def test_what_an_error_shows_is_short() -> None:
    """Bodies can be megabytes."""
    with pytest.raises(DecodeError) as of_value:
        structure("x" * 10_000, int)
    with pytest.raises(DecodeError) as of_keys:
        structure({"k" * 1000: 1}, int)

    assert len(of_value.value.message) < 140
    assert len(of_keys.value.message) < 140


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1,",
        b"<html>",
        b"NaN",
        b"-Infinity",
        b'"\xff"',
        b"[1] x",
        b"\xff\xfe[\x00]\x00",
        b"[" * 100_000 + b"]" * 100_000,
        b"1" * 5000 + b"x",
    ],
)
def test_what_is_not_json_is_told_at_the_root(body: bytes, exact: bool) -> None:
    """With either parser."""
    with pytest.raises(DecodeError, match="the body is not JSON") as caught:
        loads(body, exact=exact)

    assert "$" == caught.value.path


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "number",
    [2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**18, 10**19, 123456789012345678901234567890, -(10**400)],
)
def test_integers_keep_all_their_digits_wherever_they_stand(number: int, exact: bool) -> None:
    """Beyond 64 bits, and with or without blanks around them."""
    for document in ("{}", '{{"a":{}}}', "[1,{},2]", "[ {} ]", '{{"a" : \n{} }}'):
        body = document.format(number).encode()

        assert json.loads(body) == loads(body, exact=exact)


@pytest.mark.parametrize("text", ["2" * 40, "[:1" + "2" * 30 + "]", "1234567890123456789.5", "1e400"])
def test_digits_in_a_text_or_after_a_point_are_not_a_great_integer(text: str) -> None:
    """They stay what they are."""
    body = json.dumps({"text": text, "number": 0.12345678901234567890123, "after": 10**30}).encode()

    assert {"text": text, "number": 0.12345678901234567890123, "after": 10**30} == loads(body)


@pytest.mark.parametrize("before", range(7))
def test_a_great_integer_is_found_wherever_in_the_document_it_begins(before: int) -> None:
    document = b" " * before + b'{"at":1734458216000,"great":9223372036854775808,"also":-18446744073709551616}'

    assert {"at": 1734458216000, "great": 2**63, "also": -(2**64)} == loads(document)


@given(st.lists(st.sampled_from(["1", "90817263", "0" * 13, "9" * 18, "5" * 19, "x", ","])).map("".join))
def test_long_numbers_are_found_with_and_without_compiled_code(text: str) -> None:
    expected = re.search("[0-9]{19}", text) is not None

    assert expected == _has_long_number(text.encode(), 19)
    assert expected == _fastest_search()(text.encode(), 19)


def test_models_and_extras_keep_great_integers() -> None:
    """In fields, unions and what no field is for."""
    assert 2**70 == decode(b'{"id":1180591620717411303424}', Owner).id
    assert [2**70] == decode(b'{"id":1,"odd":[1180591620717411303424]}', Owner).extras["odd"]
    assert {"n": 10**25} == decode(b'{"n":10000000000000000000000000}', dict[str, int])
    assert 1e25 == decode(b"10000000000000000000000000", float)


@pytest.mark.parametrize("exact", [False, True])
def test_a_byte_order_mark_before_json_is_none_of_it(exact: bool) -> None:
    """A second one is."""
    assert {"a": "\ufeff"} == loads(b'\xef\xbb\xbf{"a":"\xef\xbb\xbf"}', exact=exact)
    with pytest.raises(DecodeError, match="not JSON"):
        loads(b"\xef\xbb\xbf\xef\xbb\xbf{}", exact=exact)


@pytest.mark.parametrize("great", [b"", b",100000000000000000000"])
@pytest.mark.parametrize("exact", [False, True])
def test_half_a_character_is_refused_by_either_parser(great: bytes, exact: bool) -> None:
    """And a pair is one character, and an escaped backslash no escape."""
    for half in (rb'"\ud83d"', rb'"\uDE00"', rb'"\ud83d\\ude00"', rb'"\ude00\ud83d"', rb'"\\\ud83d"'):
        with pytest.raises(DecodeError, match="surrogate"):
            loads(b"[" + half + great + b"]", exact=exact)

    assert ["\U0001f600", "\\ud83d"] == loads(rb'["\ud83d\ude00","\\ud83d"' + great + b"]", exact=exact)[:2]


def test_models_that_hold_mappings_can_be_hashed() -> None:
    """As equal ones with equal hashes."""
    one, other = (decode(b'{"name":"a","facts":{"b":[1,{"c":2}]},"more":[{"d":1}]}', Facts) for _ in range(2))

    assert 1 == len({one, other})
    assert 2 == len({one, evolve(other, facts={"b": 2})})


def test_the_position_of_a_syntax_error_is_told() -> None:
    """Line and column."""
    with pytest.raises(DecodeError, match="line 2, column 3"):
        decode(b'{\n  a": 1}', Owner)


def test_a_decimal_too_large_for_any_computer_is_refused() -> None:
    """The exponent alone would do."""
    with pytest.raises(DecodeError):
        loads(b"1e99999999999999999999", exact=True)


def test_deeply_nested_models_end_in_a_decode_error() -> None:
    """Not in a RecursionError."""
    value: dict[str, Any] = {"name": "leaf"}
    for _ in range(20_000):
        value = {"name": "n", "parent": value}

    with pytest.raises(DecodeError, match="nested too deeply"):
        structure(value, Node)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_keep_all_digits(number: Decimal) -> None:
    """As no float is on the way."""
    assert str(number) == str(decode(str(number).encode(), Decimal))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
KEYS = st.sampled_from(["dataSourceId", "rowCount", "owner", "runs", "key", "tags", "byName", "mode", "new"])


@given(
    st.one_of(JSON, st.dictionaries(KEYS, JSON), st.dictionaries(KEYS, JSON).map(lambda d: {**d, "dataSourceId": "x"}))
)
def test_any_json_gives_a_model_or_a_decode_error(value: Any) -> None:
    """Never another exception; and no key is lost."""
    try:
        dataset = structure(value, Dataset)
    except DecodeError as error:
        path = error.path
    else:
        assert value.keys() <= unstructure(dataset).keys()
        return

    assert path.startswith("$")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    """Though it rests while a large body is decoded, also a bad one."""
    body = b"[" + b",".join([b'{"id": 1}'] * 10_000) + b"]"
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        assert 10_000 == len(decode(body, list[Owner]))
        after = gc.isenabled()
        with pytest.raises(DecodeError):
            decode(body, list[Node], strict=True)

        assert enabled is after is gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()


def test_importing_does_not_import_cattrs() -> None:
    """It is slow, and a program may never decode a model."""
    code = "import sys, domo_async._wire; sys.exit('cattrs' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def typing() -> None:
    """Never run: what type checkers have to see."""
    assert_type(decode(b"", list[Owner]), list[Owner])
    assert_type(structure(None, Dataset).created_at, datetime | None)
    assert_type(unstructure(Owner(id=1)), dict[str, Any])


@pytest.mark.parametrize("written", [b"27", b'"27"', b'"027"'])
def test_a_numeric_id_may_be_written_as_a_number_or_as_text(written):
    assert (27,) == decode(b"[" + written + b"]", tuple[NumericId, ...])


@pytest.mark.parametrize("written", [b'"x27"', b'""', b"2.5", b"true", b"null", b'"\xc2\xb2"'])
def test_what_is_not_a_number_is_not_a_numeric_id(written):
    with pytest.raises(DecodeError, match="an integer, perhaps as text"):
        decode(b"[" + written + b"]", tuple[NumericId, ...], strict=True)


def test_an_answer_in_two_shapes_is_either_of_them():
    shapes = either(dict[str, int], tuple[int, ...])

    assert {"a": 1} == decode(b'{"a": 1}', shapes)
    assert (1, 2) == decode(b"[1, 2]", shapes)


@frozen(kw_only=True)
class Shelf(Model):
    """Fields that may be left out, in all kinds."""

    tags: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(factory=dict)
    label: str = "none"
    owner: str | None = None


def test_null_stands_for_a_key_that_was_left_out():
    empty = b'{"tags": null, "counts": null, "label": null, "owner": null}'

    assert decode(b"{}", Shelf) == decode(empty, Shelf)


def test_a_required_key_must_not_be_null():
    @frozen(kw_only=True)
    class Box(Model):
        size: int

    with pytest.raises(DecodeError, match=r"expected an integer, got null at \$\.size"):
        decode(b'{"size": null}', Box)
