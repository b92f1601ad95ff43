"""How commands end: their exit codes, and errors as people want to read them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, TypeAlias

import typer
from attrs import define

from domo_async import AfterCommitError, ConfigError, DomoError, SourceError
from domo_async._cli.common.interrupts import Interrupted
from domo_async._cli.common.output import err, printable
from domo_async._cli.common.streams import OutputFailed
from domo_async._display import with_notes
from domo_async._tracebacks import whole_tracebacks

__all__ = ["EXIT_CODES", "MOST_TOLD", "Advice", "DebugOption", "ExitCode", "effect", "output_failed", "readable_errors"]


class ExitCode(IntEnum):
    """The meaning of the exit codes."""

    FAILED = 1
    MISUSED = 2
    UNCERTAIN = 3
    AFTER_COMMIT = 4


EXIT_CODES = (
    "[bold]Exit codes[/]: [bold]0[/] done; [bold]1[/] the instance refused or failed, also for one of many items,"
    " or the result is not the expected one; [bold]2[/] wrong use or configuration, or a source that cannot be"
    " uploaded: nothing was changed; [bold]3[/] a change was sent, and it is uncertain whether it took effect;"
    " [bold]4[/] done, but a later step failed (the index, the row count, or the output); [bold]130[/],"
    " [bold]143[/], [bold]129[/] interrupted by Ctrl-C, SIGTERM, SIGHUP."
)

DebugOption: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Advice: TypeAlias = Callable[[BaseException], str | None]
"""Returns the advice about an error beyond its message, if there is any."""

MOST_TOLD: int = 4000
"""The most characters of what could not be told as it should."""

# The first that fits counts.
_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (AfterCommitError, ExitCode.AFTER_COMMIT),
    (ConfigError, ExitCode.MISUSED),
    (SourceError, ExitCode.MISUSED),
    (DomoError, ExitCode.FAILED),
    (OSError, ExitCode.FAILED),
)


@define
class _Effect:
    """The effects of the command so far.

    Attributes:
        took_place: Whether anything was changed, here or in the instance.
    """

    took_place: bool = False


effect: _Effect = _Effect()


def output_failed(error: OutputFailed) -> int:
    """Say that standard output could not be written, and return the exit code: what was done stays done."""
    problem = f"standard output cannot be written: {error}"
    if effect.took_place:
        lost = error.lost.decode(errors="replace").strip()
        _complain("OutputFailed", f"{problem}. The changes stay; this was to be printed:\n{lost[:MOST_TOLD]}")
        return ExitCode.AFTER_COMMIT
    if not error.unwanted:
        _complain("OutputFailed", problem)
    return ExitCode.FAILED


@contextmanager
def readable_errors(*, debug: bool, advice: Advice | None = None) -> Iterator[None]:
    """Turn errors of the block into a message on stderr and an exit code.

    Args:
        debug: Whether to show the traceback.
        advice: The advice about an error beyond its message.

    Raises:
        typer.Exit: With one of `ExitCode`.
    """
    try:
        with whole_tracebacks(wanted=debug):
            yield
    except (DomoError, OSError) as error:
        if debug:
            problem = traceback.format_exc()
            err.print(printable(problem) if err.is_terminal else problem, markup=False, soft_wrap=True, end="")
        _complain(type(error).__name__, with_notes(error))
        _advise(error, advice)
        raise typer.Exit(_code(error)) from None
    except Interrupted as interrupt:
        # A cancelled upload notes on its cancellation what became of a commit that was under way.
        notes = getattr(interrupt.__cause__, "__notes__", ())
        _complain(str(interrupt), "; ".join(notes))
        _advise(interrupt, advice)
        raise typer.Exit(interrupt.exit_code) from None


def _code(error: DomoError | OSError) -> ExitCode:
    if isinstance(error, DomoError) and error.in_doubt:
        return ExitCode.UNCERTAIN
    return next(code for type_, code in _CODES if isinstance(error, type_))


def _complain(title: str, message: str) -> None:
    err.print(f"[bold red]{title}[/]", end=": " if message else "\n")
    if message:
        # Whole, whatever the width: such lines are copied into searches and tickets.
        err.print(printable(message), markup=False, soft_wrap=True)


def _advise(error: BaseException, advice: Advice | None) -> None:
    text = None if advice is None else advice(error)
    if text is not None:
        err.print(printable(text), markup=False, soft_wrap=True)
