"""The rows that the demonstration uploads: orders with all that CSV has to survive, the same on every run.

The values are written as the embedded instance writes them (quotes only where they are needed, shortest numbers),
so that an export can be compared with the upload byte for byte.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

__all__ = ["COLUMNS", "QUERIES", "first_difference", "write_orders"]

COLUMNS = {
    "order_id": "LONG",
    "customer": "STRING",
    "region": "STRING",
    "quantity": "LONG",
    "price": "DECIMAL",
    "weight_kg": "DOUBLE",
    "ordered_on": "DATE",
    "shipped_at": "DATETIME",
    "note": "STRING",
}

QUERIES = (
    """\
SELECT region, COUNT(*) AS orders, SUM(quantity * price) AS revenue,
       ROUND(AVG(weight_kg), 2) AS avg_kg
FROM table GROUP BY region ORDER BY revenue DESC""",
    """\
SELECT note, COUNT(*) AS orders, MIN(ordered_on) AS first_order,
       MAX(shipped_at) AS last_shipped
FROM table WHERE region = 'North' GROUP BY note ORDER BY orders DESC LIMIT 6""",
)

_ROWS_AT_A_TIME = 20_000
_NULL = ""


def write_orders(path: Path, rows: int) -> int:
    """Write a CSV of orders with a header.

    Args:
        path: The file to write.
        rows: How many orders.

    Returns:
        Its size in bytes.
    """
    records = _records(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        while batch := "".join(itertools.islice(records, _ROWS_AT_A_TIME)):
            file.write(batch)
    return path.stat().st_size


def first_difference(left: Path, right: Path) -> int | None:
    """Return the offset of the first byte in which two files differ, or None if they are equal."""
    offset = 0
    with left.open("rb") as one, right.open("rb") as other:
        while True:
            a, b = one.read(1 << 20), other.read(1 << 20)
            if a != b:
                pairs = itertools.zip_longest(a, b)
                return offset + next(index for index, (x, y) in enumerate(pairs) if x != y)
            if not a:
                return None
            offset += len(a)


def _records(rows: int) -> Iterator[str]:
    # A column repeats after a prime number of rows, another one for each: so rows hardly ever repeat, and a million
    # of them cost little more than joining strings.
    columns = (
        _strings(_CUSTOMERS, 103),
        _strings(_REGIONS, 101),
        _quantities(97),
        _prices(9973),
        _weights(7919),
        _dates(1013),
        _times(6133),
        _strings(_NOTES, 107),
    )
    for number, cells in enumerate(zip(range(rows), *map(itertools.cycle, columns), strict=False), start=1):
        _, customer, region, quantity, price, weight, day, time, note = cells
        yield f"{number},{customer},{region},{quantity},{price},{weight},{day},{time},{note}\n"


_CUSTOMERS = (
    *(
        "Ada Lovelace",
        "José Ñandú",
        "李小龍",
        'Dwayne "The Rock" Johnson',
        "Smith, Jones & Co.",
        "Zoë 🚀 Rockets",
        None,
    ),
    *("NULL", "  two leading spaces", "Ольга Ладыженская", "محمد علي", "O'Brien", ""),
)
_REGIONS = ("North", "West", "South", "East", "Übersee", None, "")
_NOTES = (
    *("leave at the door", None, 'She said "hi", then left', "Line one\nline two", "", "Windows\r\nline end", '"'),
    *(",", "tab\there", "back\\slash", "\n", "a;b|c", "trailing space ", "0123", "1e5", "true", "日本語 😀"),
)


def _strings(values: Sequence[str | None], count: int) -> list[str]:
    """Return `count` fields in a fixed disorder, the first of `values` more often than the last."""
    fields = [_field(value) for value in values]
    return [fields[len(fields) * (n * 37 % count) ** 2 // count**2] for n in range(count)]


def _field(value: str | None) -> str:
    """Return a string as a CSV field: NULL is nothing at all, the empty string is a pair of quotes."""
    from domo_async._transfer.csv.format import needs_quotes, quoted  # noqa: PLC0415 - keeps --help fast

    if value is None:
        return _NULL
    return quoted(value) if needs_quotes(value) else value


def _quantities(count: int) -> list[str]:
    return [_NULL if n % 41 == 40 else str(n * 37 % 50 + 1) for n in range(count)]


def _prices(count: int) -> list[str]:
    cents = [n * 7_654_321 % 1_000_00 for n in range(count)]
    return [f"{value // 100}.{value % 100:02d}".rstrip("0").rstrip(".") for value in cents]


def _weights(count: int) -> list[str]:
    return [_NULL if n % 53 == 52 else repr((n * 104_729 % 1_000_003) / 4096) for n in range(count)]


def _dates(count: int) -> list[str]:
    return [str(date(2023, 1, 1) + timedelta(days=n)) for n in range(count)]


def _times(count: int) -> list[str]:
    first = datetime.fromisoformat("2023-01-02T08:00:00")  # a DATETIME has no zone
    texts = [(first + timedelta(seconds=n * 14_321, milliseconds=n % 4 * 250)).isoformat() for n in range(count)]
    return [_NULL if n % 29 == 28 else text.rstrip("0") if "." in text else text for n, text in enumerate(texts)]
