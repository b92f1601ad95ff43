"""Worlds: the content that an instance starts with, in memory and as files."""

from __future__ import annotations

import hashlib
import re
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from attrs import frozen

from domo_async._emulator.persistence.blobs import is_digest, referred
from domo_async._emulator.persistence.documents import add_dataset, check_document, document_of, tables_of, with_tables
from domo_async._emulator.persistence.redaction import DOCUMENTS, without_secrets
from domo_async._emulator.private_files import private_opener
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import COUNTERS, Record, check_storable
from domo_async.errors import ConfigError

__all__ = ["World", "read_world", "restore", "snapshot", "write_world"]

_KIND = "domo-async world"
_VERSION = 1
_BLOBS = "blobs"
_COLLECTION = re.compile(r"[a-z][a-z0-9_]*(/[\w.:-]{1,100}){0,3}")
# Credentials of the instance that the world was made in, and records of files that the world does not have.
_LEFT_OUT = frozenset({"access_tokens", "passwords", "s3_exports"})
_LAST_NUMBER = 1 << 53
_CHUNK = 1 << 20
# The most that a world file may unpack to.
_MOST_ENTRIES = 100_000
_LARGEST_JSON = 1 << 30
_LARGEST, _RATIO = 256 << 20, 200


@frozen
class World:
    """The content of an instance, without the rows, which stay in their tables, and without tokens.

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
    """Return the current content of an instance."""
    return World(instance.records.snapshot(), [document_of(instance, dataset) for dataset in instance.kept_datasets()])


def restore(instance: Instance, world: World) -> None:
    """Replace the content of an instance with a world; the tables of its rows must exist."""
    instance.forget_datasets()
    instance.records.restore(world.records)
    for document in world.datasets:
        add_dataset(instance, document)
    instance.changes += 1


def write_world(path: Path, world: World, storage: Storage) -> None:
    """Write a world to a file, whole or not at all; its tables must stay meanwhile.

    Only the file's owner may read it, and it does not contain secrets: neither tokens nor passwords, nor values of
    settings whose names suggest secrets.
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
                # Small contents lie in the records.
                with suppress(FileNotFoundError):
                    archive.write(storage.directory / _BLOBS / blob, f"{_BLOBS}/{blob}")
        arriving.replace(path)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise


def _public(records: Mapping[str, Mapping[str, Record]]) -> dict[str, Any]:
    """Return the records that go into a file."""
    return {
        # The content of documents is the users' own, as rows are.
        name: collection if name.startswith(f"{DOCUMENTS}/") else without_secrets(collection)
        for name, collection in records.items()
        if name.partition("/")[0] not in _LEFT_OUT
    }


def read_world(path: Path, instance: Instance, storage: Storage) -> None:
    """Replace the content of an instance with that of a file that `write_world` wrote.

    The file may come from anybody: everything in it that could affect more than the instance is checked.

    Raises:
        ConfigError: The file is not a world, is of a later version, or `write_world` would not have written it.
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
                # Tables get new names, as their names might be those of tables here.
                names |= {each["table"]: storage.new_table() for each in document["known"]}
            for table in sorted(set().union(*map(tables_of, documents))):
                with archive.open(f"rows/{table}.parquet") as rows:
                    storage.import_table(names[table], rows)
                storage.adopt(names[table])
            _unpack_blobs(archive, storage, referred(records))
            restore(instance, World(records, [with_tables(document, names) for document in documents]))
    except Exception as error:  # any error means that the file is invalid
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
    """Return the JSON of an entry; the size that the archive states is not trusted."""
    with archive.open(name) as entry:
        content = entry.read(_LARGEST_JSON + 1)
    if len(content) > _LARGEST_JSON:
        raise ValueError(f"{name} unpacks to more than {_LARGEST_JSON} bytes")
    return content


def _check_records(records: Any) -> None:
    for name, collection in records.items():
        if not _COLLECTION.fullmatch(name) or name.partition("/")[0] in _LEFT_OUT:
            raise ValueError(f"it has the unexpected collection {name!r}")
        for key, record in collection.items():
            if not isinstance(record, dict):
                raise TypeError(f"{key!r} of {name} is not an object")
            check_storable(record)
            if name == COUNTERS and not (type(record["next"]) is int and 0 <= record["next"] <= _LAST_NUMBER):
                raise ValueError(f"the counter {key!r} has the value {record['next']!r}")
    for digest in referred(records):
        if not is_digest(digest):
            raise ValueError(f"{digest!r} does not name a content")


def _unpack_blobs(archive: zipfile.ZipFile, storage: Storage, wanted: frozenset[str]) -> None:
    """Write the contents of files to the directory in which the instance looks for them."""
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
            raise ValueError(f"the content of {name} does not have the SHA-256 that its name says")
