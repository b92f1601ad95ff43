"""The bodies of one request, as people may see them: bounded, and with a mask for each secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.console.tables import as_size
from domo_async._emulator.http.log import BODY_KEPT, RequestLog
from domo_async._emulator.persistence.redaction import MASK, masked, without_secrets

__all__ = ["exchange", "without"]

_MOST_TEXT = 20_000
_CHOOSE = Html('<p class="empty">Choose a request above to see its body and that of its answer.</p>')
_FORM = "application/x-www-form-urlencoded"
_TEXTS = ("text/", "application/xml", "application/javascript")
# Secrets under names that do not speak of one.
_OPENING = frozenset({"sid", "jwt", "device_code", "assertion", "cookie"})
_SETTINGS_OF_ACCOUNT = re.compile(r"/providers/[^/]+/account/")


# As `Authentication.new_access_token` makes them.
_ACCESS_TOKEN = re.compile(r"\b[0-9]+-[0-9a-f]{64}\b")


def exchange(log: RequestLog, wanted: str, secrets: Sequence[str]) -> Html:
    """Return what a request and its answer had in them.

    Args:
        log: Where they are kept.
        wanted: The request's number; an empty text for none.
        secrets: Texts that are never shown, such as tokens.
    """
    if not wanted:
        return _CHOOSE
    record = log.found(int(wanted)) if wanted.isdecimal() and len(wanted) < 16 else None
    if record is None:
        return Html('<p class="empty">This request is not kept any more.</p>')
    bodies = log.exchange(record.number)
    if bodies is None:
        return Html('<p class="empty">The bodies of this request are not kept any more: those of the last are.</p>')
    sides = (
        ("Request", record.request_bytes, bodies.request_type, bodies.request_body),
        ("Answer", record.response_bytes, bodies.response_type, bodies.response_body),
    )
    return joined(
        [
            fill(
                '<p class="path">{method} {path} \N{RIGHTWARDS ARROW} {status}</p>',
                method=record.method,
                path=without(record.path + (f"?{record.query}" if record.query else ""), secrets),
                status=record.status or "no answer",
            ),
            *(
                fill(
                    "<h3>{side} <small>{size}</small></h3>{body}",
                    side=side,
                    size=f"{media_type.partition(';')[0]} {as_size(size)}".strip(),
                    body=_body(record.path, media_type, body, size, secrets),
                )
                for side, size, media_type, body in sides
            ),
        ]
    )


def _body(path: str, media_type: str, body: bytes, size: int, secrets: Sequence[str]) -> Html:
    if not body:
        said = "It is not shown: it is a file, or in several parts, or was left unread." if size else "It is empty."
        return fill('<p class="hint">{said}</p>', said=said)
    text = _readable(path, media_type.partition(";")[0].strip().lower(), body)
    if text is None:
        return Html('<p class="hint">It is not shown: it is not text, or JSON that is too long to find secrets in.</p>')
    text = without(text, secrets)
    shown = fill("<pre>{text}</pre>", text=text[:_MOST_TEXT])
    if len(text) <= _MOST_TEXT and len(body) < BODY_KEPT:
        return shown
    return joined([shown, fill('<p class="hint">Its beginning is shown, of {size}.</p>', size=as_size(size))])


def _readable(path: str, media_type: str, body: bytes) -> str | None:
    """Return a body as text without secrets; None if it is none, or may have some that are not found."""
    if media_type == _FORM and len(body) < BODY_KEPT:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
        return "\n".join(f"{key}={_safe({key: value}, path)[key]}" for key, value in pairs)
    if media_type.endswith("json") or body.lstrip()[:1] in {b"{", b"["}:
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        return orjson.dumps(_safe(content, path), option=orjson.OPT_INDENT_2).decode()
    return body.decode(errors="replace") if media_type.startswith(_TEXTS) else None


def _safe(content: Any, path: str) -> Any:
    if isinstance(content, dict) and _SETTINGS_OF_ACCOUNT.search(path):
        return masked(content)
    return _without_openings(without_secrets(content))


def _without_openings(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: masked(each)
            if key == "configurations" and isinstance(each, dict)
            else MASK
            if key.lower() in _OPENING and isinstance(each, str)
            else _without_openings(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without_openings(each) for each in value]
    return value


def without(text: str, secrets: Sequence[str]) -> str:
    """Return a text with a mask for each of these secrets, and for what looks like an access token."""
    text = _ACCESS_TOKEN.sub(MASK, text)
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
