"""The command line, `domo-async`; it needs the extra ``cli``."""

from __future__ import annotations

import io
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command that the process's arguments name, and exit with its code."""
    try:
        from domo_async.cli.app import app  # noqa: PLC0415 - optional
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        print('domo-async: the command line needs: pip install "domo-async[cli]"', file=sys.stderr)
        sys.exit(2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What the terminal's encoding lacks is shown as a question mark, and is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
    app(prog_name="domo-async")
