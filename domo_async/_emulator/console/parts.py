"""The parts of the page that change, each as HTML: rows of tables, with what stands below them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from attrs import evolve, frozen

from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.faults import ArmedFault, Fault
from domo_async._emulator.http.limits import SlidingWindow
from domo_async._emulator.http.log import RequestLog, RequestRecord
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["PARTS", "STATUSES", "PageQuery", "option", "parts", "version"]

_SHOWN = 200
_NOTHING = Html('<tr><td class="nothing" colspan="9">None.</td></tr>')
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
    "requests",
    "requests_foot",
    "limits",
    "faults",
    "users",
    "users_foot",
    "groups",
    "groups_foot",
)
"""The names of all parts."""

STATUSES: Mapping[str, str] = {
    "": "All",
    "2": "2xx",
    "4": "4xx",
    "5": "5xx",
    "bad": "All errors",
    "none": "No answer",
}
"""The choices of statuses, and what they are called."""


@frozen
class PageQuery:
    """What of the lists is to be shown.

    Attributes:
        find: What the names of datasets must have in them.
        filter: What "METHOD /path?query" of requests must have in it; ``*`` stands for anything.
        status: Which statuses requests must have, a key of `STATUSES`.
        chosen: The id of the dataset that the SQL is about.
    """

    find: str = ""
    filter: str = ""
    status: str = ""
    chosen: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PageQuery:
        """Return what a form's or a query's values ask for."""
        status = str(values.get("status", ""))
        return cls(
            find=str(values.get("find", "")).strip(),
            filter=str(values.get("filter", "")).strip(),
            status=status if status in STATUSES else "",
            chosen=str(values.get("chosen", "")),
        )

    def about(self, dataset_id: str) -> PageQuery:
        """Return the same, with another dataset chosen."""
        return evolve(self, chosen=dataset_id)


def parts(
    instance: Instance,
    log: RequestLog,
    limits: Mapping[str, SlidingWindow],
    faults: Sequence[ArmedFault],
    wanted: PageQuery,
) -> dict[str, Html]:
    """Return all parts by name."""
    datasets = [dataset for dataset in instance.datasets() if wanted.find.lower() in dataset.name.lower()]
    datasets.sort(key=lambda dataset: dataset.updated, reverse=True)
    users, groups = list(instance.records["users"]), list(instance.records["groups"])
    now = instance.now()
    return {
        "datasets": _rows(_dataset(dataset, wanted.chosen) for dataset in datasets[:_SHOWN]),
        "datasets_foot": _foot(len(datasets), "dataset"),
        **_requests(log, wanted, now),
        "limits": joined(_limit(name, window, now) for name, window in limits.items()),
        "faults": _rows(map(_fault, faults)),
        "users": _rows(_user(instance, user) for user in users[:_SHOWN]),
        "users_foot": _foot(len(users), "user"),
        "groups": _rows(map(_group, groups[:_SHOWN])),
        "groups_foot": _foot(len(groups), "group"),
    }


def version(part: str) -> str:
    """Return what differs where a part differs."""
    return hashlib.blake2b(part.encode(), digest_size=6).hexdigest()


def option(value: str, text: str, *, chosen: bool = False) -> Html:
    """Return a choice of a list."""
    markup = '<option value="{value}" selected>{text}</option>' if chosen else '<option value="{value}">{text}</option>'
    return fill(markup, value=value, text=text)


def _rows(rows: Iterable[Html]) -> Html:
    return joined(rows) or _NOTHING


def _foot(count: int, noun: str) -> Html:
    if count > _SHOWN:
        return fill("The first {shown} of {count} {noun}s.", shown=_SHOWN, count=_number(count), noun=noun)
    return fill("{count} {noun}{plural}.", count=_number(count), noun=noun, plural="" if count == 1 else "s")


def _number(value: float) -> str:
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _dataset(dataset: Dataset, chosen: str) -> Html:
    return fill(
        '<tr data-key="{id}"{current}><th scope="row"><button class="link" form="look" name="dataset" value="{id}">'
        '{name}</button></th><td class="number">{rows}</td><td class="number">{columns}</td>'
        '<td class="moment">{updated}</td></tr>',
        id=dataset.id,
        current=Html(' aria-current="true"' if dataset.id == chosen else ""),
        name=dataset.name,
        rows=_number(dataset.row_count),
        columns=_number(len(dataset.schema.columns)),
        updated=dataset.updated.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
    )


def _requests(log: RequestLog, wanted: PageQuery, now: float) -> dict[str, Html]:
    """Return the newest requests that are wanted."""
    records = log[:]
    fits = _STATUS_CLASSES[wanted.status]
    pattern = wanted.filter.lower()
    # The log's clock begins anywhere; people want to know the time of day.
    zero = datetime.now(UTC) - timedelta(seconds=now)
    shown = list(
        islice(
            (
                record
                for record in reversed(records)
                if fits(record.status) and _has(f"{record.method} {_target(record)}".lower(), pattern)
            ),
            _SHOWN,
        )
    )
    if not records:
        foot = Html("No requests yet.")
    elif wanted.filter or wanted.status:
        foot = fill("{shown} shown of {count} kept.", shown=_number(len(shown)), count=_number(len(records)))
    else:
        foot = _foot(len(records), "request")
    return {"requests": _rows(_request(record, zero) for record in shown), "requests_foot": foot}


def _request(record: RequestRecord, zero: datetime) -> Html:
    return fill(
        '<tr data-key="{key}" class="{kind}"><td class="moment">{started}</td><td>{method}</td>'
        '<td class="path">{target}</td><td class="number status">{status}</td><td class="number">{duration}</td>'
        '<td class="number bytes">{sent}</td><td class="number bytes">{answered}</td></tr>',
        key=f"{record.started!r} {record.connection}",
        kind=f"s{record.status // 100}" if record.status else "s0",
        started=(zero + timedelta(seconds=record.started)).strftime("%H:%M:%S"),
        method=record.method,
        target=_target(record),
        status=record.status or "none",
        duration=_duration(record.finished - record.started),
        sent=_size(record.request_bytes),
        answered=_size(record.response_bytes),
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


def _size(count: int) -> str:
    if count < 10_000:
        return f"{_number(count)} B"
    return f"{count / 1e3:.0f} kB" if count < 10_000_000 else f"{count / 1e6:.1f} MB"


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
        '<tr data-key="{id}"><th scope="row">{name}</th><td>{kind}</td><td class="number">{members}</td>'
        '<td class="number">{id}</td></tr>',
        id=group.get("id", ""),
        name=group.get("name") or "",
        kind=group.get("type") or group.get("groupType") or "",
        members=_number(len(members)),
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
        fired=_number(armed.fired),
        left="all" if armed.left is None else _number(armed.left),
    )


def _what_happens(fault: Fault) -> str:
    said = {
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
        "slow": f"{_size(int(fault.rate))} a second",
    }[fault.kind]
    if fault.kind in ("drop_before", "truncate", "stall") and fault.after_bytes is not None:
        said += f" after {_size(fault.after_bytes)}"
    if fault.probability < 1:
        said += f", {fault.probability:.0%} of them"
    if fault.skip:
        said += f", not the first {fault.skip}"
    return said
