"""What the emulator saw: one record a request, for tests to ask about."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import overload

from attrs import frozen

_KEPT = 100_000


@frozen
class RequestRecord:
    """One request and its answer.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        query: The query string, without the question mark.
        status: The status that was sent, or None where the connection was closed without an answer.
        started: When the request's head had arrived, in seconds of the emulator's clock.
        finished: When the answer was ready, or all but the end of a streamed one was sent.
        request_bytes: Bytes of the request's body that arrived.
        response_bytes: Bytes of the answer's body.
        connection: A number that is the same for all requests of one TCP connection.
    """

    method: str
    path: str
    query: str
    status: int | None
    started: float
    finished: float
    request_bytes: int
    response_bytes: int
    connection: int

    def matches(self, pattern: str) -> bool:
        """Return whether "METHOD /path" matches the shell `pattern`; ``*`` also stands for slashes."""
        return fnmatchcase(f"{self.method} {self.path}", pattern)


class RequestLog(Sequence[RequestRecord]):
    """The requests that were answered, in the order of their answers; the last 100 000 are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)

    @overload
    def __getitem__(self, index: int) -> RequestRecord: ...

    @overload
    def __getitem__(self, index: slice) -> list[RequestRecord]: ...

    def __getitem__(self, index: int | slice) -> RequestRecord | list[RequestRecord]:
        return self._snapshot()[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(self._snapshot())

    def __repr__(self) -> str:
        return f"<RequestLog of {len(self)} requests>"

    def append(self, record: RequestRecord) -> None:
        """Add a record."""
        with self._lock:
            self._records.append(record)

    def clear(self) -> None:
        """Forget all records."""
        with self._lock:
            self._records.clear()

    def matching(self, pattern: str) -> list[RequestRecord]:
        """Return the records whose "METHOD /path" matches the shell `pattern`, such as ``"PUT *parts*"``."""
        return [record for record in self._snapshot() if record.matches(pattern)]

    def peak_concurrency(self, pattern: str = "*") -> int:
        """Return how many requests that match `pattern` were in the works at the same time, at most."""
        matching = self.matching(pattern)
        starts = [(record.started, 1) for record in matching]
        ends = [(record.finished, -1) for record in matching]
        # At one instant an end sorts before a start: requests that follow one another do not overlap.
        peak = running = 0
        for _, change in sorted(starts + ends):
            running += change
            peak = max(peak, running)
        return peak

    def _snapshot(self) -> list[RequestRecord]:
        with self._lock:
            return list(self._records)
