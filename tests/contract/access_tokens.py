"""Access tokens, which other clients describe."""

from __future__ import annotations

from datetime import UTC, datetime

from domo_async._endpoints.access_tokens import AccessToken, NewAccessToken
from tests.contract.row import Row, Sent, whole

TOKEN = {
    "id": 31,
    "name": "Nightly load",
    "ownerId": 27,
    "ownerName": "Ada Lovelace",
    "ownerEmail": "ada@example.com",
    "expires": 1764547200000,
}

ROWS = [
    Row(
        "extra: Access Tokens, List access tokens",
        lambda domo: domo.access_tokens.list().all(),
        Sent(
            "GET",
            "/api/data/v1/accesstokens",
            answer=whole([TOKEN, {**TOKEN, "id": "0c1ff4e3-6a5d-4d37-9a5e-0ab8b3c4d5e6"}]),
        ),
        gives=AccessToken,
    ),
    Row(
        "extra: Access Tokens, Generate access token",
        lambda domo: domo.access_tokens.create(
            name="Nightly load", owner_id=27, expires=datetime(2025, 12, 1, tzinfo=UTC)
        ),
        Sent(
            "POST",
            "/api/data/v1/accesstokens",
            json={"name": "Nightly load", "ownerId": 27, "expires": 1764547200000},
            answer=whole({**TOKEN, "token": "a-value-told-once"}),
        ),
        gives=NewAccessToken,
    ),
    Row(
        "extra: Access Tokens, Revoke access token",
        lambda domo: domo.access_tokens.revoke(31),
        Sent("DELETE", "/api/data/v1/accesstokens/31"),
    ),
]
