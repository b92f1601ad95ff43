"""The client in bad company: scripts of misdeeds found by chance, and what has to hold whatever they are."""

from __future__ import annotations

import asyncio
import gc
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domo_async import Domo, DomoError, RequestEvent, Retries, Settings, Timeouts, errors
from domo_async._bulk import BulkReport
from domo_async.emulator import Emulator
from domo_async.sync import Domo as BlockingDomo
from tests.conftest import Told
from tests.hostile.calls import CALLS, PASSWORD, Call, World, made, outcome_of
from tests.hostile.leaks import found_in, listening_to_complaints, texts_of
from tests.hostile.scripts import Script, scripts
from tests.hostile.server import hostile_server
from tests.support import SkippingClock

pytestmark = [
    pytest.mark.hostile,
    # The scripts' headers may be long.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

# How long a call of many requests may take, each of which may stand still until its time is over.
PATIENCE = 30.0
ARGUMENTS = (" json", " configurations")
WAYS = ("own", "session", "blocking")
OF_THE_SESSION = "of-the-session-55aa01"
OF_THE_HOOK = "of-the-hook-1f2e3d4c"
OF_THE_JAR = "of-the-jar-a1b2c3d4e5"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """An instance with a little of everything, and who stands before it."""
    async with (
        Emulator(search_limit=1_000_000) as emulator,
        emulator.client() as clean,
        hostile_server(emulator) as server,
    ):
        world = World(emulator, clean, server, tmp_path_factory.mktemp("hostile"))
        await world.fill()
        yield world


@asynccontextmanager
async def client(url: str, token: str, way: str) -> AsyncIterator[Any]:
    """A client with as many secrets as it can have, and little patience."""

    def hook(event: RequestEvent) -> None:
        event.headers["X-Hook-Secret"] = OF_THE_HOOK

    options = Settings(
        clock=SkippingClock(),
        timeouts=Timeouts(connect=1, read=0.25, total=0.5),
        retries=Retries(attempts=2),
        max_answer=4 << 20,
        before_request=(hook,),
    )
    async with AsyncExitStack() as stack:
        if way == "blocking":
            blocking = BlockingDomo(url, token=token, settings=options)
            stack.push_async_callback(asyncio.to_thread, blocking.close)
            yield blocking
            return
        session = None
        if way == "session":
            session = await stack.enter_async_context(
                aiohttp.ClientSession(
                    headers={"X-Gateway-Secret": OF_THE_SESSION},
                    cookies={"c": OF_THE_JAR},
                    cookie_jar=aiohttp.CookieJar(unsafe=True),
                )
            )
        yield await stack.enter_async_context(Domo(url, token=token, settings=options, session=session))


async def tried(call: Call, script: Script, way: str, world: World, told: Told) -> str:
    """Make a call against a script, hold all properties against it, and return how it ended."""
    server, token = world.server, secrets.token_hex(16)
    about = await call.prepare(world)
    sent = (PASSWORD,) if call.sends_password else ()
    known = (token, OF_THE_HOOK, *((OF_THE_SESSION, OF_THE_JAR) if way == "session" else ()), *sent)
    told.lines.clear()
    async with client(server.url, token, way) as domo:
        server.begin(script, known)
        value, error = None, None
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                value = await made(call, domo, world, about)
        except DomoError as failure:
            error = failure
            assert type(error) is getattr(errors, type(error).__name__), "users cannot name it"
        assert time.monotonic() - started < PATIENCE
        lied, seen = server.lied, list(server.seen)
        server.end()
        # Who answers before being asked may do so just as the question goes out, which nobody can tell from an answer.
        if script.greeting != "answer":
            await belongs(domo)
    server.lied, server.seen = lied, seen
    nothing_told(error, value, known, told)
    # Among them are some that were never raised to anybody.
    told.errors.clear()
    left = b"\n".join(server.strangers).decode("latin-1")
    assert [] == found_in(left, known), "another origin was told a secret"
    await call.check(world, about, outcome_of(error), value, error)
    return f"{'lied to: ' if lied else ''}{'well' if error is None else type(error).__name__}"


async def belongs(domo: Any) -> None:
    """See that no answer is another request's, nor one that nobody asked for."""
    targets = [f"/api/echo/{secrets.token_hex(4)}" for _ in range(3)]

    async def ask(target: str) -> object:
        try:
            return (
                await asyncio.to_thread(domo.request, "GET", target)
                if way_is_blocking
                else await domo.request("GET", target)
            )
        except TimeoutError:
            return target

    way_is_blocking = isinstance(domo, BlockingDomo)
    assert targets == await asyncio.gather(*map(ask, targets))


def nothing_told(error: DomoError | None, value: Any, known: tuple[str, ...], told: Told) -> None:
    """See that no error and no log line holds a secret, in whatever form."""
    errors: list[BaseException] = [] if error is None else [error]
    errors += [row.error for row in value if row.error is not None] if isinstance(value, BulkReport) else []
    for failure in errors:
        for place, text in texts_of(failure):
            # What the caller gave stands in the caller's own frames, too.
            given = PASSWORD if place.endswith(ARGUMENTS) else None
            assert [] == found_in(text, tuple(secret for secret in known if secret != given)), place
    assert [] == found_in("\n".join(told.lines), known), "told in a log"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@settings(phases=[Phase.explicit, Phase.generate])
@given(script=scripts(), way=st.sampled_from(WAYS))
async def test_whatever_a_server_does(call: Call, script: Script, way: str, world: World, watch: Told, tally):
    with listening_to_complaints() as complaints:
        end = await tried(call, script, way, world, watch)
        tally(end)
        if random.random() < 0.1:
            gc.collect()
    assert [] == complaints.texts


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Count how calls end, for the report at the end of the run."""
    ends: dict[str, int] = {}  # a plain one, which goes from process to process
    record_property("ends", ends)

    def count(end: str) -> None:
        ends[end] = ends.get(end, 0) + 1

    return count
