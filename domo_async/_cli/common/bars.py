"""Bars that people watch while something takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

from domo_async._cli.common.logs import logs
from domo_async._cli.common.output import counted, megabytes

if TYPE_CHECKING:
    from domo_async import BulkProgress
    from domo_async._transfer import Progress

__all__ = ["bulk_bar", "transfer_bar"]


@contextmanager
def transfer_bar(
    console: Console, title: str, *, total: int | None = None, quiet: bool = False, thing: str = "part"
) -> Iterator[Callable[[Progress], None] | None]:
    """Draw a bar while the block runs; gives what takes its progress, None where no bar is drawn.

    Args:
        console: Where to draw, if that is a terminal.
        title: The text before the bar.
        total: Bytes to come, if the transfer itself cannot know.
        quiet: Whether to draw none.
        thing: The word for one part.
    """
    if quiet or logs.quiet or not console.is_terminal:
        yield None
        return
    from rich import progress  # noqa: PLC0415 - most commands draw no bar

    columns: tuple[Any, ...] = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(bar_width=14),
        progress.DownloadColumn(),
        progress.TextColumn("{task.fields[told]}", style="dim"),
    )
    with progress.Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task(title, total=total, told="")

        def update(now: Progress) -> None:
            bars.update(bar, completed=now.bytes, total=now.total_bytes or total, told=_told(now, thing))

        yield update


def _told(now: Progress, thing: str) -> str:
    """Return what is said of a transfer beside its bar: rate, parts, retries, estimate."""
    told = [
        f"{megabytes(int(now.rate))}/s" if now.rate else "",
        counted(now.parts, thing) if now.parts else "",
        f"{now.retries:,} sent again" if now.retries else "",
        _left(now.remaining) if now.remaining else "",
    ]
    return ", ".join(filter(None, told))


def _left(seconds: float) -> str:
    """Return an estimate for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"


@contextmanager
def bulk_bar(console: Console, title: str, *, quiet: bool = False) -> Iterator[Callable[[BulkProgress], None] | None]:
    """Draw a bar while the block makes many changes; gives what takes its progress, None where no bar is drawn.

    Args:
        console: Where to draw, if that is a terminal.
        title: The text before the bar.
        quiet: Whether to draw none.
    """
    if quiet or logs.quiet or not console.is_terminal:
        yield None
        return
    from rich import progress  # noqa: PLC0415 - most commands draw no bar

    columns: tuple[Any, ...] = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(bar_width=20),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[failed]}", style="red"),
    )
    with progress.Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task(title, total=None, failed="")

        def update(now: BulkProgress) -> None:
            failed = f"{now.failed:,} failed" if now.failed else ""
            bars.update(bar, completed=now.done, total=now.total, failed=failed)

        yield update
