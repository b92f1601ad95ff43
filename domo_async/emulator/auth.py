"""Who is asking: developer tokens, and session tokens made from passwords."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from attrs import define, field

from domo_async.emulator.errors import Refusal

TOKEN_HEADER = "X-DOMO-Developer-Token"  # noqa: S105 - a header's name
SESSION_HEADER = "X-DOMO-Authentication"
LOGIN_PATH = "/api/content/v2/authentication"
OWNER_ID = 1


@define
class Authentication:
    """The tokens that the instance accepts.

    Attributes:
        token: The developer token of the instance's owner.
        tokens: The other users' developer tokens, each with its user.
    """

    token: str
    tokens: dict[str, int] = field(factory=dict, repr=False)
    _sessions: dict[str, int] = field(factory=dict, repr=False)

    def user_of(self, path: str, headers: Mapping[str, str]) -> int:
        """Return the user whom a request comes from; the owner, where nobody needs to be known.

        Raises:
            Refusal: 401, if it brings no valid token.
        """
        if path == LOGIN_PATH:
            return OWNER_ID
        token = headers.get(TOKEN_HEADER)
        if token is not None:
            if hmac.compare_digest(token.encode(), self.token.encode()):
                return OWNER_ID
            if token in self.tokens:
                return self.tokens[token]
        session = headers.get(SESSION_HEADER)
        if session is not None and session in self._sessions:
            return self._sessions[session]
        raise Refusal(401, "Unauthorized: the access token is missing, invalid or expired")

    def is_owners(self, password: str) -> bool:
        """Return whether a password is the owner's, which is the developer token (emulator-defined)."""
        return hmac.compare_digest(password.encode(), self.token.encode())

    def new_session(self, user_id: int) -> str:
        """Return a new session token of a user."""
        session = secrets.token_hex(16)
        self._sessions[session] = user_id
        return session

    def forget(self, user_id: int) -> None:
        """Let a user's tokens and sessions no longer be valid."""
        for kept in (self.tokens, self._sessions):
            for token in [token for token, user in kept.items() if user == user_id]:
                del kept[token]
