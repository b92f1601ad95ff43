"""Python in a process of its own that has imported the library already, which takes most of what commands take.

A server imports it once and is forked for each command. To whoever starts it, such a process is as any other: it has
its own arguments, environment, folder, descriptors and signals.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


def python(*arguments: str) -> list[str]:
    """Return the command that runs a module (``-m``, its name) or a script (its path) with arguments."""
    if not hasattr(os, "fork"):
        return [sys.executable, *arguments]
    return [sys.executable, "-I", "-S", str(_HERE / "client.py"), _address(), *arguments]


@cache
def _address() -> str:
    """Start the server of this process, and return where it listens."""
    folder = tempfile.mkdtemp(prefix="domo-async-tests-")
    address = f"{folder}/socket"
    server = subprocess.Popen(
        [sys.executable, str(_HERE / "server.py"), address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert b"ready\n" == server.stdout.readline()
    server.stdout.close()

    def end() -> None:
        server.communicate()  # closes its input
        shutil.rmtree(folder)

    atexit.register(end)
    return address
