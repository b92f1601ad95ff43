"""The history of scheduled reports: `domo.reports.history`."""

from __future__ import annotations

from domo_async._endpoints._area import Area
from domo_async._endpoints.reports._requests import skipping
from domo_async._endpoints.reports.models import CreatedReport, ReportRun, ReportScope, RunOrder, RunStatus
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._wire import UNSET, Unset, payload

__all__ = ["ReportHistory"]


class ReportHistory(Area):
    """The history of scheduled reports.

    Domo's documentation of each route names 403 and 409 as errors, but does not say when 409 occurs.
    """

    def for_schedule(
        self, schedule_id: int | str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 100
    ) -> Pager[ReportRun]:
        """Iterate over the runs of one schedule.

        `GET /api/content/v1/reportschedules/{schedule_id}/history` (Scheduled Reports API, "Get Report History by
        Schedule ID").

        Args:
            schedule_id: The schedule.
            offset: The number of runs to skip.
            limit: The most runs to return, or None for all.
            page_size: The number of runs per page.

        Raises:
            ConfigError: A number is out of range.
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
        """Iterate over the recently created reports; no pages are documented, so one answer has them all.

        `GET /api/content/v1/reportschedules/created` (Scheduled Reports API, "Get Created Report History").

        Args:
            filter: The owners of the reports, by default ``USER``.
            days: The number of days to look back, by default 10.
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
        """Iterate over the runs of the last days, with the resource of each report; one answer has them all.

        `GET /api/content/v1/reportschedules/extendedHistory` (Scheduled Reports API, "Get Extended Report History").

        Args:
            filter: The owners of the reports, by default ``USER``.
            days: The number of days to look back, by default 10.
            sort_by: The field to sort by, by default the start.
            ascending: Whether to sort in ascending order, by default not.
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
            filter: The owners of the reports, by default ``USER``.
            sort_by: The field to sort by, by default the start.
            ascending: Whether to sort in ascending order, by default not.
            include_recipient_info: Whether to return the recipients of each run, by default not.
            offset: The number of runs to skip.
            limit: The most runs to return, or None for all.
            page_size: The number of runs per page.

        Raises:
            ConfigError: A number is out of range.
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
        """Iterate over the runs that meet all given conditions.

        `POST /api/content/v1/reportschedules/history/search` (Scheduled Reports API, "Search Report History").

        Args:
            title: Text to look for in the title.
            status: The status of the run.
            automated: True for runs that the schedule started, False for runs that a user started.
            schedule_id: The schedule. Domo's documentation omits the name of this key, which Domo's OpenAPI file has.
            filter: The owners of the reports, by default ``USER``.
            sort_by: The field to sort by, by default the start.
            ascending: Whether to sort in ascending order, by default not.
            offset: The number of runs to skip.
            limit: The most runs to return, or None for all.
            page_size: The number of runs per page.

        Raises:
            ConfigError: A number is out of range.
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
