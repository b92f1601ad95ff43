"""Small calls by blocking callers: the synchronous facade against requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import requests

from benchmarks._harness import Measurement, Options, Row, at_least, in_pairs, server
from domo_async.sync import Domo

_CALLS = 2000


def benchmark(options: Options) -> Iterator[Row]:
    """Compare the facade's `get` with a session of requests (one for each thread, as they are not shared)."""
    with server() as url:
        for threads, what, aim in ((1, "one thread", 1.5), (8, "eight threads", 2.5)):
            yield in_pairs(
                f"blocking GET of 1 KB, {what} / requests.Session",
                "calls/s",
                Measurement(facade, url, threads),
                Measurement(session, url, threads),
                runs=options.runs,
                target=at_least(aim),
            )


def facade(url: str, threads: int) -> float:
    """Call through the facade; return calls a second of all threads together."""
    with Domo(url, token="benchmark") as domo:
        return _rate(lambda: lambda: domo.datasets.get("dataset"), threads)


def session(url: str, threads: int) -> float:
    """Call through requests; return calls a second of all threads together."""

    def caller() -> Callable[[], object]:
        own = requests.Session()
        return lambda: own.get(f"{url}/api/data/v3/datasources/dataset").json()

    return _rate(caller, threads)


def _rate(caller: Callable[[], Callable[[], object]], threads: int) -> float:
    share = _CALLS // threads
    ready = threading.Barrier(threads + 1)

    def work() -> None:
        call = caller()
        for _ in range(4):
            call()
        ready.wait()
        for _ in range(share):
            call()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    return share * threads / (time.perf_counter() - started)
