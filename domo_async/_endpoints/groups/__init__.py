"""Groups and their members: `domo.groups`."""

from __future__ import annotations

from domo_async._endpoints.groups.area import Groups
from domo_async._endpoints.groups.models import (
    CreatedGroup,
    Group,
    GroupPerson,
    GroupType,
    GroupUser,
    ListedGroup,
    Member,
    Membership,
    Memberships,
    MemberType,
)

__all__ = [
    "CreatedGroup",
    "Group",
    "GroupPerson",
    "GroupType",
    "GroupUser",
    "Groups",
    "ListedGroup",
    "Member",
    "MemberType",
    "Membership",
    "Memberships",
]
