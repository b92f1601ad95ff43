"""The watchdog, which ends queries that take too long or whose client has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import define, field

from domo_async._emulator.errors import HTTPError

if TYPE_CHECKING:
    import duckdb

__all__ = ["Watchdog"]

_LOOKS = 0.1


@define(eq=False)
class _Watched:
    ends: float
    wanted: Callable[[], bool]
    verdict: HTTPError | None = None


@define(eq=False)
class Watchdog:
    """A thread that watches running queries.

    Attributes:
        limit: The seconds that a query may run.
    """

    limit: float = float("inf")
    _running: dict[duckdb.DuckDBPyConnection, _Watched] = field(factory=dict)
    _lock: threading.Lock = field(factory=threading.Lock)
    _over: threading.Event = field(factory=threading.Event)
    _thread: threading.Thread | None = None

    @contextmanager
    def watch(self, cursor: duckdb.DuckDBPyConnection, *, wanted: Callable[[], bool]) -> Iterator[None]:
        """Watch the query that a cursor runs in the block.

        Raises:
            HTTPError: 400, if it took too long; 503, if its client has gone.
        """
        watched = _Watched(time.monotonic() + self.limit, wanted)
        with self._lock:
            self._running[cursor] = watched
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="domo-emulator-watchdog", daemon=True)
                self._thread.start()
        try:
            yield
        except Exception as error:
            if watched.verdict is not None:
                raise watched.verdict from error
            raise
        finally:
            with self._lock:
                del self._running[cursor]

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOKS):
            with self._lock:
                # Interrupted repeatedly, as an interrupt before the query runs is lost.
                for cursor, watched in self._running.items():
                    watched.verdict = watched.verdict or self._verdict(watched)
                    if watched.verdict is not None:
                        cursor.interrupt()

    def _verdict(self, watched: _Watched) -> HTTPError | None:
        if not watched.wanted():
            return HTTPError(503, "Nobody waits for the answer")
        if time.monotonic() > watched.ends:
            return HTTPError(400, f"The query takes longer than {self.limit:g} seconds")
        return None
