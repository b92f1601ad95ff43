"""Offboarding: what a leaver has, what is to become of it, and what did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from domo_async._bulk import BulkReport, Outcome
from domo_async._endpoints.users.models import User
from domo_async._frames import Tabular
from domo_async._wire import OpenEnum, Record
from domo_async.errors import DomoError

__all__ = [
    "LeaverAccount",
    "OffboardingAction",
    "OffboardingKind",
    "OffboardingPlan",
    "OffboardingReport",
    "OffboardingStep",
    "OwnedThing",
]

LeaverAccount: TypeAlias = Literal["deactivate", "delete", "keep"]
"""What becomes of the leaver's own account, last of all."""

_NAMED = 3


class OffboardingKind(OpenEnum):
    """What a leaver may have, in the order in which it is told."""

    DATASET = "dataset"
    STREAM = "stream"
    DATAFLOW = "dataflow"
    CARD = "card"
    PAGE = "page"
    APP = "app"
    ACCOUNT = "account"
    WORKFLOW = "workflow"
    QUEUE = "queue"
    TASK = "task"
    FILESET = "fileset"
    COLLECTION = "collection"
    GROUP = "group"
    ALERT = "alert"
    REPORT = "report"
    BEAST_MODE = "beast mode"
    CODE_PACKAGE = "code package"
    DATASTORE = "datastore"
    FILE = "file"
    PUBLICATION = "publication"
    ACCESS_TOKEN = "access token"  # noqa: S105 - what it is called
    LOGIN = "login"
    USER = "user"


class OffboardingAction(OpenEnum):
    """What is to become of the things of a kind."""

    HAND_OVER = "hand over"
    FOLLOW = "goes with its dataset"
    ASSIGN = "assign"
    REVOKE = "revoke"
    END = "end"
    DEACTIVATE = "deactivate"
    DELETE = "delete"
    NONE = "cannot be moved"


@frozen
class OwnedThing(Record):
    """Something that the leaver has.

    Attributes:
        kind: What it is.
        id: Its identifier.
        name: Its name, where that is told.
        parent_id: What it is in: a task's queue.
    """

    kind: OffboardingKind
    id: str
    name: str | None = None
    parent_id: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.id}" if self.name is None else f"{self.kind} {self.name} ({self.id})"


@frozen
class OffboardingStep(Record):
    """What the leaver has of one kind, and what is to become of it.

    Attributes:
        kind: The kind.
        action: What is to become of it.
        things: The things.
        note: What else there is to say: why they cannot be moved, or that there may be more.
        error: Why it is not known what there is; then `things` is empty.
    """

    kind: OffboardingKind
    action: OffboardingAction
    things: tuple[OwnedThing, ...] = ()
    note: str | None = None
    error: DomoError | None = None

    @property
    def movable(self) -> bool:
        """Whether something can be done about them."""
        return self.action is not OffboardingAction.NONE


@frozen(repr=False)
class OffboardingPlan(Tabular, Record):
    """What would be done, kind by kind; printed as a table.

    Attributes:
        leaver_id: Who leaves.
        leaver: That user; None if the user is there no more.
        to: Who is to have it all.
        account: What becomes of the leaver's own account, last of all.
        force: Whether that happens even if something stays with the leaver.
        steps: What there is of each kind. Those of which there is nothing are among them.
        not_covered: What else a user may have, which no method of this library finds or moves.
    """

    leaver_id: int
    leaver: User | None
    to: User
    account: LeaverAccount
    force: bool
    steps: tuple[OffboardingStep, ...]
    not_covered: tuple[str, ...] = ()

    def _rows(self) -> tuple[OwnedThing, ...]:
        return self.things

    @property
    def counts(self) -> Mapping[OffboardingKind, int]:
        """How many things there are of each kind; those without any are left out."""
        return {step.kind: len(step.things) for step in self.steps if step.things}

    @property
    def things(self) -> tuple[OwnedThing, ...]:
        """All things that something can be done about, in the order of the steps."""
        return tuple(thing for step in self.steps if step.movable for thing in step.things)

    @property
    def left(self) -> tuple[OwnedThing, ...]:
        """The things that stay with the leaver, since no route is known to give them away."""
        return tuple(thing for step in self.steps if not step.movable for thing in step.things)

    def __repr__(self) -> str:
        return f"<OffboardingPlan of {len(self.things) + len(self.left)} things of {self.leaver_id}>"

    def __str__(self) -> str:
        told = [step for step in self.steps if step.things or step.error]
        rows = [(str(step.kind), str(len(step.things)), str(step.action), _names(step)) for step in told]
        widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([kind.ljust(widths[0]), count.rjust(widths[1]), action.ljust(widths[2]), names]).rstrip()
            for kind, count, action, names in rows
        ]
        name = self.leaver_id if self.leaver is None else self.leaver.display_name
        head = f"{name} has {len(self.things) + len(self.left)} things, for {self.to.display_name}:"
        return "\n".join([head, *lines, f"not looked at: {', '.join(self.not_covered)}"])


def _names(step: OffboardingStep) -> str:
    if step.error is not None:
        return f"not known: {step.error}"
    named = [thing.name or thing.id for thing in step.things]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    note = "" if step.note is None else f" ({step.note})"
    return f"{', '.join(named[:_NAMED])}{more}{note}"


@frozen(repr=False)
class OffboardingReport(BulkReport[OwnedThing, None]):
    """What became of each thing, or would become of it; printed as a table.

    Attributes:
        plan: What was planned.
    """

    plan: OffboardingPlan | None = None

    @property
    def by_kind(self) -> Mapping[OffboardingKind, Mapping[Outcome, int]]:
        """How many things of each kind had each outcome."""
        counted: dict[OffboardingKind, Counter[Outcome]] = {}
        for row in self.results:
            counted.setdefault(row.input.kind, Counter())[row.outcome] += 1
        return counted

    @property
    def complete(self) -> bool:
        """Whether nothing that was looked at is left with the leaver, or would be."""
        return all(row.ok and row.outcome is not Outcome.SKIPPED for row in self.results)
