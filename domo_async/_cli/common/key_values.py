"""Names with values, as people write them: NAME=TEXT, and where it is told, NAME:=JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import typer

__all__ = ["json_of", "key_values", "values"]


def key_values(given: Iterable[str], option: str) -> Iterator[tuple[str, str]]:
    """Yield each name with its text.

    Raises:
        typer.BadParameter: One is no NAME=TEXT.
    """
    for each in given:
        name, equals, text = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint=option)
        yield name, text


def values(given: Iterable[str], option: str) -> dict[str, Any]:
    """Return the values by name: the text of NAME=TEXT, and of NAME:=JSON what the JSON says.

    Raises:
        typer.BadParameter: One is neither, or a name stands twice.
    """
    found: dict[str, Any] = {}
    for name, text in key_values(given, option):
        key = name.removesuffix(":")
        if not key or key in found:
            raise typer.BadParameter(f"{key or name!r} is given twice, or is no name", param_hint=option)
        found[key] = text if key == name else json_of(text, option)
    return found


def json_of(text: str, option: str) -> Any:
    """Return what JSON says; a number with a point is a Decimal, so that it keeps its digits.

    Raises:
        typer.BadParameter: It is none.
    """
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint=option) from None
