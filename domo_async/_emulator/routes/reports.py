"""Scheduled reports, their recipients and their runs.

Times are those of the instance's clock. Emulator-defined: a report that is due is sent at the next request to these
routes, and once even if it was due several times meanwhile, as an instance does nothing without a request. No mail
leaves the instance: sending a report adds a run to the history.

Emulator-defined, too: the report's owner and admins may do everything, and its recipients may see and send it; the
sizes of mails; sending a report by hand is a 409 while mails are switched off.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import entities_of, free_id, is_admin, must_be_admin, user_name
from domo_async._emulator.access.policies import visible_rows
from domo_async._emulator.access.sharing import sight_of
from domo_async._emulator.context import caller_of, instance_of, records_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, Text, WholeNumber
from domo_async._emulator.http.web import (
    answer,
    json_body,
    json_object,
    millis,
    page_of,
    query_flag,
    read_body,
    whole_number,
)
from domo_async._emulator.services.cards import Shown, number_text, show
from domo_async._emulator.services.jobs import begin_job, is_over
from domo_async._emulator.services.pictures import chart_png
from domo_async._emulator.services.schedules import check_schedule, next_run
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Collection, Record

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_BASE = "/api/content/v1/reportschedules"
SCHEDULES, _RUNS, _SETTINGS = "report_schedules", "report_runs", "report_settings"
_PAGE = 100
_DAYS = 10
_DAY_MILLIS = 86_400_000
_TYPES = ("EMAIL", "USER", "GROUP")
_VIEW_TYPES = ("EMAIL", "PDF", "PPT", "PDF_EMAIL")
# The keys of a schedule that only answers have; requests that write them back change nothing.
_WORKED_OUT = frozenset({"additionalRecipients", "nextRunDate", "ownerId", "unsubscribedRecipients"})
_RESOURCES = {"PAGE": "pageId", "CARD": "cardId", "REPORT": "viewId"}
_SCHEDULE_ORDERS = ("startDate", "nextRunDate", "title")
_RUN_ORDERS = (
    "reportTitle",
    "startTime",
    "endTime",
    "automated",
    "cardCount",
    "attachmentCount",
    "attachmentSize",
    "emailSize",
    "status",
)
_WIDTH, _HEIGHT = 400, 300
_MAIL_BYTES, _CARD_BYTES, _ATTACHMENT_BYTES = 8_192, 20_480, 51_200


# -- literal routes, before those with a schedule's id ---------------------------------------------------------


@routes.get(_BASE)
@routes.get(f"{_BASE}/sortby")
async def list_schedules(request: web.Request) -> web.Response:
    """List schedules. A limit of 0, which is the default, is none."""
    title = request.query.get("title", "").lower()
    order = _one_of(request.query.get("orderBy", "startDate"), "orderBy", _SCHEDULE_ORDERS)
    found = [schedule for schedule in _in_scope(request, _schedules(request)) if title in schedule["title"].lower()]
    keys: dict[str, Callable[[Record], Any]] = {
        "startDate": _start_of,
        "nextRunDate": lambda schedule: schedule["due"],
        "title": lambda schedule: schedule["title"].lower(),
    }
    found = _ordered(request, found, keys[order])
    limit = whole_number(request.query.get("limit"), "limit", 0)
    skip = whole_number(request.query.get("skip"), "skip", 0)
    return _told(request, found[skip : skip + limit] if limit else found[skip:])


@routes.post(_BASE)
async def create(request: web.Request) -> web.Response:
    """Schedule a report; title and schedule are required (emulator-defined)."""
    body = await json_object(request)
    return answer(_describe(request, create_report(instance_of(request), body, owner_id=caller_of(request)["id"])))


@routes.delete(_BASE)
async def delete_for_page(request: web.Request) -> web.Response:
    """Delete all schedules of a page, or none if the caller may not delete one of them."""
    if "pageId" not in request.query:
        raise HTTPError(400, "Required: pageId")
    page = whole_number(request.query["pageId"], "pageId", 0)
    schedules = _schedules(request)
    found = [_owned(request, schedule) for schedule in schedules if schedule["pageId"] == page]
    for schedule in found:
        schedules.remove(schedule["id"])
    return web.Response()


@routes.post(f"{_BASE}/card-email-data")
async def render_cards(request: web.Request) -> web.Response:
    """Return the appearance of cards in a mail, by their ids.

    Cards that do not exist, or that the caller does not see, are left out (emulator-defined).
    """
    card_id = WholeNumber(message="a card's id must be a whole number of at least 0")
    ids = await read_body(request, Array(card_id, message="The request's body must be an array of card ids"))
    instance, seen = instance_of(request), sight_of(request)
    found = (instance.records["cards"].find(each) for each in ids)
    cards = [card for card in found if card is not None and seen.card(card)]
    return answer({str(card["id"]): await _rendered(request, card) for card in cards})


@routes.get(f"{_BASE}/created")
async def created(request: web.Request) -> web.Response:
    """List what was scheduled in the last days, the newest first."""
    instance, since = instance_of(request), _since(request)
    found = [schedule for schedule in _in_scope(request, _schedules(request)) if schedule["created"] >= since]
    return answer(
        [
            {
                "reportId": schedule["id"],
                "reportTitle": schedule["title"],
                "ownerId": schedule["ownerId"],
                "created": schedule["created"],
                **_resource(instance, schedule),
            }
            for schedule in _ordered(request, found, "created")
        ]
    )


@routes.put(f"{_BASE}/emails/enabled")
async def set_emails_enabled(request: web.Request) -> web.Response:
    """Switch the mails of all reports on or off, which is for admins (emulator-defined)."""
    enabled = await read_body(request, _ENABLED)
    must_be_admin(request, "switch the mails of all reports")
    # Runs that were due until now follow the former state.
    _schedules(request)
    records_of(request, _SETTINGS).put("emails", {"enabled": enabled})
    return web.Response()


@routes.get(f"{_BASE}/extendedHistory")
async def extended_history(request: web.Request) -> web.Response:
    """List the runs of the last days, with what each was about."""
    since = _since(request)
    found = [run for run in _in_scope(request, _runs(request)) if run["startTime"] >= since]
    payload = [_extended(instance_of(request), run) for run in found]
    return answer(_ordered(request, payload, _run_order(request)))


@routes.post(f"{_BASE}/failures/rerun")
async def rerun_failed(request: web.Request) -> web.Response:
    """Send once more each report that failed within a time and that the caller may change, as if it were due."""
    for key in ("start", "end"):
        if key not in request.query:
            raise HTTPError(400, f"Required: {key}, in milliseconds since 1970")
    start, end = (whole_number(request.query[key], key, 0) for key in ("start", "end"))
    if start > end:
        raise HTTPError(400, "end must not be before start")
    instance, seen = instance_of(request), _sight(request)
    _check_mails(instance)
    failed = {
        run["reportId"]
        for run in _runs(request)
        if start <= run["startTime"] <= end and _run(instance, run)["status"] == "failure"
    }
    for schedule in _schedules(request):
        if schedule["id"] in failed and seen.may_change(schedule):
            _send(instance, schedule, schedule["recipients"], automated=True)
    return web.Response()


@routes.get(f"{_BASE}/history")
async def history(request: web.Request) -> web.Response:
    """List runs; whom they went to is null unless asked for."""
    found = _in_scope(request, _runs(request))
    return _page_of_runs(request, found, with_recipients=query_flag(request, "includeRecipientInfo"))


@routes.post(f"{_BASE}/history/search")
async def search_history(request: web.Request) -> web.Response:
    """Search runs. Each ``include…Clause`` that is true applies its condition."""
    body = await json_object(request)
    tests = list(_clauses(instance_of(request), body))
    found = [run for run in _in_scope(request, _runs(request)) if all(test(run) for test in tests)]
    return _page_of_runs(request, found, with_recipients=True)


@routes.get(f"{_BASE}/history/{{run}}")
async def get_run(request: web.Request) -> web.Response:
    """Return a run."""
    run, seen = _runs(request).get(request.match_info["run"]), _sight(request)
    if not seen.is_admin and not seen.reads(run):
        raise HTTPError(403, f"You may not see the run {run['id']}")
    return answer(_extended(instance_of(request), run))


@routes.get(f"{_BASE}/misconfigured")
async def misconfigured(request: web.Request) -> web.Response:
    """List what cannot be sent: without recipients or a frequency, or about no page, card or view that is there.

    Emulator-defined: which schedules belong to them.
    """
    instance, seen = instance_of(request), _sight(request)
    found = [
        schedule
        for schedule in _schedules(request)
        if seen.may_change(schedule) and _is_misconfigured(instance, schedule)
    ]
    return _told(request, page_of(request, found, limit=_PAGE, offset="skip"))


@routes.get(f"{_BASE}/resources")
async def resources(request: web.Request) -> web.Response:
    """List what the reports that the caller may see are about."""
    seen, title = _sight(request), request.query.get("title", "").lower()
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for schedule in _schedules(request):
        about = _resource(instance_of(request), schedule)
        if about["resourceId"] is not None and seen.may_see(schedule):
            found[about["resourceType"], about["resourceId"]] = {
                "resourceId": about["resourceId"],
                "title": about["resourceName"],
                "type": about["resourceType"],
            }
    matching = [each for each in found.values() if title in (each["title"] or "").lower()]
    return answer(page_of(request, matching, limit=_PAGE, offset="skip"))


@routes.get(f"{_BASE}/resources/{{resource_type}}/{{resource}}")
async def for_resource(request: web.Request) -> web.Response:
    """List the schedules of something that the caller owns or receives; ``showAll`` adds others' for admins.

    That, and that ``OPEN`` stands for any kind, is emulator-defined.
    """
    category = _one_of(request.match_info["resource_type"], "the type of a resource", ("OPEN", *_RESOURCES))
    number = whole_number(request.match_info["resource"], "the id of a resource", 0)
    keys = [_RESOURCES[category]] if category in _RESOURCES else list(_RESOURCES.values())
    seen = _sight(request)
    is_shown = seen.may_see if query_flag(request, "showAll") else seen.reads
    found = [
        schedule
        for schedule in _schedules(request)
        if any(schedule[key] == number for key in keys) and is_shown(schedule)
    ]
    return _told(request, found)


@routes.get(f"{_BASE}/views/{{view}}")
async def for_view(request: web.Request) -> web.Response:
    """Return the schedule of a view, of several the one that was made first (emulator-defined)."""
    return answer(_describe(request, _seen(request, _of_view(request))))


@routes.post(f"{_BASE}/views/{{view}}/sendNow")
async def send_view(request: web.Request) -> web.Response:
    """Send the report of a view."""
    return _sent(request, _of_view(request), _recipients(await json_body(request)))


@routes.post(f"{_BASE}/views/{{view}}/sendNowWithParams")
async def send_view_with_params(request: web.Request) -> web.Response:
    """Send the report of a view; the parameters change nothing that can be seen (emulator-defined)."""
    body = await read_body(request, Object({"emailParams": Object(optional=True, null=True)}))
    return _sent(request, _of_view(request), _recipients(body.get("recipients") or []))


# -- one schedule ----------------------------------------------------------------------------------------------


@routes.get(f"{_BASE}/{{schedule}}")
async def get(request: web.Request) -> web.Response:
    """Return a schedule."""
    return answer(_describe(request, _seen(request, _named(request))))


@routes.put(f"{_BASE}/{{schedule}}")
async def update(request: web.Request) -> web.Response:
    """Replace a schedule; the owner stays unless the body names one, and other keys that are left out are gone."""
    instance, former = instance_of(request), _owned(request, _named(request))
    body = await read_body(request, Object({"ownerId": WholeNumber(default=former["ownerId"])}))
    owner = body["ownerId"]
    if owner not in instance.records["users"]:
        raise HTTPError(400, f"The user {owner} does not exist")
    kept = {key: former[key] for key in ("id", "created", "unsubscribed")}
    record = _keep(instance, {**kept, **_known_of(body), "ownerId": owner})
    return answer(_describe(request, record))


@routes.delete(f"{_BASE}/{{schedule}}")
async def delete(request: web.Request) -> web.Response:
    """Delete a schedule; its runs stay in the histories of all (emulator-defined)."""
    _schedules(request).remove(_owned(request, _named(request))["id"])
    return web.Response()


@routes.put(f"{_BASE}/{{schedule}}/enabled")
async def set_enabled(request: web.Request) -> web.Response:
    """Switch a schedule on or off."""
    record, enabled = _owned(request, _named(request)), await read_body(request, _ENABLED)
    _keep(instance_of(request), {**record, "schedule": {**record["schedule"], "enabled": enabled}})
    return web.Response()


@routes.get(f"{_BASE}/{{schedule}}/history")
async def schedule_history(request: web.Request) -> web.Response:
    """List a schedule's runs."""
    record = _seen(request, _named(request))
    found = [run for run in _runs(request) if run["reportId"] == record["id"]]
    return _page_of_runs(request, found, with_recipients=True)


@routes.post(f"{_BASE}/{{schedule}}/notifications")
@routes.post(f"{_BASE}/{{schedule}}/notifications/queue")
async def notify(request: web.Request) -> web.Response:
    """Send a report to people, each named by a user's id or an address."""
    body = await read_body(request, Array(Object(), message="The request's body must be an array of recipients"))
    people = [
        {"type": "USER", "value": each["userId"]}
        if each.get("userId") is not None
        else {"type": "EMAIL", "value": each.get("emailAddress")}
        for each in body
    ]
    return _sent(request, _named(request), _recipients(people))


@routes.post(f"{_BASE}/{{schedule}}/queue")
async def queue(request: web.Request) -> web.Response:
    """Send a report."""
    return _sent(request, _named(request), _recipients(await json_body(request)))


@routes.post(f"{_BASE}/{{schedule}}/sendnow")
async def send(request: web.Request) -> web.Response:
    """Send a report.

    One page shows users and the status 200, another addresses and 202; here it goes by whether a user is named.
    """
    people = _recipients(await json_body(request))
    accepted = _sent(request, _named(request), people)
    return answer({}) if any(entry["type"] == "USER" for entry in people) else accepted


@routes.post(f"{_BASE}/{{schedule}}/sendResubscribe")
async def send_resubscribe_email(request: web.Request) -> web.Response:
    """Ask people whether they want a report again; nothing is known of what they answer, so nothing changes."""
    record = _seen(request, _named(request))
    if not _recipients(await json_body(request)):
        raise HTTPError(400, f"Nobody is named to be asked about the report {record['id']}")
    return web.Response(status=202)


@routes.post(f"{_BASE}/{{schedule}}/unsubscribe")
async def unsubscribe(request: web.Request) -> web.Response:
    """Take the caller off the recipients; a second time it changes nothing."""
    caller, record = caller_of(request), _seen(request, _named(request))
    if any(_is_same(each, caller) for each in record["unsubscribed"]):
        return web.Response()
    entries = [entry for entry in record["recipients"] if _is_addressee(entry, caller)]
    gone = {"id": caller["id"], "emailAddress": caller.get("emailAddress"), "entries": entries}
    _put_recipients(
        request,
        record,
        [entry for entry in record["recipients"] if entry not in entries],
        [*record["unsubscribed"], gone],
    )
    return web.Response()


@routes.post(f"{_BASE}/{{schedule}}/resubscribe")
async def resubscribe(request: web.Request) -> web.Response:
    """Put someone who unsubscribed back on the recipients, without a name the caller.

    Naming someone else is for who may change the report, and someone who was not a recipient does not become one
    (emulator-defined).
    """
    record, who = _named(request), _who(request) or caller_of(request)
    if not _is_same(who, caller_of(request)):
        _owned(request, record)
    gone = [each for each in record["unsubscribed"] if _is_same(each, who)]
    if not gone and not any(_is_addressee(entry, who) for entry in record["recipients"]):
        raise HTTPError(404, f"Nobody of that name has unsubscribed from the report {record['id']}")
    back = [entry for each in gone for entry in each["entries"]]
    left = [each for each in record["unsubscribed"] if each not in gone]
    _put_recipients(request, record, [*record["recipients"], *back], left)
    return web.Response()


@routes.delete(f"{_BASE}/{{schedule}}/unsubscribe/recipient")
async def delete_unsubscribed_recipient(request: web.Request) -> web.Response:
    """Forget that someone unsubscribed; they are not put back."""
    record, who = _owned(request, _named(request)), _who(request)
    if who is None:
        raise HTTPError(400, "Required: userId or emailId")
    left = [each for each in record["unsubscribed"] if not _is_same(each, who)]
    if len(left) == len(record["unsubscribed"]):
        raise HTTPError(404, f"Nobody of that name has unsubscribed from the report {record['id']}")
    _put_recipients(request, record, record["recipients"], left)
    return web.Response()


# -- reading requests ------------------------------------------------------------------------------------------


_NUMBERS = ("pageId", "viewId", "cardId", "embedViewId")
_HOUR = WholeNumber(optional=True)
_REPORT = Object(
    {
        "title": Text(),
        "schedule": Object({"hourOfDay": _HOUR, "minOfHour": _HOUR, "enabled": Flag(default=True)}),
        "attachmentInclude": Flag(default=False, null=True),
        "active": Flag(default=True),
        **dict.fromkeys(_NUMBERS, WholeNumber(optional=True)),
    }
)
_ENABLED = Flag(words="the body, true or false")
_RECIPIENTS = Array(Object(), message="Recipients must be an array of objects with type and value")


def _known_of(body: dict[str, Any]) -> Record:
    """Return the settings of a schedule that a request has."""
    body = _REPORT.check(body)
    schedule = body["schedule"]
    check_schedule(schedule)
    people, subject = schedule.get("additionalRecipients"), body.get("subject")
    kept = {key: value for key, value in schedule.items() if key not in _WORKED_OUT}
    return {
        "title": body["title"],
        "subject": None if subject is None else str(subject),
        "attachmentInclude": body["attachmentInclude"],
        "active": body["active"],
        **{key: body.get(key) for key in _NUMBERS},
        "viewType": _one_of(body.get("viewType") or "EMAIL", "viewType", _VIEW_TYPES),
        "schedule": kept,
        "recipients": _recipients([] if people is None else people),
    }


def _recipients(value: Any) -> list[Record]:
    """Return the people that a request names, each by ``type`` and ``value``."""
    people = _RECIPIENTS.check(value)
    for each in people:
        category = _one_of(each.get("type", "EMAIL"), "the type of a recipient", _TYPES)
        given = each.get("value")
        if category == "EMAIL":
            Text(pattern="(?s:.*@.*)", message=f"{given!r} is not an address").check(given)
        elif given is None:
            raise HTTPError(400, "A recipient has a value")
        else:
            whole_number(given, "the value of a recipient", 0)
    return [{"type": each.get("type", "EMAIL"), "value": each["value"]} for each in people]


def _one_of(value: Any, name: str, known: Sequence[str]) -> str:
    if value not in known:
        raise HTTPError(400, f"{name} must be one of {', '.join(known)}, not {value}")
    return str(value)


def _run_order(request: web.Request) -> str:
    return _one_of(request.query.get("orderBy", "startTime"), "orderBy", _RUN_ORDERS)


def _since(request: web.Request) -> int:
    return _now(instance_of(request)) - _DAY_MILLIS * whole_number(request.query.get("days"), "days", _DAYS)


def _who(request: web.Request) -> Record | None:
    """Return the user that a query names; None if it names nobody."""
    user, mail = request.query.get("userId"), request.query.get("emailId")
    if not user and not mail:
        return None
    return {"id": user, "emailAddress": mail}


def _ordered(request: web.Request, found: Iterable[Record], by: str | Callable[[Record], Any]) -> list[Record]:
    """Return records in order, by default the greatest first; those without the sort key are the least."""

    def rank(record: Record) -> tuple[bool, Any]:
        value = record[by] if isinstance(by, str) else by(record)
        return value is not None, 0 if value is None else value

    return sorted(found, key=rank, reverse=not query_flag(request, "isAscending"))


_CLAUSES = Object(
    {
        **dict.fromkeys(
            ("includeTitleClause", "includeStatusClause", "includeTypeClause", "includeScheduleIdClause"),
            Flag(default=False),
        ),
        "isAutomated": Flag(optional=True, null=True),
        "scheduleId": WholeNumber(optional=True),
    }
)


def _clauses(instance: Instance, body: dict[str, Any]) -> Iterable[Callable[[Record], bool]]:
    """Yield the tests that a run must pass to be found."""
    body = _CLAUSES.check(body)

    def included(clause: str, key: str) -> bool:
        if not body[clause]:
            return False
        if body.get(key) is None:
            raise HTTPError(400, f"{clause} is true, but there is no {key}")
        return True

    if included("includeTitleClause", "titleSearchText"):
        title = str(body["titleSearchText"]).lower()
        yield lambda run: title in run["reportTitle"].lower()
    if included("includeStatusClause", "status"):
        status = str(body["status"]).lower()
        yield lambda run: _run(instance, run)["status"] == status
    if included("includeTypeClause", "isAutomated"):
        automated = body["isAutomated"]
        yield lambda run: run["automated"] is automated
    if included("includeScheduleIdClause", "scheduleId"):
        schedule = body["scheduleId"]
        yield lambda run: run["reportId"] == schedule


# -- who may do what -------------------------------------------------------------------------------------------


@frozen
class _Sight:
    """The caller, and whom else the caller stands for."""

    user: Record
    groups: frozenset[str]
    is_admin: bool

    def owns(self, owned: Record) -> bool:
        """Return whether a report or a run is the caller's."""
        return bool(owned["ownerId"] == self.user["id"])

    def reads(self, record: Record) -> bool:
        """Return whether a report or a run is the caller's, or is or was meant for the caller."""
        return (
            self.owns(record)
            or self.receives(record)
            or any(_is_same(gone, self.user) for gone in record.get("unsubscribed", ()))
        )

    def receives(self, record: Record) -> bool:
        """Return whether a report or a run is meant for the caller."""
        return any(_is_addressee(entry, self.user, self.groups) for entry in record["recipients"])

    def may_change(self, owned: Record) -> bool:
        return self.is_admin or self.owns(owned)

    def may_see(self, record: Record) -> bool:
        return self.is_admin or self.reads(record)


def _sight(request: web.Request) -> _Sight:
    caller = caller_of(request)
    groups = (number for category, number in entities_of(instance_of(request), caller) if category == "GROUP")
    return _Sight(caller, frozenset(groups), is_admin(caller))


def _is_same(who: Record, other: Record) -> bool:
    """Return whether two users are the same, by id if both have one."""
    if who.get("id") and other.get("id"):
        return str(who["id"]) == str(other["id"])
    mails = [str(each.get("emailAddress") or "").lower() for each in (who, other)]
    return mails[0] == mails[1] != ""


def _is_addressee(entry: Record, who: Record, groups: frozenset[str] = frozenset()) -> bool:
    value = str(entry["value"]).lower()
    if entry["type"] == "GROUP":
        return value in groups
    return value == str(who.get("id" if entry["type"] == "USER" else "emailAddress") or "").lower()


def _in_scope(request: web.Request, records: Iterable[Record]) -> list[Record]:
    """Return what the filter of a request lets through: the caller's own and what goes there, one of these, or all."""
    scope = _one_of(request.query.get("filter", "USER"), "filter", ("USER", "RECIPIENT", "OWNER", "ALL"))
    seen = _sight(request)
    if scope == "ALL":
        must_be_admin(request, "see the reports of all")
        return list(records)
    wanted = {"USER": seen.reads, "RECIPIENT": seen.receives, "OWNER": seen.owns}[scope]
    return [record for record in records if wanted(record)]


def _check_mails(instance: Instance) -> None:
    if not _mails_enabled(instance):
        raise HTTPError(409, "The mails of scheduled reports are switched off")


# -- state -----------------------------------------------------------------------------------------------------


def _schedules(request: web.Request) -> Collection:
    """Return all schedules, after sending the reports that are due."""
    instance = instance_of(request)
    schedules, now = instance.records[SCHEDULES], _now(instance)
    for schedule in schedules:
        if "due" not in schedule:
            _keep(instance, schedule)
        elif schedule["due"] is not None and schedule["due"] <= now:
            if _mails_enabled(instance):
                _send(instance, schedule, schedule["recipients"], automated=True, started=schedule["due"])
            _keep(instance, schedule)
    return schedules


def _runs(request: web.Request) -> Collection:
    """Return all runs, after sending the reports that are due."""
    _schedules(request)
    return records_of(request, _RUNS)


def _named(request: web.Request) -> Record:
    return _schedules(request).get(request.match_info["schedule"])


def _of_view(request: web.Request) -> Record:
    view = request.match_info["view"]
    found = next((schedule for schedule in _schedules(request) if str(schedule["viewId"]) == view), None)
    if found is None:
        raise HTTPError(404, f"No report is scheduled for the view {view}")
    return found


def _seen(request: web.Request, schedule: Record) -> Record:
    if not _sight(request).may_see(schedule):
        raise HTTPError(403, f"You may not see the report {schedule['id']}")
    return schedule


def _owned(request: web.Request, schedule: Record) -> Record:
    if not _sight(request).may_change(schedule):
        raise HTTPError(403, f"You may not change the report {schedule['id']}")
    return schedule


def _now(instance: Instance) -> int:
    return int(instance.now() * 1000)


def create_report(instance: Instance, body: dict[str, Any], *, owner_id: int) -> Record:
    """Schedule a report as a request describes it.

    Raises:
        HTTPError: 400, if something is missing or wrong.
    """
    record = {
        **_known_of(body),
        "id": free_id(instance, SCHEDULES, 1),
        "ownerId": owner_id,
        "unsubscribed": [],
        "created": _now(instance),
    }
    return _keep(instance, record)


def _keep(instance: Instance, schedule: Record) -> Record:
    """Keep a schedule, with when it is due next."""
    now = datetime.fromtimestamp(instance.now(), UTC)
    due = next_run(schedule["schedule"], now) if schedule["active"] else None
    record = {**schedule, "due": None if due is None else millis(due)}
    return instance.records[SCHEDULES].put(record["id"], record)


def _put_recipients(
    request: web.Request, schedule: Record, recipients: Sequence[Record], unsubscribed: Sequence[Record]
) -> None:
    records_of(request, SCHEDULES).update(schedule["id"], recipients=list(recipients), unsubscribed=list(unsubscribed))


def _mails_enabled(instance: Instance) -> bool:
    setting = instance.records[_SETTINGS].find("emails")
    return setting is None or bool(setting["enabled"])


def _sent(request: web.Request, schedule: Record, recipients: Sequence[Record]) -> web.Response:
    """Send a report now: to the named people, or to its recipients if nobody is named."""
    instance = instance_of(request)
    _seen(request, schedule)
    _check_mails(instance)
    people = recipients or schedule["recipients"]
    if not people:
        raise HTTPError(400, f"Nobody is named, and the report {schedule['id']} has no recipients")
    included = query_flag(request, "attachmentInclude") or schedule["attachmentInclude"]
    _send(instance, {**schedule, "attachmentInclude": included}, people, automated=False)
    return web.Response(status=202)


def _send(
    instance: Instance,
    schedule: Record,
    recipients: Sequence[Record],
    *,
    automated: bool,
    started: int | None = None,
) -> None:
    """Begin a run. One that the schedule begins fails if the report is not fit to be sent."""
    job = begin_job(instance, "report", schedule["id"], schedule["title"], good="success", bad="failure")
    if automated and _is_misconfigured(instance, schedule):
        job = {**job, "state": "failure"}
    put_run(
        instance, schedule, recipients, job, started=_now(instance) if started is None else started, automated=automated
    )


def put_run(
    instance: Instance,
    schedule: Record,
    recipients: Sequence[Record],
    job: Record,
    *,
    started: int,
    automated: bool,
    cards: int | None = None,
) -> None:
    cards = card_count(schedule, page_counts(instance)) if cards is None else cards
    attachments = cards if schedule["attachmentInclude"] else 0
    size = attachments * _ATTACHMENT_BYTES
    number = free_id(instance, _RUNS, 1)
    instance.records[_RUNS].put(
        number,
        {
            "id": number,
            "reportId": schedule["id"],
            "reportTitle": schedule["title"],
            "reportSubject": schedule["subject"] or schedule["title"],
            "startTime": started,
            "job": job,
            "automated": automated,
            "cardCount": cards,
            "attachmentCount": attachments,
            "attachmentSize": size,
            "emailSize": _MAIL_BYTES + cards * _CARD_BYTES + size,
            "recipients": list(recipients),
            "people": [_person(instance, entry) for entry in recipients],
            "ownerId": schedule["ownerId"],
            **_resource(instance, schedule),
        },
    )


def _is_misconfigured(instance: Instance, schedule: Record) -> bool:
    page = schedule["pageId"]
    return (
        not schedule["recipients"]
        or schedule["schedule"].get("frequency") is None
        or (page is None and schedule["viewId"] is None and schedule["cardId"] is None)
        or (page is not None and page not in instance.records["pages"])
    )


# -- answers ---------------------------------------------------------------------------------------------------


def _told(request: web.Request, schedules: Sequence[Record]) -> web.Response:
    counts = page_counts(instance_of(request))
    return answer([_describe(request, schedule, counts) for schedule in schedules])


def _describe(request: web.Request, schedule: Record, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return a schedule with what all routes show of it, so that it can be written back."""
    instance = instance_of(request)
    counts = page_counts(instance) if counts is None else counts
    return {
        "id": schedule["id"],
        "reportViewId": schedule["viewId"],
        "viewId": schedule["viewId"],
        "pageId": schedule["pageId"],
        "title": schedule["title"],
        "subject": schedule["subject"],
        "viewName": _resource(instance, schedule)["resourceName"],
        "type": "RECURRING",
        "ownerId": schedule["ownerId"],
        "embedViewId": schedule["embedViewId"],
        "owner": schedule["ownerId"] == caller_of(request)["id"],
        "active": schedule["active"],
        "viewType": schedule.get("viewType", "EMAIL"),
        "description": None,
        "contextId": None,
        "embedReport": False,
        "embedUrn": None,
        "reportView": schedule["viewId"] is not None,
        "recentHistory": _latest(instance, schedule),
        "cardCount": card_count(schedule, counts),
        "recipientCount": len(schedule["recipients"]),
        "cardId": schedule["cardId"],
        "attachmentInclude": schedule["attachmentInclude"],
        "schedule": {
            "embedReport": False,
            "embedUrn": None,
            **schedule["schedule"],
            "additionalRecipients": schedule["recipients"],
            "nextRunDate": schedule["due"],
            "ownerId": schedule["ownerId"],
            "unsubscribedRecipients": [{"type": "USER", "value": str(gone["id"])} for gone in schedule["unsubscribed"]],
        },
    }


def _start_of(schedule: Record) -> int:
    """Return from when on a schedule holds."""
    start = schedule["schedule"].get("startDate")
    return int(schedule["created"] if start is None else start)


def _resource(instance: Instance, schedule: Record) -> dict[str, Any]:
    """Return what a report is about."""
    for category, key in _RESOURCES.items():
        number = schedule[key]
        if number is not None:
            collection = {"PAGE": "pages", "CARD": "cards"}.get(category)
            found = instance.records[collection].find(number) if collection else None
            name = None if found is None else found.get("title")
            return {"resourceType": category, "resourceId": number, "resourceName": name}
    return {"resourceType": None, "resourceId": None, "resourceName": None}


def page_counts(instance: Instance) -> Counter[str]:
    """Return how many cards each page has."""
    return Counter(str(page) for card in instance.records["cards"] for page in card.get("pageIds") or ())


def card_count(schedule: Record, pages: Mapping[str, int]) -> int:
    return 1 if schedule["cardId"] is not None else pages.get(str(schedule["pageId"]), 0)


def _person(instance: Instance, entry: Record) -> dict[str, Any]:
    """Return a recipient as histories have it."""
    if entry["type"] == "GROUP":
        group = instance.records["groups"].find(entry["value"])
        name = str(entry["value"]) if group is None else group.get("name")
        return {"userId": None, "displayName": name, "emailAddress": None}
    users = instance.records["users"]
    if entry["type"] == "USER":
        user = users.find(entry["value"])
    else:
        user = next((user for user in users if _is_addressee(entry, user)), None)
    if user is not None:
        return {
            "userId": user["id"],
            "displayName": user_name(instance, user["id"]),
            "emailAddress": user.get("emailAddress"),
        }
    if entry["type"] == "USER":
        return {"userId": int(entry["value"]), "displayName": str(entry["value"]), "emailAddress": None}
    return {"userId": None, "displayName": entry["value"], "emailAddress": entry["value"]}


def _run(instance: Instance, run: Record) -> dict[str, Any]:
    """Return a run as far as it is."""
    job = run["job"]
    ended = is_over(instance, job)
    return {
        "id": run["id"],
        "reportId": run["reportId"],
        "reportTitle": run["reportTitle"],
        "reportSubject": run["reportSubject"],
        "startTime": run["startTime"],
        "endTime": run["startTime"] + int(job["lasts"] * 1000) if ended else None,
        "automated": run["automated"],
        "cardCount": run["cardCount"],
        "attachmentCount": run["attachmentCount"],
        "attachmentSize": run["attachmentSize"],
        "emailSize": run["emailSize"],
        "status": job["state"] if ended else "processing",
        "recipients": run["people"],
        "reportTitleId": run["reportId"],
        "usingLayout": False,
        "problems": None,
        "toe": None,
    }


def _latest(instance: Instance, schedule: Record) -> dict[str, Any] | None:
    """Return the last run of a schedule."""
    runs = [run for run in instance.records[_RUNS] if run["reportId"] == schedule["id"]]
    return _run(instance, runs[-1]) if runs else None


def _extended(instance: Instance, run: Record) -> dict[str, Any]:
    return {
        **_run(instance, run),
        "ownerId": run["ownerId"],
        "recipientCount": len(run["people"]),
        "resourceType": run["resourceType"],
        "resourceId": run["resourceId"],
        "resourceName": run["resourceName"],
    }


def _page_of_runs(request: web.Request, runs: Iterable[Record], *, with_recipients: bool) -> web.Response:
    instance = instance_of(request)
    found = _ordered(request, [_run(instance, run) for run in runs], _run_order(request))
    page = page_of(request, found, limit=_PAGE, offset="skip")
    return answer([run if with_recipients else {**run, "recipients": None} for run in page])


async def _rendered(request: web.Request, card: Record) -> dict[str, Any]:
    """Return how a card looks; one whose dataset was deleted, or does not fit, shows nothing but its title."""
    try:
        instance = instance_of(request)
        dataset = instance.dataset(card["datasourceId"])
        only = visible_rows(instance, dataset, caller_of(request))
        shown = await show(storage_of(request), card, dataset, only=only)
    except HTTPError:
        shown = Shown((), [], cut=False)
    title = card["title"]
    picture = await storage_of(request).run(chart_png, title, shown.bars(), width=_WIDTH, height=_HEIGHT, scale=1)
    return {
        "title": title,
        "encodedImage": b64encode(picture).decode(),
        "encodedImageId": f"card-{card['id']}",
        "timeframeLabel": "",
        "summaryNumberValue": number_text(shown.summary()) if shown.rows else "",
        "summaryNumberLabel": shown.columns[-1] if shown.columns else "",
        "htmlContent": f"<div>{escape(title)}</div>",
        "cardType": str(card.get("type") or "kpi"),
        "cardLink": f"{request.scheme}://{request.host}/kpis/details/{card['id']}",
        "pdpEnabled": False,
        "certified": False,
        "companyCertified": False,
    }
