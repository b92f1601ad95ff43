"""A file's upload over a simulated wide-area network: 200 ms a request, 20 MB/s a connection."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import upload
from benchmarks._csv import write_csv
from benchmarks._harness import WITHOUT, Measurement, Options, Row, at_least, in_pairs, server
from domo_async import Domo, ResponseEvent, Settings
from domo_async._transfer import UploadResult

_LATENCY = 0.2
_BANDWIDTH = 20e6
_PART = 8 << 20
_CONCURRENCY = 8


def benchmark(options: Options) -> Iterator[Row]:
    """Compare the upload with the model and with pydomo's way.

    The model is what so many connections can carry, each part followed by its answer's latency. It is for the parts
    alone; the whole job has the requests before and after them too, one latency each.
    """
    # Long enough that the few requests before and after the parts do not decide, and a little less than whole rounds of
    # parts: cut at record ends, the last part would else start a round alone.
    large = str(write_csv(options.folder / "large.csv", 2 * options.size - (1 << 20)))
    small = str(write_csv(options.folder / "small.csv", 3 * _PART))
    every = str(write_csv(options.folder / "every.csv", options.size - (1 << 20), quoted=True, every=True))
    model = _CONCURRENCY * _PART / (_LATENCY + _PART / _BANDWIDTH) / 1e6
    with server(latency=_LATENCY, bandwidth=_BANDWIDTH) as url:
        row = partial(in_pairs, unit="MB/s", runs=min(options.runs, 3))
        setting = (url, large, _PART, _CONCURRENCY)
        for part, what in ((parts_alone, "parts alone"), (whole_job, "whole job")):
            yield row(
                f"WAN, 8 parts of 8 MiB, {what} / model",
                subject=Measurement(part, *setting),
                baseline=lambda: model,
                target=at_least(0.9),
            )
        # What the simulation itself lets through.
        yield row(
            "WAN, 8 parts of 8 MiB, aiohttp alone / model",
            subject=Measurement(upload.aiohttp_alone, url, large),
            baseline=lambda: model,
        )
        for file, what in ((large, "no quotes"), (every, "every field quoted, some empty")):
            for less, modules in WITHOUT.items():
                yield row(
                    f"WAN, 8 parts of 8 MiB, parts alone, {what}, {less} / model",
                    subject=Measurement(parts_alone, url, file, _PART, _CONCURRENCY, without=modules),
                    baseline=lambda: model,
                    target=at_least(0.9),
                )
        yield row(
            "WAN, defaults, whole job / pydomo's way",
            subject=Measurement(upload.sdk, url, large),
            baseline=Measurement(upload.pydomo_way, url, small),
            target=at_least(10),
        )


def whole_job(url: str, path: str, part_size: int, concurrency: int) -> float:
    """Upload by the client; return MB/s from the call to its end."""
    return upload.whole_job(
        url, lambda domo: domo.datasets.upload("dataset", path, part_size=part_size, concurrency=concurrency)
    )


def parts_alone(url: str, path: str, part_size: int, concurrency: int) -> float:
    """Upload by the client; return MB/s from the first part's beginning to the last part's answer."""
    begun: list[float] = []
    ended: list[float] = []

    def note(event: ResponseEvent) -> None:
        if "/parts/" in event.template:
            ended.append(time.perf_counter())
            begun.append(ended[-1] - event.seconds)

    def start(domo: Domo) -> Awaitable[UploadResult]:
        # An upload before the measured one has parts, too.
        begun.clear()
        ended.clear()
        return domo.datasets.upload("dataset", path, part_size=part_size, concurrency=concurrency)

    upload.whole_job(url, start, Settings(after_response=(note,)))
    return Path(path).stat().st_size / (max(ended) - min(begun)) / 1e6
