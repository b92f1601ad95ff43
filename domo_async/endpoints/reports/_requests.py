"""What several requests about scheduled reports share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve

from domo_async.endpoints._area import several
from domo_async.endpoints.reports.models import ScheduleRecipient
from domo_async.errors import ConfigError
from domo_async.transport import QUERY_SKIP, Batch, Pager, QueryValue, Transport, Url
from domo_async.wire import Model, known

__all__ = ["addressees", "one_or_both", "skipping"]

M = TypeVar("M", bound=Model)

# The documented default. No page names a maximum, so that a page of this size may be one that was cut.
_ASSURED = 100


def skipping(
    http: Transport,
    method: str,
    path: Url,
    into: type[M],
    *,
    skip: int,
    limit: int | None,
    page_size: int,
    params: Mapping[str, QueryValue] | None = None,
    json: Mapping[str, object] | None = None,
) -> Pager[M]:
    """Return a list of models that comes in pages of ``limit`` items after ``skip``."""
    items: type[tuple[M, ...]] = tuple[into, ...]  # type: ignore[valid-type]
    return http.pages(
        method,
        path,
        QUERY_SKIP,
        into=items,
        read=Batch,
        page_size=page_size,
        assured=_ASSURED,
        offset=skip,
        limit=limit,
        params=params,
        json=json,
    )


def addressees(recipients: Sequence[ScheduleRecipient | str]) -> list[dict[str, Any]]:
    """Return recipients as requests write them: a bare text is an address, and every value is text.

    Raises:
        ConfigError: There are none.
    """
    people = (
        ScheduleRecipient(recipient) if isinstance(recipient, str) else recipient
        for recipient in several(recipients, "recipients")
    )
    return [known(evolve(recipient, value=str(recipient.value))) for recipient in people]


def one_or_both(user_id: int | str | None, email_id: str | None) -> dict[str, int | str | None]:
    """Return the query that says whom a request is about.

    Raises:
        ConfigError: It does not.
    """
    if not user_id and not email_id:
        raise ConfigError("give user_id or email_id; without them, it is not said whom the request is about")
    return {"userId": user_id or None, "emailId": email_id or None}
