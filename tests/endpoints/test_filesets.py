"""FileSets: pages, forms, redirects, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import BodyPartReader, web

from domo_async import APIError, ConfigError, DecodeError, SourceError
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter
from domo_async._endpoints.filesets.models import FileSetAccess, FileSetPermission
from tests.support import TOKEN, serving, talking_to

CONTENT = os.urandom(600_000)
EARLY, LATE = datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 30, tzinfo=UTC)


class Forms:
    """An instance that takes forms; the first tries fail as told."""

    def __init__(self, *failures: int) -> None:
        self._failures = list(failures)
        self.tries: list[list[tuple[str | None, str | None, bytes]]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        form = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            form.append((part.name, part.filename, bytes(await part.read())))
        self.tries.append(form)
        if self._failures:
            return web.Response(status=self._failures.pop(0), headers={"Retry-After": "0"})
        return web.json_response({"id": "f1", "name": "fab-rules.txt"})


@pytest.fixture
def path(tmp_path):
    found = tmp_path / 'rules "ä".txt'
    found.write_bytes(CONTENT)
    return found


async def test_a_file_goes_up_from_disk_whole_each_time(path):
    forms = Forms(429, 429)

    async with talking_to(forms) as domo:
        done = await domo.filesets.files.upload("fs", path, directory_path="a/ä")

    form = [
        ("file", "rules %22ä%22.txt", CONTENT),
        ("createFileRequest", None, '{"directoryPath":"a/ä"}'.encode()),
    ]
    assert [form] * 3 == forms.tries
    assert "f1" == done.id


async def test_an_upload_that_the_instance_may_have_taken_is_not_sent_again(path):
    forms = Forms(500)

    async with talking_to(forms) as domo:
        with pytest.raises(APIError):
            await domo.filesets.files.upload("fs", path)

    assert 1 == len(forms.tries)


async def test_a_file_that_is_not_there_costs_no_request(path):
    forms = Forms()

    async with talking_to(forms) as domo:
        with pytest.raises(SourceError, match="absent.* does not exist"):
            await domo.filesets.files.upload("fs", path.with_name("absent"))
        with pytest.raises(ConfigError, match="name="):
            await domo.filesets.files.upload("fs", b"x")

    assert [] == forms.tries


@pytest.mark.parametrize("to_disk", [False, True])
async def test_a_download_follows_to_another_host_and_leaves_the_token_behind(tmp_path, to_disk):
    seen: list[str] = []

    async def storage(request: web.Request) -> web.Response:
        seen.append(f"{request.raw_headers!r} {request.raw_path}")
        return web.Response(body=CONTENT, content_type="application/octet-stream")

    async with serving(storage) as elsewhere:

        async def instance(request: web.Request) -> web.Response:
            assert TOKEN == request.headers["X-DOMO-Developer-Token"]
            if not request.path.endswith("/download"):
                return web.json_response({"id": "f1", "size": len(CONTENT)})
            assert "/api/files/v1/filesets/fs/files/f1/download" == request.path
            return web.Response(status=302, headers={"Location": f"{elsewhere}/bucket/f1?signature=a%2Bb"})

        async with talking_to(instance) as domo:
            if to_disk:
                done = await domo.filesets.files.download("fs", "f1", tmp_path / "out.bin")
                assert len(CONTENT) == done.bytes
                assert CONTENT == (tmp_path / "out.bin").read_bytes()
            else:
                assert CONTENT == await domo.filesets.files.download("fs", "f1")

    assert 1 == len(seen)
    assert "/bucket/f1?signature=a%2Bb" in seen[0]
    assert TOKEN not in seen[0]


def context(shape: str, offset: int, given: int) -> dict[str, int]:
    if shape == "total":
        return {"offset": offset, "limit": 100, "total": 5}
    return {"count": given, "totalCount": 5, "offset": offset}


@pytest.mark.parametrize("shape", ["total", "totalCount", "none"])
async def test_filesets_come_page_by_page_however_pages_are_told(shape):
    asked = []

    async def handler(request: web.Request) -> web.Response:
        assert {"filters": [{"field": "name", "value": ["x"], "operator": "EQUALS", "not": False}]} == (
            await request.json()
        )
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        asked.append((offset, limit))
        items = [{"id": str(number), "permission": "NEW"} for number in range(5)][offset : offset + limit]
        answer: dict[str, Any] = {"fileSets": items}
        if shape != "none":
            answer["pageContext"] = context(shape, offset, len(items))
        return web.json_response(answer)

    async with talking_to(handler) as domo:
        pager = domo.filesets.search(filters=[FieldFilter("name", ["x"])], page_size=2)
        found = await pager.all()
        pages = list(asked)
        some = await domo.filesets.search(filters=[FieldFilter("name", ["x"])], offset=1, limit=3, page_size=2).all()

    assert list("01234") == [fileset.id for fileset in found]
    assert FileSetPermission("NEW") == found[0].permission
    assert list("123") == [fileset.id for fileset in some]
    assert [(0, 2), (2, 2), (4, 2)] == pages


async def test_files_come_by_cursor_and_the_search_is_the_same_on_each_page():
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append((dict(request.query), await request.json()))
        place = request.query.get("next")
        following = {None: "b=&c", "b=&c": "d", "d": ""}[place]
        files = [] if place == "b=&c" else [{"id": str(place), "created": "2024-06-15T00:00:00.000Z"}]
        return web.json_response({"files": files, "pageContext": {"next": following}})

    async with talking_to(handler) as domo:
        files = await domo.filesets.files.search(
            "fs", directory_path="a", page_size=1, date_filters=[DateFilter("created", EARLY, LATE)]
        ).all()

    assert ["None", "d"] == [file.id for file in files]
    assert [None, "b=&c", "d"] == [query.get("next") for query, _ in asked]
    assert [("a", "1")] * 3 == [(query["directoryPath"], query["limit"]) for query, _ in asked]
    assert asked[0][1] == asked[1][1] == asked[2][1]


async def test_a_list_of_files_that_leads_in_a_circle_ends():
    async def handler(request: web.Request) -> web.Response:
        following = "b" if request.query.get("next") == "a" else "a"
        return web.json_response({"files": [{"id": "x"}], "pageContext": {"next": following}})

    async with talking_to(handler) as domo:
        with pytest.raises(DecodeError, match="no end"):
            await domo.filesets.files.search("fs").all()


@pytest.mark.parametrize(
    "read",
    [
        lambda domo: domo.filesets.files.query("fs", query="x"),
        lambda domo: domo.filesets.files.search("fs").all(),
        lambda domo: domo.filesets.search().all(),
    ],
)
async def test_reading_calls_are_repeated_when_the_instance_fails(read: Callable[..., Awaitable[object]]):
    tries = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal tries
        tries += 1
        if tries == 1:
            return web.Response(status=502)
        return web.json_response({"files": [], "fileSets": [], "matches": []})

    async with talking_to(handler) as domo:
        assert not await read(domo)

    assert 2 == tries


async def test_a_query_tells_when_a_file_was_made_like_all_others():
    async def handler(request: web.Request) -> web.Response:
        node = {"id": "f1", "created": 1718826000000}
        return web.json_response({"matches": [{"id": "f1", "node": node, "score": 1}]})

    async with talking_to(handler) as domo:
        (match,) = await domo.filesets.files.query("fs", query="x")

    assert match.node is not None
    assert datetime(2024, 6, 19, 19, 40, tzinfo=UTC) == match.node.created


@pytest.mark.parametrize(
    "call",
    [
        lambda domo: domo.filesets.files.delete_by_path("fs", path=""),
        lambda domo: domo.filesets.files.delete_by_path("fs", path="/"),
        lambda domo: domo.filesets.files.delete_by_path("fs", path=" ./ "),
        lambda domo: domo.filesets.files.delete_by_path("fs", path=None),
        lambda domo: domo.filesets.files.get_by_path("fs", path=""),
        lambda domo: domo.filesets.files.get("fs", "download"),
        lambda domo: domo.filesets.files.download("fs", "share"),
        lambda domo: domo.filesets.files.delete("fs", "search"),
        lambda domo: domo.filesets.files.delete("fs", ""),
        lambda domo: domo.filesets.files.search("fs", page_size=0).all(),
        lambda domo: domo.filesets.get("search"),
        lambda domo: domo.filesets.update("search", name="x"),
        lambda domo: domo.filesets.delete("search"),
        lambda domo: domo.filesets.delete(""),
        lambda domo: domo.filesets.update("fs"),
        lambda domo: domo.filesets.set_owner("search", 27),
        lambda domo: domo.filesets.get_access("search"),
        lambda domo: domo.filesets.set_access("search", access=[FileSetAccess("USER", 27, "READ")]),
        lambda domo: domo.filesets.set_access("fs", access=[]),
        lambda domo: domo.filesets.search(page_size=0).all(),
    ],
)
async def test_ids_that_would_reach_something_else_cost_no_request(call: Callable[..., Any]):
    asked = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"id": "x"})

    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError):
            await call(domo)

    assert 0 == asked


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: FieldFilter("name", "Marketing"), r"\['Marketing'\]"),
        (lambda: FieldFilter("name", []), "empty"),
        (lambda: FieldFilter("name"), "empty"),
        (lambda: DateFilter("created", EARLY.replace(tzinfo=None), LATE), "time zone"),
        (lambda: DateFilter("created", EARLY, LATE.replace(tzinfo=None)), "time zone"),
        (lambda: DateFilter("created", LATE, EARLY), "ends before it starts"),
        (lambda: DateFilter("created"), "neither a start nor an end"),
        (lambda: DateFilter("created", end=EARLY.replace(tzinfo=None)), "time zone"),
    ],
)
def test_filters_that_cannot_be_meant_are_refused(make: Callable[[], object], why):
    with pytest.raises(ConfigError, match=why):
        make()
