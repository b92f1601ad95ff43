"""Session tokens."""

from __future__ import annotations

from aiohttp import web

from domo_async.emulator.auth import LOGIN_PATH, OWNER_ID
from domo_async.emulator.web import answer, authentication_of, json_object, text

routes: web.RouteTableDef = web.RouteTableDef()


@routes.post(LOGIN_PATH)
async def log_in(request: web.Request) -> web.Response:
    """Make a session of an address and a password.

    Emulator-defined: any address is the owner's, and the password is the developer token.
    """
    body = await json_object(request)
    text(body, "emailAddress")
    authentication = authentication_of(request)
    if not authentication.is_owners(text(body, "password")):
        # As Domo does it: a wrong password is no error status.
        return answer({"success": False, "reason": "INVALID_CREDENTIALS"})
    return answer({"userId": OWNER_ID, "success": True, "sessionToken": authentication.new_session(OWNER_ID)})
