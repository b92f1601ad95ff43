"""What the activity log tells."""

from __future__ import annotations

from attrs import frozen

from domo_async._wire import EpochMillis, Model, NumericId

__all__ = ["Activity", "EventType", "ObjectType"]


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
        object_id: The identifier of what it was done to.
        object_name: What people call that.
        additional_comment: A sentence about it.
        event_text: Like that, shorter.
        actor_id: Who acted for that user, 0 for nobody.
        actor_name: What people call who did.
        authentication_method: How the user was known, such as ``HMAC_TOKEN``.
        client_id: Which client it came by.
    """

    time: EpochMillis
    user_name: str | None = None
    user_id: str | None = None
    user_type: str | None = None
    action_type: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    object_name: str | None = None
    additional_comment: str | None = None
    event_text: str | None = None
    actor_id: NumericId | None = None
    actor_name: str | None = None
    authentication_method: str | None = None
    client_id: str | None = None


@frozen(kw_only=True)
class ObjectType(Model):
    """A kind of object that the log tells of.

    Attributes:
        type: Its name, which `ActivityLog.list` takes.
        translation: What people call it. Domo's documentation shows names alone; instances are known to give both.
    """

    type: str
    translation: str | None = None


@frozen(kw_only=True)
class EventType(Model):
    """Something that can be done to a kind of objects.

    Attributes:
        type: Its name, which `ActivityLog.list` takes.
        translation: What people call it.
    """

    type: str
    translation: str | None = None
