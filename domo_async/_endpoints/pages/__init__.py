"""Pages (dashboards): `domo.pages`."""

from __future__ import annotations

from domo_async._endpoints.pages.area import Pages
from domo_async._endpoints.pages.models import (
    Page,
    PageAccess,
    PageAccessGroup,
    PageAccessUser,
    PageOrder,
    PageOwner,
    PageOwnerType,
    PagePermission,
    PageSummary,
    PageWithCards,
)

__all__ = [
    "Page",
    "PageAccess",
    "PageAccessGroup",
    "PageAccessUser",
    "PageOrder",
    "PageOwner",
    "PageOwnerType",
    "PagePermission",
    "PageSummary",
    "PageWithCards",
    "Pages",
]
