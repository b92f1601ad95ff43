"""What answers hold under names of secrets is in no repr and in no error."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from domo_async import Domo, DomoError, Settings
from domo_async._transport.responses import _without_pairs
from domo_async.sync import Domo as BlockingDomo
from tests.support import TOKEN, SkippingClock, serving, talking_to

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
async def test_unknown_fields_with_names_of_secrets_are_not_shown(
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


def test_fields_beside_a_secret_are_shown() -> None:
    text = "{'user': 'ada', 'password': 'x y', 'more': [1], url=https://example.com?token=abc=&b=2} {"
    assert text.replace("x y", "***").replace("abc=", "***") == _without_pairs(text)
    assert "{" * 99_999 == _without_pairs("{" * 99_999)
    assert "a:[" * 9_999 == _without_pairs("a:[" * 9_999)


REPEATED = "".join(f"&#{ord(character)};" for character in TOKEN)
RUN = "/api/data/v1/streams/5/executions/7"
# The answers of an instance that repeats the token in good answers, and what the caller then asks for.
REPEATING: dict[str, tuple[dict[str, object], Callable[[Any], Any]]] = {
    "the message of a refused part": (
        {"/parts/": {"uploadStatus": "FAILED", "uploadMessage": f"no {REPEATED}"}},
        lambda domo: domo.datasets.uploads.put_part("d", 1, 1, b"1\n"),
    ),
    "an error among the keys of a refused part": (
        {"/parts/": {"errorCode": REPEATED}},
        lambda domo: domo.datasets.uploads.put_part("d", 1, 1, b"1\n"),
    ),
    "the status of a commit": (
        {
            "/commit": {"status": f"FAILED {REPEATED}"},
            "/schemas/latest": {"schema": {"columns": [{"name": "a", "type": "LONG"}]}},
            "/uploads": {"uploadId": 1},
            "/dataversions": [],
            "": {},
        },
        lambda domo: domo.datasets.upload("d", [(1,)], header=False),
    ),
    "the reason of a failed run": (
        {RUN: {"id": 7, "currentState": "FAILED", "errors": [{"message": f"no {REPEATED}"}]}},
        lambda domo: domo.streams.wait(5, 7),
    ),
    "a state that is not known": (
        {RUN: {"id": 7, "currentState": REPEATED}},
        lambda domo: domo.streams.wait(5, 7, timeout=1),
    ),
    "the state of an execution": (
        {"/executions/": {"id": 7, "state": REPEATED, "failed": True}},
        lambda domo: domo.dataflows.wait(5, 7),
    ),
}


@pytest.mark.parametrize("case", REPEATING)
@pytest.mark.parametrize("blocking", [False, True], ids=["awaited", "blocking"])
async def test_no_error_repeats_the_token_of_a_good_answer(case: str, blocking: bool) -> None:
    answers, call = REPEATING[case]

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        body = next((body for part, body in answers.items() if part in request.path), {})
        return web.json_response(body)

    def blocked() -> None:
        with BlockingDomo(origin, token=TOKEN, settings=Settings(clock=SkippingClock())) as domo:
            call(domo)

    async with serving(answer) as origin:
        with pytest.raises(DomoError) as caught:
            if blocking:
                await asyncio.to_thread(blocked)
            else:
                async with Domo(origin, token=TOKEN, settings=Settings(clock=SkippingClock())) as domo:
                    await call(domo)

    error: BaseException | None = caught.value
    shown = "".join(traceback.format_exception(error))
    while error is not None:
        shown += repr(error) + repr(vars(error))
        error = error.__cause__
    assert "***" in shown
    assert REPEATED not in shown


async def test_notes_and_attributes_of_errors_have_no_secrets_either() -> None:
    async with Domo("acme", token=TOKEN):
        error = DomoError("plain")
        error.add_note(f"a note with {TOKEN}")
        error.message = f"then {TOKEN}"

    assert ["a note with ***"] == error.__notes__
    assert "then ***" == str(error)


async def test_a_short_secret_is_not_taken_out_of_words_that_no_answer_has() -> None:
    async with Domo("acme", token="none"):
        assert "none of the columns" == str(DomoError("none of the columns"))


_FORKED = """
import os, threading
from domo_async import Domo, DomoError, _redaction

domo = Domo("acme", token="a-token-of-some-length")
held, done = threading.Event(), threading.Event()

def hold():
    with _redaction._lock:
        held.set()
        done.wait()

thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if not child:
    os._exit("a-token" in str(DomoError("of a-token-of-some-length")))
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
done.set()
thread.join()
os._exit(code)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_makes_errors_though_a_thread_was_making_one() -> None:
    assert 0 == subprocess.run([sys.executable, "-c", _FORKED], timeout=30, check=False).returncode
