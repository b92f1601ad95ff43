"""Metadata of datasets, and the fields by which lists of datasets are sorted."""

from __future__ import annotations

from attrs import frozen

from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum
from domo_async.errors import ConfigError

__all__ = ["CryoStatus", "DatasetCertification", "DatasetOrder", "DatasetPart", "DatasetPermission", "DatasetTag"]


class DatasetOrder(OpenEnum):
    """The field that a list of datasets is sorted by."""

    NAME = "name"
    LAST_TOUCHED = "lastTouched"
    LAST_UPDATED = "lastUpdated"
    CREATED_AT = "createdAt"
    CARD_COUNT = "cardCount"
    CARD_VIEW_COUNT = "cardViewCount"
    ERROR_STATE = "errorState"
    DATA_SOURCE_ID = "dataSourceId"


# Some fields of the route sort ascending, some descending; a suffix, where one exists, reverses the order.
_UPWARDS = frozenset({DatasetOrder.NAME, DatasetOrder.ERROR_STATE, DatasetOrder.DATA_SOURCE_ID})


def order_word(sort_by: DatasetOrder | str | None, *, ascending: bool | None) -> str | None:
    """Return the route's word for an order of datasets; without `ascending`, in the field's default direction.

    Raises:
        ConfigError: The field cannot be sorted in that direction.
    """
    if sort_by is None or ascending is None:
        return sort_by
    if sort_by not in tuple(DatasetOrder):
        raise ConfigError(f"sort_by must be one of {', '.join(DatasetOrder)} if ascending is given, not {sort_by!r}")
    if (sort_by in _UPWARDS) is ascending:
        return sort_by
    if sort_by == DatasetOrder.DATA_SOURCE_ID:
        raise ConfigError("datasets can be sorted by dataSourceId only with ascending=True")
    return f"{sort_by}{'Ascending' if ascending else 'Descending'}"


class DatasetPart(OpenEnum):
    """A part of a dataset's metadata that can be requested."""

    CORE = "core"
    PERMISSION = "permission"
    STATUS = "status"
    PDP = "pdp"
    ROW_COL_COUNT = "rowcolcount"
    CERTIFICATION = "certification"
    SHARE_COUNT = "sharecount"
    ALERT_COUNT = "alertcount"
    DATA_PROVIDER = "dataprovider"
    FEATURES = "features"
    IMPACT_COUNTS = "impactcounts"
    FUNCTIONS = "functions"
    CRYO = "cryo"
    WARNINGS = "warnings"
    PHAROS = "pharos"


class DatasetPermission(OpenEnum):
    """The permissions of the token's owner on a dataset."""

    NONE = "NONE"
    LIMITED_READ = "LIMITED_READ"
    READ = "READ"
    READ_WRITE = "READ_WRITE"
    READ_SHARE = "READ_SHARE"
    READ_WRITE_SHARE = "READ_WRITE_SHARE"
    READ_WRITE_DELETE = "READ_WRITE_DELETE"
    READ_WRITE_DELETE_SHARE = "READ_WRITE_DELETE_SHARE"
    READ_WRITE_DELETE_SHARE_ADMIN = "READ_WRITE_DELETE_SHARE_ADMIN"


class CryoStatus(OpenEnum):
    """The location of a dataset's data: only in the vault, or in Adrenaline, the query engine."""

    VAULT = "VAULT"
    ADRENALINE = "ADRENALINE"
    PROCESSING = "PROCESSING"


@frozen(kw_only=True)
class DatasetCertification(Model):
    """The certification of a dataset.

    Attributes:
        state: The state of the certification, such as ``CERTIFIED``, ``PENDING`` or ``EXPIRED``.
        reason: The reason for the state, such as ``MODIFIED``.
        process_name: The name of the certification process.
        process_type: The type of the process: ``COMPANY`` or ``DEPARTMENT``.
        admin_certified: Whether an admin certified it.
        approval_request_id: The approval request.
        user_id: The user who certified it.
        last_updated: The time of the last change of the certification.
    """

    state: str | None = None
    reason: str | None = None
    process_name: str | None = None
    process_type: str | None = None
    admin_certified: bool | None = None
    approval_request_id: str | None = None
    user_id: NumericId | str | None = None
    last_updated: EpochMillis | None = None


@frozen(kw_only=True)
class DatasetTag(Model):
    """A tag of datasets.

    Attributes:
        key: The tag.
        display: The tag's display name.
        display_meta: The number of datasets with the tag.
    """

    key: str
    display: str | None = None
    display_meta: int | None = None
