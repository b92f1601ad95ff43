"""CSV files that commands take lists from."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from domo_async import SourceError

__all__ = ["read_records"]


def read_records(
    file: str, columns: Mapping[str, Sequence[str]], defaults: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a header; cells without the blanks around them.

    Args:
        file: The file, or ``-`` for standard input. UTF-8.
        columns: The columns to take, each with the headings that it may go by, whatever their case; others are left.
        defaults: What stands for empty cells and missing columns; all else has to be there.

    Raises:
        SourceError: It cannot be read, or lacks a column or a cell; names the line.
    """
    reader = csv.DictReader(io.StringIO(_text(file), newline=""), strict=True)
    found = []
    try:
        places = _places(file, reader.fieldnames or (), columns, defaults or {})
        for row in reader:
            if None in row:
                raise SourceError(f"line {reader.line_num} of {file}: more cells than columns", line=reader.line_num)
            record = {name: (row[place] or "").strip() if place else "" for name, place in places.items()}
            found.append(_complete(record, defaults or {}, file, reader.line_num))
    except csv.Error as error:
        raise SourceError(f"after line {reader.line_num} of {file}: {error}", line=reader.line_num + 1) from None
    return found


def _text(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        named = "standard input" if file == "-" else file
        raise SourceError(f"cannot read {named}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{file} is not UTF-8") from None


def _places(
    file: str, headings: Sequence[str], columns: Mapping[str, Sequence[str]], defaults: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the heading that each column goes by, None where there is none."""
    there = {heading.strip().casefold(): heading for heading in headings}
    places = {name: next((there[each] for each in known if each in there), None) for name, known in columns.items()}
    missing = [columns[name][0] for name, place in places.items() if place is None and name not in defaults]
    if missing:
        raise SourceError(f"{file} has no column {', '.join(missing)}; its first line has to name the columns")
    return places


def _complete(record: dict[str, str], defaults: Mapping[str, str], file: str, line: int) -> dict[str, str]:
    complete = {name: text or defaults.get(name, "") for name, text in record.items()}
    empty = [name for name, text in complete.items() if not text]
    if empty:
        raise SourceError(f"line {line} of {file}: there is no {', '.join(empty)}", line=line)
    return complete
