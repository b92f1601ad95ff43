"""Runs tools that are Python modules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["run_module"]


def run_module(name: str, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a module of the Python that runs this, and wait for it.

    Args:
        name: The module's name.
        arguments: Its arguments.
        folder: The working directory.
        environment: Its environment; by default that of this process.

    Raises:
        subprocess.CalledProcessError: It failed; its output is on standard error.
    """
    command = [sys.executable, "-m", name, *arguments]
    subprocess.run(command, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
