"""The interface to the requests of an upload; the endpoints implement it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import frozen

from domo_async._transfer.columns import ColumnSpec
from domo_async._transport import Body

__all__ = ["Action", "Committed", "PartitionTag", "StoredVersion", "UploadBackend"]

Action: TypeAlias = Literal["REPLACE", "APPEND", "UPSERT", "DELETE"]
PartitionTag: TypeAlias = Literal["dataTag", "restateDataTag"]


@frozen
class Committed:
    """A commit that took effect.

    Attributes:
        data_version: The data version that it created.
        request_key: The key of the index that was started.
        rows: The number of rows that the instance counted.
        status: The status, in the instance's words.
    """

    data_version: int | None = None
    request_key: str | None = None
    rows: int | None = None
    status: str | None = None


@frozen
class StoredVersion:
    """A data version as the instance lists it.

    Attributes:
        status: ``success``, ``error`` or ``processing``; None if the instance does not report it.
        rows: The number of its rows.
    """

    status: str | None
    rows: int | None


class UploadBackend(Protocol):
    """The requests of an upload to one dataset."""

    @property
    def dataset_id(self) -> str:
        """The dataset's ID."""
        ...

    async def columns(self) -> Sequence[ColumnSpec]:
        """Return the dataset's columns in order."""
        ...

    async def add_columns(self, added: Sequence[ColumnSpec]) -> Sequence[ColumnSpec]:
        """Append those of these columns that the dataset lacks, and return all of its columns."""
        ...

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        ...

    async def open(self) -> int:
        """Open an upload and return its id."""
        ...

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, with retries."""
        ...

    async def commit(self, upload_id: int) -> Committed:
        """Commit, at most once."""
        ...

    async def wait_for_index(self, request_key: str, timeout: float) -> None:
        """Wait until an index has finished; raise if it failed, or has not finished after `timeout` seconds."""
        ...

    async def wait_until_visible(self, upload_id: int, timeout: float) -> bool:
        """Wait until queries see an upload without an index in its commit; return whether the instance reports that."""
        ...
