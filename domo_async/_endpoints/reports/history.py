"""What became of scheduled reports: `domo.reports.history`."""

from __future__ import annotations

from domo_async._endpoints._area import Area
from domo_async._endpoints.reports._requests import skipping
from domo_async._endpoints.reports.models import CreatedReport, ReportRun, ReportScope, RunOrder, RunStatus
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._wire import UNSET, Unset, payload

__all__ = ["ReportHistory"]


class ReportHistory(Area):
    """What became of scheduled reports. Every page names 403 and 409 as errors, and none says when 409 comes."""

    def for_schedule(
        self, schedule_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[ReportRun]:
        """Iterate over the runs of one schedule.

        `GET /api/content/v1/reportschedules/{schedule_id}/history` (Scheduled Reports API, "Get Report History by
        Schedule ID").

        Args:
            schedule_id: The schedule.
            offset: Runs to leave out at the beginning.
            limit: The most runs to give, or None for all.
            page_size: Runs to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
        """
        return skipping(
            self._http,
            "GET",
            url("/api/content/v1/reportschedules/{}/history", schedule_id),
            ReportRun,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    def created(
        self, *, filter: ReportScope | str | None = None, days: int | None = None, ascending: bool | None = None
    ) -> Pager[CreatedReport]:
        """Iterate over the reports that were made lately; no pages are documented, so they come in one answer.

        `GET /api/content/v1/reportschedules/created` (Scheduled Reports API, "Get Created Report History").

        Args:
            filter: Whose reports, by default ``USER``.
            days: How many days to look back, by default 10.
            ascending: Whether the oldest come first, by default not.
        """
        return self._http.whole_list(
            "GET",
            url("/api/content/v1/reportschedules/created"),
            params={"filter": filter, "days": days, "isAscending": ascending},
            into=ItemTuple[CreatedReport],
            read=tuple,
        )

    def extended(
        self,
        *,
        filter: ReportScope | str | None = None,
        days: int | None = None,
        sort_by: RunOrder | str | None = None,
        ascending: bool | None = None,
    ) -> Pager[ReportRun]:
        """Iterate over the runs of the last days, with what each report is about; they come in one answer.

        `GET /api/content/v1/reportschedules/extendedHistory` (Scheduled Reports API, "Get Extended Report History").

        Args:
            filter: Whose reports, by default ``USER``.
            days: How many days to look back, by default 10.
            sort_by: What to sort by, by default the start.
            ascending: Whether to sort upwards, by default not.
        """
        return self._http.whole_list(
            "GET",
            url("/api/content/v1/reportschedules/extendedHistory"),
            params={"filter": filter, "days": days, "orderBy": sort_by, "isAscending": ascending},
            into=ItemTuple[ReportRun],
            read=tuple,
        )

    def list(
        self,
        *,
        filter: ReportScope | str | None = None,
        sort_by: RunOrder | str | None = None,
        ascending: bool | None = None,
        include_recipient_info: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[ReportRun]:
        """Iterate over the runs of all reports.

        `GET /api/content/v1/reportschedules/history` (Scheduled Reports API, "Get Report History").

        Args:
            filter: Whose reports, by default ``USER``.
            sort_by: What to sort by, by default the start.
            ascending: Whether to sort upwards, by default not.
            include_recipient_info: Whether to say whom each run went to, by default not.
            offset: Runs to leave out at the beginning.
            limit: The most runs to give, or None for all.
            page_size: Runs to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
        """
        return skipping(
            self._http,
            "GET",
            url("/api/content/v1/reportschedules/history"),
            ReportRun,
            offset=offset,
            limit=limit,
            page_size=page_size,
            params={
                "filter": filter,
                "orderBy": sort_by,
                "isAscending": ascending,
                "includeRecipientInfo": include_recipient_info,
            },
        )

    async def get(self, run_id: int | str, /) -> ReportRun:
        """Return a run.

        `GET /api/content/v1/reportschedules/history/{run_id}` (Scheduled Reports API, "Get Report History by ID").

        Args:
            run_id: The run, not its schedule.

        Raises:
            Forbidden: The token's owner may not see it.
        """
        return await self._http.request(
            "GET", url("/api/content/v1/reportschedules/history/{}", run_id), into=ReportRun
        )

    def search(
        self,
        *,
        title: str | Unset = UNSET,
        status: RunStatus | str | Unset = UNSET,
        automated: bool | Unset = UNSET,
        schedule_id: int | str | Unset = UNSET,
        filter: ReportScope | str | None = None,
        sort_by: RunOrder | str | None = None,
        ascending: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[ReportRun]:
        """Iterate over the runs for which all that is given is true.

        `POST /api/content/v1/reportschedules/history/search` (Scheduled Reports API, "Search Report History").

        Args:
            title: Text to look for in the title.
            status: How the run went.
            automated: Whether the schedule sent it, and not someone by hand.
            schedule_id: The schedule; the page leaves out how that is called, which Domo's OpenAPI tells.
            filter: Whose reports, by default ``USER``.
            sort_by: What to sort by, by default the start.
            ascending: Whether to sort upwards, by default not.
            offset: Runs to leave out at the beginning.
            limit: The most runs to give, or None for all.
            page_size: Runs to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
        """
        return skipping(
            self._http,
            "POST",
            url("/api/content/v1/reportschedules/history/search"),
            ReportRun,
            offset=offset,
            limit=limit,
            page_size=page_size,
            params={"filter": filter, "orderBy": sort_by, "isAscending": ascending},
            json=payload(
                include_title_clause=title is not UNSET,
                title_search_text=title,
                include_status_clause=status is not UNSET,
                status=status,
                include_type_clause=automated is not UNSET,
                is_automated=automated,
                include_schedule_id_clause=schedule_id is not UNSET,
                schedule_id=schedule_id,
            ),
        )
