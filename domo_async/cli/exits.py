"""How commands end: their exit codes, and errors as people want to read them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, TypeAlias

import typer

from domo_async import AfterCommitError, CommitUncertain, ConfigError, DomoError, SourceError
from domo_async.cli.output import err, printable

__all__ = ["EXIT_CODES", "Advice", "DebugOption", "ExitCode", "readable_errors"]


class ExitCode(IntEnum):
    """What the exit codes mean."""

    FAILED = 1
    MISUSED = 2
    UNCERTAIN = 3
    AFTER_COMMIT = 4
    INTERRUPTED = 130


EXIT_CODES = (
    "[bold]Exit codes[/]: [bold]0[/] done; [bold]1[/] the instance refused or failed, be it for one of many, or the"
    " result is not what it has to be; [bold]2[/] wrong use or configuration, or a source that cannot be uploaded:"
    " nothing was changed; [bold]3[/] a commit was sent, and it is uncertain whether it took effect; [bold]4[/]"
    " committed, but what was to follow failed (index, count of rows); [bold]130[/] interrupted."
)

DebugOption: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Advice: TypeAlias = Callable[[BaseException], str | None]
"""What to say about an error beyond its message, if anything."""

# The first that fits counts.
_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (CommitUncertain, ExitCode.UNCERTAIN),
    (AfterCommitError, ExitCode.AFTER_COMMIT),
    (ConfigError, ExitCode.MISUSED),
    (SourceError, ExitCode.MISUSED),
    (DomoError, ExitCode.FAILED),
    (OSError, ExitCode.FAILED),
)


@contextmanager
def readable_errors(*, debug: bool, advice: Advice | None = None) -> Iterator[None]:
    """Turn what goes wrong in the block into a message on stderr and an exit code.

    Args:
        debug: Whether to show the traceback.
        advice: What to say about an error beyond its message.

    Raises:
        typer.Exit: With one of `ExitCode`.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read the output wants no more; typer ends quietly
    except (DomoError, OSError) as error:
        if debug:
            traceback.print_exc()
        _complain(type(error).__name__, "; ".join([str(error), *getattr(error, "__notes__", ())]))
        _advise(error, advice)
        raise typer.Exit(next(code for kind, code in _CODES if isinstance(error, kind))) from None
    except KeyboardInterrupt as interrupt:
        # A cancelled upload notes on its cancellation what became of a commit that was under way.
        notes = getattr(interrupt.__context__, "__notes__", ())
        _complain("Interrupted", "; ".join(notes))
        _advise(interrupt, advice)
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _complain(kind: str, message: str) -> None:
    err.print(f"[bold red]{kind}[/]", end=": " if message else "\n")
    if message:
        # Whole, whatever the width: such lines are copied into searches and tickets.
        err.print(printable(message), markup=False, soft_wrap=True)


def _advise(error: BaseException, advice: Advice | None) -> None:
    text = None if advice is None else advice(error)
    if text is not None:
        err.print(printable(text), markup=False, soft_wrap=True)
