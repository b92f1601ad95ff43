"""Columns added by uploads, while somebody else adds some too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest

from domo_async import Domo, DomoError, RequestEvent, Settings, SourceError, UploadError
from domo_async.emulator import Emulator, Fault
from tests.support import SkippingClock


async def new_dataset(domo: Domo) -> str:
    return (await domo.datasets.create("Evolving", {"id": "LONG"})).id


async def evolve(domo: Domo, dataset: str, source: Any, **options: Any) -> dict[str, str]:
    return (await domo.datasets.upload(dataset, source, action="APPEND", schema="evolve", **options)).added


async def columns(domo: Domo, dataset: str) -> list[str]:
    return [column.name for column in (await domo.datasets.schemas.latest(dataset)).columns]


def interrupted(emulator: Emulator, route: str, meanwhile: Callable[[], Any]) -> Domo:
    """A client before whose first request of a route something else happens."""
    left = [meanwhile]

    async def hook(request: RequestEvent) -> None:
        if route in f"{request.method} {request.path}" and left:
            await left.pop()()

    return emulator.client(settings=Settings(clock=SkippingClock(), before_request=(hook,)))


@pytest.mark.parametrize("moment", ["POST /api/data/v2", "/uploads", "/parts/"])
async def test_a_column_that_somebody_else_adds_meanwhile_stays_and_so_do_its_values(domo, emulator, moment):
    dataset = await new_dataset(domo)

    async def theirs() -> None:
        await evolve(domo, dataset, [{"id": 1, "a": 10}])

    async with interrupted(emulator, moment, theirs) as us:
        added = await evolve(us, dataset, [{"id": 2, "b": 20}])

    assert {"b": "LONG"} == added
    found = await domo.datasets.query(dataset, "SELECT id, a, b FROM table ORDER BY id")
    assert [(1, 10, None), (2, None, 20)] == [tuple(row) for row in found]


@pytest.mark.parametrize("moment", ["POST /api/data/v2", "/parts/"])
async def test_a_source_that_comes_only_once_is_not_committed_for_columns_that_it_was_not_cut_for(
    domo, emulator, moment
):
    dataset = await new_dataset(domo)

    async def theirs() -> None:
        await evolve(domo, dataset, [{"id": 1, "a": 10}])

    async with interrupted(emulator, moment, theirs) as us:
        with pytest.raises(UploadError, match="somebody else changed .* columns.* but for the new columns b"):
            await evolve(us, dataset, iter([{"id": 2, "b": 20}]))

    assert [(1, 10)] == [tuple(row) for row in await domo.datasets.query(dataset, "SELECT id, a FROM table")]
    assert {"id", "a", "b"} == set(await columns(domo, dataset))


async def test_columns_are_read_once_a_slow_source_has_told_its_own(domo):
    dataset = await new_dataset(domo)

    async def slow() -> AsyncIterator[dict[str, int]]:
        await evolve(domo, dataset, [{"id": 1, "a": 10}])
        yield {"id": 2, "b": 20}

    assert {"b": "LONG"} == await evolve(domo, dataset, slow())
    assert ["id", "a", "b"] == await columns(domo, dataset)


async def test_a_column_that_is_there_already_is_not_an_error(domo, emulator):
    dataset = await new_dataset(domo)

    async def theirs() -> None:
        await domo.datasets.schemas.alter(dataset, {"id": "LONG", "same": "LONG"})

    async with interrupted(emulator, "POST /api/data/v2", theirs) as us:
        await evolve(us, dataset, iter([{"id": 2, "same": 20}]))

    assert ["id", "same"] == await columns(domo, dataset)


def rows() -> Iterator[Mapping[str, object]]:
    yield from ({"id": n, "new": 1} for n in range(3000))
    yield {"id": "bad", "new": 1}


@pytest.mark.parametrize(
    "source",
    [
        lambda: list(rows()),
        rows,
        lambda: b"id,new\n" + b"1,1\n" * 3000 + b"1\n",
        lambda: iter([b"id,new\n1,1\n", b"1\n"]),
        lambda: b"id,new\n" + b"1,1\n" * 3000 + b'"x",1\n',
        lambda: iter([b"id,new\n1,1\n" * 1, b"2,0.5\n"] + [b"3,1\n"] * 1500 + [b"4,bad\n"]),
    ],
)
async def test_a_column_is_added_only_once_all_rows_are_checked(domo, emulator, source):
    dataset = await new_dataset(domo)
    emulator.log.clear()

    with pytest.raises(SourceError):
        await evolve(domo, dataset, source(), part_size=100)

    assert ["id"] == await columns(domo, dataset)
    assert [] == emulator.log.matching("POST *")


VALUES = [b"1,2024-02-29,x", b'"2","2024-01-01","a ""b""\n,"', b",,", b'3,2024-12-31,"\n"\r', b'0004,0001-01-01,x"y']


@pytest.mark.parametrize("wrong", [b"1.5,,", b",2023-02-29,", b"x,,", b",2024-01-01 00:00:00,", b'"1,2",,'])
async def test_the_first_field_that_does_not_fit_is_named_by_its_row(domo, wrong):
    dataset = (await domo.datasets.create("Evolving", {"id": "LONG", "day": "DATE"})).id
    content = b"id,day,new\n" + b"\n".join([*VALUES, wrong, *VALUES])

    for source in (content, iter([content])):
        with pytest.raises(SourceError, match='row 6, column "(id|day)": .* is not a (LONG|DATE); nothing was sent'):
            await evolve(domo, dataset, source)
    assert {"new": "STRING"} == await evolve(domo, dataset, content.replace(wrong + b"\n", b""))
    assert ["id", "day", "new"] == await columns(domo, dataset)


async def test_several_at_once_add_a_column_each(domo):
    dataset = await new_dataset(domo)

    ended = await asyncio.gather(
        *(evolve(domo, dataset, [{"id": n, f"c{n}": n}]) for n in range(5)), return_exceptions=True
    )

    done = [n for n, outcome in enumerate(ended) if not isinstance(outcome, BaseException)]
    assert all(isinstance(outcome, DomoError) for outcome in ended if isinstance(outcome, BaseException))
    assert done
    assert {"id", *(f"c{n}" for n in done)} <= set(await columns(domo, dataset))
    held = {row["id"]: row for row in (await domo.datasets.query(dataset, "SELECT * FROM table")).to_dicts()}
    assert {n: n for n in done} == {n: row[f"c{n}"] for n, row in held.items()}


async def test_a_failed_alteration_opens_no_upload(domo, emulator):
    dataset = await new_dataset(domo)
    emulator.faults.add(Fault("POST *schemas", "status", status=403))
    emulator.log.clear()

    with pytest.raises(UploadError, match=r"columns b could not be added: 403.* is unchanged$"):
        await evolve(domo, dataset, [{"id": 1, "b": 2}])

    assert [] == emulator.log.matching("POST *uploads")


async def test_whether_columns_were_added_is_not_known_where_the_answer_is_lost(domo, emulator):
    dataset = await new_dataset(domo)
    emulator.faults.add(Fault("POST *schemas", "drop_after", count=None))

    with pytest.raises(UploadError, match="is unchanged but perhaps for b$"):
        await evolve(domo, dataset, [{"id": 1, "b": 2}])
