"""domo-async: Domo's Product APIs, awaited; `domo_async.sync` has the same for blocking callers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from domo_async._client import Domo
from domo_async._frames import Items, ItemTuple
from domo_async._redaction import Secret
from domo_async._settings import (
    AppAccess,
    ClientCertificate,
    RateLimit,
    RequestEvent,
    ResponseEvent,
    Retries,
    Settings,
    Timeouts,
)
from domo_async._telemetry import Telemetry
from domo_async._transport import CursorPager, Pager
from domo_async._version import __version__ as __version__
from domo_async._wire import UNSET, Unset
from domo_async.errors import (
    AfterCommitError,
    AnswerTooLarge,
    APIError,
    BadRequest,
    BulkError,
    CertificateError,
    CommitUncertain,
    ConfigError,
    Conflict,
    ConnectError,
    ContentMismatch,
    DecodeError,
    DomoError,
    FleetError,
    Forbidden,
    IncompleteAnswer,
    JobFailed,
    ListIncomplete,
    NotFound,
    ProxyError,
    RateLimited,
    RowCountMismatch,
    SearchIncomplete,
    ServerError,
    SourceError,
    TargetError,
    TimeoutError,  # noqa: A004 - the name users look for
    TransportError,
    Unauthorized,
    UnknownState,
    Unresolved,
    UploadError,
    WaitTimeout,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from domo_async._bulk import BulkProgress, BulkReport, BulkResult, Outcome
    from domo_async._doctor import DoctorReport
    from domo_async._fleet import Fleet, FleetResults
    from domo_async._transfer import (
        Budget,
        FolderEntry,
        FolderReport,
        ItemResult,
        ItemResults,
        LoadEntry,
        LoadReport,
        Progress,
        ProgressEvents,
        UploadKeywords,
        UploadPlan,
        UploadResult,
    )

__all__ = [
    "UNSET",
    "APIError",
    "AfterCommitError",
    "AnswerTooLarge",
    "AppAccess",
    "BadRequest",
    "Budget",
    "BulkError",
    "BulkProgress",
    "BulkReport",
    "BulkResult",
    "CertificateError",
    "ClientCertificate",
    "CommitUncertain",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "ContentMismatch",
    "CursorPager",
    "DecodeError",
    "DoctorReport",
    "Domo",
    "DomoError",
    "Fleet",
    "FleetError",
    "FleetResults",
    "FolderEntry",
    "FolderReport",
    "Forbidden",
    "IncompleteAnswer",
    "ItemResult",
    "ItemResults",
    "ItemTuple",
    "Items",
    "JobFailed",
    "ListIncomplete",
    "LoadEntry",
    "LoadReport",
    "NotFound",
    "Outcome",
    "Pager",
    "Progress",
    "ProgressEvents",
    "ProxyError",
    "RateLimit",
    "RateLimited",
    "RequestEvent",
    "ResponseEvent",
    "Retries",
    "RowCountMismatch",
    "SearchIncomplete",
    "Secret",
    "ServerError",
    "Settings",
    "SourceError",
    "TargetError",
    "Telemetry",
    "TimeoutError",
    "Timeouts",
    "TransportError",
    "Unauthorized",
    "UnknownState",
    "Unresolved",
    "Unset",
    "UploadError",
    "UploadKeywords",
    "UploadPlan",
    "UploadResult",
    "WaitTimeout",
]

# Names that few programs need are imported on first use.
_ON_USE = {
    "domo_async._bulk": {"BulkProgress", "BulkReport", "BulkResult", "Outcome"},
    "domo_async._doctor": {"DoctorReport"},
    "domo_async._fleet": {"Fleet", "FleetResults"},
    "domo_async._transfer": {
        "Budget",
        "FolderEntry",
        "FolderReport",
        "ItemResult",
        "ItemResults",
        "LoadEntry",
        "LoadReport",
        "Progress",
        "ProgressEvents",
        "UploadKeywords",
        "UploadPlan",
        "UploadResult",
    },
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add ``%domo`` and ``%%domo`` to IPython: ``%load_ext domo_async``."""
    from domo_async._notebook import load  # noqa: PLC0415 - IPython alone needs it

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take away what `load_ipython_extension` added."""
    from domo_async._notebook import unload  # noqa: PLC0415 - as above

    unload(shell)


def __getattr__(name: str) -> object:
    for module, names in _ON_USE.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
