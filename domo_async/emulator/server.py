"""The embedded instance as its users hold it."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from domo_async.emulator.app import Gate, create_app
from domo_async.emulator.auth import Authentication
from domo_async.emulator.connections import Connections
from domo_async.emulator.faults import Faults
from domo_async.emulator.limits import SlidingWindow
from domo_async.emulator.log import RequestLog
from domo_async.emulator.outcomes import Outcomes
from domo_async.emulator.state import Instance
from domo_async.emulator.storage import Storage

if TYPE_CHECKING:
    from domo_async import Domo
    from domo_async.sync import Domo as SyncDomo

_READ_BUFFER = 1 << 20
_GOODBYE = 0.1


class Emulator:
    """A Domo instance on loopback.

    ``async with Emulator() as emulator`` serves in the running loop; ``with Emulator() as emulator`` serves from
    a thread of its own, for blocking callers.

    Attributes:
        token: The developer token that it accepts.
        faults: What shall go wrong.
        outcomes: How jobs shall end, where not well.
        log: What was asked of it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        data: Path | str | None = None,
        search_limit: int = 120,
        search_window: float = 60.0,
        index_delay: float = 0.0,
        job_delay: float = 0.0,
        bandwidth: float | None = None,
        latency: float = 0.0,
    ) -> None:
        """Make an instance that is not started yet.

        Args:
            host: The address to listen on.
            port: The port; 0 for one that is free.
            token: The developer token; None for a random one.
            data: The directory for spooled uploads and DuckDB's overflow; None for a temporary one that is
                removed at the end. The state itself ends with the instance.
            search_limit: How many search requests are allowed in any `search_window` seconds.
            search_window: See there.
            index_delay: Seconds from a commit to its rows being visible to queries.
            job_delay: Seconds that a job takes: a workflow, a stream's run, an export.
            bandwidth: Bytes a second for each connection; None for as fast as it goes.
            latency: Seconds that every request takes longer.
        """
        self.token: str = secrets.token_hex(32) if token is None else token
        self.faults: Faults = Faults()
        self.log: RequestLog = RequestLog()
        self._host = host
        self._port = port
        self._data = None if data is None else Path(data)
        self._instance = Instance(index_delay=index_delay, job_delay=job_delay)
        self._gate = Gate(
            instance=self._instance,
            authentication=Authentication(self.token),
            faults=self.faults,
            log=self.log,
            search_limit=SlidingWindow(search_limit, search_window),
            connections=Connections(bandwidth),
            latency=latency,
        )
        self.outcomes: Outcomes = self._instance.outcomes
        self._url: str | None = None
        self._release: Callable[[], Any] | None = None
        self._thread: _ServerThread | None = None

    def __repr__(self) -> str:
        return f"<Emulator at {self._url or 'no address yet'}>"

    @property
    def url(self) -> str:
        """The address, such as ``http://127.0.0.1:8080``."""
        if self._url is None:
            raise RuntimeError("The emulator is not running")
        return self._url

    @property
    def now(self) -> Callable[[], float]:
        """The clock of rate limit, index delay and log, in seconds; a test may put its own here."""
        return self._instance.now

    @now.setter
    def now(self, clock: Callable[[], float]) -> None:
        self._instance.now = clock

    def client(self, **kwargs: Any) -> Domo:
        """Return an async client of this instance; `kwargs` are those of `domo_async.Domo`."""
        from domo_async import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, token=self.token, **kwargs)

    def sync_client(self, **kwargs: Any) -> SyncDomo:
        """Return a blocking client of this instance; `kwargs` are those of `domo_async.sync.Domo`."""
        from domo_async.sync import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, token=self.token, **kwargs)

    async def start(self) -> None:
        """Begin to serve in the running loop."""
        if self._release is not None:
            raise RuntimeError("The emulator is running already")
        directory = self._data or Path(tempfile.mkdtemp(prefix="domo-emulator-"))
        storage = await asyncio.to_thread(Storage.open, directory)
        runner = web.AppRunner(
            create_app(self._gate, storage),
            access_log=None,
            shutdown_timeout=_GOODBYE,
            read_bufsize=_READ_BUFFER,
            lingering_time=1.0,
        )

        async def release() -> None:
            await runner.cleanup()
            await asyncio.to_thread(storage.close)
            if self._data is None:
                await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)

        self._release = release
        try:
            await runner.setup()
            await web.TCPSite(runner, self._host, self._port).start()
        except BaseException:
            await self.stop()
            raise
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._url = f"http://{host}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop to serve, and remove what was temporary."""
        release, self._release, self._url = self._release, None, None
        if release is not None:
            await release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self._thread = _ServerThread(self)
        self._thread.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.end()
            self._thread = None


class _ServerThread:
    """A thread with a loop of its own, in which an emulator serves."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread = threading.Thread(target=self._main, name="domo-emulator", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Start, and return when the emulator serves."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def end(self) -> None:
        """Stop, and return when all is over."""
        if self._loop is not None and self._over is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        try:
            await self._emulator.start()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._failure = error
            return
        finally:
            self._started.set()
        await self._over.wait()
        await self._emulator.stop()
