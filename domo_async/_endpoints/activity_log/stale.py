"""The report about content that nobody uses any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from domo_async._frames import Tabular
from domo_async._wire import OpenEnum, Record

__all__ = ["StaleItem", "StaleKind", "StaleReport"]


class StaleKind(OpenEnum):
    """The types of content that are checked."""

    CARD = "card"
    PAGE = "page"
    DATASET = "dataset"


@frozen
class StaleItem(Record):
    """Content that nobody has used for a while.

    Attributes:
        kind: The type of content.
        id: The content's identifier.
        name: The content's name.
        owner_id: The owner.
        owner_name: The owner's name.
        last_used: The time of the last use; None if the part of the log that was read has no use.
        last_action: The event type of the last use.
        last_user: The user who used it last.
        created: The time of creation, if the instance reports it.
        modified: The time of the last change, if the instance reports it.
    """

    kind: StaleKind
    id: str
    name: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None
    last_used: datetime | None = None
    last_action: str | None = None
    last_user: str | None = None
    created: datetime | None = None
    modified: datetime | None = None


@frozen(repr=False)
class StaleReport(Tabular, Record):
    """Content that nobody has used for a while, the longest unused first.

    Attributes:
        items: The stale content.
        since: The time since which nobody has used it.
        read_from: The time back to which the log was read.
        oldest_entry: The oldest entry in the part of the log that was read; None if it was empty.
        looked_at: The number of items of each type that were checked.
        notes: The limits of the log.
    """

    items: tuple[StaleItem, ...]
    since: datetime
    read_from: datetime
    oldest_entry: datetime | None
    looked_at: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def _rows(self) -> tuple[StaleItem, ...]:
        return self.items

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<StaleReport of {len(self)} things unused since {self.since:%Y-%m-%d}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of `to_dicts`."""
        return _COLUMNS

    def to_dicts(self) -> list[dict[str, object]]:
        """Return a row for each item."""
        return [{name: _plain(getattr(item, name)) for name in _COLUMNS} for item in self.items]


_COLUMNS: Final = (
    *("kind", "id", "name", "owner_id", "owner_name", "last_used", "last_action", "last_user", "created", "modified"),
)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, StaleKind) else value
