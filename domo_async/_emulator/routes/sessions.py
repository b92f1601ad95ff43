"""Session tokens, and the passwords that they are made from."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.auth import LOGIN_PATH, Session, authentication_of
from domo_async._emulator.access.people import is_admin, must_be_admin
from domo_async._emulator.context import caller_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import CALLER, answer, page_of, read_body
from domo_async._emulator.services.activity import about, leave_out
from domo_async._emulator.state.records import OWNER_ID, Record

routes: web.RouteTableDef = web.RouteTableDef()


_LOGIN = Object(
    {"method": OneOf(("password",), message="The method must be password"), "emailAddress": Text(), "password": Text()}
)
_PASSWORD = Object({"domoUserId": WholeNumber(default=0), "password": Text()})


@routes.post(LOGIN_PATH)
async def log_in(request: web.Request) -> web.Response:
    """Make a session from an address and a password.

    Emulator-defined: an unknown address is the owner's. There are no other methods than passwords, and no locked
    accounts.
    """
    body = await read_body(request, _LOGIN)
    user = _user_of_address(request, body["emailAddress"])
    authentication = authentication_of(request)
    if not user.get("active", True) or not authentication.is_password(user["id"], body["password"]):
        leave_out(request)
        # Domo answers a wrong password without an error status, too.
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
    body = await read_body(request, _PASSWORD)
    user = records_of(request, "users").get(body["domoUserId"])
    caller = caller_of(request)
    if caller["id"] != user["id"] and not is_admin(caller):
        raise HTTPError(403, "Only an admin may set another user's password")
    authentication_of(request).set_password(user["id"], body["password"])
    about(request, user["id"], user["displayName"])
    return answer({})


@routes.get("/api/sessions/v1/admin")
async def list_sessions(request: web.Request) -> web.Response:
    """List the valid logins of all users, for admins; their tokens are masked.

    Emulator-defined: a new start of the instance does not end them, and when they began is not kept.
    """
    must_be_admin(request, "see the logins of users")
    sessions = authentication_of(request).sessions()
    return answer([_describe(session) for session in page_of(request, sessions, limit=len(sessions))])


@routes.delete("/api/sessions/v1/admin/{session_id}")
async def end_session(request: web.Request) -> web.Response:
    """End a login, for admins."""
    must_be_admin(request, "end the logins of users")
    if not authentication_of(request).end_session(request.match_info["session_id"]):
        raise HTTPError(404, f"The login {request.match_info['session_id']} does not exist")
    return web.Response(status=204)


def _describe(session: Session) -> dict[str, Any]:
    return {
        "id": session.number,
        "userId": str(session.user_id),
        "sessionId": "00000000-0000-XXXX-XXXX-XXXXXXXXXXXX",
        "customerId": "emulator",
        "tokenType": "sss",
        "ip": "127.0.0.1",
        "created": None,
        "lastAccess": None,
        "absoluteTimeout": "0001-01-01T00:00:00Z",
        "idleTimeout": 604_800_000_000_000,
    }


def _user_of_address(request: web.Request, address: str) -> Record:
    users = records_of(request, "users")
    wanted = address.lower()
    found = (user for user in users if str(user.get("emailAddress")).lower() == wanted)
    return next(found, None) or users.get(OWNER_ID)


def _role_name(request: web.Request, user: dict[str, Any]) -> str | None:
    role = records_of(request, "roles").find(user.get("roleId"))
    return None if role is None else role["name"]
