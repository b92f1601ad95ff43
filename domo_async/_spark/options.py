"""The options that users set with ``option``, read and checked in the driver."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, MutableMapping
from copy import copy
from typing import Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from attrs import frozen

from domo_async._redaction import Secret
from domo_async._settings import instance_in, token_for
from domo_async.errors import ConfigError
from domo_async.sync import Domo

__all__ = ["Bounds", "Connection", "ReadOptions", "WriteOptions"]

T = TypeVar("T")
_CONNECTION = frozenset({"instance", "token", "dataset", "path"})
_WRITING = frozenset({"create", "partition", "message", "zone", "nested", "partSize"})
_BOUNDS = ("partitionColumn", "lowerBound", "upperBound", "numPartitions")
_READING = frozenset({"zone", "columns", "sql", "pushFilters", *_BOUNDS})


@frozen
class Connection:
    """The instance and the token. It is sent to the executors, so they need no settings of their own.

    Attributes:
        instance: The instance.
        token: A developer token. A pickle of a connection contains it unencrypted, for the executors.
    """

    instance: str
    token: Secret[str]

    def __reduce__(self) -> tuple[object, ...]:
        return _connection, (self.instance, self.token.get_secret_value())

    @classmethod
    def of(cls, instance: str | None, token: Secret[str] | None) -> Connection:
        """Return the connection from the options, or from the environment of the driver.

        Raises:
            ConfigError: Neither names the instance and the token.
        """
        try:
            instance = instance or instance_in(os.environ)
            token = token or (token_for(instance, os.environ) if instance else None)
            if instance and token:
                return cls(instance, token)
            problem = "set DOMO_INSTANCE and, for that instance, DOMO_DEVELOPER_TOKEN"
        except ConfigError as error:
            problem = str(error)
        raise ConfigError(f"{problem}, or set option('instance', …) and option('token', …)")

    def client(self) -> Domo:
        """Return a new client."""
        return Domo(self.instance, token=self.token)


@frozen(kw_only=True)
class WriteOptions:
    """The options for writing.

    Attributes:
        connection: The instance and the token.
        dataset: The dataset, or None to create one.
        create: The name of the dataset to create, or None.
        partition: Domo's partition to write to, or None.
        message: A note for the data version, or None.
        zone: The time zone in which Domo shows Spark's timestamps.
        nested: The action for nested values.
        part_size: The most bytes per part.
    """

    connection: Connection
    dataset: str | None
    create: str | None
    partition: str | None
    message: str | None
    zone: ZoneInfo
    nested: Literal["refuse", "json"]
    part_size: int

    @classmethod
    def of(cls, options: Mapping[str, str]) -> WriteOptions:
        """Return the options for writing.

        Raises:
            ConfigError: An option is missing or invalid.
        """
        options, token = _without_token(options)
        _check_names(options, _CONNECTION | _WRITING, "writing")
        dataset, create = _dataset(options), options.get("create")
        if (dataset is None) == (create is None):
            raise ConfigError("set either option('dataset', id), or option('create', name) to create one")
        part_size = _read(options, "partSize", int, 1 << 30)
        if part_size < 1:
            raise ConfigError("option partSize must be at least 1")
        nested = options.get("nested", "refuse")
        if nested not in {"refuse", "json"}:
            raise ConfigError(f"option nested must be refuse or json, not {nested!r}")
        return cls(
            connection=Connection.of(options.get("instance"), token),
            dataset=dataset,
            create=create,
            partition=_partition(options),
            message=options.get("message"),
            zone=_zone(options),
            nested=cast("Literal['refuse', 'json']", nested),
            part_size=part_size,
        )


@frozen
class Bounds:
    """The partitions of a scan, in the terms of Spark's JDBC source.

    Attributes:
        column: The column to partition by.
        lower: The lower bound, as text.
        upper: The upper bound, as text.
        partitions: The number of partitions.
    """

    column: str
    lower: str
    upper: str
    partitions: int

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Bounds | None:
        """Return the bounds from the options, or None if there are none.

        Raises:
            ConfigError: Only some of the options are given.
        """
        found = [options.get(name) for name in _BOUNDS]
        if not any(found):
            return None
        if not all(found):
            raise ConfigError(f"options {', '.join(_BOUNDS)} must be set together or not at all")
        partitions = _read(options, "numPartitions", int, 1)
        if partitions < 1:
            raise ConfigError("option numPartitions must be at least 1")
        column, lower, upper = (options[name] for name in _BOUNDS[:3])
        return cls(column, lower, upper, partitions)


@frozen(kw_only=True)
class ReadOptions:
    """The options for reading.

    Attributes:
        connection: The instance and the token.
        dataset: The dataset.
        zone: The time zone of Domo's DATETIMEs.
        columns: The columns to read, or None for all.
        sql: A query to read instead of the dataset's rows, or None.
        bounds: The partitions of the scan, or None for a single one.
        push_filters: Whether Domo filters first.
    """

    connection: Connection
    dataset: str
    zone: ZoneInfo
    columns: tuple[str, ...] | None
    sql: str | None
    bounds: Bounds | None
    push_filters: bool

    @classmethod
    def of(cls, options: Mapping[str, str]) -> ReadOptions:
        """Return the options for reading.

        Raises:
            ConfigError: An option is missing or invalid.
        """
        options, token = _without_token(options)
        _check_names(options, _CONNECTION | _READING, "reading")
        dataset = _dataset(options)
        if dataset is None:
            raise ConfigError("set option('dataset', id)")
        bounds, sql, columns = Bounds.of(options), options.get("sql"), _read(options, "columns", _names, None)
        push_filters = _read(options, "pushFilters", _flag, default=False)
        if sql is not None and (bounds is not None or columns is not None or push_filters):
            raise ConfigError("option sql cannot be combined with columns, pushFilters or partitions")
        return cls(
            connection=Connection.of(options.get("instance"), token),
            dataset=dataset,
            zone=_zone(options),
            columns=columns,
            sql=sql,
            bounds=bounds,
            push_filters=push_filters,
        )


def _connection(instance: str, token: str) -> Connection:
    """Restore a connection from its pickle."""
    return Connection(instance, Secret(token))


def _without_token(options: Mapping[str, str]) -> tuple[Mapping[str, str], Secret[str] | None]:
    """Return the options without the token, and the token: a traceback may show local variables."""
    # The names in Spark's mapping, and in its copy, are case-insensitive: `token` may be written in any case.
    others = copy(options)
    given = others.pop("token", None) if isinstance(others, MutableMapping) else None
    return others, Secret.of(given or None)


def _check_names(options: Mapping[str, str], known: frozenset[str], doing: str) -> None:
    """Refuse unknown options instead of ignoring them: a misspelt ``partition`` would replace the whole dataset."""
    lower = set(map(str.lower, known))
    unknown = sorted(name for name in options if name.lower() not in lower)
    if unknown:
        raise ConfigError(
            f"unknown option for {doing}: {', '.join(unknown)}; the options are {', '.join(sorted(known - {'path'}))}"
        )


def _partition(options: Mapping[str, str]) -> str | None:
    partition = options.get("partition")
    if partition is not None and not partition:
        raise ConfigError("option partition must be the tag of a partition; if empty, all rows would be replaced")
    return partition


def _dataset(options: Mapping[str, str]) -> str | None:
    return options.get("dataset") or options.get("path") or None


def _zone(options: Mapping[str, str]) -> ZoneInfo:
    name = options.get("zone", "UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ConfigError(f"option zone must be the name of a time zone, such as Europe/Paris, not {name!r}") from None


def _read(options: Mapping[str, str], name: str, read: Callable[[str], T], default: T) -> T:
    text = options.get(name)
    if text is None:
        return default
    try:
        return read(text)
    except ValueError:
        raise ConfigError(f"option {name} has an invalid value: {text!r}") from None


def _names(text: str) -> tuple[str, ...]:
    names = json.loads(text) if text.lstrip().startswith("[") else [name.strip() for name in text.split(",")]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError(text)
    return tuple(names)


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"
