"""Routes about the emulator itself, below ``/emulator``; all of it is emulator-defined.

They are not recorded in the request log, and are exempt from faults, limits and latency. All but the first require the
token of the instance's owner in the usual header:

- ``GET /emulator/health``: whether the emulator serves, for containers and other waiting programs; nothing else.
- ``GET /emulator/state``: the emulator's state: counts, rate limits, uptime.
- ``GET /emulator/faults``: the armed faults; ``POST``: arm one, given as JSON with the names of `Fault`'s
  attributes, or as ``{"fault": "PUT *parts*:status=503,count=5"}``; ``DELETE``: disarm all.
- ``GET /emulator/outcomes``, ``POST``, ``DELETE``: the same for the outcomes of jobs.
- ``GET /emulator/log``: the requests, filtered by ``route`` (a shell pattern over "METHOD /path") and ``status``
  (``404``, ``5xx``, ``none``), a page of ``limit`` from ``offset``; ``newest=true`` reverses the order.
  ``DELETE``: clear the log.
- ``POST /emulator/reset``: reset the emulator.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import get_args

from aiohttp import web
from attrs import asdict, define, field, fields

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.faults import Fault
from domo_async._emulator.gate import OWN_PATHS, Gate
from domo_async._emulator.http.web import answer, json_object, page_of, query_flag
from domo_async._emulator.job_outcomes import Job, JobOutcome

__all__ = ["Control"]

_PAGE = 100
_MOST = 10_000


@define(eq=False)
class Control:
    """The routes about one emulator.

    Attributes:
        gate: The emulator's gate, which holds the faults, the limits and the log.
        reset: The function that resets the emulator.
    """

    gate: Gate
    reset: Callable[[], None]
    _since: float = field(factory=time.monotonic)

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_get(f"{OWN_PATHS}/health", _health)
        for method, path, handler in (
            ("GET", "state", self._state),
            ("GET", "faults", self._faults),
            ("POST", "faults", self._arm),
            ("DELETE", "faults", self._disarm),
            ("GET", "outcomes", self._outcomes),
            ("POST", "outcomes", self._promise),
            ("DELETE", "outcomes", self._forget_outcomes),
            ("GET", "log", self._log),
            ("DELETE", "log", self._forget_log),
            ("POST", "reset", self._reset),
        ):
            app.router.add_route(method, f"{OWN_PATHS}/{path}", self.gate.for_owner(handler))

    async def _state(self, _request: web.Request) -> web.Response:
        gate, instance = self.gate, self.gate.instance
        datasets = instance.datasets()
        records = {each.name: len(each) for each in instance.records if len(each)}
        return answer(
            {
                "uptime": time.monotonic() - self._since,
                "counts": {
                    "datasets": len(datasets),
                    "rows": sum(dataset.row_count for dataset in datasets),
                    **records,
                },
                "limits": {
                    "search": {
                        "used": gate.search_limit.used(instance.now()),
                        "limit": gate.search_limit.limit,
                        "window": gate.search_limit.window,
                    }
                },
                "requests": len(gate.log),
                "faults": {
                    "armed": sum(each.on and each.left != 0 for each in gate.faults.armed()),
                    "fired": gate.faults.fired,
                },
                "latency": gate.latency,
                "bandwidth": gate.connections.bandwidth,
                "indexDelay": instance.index_delay,
                "jobDelay": instance.job_delay,
            }
        )

    async def _faults(self, _request: web.Request) -> web.Response:
        faults = self.gate.faults
        armed = [
            {"number": each.number, **each.fault.values(), "on": each.on, "fired": each.fired, "left": each.left}
            for each in faults.armed()
        ]
        return answer({"faults": armed, "fired": faults.fired})

    async def _arm(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        try:
            fault = Fault.parse(str(body["fault"])) if "fault" in body else Fault.of(body)
        except ValueError as error:
            raise HTTPError(400, str(error)) from error
        self.gate.faults.add(fault)
        return await self._faults(request)

    async def _disarm(self, request: web.Request) -> web.Response:
        self.gate.faults.clear()
        return await self._faults(request)

    async def _outcomes(self, _request: web.Request) -> web.Response:
        waiting = self.gate.instance.outcomes.waiting()
        return answer({"outcomes": [{**asdict(outcome), "left": left} for outcome, left in waiting]})

    async def _promise(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        if unknown := body.keys() - {each.name for each in fields(JobOutcome)}:
            raise HTTPError(400, f"Unknown keys of an outcome: {', '.join(sorted(unknown))}")
        if body.get("job") not in get_args(Job):
            raise HTTPError(400, f"Required: job, one of {', '.join(get_args(Job))}")
        count = body.get("count", 1)
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            raise HTTPError(400, "count must be a whole number of at least 1, or null for all jobs")
        texts = {key: body[key] for key in ("state", "reason", "pattern") if key in body}
        if not all(isinstance(text, str) or (key == "reason" and text is None) for key, text in texts.items()):
            raise HTTPError(400, "state, reason and pattern must be strings")
        self.gate.instance.outcomes.add(JobOutcome(body["job"], count=count, **texts))
        return await self._outcomes(request)

    async def _forget_outcomes(self, request: web.Request) -> web.Response:
        self.gate.instance.outcomes.clear()
        return await self._outcomes(request)

    async def _log(self, request: web.Request) -> web.Response:
        pattern, status = request.query.get("route", "*"), request.query.get("status")
        log = self.gate.log
        records = log.matching(pattern, status=status)
        if query_flag(request, "newest"):
            records.reverse()
        totals = log.totals(pattern, status=status)
        return answer(
            {
                "requests": [asdict(each) for each in page_of(request, records, limit=_PAGE, most=_MOST)],
                "total": totals.requests,
                "requestBytes": totals.request_bytes,
                "responseBytes": totals.response_bytes,
                "peakConcurrency": totals.peak_concurrency,
                "seconds": totals.seconds,
                "statuses": {"none" if key is None else str(key): n for key, n in totals.statuses.items()},
            }
        )

    async def _forget_log(self, _request: web.Request) -> web.Response:
        self.gate.log.clear()
        return answer({})

    async def _reset(self, _request: web.Request) -> web.Response:
        self.reset()
        return answer({})


async def _health(_request: web.Request) -> web.Response:
    """Answer that the instance serves: ``GET /emulator/health``, without a token (emulator-defined).

    The status is 507 if the instance cannot save its changes.
    """
    return answer({"status": "UP"})
