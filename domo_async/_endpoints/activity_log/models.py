"""The entries of the activity log."""

from __future__ import annotations

from attrs import frozen

from domo_async._wire import EpochMillis, Model, NumericId

__all__ = ["Activity", "EventType", "ObjectType"]


@frozen(kw_only=True)
class Activity(Model):
    """An action in the log.

    Attributes:
        time: The time of the action.
        user_name: The user who acted.
        user_id: The user's number, here as text.
        user_type: The type of the actor, such as ``USER``.
        action_type: The type of event, such as ``VIEWED``.
        object_type: The type of the object, such as ``PAGE``.
        object_id: The identifier of the object.
        object_name: The name of the object.
        additional_comment: A sentence about the action.
        event_text: A shorter text about the action.
        actor_id: The number of the user who acted for that user; 0 for none.
        actor_name: The name of the actor.
        authentication_method: The method of authentication, such as ``HMAC_TOKEN``.
        client_id: The client that was used.
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
    """A type of object in the log.

    Attributes:
        type: The type, as `ActivityLog.list` takes it.
        translation: The display name. Domo's documentation shows only names; instances are known to return both.
    """

    type: str
    translation: str | None = None


@frozen(kw_only=True)
class EventType(Model):
    """A type of event for a type of object.

    Attributes:
        type: The type, as `ActivityLog.list` takes it.
        translation: The display name.
    """

    type: str
    translation: str | None = None
