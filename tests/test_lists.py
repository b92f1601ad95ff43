"""Lists are asked for alike in all areas, by both clients."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pytest

from tests.sync.test_parity import PAIRS

# What `Documents.aggregate` counts is an exception: its result.
OTHER_WORDS = {"skip", "count", "per_page", "order", "order_by", "order_by_string", "sort", "field_sort", "direction"}
# These routes sort, and take no direction.
WITHOUT_DIRECTION = {"Alerts.list", "Tasks.list"}
# These are not read by an offset: they go by windows of time, by parts of a search, by a cursor, by numbers of pages.
WITHOUT_OFFSET = {
    "ActivityLog.iterate",
    "ActivityLog.follow",
    "Collections.search",
    "FileSetFiles.search",
    "Search.iterate",
}


def _methods(twin: int) -> dict[str, inspect.Signature]:
    """Return the signatures of all areas' public methods; of the async client or of the facade."""
    return {
        f"{classes[twin].__name__}.{name}": inspect.signature(member)
        for classes in PAIRS
        for name, member in vars(classes[twin]).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


BOTH = pytest.mark.parametrize(
    ("methods", "pagers"),
    [(_methods(0), ("Pager[", "CursorPager[")), (_methods(1), ("SyncPager[", "SyncCursorPager["))],
    ids=["async", "facade"],
)


@BOTH
def test_every_list_is_a_pager(methods: Mapping[str, inspect.Signature], pagers: tuple[str, str]) -> None:
    own = {name: name.rpartition(".")[2] for name in methods}
    lists = {name for name in methods if own[name] in {"list", "search", "iterate"} or own[name].startswith("list_")}

    assert {"Versions.list", "Access.list_direct", "Streams.search", "Users.list"} <= lists
    assert set() == {name for name in lists if not str(methods[name].return_annotation).startswith(pagers)}


@BOTH
def test_lists_take_the_same_words_for_places_and_orders(
    methods: Mapping[str, inspect.Signature], pagers: tuple[str, str]
) -> None:
    parameters = {name: set(signature.parameters) for name, signature in methods.items()}
    read = {name for name in methods if str(methods[name].return_annotation).startswith(pagers)}

    assert {"Documents.aggregate"} == {name for name in {*read, "Search.query"} if parameters[name] & OTHER_WORDS}
    assert WITHOUT_OFFSET == {name for name in read if {"offset", "page_size"} & parameters[name]} - {
        name for name in read if {"offset", "limit"} <= parameters[name]
    }
    in_order = {name for name in methods if "sort_by" in parameters[name]}
    assert WITHOUT_DIRECTION == {name for name in in_order if "ascending" not in parameters[name]}
    assert {"Cards.list", "Roles.users", "Datasets.search", "Documents.query"} <= in_order - WITHOUT_DIRECTION
