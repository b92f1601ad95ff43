"""Conversion of status, headers and body to a typed error or a value. Pure."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from domo_async._redaction import Redactor, is_secret_name, secret_values
from domo_async._transport.request import Request
from domo_async._wire import loads
from domo_async.errors import APIError, DecodeError

__all__ = ["api_error", "decode_error", "parse_retry_after", "unusable_body"]

E = TypeVar("E", APIError, DecodeError)

_BODY_KEPT = 64 << 10
# More than is kept, so that a secret is removed even if the text is cut within it.
_MARGIN = 4 << 10
_LARGE = 1 << 20  # too large to parse a second time
_LONGEST_LINE = 300
# Each `<` is matched only up to the next one, so that the search is linear.
_TAG = re.compile(r"<[^<>]*>")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
# A name in incomplete JSON, up to its value; and a value that is neither a list nor an object.
_NAME = re.compile(r"""(?<![\w.-])([A-Za-z][\w.-]{0,63})["']?\s{0,8}[:=]\s{0,8}""")
_VALUE = re.compile(
    r"""(["'])(?:(?!\1)[^\\]|\\.)*+\1?|(?:(?:Bearer|Basic)\s{1,8})?[^\s,;&<>"'\]}]*+""", re.DOTALL | re.IGNORECASE
)
_SECONDS = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?", re.ASCII)


def api_error(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, redactor: Redactor
) -> APIError:
    """Return the error for an answer with an error status.

    Domo's errors are JSON with ``message``, ``toe`` and sometimes ``errorCode``; all keys may be missing, and pages for
    maintenance or blocked access are HTML or plain text.

    Args:
        request: The request.
        status: The answer's status.
        headers: The answer's headers.
        body: The answer's body, or its beginning.
        now: The current time, to interpret a Retry-After that is a date.
        redactor: Removes secrets of the request that the body may repeat.
    """
    text, redactor = _without_secrets(body, redactor)
    facts = _json_object(body)
    message = _first_text(facts, "message", "statusReason", "error", "errorMessage", "detail", "title")
    error = APIError.for_status(
        status,
        message=message or _summary(text, headers),
        method=request.method,
        path=request.url.path,
        code=_first_text(facts, "errorCode"),
        toe=_first_text(facts, "toe"),
        retry_after=_retry_after(headers, now),
    )
    return _with_body(error, text, redactor)


def decode_error(request: Request, error: DecodeError, body: bytes, *, redactor: Redactor) -> DecodeError:
    """Return the error for a successful answer that does not match Domo's documentation, with all details.

    Args:
        request: The request.
        error: The error of the answer.
        body: The answer's body.
        redactor: Removes secrets of the request that the body may repeat. Values of the answer under names of secrets
            are removed as well.
    """
    text, hide = _without_secrets(body, redactor)
    # A POST that may be sent again is a search or a query.
    reads = request.method in _READS or (request.method == "POST" and request.idempotent)
    took_effect = "" if reads else "; the request took effect, so do not send it again"
    line = " ".join(text[: 2 * _LONGEST_LINE].split())
    beginning = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
    found = DecodeError(
        f"{request.method} {request.url.path}: {hide.text(error.message)}{took_effect}; the answer begins: {beginning}",
        path=hide.text(error.path),
        method=request.method,
        request_path=request.url.path,
    )
    return _with_body(found, text, hide)


def _without_secrets(body: bytes, redactor: Redactor) -> tuple[str, Redactor]:
    """Return the text of a body without values under names of secrets, and a redactor that removes these elsewhere."""
    try:
        hide = redactor.also(secret_values(loads(body if len(body) <= _LARGE else b"")))
    except DecodeError:
        return _without_pairs(_text(body, redactor)), redactor
    return _text(body, hide), hide


def _without_pairs(text: str) -> str:
    """Return incomplete JSON without the values under names of secrets."""
    shown, at = [], 0
    for name in _NAME.finditer(text):
        if name.start() < at or not is_secret_name(name[1]):
            continue
        value = _VALUE.match(text, name.end())
        quote = "" if value is None else value[1] or ""
        shown += [text[at : name.end()], f"{quote}***{quote}"]
        # The end of a list or object that is cut off is unknown.
        at = len(text) if value is None or text[name.end() : name.end() + 1] in {"[", "{"} else value.end()
    return "".join([*shown, text[at:]])


def unusable_body(
    request: Request, body: bytes, *, may_be_empty: bool, redactor: Callable[[], Redactor]
) -> APIError | None:
    """Return the error for a successful answer whose body cannot be the expected JSON, or None.

    A proxy or a login page in front of the instance answers with a web page, whatever the status.

    Args:
        request: The request.
        body: The answer's body.
        may_be_empty: Whether the body may be empty.
        redactor: Returns a redactor of the request's secrets; called only for an error.
    """
    start = body[:512].removeprefix(codecs.BOM_UTF8).lstrip()
    if not start and may_be_empty:
        return None
    text = ""
    if not start:
        message = "the answer's body is empty where JSON was due"
    elif start[:1] == b"<":
        text = _text(body, redactor())
        message = f"a web page came where JSON was due ({_summary(text, {})})"
    else:
        return None
    error = APIError(status=200, message=message, method=request.method, path=request.url.path)
    return _with_body(error, text, redactor())


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number of seconds or a date.

    Other values count as absent; a date in the past or a negative number counts as 0.
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return max(0.0, float(text))
    try:
        date = parsedate_to_datetime(text)
        # A date without a zone is in GMT, as HTTP defines.
        seconds = (date.replace(tzinfo=UTC) if date.tzinfo is None else date) - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, seconds.total_seconds())


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the wait that the headers ask for; the longest one if there are several."""
    values = [value for name, value in headers.items() if name.lower() == "retry-after"]
    return max((asked for value in values if (asked := parse_retry_after(value, now)) is not None), default=None)


def _with_body(error: E, text: str, redactor: Redactor) -> E:
    redactor.error(error)
    error.body = text[:_BODY_KEPT]
    return error


def _text(body: bytes, redactor: Redactor) -> str:
    return redactor.text(body[: _BODY_KEPT + _MARGIN].decode("utf-8-sig", "replace"))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = loads(body.removeprefix(codecs.BOM_UTF8))
    except DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _first_text(facts: Mapping[str, Any], *keys: str) -> str | None:
    """Return the first text there is, in one line: among lines of a log, further ones could be taken for others."""
    found = (facts.get(key) for key in keys)
    texts = (" ".join(str(value).split()) for value in found if isinstance(value, (str, int, float)))
    return next(filter(None, texts), None)


def _summary(text: str, headers: Mapping[str, str]) -> str:
    """Summarize a body that is not Domo's JSON error in one line."""
    page = text.lstrip().startswith("<")
    words = (_inside("title", text) or _inside("h1", text) or text) if page else text
    line = " ".join(html.unescape(_TAG.sub(" ", words) if page else words).split())
    if not line:
        return f"no explanation given ({headers.get('Server') or 'empty body'})"
    prefix = "a web page: " if page else ""
    return prefix + (line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "…")


def _inside(tag: str, page: str) -> str | None:
    """Return the text of the first element of a name, in a single pass."""
    begin = re.search(f"<{tag}(?![a-z0-9])", page, re.IGNORECASE)
    if begin is None:
        return None
    opened = page.find(">", begin.end())
    end = re.compile(f"</{tag}", re.IGNORECASE).search(page, opened) if opened >= 0 else None
    return None if end is None else page[opened + 1 : end.start()].strip() or None
