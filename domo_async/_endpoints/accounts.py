"""Data accounts: the credentials that connectors use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import attrgetter

from attrs import field, frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints.search import LARGEST_PAGE, MOST, Filter, Sort
from domo_async._endpoints.search.models import sort_body
from domo_async._frames import ItemTuple
from domo_async._redaction import Secret
from domo_async._transport import BODY_COUNT, QUERY, Body, PageData, Pager, Paging, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, OpenEnum, Unset, either, payload, wire_name
from domo_async.errors import ConfigError

__all__ = [
    "Account",
    "AccountAccess",
    "AccountAccessEntry",
    "AccountAccessLevel",
    "AccountAccessType",
    "AccountStatus",
    "Accounts",
]


class AccountStatus(OpenEnum):
    """Whether an account can be used: what the samples show."""

    ACTIVE = "Active"


class AccountAccessLevel(OpenEnum):
    """What somebody may do with an account."""

    OWNER = "OWNER"
    CAN_EDIT = "CAN_EDIT"
    CAN_SHARE = "CAN_SHARE"
    CAN_WRITE = "CAN_WRITE"
    CAN_WRITE_ONLY = "CAN_WRITE_ONLY"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"
    FEDERATED = "FEDERATED"


class AccountAccessType(OpenEnum):
    """Who can have access to an account."""

    USER = "USER"
    GROUP = "GROUP"
    VIRTUAL_USER = "VIRTUAL_USER"


@frozen(kw_only=True)
class AccountAccessEntry(Model):
    """A user or group that has access to an account.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
        access_level: The level of access.
        name: The user's or group's name.
    """

    id: str
    type: AccountAccessType | None = None
    access_level: AccountAccessLevel | None = None
    name: str | None = None


@frozen(kw_only=True)
class AccountAccess(Model):
    """Who has access to an account.

    Attributes:
        entries: The users and groups.
        total_user_count: How many users there are.
    """

    entries: tuple[AccountAccessEntry, ...] = field(default=(), metadata=wire_name("list"))
    total_user_count: int | None = None


@frozen(kw_only=True)
class Account(Model):
    """A data account.

    Domo's documentation shows `account_id`, `display_name` and `status` alone; instances are known to answer with most
    of the others instead. `number` is the account's number in all shapes.

    Attributes:
        account_id: Its number, as Domo's documentation calls it.
        display_name: How people see it.
        status: Whether it can be used, as Domo's documentation calls it.
        id: Its number, as instances call it.
        user_id: Whose it is.
        name: Its name.
        type: Its kind, such as ``data``.
        valid: Whether it can be used, as instances call it.
        data_provider_type: The key of the connector that it is for.
        credentials_type: How it proves itself, such as ``fields``.
        created_at: When it was made.
        created_by: Who made it.
        modified_at: When it was last changed.
        modified_by: Who changed it last.
        configurations: Its settings, perhaps with secrets: `configurations.get_secret_value()` returns them.
        configurations_list: Its settings as a list of objects, where the instance tells them so.
        credentials_settings_list: How it proves itself, likewise.
        allow_external_use: Whether it may be used outside of connectors.
        secret_id: The secret that holds what it proves itself with.
        secret_manager_account_id: The account of the manager that keeps that secret.
        validation_status: Whether it was checked, such as ``UNVERIFIED``.
        validation_reason: What the check found.
        validation_status_changed_at: When it was checked.
        account_template_id: The template that it was made from.
        account_template_authorization_id: The authorization of that template.
        account_type: Its kind, as `Accounts.create` takes it.
        database_id: Its number, as searches call it.
        entity_type: What the search found: ``account``.
    """

    account_id: NumericId | str | None = None
    display_name: str | None = None
    status: AccountStatus | None = None
    id: NumericId | str | None = None
    user_id: NumericId | str | None = None
    name: str | None = None
    type: str | None = None
    valid: bool | None = None
    data_provider_type: str | None = None
    credentials_type: str | None = None
    created_at: EpochMillis | None = None
    created_by: NumericId | str | None = None
    modified_at: EpochMillis | None = None
    modified_by: NumericId | str | None = None
    configurations: Secret[Mapping[str, object] | tuple[object, ...]] | None = None
    configurations_list: Secret[tuple[object, ...]] | None = None
    credentials_settings_list: Secret[tuple[object, ...]] | None = None
    allow_external_use: bool | None = None
    secret_id: str | None = None
    secret_manager_account_id: NumericId | str | None = None
    validation_status: str | None = None
    validation_reason: str | None = None
    validation_status_changed_at: EpochMillis | None = None
    account_template_id: NumericId | str | None = None
    account_template_authorization_id: NumericId | str | None = None
    account_type: str | None = None
    database_id: NumericId | str | None = None
    entity_type: str | None = None

    @property
    def number(self) -> int | str | None:
        """The account's number, under whichever name it came."""
        names = (self.id, self.account_id, self.database_id)
        return next((number for number in names if number is not None), None)


@frozen(kw_only=True)
class _Results(Model):
    """What the Data Accounts page shows."""

    results: tuple[Account, ...]


@frozen(kw_only=True)
class _Found(Model):
    """What the Search page shows for the same route."""

    total_result_count: int
    search_objects: tuple[Account, ...] | None = None
    search_results_map: Mapping[str, tuple[Account, ...]] | None = None


@frozen
class _WithinReach(Paging):
    """A page that would lie beyond what the search gives is not asked for."""

    def keys(self, offset: int, size: int) -> dict[str, int]:
        if offset >= MOST:
            raise ConfigError(f"a search gives {MOST} results at most, and there may be more: narrow the query")
        return super().keys(offset, min(size, MOST - offset))


_PAGING = _WithinReach(in_body=BODY_COUNT.in_body, size=BODY_COUNT.size, offset=BODY_COUNT.offset)


def _accounts(answer: _Results | _Found) -> PageData[Account]:
    if isinstance(answer, _Results):
        return PageData(answer.results)
    # Where results are not combined, they may be in groups alone; unconfirmed.
    grouped = chain.from_iterable((answer.search_results_map or {}).values())
    return PageData(answer.search_objects or tuple(grouped), total=answer.total_result_count)


class Accounts(Area):
    """Data accounts: the credentials that connectors use."""

    async def get(self, account_id: int | str, /, *, fields: str | Sequence[str] | None = None) -> Account:
        """Return an account.

        `GET /api/data/v1/accounts/{account_id}` (Data Accounts, "GET Account by ID").

        Args:
            account_id: The account.
            fields: What to tell of it, such as ``"all"``; by default id, userId, name, displayName, type,
                dataProviderType and valid.

        Raises:
            NotFound: The account does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/accounts/{}", account_id), params={"fields": fields}, into=Account
        )

    def list(self, *, type: str | None = None, fields: str | Sequence[str] | None = None) -> Pager[Account]:
        """Iterate over the accounts of the token's owner; `search` finds those of others, too.

        `GET /api/data/v1/accounts` (Data Accounts, "GET all accounts"). Domo's own data service gives all by default,
        so they come in one answer.

        Args:
            type: Their kind; ``data`` by default.
            fields: What to tell of each, as `get` takes it.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v1/accounts"),
            QUERY,
            paged=False,
            key=attrgetter("number"),
            into=ItemTuple[Account],
            read=PageData,
            page_size=1000,
            assured=100,
            params={"type": type, "fields": fields},
        )

    def search(
        self,
        *,
        query: str,
        filters: Sequence[Filter] = (),
        facet_values_to_include: Sequence[str] | Unset = UNSET,
        sort_by: str | Sort | Unset = UNSET,
        ascending: bool = True,
        combine_results: bool | Unset = UNSET,
        query_profile: str | Unset = UNSET,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> Pager[Account]:
        """Iterate over the accounts that a query finds, of which the instance gives the first 10,000.

        `POST /api/search/v1/query` (Data Accounts, "Search Accounts by Name"; Search Product API, "Query"). Both pages'
        answers are understood. If there are more than can be reached, the list ends with a ConfigError.

        Args:
            query: What to look for; ``*`` stands for any text.
            filters: What all results match; `domo_async._endpoints.search` has them.
            facet_values_to_include: Facets to count; the counts are no part of this list.
            sort_by: The field to sort by, or several as a `Sort`; by default what suits best comes first.
            ascending: Whether to sort from the smallest to the largest, where one field is given.
            combine_results: Not explained by the page.
            query_profile: The page's example is ``GLOBAL``; it does not explain it.
            offset: The number of accounts to skip.
            limit: The most accounts to give, or None for all.
            page_size: The number of accounts per request, 100 at most; that is what other clients find.

        Raises:
            ConfigError: A number is out of range, or what is asked for lies beyond the first 10,000.
        """
        if offset + max(limit or 0, 1) > MOST:
            raise ConfigError(f"a search gives {MOST} results at most: narrow the query")
        return self._http.pages(
            "POST",
            url("/api/search/v1/query"),
            _PAGING,
            key=attrgetter("number"),
            into=either(_Results, _Found),
            read=_accounts,
            page_size=page_size,
            # Where no total is told: a last page that was cut to reach no further is not taken for a short one.
            assured=(MOST - offset) % max(page_size, 1) or page_size,
            most=LARGEST_PAGE,
            offset=offset,
            limit=limit,
            json=payload(
                query=query,
                filters=[each.to_payload() for each in filters] or UNSET,
                facet_values_to_include=facet_values_to_include,
                sort=sort_body(sort_by, ascending=ascending),
                combine_results=combine_results,
                query_profile=query_profile,
                entity_list=[["account"]],
            ),
        )

    async def create(
        self,
        *,
        display_name: str,
        account_type: str | Unset = UNSET,
        name: str | Unset = UNSET,
        data_provider_type: str | Unset = UNSET,
        configurations: Secret[Mapping[str, object]] | Mapping[str, object] | Unset = UNSET,
    ) -> Account:
        """Create an account: either with its type, or as other clients do, for a connector and with its credentials.

        `POST /api/data/v1/accounts` (Data Accounts, "Create Account"). Domo's documentation shows `account_type` alone,
        of which ``Standard`` is its one example; no other source knows it.

        Args:
            display_name: How people see it.
            account_type: Its kind. What follows is for the other form, which needs all of it.
            name: Its name.
            data_provider_type: The key of the connector, such as ``amazon-s3``.
            configurations: The connector's settings, by name. No traceback shows them, and what in them is a `Secret`,
                or has the name of one, is in no error.

        Raises:
            ConfigError: Neither form is complete.
            BadRequest: The instance does not know the kind, or misses a setting.
        """
        configurations = Secret.of(configurations)
        if account_type is UNSET and UNSET in (name, data_provider_type, configurations):
            raise ConfigError("give account_type, or else name, data_provider_type and configurations")
        return await self._http.request(
            "POST",
            url("/api/data/v1/accounts"),
            json=payload(
                display_name=display_name,
                account_type=account_type,
                name=name,
                data_provider_type=data_provider_type,
                configurations=configurations,
            ),
            into=Account,
        )

    async def delete(self, account_id: int | str, /) -> None:
        """Delete an account, with which connectors can no longer log in.

        `DELETE /api/data/v1/accounts/{account_id}`. Seen: Domo's own data service has it, and other clients use it.

        Args:
            account_id: The account.

        Raises:
            NotFound: The account does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/accounts/{}", account_id))

    async def rename(self, account_id: int | str, /, *, display_name: str) -> Account:
        """Change how people see an account, and return it.

        `PUT /api/data/v1/accounts/{account_id}/name`. Seen: an answer was captured from an instance, Domo's own data
        service has the route, and other clients use it. The name goes as it is, not as JSON.

        Args:
            account_id: The account.
            display_name: How people are to see it.

        Raises:
            ConfigError: The name is empty.
            NotFound: The account does not exist.
        """
        if not display_name.strip():
            raise ConfigError("display_name is empty")
        return await self._http.request(
            "PUT",
            url("/api/data/v1/accounts/{}/name", account_id),
            body=Body.of(display_name.encode(), "text/plain"),
            into=Account,
        )

    async def access(self, account_id: int | str, /) -> AccountAccess:
        """Return who has access to an account.

        `GET /api/data/v2/accounts/share/{account_id}`. Seen: an answer was captured from an instance, Domo's own data
        service has the route, and other clients use it.

        Args:
            account_id: The account.

        Raises:
            NotFound: The account does not exist.
        """
        return await self._http.request("GET", url("/api/data/v2/accounts/share/{}", account_id), into=AccountAccess)

    async def share(
        self,
        account_id: int | str,
        /,
        *,
        grantee_id: int | str,
        access_level: AccountAccessLevel | str,
        type: AccountAccessType | str = AccountAccessType.USER,
    ) -> None:
        """Give a user or a group access to an account; ``NONE`` takes it away.

        `PUT /api/data/v2/accounts/share/{account_id}`. Seen: Domo's own data service has it, and other clients use it.

        Args:
            account_id: The account.
            grantee_id: The user, or the group.
            access_level: What to allow.
            type: Whether `grantee_id` is a user or a group.

        Raises:
            NotFound: The account or the user does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/data/v2/accounts/share/{}", account_id),
            json=payload(type=type, id=str(grantee_id), access_level=access_level),
        )

    async def configuration(
        self, account_id: int | str, /, *, data_provider_type: str, unmask: bool = False
    ) -> Secret[dict[str, object]]:
        """Return an account's settings; `get_secret_value()` of what is returned has them by name.

        `GET /api/data/v1/providers/{data_provider_type}/account/{account_id}`. Seen: Domo's own data service has it,
        which unmasks by default, and other clients use it.

        Args:
            account_id: The account.
            data_provider_type: The data provider that it is for, as the account tells it.
            unmask: Whether to ask for secrets in the clear, which an instance may refuse for some.

        Raises:
            NotFound: The data provider has no such account.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/providers/{}/account/{}", data_provider_type, account_id),
            params={"unmask": unmask},
            into=Secret[dict[str, object]],
        )

    async def set_configuration(
        self,
        account_id: int | str,
        /,
        *,
        data_provider_type: str,
        configurations: Secret[Mapping[str, object]] | Mapping[str, object],
    ) -> Account:
        """Give an account other settings, and return it.

        `PUT /api/data/v1/providers/{data_provider_type}/account/{account_id}`. Seen: an answer was captured from an
        instance, Domo's own data service has the route, and other clients use it.

        Args:
            account_id: The account.
            data_provider_type: The data provider that it is for, as the account tells it.
            configurations: The settings, by name. No traceback shows them, and what in them is a `Secret`, or has the
                name of one, is in no error.

        Raises:
            NotFound: The data provider has no such account.
        """
        return await self._http.request(
            "PUT",
            url("/api/data/v1/providers/{}/account/{}", data_provider_type, account_id),
            json=Secret.of(configurations),
            into=Account,
        )
