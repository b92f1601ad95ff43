"""Sizes as people write them."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

import typer

__all__ = ["PartSizeOption", "parse_size"]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?i?)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}


def parse_size(text: str) -> int:
    """Return the bytes that a size such as ``8MiB``, ``500kB`` or ``1048576`` stands for.

    Raises:
        typer.BadParameter: It is no size of at least a byte.
    """
    match = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(match[2].lower()) if match else None
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
        help="The most bytes of a part, such as 8MiB.",
    ),
]
