"""Clients for the connections that Airflow keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from airflow.sdk import BaseHook, Connection

from domo_async import Domo
from domo_async._redaction import Secret
from domo_async.errors import ConfigError, DomoError
from domo_async.sync import Domo as SyncDomo

__all__ = ["DomoHook"]

C = TypeVar("C", Domo, SyncDomo)


class DomoHook(BaseHook):
    """Clients for an instance of Airflow's connections.

    The connection's host is the instance (``acme``, ``acme.domo.com`` or a URL) and its password a developer token. Its
    extra field ``profile`` names a profile of the worker instead. A connection without any of them stands for what the
    worker's environment says, as for `Domo.from_env`.

    ```python
    with DomoHook().get_conn() as domo:
        table = domo.datasets.query(dataset_id, "SELECT COUNT(*) FROM table")
    ```

    Args:
        domo_conn_id: The connection.
        **kwargs: As every hook of Airflow takes them.
    """

    conn_name_attr = "domo_conn_id"
    default_conn_name = "domo_default"
    conn_type = "domo"
    hook_name = "Domo"

    def __init__(self, domo_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.domo_conn_id = domo_conn_id

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Return how the form for connections shows the fields."""
        return {
            "hidden_fields": ["schema", "port", "login"],
            "relabeling": {"host": "Instance", "password": "Developer token"},
            "placeholders": {"host": "acme, acme.domo.com or a URL"},
        }

    def get_conn(self) -> SyncDomo:
        """Return a client, to be used as a context manager.

        Raises:
            ConfigError: The instance, the token or the profile is missing or wrong.
        """
        return _client(self.get_connection(self.domo_conn_id), SyncDomo, SyncDomo.from_profile, SyncDomo.from_env)

    async def get_async_conn(self) -> Domo:
        """Return a client to be awaited, for triggers: ``async with await hook.get_async_conn() as domo``.

        Raises:
            ConfigError: The instance, the token or the profile is missing or wrong.
        """
        return _client(await self.aget_connection(self.domo_conn_id), Domo, Domo.from_profile, Domo.from_env)

    def test_connection(self) -> tuple[bool, str]:
        """Return whether the instance accepts the token, and a message for the user."""
        try:
            with self.get_conn() as domo:
                user = domo.users.me()
        except DomoError as error:
            return False, str(error)
        return True, f"{domo.origin} accepts the token of {user.display_name}"


def _client(
    connection: Connection, of_token: Callable[..., C], of_profile: Callable[[str], C], of_env: Callable[[], C]
) -> C:
    host, token = connection.host, Secret.of(connection.password or None)
    profile = connection.extra_dejson.get("profile")
    if profile and not (host or token):
        return of_profile(str(profile))
    if not (host or token):
        return of_env()
    if not host or token is None or profile:
        raise ConfigError(
            f"connection {connection.conn_id} needs an instance as its host and a developer token as its password, or"
            " the extra field profile, or none of them (then the worker's environment names instance and token)"
        )
    if "://" not in host and (connection.port or connection.schema):
        host = f"{connection.schema or 'https'}://{host}" + (f":{connection.port}" if connection.port else "")
    return of_token(host, token=token)
