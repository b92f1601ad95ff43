"""From status, headers and body to a value or a typed error. Pure."""

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
# Beyond what is kept, so that a secret does not stay where the text is cut in it.
_MARGIN = 4 << 10
_LARGE = 1 << 20  # not worth being read a second time
_LONGEST_LINE = 300
# Each `<` is looked at up to the next one, so that no page takes long.
_TAG = re.compile(r"<[^<>]*>")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
# A name in a text that is not whole JSON, up to where its value begins; and a value that is no list and no object.
_NAME = re.compile(r"""(?<![\w.-])([A-Za-z][\w.-]{0,63})["']?\s{0,8}[:=]\s{0,8}""")
_VALUE = re.compile(
    r"""(["'])(?:(?!\1)[^\\]|\\.)*+\1?|(?:(?:Bearer|Basic)\s{1,8})?[^\s,;&<>"'\]}]*+""", re.DOTALL | re.IGNORECASE
)
_SECONDS = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?", re.ASCII)


def api_error(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, redactor: Redactor
) -> APIError:
    """Return the error that an answer of this kind stands for.

    Domo's errors are JSON with ``message``, ``toe`` and at times ``errorCode``; all keys may be missing, and its
    maintenance and blocked pages are HTML or plain text.

    Args:
        request: What was asked.
        status: The answer's status.
        headers: The answer's headers.
        body: The answer's body, or its beginning.
        now: The time, to make sense of a Retry-After that is a date.
        redactor: Takes out what the body may repeat of the request.
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
    """Return the error for a good answer that is not what the documents promise, with all that is known of it.

    Args:
        request: What was asked.
        error: What is wrong with the answer.
        body: The answer's body.
        redactor: Takes out what the body may repeat of the request. What the answer itself holds under names of secrets
            is taken out as well.
    """
    text, told = _without_secrets(body, redactor)
    # A POST that may be sent again is a search or a query.
    reads = request.method in _READS or (request.method == "POST" and request.idempotent)
    took_effect = "" if reads else "; the request took effect, so do not send it again"
    line = " ".join(text[: 2 * _LONGEST_LINE].split())
    beginning = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
    found = DecodeError(
        f"{request.method} {request.url.path}: {told.text(error.message)}{took_effect}; the answer begins: {beginning}",
        path=told.text(error.path),
        method=request.method,
        request_path=request.url.path,
    )
    return _with_body(found, text, told)


def _without_secrets(body: bytes, redactor: Redactor) -> tuple[str, Redactor]:
    """Return the text of a body without what it holds under names of secrets, and what takes that out elsewhere."""
    try:
        told = redactor.also(secret_values(loads(body if len(body) <= _LARGE else b"")))
    except DecodeError:
        return _without_pairs(_text(body, redactor)), redactor
    return _text(body, told), told


def _without_pairs(text: str) -> str:
    """Return a text that is not whole JSON without the values that stand behind names of secrets."""
    shown, at = [], 0
    for name in _NAME.finditer(text):
        if name.start() < at or not is_secret_name(name[1]):
            continue
        value = _VALUE.match(text, name.end())
        quote = "" if value is None else value[1] or ""
        shown += [text[at : name.end()], f"{quote}***{quote}"]
        # Where a list or an object ends that is cut nobody can tell.
        at = len(text) if value is None or text[name.end() : name.end() + 1] in {"[", "{"} else value.end()
    return "".join([*shown, text[at:]])


def unusable_body(
    request: Request, body: bytes, *, may_be_empty: bool, redactor: Callable[[], Redactor]
) -> APIError | None:
    """Return the error for a good answer whose body cannot be the JSON that is due, or None.

    A web page is what a proxy or a login in front of the instance answers, whatever the status.

    Args:
        request: What was asked.
        body: The answer's body.
        may_be_empty: Whether there may be none.
        redactor: Returns what takes out what the body may repeat of the request; called only for an error.
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

    What is neither counts as absent; a date in the past, or a number below 0, as 0.
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return max(0.0, float(text))
    try:
        date = parsedate_to_datetime(text)
        # A date without a zone is in GMT, as HTTP has it.
        seconds = (date.replace(tzinfo=UTC) if date.tzinfo is None else date) - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, seconds.total_seconds())


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return what the headers ask for, the longest wait if they say it more than once."""
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
    found = (facts.get(key) for key in keys)
    return next((str(value) for value in found if isinstance(value, (str, int, float)) and value != ""), None)


def _summary(text: str, headers: Mapping[str, str]) -> str:
    """Say in a line what a body that is not Domo's JSON error holds."""
    page = text.lstrip().startswith("<")
    words = (_inside("title", text) or _inside("h1", text) or text) if page else text
    line = " ".join(html.unescape(_TAG.sub(" ", words) if page else words).split())
    if not line:
        return f"no explanation given ({headers.get('Server') or 'empty body'})"
    prefix = "a web page: " if page else ""
    return prefix + (line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "…")


def _inside(tag: str, page: str) -> str | None:
    """Return what stands in the first element of a name; the page is gone through once."""
    begin = re.search(f"<{tag}(?![a-z0-9])", page, re.IGNORECASE)
    if begin is None:
        return None
    opened = page.find(">", begin.end())
    end = re.compile(f"</{tag}", re.IGNORECASE).search(page, opened) if opened >= 0 else None
    return None if end is None else page[opened + 1 : end.start()].strip() or None
