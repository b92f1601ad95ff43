"""CSV similar to typical uploads."""

from __future__ import annotations

import os
import random
from pathlib import Path

__all__ = ["COLUMNS", "records", "write_csv"]

COLUMNS = {"id": "LONG", "day": "DATE", "customer": "STRING", "region": "STRING", "amount": "DOUBLE"}
_REGIONS = ("North", "South", "East", "West", "Central Europe")
_QUOTED = (", Inc.", ' the ""Best""', "\nc/o Main Street")
_BLOCK = 8 << 20


def records(size: int, *, quoted: bool = False, every: bool = False, empty: float = 0.1) -> bytes:
    """Return whole records of about `size` bytes, the same in each run.

    Args:
        size: The size in bytes.
        quoted: Whether a fifth of the records has a quoted field, some with doubled quotes or line ends inside.
        every: Whether every field is quoted, also those that are NULL.
        empty: The share of NULL among fields of `every` that are not text, from 0 to 1.
    """
    chance = random.Random(1)
    lines: list[str] = []
    length = 0
    while length < size:
        customer = f"Customer {chance.randrange(10_000)}"
        if quoted and chance.random() < 0.2:
            customer = f'"{customer}{chance.choice(_QUOTED)}"'
        day = f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        region, amount = chance.choice(_REGIONS), f"{chance.random() * 10_000:.2f}"
        if every:
            day, amount = (text if chance.random() >= empty else "" for text in (day, amount))
            customer = customer if customer.startswith('"') else f'"{customer}"'
            line = f'"{len(lines)}","{day}",{customer},"{region}","{amount}"\n'
        else:
            line = f"{len(lines)},{day},{customer},{region},{amount}\n"
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()


def write_csv(path: Path, size: int, *, quoted: bool = False, every: bool = False, empty: float = 0.1) -> Path:
    """Write a file of `size` bytes, or a record more, with a header row, and return its path; see `records`."""
    block = records(min(size, _BLOCK), quoted=quoted, every=every, empty=empty)
    with path.open("wb") as file:
        file.write(",".join(COLUMNS).encode() + b"\n")
        while size > file.tell():
            rest = size - file.tell()
            file.write(block if rest >= len(block) else records(rest, quoted=quoted, every=every, empty=empty))
        # Otherwise the disk would be busy with it during later measurements.
        os.fsync(file.fileno())
    return path
