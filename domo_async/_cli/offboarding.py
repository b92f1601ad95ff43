"""`domo-async users offboard`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import evolve

from domo_async import Domo, Outcome
from domo_async._cli.common.asking import agreed
from domo_async._cli.common.bars import bulk_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.listing import JsonOption, print_table_of
from domo_async._cli.common.output import counted, err, one_line, out, print_json
from domo_async._cli.common.results_table import has_changed, of_bulk, print_results
from domo_async._defaults import CHANGES_AT_ONCE
from domo_async._display import first_few

if TYPE_CHECKING:
    from domo_async._endpoints.users.offboarding import OffboardingPlan, OffboardingReport, OffboardingStep

__all__ = ["offboard"]

_NAMED = 3
_LEFT = frozenset({Outcome.FAILED, Outcome.NOT_BEGUN, Outcome.SKIPPED})


class Account(StrEnum):
    """The choices for the leaver's own account."""

    DEACTIVATE = "deactivate"
    DELETE = "delete"
    KEEP = "keep"


def offboard(
    leaver: Annotated[str, typer.Argument(metavar="LEAVER", help="The user who leaves: an ID or an e-mail address.")],
    to: Annotated[str, typer.Option(metavar="USER", help="The new owner: an ID or an e-mail address.")],
    account: Annotated[
        Account, typer.Option(help="What to do with the leaver's account at the end.")
    ] = Account.DEACTIVATE,
    force: Annotated[
        bool,
        typer.Option("--force", help="Delete or deactivate the account even if something could not be given away."),
    ] = False,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="A kind of content to give away, such as dataset; may be repeated. By default all kinds.",
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="A kind of content to leave alone, such as file; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, help="The number of concurrent requests.")] = CHANGES_AT_ONCE,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Give everything that a user owns to another user, and then deactivate or delete the account.

    The command first lists what the user owns, by kind, and asks on a terminal before it changes anything. It is safe
    to run again: it continues with the rest. The exit code is 1 if something failed or the account was kept.
    """

    async def plan_it(domo: Domo) -> OffboardingPlan:
        return await domo.users.plan_offboarding(
            leaver,
            to=to,
            account=account.value,
            force=force,
            kinds=kinds or None,
            skip=skip or (),
            concurrency=concurrency,
        )

    plan = call(plan_it, instance, token_file, debug=debug)
    if dry_run and as_json:
        print_json({"dry_run": True, "counts": plan.counts, **plan.to_dict()})
        return
    if not as_json:
        _tell_plan(plan, dry_run=dry_run)
    if dry_run:
        return
    if plan.things and not yes:
        with readable_errors(debug=debug):
            agreed(_question(plan), otherwise="give --yes, or look first with --dry-run")

    async def carry_out(domo: Domo) -> OffboardingReport:
        with bulk_bar(err, "Offboarding", quiet=as_json) as progress:
            return await domo.users.carry_out_offboarding(plan, concurrency=concurrency, progress=progress)

    report = call(carry_out, instance, token_file, debug=debug, changed=has_changed)
    table = of_bulk(report)
    if not as_json:
        _tell_kinds(report)
        # Of hundreds that went well each by each nobody reads; JSON has them.
        table = evolve(table, rows=[row for row in table.rows if row["outcome"] in _LEFT])
    print_results(table, as_json=as_json)


def _tell_kinds(report: OffboardingReport) -> None:
    rows = [
        [str(kind), sum(counts.values()), ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())]
        for kind, counts in report.by_kind.items()
    ]
    print_table_of(["kind", "count", "outcome"], rows)


def _tell_plan(plan: OffboardingPlan, *, dry_run: bool) -> None:
    steps = [step for step in plan.steps if step.things or step.error]
    rows = [[str(step.kind), len(step.things), str(step.action), _names(step)] for step in steps]
    print_table_of(["kind", "count", "what", "names"], rows)
    dry = " (dry run: nothing was changed)" if dry_run else ""
    out.print(one_line(f"{counted(len(plan.things), 'thing')} for {_named(plan)}{dry}"), markup=False, soft_wrap=True)
    out.print(one_line(f"Not looked at: {', '.join(plan.not_covered)}"), markup=False, soft_wrap=True)


def _names(step: OffboardingStep) -> str:
    if step.error is not None:
        return f"not known: {step.error}"
    note = f" ({step.note})" if step.note else ""
    return first_few([thing.name or thing.id for thing in step.things], _NAMED) + note


def _named(plan: OffboardingPlan) -> str:
    return f"{plan.to.display_name or ''} ({plan.to.id})".lstrip()


def _question(plan: OffboardingPlan) -> str:
    who = plan.leaver_id if plan.leaver is None else plan.leaver.display_name
    last = "" if plan.account == "keep" else f", and {plan.account} {who}"
    return f"Hand {counted(len(plan.things), 'thing')} of {who} over to {_named(plan)}{last}?"
