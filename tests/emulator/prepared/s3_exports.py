"""What the rows of tests/contract/s3_exports.py are about: a dataset with an export."""

from __future__ import annotations

from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance

_DATASET = "dcad2f50-e65e-4259-a9e8-214a3d1e18a7"
_EXPORT = "97d1244b-8ec4-45f8-a721-ae9602a9fa77"

FREE = {
    # The names of the files are the instance's own, so that the sample's are not among them.
    "E074": ["$.urlRowCountMap"],
    "E075": ["$[].urlRowCountMap"],
}


def prepare(instance: Instance) -> None:
    """Put them into the state; the data have changed since the export."""
    names = ("Customer ID", "Date Filled", "region")
    columns = tuple(Column(name, "STRING", name) for name in names)
    instance.create_dataset("Orders", columns, description="", provider_type="api", dataset_id=_DATASET)
    instance.records["s3_exports"].put(
        _EXPORT,
        {
            "id": _EXPORT,
            "datasetId": _DATASET,
            "userId": 1,
            "data": [0],
            "bucket": "acme-exports",
            "path": ["acme-exports", "orders"],
            "started": 1_568_905_606.112,
            "job": ended_job("success"),
            "rows": 120,
            "status": "success",
            "message": None,
            "files": {"file:///s3/acme-exports/orders/part-0.csv": 120},
        },
    )
