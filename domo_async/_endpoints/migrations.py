"""Migrations of federated datasets between integrations."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._frames import ItemTuple
from domo_async._transport import url
from domo_async._waiting import States, check_good
from domo_async._wire import IsoStamp, Model, OpenEnum, payload

__all__ = [
    "AmplifierCandidate",
    "AmplifierIntegration",
    "AmplifierMigrations",
    "AuthMethod",
    "FederatedAccount",
    "FederatedCandidate",
    "FederatedMigrations",
    "Migration",
    "MigrationDirection",
    "MigrationState",
    "Migrations",
]


class MigrationState(OpenEnum):
    """The result of a migration.

    An ``ABORTED`` migration has changed nothing. After an ``INCOMPLETE`` one, content that shows the dataset may not
    work until the migration is repeated and completes.
    """

    COMPLETE = "COMPLETE"
    INCOMPLETE = "INCOMPLETE"
    ABORTED = "ABORTED"


class MigrationDirection(OpenEnum):
    """The direction of a migration."""

    V1_TO_V2 = "V1_TO_V2"
    V2_TO_V1 = "V2_TO_V1"
    FEDERATED_TO_CLOUD_AMPLIFIER = "FEDERATED_TO_CLOUD_AMPLIFIER"
    CLOUD_AMPLIFIER_TO_FEDERATED = "CLOUD_AMPLIFIER_TO_FEDERATED"


class AuthMethod(OpenEnum):
    """The authentication method of an integration."""

    OAUTH = "OAUTH"
    SERVICE_ACCOUNT = "SERVICE_ACCOUNT"


@frozen(kw_only=True)
class Migration(Model):
    """The outcome of a migration.

    Attributes:
        state: The result.
        toe: The thread of execution, which Domo's support asks for.
        datasource_id: The dataset.
        direction: The direction.
        start_time: The start of the migration.
        error_message: The reason why it is not complete.
        end_time: The end of the migration.
    """

    state: MigrationState | None = None
    toe: str | None = None
    datasource_id: str | None = None
    direction: MigrationDirection | None = None
    start_time: IsoStamp | None = None
    error_message: str | None = None
    end_time: IsoStamp | None = None


@frozen(kw_only=True)
class FederatedAccount(Model):
    """An account of Federated V2.

    Attributes:
        id: The account's number, as text.
        type: The integration type, such as ``mysql-federated``.
        name: The account's name.
    """

    id: str
    type: str | None = None
    name: str | None = None


@frozen(kw_only=True)
class FederatedCandidate(Model):
    """A dataset of Federated V1 that can be migrated.

    Attributes:
        id: The dataset.
        name: The dataset's name.
        migrated: Whether it has been migrated before.
        migration_date: The time of that migration.
    """

    id: str
    name: str | None = None
    migrated: bool | None = None
    migration_date: IsoStamp | None = None


@frozen(kw_only=True)
class AmplifierIntegration(Model):
    """An integration of Cloud Amplifier.

    Attributes:
        id: The integration's id.
        name: The integration's name.
        type: The integration's type, such as ``BIGQUERY``.
        auth_method: The authentication method.
    """

    id: str
    name: str | None = None
    type: str | None = None
    auth_method: AuthMethod | None = None


@frozen(kw_only=True)
class AmplifierCandidate(Model):
    """A dataset that can be migrated to Cloud Amplifier, or back from it.

    Attributes:
        id: The dataset.
        name: The dataset's name.
        type: The dataset's type, such as ``bigquery-federated``.
        catalog_name: The catalogue of its table in the external system.
        schema_name: The schema of that table.
        table_name: The name of that table.
        collision: Whether the integration has another dataset of that table; a migration would fail.
        colliding_datasource_id: That other dataset.
        colliding_datasource_name: That dataset's name.
        migrated: Whether the dataset has been migrated before.
        migration_date: The time of that migration.
    """

    id: str
    name: str | None = None
    type: str | None = None
    catalog_name: str | None = None
    schema_name: str | None = None
    table_name: str | None = None
    collision: bool | None = None
    colliding_datasource_id: str | None = None
    colliding_datasource_name: str | None = None
    migrated: bool | None = None
    migration_date: IsoStamp | None = None


class FederatedMigrations(Area):
    """Migrations of datasets from Federated V1 to V2, and back."""

    async def types(self) -> tuple[str, ...]:
        """Return the federated integration types of the instance, such as ``mysql-federated``.

        `GET /api/query/migration/federated/v1/to/v2/types` (Federated V1 to V2 Migration APIs, "List Federated
        Integration Types").
        """
        return await self._http.request(
            "GET", url("/api/query/migration/federated/v1/to/v2/types"), into=tuple[str, ...]
        )

    async def accounts(self, integration_type: str, /) -> ItemTuple[FederatedAccount]:
        """Return the V2 accounts of an integration type that the caller may see.

        `GET /api/query/migration/federated/v1/to/v2/accounts/{integration_type}` (Federated V1 to V2 Migration APIs,
        "List Federated V2 Accounts by Integration Type").

        Args:
            integration_type: One of `types`.
        """
        return await self._http.request(
            "GET",
            url("/api/query/migration/federated/v1/to/v2/accounts/{}", integration_type),
            into=ItemTuple[FederatedAccount],
        )

    async def candidates(self, account_id: int | str, /) -> ItemTuple[FederatedCandidate]:
        """Return the V1 datasets that can be migrated to a V2 account.

        `GET /api/query/migration/federated/v1/to/v2/candidates/{account_id}` (Federated V1 to V2 Migration APIs, "List
        Federated V1 Migration Candidate Datasources by Account").

        Args:
            account_id: One of `accounts`.
        """
        return await self._http.request(
            "GET",
            url("/api/query/migration/federated/v1/to/v2/candidates/{}", account_id),
            into=ItemTuple[FederatedCandidate],
        )

    async def migrate(
        self,
        datasource_id: str,
        account_id: int | str,
        /,
        *,
        catalog: str,
        schema: str | None,
        table: str,
        check: bool = True,
    ) -> Migration:
        """Migrate a V1 dataset to a V2 account.

        `POST /api/query/migration/federated/v1/to/v2/{datasource_id}/accounts/{account_id}` (Federated V1 to V2
        Migration APIs, "Migrate Federated V1 Datasource to V2"). The answer comes when the migration has ended.

        Args:
            datasource_id: The dataset, one of `candidates`.
            account_id: The account, one of `accounts`.
            catalog: The catalogue or database of the dataset's table; case matters, here and below.
            schema: The table's schema. None if the database has no schemas, which is sent as the text ``NULL``, as in
                Domo's documentation.
            table: The table.
            check: Whether to raise an error if the migration is not complete.

        Raises:
            JobFailed: The migration is incomplete or was aborted; the message has the reason, if the instance reports
                it. Not raised with ``check=False``.
            UnknownState: The answer has no state, or one that the client does not know. Not raised with
                ``check=False``.
        """
        migration = await self._http.request(
            "POST",
            url("/api/query/migration/federated/v1/to/v2/{}/accounts/{}", datasource_id, account_id),
            json=payload(catalog=catalog, schema="NULL" if schema is None else schema, table=table),
            into=Migration,
        )
        return _complete(migration, datasource_id) if check else migration

    async def reverse(self, datasource_id: str, /, *, check: bool = True) -> Migration:
        """Reverse the migration of a dataset, from V2 to V1.

        `POST /api/query/migration/federated/v1/to/v2/{datasource_id}/reverse` (Federated V1 to V2 Migration APIs,
        "Reverse Federated V1 to V2 Datasource Migration"). The answer comes when the reversal has ended.

        Args:
            datasource_id: The dataset.
            check: Whether to raise an error if the reversal is not complete.

        Raises:
            JobFailed: The reversal is incomplete or was aborted; the message has the reason, if the instance reports
                it. Not raised with ``check=False``.
            UnknownState: The answer has no state, or one that the client does not know. Not raised with
                ``check=False``.
        """
        migration = await self._http.request(
            "POST", url("/api/query/migration/federated/v1/to/v2/{}/reverse", datasource_id), into=Migration
        )
        return _complete(migration, datasource_id) if check else migration


class AmplifierMigrations(Area):
    """Migrations of datasets from Federated to Cloud Amplifier, and back."""

    async def types(self) -> tuple[str, ...]:
        """Return the Cloud Amplifier integration types of the instance, such as ``BIGQUERY``.

        `GET /api/query/migration/integrations/types` (Federated V2 to Amplifier Migration APIs, "List Cloud Amplifier
        Integration Types").
        """
        return await self._http.request("GET", url("/api/query/migration/integrations/types"), into=tuple[str, ...])

    async def integrations(self, integration_type: str, /) -> ItemTuple[AmplifierIntegration]:
        """Return the Cloud Amplifier integrations of a type.

        `GET /api/query/migration/integrations/{integration_type}` (Federated V2 to Amplifier Migration APIs, "List
        Cloud Amplifier Integrations by Type").

        Args:
            integration_type: One of `types`, in upper or lower case.
        """
        return await self._http.request(
            "GET", url("/api/query/migration/integrations/{}", integration_type), into=ItemTuple[AmplifierIntegration]
        )

    async def candidates(self, integration_id: str, /) -> ItemTuple[AmplifierCandidate]:
        """Return the federated datasets that can be migrated to an integration.

        `GET /api/query/migration/candidates/federated/to/amplifier/integrations/{integration_id}` (Federated V2 to
        Amplifier Migration APIs, "List Datasource Migration Candidates by Amplifier Integration").

        Args:
            integration_id: One of `integrations`.
        """
        return await self._http.request(
            "GET",
            url("/api/query/migration/candidates/federated/to/amplifier/integrations/{}", integration_id),
            into=ItemTuple[AmplifierCandidate],
        )

    async def migrate(self, datasource_id: str, integration_id: str, /, *, check: bool = True) -> Migration:
        """Migrate a federated dataset to an integration. Content that shows the dataset does not work meanwhile.

        `POST /api/query/migration/federated/to/amplifier/{datasource_id}/integrations/{integration_id}` (Federated V2
        to Amplifier Migration APIs, "Migrate Datasource to Amplifier Integration"). The answer comes when the migration
        has ended.

        Args:
            datasource_id: The dataset, one of `candidates`.
            integration_id: One of `integrations`.
            check: Whether to raise an error if the migration is not complete.

        Raises:
            JobFailed: The migration is incomplete or was aborted; the message has the reason, if the instance reports
                it. Not raised with ``check=False``.
            UnknownState: The answer has no state, or one that the client does not know. Not raised with
                ``check=False``.
        """
        migration = await self._http.request(
            "POST",
            url("/api/query/migration/federated/to/amplifier/{}/integrations/{}", datasource_id, integration_id),
            into=Migration,
        )
        return _complete(migration, datasource_id) if check else migration

    async def reverse_candidates(self, integration_id: str, /) -> ItemTuple[AmplifierCandidate]:
        """Return the datasets that were migrated to an integration and can be moved back.

        `GET /api/query/migration/candidates/amplifier/to/federated/integrations/{integration_id}` (Federated V2 to
        Amplifier Migration APIs, "List Datasource Reverse Migration Candidates by Amplifier Integration").

        Args:
            integration_id: One of `integrations`.
        """
        return await self._http.request(
            "GET",
            url("/api/query/migration/candidates/amplifier/to/federated/integrations/{}", integration_id),
            into=ItemTuple[AmplifierCandidate],
        )

    async def reverse(self, datasource_id: str, /, *, check: bool = True) -> Migration:
        """Move a dataset back from Cloud Amplifier to Federated.

        `POST /api/query/migration/amplifier/to/federated/{datasource_id}` (Federated V2 to Amplifier Migration APIs,
        "Reverse Datasource Migration"). The answer comes when the reversal has ended.

        Args:
            datasource_id: The dataset, one of `reverse_candidates`.
            check: Whether to raise an error if the reversal is not complete.

        Raises:
            JobFailed: The reversal is incomplete or was aborted; the message has the reason, if the instance reports
                it. Not raised with ``check=False``.
            UnknownState: The answer has no state, or one that the client does not know. Not raised with
                ``check=False``.
        """
        migration = await self._http.request(
            "POST", url("/api/query/migration/amplifier/to/federated/{}", datasource_id), into=Migration
        )
        return _complete(migration, datasource_id) if check else migration


class Migrations(Area):
    """Migrations of federated datasets between integrations."""

    @cached_property
    def federated(self) -> FederatedMigrations:
        """Migrations from Federated V1 to V2, and back."""
        return FederatedMigrations(self._http)

    @cached_property
    def amplifier(self) -> AmplifierMigrations:
        """Migrations from Federated to Cloud Amplifier, and back."""
        return AmplifierMigrations(self._http)


_STATES = States(good=[MigrationState.COMPLETE], bad=[MigrationState.INCOMPLETE, MigrationState.ABORTED], going=[])


def _complete(migration: Migration, datasource_id: str) -> Migration:
    """Return a migration after checking that it is complete; the status code is 200 even if it is not."""
    what = f"the migration of {datasource_id}{f' (toe {migration.toe})' if migration.toe else ''}"
    check_good(what, _STATES.judge(migration.state, reason=migration.error_message))
    return migration
