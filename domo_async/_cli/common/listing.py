"""Lists of things, in the form that is asked for: a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, TypeAlias, TypeVar

import typer
from rich.text import Text

from domo_async._cli.common.output import (
    counted,
    one_line,
    out,
    print_json,
    print_table,
    table,
    time_text,
    write_output,
)

__all__ = ["ColumnsOption", "CsvOption", "Form", "JsonOption", "form_of", "print_csv", "print_list", "print_table_of"]

T = TypeVar("T")

JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CsvOption: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
ColumnsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAMES",
        help="The columns of the table or CSV, separated by commas: fields as --json names them, such as"
        " 'id,name,owner.id'; 'by=owner.name' calls one by another name.",
    ),
]


_WHOLE = frozenset({"Id"})


class Form(Enum):
    """How to print a list."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def form_of(*, as_json: bool, as_csv: bool = False) -> Form:
    """Return the form that is asked for.

    Raises:
        typer.BadParameter: There are two.
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    if as_json:
        return Form.JSON
    return Form.CSV if as_csv else Form.TABLE


def print_list(
    items: Sequence[T], columns: Mapping[str, Callable[[T], object]], form: Form, thing: str, *, more: str = ""
) -> None:
    """Print things.

    Args:
        items: The things. JSON gives all that is known of each.
        columns: The cells of tables and CSV for each, by the columns' names.
        form: How.
        thing: The word for one of them.
        more: The remark for people about those that are left out.
    """
    if form is Form.JSON:
        print_json(items)
        return
    rows = [[of(item) for of in columns.values()] for item in items]
    if form is Form.CSV:
        print_csv(columns, rows)
    else:
        print_table_of(columns, rows)
        out.print(f"[dim]{counted(len(items), thing)}{more}[/]")


def print_csv(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    """Print CSV in UTF-8, whatever the terminal's encoding is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([value.isoformat() if isinstance(value, date) else value for value in row] for row in rows)
    write_output(text.getvalue())


def print_table_of(columns: Iterable[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people, without the columns that are empty."""
    names = list(columns)
    kept = [index for index in range(len(names)) if any(row[index] not in {None, ""} for row in rows)]
    headings = {index: names[index].replace("_", " ").capitalize() for index in kept}
    numbers = {headings[index] for index in kept if all(isinstance(row[index], int | None) for row in rows)}
    made = table(headings.values(), right=numbers, whole=_WHOLE)
    for row in rows:
        made.add_row(*(_cell(row[index]) for index in kept))
    if rows:
        print_table(made)


def _cell(value: object) -> Text:
    if isinstance(value, datetime):
        return Text(time_text(value))
    return Text("" if value is None else one_line(str(value)))
