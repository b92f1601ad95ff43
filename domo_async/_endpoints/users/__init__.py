"""Users: `domo.users`."""

from __future__ import annotations

from domo_async._endpoints.users.area import Users
from domo_async._endpoints.users.models import (
    AttributeValue,
    Exists,
    NewUser,
    User,
    UserAttribute,
    UserChange,
    UserFilter,
    UserFilterOperator,
    UserParts,
    UserProfile,
    UserSession,
)

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
    "Users",
]
