"""What users are."""

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
"""What to do about a user to be created who is there already."""


class UserParts(OpenEnum):
    """How much of a user to give."""

    MINIMAL = "MINIMAL"
    SIMPLE = "SIMPLE"
    DETAILED = "DETAILED"
    GROUPS = "GROUPS"
    ROLE = "ROLE"


@frozen(kw_only=True)
class UserAttribute(Model):
    """A fact about a user.

    Attributes:
        key: Its name, such as ``title``.
        values: What is known, often one value.
    """

    key: str
    values: tuple[AttributeValue, ...] = ()


@frozen(kw_only=True)
class User(Model):
    """A user.

    Attributes:
        id: The user's number.
        display_name: How people see the user.
        user_name: The name to log in by.
        email_address: Where mail goes.
        role_id: The role.
        attributes: Further facts.
        name: Like `display_name`; the Groups page documents it for the same route, with what follows.
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
    """A user, as the instance's older routes tell. Domo's documentation does not have it; instances answer so.

    Attributes:
        id: The user's number.
        display_name: How people see the user.
        user_name: The name to log in by.
        email_address: Where mail goes.
        role_id: The role.
        user_type: What kind of user it is, such as ``USER``.
        active: Whether the user can log in.
        accepted: Whether the user took up the invitation.
        pending: Whether that is still to come.
        anonymous: Whether it is a user without a name.
        system_user: Whether it is not a person.
        invitor_user_id: Who asked the user in.
        created: When the user was made.
        modified: When the user was last changed.
        role: The role's name.
        rights: What the user may do, as the oldest routes count it.
        time_zone: Where the user is, such as ``UTC``.
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
        """Whether the user can log in, wherever the answer tells it; None if it does not."""
        told = self.active if self.active is not None else (self.detail or {}).get("active")
        return told if isinstance(told, bool) else None


@frozen(kw_only=True)
class UserSession(Model):
    """A login of a user. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        id: What it is ended by.
        user_id: The user.
        session_id: What it goes by among services; masked in what is seen, and shown by nothing here.
        token_type: What kind of token it was made from.
        ip: Where the user logged in from.
        created: When it began.
        last_access: When it was last used.
        absolute_timeout: When it ends at the latest; the year 1 stands for never.
        idle_timeout: After how long without use it ends, in nanoseconds.
        customer_id: The instance's other name.
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
    """How a user's value has to be to the filter's values."""

    EQ = "EQ"


@frozen
class UserFilter(Record):
    """What a user has to be like, to be found by a search.

    Attributes:
        field: The fact, such as ``reportsTo``, ``department`` or ``roleId``.
        values: Its values; one of them has to fit.
        operator: How; other clients are known to use ``EQ``.
    """

    field: str
    values: Sequence[AttributeValue]
    operator: UserFilterOperator | str = UserFilterOperator.EQ


@frozen
class NewUser(Record):
    """A user to create.

    Attributes:
        display_name: How people see the user.
        email_address: Where mail goes; no two users share one.
        role_id: The role.
    """

    display_name: str
    email_address: str
    role_id: int | str


@frozen
class UserChange(Record):
    """What to change of a user; what is not given is left.

    Attributes:
        user_id: The user.
        display_name: How people see the user.
        email_address: Where mail goes.
        role_id: The role.
        attributes: Further facts by name, each with its values, such as ``{"title": ["Clerk"]}``.
    """

    user_id: int | str
    display_name: str | Unset = UNSET
    email_address: str | Unset = UNSET
    role_id: int | str | Unset = UNSET
    attributes: Mapping[str, Sequence[AttributeValue]] | Unset = UNSET
