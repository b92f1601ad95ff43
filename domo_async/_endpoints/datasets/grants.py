"""Access to datasets: levels, grantees and entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import require_list
from domo_async._wire import Model, OpenEnum, Record, payload

__all__ = ["AccessEntry", "AccessLevel", "AccessType", "DatasetAccess", "Grant", "Grantee"]


class AccessType(OpenEnum):
    """The type of a grantee."""

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
    """The level of access."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    CAN_EDIT = "CAN_EDIT"
    CAN_SHARE = "CAN_SHARE"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"
    FEDERATED = "FEDERATED"


@frozen(kw_only=True)
class AccessEntry(Model):
    """The access of a user, a group or another grantee to a dataset.

    Attributes:
        id: The identifier of the grantee: a user, a group or another entity.
        type: The type of the grantee.
        access_level: The level of access.
        name: The user's or group's name.
    """

    id: str
    type: AccessType | None = None
    access_level: AccessLevel | None = None
    name: str | None = None


@frozen(kw_only=True)
class DatasetAccess(Model):
    """One access entry of one dataset.

    Attributes:
        data_source_id: The dataset.
        id: The identifier of the grantee: a user, a group or another entity.
        type: The type of the grantee.
        access_level: The level of access.
    """

    data_source_id: str
    id: str
    type: AccessType | None = None
    access_level: AccessLevel | None = None


@frozen
class Grantee(Record):
    """A user or group whose access is removed.

    Attributes:
        id: The identifier of the user or the group.
        type: Whether `id` is a user or a group.
    """

    id: int | str
    type: AccessType | str = AccessType.USER


@frozen
class Grant(Record):
    """Access to give to a user or a group.

    Attributes:
        id: The identifier of the user or the group.
        access_level: The level of access.
        type: Whether `id` is a user or a group.
    """

    id: int | str
    access_level: AccessLevel | str
    type: AccessType | str = AccessType.USER


def granted(grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """Return grants as a request payload: identifiers are text, as in Domo's documentation.

    Raises:
        ConfigError: `grants` is empty.
    """
    return [
        payload(id=str(grant.id), type=grant.type, access_level=grant.access_level)
        for grant in require_list(grants, "permissions")
    ]
