"""What the rows of tests/contract/migrations.py are about: federated datasets, and an integration."""

from __future__ import annotations

from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance

INTEGRATION = "31e0307a-cb31-4018-b824-eb04b15827e1"
_FEDERATED = "8c487fef-b62d-486f-af7a-90c7d6ee0347"
_MOVED = "5d6c7e0a-0d5b-4b52-9d2c-0d8b4b0a3c11"
_DATASETS = {
    "495e28ec-6c07-41fc-99ed-b2dce9a5f569": ("MySQL Table 1", "mysql-federated"),
    _FEDERATED: ("Federated BigQuery fifty_row_table", "bigquery-federated"),
    _MOVED: ("Federated BigQuery moved_table", "bigquery-federated"),
}


def prepare(instance: Instance) -> None:
    """Put them into the state: one dataset is in the integration already."""
    instance.records["federated_accounts"].put(
        2, {"id": "2", "type": "mysql-federated", "name": "mysql v2 agent", "ownerId": None}
    )
    instance.records["amplifier_integrations"].put(
        INTEGRATION,
        {
            "id": INTEGRATION,
            "name": "My BigQuery Amplifier Integration",
            "type": "BIGQUERY",
            "authMethod": "SERVICE_ACCOUNT",
        },
    )
    columns = (Column("id", "LONG", "id"),)
    for dataset_id, (name, kind) in _DATASETS.items():
        instance.create_dataset(name, columns, description="", provider_type=kind, dataset_id=dataset_id)
    instance.records["federated_places"].put(
        _MOVED,
        {
            "stage": "AMPLIFIER",
            "accountId": None,
            "integrationId": INTEGRATION,
            "catalogName": "my-project",
            "schemaName": "my-schema",
            "tableName": "moved_table",
            "migrationDate": "2024-03-26T16:08:27.000+00:00",
        },
    )
