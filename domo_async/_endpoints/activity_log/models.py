"""What the activity log tells."""

from __future__ import annotations

from attrs import frozen

from domo_async._wire import EpochMillis, Model

__all__ = ["Activity", "ObjectType"]


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
