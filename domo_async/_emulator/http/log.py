"""The request log: one record for each request, for tests to inspect."""

from __future__ import annotations

import itertools
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias, overload

from attrs import field, frozen

BODY_KEPT = 1 << 16
"""The number of bytes that the log keeps of each body, for display."""

_KEPT = 100_000
_EXCHANGES_KEPT = 1_000
_BYTES_KEPT = 16 << 20

Status: TypeAlias = int | str | None
"""A status, a class such as ``"5xx"``, ``"none"`` for requests without an answer, or None for all."""


@frozen
class RequestRecord:
    """One request and its answer.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        query: The query string, without the question mark.
        status: The status that was sent, or None if the connection was closed without an answer.
        started: The time at which the request's head had arrived, in seconds of the emulator's clock.
        finished: The time at which the answer was ready, or all but the end of a streamed one was sent.
        request_bytes: Bytes of the request's body that arrived.
        response_bytes: Bytes of the answer's body.
        connection: A number that is the same for all requests of one TCP connection.
        number: A number that no other request of this instance has.
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
    number: int = 0

    def matches(self, pattern: str, status: Status = None) -> bool:
        """Return whether "METHOD /path" matches the shell `pattern`; ``*`` also stands for slashes."""
        return fnmatchcase(f"{self.method} {self.path}", pattern) and self._has(status)

    def _has(self, status: Status) -> bool:
        if status is None:
            return True
        if status == "none" or self.status is None:
            return status == "none" and self.status is None
        wanted = str(status)
        return fnmatchcase(str(self.status), wanted.replace("xx", "[0-9][0-9]") if wanted.endswith("xx") else wanted)


@frozen
class Exchange:
    """The first bytes of the bodies of a request and its answer, unchanged and including secrets.

    Attributes:
        request_type: The media type of the request's body.
        request_body: The first bytes of that body.
        response_type: The media type of the answer's body.
        response_body: The first bytes of that body.
    """

    request_type: str
    request_body: bytes = field(repr=False)
    response_type: str
    response_body: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """The bytes of both."""
        return len(self.request_body) + len(self.response_body)


@frozen
class Totals:
    """The totals of some requests.

    Attributes:
        requests: The number of requests.
        request_bytes: Bytes of the requests' bodies.
        response_bytes: Bytes of the answers' bodies.
        statuses: The number of requests by status; None for no answer.
        peak_concurrency: The greatest number of requests that were processed at the same time.
        seconds: The seconds from the start of the first to the end of the last.
    """

    requests: int
    request_bytes: int
    response_bytes: int
    statuses: Mapping[int | None, int]
    peak_concurrency: int
    seconds: float


class RequestLog(Sequence[RequestRecord]):
    """The requests that were answered, in the order of their answers; the last 100 000 are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._size = 0
        self._numbers = itertools.count(1)

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

    def new_number(self) -> int:
        """Return a number that no request has had."""
        return next(self._numbers)

    def append(self, record: RequestRecord, exchange: Exchange | None = None) -> None:
        """Add a record, and the bodies, of which the last are kept."""
        with self._lock:
            self._records.append(record)
            if exchange is not None:
                self._exchanges[record.number] = exchange
                self._size += exchange.size
                while len(self._exchanges) > _EXCHANGES_KEPT or self._size > _BYTES_KEPT:
                    self._size -= self._exchanges.popitem(last=False)[1].size

    def found(self, number: int) -> RequestRecord | None:
        """Return the record of a number, if it is kept."""
        return next((record for record in reversed(self._snapshot()) if record.number == number), None)

    def exchange(self, number: int) -> Exchange | None:
        """Return the bodies of a request, if they are kept: those of the last thousand, at most 16 MiB together.

        Args:
            number: The request's number, as in ``emulator.log.exchange(emulator.log[-1].number)``.
        """
        with self._lock:
            return self._exchanges.get(number)

    def clear(self) -> None:
        """Forget all records."""
        with self._lock:
            self._records.clear()
            self._exchanges.clear()
            self._size = 0

    def matching(self, pattern: str = "*", *, status: Status = None) -> list[RequestRecord]:
        """Return the records that match, in the order of their answers.

        Args:
            pattern: A shell pattern over "METHOD /path", such as ``"PUT *parts*"``; ``*`` also stands for slashes.
            status: The status of the answer, a class such as ``"5xx"``, or ``"none"``.

        Example:
            >>> [record.status for record in emulator.log.matching("PUT *parts*")]
            [200, 200, 503, 200]
        """
        return [record for record in self._snapshot() if record.matches(pattern, status)]

    def totals(self, pattern: str = "*", *, status: Status = None) -> Totals:
        """Return the totals of the records that match."""
        records = self.matching(pattern, status=status)
        return Totals(
            requests=len(records),
            request_bytes=sum(record.request_bytes for record in records),
            response_bytes=sum(record.response_bytes for record in records),
            statuses=dict(Counter(record.status for record in records)),
            peak_concurrency=_peak(records),
            seconds=max((record.finished for record in records), default=0.0)
            - min((record.started for record in records), default=0.0),
        )

    def peak_concurrency(self, pattern: str = "*") -> int:
        """Return the greatest number of requests matching `pattern` that were processed at the same time."""
        return _peak(self.matching(pattern))

    def _snapshot(self) -> list[RequestRecord]:
        with self._lock:
            return list(self._records)


def _peak(records: Sequence[RequestRecord]) -> int:
    starts = [(record.started, 1) for record in records]
    ends = [(record.finished, -1) for record in records]
    # At the same instant an end sorts before a start: consecutive requests do not overlap.
    peak = running = 0
    for _, change in sorted(starts + ends):
        running += change
        peak = max(peak, running)
    return peak
