"""Lists in pages: all of it, nothing twice, no request too many, and no end that is only a guess."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, DecodeError
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

    with pytest.raises(DecodeError, match="the list has more, but gives nothing after 1 items"):
        await by_offset(fetch, page_size=10, assured=10).all()


@pytest.mark.parametrize("hole", [0, 10, 20])
async def test_a_page_without_items_is_not_the_end_of_a_list_that_is_longer(hole):
    async def fetch(offset: int, size: int) -> PageData[int]:
        return PageData([] if offset == hole else list(range(offset, offset + size)), total=30)

    given: list[int] = []
    with pytest.raises(DecodeError, match=f"the list has 30 items, but gives nothing after {hole} items"):
        async for page in by_offset(fetch, page_size=10, assured=10).pages():
            given.extend(page)

    assert list(range(hole)) == given


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

    async def fetch(_at: str | None) -> tuple[list[int], str | None]:
        nonlocal asked
        asked += 1
        return items, f"cursor {asked}"

    with pytest.raises(DecodeError, match=r"has no end|1000 pages without items"):
        await by_cursor(fetch).all()


async def test_a_list_that_shrinks_while_it_is_read_ends_all_the_same():
    async def fetch(offset: int, _size: int) -> PageData[int]:
        return PageData([1, 2], total=4) if offset == 0 else PageData([], total=2)

    assert [1, 2] == await by_offset(fetch, page_size=2, assured=2).all()


async def test_cursors_are_followed_to_their_end():
    pages = {None: ([1], "b"), "b": ([], "c"), "c": ([2, 3], None)}

    async def fetch(at: str | None) -> tuple[list[int], str | None]:
        return pages[at]

    assert [1, 2, 3] == await by_cursor(fetch).all()


async def test_a_cursor_that_repeats_the_one_sent_is_the_end():
    async def fetch(at: str | None) -> tuple[list[int], str | None]:
        return ([1], "b") if at is None else ([2], "b")

    assert [1, 2] == await by_cursor(fetch).all()


async def test_cursors_that_lead_back_are_an_error():
    async def fetch(at: str | None) -> tuple[list[int], str | None]:
        return [1], "b" if at in {None, "c"} else "c"

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
