"""How to upload, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from math import inf
from typing import Any, Literal, TypeAlias, TypedDict

from attrs import Attribute, field, frozen

from domo_async._defaults import LEAST_PART, MEMORY_OF_PARTS, MOST_PARTS_AT_ONCE
from domo_async._settings import above, at_least
from domo_async._transfer.encoding import CellRules
from domo_async._transfer.progress import ProgressOption
from domo_async._transfer.sources import Dialect, Format, Reading
from domo_async._transfer.sources.column_mapping import Header, SchemaOption
from domo_async._transfer.uploading.backend import Action, PartitionTag
from domo_async._transfer.uploading.compression import Compression
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency
from domo_async._wire import Record
from domo_async.errors import ConfigError

__all__ = ["Nested", "UploadKeywords", "UploadOptions", "UploadPlan", "UploadResult"]

Nested: TypeAlias = Literal["refuse", "json"]
_ACTIONS = ("REPLACE", "APPEND", "UPSERT", "DELETE")


def _one_of(*choices: object) -> Callable[[Any, Attribute[Any], Any], None]:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        # 1 equals True, but is none of the choices.
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
        raise ConfigError(f"null_values are texts as they stand in CSV, not {values!r:.80}") from None


def _harmless(options: UploadOptions, _: Attribute[Any], action: Any) -> None:
    if options.partition is None or action in {None, "APPEND"}:
        return
    if action != "REPLACE":
        raise ConfigError(f"{action} goes by the dataset's upsert keys, not by partition: leave partition out")
    if not options.allow_loss:
        raise ConfigError(
            f"REPLACE along with partition {options.partition!r} may delete the rows of all other partitions: no"
            " document and no client shows what instances do then. To replace the rows of this partition alone, leave"
            ' action out, or say "APPEND"; if the others may go, say allow_loss=True. Nothing was sent'
        )


def _names(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise ConfigError(f"keys takes a list; write [{values!r}] for a single one")
    return tuple(values)


def _named(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        # Sent without a name, it would be an upload to the whole dataset.
        raise ConfigError(f"{attribute.name} must be the tag of a partition, not {value!r:.80}")


def _timestamp(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ConfigError(f"{attribute.name} must be a datetime with a zone, not {value!r:.80}")


class UploadKeywords(TypedDict, total=False):
    """The keywords of `Datasets.upload`, which all calls that upload take; write some down once to use them often.

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
    """How to upload.

    Attributes:
        action: ``"REPLACE"`` all rows, which is the default without a partition; ``"APPEND"``; ``"UPSERT"`` or
            ``"DELETE"`` by the dataset's upsert keys, as `Datasets.upsert` and `Datasets.delete_rows` do.
        partition: The partition to write to, in place of the rows that it holds; all other rows stay.
        partition_tag: The name that the partition goes under: ``dataTag`` is what other clients send (unconfirmed);
            ``restateDataTag`` is the documents', which call it largely deprecated.
        allow_loss: Whether ``action="REPLACE"`` is sent along with a partition, though the rows of all others may be
            lost.
        keys: The names of the dataset's upsert keys, where its schema does not tell them.
        append_id: What rows are appended to, if the instance is to be told: ``"latest"`` in the documents' sample of
            appending a row. An upload to a partition by ``dataTag`` says that by itself.
        message: A note for the data version.
        recorded_date: The time that the data version is recorded for; by default that of the upload.
        header: Whether the first record of CSV is a header, which is not sent; ``"auto"`` compares it with the
            dataset's columns.
        schema: ``"match"`` refuses a source whose columns are not the dataset's; ``"evolve"`` adds to the dataset the
            columns that it lacks, and leaves NULL those that the source lacks. Either puts columns with names in order.
        delimiter: What stands between the fields of CSV.
        encoding: The encoding of CSV, as Python names it.
        null_values: Texts that are NULL in CSV, such as ``["NA", ""]``, in quotes or not; by default an empty field
            without quotes, and in columns that are not text one with quotes.
        skip_rows: How many records of CSV stand before its header, such as titles.
        format: What bytes are: ``"csv"`` whatever they look like, ``"jsonl"`` for JSON lines, an object in each line;
            ``"auto"`` takes files for JSON lines whose names end in ``.jsonl`` or ``.ndjson``, also compressed, and
            refuses what is not CSV by its first bytes.
        zone: The zone in whose local time aware datetimes are written, since a DATETIME has none; without it they are
            refused.
        nested: Whether lists, mappings and structs are refused, or written as JSON.
        part_size: The most bytes of a part, unless a single record is longer; by default 2 to 8 MiB, more for files of
            more than 8 GB.
        concurrency: How many parts are under way at once; by default 8 in the beginning, more while that makes it
            faster, and fewer when the instance struggles.
        compress: Whether parts are compressed with gzip on the way; ``"auto"`` does so if the wire is slower than the
            compressor. That the Product API takes it is unconfirmed.
        index: Whether to index the data, so that queries see them.
        wait: Whether to wait for that index, where the instance tells of it.
        verify: Whether to compare the rows that the instance counts with the rows sent.
        allow_empty: Whether a source without rows is fine; with REPLACE it empties the dataset.
        timeout: Seconds to wait for the index.
        resume: The path of a journal; see `Datasets.upload`.
        progress: Called with a `Progress` after each part and some ten times a second; should that fail, it is logged
            and the upload goes on. True draws a bar (needs ``rich``).
    """

    partition: str | None = field(default=None, validator=_named)
    partition_tag: PartitionTag = field(default="dataTag", validator=_one_of("dataTag", "restateDataTag"))
    allow_loss: bool = False
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
    index: bool = True
    wait: bool = True
    verify: bool = True
    allow_empty: bool = False
    timeout: float = field(default=600.0, validator=above(0))
    resume: str | os.PathLike[str] | None = None
    progress: ProgressOption = None

    @property
    def effective_action(self) -> Action:
        """What is done: where nothing else is said, no upload to a partition takes other rows away."""
        if self.action is not None:
            return self.action
        return "REPLACE" if self.partition is None else "APPEND"

    @property
    def adds(self) -> bool:
        """Whether the rows come to those that are there, so that they would be there twice if they were sent again."""
        return self.effective_action == "APPEND" and self.partition is None

    @property
    def reading(self) -> Reading:
        """How the source is read."""
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
        """The most bytes of parts that are held in memory, unless a size or a number of parts was asked for."""
        return MEMORY_OF_PARTS if self.part_size is None and self.concurrency is None else inf

    def pace(self, *, held: bool) -> AdaptiveConcurrency:
        """Return how many parts are under way at once.

        Args:
            held: Whether parts are held in memory until they are sent.
        """
        if self.concurrency is not None:
            return AdaptiveConcurrency(self.concurrency, fixed=True)
        return AdaptiveConcurrency(
            most=MEMORY_OF_PARTS // LEAST_PART if held and self.part_size is None else MOST_PARTS_AT_ONCE
        )


@frozen(kw_only=True)
class UploadResult(Record):
    """An upload that took effect.

    Attributes:
        rows: Rows sent.
        bytes: Bytes of CSV sent, parts that had to be sent again counted once.
        parts: Parts sent.
        retries: How often a part had to be sent again.
        upload_id: The upload.
        data_version: The id of the data version that it made, or None where the instance does not tell.
        seconds: From the call to the end, index included if that was waited for.
        verified: Whether the instance counts as many rows as were sent; not so where it does not tell, or ``verify``
            is False.
        replayed: Whether nothing was sent, since the journal proves that an earlier call uploaded the same. All else
            is what that one came to.
        files: The files that were uploaded, where the source is files.
        left_out: The files that were not, since the journal proves that an earlier call appended them.
        added: The columns that the dataset got, with their types.
        notes: What is to be known of how the source was read, such as lines that were left out before its header.
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
    """What an upload would send.

    Attributes:
        columns: The names of the dataset's columns in the order in which they would be sent.
        header: Whether the source's first record is a header, which would be left out.
        order: For each column the place in the source that its values come from, counted from 0, None for NULL; None
            altogether if the source is in order.
        added: The columns that the dataset would get, with their types.
        rows: Rows.
        bytes: Bytes of CSV.
        parts: Parts.
        notes: What is to be known of how the source was read, such as lines that are left out before its header.
    """

    columns: tuple[str, ...]
    header: bool
    order: tuple[int | None, ...] | None
    added: dict[str, str]
    rows: int
    bytes: int
    parts: int
    notes: tuple[str, ...] = ()
