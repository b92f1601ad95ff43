"""Dataflows, which the documents leave out."""

from __future__ import annotations

from domo_async._endpoints.dataflows import Dataflow, DataflowExecution
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
]
