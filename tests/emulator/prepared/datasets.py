"""What the rows of tests/contract/datasets.py are about: the datasets ``abc`` and ``your_table``."""

from __future__ import annotations

from datetime import UTC, datetime

from domo_async._emulator.access.people import add_user
from domo_async._emulator.state.datasets import Column, Dataset, Version
from domo_async._emulator.state.instance import Instance
from tests.contract.datasets import KEY

# What the rows call by a name that the instance gives itself, and what it calls that.
CALLED = {KEY: "4"}
_ASKED = {"column": "STRING", "status": "STRING", "a": "STRING", "id": "LONG"}
_AT = datetime(2023, 1, 24, 14, 27, 21, tzinfo=UTC)


def prepare(instance: Instance) -> None:
    """Put both into the state: one with data versions, partitions, indexes and uploads, one to be queried."""
    abc = instance.create_dataset(
        "Regions",
        (Column("Region", "STRING", "Region"),),
        description="",
        provider_type="api",
        dataset_id="abc",
    )
    while instance.start_index(abc, (), rows=0).id < 4:
        pass
    for data_id, tag in ((2, None), (3, "2023/01"), (4, "2023-01")):
        abc.publish(_version(data_id, tag))
    abc.visible = abc.live
    while instance.open_upload(abc, None, {}).id < 10:
        pass
    instance.create_dataset(
        "your_table",
        tuple(Column(name, kind, name) for name, kind in _ASKED.items()),
        description="What the samples of queries ask",
        provider_type="api",
        dataset_id="xyz",
    )
    _share(instance, abc)
    instance.records["cards"].put(
        718_670_574,
        {
            "id": 718_670_574,
            "urn": "718670574",
            "title": "Regions",
            "description": "",
            "type": "kpi",
            "chartType": "badge_vert_bar",
            "ownerId": 1,
            "datasourceId": "abc",
            "pageIds": [],
            "definition": {"groupBy": None, "value": None, "aggregation": "COUNT"},
            "views": 0,
            "created": 1_654_557_838_137,
            "modified": 1_654_557_838_137,
        },
    )


def _version(data_id: int, tag: str | None) -> Version:
    return Version(
        data_id=data_id,
        schema_id=1,
        table=f"not_there_{data_id}",
        columns=(),
        rows=18,
        bytes=458,
        tag=tag,
        recorded=_AT,
        completed=_AT,
        action="APPEND",
    )


def _share(instance: Instance, dataset: Dataset) -> None:
    add_user(instance, "Ada Lovelace", "ada@example.com", 2, user_id=27)
    # The samples write words for numbers.
    for sample in ("ownerId1", "userId1"):
        instance.records["users"].put(sample, {**instance.records["users"].get(27), "id": sample})
    for group in (8, 27):
        instance.records["groups"].put(group, {"id": group, "name": f"Group {group}", "type": "closed", "userIds": []})
    grants = [
        {"type": kind, "id": grantee, "accessLevel": "CAN_VIEW"}
        for kind, grantee in (("USER", "27"), ("USER", "userId1"), ("GROUP", "27"), ("GROUP", "8"))
    ]
    instance.records["dataset_access"].put(dataset.id, {"grants": grants})
