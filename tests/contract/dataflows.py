"""Dataflows, which the documents leave out."""

from __future__ import annotations

from domo_async._endpoints.dataflows import (
    Dataflow,
    DataflowExecution,
    DataflowGrant,
    DataflowVersion,
    DataflowVersionDetails,
)
from domo_async._endpoints.datasets.grants import Grant
from tests.contract.row import Row, Sent, whole

FLOWS = "/api/dataprocessing/v1/dataflows"
CREATED = {
    "id": 53816,
    "onboardFlowId": 46,
    "previewRows": 0,
    "dapDataFlowExecutionId": "3bd2c8a2-9ee1-4f8e-9453-9f21f1186933",
    "beginTime": 1620395314000,
    "lastUpdated": 1620395314000,
    "state": "CREATED",
    "activationType": "MANUAL",
    "executionEngine": {"platform": "CLOUD", "engine": "MAGIC"},
    "dataProcessor": "MAGIC",
    "dataFlowVersion": 0,
    "failed": False,
    "actionResults": [],
}
RUNNING = {**CREATED, "state": "RUNNING_DATA_FLOW"}
NEXT = {**CREATED, "id": 53817}
ENDED = {**CREATED, "state": "SUCCESS", "endTime": 1620395329000, "actionResults": [{"type": "PublishToVault"}]}
FLOW = {
    "id": 46,
    "name": "AW_delete",
    "dapDataFlowId": "26155ae2-1994-4808-ac55-5ec56318a026",
    "responsibleUserId": 1251168784,
    "runState": "ENABLED",
    "lastExecution": ENDED,
    "created": 1620395295000,
    "modified": 1620395310000,
    "engineProperties": {"kettle.mode": "STRICT"},
    "inputs": [{"dataSourceId": "abc", "executeFlowWhenUpdated": False, "dataSourceName": "Orders"}],
    "outputs": [
        {"onboardFlowId": None, "dataSourceId": "xyz", "dataSourceName": "Clean", "versionChainType": "REPLACE"}
    ],
    "executionCount": 2,
    "executionSuccessCount": 2,
    "hydrationState": "DEHYDRATED",
    "useLegacyTriggerBehavior": False,
    "passwordProtected": False,
    "deleted": False,
    "abandoned": False,
    "neverAbandon": False,
    "paused": False,
    "magic": True,
    "restricted": False,
    "editable": True,
    "enabled": True,
    "container": False,
    "databaseType": "MAGIC",
    "triggeredByInput": False,
    "draft": False,
    "numInputs": 1,
    "numOutputs": 1,
}

DEFINITION = {"name": "Clean", "databaseType": "MAGIC", "inputs": [], "outputs": [], "actions": []}
VERSION = {
    "id": 262,
    "onboardFlowId": 46,
    "timeStamp": 1634058358000,
    "authorId": 27,
    "description": "text",
    "numInputs": 1,
    "numOutputs": 1,
    "executionCount": 565,
    "executionSuccessCount": 560,
    "versionNumber": 3,
}
READ = {
    **ENDED,
    "inputDataSources": [{"dataSourceId": "abc", "dataVersionId": 1306, "rowsRead": 909, "bytesRead": 291266}],
    "outputDataSources": [{"dataSourceId": "xyz", "dataVersionId": 495, "rowsWritten": 1816}],
    "totalRowsRead": 909,
    "totalBytesRead": 291266,
    "totalRowsWritten": 1816,
    "totalBytesWritten": 97986,
    "meanDownloadRateKbps": 56.014071115596686,
}

ROWS = [
    Row(
        "extra: Dataflows, List dataflows",
        lambda domo: domo.dataflows.list().all(),
        Sent("GET", FLOWS, answer=whole([FLOW])),
        gives=Dataflow,
    ),
    Row(
        "extra: Dataflows, Get dataflow",
        lambda domo: domo.dataflows.get(46),
        Sent("GET", f"{FLOWS}/46", answer=whole({**FLOW, "description": "", "actions": [{"type": "LoadFromVault"}]})),
        gives=Dataflow,
    ),
    Row(
        "extra: Dataflows, Execute dataflow",
        lambda domo: domo.dataflows.execute(46),
        Sent("POST", f"{FLOWS}/46/executions", answer=whole(CREATED)),
        gives=DataflowExecution,
    ),
    Row(
        "extra: Dataflows, Execute dataflow",
        lambda domo: domo.dataflows.execute(46, wait=True),
        (
            Sent("POST", f"{FLOWS}/46/executions", answer=whole(CREATED)),
            Sent("GET", f"{FLOWS}/46/executions/53816", answer=whole(RUNNING)),
            Sent("GET", f"{FLOWS}/46/executions/53816", answer=whole(ENDED)),
        ),
        gives=DataflowExecution,
        note="and wait",
    ),
    Row(
        "extra: Dataflows, Get execution",
        lambda domo: domo.dataflows.wait(46, 53816),
        (
            Sent("GET", f"{FLOWS}/46/executions/53816", answer=whole(RUNNING)),
            Sent("GET", f"{FLOWS}/46/executions/53816", answer=whole(ENDED)),
        ),
        gives=DataflowExecution,
        note="until it has ended",
    ),
    Row(
        "extra: Dataflows, Execution history",
        lambda domo: domo.dataflows.executions(46, page_size=1, limit=2).all(),
        (
            Sent("GET", f"{FLOWS}/46/executions", query={"limit": "1", "offset": "0"}, answer=whole([ENDED])),
            Sent("GET", f"{FLOWS}/46/executions", query={"limit": "1", "offset": "1"}, answer=whole([NEXT])),
        ),
        gives=lambda found: ["SUCCESS", "CREATED"] == [execution.state for execution in found],
    ),
    Row(
        "extra: Dataflows, Get execution",
        lambda domo: domo.dataflows.get_execution(46, 53816),
        Sent("GET", f"{FLOWS}/46/executions/53816", answer=whole(ENDED)),
        gives=DataflowExecution,
    ),
    Row(
        "extra: Dataflows, Get execution",
        lambda domo: domo.dataflows.get_execution(70, 433238),
        Sent("GET", f"{FLOWS}/70/executions/433238", answer=whole(READ)),
        gives=DataflowExecution,
        note="as an instance was seen to answer",
    ),
    Row(
        "extra: Dataflows, Create dataflow",
        lambda domo: domo.dataflows.create(definition=DEFINITION),
        Sent("POST", FLOWS, json=DEFINITION, answer=whole(FLOW)),
        gives=Dataflow,
    ),
    Row(
        "extra: Dataflows, Update dataflow definition",
        lambda domo: domo.dataflows.update(46, definition=DEFINITION),
        Sent("PUT", f"{FLOWS}/46", json=DEFINITION, answer=whole(FLOW)),
        gives=Dataflow,
    ),
    Row(
        "extra: Dataflows, Patch dataflow",
        lambda domo: domo.dataflows.patch(46, responsible_user_id=27, enabled=False),
        Sent("PUT", f"{FLOWS}/46/patch", json={"responsibleUserId": 27, "enabled": False}),
    ),
    Row(
        "collection: Dataflows, bulk patch",
        lambda domo: domo.dataflows.patch_many([46, 47], responsible_user_id=27, enabled=False),
        Sent(
            "PUT",
            f"{FLOWS}/bulk/patch",
            json={"dataFlowIds": [46, 47], "responsibleUserId": 27, "enabled": False},
        ),
    ),
    Row(
        "collection: Dataflows, bulk/tag",
        lambda domo: domo.dataflows.tag_many([46, 47], tags=["nightly"]),
        Sent("PUT", f"{FLOWS}/bulk/tag", json={"dataFlowIds": [46, 47], "tagNames": ["nightly"]}),
    ),
    Row(
        "collection: Dataflows, bulk/tag/delete",
        lambda domo: domo.dataflows.untag_many([46, 47], tags=["nightly"]),
        Sent("PUT", f"{FLOWS}/bulk/tag/delete", json={"dataFlowIds": [46, 47], "tagNames": ["nightly"]}),
    ),
    Row(
        "extra: Dataflows, Delete dataflow",
        lambda domo: domo.dataflows.delete(46),
        Sent("DELETE", f"{FLOWS}/46"),
    ),
    Row(
        "extra: Dataflows, Versions",
        lambda domo: domo.dataflows.versions(46),
        Sent("GET", f"{FLOWS}/46/versions", answer=whole([VERSION])),
        gives=DataflowVersion,
    ),
    Row(
        "extra: Dataflows, Get version",
        lambda domo: domo.dataflows.get_version(46, 262),
        Sent(
            "GET",
            "/api/dataprocessing/v2/dataflows/46/versions/262",
            answer=whole({**VERSION, "dataFlow": {**FLOW, "onboardFlowVersion": VERSION, "settings": {}}}),
        ),
        gives=DataflowVersionDetails,
    ),
    Row(
        "extra: Dataflows, Get tags",
        lambda domo: domo.dataflows.tags(46),
        Sent("GET", f"{FLOWS}/46/tags", answer=whole({"flowId": 46, "tags": ["nightly"]})),
        gives=lambda tags: ("nightly",) == tags,
    ),
    Row(
        "extra: Dataflows, Get tags",
        lambda domo: domo.dataflows.tags(46),
        Sent("GET", f"{FLOWS}/46/tags", answer=whole(["nightly"])),
        gives=lambda tags: ("nightly",) == tags,
        note="as a list",
    ),
    Row(
        "extra: Dataflows, Set tags",
        lambda domo: domo.dataflows.set_tags(46, tags=["nightly"]),
        Sent("PUT", f"{FLOWS}/46/tags", json={"flowId": 46, "tags": ["nightly"]}),
    ),
    Row(
        "extra: Dataflows, Share a Dataflow",
        lambda domo: domo.dataflows.share(
            46,
            permissions=[DataflowGrant(27, "VIEW_AND_EXECUTE")],
            dataset_permissions={"abc": [Grant(27, "CAN_VIEW")]},
            message="Look",
        ),
        Sent(
            "PUT",
            f"{FLOWS}/permissions/share/46",
            json={
                "dataFlowPermissions": [{"type": "USER", "id": "27", "accessLevel": "VIEW_AND_EXECUTE"}],
                "dataSetPermissions": {
                    "abc": {"permissions": [{"id": "27", "type": "USER", "accessLevel": "CAN_VIEW"}]}
                },
                "sendEmail": False,
                "message": "Look",
            },
            answer=b"true",
        ),
    ),
]
