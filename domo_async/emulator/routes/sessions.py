"""Session tokens."""

from __future__ import annotations

from aiohttp import web

from domo_async.emulator.auth import LOGIN_PATH, Authentication
from domo_async.emulator.web import answer, instance_of, json_object, text


def routes(authentication: Authentication) -> list[web.RouteDef]:
    """Return the route that makes a session token of an address and a password."""

    async def log_in(request: web.Request) -> web.Response:
        body = await json_object(request)
        text(body, "emailAddress")
        session = authentication.new_session(text(body, "password"))
        if session is None:
            # As Domo does it: a wrong password is no error status.
            return answer({"success": False, "reason": "INVALID_CREDENTIALS"})
        owner = instance_of(request).owner
        return answer({"userId": int(owner["id"]), "success": True, "sessionToken": session})

    return [web.post(LOGIN_PATH, log_in)]
