"""Models of users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from domo_async._redaction import Secret
from domo_async._wire import UNSET, EpochMillis, EpochSeconds, IsoStamp, Model, NumericId, OpenEnum, Record, Unset

__all__ = [
    "AttributeValue",
    "Exists",
    "NewUser",
    "User",
    "UserAttribute",
    "UserChange",
    "UserFilter",
    "UserFilterOperator",
    "UserParts",
    "UserProfile",
    "UserSession",
]

AttributeValue: TypeAlias = str | int | float | bool | None

Exists: TypeAlias = Literal["skip", "update", "fail"]
"""The action for a new user whose address already exists."""


class UserParts(OpenEnum):
    """The amount of detail to return of a user."""

    MINIMAL = "MINIMAL"
    SIMPLE = "SIMPLE"
    DETAILED = "DETAILED"
    GROUPS = "GROUPS"
    ROLE = "ROLE"


@frozen(kw_only=True)
class UserAttribute(Model):
    """An attribute of a user.

    Attributes:
        key: Its name, such as ``title``.
        values: Its values, often just one.
    """

    key: str
    values: tuple[AttributeValue, ...] = ()


@frozen(kw_only=True)
class User(Model):
    """A user.

    Attributes:
        id: The user's number.
        display_name: The display name.
        user_name: The name that the user logs in with.
        email_address: The e-mail address.
        role_id: The role.
        attributes: Further attributes.
        name: The same as `display_name`; the Groups page of Domo's documentation shows it and the following fields for
            the same route.
        location: Where the user works.
        manager: Whom the user reports to.
        phone_number: A phone number.
        title: A job title.
    """

    id: NumericId
    display_name: str | None = None
    user_name: str | None = None
    email_address: str | None = None
    role_id: NumericId | None = None
    attributes: tuple[UserAttribute, ...] = ()
    name: str | None = None
    location: str | None = None
    manager: str | None = None
    phone_number: str | None = None
    title: str | None = None


@frozen(kw_only=True)
class UserProfile(Model):
    """A user, as the instance's older routes return it. Domo's documentation does not have it; instances answer so.

    Attributes:
        id: The user's number.
        display_name: The display name.
        user_name: The name that the user logs in with.
        email_address: The e-mail address.
        role_id: The role.
        user_type: The type of user, such as ``USER``.
        active: Whether the user can log in.
        accepted: Whether the user accepted the invitation.
        pending: Whether the invitation is still open.
        anonymous: Whether the user is anonymous.
        system_user: Whether the user is a system account rather than a person.
        invitor_user_id: The user who sent the invitation.
        created: When the user was created.
        modified: When the user was last changed.
        role: The role's name.
        rights: The rights of the user, as a number of the oldest routes.
        time_zone: The user's time zone, such as ``UTC``.
        detail: Further facts.
    """

    id: NumericId
    display_name: str | None = None
    user_name: str | None = None
    email_address: str | None = None
    role_id: NumericId | None = None
    user_type: str | None = None
    active: bool | None = None
    accepted: bool | None = None
    pending: bool | None = None
    anonymous: bool | None = None
    system_user: bool | None = None
    invitor_user_id: NumericId | None = None
    created: EpochSeconds | None = None
    modified: EpochMillis | None = None
    role: str | None = None
    rights: int | None = None
    time_zone: str | None = None
    detail: Mapping[str, object] | None = None

    @property
    def is_active(self) -> bool | None:
        """Whether the user can log in, from whichever field of the answer has it; None if no field does."""
        active = self.active if self.active is not None else (self.detail or {}).get("active")
        return active if isinstance(active, bool) else None


@frozen(kw_only=True)
class UserSession(Model):
    """A login session of a user. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        id: The identifier that ends the session.
        user_id: The user.
        session_id: The session's identifier among services; the samples mask it, and the library never shows it.
        token_type: The type of token that the session was created from.
        ip: The address that the user logged in from.
        created: When it began.
        last_access: When it was last used.
        absolute_timeout: When the session ends at the latest; the year 1 means never.
        idle_timeout: The time without use after which the session ends, in nanoseconds.
        customer_id: The instance's other identifier.
    """

    id: NumericId | str
    user_id: NumericId | None = None
    session_id: Secret[str] | None = None
    token_type: str | None = None
    ip: str | None = None
    created: IsoStamp | None = None
    last_access: IsoStamp | None = None
    absolute_timeout: str | None = None
    idle_timeout: int | None = None
    customer_id: str | None = None


class UserFilterOperator(OpenEnum):
    """How a user's value is compared with the values of a filter."""

    EQ = "EQ"


@frozen
class UserFilter(Record):
    """A condition that users must meet to be found by a search.

    Attributes:
        field: The field, such as ``reportsTo``, ``department`` or ``roleId``.
        values: The values; one of them has to match.
        operator: The comparison; other clients are known to use ``EQ``.
    """

    field: str
    values: Sequence[AttributeValue]
    operator: UserFilterOperator | str = UserFilterOperator.EQ


@frozen
class NewUser(Record):
    """A user to create.

    Attributes:
        display_name: The display name.
        email_address: The e-mail address, which must be unique.
        role_id: The role.
    """

    display_name: str
    email_address: str
    role_id: int | str


@frozen
class UserChange(Record):
    """The changes of a user; fields that are not given stay as they are.

    Attributes:
        user_id: The user.
        display_name: The display name.
        email_address: The e-mail address.
        role_id: The role.
        attributes: Further attributes by name, each with its values, such as ``{"title": ["Clerk"]}``.
    """

    user_id: int | str
    display_name: str | Unset = UNSET
    email_address: str | Unset = UNSET
    role_id: int | str | Unset = UNSET
    attributes: Mapping[str, Sequence[AttributeValue]] | Unset = UNSET
