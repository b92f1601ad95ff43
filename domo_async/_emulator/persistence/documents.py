"""Datasets as JSON documents, for the disk, for world files and for resets."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domo_async._emulator.state.datasets import (
    COLUMN_TYPES,
    Column,
    Dataset,
    Index,
    Partition,
    Schema,
    StoredColumn,
    Version,
)
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import check_storable

__all__ = ["add_dataset", "check_document", "document_of", "tables_of", "with_tables"]

_TABLE = re.compile(r"v\d{1,12}")
_MOST_DIGITS = 38


def document_of(instance: Instance, dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as a document, without its rows, which stay in tables."""
    known = {version.table: version for version in (*dataset.versions.values(), *dataset.referenced())}
    for partition in dataset.partitions.values():
        known[partition.version.table] = partition.version
    for index in dataset.indexes.values():
        known.update((version.table, version) for version in index.versions)
    ahead = time.time() - instance.now()
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "providerType": dataset.provider_type,
        "ownerId": dataset.owner_id,
        "created": dataset.created.isoformat(),
        "touched": dataset.touched.isoformat(),
        "updated": dataset.updated.isoformat(),
        "schema": _schema(dataset.schema),
        "indexed": None if dataset.indexed is None else _schema(dataset.indexed),
        "deleted": dataset.deleted,
        "known": [_version(version) for version in known.values()],
        "versions": [version.table for version in dataset.versions.values()],
        "live": [version.table for version in dataset.live],
        "visible": [version.table for version in dataset.visible],
        "kept": [version.table for version in dataset.kept],
        "rows": dataset.row_count,
        "partitions": [[each.tag, each.version.table, each.deleted] for each in dataset.partitions.values()],
        "indexes": [
            {
                "id": index.id,
                "versions": [version.table for version in index.versions],
                # The versions that a finished index made visible are not needed.
                "visible": [version.table for version in index.visible] if index in dataset.running else None,
                "schema": _schema(index.schema) if index in dataset.running else None,
                "rows": index.rows,
                "failed": index.failed,
                "reason": index.reason,
                "due": index.ready_at + ahead if index in dataset.running else 0.0,
                "left": index.ready_at - instance.now() if index in dataset.running else 0.0,
            }
            for index in dataset.indexes.values()
        ],
    }


def add_dataset(instance: Instance, document: Mapping[str, Any]) -> Dataset:
    """Add the dataset of a document to the instance."""
    known = {each["table"]: _read_version(each) for each in document["known"]}

    def versions(tables: Iterable[str] | None) -> tuple[Version, ...]:
        return tuple(known[table] for table in tables or ())

    ahead = time.time() - instance.now()
    schema = _read_schema(document["schema"])
    dataset = Dataset(
        id=document["id"],
        name=document["name"],
        description=document["description"],
        provider_type=document["providerType"],
        owner_id=document["ownerId"],
        created=datetime.fromisoformat(document["created"]),
        touched=datetime.fromisoformat(document["touched"]),
        updated=datetime.fromisoformat(document["updated"]),
        schema=schema,
        indexed=None if document.get("indexed") is None else _read_schema(document["indexed"]),
        live=versions(document["live"]),
        visible=versions(document["visible"]),
        kept=versions(document.get("kept")),
        row_count=document.get("rows", sum(known[table].rows for table in document["visible"])),
        deleted=document.get("deleted", False),
        changed=instance.note_of(document["id"]),
    )
    dataset.versions.update((version.data_id, version) for version in versions(document["versions"]))
    dataset.partitions.update(
        (tag, Partition(tag, known[table], deleted)) for tag, table, deleted in document["partitions"]
    )
    for each in document["indexes"]:
        # If the clock was set back meanwhile, the rows would otherwise stay invisible for that long.
        ready_at = min(each["due"] - ahead, instance.now() + each["left"])
        seen = schema if each.get("schema") is None else _read_schema(each["schema"])
        visible = versions(each["visible"])
        rows = each.get("rows", sum(version.rows for version in visible))
        failed, reason = each.get("failed"), each.get("reason")
        index = Index(each["id"], versions(each["versions"]), visible, ready_at, seen, rows, failed, reason)
        dataset.indexes[index.id] = index
        if each["visible"] is not None:
            dataset.running = (*dataset.running, index)
    return instance.add(dataset)


def _schema(schema: Schema) -> dict[str, Any]:
    return {"id": schema.id, "columns": [_column(column) for column in schema.columns]}


def _read_schema(document: Mapping[str, Any]) -> Schema:
    return Schema(document["id"], tuple(Column(**column) for column in document["columns"]))


def check_document(document: Mapping[str, Any]) -> None:
    """Check that a document, which somebody else may have written, can be read and has valid values.

    Raises:
        KeyError, TypeError, ValueError: The document is invalid.
    """
    check_storable(document)
    for key in ("id", "name", "description", "providerType"):
        _must_be(str, document[key], key)
    _must_be(int, document["ownerId"], "ownerId")
    _must_be(bool, document.get("deleted", False), "deleted")
    schemas = [document["schema"], document.get("indexed"), *(each.get("schema") for each in document["indexes"])]
    for column in (Column(**each) for schema in schemas if schema is not None for each in schema["columns"]):
        _check_column(column.name, column.type)
        _must_be(str, column.id, "id")
        _must_be(int, column.order, "order")
        _must_be(bool, column.upsert_key, "upsert_key")
    for version in map(_read_version, document["known"]):
        _check_version(version)
    for number in (document.get("rows", 0), *(each.get("rows", 0) for each in document["indexes"])):
        _must_be(int, number, "rows")
    for tag, _, deleted in document["partitions"]:
        _must_be(str, tag, "tag")
        _must_be(bool, deleted, "deleted")
    for index in document["indexes"]:
        _must_be(int, index["id"], "id")
        for key in ("failed", "reason"):
            _must_be(str, index.get(key) or "", key)
        for key in ("due", "left"):
            _must_be(float, float(index[key]), key)


def _check_version(version: Version) -> None:
    if not _TABLE.fullmatch(version.table):
        raise ValueError(f"{version.table!r} is not the name of a table")
    for number in (version.data_id, version.schema_id, version.rows, version.bytes):
        _must_be(int, number, "a number of a data version")
    _must_be(str, version.message, "message")
    if version.action not in ("APPEND", "REPLACE", "UPSERT", "DELETE"):
        raise ValueError(f"a data version has the action {version.action!r}")
    if not set(version.keys) <= {stored.name for stored in version.columns}:
        raise ValueError("a data version has keys that are not columns")
    for stored in version.columns:
        _check_column(stored.name, stored.type)
        if type(stored.scale) is not int or not 0 <= stored.scale <= _MOST_DIGITS:
            raise ValueError(f"a column has the scale {stored.scale!r}")


def _check_column(name: object, type_: object) -> None:
    _must_be(str, name, "name")
    if type_ not in COLUMN_TYPES:
        raise ValueError(f"a column has the type {type_!r}")


def _must_be(expected: type, value: object, what: str) -> None:
    if type(value) is not expected:
        raise TypeError(f"{what} is {value!r}")


def tables_of(document: Mapping[str, Any]) -> set[str]:
    """Return the tables that hold the rows of a document's dataset."""
    running = (each["visible"] for each in document["indexes"] if each["visible"] is not None)
    kept = document.get("kept", [])
    return {table for tables in (document["live"], document["visible"], kept, *running) for table in tables}


def with_tables(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a document with its tables renamed by `names`; tables that are not in `names` keep their names."""

    def renamed(tables: Iterable[str]) -> list[str]:
        return [names.get(table, table) for table in tables]

    return {
        **document,
        "known": [{**each, "table": names.get(each["table"], each["table"])} for each in document["known"]],
        "versions": renamed(document["versions"]),
        "live": renamed(document["live"]),
        "visible": renamed(document["visible"]),
        "kept": renamed(document.get("kept", [])),
        "partitions": [[tag, names.get(table, table), deleted] for tag, table, deleted in document["partitions"]],
        "indexes": [
            {
                **each,
                "versions": renamed(each["versions"]),
                "visible": None if each["visible"] is None else renamed(each["visible"]),
            }
            for each in document["indexes"]
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "id": column.id,
        "visible": column.visible,
        "order": column.order,
        "upsert_key": column.upsert_key,
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "table": version.table,
        "dataId": version.data_id,
        "schemaId": version.schema_id,
        "columns": [[column.name, column.type, column.scale] for column in version.columns],
        "rows": version.rows,
        "bytes": version.bytes,
        "tag": version.tag,
        "recorded": version.recorded.isoformat(),
        "completed": version.completed.isoformat(),
        "action": version.action,
        "keys": list(version.keys),
        "message": version.message,
    }


def _read_version(document: Mapping[str, Any]) -> Version:
    return Version(
        data_id=document["dataId"],
        schema_id=document["schemaId"],
        table=document["table"],
        columns=tuple(StoredColumn(*column) for column in document["columns"]),
        rows=document["rows"],
        bytes=document["bytes"],
        tag=document["tag"],
        recorded=datetime.fromisoformat(document["recorded"]),
        completed=datetime.fromisoformat(document["completed"]),
        action=document.get("action", "REPLACE"),
        keys=tuple(document.get("keys", ())),
        message=document.get("message", ""),
    )
