"""The result of an audit of dataset access."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from domo_async._endpoints.datasets.grants import AccessLevel
from domo_async._frames import Tabular
from domo_async._wire import OpenEnum, Record

__all__ = ["AccessAudit", "AccessRoute", "AccessRow", "VisibleRows"]


class AccessRoute(OpenEnum):
    """The route by which a user has access to a dataset."""

    OWNER = "owner"
    SHARE = "share"
    GROUP = "group"
    ROLE = "role"


class VisibleRows(OpenEnum):
    """The rows of a dataset that a user sees."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


@frozen
class AccessRow(Record):
    """One route by which a user may see a dataset; a user with several routes has several rows.

    Attributes:
        dataset_id: The dataset.
        dataset_name: The dataset's name.
        user_id: The user; None for a grantee that is not a user, such as a card, and for a group without members.
        user_name: The user's name.
        route: The route of access.
        via: The group, the role or the other grantee.
        level: The level of access.
        rows: The rows that are visible, if the dataset's policies are enabled; ``unknown`` for grantees that are not
            users, and if policies or their groups were not or could not be read.
        policies: The names of the policies that decide which rows are visible.
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
    """The users who may see each dataset.

    Attributes:
        rows: One row for each user and route.
        datasets: The number of datasets audited.
        problems: The data that could not be read and are missing.
        notes: Limits of the audit.
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
        """The names of the columns of `to_dicts`."""
        return _COLUMNS

    def to_dicts(self) -> list[dict[str, object]]:
        """Return a dictionary of texts for each user and route; several policies are separated by semicolons."""
        return [{name: _text(getattr(row, name)) for name in _COLUMNS} for row in self.rows]


def _text(value: object) -> str | None:
    if isinstance(value, tuple):
        return "; ".join(value) or None
    return None if value is None else str(value)
