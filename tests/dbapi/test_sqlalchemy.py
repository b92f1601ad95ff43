"""SQLAlchemy, as it comes, over the dialect that the package registers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from domo_async import Settings, dbapi
from tests.dbapi.conftest import MANY, NAMES, ORDERS, Instance

KEY = UUID(int=7)


@pytest.fixture(scope="module")
def engine(instance: Instance) -> Iterator[sa.Engine]:
    engine = sa.create_engine(instance.url(instance.orders))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def orders(engine: sa.Engine) -> sa.Table:
    return sa.Table("Orders", sa.MetaData(), autoload_with=engine)


def test_the_url_does_not_show_its_token(instance: Instance, engine: sa.Engine) -> None:
    assert instance.emulator.token not in repr(engine) + str(engine.url)
    assert ("domo", "rest") == (engine.dialect.name, engine.dialect.driver)


def test_inspectors_see_datasets_and_columns(instance: Instance, engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)

    assert ["domo"] == inspector.get_schema_names()
    assert "domo" == inspector.default_schema_name
    names = ["Numbers", "Orders", "People of `é` 😀", *instance.twins]
    assert sorted(names) == sorted(inspector.get_table_names()) == sorted(inspector.get_table_names("domo"))
    assert [] == inspector.get_table_names("other") == inspector.get_view_names() == inspector.get_temp_table_names()
    for table in ("Orders", instance.orders):
        assert inspector.has_table(table)
        columns = inspector.get_columns(table)
        assert list(NAMES) == [column["name"] for column in columns]
        types = [sa.BigInteger, sa.Text, sa.Numeric, sa.Double, sa.Date, sa.DateTime]
        assert types == [type(column["type"]) for column in columns]
        assert {"constrained_columns": [], "name": None} == inspector.get_pk_constraint(table)
        nothing = [
            inspector.get_foreign_keys(table),
            inspector.get_indexes(table),
            inspector.get_check_constraints(table),
        ]
        assert [[], [], [], []] == [*nothing, inspector.get_unique_constraints(table)]
        assert {"text": None} == inspector.get_table_comment(table)
    assert not inspector.has_table("Nothing")
    assert not inspector.has_table("Orders", schema="other")
    for call in (inspector.get_columns, inspector.get_pk_constraint, inspector.get_table_comment):
        with pytest.raises(exc.NoSuchTableError):
            call("Nothing")
    with pytest.raises(exc.ProgrammingError, match="2 datasets are called 'Twins'"):
        inspector.get_columns("Twins")


def test_all_datasets_are_reflected_at_once(instance: Instance, engine: sa.Engine) -> None:
    before = instance.requests()
    metadata = sa.MetaData()
    metadata.reflect(engine)
    # The list of all, and then each dataset with its columns.
    assert 1 + 2 * 5 == instance.requests() - before

    assert {"Numbers", "Orders", "People of `é` 😀", *instance.twins} == metadata.tables.keys()
    with engine.connect() as connection:
        for table in metadata.tables.values():
            connection.execute(sa.select(table).limit(1)).all()


def test_selected_values_come_as_their_types(engine: sa.Engine, orders: sa.Table) -> None:
    with engine.connect() as connection:
        assert ORDERS == [tuple(row) for row in connection.execute(sa.select(orders).order_by(orders.c.id))]
        assert 1 == connection.scalar(sa.select(1))


def test_statements_are_compiled_for_domo(engine: sa.Engine, orders: sa.Table) -> None:
    id_, region, amount = orders.c.id, orders.c.region, orders.c.amount
    again, scoped = orders.alias("again"), sa.table("Orders", sa.column("id"), schema="domo")
    largest = sa.select(sa.func.max(id_)).scalar_subquery()
    running = sa.func.sum(id_).over(order_by=id_).label("running")
    cases: list[tuple[sa.Select, list[tuple[object, ...]]]] = [  # type: ignore[type-arg]
        (sa.select(id_).order_by(id_.desc()).limit(2).offset(1), [(3,), (2,)]),
        (sa.select(id_).order_by(id_).offset(3), [(4,)]),
        (sa.select(id_).where(region.in_(["EU", "it's"]), id_.notin_([1])), [(2,)]),
        (sa.select(id_).where(id_.in_([])), []),
        (sa.select(id_).where(region.is_(None) | (region == "")).order_by(id_), [(3,), (4,)]),
        (sa.select(id_).where(region.ilike("%T'S")), [(2,)]),
        (sa.select(id_).where(region.contains("'", autoescape=True)), [(2,)]),
        (sa.select(id_).where(orders.c.day.between(date(2024, 1, 1), date(2024, 12, 31))), [(1,)]),
        (sa.select(id_).where(region.is_distinct_from("EU"), region.is_not(None)).order_by(id_), [(2,), (3,)]),
        (sa.select(region + "!", sa.func.coalesce(region, "-")).where(id_ == 1), [("EU!", "EU")]),
        (sa.select(sa.func.count().label("my count"), sa.func.sum(amount)).where(id_ == 1), [(1, Decimal("2.5"))]),
        (
            sa.select(sa.cast(id_, sa.String), sa.cast(id_, sa.Float), sa.cast("7", sa.Integer)).where(id_ == 1),
            [("1", 1.0, 7)],
        ),
        (sa.select(sa.extract("year", orders.c.day), sa.true(), sa.false()).where(id_ == 1), [(2024, 1, 0)]),
        (
            sa.select(sa.case((id_ < 3, "low"), else_="high").label("level")).group_by("level").order_by("level"),
            [("high",), ("low",)],
        ),
        (sa.select(id_).where(id_ == largest), [(4,)]),
        (sa.select(id_, again.c.id).join(again, again.c.id == id_ + 1).order_by(id_).limit(1), [(1, 2)]),
        (sa.select(sa.func.count()).select_from(sa.select(region).distinct().subquery()), [(4,)]),
        (sa.select(running).order_by(id_), [(1,), (3,), (6,), (10,)]),
        (sa.select(sa.select(id_).cte("chosen").c.id).limit(1), [(1,)]),
        (sa.union_all(sa.select(id_).where(id_ == 1), sa.select(id_).where(id_ == 4)).order_by("id"), [(1,), (4,)]),  # type: ignore[list-item]
        (sa.select(scoped.c.id).where(scoped.c.id == 2), [(2,)]),
        (sa.select(id_).order_by(id_).fetch(2).offset(1), [(2,), (3,)]),
        (
            sa.select(*map(sa.literal, (date(2024, 1, 2), datetime(2024, 1, 2, 3), time(4, 5), KEY))),
            [(date(2024, 1, 2), datetime(2024, 1, 2, 3), time(4, 5), KEY)],
        ),
        (sa.select(sa.cast(orders.c.moment, sa.Time)).where(id_ == 1), [(time(12, 30),)]),
        (sa.select(id_).where(sa.literal(KEY) == str(KEY), id_ == 1), [(1,)]),
        (sa.select(sa.text("id")).select_from(sa.text("`table`")).where(sa.text("id = :id")).params(id=3), [(3,)]),
    ]
    with engine.connect() as connection:
        for statement, rows in cases:
            assert rows == [tuple(row) for row in connection.execute(statement)], str(statement.compile(engine))


def test_values_may_be_written_into_statements(engine: sa.Engine, orders: sa.Table) -> None:
    statement = sa.select(orders.c.id).where(orders.c.region == sa.literal("a\\'b"), orders.c.day == date(2024, 2, 29))

    sql = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))

    assert "'a\\\\''b'" in sql
    with engine.connect() as connection:
        assert [] == connection.exec_driver_sql(sql).all()


def test_statements_that_would_write_are_refused_before_they_are_sent(
    instance: Instance, engine: sa.Engine, orders: sa.Table
) -> None:
    with engine.connect() as connection:
        before = instance.requests()
        for statement in (
            *(orders.insert().values(id=1), orders.update().values(id=1), orders.delete()),
            *(sa.schema.CreateTable(orders), sa.select(orders).with_for_update()),
        ):
            with pytest.raises(exc.NotSupportedError, match="only reads|FOR UPDATE") as caught:
                connection.execute(statement)
            assert isinstance(caught.value.orig, dbapi.NotSupportedError)
        with pytest.raises(exc.NotSupportedError, match="executemany"):
            connection.execute(orders.insert(), [{"id": 1}, {"id": 2}])
        assert before == instance.requests()
        assert 4 == connection.scalar(sa.select(sa.func.count()).select_from(orders))


def test_options_that_fetch_cannot_do_are_errors(engine: sa.Engine, orders: sa.Table) -> None:
    for options in ({"with_ties": True}, {"percent": True}):
        with pytest.raises(exc.CompileError, match="use limit"):
            sa.select(orders).fetch(1, **options).compile(engine)


def test_a_connection_that_was_set_to_commit_by_itself_goes_back_to_the_pool(engine: sa.Engine) -> None:
    for _ in range(2):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            assert 1 == connection.scalar(sa.text("SELECT 1"))


# As BI tools write them for MySQL.
GRAINS = {
    "second": "DATE_ADD(DATE(moment), INTERVAL (HOUR(moment)*60*60 + MINUTE(moment)*60 + SECOND(moment)) SECOND)",
    "minute": "DATE_ADD(DATE(moment), INTERVAL (HOUR(moment)*60 + MINUTE(moment)) MINUTE)",
    "hour": "DATE_ADD(DATE(moment), INTERVAL HOUR(moment) HOUR)",
    "day": "DATE(moment)",
    "week": "DATE(DATE_SUB(moment, INTERVAL DAYOFWEEK(moment) - 1 DAY))",
    "week from Monday": "DATE(DATE_SUB(moment, INTERVAL DAYOFWEEK(DATE_SUB(moment, INTERVAL 1 DAY)) - 1 DAY))",
    "month": "DATE(DATE_SUB(moment, INTERVAL DAYOFMONTH(moment) - 1 DAY))",
    "quarter": "MAKEDATE(YEAR(moment), 1) + INTERVAL QUARTER(moment) QUARTER - INTERVAL 1 QUARTER",
    "year": "DATE(DATE_SUB(moment, INTERVAL DAYOFYEAR(moment) - 1 DAY))",
}


def test_times_are_grouped_by_the_grains_of_bi_tools(engine: sa.Engine) -> None:
    columns = ", ".join(f"{grain} AS `{name}`" for name, grain in GRAINS.items())
    where = f"FROM `domo`.`Orders` WHERE moment >= '2026-01-01' GROUP BY {', '.join(GRAINS.values())}"

    with engine.connect() as connection:
        (row,) = connection.exec_driver_sql(f"SELECT {columns}, count(*) AS `COUNT(*)` {where}")

    times = (datetime(2026, 1, 1, 23, 59, 59), datetime(2026, 1, 1, 23, 59), datetime(2026, 1, 1, 23))
    weeks = (date(2025, 12, 28), date(2025, 12, 29))
    assert (*times, date(2026, 1, 1), *weeks, *[date(2026, 1, 1)] * 3, 1) == tuple(row)


def test_savepoints_are_left(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        with connection.begin_nested() as savepoint:
            assert 4 == connection.scalar(sa.text("SELECT COUNT(*) FROM Orders"))
            savepoint.rollback()
        with connection.begin_nested():
            assert 1 == connection.scalar(sa.text("SELECT 1"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_engine_makes_new_connections_in_a_forked_process(instance: Instance) -> None:
    engine = sa.create_engine(instance.url(), pool_pre_ping=True)
    with engine.connect() as connection:
        assert 4 == connection.scalar(sa.text("SELECT COUNT(*) FROM Orders"))
    left, right = os.pipe()
    child = os.fork()
    if not child:
        try:
            with engine.connect() as connection:
                os.write(right, str(connection.scalar(sa.text("SELECT COUNT(*) FROM Orders"))).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.set_blocking(left, False)
    assert b"4" == os.read(left, 9)
    os.close(left)
    os.close(right)
    engine.dispose()


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "Orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str | None]
    amount: Mapped[Decimal | None]


def test_the_orm_reads_objects(engine: sa.Engine) -> None:
    with Session(engine) as session:
        first = session.get(Order, 1)
        regions = session.scalars(sa.select(Order.region).where(Order.id > 1).order_by(Order.id)).all()
        session.commit()
        assert first is not None
        found = (first.region, first.amount)

    assert ("EU", Decimal("2.5")) == found
    assert ["it's", "", None] == regions


def test_large_results_are_streamed(engine: sa.Engine) -> None:
    numbers = sa.table("Numbers", sa.column("n"))
    with engine.connect() as connection:
        result = connection.execution_options(yield_per=1000).execute(sa.select(numbers.c.n).order_by("n"))
        assert [1000] * 3 == [len(next(result.partitions())) for _ in range(3)]
        result.close()
        assert MANY == sum(1 for _ in connection.execute(sa.select(numbers.c.n)))


def test_a_ping_shows_whether_the_token_is_taken(instance: Instance) -> None:
    engine = sa.create_engine(instance.url(), pool_pre_ping=True, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        assert "AUTOCOMMIT" == connection.get_isolation_level()
        assert engine.dialect.do_ping(connection.connection.dbapi_connection)  # type: ignore[arg-type]
    engine.dispose()
    wrong = sa.create_engine(f"domo://:wrong-token@{instance.host}?tls=false")
    with wrong.connect() as connection, pytest.raises(dbapi.OperationalError, match="401"):
        wrong.dialect.do_ping(connection.connection.dbapi_connection)  # type: ignore[arg-type]
    wrong.dispose()


def test_wrong_urls_are_told(instance: Instance) -> None:
    for url in ("domo://acme?colour=red", "domo://ada:x@acme", "domo://acme?profile=a&profile=b"):
        with pytest.raises(exc.ArgumentError, match="unknown option|after a colon|the profile twice"):
            sa.create_engine(url).connect()
    with pytest.raises(exc.InterfaceError, match="unencrypted"):
        sa.create_engine("domo://:x@acme?tls=false").connect()


def test_settings_are_passed_on(instance: Instance) -> None:
    settings = Settings(connections=3)
    engine = sa.create_engine(
        f"domo://{instance.host}?tls=false", connect_args={"settings": settings, "token": instance.emulator.token}
    )
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, dbapi.Connection)
        assert 3 == driver.domo.settings.connections
        assert 4 == connection.scalar(sa.text("SELECT COUNT(*) FROM Orders"))
    engine.dispose()


@pytest.mark.parametrize("scheme", ["domo", "domo+async"])
async def test_async_engines_read_and_stream(instance: Instance, scheme: str) -> None:
    engine = create_async_engine(instance.url(instance.orders, scheme))
    numbers = sa.table("Numbers", sa.column("n"))
    async with engine.connect() as connection:
        rows = await connection.execute(sa.text("SELECT * FROM table WHERE id < :id ORDER BY id"), {"id": 3})
        assert ORDERS[:2] == [tuple(row) for row in rows]
        assert list(NAMES) == list(rows.keys())
        assert "Orders" in await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        result = await connection.stream(sa.select(numbers.c.n).order_by("n"))
        assert [(0,), (1,)] == [tuple(row) for row in await result.fetchmany(2)]
        assert MANY - 2 == len(await result.all())
        left = await connection.stream(sa.select(numbers.c.n).order_by("n"))
        assert 0 == (await left.first() or [None])[0]
        with pytest.raises(exc.ProgrammingError, match=r"Invalid column\(s\) referenced: colour"):
            await connection.execute(sa.text("SELECT colour FROM table"))
        with pytest.raises(exc.NotSupportedError, match="only reads"):
            await connection.execute(sa.text("DROP TABLE Orders"))
        with pytest.raises(exc.NotSupportedError, match="executemany"):
            await connection.execute(sa.text("DELETE FROM Orders WHERE id = :id"), [{"id": 1}, {"id": 2}])
        await connection.commit()
    await engine.dispose()


async def test_a_stream_may_be_read_by_another_task(instance: Instance) -> None:
    import asyncio

    url = f"domo://{instance.host}?tls=false"
    engine = create_async_engine(url, connect_args={"token": instance.emulator.token})
    async with engine.connect() as connection:
        result = await connection.stream(sa.text("SELECT n FROM Numbers ORDER BY n"))
        first = await asyncio.create_task(result.fetchmany(1))
        rest = await asyncio.create_task(result.all())
        await asyncio.create_task(result.close())

        # Closed while a task waits for rows, a result neither leaves it waiting nor looks complete.
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        cursor = raw.cursor()
        await cursor.execute("SELECT n FROM Numbers")
        fetches = [asyncio.create_task(cursor.fetchall()) for _ in range(2)]
        await asyncio.sleep(0)
        await cursor.close()
        ended = await asyncio.wait_for(asyncio.gather(*fetches, return_exceptions=True), 5)
    await engine.dispose()
    assert [dbapi.InterfaceError] * 2 == [*map(type, ended)]

    assert ([0], MANY - 1) == ([row[0] for row in first], len(rest))
