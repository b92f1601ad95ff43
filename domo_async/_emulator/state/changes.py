"""What changed and is not yet saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

__all__ = ["Changes", "Watched"]

K = TypeVar("K")
V = TypeVar("V")


class _Request:
    """A request that may change something, until it is over."""

    def __init__(self) -> None:
        self.over = False


_REQUEST: ContextVar[_Request | None] = ContextVar("request", default=None)


class Changes:
    """The names of what changed since it was last taken, in the order in which it changed.

    What a request changes belongs together, whatever it waits for in between: nothing may be taken while a
    request that has changed something is not over.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], bool] = {}
        self._unfinished: set[_Request] = set()
        self._quiet: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._names)

    def note(self, kind: str, key: str, *, removed: bool = False) -> None:
        """Note that the thing of this kind and key was put, changed or removed."""
        if removed:
            # What is put under the key of something that was removed comes last.
            self._names.pop((kind, key), None)
            self._names[kind, key] = True
        else:
            self._names.setdefault((kind, key), False)
        request = _REQUEST.get()
        # A task that a request left behind may change something later, for itself.
        if request is not None and not request.over:
            self._unfinished.add(request)

    @contextmanager
    def of_one_request(self) -> Iterator[None]:
        """Keep together what is changed in the block."""
        request = _Request()
        token = _REQUEST.set(request)
        try:
            yield
        finally:
            _REQUEST.reset(token)
            request.over = True
            self._unfinished.discard(request)
            if self._quiet is not None and not self._unfinished:
                self._quiet.set()

    @contextmanager
    def of_nobody(self) -> Iterator[None]:
        """Let what is changed in the block be saved whatever the request still does."""
        token = _REQUEST.set(None)
        try:
            yield
        finally:
            _REQUEST.reset(token)

    @property
    def are_complete(self) -> bool:
        """Whether no request is in the middle of its changes."""
        return not self._unfinished

    async def complete(self) -> None:
        """Wait until no request is in the middle of its changes."""
        while self._unfinished:
            self._quiet = asyncio.Event()
            await self._quiet.wait()

    def take(self) -> dict[tuple[str, str], bool]:
        """Return the kinds and keys of what changed since the last call, each with whether it was removed."""
        taken, self._names = self._names, {}
        return taken

    def give_back(self, taken: Mapping[tuple[str, str], bool]) -> None:
        """Note again what could not be saved."""
        later, self._names = self._names, dict(taken)
        for (kind, key), removed in later.items():
            self.note(kind, key, removed=removed)


class Watched(dict[K, V]):
    """A dictionary that calls a function after each of its changes."""

    def __init__(self, changed: Callable[[], None], content: Mapping[K, V] | None = None) -> None:
        super().__init__(content or {})
        self._changed = changed

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self._changed()

    def __delitem__(self, key: K) -> None:
        super().__delitem__(key)
        self._changed()

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def clear(self) -> None:
        """Remove all."""
        super().clear()
        self._changed()

    def pop(self, *args: Any) -> Any:
        """Remove one and return it."""
        value = super().pop(*args)
        self._changed()
        return value

    def popitem(self) -> tuple[K, V]:
        """Remove the last and return it."""
        item = super().popitem()
        self._changed()
        return item

    def setdefault(self, key: K, default: Any = None) -> Any:
        """Return one, putting it there if it is missing."""
        value = super().setdefault(key, default)
        self._changed()
        return value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Put several."""
        super().update(*args, **kwargs)
        self._changed()
