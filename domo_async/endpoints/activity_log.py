"""The activity log: who did what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from domo_async.endpoints._area import Area, several
from domo_async.errors import ConfigError
from domo_async.transport import QUERY, Batch, Pager, url
from domo_async.wire import EpochMillis, Model, epoch_millis

__all__ = ["Activity", "ActivityLog", "ObjectType"]


@frozen(kw_only=True)
class Activity(Model):
    """Something that somebody did.

    Attributes:
        time: When it happened.
        user_name: Who did it.
        user_id: The number of who did it, here as text.
        user_type: What did it, such as ``USER``.
        action_type: What was done, such as ``VIEWED``.
        object_type: What it was done to, such as ``PAGE``.
        additional_comment: A sentence about it.
        event_text: Like that, shorter.
    """

    time: EpochMillis
    user_name: str | None = None
    user_id: str | None = None
    user_type: str | None = None
    action_type: str | None = None
    object_type: str | None = None
    additional_comment: str | None = None
    event_text: str | None = None


@frozen(kw_only=True)
class ObjectType(Model):
    """A kind of object that the log tells of.

    Attributes:
        type: Its name, which `ActivityLog.list` takes.
        translation: What people call it. The page shows names alone; instances are known to give both.
    """

    type: str
    translation: str | None = None


class ActivityLog(Area):
    """The activity log: who did what, and when."""

    def list(
        self,
        *,
        start: datetime,
        end: datetime,
        object_type: Sequence[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 1000,
    ) -> Pager[Activity]:
        """Iterate over what was done within a span of time.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log").

        Where `end` lies in the future, what is done meanwhile may shift the pages. Other clients report that the log
        reaches back a year.

        Args:
            start: The beginning, with a time zone.
            end: The end, with a time zone.
            object_type: Only what was done to these kinds of objects, such as ``DATA_SOURCE``; see `object_types`.
            offset: Entries to leave out at the beginning.
            limit: The most entries to give in all.
            page_size: Entries to ask for at a time, 1 to 1000. The page does not name that maximum, other clients do.

        Raises:
            ConfigError: A time has no zone, `end` is before `start`, `object_type` is empty, or a number is out of its
                range.
        """
        first, last = epoch_millis(start), epoch_millis(end)
        if last < first:
            raise ConfigError("the end is before the start, so that no entry could be between them")
        kinds = None if object_type is None else several(object_type, "object_type")
        return self._http.pages(
            "GET",
            url("/api/audit/v1/user-audits"),
            QUERY,
            params={"start": first, "end": last, "objectType": kinds},
            into=tuple[Activity, ...],
            read=Batch,
            offset=offset,
            limit=limit,
            page_size=page_size,
            assured=300,
            most=1000,
        )

    async def object_types(self) -> tuple[ObjectType, ...]:
        """Return the kinds of objects that the log tells of.

        `GET /api/audit/v1/user-audits/objectTypes` (Activity Log API, "Get (Enumerate) Activity Log Object Types").
        """
        found = await self._http.request(
            "GET", url("/api/audit/v1/user-audits/objectTypes"), into=tuple[ObjectType | str, ...]
        )
        return tuple(ObjectType(type=item) if isinstance(item, str) else item for item in found)
