"""The login of the tools for apps: a code that is confirmed in a browser, and tokens for it.

Domo's documentation does not describe it; the routes are those that the tools use. Emulator-defined: the access token,
the refresh token and the session are the same; a user confirms the code at ``/emulator/device`` within ten minutes,
with the developer token of the user for whom the tool will act; a code that is not confirmed yet is a 400.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from aiohttp import web
from attrs import define, field

from domo_async._emulator.access.auth import TOKEN_HEADER, authentication_of
from domo_async._emulator.context import caller_of, instance_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import BODY, answer
from domo_async._emulator.state.instance import Instance

__all__ = ["APPS_DOMAIN", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

APPS_DOMAIN = "apps.localhost"
"""Below this name each app has one of its own."""

_CONFIRM = "/emulator/device"
_LASTS = 600.0
_MOST = 100
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in</title>
<h1>Let a tool log in</h1>
<p>{said}</p>
<form method="post" action="/emulator/device">
<p><label>Code <input name="user_code" value="{code}" required></label></p>
<p><label>Developer token <input name="token" type="password" autocomplete="off" required></label></p>
<p><button>Confirm</button></p></form></html>"""
_SAFETY = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@define
class _Login:
    user_code: str
    begun: float
    session: str | None = field(default=None, repr=False)


# They are not kept: a user who has not confirmed a code starts again.
_LOGINS: WeakKeyDictionary[Instance, dict[str, _Login]] = WeakKeyDictionary()


@routes.post("/api/oauth2/device_authorization")
async def begin_login(request: web.Request) -> web.Response:
    """Give a tool a code to be confirmed."""
    instance, logins = instance_of(request), _logins(request)
    while len(logins) >= _MOST:
        del logins[next(iter(logins))]
    device_code, user_code = secrets.token_hex(32), secrets.token_hex(4).upper()
    logins[device_code] = _Login(user_code, instance.now())
    return answer(
        {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": f"{request.scheme}://{request.host}{_CONFIRM}",
            "expires_in": int(_LASTS),
            "interval": 1,
        }
    )


@routes.post("/api/oauth2/token")
async def give_token(request: web.Request) -> web.Response:
    """Give a token for a code that was confirmed, or for a refresh token."""
    form = _form(request)
    if form.get("grant_type") == "refresh_token":
        token = form.get("refresh_token", "")
        if authentication_of(request).user_of_session(token) is None:
            raise HTTPError(400, "invalid_grant: the refresh token is not valid")
        return answer(_tokens(token))
    if not form.get("grant_type", "").endswith("device_code"):
        raise HTTPError(400, "unsupported_grant_type: there are device_code and refresh_token")
    login = _logins(request).get(form.get("device_code", ""))
    if login is None:
        raise HTTPError(400, "expired_token: there is no such device code")
    if login.session is None:
        raise HTTPError(400, "authorization_pending: the code is not confirmed yet")
    del _logins(request)[form["device_code"]]
    return answer(_tokens(login.session))


@routes.get("/api/oauth2/sid")
async def give_session(request: web.Request) -> web.Response:
    """Give the session that an access token stands for."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or authentication_of(request).user_of_session(token.strip()) is None:
        raise HTTPError(401, "Unauthorized: the access token is missing, invalid or expired")
    return answer({"sid": token.strip()})


@routes.get("/auth/validate")
async def validate(_request: web.Request) -> web.Response:
    """Say that the session is valid; one that is not is a 401."""
    return answer({"isValid": True})


@routes.get("/api/content/v1/mobile/environment")
async def environment(request: web.Request) -> web.Response:
    """Say below which name apps are found. All other keys are emulator-defined."""
    user, port = caller_of(request), request.url.port
    return answer(
        {
            "domoappsDomain": APPS_DOMAIN if request.url.is_default_port() else f"{APPS_DOMAIN}:{port}",
            "customer": "emulator",
            "user": {"id": user["id"], "displayName": user["displayName"]},
        }
    )


@routes.get(_CONFIRM)
async def ask(request: web.Request) -> web.Response:
    """Show the page on which a user confirms a code. It is emulator-defined."""
    code = request.query.get("user_code", "")
    return _page("A tool wants to act as the user whose developer token you give.", code if code.isalnum() else "")


@routes.post(_CONFIRM)
async def confirm(request: web.Request) -> web.Response:
    """Confirm a code; emulator-defined."""
    form, authentication = _form(request), authentication_of(request)
    user_id = authentication.user_of(_CONFIRM, {TOKEN_HEADER: form.get("token", "")})
    wanted = form.get("user_code", "").strip().upper()
    login = next((each for each in _logins(request).values() if secrets.compare_digest(each.user_code, wanted)), None)
    if login is None:
        raise HTTPError(404, "The code does not exist, or has expired")
    login.session = login.session or authentication.new_session(user_id)
    return _page("Confirmed; the tool goes on.", "")


def _logins(request: web.Request) -> dict[str, _Login]:
    """Return the logins that are under way."""
    instance = instance_of(request)
    logins = _LOGINS.setdefault(instance, {})
    for code in [code for code, login in logins.items() if instance.now() - login.begun > _LASTS]:
        del logins[code]
    return logins


def _tokens(token: str) -> dict[str, Any]:
    return {"access_token": token, "refresh_token": token, "token_type": "bearer", "expires_in": 3600}


def _form(request: web.Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request[BODY].decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise HTTPError(400, "The request's body is not a form") from error


def _page(said: str, code: str) -> web.Response:
    return web.Response(text=_PAGE.format(said=said, code=code), content_type="text/html", headers=_SAFETY)
