"""The `Emulator` class: the embedded instance and its life cycle."""

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
from domo_async._emulator.apps.ports import AppNames, AppPort
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
_LOOPBACKS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened on


class Emulator:
    """A Domo instance on loopback.

    ``async with Emulator() as emulator`` serves in the running loop; ``with Emulator() as emulator`` serves from
    a thread of its own, for blocking callers.

    Attributes:
        add: The methods that put users, datasets, cards and more into the instance.
        faults: The faults to inject.
        outcomes: The outcomes of jobs that shall not succeed.
        functions: The functions of Code Engine that it runs.
        log: The requests that it answered.

    Example:
        >>> async with Emulator() as emulator, emulator.client() as domo:
        ...     await domo.datasets.create("Orders", {"id": "LONG"})
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
        """Create an instance without starting it.

        Args:
            host: The address to listen on. One that other machines or containers reach, such as ``0.0.0.0``, needs
                `tls` or `plain_http`.
            port: The port; 0 for one that is free.
            token: The developer token; None for the one that `data` holds, or else a random one.
            data: The directory that keeps the state: changes that were answered survive a crash, too. Only one
                emulator at a time can use it. None keeps the state in memory until the instance stops.
            world: The initial content: ``empty``, ``demo`` or a file made by `save_world`. If the directory `data`
                holds an instance already, that one is used.
            seed: The seed of the world ``demo``; the same seed gives the same world.
            search_limit: The number of search requests that are allowed in any `search_window` seconds.
            search_window: The length of that window, in seconds.
            index_delay: Seconds from a commit to its rows being visible to queries.
            job_delay: Seconds that a job takes: a workflow, a stream's run, an export.
            bandwidth: Bytes a second for each connection; None for no limit.
            latency: Seconds that every request takes longer.
            result_limit: The most rows of a query's answer in JSON; queries with more rows are refused.
            time_limit: Seconds that a query may take to its first rows, and from each thousand rows to the next.
            patience: Seconds after which a connection without progress is closed, be it in a request's head, its body
                or its answer. A body has one more for each thousand bytes.
            strict: Whether requests are accepted only in the documented form. Otherwise they may also have the forms
                that instances accept from working clients: numbers for texts and texts for numbers, null for omitted
                keys, one item for a list of one item, slashes at the end of a path, and fewer keys.
            app: The ``manifest.json`` of an app of the App Framework, its folder, or its content. The app is served at
                a port of its own, with the data behind its aliases, as the owner and without a token: to every client
                that reaches `host`.
            app_port: The app's port; 0 for one that is free.
            tls: Whether to serve TLS, with a certificate of its own; see `ca_file`. Needs the extra ``tls``.
            plain_http: Whether to serve other machines without TLS. Anybody on the network path can then read the
                token and all data. It is meant for containers on one machine.
            allowed_hosts: The host names that requests from other machines may have, such as ``["domo"]``, in addition
                to addresses: so that pages of other sites cannot change anything under names of their own.

        Raises:
            ConfigError: `app` is not a manifest; or `host` is reachable from other machines, and neither `tls` nor
                `plain_http` is set.
        """
        token = Secret.of(token)
        self._hosts = Hosts(host, frozenset((allowed_hosts,) if isinstance(allowed_hosts, str) else allowed_hosts))
        if self._hosts.is_open and not (tls or plain_http):
            raise ConfigError(
                f"at {host}, other machines can reach the instance, and without TLS its token and all data"
                " can be read on the network: allow that by plain_http=True (--plain-http), or use tls=True (--tls)"
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
        # Held while the state is opened, closed, or changed without a loop.
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home = 0
        self._release: AsyncExitStack | None = None
        self._thread: _ServerThread | None = None

    def __repr__(self) -> str:
        return f"<Emulator at {self._url or 'no address yet'}>"

    @property
    def token(self) -> str:
        """The owner's developer token, in the clear."""
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
        """The path of the CA certificate that clients have to trust, as PEM, if the emulator serves TLS.

        Each start makes a new one. Node.js reads ``NODE_EXTRA_CA_CERTS``, other programs ``SSL_CERT_FILE``.
        """
        if self._certificates is None:
            raise RuntimeError("The emulator is not running, or does not serve TLS")
        return self._certificates.authority

    @property
    def now(self) -> Callable[[], float]:
        """The clock of rate limit, index delay and log, in seconds; a test may set its own."""
        return self._instance.now

    @now.setter
    def now(self, clock: Callable[[], float]) -> None:
        self._instance.now = clock

    def client(self, **kwargs: Any) -> Domo:
        """Return an async client of this instance.

        Args:
            kwargs: The arguments of `domo_async.Domo`; without a `token` the client acts as the instance's owner.
        """
        from domo_async import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, **{"token": self._token, **self._trusting(kwargs)})

    def sync_client(self, **kwargs: Any) -> SyncDomo:
        """Return a blocking client of this instance.

        Args:
            kwargs: The arguments of `domo_async.sync.Domo`; without a `token` the client acts as the instance's owner.
        """
        from domo_async.sync import Domo  # noqa: PLC0415 - the emulator itself does not need the client

        return Domo(self.url, **{"token": self._token, **self._trusting(kwargs)})

    def _trusting(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return a client's arguments: with the emulator's certificate as one to trust, or with plain HTTP allowed."""
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
        """Reset the instance to what it held when it started, within milliseconds, and clear the log.

        That is its world and what `add` put into it before the start, or what it was loaded with from `data`. Faults,
        outcomes, sessions and registered functions of Code Engine are removed. May be called from any thread.
        """
        self._on_loop(self._begin_again)

    def save_world(self, path: Path | str) -> None:
        """Write the content of the instance, without tokens, to a file for `Emulator(world=path)`.

        May be called from any thread; a running event loop of that thread is blocked meanwhile.
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
            ConfigError: `data` is in use by another emulator or holds other files, or `world` is not a world.
            OSError: The address is in use.
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
        release.push_async_callback(keeper.flush)
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
        await keeper.flush()
        # The forwarder's URL is known once the instance is served, below.
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
        """Open the storage and the journal, at the start or when something is first added to the instance."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open_anew()
            return self._opened

    def _open_anew(self) -> _Opened:
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
            # An instance that is never started releases everything, too.
            close = weakref.finalize(self, release.pop_all().close)
        return _Opened(storage, journal, close)

    def _close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.close()
                # Rows in memory are gone; those on disk are read again at the next start.
                worlds.restore(self._instance, World({}, []))

    def _recall(self, journal: Journal) -> bool:
        """Load the content of the journal; return whether there is any."""
        found = False
        records: dict[str, dict[str, Any]] = {}
        for category, key, value in journal.read():
            found = True
            try:
                if category == DATASETS:
                    add_dataset(self._instance, value)
                elif category == TOKENS:
                    self._tokens[key].update(value)
                else:
                    records.setdefault(category, {})[key] = value
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
        """Serve an application; return its address."""
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
        # A wildcard address is not one that clients can connect to.
        address = _LOOPBACKS.get(self._hosts.address, self._hosts.address)
        host = f"[{address}]" if ":" in address else address
        return f"{'http' if context is None else 'https'}://{host}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving, and remove temporary files."""
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
        """Call a function on the loop, where alone the state may be used, and return its result."""
        self._running_storage()
        return self._on_state(function)

    def _on_state(self, function: Callable[[], T]) -> T:
        """Call a function on the loop if the instance runs, or directly if it does not, and return its result."""
        with self._lock:
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
        self, exc_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self._thread = _ServerThread(self)
        self._thread.begin()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.end()
            self._thread = None


@frozen
class _Opened:
    """The storage and the journal of an instance, which it has before it serves.

    Attributes:
        storage: The storage of the rows.
        journal: The database of the state; None if the state is in memory.
        close: The function that releases everything.
    """

    storage: Storage
    journal: Journal | None
    close: Callable[[], object]


class _ServerThread:
    """A thread with an event loop of its own, in which an emulator serves."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread = threading.Thread(target=self._main, name="domo-emulator", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home = 0
        self._over: asyncio.Event | None = None
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Start; return once the emulator serves."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def end(self) -> None:
        """Stop; return once the thread has ended."""
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
