"""Offboarding: the objects of a leaver, the plan to hand them over, and the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from domo_async._bulk import BulkReport, Outcome
from domo_async._display import first_few
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
"""The action for the leaver's own account, which comes last."""

_NAMED = 3


class OffboardingKind(OpenEnum):
    """The types of objects that a leaver may have, in the order of the report."""

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
    EXECUTOR_JOB = "executor job"
    ACCESS_TOKEN = "access token"  # noqa: S105 - a type of object, not a secret
    LOGIN = "login"
    USER = "user"


class OffboardingAction(OpenEnum):
    """The action for the objects of one type."""

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
    """An object that belongs to the leaver.

    Attributes:
        kind: Its type.
        id: Its identifier.
        name: Its name, if the instance returns one.
        parent_id: The object that contains it: the queue of a task, the application of a job.
    """

    kind: OffboardingKind
    id: str
    name: str | None = None
    parent_id: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.id}" if self.name is None else f"{self.kind} {self.name} ({self.id})"


@frozen
class OffboardingStep(Record):
    """The leaver's objects of one type, and the action for them.

    Attributes:
        kind: The type.
        action: The action.
        things: The objects.
        note: A remark: why the objects cannot be moved, or that there may be more.
        error: The error, if the objects could not be listed; `things` is then empty.
    """

    kind: OffboardingKind
    action: OffboardingAction
    things: tuple[OwnedThing, ...] = ()
    note: str | None = None
    error: DomoError | None = None

    @property
    def movable(self) -> bool:
        """Whether the objects can be moved."""
        return self.action is not OffboardingAction.NONE


@frozen(repr=False)
class OffboardingPlan(Tabular, Record):
    """The plan of an offboarding, by type of object; printed as a table.

    Attributes:
        leaver_id: The user who leaves.
        leaver: The user who leaves, or None if the user was deleted.
        to: The user who gets the objects.
        account: The action for the leaver's own account, which comes last.
        force: Whether the account is handled even if objects stay with the leaver.
        steps: One step for each type, also for types without objects.
        not_covered: The types of objects that no method of this library finds or moves.
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
        """The number of objects of each type, without the types that have none."""
        return {step.kind: len(step.things) for step in self.steps if step.things}

    @property
    def things(self) -> tuple[OwnedThing, ...]:
        """All objects that can be moved, in the order of the steps."""
        return tuple(thing for step in self.steps if step.movable for thing in step.things)

    @property
    def left(self) -> tuple[OwnedThing, ...]:
        """The objects that stay with the leaver, because no route is known to move them."""
        return tuple(thing for step in self.steps if not step.movable for thing in step.things)

    def __repr__(self) -> str:
        return f"<OffboardingPlan of {len(self.things) + len(self.left)} things of {self.leaver_id}>"

    def __str__(self) -> str:
        shown = [step for step in self.steps if step.things or step.error]
        rows = [(str(step.kind), str(len(step.things)), str(step.action), _names(step)) for step in shown]
        widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([kind.ljust(widths[0]), count.rjust(widths[1]), action.ljust(widths[2]), names]).rstrip()
            for kind, count, action, names in rows
        ]
        name = self.leaver_id if self.leaver is None else self.leaver.display_name
        count = len(self.things) + len(self.left)
        head = f"{name} has {count} thing{'s' if count != 1 else ''}, for {self.to.display_name}:"
        return "\n".join([head, *lines, f"not looked at: {', '.join(self.not_covered)}"])


def _names(step: OffboardingStep) -> str:
    if step.error is not None:
        return f"not known: {step.error}"
    note = "" if step.note is None else f" ({step.note})"
    return first_few([thing.name or thing.id for thing in step.things], _NAMED) + note


@frozen(repr=False)
class OffboardingReport(BulkReport[OwnedThing, None]):
    """The result for each object, or the result that a dry run predicts; printed as a table.

    Attributes:
        plan: The plan.
    """

    plan: OffboardingPlan | None = None

    @property
    def by_kind(self) -> Mapping[OffboardingKind, Mapping[Outcome, int]]:
        """The number of objects of each type by outcome."""
        counted: dict[OffboardingKind, Counter[Outcome]] = {}
        for row in self.results:
            counted.setdefault(row.input.kind, Counter())[row.outcome] += 1
        return counted

    @property
    def complete(self) -> bool:
        """Whether no object that was looked at stays with the leaver, or would stay."""
        return all(row.ok and row.outcome is not Outcome.SKIPPED for row in self.results)
