"""What is told of a dataset beside its data, and the words by which datasets are listed."""

from __future__ import annotations

from attrs import frozen

from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum
from domo_async.errors import ConfigError

__all__ = [
    "CryoStatus",
    "DatasetCertification",
    "DatasetOrder",
    "DatasetPart",
    "DatasetPermission",
    "DatasetTag",
    "order_word",
]


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


# Some words of the route sort upwards, some downwards; the other direction has a suffix, if there is one.
_UPWARDS = frozenset({DatasetOrder.NAME, DatasetOrder.ERROR_STATE, DatasetOrder.DATA_SOURCE_ID})


def order_word(sort_by: DatasetOrder | str | None, *, ascending: bool | None) -> str | None:
    """Return the word for an order of datasets; without a direction, the one that the field has by itself.

    Raises:
        ConfigError: There is no such order.
    """
    if sort_by is None or ascending is None:
        return sort_by
    if sort_by not in tuple(DatasetOrder):
        raise ConfigError(f"sort_by must be one of {', '.join(DatasetOrder)} where ascending is given, not {sort_by!r}")
    if (sort_by in _UPWARDS) is ascending:
        return sort_by
    if sort_by == DatasetOrder.DATA_SOURCE_ID:
        raise ConfigError("datasets can be sorted by dataSourceId upwards alone")
    return f"{sort_by}{'Ascending' if ascending else 'Descending'}"


class DatasetPart(OpenEnum):
    """What can be told of a dataset."""

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
    """What the token's owner may do with a dataset."""

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
    """Where a dataset's data are: in the vault alone, or in Adrenaline, the query engine."""

    VAULT = "VAULT"
    ADRENALINE = "ADRENALINE"
    PROCESSING = "PROCESSING"


@frozen(kw_only=True)
class DatasetCertification(Model):
    """Whether a dataset is certified.

    Attributes:
        state: How far that is, such as ``CERTIFIED``, ``PENDING`` or ``EXPIRED``.
        reason: Why it is so, such as ``MODIFIED``.
        process_name: The process that certifies.
        process_type: Whether that is of the ``COMPANY`` or of a ``DEPARTMENT``.
        admin_certified: Whether an admin certified it.
        approval_request_id: The request for approval.
        user_id: Who certified it.
        last_updated: When this last changed.
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
    """A tag that datasets have.

    Attributes:
        key: The tag.
        display: How people see it.
        display_meta: How many datasets have it.
    """

    key: str
    display: str | None = None
    display_meta: int | None = None
