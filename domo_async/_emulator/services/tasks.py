"""Queues and the tasks in them, as routes and workflows make them."""

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
    """Put a queue into the instance.

    Args:
        instance: Where.
        name: Its name.
        owner: Whose it is.
        description: What it is for.
        queue_id: Its identifier; a random one by default.
        created: When it was made, in ISO 8601; now by default.
    """
    moment = created or iso()
    queue = {
        "id": queue_id or str(uuid.uuid4()),
        "name": name,
        "description": description,
        "owner": str(owner),
        "archived": False,
        "createdOn": moment,
        "updatedOn": moment,
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
    """Put a task into a queue.

    Args:
        instance: Where.
        queue_id: The queue.
        title: What its form is called.
        contract: What it takes and gives: ``input`` and ``output``, each a list of objects with ``name`` and ``type``.
        user_id: Who makes it, and is to do it.
        inputs: What it is given.
        source: The workflow that it comes from, if any.
        task_id: Its identifier; one of today by default.
        created: When it was made, in ISO 8601; now by default.
        changes: What else is to be otherwise.
    """
    user, moment = str(user_id), created or iso()
    identifier = task_id or new_task_id()
    task = {
        "id": identifier,
        "queueId": instance.records["queues"].get(queue_id)["id"],
        "version": 1,
        "createdOn": moment,
        "createdBy": user,
        "updatedOn": moment,
        "updatedBy": user,
        "completedOn": None,
        "completedBy": None,
        "assignedOn": moment,
        "assignedBy": user,
        "assignedTo": user,
        "assigneeType": "USER",
        "lockedOn": None,
        "lockedBy": None,
        "status": "OPEN",
        "sourceSystem": "ODYSSEY",
        "sourceInfo": None if source is None else dict(source),
        "displayType": "ENIGMA_FORM",
        # One form for all tasks of a title.
        "displayId": str(uuid.uuid5(uuid.NAMESPACE_OID, title)),
        "title": title,
        "contract": {side: [_property(item, side) for item in contract.get(side, ())] for side in ("input", "output")},
        "inputVariables": dict(inputs),
        "outputVariables": {},
    }
    return instance.records["tasks"].put(identifier, {**task, **changes})


def new_task_id(rng: Random | None = None, moment: datetime | None = None) -> str:
    """Return an identifier such as ``18OCT23_1JUTZM``."""
    day = moment or datetime.now(UTC)
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
