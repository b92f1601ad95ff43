"""Loading CSV parts into a DuckDB table, by Domo's rules.

Parts are RFC 4180 without a header, with LF or CRLF and columns by position; an unquoted empty field is NULL, and
``""`` is the empty string. Emulator-defined are the strict forms of values (below), that a DATETIME with nanoseconds is
refused because only microseconds are kept, that each part holds whole records, that a byte order mark at the beginning
of a part is skipped, and that a record is at most 2 MiB long.

Plain rows, which are nearly all, are loaded by compiled code (see `columns`), and all others by DuckDB's own reader.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import duckdb
from attrs import frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.rows.parts import LONGEST_RECORD
from domo_async._emulator.sql import literal
from domo_async._emulator.state.datasets import Column, Part, StoredColumn
from domo_async.errors import SourceError

_CHUNK = 4 << 20
_BLOCK = 1 << 18
_READ_BUFFER = 8 << 20
_DECIMAL_DIGITS = 38
_SAMPLE = 2048


def _has_any(characters: str) -> str:
    # This is several times faster than one regular expression.
    return " OR ".join(f"contains({{0}}, '{character}')" for character in characters)


# Values that DuckDB's casts accept although they lose something or are not numbers: fractions of integers, names of
# special values, numbers too great for a DOUBLE (which have an exponent or very many digits), separators, digits that
# do not fit into a DECIMAL, times of dates, nanoseconds of timestamps, and zones. A DATETIME does not have a zone; UTC
# may be stated.
_REFUSED = {
    "LONG": _has_any(".eEx_"),
    "DOUBLE": (f"{_has_any('nN_')} OR ({_has_any('eE')} OR strlen({{0}}) > 308) AND isinf(TRY_CAST({{0}} AS DOUBLE))"),
    "DECIMAL": (
        f"{_has_any('eE_')} OR strlen({{0}}) > {_DECIMAL_DIGITS}"
        f" AND strlen(rtrim(split_part({{0}}, '.', 2), '0')) > {_DECIMAL_DIGITS}"
    ),
    "DATE": "strlen({0}) <> 10",
    "DATETIME": (
        "CASE WHEN strlen({0}) = 19 AND substr({0}, 17, 1) = ':' THEN false "
        r"ELSE NOT regexp_full_match({0}, "
        r"'\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{{1,6}}0{{0,3}})?)?(Z|[+-]00:?00)?)?') END"
    ),
}
_CASTS = {"LONG": "BIGINT", "DOUBLE": "DOUBLE", "DATE": "DATE", "DATETIME": "TIMESTAMP"}
# The number of digits behind the decimal point.
_FRACTION = "CASE strpos({0}, '.') WHEN 0 THEN 0 ELSE strlen({0}) - strpos({0}, '.') END"
# Decimals are text until their scale is known.
_CHECKED_CASTS = {**_CASTS, "DECIMAL": f"DECIMAL({_DECIMAL_DIGITS}, 0)"}


@frozen
class _Source:
    """A part, and the file that holds its content with LF line ends."""

    number: int
    path: Path


def load(
    cursor: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Part], columns: Sequence[Column]
) -> tuple[tuple[StoredColumn, ...], int]:
    """Create `table` with the columns c0, c1, … from the parts, in order.

    Returns:
        The columns as stored, and the number of rows.

    Raises:
        HTTPError: 400, naming part, line and column of the first error.
    """
    parts = [part for part in parts if part.size]
    return _load_plain(cursor, table, parts, columns) or _load_any(cursor, table, parts, columns)


def _load_plain(
    cursor: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Part], columns: Sequence[Column]
) -> tuple[tuple[StoredColumn, ...], int] | None:
    """Load with compiled code; return None if it is not installed, or if the parts are not plain."""
    try:
        from domo_async._emulator.rows.columns import PlainRows  # noqa: PLC0415 - not compiled everywhere
    except ImportError:
        return None
    if not parts:
        return None
    paths = [part.path for part in parts]
    view = f"{table}_plain"
    try:
        texts = PlainRows(paths[:1], [("STRING", 0)] * len(columns))
        scales = _first_scales(cursor.register(view, texts), view, columns)
        typed = PlainRows(paths, [(column.type, scales.get(n, 0)) for n, column in enumerate(columns)])
        cells = ", ".join(
            f"CAST(c{n} AS DOUBLE) AS c{n}" if column.type == "DOUBLE" else f"c{n}" for n, column in enumerate(columns)
        )
        cursor.register(view, typed)
        rows = cursor.execute(f"CREATE TABLE {table} AS SELECT {cells} FROM {view}").fetchall()[0][0]  # noqa: S608 - names of our own
    except duckdb.InterruptException:
        raise  # the instance is closing: do not try another reader
    except duckdb.Error:
        return None
    finally:
        cursor.unregister(view)
    return _stored(columns, scales), rows


def _load_any(
    cursor: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Part], columns: Sequence[Column]
) -> tuple[tuple[StoredColumn, ...], int]:
    """Load with DuckDB's own reader.

    Raises:
        HTTPError: 400, naming part, line and column of the first error.
    """
    sources = [_Source(part.number, _with_line_feeds(part)) for part in parts]
    try:
        stored, rows = _load(cursor, table, sources, columns, parallel=_can_be_split(parts))
        # If the rows are as many as the lines, or as the records, nothing was lost.
        if rows != sum(part.lines for part in parts) and rows != _records(sources, len(columns)):
            _refuse_empty_lines(parts, len(columns))
            _check_that_all_was_read(cursor, sources, columns, rows)
    except duckdb.Error as error:
        _refuse_empty_lines(parts, len(columns))
        raise _explain(cursor, sources, columns, error) from error
    return stored, rows


def _can_be_split(parts: Sequence[Part]) -> bool:
    """Return whether several threads may read the same part; otherwise each thread reads parts of its own.

    If a buffer begins inside quoted fields, DuckDB's threads may find wrong record boundaries, even silently.
    """
    large = [part for part in parts if part.size > _READ_BUFFER]
    return bool(large) and not any(part.quotes for part in large)


def _check_that_all_was_read(
    cursor: duckdb.DuckDBPyConnection, sources: Sequence[_Source], columns: Sequence[Column], rows: int
) -> None:
    """Check for a last quote that is not closed, which DuckDB may ignore silently when one thread reads a part.

    Raises:
        duckdb.Error: A quote is not closed.
        HTTPError: 400, if rows are missing for an unknown reason.
    """
    found = 0
    for source in sources:
        # A single buffer is read without ambiguity.
        size = max(_READ_BUFFER, source.path.stat().st_size + 1)
        rows_of_part = _read_csv([source.path], len(columns), parallel=True, buffer_size=size)
        found += cursor.execute(f"SELECT count(c0 IS NULL) FROM {rows_of_part}").fetchall()[0][0]  # noqa: S608 - ours
    if rows != found:
        raise HTTPError(400, "The parts are not valid CSV, such as a quote where it may not stand")


def _records(sources: Sequence[_Source], width: int) -> int | None:
    """Return the number of records; None if one of them is malformed."""
    from domo_async._transfer.csv.splitter import RecordScanner  # noqa: PLC0415 - an instance starts without it

    records = 0
    for source in sources:
        scanner = RecordScanner(width=width)
        try:
            with source.path.open("rb", buffering=0) as file:
                while block := file.read(_BLOCK):
                    scanner.feed(block)
            scanner.finish()
        except SourceError:
            return None
        records += scanner.records
    return records


def _load(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    sources: Sequence[_Source],
    columns: Sequence[Column],
    *,
    parallel: bool,
) -> tuple[tuple[StoredColumn, ...], int]:
    return _load_at_once(cursor, table, sources, columns, parallel=parallel) or _load_in_two_steps(
        cursor, table, sources, columns, parallel=parallel
    )


def _load_at_once(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    sources: Sequence[_Source],
    columns: Sequence[Column],
    *,
    parallel: bool,
) -> tuple[tuple[StoredColumn, ...], int] | None:
    """Load with the scales that the first values of DECIMAL columns need; None if later values need greater ones."""
    scales = {}
    if sources:
        scales = _first_scales(cursor, _read_csv([sources[0].path], len(columns), parallel=False), columns)
    try:
        selected = _select(sources, columns, scales, parallel=parallel)
        rows = cursor.execute(f"CREATE TABLE {table} AS {selected}").fetchall()[0][0]
    except duckdb.Error:
        if not scales:
            raise
        return None
    return _stored(columns, scales), rows


def _stored(columns: Sequence[Column], scales: Mapping[int, int]) -> tuple[StoredColumn, ...]:
    return tuple(StoredColumn(column.name, column.type, scales.get(n, 0)) for n, column in enumerate(columns))


def _load_in_two_steps(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    sources: Sequence[_Source],
    columns: Sequence[Column],
    *,
    parallel: bool,
) -> tuple[tuple[StoredColumn, ...], int]:
    """Load DECIMAL columns as text first, to find the scales that they need."""
    selected = _select(sources, columns, {}, parallel=parallel)
    rows = cursor.execute(f"CREATE TABLE {table} AS {selected}").fetchall()[0][0]
    return tuple(_settle_type(cursor, table, n, column) for n, column in enumerate(columns)), rows


def _first_scales(cursor: duckdb.DuckDBPyConnection, texts: str, columns: Sequence[Column]) -> dict[int, int]:
    """Return the scales that the first values of the DECIMAL columns need, by the columns' positions."""
    positions = [n for n, column in enumerate(columns) if column.type == "DECIMAL"]
    if not positions:
        return {}
    scales = ", ".join(f"coalesce(max({_FRACTION.format(f'c{n}')}), 0)" for n in positions)
    found = cursor.execute(f"SELECT {scales} FROM (FROM {texts} LIMIT {_SAMPLE})").fetchall()[0]  # noqa: S608 - ours
    return {n: min(scale, _DECIMAL_DIGITS) for n, scale in zip(positions, found, strict=True)}


def _select(sources: Sequence[_Source], columns: Sequence[Column], scales: Mapping[int, int], *, parallel: bool) -> str:
    checks = [_is_refused(n, column.type, scales.get(n)) for n, column in enumerate(columns) if column.type in _REFUSED]
    cells = [f"{'c' if column.type == 'STRING' else 'v'}{n}" for n, column in enumerate(columns)]
    if checks:
        # One expression with all checks of a row takes a fraction of the time of one expression for each value.
        cells[0] = f"CASE WHEN {' OR '.join(checks)} THEN error('refused') ELSE {cells[0]} END"
    values = ", ".join(f"{cell} AS c{n}" for n, cell in enumerate(cells))
    if not sources:
        texts = ", ".join(f"CAST(NULL AS VARCHAR) AS c{n}" for n in range(len(columns)))
        rows = f"(SELECT {texts} WHERE false)"
    else:
        rows = _read_csv([source.path for source in sources], len(columns), parallel=parallel)
    casts = ", ".join(f"{_cast(f'c{n}', column.type, scales.get(n))} AS v{n}" for n, column in enumerate(columns))
    # Each value is cast once, in a projection of its own.
    return f"SELECT {values} FROM (SELECT *, {casts} FROM {rows})"  # noqa: S608 - names of our own


def _cast(text: str, type_: str, scale: int | None) -> str:
    if type_ == "DECIMAL" and scale is not None:
        return f"CAST({text} AS DECIMAL({_DECIMAL_DIGITS}, {scale}))"
    return f"CAST({text} AS {_CASTS[type_]})" if type_ in _CASTS else text


def _is_refused(position: int, type_: str, scale: int | None) -> str:
    text, value = f"c{position}", f"v{position}"
    refused = f"({_REFUSED[type_].format(text)})"
    if type_ == "LONG":
        # A number that is printed as it was written is valid, and the slower check is not needed.
        return f"CAST({value} AS VARCHAR) <> {text} AND {refused}"
    if type_ == "DECIMAL" and scale is not None:
        return f"{refused} OR strlen({text}) > {_DECIMAL_DIGITS} OR {_FRACTION.format(text)} > {scale}"
    return refused


def _read_csv(paths: Sequence[Path], width: int, *, parallel: bool = True, buffer_size: int | None = None) -> str:
    files = ", ".join(literal(str(path)) for path in paths)
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    return (
        f"read_csv([{files}], columns = {{{columns}}}, auto_detect = false, header = false, delim = ',', "
        f"""quote = '"', escape = '"', new_line = '\\n', strict_mode = true, allow_quoted_nulls = false, """
        f"nullstr = '', max_line_size = {LONGEST_RECORD}, buffer_size = {buffer_size or _READ_BUFFER}, "
        f"parallel = {str(parallel).lower()})"
    )


def _settle_type(cursor: duckdb.DuckDBPyConnection, table: str, position: int, column: Column) -> StoredColumn:
    """Give a DECIMAL column, which was read as text, the scale that its values need."""
    if column.type != "DECIMAL":
        return StoredColumn(column.name, column.type)
    name = f"c{position}"
    scale = _scale(cursor, table, name)
    cursor.execute(f"ALTER TABLE {table} ALTER {name} TYPE DECIMAL({_DECIMAL_DIGITS}, {scale})")
    return StoredColumn(column.name, column.type, scale)


def _scale(cursor: duckdb.DuckDBPyConnection, table: str, name: str) -> int:
    """Return the number of decimal places that the values need, including trailing zeros if they fit."""
    longest, scale = _maxima(cursor, table, f"strlen({name})", _FRACTION.format(name))
    if longest <= _DECIMAL_DIGITS:
        return scale
    (scale,) = _maxima(cursor, table, f"strlen(rtrim(split_part({name}, '.', 2), '0'))")
    return min(scale, _DECIMAL_DIGITS)


def _maxima(cursor: duckdb.DuckDBPyConnection, table: str, *expressions: str) -> tuple[int, ...]:
    maxima = ", ".join(f"coalesce(max({expression}), 0)" for expression in expressions)
    found: tuple[int, ...] = cursor.execute(f"SELECT {maxima} FROM {table}").fetchall()[0]  # noqa: S608 - ours
    return found


def _with_line_feeds(part: Part) -> Path:
    """Return a file that holds the part with LF line ends only; usually the part's own file."""
    if not part.has_returns:
        return part.path
    normal = part.path.with_suffix(".lf")
    with part.path.open("rb") as source, normal.open("wb") as target:
        for _, chunk in _normalised(source):
            target.write(chunk)
    return normal


def _refuse_empty_lines(parts: Sequence[Part], width: int) -> None:
    """Refuse parts with empty lines, which are records only if there is a single column.

    Raises:
        HTTPError: 400, naming the first empty line.
    """
    for part in parts:
        if width > 1 and _has_empty_line(part.path):
            line = _first_empty_line(part.path)
            raise HTTPError(400, f"Part {part.number}, line {line}: 1 column, but the schema has {width}")


def _has_empty_line(path: Path) -> bool:
    with path.open("rb") as file:
        before = b"\n"
        for outside, _ in _normalised(file):
            if b"\n\n" in before + outside:
                return True
            before = outside[-1:] or before
    return False


def _normalised(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield CSV in chunks with LF at the records' ends: the bytes outside of quotes, and all bytes."""
    inside = False
    held = b""
    while chunk := source.read(_CHUNK):
        chunk = held + chunk
        # The line feed after a carriage return may be in the next chunk.
        held = b"\r" if chunk.endswith(b"\r") else b""
        texts = chunk[: len(chunk) - len(held)].split(b'"')
        outside = slice(int(inside), None, 2)
        texts[outside] = [text.replace(b"\r\n", b"\n") for text in texts[outside]]
        yield b'"'.join(texts[outside]), b'"'.join(texts)
        inside ^= len(texts) % 2 == 0
    yield b"", held


def _first_empty_line(path: Path) -> int:
    return next((line for line, text in _record_starts(path) if not text.strip(b"\r\n")), 0)


def _record_starts(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines on which records begin, counted from 1."""
    inside = False
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            if not inside:
                yield line, text
            inside ^= text.count(b'"') % 2 == 1


def _explain(
    cursor: duckdb.DuckDBPyConnection,
    sources: Sequence[_Source],
    columns: Sequence[Column],
    error: duckdb.Error,
) -> HTTPError:
    """Return the error that says where the CSV is wrong."""
    message = str(error)
    file = re.search(r"^\s*file = (.*)$", message, re.MULTILINE)
    source = next((source for source in sources if file and str(source.path) == file[1].strip()), None)
    if source is not None:
        return HTTPError(400, f"Part {source.number}{_csv_problem(message, source.path)}")
    for source in sources:
        found = _first_bad_value(cursor, source, columns)
        if found:
            return found
    return HTTPError(400, f"The data do not fit the schema: {message.splitlines()[0]}")


def _csv_problem(message: str, path: Path) -> str:
    # DuckDB calls records lines.
    record = re.search(r"CSV Error on Line: (\d+)", message)
    where = f", line {_line_of(path, int(record[1]))}" if record else ""
    width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if width:
        return f"{where}: {width[2]} columns, but the schema has {width[1]}"
    if "unicode" in message:
        return f"{where}: not valid UTF-8"
    if "Maximum line size" in message:
        return f"{where}: a record longer than {LONGEST_RECORD} bytes"
    return f"{where}: not valid CSV, such as a quote or a line end where it may not stand"


def _first_bad_value(cursor: duckdb.DuckDBPyConnection, source: _Source, columns: Sequence[Column]) -> HTTPError | None:
    tests = [
        f"WHEN {_is_bad(f'c{n}', column.type)} THEN {n}" for n, column in enumerate(columns) if column.type in _REFUSED
    ]
    if not tests:
        return None
    cells = ", ".join(f"c{n}" for n in range(len(columns)))
    rows = _read_csv([source.path], len(columns), parallel=False)
    found = cursor.execute(
        f"SELECT row, bad, cells[bad + 1] FROM (SELECT row_number() OVER () AS row, [{cells}] AS cells, "  # noqa: S608 - names of our own
        f"CASE {' '.join(tests)} END AS bad FROM {rows}) WHERE bad IS NOT NULL ORDER BY row LIMIT 1"
    ).fetchall()
    if not found:
        return None
    row, n, value = found[0]
    where = f'Part {source.number}, line {_line_of(source.path, row)}, column {n + 1} "{columns[n].name}"'
    finest = ", which has microseconds at most" if columns[n].type == "DATETIME" else ""
    return HTTPError(400, f"{where}: {value[:100]!r} is not a {columns[n].type}{finest}")


def _is_bad(text: str, type_: str) -> str:
    return (
        f"{text} IS NOT NULL AND ({_REFUSED[type_].format(text)}"
        f" OR TRY_CAST({text} AS {_CHECKED_CASTS[type_]}) IS NULL)"
    )


def _line_of(path: Path, record: int) -> int:
    """Return the line on which a record begins, both counted from 1."""
    return next((line for line, _ in itertools.islice(_record_starts(path), record - 1, None)), record)
