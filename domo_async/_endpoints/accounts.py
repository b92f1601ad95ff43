"""Data accounts: the credentials that connectors use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import attrgetter

from attrs import field, frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints.search._split import LARGEST_PAGE, MOST
from domo_async._endpoints.search.filters import Filter
from domo_async._endpoints.search.models import Sort, sort_body
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
    """The validity of an account, in the values that the samples show."""

    ACTIVE = "Active"


class AccountAccessLevel(OpenEnum):
    """The access of a user or a group to an account."""

    OWNER = "OWNER"
    CAN_EDIT = "CAN_EDIT"
    CAN_SHARE = "CAN_SHARE"
    CAN_WRITE = "CAN_WRITE"
    CAN_WRITE_ONLY = "CAN_WRITE_ONLY"
    CAN_VIEW = "CAN_VIEW"
    NONE = "NONE"
    FEDERATED = "FEDERATED"


class AccountAccessType(OpenEnum):
    """The type of a grantee of an account."""

    USER = "USER"
    GROUP = "GROUP"
    VIRTUAL_USER = "VIRTUAL_USER"


@frozen(kw_only=True)
class AccountAccessEntry(Model):
    """A user or group that has access to an account.

    Attributes:
        id: The identifier of the user or the group.
        type: Whether `id` is a user or a group.
        access_level: The level of access.
        name: The user's or group's name.
    """

    id: str
    type: AccountAccessType | None = None
    access_level: AccountAccessLevel | None = None
    name: str | None = None


@frozen(kw_only=True)
class AccountAccess(Model):
    """The users and groups that have access to an account.

    Attributes:
        entries: The users and groups.
        total_user_count: The number of users.
    """

    entries: tuple[AccountAccessEntry, ...] = field(default=(), metadata=wire_name("list"))
    total_user_count: int | None = None


@frozen(kw_only=True)
class Account(Model):
    """A data account.

    Domo's documentation shows only `account_id`, `display_name` and `status`; instances are known to return most of the
    others instead. `number` is the account's number in every form.

    Attributes:
        account_id: The account's number, under its name in Domo's documentation.
        display_name: The display name.
        status: The validity, under its name in Domo's documentation.
        id: The account's number, under its name in instances' answers.
        user_id: The owner.
        name: The account's name.
        type: The account's type, such as ``data``.
        valid: Whether the account is valid, in instances' answers.
        data_provider_type: The key of the connector for which the account is.
        credentials_type: The type of credentials, such as ``fields``.
        created_at: The time of creation.
        created_by: The user who created it.
        modified_at: The time of the last change.
        modified_by: The user who made the last change.
        configurations: The settings, which may contain secrets: `configurations.get_secret_value()` returns them.
        configurations_list: The settings as a list of objects, if the instance sends them in this form.
        credentials_settings_list: The credentials' settings as a list of objects, if the instance sends them in this
            form.
        allow_external_use: Whether it may be used outside of connectors.
        secret_id: The secret that holds the credentials.
        secret_manager_account_id: The account of the secret manager that stores that secret.
        validation_status: The status of the validation, such as ``UNVERIFIED``.
        validation_reason: The result of the validation.
        validation_status_changed_at: The time of the validation.
        account_template_id: The template from which it was created.
        account_template_authorization_id: The authorization of that template.
        account_type: The account type, as `Accounts.create` takes it.
        database_id: The account's number, in search results.
        entity_type: The type of the search result: ``account``.
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
        """The account's number, from whichever field is set."""
        names = (self.id, self.account_id, self.database_id)
        return next((number for number in names if number is not None), None)


@frozen(kw_only=True)
class _Results(Model):
    """The form of the Data Accounts page."""

    results: tuple[Account, ...]


@frozen(kw_only=True)
class _Found(Model):
    """The form of the Search page for the same route."""

    total_result_count: int
    search_objects: tuple[Account, ...] | None = None
    search_results_map: Mapping[str, tuple[Account, ...]] | None = None


@frozen
class _WithinReach(Paging):
    """Paging that does not request pages beyond the maximum number of results of a search."""

    def keys(self, offset: int, size: int) -> dict[str, int]:
        if offset >= MOST:
            raise ConfigError(f"a search returns at most {MOST} results, and there may be more: narrow the query")
        return super().keys(offset, min(size, MOST - offset))


_PAGING = _WithinReach(in_body=BODY_COUNT.in_body, size=BODY_COUNT.size, offset=BODY_COUNT.offset)


def _accounts(answer: _Results | _Found) -> PageData[Account]:
    if isinstance(answer, _Results):
        return PageData(answer.results)
    # If results are not combined, they may be only in groups; unconfirmed.
    grouped = chain.from_iterable((answer.search_results_map or {}).values())
    return PageData(answer.search_objects or tuple(grouped), total=answer.total_result_count)


class Accounts(Area):
    """Data accounts: the credentials that connectors use."""

    async def get(self, account_id: int | str, /, *, fields: str | Sequence[str] | None = None) -> Account:
        """Return an account.

        `GET /api/data/v1/accounts/{account_id}` (Data Accounts, "GET Account by ID").

        Args:
            account_id: The account.
            fields: The fields to return, such as ``"all"``; by default id, userId, name, displayName, type,
                dataProviderType and valid.

        Raises:
            NotFound: The account does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/accounts/{}", account_id), params={"fields": fields}, into=Account
        )

    def list(self, *, type: str | None = None, fields: str | Sequence[str] | None = None) -> Pager[Account]:
        """Iterate over the accounts of the token's owner; `search` also returns those of others.

        `GET /api/data/v1/accounts` (Data Accounts, "GET all accounts"). Domo's own data service returns all by default,
        so they come in one answer.

        Args:
            type: The account type; ``data`` by default.
            fields: The fields of each account to return; see `get`.
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
        """Iterate over the accounts that match a query; the instance returns only the first 10,000.

        `POST /api/search/v1/query` (Data Accounts, "Search Accounts by Name"; Search Product API, "Query"). The forms
        of both pages are accepted. If there are more than the instance returns, the list ends with a ConfigError.

        Args:
            query: The text to search for; ``*`` stands for any text.
            filters: Filters that every result must match, such as `Term` and `Wildcard`.
            facet_values_to_include: Facets to count; this list does not include the counts.
            sort_by: The field to sort by, or several as a `Sort`; by default the best matches come first.
            ascending: Whether to sort in ascending order; used if `sort_by` is a single field.
            combine_results: Not explained by Domo's documentation.
            query_profile: Domo's example is ``GLOBAL``; the documentation does not explain it.
            offset: The number of accounts to skip.
            limit: The maximum number of accounts to return, or None for all.
            page_size: The number of accounts per request, 100 at most, which is the limit that other clients found.

        Raises:
            ConfigError: A number is out of range, or the requested results are beyond the first 10,000.
        """
        if offset + max(limit or 0, 1) > MOST:
            raise ConfigError(f"a search returns at most {MOST} results: narrow the query")
        return self._http.pages(
            "POST",
            url("/api/search/v1/query"),
            _PAGING,
            key=attrgetter("number"),
            into=either(_Results, _Found),
            read=_accounts,
            page_size=page_size,
            # If the answer has no total, a last page that was cut at the maximum is not mistaken for a short page.
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
        """Create an account from its type; or, as other clients do, for a connector and with its credentials.

        `POST /api/data/v1/accounts` (Data Accounts, "Create Account"). Domo's documentation shows only `account_type`,
        for which its only example is ``Standard``; no other source knows it.

        ```python
        account = await domo.accounts.create(
            display_name="Exports",
            name="exports",
            data_provider_type="amazon-s3",
            configurations=Secret({"accessKey": access_key, "secretKey": secret_key}),
        )
        ```

        Args:
            display_name: The display name.
            account_type: The account type. The parameters below are for the other form, which needs all of them.
            name: The account's name.
            data_provider_type: The key of the connector, such as ``amazon-s3``.
            configurations: The connector's settings, by name. They are not shown in tracebacks, and settings that are a
                `Secret`, or have the name of one, are not shown in errors.

        Raises:
            ConfigError: Neither form is complete.
            BadRequest: The instance does not know the type, or a setting is missing.
        """
        configurations = Secret.of(configurations)
        if account_type is UNSET and UNSET in (name, data_provider_type, configurations):
            raise ConfigError("give account_type, or name, data_provider_type and configurations")
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
        """Delete an account; connectors that use it can no longer log in.

        `DELETE /api/data/v1/accounts/{account_id}`. Seen: Domo's own data service has it, and other clients use it.

        Args:
            account_id: The account.

        Raises:
            NotFound: The account does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/accounts/{}", account_id))

    async def rename(self, account_id: int | str, /, *, display_name: str) -> Account:
        """Change the display name of an account and return the account.

        `PUT /api/data/v1/accounts/{account_id}/name`. Seen: an answer was captured from an instance, Domo's own data
        service has the route, and other clients use it. The name is sent as plain text, not as JSON.

        Args:
            account_id: The account.
            display_name: The new display name.

        Raises:
            ConfigError: `display_name` is empty.
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
        """Return the users and groups that have access to an account.

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
        """Give a user or a group access to an account; the level ``NONE`` removes it.

        `PUT /api/data/v2/accounts/share/{account_id}`. Seen: Domo's own data service has it, and other clients use it.

        Args:
            account_id: The account.
            grantee_id: The identifier of the user or the group.
            access_level: The level of access.
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
        """Return an account's settings by name; read them with `get_secret_value()`.

        `GET /api/data/v1/providers/{data_provider_type}/account/{account_id}`. Seen: Domo's own data service has it,
        which unmasks by default, and other clients use it.

        Args:
            account_id: The account.
            data_provider_type: The account's data provider, as in `Account.data_provider_type`.
            unmask: Whether to request secrets in plain text, which an instance may refuse for some.

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
        """Replace an account's settings, and return the account.

        `PUT /api/data/v1/providers/{data_provider_type}/account/{account_id}`. Seen: an answer was captured from an
        instance, Domo's own data service has the route, and other clients use it.

        Args:
            account_id: The account.
            data_provider_type: The account's data provider, as in `Account.data_provider_type`.
            configurations: The settings, by name. They are not shown in tracebacks, and settings that are a `Secret`,
                or have the name of one, are not shown in errors.

        Raises:
            NotFound: The data provider has no such account.
        """
        return await self._http.request(
            "PUT",
            url("/api/data/v1/providers/{}/account/{}", data_provider_type, account_id),
            json=Secret.of(configurations),
            into=Account,
        )
