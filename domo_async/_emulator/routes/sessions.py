"""Session tokens, and the passwords that they are made from."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.auth import LOGIN_PATH, OWNER_ID
from domo_async._emulator.access.people import is_admin
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import (
    CALLER,
    answer,
    authentication_of,
    caller_of,
    json_object,
    records_of,
    text,
    whole_number,
)
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.services.activity import about, leave_out

routes: web.RouteTableDef = web.RouteTableDef()


@routes.post(LOGIN_PATH)
async def log_in(request: web.Request) -> web.Response:
    """Make a session of an address and a password.

    Emulator-defined: an address that is nobody's is taken for the owner's. The ways in other than by password, and
    locked accounts, are not there.
    """
    body = await json_object(request)
    if text(body, "method") != "password":
        raise HTTPError(400, "Only the method password is there")
    user = _user_of_address(request, text(body, "emailAddress"))
    authentication = authentication_of(request)
    if not authentication.is_password(user["id"], text(body, "password")):
        leave_out(request)
        # As Domo does it: a wrong password is no error status.
        return answer({"success": False, "reason": "INVALID_CREDENTIALS"})
    request[CALLER] = user["id"]
    about(request, user["id"], user["displayName"])
    return answer(
        {
            "userId": user["id"],
            "success": True,
            "sessionToken": authentication.new_session(user["id"]),
            "twoFactorInfo": None,
            "userRole": _role_name(request, user),
        }
    )


@routes.put("/api/identity/v1/password")
async def set_password(request: web.Request) -> web.Response:
    """Set a user's password, as the user or an admin."""
    body = await json_object(request)
    user = records_of(request, "users").get(whole_number(body.get("domoUserId"), "domoUserId", 0))
    caller = caller_of(request)
    if caller["id"] != user["id"] and not is_admin(caller):
        raise HTTPError(403, "Only an admin may set another user's password")
    authentication_of(request).set_password(user["id"], text(body, "password"))
    about(request, user["id"], user["displayName"])
    return answer({})


def _user_of_address(request: web.Request, address: str) -> Record:
    users = records_of(request, "users")
    wanted = address.lower()
    found = (user for user in users if str(user.get("emailAddress")).lower() == wanted)
    return next(found, None) or users.get(OWNER_ID)


def _role_name(request: web.Request, user: dict[str, Any]) -> str | None:
    role = records_of(request, "roles").find(user.get("roleId"))
    return None if role is None else role["name"]
