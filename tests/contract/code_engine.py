"""Code Engine: E031."""

from __future__ import annotations

import json

from domo_async._endpoints.code_engine import FunctionExecution
from tests.contract.row import Row, Sent, documented, whole

PACKAGE = "756f0b19-5125-44f6-b541-058980ff6a94"
PATH = f"/api/codeengine/v2/packages/{PACKAGE}/versions/1.0.1/functions/getExecutionDetails"

ROWS = [
    Row(
        "E031",
        lambda domo: domo.code_engine.run(
            PACKAGE, "1.0.1", "getExecutionDetails", input_variables={"region": "North", "days": 7}, get_logs=True
        ),
        Sent(
            "POST",
            PATH,
            json={"inputVariables": {"region": "North", "days": 7}, "settings": {"getLogs": True}},
            answer=documented("E031"),
        ),
        gives=FunctionExecution,
    ),
    Row(
        "E031",
        lambda domo: domo.code_engine.run(PACKAGE, "1.0.1", "getExecutionDetails", input_variables={}),
        Sent(
            "POST",
            PATH,
            json={"inputVariables": {}},
            answer=whole({"status": "OUTPUT_UNDEFINED", "result": None, "stdout": None, "stderr": None}),
        ),
        gives=FunctionExecution,
        note="of a function that takes and gives nothing",
    ),
    Row(
        "E031",
        lambda domo: domo.code_engine.run(
            PACKAGE, "1.0.1", "getExecutionDetails", input_variables={}, get_logs=False, check=False
        ),
        Sent(
            "POST",
            PATH,
            json={"inputVariables": {}, "settings": {"getLogs": False}},
            answer=whole(
                {
                    **json.loads(documented("E031")),
                    "status": "FAILED",
                    "startedOn": 1734046652125,
                    "completedOn": None,
                    "result": None,
                }
            ),
        ),
        gives=FunctionExecution,
        note="that failed, unchecked",
    ),
]
