"""What a program with a language model does: it starts `domo-async mcp`, lists its tools, and calls them.

The configurations of usual programs are in the folder `mcp`. Needs the extras `mcp` and `emulator`.
"""

from __future__ import annotations

import asyncio
import os
import sys

from mcp import Client, StdioServerParameters

from domo_async.emulator import Emulator

ROWS = [("North", 119.5), ("South", 5.0), ("North", 7.25)]


async def main() -> None:
    """Ask the server what an embedded instance holds."""
    async with Emulator() as emulator:
        orders = emulator.add.dataset(name="Orders", columns={"region": "STRING", "amount": "DOUBLE"}, rows=ROWS)
        environment = {**os.environ, "DOMO_BASE_URL": emulator.url, "DOMO_DEVELOPER_TOKEN": emulator.token}
        server = StdioServerParameters(command=sys.executable, args=["-m", "domo_async", "mcp"], env=environment)
        async with Client(server) as client:
            print(len((await client.list_tools()).tools), "tools, all of which only read")
            found = await client.call_tool("search", {"text": "orders", "entities": ["dataset"]})
            print("Found", [hit["name"] for hit in (found.structured_content or {})["hits"]])
            sql = "SELECT region, SUM(amount) AS total FROM table GROUP BY region ORDER BY region"
            totals = await client.call_tool("query_dataset", {"dataset_id": orders.id, "sql": sql})
            print("By region", (totals.structured_content or {})["rows"])
            refused = await client.call_tool("append_rows", {"dataset_id": orders.id, "rows": [["East", 1.0]]})
            print("Refused" if refused.is_error else "Appended")


asyncio.run(main())
