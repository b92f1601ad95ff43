"""Asking before something is taken away."""

from __future__ import annotations

import sys

import typer

from domo_async import ConfigError
from domo_async._cli.common.output import err, one_line

__all__ = ["agreed", "can_ask"]


def can_ask() -> bool:
    """Return whether somebody sits at a terminal who can answer."""
    return sys.stdin.isatty() and err.is_terminal


def agreed(question: str, *, otherwise: str) -> None:
    """Ask on a terminal, and go on if the answer is yes.

    Args:
        question: The question.
        otherwise: The advice where nobody can answer, such as ``"give --yes"``.

    Raises:
        ConfigError: Nobody can answer.
        typer.Exit: The answer is no.
    """
    if not can_ask():
        raise ConfigError(f"{question} Nobody can answer here: {otherwise}")
    if not typer.confirm(one_line(question), err=True):
        err.print("Nothing was changed.")
        raise typer.Exit(1)
