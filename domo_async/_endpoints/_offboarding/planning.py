"""Finds the objects of a leaver, and plans the actions for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import get_args

from domo_async._concurrency import check_concurrency, map_concurrent
from domo_async._endpoints._offboarding.kinds import NOT_COVERED, Handler, handlers_of, kinds_at_once
from domo_async._endpoints.users._directory import Directory
from domo_async._endpoints.users.area import Users
from domo_async._endpoints.users.models import User
from domo_async._endpoints.users.offboarding import (
    LeaverAccount,
    OffboardingAction,
    OffboardingKind,
    OffboardingPlan,
    OffboardingStep,
    OwnedThing,
)
from domo_async._transport import Transport
from domo_async.errors import ConfigError, DomoError, NotFound, Unresolved

__all__ = ["chosen_handlers", "look", "make_plan"]


async def make_plan(
    http: Transport,
    leaver: int | str,
    to: int | str,
    *,
    account: LeaverAccount,
    force: bool,
    kinds: Sequence[OffboardingKind | str] | None,
    skip: Sequence[OffboardingKind | str],
    concurrency: int,
) -> OffboardingPlan:
    """Return the plan; only reads."""
    if account not in get_args(LeaverAccount):
        raise ConfigError(f"account must be one of {', '.join(get_args(LeaverAccount))}, not {account!r}")
    wanted = _chosen(kinds, skip)
    check_concurrency(concurrency)
    users = Users(http)
    directory = Directory(users)
    numbers = await directory.numbers([leaver, to])
    leaver_id, to_id = numbers[leaver], numbers[to]
    if leaver_id == to_id:
        raise ConfigError(f"{to} is the leaver; name another user to get the objects")
    # One after the other, to keep within the allowed number of requests in flight.
    known = {**await directory.find([leaver_id]), **await directory.find([to_id])}
    if to_id not in known:
        raise Unresolved(f"user {to} does not exist; nothing was changed", names=[to])
    await _refuse_oneself(users, leaver_id)
    await _refuse_inactive(users, to_id)
    handlers = [each for each in handlers_of(http, leaver_id, to_id, concurrency) if each.kind in wanted]
    if account == "keep":
        # A user who stays may stay logged in.
        handlers = [each for each in handlers if each.kind is not OffboardingKind.LOGIN]
    steps = await map_concurrent(handlers, look, concurrency=kinds_at_once(concurrency))
    if account != "keep" and OffboardingKind.USER in wanted:
        steps.append(await _last_step(users, leaver_id, known.get(leaver_id), account))
    return OffboardingPlan(leaver_id, known.get(leaver_id), known[to_id], account, force, tuple(steps), NOT_COVERED)


async def look(handler: Handler) -> OffboardingStep:
    """Return the step of a type: the leaver's objects."""
    try:
        found = await handler.find()
    except DomoError as error:
        return OffboardingStep(handler.kind, handler.action, (), handler.note, error)
    return OffboardingStep(handler.kind, handler.action, tuple(found), handler.note)


def chosen_handlers(http: Transport, plan: OffboardingPlan, concurrency: int) -> list[Handler]:
    """Return the handlers for the types of a plan."""
    kinds = {step.kind for step in plan.steps}
    return [each for each in handlers_of(http, plan.leaver_id, plan.to.id, concurrency) if each.kind in kinds]


def _chosen(
    kinds: Sequence[OffboardingKind | str] | None, skip: Sequence[OffboardingKind | str]
) -> Collection[OffboardingKind]:
    known = {str(each): each for each in OffboardingKind}
    named = [*([] if kinds is None else kinds), *skip]
    if isinstance(kinds, str) or isinstance(skip, str):
        raise ConfigError("kinds and skip must be lists")
    unknown = [str(each) for each in named if str(each) not in known]
    if unknown:
        raise ConfigError(f"unknown kind {', '.join(unknown)}; the kinds are {', '.join(known)}")
    left_out = {known[str(each)] for each in skip}
    if kinds is None:
        return [each for each in known.values() if each not in left_out]
    return [known[str(each)] for each in kinds if known[str(each)] not in left_out]


async def _refuse_oneself(users: Users, leaver_id: int) -> None:
    """Refuse to revoke the token that the client itself uses."""
    try:
        me = await users.me()
    except DomoError:
        return
    if me.id == leaver_id:
        raise ConfigError(
            "the token belongs to the leaver, and would be revoked before the end; use an administrator's token"
        )


async def _refuse_inactive(users: Users, to_id: int) -> None:
    """Refuse to give everything to a user who cannot log in."""
    try:
        profile = await users.profile(to_id)
    except DomoError:
        return
    if profile.is_active is False:
        raise ConfigError(f"{profile.display_name} ({to_id}) is not active; name a user who can log in")


async def _last_step(users: Users, leaver_id: int, leaver: User | None, account: LeaverAccount) -> OffboardingStep:
    """Return the step for the leaver's own account; it is empty if the account already has the wanted state."""
    action = OffboardingAction.DELETE if account == "delete" else OffboardingAction.DEACTIVATE
    thing = OwnedThing(OffboardingKind.USER, str(leaver_id), None if leaver is None else leaver.display_name)
    nothing = OffboardingStep(OffboardingKind.USER, action)
    if leaver is None:
        return nothing
    if account == "deactivate":
        try:
            if (await users.profile(leaver_id)).is_active is False:
                return nothing
        except NotFound:
            return nothing
        except DomoError as error:
            return OffboardingStep(OffboardingKind.USER, action, error=error)
    return OffboardingStep(OffboardingKind.USER, action, (thing,))
