"""What nobody uses any more, as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from domo_async._frames import Tabular
from domo_async._wire import OpenEnum, Record

__all__ = ["StaleItem", "StaleKind", "StaleReport"]


class StaleKind(OpenEnum):
    """What is looked at."""

    CARD = "card"
    PAGE = "page"
    DATASET = "dataset"


@frozen
class StaleItem(Record):
    """Something that nobody has used for a while.

    Attributes:
        kind: What it is.
        id: Its identifier.
        name: Its name.
        owner_id: Whose it is.
        owner_name: That user's name.
        last_used: When it was last used; None if the log, as far as it was read, tells of no use.
        last_action: How.
        last_user: By whom.
        created: When it was made, if the instance reports it.
        modified: When it was last changed, if the instance reports it.
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
    """What nobody has used for a while, the longest unused first.

    Attributes:
        items: What is stale.
        since: The moment since which nobody has used it.
        read_from: How far back the log was read.
        oldest_entry: The oldest entry that the log gave, None for none.
        looked_at: How many things of each kind there are.
        notes: What the log cannot tell.
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
        """The names of what `to_dicts` tells of each row."""
        return _COLUMNS

    def to_dicts(self) -> list[dict[str, object]]:
        """Return a row for each thing."""
        return [{name: _plain(getattr(item, name)) for name in _COLUMNS} for item in self.items]


_COLUMNS: Final = (
    *("kind", "id", "name", "owner_id", "owner_name", "last_used", "last_action", "last_user", "created", "modified"),
)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, StaleKind) else value
