"""What a check tells: names of routes, keys and types, and counts; nothing of what the instance holds."""

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
    """What became of one route."""

    CLEAN = "clean"
    """It answered, and all that is known of the answer could be read; keys and words may be new."""
    ODD = "odd"
    """It answered, and something of the answer could not be read; see the findings."""
    NOT_ALLOWED = "not allowed"
    """It answered 401 or 403."""
    NOT_FOUND = "not found"
    """It answered 404: the instance does not have the feature, or no longer what was asked for."""
    REFUSED = "refused"
    """It answered with another error of the caller's."""
    FAILED = "failed"
    """It answered with an error of the instance's own, with nothing that can be read, or not at all."""
    NOT_ASKED = "not asked"
    """No request was sent; see the reason."""


class FindingKind(StrEnum):
    """How an answer differs from the known form."""

    UNREADABLE = "unreadable"
    """The value of a known key could not be read; the field has its default, the value is in `extras`."""
    LEFT_OUT = "left out"
    """Items of a list could not be read, and are left out of it."""
    UNEXPECTED = "unexpected"
    """The answer as a whole could not be read."""
    UNKNOWN_KEY = "unknown key"
    """A key that no field stands for; its value is in `extras`."""
    UNKNOWN_WORD = "unknown word"
    """A word that is not among those that are known for the field; it is kept as it came."""


_NEWS = frozenset({FindingKind.UNKNOWN_KEY, FindingKind.UNKNOWN_WORD})
_BAD = frozenset({Verdict.REFUSED, Verdict.FAILED})


@frozen(kw_only=True)
class Finding(Record):
    """Something of an answer that does not have the known form.

    Attributes:
        kind: How it differs.
        where: The model and the key, such as ``User.created``.
        type: The JSON type that came, such as ``string``.
        count: How often.
        word: The word, if it is an unknown one and words were asked for.
    """

    kind: FindingKind
    where: str
    type: str
    count: int
    word: str | None = None

    @property
    def is_problem(self) -> bool:
        """Whether something was not read; a key or a word that is new loses nothing."""
        return self.kind not in _NEWS


@frozen(kw_only=True)
class Check(Record):
    """What became of one read route.

    Attributes:
        route: Method and path, such as ``GET /api/authorization/v1/roles/{role_id}``.
        call: The method that was called for it, such as ``roles.get``; None if there was none to call.
        verdict: What became of it.
        reason: Why it was not asked, or failed.
        status: The last HTTP status; None if no answer came.
        items: How many items of a list came.
        requests: How many requests were sent, retries included.
        seconds: How long it took.
        findings: How the answer differs from the known form.
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
        """Whether a request that should do was refused or failed, or something was not read."""
        return self.verdict in _BAD or any(finding.is_problem for finding in self.findings)


@frozen(kw_only=True)
class Identity(Record):
    """Whom the token stands for, as far as it can be told without a name.

    Attributes:
        accepted: Whether the instance takes the token; None if no answer told.
        active: Whether the user can log in.
        authorities: What the user's role allows, such as ``dataset.manage``; None if the instance does not tell.
    """

    accepted: bool | None = None
    active: bool | None = None
    authorities: tuple[str, ...] | None = None


@frozen(kw_only=True)
class DoctorReport(Tabular, Record):
    """What a read-only check of an instance found.

    It holds no token, no names, addresses, identifiers or values of the instance's: routes, keys, types and counts.

    Attributes:
        version: Of this library.
        python: Of Python.
        made: When the check began.
        instance: Which instance it is, if that was asked for.
        identity: Whom the token stands for.
        checks: Each read route.
        requests: How many requests were sent in all.
        seconds: How long it took in all.
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
        """Whether the token is taken, no route failed or refused a request that should do, and all was read.

        Routes that the user may not use, and keys and words that are new, are told but do not count.
        """
        return self.identity.accepted is not False and not any(check.is_problem for check in self.checks)

    @property
    def problems(self) -> tuple[Check, ...]:
        """The checks that count against it."""
        return tuple(check for check in self.checks if check.is_problem)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many routes had each verdict."""
        found = Counter(check.verdict for check in self.checks)
        return {verdict: found[verdict] for verdict in Verdict if found[verdict]}
