"""What people see of a transfer while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from attrs import frozen

from domo_async.clock import Clock
from domo_async.errors import ConfigError

__all__ = ["Progress", "ProgressCallback", "ProgressOption", "Reporter", "reporting"]

_EVERY = 0.1


@frozen
class Progress:
    """How far a transfer has come.

    Attributes:
        bytes: Bytes handed to the network so far; goes back when a part has to be sent again.
        total_bytes: Bytes in all, or None where that is not known beforehand.
        rows: Rows of the parts that are done.
        parts: Parts that are done.
        seconds: Time since the transfer began.
    """

    bytes: int
    total_bytes: int | None
    rows: int
    parts: int
    seconds: float


ProgressCallback: TypeAlias = Callable[[Progress], None]
ProgressOption: TypeAlias = ProgressCallback | bool | None


class Reporter:
    """Counts what moves and tells the callback: ten times a second at the most, after each part, and at the end."""

    def __init__(self, clock: Clock, callback: ProgressCallback | None, total: int | None) -> None:
        self._clock = clock
        self._callback = callback
        self._total = total
        self._started = clock.monotonic()
        self._next = self._started
        self._bytes = 0
        self._rows = 0
        self._parts = 0

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return self._clock.monotonic() - self._started

    def moved(self, count: int) -> None:
        """Count bytes; negative where some have to be sent again."""
        self._bytes += count
        if self._callback is not None and self._clock.monotonic() >= self._next:
            self._next = self._clock.monotonic() + _EVERY
            self._tell(self._callback)

    def part_done(self, rows: int) -> None:
        """Count a part."""
        self._rows += rows
        self._parts += 1
        if self._callback is not None:
            self._tell(self._callback)

    def finish(self) -> None:
        """Report the end."""
        if self._callback is not None:
            self._tell(self._callback)

    def _tell(self, callback: ProgressCallback) -> None:
        callback(Progress(self._bytes, self._total, self._rows, self._parts, self.seconds))


@contextmanager
def reporting(clock: Clock, option: ProgressOption, *, total: int | None, title: str) -> Iterator[Reporter]:
    """Give a reporter for what the caller asked for: a callback, True for a bar in the terminal, or nothing.

    Raises:
        ConfigError: A bar was asked for and rich is not installed.
    """
    if option is True:
        with _bar(total, title) as callback:
            yield Reporter(clock, callback, total)
    else:
        yield Reporter(clock, option or None, total)


@contextmanager
def _bar(total: int | None, title: str) -> Iterator[ProgressCallback]:
    try:
        from rich import progress  # noqa: PLC0415 - optional
    except ImportError:
        raise ConfigError('progress=True draws with rich: pip install "domo-async[cli]"') from None
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TextColumn("{task.fields[parts]} parts"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns) as bars:
        bar = bars.add_task(title, total=total, parts=0)
        yield lambda now: bars.update(bar, completed=now.bytes, parts=now.parts)
