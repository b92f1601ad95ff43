"""Code Engine: E031."""

from __future__ import annotations

import json

from domo_async._endpoints._permissions import Permission, Right
from domo_async._endpoints.code_engine import (
    CodePackage,
    CodePackagePermission,
    CodePackageVersion,
    FunctionExecution,
)
from tests.contract.row import Row, Sent, documented, whole

PACKAGE = "756f0b19-5125-44f6-b541-058980ff6a94"
PATH = f"/api/codeengine/v2/packages/{PACKAGE}/versions/1.0.1/functions/getExecutionDetails"

PACKAGES = "/api/codeengine/v2/packages"
NO_ACCOUNTS: dict[str, object] = {"accountsMapping": [], "externalPackageMapping": {}, "mlModel": []}
VARIABLE = {
    "children": None,
    "displayName": "text",
    "entitySubType": None,
    "isList": False,
    "name": "text",
    "nullable": False,
    "type": "text",
    "value": None,
}
FUNCTION = {
    "description": "",
    "displayName": "text",
    "inputs": [VARIABLE],
    "isPrivate": False,
    "name": "text",
    "output": VARIABLE,
    "hasReturn": True,
    "example": None,
}
SEEN_PACKAGE = {
    "availability": "PRIVATE",
    "createdOn": "2025-01-01T12:00:00Z",
    "description": "text",
    "environment": "LAMBDA",
    "id": PACKAGE,
    "language": "JAVASCRIPT",
    "name": "text",
    "owner": "1234",
    "packageSource": "CUSTOM",
    "updatedOn": "2025-01-01T12:00:00Z",
    "users": [],
    "versions": [
        {
            "configuration": NO_ACCOUNTS,
            "createdBy": "1234",
            "description": "",
            "functions": [],
            "released": None,
            "version": "1.0.0",
        }
    ],
}

ROWS = [
    Row(
        "extra: Code Engine, List packages",
        lambda domo: domo.code_engine.packages.list().all(),
        Sent("GET", PACKAGES, answer=whole([SEEN_PACKAGE])),
        gives=CodePackage,
    ),
    Row(
        "openapi: Code Engine, Get package",
        lambda domo: domo.code_engine.packages.get(PACKAGE),
        Sent("GET", f"{PACKAGES}/{PACKAGE}", query={"parts": "versions"}, answer=whole(SEEN_PACKAGE)),
        gives=CodePackage,
    ),
    Row(
        "openapi: Code Engine, Get version",
        lambda domo: domo.code_engine.packages.get_version(PACKAGE, "1.0.0"),
        Sent(
            "GET",
            f"{PACKAGES}/{PACKAGE}/versions/1.0.0",
            query={"parts": "functions,code,privateFunctions"},
            answer=whole(
                {
                    "code": "text",
                    "configuration": NO_ACCOUNTS,
                    "createdBy": "1234",
                    "createdOn": "2025-01-01T12:00:00Z",
                    "description": "text",
                    "functions": [FUNCTION],
                    "packageId": PACKAGE,
                    "updatedBy": "1234",
                    "updatedOn": "2025-01-01T12:00:00Z",
                    "version": "1.0.0",
                }
            ),
        ),
        gives=CodePackageVersion,
    ),
    Row(
        "seen: Code Engine, Create package",
        lambda domo: domo.code_engine.packages.create(
            name="text", code="text", language="JAVASCRIPT", functions=[FUNCTION]
        ),
        Sent(
            "POST",
            PACKAGES,
            json={
                "id": "",
                "name": "text",
                "description": "",
                "code": "text",
                "environment": "LAMBDA",
                "language": "JAVASCRIPT",
                "manifest": {"functions": [FUNCTION], "configuration": {"accountsMapping": []}},
            },
            answer=whole(SEEN_PACKAGE),
        ),
        gives=CodePackage,
    ),
    Row(
        "seen: Code Engine, Create package",
        lambda domo: domo.code_engine.packages.create(
            name="text", code="text", language="PYTHON", functions=[], package_id=PACKAGE, version="1.0.1"
        ),
        Sent(
            "POST",
            PACKAGES,
            json={
                "id": PACKAGE,
                "name": "text",
                "description": "",
                "code": "text",
                "environment": "LAMBDA",
                "language": "PYTHON",
                "version": "1.0.1",
                "manifest": {"functions": [], "configuration": {"accountsMapping": []}},
            },
            answer=whole(SEEN_PACKAGE),
        ),
        gives=CodePackage,
        note="a version of one that is there",
    ),
    Row(
        "openapi: Code Engine, Release a version",
        lambda domo: domo.code_engine.packages.release(PACKAGE, "1.0.0"),
        Sent("POST", f"{PACKAGES}/{PACKAGE}/versions/1.0.0/release", answer=whole(SEEN_PACKAGE)),
        gives=CodePackage,
    ),
    Row(
        "openapi: Code Engine, Release a version",
        lambda domo: domo.code_engine.packages.release(PACKAGE, "1.0.0"),
        Sent("POST", f"{PACKAGES}/{PACKAGE}/versions/1.0.0/release"),
        note="without an answer",
    ),
    Row(
        "seen: Code Engine, Update package",
        lambda domo: domo.code_engine.packages.set_owner(PACKAGE, 123456),
        Sent("PUT", f"{PACKAGES}/{PACKAGE}", json={"owner": 123456}, answer=whole(SEEN_PACKAGE)),
        gives=CodePackage,
    ),
    Row(
        "seen: Code Engine, Delete package",
        lambda domo: domo.code_engine.packages.delete(PACKAGE),
        Sent("DELETE", f"{PACKAGES}/{PACKAGE}", answer=b"1"),
    ),
    Row(
        "seen: Code Engine, Package permissions",
        lambda domo: domo.code_engine.packages.permissions(PACKAGE),
        Sent(
            "GET",
            f"{PACKAGES}/{PACKAGE}/permissions",
            answer=whole({"GROUP": [], "USER": [{"id": "123456", "name": "text", "permissions": ["ADMIN"]}]}),
        ),
        gives=lambda found: (
            found == {"GROUP": (), "USER": (CodePackagePermission(id=123456, name="text", permissions=(Right.ADMIN,)),)}
        ),
    ),
    Row(
        "seen: Code Engine, Set package permissions",
        lambda domo: domo.code_engine.packages.set_permissions(
            PACKAGE, permissions=[Permission(123456, ["ADMIN", "READ"], "text")]
        ),
        Sent(
            "POST",
            f"{PACKAGES}/{PACKAGE}/permissions",
            json=[{"id": "123456", "name": "text", "permissions": ["ADMIN", "READ"], "type": "USER"}],
        ),
    ),
    Row(
        "openapi: Code Engine, Get execution by ID",
        lambda domo: domo.code_engine.get_execution(PACKAGE, "e-1"),
        Sent("GET", f"{PACKAGES}/{PACKAGE}/executions/e-1", answer=documented("E031")),
        gives=FunctionExecution,
    ),
    Row(
        "openapi: Code Engine, Get execution by ID",
        lambda domo: domo.code_engine.wait(PACKAGE, "e-1"),
        (
            Sent("GET", f"{PACKAGES}/{PACKAGE}/executions/e-1", answer=whole({"status": "RUNNING"})),
            Sent("GET", f"{PACKAGES}/{PACKAGE}/executions/e-1", answer=documented("E031")),
        ),
        gives=FunctionExecution,
        note="until it has ended",
    ),
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
