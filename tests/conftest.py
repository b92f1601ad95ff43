"""What every test may lean on, and a watch over the whole run: no token may ever be told."""

from __future__ import annotations

import gc
import logging
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from domo_async import Domo, DomoError, Secret, Settings
from domo_async._settings import Credentials
from domo_async._wire import errors
from domo_async.emulator import Emulator
from tests.support import SkippingClock

# The everyday run gives the same result every time: few examples, always the same ones, judged by no clock.
settings.register_profile(
    "steady",
    derandomize=True,
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Some tests end processes by Ctrl-C, which a run in the background of a shell, and all that it starts, would ignore.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Processes that tests start compile our modules once, not each time: that is a third of what a start takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# `-m long` also searches by chance, among many examples.
TRIES = int(os.environ.get("TRIES", "1000"))
settings.register_profile(
    "search", settings.get_profile("steady"), derandomize=False, max_examples=TRIES, print_blob=True
)


def _names(config: pytest.Config, marker: str) -> bool:
    return marker in str(config.option.markexpr).replace(f"not {marker}", "").split()


def _searches(config: pytest.Config) -> bool:
    return _names(config, "long")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose how examples are found; a search has a seed, which goes to all processes of the run."""
    settings.load_profile("search" if _searches(config) else "steady")
    if _searches(config) and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbelow(2**32))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Name the seed of a search, so that it can be run again."""
    return f"again with --hypothesis-seed={config.option.hypothesis_seed}" if _searches(config) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make each test of made examples a long one too when long ones run."""
    if _searches(config):
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker(pytest.mark.long)
                item.add_marker(pytest.mark.timeout(1800 + 10 * TRIES))
    if not _names(config, "hostile") or not _searches(config):
        # They take as long as one likes, and so are asked for by both names.
        items[:] = [item for item in items if not {"long", "hostile"} <= {mark.name for mark in item.iter_markers()}]


def pytest_collection_finish() -> None:
    """Keep the collector of garbage from going through the tests themselves, and through all else again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 50)


_WORD = re.compile(r"[A-Za-z0-9_-]{12,}")


def shown(error: BaseException | None) -> str:
    """Return what an error says; it may hold a value that cannot be printed, such as a number of 5 000 digits."""
    try:
        return f"{error} {error!r}"
    except ValueError:
        return type(error).__name__


class Told:
    """What the library said during the run, and the tokens that it must not have said."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.errors: list[DomoError] = []
        self.lines: list[str] = []

    def everything(self) -> Iterator[str]:
        yield from self.lines
        yield from self._of_errors()

    def _of_errors(self) -> Iterator[str]:
        for error in self.errors:
            yield f"{error} {error!r} {error.__dict__}"
            yield from map(shown, (error.__cause__, error.__context__))

    def settle(self) -> None:
        """Keep what errors say instead of the errors, whose tracebacks hold all that a test had in its hands."""
        self.lines += self._of_errors()
        self.errors.clear()

    def leaks(self) -> list[str]:
        """Return what was said of tokens; each process that runs tests looks at the end."""
        odd = [token for token in self.tokens if not _WORD.fullmatch(token)]
        sizes = {len(token) for token in self.tokens}
        lines = [*self.everything()]
        # Words are looked up piece by piece, and each once: there are too many tokens to look for each in each line.
        telling = {
            word
            for word in {word for line in lines for word in _WORD.findall(line)}
            if any(word[index : index + size] in self.tokens for size in sizes for index in range(len(word) - size + 1))
        }
        return [line for line in lines if any(token in line for token in [*odd, *telling])]


class _Recorder(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{self.format(record)} {record.__dict__}")


@pytest.fixture(scope="session", autouse=True, name="watch")
def _watch() -> Iterator[Told]:
    """Record every log line, every error of ours and every token of the run."""
    told = Told()
    patch = pytest.MonkeyPatch()
    original_init, original_of = DomoError.__init__, Credentials.of

    def recording_init(self: DomoError, message: str) -> None:
        original_init(self, message)
        told.errors.append(self)

    def recording_of(*, token: Secret[str] | None, session_token: Secret[str] | None) -> Credentials:
        credentials = original_of(token=token, session_token=session_token)
        # Shorter ones are not secrets but words that a message may well hold.
        if len(credentials.token.get_secret_value()) >= 12:
            told.tokens.add(credentials.token.get_secret_value())
        return credentials

    patch.setattr(DomoError, "__init__", recording_init)
    patch.setattr(Credentials, "of", recording_of)
    recorder = _Recorder(told.lines)
    logger = logging.getLogger()
    ours = logging.getLogger("domo_async")
    logger.addHandler(recorder)
    ours.setLevel(logging.DEBUG)
    yield told
    logger.removeHandler(recorder)
    patch.undo()
    assert [] == told.leaks(), "a token was told; the line is that of some test before"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what whoever runs the tests has set for instances and networks out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for name in ("DOMO_PROFILE", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture(autouse=True)
def _settled(watch: Told) -> Iterator[None]:
    """Let go of the errors of each test."""
    errors._warned.clear()  # what is logged once is logged in each test, whichever ran before
    yield
    watch.settle()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """aiohttp speaks asyncio only."""
    return "asyncio"


@pytest.fixture
async def emulator(request: pytest.FixtureRequest) -> AsyncIterator[Emulator]:
    """An embedded instance of the test's own; see `STRICT`."""
    async with Emulator(**getattr(request, "param", {})) as emulator:
        yield emulator


@pytest.fixture
def clock() -> SkippingClock:
    """The clock of `domo`, on which waiting takes no time."""
    return SkippingClock()


@pytest.fixture
async def domo(emulator: Emulator, clock: SkippingClock) -> AsyncIterator[Domo]:
    """A client of `emulator` that never really waits."""
    async with emulator.client(settings=Settings(clock=clock)) as domo:
        yield domo
