"""The cost of importing the library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from benchmarks._harness import Options, Row, at_most, in_pairs

_NEEDED = "import aiohttp, attrs, cattrs"


def benchmark(options: Options) -> Iterator[Row]:
    """Compare the processor time of imports in fresh interpreters."""
    # A short measurement: more runs cost little and stabilize the median.
    runs = 3 * options.runs
    baseline = _cpu_time(_NEEDED)
    for statement, target in (("import domo_async", at_most(1.3)), ("import domo_async.sync", None)):
        yield in_pairs(
            f"{statement} / {_NEEDED.removeprefix('import ')}",
            "ms",
            _cpu_time(statement),
            baseline,
            runs=runs,
            target=target,
        )


def _cpu_time(statement: str) -> Callable[[], float]:
    """Return a measurement of a statement's processor time in milliseconds, in a new interpreter."""
    code = f"import time; start = time.process_time(); {statement}; print((time.process_time() - start) * 1000)"

    def measure() -> float:
        return float(subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE).stdout)

    return measure
