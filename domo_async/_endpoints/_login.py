"""Session tokens made from passwords."""

from __future__ import annotations

from attrs import frozen

from domo_async._redaction import Secret
from domo_async._transport import Transport, url
from domo_async._wire import Model, payload
from domo_async.errors import Unauthorized

__all__ = ["log_in"]


@frozen(kw_only=True)
class _Login(Model):
    session_token: Secret[str] | None = None
    reason: str | None = None


async def log_in(http: Transport, email: str, password: Secret[str]) -> Secret[str]:
    """Return a new session token.

    `POST /api/content/v2/authentication`. Domo's documentation of the product routes does not have it; Domo's portal
    shows it.

    Args:
        http: A transport that sends an Origin header, which this route requires.
        email: The user's address.
        password: The user's password.

    Raises:
        Unauthorized: The instance refuses the login; the error's code is the reason.
    """
    path = url("/api/content/v2/authentication")
    answer = await http.request(
        "POST", path, json=payload(method="password", email_address=email, password=password), into=_Login
    )
    if not answer.session_token or not answer.session_token.get_secret_value():
        # The instance refuses with a success status. If it requires a second factor, it gives no reason.
        raise Unauthorized(
            status=200,
            message="the login was refused" if answer.reason else "the login was refused; it may need a second factor",
            code=answer.reason,
            method="POST",
            path=path.path,
        )
    return answer.session_token
