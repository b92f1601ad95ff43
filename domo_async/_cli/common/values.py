"""Values of options and arguments as people write them: sizes, times, NAME=VALUE."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

__all__ = ["PartSizeOption", "json_of", "key_values", "parse_size", "parse_time", "text_of", "values"]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?i?)b?", re.IGNORECASE)
_SIZE_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}
_AGO = re.compile(r"(\d+)\s*([smhdw])")
_AGO_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_size(text: str) -> int:
    """Return the bytes that a size such as ``8MiB``, ``500kB`` or ``1048576`` stands for.

    Raises:
        typer.BadParameter: It is not a size of at least one byte.
    """
    match = _SIZE.fullmatch(text.strip())
    unit = _SIZE_UNITS.get(match[2].lower()) if match else None
    size = int(float(match[1]) * unit) if match and unit else 0
    if not size:
        raise typer.BadParameter(f"{text!r} is not a size; write such as 8MiB, 500kB or 1048576")
    return size


PartSizeOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--part-size",
        metavar="SIZE",
        parser=parse_size,
        show_default="2 to 8 MiB, more for large files",
        help="The maximum size of a part, such as 8MiB.",
    ),
]


def key_values(given: Iterable[str], option: str) -> Iterator[tuple[str, str]]:
    """Yield each name with its text.

    Raises:
        typer.BadParameter: One is not NAME=TEXT.
    """
    for each in given:
        name, equals, text = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint=option)
        yield name, text


def values(given: Iterable[str], option: str) -> dict[str, Any]:
    """Return the values by name: texts of NAME=TEXT, decoded JSON of NAME:=JSON.

    Raises:
        typer.BadParameter: One is neither, or a name is given twice.
    """
    found: dict[str, Any] = {}
    for name, text in key_values(given, option):
        key = name.removesuffix(":")
        if not key or key in found:
            raise typer.BadParameter(f"{key or name!r} is given twice, or is not a name", param_hint=option)
        found[key] = text if key == name else json_of(text, option)
    return found


def json_of(text: str, option: str | None = None) -> Any:
    """Return decoded JSON; a number with a point is a Decimal, which keeps its digits.

    Raises:
        typer.BadParameter: It is not JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint=option) from None


def parse_time(text: str, *, ahead: bool = False) -> datetime:
    """Return the time that a text stands for: an age such as ``90s``, ``30m``, ``2h``, ``7d`` or ``2w``, or a date.

    A date may have a time and a zone. Without a zone it is local, without a time the beginning of its day.

    Args:
        text: The text.
        ahead: Whether it is so long from now, not so long ago.

    Raises:
        typer.BadParameter: It is not a time.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            long = timedelta(**{_AGO_UNITS[ago[2]]: int(ago[1])})
            return datetime.now(UTC) + (long if ahead else -long)
        found = datetime.fromisoformat(text.strip())
        return found.astimezone() if found.tzinfo is None else found
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not a time; write such as 2h, 7d, 2026-11-01 or 2026-11-01T08:30"
        ) from None


def text_of(given: str) -> str:
    """Return a text, or what the file holds that is named by @FILE, or standard input for ``-``.

    Raises:
        typer.BadParameter: It cannot be read.
    """
    if given != "-" and not given.startswith("@"):
        return given
    try:
        content = sys.stdin.buffer.read() if given == "-" else Path(given[1:]).read_bytes()
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        named = "standard input" if given == "-" else given[1:]
        raise typer.BadParameter(f"cannot read {named}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
