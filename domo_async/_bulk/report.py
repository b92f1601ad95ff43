"""The results of bulk calls. Pure data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attrs import fields, frozen, has

from domo_async._results import Results
from domo_async._tracebacks import shorten_methods
from domo_async._wire import UNSET, Record
from domo_async.errors import BulkError, DomoError

__all__ = ["BulkReport", "BulkResult", "Outcome"]

I_co = TypeVar("I_co", covariant=True)
V_co = TypeVar("V_co", covariant=True)

_SHOWN = 60
_WIDEST = 60
_NAMED = 3


class Outcome(StrEnum):
    """The outcome of one row of a bulk call; in a dry run, the intended one."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    ADDED = "added"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_BEGUN = "not begun"

    @property
    def changes(self) -> bool:
        """Whether this outcome requires a request."""
        return self in _CHANGES


_CHANGES = frozenset({Outcome.CREATED, Outcome.UPDATED, Outcome.DELETED, Outcome.ADDED, Outcome.REMOVED})


@frozen
class BulkResult(Record, Generic[I_co, V_co]):
    """The result of one row.

    Attributes:
        input: The row, as it was given.
        outcome: Its outcome.
        value: The present state in the instance, if known.
        error: The reason that it failed.
        note: A remark.
    """

    input: I_co
    outcome: Outcome
    value: V_co | None = None
    error: DomoError | None = None
    note: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the row succeeded; False if it failed or was not begun."""
        return self.outcome not in {Outcome.FAILED, Outcome.NOT_BEGUN}

    @property
    def begun(self) -> bool:
        """Whether the row was begun; False if the call stopped before it because another row had failed."""
        return self.outcome is not Outcome.NOT_BEGUN

    def to_row(self) -> dict[str, Any]:
        """Return the result as a flat row of a table.

        The keys are the input's own fields (or ``input``), ``outcome``, ``value``, ``error`` and ``note``.
        """
        return {
            **_flat(self.input),
            "outcome": str(self.outcome),
            "value": _brief(self.value),
            "error": None if self.error is None else str(self.error),
            "note": self.note,
        }


@shorten_methods
@frozen(repr=False)
class BulkReport(Results[BulkResult[I_co, V_co]], Generic[I_co, V_co]):
    """The results of a bulk call: a sequence in the order of the input, printed as a table.

    Attributes:
        results: A result for each row.
        dry_run: Whether nothing was changed; the outcomes are then the intended ones.
    """

    results: tuple[BulkResult[I_co, V_co], ...]
    dry_run: bool = False

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """The number of rows with each outcome that occurred."""
        counted = Counter(result.outcome for result in self.results)
        return {outcome: counted[outcome] for outcome in Outcome if outcome in counted}

    @property
    def changed(self) -> bool:
        """Whether anything was changed, or would be."""
        return any(result.outcome.changes for result in self.results)

    def of(self, *outcomes: Outcome | str) -> tuple[BulkResult[I_co, V_co], ...]:
        """Return the results with one of these outcomes, such as ``"created"``."""
        return tuple(result for result in self.results if result.outcome in outcomes)

    def raise_for_failures(self) -> None:
        """Raise an error if a row failed; do nothing otherwise.

        Raises:
            BulkError: A row failed; the first one's error is the cause.
        """
        error = self.error()
        if error is not None:
            raise error from error.errors[0]

    def error(self) -> BulkError | None:
        """Return the error that `raise_for_failures` would raise, or None."""
        failed = self.failed
        if not failed:
            return None
        errors = [result.error or DomoError("failed") for result in failed]
        causes = [f"{_brief(result.input)}: {error}" for result, error in zip(failed[:_NAMED], errors, strict=False)]
        more = [f"and {len(failed) - _NAMED} more"] if len(failed) > _NAMED else []
        return BulkError(f"{len(failed)} of {len(self)} failed: {'; '.join([*causes, *more])}", errors=errors)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the results as flat dictionaries, such as for a CSV file; see `BulkResult.to_row`."""
        return [result.to_row() for result in self.results]

    def __repr__(self) -> str:
        return f"<BulkReport of {self.summary()}>"

    def __str__(self) -> str:
        shown = self.results if len(self) <= _SHOWN else self.of(Outcome.FAILED, Outcome.NOT_BEGUN)[:_SHOWN]
        table = _table([_line(result) for result in shown])
        hidden = len(self) - len(shown)
        return "\n".join([self.summary(), *table, *([f"({hidden} more rows)"] if hidden else [])])

    def summary(self) -> str:
        """Return the number of rows with each outcome, in one line."""
        counted = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        dry = " (dry run: nothing was changed)" if self.dry_run else ""
        return f"{len(self)} row{'' if len(self) == 1 else 's'}{': ' if counted else ''}{counted}{dry}"


def _flat(given: object) -> dict[str, Any]:
    if not has(type(given)):
        return {"input": given}
    return {name: value for name, value in _fields(given) if value is not UNSET}


def _fields(given: Any) -> Iterator[tuple[str, Any]]:
    for each in fields(type(given)):
        yield each.name, getattr(given, each.name)


def _brief(value: object) -> object:
    """Return the short form of a value for a table: a number or a text."""
    if isinstance(value, BulkReport):
        return value.summary()
    if not has(type(value)) or type(value).__str__ is not object.__str__:
        return value if isinstance(value, str | int | None) else str(value)
    # For a row, the name that people use; for an object of the instance, its number.
    names = ("id",) if hasattr(value, "extras") else ("user_id", "email_address", "id")
    return next((getattr(value, name) for name in names if hasattr(value, name)), str(value))


def _line(result: BulkResult[Any, Any]) -> tuple[str, ...]:
    reason = " ".join(str(part) for part in (result.error, result.note) if part is not None)
    value = _brief(result.value)
    cells = (_brief(result.input), result.outcome, "" if value is None else value, reason)
    return tuple(" ".join(str(cell).split()) for cell in cells)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _table(lines: Sequence[tuple[str, ...]]) -> list[str]:
    if not lines:
        return []
    rows = [("input", "outcome", "value", ""), *lines]
    rows = [(*map(_cut, row[:-1]), row[-1]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
