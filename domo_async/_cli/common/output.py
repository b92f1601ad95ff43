"""The output of commands: tables for people, JSON for programs."""

from __future__ import annotations

import codecs
import io
import json
import re
import sys
from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import attrs
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from domo_async import Secret
from domo_async._cli.common.json_query import json_query

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from domo_async._endpoints.datasets.result import Cell, QueryResult


__all__ = [
    "binary_output",
    "counted",
    "err",
    "facts",
    "megabytes",
    "one_line",
    "out",
    "print_json",
    "print_json_line",
    "print_rows",
    "print_table",
    "printable",
    "rows_table",
    "table",
    "time_text",
    "write_output",
]

out: Console = Console(highlight=False)
err: Console = Console(highlight=False, stderr=True)

_NUMBERS = {"LONG", "DOUBLE", "DECIMAL"}
_NARROWEST = 12  # of a column with texts that are longer
_MOST_ROWS = 1000
_Y = re.compile(r"(?<=[^aeiou])y$")
_FEW_COLUMNS = 3


def megabytes(size: int) -> str:
    """Return a size in bytes for people; a megabyte is a million bytes."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1e3:,.1f} kB" if size < 1_000_000 else f"{size / 1e6:,.1f} MB"


def counted(count: int, thing: str) -> str:
    """Return a number of things, such as ``1 part``, ``1,000 rows`` or ``2 policies``."""
    return f"{count:,} {thing if count == 1 else _Y.sub('ie', thing) + 's'}"


def printable(text: str) -> str:
    """Return text without what could play tricks with a terminal: control characters are spelled out."""
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape", "backslashreplace").decode("ascii")
        for character in text
    )


def one_line(text: str) -> str:
    """Return what is printable of a text, line ends spelled out too."""
    return printable(text).replace("\n", "\\n")


def time_text(when: datetime) -> str:
    """Return a point in time for people."""
    return f"{when:%Y-%m-%d %H:%M:%S %Z}"


def table(columns: Iterable[str], *, right: Container[str] = (), whole: Container[str] = ()) -> Table:
    """Return an empty table.

    Args:
        columns: The headings.
        right: Those of columns of numbers.
        whole: Those of columns whose cells stay on one line, such as what is copied from there.
    """
    made = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in columns:
        made.add_column(
            Text(one_line(name)),
            justify="right" if name in right else "left",
            overflow="fold",
            no_wrap=name in whole,
        )
    return made


def facts(pairs: Iterable[tuple[str, Text | None]]) -> Table:
    """Return a table of names and values; those that are None are left out."""
    made = Table.grid(padding=(0, 2))
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value is not None:
            made.add_row(Text(one_line(name)), value)
    return made


def rows_table(result: QueryResult) -> Table:
    """Return a query's result for people, cut where it is more than people read."""
    typed = zip(result.columns, result.types, strict=True)
    made = table(result.columns, right={name for name, type_ in typed if type_ in _NUMBERS})
    for row in islice(result, _MOST_ROWS):
        made.add_row(*map(_cell, row))
    return made


def print_rows(result: QueryResult) -> None:
    """Print a query's result for people."""
    made = rows_table(result)
    print_table(made, folds=len(result.columns) <= _FEW_COLUMNS)
    shown = f", the first {_MOST_ROWS:,} shown; --csv and --json give all" if len(result) > _MOST_ROWS else ""
    out.print(f"[dim]{counted(len(result), 'row')}{shown}[/]")


def print_table(made: Table, *, folds: bool = True) -> None:
    """Print a table: fitted to a terminal, as wide as it needs to be elsewhere.

    Where its columns would be too narrow to read, rows are printed one below the other, a line a cell.

    Args:
        made: The table.
        folds: Whether cells may go on in a second line.
    """
    if not out.is_terminal:
        # A console's own width is the most that it draws.
        Console(file=out.file, width=max(1, _natural_width(made)), color_system=None).print(made)
    elif made.show_header and (_least_width(made) if folds else _natural_width(made)) > out.width:
        _print_records(made)
    else:
        out.print(made)


def _natural_width(made: Table) -> int:
    return Measurement.get(out, out.options.update(max_width=1_000_000), made).maximum


def _least_width(made: Table) -> int:
    """Return the width below which a table cannot be read."""
    widths = [max((cell.cell_len for cell in _texts(column)), default=0) for column in made.columns]
    return sum(
        width + 2 if column.no_wrap or width < _NARROWEST else _NARROWEST + 2
        for column, width in zip(made.columns, widths, strict=True)
    )


def _texts(column: Column) -> list[Text]:
    """Return the cells of a column, and its heading before them."""
    return [cell if isinstance(cell, Text) else Text(str(cell)) for cell in (column.header, *column.cells)]


def _print_records(made: Table) -> None:
    columns = [_texts(column) for column in made.columns]
    for number in range(1, made.row_count + 1):
        out.rule(f"row {number:,}", align="left", style="dim")
        cells = [(column[0].plain, column[number]) for column in columns]
        out.print(facts((name, cell if cell.plain else None) for name, cell in cells))


def print_json(value: object) -> None:
    """Print JSON. Dates are ISO 8601; a DECIMAL is a string, so that it keeps its digits."""
    _print_json(value, indent=2)


def print_json_line(value: object) -> None:
    """Print JSON on one line, at once."""
    _print_json(value, indent=None)


def _print_json(value: object, *, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=_plain)
    if json_query.expression is not None:
        text = json_query.text(json.loads(text), indent=indent)
    _write_json(text)


def _write_json(text: str) -> None:
    if sys.stdout.isatty():
        text = "".join(
            character if character.isprintable() or character == "\n" else json.dumps(character).strip('"')
            for character in text
        )
    write_output(f"{text}\n")


def write_output(text: str) -> None:
    """Write text for programs: UTF-8, whatever the terminal's encoding is."""
    target = binary_output()
    # Half a character, such as a byte of a name that is not UTF-8, is spelled out, in JSON as JSON does.
    target.write(text.encode("utf-8", "backslashreplace"))
    target.flush()


def binary_output() -> BinaryIO:
    """Return what takes bytes of UTF-8: standard output, or what shows them harmless where that is a terminal."""
    return cast(BinaryIO, _Shown(sys.stdout.buffer)) if sys.stdout.isatty() else sys.stdout.buffer


class _Shown(io.RawIOBase):
    """Spells out on a terminal what could play tricks with it."""

    def __init__(self, terminal: BinaryIO) -> None:
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def writable(self) -> bool:
        return True

    def write(self, piece: ReadableBuffer, /) -> int:
        self._terminal.write(printable(self._decoder.decode(memoryview(piece))).encode())
        return memoryview(piece).nbytes

    def flush(self) -> None:
        self._terminal.flush()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path | Exception | Secret):
        return str(value)
    type_ = type(value)
    if attrs.has(type_):
        return {field.name: getattr(value, field.name) for field in attrs.fields(type_)}
    raise TypeError(f"no JSON for a {type(value).__name__}")


def _cell(value: Cell) -> Text:
    if value is None:
        return Text("NULL", style="dim italic")
    if isinstance(value, str):
        # In quotes where the text alone could be taken for NULL, or for nothing, or for quotes around it.
        shown = one_line(value)
        return Text(f'"{shown}"' if value in {"", "NULL"} or value[0] == '"' else shown)
    if isinstance(value, Decimal):
        return Text(format(value, "f"))
    if isinstance(value, datetime) and value.microsecond:
        return Text(value.isoformat().rstrip("0"))
    return Text(value.isoformat() if isinstance(value, date) else str(value))
