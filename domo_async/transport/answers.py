"""From status, headers and body to a value or a typed error. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from domo_async.errors import APIError, DecodeError
from domo_async.transport.message import Request
from domo_async.wire import loads

__all__ = ["api_error", "parse_retry_after", "unusable_body"]

_BODY_KEPT = 64 * 1024
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def api_error(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, secret: str
) -> APIError:
    """Return the error that an answer of this kind stands for.

    Domo's errors are JSON with ``message``, ``toe`` and at times ``errorCode``; all keys may be missing, and its
    maintenance and blocked pages are HTML or plain text.

    Args:
        request: What was asked.
        status: The answer's status.
        headers: The answer's headers.
        body: The answer's body.
        now: The time, to make sense of a Retry-After that is a date.
        secret: The token, which is taken out should the body repeat it.
    """
    text = _text(body, secret)
    facts = _json_object(body)
    message = _first_text(facts, "message", "statusReason", "error", "errorMessage")
    return APIError.for_status(
        status,
        message=(message or _summary(text, headers)).replace(secret, "***"),
        method=request.method,
        path=request.url.path,
        code=_first_text(facts, "errorCode"),
        toe=_first_text(facts, "toe"),
        retry_after=parse_retry_after(headers.get("Retry-After"), now),
        body=text,
    )


def unusable_body(request: Request, body: bytes, *, may_be_empty: bool, secret: str) -> APIError | None:
    """Return the error for a good answer whose body cannot be the JSON that is due, or None.

    A web page is what a proxy or a login in front of the instance answers, whatever the status.
    """
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and may_be_empty:
        return None
    if not start:
        message = "the answer's body is empty where JSON was due"
    elif start[:1] == b"<":
        message = f"a web page came where JSON was due ({_summary(_text(body, secret), {})})"
    else:
        return None
    return APIError(status=200, message=message, method=request.method, path=request.url.path, body=_text(body, secret))


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number of seconds or a date.

    What is neither, or not finite, counts as absent; a date in the past as 0.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    if seconds != seconds or seconds == float("inf"):  # noqa: PLR0124 - the test for NaN
        return None
    return max(0.0, seconds)


def _text(body: bytes, secret: str) -> str:
    return body[:_BODY_KEPT].decode("utf-8", "replace").replace(secret, "***")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = loads(body)
    except DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _first_text(facts: Mapping[str, Any], *keys: str) -> str | None:
    return next((str(facts[key]) for key in keys if facts.get(key) not in (None, "")), None)


def _summary(text: str, headers: Mapping[str, str]) -> str:
    """Say in a line what a body that is not Domo's JSON error holds."""
    page = text.lstrip().startswith("<")
    title = _TITLE.search(text) if page else None
    words = (title.group(1) or title.group(2)) if title else text
    line = " ".join(html.unescape(_TAG.sub(" ", words) if page else words).split())
    if not line:
        return f"no explanation given ({headers.get('Server') or 'empty body'})"
    kind = "a web page: " if page else ""
    return kind + (line if len(line) <= 300 else line[:297] + "…")
