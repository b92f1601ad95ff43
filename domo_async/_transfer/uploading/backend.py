"""The requests that an upload is made of, as whoever knows the routes offers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import frozen

from domo_async._transfer.columns import ColumnSpec
from domo_async._transport import Body

__all__ = ["Action", "Committed", "PartitionTag", "StoredVersion", "UploadSteps"]

Action: TypeAlias = Literal["REPLACE", "APPEND", "UPSERT", "DELETE"]
PartitionTag: TypeAlias = Literal["dataTag", "restateDataTag"]


@frozen
class Committed:
    """What is known of a commit that took effect.

    Attributes:
        data_version: The data version that was made.
        request_key: The index that was begun.
        rows: The rows that the instance counted.
        status: How it went, in the instance's words.
    """

    data_version: int | None = None
    request_key: str | None = None
    rows: int | None = None
    status: str | None = None


@frozen
class StoredVersion:
    """A data version as the instance lists it.

    Attributes:
        status: ``success``, ``error`` or ``processing``; None where it is not told.
        rows: Its rows.
    """

    status: str | None
    rows: int | None


class UploadSteps(Protocol):
    """The requests that an upload of one dataset is made of."""

    @property
    def dataset_id(self) -> str:
        """The dataset."""
        ...

    async def columns(self) -> Sequence[ColumnSpec]:
        """Return the dataset's columns in order."""
        ...

    async def add_columns(self, added: Sequence[ColumnSpec]) -> Sequence[ColumnSpec]:
        """Give the dataset those of these columns that it lacks, behind those that it has, and return its columns."""
        ...

    async def versions(self) -> Mapping[int, StoredVersion]:
        """Return the dataset's data versions."""
        ...

    async def open(self) -> int:
        """Open an upload and return its id."""
        ...

    async def put_part(self, upload_id: int, number: int, body: Body) -> None:
        """Send a part, again if need be."""
        ...

    async def commit(self, upload_id: int) -> Committed:
        """Commit, at most once."""
        ...

    async def wait_for_index(self, request_key: str, timeout: float) -> None:
        """Wait until an index has ended; raise if it failed, or has not ended after so many seconds."""
        ...

    async def wait_until_visible(self, upload_id: int, timeout: float) -> bool:
        """Wait until queries see an upload whose commit named no index; return whether the instance tells that."""
        ...
