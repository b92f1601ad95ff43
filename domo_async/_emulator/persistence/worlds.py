"""Worlds: what an instance is born with, and instances as files."""

from __future__ import annotations

import hashlib
import random
import re
import secrets
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from attrs import frozen

from domo_async._emulator import routes
from domo_async._emulator.access.auth import OWNER_ID
from domo_async._emulator.persistence.blobs import is_digest, referred
from domo_async._emulator.persistence.documents import add_dataset, check_document, document_of, tables_of, with_tables
from domo_async._emulator.persistence.privacy import private_opener
from domo_async._emulator.persistence.records import COUNTERS, Record, check_storable
from domo_async._emulator.routes import datasets as datasets_area
from domo_async._emulator.routes.appdb import DOCUMENTS
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.services.secrecy import without_secrets
from domo_async._emulator.state import Column, Dataset, Instance, Version
from domo_async.errors import ConfigError

__all__ = ["BUILT_IN", "World", "make_demo", "read_world", "restore", "snapshot", "write_world"]

BUILT_IN = ("empty", "demo")

_KIND = "domo-async world"
_VERSION = 1
_BLOBS = "blobs"
_COLLECTION = re.compile(r"[a-z][a-z0-9_]*(/[\w.:-]{1,100}){0,3}")
# What opens the instance that it was made in, and files that are not in it.
_LEFT_OUT = frozenset({"access_tokens", "passwords", "s3_exports"})
_LAST_NUMBER = 1 << 53
_CHUNK = 1 << 20
# What a file may unpack to.
_MOST_ENTRIES = 100_000
_LARGEST_JSON = 1 << 30
_LARGEST, _RATIO = 256 << 20, 200
_DAWN = datetime(2025, 1, 1, tzinfo=UTC)


@frozen
class World:
    """All that an instance knows, but for the rows, which stay in their tables, and for tokens.

    Attributes:
        records: The records by collection and key.
        datasets: The datasets as documents.
    """

    records: Mapping[str, Mapping[str, Record]]
    datasets: Sequence[Mapping[str, Any]]

    @property
    def tables(self) -> frozenset[str]:
        """The tables that hold the rows."""
        return frozenset().union(*map(tables_of, self.datasets))


def snapshot(instance: Instance) -> World:
    """Return what an instance knows now."""
    return World(instance.records.snapshot(), [document_of(instance, dataset) for dataset in instance.kept_datasets()])


def restore(instance: Instance, world: World) -> None:
    """Have an instance know what a world holds, and nothing else; the rows have to be there."""
    instance.forget_datasets()
    instance.records.restore(world.records)
    for document in world.datasets:
        add_dataset(instance, document)
    instance.changes += 1


def write_world(path: Path, world: World, storage: Storage) -> None:
    """Write a world to a file, whole or not at all; its tables have to stay meanwhile.

    Nobody but its owner may read it, and there are no secrets in it: neither tokens nor passwords, nor what settings
    call so.
    """
    about = {"kind": _KIND, "version": _VERSION}
    arriving = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with (
            open(arriving, "xb", opener=private_opener) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            TemporaryDirectory() as temporary,
        ):
            archive.writestr("world.json", orjson.dumps(about))
            archive.writestr("records.json", orjson.dumps(_public(world.records)))
            archive.writestr("datasets.json", orjson.dumps(world.datasets))
            for table in sorted(world.tables):
                rows = Path(temporary) / "rows.parquet"
                storage.export_table(table, rows)
                archive.write(rows, f"rows/{table}.parquet", zipfile.ZIP_STORED)
            for blob in sorted(referred(world.records)):
                # Small ones lie among the records.
                with suppress(FileNotFoundError):
                    archive.write(storage.directory / _BLOBS / blob, f"{_BLOBS}/{blob}")
        arriving.replace(path)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise


def _public(records: Mapping[str, Mapping[str, Record]]) -> dict[str, Any]:
    """Return the records that go into a file."""
    return {
        # What people have put into documents is theirs, as rows are.
        name: collection if name.startswith(f"{DOCUMENTS}/") else without_secrets(collection)
        for name, collection in records.items()
        if name.partition("/")[0] not in _LEFT_OUT
    }


def read_world(path: Path, instance: Instance, storage: Storage) -> None:
    """Have an instance know what a file holds that `write_world` wrote.

    The file may be anybody's: nothing in it is believed that could reach further than the instance.

    Raises:
        ConfigError: It is not such a file, is of a later version, or `write_world` would not have written it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive)
            _check_kind(orjson.loads(_read(archive, "world.json")))
            documents = orjson.loads(_read(archive, "datasets.json"))
            records = orjson.loads(_read(archive, "records.json"))
            _check_records(records)
            names: dict[str, str] = {}
            for document in documents:
                check_document(document)
                # None keeps its name, which might be that of a table here.
                names |= {each["table"]: storage.new_table() for each in document["known"]}
            for table in sorted(set().union(*map(tables_of, documents))):
                with archive.open(f"rows/{table}.parquet") as rows:
                    storage.import_table(names[table], rows)
                storage.adopt(names[table])
            _unpack_blobs(archive, storage, referred(records))
            restore(instance, World(records, [with_tables(document, names) for document in documents]))
    except Exception as error:  # whatever is wrong with it, and whoever finds out
        raise ConfigError(f"{path} is not a world: {type(error).__name__}: {error}") from error


def _check_kind(about: Any) -> None:
    if (about["kind"], about["version"]) != (_KIND, _VERSION):
        raise ValueError(f"it is {about['kind']} {about['version']}, not {_KIND} {_VERSION}")


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    packed, unpacked = sum(each.compress_size for each in entries), sum(each.file_size for each in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _LARGEST + _RATIO * packed:
        raise ValueError(f"it unpacks to {len(entries)} files of {unpacked} bytes")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the JSON of an entry; what it says of its size is not believed."""
    with archive.open(name) as entry:
        content = entry.read(_LARGEST_JSON + 1)
    if len(content) > _LARGEST_JSON:
        raise ValueError(f"{name} unpacks to more than {_LARGEST_JSON} bytes")
    return content


def _check_records(records: Any) -> None:
    for name, collection in records.items():
        if not _COLLECTION.fullmatch(name) or name.partition("/")[0] in _LEFT_OUT:
            raise ValueError(f"it has the collection {name!r}")
        for key, record in collection.items():
            if not isinstance(record, dict):
                raise TypeError(f"{key!r} of {name} is not an object")
            check_storable(record)
            if name == COUNTERS and not (type(record["next"]) is int and 0 <= record["next"] <= _LAST_NUMBER):
                raise ValueError(f"the counter {key!r} stands at {record['next']!r}")
    for digest in referred(records):
        if not is_digest(digest):
            raise ValueError(f"{digest!r} does not name a content")


def _unpack_blobs(archive: zipfile.ZipFile, storage: Storage, wanted: frozenset[str]) -> None:
    """Put the contents of files where an instance looks for them."""
    for name in archive.namelist():
        folder, _, blob = name.partition("/")
        target = storage.directory / _BLOBS / blob
        if folder != _BLOBS or blob not in wanted or target.exists():
            continue
        target.parent.mkdir(mode=0o700, exist_ok=True)
        digest = hashlib.sha256()
        with archive.open(name) as source, open(target, "xb", opener=private_opener) as file:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != blob:
            target.unlink()
            raise ValueError(f"{name} has another content than its name says")


def make_demo(instance: Instance, storage: Storage, seed: int) -> None:
    """Make the demo world, which is the same for the same seed, ids included."""
    rng = random.Random(seed)  # noqa: S311 - a world, not a secret
    # The owner was there before any of it, whenever that is.
    dawn = int(_DAWN.timestamp() * 1000)
    instance.records["users"].update(OWNER_ID, created=dawn, modified=dawn)
    for area in routes.AREAS:
        if make := getattr(area, "seed", None):
            # Each area has its own, so that one which makes more does not change all that come after it.
            make(instance, random.Random(rng.getrandbits(64)))  # noqa: S311 - not a secret
        if area is datasets_area:
            _make_datasets(instance, storage, random.Random(rng.getrandbits(64)))  # noqa: S311 - not a secret
    instance.changes += 1


@frozen
class _Recipe:
    name: str
    description: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    row: Callable[[random.Random, int], tuple[object, ...]]


def _make_datasets(instance: Instance, storage: Storage, rng: random.Random) -> None:
    """Make datasets with rows, through the same door as uploads."""
    owners = [int(user["id"]) for user in instance.records["users"] if str(user["id"]).isdecimal()]
    for recipe in _RECIPES:
        dataset = instance.create_dataset(
            recipe.name,
            tuple(Column(name, kind, name) for name, kind in recipe.columns),
            description=recipe.description,
            provider_type="api",
            dataset_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            owner_id=rng.choice(owners),
            created=_DAWN + timedelta(seconds=rng.randrange(10_000_000)),
        )
        _fill(instance, storage, dataset, _csv(recipe, rng))


def _csv(recipe: _Recipe, rng: random.Random) -> bytes:
    lines = (",".join(map(str, recipe.row(rng, number))) for number in range(1, recipe.rows + 1))
    return ("\n".join(lines) + "\n").encode()


def _fill(instance: Instance, storage: Storage, dataset: Dataset, rows: bytes) -> None:
    upload = instance.open_upload(dataset, None, {})
    with storage.spool_part(upload.spool, 1) as arriving:
        arriving.write(rows)
    table = storage.new_table()
    columns, count = storage.ingest(table, [arriving.part], dataset.schema.columns)
    storage.adopt(table)
    storage.discard_parts(upload.spool)
    upload.state = "committed"
    recorded = dataset.created + timedelta(hours=1)
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


def _moment(rng: random.Random) -> str:
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
            _moment(rng),
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
        lambda rng, number: (number, _moment(rng), rng.choice(_STATES), rng.randrange(400) / 4),
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
