"""Who may ask: the developer token, and session tokens made from it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from attrs import define, field

from domo_async.emulator.errors import Refusal

TOKEN_HEADER = "X-DOMO-Developer-Token"  # noqa: S105 - a header's name
SESSION_HEADER = "X-DOMO-Authentication"
LOGIN_PATH = "/api/content/v2/authentication"


@define
class Authentication:
    """The tokens that the instance accepts.

    Attributes:
        token: The developer token.
    """

    token: str
    _sessions: set[str] = field(factory=set)

    def check(self, path: str, headers: Mapping[str, str]) -> None:
        """Let a request pass.

        Raises:
            Refusal: 401, if it brings no valid token.
        """
        if path == LOGIN_PATH:
            return
        token = headers.get(TOKEN_HEADER)
        if token is not None and hmac.compare_digest(token.encode(), self.token.encode()):
            return
        if headers.get(SESSION_HEADER) in self._sessions:
            return
        raise Refusal(401, "Unauthorized: the access token is missing, invalid or expired")

    def new_session(self, password: str) -> str | None:
        """Return a new session token, or None for a wrong password.

        Emulator-defined: there is one user, any address is theirs, and the password is the developer token.
        """
        if not hmac.compare_digest(password.encode(), self.token.encode()):
            return None
        session = secrets.token_hex(16)
        self._sessions.add(session)
        return session
