from __future__ import annotations

import pytest
from aiohttp import web

from domo_async import ConfigError, Conflict, DecodeError
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


@pytest.mark.parametrize("text", ["data:image/png;base64,iVBORw==", "iVBO\r\nRw==\n"])
async def test_a_data_url_and_broken_lines_are_the_same_file(text):
    rendering = await rendered({"image": {"data": text}})

    assert rendering.image is not None
    assert rendering.image.content() == b"\x89PNG"


@pytest.mark.parametrize("text", ["iVBORw", "<html>", "naïve"])
async def test_what_is_no_base64_is_not_taken_for_a_file(text):
    rendering = await rendered({"data": [text], "image": {"data": text}})

    with pytest.raises(DecodeError, match="no base64"):
        rendering.contents()
    assert rendering.image is not None
    with pytest.raises(DecodeError, match="no base64"):
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
