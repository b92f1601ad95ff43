"""`python -m benchmarks`: run some or all benchmarks and print what they found."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import (
    calls,
    emulator,
    export,
    facade,
    frames,
    imports,
    lists,
    many,
    memory,
    query,
    rewrite,
    spark,
    trips,
    upload,
    wan,
)
from benchmarks._harness import Options, Row, parse_size, table

BENCHMARKS: Mapping[str, Callable[[Options], Iterator[Row]]] = {
    "upload": upload.benchmark,
    "wan": wan.benchmark,
    "calls": calls.benchmark,
    "facade": facade.benchmark,
    "imports": imports.benchmark,
    "memory": memory.benchmark,
    "many": many.benchmark,
    "export": export.benchmark,
    "emulator": emulator.benchmark,
    "query": query.benchmark,
    "lists": lists.benchmark,
    "frames": frames.benchmark,
    "rewrite": rewrite.benchmark,
    "trips": trips.benchmark,
    "spark": spark.benchmark,
}
# Needs an extra, and takes minutes.
_ONLY_BY_NAME = {"spark"}


def main() -> int:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which, of: {', '.join(BENCHMARKS)} (default: all but {', '.join(_ONLY_BY_NAME)})",
    )
    parser.add_argument(
        "--size", type=parse_size, default="512MiB", help="size of the CSV files (default: %(default)s)"
    )
    parser.add_argument("--runs", type=int, default=5, help="paired runs of each measurement (default: %(default)s)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; choose from {', '.join(BENCHMARKS)}")
    rows = []
    with tempfile.TemporaryDirectory(prefix="domo-async-benchmarks-") as folder:
        options = Options(size=arguments.size, runs=arguments.runs, folder=Path(folder))
        for name in arguments.names or [name for name in BENCHMARKS if name not in _ONLY_BY_NAME]:
            for row in BENCHMARKS[name](options):
                rows.append(row)
                print(f"{row.what}: {row.ratio}", file=sys.stderr, flush=True)
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
