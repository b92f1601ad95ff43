"""Authentication by developer tokens, and by session tokens that a login by password gives."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

from aiohttp import web
from attrs import define, field, frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.state.records import OWNER_ID, Records
from domo_async._redaction import Secret

TOKEN_HEADER = "X-DOMO-Developer-Token"  # noqa: S105 - a header's name
SESSION_HEADER = "X-DOMO-Authentication"
LOGIN_PATH = "/api/content/v2/authentication"
OPEN_PATHS = frozenset({LOGIN_PATH, *(f"/api/oauth2/{path}" for path in ("device_authorization", "token", "sid"))})
"""The paths that are served without a token, or whose handlers check a token of another type themselves."""

_ACCESS_TOKENS = "access_tokens"
_PASSWORDS = "passwords"


@frozen
class Session:
    """A login.

    Attributes:
        number: The number by which the login is ended.
        user_id: The user who logged in.
    """

    number: int
    user_id: int


@define
class Authentication:
    """The tokens that the instance accepts.

    Attributes:
        token: The developer token of the instance's owner.
        records: The instance's records, which hold the access tokens and passwords of all users as digests.
        tokens: Further developer tokens, each with its user; they are not saved.
    """

    token: Secret[str]
    records: Records = field(factory=Records, repr=False)
    tokens: dict[str, int] = field(factory=dict, repr=False)
    _sessions: dict[str, int] = field(factory=dict, repr=False, alias="sessions")

    def user_of(self, path: str, headers: Mapping[str, str]) -> int:
        """Return the user who sent a request; the owner, for paths that are served without a token.

        Raises:
            HTTPError: 401, if the request has no valid token.
        """
        if path in OPEN_PATHS:
            return OWNER_ID
        token = headers.get(TOKEN_HEADER)
        if token is not None:
            if self._is_owners(token):
                return OWNER_ID
            if token in self.tokens:
                return self.tokens[token]
            user_id = self._user_of_access_token(token)
            if user_id is not None:
                return user_id
        session = headers.get(SESSION_HEADER)
        if session is not None and (user := self.user_of_session(session)) is not None:
            return user
        raise HTTPError(401, "Unauthorized: the access token is missing, invalid or expired")

    def known_tokens(self) -> list[str]:
        """Return the tokens that are known in clear text, so that they can be removed from displayed texts."""
        return [self.token.get_secret_value(), *self.tokens]

    def new_access_token(self, token_id: int) -> tuple[str, str]:
        """Return the value of a new access token, which begins with the token's id, and its digest, to be stored."""
        value = f"{token_id}-{secrets.token_hex(32)}"
        return value, _digest(value)

    def _user_of_access_token(self, token: str) -> int | None:
        record = self.records[_ACCESS_TOKENS].find(token.partition("-")[0])
        if record is None or record["expires"] <= time.time() * 1000:
            return None
        owner: int = record["ownerId"]
        return owner if hmac.compare_digest(_digest(token), record["digest"]) else None

    def set_password(self, user_id: int, password: str) -> None:
        """Set a user's password in place of the former one."""
        salt = secrets.token_hex(8)
        self.records[_PASSWORDS].put(user_id, {"salt": salt, "digest": _slow_digest(password, salt)})

    def is_password(self, user_id: int, password: str) -> bool:
        """Return whether a password is valid; the owner's may also be the developer token (emulator-defined)."""
        kept = self.records[_PASSWORDS].find(user_id)
        if kept is not None and hmac.compare_digest(_slow_digest(password, kept["salt"]), kept["digest"]):
            return True
        return user_id == OWNER_ID and self._is_owners(password)

    def _is_owners(self, token: str) -> bool:
        owners = self.token.get_secret_value()
        return hmac.compare_digest(token.encode(errors="surrogateescape"), owners.encode())

    def user_of_session(self, session: str) -> int | None:
        """Return the id of a session's user; None if the session is not valid."""
        return self._sessions.get(_digest(session))

    def new_session(self, user_id: int) -> str:
        """Return a new session token of a user."""
        session = secrets.token_hex(16)
        # Only a digest is stored, which cannot be used to log in.
        self._sessions[_digest(session)] = user_id
        return session

    def sessions(self) -> list[Session]:
        """Return the valid logins of all users."""
        return [Session(_number(digest), user_id) for digest, user_id in self._sessions.items()]

    def end_session(self, number: str) -> bool:
        """End a login; return whether there was one with that number."""
        ended = [digest for digest in self._sessions if str(_number(digest)) == number]
        for digest in ended:
            del self._sessions[digest]
        return bool(ended)

    def forget(self, user_id: int) -> None:
        """Revoke a user's tokens, sessions and password."""
        for kept in (self.tokens, self._sessions):
            for token in [token for token, user in kept.items() if user == user_id]:
                del kept[token]
        for record in self.records[_ACCESS_TOKENS]:
            if record["ownerId"] == user_id:
                self.records[_ACCESS_TOKENS].remove(record["id"])
        if user_id in self.records[_PASSWORDS]:
            self.records[_PASSWORDS].remove(user_id)


def _number(digest: str) -> int:
    """Return the number of a login, which cannot be used as a token."""
    return int(digest[:12], 16)


AUTHENTICATION = web.AppKey("authentication", Authentication)


def authentication_of(request: web.Request) -> Authentication:
    """Return the tokens of the instance that the request is for."""
    return request.app[AUTHENTICATION]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _slow_digest(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=1024, r=8, p=1).hex()
