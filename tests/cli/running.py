"""Runs `domo-async` as its users do, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from attrs import frozen
from typer import testing

from domo_async._cli.app import app
from domo_async._cli.common.output import err, out
from domo_async.emulator import Emulator
from tests import forking

CSV = 'id,name,price\n1,"a ""quoted"" name",1.5\n2,,\n3,"",12345678901234567890.5\n4,NULL,0\n'
WAIT = 60.0  # seconds for what ends at once, unless it never does


# The workers of xdist set COLUMNS, and a console keeps the width that it finds when it is made.
out._width = err._width = None
# Each run makes the commands of the app anew, which takes longer than most of them.
testing._get_command = cache(testing._get_command)  # type: ignore[attr-defined]


@frozen
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@frozen
class Cli:
    """`domo-async`, set up for one instance by the environment. No command may ever show the token."""

    emulator: Emulator

    @property
    def environment(self) -> dict[str, str]:
        return {"DOMO_BASE_URL": self.emulator.url, "DOMO_DEVELOPER_TOKEN": self.emulator.token}

    def __call__(
        self, *arguments: str, environment: Mapping[str, str | None] | None = None, stdin: str | None = None
    ) -> Ended:
        """Run a command in this process, with changes to the environment (None: not set)."""
        ended = testing.CliRunner().invoke(app, arguments, stdin, {**self.environment, **(environment or {})})
        return self._checked(Ended(ended.exit_code, ended.stdout, ended.stderr))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            forking.python("-m", "domo_async", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **self.environment},
        )

    def finish(self, process: subprocess.Popen[str], stdin: str | None = None) -> Ended:
        """Wait for a process to end."""
        stdout, stderr = process.communicate(stdin, timeout=WAIT)
        return self._checked(Ended(process.returncode, stdout, stderr))

    def on_terminal(self, *arguments: str, answer: str | None = None, columns: int = 80) -> str:
        """Run a command in a terminal, type an answer if there is one, and return what people see."""
        import pty  # not on Windows

        seen, terminal = pty.openpty()
        environment = {**os.environ, **self.environment, "TERM": "xterm-256color", "COLUMNS": str(columns)}
        command = forking.python("-m", "domo_async", *arguments)
        typed = None if answer is None else terminal
        process = subprocess.Popen(command, stdin=typed, stdout=terminal, stderr=terminal, env=environment)
        os.close(terminal)
        if answer is not None:
            os.write(seen, answer.encode())
        drawn = b""
        with suppress(OSError):  # the end of a terminal is an error
            while piece := os.read(seen, 1 << 16):
                drawn += piece
        os.close(seen)
        return self._checked(Ended(process.wait(WAIT), drawn.decode(), "")).stdout

    def _checked(self, ended: Ended) -> Ended:
        assert self.emulator.token not in ended.stdout + ended.stderr
        return ended


def python(*arguments: str, without: Sequence[str] = ()) -> Ended:
    """Run Python in a process of its own, as if the modules `without` were not installed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOMO_")}
    if without:
        hidden = "".join(f"sys.modules[{module!r}] = None; " for module in without)
        arguments = ("-c", f"import sys; {hidden}from domo_async._cli import main; main()", *arguments)
    ended = subprocess.run(
        [sys.executable, *arguments], capture_output=True, encoding="utf-8", env=environment, timeout=WAIT, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
