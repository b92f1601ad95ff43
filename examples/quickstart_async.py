"""The first five minutes with domo-async: make a dataset, fill it, ask it, take everything out again.

    python examples/quickstart_async.py

Without any settings this talks to a Domo instance embedded in the process (pip install "domo-async[emulator]").
For an instance of your own, set DOMO_INSTANCE (such as acme) and DOMO_DEVELOPER_TOKEN first.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domo_async import BadRequest, Domo
from domo_async.emulator import Emulator

ORDERS = b"""\
id,region,amount,ordered_on
1,North,19.99,2025-01-02
2,South,5.5,2025-01-03
3,North,100,2025-01-03
4,,7.25,2025-01-04
5,"",3,2025-01-05
"""


@asynccontextmanager
async def connect() -> AsyncIterator[Domo]:
    """Give a client: of your own instance if a DOMO_ variable is set, of an embedded one otherwise."""
    if any(name.startswith("DOMO_") for name in os.environ):
        async with Domo.from_env() as domo:
            yield domo
    else:
        async with Emulator() as emulator, emulator.client() as domo:
            yield domo


async def main() -> None:
    """Make the tour."""
    async with connect() as domo:
        # A dataset is made with its columns: names and types, in order.
        orders = await domo.datasets.create(
            "Orders (domo-async quickstart)",
            {"id": "LONG", "region": "STRING", "amount": "DECIMAL", "ordered_on": "DATE"},
        )
        print(f"Created dataset {orders.id}")

        # Bytes here; a path or an async iterator of bytes does as well. All of it arrives, or nothing. The header
        # row is recognised. An empty field is NULL (row 4), a pair of quotes is the empty string (row 5).
        done = await domo.datasets.upload(orders.id, ORDERS)
        print(f"Uploaded {done.rows} rows in {done.parts} part(s)")

        # In SQL the dataset is called "table". Cells have Python's types: these totals are Decimals.
        totals = await domo.datasets.query(
            orders.id, "SELECT region, SUM(amount) AS total FROM table GROUP BY region ORDER BY total DESC"
        )
        for region, total in totals:
            print(f"  {region!r:8} {total:>8}")

        # Independent calls can wait at the same time.
        dataset, versions = await asyncio.gather(
            domo.datasets.get(orders.id), domo.datasets.versions.list(orders.id).all()
        )
        print(f"{dataset.name!r} has {dataset.row_count} rows and {len(versions)} data version(s)")

        # An export is streamed to disk. The file appears under its name only when it is whole.
        with tempfile.TemporaryDirectory() as directory:
            target = Path(directory) / "orders.csv"
            exported = await domo.datasets.export(orders.id, target)
            first_line = target.read_text(encoding="utf-8").splitlines()[0]
            print(f"Exported {exported.bytes} bytes, beginning with {first_line!r}")

        # Errors say what the instance said. They all are DomoErrors.
        try:
            await domo.datasets.query(orders.id, "SELECT colour FROM table")
        except BadRequest as error:
            print(f"As expected: {error.reason}")


asyncio.run(main())
