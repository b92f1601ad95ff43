"""`domo-async demo`: the whole round trip on an instance embedded in the process.

`over_async` and `over_sync` are what a program of yours would look like; all else prepares, shows and compares.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import define, frozen
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domo_async import ResponseEvent, Settings
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.exits import DebugOption, ExitCode, readable_errors
from domo_async._cli.common.interrupts import run as run_to_end
from domo_async._cli.common.output import megabytes, out, rows_table, table
from domo_async._cli.common.values import PartSizeOption
from domo_async._cli.demo_data import COLUMNS, QUERIES, first_difference, write_orders
from domo_async._cli.emulator import emulator_class

if TYPE_CHECKING:
    from domo_async._endpoints.datasets.result import QueryResult
    from domo_async._transfer import ExportResult, Progress, UploadResult
    from domo_async.emulator import Emulator

__all__ = ["RoundTrip", "RoundTripResult", "Stage", "Timings", "demo", "over_async", "over_sync", "run"]


@frozen(kw_only=True)
class RoundTrip:
    """The files to send up and bring back.

    Attributes:
        source: The CSV to upload.
        target: Where the export goes.
        size: Bytes of `source`.
        part_size: The most bytes of a part; by default it is chosen.
        concurrency: How many parts go up at once; by default it adapts.
    """

    source: Path
    target: Path
    size: int
    part_size: int | None
    concurrency: int | None


@define
class Timings:
    """A hook that adds up how long some requests take.

    Attributes:
        commit: Seconds of the commit, in which the instance reads and indexes the rows.
        queries: Seconds of the queries.
    """

    commit: float = 0.0
    queries: float = 0.0

    def __call__(self, event: ResponseEvent) -> None:
        """Take note of an answer."""
        if event.template.endswith("/commit"):
            self.commit += event.seconds
        elif event.template.endswith("/execute/{}"):
            self.queries += event.seconds


@frozen(kw_only=True)
class RoundTripResult:
    """The results of a round trip.

    Attributes:
        sent: The upload.
        received: The export.
        timings: Seconds of requests in between.
    """

    sent: UploadResult
    received: ExportResult
    timings: Timings


async def over_async(emulator: Emulator, trip: RoundTrip, stage: Stage) -> RoundTripResult:
    """Make the round trip with `domo_async.Domo`; the instance serves in the same event loop."""
    timings = Timings()
    settings = Settings(after_response=(timings,))
    async with emulator, emulator.client(settings=settings) as domo:
        stage.started(domo.origin)
        with stage("Create a dataset"):
            dataset = await domo.datasets.create("Demo orders", COLUMNS)
        with stage("Upload in concurrent parts, and commit", trip.size) as progress:
            sent = await domo.datasets.upload(
                dataset.id,
                trip.source,
                part_size=trip.part_size,
                concurrency=trip.concurrency,
                progress=progress,
            )
        with stage("Run two SQL queries"):
            answers = [await domo.datasets.query(dataset.id, sql) for sql in QUERIES]
        stage.answered(answers)
        with stage("Export everything", trip.size) as progress:
            received = await domo.datasets.export(dataset.id, trip.target, progress=progress)
    return RoundTripResult(sent=sent, received=received, timings=timings)


def over_sync(emulator: Emulator, trip: RoundTrip, stage: Stage) -> RoundTripResult:
    """Make the round trip with `domo_async.sync.Domo`; the instance serves from a thread of its own."""
    timings = Timings()
    settings = Settings(after_response=(timings,))
    with emulator, emulator.sync_client(settings=settings) as domo:
        stage.started(domo.origin)
        with stage("Create a dataset"):
            dataset = domo.datasets.create("Demo orders", COLUMNS)
        with stage("Upload in concurrent parts, and commit", trip.size) as progress:
            sent = domo.datasets.upload(
                dataset.id,
                trip.source,
                part_size=trip.part_size,
                concurrency=trip.concurrency,
                progress=progress,
            )
        with stage("Run two SQL queries"):
            answers = [domo.datasets.query(dataset.id, sql) for sql in QUERIES]
        stage.answered(answers)
        with stage("Export everything", trip.size) as progress:
            received = domo.datasets.export(dataset.id, trip.target, progress=progress)
    return RoundTripResult(sent=sent, received=received, timings=timings)


def demo(
    rows: Annotated[int, typer.Option("--rows", min=1, metavar="N", help="The number of rows.")] = 1_000_000,
    sync: Annotated[bool, typer.Option("--sync", help="Use the blocking client, domo_async.sync.")] = False,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", file_okay=False, help="A directory in which to keep the uploaded and the exported file."
        ),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="The number of parts to upload at once.", show_default="adaptive")
    ] = None,
    part_size: PartSizeOption = None,
    debug: DebugOption = False,
) -> None:
    """Send a million rows up and back, and compare them byte for byte.

    Everything runs on an instance embedded in this process: no account is needed, and nothing leaves the machine. A CSV
    file with quotes, line ends, Unicode and NULLs is uploaded in concurrent parts, queried, exported and compared. The
    exit code is 0 only if the export equals the upload.
    """
    with readable_errors(debug=debug), _directory(keep) as directory:
        emulator = emulator_class()()
        stage = Stage(out)
        stage.title(f"{'domo_async.sync' if sync else 'domo_async'}: {rows:,} rows up and back")
        with stage(f"Write {rows:,} rows with quotes, line ends, Unicode, NULLs"):
            source = directory / "orders.csv"
            size = write_orders(source, rows)
        trip = RoundTrip(
            source=source,
            target=directory / "exported.csv",
            size=size,
            part_size=part_size,
            concurrency=concurrency,
        )
        equal = run(emulator, trip, stage, sync=sync)
        if keep is not None:
            out.print("Kept:", *directory.glob("*.csv"), markup=False, soft_wrap=True)
    raise typer.Exit(0 if equal else ExitCode.FAILED)


def run(emulator: Emulator, trip: RoundTrip, stage: Stage, *, sync: bool) -> bool:
    """Make the round trip, show what came of it, and return whether all bytes came back."""
    result = over_sync(emulator, trip, stage) if sync else run_to_end(over_async(emulator, trip, stage))
    with stage("Compare what came back with what went up"):
        difference = first_difference(trip.source, trip.target)
    stage.summary(result)
    stage.verdict(trip, difference)
    return difference is None


class Stage:
    """Shows people what happens: a bar or a spinner while it does, and a line when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def title(self, text: str) -> None:
        """Begin."""
        self._console.print(Panel(Text(text, justify="center"), border_style="cyan", width=_WIDTH))

    def started(self, origin: str) -> None:
        """Say where the instance is."""
        self._line(f"Start a Domo instance in this process, {origin}")

    @contextmanager
    def __call__(self, title: str, size: int | None = None) -> Iterator[Callable[[Progress], None] | None]:
        """Show the block at work; gives what takes its progress, if `size` tells how many bytes will move."""
        started = time.perf_counter()
        with (
            self._spinner(title) if size is None else transfer_bar(self._console, _verb(title), total=size) as progress
        ):
            yield progress
        self._line(title, time.perf_counter() - started)

    def answered(self, answers: Sequence[QueryResult]) -> None:
        """Show the queries and their rows."""
        for sql, answer in zip(QUERIES, answers, strict=True):
            self._console.print(Padding(Text(sql, style="cyan"), (1, 2, 0, 2), expand=False))
            self._console.print(Padding(rows_table(answer), (0, 2), expand=False))

    def summary(self, result: RoundTripResult) -> None:
        """Show the figures."""
        sent, received, timings = result.sent, result.received, result.timings
        figures = table(["", "rows", "size", "parts", "seconds", "per second"], right=_FIGURES)
        sending = sent.seconds - timings.commit
        size = megabytes(sent.bytes)
        figures.add_row("upload", f"{sent.rows:,}", size, str(sent.parts), f"{sending:.2f}", _rate(sent.bytes, sending))
        figures.add_row("commit and ingest", "", "", "", f"{timings.commit:.2f}", _rate(sent.bytes, timings.commit))
        figures.add_row("queries", "", "", "", f"{timings.queries:.2f}")
        rate = _rate(received.bytes, received.seconds)
        figures.add_row("export", "", megabytes(received.bytes), "", f"{received.seconds:.2f}", rate)
        self._console.print(figures)
        memory = _peak_memory()
        if memory is not None:
            self._console.print(f"Peak memory of the process, the embedded instance included: {megabytes(memory)}")

    def verdict(self, trip: RoundTrip, difference: int | None) -> None:
        """Say whether all bytes came back."""
        if difference is None:
            equal = f"Equal: all {trip.size:,} bytes, header included, came back as they went up."
            self._console.print(f"[bold green]✓ {equal}[/]")
        else:
            self._console.print(
                f"[bold red]✗ Different: from byte {difference:,} on, what came back is not what went up.[/]\n"
                "  --keep DIR keeps both files."
            )

    @contextmanager
    def _spinner(self, title: str) -> Iterator[None]:
        with self._console.status(title):
            yield

    def _line(self, title: str, seconds: float | None = None) -> None:
        took = "" if seconds is None else f"{seconds:.2f} s"
        line = Table.grid()
        line.add_column(width=2, style="green")
        line.add_column(width=_WIDTH - 14)
        line.add_column(width=12, justify="right", style="dim")
        line.add_row("✓", Text(title), took)
        self._console.print(line)


_WIDTH = 78
_FIGURES = {"rows", "size", "parts", "seconds", "per second"}


def _verb(title: str) -> str:
    return title.partition(" ")[0]


def _rate(size: int, seconds: float) -> str:
    return megabytes(int(size / seconds)) if seconds > 0 else ""


def _peak_memory() -> int | None:
    """Return the most bytes of memory that this process ever held, or None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    """Give the directory to work in, which is only left behind if its name was given."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="domo-async-demo-") as directory:
        yield Path(directory)
