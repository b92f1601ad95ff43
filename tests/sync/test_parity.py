"""The facade has what the async side has, and nothing more; looked up at run time, not in the source."""

from __future__ import annotations

import inspect
import re
import sys
import threading
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pkgutil import walk_packages

import pytest

import domo_async
import domo_async._endpoints
import domo_async.sync
from domo_async._endpoints import _area
from domo_async._generator import OMITTED

_RETURNS = {"Pager": "SyncPager", "CursorPager": "SyncCursorPager", "AsyncIterator": "Iterator"}


def _classes() -> Iterator[tuple[type, type]]:
    """Yield each class of the async side that is mirrored, with its twin."""
    yield domo_async.Domo, domo_async.sync.Domo
    prefix = f"{domo_async._endpoints.__name__}."
    for found in walk_packages(domo_async._endpoints.__path__, prefix):
        module = import_module(found.name)
        for name, value in vars(module).items():
            if (
                isinstance(value, type)
                and issubclass(value, _area.Area)
                and value.__module__ == found.name != _area.__name__
            ):
                area = found.name.removeprefix(prefix).partition(".")[0]
                yield value, getattr(import_module(f"domo_async.sync._{area}"), name)


PAIRS = list(_classes())


def _public(cls: type) -> dict[str, object]:
    return {name: inspect.getattr_static(cls, name) for name in dir(cls) if not name.startswith("_")}


def _function(member: object) -> object:
    if isinstance(member, cached_property):
        return member.func
    if isinstance(member, property):
        return member.fget
    return member.__func__ if isinstance(member, classmethod) else member


def _signature(member: object) -> inspect.Signature:
    function = _function(member)
    assert inspect.isfunction(function)
    return inspect.signature(function)


def _in_sync_terms(doc: str | None) -> str:
    return re.sub(r"\bawait (?=[\w.]+\()|\basync (?=for|with)", "", doc or "")


@pytest.fixture(params=PAIRS, ids=lambda pair: pair[0].__qualname__)
def pair(request: pytest.FixtureRequest) -> tuple[type, type]:
    found: tuple[type, type] = request.param
    return found


def test_each_class_has_the_same_public_names(pair: tuple[type, type]) -> None:
    aio, twin = map(_public, pair)

    assert aio.keys() == twin.keys()
    assert {name: type(member) for name, member in aio.items()} == {name: type(member) for name, member in twin.items()}


def test_each_member_takes_the_same_parameters(pair: tuple[type, type]) -> None:
    aio, twin = map(_public, pair)

    for name in aio:
        assert [*_signature(aio[name]).parameters.values()] == [*_signature(twin[name]).parameters.values()], name


def test_each_member_returns_the_same_or_its_blocking_counterpart(pair: tuple[type, type]) -> None:
    aio, twin = map(_public, pair)

    for name in aio:
        returns = str(_signature(aio[name]).return_annotation)
        kind, bracket, inner = returns.partition("[")
        assert _RETURNS.get(kind, kind) + bracket + inner == _signature(twin[name]).return_annotation, name


def test_no_member_of_the_facade_has_to_be_awaited(pair: tuple[type, type]) -> None:
    for name, member in _public(pair[1]).items():
        function = _function(member)
        assert not inspect.iscoroutinefunction(function), name
        assert not inspect.isasyncgenfunction(function), name


def test_each_member_has_the_same_documentation(pair: tuple[type, type]) -> None:
    aio, twin = map(_public, pair)

    for name in aio.keys() - {"close"}:  # the facade's also tells of other threads
        assert _in_sync_terms(_function(aio[name]).__doc__) == _function(twin[name]).__doc__, name


def test_the_client_is_made_from_the_same_parameters() -> None:
    aio = inspect.signature(domo_async.Domo).parameters
    twin = inspect.signature(domo_async.sync.Domo).parameters

    assert [parameter for name, parameter in aio.items() if name not in OMITTED] == [*twin.values()]


def test_the_client_is_a_context_manager_of_its_own_kind() -> None:
    assert hasattr(domo_async.sync.Domo, "__enter__")
    assert not hasattr(domo_async.sync.Domo, "__aenter__")


def test_every_area_is_reached_from_the_client_and_leads_to_its_twin() -> None:
    before = threading.active_count()
    reached: dict[type, type] = {}

    def walk(aio: object, twin: object) -> None:
        reached[type(aio)] = type(twin)
        for name, member in _public(type(aio)).items():
            if isinstance(member, cached_property):
                walk(getattr(aio, name), getattr(twin, name))

    app = domo_async.AppAccess("https://app.example", session_token="secret")
    walk(domo_async.Domo("acme", token="secret", app=app), domo_async.sync.Domo("acme", token="secret", app=app))

    areas = {aio: twin for aio, twin in PAIRS if aio is domo_async.Domo or issubclass(aio, _area.Area)}
    assert areas == reached
    assert threading.active_count() == before


def test_importing_the_facade_imports_no_area() -> None:
    import subprocess

    result = subprocess.run(
        [sys.executable, "-c", "import sys, domo_async.sync; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = result.stdout.split()
    assert "domo_async.sync._client" in loaded
    assert not [name for name in loaded if name.startswith("domo_async._endpoints.")]


def test_the_fleet_has_the_same_members_with_the_same_documentation() -> None:
    aio, twin = _public(domo_async.Fleet), _public(domo_async.sync.Fleet)

    assert aio.keys() == twin.keys()
    for name, member in aio.items():
        assert [*_signature(member).parameters] == [*_signature(twin[name]).parameters]
        assert _in_sync_terms(_function(member).__doc__) == _function(twin[name]).__doc__


def test_methods_that_return_several_models_return_tables(pair: tuple[type, type]) -> None:
    for name, member in _public(pair[0]).items():
        returns = str(_signature(member).return_annotation)
        plain = re.fullmatch(r"(?:tuple|list|Sequence)\[([A-Z]\w*)(?:, \.\.\.)?\]", returns)
        assert plain is None, f"{pair[0].__name__}.{name} -> {returns}: say ItemTuple"
