"""Migrations: E076 to E086."""

from __future__ import annotations

from domo_async._endpoints.migrations import (
    AmplifierCandidate,
    AmplifierIntegration,
    FederatedAccount,
    FederatedCandidate,
    Migration,
)
from tests.contract.row import Row, Sent, documented, whole

V1 = "/api/query/migration/federated/v1/to/v2"
DATASET = "495e28ec-6c07-41fc-99ed-b2dce9a5f569"
FEDERATED = "8c487fef-b62d-486f-af7a-90c7d6ee0347"
INTEGRATION = "31e0307a-cb31-4018-b824-eb04b15827e1"

ROWS = [
    Row(
        "E076",
        lambda domo: domo.migrations.federated.types(),
        Sent("GET", f"{V1}/types", answer=whole(["mysql-federated", "snowflake-federated"])),
        gives=lambda types: types == ("mysql-federated", "snowflake-federated"),
    ),
    Row(
        "E077",
        lambda domo: domo.migrations.federated.accounts("mysql-federated"),
        Sent(
            "GET",
            f"{V1}/accounts/mysql-federated",
            answer=whole(
                [
                    {"id": "2", "type": "mysql-federated", "name": "mysql v2 agent"},
                    {"id": "1", "type": "mysql-federated", "name": "mysql v2"},
                ]
            ),
        ),
        gives=FederatedAccount,
    ),
    Row(
        "E078",
        lambda domo: domo.migrations.federated.candidates("2"),
        Sent("GET", f"{V1}/candidates/2", answer=documented("E078")),
        gives=FederatedCandidate,
    ),
    Row(
        "E079",
        lambda domo: domo.migrations.federated.migrate(
            DATASET, "2", catalog="MyCatalogName", schema="MySchemaName", table="MyTableName"
        ),
        Sent(
            "POST",
            f"{V1}/{DATASET}/accounts/2",
            json={"catalog": "MyCatalogName", "schema": "MySchemaName", "table": "MyTableName"},
            answer=documented("E079"),
        ),
        gives=Migration,
    ),
    Row(
        "E079",
        lambda domo: domo.migrations.federated.migrate(
            DATASET, 2, catalog="MyCatalogName", schema=None, table="MyTableName"
        ),
        Sent(
            "POST",
            f"{V1}/{DATASET}/accounts/2",
            json={"catalog": "MyCatalogName", "schema": "NULL", "table": "MyTableName"},
            answer=documented("E079"),
        ),
        gives=Migration,
        note="without a schema",
    ),
    Row(
        "E080",
        lambda domo: domo.migrations.federated.reverse(DATASET),
        Sent("POST", f"{V1}/{DATASET}/reverse", answer=documented("E080")),
        gives=Migration,
    ),
    Row(
        "E081",
        lambda domo: domo.migrations.amplifier.types(),
        Sent("GET", "/api/query/migration/integrations/types", answer=whole(["BIGQUERY", "SNOWFLAKE"])),
        gives=lambda types: types == ("BIGQUERY", "SNOWFLAKE"),
    ),
    Row(
        "E082",
        lambda domo: domo.migrations.amplifier.integrations("bigquery"),
        Sent(
            "GET",
            "/api/query/migration/integrations/bigquery",
            answer=whole(
                [
                    {
                        "id": INTEGRATION,
                        "name": "My BigQuery Amplifier Integration",
                        "type": "BIGQUERY",
                        "authMethod": "SERVICE_ACCOUNT",
                    }
                ]
            ),
        ),
        gives=AmplifierIntegration,
    ),
    Row(
        "E083",
        lambda domo: domo.migrations.amplifier.candidates(INTEGRATION),
        Sent(
            "GET",
            f"/api/query/migration/candidates/federated/to/amplifier/integrations/{INTEGRATION}",
            answer=documented("E083"),
        ),
        gives=AmplifierCandidate,
    ),
    Row(
        "E084",
        lambda domo: domo.migrations.amplifier.migrate(FEDERATED, INTEGRATION),
        Sent(
            "POST",
            f"/api/query/migration/federated/to/amplifier/{FEDERATED}/integrations/{INTEGRATION}",
            answer=documented("E084"),
        ),
        gives=Migration,
    ),
    Row(
        "E085",
        lambda domo: domo.migrations.amplifier.reverse_candidates(INTEGRATION),
        Sent(
            "GET",
            f"/api/query/migration/candidates/amplifier/to/federated/integrations/{INTEGRATION}",
            answer=documented("E085"),
        ),
        gives=AmplifierCandidate,
    ),
    Row(
        "E086",
        lambda domo: domo.migrations.amplifier.reverse(FEDERATED),
        Sent("POST", f"/api/query/migration/amplifier/to/federated/{FEDERATED}", answer=documented("E086")),
        gives=Migration,
    ),
]
