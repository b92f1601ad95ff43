from __future__ import annotations

import sys
from base64 import b64encode
from typing import Any

import pytest
from aiohttp import web

from domo_async import ConfigError, Conflict, DecodeError
from domo_async._emulator.services.pictures import text_pdf
from tests.support import talking_to


async def rendered(answer):
    """Return what is rendered of a card by an instance that gives this answer."""

    async def handler(request):
        return web.json_response(answer)

    async with talking_to(handler) as domo:
        return await domo.cards.render(1, parts=["image"])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"data": ["JVBERi0=", "iVBORw=="]}, (b"%PDF-", b"\x89PNG")),
        ({"title": "Sales", "image": {"data": "iVBORw=="}}, (b"\x89PNG",)),
        ({"image": {"pages": ["JVBERi0=", "iVBORw=="]}}, (b"%PDF-", b"\x89PNG")),
        ({"imagePDF": {"data": "JVBERi0="}, "summaryImage": {"data": "iVBORw=="}}, (b"%PDF-", b"\x89PNG")),
        ({"data": {"rows": [["North", 1]]}, "title": "Sales"}, ()),
        ({}, ()),
    ],
)
async def test_files_are_found_in_every_shape_of_the_answer(answer, expected):
    rendering = await rendered(answer)

    assert expected == rendering.contents()


PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
PDF = b"%PDF-1.4 page"


def rendering(*files: bytes, table: bool = False) -> dict[str, Any]:
    texts = [b64encode(file).decode() for file in files]
    return {"title": "Sales", "image": {"pages": texts} if table else {"data": texts[0], "notAllDataShown": True}}


class Renderer:
    """An instance that renders cards, and keeps which parts were asked for."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.query["parts"])
        return web.json_response(self._answer)


@pytest.mark.parametrize(
    ("name", "file", "table", "parts"),
    [
        ("card.png", PNG, False, "title,image"),
        ("CARD.PDF", PDF, False, "title,imagePDF"),
        ("card.pdf", PDF, True, "title,imagePDF"),
    ],
)
async def test_a_card_is_rendered_into_a_file(tmp_path, name, file, table, parts):
    renderer = Renderer(rendering(file, table=table))

    async with talking_to(renderer) as domo:
        done = await domo.cards.render_to(7, tmp_path / name)

    assert file == (tmp_path / name).read_bytes()
    assert [parts] == renderer.asked
    assert "Sales" == done.title


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("card.png", {"image": {"message": "the card has no data"}}, "0 pictures.*the card has no data"),
        ("card.png", rendering(PDF), "not a PNG"),
        ("card.pdf", rendering(PNG), "not a PDF"),
        ("card.png", rendering(PNG, PNG, table=True), "2 pictures"),
        ("card.pdf", {"image": {"data": "%%%"}}, "not base64"),
    ],
)
async def test_an_answer_without_a_picture_is_an_error_and_leaves_no_file(tmp_path, name, answer, message):
    (tmp_path / name).write_bytes(b"old")

    async with talking_to(Renderer(answer)) as domo:
        with pytest.raises(DecodeError, match=message):
            await domo.cards.render_to(7, tmp_path / name)

    assert b"old" == (tmp_path / name).read_bytes()
    assert [name] == [path.name for path in tmp_path.iterdir()]


async def test_a_place_that_cannot_be_rendered_to_costs_no_request(tmp_path):
    renderer = Renderer(rendering(PNG))

    async with talking_to(renderer) as domo:
        for name in ("card.jpg", "card", "absent/card.png"):
            with pytest.raises(ConfigError):
                await domo.cards.render_to(7, tmp_path / name)

    assert [] == renderer.asked


async def test_pages_that_cannot_be_joined_are_told_before_they_are_rendered(tmp_path, monkeypatch):
    renderer = Renderer(rendering(PDF, PDF, table=True))
    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.setattr("domo_async._transfer.files.pictures.find_spec", lambda _: None)

    async with talking_to(renderer) as domo:
        with pytest.raises(ConfigError, match=r"domo-async\[pdf\]"):
            await domo.cards.render_to(7, tmp_path / "card.pdf", num_table_pages=2)
        assert [] == renderer.asked
        with pytest.raises(ConfigError, match=r"domo-async\[pdf\]"):
            await domo.cards.render_to(7, tmp_path / "card.pdf")

    assert [] == list(tmp_path.iterdir())


async def test_the_pages_of_a_table_become_one_file(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    pages = [text_pdf([f"page {number}"]) for number in (1, 2, 3)]

    async with talking_to(Renderer(rendering(*pages, table=True))) as domo:
        await domo.cards.render_to(7, tmp_path / "card.pdf", num_table_pages=3)

    joined = pypdf.PdfReader(tmp_path / "card.pdf")

    assert ["page 1", "page 2", "page 3"] == [page.extract_text().strip() for page in joined.pages]


async def test_pages_that_are_broken_are_an_error_and_no_file(tmp_path):
    pytest.importorskip("pypdf")

    async with talking_to(Renderer(rendering(PDF, PDF, table=True))) as domo:
        with pytest.raises(DecodeError, match="cannot be joined"):
            await domo.cards.render_to(7, tmp_path / "card.pdf", num_table_pages=2)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["data:image/png;base64,iVBORw==", "iVBO\r\nRw==\n"])
async def test_a_data_url_and_broken_lines_are_the_same_file(text):
    rendering = await rendered({"image": {"data": text}})

    assert rendering.image is not None
    assert rendering.image.content() == b"\x89PNG"


@pytest.mark.parametrize("text", ["iVBORw", "<html>", "naïve"])
async def test_a_text_that_is_not_base64_is_not_taken_for_a_file(text):
    rendering = await rendered({"data": [text], "image": {"data": text}})

    with pytest.raises(DecodeError, match="not base64"):
        rendering.contents()
    assert rendering.image is not None
    with pytest.raises(DecodeError, match="not base64"):
        rendering.image.content()


async def test_a_picture_that_is_not_there_says_why():
    rendering = await rendered({"image": {"message": "the card has no data"}})

    assert rendering.image is not None
    with pytest.raises(DecodeError, match="0 files, not one: the card has no data"):
        rendering.image.content()


async def test_one_file_is_not_had_of_several_pages():
    rendering = await rendered({"image": {"pages": ["JVBERi0=", "JVBERi0="]}})

    assert rendering.image is not None
    with pytest.raises(DecodeError, match="2 files, not one"):
        rendering.image.content()


async def test_a_card_that_cannot_be_rendered_is_a_conflict():
    async def handler(request):
        return web.json_response({"status": 409, "message": "the dataset is gone"}, status=409)

    async with talking_to(handler) as domo:
        with pytest.raises(Conflict, match="the dataset is gone"):
            await domo.cards.render(1, parts=["image"])


@pytest.mark.parametrize("parts", [[], "image"])
async def test_a_rendering_without_a_list_of_parts_is_not_sent(parts):
    async def handler(request):
        raise AssertionError(request.path)

    async with talking_to(handler) as domo:
        with pytest.raises(ConfigError, match="parts"):
            await domo.cards.render(1, parts=parts)
