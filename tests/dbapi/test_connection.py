"""PEP 249 against an instance: results, values, types, errors, closing, threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import domo_async
from domo_async import Retries, Settings, dbapi
from domo_async.emulator import Emulator, Fault
from tests.dbapi.conftest import MANY, NAMES, ORDERS, Instance
from tests.support import SkippingClock


def test_the_module_has_what_pep_249_asks_for() -> None:
    assert ("2.0", 2, "qmark") == (dbapi.apilevel, dbapi.threadsafety, dbapi.paramstyle)
    tree: dict[type[Exception], type[Exception]] = {
        dbapi.InterfaceError: dbapi.Error,
        dbapi.DatabaseError: dbapi.Error,
        **dict.fromkeys((dbapi.DataError, dbapi.OperationalError, dbapi.IntegrityError), dbapi.DatabaseError),
        **dict.fromkeys((dbapi.InternalError, dbapi.ProgrammingError, dbapi.NotSupportedError), dbapi.DatabaseError),
    }
    assert tree == {error: error.__base__ for error in tree}
    assert dbapi.Connection.ProgrammingError is dbapi.ProgrammingError
    assert (date(2024, 1, 2), datetime(2024, 1, 2, 3, 4)) == (dbapi.Date(2024, 1, 2), dbapi.Timestamp(2024, 1, 2, 3, 4))
    assert dbapi.DateFromTicks(0) == dbapi.TimestampFromTicks(0).date()
    assert dbapi.TimeFromTicks(90) == dbapi.TimestampFromTicks(90).time()
    assert dbapi.STRING != dbapi.NUMBER != dbapi.BINARY


def test_rows_have_the_values_that_were_uploaded(cursor: dbapi.Cursor) -> None:
    rows = cursor.execute("SELECT * FROM Orders ORDER BY id").fetchall()

    assert ORDERS == rows
    assert [type(cell) for cell in ORDERS[0]] == [type(cell) for cell in rows[0]]
    assert [] == cursor.fetchall()
    assert cursor.fetchone() is None


def test_columns_are_described(cursor: dbapi.Cursor) -> None:
    description = cursor.execute("SELECT *, COUNT(*) OVER () AS n FROM table LIMIT 0").description or ()

    assert [*NAMES, "n"] == [column[0] for column in description]
    assert ["LONG", "STRING", "DECIMAL", "DOUBLE", "DATE", "DATETIME", "LONG"] == [column[1] for column in description]
    assert [dbapi.NUMBER, dbapi.STRING, dbapi.NUMBER, dbapi.NUMBER, dbapi.DATETIME, dbapi.DATETIME, dbapi.NUMBER] == [
        column[1] for column in description
    ]
    assert {7} == {len(column) for column in description}
    assert (-1, None, 0, []) == (cursor.rowcount, cursor.lastrowid, cursor.rownumber, cursor.fetchall())


def test_a_dataset_is_called_by_name_by_id_and_by_table(instance: Instance, cursor: dbapi.Cursor) -> None:
    for name in ("Orders", "orders", "domo.Orders", f"`{instance.orders}`", f"`{instance.orders.upper()}`", "table"):
        assert (4,) == cursor.execute(f"SELECT COUNT(*) FROM {name}").fetchone(), name
    people = cursor.execute("SELECT `People of ``é`` 😀`.`full name` FROM `People of ``é`` 😀`")
    assert [("Ada 😀",)] == people.fetchall()
    assert [(4,)] == cursor.execute(f"SELECT COUNT(*) FROM Orders o JOIN `{instance.orders}` p USING (id)").fetchall()


def test_a_name_that_two_datasets_have_is_refused_with_their_ids(instance: Instance, cursor: dbapi.Cursor) -> None:
    with pytest.raises(dbapi.ProgrammingError, match="2 datasets are called 'Twins'") as caught:
        cursor.execute("SELECT * FROM Twins")

    assert all(twin in str(caught.value) for twin in instance.twins)
    assert [] == cursor.execute(f"SELECT * FROM `{instance.twins[0]}`").fetchall()


def test_unknown_names_are_refused_with_a_hint(instance: Instance, cursor: dbapi.Cursor) -> None:
    with pytest.raises(dbapi.ProgrammingError, match="is called 'rders'; similar are 'Orders'"):
        cursor.execute("SELECT * FROM rders")
    with pytest.raises(dbapi.ProgrammingError, match="404"):
        cursor.execute("SELECT * FROM `00000000-0000-0000-0000-000000000000`")
    with dbapi.connect(instance.url()) as other, pytest.raises(dbapi.ProgrammingError, match="connect with dataset="):
        other.execute("SELECT * FROM table")


def test_several_datasets_are_refused_before_their_rows_are_asked_for(instance: Instance, cursor: dbapi.Cursor) -> None:
    with pytest.raises(dbapi.NotSupportedError, match="reads one dataset, but this one reads 2: 'Orders'") as caught:
        cursor.execute("SELECT * FROM Orders JOIN Numbers ON id = n")

    assert instance.numbers in str(caught.value)


def test_values_are_bound_as_query_binds_them(cursor: dbapi.Cursor) -> None:
    by_place = cursor.execute(
        "SELECT id FROM table WHERE region = ? OR amount > ? OR day = ?", ["it's", 2, date(2026, 1, 1)]
    )
    assert [(1,), (2,), (4,)] == sorted(by_place.fetchall())
    by_name = cursor.execute("SELECT id FROM table WHERE id IN :ids LIMIT :most", {"ids": {1, 3}, "most": 5})
    assert [(1,), (3,)] == sorted(by_name.fetchall())
    hostile = "x' OR '1'='1"
    assert [] == cursor.execute("SELECT id FROM table WHERE region = ?", (hostile,)).fetchall()
    assert [(hostile, "?")] == cursor.execute("SELECT ? AS a, '?' AS b", [hostile]).fetchall()
    assert [("it's",)] == cursor.execute(r"SELECT region FROM table WHERE region = 'it\'s'", ()).fetchall()


@pytest.mark.parametrize(
    ("sql", "values", "problem"),
    [
        ("SELECT * FROM table WHERE id = ?", (), "1 placeholders \\?, but there are 0 values"),
        ("SELECT * FROM table WHERE id = :id", {"od": 1}, "has the placeholder :id"),
        ("SELECT * FROM table WHERE id = ?", "1", "give params as a list"),
        ("SELECT * FROM table WHERE id = ?", [float("inf")], "value 1"),
        ("SELECT * FROM table WHERE id = 'x", [1], "never closed"),
        ("SELECT 1", 5, "not a int"),
        ("SELECT 1", iter([]), "not a list_iterator"),
    ],
)
def test_values_that_do_not_fit_are_refused(cursor: dbapi.Cursor, sql: str, values: object, problem: str) -> None:
    with pytest.raises(dbapi.ProgrammingError, match=problem) as caught:
        cursor.execute(sql, values)  # type: ignore[arg-type]

    assert isinstance(caught.value.__cause__, domo_async.ConfigError)


def test_rows_come_in_any_portions(cursor: dbapi.Cursor) -> None:
    cursor.execute("SELECT n FROM Numbers ORDER BY n")

    assert ((0,), (1,)) == (cursor.fetchone(), cursor.fetchone())
    assert [(2,)] == cursor.fetchmany()
    assert [(3,), (4,)] == cursor.fetchmany(2)
    cursor.arraysize = 3
    assert [(5,), (6,), (7,)] == cursor.fetchmany()
    assert [(8,), (9,)] == [row for row, _ in zip(cursor, range(2), strict=False)]
    # zip took one more row than it gave
    assert 11 == cursor.rownumber
    assert [(number,) for number in range(11, 70_000)] == cursor.fetchmany(70_000 - 11)
    table = cursor.fetch_arrow_table()
    assert list(range(70_000, MANY)) == table["n"].to_pylist()
    assert MANY == cursor.rownumber
    assert [] == cursor.fetchmany(2) == cursor.fetchmany(0)
    with pytest.raises(dbapi.ProgrammingError, match="of at least 0"):
        cursor.fetchmany(-1)
    assert (0,) == next(cursor.execute("SELECT n FROM Numbers ORDER BY n LIMIT 1"))
    assert [None] == [next(cursor, None)]


def test_arrow_tables_have_the_digits_that_values_need(cursor: dbapi.Cursor) -> None:
    table = cursor.execute("SELECT * FROM table ORDER BY id").fetch_arrow_table()

    assert ORDERS == [tuple(row.values()) for row in table.to_pylist()]
    assert pa.decimal128(38, 9) == table.schema.field("amount").type
    assert 0 == cursor.execute("SELECT * FROM table WHERE id = 0").fetch_arrow_table().num_rows


def test_record_batches_are_read_as_they_arrive(cursor: dbapi.Cursor) -> None:
    reader = cursor.execute("SELECT * FROM table WHERE id <> 2 ORDER BY id").fetch_record_batch()

    assert [
        pa.int64(),
        pa.string(),
        pa.decimal128(38, 18),
        pa.float64(),
        pa.date32(),
        pa.timestamp("us"),
    ] == reader.schema.types
    assert [row for row in ORDERS if row[0] != 2] == [tuple(row.values()) for row in reader.read_all().to_pylist()]
    numbers = cursor.execute("SELECT n FROM Numbers").fetch_record_batch()
    assert [65_536, 65_536, MANY - 2 * 65_536] == [batch.num_rows for batch in numbers]
    assert [] == cursor.execute("SELECT * FROM table WHERE id = 0").fetch_record_batch().read_all().to_pylist()


def test_a_reader_ends_with_its_result(cursor: dbapi.Cursor) -> None:
    reader = cursor.execute("SELECT n FROM Numbers").fetch_record_batch()
    next(reader)

    cursor.execute("SELECT id FROM Orders")

    with pytest.raises(dbapi.InterfaceError, match="the result was closed while its rows were fetched"):
        next(reader)
    assert 4 == len(cursor.fetchall())


def test_a_number_beyond_the_type_of_record_batches_is_told(cursor: dbapi.Cursor) -> None:
    reader = cursor.execute("SELECT id, amount * 1000000 AS amount FROM table").fetch_record_batch()

    with pytest.raises(dbapi.DataError, match="column 'amount' has a number that does not fit"):
        reader.read_all()


def test_columns_may_share_a_name(cursor: dbapi.Cursor) -> None:
    cursor.execute("SELECT id, id FROM table WHERE id = 1")

    assert ["id", "id"] == [column[0] for column in cursor.description or ()]
    assert ["id", "id_2"] == cursor.fetch_arrow_table().column_names


def test_statements_that_would_write_are_not_sent(instance: Instance, cursor: dbapi.Cursor) -> None:
    before = instance.requests()
    for sql in ("DROP TABLE Orders", "INSERT INTO Orders VALUES (1)"):
        with pytest.raises(dbapi.NotSupportedError, match="only reads"):
            cursor.execute(sql)
    with pytest.raises(dbapi.NotSupportedError, match="executemany is for writing"):
        cursor.executemany("INSERT INTO Orders VALUES (?)", [[1]])

    assert before == instance.requests()


def test_an_error_of_the_instance_is_told_with_its_cause_and_without_our_frames(cursor: dbapi.Cursor) -> None:
    with pytest.raises(dbapi.ProgrammingError, match=r"400 on POST .*Invalid column\(s\) referenced: colour") as caught:
        cursor.execute("SELECT colour FROM table")

    assert isinstance(caught.value.__cause__, domo_async.BadRequest)
    files = {Path(frame.filename).name for frame in traceback.extract_tb(caught.value.__traceback__)}
    assert {Path(__file__).name, "errors.py"} == files
    assert (None, []) == (cursor.description, cursor.execute("SELECT id FROM table WHERE id = 0").fetchall())


@pytest.mark.parametrize(
    ("fault", "error", "cause"),
    [
        (Fault("POST *execute*", "expired"), dbapi.OperationalError, domo_async.Unauthorized),
        (Fault("POST *execute*", "status", status=403), dbapi.OperationalError, domo_async.Forbidden),
        (Fault("POST *execute*", "throttle"), dbapi.OperationalError, domo_async.RateLimited),
        (Fault("POST *execute*", "drop_before"), dbapi.OperationalError, domo_async.TransportError),
        (
            Fault("POST *execute*", "status", body={"columns": 1}, status=200),
            dbapi.InternalError,
            domo_async.DecodeError,
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value.__name__,
)
def test_errors_keep_their_cause(instance: Instance, fault: Fault, error: type[dbapi.Error], cause: type) -> None:
    settings = Settings(retries=Retries(attempts=1))
    with dbapi.connect(instance.url(instance.orders), settings=settings) as connection:
        instance.emulator.faults.add(fault)
        with pytest.raises(error) as caught:
            connection.execute("SELECT id FROM table").fetchall()

    assert isinstance(caught.value.__cause__, cause)


def test_rows_are_streamed_and_a_result_that_breaks_off_does_not_pass_for_a_whole_one() -> None:
    with Emulator() as emulator, emulator.sync_client() as domo:
        made = domo.datasets.create_from(b"n,t\n" + (b"1234567," + b"x" * 92 + b"\n") * 140_000, "Long")
        settings = Settings(clock=SkippingClock())
        with dbapi.connect(
            instance=emulator.url, token=emulator.token, dataset=made.id, settings=settings
        ) as connection:
            # Rows that have arrived are given, although the others do not come; and nobody waits for these.
            emulator.faults.add(Fault("POST *export*", "stall", after_bytes=13_000_000, delay=3600))
            cursor = connection.execute("SELECT * FROM table")
            assert 10 == len(cursor.fetchmany(10))
            cursor.close()

            emulator.faults.add(Fault("POST *export*", "stall", after_bytes=13_000_000, delay=3600))
            other = dbapi.connect(instance=emulator.url, token=emulator.token, dataset=made.id, settings=settings)
            cursor = other.execute("SELECT * FROM table")
            cursor.fetchone()
            with ThreadPoolExecutor(1) as pool:
                fetching = pool.submit(cursor.fetchall)
                while cursor._items is not None:  # until the thread waits
                    pass
                other.close()
            with pytest.raises(dbapi.InterfaceError, match="the connection is closed"):
                fetching.result()

            emulator.faults.add(Fault("POST *export*", "truncate", after_bytes=13_000_000, count=None))
            cursor = connection.execute("SELECT * FROM table")
            assert (1234567, "x" * 92) == cursor.fetchone()
            with pytest.raises(dbapi.OperationalError, match="rows were already returned") as caught:
                cursor.fetchall()
            with pytest.raises(dbapi.ProgrammingError, match="execute the query again"):
                cursor.fetchone()
            reader = cursor.execute("SELECT * FROM table").fetch_record_batch()
            with pytest.raises(dbapi.OperationalError, match="rows were already returned"):
                reader.read_all()

    assert isinstance(caught.value.__cause__, domo_async.IncompleteAnswer)


def test_closing_ends_cursors_and_is_told_afterwards(instance: Instance) -> None:
    connection = dbapi.connect(instance.url(instance.orders))
    cursor, other = connection.execute("SELECT n FROM Numbers"), connection.cursor()
    with pytest.raises(dbapi.ProgrammingError, match="the cursor has no result"):
        other.fetchone()
    other.close()
    other.close()
    with pytest.raises(dbapi.InterfaceError, match="the cursor is closed"):
        other.execute("SELECT 1")
    connection.commit()
    connection.rollback()
    connection.close()
    connection.close()

    assert repr(connection).endswith(", closed>")
    for call in (cursor.fetchone, connection.cursor, connection.commit, lambda: connection.execute("SELECT 1")):
        with pytest.raises(dbapi.InterfaceError, match="is closed"):
            call()


def test_statements_without_a_result_have_no_description(cursor: dbapi.Cursor) -> None:
    cursor.execute("SELECT 1")
    cursor.execute("COMMIT")
    next_set = cursor.nextset()  # type: ignore[func-returns-value]

    assert (None, None, None) == (cursor.description, cursor.rownumber, next_set)
    cursor.setinputsizes([1])
    cursor.setoutputsize(1)


def test_threads_share_a_connection(connection: dbapi.Connection) -> None:
    barrier = threading.Barrier(4)

    def work(number: int) -> list[tuple[int]]:
        barrier.wait()
        return [connection.execute("SELECT id FROM table WHERE id = ?", [number]).fetchall()[0] for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        assert [[(number,)] * 5 for number in (1, 2, 3, 4)] == list(pool.map(work, (1, 2, 3, 4)))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: Instance) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("DOMO_INSTANCE", "DOMO_BASE_URL", "DOMO_DEVELOPER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "domo-async" / "config.toml"
    file.parent.mkdir()
    file.write_text(f'[profiles.local]\ninstance = "{instance.emulator.url}"\ntoken = "{instance.emulator.token}"\n')
    file.chmod(0o600)


@pytest.mark.usefixtures("config")
def test_there_are_several_ways_to_name_an_instance(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = instance.emulator
    ways: list[dict[str, str]] = [
        {"url": f"domo://token:{emulator.token}@{instance.host}/Orders?tls=false"},
        {"url": f"domo://{instance.host}?tls=false&dataset={instance.orders}", "token": emulator.token},
        {"instance": emulator.url, "token": emulator.token, "dataset": "Orders"},
        {"url": "domo://?profile=local", "dataset": "Orders"},
        {"profile": "local", "dataset": "Orders"},
    ]
    for way in ways:
        with dbapi.connect(**way) as connection:  # type: ignore[arg-type]
            assert (4,) == connection.execute("SELECT COUNT(*) FROM table").fetchone(), way
    monkeypatch.setenv("DOMO_BASE_URL", emulator.url)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", emulator.token)
    with dbapi.connect() as connection:
        assert (4,) == connection.execute("SELECT COUNT(*) FROM Orders").fetchone()
        assert "Numbers" in {dataset.name for dataset in connection.domo.datasets.list()}


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgresql://acme", "must begin with domo://"),
        ("domo://ada:a-secret-word@acme", "a token stands after a colon"),
        ("domo://:a-secret-word@acme?colour=red", "unknown option 'colour'"),
        ("domo://:a-secret-word@acme?tls=maybe", "tls must be true or false"),
        ("domo://:a-secret-word@acme?dataset=a&dataset=b", "names the dataset twice"),
        ("domo://:a-secret-word@acme/a?dataset=b", "names the dataset twice"),
        ("domo://:a-secret-word@acme?tls=false", "unencrypted"),
        ("domo://:a-secret-word@acme:port", "cannot be read"),
        ("domo://acme", "no token"),
        ("domo://?profile=other", "other"),
    ],
)
def test_wrong_urls_are_told_without_their_token(url: str, problem: str) -> None:
    with pytest.raises(dbapi.InterfaceError, match=problem) as caught:
        dbapi.connect(url)

    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "a-secret-word" not in told.replace(repr(url), "")


def test_without_its_extra_the_module_says_what_to_install() -> None:
    code = "import sys; sys.modules['sqlglot'] = None; import domo_async.dbapi"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert 'ConfigError: this needs sqlglot and pyarrow: pip install "domo-async[dbapi]"' in ended.stderr
