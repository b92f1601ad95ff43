"""CSV that is rewritten on the way, against pyarrow's stream of the same job: what each of them costs the processor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
from attrs import frozen

from benchmarks._csv import COLUMNS, records
from benchmarks._harness import Measurement, Options, Row, at_least, in_pairs
from domo_async._transfer import ColumnSpec, ColumnType
from domo_async._transfer.csv.format import arrow_read_options
from domo_async._transfer.part import part_sizes
from domo_async._transfer.sources import Dialect, Reading, open_source

_LARGEST = 64 << 20
_NULL = "N/A"


@frozen
class _Job:
    """A dialect of CSV that Domo does not read without rewriting."""

    delimiter: str = ","
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ()
    reordered: bool = False
    stray_quotes: bool = False

    def write(self, path: Path, size: int) -> None:
        """Write a file of about a size."""
        text = records(size, quoted=True).decode()
        if self.stray_quotes:
            text = text.replace("East", '5" pipe')
        if self.null_values:
            text = text.replace("South", _NULL)
        text = ",".join(COLUMNS) + "\n" + text.replace("North", "Süd")
        if self.delimiter != ",":
            # Commas within quotes become semicolons as well, so that there are some of the delimiter's.
            text = text.replace(",", self.delimiter)
        path.write_bytes(text.encode(self.encoding))


_JOBS = {
    "delimiter": _Job(delimiter=";"),
    "order of columns": _Job(reordered=True),
    "encoding Latin-1": _Job(encoding="latin-1"),
    "encoding UTF-16": _Job(encoding="utf-16"),
    "quotes within unquoted fields": _Job(stray_quotes=True),
    "texts for NULL": _Job(null_values=(_NULL,)),
    "all of these": _Job(";", "latin-1", (_NULL,), reordered=True, stray_quotes=True),
}


def benchmark(options: Options) -> Iterator[Row]:
    """Compare MB of the file for each second of the processor's time, in all threads."""
    size = min(options.size, _LARGEST)
    for what, job in _JOBS.items():
        path = options.folder / "rewritten.csv"
        job.write(path, size)
        yield in_pairs(
            f"CSV rewritten, {what} / pyarrow reads and writes",
            "MB per s of CPU",
            Measurement(rewritten, str(path), what),
            Measurement(arrow_stream, str(path), what),
            runs=options.runs,
            target=at_least(0.9),
        )
        path.unlink()


def rewritten(path: str, what: str) -> float:
    """Make the parts that would be sent; return MB of the file for each second of CPU."""
    job = _JOBS[what]
    names = list(reversed(COLUMNS)) if job.reordered else list(COLUMNS)
    columns = [ColumnSpec(name, ColumnType.STRING) for name in names]
    dialect = Dialect(delimiter=job.delimiter, encoding=job.encoding, null_values=job.null_values)

    async def seconds() -> float:
        source = await open_source(path, Reading(dialect=dialect))
        try:
            fit = await source.fit(columns, header="auto", schema="match")
            started = time.process_time()
            written = 0
            async for part in source.parts(fit, part_sizes(None, source.total)):
                written += part.length
            assert written
            return time.process_time() - started
        finally:
            source.close()

    return Path(path).stat().st_size / asyncio.run(seconds()) / 1e6


def arrow_stream(path: str, what: str) -> float:
    """Read with pyarrow as text and write what was read; return MB of the file for each second of CPU."""
    job = _JOBS[what]
    reading = arrow_read_options(dict.fromkeys(COLUMNS, pa.string()))
    reading["parse_options"].delimiter = job.delimiter
    reading["convert_options"].null_values = ["", *job.null_values]
    if job.reordered:
        reading["convert_options"].include_columns = list(reversed(COLUMNS))
    started = time.process_time()
    batches = arrow_csv.open_csv(path, arrow_csv.ReadOptions(encoding=job.encoding), **reading)
    with arrow_csv.CSVWriter("/dev/null", batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return Path(path).stat().st_size / (time.process_time() - started) / 1e6
