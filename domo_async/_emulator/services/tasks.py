"""Queues and their tasks, for routes and workflows."""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from domo_async._emulator.http.web import iso
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["add_queue", "add_task", "new_task_id"]

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def add_queue(
    instance: Instance,
    *,
    name: str,
    owner: object,
    description: str = "",
    queue_id: str | None = None,
    created: str | None = None,
) -> Record:
    """Add a queue.

    Args:
        instance: The instance.
        name: Its name.
        owner: Its owner.
        description: Its description.
        queue_id: Its identifier; a random one by default.
        created: The time of creation in ISO 8601; now by default.
    """
    created = created or iso()
    queue = {
        "id": queue_id or str(uuid.uuid4()),
        "name": name,
        "description": description,
        "owner": str(owner),
        "archived": False,
        "createdOn": created,
        "updatedOn": created,
        "permissions": {},
    }
    return instance.records["queues"].put(queue["id"], queue)


def add_task(
    instance: Instance,
    queue_id: str,
    *,
    title: str,
    contract: Mapping[str, Sequence[Mapping[str, Any]]],
    user_id: object,
    inputs: Mapping[str, Any],
    source: Mapping[str, Any] | None = None,
    task_id: str | None = None,
    created: str | None = None,
    **changes: Any,
) -> Record:
    """Add a task to a queue.

    Args:
        instance: The instance.
        queue_id: The queue.
        title: The title of its form.
        contract: The fields of the form: ``input`` and ``output``, each a list of objects with ``name`` and ``type``.
        user_id: The user who creates it, and to whom it is assigned.
        inputs: The values of the input fields.
        source: The workflow that it comes from, if there is one.
        task_id: Its identifier; by default one with today's date.
        created: The time of creation in ISO 8601; now by default.
        changes: Further keys of the record.
    """
    user, created = str(user_id), created or iso()
    identifier = task_id or new_task_id()
    task = {
        "id": identifier,
        "queueId": instance.records["queues"].get(queue_id)["id"],
        "version": 1,
        "createdOn": created,
        "createdBy": user,
        "updatedOn": created,
        "updatedBy": user,
        "completedOn": None,
        "completedBy": None,
        "assignedOn": created,
        "assignedBy": user,
        "assignedTo": user,
        "assigneeType": "USER",
        "lockedOn": None,
        "lockedBy": None,
        "status": "OPEN",
        "sourceSystem": "ODYSSEY",
        "sourceInfo": None if source is None else dict(source),
        "displayType": "ENIGMA_FORM",
        # All tasks with the same title share a form.
        "displayId": str(uuid.uuid5(uuid.NAMESPACE_OID, title)),
        "title": title,
        "contract": {side: [_property(item, side) for item in contract.get(side, ())] for side in ("input", "output")},
        "inputVariables": dict(inputs),
        "outputVariables": {},
    }
    return instance.records["tasks"].put(identifier, {**task, **changes})


def new_task_id(rng: Random | None = None, at: datetime | None = None) -> str:
    """Return an identifier such as ``18OCT23_1JUTZM``."""
    day = at or datetime.now(UTC)
    choose = secrets.choice if rng is None else rng.choice
    letters = "".join(choose(string.ascii_uppercase + string.digits) for _ in range(6))
    return f"{day:%d}{_MONTHS[day.month - 1]}{day:%y}_{letters}"


def _property(item: Mapping[str, Any], side: str) -> Record:
    return {
        "name": item["name"],
        "displayName": item["name"] if side == "input" else None,
        "type": item.get("type", "text"),
        "required": item.get("required", True),
        "list": item.get("list", False),
        "validValues": item.get("validValues"),
    }
