"""Scheduled reports: `domo.reports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.reports._requests import one_or_both, recipients_payload, skipping
from domo_async._endpoints.reports._waiting import ended_run
from domo_async._endpoints.reports.history import ReportHistory
from domo_async._endpoints.reports.models import (
    RenderedCard,
    Report,
    ReportedResource,
    ReportRecipient,
    ReportResourceType,
    ReportRun,
    ReportScope,
    Schedule,
    ScheduleOrder,
    ScheduleRecipient,
    ViewType,
)
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, Url, url
from domo_async._wire import UNSET, Model, Unset, either, epoch_millis, payload, without_nulls
from domo_async.errors import ConfigError

__all__ = ["Reports"]

_SCHEDULES = url("/api/content/v1/reportschedules")
_ARTEFACT = "additionalProperties"


@frozen(kw_only=True)
class _WrappedCards(Model):
    additional_properties: dict[str, RenderedCard] | RenderedCard


class Reports(Area):
    """Scheduled reports and their history.

    Every page names 403 and 409 as errors, and none says when 409 comes.
    """

    @cached_property
    def history(self) -> ReportHistory:
        """What became of the reports."""
        return ReportHistory(self._http)

    # -- schedules --------------------------------------------------------------------------------------------

    def list(
        self,
        *,
        filter: ReportScope | str | None = None,
        title: str | None = None,
        sort_by: ScheduleOrder | str = ScheduleOrder.START_DATE,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Report]:
        """Iterate over the scheduled reports.

        `GET /api/content/v1/reportschedules` (Scheduled Reports API, "List Report Schedules").

        Args:
            filter: Whose reports, by default ``USER``.
            title: Text to look for in the title.
            sort_by: The field to sort by. It is always sent: another client finds that reports are else in no lasting
                order, so that pages repeat some and leave others out.
            ascending: Whether to sort in ascending order, by default not.
            offset: The number of reports to skip.
            limit: The most reports to return, or None for all.
            page_size: The number of reports per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._schedules(_SCHEDULES, filter, title, sort_by, ascending, offset, limit, page_size)

    def list_sorted(
        self,
        *,
        filter: ReportScope | str | None = None,
        title: str | None = None,
        sort_by: ScheduleOrder | str = ScheduleOrder.START_DATE,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Report]:
        """Iterate over the scheduled reports, by the route that sorts; the page shows fewer facts of each than `list`.

        `GET /api/content/v1/reportschedules/sortby` (Scheduled Reports API, "Get Report Schedules Map").

        Args:
            filter: Whose reports, by default ``USER``.
            title: Text to look for in the title.
            sort_by: The field to sort by; always sent, as by `list`.
            ascending: Whether to sort in ascending order, by default not.
            offset: The number of reports to skip.
            limit: The most reports to return, or None for all.
            page_size: The number of reports per page.

        Raises:
            ConfigError: A number is out of range.
        """
        path = url("/api/content/v1/reportschedules/sortby")
        return self._schedules(path, filter, title, sort_by, ascending, offset, limit, page_size)

    async def create(
        self,
        *,
        title: str,
        schedule: Schedule,
        page_id: int | str | Unset = UNSET,
        view_id: int | str | Unset = UNSET,
        attachment_include: bool | Unset = UNSET,
        subject: str | Unset = UNSET,
        view_type: ViewType | str | Unset = UNSET,
    ) -> Report:
        """Schedule a report.

        `POST /api/content/v1/reportschedules` (Scheduled Reports API, "Create Report Schedule"). Domo's documentation
        does not say which keys are required.

        Args:
            title: Its title.
            schedule: When it is sent, and to whom.
            page_id: The page to show.
            view_id: The view to show; answers call it `report_view_id`.
            attachment_include: Whether its mail has attachments.
            subject: The subject of its mail; neither this nor `view_type` is on the page.
            view_type: What its mail holds, ``EMAIL`` by default.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        return await self._http.request(
            "POST",
            _SCHEDULES,
            json=payload(
                title=title,
                page_id=page_id,
                view_id=view_id,
                schedule=without_nulls(schedule),
                attachment_include=attachment_include,
                subject=subject,
                view_type=view_type,
            ),
            into=Report,
        )

    async def get(self, schedule_id: int | str, /) -> Report:
        """Return a scheduled report.

        `GET /api/content/v1/reportschedules/{schedule_id}` (Scheduled Reports API, "Get Report Schedule by ID").

        Args:
            schedule_id: The schedule.

        Raises:
            Forbidden: The token's owner may not see it.
        """
        return await self._http.request("GET", url("/api/content/v1/reportschedules/{}", schedule_id), into=Report)

    async def update(
        self,
        schedule_id: int | str,
        /,
        *,
        title: str,
        schedule: Schedule,
        page_id: int | str | Unset = UNSET,
        view_id: int | str | Unset = UNSET,
        attachment_include: bool | Unset = UNSET,
        subject: str | Unset = UNSET,
        owner_id: int | str | Unset = UNSET,
        active: bool | Unset = UNSET,
        view_type: ViewType | str | Unset = UNSET,
    ) -> Report:
        """Write a scheduled report anew.

        `PUT /api/content/v1/reportschedules/{schedule_id}` (Scheduled Reports API, "Update Report Schedule"). Another
        client finds that this replaces all of it, and that some instances refuse a schedule without `start_date`:
        change what `get` gave (`attrs.evolve`) rather than starting from nothing.

        Args:
            schedule_id: The schedule.
            title: Its title.
            schedule: When it is sent, and to whom.
            page_id: The page to show.
            view_id: The view to show; answers call it `report_view_id`.
            attachment_include: Whether its mail has attachments.
            subject: The subject of its mail; neither this nor what follows is on the page, but other clients send it.
            owner_id: The owner.
            active: Whether it is in use.
            view_type: What its mail holds.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        return await self._http.request(
            "PUT",
            url("/api/content/v1/reportschedules/{}", schedule_id),
            json=payload(
                title=title,
                page_id=page_id,
                view_id=view_id,
                schedule=without_nulls(schedule),
                attachment_include=attachment_include,
                subject=subject,
                owner_id=owner_id,
                active=active,
                view_type=view_type,
            ),
            into=Report,
        )

    async def delete(self, schedule_id: int | str, /) -> None:
        """Delete a scheduled report.

        `DELETE /api/content/v1/reportschedules/{schedule_id}` (Scheduled Reports API, "Delete Report Schedule").

        Args:
            schedule_id: The schedule.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request("DELETE", url("/api/content/v1/reportschedules/{}", schedule_id))

    async def delete_for_page(self, page_id: int | str, /) -> None:
        """Delete what is scheduled for a page.

        `DELETE /api/content/v1/reportschedules` (Scheduled Reports API, "Delete Report Schedule by Page ID").

        Args:
            page_id: The page.

        Raises:
            ConfigError: It is not a page; without one, the request would be about all schedules.
            Forbidden: The token's owner is not allowed to do this.
        """
        if isinstance(page_id, bool) or not str(page_id or "").strip(" 0"):
            raise ConfigError(f"{page_id!r} is not a page; the request would be about all schedules")
        await self._http.request("DELETE", _SCHEDULES, params={"pageId": page_id})

    async def set_enabled(self, schedule_id: int | str, /, *, enabled: bool) -> None:
        """Switch a schedule on or off.

        `PUT /api/content/v1/reportschedules/{schedule_id}/enabled` (Scheduled Reports API, "Enable/Disable Report
        Schedule").

        Args:
            schedule_id: The schedule.
            enabled: Whether it is to be sent.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request("PUT", url("/api/content/v1/reportschedules/{}/enabled", schedule_id), json=enabled)

    async def set_emails_enabled(self, *, enabled: bool) -> None:
        """Switch the mails of scheduled reports on or off; the page does not say for whom, so take it for everyone.

        `PUT /api/content/v1/reportschedules/emails/enabled` (Scheduled Reports API, "Enable/Disable Scheduled Report
        Emails").

        Args:
            enabled: Whether they are to be sent.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request("PUT", url("/api/content/v1/reportschedules/emails/enabled"), json=enabled)

    def misconfigured(self, *, offset: int = 0, limit: int | None = None, page_size: int = 100) -> Pager[Report]:
        """Iterate over the reports that cannot be sent as they are.

        `GET /api/content/v1/reportschedules/misconfigured` (Scheduled Reports API, "Get Misconfigured Reports").

        Args:
            offset: The number of reports to skip.
            limit: The most reports to return, or None for all.
            page_size: The number of reports per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return skipping(
            self._http,
            "GET",
            url("/api/content/v1/reportschedules/misconfigured"),
            Report,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    def resources(
        self, *, title: str | None = None, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[ReportedResource]:
        """Iterate over what there are reports about.

        `GET /api/content/v1/reportschedules/resources` (Scheduled Reports API, "Get Resources with Reports").

        Args:
            title: Text to look for in the title.
            offset: The number of resources to skip.
            limit: The most resources to return, or None for all.
            page_size: The number of resources per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return skipping(
            self._http,
            "GET",
            url("/api/content/v1/reportschedules/resources"),
            ReportedResource,
            offset=offset,
            limit=limit,
            page_size=page_size,
            key=attrgetter("type", "resource_id"),
            params={"title": title},
        )

    async def for_resource(
        self, resource_type: ReportResourceType | str, resource_id: int | str, /, *, show_all: bool | None = None
    ) -> ItemTuple[Report]:
        """Return the scheduled reports about something.

        `GET /api/content/v1/reportschedules/resources/{resource_type}/{resource_id}` (Scheduled Reports API, "Get
        Report Schedules by Resource ID").

        Args:
            resource_type: What it is: ``OPEN``, ``PAGE``, ``CARD`` or ``REPORT``.
            resource_id: Its number.
            show_all: Whether to give all schedules, by default not; Domo's documentation does not say which are left
                out else.

        Raises:
            Forbidden: The token's owner may not see them.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/reportschedules/resources/{}/{}", resource_type, resource_id),
            params={"showAll": show_all},
            into=ItemTuple[Report],
        )

    async def for_view(self, view_id: int | str, /) -> Report:
        """Return the scheduled report of a view.

        `GET /api/content/v1/reportschedules/views/{view_id}` (Scheduled Reports API, "Get Report Schedule by View ID").

        Args:
            view_id: The view.

        Raises:
            Forbidden: The token's owner may not see it.
        """
        return await self._http.request("GET", url("/api/content/v1/reportschedules/views/{}", view_id), into=Report)

    # -- sending ----------------------------------------------------------------------------------------------

    async def send(
        self,
        schedule_id: int | str,
        /,
        *,
        recipients: Sequence[ScheduleRecipient | str],
        wait: bool = False,
        timeout: float = 600.0,
    ) -> ReportRun | None:
        """Send a report now. A request whose answer is lost is not sent again, as the mail would be.

        `POST /api/content/v1/reportschedules/{schedule_id}/sendnow` (Scheduled Reports API, "Send Report Now"); with
        `wait`, `GET /api/content/v1/reportschedules/{schedule_id}/history` ("Get Report History by Schedule ID")
        before it and again and again after it. No document tells which run a request begins: it is taken to be the one
        that is new and was not sent by the schedule. Of two that are sent by hand at the same time, either may be
        taken for the other.

        Args:
            schedule_id: The schedule.
            recipients: Whom to send it to; a bare text is an address.
            wait: Whether to wait until the history tells how it went.
            timeout: Seconds to wait for that.

        Returns:
            With `wait`, the run as the history tells it.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
            JobFailed: With `wait`: the run failed; the history tells no more than its status.
            UnknownState: With `wait`: what its status means is not known.
            WaitTimeout: With `wait`: the history does not tell of a run that has ended; carries the last status seen.
        """
        people = recipients_payload(recipients)
        former = {run.id for run in await self.history.for_schedule(schedule_id).all()} if wait else set()
        await self._http.request("POST", url("/api/content/v1/reportschedules/{}/sendnow", schedule_id), json=people)
        if not wait:
            return None
        return await ended_run(self.history, schedule_id, former, clock=self._http.settings.clock, timeout=timeout)

    async def queue(self, schedule_id: int | str, /, *, recipients: Sequence[ScheduleRecipient | str]) -> None:
        """Queue a report to be sent.

        `POST /api/content/v1/reportschedules/{schedule_id}/queue` (Scheduled Reports API, "Queue Report Now").

        Args:
            schedule_id: The schedule.
            recipients: Whom to send it to; a bare text is an address.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._mail(url("/api/content/v1/reportschedules/{}/queue", schedule_id), recipients)

    async def notify(self, schedule_id: int | str, /, *, recipients: Sequence[ReportRecipient]) -> None:
        """Build a report and mail it.

        `POST /api/content/v1/reportschedules/{schedule_id}/notifications` (Scheduled Reports API, "Build and Email
        Report").

        Args:
            schedule_id: The schedule.
            recipients: Whom to mail it to.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/{}/notifications", schedule_id),
            json=[without_nulls(recipient) for recipient in require_list(recipients, "recipients")],
        )

    async def queue_notification(self, schedule_id: int | str, /, *, recipients: Sequence[ReportRecipient]) -> None:
        """Queue a report to be built and mailed.

        `POST /api/content/v1/reportschedules/{schedule_id}/notifications/queue` (Scheduled Reports API, "Queue Build
        and Email Report").

        Args:
            schedule_id: The schedule.
            recipients: Whom to mail it to.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/{}/notifications/queue", schedule_id),
            json=[without_nulls(recipient) for recipient in require_list(recipients, "recipients")],
        )

    async def send_view(
        self,
        view_id: int | str,
        /,
        *,
        recipients: Sequence[ScheduleRecipient | str],
        attachment_include: bool | None = None,
    ) -> None:
        """Send the report of a view now.

        `POST /api/content/v1/reportschedules/views/{view_id}/sendNow` (Scheduled Reports API, "Send Report Now by View
        ID").

        Args:
            view_id: The view.
            recipients: Whom to send it to; a bare text is an address.
            attachment_include: Whether the mail has attachments.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._mail(
            url("/api/content/v1/reportschedules/views/{}/sendNow", view_id),
            recipients,
            params={"attachmentInclude": attachment_include},
        )

    async def send_view_with_params(
        self,
        view_id: int | str,
        /,
        *,
        recipients: Sequence[ScheduleRecipient | str],
        alert_action_id: int | str | Unset = UNSET,
        email_params: Mapping[str, object] | Unset = UNSET,
        attachment_include: bool | None = None,
    ) -> None:
        """Send the report of a view now, with parameters for its mail.

        `POST /api/content/v1/reportschedules/views/{view_id}/sendNowWithParams` (Scheduled Reports API, "Send Report
        Now with Parameters by View ID"). Domo's documentation does not say which keys are required.

        Args:
            view_id: The view.
            recipients: Whom to send it to; a bare text is an address.
            alert_action_id: The action of an alert that sends it.
            email_params: The parameters, by name.
            attachment_include: Whether the mail has attachments.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/views/{}/sendNowWithParams", view_id),
            params={"attachmentInclude": attachment_include},
            json=payload(
                recipients=recipients_payload(recipients), alert_action_id=alert_action_id, email_params=email_params
            ),
        )

    async def rerun_failed(self, *, start: datetime, end: datetime) -> None:
        """Send again the scheduled reports that failed within a time.

        `POST /api/content/v1/reportschedules/failures/rerun` (Scheduled Reports API, "Rerun Failed Scheduled Reports").
        Domo's documentation speaks of timestamps only; they go out as milliseconds since 1970, as one of its samples
        shows them.

        Args:
            start: The beginning of the time.
            end: Its end.

        Raises:
            ConfigError: One of them has no time zone, or the end does not come after the start.
            Forbidden: The token's owner is not allowed to do this.
        """
        since, until = epoch_millis(start), epoch_millis(end)
        if since >= until:
            raise ConfigError("end has to come after start")
        await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/failures/rerun"),
            params={"start": since, "end": until},
        )

    async def render_cards(self, card_ids: Sequence[int], /) -> Mapping[str, RenderedCard]:
        """Return cards as a mail shows them.

        `POST /api/content/v1/reportschedules/card-email-data` (Scheduled Reports API, "Render Card for Email").

        Args:
            card_ids: The cards.

        Returns:
            The cards by their ids, as text. That is inferred: the page's sample has one card under
            ``additionalProperties``, as a schema calls the values of a map. An answer that really looks so gives that
            card the id that was asked for, if it was a single one, and else leaves it under that name.

        Raises:
            ConfigError: `card_ids` is empty.
            Forbidden: The token's owner may not see them.
        """
        asked = require_list(card_ids, "card_ids")
        answer = await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/card-email-data"),
            json=asked,
            into=either(_WrappedCards, dict[str, RenderedCard]),
            idempotent=True,
        )
        found = answer.additional_properties if isinstance(answer, _WrappedCards) else answer
        if not isinstance(found, RenderedCard):
            return found
        return {str(asked[0]) if len(asked) == 1 else _ARTEFACT: found}

    # -- who has unsubscribed ---------------------------------------------------------------------------------

    async def unsubscribe(self, schedule_id: int | str, /) -> None:
        """Take the token's owner off the recipients of a report.

        `POST /api/content/v1/reportschedules/{schedule_id}/unsubscribe` (Scheduled Reports API, "Unsubscribe from
        Report").

        Args:
            schedule_id: The schedule.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "POST", url("/api/content/v1/reportschedules/{}/unsubscribe", schedule_id), idempotent=True
        )

    async def resubscribe(
        self, schedule_id: int | str, /, *, user_id: int | str | None = None, email_id: str | None = None
    ) -> None:
        """Put someone who has unsubscribed back on the recipients of a report.

        `POST /api/content/v1/reportschedules/{schedule_id}/resubscribe` (Scheduled Reports API, "Resubscribe to
        Report").

        Args:
            schedule_id: The schedule.
            user_id: The user.
            email_id: The page's "Email ID"; it does not say whether that is an address.

        Raises:
            ConfigError: Neither is given.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "POST",
            url("/api/content/v1/reportschedules/{}/resubscribe", schedule_id),
            params=one_or_both(user_id, email_id),
            idempotent=True,
        )

    async def send_resubscribe_email(
        self, schedule_id: int | str, /, *, recipients: Sequence[ScheduleRecipient | str]
    ) -> None:
        """Ask people by mail whether they want a report again.

        `POST /api/content/v1/reportschedules/{schedule_id}/sendResubscribe` (Scheduled Reports API, "Send Resubscribe
        Email").

        Args:
            schedule_id: The schedule.
            recipients: Whom to ask; a bare text is an address.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._mail(url("/api/content/v1/reportschedules/{}/sendResubscribe", schedule_id), recipients)

    async def delete_unsubscribed_recipient(
        self, schedule_id: int | str, /, *, user_id: int | str | None = None, email_id: str | None = None
    ) -> None:
        """Forget that someone has unsubscribed from a report.

        `DELETE /api/content/v1/reportschedules/{schedule_id}/unsubscribe/recipient` (Scheduled Reports API, "Delete
        Unsubscribed Recipient").

        Args:
            schedule_id: The schedule.
            user_id: The user.
            email_id: The page's "Email ID"; it does not say whether that is an address.

        Raises:
            ConfigError: Neither is given.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request(
            "DELETE",
            url("/api/content/v1/reportschedules/{}/unsubscribe/recipient", schedule_id),
            params=one_or_both(user_id, email_id),
        )

    # ---------------------------------------------------------------------------------------------------------

    def _schedules(
        self,
        path: Url,
        filter: ReportScope | str | None,
        title: str | None,
        sort_by: ScheduleOrder | str,
        ascending: bool | None,
        offset: int,
        limit: int | None,
        page_size: int,
    ) -> Pager[Report]:
        return skipping(
            self._http,
            "GET",
            path,
            Report,
            offset=offset,
            limit=limit,
            page_size=page_size,
            params={"filter": filter, "title": title, "orderBy": sort_by, "isAscending": ascending},
        )

    async def _mail(
        self,
        path: Url,
        recipients: Sequence[ScheduleRecipient | str],
        params: Mapping[str, bool | None] | None = None,
    ) -> None:
        await self._http.request("POST", path, params=params, json=recipients_payload(recipients))
