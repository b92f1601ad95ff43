"""Libraries for tables, as they come, over connections and engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import ibis  # type: ignore[import-untyped]
import pandas as pd
import polars as pl
import pytest
import sqlalchemy as sa

from domo_async import dbapi
from tests.dbapi.conftest import MANY, NAMES, ORDERS, Instance

SQL = "SELECT * FROM Orders WHERE id <> 2 ORDER BY id"
POLARS = {
    "id": pl.Int64(),
    "region": pl.String(),
    "amount": pl.Decimal(38, 18),
    "rate": pl.Float64(),
    "day": pl.Date(),
    "moment": pl.Datetime("us"),
}


@pytest.fixture(scope="module")
def engine(instance: Instance) -> Iterator[sa.Engine]:
    engine = sa.create_engine(instance.url(instance.orders))
    yield engine
    engine.dispose()


def test_pandas_reads_a_query_and_a_table(engine: sa.Engine) -> None:
    frame = pd.read_sql(sa.text("SELECT * FROM Orders WHERE id < :id ORDER BY id"), engine, params={"id": 3})
    assert [1, 2] == frame["id"].tolist()
    assert [date(2024, 2, 29), date(1999, 12, 31)] == frame["day"].tolist()
    assert datetime(2024, 2, 29, 12, 30) == frame["moment"][0]
    exact = pd.read_sql(SQL, engine, coerce_float=False)
    assert Decimal("2.5") == exact["amount"][0]
    table = pd.read_sql_table("Orders", engine, columns=["id", "region"], index_col="id")
    assert "it's" == table["region"][2]
    with engine.connect().execution_options(stream_results=True) as connection:
        chunks = pd.read_sql("SELECT n FROM Numbers", connection, chunksize=100_000)
        assert [100_000, MANY - 100_000] == [len(chunk) for chunk in chunks]


@pytest.mark.filterwarnings("ignore:pandas only supports SQLAlchemy:UserWarning")
def test_pandas_reads_through_a_connection(connection: dbapi.Connection) -> None:
    sql = "SELECT id, region FROM table WHERE id = ?"

    frame = pd.read_sql(sql, connection, params=(1,))  # type: ignore[call-overload] # its stubs do not tell of it

    assert [{"id": 1, "region": "EU"}] == frame.to_dict("records")


def test_polars_reads_through_a_connection_and_an_engine(connection: dbapi.Connection, engine: sa.Engine) -> None:
    expected = [row for row in ORDERS if row[0] != 2]
    for source in (connection, engine):
        frame = pl.read_database(SQL, source)
        assert POLARS == dict(frame.schema)
        assert expected == frame.rows()
    bound = pl.read_database("SELECT id FROM table WHERE id = ?", connection, execute_options={"parameters": [3]})
    assert [(3,)] == bound.rows()
    batches = pl.read_database("SELECT n FROM Numbers", connection, iter_batches=True, batch_size=100_000)
    assert [100_000, MANY - 100_000] == [batch.height for batch in batches]


def test_polars_takes_arrow_from_a_cursor(cursor: dbapi.Cursor) -> None:
    streamed = pl.DataFrame(cursor.execute(SQL).fetch_record_batch())
    whole = pl.from_arrow(cursor.execute("SELECT * FROM Orders ORDER BY id").fetch_arrow_table())

    assert POLARS == dict(streamed.schema)
    assert isinstance(whole, pl.DataFrame)
    assert ORDERS == whole.rows()


def test_ibis_writes_sql_that_a_cursor_executes(instance: Instance, cursor: dbapi.Cursor) -> None:
    types = dict(zip(NAMES, ("int64", "string", "decimal", "float64", "date", "timestamp"), strict=True))
    orders = ibis.table(types, name="Orders")
    expression = (
        orders.filter((orders.id < 4) & (orders.region != ""))
        .mutate(year=orders.day.year())
        .group_by("year")
        .agg(rows=ibis._.count(), rate=ibis._.rate.max())
        .order_by("year")
    )

    rows = cursor.execute(str(ibis.to_sql(expression, dialect="mysql"))).fetchall()

    assert [(1999, 1, 1e300), (2024, 1, 0.5)] == rows
