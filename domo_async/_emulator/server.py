"""The embedded instance as its users hold it."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from aiohttp import web
from attrs import evolve, frozen

from domo_async._emulator import routes
from domo_async._emulator.access.auth import TOKEN_HEADER, Authentication
from domo_async._emulator.apps.forwarding import Forward
from domo_async._emulator.apps.manifest import Manifest
from domo_async._emulator.apps.serving import AppNames, AppPort
from domo_async._emulator.apps.site import AppSite, Asking
from domo_async._emulator.console import Console
from domo_async._emulator.control import Control
from domo_async._emulator.faults import Faults
from domo_async._emulator.gate import Gate, create_app
from domo_async._emulator.http.connections import Connections
from domo_async._emulator.http.limits import SlidingWindow
from domo_async._emulator.http.log import RequestLog
from domo_async._emulator.http.sites import Hosts
from domo_async._emulator.job_outcomes import JobOutcomes
from domo_async._emulator.persistence import worlds
from domo_async._emulator.persistence.blobs import blobs_at, referred
from domo_async._emulator.persistence.documents import add_dataset
from domo_async._emulator.persistence.journal import TOKENS, Journal, Keeper, Lock, claim, keep_token, kept_token
from domo_async._emulator.persistence.worlds import World
from domo_async._emulator.routes.code_engine import Functions, functions_of
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.seeds.adding import Additions
from domo_async._emulator.seeds.demo import make_demo
from domo_async._emulator.state.changes import Watched
from domo_async._emulator.state.instance import DATASETS, Instance
from domo_async._emulator.state.records import OWNER_ID
from domo_async._emulator.tls import Certificates
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    from domo_async import Domo
    from domo_async.sync import Domo as SyncDomo

T = TypeVar("T")

_READ_BUFFER = 1 << 20
_GOODBYE = 0.1
_LOOPBACKS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what others listen on


class Emulator:
    """A Domo instance on loopback.

    ``async with Emulator() as emulator`` serves in the running loop; ``with Emulator() as emulator`` serves from
    a thread of its own, for blocking callers.

    Attributes:
        add: Puts users, datasets, cards and more into it.
        faults: What shall go wrong.
        outcomes: How jobs shall end, where not well.
        functions: The functions of Code Engine that it runs.
        log: What was asked of it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: Secret[str] | str | None = None,
        data: Path | str | None = None,
        world: Path | str = "empty",
        seed: int = 0,
        search_limit: int = 120,
        search_window: float = 60.0,
        index_delay: float = 0.0,
        job_delay: float = 0.0,
        bandwidth: float | None = None,
        latency: float = 0.0,
        result_limit: int = 1_000_000,
        time_limit: float = 60.0,
        patience: float = 60.0,
        strict: bool = False,
        app: Path | str | Mapping[str, Any] | None = None,
        app_port: int = 0,
        tls: bool = False,
        plain_http: bool = False,
        allowed_hosts: Iterable[str] = (),
    ) -> None:
        """Make an instance that is not started yet.

        Args:
            host: The address to listen on. One that other machines or containers reach, such as ``0.0.0.0``, needs
                `tls` or `plain_http`.
            port: The port; 0 for one that is free.
            token: The developer token; None for the one that `data` holds, or else a random one.
            data: The directory that keeps the state: what was answered is there after a crash, too. One emulator at
                a time can have it. None keeps the state in memory, and it ends with the instance.
            world: What the instance begins with: ``empty``, ``demo`` or a file made by `save_world`. A directory
                `data` that holds an instance already goes on with that one.
            seed: What chance ``demo`` is made by; the same seed gives the same world.
            search_limit: How many search requests are allowed in any `search_window` seconds.
            search_window: See there.
            index_delay: Seconds from a commit to its rows being visible to queries.
            job_delay: Seconds that a job takes: a workflow, a stream's run, an export.
            bandwidth: Bytes a second for each connection; None for as fast as it goes.
            latency: Seconds that every request takes longer.
            result_limit: The most rows that a query answers with in JSON; where there would be more it is refused.
            time_limit: Seconds that a query may take to its first rows, and from each thousand to the next.
            patience: Seconds after which a connection ends over which nothing goes: neither a request's head nor its
                body nor its answer. A body has one more for each thousand bytes.
            strict: Whether requests are taken only as the documents have them. Otherwise they may have what instances
                take from working clients, too: numbers for texts and texts for numbers, null for what is left out,
                one item for a list of one, slashes at the end of a path, and fewer keys.
            app: The ``manifest.json`` of an app of the App Framework, its folder, or its content. The app is served at
                a port of its own with what it asks for by its aliases, as the owner, without a token: to whoever
                reaches `host`.
            app_port: That port; 0 for one that is free.
            tls: Whether to speak TLS, by a certificate of its own; see `ca_file`. Needs the extra ``tls``.
            plain_http: Whether to serve others than this very machine without TLS: then whoever is on the way reads
                the token and all data. It is for containers of one machine.
            allowed_hosts: The names by which others may ask it, such as ``["domo"]``, beside addresses: so no page of
                another site can change anything under a name of its own.

        Raises:
            ConfigError: `app` is not a manifest; or `host` opens the instance to others, and nothing says that it may.
        """
        token = Secret.of(token)
        self._hosts = Hosts(host, frozenset((allowed_hosts,) if isinstance(allowed_hosts, str) else allowed_hosts))
        if self._hosts.is_open and not (tls or plain_http):
            raise ConfigError(
                f"{host} opens the instance to whoever reaches this machine, and without TLS its token and all data can"
                " be read on the way: allow that by plain_http=True (--plain-http), or use tls=True (--tls)"
            )
        self._port = port
        self._data = None if data is None else Path(data)
        self._world = world
        self._seed = seed
        if self._data is not None and token is None:
            token = kept_token(self._data)
        self._token = Secret(secrets.token_hex(32)) if token is None else token
        self.faults: Faults = Faults()
        self.log: RequestLog = RequestLog()
        self._instance = Instance(index_delay=index_delay, job_delay=job_delay, result_limit=result_limit)
        self.outcomes: JobOutcomes = self._instance.outcomes
        self.functions: Functions = functions_of(self._instance)
        self._tokens: dict[str, Watched[str, int]] = {
            key: Watched(partial(self._instance.unsaved.note, TOKENS, key)) for key in ("tokens", "sessions")
        }
        self._authentication = Authentication(
            self._token,
            records=self._instance.records,
            tokens=self._tokens["tokens"],
            sessions=self._tokens["sessions"],
        )
        self.add: Additions = Additions(
            self._instance, self._authentication, lambda: self._open().storage, self._on_state
        )
        self._search_limit = SlidingWindow(search_limit, search_window)
        self._bandwidth = bandwidth
        self._latency = latency
        self._time_limit = time_limit
        self._patience = patience
        self._strict = strict
        self._app = None if app is None else Manifest.read(app)
        self._app_port = app_port
        self._tls = tls
        self._certificates: Certificates | None = None
        self._url: str | None = None
        self._app_url: str | None = None
        self._begins: World = World({}, [])
        self._opened: _Opened | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home = 0
        self._release: AsyncExitStack | None = None
        self._thread: _ServerThread | None = None

    def __repr__(self) -> str:
        return f"<Emulator at {self._url or 'no address yet'}>"

    @property
    def token(self) -> str:
        """The developer token that it accepts, in the clear."""
        return self._token.get_secret_value()

    @property
    def url(self) -> str:
        """The address, such as ``http://127.0.0.1:8080``."""
        if self._url is None:
            raise RuntimeError("The emulator is not running")
        return self._url

    @property
    def app_url(self) -> str:
        """The address of the app, such as ``http://127.0.0.1:3000``."""
        if self._app_url is None:
            raise RuntimeError("The emulator is not running, or serves no app")
        return self._app_url

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that a client has to trust, as PEM, where the emulator speaks TLS.

        It is another one after each start. Node.js reads ``NODE_EXTRA_CA_CERTS``, other programs ``SSL_CERT_FILE``.
        """
        if self._certificates is None:
            raise RuntimeError("The emulator is not running, or does not speak TLS")
        return self._certificates.authority

    @property
    def now(self) -> Callable[[], float]:
        """The clock of rate limit, index delay and log, in seconds; a test may put its own here."""
        return self._instance.now

    @now.setter
    def now(self, clock: Callable[[], float]) -> None:
        self._instance.now = clock

    def client(self, **kwargs: Any) -> Domo:
        """Return an async client of this instance.

        Args:
            kwargs: Those of `domo_async.Domo`; without a `token` it acts as the instance's owner.
        """
        from domo_async import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, **{"token": self._token, **self._trusting(kwargs)})

    def sync_client(self, **kwargs: Any) -> SyncDomo:
        """Return a blocking client of this instance.

        Args:
            kwargs: Those of `domo_async.sync.Domo`; without a `token` it acts as the instance's owner.
        """
        from domo_async.sync import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, **{"token": self._token, **self._trusting(kwargs)})

    def _trusting(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return what a client is made with, which trusts the emulator's certificate, or asks it without TLS."""
        settings = kwargs.get("settings") or Settings()
        if self._certificates is None:
            address = self._hosts.address
            if not self._hosts.is_open or address in _LOOPBACKS:
                return kwargs
            settings = evolve(settings, plain_http=(*settings.plain_http, address))
        elif settings.tls is None:
            settings = evolve(settings, tls=self._certificates.client)
        return {**kwargs, "settings": settings}

    def reset(self) -> None:
        """Begin again, in milliseconds: with the world that it was started with, and an empty log.

        Faults, outcomes, sessions and the functions of Code Engine that were lent are forgotten, too.

        An instance that `data` held when it was started begins empty. May be called from any thread.
        """
        self._on_loop(self._begin_again)

    def save_world(self, path: Path | str) -> None:
        """Write all that the instance holds to a file, for `Emulator(world=path)`; tokens are left out.

        May be called from any thread; that of a running loop does nothing else meanwhile.
        """
        storage = self._running_storage()
        leases = ExitStack()  # entered and left on the loop

        def begin() -> World:
            versions = [version for dataset in self._instance.kept_datasets() for version in dataset.referenced()]
            leases.enter_context(storage.lease(versions))
            return worlds.snapshot(self._instance)

        world = self._on_loop(begin)
        try:
            worlds.write_world(Path(path), world, storage)
        finally:
            self._on_loop(leases.close)

    async def start(self) -> None:
        """Begin to serve in the running loop.

        Raises:
            ConfigError: `data` is in use by another emulator, or a folder of something else; or `world` is none.
            OSError: The address is taken.
        """
        if self._release is not None:
            raise RuntimeError("The emulator is running already")
        self._loop, self._home = asyncio.get_running_loop(), threading.get_ident()
        async with AsyncExitStack() as release:
            await self._start(release)
            self._release = release.pop_all()

    async def _start(self, release: AsyncExitStack) -> None:
        opened = await asyncio.to_thread(self._open)
        release.push_async_callback(asyncio.to_thread, self._close)
        storage = opened.storage
        keeper = Keeper(self._instance, storage, opened.journal, self._tokens)
        release.push_async_callback(keeper.settle)
        gate = Gate(
            instance=self._instance,
            authentication=self._authentication,
            faults=self.faults,
            log=self.log,
            search_limit=self._search_limit,
            connections=Connections(self._bandwidth, self._patience),
            latency=self._latency,
            keeper=keeper,
            hosts=self._hosts,
        )
        self._certificates = (
            Certificates([self._hosts.address, *sorted(self._hosts.allowed)], storage.directory) if self._tls else None
        )
        app = create_app(gate, storage, strict=self._strict)
        Control(gate, self._begin_again).add_to(app)
        Console(gate).add_to(app)
        self._begins = worlds.snapshot(self._instance)
        keeper.pinned = self._begins.tables
        blobs_at(self._instance, storage).pinned = referred(self._begins.records)
        await keeper.settle()
        # Handlers are found once it is known where the instance is.
        forward = Forward(
            "", {TOKEN_HEADER: self.token}, None if self._certificates is None else self._certificates.client
        )
        release.push_async_callback(forward.close)
        site = AppSite(self._instance, forward)
        gate.by_name = AppNames(site, self._app).handler_of
        self._url = forward.url = await self._serve(app, self._port, release, gate.connections)
        if self._app is not None:
            port = AppPort(site, Asking(self._app, OWNER_ID, forward.headers), self._hosts)
            self._app_url = await self._serve(port.application(), self._app_port, release)

    def _open(self) -> _Opened:
        """Return what an instance has from its start on, or from when something is first added to it."""
        if self._opened is not None:
            return self._opened
        journal = None
        with ExitStack() as release:
            if self._data is None:
                directory = Path(tempfile.mkdtemp(prefix="domo-emulator-"))
                release.callback(shutil.rmtree, directory, ignore_errors=True)
            else:
                directory = self._data
                claim(directory)
                lock = Lock(directory)
                release.callback(lock.release)
                journal = Journal.open(directory)
                release.callback(journal.close)
                keep_token(directory, self._token)
            known = journal is not None and self._recall(journal)
            storage = Storage.open(
                directory,
                self._instance.unsaved,
                kept=journal is not None,
                referenced=self._instance.referenced_tables(),
                time_limit=self._time_limit,
            )
            release.callback(storage.close)
            routes.begin(self._instance)
            if not known:
                self._populate(storage)
            # One that is never started gives everything back, too.
            close = weakref.finalize(self, release.pop_all().close)
            self._opened = _Opened(storage, journal, close)
        return self._opened

    def _close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
            # Its rows are gone, or on disk from where it is read again.
            worlds.restore(self._instance, World({}, []))

    def _recall(self, journal: Journal) -> bool:
        """Know what the journal holds; return whether it holds anything."""
        found = False
        records: dict[str, dict[str, Any]] = {}
        for kind, key, value in journal.read():
            found = True
            try:
                if kind == DATASETS:
                    add_dataset(self._instance, value)
                elif kind == TOKENS:
                    self._tokens[key].update(value)
                else:
                    records.setdefault(kind, {})[key] = value
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise journal.damaged(error) from error
        self._instance.records.restore(records)
        self._instance.unsaved.take()
        return found

    def _populate(self, storage: Storage) -> None:
        if self._world == "demo":
            make_demo(self._instance, storage, self._seed)
        elif self._world != "empty":
            worlds.read_world(Path(self._world), self._instance, storage)

    async def _serve(
        self, app: web.Application, port: int, release: AsyncExitStack, connections: Connections | None = None
    ) -> str:
        """Serve an application, and return its address."""
        runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=_GOODBYE,
            read_bufsize=_READ_BUFFER,
            lingering_time=1.0,
            keepalive_timeout=self._patience,
        )
        release.push_async_callback(runner.cleanup)
        await runner.setup()
        if runner.server is not None and connections is not None:
            ending = asyncio.create_task(connections.end_stuck(runner.server))
            release.callback(ending.cancel)
        context = None if self._certificates is None else self._certificates.server
        await web.TCPSite(runner, self._hosts.address, port, ssl_context=context).start()
        # All addresses of this machine are no address to ask.
        address = _LOOPBACKS.get(self._hosts.address, self._hosts.address)
        host = f"[{address}]" if ":" in address else address
        return f"{'http' if context is None else 'https'}://{host}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop to serve, and remove what was temporary."""
        release, self._release = self._release, None
        self._url = self._app_url = self._certificates = None
        if release is not None:
            await release.aclose()

    def _begin_again(self) -> None:
        storage = self._running_storage()
        for upload in self._instance.uploads():
            storage.discard_parts(upload.spool)
        worlds.restore(self._instance, self._begins)
        for tokens in self._tokens.values():
            tokens.clear()
        storage.expect_garbage()
        self._instance.once_saved(blobs_at(self._instance, storage).sweep)
        self.functions.clear()
        self.faults.clear()
        self.outcomes.clear()
        self.log.clear()
        self._search_limit.clear()

    def _running_storage(self) -> Storage:
        if self._release is None or self._opened is None:
            raise RuntimeError("The emulator is not running")
        return self._opened.storage

    def _on_loop(self, function: Callable[[], T]) -> T:
        """Return what a function returns that is called on the loop, where alone the state may be touched."""
        self._running_storage()
        return self._on_state(function)

    def _on_state(self, function: Callable[[], T]) -> T:
        """Return the same; where it is not running, there is no loop to be called on."""
        self._open()
        if self._loop is None or self._release is None or self._home == threading.get_ident():
            return function()

        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

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


@frozen
class _Opened:
    """What an instance has before it serves.

    Attributes:
        storage: Where the rows are.
        journal: What keeps the state; None where it ends with the instance.
        close: Gives all of it back.
    """

    storage: Storage
    journal: Journal | None
    close: Callable[[], object]


class _ServerThread:
    """A thread with a loop of its own, in which an emulator serves."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread = threading.Thread(target=self._main, name="domo-emulator", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home = 0
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
