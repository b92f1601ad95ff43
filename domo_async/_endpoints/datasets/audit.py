"""Who may see which dataset, and by which route, as it is told."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from domo_async._endpoints.datasets.grants import AccessLevel
from domo_async._frames import Tabular
from domo_async._wire import OpenEnum, Record

__all__ = ["AccessAudit", "AccessRoute", "AccessRow", "VisibleRows"]


class AccessRoute(OpenEnum):
    """How somebody comes to see a dataset."""

    OWNER = "owner"
    SHARE = "share"
    GROUP = "group"
    ROLE = "role"


class VisibleRows(OpenEnum):
    """Which rows of a dataset somebody sees."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


@frozen
class AccessRow(Record):
    """One way in which somebody may see a dataset; who has several has several rows.

    Attributes:
        dataset_id: The dataset.
        dataset_name: Its name.
        user_id: The user; None for what is no user, such as a card, and for a group without members.
        user_name: That user's name.
        route: How.
        via: By which group or role, or what else was given access.
        level: What the access allows.
        rows: Which rows are seen, if the dataset's policies count.
        policies: The names of the policies that say so.
    """

    dataset_id: str
    dataset_name: str | None
    user_id: str | None
    user_name: str | None
    route: AccessRoute
    via: str | None
    level: AccessLevel | None
    rows: VisibleRows
    policies: tuple[str, ...] = ()


_COLUMNS: Final = (
    *("dataset_id", "dataset_name", "user_id", "user_name", "route", "via", "level", "rows", "policies"),
)


@frozen(repr=False)
class AccessAudit(Tabular, Record):
    """Who may see which dataset.

    Attributes:
        rows: One for each user and way.
        datasets: How many datasets were looked at.
        problems: What could not be read, and so is missing.
        notes: What else there is to know.
    """

    rows: tuple[AccessRow, ...]
    datasets: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def _rows(self) -> tuple[AccessRow, ...]:
        return self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<AccessAudit of {self.datasets} datasets: {len(self)} rows>"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what `to_dicts` tells of each row."""
        return _COLUMNS

    def to_dicts(self) -> list[dict[str, object]]:
        """Return a row for each user and way, with texts alone; several policies are separated by semicolons."""
        return [{name: _text(getattr(row, name)) for name in _COLUMNS} for row in self.rows]


def _text(value: object) -> str | None:
    if isinstance(value, tuple):
        return "; ".join(value) or None
    return None if value is None else str(value)
