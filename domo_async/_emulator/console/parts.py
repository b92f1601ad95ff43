"""The parts of the page that change, each as HTML: rows of tables, with what stands below them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from domo_async._emulator.console.content import content, details
from domo_async._emulator.console.exchanges import exchange, without
from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.console.tables import SHOWN, PageQuery, as_size, listed, number, rows, turning
from domo_async._emulator.faults import ArmedFault, Fault
from domo_async._emulator.http.limits import SlidingWindow
from domo_async._emulator.http.log import RequestLog, RequestRecord
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["PARTS", "option", "parts", "version"]

_NO_DATASETS = (
    "No datasets yet. Make some: domo-async datasets upload orders.csv --create Orders, or emulator.add.dataset(…) in a"
    " test; or start with --world demo."
)
_NO_REQUESTS = (
    "No requests yet. Set DOMO_BASE_URL to the address above and DOMO_DEVELOPER_TOKEN to the token, and try:"
    " domo-async api GET /api/content/v2/users/me."
)
_STATUS_CLASSES: Mapping[str, Callable[[int | None], bool]] = {
    "": lambda _: True,
    "2": lambda status: status is not None and status < 300,
    "4": lambda status: status is not None and 400 <= status < 500,
    "5": lambda status: status is not None and status >= 500,
    "bad": lambda status: status is None or status >= 400,
    "none": lambda status: status is None,
}
PARTS = (
    "datasets",
    "datasets_foot",
    "details",
    "requests",
    "requests_foot",
    "exchange",
    "limits",
    "faults",
    "users",
    "users_foot",
    "groups",
    "groups_foot",
    "cards",
    "cards_foot",
    "tasks",
    "tasks_foot",
    "jobs",
    "jobs_foot",
    "activity",
    "activity_foot",
)
"""The names of all parts."""


def parts(
    instance: Instance,
    log: RequestLog,
    limits: Mapping[str, SlidingWindow],
    faults: Sequence[ArmedFault],
    wanted: PageQuery,
    *,
    secrets: Sequence[str],
) -> dict[str, Html]:
    """Return all parts by name; `secrets` are texts that are in none of them."""
    datasets = [dataset for dataset in instance.datasets() if wanted.find.lower() in dataset.name.lower()]
    datasets.sort(key=lambda dataset: dataset.updated, reverse=True)
    now = instance.now()
    return {
        **listed(
            "datasets",
            "dataset",
            datasets,
            lambda dataset: _dataset(dataset, wanted.chosen),
            wanted,
            empty=f"No dataset has {wanted.find!r} in its name." if wanted.find else _NO_DATASETS,
        ),
        "details": details(instance, wanted.chosen),
        **_requests(log, wanted, now, secrets),
        "exchange": exchange(log, wanted.request, secrets),
        "limits": joined(_limit(name, window, now) for name, window in limits.items()),
        "faults": rows(map(_fault, faults), "No faults. Add one below, or by emulator.faults.add(…)."),
        **listed(
            "users",
            "user",
            list(instance.records["users"]),
            lambda user: _user(instance, user),
            wanted,
            empty="No users.",
        ),
        **listed(
            "groups",
            "group",
            list(instance.records["groups"]),
            _group,
            wanted,
            empty="No groups yet. Make some: domo-async groups sync members.csv, or emulator.add.group(…) in a test.",
        ),
        **content(instance, wanted),
    }


def version(part: str) -> str:
    """Return what differs where a part differs."""
    return hashlib.blake2b(part.encode(), digest_size=6).hexdigest()


def option(value: str, text: str, *, chosen: bool = False) -> Html:
    """Return a choice of a list."""
    markup = '<option value="{value}" selected>{text}</option>' if chosen else '<option value="{value}">{text}</option>'
    return fill(markup, value=value, text=text)


def _dataset(dataset: Dataset, chosen: str) -> Html:
    return fill(
        '<tr data-key="{id}"{current}><th scope="row"><button class="link" form="look" name="dataset" value="{id}">'
        '{name}</button></th><td class="number">{rows}</td><td class="number">{columns}</td>'
        '<td class="time">{updated}</td><td class="path">{id}</td></tr>',
        id=dataset.id,
        current=Html(' aria-current="true"' if dataset.id == chosen else ""),
        name=dataset.name,
        rows=number(dataset.row_count),
        columns=number(len(dataset.schema.columns)),
        updated=dataset.updated.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
    )


def _requests(log: RequestLog, wanted: PageQuery, now: float, secrets: Sequence[str]) -> dict[str, Html]:
    """Return the newest requests that are wanted."""
    records = log[:]
    fits = _STATUS_CLASSES[wanted.status]
    pattern = wanted.filter.lower()
    # The log's clock begins anywhere; people want to know the time of day.
    zero = datetime.now(UTC) - timedelta(seconds=now)

    def row(record: RequestRecord) -> Html:
        return _request(record, zero, wanted.request, secrets)

    matching = (
        record
        for record in reversed(records)
        if fits(record.status) and _has(f"{record.method} {_target(record)}".lower(), pattern)
    )
    if not (wanted.filter or wanted.status):
        return listed(
            "requests",
            "request",
            records[::-1],
            row,
            wanted,
            empty=_NO_REQUESTS,
        )
    page = wanted.pages.get("requests", 0)
    shown = list(islice(matching, page * SHOWN, (page + 1) * SHOWN + 1))
    more, shown = len(shown) > SHOWN, shown[:SHOWN]
    foot = fill("{shown} shown of {count} kept.", shown=number(len(shown)), count=number(len(records)))
    turns = turning("requests", "requests", page, more=more)
    return {
        "requests": rows(map(row, shown), "No request is like that: change the filter."),
        "requests_foot": joined([foot, turns]) if turns else foot,
    }


def _request(record: RequestRecord, zero: datetime, chosen: str, secrets: Sequence[str]) -> Html:
    return fill(
        '<tr data-key="{key}" class="{css}"{current}><td class="time">{started}</td><td>{method}</td>'
        '<td class="path"><button class="link" form="look" name="request" value="{key}">{target}</button></td>'
        '<td class="number status">{status}</td><td class="number">{duration}</td>'
        '<td class="number bytes">{sent}</td><td class="number bytes">{answered}</td></tr>',
        key=record.number,
        current=Html(' aria-current="true"' if str(record.number) == chosen else ""),
        css=f"s{record.status // 100}" if record.status else "s0",
        started=(zero + timedelta(seconds=record.started)).strftime("%H:%M:%S"),
        method=record.method,
        target=without(_target(record), secrets),
        status=record.status or "none",
        duration=_duration(record.finished - record.started),
        sent=as_size(record.request_bytes),
        answered=as_size(record.response_bytes),
    )


def _has(text: str, pattern: str) -> bool:
    """Return whether a text has a pattern in it, of which ``*`` stands for anything."""
    begin = 0
    for piece in pattern.split("*"):
        found = text.find(piece, begin)
        if found < 0:
            return False
        begin = found + len(piece)
    return True


def _target(record: RequestRecord) -> str:
    return f"{record.path}?{record.query}" if record.query else record.path


def _duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _user(instance: Instance, user: Record) -> Html:
    role = instance.records["roles"].find(user.get("roleId"))
    return fill(
        '<tr data-key="{id}"><th scope="row">{name}</th><td class="path">{address}</td><td>{role}</td>'
        '<td class="number">{id}</td></tr>',
        id=user.get("id", ""),
        name=user.get("displayName") or "",
        address=user.get("emailAddress") or user.get("userName") or "",
        role=(role or {}).get("name") or user.get("roleId") or "",
    )


def _group(group: Record) -> Html:
    members = [*group.get("userIds", ()), *group.get("groupIds", ())]
    return fill(
        '<tr data-key="{id}"><th scope="row">{name}</th><td>{type}</td><td class="number">{members}</td>'
        '<td class="number">{id}</td></tr>',
        id=group.get("id", ""),
        name=group.get("name") or "",
        type=group.get("type") or group.get("groupType") or "",
        members=number(len(members)),
    )


def _limit(name: str, window: SlidingWindow, now: float) -> Html:
    used = window.used(now)
    return fill(
        '<p class="limit" data-key="{name}"><span>{name}</span> <meter max="{limit}" high="{high}" value="{used}" '
        'aria-label="{name}">{used} of {limit}</meter> <span>{used} of {limit} in {window} s</span></p>',
        name=name,
        limit=window.limit,
        high=window.limit * 0.8,
        used=used,
        window=f"{window.window:g}",
    )


def _fault(armed: ArmedFault) -> Html:
    return fill(
        '<tr data-key="{number}"><td><button type="button" role="switch" aria-checked="{on}" name="switch-fault" '
        'value="{number}" aria-label="{route} {what}"></button></td>'
        '<td class="path">{route}</td><td>{what}</td><td class="number">{fired}</td><td class="number">{left}</td>'
        '<td><button type="button" class="small" name="remove-fault" value="{number}" '
        'aria-label="Remove {route} {what}">Remove</button></td></tr>',
        number=armed.number,
        on="true" if armed.on else "false",
        route=armed.fault.route,
        what=_what_happens(armed.fault),
        fired=number(armed.fired),
        left="all" if armed.left is None else number(armed.left),
    )


def _what_happens(fault: Fault) -> str:
    text = {
        "status": f"status {fault.status}",
        "throttle": "status 429" + ("" if fault.retry_after is None else f", Retry-After {fault.retry_after:g} s"),
        "expired": "status 401, as if the token had expired",
        "html": "a maintenance page",
        "text": "a blocked page",
        "delay": f"{fault.delay:g} s later",
        "stall": f"{'no answer' if fault.after_bytes is None else 'stands still'} for {fault.delay:g} s",
        "drop_before": "closed without an effect",
        "drop_after": "takes effect, closed without an answer",
        "truncate": "the answer breaks off",
        "wrong_length": f"promises {abs(fault.extra_bytes)} bytes too {'many' if fault.extra_bytes > 0 else 'few'}",
        "slow": f"{as_size(int(fault.rate))} a second",
    }[fault.kind]
    if fault.kind in ("drop_before", "truncate", "stall") and fault.after_bytes is not None:
        text += f" after {as_size(fault.after_bytes)}"
    if fault.probability < 1:
        text += f", {fault.probability:.0%} of them"
    if fault.skip:
        text += f", not the first {fault.skip}"
    return text
