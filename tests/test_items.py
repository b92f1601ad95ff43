"""Lists of models as frames of pandas and polars, and models and lists in notebooks."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest
from attrs import frozen

from domo_async import Domo, Items
from domo_async._bulk import BulkReport, BulkResult, Outcome
from domo_async._fleet import FleetResults
from domo_async._redaction import Secret
from domo_async._wire import Model
from domo_async.emulator import Emulator
from domo_async.errors import ConfigError, DomoError
from domo_async.models import AwsCredentials, Recipient, User
from domo_async.sync import Domo as SyncDomo


@frozen(kw_only=True)
class Owner(Model):
    id: int
    name: str | None = None


@frozen(kw_only=True)
class Thing(Model):
    id: int
    owner: Owner | None = None
    made: datetime | None = None
    day: date | None = None
    amount: Decimal | None = None
    share: float | None = None
    on: bool | None = None
    tags: tuple[str, ...] = ()
    parts: tuple[Owner, ...] = ()
    mixed: int | str | None = None
    naive: datetime | None = None


THINGS = Items(
    [
        Thing(
            id=2**60,
            owner=Owner(id=7, name="Ann"),
            made=datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=2))),
            day=date(1666, 9, 2),
            amount=Decimal("1.10"),
            share=0.5,
            on=True,
            tags=("a", "b"),
            parts=(Owner(id=1),),
            mixed=1,
            naive=datetime(2024, 5, 6, 7, 8, 9),
            extras={"newKey": {"a": 1, "password": "s3cret"}},
        ),
        Thing(id=1, mixed="x"),
    ]
)
COLUMNS = [
    *["id", "owner.id", "owner.name", "made", "day", "amount", "share", "on", "tags", "parts", "mixed", "naive"],
    "extras",
]


@pytest.fixture(scope="module")
async def instance() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


def test_a_pandas_frame_has_a_typed_column_for_each_field() -> None:
    frame = THINGS.to_pandas()

    assert COLUMNS == [*frame.columns]
    first, second = frame.iloc[0], frame.iloc[1]
    assert [2**60, 7, "Ann"] == [first["id"], first["owner.id"], first["owner.name"]]
    assert pd.Timestamp("2024-01-02T01:04:05.678901Z") == first["made"]
    assert (1666, 9, 2) == (first["day"].year, first["day"].month, first["day"].day)
    assert (Decimal("1.10"), 0.5, True, ["a", "b"]) == (first["amount"], first["share"], first["on"], first["tags"])
    assert '{"newKey":{"a":1,"password":"***"}}' == first["extras"]
    assert ("1", "x") == (first["mixed"], second["mixed"])
    assert '[{"id":1,"name":null}]' == first["parts"]
    kinds = {name: str(frame[name].dtype) for name in ("id", "made", "share", "on", "owner.name", "naive")}
    assert {
        "id": "Int64",
        "made": "datetime64[us, UTC]",
        "share": "float64",
        "on": "boolean",
        "owner.name": "string",
        "naive": "datetime64[us]",
    } == kinds
    assert frame[["owner.id", "made", "day", "share", "extras"]].iloc[1].isna().all()


def test_a_polars_frame_has_the_same_columns() -> None:
    frame = THINGS.to_polars()

    assert COLUMNS == frame.columns
    assert {
        "id": pl.Int64,
        "made": pl.Datetime("us", "UTC"),
        "day": pl.Date,
        "amount": pl.Decimal(38, 2),
        "on": pl.Boolean,
        "tags": pl.List(pl.String),
        "mixed": pl.String,
    }.items() <= dict(frame.schema).items()
    assert [Decimal("1.10"), None] == frame["amount"].to_list()
    assert [["a", "b"], []] == frame["tags"].to_list()


def test_items_that_are_not_records_become_columns_too() -> None:
    assert [1, 2] == Items([1, 2]).to_polars()["value"].to_list()
    documents = Items([{"a": 1, "b": {"c": 2}}, {"d": [1, "x"]}]).to_polars()
    assert ["a", "b", "d"] == documents.columns
    assert ('{"c":2}', '[1,"x"]') == (documents["b"][0], documents["d"][1])
    assert (0, 0) == Items[int]().to_pandas().shape == Items[int]().to_polars().shape
    great = Items([{"n": 2**70}, {"n": 1}])
    assert [Decimal(2**70), Decimal(1)] == great.to_polars()["n"].to_list()
    assert [2**70, 1] == great.to_pandas()["n"].to_list()
    digits = Items([{"n": Decimal("1e40")}, {"n": Decimal("0.001")}])
    assert ["1E+40", "0.001"] == digits.to_polars()["n"].to_list()
    # Of which not all are instants.
    times = Items([{"t": datetime(2024, 1, 1)}, {"t": datetime(2024, 1, 1, tzinfo=UTC)}])
    assert ["2024-01-01T00:00:00", "2024-01-01T00:00:00+00:00"] == times.to_pandas()["t"].to_list()


async def test_lists_of_both_clients_become_frames(instance: Emulator) -> None:
    async with instance.client() as domo:
        made = await domo.datasets.create("Orders", {"id": "LONG"})
        frame = await domo.datasets.list().to_pandas()
        assert [made.id] == frame["id"].to_list()
        assert [made.id] == (await domo.datasets.list().to_polars())["id"].to_list()
        everything = await domo.datasets.list().all()
        assert isinstance(everything, list)
        assert [made.id] == everything.to_pandas()["id"].to_list()
    from anyio import to_thread

    def blocking() -> list[Any]:
        with instance.sync_client() as domo:
            pager = domo.datasets.list()
            return [*pager.to_pandas()["id"], *pager.to_polars()["id"], *pager.all().to_pandas()["id"]]

    assert [made.id] * 3 == await to_thread.run_sync(blocking)


def test_a_list_that_is_not_read_yet_says_how_to_read_it() -> None:
    assert "<Pager: `async for`, or await .all(), .first(), .to_pandas()>" == repr(Domo("acme", token="t").users.list())
    with SyncDomo("acme", token="t") as domo:
        assert "<SyncPager: `for`, or .all(), .first(), .to_pandas()>" == repr(domo.users.list())


async def test_tuples_that_calls_return_become_frames_too(instance: Emulator) -> None:
    async with instance.client() as domo:
        authorities = await domo.roles.known_authorities()

    assert isinstance(authorities, tuple)
    assert [each.authority for each in authorities] == authorities.to_pandas()["authority"].to_list()
    assert "<table" in authorities._repr_html_()


def test_reports_become_frames() -> None:
    person = Recipient(id=7)
    report: BulkReport[Any, Any] = BulkReport(
        (BulkResult(person, Outcome.CREATED), BulkResult("x", Outcome.FAILED, error=DomoError("no")))
    )
    assert ["input.id", "input.type", "input", "outcome", "value", "error", "note"] == [*report.to_pandas().columns]
    assert [None, "no"] == report.to_polars()["error"].to_list()

    fleet = FleetResults({"acme": [person], "beta": [person, Recipient(id=8)]}, {"gamma": DomoError("no")})
    assert {"instance": ["acme", "beta", "beta"], "id": [7, 7, 8]} == fleet.to_polars()[["instance", "id"]].to_dict(
        as_series=False
    )


@pytest.mark.parametrize("name", ["pandas", "polars"])
async def test_a_missing_package_is_told_with_its_extra_before_anything_is_sent(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    domo = Domo("acme", token="secret")  # which there is no connection to

    with pytest.raises(ConfigError, match=rf'pip install "domo-async\[{name}\]"'):
        await getattr(domo.users.list(), f"to_{name}")()
    with pytest.raises(ConfigError, match=rf'pip install "domo-async\[{name}\]"'):
        getattr(THINGS, f"to_{name}")()


HOSTILE = "<script>alert('x')</script>\u202e\x1b[31m"


def test_a_model_in_a_notebook_is_escaped_bounded_and_without_secrets() -> None:
    user = User(id=7, display_name=HOSTILE, extras={"token": "s3cret", "many": [*range(10_000)], HOSTILE: HOSTILE})

    told = user._repr_html_()

    assert "<script" not in told
    assert "\u202e" not in told
    assert "\x1b" not in told
    assert "&lt;script&gt;" in told
    assert "\\u202e" in told
    assert "s3cret" not in told
    assert len(told) < 10_000
    keys = AwsCredentials(access_key="AKIA", access_secret=Secret("s3cret"))
    assert "s3cret" not in keys._repr_html_()
    assert "AKIA" not in keys._repr_html_()


def test_a_list_in_a_notebook_shows_its_ends_and_its_size() -> None:
    many = Items(User(id=number, display_name=f"user {number} {HOSTILE}") for number in range(1000))

    told = many._repr_html_()

    assert "1,000 rows" in told
    assert ("user 0 " in told, "user 4 " in told, "user 5 " in told, "user 999 " in told) == (True, True, False, True)
    assert "<script" not in told
    assert len(told) < 30_000
    wide = Items([{f"column {number}": number for number in range(5000)}])._repr_html_()
    assert "the last 4,950 not shown" in wide
    assert "column 50<" not in wide
    assert "<table" in Items[int]()._repr_html_()


def test_a_repr_is_bounded() -> None:
    user = User(id=7, display_name="x" * 5000, extras={"many": [*range(1000)], "password": "s3cret"})

    assert len(repr(user)) < 2500
    assert "… 980 more" in repr(user)
    assert "s3cret" not in repr(user)
    report = Thing(id=1, parts=tuple(Owner(id=number) for number in range(5000)))
    assert len(repr(report)) < 3000
    assert "… 4,980 more" in repr(report)
