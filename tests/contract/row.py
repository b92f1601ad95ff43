"""What a row of the contract says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

__all__ = ["NOTHING", "Row", "Sent", "documented", "searched", "whole"]

NOTHING = object()
_ANSWERS = Path(__file__).parent / "answers"


@frozen
class Sent:
    """One request that must go out, and what comes back.

    Attributes:
        method: The HTTP method.
        path: The path, as it is sent.
        query: All of the query, as text; a list for a key that stands several times.
        json: The JSON body; NOTHING if there is none, or none that is JSON.
        body: The body where it is not JSON, or what judges it.
        answer: The answer's body.
        status: Its status.
        content_type: Its media type.
        headers: Headers that must go out.
        beside: Whether it goes out side by side with the request before it, so that either may come first.
    """

    method: str
    path: str
    query: Mapping[str, str | list[str]] = field(factory=dict, kw_only=True)
    json: object = field(default=NOTHING, kw_only=True)
    body: bytes | Callable[[bytes], bool] | None = field(default=None, kw_only=True)
    answer: bytes = field(default=b"", kw_only=True)
    status: int = field(default=200, kw_only=True)
    content_type: str = field(default="application/json", kw_only=True)
    headers: Mapping[str, str] = field(factory=dict, kw_only=True)
    beside: bool = field(default=False, kw_only=True)


@frozen
class Row:
    """A row of the contract.

    Attributes:
        id: The route's number, such as ``E001``, several by commas for a call that is made of them; or where else it is
            described, for one that the documents leave out.
        call: The call, the same for both clients; its result, or what it iterates over, is what `sends` led to.
        sends: What goes out for it, in order.
        gives: What the answer becomes: its type, or what judges it. A model must say all that the answer says.
        says: Which part of the last answer the result stands for; all of it by default.
        note: What sets the row apart from others of the same id.
        strict: Whether all of the answers can be read; else one is odd on purpose.
    """

    id: str
    call: Callable[[Any], Any]
    sends: tuple[Sent, ...] = field(converter=lambda sent: sent if isinstance(sent, tuple) else (sent,))
    gives: type | Callable[[Any], bool] | None = field(default=None, kw_only=True)
    says: Callable[[Any], Any] = field(default=lambda answer: answer, kw_only=True)
    note: str = field(default="", kw_only=True)
    strict: bool = field(default=True, kw_only=True)


def documented(name: str) -> bytes:
    """Return the documents' sample answer of a route: ``answers/E001.json``."""
    return (_ANSWERS / f"{name}.json").read_bytes()


def refusal(status: int) -> bytes:
    """Return the answer by which an instance refuses something."""
    return whole({"status": status, "statusReason": "", "message": "no", "toe": "ABCDEF-GHIJK-LMNOP"})


def whole(answer: object) -> bytes:
    """Return a JSON answer that is written in the row itself."""
    return json.dumps(answer).encode()


def searched(*addresses: str, users: Sequence[Mapping[str, object]], beside: bool = False) -> Sent:
    """Return the request that looks up users by their addresses, answered with these users."""
    return Sent(
        "POST",
        "/api/identity/v1/users/search",
        json={
            "showCount": True,
            "includeDeleted": False,
            "includeSupport": False,
            "sort": {"field": "displayName", "order": "ASC"},
            "filters": [
                {"filterType": "value", "field": "emailAddress", "values": [*addresses], "operator": "EQ"},
            ],
            "parts": ["DETAILED"],
            "limit": 200,
            "offset": 0,
        },
        answer=whole({"users": users, "count": len(users)}),
        beside=beside,
    )
