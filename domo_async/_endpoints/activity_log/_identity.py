"""Tell log entries apart by their content, as they have no identifiers."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import blake2b

from domo_async._endpoints.activity_log.models import Activity

__all__ = ["identity"]


def identity(entry: Activity) -> str:
    """Return a short key for the content of an entry without its time; the user's name counts if there is no number."""
    facts = (
        entry.user_id or entry.user_name,
        entry.user_type,
        entry.action_type,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.actor_id,
        entry.actor_name,
        entry.authentication_method,
        entry.client_id,
        entry.additional_comment,
        entry.event_text,
        entry.extras,
    )
    text = json.dumps(facts, sort_keys=True, default=str)
    return b64encode(blake2b(text.encode(), digest_size=6).digest()).decode()
