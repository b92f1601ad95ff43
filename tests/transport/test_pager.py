"""Lists in pages: all of it, nothing twice, no request too many, and no end that is only a guess."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, DecodeError, ListIncomplete, Pager
from domo_async._transport import BODY, OFFSET_ONLY, QUERY, QUERY_SKIP, PageData, url
from domo_async._transport.pager import by_cursor, by_offset
from tests.support import talking_to


class Shelf:
    """A list on an instance that never gives more than `cap` at a time."""

    def __init__(self, length: int, cap: int, tells: str = "nothing") -> None:
        self.items = list(range(length))
        self.asked: list[tuple[int, int]] = []
        self._cap = cap
        self._tells = tells

    async def fetch(self, offset: int, size: int) -> PageData[int]:
        self.asked.append((offset, size))
        page = self.items[offset : offset + min(size, self._cap)]
        more = offset + len(page) < len(self.items)
        return PageData(
            page,
            total=len(self.items) if self._tells == "total" else None,
            more=more if self._tells == "more" else None,
        )


@given(
    length=st.integers(0, 60),
    assured=st.integers(1, 20),
    beyond=st.integers(0, 10),
    page_size=st.integers(1, 40),
    offset=st.integers(0, 70),
    limit=st.none() | st.integers(0, 70),
    tells=st.sampled_from(["nothing", "total", "more"]),
)
def test_every_item_comes_once_however_the_pages_are_cut(length, assured, beyond, page_size, offset, limit, tells):
    shelf = Shelf(length, assured + beyond, tells)
    pager = by_offset(shelf.fetch, page_size=page_size, assured=assured, offset=offset, limit=limit)

    expected = shelf.items[offset:] if limit is None else shelf.items[offset : offset + limit]
    assert expected == asyncio.run(pager.all())
    assert all(size <= page_size for _, size in shelf.asked)


@given(length=st.integers(0, 60), page_size=st.integers(1, 20), tells=st.sampled_from(["total", "more"]))
def test_where_the_answer_tells_there_is_no_request_too_many(length, page_size, tells):
    shelf = Shelf(length, 100, tells)

    asyncio.run(by_offset(shelf.fetch, page_size=page_size, assured=page_size).all())

    assert max(1, -(-length // page_size)) == len(shelf.asked)


@pytest.mark.parametrize(("length", "requests"), [(0, 1), (9, 1), (10, 2), (11, 2), (25, 3)])
async def test_a_short_page_is_the_last_one(length, requests):
    shelf = Shelf(length, 100)

    await by_offset(shelf.fetch, page_size=10, assured=10).all()

    assert requests == len(shelf.asked)


async def test_a_page_that_the_instance_has_capped_is_not_taken_for_the_last_one():
    shelf = Shelf(250, cap=100)

    assert shelf.items == await by_offset(shelf.fetch, page_size=1000, assured=100).all()


async def test_a_limit_is_asked_for_and_no_page_more():
    shelf = Shelf(100, cap=100)

    assert [5, 6, 7] == await by_offset(shelf.fetch, page_size=10, assured=10, offset=5, limit=3).all()

    assert [(5, 3)] == shelf.asked


async def test_nothing_is_asked_for_a_limit_of_nothing():
    shelf = Shelf(100, cap=100)
    pager = by_offset(shelf.fetch, page_size=10, assured=10, limit=0)

    assert [] == await pager.all()
    assert await pager.first() is None
    assert [] == shelf.asked


async def test_the_first_item_takes_one_page():
    shelf = Shelf(100, cap=100)

    assert 0 == await by_offset(shelf.fetch, page_size=10, assured=10).first()

    assert [(0, 10)] == shelf.asked


async def test_each_iteration_starts_anew():
    pager = by_offset(Shelf(25, cap=100).fetch, page_size=10, assured=10)

    assert await pager.all() == [item async for item in pager]
    assert [10, 10, 5] == [len(page) async for page in pager.pages()]


@pytest.mark.parametrize("options", [{"page_size": 0}, {"page_size": 11}, {"offset": -1}, {"limit": -1}])
def test_numbers_out_of_range_are_refused_before_anything_is_sent(options):
    shelf = Shelf(1, cap=1)

    with pytest.raises(ConfigError, match=next(iter(options))):
        by_offset(shelf.fetch, **{"page_size": 5, "assured": 5, "most": 10, **options})

    assert [] == shelf.asked


async def test_an_instance_that_ignores_the_offset_is_noticed():
    async def fetch(_offset: int, size: int) -> PageData[int]:
        return PageData(list(range(size)))

    with pytest.raises(DecodeError, match="same page again for offset 10"):
        await by_offset(fetch, page_size=10, assured=10).all()


async def test_where_no_size_can_be_asked_for_a_page_that_repeats_is_the_end():
    async def fetch(_offset: int, _size: int) -> PageData[int]:
        return PageData([1, 2, 3])

    assert [1, 2, 3] == await by_offset(fetch, page_size=10, assured=10, sized=False).all()


async def test_more_that_never_comes_is_an_error():
    async def fetch(offset: int, _size: int) -> PageData[int]:
        return PageData([1] if offset == 0 else [], more=True)

    with pytest.raises(ListIncomplete, match="the list has more, but gave 1 items"):
        await by_offset(fetch, page_size=10, assured=10).all()


@pytest.mark.parametrize("hole", [0, 10, 20])
async def test_a_page_without_items_is_not_the_end_of_a_list_that_is_longer(hole):
    async def fetch(offset: int, size: int) -> PageData[int]:
        items = list(range(30))[offset : offset + size]
        return PageData([item for item in items if not hole <= item < hole + 10], total=30)

    with pytest.raises(ListIncomplete, match="the list has 30 items, but gave 20 items") as caught:
        await by_offset(fetch, page_size=10, assured=10, key=str).all()

    assert (30, 20) == (caught.value.total, caught.value.given)
    assert [item for item in range(30) if not hole <= item < hole + 10] == list(caught.value.items)


class Changing:
    """A list on an instance that changes, is capped, or has items that are hidden after pages are cut."""

    def __init__(
        self, length: int, *, total: bool = True, cap: int = 1000, hidden: Callable[[int], object] = lambda _: False
    ) -> None:
        self.items = list(range(1, length + 1))
        self.asked: list[tuple[int, int]] = []
        self._total = total
        self._cap = cap
        self._hidden = hidden

    async def fetch(self, offset: int, size: int) -> PageData[int]:
        self.asked.append((offset, size))
        page = self.items[offset : offset + min(size, self._cap)]
        shown = [item for item in page if not self._hidden(item)]
        return PageData(shown, total=len(self.items) if self._total else None)

    def pager(self, **options: Any) -> Pager[int]:
        return by_offset(self.fetch, **{"page_size": 50, "assured": 50, "key": int, **options})


@pytest.mark.parametrize("cap", [7, 20, 50])
@pytest.mark.parametrize(
    "hidden",
    [lambda item: item % 2, lambda item: 51 <= item <= 100, lambda item: item % 7],
    ids=["every other", "a page", "most"],
)
async def test_pages_from_which_items_were_taken_are_read_whole_and_the_list_says_that_it_is_not(cap, hidden):
    shelf = Changing(230, cap=cap, hidden=hidden)

    with pytest.raises(ListIncomplete, match="230 items") as caught:
        await shelf.pager().all()

    assert [item for item in shelf.items if not hidden(item)] == list(caught.value.items)


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("length", [30, 130, 230])
async def test_a_loop_that_deletes_what_it_is_given_deletes_all(length, total):
    shelf = Changing(length, total=total)
    deleted = []

    async for item in shelf.pager():
        shelf.items.remove(item)
        deleted.append(item)

    assert [] == shelf.items
    assert list(range(1, length + 1)) == sorted(deleted)


@pytest.mark.parametrize("total", [True, False])
async def test_what_is_deleted_before_the_place_of_the_next_page_lets_no_item_be_passed_over(total):
    shelf = Changing(230, total=total)
    given = []

    async for item in shelf.pager():
        if item == 60:
            del shelf.items[:5]
        given.append(item)

    assert list(range(1, 231)) == sorted(given)


async def test_a_list_of_things_that_nothing_tells_apart_says_that_it_moved():
    shelf = Changing(130)
    given = []

    with pytest.raises(ListIncomplete, match="take all"):
        async for item in shelf.pager(key=None):
            shelf.items.remove(item)
            given.append(item)

    assert 80 == len(given)


async def test_a_page_with_items_that_cannot_be_read_is_as_long_as_it_came():
    async def fetch(offset: int, size: int) -> PageData[int]:
        page = list(range(25))[offset : offset + size]
        return PageData([item for item in page if item % 10], unreadable=sum(not item % 10 for item in page))

    assert [item for item in range(25) if item % 10] == await by_offset(fetch, page_size=10, assured=10).all()


async def test_pages_of_which_nothing_can_be_read_end_a_list_that_is_not_whole():
    asked: list[object] = []

    async def by_page(offset: int, _: int) -> PageData[int]:
        asked.append(offset)
        return PageData([] if offset else [1], unreadable=10)

    async def following(cursor: str | None) -> tuple[PageData[int], str | None]:
        return await by_page(int(cursor or 0), 10), str(int(cursor or 0) + 1)

    for pager in (by_offset(by_page, page_size=10, assured=10), by_cursor(following)):
        asked.clear()
        with pytest.raises(ListIncomplete, match="gave 1 items: of 11 pages in a row no item could be read"):
            await pager.all()
        assert 12 == len(asked)


@pytest.mark.parametrize("cap", [10, 20, 25, 50])
async def test_a_page_as_long_as_pages_that_are_cut_is_not_taken_for_the_last(cap):
    shelf = Changing(230, total=False, cap=cap)

    assert shelf.items == await shelf.pager().all()


@pytest.mark.parametrize("length", [3, 50, 60, 99, 100, 101, 130])
@pytest.mark.parametrize("heeds", ["nothing", "the offset"])
async def test_a_route_that_knows_nothing_of_pages_gives_its_list_once(length, heeds):
    async def fetch(offset: int, _size: int) -> PageData[int]:
        return PageData(list(range(length))[offset if heeds == "the offset" else 0 :])

    assert list(range(length)) == await by_offset(fetch, page_size=50, assured=50, paged=False, key=int).all()


async def test_a_route_that_heeds_the_size_and_not_the_offset_is_noticed():
    async def fetch(_offset: int, size: int) -> PageData[int]:
        return PageData(list(range(230))[:size])

    with pytest.raises(DecodeError, match="ask with a larger page_size"):
        await by_offset(fetch, page_size=50, assured=50, paged=False, key=int).all()


async def test_cursors_of_a_list_that_shrinks_lead_through_it_again():
    items = list(range(130))

    async def fetch(at: str | None) -> tuple[PageData[int], str | None]:
        offset = int(at or 0)
        following = str(offset + 50) if offset + 50 < len(items) else None
        return PageData(items[offset : offset + 50], total=len(items)), following

    async for item in by_cursor(fetch, key=int):
        items.remove(item)

    assert [] == items


async def test_a_total_that_is_too_small_does_not_shorten_a_list():
    async def fetch(offset: int, size: int) -> PageData[int]:
        return PageData(list(range(offset, min(offset + size, 55))), total=15)

    assert list(range(55)) == await by_offset(fetch, page_size=10, assured=10).all()


@pytest.mark.parametrize("length", [1, 2, 3, 7])
@pytest.mark.parametrize("total", [None, 10**9])
async def test_pages_that_go_in_a_circle_are_an_error(length, total):
    async def fetch(offset: int, size: int) -> PageData[int]:
        page = offset // size % length
        return PageData(list(range(page * size, page * size + size)), total=total)

    with pytest.raises(DecodeError, match="same page again"):
        await by_offset(fetch, page_size=10, assured=10).all()


@pytest.mark.parametrize("items", [[], [1, 2]])
async def test_cursors_without_an_end_are_an_error(items):
    asked = 0

    async def fetch(_at: str | None) -> tuple[PageData[int], str | None]:
        nonlocal asked
        asked += 1
        return PageData(items), f"cursor {asked}"

    with pytest.raises(DecodeError, match=r"has no end|1000 pages without items"):
        await by_cursor(fetch).all()


async def test_a_list_that_shrinks_while_it_is_read_ends_all_the_same():
    totals = iter([4, 2, 2])

    async def fetch(offset: int, _size: int) -> PageData[int]:
        return PageData([1, 2] if offset == 0 else [], total=next(totals))

    assert [1, 2] == await by_offset(fetch, page_size=2, assured=2, key=int).all()


async def test_cursors_are_followed_to_their_end():
    pages = {None: (PageData([1]), "b"), "b": (PageData([]), "c"), "c": (PageData([2, 3]), None)}

    async def fetch(at: str | None) -> tuple[PageData[int], str | None]:
        return pages[at]

    assert [1, 2, 3] == await by_cursor(fetch).all()


async def test_a_cursor_that_repeats_the_one_sent_is_the_end():
    async def fetch(at: str | None) -> tuple[PageData[int], str | None]:
        return (PageData([1]), "b") if at is None else (PageData([2]), "b")

    assert [1, 2] == await by_cursor(fetch).all()


async def test_cursors_that_lead_back_are_an_error():
    async def fetch(at: str | None) -> tuple[PageData[int], str | None]:
        return PageData([1]), "b" if at in {None, "c"} else "c"

    with pytest.raises(DecodeError, match="leads back"):
        await by_cursor(fetch).all()


@pytest.mark.parametrize(
    ("paging", "expected"),
    [
        (QUERY, ["GET /things?x=1&limit=2&offset=0", "GET /things?x=1&limit=2&offset=2"]),
        (QUERY_SKIP, ["GET /things?x=1&limit=2&skip=0", "GET /things?x=1&limit=2&skip=2"]),
        (OFFSET_ONLY, ["GET /things?x=1&offset=0", "GET /things?x=1&offset=2", "GET /things?x=1&offset=3"]),
    ],
)
async def test_each_route_is_asked_in_its_own_scheme(paging, expected):
    asked = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(f"{request.method} {request.rel_url}")
        at = int(request.query.get("offset", request.query.get("skip", "0")))
        return web.json_response(["a", "b", "c"][at : at + 2])

    async with talking_to(handler) as domo:
        pager = domo._transport.pages(
            "GET", url("/things"), paging, into=tuple[str, ...], read=PageData, page_size=2, params={"x": 1}
        )
        assert ["a", "b", "c"] == await pager.all()

    assert expected == asked


async def test_a_body_s_pages_keep_the_rest_of_the_body_and_are_asked_for_again_after_a_failure():
    bodies = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        bodies.append(await request.json())
        return web.Response(status=503) if len(bodies) == 1 else web.json_response(["a"])

    async with talking_to(handler) as domo:
        pager = domo._transport.pages(
            "POST", url("/things"), BODY, into=tuple[str, ...], read=PageData, page_size=2, json={"name": "x"}
        )
        assert ["a"] == await pager.all()

    assert [{"name": "x", "limit": 2, "offset": 0}] * 2 == bodies


@pytest.mark.parametrize("total", [None, "of all", "of what is shown"])
@pytest.mark.parametrize("hidden", [range(7, 8), range(3, 230, 9), [0, 49, 99, 100, 150], [229]])
@pytest.mark.parametrize("cap", [1000, 20])
async def test_a_page_from_which_some_items_were_taken_is_not_the_last(total, hidden, cap):
    """Where the instance counts the hidden ones as well, it says that it is not whole."""
    shown = [item for item in range(230) if item not in hidden]
    count = {None: None, "of all": 230, "of what is shown": len(shown)}[total]

    async def fetch(offset, size):
        page = range(230)[offset : offset + min(size, cap)]
        return PageData([item for item in page if item in shown], total=count)

    pager = by_offset(fetch, page_size=20 if total is None else 50, assured=50, key=int)
    if total == "of all":
        with pytest.raises(ListIncomplete) as caught:
            await pager.all()
        assert shown == list(caught.value.items)
    else:
        assert shown == await pager.all()
