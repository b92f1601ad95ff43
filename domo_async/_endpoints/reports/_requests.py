"""The parts that several requests about scheduled reports share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from attrs import evolve

from domo_async._endpoints._area import require_list
from domo_async._endpoints.reports.models import ScheduleRecipient
from domo_async._transport import QUERY_SKIP, PageData, Pager, QueryValue, Transport, Url
from domo_async._wire import Model, without_nulls
from domo_async.errors import ConfigError

__all__ = ["one_or_both", "recipients_payload", "skipping"]

M = TypeVar("M", bound=Model)

# The documented default. Domo's documentation does not state a maximum, so a page of this size may have been cut.
_ASSURED = 100


def skipping(
    http: Transport,
    method: str,
    path: Url,
    into: type[M],
    *,
    offset: int,
    limit: int | None,
    page_size: int,
    key: Callable[[M], Hashable] = attrgetter("id"),
    params: Mapping[str, QueryValue] | None = None,
    json: Mapping[str, object] | None = None,
) -> Pager[M]:
    """Return a list of models that is read in pages of ``limit`` items after ``skip``."""
    items: type[tuple[M, ...]] = tuple[into, ...]  # type: ignore[valid-type]
    return http.pages(
        method,
        path,
        QUERY_SKIP,
        key=key,
        into=items,
        read=PageData,
        page_size=page_size,
        assured=_ASSURED,
        offset=offset,
        limit=limit,
        params=params,
        json=json,
    )


def recipients_payload(recipients: Sequence[ScheduleRecipient | str]) -> list[dict[str, Any]]:
    """Return recipients as requests take them: a str is an address, and every value is sent as text.

    Raises:
        ConfigError: The list is empty.
    """
    people = (
        ScheduleRecipient(recipient) if isinstance(recipient, str) else recipient
        for recipient in require_list(recipients, "recipients")
    )
    return [without_nulls(evolve(recipient, value=str(recipient.value))) for recipient in people]


def one_or_both(user_id: int | str | None, email_id: str | None) -> dict[str, int | str | None]:
    """Return the query that names the user whom a request is about.

    Raises:
        ConfigError: Neither `user_id` nor `email_id` is given.
    """
    if not user_id and not email_id:
        raise ConfigError("pass user_id or email_id: without either, the request does not name a user")
    return {"userId": user_id or None, "emailId": email_id or None}
