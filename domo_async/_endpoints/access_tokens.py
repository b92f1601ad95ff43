"""Access tokens: the developer tokens of an instance's users. Domo's own data service has the routes."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._frames import ItemTuple
from domo_async._redaction import Secret
from domo_async._transport import Pager, url
from domo_async._wire import EpochMillis, Model, NumericId, epoch_millis, payload

__all__ = ["AccessToken", "AccessTokens", "NewAccessToken"]


@frozen(kw_only=True)
class AccessToken(Model):
    """An access token, without its value.

    Attributes:
        id: The identifier to revoke it by.
        name: Its name.
        owner_id: The user that it belongs to.
        owner_name: That user's name.
        owner_email: That user's address.
        expires: When it expires.
    """

    id: NumericId | str
    name: str | None = None
    owner_id: NumericId | None = None
    owner_name: str | None = None
    owner_email: str | None = None
    expires: EpochMillis | None = None


@frozen(kw_only=True)
class NewAccessToken(AccessToken):
    """An access token that was just created.

    Attributes:
        token: Its value, which the instance returns only this once: `token.get_secret_value()` returns it, and `Domo`
            accepts it as it is.
    """

    token: Secret[str]


class AccessTokens(Area):
    """Access tokens: the developer tokens of an instance's users."""

    def list(self) -> Pager[AccessToken]:
        """Iterate over the access tokens that the token's owner may see.

        `GET /api/data/v1/accesstokens`. Seen: Domo's own data service has it without pages, and other clients use it.
        """
        return self._http.whole_list("GET", url("/api/data/v1/accesstokens"), into=ItemTuple[AccessToken], read=tuple)

    async def create(self, *, name: str, owner_id: int | str, expires: datetime) -> NewAccessToken:
        """Create an access token.

        `POST /api/data/v1/accesstokens`. Seen: an answer was captured from an instance, Domo's own data service has the
        route, and other clients use it.

        Example:
            created = await domo.access_tokens.create(
                name="nightly", owner_id=27, expires=datetime.now(UTC) + timedelta(days=90)
            )
            async with Domo("acme", token=created.token) as client:
                print(await client.users.me())

        Args:
            name: Its name.
            owner_id: The user that it belongs to.
            expires: When it expires, with a time zone.

        Returns:
            The token; store its value, because it cannot be read again.

        Raises:
            ConfigError: `expires` has no time zone.
            BadRequest: The user does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v1/accesstokens"),
            json=payload(name=name, owner_id=owner_id, expires=epoch_millis(expires)),
            into=NewAccessToken,
        )

    async def revoke(self, token_id: int | str, /) -> None:
        """Revoke an access token.

        `DELETE /api/data/v1/accesstokens/{token_id}`. Seen: Domo's own data service has it, and other clients use it.

        Args:
            token_id: The token's id, not its value.

        Raises:
            NotFound: The token does not exist.
        """
        await self._http.request("DELETE", url("/api/data/v1/accesstokens/{}", token_id))
