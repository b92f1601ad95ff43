"""The command line, `domo-async`; it needs the extra ``cli``."""

from __future__ import annotations

import sys

from domo_async._cli.common.interrupts import Interrupted, catch_signals
from domo_async._cli.common.streams import OutputFailed, give_up_output, prepare_streams

__all__ = ["main"]


def main() -> None:
    """Run the command that the process's arguments name, and exit with its code."""
    catch_signals()
    prepare_streams()
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except Interrupted as interrupt:
        print(interrupt, file=sys.stderr)
        sys.exit(interrupt.exit_code)
    except OutputFailed as error:
        give_up_output()
        from domo_async._cli.common.exits import output_failed  # noqa: PLC0415 - optional

        sys.exit(output_failed(error))


def _run() -> None:
    try:
        if sys.argv[1:2] == ["emulator"]:
            _run_emulator(sys.argv[2:])
        from domo_async._cli.app import app  # noqa: PLC0415 - optional
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        print('domo-async: the command line needs: pip install "domo-async[cli]"', file=sys.stderr)
        sys.exit(2)
    app(prog_name="domo-async")


def _run_emulator(arguments: list[str]) -> None:
    """Run an instance without what the other commands import, as it is started often; return if options need that."""
    from domo_async._cli.emulator import app, takes  # noqa: PLC0415 - optional

    if takes(arguments):
        app(arguments, prog_name="domo-async emulator")
