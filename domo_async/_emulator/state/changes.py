"""The changes that are not saved yet."""

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
    """A request in progress, which may change something."""

    def __init__(self) -> None:
        self.over = False


_REQUEST: ContextVar[_Request | None] = ContextVar("request", default=None)


class Changes:
    """The names of the entries that changed since `take` was last called, in the order of the changes.

    The changes of a request belong together, whatever it awaits in between: they must not be taken while a request that
    has changed something is in progress.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], bool] = {}
        self._unfinished: set[_Request] = set()
        self._quiet: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._names)

    def note(self, category: str, key: str, *, removed: bool = False) -> None:
        """Note that the entry with this category and key was added, changed or removed."""
        if removed:
            # An entry that is put again after its removal comes last.
            self._names.pop((category, key), None)
            self._names[category, key] = True
        else:
            self._names.setdefault((category, key), False)
        request = _REQUEST.get()
        # A background task that a request started may change something after the request, as a change of its own.
        if request is not None and not request.over:
            self._unfinished.add(request)

    @contextmanager
    def of_one_request(self) -> Iterator[None]:
        """Keep the changes in the block together."""
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
        """Detach the changes in the block from the request, so that they can be saved before it ends."""
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
        """Return the kinds and keys of the entries that changed since the last call; the value is whether removed."""
        taken, self._names = self._names, {}
        return taken

    def give_back(self, taken: Mapping[tuple[str, str], bool]) -> None:
        """Note changes again that could not be saved."""
        later, self._names = self._names, dict(taken)
        for (category, key), removed in later.items():
            self.note(category, key, removed=removed)


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
        """Remove an item and return its value."""
        value = super().pop(*args)
        self._changed()
        return value

    def popitem(self) -> tuple[K, V]:
        """Remove the last item and return it."""
        item = super().popitem()
        self._changed()
        return item

    def setdefault(self, key: K, default: Any = None) -> Any:
        """Return the value of a key, setting it if it is missing."""
        value = super().setdefault(key, default)
        self._changed()
        return value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Put several."""
        super().update(*args, **kwargs)
        self._changed()
