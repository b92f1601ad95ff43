"""What a server may do wrong to one request, as values that hypothesis makes and shrinks."""

from __future__ import annotations

from attrs import frozen
from hypothesis import strategies as st

__all__ = ["BODIES", "CODINGS", "FRAMINGS", "TIMINGS", "Misdeed", "Script", "scripts"]

GOOD_OR_MOVED = (200, 200, 200, 201, 202, 204, 206, 207, 226, 301, 302, 303, 307, 308, 300, 304)
REFUSALS = (400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 425, 429, 429, 499)
FAILURES = (500, 501, 502, 503, 503, 504, 520, 530, 599)
STATUSES = (*GOOD_OR_MOVED, *REFUSALS, *FAILURES, 100, 101, 103, 0, 99, 600, 999, 1000)
BODIES = (
    "right",
    "right",
    "refusal",
    "page",
    "text",
    "empty",
    "cut",
    "array",
    "object",
    "null",
    "deep",
    "huge number",
    "not utf-8",
    "not a number",
    "reflection",
    "large",
)
FRAMINGS = (
    "exact",
    "exact",
    "short",
    "long",
    "none",
    "twice",
    "two lengths",
    "negative",
    "odd length",
    "chunked",
    "broken chunk",
    "no last chunk",
    "chunked and length",
    "chunked twice",
    "surplus",
    "two answers",
)
CODINGS = (
    "",
    "",
    "",
    "gzip",
    "gzip cut",
    "gzip with more",
    "deflate",
    "bomb",
    "unknown",
    "doubled",
    "not gzip",
    "none",
)
TIMINGS = ("at once", "at once", "byte by byte", "stall", "close", "reset", "early")
LOCATIONS = (
    "{stranger}/x",
    "{stranger}/back",
    "//{stranger_host}/x",
    "http://me:{token}@{stranger_host}/x?t={token}",
    "{here}/api/elsewhere",
    "{path}",
    "/api/elsewhere?t={token}",
    "",
    "javascript:alert(1)",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "https://127.0.0.1:1/",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "http://\u202e.invalid/{token}",
)
DATES = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT")
RETRY_AFTERS = ("0", "1", "0.001", "-5", "nan", "soon", "", "9" * 400, "1e309", *DATES, "3600", "{token}")
HEADERS = (
    ("Set-Cookie", "planted=by-the-server; Path=/"),
    ("Set-Cookie", "t={token}; Domain=localhost"),
    ("Server", "{token}"),
    ("Content-Type", "text/html; charset={token}"),
    ("Content-Type", "application/json; charset=utf-7"),
    ("Content-Type", "text/csv"),
    ("Content-Encoding", "{token}"),
    ("Content-Disposition", 'attachment; filename="../../{token}"'),
    ("Content-Range", "bytes 0-1/{token}"),
    ("Connection", "close"),
    ("Connection", "upgrade, {token}"),
    ("Keep-Alive", "timeout=0, max=0"),
    ("Keep-Alive", "timeout={token}"),
    ("Upgrade", "h2c"),
    ("Trailer", "X-Late"),
    ("ETag", '"{token}"'),
    ("X-Large", "x" * 70_000),
    ("X-Odd", "a\r\n folded"),
    ("X-Odd", "a\rb"),
    ("X Odd", "a"),
    ("", "a"),
    ("X-Null", "\0"),
    ("WWW-Authenticate", 'Basic realm="{token}"'),
    ("Digest", "sha-256={token}"),
    *(("Location", location) for location in LOCATIONS),
    *(("Retry-After", value) for value in RETRY_AFTERS),
)
REASONS = ("OK", "", "{token}", "x" * 9_000, "\u202e", "Not\tHere")
FORMS = ("plain", "upper", "quoted", "twice quoted", "base64", "base64 amid", "json", "html", "hex", "header", "body")


@frozen
class Misdeed:
    """What is done wrong to one request.

    Attributes:
        acts: Whether what was asked is carried out.
        status: The status; None for the right one.
        reason: The words beside it.
        body: What the body holds.
        framing: How the body's end is told.
        coding: How the body is encoded.
        headers: Further headers; ``{token}`` and its like are filled in.
        many: How many further headers there are on top of those.
        form: How the token is written where it is repeated.
        timing: When it is sent.
        place: Where in the answer the timing's turn comes, from 0 to 1.
        before: What comes before the answer, such as another one of 1xx.
    """

    acts: bool = True
    status: int | None = None
    reason: str = "OK"
    body: str = "right"
    framing: str = "exact"
    coding: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    many: int = 0
    form: str = "plain"
    timing: str = "at once"
    place: float = 0.5
    before: str = ""


@frozen
class Script:
    """What a server does wrong while a call is under way.

    Attributes:
        skip: How many requests it answers well before.
        misdeeds: What it does to those that follow, one after another.
        for_ever: Whether it goes on with the last of them.
        greeting: What it says on each connection before it is asked.
    """

    skip: int
    misdeeds: tuple[Misdeed, ...]
    for_ever: bool
    greeting: str


def _misdeeds() -> st.SearchStrategy[Misdeed]:
    usual = st.just
    return st.builds(
        Misdeed,
        acts=st.booleans(),
        status=st.one_of(usual(None), usual(None), st.sampled_from(STATUSES)),
        reason=st.one_of(usual("OK"), st.sampled_from(REASONS)),
        body=st.sampled_from(BODIES),
        framing=st.one_of(usual("exact"), usual("exact"), st.sampled_from(FRAMINGS)),
        coding=st.one_of(usual(""), usual(""), st.sampled_from(CODINGS)),
        headers=st.lists(st.sampled_from(HEADERS), max_size=3).map(tuple),
        many=st.sampled_from([0, 0, 0, 0, 0, 0, 200, 2_000]),
        form=st.sampled_from(FORMS),
        timing=st.one_of(usual("at once"), usual("at once"), st.sampled_from(TIMINGS)),
        place=st.floats(0, 1, width=16),
        before=st.sampled_from(["", "", "", "", "continue", "hints", "hundred hints", "blank", "garbage"]),
    )


def scripts() -> st.SearchStrategy[Script]:
    """Return a strategy of scripts."""
    return st.builds(
        Script,
        skip=st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6, 7]),
        misdeeds=st.lists(_misdeeds(), min_size=1, max_size=3).map(tuple),
        for_ever=st.sampled_from([False, False, True]),
        greeting=st.sampled_from(["", "", "", "", "", "", "answer", "garbage"]),
    )
