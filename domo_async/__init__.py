"""domo-async: Domo's Product APIs, awaited; `domo_async.sync` has the same for blocking callers."""

from __future__ import annotations

from domo_async.client import Domo
from domo_async.errors import (
    AfterCommitError,
    APIError,
    BadRequest,
    CommitUncertain,
    ConfigError,
    Conflict,
    ConnectError,
    DecodeError,
    DomoError,
    Forbidden,
    IncompleteAnswer,
    JobFailed,
    NotFound,
    RateLimited,
    RowCountMismatch,
    SearchIncomplete,
    ServerError,
    SourceError,
    TimeoutError,  # noqa: A004 - the name users look for
    TransportError,
    Unauthorized,
    UploadError,
    WaitTimeout,
)
from domo_async.settings import AppAccess, RateLimit, RequestEvent, ResponseEvent, Retries, Settings, Timeouts
from domo_async.transport import Pager
from domo_async.wire import UNSET, Unset

__all__ = [
    "UNSET",
    "APIError",
    "AfterCommitError",
    "AppAccess",
    "BadRequest",
    "CommitUncertain",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "DecodeError",
    "Domo",
    "DomoError",
    "Forbidden",
    "IncompleteAnswer",
    "JobFailed",
    "NotFound",
    "Pager",
    "RateLimit",
    "RateLimited",
    "RequestEvent",
    "ResponseEvent",
    "Retries",
    "RowCountMismatch",
    "SearchIncomplete",
    "ServerError",
    "Settings",
    "SourceError",
    "TimeoutError",
    "Timeouts",
    "TransportError",
    "Unauthorized",
    "Unset",
    "UploadError",
    "WaitTimeout",
]
__version__ = "0.1.0"
