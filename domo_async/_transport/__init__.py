"""The only way to send requests to an instance. This package does not know any endpoint."""

from __future__ import annotations

from domo_async._transport.pager import (
    BODY,
    BODY_COUNT,
    OFFSET_ONLY,
    QUERY,
    QUERY_SKIP,
    CursorPage,
    CursorPager,
    PageData,
    Pager,
    Paging,
    by_cursor,
)
from domo_async._transport.request import Body, Headers, QueryValue, Repeated
from domo_async._transport.retry import Attempts, persistent, retry_delay
from domo_async._transport.session import Download, Transport
from domo_async._transport.url import Url, raw_url, url

__all__ = [
    "BODY",
    "BODY_COUNT",
    "OFFSET_ONLY",
    "QUERY",
    "QUERY_SKIP",
    "Attempts",
    "Body",
    "CursorPage",
    "CursorPager",
    "Download",
    "Headers",
    "PageData",
    "Pager",
    "Paging",
    "QueryValue",
    "Repeated",
    "Transport",
    "Url",
    "by_cursor",
    "persistent",
    "raw_url",
    "retry_delay",
    "url",
]
