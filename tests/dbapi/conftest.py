"""One embedded instance with datasets that all tests here only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from attrs import frozen

from domo_async import dbapi
from domo_async.emulator import Emulator


@frozen
class Instance:
    """The instance, and the ids of its datasets."""

    emulator: Emulator
    orders: str
    people: str
    twins: tuple[str, str]
    numbers: str

    @property
    def host(self) -> str:
        return self.emulator.url.removeprefix("http://")

    def url(self, dataset: str = "", scheme: str = "domo") -> str:
        return f"{scheme}://:{self.emulator.token}@{self.host}/{dataset}?tls=false"

    def requests(self) -> int:
        return len(self.emulator.log.matching("*"))


ORDERS = [
    (1, "EU", Decimal("2.50"), 0.5, date(2024, 2, 29), datetime(2024, 2, 29, 12, 30)),
    (2, "it's", Decimal("-12345678901234567890.123456789"), 1e300, date(1999, 12, 31), datetime(1999, 12, 31)),
    (3, "", Decimal(0), -1.0, None, datetime(2026, 1, 1, 23, 59, 59)),
    (4, None, None, None, date(2026, 1, 1), None),
]
NAMES = ("id", "region", "amount", "rate", "day", "moment")
MANY = 150_000


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    with Emulator() as emulator, emulator.sync_client() as domo:
        types = dict(zip(NAMES, ("LONG", "STRING", "DECIMAL", "DOUBLE", "DATE", "DATETIME"), strict=True))
        orders = domo.datasets.create("Orders", types)
        domo.datasets.upload(orders.id, [dict(zip(NAMES, row, strict=True)) for row in ORDERS])
        people = domo.datasets.create_from([{"id": 1, "full name": "Ada 😀"}], "People of `é` 😀")
        twins = [domo.datasets.create("Twins", {"id": "LONG"}) for _ in range(2)]
        numbers = domo.datasets.create("Numbers", {"n": "LONG"})
        domo.datasets.upload(numbers.id, b"n\n" + b"".join(b"%d\n" % number for number in range(MANY)))
        yield Instance(emulator, orders.id, people.id, (twins[0].id, twins[1].id), numbers.id)


@pytest.fixture
def connection(instance: Instance) -> Iterator[dbapi.Connection]:
    with dbapi.connect(instance.url(instance.orders)) as connection:
        yield connection


@pytest.fixture
def cursor(connection: dbapi.Connection) -> Iterator[dbapi.Cursor]:
    with connection.cursor() as cursor:
        yield cursor
