"""What `domo-async datasets upload --dry-run` tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from domo_async._cli.common.listing import print_table_of
from domo_async._cli.common.output import facts, megabytes, out, print_json, print_table, printable

if TYPE_CHECKING:
    from domo_async._transfer import Source, UploadOptions, UploadPlan

__all__ = ["plan_new", "print_new_plan", "print_notes", "print_plan"]


async def plan_new(source: Source, options: UploadOptions) -> tuple[dict[str, str], UploadPlan]:
    """Return the columns that a new dataset would have, and what would be sent."""
    from domo_async._transfer import opened, plan_upload  # noqa: PLC0415 - keeps --help fast

    async with opened(source, options) as open_source:
        columns = await open_source.infer(header=options.header)
        plan = await plan_upload(columns, open_source, options, inferred=True)
    return {column.name: column.type.value for column in columns}, plan


def print_new_plan(columns: dict[str, str], plan: UploadPlan, *, name: str, as_json: bool) -> None:
    """Print what an upload to a new dataset would send."""
    if as_json:
        print_json({"name": name, "columns": columns, "upload": plan})
        return
    print_table_of(["#", "column", "type"], [[place, *column] for place, column in enumerate(columns.items(), 1)])
    _print_amount(plan)


def print_plan(plan: UploadPlan, *, as_json: bool) -> None:
    """Print what an upload would send."""
    if as_json:
        print_json(plan)
        return
    order = plan.order if plan.order is not None else range(len(plan.columns))
    rows = [
        [
            number,
            column,
            "NULL" if place is None else f"column {place + 1}",
            f"added, {plan.added[column]}" if column in plan.added else "",
        ]
        for number, (column, place) in enumerate(zip(plan.columns, order, strict=True), 1)
    ]
    print_table_of(["#", "column", "from", "change"], rows)
    _print_amount(plan)


def _print_amount(plan: UploadPlan) -> None:
    told = {
        "Header": "the first row, which is not sent" if plan.header else "none",
        "Rows": f"{plan.rows:,}",
        "Size": megabytes(plan.bytes),
        "Parts": f"{plan.parts:,}",
    }
    print_table(facts((name, Text(text)) for name, text in told.items()))
    print_notes(plan.notes)
    out.print("[dim]dry run: nothing was sent[/]")


def print_notes(notes: Sequence[str]) -> None:
    """Print what is to be known of how a source was read."""
    for note in notes:
        out.print(printable(note), markup=False, soft_wrap=True)
