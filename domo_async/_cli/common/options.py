"""Options that many commands have and whose functions know nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

__all__ = ["hidden_options"]


def hidden_options(function: Callable[..., None]) -> list[Any]:
    """Return the options that a function has for parameters, to be added to commands that know nothing of them."""
    made = typer.Typer(add_completion=False)
    made.command()(function)
    options: list[Any] = [option for option in typer.main.get_command(made).params if option.name != "help"]
    for option in options:
        option.expose_value = False
    return options
