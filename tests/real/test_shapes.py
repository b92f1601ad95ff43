"""Answers of the shapes that real instances are seen to give, put through both clients in every variation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from domo_async import Domo, DomoError, Settings
from tests.contract.row import Row
from tests.contract.test_contract import ROWS, collected
from tests.real.forms import FORMS
from tests.real.shapes import EXCEPTIONS, SHAPES, Route, misses, sample, shape_of
from tests.support import TOKEN, SkippingClock, serving


def calls() -> dict[str, tuple[Route, Row]]:
    """Return a call for each route whose answers are known, if one request is all that it takes."""
    found: dict[str, tuple[Route, Row]] = {}
    for row in ROWS:
        route = shape_of(row.sends[0].method, row.sends[0].path) if len(row.sends) == 1 else None
        if route is not None and route.answer != "any" and row.strict and "several" not in row.note:
            found.setdefault(route.name, (route, row))
    return found


CALLS = calls()


def variations(shape: Any) -> Iterator[tuple[str, Any]]:
    """Yield answers of a shape, each with what is particular about it."""
    whole = sample(shape)
    yield "as it is", whole
    yield from ((name, form(whole)) for name, form in FORMS.items())
    yield "null for what identifies nothing", _emptied(whole, keep=False)
    yield "unknown words", _reworded(whole)


def _emptied(value: Any, *, keep: bool) -> Any:
    """Return an answer with null for each scalar that is neither an identifier nor a name."""
    match value:
        case dict():
            return {key: _emptied(item, keep=_is_needed(key)) for key, item in value.items()}
        case list():
            return [_emptied(item, keep=True) for item in value]
    return value if keep else None


def _is_needed(key: str) -> bool:
    return key.lower().endswith(("id", "ids")) or key in NEEDED


# What is told of a thing without which there would be nothing to tell.
NEEDED = {
    "name",
    "type",
    "time",
    "token",
    "version",
    "authority",
    "key",
    "entityType",
    "permission",
    "grant",
    "totalResultCount",
    "connector",
    "value",
}


def _reworded(value: Any) -> Any:
    match value:
        case dict():
            return {key: _reworded(item) for key, item in value.items()}
        case list():
            return [_reworded(item) for item in value]
    return "SOMETHING_NEW" if value == "text" else value


@pytest.mark.parametrize("strict", [False, True], ids=["usually", "strictly"])
async def test_answers_of_instances_can_be_read_in_every_variation(strict: bool) -> None:
    answers: list[bytes] = []

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(body=answers[0], content_type="application/json")

    failed: dict[str, str] = {}
    async with (
        serving(answer) as origin,
        Domo(origin, token=TOKEN, settings=Settings(clock=SkippingClock(), strict=strict)) as domo,
    ):
        for name, (route, row) in CALLS.items():
            for variation, value in variations(route.answer):
                answers[:] = [json.dumps(value).encode()]
                try:
                    await collected(row.call(domo))
                except DomoError as error:
                    failed[f"{name} ({variation})"] = str(error)

    assert {} == failed


def test_many_routes_have_a_shape_and_a_call() -> None:
    assert len(CALLS) > 100


def test_each_shape_is_met_by_its_own_sample() -> None:
    assert [] == [miss for route in SHAPES for miss in misses(route.answer, sample(route.answer))]


def test_each_exception_is_of_a_route_that_is_known_and_says_why() -> None:
    known = {route.name for route in SHAPES}

    assert all(route in known and miss.startswith("$") and len(why.split()) > 3 for route, miss, why in EXCEPTIONS)


@pytest.mark.parametrize(
    ("shape", "value", "missed"),
    [
        ({"id": "number", "name?": "text"}, {"id": 1}, []),
        ({"id": "number"}, {"id": "1"}, ["$.id is not number"]),
        ({"id": "number"}, {"id": True}, ["$.id is not number"]),
        ({"id": "number"}, {}, ["$.id is not there"]),
        ([{"id": "any"}], [{"id": 1}, {}], ["$[].id is not there"]),
        ([{"id": "any"}], {"id": 1}, ["$ is not a list"]),
        ({"at": "millis"}, {"at": None}, []),
    ],
)
def test_answers_of_another_shape_are_found(shape: Any, value: Any, missed: list[str]) -> None:
    assert missed == list(misses(shape, value))
