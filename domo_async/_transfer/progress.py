"""Progress of a transfer: callbacks, events and progress bars."""

from __future__ import annotations

import asyncio
import html
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeAlias

from attrs import frozen

from domo_async._callbacks import notify
from domo_async._clock import Clock
from domo_async._wire import Record
from domo_async.errors import ConfigError

__all__ = [
    "Progress",
    "ProgressCallback",
    "ProgressEvents",
    "ProgressOption",
    "Reporter",
    "check_bars",
    "progress_bars",
    "reporting",
    "told_the_end",
]

_EVERY = 0.1


@frozen
class Progress(Record):
    """The progress of a transfer.

    Attributes:
        bytes: The bytes handed to the network so far; decreases when a part has to be sent again.
        total_bytes: The total number of bytes, or None if it is not known beforehand. For CSV with empty fields in
            quotes, some of which are sent without quotes, it is only exact at the end.
        rows: The rows of the parts that are done.
        parts: The number of parts that are done.
        seconds: The seconds since the transfer began.
        retries: The number of times that a part had to be sent again.
    """

    bytes: int
    total_bytes: int | None
    rows: int
    parts: int
    seconds: float
    retries: int = 0

    @property
    def rate(self) -> float:
        """The bytes per second, on average since the beginning."""
        return self.bytes / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """The seconds that are left at that rate; None if the total is not known."""
        if self.total_bytes is None or self.rate <= 0:
            return None
        return max(self.total_bytes - self.bytes, 0) / self.rate


class ProgressEvents:
    """The progress of a transfer as an async iterator: pass it as ``progress=`` and iterate over it.

    An iteration that is slower than the transfer gets only the newest state. The iteration ends after the transfer's
    last state, whether the transfer succeeds or fails.

    ```python
    events = ProgressEvents()
    upload = asyncio.create_task(domo.datasets.upload(dataset_id, "orders.csv", progress=events))
    async for now in events:
        print(f"{now.rate / 1e6:.0f} MB/s, {now.remaining or 0:.0f} s to go")
    done = await upload
    ```
    """

    def __init__(self) -> None:
        self._latest: Progress | None = None
        self._ended = False
        self._told = asyncio.Event()

    def __call__(self, progress: Progress) -> None:
        """Take a new state of the transfer."""
        self._latest = progress
        self._told.set()

    def close(self) -> None:
        """End the iteration after the last state."""
        self._ended = True
        self._told.set()

    async def __aiter__(self) -> AsyncIterator[Progress]:
        while not self._ended or self._latest is not None:
            await self._told.wait()
            latest, self._latest = self._latest, None
            if not self._ended:
                self._told.clear()
            if latest is not None:
                yield latest


ProgressCallback: TypeAlias = Callable[[Progress], None]
ProgressOption: TypeAlias = ProgressCallback | bool | None


class Reporter:
    """Counts bytes and calls the callback: at most ten times a second, after each part, and at the end.

    A callback that fails is logged; the transfer continues.
    """

    def __init__(self, clock: Clock, callback: ProgressCallback | None, total: int | None) -> None:
        self._clock = clock
        self._callback = callback
        self._total = total
        self._started = clock.monotonic()
        self._next = self._started
        self._bytes = 0
        self._rows = 0
        self._parts = 0
        self.retries: int = 0

    @property
    def seconds(self) -> float:
        """The seconds since the beginning."""
        return self._clock.monotonic() - self._started

    def expect(self, total: int | None) -> None:
        """Set the total number of bytes, if it is only known once the transfer has begun."""
        self._total = total

    def moved(self, count: int) -> None:
        """Count bytes; negative if some have to be sent again."""
        self._bytes += count
        if self._callback is not None and self._clock.monotonic() >= self._next:
            self._next = self._clock.monotonic() + _EVERY
            self._tell()

    def retried(self) -> None:
        """Count a part that is sent again."""
        self.retries += 1

    def part_done(self, rows: int) -> None:
        """Count a part that is done."""
        self._rows += rows
        self._parts += 1
        self._tell()

    def finish(self, total: int | None = None) -> None:
        """Report the end.

        Args:
            total: The total number of bytes, if only an estimate was known beforehand.
        """
        if self._total is not None and total is not None:
            self._total = total
        self._tell()

    def _tell(self) -> None:
        now = Progress(self._bytes, self._total, self._rows, self._parts, self.seconds, self.retries)
        notify(self._callback, now, "progress")


@contextmanager
def reporting(clock: Clock, option: ProgressOption, *, total: int | None, title: str) -> Iterator[Reporter]:
    """Give a reporter for the caller's option: a callback, True for a bar in the terminal, or nothing.

    Raises:
        ConfigError: A bar was asked for and rich is not installed.
    """
    if option is True:
        with _bars() as bar:
            yield Reporter(clock, bar(total, title), total)
        return
    with told_the_end(option):
        yield Reporter(clock, option or None, total)


@contextmanager
def told_the_end(option: ProgressOption) -> Iterator[None]:
    """End the iteration over `ProgressEvents` when the block ends, whether it succeeds or fails."""
    try:
        yield
    finally:
        if isinstance(option, ProgressEvents):
            option.close()


@contextmanager
def progress_bars(option: ProgressOption) -> Iterator[Callable[[str], ProgressOption]]:
    """Give a function that returns the progress option of each of several transfers, by name.

    With True each transfer gets a bar of its own.

    Raises:
        ConfigError: Bars were asked for and rich is not installed.
    """
    if isinstance(option, ProgressEvents):
        # The iteration ends with the last of the transfers, not with the first.
        with told_the_end(option):
            yield lambda _: option.__call__
        return
    if option is not True:
        yield lambda _: option
        return
    with _bars() as bar:
        yield lambda name: bar(None, name)


@contextmanager
def _bars() -> Iterator[Callable[[int | None, str], ProgressCallback]]:
    """Give a function that adds a bar and returns its callback. The bars are removed when the block ends."""
    if _notebook() is not None:
        with _notebook_bars() as in_cell:
            yield in_cell
        return
    progress = _rich_progress()
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TextColumn("{task.fields[parts]} parts"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, transient=True) as bars:

        def bar(total: int | None, title: str) -> ProgressCallback:
            task = bars.add_task(title, total=total, parts=0)
            return lambda now: bars.update(task, completed=now.bytes, total=now.total_bytes, parts=now.parts)

        yield bar


def check_bars(option: ProgressOption) -> None:
    """Refuse an option that asks for bars which cannot be drawn.

    Raises:
        ConfigError: Bars were asked for and rich is not installed.
    """
    if option is True and _notebook() is None:
        _rich_progress()


def _rich_progress() -> Any:
    try:
        return import_module("rich.progress")
    except ImportError:
        raise ConfigError('progress=True draws with rich: pip install "domo-async[cli]"') from None


def _notebook() -> Any:
    """Return the shell of the notebook that this code runs in, or None outside of notebooks."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return None if getattr(shell, "kernel", None) is None else shell


@contextmanager
def _notebook_bars() -> Iterator[Callable[[int | None, str], ProgressCallback]]:
    """Give a function that adds a bar to a cell's output, with IPython alone; rich would need ipywidgets there."""
    screen: Any = import_module("IPython.display")  # in a notebook it is there
    handles: list[Any] = []

    def bar(_: int | None, title: str) -> ProgressCallback:
        handle = screen.display(screen.HTML(""), display_id=True)
        handles.append(handle)

        def move(now: Progress) -> None:
            end = "" if now.total_bytes is None else f' value="{now.bytes}" max="{max(now.total_bytes, 1)}"'
            text = f"{now.bytes / 1e6:,.1f} MB, {now.rate / 1e6:,.1f} MB/s, {now.parts:,} parts"
            handle.update(screen.HTML(f"{html.escape(title)} <progress{end}></progress> {text}"))

        return move

    try:
        yield bar
    finally:
        for handle in handles:
            handle.update(screen.HTML(""))
