"""What access to a dataset is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import require_list
from domo_async._wire import Model, OpenEnum, Record, payload

__all__ = ["AccessEntry", "AccessLevel", "AccessType", "DatasetAccess", "Grant", "Grantee", "granted"]


class AccessType(OpenEnum):
    """Who, or what, can have access."""

    USER = "USER"
    GROUP = "GROUP"
    CARD = "CARD"
    VIRTUAL_USER = "VIRTUAL_USER"
    APPROVAL = "APPROVAL"
    ENIGMA_FORM_INSTANCE = "ENIGMA_FORM_INSTANCE"
    DATA_APP = "DATA_APP"
    DATA_APP_VIEW = "DATA_APP_VIEW"
    WORKFLOW = "WORKFLOW"
    REPORT_VIEW_PAGE = "REPORT_VIEW_PAGE"


class AccessLevel(OpenEnum):
    """What access allows."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    CAN_EDIT = "CAN_EDIT"
    CAN_SHARE = "CAN_SHARE"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"
    FEDERATED = "FEDERATED"


@frozen(kw_only=True)
class AccessEntry(Model):
    """A user, a group or something else that has access to a dataset.

    Attributes:
        id: The user, the group or what else it is.
        type: Which of these.
        access_level: What it allows.
        name: The user's or group's name.
    """

    id: str
    type: AccessType | None = None
    access_level: AccessLevel | None = None
    name: str | None = None


@frozen(kw_only=True)
class DatasetAccess(Model):
    """Who has access to which dataset.

    Attributes:
        data_source_id: The dataset.
        id: The user, the group or what else it is.
        type: Which of these.
        access_level: What it allows.
    """

    data_source_id: str
    id: str
    type: AccessType | None = None
    access_level: AccessLevel | None = None


@frozen
class Grantee(Record):
    """Whose access is meant.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
    """

    id: int | str
    type: AccessType | str = AccessType.USER


@frozen
class Grant(Record):
    """Access to give.

    Attributes:
        id: The user, or the group.
        access_level: What to allow.
        type: Whether `id` is a user or a group.
    """

    id: int | str
    access_level: AccessLevel | str
    type: AccessType | str = AccessType.USER


def granted(grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """Return access as requests have it; identifiers are text there, as Domo's documentation shows them.

    Raises:
        ConfigError: There is none.
    """
    return [
        payload(id=str(grant.id), type=grant.type, access_level=grant.access_level)
        for grant in require_list(grants, "permissions")
    ]
