"""Queues and tasks of the contract."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.services.tasks import add_queue, add_task
from domo_async._emulator.state.instance import Instance

QUEUE = "168ecd84-4a15-45f6-89d9-021fbbce0481"
CONTRACT = {
    "input": [{"name": "Suggested_Action_Items", "type": "text"}],
    "output": [{"name": "Suggested_Action_Items", "type": "text"}, {"name": "Send_to_QA_Team", "type": "boolean"}],
}
SOURCE = {
    "modelId": "6a701240-76bf-4b9a-8145-199156b371cc",
    "modelVersion": "1.2.0",
    "instanceId": "99d0d944-1d90-4622-8a49-2878b37fda10",
    "deploymentId": "0fa42581-918b-4ba4-b77f-356c55735e52",
    "instanceCreatedBy": "8811501",
    "taskKey": "6755399651689301",
    "workflowInstanceId": "6755399651689244",
    "flowNodeId": "iVpiDJGGzWIPilg",
    "elementInstanceKey": "6755399651689298",
}


def prepare(instance: Instance) -> None:
    add_user(instance, "Jo", "jo@example.com", 2, user_id=700632941)
    add_queue(instance, name="Review Airplane Part Action Items", owner=8811501, queue_id=QUEUE)
    add_queue(instance, name="Later", owner=8811501, queue_id="q-2")
    for task_id in ("18OCT23_1JUTZM", "T-2"):
        add_task(
            instance,
            QUEUE,
            title="Airplane Part Action Items Review Form",
            contract=CONTRACT,
            user_id=8811501,
            inputs={"Suggested_Action_Items": "1. Investigate"},
            source=SOURCE,
            task_id=task_id,
            created="2023-10-18T15:23:22.991Z",
            outputVariables={"Suggested_Action_Items": "1. Inspect", "Send_to_QA_Team": False},
        )
