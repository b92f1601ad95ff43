"""The command line, `domo-async`; it needs the extra ``cli``."""

from __future__ import annotations

import io
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command that the process's arguments name, and exit with its code."""
    # The instance is started again and again, and has no use for what all other commands import.
    alone = sys.argv[1:2] == ["emulator"]
    try:
        if alone:
            from domo_async.cli.emulator import app  # noqa: PLC0415 - optional
        else:
            from domo_async.cli.app import app  # noqa: PLC0415 - optional
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        print('domo-async: the command line needs: pip install "domo-async[cli]"', file=sys.stderr)
        sys.exit(2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What the terminal's encoding lacks is shown as a question mark, and is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
    if alone:
        app(sys.argv[2:], prog_name="domo-async emulator")
    app(prog_name="domo-async")
