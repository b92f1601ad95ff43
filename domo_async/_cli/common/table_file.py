"""Rows as a file: CSV, JSON or Parquet, by the file's name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from domo_async._frames import needed
from domo_async.errors import ConfigError, DomoError, TargetError

__all__ = ["check_file", "write_rows"]

_SUFFIXES = (".csv", ".json", ".parquet")


async def write_rows(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows to a file, whole or not at all.

    Raises:
        ConfigError: The name does not end in ``.csv``, ``.json`` or ``.parquet``, or pyarrow is missing for Parquet.
        TargetError: The file cannot be written.
    """
    from domo_async._transfer.atomic_write import atomic_write  # noqa: PLC0415 - slow

    check_file(path)
    async with atomic_write(path) as target:
        await asyncio.to_thread(_write, target, path.suffix.lower(), columns, rows)


def check_file(path: Path | None) -> None:
    """Refuse a file that cannot be written, before there is something to write.

    Raises:
        ConfigError: Its name ends in none of ``.csv``, ``.json`` and ``.parquet``, or pyarrow is missing for Parquet.
    """
    if path is None:
        return
    if path.suffix.lower() not in _SUFFIXES:
        raise ConfigError(f"{path} must end in one of {', '.join(_SUFFIXES)}")
    if path.suffix.lower() == ".parquet":
        needed("pyarrow")


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as CSV, below a record of the columns' names; None is an empty field, an empty text is ``""``."""
    from domo_async._transfer.csv.format import record_of  # noqa: PLC0415 - slow

    lines = [record_of(columns), *(record_of(_field(row.get(name)) for name in columns) for row in rows)]
    return "".join(lines)


def _write(path: Path, form: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    try:
        if form == ".parquet":
            _parquet(path, columns, rows)
        elif form == ".json":
            path.write_text(json.dumps([_plain(columns, row) for row in rows], ensure_ascii=False) + "\n", "utf-8")
        else:
            path.write_text(_csv(columns, rows), "utf-8", newline="")
    except DomoError:
        raise
    except OSError as error:
        raise TargetError(f"{path} cannot be written: {error.strerror or error}") from None


def _parquet(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - an optional package
    from pyarrow import parquet  # noqa: PLC0415 - an optional package

    values = {name: [row.get(name) for row in rows] for name in columns}
    parquet.write_table(pa.table({name: pa.array(cells, _type(pa, cells)) for name, cells in values.items()}), path)


def _type(pa: object, cells: Sequence[object]) -> object:
    """Return the type of a column, which is text where nothing else is seen, so that empty tables can be read too."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {datetime}:
        return pa.timestamp("ms", tz="UTC")  # type: ignore[attr-defined]
    if kinds == {int}:
        return pa.int64()  # type: ignore[attr-defined]
    return pa.bool_() if kinds == {bool} else pa.string()  # type: ignore[attr-defined]


def _plain(columns: Sequence[str], row: Mapping[str, object]) -> dict[str, object]:
    cells = {name: row.get(name) for name in columns}
    return {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in cells.items()}


def _field(cell: object) -> str:
    from domo_async._transfer.csv.format import NULL, needs_quotes, quoted  # noqa: PLC0415 - slow

    if cell is None:
        return NULL
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    return quoted(text) if needs_quotes(text) else text
