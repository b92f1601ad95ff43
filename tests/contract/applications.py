"""Remote DomoStats: E129 to E131."""

from __future__ import annotations

import json

from domo_async._endpoints.applications import (
    Application,
    ApplicationJob,
    ExecutionPayload,
    JobResources,
    JobUpdate,
    QueuedJobs,
    ResourceAmount,
)
from tests.contract.row import Row, Sent, documented, whole

_JOBS = json.loads(documented("E130"))["jobs"]
_JOB = "/api/executor/v1/applications/a-1/jobs/j-1"
_MEMORY = {"memory": "256M", "missingMemoryValue": False}
_APPLICATION = {
    "applicationId": "a-1",
    "authorities": ["text"],
    "created": "2021-07-13T16:57:46.000+00:00",
    "customerId": "text",
    "description": "text",
    "executionClass": "text",
    "imageLocation": "text",
    "internalAuthorities": [],
    "k8s": True,
    "name": "text",
    "resources": {
        "limits": _MEMORY,
        "missingMemoryLimitValue": False,
        "missingMemoryRequestValue": False,
        "requests": _MEMORY,
    },
    "strictValidation": True,
    "updated": "2026-01-20T19:35:52.000+00:00",
    "verifyOwnership": False,
    "version": "text",
}
_SEEN_JOB = {
    "jobId": "j-1",
    "applicationId": "a-1",
    "customerId": "text",
    "jobName": "text",
    "jobDescription": "text",
    "userId": 1893952720,
    "executionTimeout": 1440,
    "jobStatus": "idle",
    "executionPayload": {"metricsDatasetId": "29a3417d-1543-46a3-abd1-cbe84f257fb5"},
    "executionResponse": {},
    "executionState": {},
    "shareState": {"sharedEntities": [{"id": "1893952720", "type": "USER", "accessLevel": "OWNER"}]},
    "accounts": [],
    "executionClass": "text",
    "created": 1708539691000,
    "updated": 1708980137000,
    "statusChanged": 1711216210000,
    "triggers": [],
    "compressPayload": False,
}

ROWS = [
    Row(
        "seen: Executor, Get application",
        lambda domo: domo.applications.get("a-1"),
        Sent("GET", "/api/executor/v1/applications/a-1", answer=whole(_APPLICATION)),
        gives=Application,
    ),
    Row(
        "seen: Executor, Get application",
        lambda domo: domo.applications.list().all(),
        Sent(
            "GET",
            "/api/executor/v1/applications",
            answer=whole([_APPLICATION, {**_APPLICATION, "created": 1665079179000, "updated": 1701972075000}]),
        ),
        gives=Application,
        note="with times as text and as numbers",
    ),
    Row(
        "seen: Executor, Get job",
        lambda domo: domo.applications.get_job("a-1", "j-1"),
        Sent("GET", _JOB, answer=whole(_SEEN_JOB)),
        gives=ApplicationJob,
    ),
    Row(
        "seen: Executor, Create job",
        lambda domo: domo.applications.create_job("a-1", definition={"jobName": "text", "accounts": []}),
        Sent(
            "POST",
            "/api/executor/v1/applications/a-1/jobs",
            json={"jobName": "text", "accounts": []},
            answer=whole(_SEEN_JOB),
        ),
        gives=ApplicationJob,
    ),
    Row(
        "seen: Executor, Run job",
        lambda domo: domo.applications.run_job("a-1", "j-1"),
        Sent(
            "POST",
            f"{_JOB}/executions",
            json={},
            answer=whole({"requestedBy": 1893952720, "queuedJobs": [{**_SEEN_JOB, "executionId": "7b8ba4d6"}]}),
        ),
        gives=QueuedJobs,
    ),
    Row(
        "E129",
        lambda domo: domo.applications.list().all(),
        Sent("GET", "/api/executor/v1/applications", answer=documented("E129")),
        gives=Application,
    ),
    Row(
        "E129",
        lambda domo: domo.applications.list().all(),
        Sent("GET", "/api/executor/v1/applications", answer=documented("E129_sample")),
        gives=lambda found: (
            len(found) == 1
            and found[0].name == "DomoStats People with Activity Log"
            and found[0].extras["id"] == "94a4edfa-5926-4f0c-ad1e-a341f53f6113"
            and found[0].extras["cardInfo"] == {"cardCount": 9, "cardViewCount": 0}
        ),
        note="as the dataset that Domo's documentation shows by mistake",
    ),
    Row(
        "E130",
        lambda domo: domo.applications.jobs("a-1", limit=1).all(),
        Sent("GET", "/api/executor/v2/applications/a-1/jobs", query={"offset": "0"}, answer=documented("E130")),
        gives=ApplicationJob,
        says=lambda answer: answer["jobs"],
    ),
    Row(
        "E130",
        lambda domo: domo.applications.jobs("a-1", offset=3, limit=1).all(),
        Sent(
            "GET",
            "/api/executor/v2/applications/a-1/jobs",
            query={"offset": "3"},
            answer=json.dumps(_JOBS).encode(),
        ),
        gives=ApplicationJob,
        note="as a bare list",
    ),
    Row(
        "E130",
        lambda domo: domo.applications.jobs("a-1").all(),
        Sent(
            "GET",
            "/api/executor/v2/applications/a-1/jobs",
            query={"offset": "0"},
            answer=documented("E130_sample"),
        ),
        gives=lambda found: (
            len(found) == 1
            and found[0].extras["id"] == "94a4edfa-5926-4f0c-ad1e-a341f53f6113"
            and found[0].extras["tags"] == '["domoStats","domostats","c_people"]'
        ),
        note="as the dataset that Domo's documentation shows by mistake",
    ),
    Row(
        "E131",
        lambda domo: domo.applications.update_job(
            "a-1",
            "j-1",
            job_name="domo-labs-dev2.dev.domo.com",
            execution_timeout=720,
            execution_payload=ExecutionPayload(
                remote_instance="domo-labs-dev.dev.domo.com",
                subscriber_job_id="b8ff1dc6",
                policies={"AccessTokens": "85f65936", "DomainWhitelist": "cd473383"},
                metrics_dataset_id="2644b5d0",
            ),
            execution_response={},
            accounts=[479],
            resources=JobResources(requests=ResourceAmount(memory="256M"), limits=ResourceAmount(memory="256M")),
            triggers=[],
        ),
        Sent(
            "PUT",
            _JOB,
            json={
                "jobId": "j-1",
                "jobName": "domo-labs-dev2.dev.domo.com",
                "executionTimeout": 720,
                "executionPayload": {
                    "remoteInstance": "domo-labs-dev.dev.domo.com",
                    "subscriberJobId": "b8ff1dc6",
                    "policies": {"AccessTokens": "85f65936", "DomainWhitelist": "cd473383"},
                    "metricsDatasetId": "2644b5d0",
                },
                "executionResponse": {},
                "accounts": [479],
                "resources": {"requests": {"memory": "256M"}, "limits": {"memory": "256M"}},
                "triggers": [],
            },
            answer=documented("E131"),
        ),
        gives=JobUpdate,
    ),
    Row(
        "E131",
        lambda domo: domo.applications.update_job(
            "a-1",
            "j-1",
            execution_payload=ExecutionPayload(remote_instance="acme.domo.com"),
            resources=JobResources(limits=ResourceAmount(memory="1G")),
        ),
        Sent(
            "PUT",
            _JOB,
            json={
                "jobId": "j-1",
                "executionPayload": {"remoteInstance": "acme.domo.com"},
                "resources": {"limits": {"memory": "1G"}},
            },
            answer=documented("E131"),
        ),
        gives=JobUpdate,
        note="with what is given alone",
    ),
]
