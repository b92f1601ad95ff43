"""`domo-async doctor`: a read-only check of an instance of one's own."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domo_async import Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, ExitCode, readable_errors
from domo_async._cli.common.listing import print_table_of
from domo_async._cli.common.output import counted, err, out, print_json

if TYPE_CHECKING:
    from domo_async._doctor import Check, DoctorReport, Finding

__all__ = ["doctor"]

_MANY = 60
_MOST_TOLD = 6


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", dir_okay=False, help="Also write the report to a file, as JSON."
        ),
    ] = None,
    name_instance: Annotated[
        bool,
        typer.Option("--name-instance", help="Include the instance's name in the report; by default it is left out."),
    ] = False,
    words: Annotated[
        bool,
        typer.Option(
            "--words",
            help="List the words and keys that this release does not know, instead of only counting them. Check the"
            " report before you share it.",
        ),
    ] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="The maximum duration of the check, in seconds.")] = 300.0,
    requests: Annotated[int, typer.Option(min=1, help="The maximum number of requests, including retries.")] = 500,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Check whether an instance answers as this release expects, without changing anything.

    Each route that reads is asked once, with identifiers that earlier answers gave. Requests that might change
    something are never sent. The report holds routes, keys, types and counts, and no token, names, addresses,
    identifiers or values, so that it can be attached to a bug report. Routes that you may not use do not stop the rest.

    Exit code 0: all answers could be read; routes that you may not use, or that do not exist, do not count. Exit code
    1: a route failed, refused a request or gave an answer that cannot be read, or the token is not accepted.
    """

    async def work(domo: Domo) -> DoctorReport:
        return await domo.doctor(name_instance=name_instance, words=words, seconds=seconds, requests=requests)

    waiting = err.status("Asking each route that reads…") if err.is_terminal else nullcontext()
    with waiting:
        report = call(work, instance, token_file, debug=debug)
    # A report that took so long is shown, whatever becomes of the file.
    if as_json:
        print_json(_as_json(report))
    else:
        _print(report)
    if output is not None:
        with readable_errors(debug=debug):
            output.write_text(json.dumps(_as_json(report), indent=2) + "\n", encoding="utf-8")
    if not report.ok:
        raise typer.Exit(ExitCode.FAILED)


def _as_json(report: DoctorReport) -> dict[str, Any]:
    return {"report": "domo-async doctor", "ok": report.ok, "counts": dict(report.counts), **report.to_dict()}


def _print(report: DoctorReport) -> None:
    quiet = [check for check in report.checks if check.verdict == "clean" and not check.findings]
    hidden = set(map(id, quiet)) if len(report.checks) > _MANY else set()
    print_table_of(
        ["verdict", "route", "call", "status", "items", "told"],
        [
            [str(check.verdict), check.route, check.call, check.status, check.items, _told(check)]
            for check in report.checks
            if id(check) not in hidden
        ],
    )
    if hidden:
        out.print(f"{counted(len(hidden), 'clean route')} without news left out; --json gives all")
    identity = report.identity
    accepted = {True: "accepted", False: "not accepted", None: "no answer told"}[identity.accepted]
    authorities = "not told" if identity.authorities is None else f"{len(identity.authorities):,}"
    named = "" if report.instance is None else f"{report.instance}: "
    out.print(f"{named}token: {accepted}; authorities: {authorities}", markup=False, soft_wrap=True)
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in report.counts.items())
    out.print(f"{counts}; {counted(report.requests, 'request')} in {report.seconds:.1f} s", soft_wrap=True)


def _told(check: Check) -> str | None:
    lines = [_finding(each) for each in check.findings[:_MOST_TOLD]]
    if len(check.findings) > _MOST_TOLD:
        lines.append(f"and {len(check.findings) - _MOST_TOLD} more")
    return "; ".join([*([] if check.reason is None else [check.reason]), *lines]) or None


def _finding(finding: Finding) -> str:
    word = "" if finding.word is None else f" {finding.word}"
    return f"{finding.kind}{word}: {finding.where} ({finding.type}, {finding.count:,} times)"
