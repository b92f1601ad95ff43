"""Access tokens: developer tokens that users have, each valid until it expires or is revoked.

Emulator-defined: admins may see, make and revoke all access tokens, other users only their own.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.auth import Authentication, authentication_of
from domo_async._emulator.access.people import free_id, is_admin
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Object, Text, WholeNumber
from domo_async._emulator.http.web import answer, millis, read_body
from domo_async._emulator.services.activity import about
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_FIRST_ID = 1


@routes.get("/api/data/v1/accesstokens")
async def list_tokens(request: web.Request) -> web.Response:
    """List access tokens, without their values."""
    instance, caller = instance_of(request), caller_of(request)
    seen = [
        token for token in instance.records["access_tokens"] if is_admin(caller) or token["ownerId"] == caller["id"]
    ]
    return answer([_describe(instance, token) for token in seen])


@routes.post("/api/data/v1/accesstokens")
async def create(request: web.Request) -> web.Response:
    """Make an access token; only this answer has its value, which is kept as a digest."""
    body = await read_body(request, Object({"name": Text(), "expires": WholeNumber(default=0)}))
    instance, caller = instance_of(request), caller_of(request)
    name, expires = body["name"], body["expires"]
    owner = instance.records["users"].find(body.get("ownerId"))
    if owner is None:
        raise HTTPError(400, f"The user {body.get('ownerId')}, who would own the token, does not exist")
    if not is_admin(caller) and owner["id"] != caller["id"]:
        raise HTTPError(403, "Only an admin may make a token of another user")
    if expires <= millis():
        raise HTTPError(400, "Required: expires, a future time in milliseconds since 1970")
    token, value = add_token(instance, authentication_of(request), name=name, owner_id=owner["id"], expires=expires)
    about(request, token["id"], name)
    return answer({**_describe(instance, token), "token": value})


@routes.delete("/api/data/v1/accesstokens/{token_id}")
async def revoke(request: web.Request) -> web.Response:
    """Revoke an access token."""
    tokens, caller = records_of(request, "access_tokens"), caller_of(request)
    token = tokens.get(request.match_info["token_id"])
    if not is_admin(caller) and token["ownerId"] != caller["id"]:
        raise HTTPError(403, "Only an admin may revoke a token of another user")
    tokens.remove(token["id"])
    about(request, token["id"], token["name"])
    return web.Response()


def add_token(
    instance: Instance, authentication: Authentication, *, name: str, owner_id: int, expires: int
) -> tuple[Record, str]:
    """Put an access token into the instance; returns its record, and its value, which is kept as a digest alone.

    Args:
        instance: Where.
        authentication: The source of the value.
        name: The name.
        owner_id: Whom it stands for.
        expires: Until when, in milliseconds since 1970.
    """
    token_id = free_id(instance, "access_tokens", _FIRST_ID)
    value, digest = authentication.new_access_token(token_id)
    token = {"id": token_id, "name": name, "ownerId": owner_id, "expires": expires, "digest": digest}
    return instance.records["access_tokens"].put(token_id, token), value


def _describe(instance: Instance, token: Record) -> dict[str, Any]:
    owner = instance.records["users"].find(token["ownerId"]) or {}
    return {
        "id": token["id"],
        "name": token["name"],
        "ownerId": token["ownerId"],
        "ownerName": owner.get("displayName"),
        "ownerEmail": owner.get("emailAddress"),
        "expires": token["expires"],
    }
