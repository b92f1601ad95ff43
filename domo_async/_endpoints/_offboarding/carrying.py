"""Carries out a plan: first the objects, then tokens and sessions, and the leaver's own account last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve

from domo_async._bulk import (
    IN_DOUBT,
    BulkProgress,
    BulkProgressCallback,
    BulkResult,
    Outcome,
    outcome_unknown,
    still_unknown,
)
from domo_async._callbacks import notify
from domo_async._concurrency import check_concurrency, map_concurrent
from domo_async._endpoints._offboarding.kinds import Handler, Left, kinds_at_once
from domo_async._endpoints._offboarding.planning import chosen_handlers
from domo_async._endpoints.users.area import Users
from domo_async._endpoints.users.offboarding import (
    OffboardingAction,
    OffboardingKind,
    OffboardingPlan,
    OffboardingReport,
    OffboardingStep,
    OwnedThing,
)
from domo_async._transport import Transport
from domo_async.errors import DomoError, NotFound

__all__ = ["carry_out_plan"]

_Row: TypeAlias = BulkResult[OwnedThing, None]
_Key: TypeAlias = tuple[OffboardingKind, str]
_OUTCOMES: Mapping[OffboardingAction, Outcome] = {
    OffboardingAction.REVOKE: Outcome.DELETED,
    OffboardingAction.END: Outcome.DELETED,
    OffboardingAction.DELETE: Outcome.DELETED,
    OffboardingAction.NONE: Outcome.SKIPPED,
}
# Tokens and sessions are revoked when all else is done, because jobs of the leaver may still use them.
_KEYS = frozenset({OffboardingKind.ACCESS_TOKEN, OffboardingKind.LOGIN})
_PAUSES = (1.0, 3.0, 6.0)
_GONE = "no longer exists"


async def carry_out_plan(
    http: Transport,
    plan: OffboardingPlan,
    *,
    dry_run: bool,
    concurrency: int,
    progress: BulkProgressCallback | None,
) -> OffboardingReport:
    """Do what is planned, and report on each object; a `DomoError` is an object's outcome and is not raised."""
    check_concurrency(concurrency)
    work = _Work(http, plan, concurrency, progress)
    if dry_run:
        work.foresee()
    else:
        await work.do()
    return OffboardingReport(work.rows, dry_run=dry_run, plan=plan)


class _Work:
    """The rows of a plan, and their results so far."""

    def __init__(
        self, http: Transport, plan: OffboardingPlan, concurrency: int, progress: BulkProgressCallback | None
    ) -> None:
        self._http = http
        self._plan = plan
        self._concurrency = concurrency
        self._progress = progress
        self._handlers = {each.kind: each for each in chosen_handlers(http, plan, concurrency)}
        self._rows: dict[_Key, _Row] = {_key(row.input): row for step in plan.steps for row in _planned(step)}
        self._settled = {key for key, row in self._rows.items() if not row.outcome.changes}
        self._failed = sum(row.outcome is Outcome.FAILED for row in self._rows.values())
        self._known = {step.kind for step in plan.steps if step.error is None}

    @property
    def rows(self) -> tuple[_Row, ...]:
        """The rows in the order of the plan."""
        return tuple(self._rows.values())

    async def do(self) -> None:
        """Give everything away, then end tokens and sessions, check the result, and handle the leaver's account."""
        kinds = [step.kind for step in self._plan.steps if step.movable and step.kind is not OffboardingKind.USER]
        moving = [kind for kind in kinds if kind not in _KEYS]
        await self._move([kind for kind in moving if not self._follows(kind)])
        await self._verify(moving)
        await self._move([kind for kind in kinds if kind in _KEYS])
        await self._let_go()

    def foresee(self) -> None:
        """Predict what becomes of the leaver's account; the other rows have their intended outcomes already."""
        for thing in self._pending(OffboardingKind.USER):
            self._keep_account(thing)

    def _follows(self, kind: OffboardingKind) -> bool:
        return self._handlers[kind].action is OffboardingAction.FOLLOW

    def _pending(self, kind: OffboardingKind) -> list[OwnedThing]:
        return [row.input for row in self._of(kind) if _key(row.input) not in self._settled]

    def _of(self, kind: OffboardingKind) -> list[_Row]:
        return [row for row in self._rows.values() if row.input.kind is kind]

    async def _move(self, kinds: Collection[OffboardingKind]) -> None:
        """Give the objects of some types away, several batches at once."""
        batches = []
        for handler in (self._handlers[kind] for kind in kinds):
            things = self._pending(handler.kind)
            batches += [(handler, things[at : at + handler.batch]) for at in range(0, len(things), handler.batch)]

        async def batch(one: tuple[Handler, Sequence[OwnedThing]]) -> None:
            await self._move_batch(*one)

        await map_concurrent(batches, batch, concurrency=self._concurrency)

    async def _move_batch(self, handler: Handler, things: Sequence[OwnedThing]) -> None:
        """Give some objects away; if the instance refuses several at once, find out which one it refuses."""
        try:
            await handler.move(things)
        except Left as error:
            for thing in things:
                self._settle(thing, error if thing.id in error.ids else None)
        except DomoError as error:
            if outcome_unknown(error):
                await self._look_up(handler, things, error)
            elif len(things) > 1:
                middle = len(things) // 2
                await self._move_batch(handler, things[:middle])
                await self._move_batch(handler, things[middle:])
            elif isinstance(error, NotFound):
                await self._look_up(handler, things, error, gone=_GONE)
            else:
                self._settle(things[0], error)
        else:
            for thing in things:
                self._settle(thing)

    async def _look_up(
        self, handler: Handler, things: Sequence[OwnedThing], error: DomoError, *, gone: str = IN_DOUBT
    ) -> None:
        """Find out which objects still belong to the leaver, because the answer does not say."""
        try:
            left = set(map(_key, await handler.find()))
        except DomoError as lookup:
            for thing in things:
                self._settle(thing, still_unknown(error, lookup))
            return
        for thing in things:
            if _key(thing) in left:
                self._settle(thing, error)
            else:
                self._settle(thing, note=gone)

    async def _verify(self, kinds: Sequence[OffboardingKind]) -> None:
        """Check that nothing is left with the leaver; a list that lags behind may show this only after a while."""
        left: dict[OffboardingKind, list[OwnedThing] | DomoError] = {}
        looking = [kind for kind in kinds if kind in self._known and self._of(kind)]
        for pause in (*_PAUSES, None):
            handlers = [self._handlers[kind] for kind in looking]
            found = await map_concurrent(handlers, _found, concurrency=kinds_at_once(self._concurrency))
            left.update(zip(looking, found, strict=True))
            looking = [kind for kind in looking if self._contradicts(kind, left[kind])]
            if not looking or pause is None:
                break
            await self._http.settings.clock.sleep(pause)
        for kind, things in left.items():
            self._take_in(kind, things)

    def _contradicts(self, kind: OffboardingKind, found: list[OwnedThing] | DomoError) -> bool:
        """Return whether an object that was given away is listed as the leaver's."""
        if isinstance(found, DomoError):
            return False
        keys = set(map(_key, found))
        return any(row.outcome is not Outcome.FAILED and _key(row.input) in keys for row in self._of(kind))

    def _take_in(self, kind: OffboardingKind, found: list[OwnedThing] | DomoError) -> None:
        """Record the result of listing a type again, after all of its objects were to be given away."""
        if isinstance(found, DomoError):
            for thing in self._pending(kind):
                self._settle(thing, DomoError(f"it is unknown whether it followed its dataset: {found}"))
            unknown = DomoError(f"these could not be listed again, so it is unknown whether any are left: {found}")
            self._settle(OwnedThing(kind, "?"), unknown)
            return
        keys = set(map(_key, found))
        for row in self._of(kind):
            key = _key(row.input)
            if key not in keys:
                if key not in self._settled:
                    self._settle(row.input)
            elif self._follows(kind):
                self._settle(row.input, DomoError("its dataset still belongs to the leaver"))
            elif row.outcome is not Outcome.FAILED:
                self._settle(row.input, DomoError("the instance took the change, but still lists it as the leaver's"))
        for thing in found:
            if _key(thing) not in self._rows:
                self._settle(thing, DomoError("the leaver got it while this ran; run it again"))

    async def _let_go(self) -> None:
        """Deactivate or delete the leaver, if nothing is left or `force` is set."""
        for thing in self._pending(OffboardingKind.USER):
            if self._keep_account(thing):
                self._tell(thing)
            else:
                await self._end_account(thing)

    def _keep_account(self, thing: OwnedThing) -> bool:
        """Return whether the account stays because things are left, and record the reason."""
        left = [row for row in self._rows.values() if row.input.kind is not OffboardingKind.USER and _is_left(row)]
        if not left or self._plan.force:
            return False
        are_left = "1 thing is" if len(left) == 1 else f"{len(left)} things are"
        note = f"{are_left} left, such as the {left[0].input}; pass force=True to do it anyway"
        self._rows[_key(thing)] = evolve(self._rows[_key(thing)], outcome=Outcome.NOT_BEGUN, note=note)
        return True

    async def _end_account(self, thing: OwnedThing) -> None:
        users = Users(self._http)
        deleting = self._plan.account == "delete"
        try:
            await (users.delete(thing.id) if deleting else users.deactivate(thing.id))
        except DomoError as error:
            if outcome_unknown(error) or (deleting and isinstance(error, NotFound)):
                await self._look_for(users, thing, error)
            else:
                self._settle(thing, error)
        else:
            self._settle(thing)

    async def _look_for(self, users: Users, thing: OwnedThing, error: DomoError) -> None:
        """Find out whether the account was deleted or deactivated, because the answer does not say."""
        try:
            ended = await self._is_ended(users, thing)
        except DomoError as lookup:
            self._settle(thing, still_unknown(error, lookup))
        else:
            self._settle(thing, note=IN_DOUBT) if ended else self._settle(thing, error)

    async def _is_ended(self, users: Users, thing: OwnedThing) -> bool:
        if self._plan.account == "deactivate":
            return (await users.profile(thing.id)).is_active is False
        try:
            await users.get(thing.id)
        except NotFound:
            return True
        return False

    def _settle(self, thing: OwnedThing, error: DomoError | None = None, note: str | None = None) -> None:
        """Record the result for an object."""
        row = self._rows.get(_key(thing)) or BulkResult(thing, Outcome.UPDATED)
        if error is not None:
            self._failed += row.outcome is not Outcome.FAILED
            row = evolve(row, outcome=Outcome.FAILED, error=error, note=None)
        elif note is not None:
            row = evolve(row, note=note)
        self._rows[_key(thing)] = row
        self._tell(thing)

    def _tell(self, thing: OwnedThing) -> None:
        self._settled.add(_key(thing))
        progress = BulkProgress(len(self._settled), len(self._rows), self._failed, self._rows[_key(thing)])
        notify(self._progress, progress, "progress")


def _planned(step: OffboardingStep) -> list[_Row]:
    """Return the rows for the objects of a type; a single row, if they could not be listed."""
    if step.error is not None:
        thing = OwnedThing(step.kind, "?")
        error = DomoError(f"these could not be listed, and stay as they are: {step.error}")
        return [BulkResult(thing, Outcome.FAILED, error=error)]
    outcome = _OUTCOMES.get(step.action, Outcome.UPDATED)
    note = step.note if step.action is OffboardingAction.NONE else None
    return [BulkResult(thing, outcome, note=note) for thing in step.things]


def _is_left(row: _Row) -> bool:
    return not row.ok or row.outcome is Outcome.SKIPPED


def _key(thing: OwnedThing) -> _Key:
    """Return the key that identifies an object, whatever its present name."""
    return thing.kind, thing.id


async def _found(handler: Handler) -> list[OwnedThing] | DomoError:
    try:
        return list(await handler.find())
    except DomoError as error:
        return error
