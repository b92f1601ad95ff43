"""`domo-async datasets audit` and `domo-async stale`: overviews for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from domo_async import Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, ExitCode, readable_errors
from domo_async._cli.common.listing import CsvOption, Form, JsonOption, form_of, print_csv, print_table_of
from domo_async._cli.common.output import counted, err, one_line, out, print_json
from domo_async._cli.common.table_file import check_file, write_rows
from domo_async._defaults import CHANGES_AT_ONCE

if TYPE_CHECKING:
    from domo_async._endpoints.activity_log.stale import StaleReport
    from domo_async._endpoints.datasets.audit import AccessAudit

__all__ = ["audit", "stale"]

_OutputOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", dir_okay=False, help="Write a file; its suffix is .csv, .json or .parquet."
    ),
]


class Kind(StrEnum):
    """The types of content that can be stale."""

    CARD = "card"
    PAGE = "page"
    DATASET = "dataset"


def stale(
    days: Annotated[int, typer.Option(min=1, help="The number of days without use.")] = 90,
    kinds: Annotated[
        list[Kind] | None,
        typer.Option(
            "--kinds",
            help="The type of content to list; may be repeated. By default all types are listed.",
            show_default="all of them",
        ),
    ] = None,
    look_back: Annotated[int, typer.Option(min=1, help="The maximum number of days of the log to read.")] = 365,
    event_type: Annotated[
        list[str] | None,
        typer.Option(help="An event that counts as use, such as VIEWED; may be repeated. By default all events count."),
    ] = None,
    output: _OutputOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """List content that nobody has used for a while, the longest unused first."""
    form = form_of(as_json=as_json, as_csv=as_csv)
    with readable_errors(debug=debug):
        check_file(output)

    async def work(domo: Domo) -> StaleReport:
        report = await domo.activity_log.stale(
            days=days,
            kinds=[each.value for each in kinds or Kind],
            look_back=max(look_back, days),
            event_type=event_type or None,
        )
        if output is not None:
            await write_rows(output, report.columns, report.to_dicts())
        return report

    report = call(work, instance, token_file, debug=debug)
    if form is Form.JSON:
        print_json(report.to_dict())
        return
    if output is None:
        shown = [name for name in report.columns if name not in {"owner_id", "created"}]
        _print(report.columns if form is Form.CSV else shown, report.to_dicts(), form)
    looked_at = ", ".join(counted(count, each) for each, count in report.looked_at.items())
    _say(f"{len(report):,} unused since {report.since:%Y-%m-%d}, of {looked_at}", report.notes, output)


def audit(
    dataset_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Datasets; all by default.", show_default=False)
    ] = None,
    roles: Annotated[
        bool, typer.Option("--roles/--no-roles", help="Whether to show users who see all datasets by their role.")
    ] = True,
    policies: Annotated[
        bool, typer.Option("--policies/--no-policies", help="Whether to show which rows each user sees (PDP).")
    ] = True,
    concurrency: Annotated[int, typer.Option(min=1, help="The number of concurrent requests.")] = CHANGES_AT_ONCE,
    output: _OutputOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show in one table which user may see which dataset and which of its rows, by share, group, role or policy.

    The exit code is 1 if something could not be read; the rest is shown.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    with readable_errors(debug=debug):
        check_file(output)

    async def work(domo: Domo) -> AccessAudit:
        found = await domo.datasets.access.audit(
            dataset_ids or None, roles=roles, policies=policies, concurrency=concurrency
        )
        if output is not None:
            await write_rows(output, found.columns, found.to_dicts())
        return found

    found = call(work, instance, token_file, debug=debug)
    if form is Form.JSON:
        print_json(found.to_dict())
    else:
        if output is None:
            shown = [name for name in found.columns if name not in {"dataset_id", "user_id"}]
            _print(found.columns if form is Form.CSV else shown, found.to_dicts(), form)
        _say(f"{counted(len(found), 'row')} of {counted(found.datasets, 'dataset')}", found.notes, output)
    for problem in found.problems:
        err.print(one_line(f"Could not be read: {problem}"), markup=False, soft_wrap=True)
    if found.problems:
        raise typer.Exit(ExitCode.FAILED)


def _print(columns: Sequence[str], rows: Sequence[dict[str, object]], form: Form) -> None:
    cells = [[row[name] for name in columns] for row in rows]
    if form is Form.CSV:
        print_csv(columns, cells)
    else:
        print_table_of(columns, cells)


def _say(summary: str, notes: Sequence[str], output: Path | None) -> None:
    """Say what was found, on standard error where a program reads the other."""
    where = "" if output is None else f", in {output}"
    (err if output is None else out).print(one_line(f"{summary}{where}"), markup=False, soft_wrap=True)
    for note in notes:
        err.print(one_line(f"Note: {note}"), markup=False, soft_wrap=True)
