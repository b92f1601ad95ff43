"""A log on an instance, that grows while it is read."""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

LARGEST_PAGE = 1000


def event(time: int, number: int | str, **more: Any) -> dict[str, Any]:
    return {"time": time, "userId": "7", "userName": "Ada", "objectType": "PAGE", "eventText": str(number), **more}


class Log:
    """An instance whose log lists the newest entry first, by offset, as many at a time as documented at the most.

    Args:
        events: Its entries.
        arrive: Called at each request with its number; gives what turned up just before.
        closed: Whether the bounds of a span belong to it.
        order: Sorts the entries of a span, which stand newest first.
        cap: The most entries at a time.
    """

    def __init__(
        self,
        events: Iterable[dict[str, Any]],
        *,
        arrive: Callable[[int], Iterable[dict[str, Any]]] = lambda _: (),
        closed: bool = True,
        order: Callable[[list[Any]], list[Any]] = lambda found: found,
        cap: int = LARGEST_PAGE,
    ) -> None:
        self._entries: list[tuple[int, int, bytes, str]] = []
        self._arrive = arrive
        self._closed = closed
        self._order = order
        self._cap = cap
        self.asked: list[tuple[int, int, int]] = []
        self.given = 0
        self.failures: list[int] = []
        self.add(events)

    def add(self, events: Iterable[dict[str, Any]]) -> None:
        for each in events:
            number = len(self._entries)
            bisect.insort(self._entries, (each["time"], number, json.dumps(each).encode(), each["objectType"]))

    def texts(self) -> list[str]:
        return [json.loads(body)["eventText"] for _, _, body, _ in self._entries]

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/objectTypes"):
            return web.json_response([])
        query = request.query
        low, high, offset = (int(query[key]) for key in ("start", "end", "offset"))
        limit = min(int(query["limit"]), self._cap)
        self.add(self._arrive(len(self.asked)))
        self.asked.append((low, high, offset))
        if self.failures:
            return web.Response(status=self.failures.pop(0))
        first = bisect.bisect_left(self._entries, (low if self._closed else low + 1,))
        last = bisect.bisect_left(self._entries, (high + 1 if self._closed else high,))
        if "objectType" in query or self._order([1, 2]) != [1, 2]:
            kinds = query.get("objectType", "PAGE").split(",")
            found = self._order([entry for entry in self._entries[first:last] if entry[3] in kinds][::-1])
            page = found[offset : offset + limit]
        else:
            end = last - offset
            page = self._entries[max(first, end - limit) : max(first, end)][::-1]
        self.given += len(page)
        return web.Response(
            body=b"[" + b",".join(body for _, _, body, _ in page) + b"]", content_type="application/json"
        )
