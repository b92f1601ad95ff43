"""The common parts of all benchmarks: paired runs in fresh processes, and the table of their medians."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import trustme
from attrs import frozen

__all__ = [
    "WITHOUT",
    "Measurement",
    "Options",
    "Row",
    "at_least",
    "at_most",
    "in_pairs",
    "parse_size",
    "server",
    "table",
    "tls_server",
]

WITHOUT = {
    "without compiled code": ["domo_async._transfer.csv._survey"],
    "Python alone": ["domo_async._transfer.csv._survey", "numpy"],
}
"""What is taken away from the scanner of CSV, with the modules that then cannot be imported."""
_ROOT = Path(__file__).parent.parent
_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


@frozen
class Options:
    """The options of the command line.

    Attributes:
        size: The size of the large files in bytes.
        runs: The number of paired runs of each measurement.
        folder: The folder for files; removed at the end.
    """

    size: int
    runs: int
    folder: Path


def parse_size(text: str) -> int:
    """Parse a size such as ``512MiB``, and return it in bytes."""
    for unit, factor in sorted(_UNITS.items(), key=lambda pair: -len(pair[0])):
        if text.endswith(unit) and text.removesuffix(unit).isdecimal():
            return int(text.removesuffix(unit)) * factor
    raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it as 512MiB")


class Measurement:
    """A function that returns a figure, run in a fresh process each time.

    A separate process keeps one measurement's caches, heap and garbage from affecting the next.

    Args:
        function: A function of a module; its result is the figure.
        *arguments: Its arguments, which go through JSON.
        without: Modules that cannot be imported in that process.
    """

    def __init__(self, function: Callable[..., float], *arguments: object, without: Iterable[str] = ()) -> None:
        self._command = [
            sys.executable,
            "-m",
            "benchmarks._run",
            f"{function.__module__}:{function.__qualname__}",
            json.dumps(arguments),
            ",".join(without),
        ]

    def __call__(self) -> float:
        """Measure once."""
        done = subprocess.run(self._command, cwd=_ROOT, check=True, stdout=subprocess.PIPE)
        return float(done.stdout)


@frozen
class Target:
    """The target of a ratio.

    Attributes:
        sign: ``≥`` or ``≤``.
        limit: The ratio.
    """

    sign: str
    limit: float

    def met(self, ratio: float) -> bool:
        """Return whether a ratio meets the target."""
        return ratio >= self.limit if self.sign == "≥" else ratio <= self.limit


def at_least(limit: float) -> Target:
    """Return the target of a figure for which more is better."""
    return Target("≥", limit)


def at_most(limit: float) -> Target:
    """Return the target of a figure for which less is better."""
    return Target("≤", limit)


@frozen
class Row:
    """One line of the table.

    Attributes:
        what: The subject and the baseline.
        unit: The unit of the figures.
        subject: Our figures.
        baseline: The figures to compare with.
        target: The target of the median ratio; None if there is none.
        difference: Whether the target applies to subject minus baseline instead of their ratio.
    """

    what: str
    unit: str
    subject: Sequence[float]
    baseline: Sequence[float]
    target: Target | None = None
    difference: bool = False

    @property
    def _ratios(self) -> list[float]:
        pairs = zip(self.subject, self.baseline, strict=True)
        return [ours - theirs if self.difference else ours / theirs for ours, theirs in pairs]

    @property
    def ratio(self) -> str:
        """The median of the pairs, and their range."""
        ratios = self._ratios
        return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"

    @property
    def verdict(self) -> str:
        """The target, and whether it was met."""
        if self.target is None:
            return ""
        met = "met" if self.target.met(median(self._ratios)) else "MISSED"
        return f"{self.target.sign} {self.target.limit:g} {met}"


def in_pairs(
    what: str,
    unit: str,
    subject: Callable[[], float],
    baseline: Callable[[], float],
    *,
    runs: int,
    target: Target | None = None,
    difference: bool = False,
) -> Row:
    """Measure subject and baseline in turn, so that other load on the machine affects both."""
    ours: list[float] = []
    theirs: list[float] = []
    for run in range(runs):
        # The order alternates, so that neither always benefits from the caches that the other one filled.
        for measure, figures in [(subject, ours), (baseline, theirs)][:: 1 if run % 2 else -1]:
            figures.append(measure())
    return Row(what, unit, ours, theirs, target, difference)


@contextmanager
def server(**options: float | str) -> Iterator[str]:
    """Give the URL of a server in a separate process; see `benchmarks._server` for its options."""
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "benchmarks._server", *arguments]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def tls_server(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the URL of a server that speaks TLS, and the file of the authority to trust."""
    authority = trustme.CA()
    trusted, certificate = folder / "authority.pem", folder / "certificate.pem"
    authority.cert_pem.write_to_path(trusted)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    with server(certificate=str(certificate)) as url:
        yield url, str(trusted)


def table(rows: Iterable[Row]) -> str:
    """Return the rows as text in columns."""
    lines = [("what", "unit", "subject", "baseline", "ratio (min-max)", "target")]
    for row in rows:
        figures = (f"{median(row.subject):,.1f}", f"{median(row.baseline):,.1f}")
        lines.append((row.what, row.unit, *figures, ("Δ " if row.difference else "") + row.ratio, row.verdict))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
