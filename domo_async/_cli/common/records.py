"""CSV files that commands take lists from."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from domo_async import SourceError
from domo_async._cli.common.output import err, one_line

__all__ = ["read_records"]


def read_records(
    file: str, columns: Mapping[str, Sequence[str]], defaults: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a header; cells without the blanks around them.

    Args:
        file: The file, or ``-`` for standard input. UTF-8.
        columns: The columns to take, each with the headings that it may go by, whatever their case. Others are left,
            which is said on standard error.
        defaults: The values of empty cells and missing columns; all else has to be there.

    Raises:
        SourceError: It cannot be read, lacks a column or a cell, or has one twice; names the line.
    """
    reader = csv.DictReader(io.StringIO(_text(file), newline=""), strict=True)
    found = []
    try:
        headings = _headings(file, reader.fieldnames or (), columns, defaults or {})
        for row in reader:
            if None in row:
                raise SourceError(f"line {reader.line_num} of {file}: more cells than columns", line=reader.line_num)
            record = {name: (row[heading] or "").strip() if heading else "" for name, heading in headings.items()}
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


def _headings(
    file: str, headings: Sequence[str], columns: Mapping[str, Sequence[str]], defaults: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the heading that each column goes by, None where there is none."""
    found = {
        name: [heading for heading in headings if heading.strip().casefold() in known]
        for name, known in columns.items()
    }
    twice = [name for name, there in found.items() if len(there) > 1]
    if twice:
        raise SourceError(f"{file} has several columns for {', '.join(twice)}: {', '.join(map(repr, found[twice[0]]))}")
    missing = [name for name, there in found.items() if not there]
    unused = [heading for heading in headings if not any(heading in there for there in found.values())]
    # A heading that looks like a missing column is surely meant to be it, even where there is a default.
    misspelt = {
        name: get_close_matches(columns[name][0], [each.casefold() for each in unused], 1, 0.8) for name in missing
    }
    for name, likely in misspelt.items():
        if name not in defaults or likely:
            hint = f", but {likely[0]}" if likely else f"; it has {', '.join(headings) or 'none'}" if headings else ""
            raise SourceError(f"{file} has no column {columns[name][0]}{hint}; its first line has to name the columns")
    if unused:
        err.print(one_line(f"Not used of {file}: {', '.join(unused)}"), markup=False, soft_wrap=True)
    return {name: there[0] if there else None for name, there in found.items()}


def _complete(record: dict[str, str], defaults: Mapping[str, str], file: str, line: int) -> dict[str, str]:
    complete = {name: text or defaults.get(name, "") for name, text in record.items()}
    empty = [name for name, text in complete.items() if not text]
    if empty:
        raise SourceError(f"line {line} of {file}: there is no {', '.join(empty)}", line=line)
    return complete
