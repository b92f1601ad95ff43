"""Many instances at once."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from types import TracebackType
from typing import Any, Generic, Self, TypeAlias, TypeVar

from attrs import field, frozen

from domo_async._client import Domo
from domo_async._concurrency import cancel_all, map_concurrent
from domo_async._frames import Tabular, cells_of
from domo_async._redaction import Secret
from domo_async._settings import Settings
from domo_async._tracebacks import shorten_methods
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError, FleetError

__all__ = ["Fleet", "FleetResults", "members", "results_of", "size_of"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Member: TypeAlias = Domo | tuple[str, Secret[str] | str]
"""A client, or an instance and a developer token for one."""

_NAMED = 5
_AHEAD = 100


@shorten_methods
@frozen(repr=False)
class FleetResults(Tabular, Record, Mapping[str, T_co], Generic[T_co]):
    """The results of a call on each instance: a mapping of the instances where it succeeded.

    Looking up an instance where the call failed raises that instance's error.

    Attributes:
        ok: The results, by the instances' names.
        failed: The errors, by the instances' names.
    """

    ok: Mapping[str, T_co] = field(factory=dict)
    failed: Mapping[str, DomoError] = field(factory=dict)

    @property
    def results(self) -> Mapping[str, T_co | DomoError]:
        """The result of the call on each instance, or its error; successful instances come first."""
        return {**self.ok, **self.failed}

    def raise_for_failures(self) -> None:
        """Raise an error unless the call succeeded on all instances.

        Raises:
            FleetError: It failed on some; the first one's error is the cause.
        """
        if self.failed:
            raise _failure(self.failed) from next(iter(self.failed.values()))

    def _rows(self) -> Iterator[dict[str, Any]]:
        # Each item of each instance's result, with the instance's name and the item's fields.
        for instance, value in self.ok.items():
            for item in value if isinstance(value, list | tuple) else (value,):
                yield {"instance": instance, **dict(cells_of(item))}

    def __getitem__(self, name: str) -> T_co:
        if name in self.failed:
            raise self.failed[name]
        return self.ok[name]

    def __contains__(self, name: object) -> bool:
        return name in self.ok

    def __iter__(self) -> Iterator[str]:
        return iter(self.ok)

    def __len__(self) -> int:
        return len(self.ok)

    def __repr__(self) -> str:
        return f"<FleetResults of {len(self.ok)} instances, {len(self.failed)} failed>"


class Fleet:
    """Clients of many instances, each by a name, to be awaited.

        async with Fleet({"acme": Domo("acme", token="…"), "beta": ("beta", "…")}) as fleet:
            users = await fleet.run(lambda domo: domo.users.list().all())

    The fleet owns the clients, and closes them at the end.

    Args:
        instances: A client for each name, or an instance and a developer token to make one of.
        concurrency: The most instances to call at once.
        settings: The settings of clients that the fleet creates.

    Raises:
        ConfigError: `instances` is empty, or has an invalid entry.
    """

    def __init__(
        self, instances: Mapping[str, Member], *, concurrency: int = 16, settings: Settings | None = None
    ) -> None:
        instances = members(instances)
        self._concurrency = size_of(instances, concurrency)
        self._clients = {name: _client(name, given, settings) for name, given in instances.items()}

    def __repr__(self) -> str:
        return f"Fleet({self._clients!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all clients. None of them can be used again."""
        await _all_ended(client.close() for client in self._clients.values())

    async def _release(self) -> None:
        """Close all connections; the next call opens new ones, in any event loop."""
        await _all_ended(client._release() for client in self._clients.values())  # noqa: SLF001 - a part of it

    @property
    def clients(self) -> Mapping[str, Domo]:
        """The clients by name."""
        return dict(self._clients)

    async def run(self, call: Callable[[Domo], Awaitable[T]]) -> FleetResults[T]:
        """Call a function for every instance, and wait for all.

        Args:
            call: The function that is called with each client. A `DomoError` on one instance is that instance's result;
                any other error is raised, and no further call is begun.
        """
        ok: dict[str, T] = {}
        failed: dict[str, DomoError] = {}

        async def one(name: str) -> None:
            try:
                ok[name] = await call(self._clients[name])
            except DomoError as error:
                failed[name] = error

        await map_concurrent(self._clients, one, concurrency=self._concurrency)
        return results_of(self._clients, ok, failed)

    async def iterate(self, call: Callable[[Domo], AsyncIterable[T]]) -> AsyncIterator[tuple[str, T]]:
        """Iterate over lists of all instances, in the order in which items arrive.

        Args:
            call: Returns a client's list, such as ``lambda domo: domo.users.list()``.

        Yields:
            The instance's name and an item.

        Raises:
            FleetError: Some lists broke off, or did not begin; raised when all other lists have ended.
        """
        items: asyncio.Queue[tuple[str, T] | None] = asyncio.Queue()
        # Lists must not run far ahead of the reader.
        room = asyncio.Semaphore(_AHEAD)
        failed: dict[str, DomoError] = {}

        async def one(name: str) -> None:
            try:
                listed = aiter(call(self._clients[name]))
                try:
                    async for item in listed:
                        await room.acquire()
                        items.put_nowait((name, item))
                finally:
                    if isinstance(listed, AsyncGenerator):
                        await listed.aclose()
            except DomoError as error:
                failed[name] = error

        reading = asyncio.ensure_future(map_concurrent(self._clients, one, concurrency=self._concurrency))
        reading.add_done_callback(lambda _: items.put_nowait(None))
        try:
            while (found := await items.get()) is not None:
                room.release()
                yield found
            await reading
        finally:
            await cancel_all(reading)
        results_of(self._clients, {}, failed).raise_for_failures()


shorten_methods(Fleet)


def _client(name: str, given: Member, settings: Settings | None) -> Domo:
    if isinstance(given, Domo):
        return given
    if not isinstance(given, tuple) or len(given) != 2:
        raise ConfigError(f"{name}: a fleet takes a Domo, or a pair of instance and developer token, for each name")
    return Domo(given[0], token=given[1], settings=settings)


def members(instances: Mapping[str, T]) -> Mapping[str, T]:
    """Return the arguments of a fleet with wrapped tokens, so that tracebacks with local variables do not show them."""
    if not isinstance(instances, Mapping):
        return instances
    return {name: _wrapped(member) for name, member in instances.items()}


def _wrapped(member: Any) -> Any:
    return (member[0], Secret.of(member[1])) if isinstance(member, tuple) and len(member) == 2 else member


def size_of(instances: Mapping[str, object], concurrency: int) -> int:
    """Return the number of instances to call at once.

    Raises:
        ConfigError: There are no instances, or `concurrency` is invalid.
    """
    if not instances or not isinstance(instances, Mapping):
        raise ConfigError("a fleet needs at least one instance: Fleet({'acme': Domo('acme', token=…)})")
    if not isinstance(concurrency, int) or concurrency < 1:
        raise ConfigError(f"concurrency must be a number of at least 1, not {concurrency!r}")
    return min(concurrency, len(instances))


def results_of(names: Iterable[str], ok: Mapping[str, T], failed: Mapping[str, DomoError]) -> FleetResults[T]:
    """Return the results in the order of the instances."""
    order = list(names)
    return FleetResults(
        {name: ok[name] for name in order if name in ok}, {name: failed[name] for name in order if name in failed}
    )


def _failure(failed: Mapping[str, DomoError]) -> FleetError:
    """Return the error of a call that failed on some instances."""
    messages = [f"{name}: {error}" for name, error in list(failed.items())[:_NAMED]]
    more = [f"and {len(failed) - _NAMED} more"] if len(failed) > _NAMED else []
    return FleetError(f"failed on {', '.join([*messages, *more])}", errors=failed)


async def _all_ended(pieces: Iterable[Awaitable[None]]) -> None:
    """Wait for all, and raise the first error among them."""
    for outcome in await asyncio.gather(*pieces, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
