"""The base of the generated `Fleet`: many instances at once, with blocking calls on threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Event, Semaphore
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from domo_async._fleet import FleetResults, results_of, size_of
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async._tracebacks import shorten_methods
from domo_async.errors import DomoError
from domo_async.sync._client import Domo

__all__ = ["FleetTwin", "Member"]

T = TypeVar("T")

Member: TypeAlias = Domo | tuple[str, Secret[str] | str]
"""A client, or an instance and a developer token for one."""

_AHEAD = 100


class FleetTwin:
    """The base of a blocking fleet: each call runs on a thread of its own."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        shorten_methods(cls)

    def __init__(
        self, instances: Mapping[str, Member], *, concurrency: int = 16, settings: Settings | None = None
    ) -> None:
        self._concurrency = size_of(instances, concurrency)
        self._clients = {
            name: Domo(given[0], token=given[1], settings=settings) if isinstance(given, tuple) else given
            for name, given in instances.items()
        }

    def __repr__(self) -> str:
        return f"Fleet({self._clients!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cancel running calls and close all clients. None of them can be used again."""
        with ExitStack() as closing:
            for client in self._clients.values():
                closing.callback(client.close)

    @property
    def clients(self) -> Mapping[str, Domo]:
        """The clients by name."""
        return dict(self._clients)

    def run(self, call: Callable[[Domo], T]) -> FleetResults[T]:
        """Call a function with each client, and wait for all."""
        ok: dict[str, T] = {}
        failed: dict[str, DomoError] = {}

        def one(name: str) -> None:
            try:
                ok[name] = call(self._clients[name])
            except DomoError as error:
                failed[name] = error

        with self._threads() as threads:
            for done in as_completed([threads.submit(copy_context().run, one, name) for name in self._clients]):
                done.result()
        return results_of(self._clients, ok, failed)

    def iterate(self, call: Callable[[Domo], Iterable[T]]) -> Iterator[tuple[str, T]]:
        """Yield the items of all lists as they arrive."""
        items: SimpleQueue[tuple[str, T] | BaseException | None] = SimpleQueue()
        # Lists must not run far ahead of the reader.
        room = Semaphore(_AHEAD)
        left = Event()
        failed: dict[str, DomoError] = {}

        def one(name: str) -> None:
            try:
                for item in call(self._clients[name]):
                    room.acquire()
                    if left.is_set():
                        break
                    items.put((name, item))
            except DomoError as error:
                failed[name] = error
            except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
                items.put(error)
            items.put(None)

        with self._threads() as threads:
            for name in self._clients:
                threads.submit(copy_context().run, one, name)
            try:
                ended = 0
                while ended < len(self._clients):
                    found = items.get()
                    if isinstance(found, BaseException):
                        raise found
                    if found is None:
                        ended += 1
                    else:
                        room.release()
                        yield found
            finally:
                left.set()
                room.release(self._concurrency)
        results_of(self._clients, {}, failed).raise_for_failures()

    @contextmanager
    def _threads(self) -> Iterator[ThreadPoolExecutor]:
        """Give threads; after an error, or if the reader leaves, their remaining work is not waited for."""
        threads = ThreadPoolExecutor(self._concurrency, thread_name_prefix="domo-fleet")
        try:
            yield threads
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
