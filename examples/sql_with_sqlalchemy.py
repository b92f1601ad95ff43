"""SQL over datasets with SQLAlchemy and polars, as over any database.

    pip install "domo-async[sqlalchemy]" polars
    python examples/sql_with_sqlalchemy.py

Without any settings this talks to a Domo instance embedded in the process (pip install "domo-async[emulator]").
For an instance of your own, set DOMO_INSTANCE (such as acme) and DOMO_DEVELOPER_TOKEN first.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

import polars as pl
import sqlalchemy as sa

from domo_async import dbapi
from domo_async.emulator import Emulator
from domo_async.sync import Domo

with ExitStack() as stack:
    if not any(name.startswith("DOMO_") for name in os.environ):
        emulator = stack.enter_context(Emulator())
        os.environ["DOMO_BASE_URL"], os.environ["DOMO_DEVELOPER_TOKEN"] = emulator.url, emulator.token
    with Domo.from_env() as domo:
        rows = [{"region": "EU", "amount": 2}, {"region": "EU", "amount": 3}, {"region": "US", "amount": 1}]
        dataset_id = domo.datasets.create_from(rows, "Sales (domo-async SQL example)").id

    engine = sa.create_engine("domo://")  # the instance and the token come from the environment
    sales = sa.Table(dataset_id, sa.MetaData(), autoload_with=engine)
    total = sa.func.sum(sales.c.amount).label("total")
    with engine.connect() as connection:
        for region, amount in connection.execute(
            sa.select(sales.c.region, total).group_by("region").order_by("region")
        ):
            print(region, amount)
    engine.dispose()

    with dbapi.connect(dataset=dataset_id) as plain:
        print(pl.read_database("SELECT region FROM table WHERE amount > 1 ORDER BY amount", plain)["region"].to_list())
