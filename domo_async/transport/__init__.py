"""The one way out to an instance. Knows no endpoint."""

from __future__ import annotations

from domo_async.transport.message import Body, QueryValue
from domo_async.transport.pager import (
    BODY,
    BODY_COUNT,
    OFFSET_ONLY,
    QUERY,
    QUERY_SKIP,
    Batch,
    CursorPage,
    CursorPager,
    Pager,
    Paging,
)
from domo_async.transport.retry import retry_delay
from domo_async.transport.session import Download, Transport
from domo_async.transport.url import Url, raw_url, url

__all__ = [
    "BODY",
    "BODY_COUNT",
    "OFFSET_ONLY",
    "QUERY",
    "QUERY_SKIP",
    "Batch",
    "Body",
    "CursorPage",
    "CursorPager",
    "Download",
    "Pager",
    "Paging",
    "QueryValue",
    "Transport",
    "Url",
    "raw_url",
    "retry_delay",
    "url",
]
