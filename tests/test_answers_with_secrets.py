"""What answers hold under names of secrets is in no repr and in no error."""

from __future__ import annotations

import json
import traceback

import pytest
from aiohttp import web

from domo_async import DomoError
from domo_async._transport.responses import _without_pairs
from tests.support import talking_to

HIDDEN = "S3cr3tValue9"


async def told(path: str, body: object, status: int = 200) -> str:
    """Return all that a caller is shown of an answer: the models' repr, or the error with its body."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    async with talking_to(answer) as domo:
        try:
            account = await domo.accounts.get(1) if path == "account" else await domo.streams.get(1)
        except DomoError as error:
            return "".join([*traceback.format_exception(error), repr(vars(error))])
        return repr(account) + str(account)


@pytest.mark.parametrize(
    "further",
    [
        {"password": HIDDEN},
        {"oauth": {"refresh_token": HIDDEN}},
        {"x": [{"clientSecret": [HIDDEN]}]},
        {"x": [{"name": "password", "value": HIDDEN}]},
        {"x": {"type": "password", "value": HIDDEN}},
        {"valid": {"token": HIDDEN}},
        {"Authorization": f"Bearer {HIDDEN}"},
    ],
)
async def test_what_no_field_stands_for_is_not_shown_if_its_name_is_that_of_a_secret(
    further: dict[str, object],
) -> None:
    shown = await told("account", {"id": 1, "displayName": "shown", "plain": "also shown", **further})

    assert "shown" in shown
    assert "also shown" in shown
    assert "***" in shown
    assert HIDDEN not in shown


@pytest.mark.parametrize("about", [{"name": "password"}, {"name": "x", "type": "password"}])
async def test_a_setting_is_not_shown_if_its_name_or_type_is_that_of_a_secret(about: dict[str, str]) -> None:
    settings = [{"value": HIDDEN, **about}, {"name": "query", "value": "SELECT 1"}]
    shown = await told("stream", {"id": 1, "configuration": settings})

    assert "SELECT 1" in shown
    assert HIDDEN not in shown


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "body",
    [
        [{"password": HIDDEN}, 5],
        {"x": 1, "message": f"no {HIDDEN}", "token": HIDDEN},
        f'{{"token":["{HIDDEN}"',
        f'{{"token": {{"v": ["x", "{HIDDEN}',
        f"{{'password': 'it is {HIDDEN}'}}",
        f"password={HIDDEN}",
        f"url=https://example.com?a=1&token={HIDDEN}&b=2",
        f"Authorization: Bearer {HIDDEN}",
    ],
)
async def test_no_error_shows_what_its_answer_holds_under_the_name_of_a_secret(body: object, status: int) -> None:
    assert HIDDEN not in await told("stream", body, status)


def test_what_stands_beside_a_secret_is_shown() -> None:
    text = "{'user': 'ada', 'password': 'x y', 'more': [1], url=https://example.com?token=abc=&b=2} {"
    assert text.replace("x y", "***").replace("abc=", "***") == _without_pairs(text)
    assert "{" * 99_999 == _without_pairs("{" * 99_999)
    assert "a:[" * 9_999 == _without_pairs("a:[" * 9_999)
