"""`Domo`: one instance, one transport, one attribute an area."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from domo_async.settings import Credentials, Settings, credentials_from_env, instance_origin
from domo_async.transport import QueryValue, Transport, raw_url
from domo_async.wire import UNSET, Unset, loads

if TYPE_CHECKING:
    import aiohttp

    from domo_async.endpoints.datasets import Datasets

__all__ = ["Domo"]


class Domo:
    """A Domo instance, to be awaited.

    Use it as a context manager, or call `close` in the end:

        async with Domo("acme", token="…") as domo:
            dataset = await domo.datasets.get("…")

    Args:
        instance: ``acme``, ``acme.domo.com`` or a URL.
        token: A developer token (Admin > Access tokens); it acts as the user who made it.
        session_token: Instead of `token`, a session token.
        settings: Timeouts, retries, limits and the rest; see `Settings`.
        session: An aiohttp session of your own to send through; it stays yours to close.

    Raises:
        ConfigError: The instance or the token cannot be one.
    """

    def __init__(
        self,
        instance: str,
        *,
        token: str | None = None,
        session_token: str | None = None,
        settings: Settings | None = None,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self._transport = Transport(
            instance_origin(instance),
            Credentials.of(token=token, session_token=session_token),
            settings if settings is not None else Settings(),
            session,
        )

    @classmethod
    def from_env(cls, *, settings: Settings | None = None) -> Self:
        """Return a client for the instance and token named by the environment.

        Reads ``DOMO_DEVELOPER_TOKEN`` and ``DOMO_BASE_URL`` or else ``DOMO_INSTANCE``.

        Args:
            settings: Timeouts, retries, limits and the rest.

        Raises:
            ConfigError: A variable is missing or wrong; says which.
        """
        instance, token = credentials_from_env()
        return cls(instance, token=token, settings=settings)

    def __repr__(self) -> str:
        return f"Domo({self._transport.origin!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections. The client cannot be used again."""
        await self._transport.close()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the instance, such as ``https://acme.domo.com``."""
        return self._transport.origin

    @property
    def settings(self) -> Settings:
        """How this client behaves."""
        return self._transport.settings

    @cached_property
    def datasets(self) -> Datasets:
        """Datasets: create, fill, query, export."""
        from domo_async.endpoints.datasets import Datasets  # noqa: PLC0415 - keeps `import domo_async` fast

        return Datasets(self._transport)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, QueryValue] | None = None,
        json: object | Unset = UNSET,
        idempotent: bool | None = None,
    ) -> Any:
        """Send any request, with the token, rate limits, retries and errors of this client.

        Args:
            method: The HTTP method, such as ``"GET"``.
            path: The path on the instance, such as ``"/api/data/v3/datasources"``, without a query.
            params: The query. None and UNSET are left out, booleans become ``true`` and ``false``, lists are joined by
                commas.
            json: The JSON body; None is sent as null.
            idempotent: Whether it may be sent again after a failure in which the instance may have carried it out;
                by default GET, HEAD, PUT and DELETE may, POST and PATCH may not.

        Returns:
            The answer's JSON, or None if it is empty.

        Raises:
            ConfigError: `path` is not a path on the instance.
            APIError: The instance answered with an error.
            TransportError: No usable answer came.
            DecodeError: The answer is not JSON.
        """
        content = await self._transport.raw(
            method.upper(), raw_url(path), params=params, json=json, idempotent=idempotent
        )
        return loads(content) if content.strip() else None
