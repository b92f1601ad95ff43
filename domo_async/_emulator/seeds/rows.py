"""The datasets of the demo world that have rows."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from attrs import frozen

from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.state.datasets import Column, Dataset, Version
from domo_async._emulator.state.instance import Instance

__all__ = ["fill", "seed_rows"]

_DAWN = datetime(2025, 1, 1, tzinfo=UTC)


@frozen
class _Recipe:
    name: str
    description: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    row: Callable[[random.Random, int], tuple[object, ...]]


def seed_rows(instance: Instance, storage: Storage, rng: random.Random) -> None:
    """Make datasets with rows, which are loaded in the same way as uploads."""
    owners = [int(user["id"]) for user in instance.records["users"] if str(user["id"]).isdecimal()]
    for recipe in _RECIPES:
        dataset = instance.create_dataset(
            recipe.name,
            tuple(Column(name, type_, name) for name, type_ in recipe.columns),
            description=recipe.description,
            provider_type="api",
            dataset_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            owner_id=rng.choice(owners),
            created=_DAWN + timedelta(seconds=rng.randrange(10_000_000)),
        )
        fill(instance, storage, dataset, _csv(recipe, rng), recorded=dataset.created + timedelta(hours=1))


def _csv(recipe: _Recipe, rng: random.Random) -> bytes:
    lines = (",".join(map(str, recipe.row(rng, number))) for number in range(1, recipe.rows + 1))
    return ("\n".join(lines) + "\n").encode()


def fill(instance: Instance, storage: Storage, dataset: Dataset, rows: bytes, *, recorded: datetime) -> None:
    """Add rows to a dataset, which queries see at once.

    Args:
        instance: The instance.
        storage: The storage of the rows.
        dataset: The dataset.
        rows: The rows, as CSV without a header.
        recorded: The time that is recorded as that of the upload.

    Raises:
        HTTPError: 400, if the rows do not match the columns.
    """
    upload = instance.open_upload(dataset, None, {})
    try:
        with storage.spool_part(upload.spool, 1) as arriving:
            arriving.write(rows)
        table = storage.new_table()
        columns, count = storage.ingest(table, [arriving.part], dataset.schema.columns)
    finally:
        storage.discard_parts(upload.spool)
    storage.adopt(table)
    upload.state = "committed"
    version = Version(
        data_id=upload.id,
        schema_id=dataset.schema.id,
        table=table,
        columns=columns,
        rows=count,
        bytes=len(rows),
        tag=None,
        recorded=recorded,
        completed=recorded + timedelta(seconds=2),
    )
    dataset.publish(version)
    now = instance.now()
    dataset.index(instance.records.next_id("indexes"), (), ready_at=now, rows=count)
    dataset.settle(now)


_REGIONS = ("North", "South", "East", "West")
_COUNTRIES = ("US", "DE", "FR", "GB", "JP", "BR", "IN", "CA")
_PRODUCTS = ("Chair", "Desk", "Lamp", "Shelf", "Sofa", "Rug", "Mirror", "Stool")
_CHANNELS = ("Web", "Store", "Partner")
_STATES = ("open", "pending", "solved")


def _day(rng: random.Random) -> str:
    return (_DAWN + timedelta(days=rng.randrange(365))).strftime("%Y-%m-%d")


def _time(rng: random.Random) -> str:
    return (_DAWN + timedelta(seconds=rng.randrange(31_536_000))).strftime("%Y-%m-%dT%H:%M:%S")


def _cents(rng: random.Random, most: int) -> str:
    cents = rng.randrange(100, most * 100)
    return f"{cents // 100}.{cents % 100:02}"


def _recipes() -> Iterator[_Recipe]:
    yield _Recipe(
        "Sales Orders",
        "What customers ordered",
        (
            *(("order_id", "LONG"), ("ordered_at", "DATETIME"), ("region", "STRING"), ("product", "STRING")),
            *(("quantity", "LONG"), ("amount", "DECIMAL")),
        ),
        4_000,
        lambda rng, number: (
            number,
            _time(rng),
            rng.choice(_REGIONS),
            rng.choice(_PRODUCTS),
            rng.randrange(1, 9),
            _cents(rng, 900),
        ),
    )
    yield _Recipe(
        "Customers",
        "Who buys",
        (("customer_id", "LONG"), ("name", "STRING"), ("country", "STRING"), ("since", "DATE")),
        2_000,
        lambda rng, number: (number, f"Customer {number}", rng.choice(_COUNTRIES), _day(rng)),
    )
    yield _Recipe(
        "Products",
        "What is for sale",
        (("sku", "STRING"), ("product", "STRING"), ("price", "DECIMAL"), ("weight_kg", "DOUBLE")),
        1_000,
        lambda rng, number: (
            f"SKU-{number:05}",
            rng.choice(_PRODUCTS),
            _cents(rng, 500),
            rng.randrange(1, 400) / 8,
        ),
    )
    for name, description in (
        ("Web Traffic", "Visits of the shop's pages"),
        ("App Traffic", "Visits of the app's screens"),
    ):
        yield _Recipe(
            name,
            description,
            (("day", "DATE"), ("channel", "STRING"), ("visits", "LONG"), ("seconds_per_visit", "DOUBLE")),
            3_000,
            lambda rng, _: (
                _day(rng),
                rng.choice(_CHANNELS),
                rng.randrange(5_000),
                rng.randrange(2_400) / 8,
            ),
        )
    for region in _REGIONS:
        yield _Recipe(
            f"Inventory {region}",
            f"What lies in the warehouse {region}",
            (("sku", "STRING"), ("stock", "LONG"), ("counted", "DATE")),
            1_500,
            lambda rng, number: (f"SKU-{number:05}", rng.randrange(300), _day(rng)),
        )
    yield _Recipe(
        "Support Tickets",
        "What customers ask",
        (("ticket", "LONG"), ("opened_at", "DATETIME"), ("state", "STRING"), ("hours_to_answer", "DOUBLE")),
        2_500,
        lambda rng, number: (number, _time(rng), rng.choice(_STATES), rng.randrange(400) / 4),
    )
    yield _Recipe(
        "Ad Spend",
        "What advertising cost",
        (("day", "DATE"), ("channel", "STRING"), ("spend", "DECIMAL"), ("clicks", "LONG")),
        2_000,
        lambda rng, _: (_day(rng), rng.choice(_CHANNELS), _cents(rng, 2_000), rng.randrange(900)),
    )
    yield _Recipe(
        "Employees",
        "Who works here",
        (("employee", "LONG"), ("name", "STRING"), ("country", "STRING"), ("hired", "DATE"), ("salary", "DECIMAL")),
        1_200,
        lambda rng, number: (
            number,
            f"Employee {number}",
            rng.choice(_COUNTRIES),
            _day(rng),
            _cents(rng, 9_000),
        ),
    )


_RECIPES = tuple(_recipes())
