"""The outcomes of many things done at once: as a table or JSON, with the exit code 1 if any failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import typer
from attrs import frozen

from domo_async import BulkReport, Outcome
from domo_async._cli.common.exits import ExitCode
from domo_async._cli.common.listing import print_table_of
from domo_async._cli.common.output import err, one_line, out, print_json

if TYPE_CHECKING:
    from domo_async._transfer import ItemResult, ItemResults

__all__ = ["ResultsTable", "has_changed", "of_bulk", "of_transfers", "print_results"]

_MANY = 60
_QUIET = frozenset({Outcome.UNCHANGED, Outcome.SKIPPED})
_LONG = frozenset({"error", "sha256"})
_BAD = frozenset({Outcome.FAILED, Outcome.NOT_BEGUN})


@frozen(kw_only=True)
class ResultsTable:
    """The table to print.

    Attributes:
        rows: One for each thing: first the facts by which people know it, and its ``outcome`` and ``error``.
        counts: How many had each outcome.
        dry_run: Whether nothing was changed.
        failed_with: How the command ends where that is not told by the counts.
    """

    rows: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]
    dry_run: bool = False
    failed_with: ExitCode | None = None

    @property
    def ok(self) -> bool:
        """Whether all of it went well."""
        return self.failed_with is None and not any(self.counts.get(bad) for bad in _BAD)


def has_changed(report: BulkReport[Any, Any]) -> bool:
    """Return whether a call in bulk has changed anything, members of what failed as a whole included."""
    return not report.dry_run and (
        report.changed or any(isinstance(each.value, BulkReport) and has_changed(each.value) for each in report)
    )


def of_bulk(report: BulkReport[Any, Any]) -> ResultsTable:
    """Return the table of a call in bulk."""
    counts = {str(outcome): count for outcome, count in report.counts.items()}
    return ResultsTable(rows=report.to_dicts(), counts=counts, dry_run=report.dry_run)


def of_transfers(outcomes: ItemResults[Any, Any], rows: Sequence[Mapping[str, Any]], done: str) -> ResultsTable:
    """Return the table of transfers.

    Args:
        outcomes: Their outcomes.
        rows: The facts about each.
        done: The outcome of those that ended well.
    """
    said = {done: outcomes.ok, Outcome.FAILED: outcomes.failed, Outcome.NOT_BEGUN: outcomes.not_begun}
    described = [
        {**row, "outcome": _outcome(each, done), "error": None if each.error is None else str(each.error)}
        for row, each in zip(rows, outcomes, strict=True)
    ]
    return ResultsTable(rows=described, counts={str(name): len(some) for name, some in said.items() if some})


def _outcome(each: ItemResult[Any, Any], done: str) -> str:
    if each.error is not None:
        return Outcome.FAILED
    return Outcome.NOT_BEGUN if each.result is None else done


def print_results(table: ResultsTable, *, as_json: bool, quiet: bool = False) -> None:
    """Print it.

    Raises:
        typer.Exit: Some of it failed.
    """
    if as_json:
        print_json({"dry_run": table.dry_run, "counts": table.counts, "results": table.rows})
    elif not quiet or not table.ok:
        _print(table)
    if not table.ok:
        raise typer.Exit(table.failed_with or ExitCode.FAILED)


def _print(table: ResultsTable) -> None:
    many = len(table.rows) > _MANY
    shown = [row for row in table.rows if not (many and row["outcome"] in _QUIET)]
    names = [name for name in dict.fromkeys(name for row in shown for name in row) if name not in _LONG]
    print_table_of(names, [[row.get(name) for name in names] for row in shown])
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in table.counts.items()) or "nothing to do"
    hidden = len(table.rows) - len(shown)
    left_out = f"; {hidden:,} that stay as they are left out, --json gives all" if hidden else ""
    dry = " (dry run: nothing was changed)" if table.dry_run else ""
    out.print(one_line(f"{counts}{dry}{left_out}"), markup=False, soft_wrap=True)
    for row in table.rows:
        if row["error"] is not None:
            # Whole, whatever the width: such lines are copied into searches and tickets.
            err.print(one_line(f"{_named(row)}: {row['error']}"), markup=False, soft_wrap=True)


def _named(row: Mapping[str, Any]) -> str:
    """Return the cells before the outcome, by which people know a thing."""
    known = takewhile(lambda pair: pair[0] != "outcome", row.items())
    return ", ".join(str(value) for _, value in known if value is not None)
