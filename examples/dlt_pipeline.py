"""A dlt pipeline that loads into Domo's datasets: only new orders each time, and customers by their key.

    pip install "domo-async[dlt]"
    python examples/dlt_pipeline.py

Without any settings this talks to a Domo instance embedded in the process (pip install "domo-async[emulator]").
For an instance of your own, set DOMO_INSTANCE (such as acme) and DOMO_DEVELOPER_TOKEN first.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack

import dlt

from domo_async.dlt import domo
from domo_async.emulator import Emulator
from domo_async.sync import Domo


@dlt.resource(write_disposition="append")
def orders(
    newest: int,
    after: dlt.sources.incremental[int] = dlt.sources.incremental("id", initial_value=0),  # noqa: B008 - dlt's way
) -> Iterator[dict[str, object]]:
    """Orders after the last one that was loaded: dlt keeps its number in the state."""
    last = after.last_value or 0
    yield from ({"id": number, "lines": [{"sku": "A1"}]} for number in range(last + 1, newest + 1))


def main() -> None:
    """Run the pipeline on two days."""
    with ExitStack() as stack:
        if not any(name.startswith("DOMO_") for name in os.environ):
            emulator = stack.enter_context(Emulator())
            os.environ["DOMO_BASE_URL"], os.environ["DOMO_DEVELOPER_TOKEN"] = emulator.url, emulator.token
        for newest, name in ((3, "Ada"), (5, "Ada Lovelace")):
            # A machine of its own each day, without files of the day before: the state comes from the instance.
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            pipeline = dlt.pipeline("shop", destination=domo(), dataset_name="shop", pipelines_dir=folder)
            pipeline.run(orders(newest))
            customers = [{"id": 1, "name": name}]
            pipeline.run(customers, table_name="customers", write_disposition="merge", primary_key="id")
        client = stack.enter_context(Domo.from_env())
        for dataset in client.datasets.list(name_like="shop."):
            if "._dlt" not in str(dataset.name):
                print(dataset.name, client.datasets.query(dataset.id, "SELECT COUNT(*) AS n FROM table")[0])


if __name__ == "__main__":
    main()
