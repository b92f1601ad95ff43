"""Options, plans and results of uploads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from difflib import get_close_matches
from math import inf
from typing import Any, Literal, TypeAlias, TypedDict

from attrs import Attribute, field, frozen

from domo_async._defaults import LEAST_PART, MEMORY_OF_PARTS, MOST_PARTS_AT_ONCE
from domo_async._settings import above, at_least
from domo_async._transfer.encoding import CellRules
from domo_async._transfer.progress import ProgressOption, check_bars
from domo_async._transfer.sources import Dialect, Format, Reading
from domo_async._transfer.sources.column_mapping import Header, SchemaOption
from domo_async._transfer.uploading.backend import Action, PartitionTag
from domo_async._transfer.uploading.compression import Compression
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency
from domo_async._wire import Record
from domo_async.errors import ConfigError

__all__ = ["Nested", "UploadKeywords", "UploadOptions", "UploadPlan", "UploadResult", "upload_options"]

Nested: TypeAlias = Literal["refuse", "json"]
_ACTIONS = ("REPLACE", "APPEND", "UPSERT", "DELETE")


def _one_of(*choices: object) -> Callable[[Any, Attribute[Any], Any], None]:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        # 1 equals True, but is not one of the choices.
        if not any(value is choice or (value == choice and isinstance(value, str)) for choice in choices):
            raise ConfigError(f"{attribute.name} must be one of {', '.join(map(repr, choices))}, not {value!r}")

    return check


def _at_least_one_if_given(instance: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None:
        at_least(1)(instance, attribute, value)


def _count(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigError(f"{attribute.name} must be a whole number of at least 0, not {value!r}")


def _texts(values: str | Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        return (values,)
    try:
        return tuple(values)
    except TypeError:
        raise ConfigError(f"null_values must be texts as they stand in CSV, not {values!r:.80}") from None


def _harmless(options: UploadOptions, _: Attribute[Any], action: Any) -> None:
    if options.partition is None or action in {None, "APPEND"}:
        return
    if action != "REPLACE":
        raise ConfigError(f"{action} uses the dataset's upsert keys, not partitions: omit partition")
    if not options.allow_loss:
        raise ConfigError(
            f"REPLACE along with partition {options.partition!r} may delete the rows of all other partitions:"
            " neither Domo's documentation nor other clients show what instances do then. To replace only the rows of"
            ' this partition, omit action or pass "APPEND"; if the others may be lost, pass allow_loss=True. Nothing'
            " was sent"
        )


def _names(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise ConfigError(f"keys takes a list; write [{values!r}] for a single one")
    names: tuple[Any, ...] = tuple(values) if isinstance(values, Iterable) else (values,)
    for name in names:
        if not isinstance(name, str):
            raise ConfigError(f"keys takes a list of the names of columns, not {name!r:.80}")
    return names


def _named(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        # Without a name, the upload would go to the whole dataset.
        raise ConfigError(f"{attribute.name} must be the tag of a partition, not {value!r:.80}")


def _timestamp(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ConfigError(f"{attribute.name} must be a datetime with a zone, not {value!r:.80}")


def _drawable(_: Any, _attribute: Attribute[Any], value: ProgressOption) -> None:
    check_bars(value)


class UploadKeywords(TypedDict, total=False):
    """The keywords of `Datasets.upload`, which all uploading methods accept; define them once to reuse them.

    ```python
    nightly: UploadKeywords = {"schema": "evolve", "null_values": ["NA"]}
    await domo.datasets.plan_upload(dataset_id, "orders.csv", **nightly)
    await domo.datasets.upload(dataset_id, "orders.csv", **nightly)
    ```
    """

    action: Action | None
    partition: str | None
    partition_tag: PartitionTag
    allow_loss: bool
    keys: Iterable[str]
    append_id: str | None
    message: str | None
    recorded_date: datetime | None
    header: Header
    schema: SchemaOption
    delimiter: str
    encoding: str
    null_values: str | Iterable[str]
    skip_rows: int
    format: Format
    zone: tzinfo | None
    nested: Nested
    part_size: int | None
    concurrency: int | None
    compress: Compression
    index: bool
    wait: bool
    verify: bool
    allow_empty: bool
    timeout: float
    resume: str | os.PathLike[str] | None
    progress: ProgressOption


@frozen(kw_only=True)
class UploadOptions(Record):
    """The options of an upload.

    Attributes:
        action: ``"REPLACE"`` all rows, which is the default without a partition; ``"APPEND"``; ``"UPSERT"`` or
            ``"DELETE"`` by the dataset's upsert keys, like `Datasets.upsert` and `Datasets.delete_rows`.
        partition: The partition whose rows are replaced; all other rows stay.
        partition_tag: The parameter that carries the partition: other clients send ``dataTag`` (unconfirmed); Domo's
            documentation has ``restateDataTag``, and calls it largely deprecated.
        allow_loss: Whether to send ``action="REPLACE"`` together with a partition, although the rows of all other
            partitions may be lost.
        keys: The names of the dataset's upsert keys, if its schema does not contain them.
        append_id: The data version to append to, if it is to be sent: ``"latest"`` in the documentation's sample of
            appending a row. An upload to a partition by ``dataTag`` sends it by itself.
        message: A note for the data version.
        recorded_date: The recorded time of the data version; by default the time of the upload.
        header: Whether the first record of CSV is a header, which is not sent; ``"auto"`` compares it with the
            dataset's columns.
        schema: ``"match"`` refuses a source whose columns differ from the dataset's; ``"evolve"`` adds columns that the
            dataset lacks, and fills columns that the source lacks with NULL. Both reorder named columns.
        delimiter: The delimiter of CSV.
        encoding: The encoding of CSV, by Python's name.
        null_values: Texts that mean NULL in CSV, such as ``["NA", ""]``, quoted or not; by default an unquoted empty
            field, and in columns that are not text also a quoted one.
        skip_rows: The number of records of CSV before its header, such as titles.
        format: The format of bytes: ``"csv"`` without a check, ``"jsonl"`` for JSON lines, an object in each line;
            ``"auto"`` reads files whose names end in ``.jsonl`` or ``.ndjson``, also compressed, as JSON lines, and
            refuses a source whose first bytes are not CSV.
        zone: The zone in whose local time aware datetimes are written, because a DATETIME has no zone; without it they
            are refused.
        nested: Whether lists, mappings and structs are refused, or written as JSON.
        part_size: The most bytes of a part, unless a single record is longer; by default 2 to 8 MiB, and more for files
            over 8 GB.
        concurrency: The number of parts sent at once; by default 8 at the beginning, more while that is faster, and
            fewer if the instance struggles.
        compress: Whether parts are compressed with gzip; ``"auto"`` does so if the network is slower than the
            compressor. Unconfirmed: that the Product API accepts compressed parts.
        index: Whether to index the data, so that queries see it.
        wait: Whether to wait for that index, if the instance reports it.
        verify: Whether to compare the instance's row count with the number of rows sent.
        allow_empty: Whether to accept a source without rows; with REPLACE it empties the dataset.
        timeout: The seconds to wait for the index.
        resume: The path of a journal; see `Datasets.upload`.
        progress: A callback that gets a `Progress` after each part and about ten times a second; if it fails, that is
            logged and the upload continues. True draws a bar (needs ``rich``).
    """

    partition: str | None = field(default=None, validator=_named)
    partition_tag: PartitionTag = field(default="dataTag", validator=_one_of("dataTag", "restateDataTag"))
    allow_loss: bool = field(default=False, validator=_one_of(True, False))
    action: Action | None = field(default=None, validator=[_one_of(*_ACTIONS, None), _harmless])
    keys: tuple[str, ...] = field(default=(), converter=_names)
    append_id: str | None = None
    message: str | None = None
    recorded_date: datetime | None = field(default=None, validator=_timestamp)
    header: Header = field(default="auto", validator=_one_of(True, False, "auto"))
    schema: SchemaOption = field(default="match", validator=_one_of("match", "evolve"))
    delimiter: str = ","
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = field(default=(), converter=_texts)
    skip_rows: int = field(default=0, validator=_count)
    format: Format = field(default="auto", validator=_one_of("auto", "csv", "jsonl"))
    zone: tzinfo | None = None
    nested: Nested = field(default="refuse", validator=_one_of("refuse", "json"))
    part_size: int | None = field(default=None, validator=_at_least_one_if_given)
    concurrency: int | None = field(default=None, validator=_at_least_one_if_given)
    compress: Compression = field(default=False, validator=_one_of(True, False, "auto"))
    index: bool = field(default=True, validator=_one_of(True, False))
    wait: bool = field(default=True, validator=_one_of(True, False))
    verify: bool = field(default=True, validator=_one_of(True, False))
    allow_empty: bool = field(default=False, validator=_one_of(True, False))
    timeout: float = field(default=600.0, validator=above(0))
    resume: str | os.PathLike[str] | None = None
    progress: ProgressOption = field(default=None, validator=_drawable)

    @property
    def effective_action(self) -> Action:
        """The action to send; unless the caller says otherwise, an upload to a partition never removes other rows."""
        if self.action is not None:
            return self.action
        return "REPLACE" if self.partition is None else "APPEND"

    @property
    def adds(self) -> bool:
        """Whether the rows are added to existing ones, so that sending them again would duplicate them."""
        return self.effective_action == "APPEND" and self.partition is None

    @property
    def reading(self) -> Reading:
        """The options for reading the source."""
        return Reading(
            dialect=Dialect(
                delimiter=self.delimiter,
                encoding=self.encoding,
                null_values=self.null_values,
                skip_rows=self.skip_rows,
                sniffed=self.format == "auto",
            ),
            rules=CellRules(zone=self.zone, nested=self.nested),
            format=self.format,
        )

    @property
    def memory(self) -> float:
        """The most bytes of parts held in memory, unless the caller set a size or a number of parts."""
        return MEMORY_OF_PARTS if self.part_size is None and self.concurrency is None else inf

    def adaptive_concurrency(self, *, held: bool) -> AdaptiveConcurrency:
        """Return the concurrency of parts.

        Args:
            held: Whether parts are held in memory until they are sent.
        """
        if self.concurrency is not None:
            return AdaptiveConcurrency(self.concurrency, fixed=True)
        return AdaptiveConcurrency(
            most=MEMORY_OF_PARTS // LEAST_PART if held and self.part_size is None else MOST_PARTS_AT_ONCE
        )


def upload_options(call: str, keywords: UploadKeywords) -> UploadOptions:
    """Return the options that the keywords of a call stand for.

    Raises:
        TypeError: A keyword is unknown, as Python says it of calls that list their keywords.
        ConfigError: A value is wrong.
    """
    for name in keywords:
        if name not in UploadKeywords.__annotations__:
            likely = get_close_matches(name, UploadKeywords.__annotations__, 1)
            hint = f"; did you mean {likely[0]!r}?" if likely else ""
            raise TypeError(f"{call}() got an unexpected keyword argument {name!r}{hint}")
    return UploadOptions(**keywords)


@frozen(kw_only=True)
class UploadResult(Record):
    """An upload that took effect.

    Attributes:
        rows: The number of rows sent.
        bytes: The number of bytes of CSV sent; parts that had to be sent again count once.
        parts: The number of parts sent.
        retries: The number of times that a part had to be sent again.
        upload_id: The ID of the upload.
        data_version: The ID of the data version that it created, or None if the instance does not report it.
        seconds: The duration of the call, including the index if it was waited for.
        verified: Whether the instance counts as many rows as were sent; False if it does not report that, or ``verify``
            is False.
        replayed: Whether nothing was sent because the journal proves that an earlier call uploaded the same. All other
            attributes are those of that call.
        files: The files that were uploaded, if the source is files.
        left_out: The files that were not uploaded, because the journal proves that an earlier call appended them.
        added: The columns that were added to the dataset, with their types.
        notes: Remarks on how the source was read, such as lines that were left out before its header.
    """

    rows: int
    bytes: int
    parts: int
    retries: int = 0
    upload_id: int
    data_version: int | None
    seconds: float
    verified: bool = False
    replayed: bool = False
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    added: dict[str, str] = field(factory=dict)
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class UploadPlan(Record):
    """The plan of an upload.

    Attributes:
        columns: The names of the dataset's columns, in the order in which they would be sent.
        header: Whether the source's first record is a header, which would be left out.
        order: For each column the index of its values in the source, counted from 0, or None for NULL; None as a whole
            if the source is in order.
        added: The columns that would be added to the dataset, with their types.
        rows: The number of rows.
        bytes: The number of bytes of CSV.
        parts: The number of parts.
        notes: Remarks on how the source was read, such as lines that are left out before its header.
    """

    columns: tuple[str, ...]
    header: bool
    order: tuple[int | None, ...] | None
    added: dict[str, str]
    rows: int
    bytes: int
    parts: int
    notes: tuple[str, ...] = ()
