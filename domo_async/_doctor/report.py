"""The report of a check: routes, keys, types and counts; none of the instance's data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from domo_async._frames import Tabular
from domo_async._wire import Record

__all__ = ["Check", "DoctorReport", "Finding", "FindingKind", "Identity", "Verdict"]


class Verdict(StrEnum):
    """The result for one route."""

    CLEAN = "clean"
    """The route answered, and all known fields could be read; keys and words may be new."""
    ODD = "odd"
    """The route answered, and some of the answer could not be read; see the findings."""
    NOT_ALLOWED = "not allowed"
    """The route answered 401 or 403."""
    NOT_FOUND = "not found"
    """The route answered 404: the instance does not have the feature, or the object no longer exists."""
    REFUSED = "refused"
    """The route answered with another client error."""
    FAILED = "failed"
    """The route answered with a server error, with an unreadable answer, or not at all."""
    NOT_ASKED = "not asked"
    """No request was sent; see the reason."""


class FindingKind(StrEnum):
    """How an answer differs from the known form."""

    UNREADABLE = "unreadable"
    """The value of a known key could not be read; the field has its default, the value is in `extras`."""
    LEFT_OUT = "left out"
    """Items of a list could not be read, and are omitted from it."""
    UNEXPECTED = "unexpected"
    """The answer as a whole could not be read."""
    UNKNOWN_KEY = "unknown key"
    """A key without a field; its value is in `extras`."""
    UNKNOWN_WORD = "unknown word"
    """A word that is not among the known words of the field; it is kept unchanged."""


_NEWS = frozenset({FindingKind.UNKNOWN_KEY, FindingKind.UNKNOWN_WORD})
_BAD = frozenset({Verdict.REFUSED, Verdict.FAILED})


@frozen(kw_only=True)
class Finding(Record):
    """A part of an answer that does not have the known form.

    Attributes:
        kind: The type of difference.
        where: The model and the key, such as ``User.created``.
        type: The JSON type that was received, such as ``string``.
        count: The number of times it occurred.
        word: The word, if it is unknown and words were requested.
    """

    kind: FindingKind
    where: str
    type: str
    count: int
    word: str | None = None

    @property
    def is_problem(self) -> bool:
        """Whether some data was not read; a new key or a new word loses nothing."""
        return self.kind not in _NEWS


@frozen(kw_only=True)
class Check(Record):
    """The result for one read route.

    Attributes:
        route: Method and path, such as ``GET /api/authorization/v1/roles/{role_id}``.
        call: The method that was called for it, such as ``roles.get``; None if no method could be called.
        verdict: The result.
        reason: The reason that the route was not called, or failed.
        status: The last HTTP status; None if no answer came.
        items: The number of items of a returned list.
        requests: The number of requests, including retries.
        seconds: The duration.
        findings: The differences from the known form.
    """

    route: str
    call: str | None
    verdict: Verdict
    reason: str | None = None
    status: int | None = None
    items: int | None = None
    requests: int = 0
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()

    @property
    def is_problem(self) -> bool:
        """Whether a request that should succeed was refused or failed, or some data was not read."""
        return self.verdict in _BAD or any(finding.is_problem for finding in self.findings)


@frozen(kw_only=True)
class Identity(Record):
    """The token's user, described without a name.

    Attributes:
        accepted: Whether the instance accepts the token; None if no answer showed it.
        active: Whether the user can log in.
        authorities: The authorities of the user's role, such as ``dataset.manage``; None if the instance does not
            return them.
    """

    accepted: bool | None = None
    active: bool | None = None
    authorities: tuple[str, ...] | None = None


@frozen(kw_only=True)
class DoctorReport(Tabular, Record):
    """The findings of a read-only check of an instance.

    It has no token, and no names, addresses, identifiers or values of the instance: only routes, keys, types and
    counts.

    Attributes:
        version: The version of this library.
        python: The version of Python.
        made: When the check started.
        instance: The instance, if requested.
        identity: The token's user.
        checks: The result for each read route.
        requests: The total number of requests.
        seconds: The total duration.
    """

    version: str
    python: str
    made: datetime
    instance: str | None
    identity: Identity
    checks: Sequence[Check]
    requests: int
    seconds: float

    def _rows(self) -> Sequence[Check]:
        return self.checks

    @property
    def ok(self) -> bool:
        """Whether the token is accepted, no request that should succeed failed or was refused, and all was read.

        Routes that the user may not use, and new keys and words, are reported but do not count.
        """
        return self.identity.accepted is not False and not any(check.is_problem for check in self.checks)

    @property
    def problems(self) -> tuple[Check, ...]:
        """The checks that make the report not ok."""
        return tuple(check for check in self.checks if check.is_problem)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """The number of routes with each verdict."""
        found = Counter(check.verdict for check in self.checks)
        return {verdict: found[verdict] for verdict in Verdict if found[verdict]}
