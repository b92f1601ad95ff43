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

    Domo's documentation of each route names 403 and 409 as errors, but does not say when 409 occurs.
    """

    @cached_property
    def history(self) -> ReportHistory:
        """The history of the reports."""
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

        Example:
            async for report in domo.reports.list(title="Sales"):
                print(report.id, report.title)

        Args:
            filter: The owners of the reports, by default ``USER``.
            title: Text to look for in the title.
            sort_by: The field to sort by. It is always sent: another client finds that reports otherwise have no stable
                order, so that pages repeat some and omit others.
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
        """Iterate over the scheduled reports, by the route that sorts.

        Domo's sample of this route has fewer fields than `list`.

        `GET /api/content/v1/reportschedules/sortby` (Scheduled Reports API, "Get Report Schedules Map").

        Args:
            filter: The owners of the reports, by default ``USER``.
            title: Text to look for in the title.
            sort_by: The field to sort by; always sent, as in `list`.
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

        Example:
            recipient = ScheduleRecipient("ada@example.com")
            schedule = Schedule(frequency="DAILY", hour_of_day=7, additional_recipients=(recipient,))
            report = await domo.reports.create(title="Sales", schedule=schedule, page_id=12)

        Args:
            title: Its title.
            schedule: The schedule and the recipients.
            page_id: The page to show.
            view_id: The view to show; answers call it `report_view_id`.
            attachment_include: Whether its mail has attachments.
            subject: The subject of its mail; neither this nor `view_type` is in Domo's documentation.
            view_type: The content of its mail, ``EMAIL`` by default.

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
        """Replace a scheduled report.

        `PUT /api/content/v1/reportschedules/{schedule_id}` (Scheduled Reports API, "Update Report Schedule"). Another
        client finds that this replaces the whole report, and that some instances refuse a schedule without
        `start_date`: change the report that `get` returned (`attrs.evolve`) rather than building a new one.

        Example:
            report = await domo.reports.get(7)
            await domo.reports.update(7, title="Sales by day", schedule=attrs.evolve(report.schedule, hour_of_day=8))

        Args:
            schedule_id: The schedule.
            title: Its title.
            schedule: The schedule and the recipients.
            page_id: The page to show.
            view_id: The view to show; answers call it `report_view_id`.
            attachment_include: Whether its mail has attachments.
            subject: The subject of its mail; this and the following parameters are not in Domo's documentation, but
                other clients send them.
            owner_id: The owner.
            active: Whether it is in use.
            view_type: The content of its mail.

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
        """Delete the scheduled report of a page.

        `DELETE /api/content/v1/reportschedules` (Scheduled Reports API, "Delete Report Schedule by Page ID").

        Args:
            page_id: The page.

        Raises:
            ConfigError: `page_id` is not a page; without one, the request would apply to all schedules.
            Forbidden: The token's owner is not allowed to do this.
        """
        if isinstance(page_id, bool) or not str(page_id or "").strip(" 0"):
            raise ConfigError(f"{page_id!r} is not a page; the request would apply to all schedules")
        await self._http.request("DELETE", _SCHEDULES, params={"pageId": page_id})

    async def set_enabled(self, schedule_id: int | str, /, *, enabled: bool) -> None:
        """Enable or disable a schedule.

        `PUT /api/content/v1/reportschedules/{schedule_id}/enabled` (Scheduled Reports API, "Enable/Disable Report
        Schedule").

        Args:
            schedule_id: The schedule.
            enabled: Whether to enable it.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request("PUT", url("/api/content/v1/reportschedules/{}/enabled", schedule_id), json=enabled)

    async def set_emails_enabled(self, *, enabled: bool) -> None:
        """Enable or disable the mails of scheduled reports.

        Domo's documentation does not say for whom, so assume that it is for everyone.

        `PUT /api/content/v1/reportschedules/emails/enabled` (Scheduled Reports API, "Enable/Disable Scheduled Report
        Emails").

        Args:
            enabled: Whether to enable them.

        Raises:
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._http.request("PUT", url("/api/content/v1/reportschedules/emails/enabled"), json=enabled)

    def misconfigured(self, *, offset: int = 0, limit: int | None = None, page_size: int = 100) -> Pager[Report]:
        """Iterate over the reports that cannot be sent in their present state.

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
        """Iterate over the resources that have reports.

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
        """Return the scheduled reports about a resource.

        `GET /api/content/v1/reportschedules/resources/{resource_type}/{resource_id}` (Scheduled Reports API, "Get
        Report Schedules by Resource ID").

        Args:
            resource_type: The type of the resource: ``OPEN``, ``PAGE``, ``CARD`` or ``REPORT``.
            resource_id: The resource's number.
            show_all: Whether to return all schedules, by default not; Domo's documentation does not say which are
                omitted otherwise.

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
        `wait`, `GET /api/content/v1/reportschedules/{schedule_id}/history` ("Get Report History by Schedule ID") before
        it and repeatedly after it. Domo's documentation does not say which run a request starts: the library takes the
        one that is new and was not started by the schedule. If two are sent by hand at the same time, one may be
        mistaken for the other.

        Example:
            run = await domo.reports.send(7, recipients=["ada@example.com"], wait=True)
            print(run.status)

        Args:
            schedule_id: The schedule.
            recipients: The recipients; a str is an address.
            wait: Whether to wait until the history has the result.
            timeout: The most seconds to wait for the result.

        Returns:
            With `wait`, the run from the history.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
            JobFailed: With `wait`: the run failed; the history gives no reason, only the status.
            UnknownState: With `wait`: the meaning of its status is unknown.
            WaitTimeout: With `wait`: the history has no run that ended; the error has the last status seen.
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
            recipients: The recipients; a str is an address.

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
            recipients: The recipients of the mail.

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
            recipients: The recipients of the mail.

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
            recipients: The recipients; a str is an address.
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
            recipients: The recipients; a str is an address.
            alert_action_id: The alert action that sends it.
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
        """Send the scheduled reports again that failed within a time range.

        `POST /api/content/v1/reportschedules/failures/rerun` (Scheduled Reports API, "Rerun Failed Scheduled Reports").
        Domo's documentation only says that these are timestamps; they are sent as milliseconds since 1970, as in one of
        its samples.

        Args:
            start: The beginning of the range.
            end: The end of the range.

        Raises:
            ConfigError: A time has no time zone, or the end is not after the start.
            Forbidden: The token's owner is not allowed to do this.
        """
        since, until = epoch_millis(start), epoch_millis(end)
        if since >= until:
            raise ConfigError("end must be after start")
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
            The cards by their ids, as text. This is inferred: Domo's sample has one card under
            ``additionalProperties``, which is what a schema calls the values of a map. If an answer really looks so,
            the card gets the requested id if there was only one, and stays under that name otherwise.

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

    # -- unsubscribed recipients ------------------------------------------------------------------------------

    async def unsubscribe(self, schedule_id: int | str, /) -> None:
        """Remove the token's owner from the recipients of a report.

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
        """Add a user who unsubscribed to the recipients of a report again.

        `POST /api/content/v1/reportschedules/{schedule_id}/resubscribe` (Scheduled Reports API, "Resubscribe to
        Report").

        Args:
            schedule_id: The schedule.
            user_id: The user.
            email_id: The "Email ID" of Domo's documentation, which does not say whether it is an address.

        Raises:
            ConfigError: Neither `user_id` nor `email_id` is given.
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
        """Ask users by mail whether they want a report again.

        `POST /api/content/v1/reportschedules/{schedule_id}/sendResubscribe` (Scheduled Reports API, "Send Resubscribe
        Email").

        Args:
            schedule_id: The schedule.
            recipients: The users to ask; a str is an address.

        Raises:
            ConfigError: `recipients` is empty.
            Forbidden: The token's owner is not allowed to do this.
        """
        await self._mail(url("/api/content/v1/reportschedules/{}/sendResubscribe", schedule_id), recipients)

    async def delete_unsubscribed_recipient(
        self, schedule_id: int | str, /, *, user_id: int | str | None = None, email_id: str | None = None
    ) -> None:
        """Delete the record that a user unsubscribed from a report.

        `DELETE /api/content/v1/reportschedules/{schedule_id}/unsubscribe/recipient` (Scheduled Reports API, "Delete
        Unsubscribed Recipient").

        Args:
            schedule_id: The schedule.
            user_id: The user.
            email_id: The "Email ID" of Domo's documentation, which does not say whether it is an address.

        Raises:
            ConfigError: Neither `user_id` nor `email_id` is given.
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
