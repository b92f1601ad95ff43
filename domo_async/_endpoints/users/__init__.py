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
from domo_async._endpoints.users.offboarding import (
    LeaverAccount,
    OffboardingAction,
    OffboardingKind,
    OffboardingPlan,
    OffboardingReport,
    OffboardingStep,
    OwnedThing,
)

__all__ = [
    "AttributeValue",
    "Exists",
    "LeaverAccount",
    "NewUser",
    "OffboardingAction",
    "OffboardingKind",
    "OffboardingPlan",
    "OffboardingReport",
    "OffboardingStep",
    "OwnedThing",
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
