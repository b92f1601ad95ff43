"""Start a workflow for each order of a file, several at once, and wait for all of them; one failure stops no other.

python examples/workflow_service.py MODEL_ID ORDERS.jsonl   # a JSON object a line; DOMO_INSTANCE … are set
domo-async workflows start MODEL_ID --message-name 'Start Orders' --version 1.0.0 -d order:=4711 --wait
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

from domo_async import Domo


async def main(model_id: str, orders: list[dict[str, int]]) -> int:
    """Return the number of orders that failed."""
    async with Domo.from_env() as domo:
        start = partial(domo.workflows.start, model_id, message_name="Start Orders", version="1.0.0", wait=True)
        runs = await asyncio.gather(*(start(data=order) for order in orders), return_exceptions=True)
    for order, run in zip(orders, runs, strict=True):
        print(order, run if isinstance(run, BaseException) else run.status)
    return sum(isinstance(run, BaseException) for run in runs)


lines = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
sys.exit(1 if asyncio.run(main(sys.argv[1], [json.loads(line) for line in lines])) else 0)
