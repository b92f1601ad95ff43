"""Explore a dataset as a notebook's cells do: find it, look at it, query it into a frame, hand a result back.

    python examples/notebook.py NAME     # with the extra polars; DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN are set
    domo-async search NAME --entities dataset; domo-async datasets query ID 'SELECT * FROM table LIMIT 5'

In Jupyter no `await` is needed, lists are shown as tables, and after `%load_ext domo_async` a cell may be SQL:
`%%domo DATASET_ID -o frame --polars`.
"""

from __future__ import annotations

import sys

from domo_async.sync import Domo

domo = Domo.from_env()
found = domo.datasets.list(name_like=sys.argv[1]).to_polars()
print(found.select("id", "name", "row_count"))
dataset_id = found["id"][0]

frame = domo.datasets.query(
    dataset_id, "SELECT region, amount FROM table WHERE amount > :least", {"least": 1}
).to_polars()
totals = frame.group_by("region").sum().sort("region")
print(totals)
print(domo.datasets.create_from(totals, f"{sys.argv[1]} by region").upload.rows, "rows")
domo.close()
