"""The dialect of async engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import pool
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.engine import URL

from domo_async import dbapi
from domo_async._dbapi.address import Address
from domo_async._dbapi.aio import AsyncConnection
from domo_async._dbapi.errors import tells_connecting
from domo_async._redaction import Secret
from domo_async._sqlalchemy.dialect import DomoDialect, DomoExecutionContext

__all__ = ["AsyncDomoDialect"]


class _Module:
    """`domo_async.dbapi` with connections that SQLAlchemy awaits."""

    def __init__(self) -> None:
        for name in dbapi.__all__:
            if name not in {"Connection", "Cursor", "connect"}:
                setattr(self, name, getattr(dbapi, name))

    @tells_connecting
    def connect(self, *, token: Secret[str] | str | None = None, **options: Any) -> AsyncAdapt_dbapi_connection:
        """Return a connection; the options are those of `domo_async.dbapi.connect`, without its URL."""
        token = Secret.of(token)
        connection: Any = AsyncConnection(Address(token=token, **options))
        return AsyncAdapt_dbapi_connection(self, connection)


class _ExecutionContext(DomoExecutionContext):
    def create_server_side_cursor(self) -> Any:
        """Return a cursor whose rows are awaited one by one."""
        return self._dbapi_connection.cursor(server_side=True)


class AsyncDomoDialect(DomoDialect):
    """Datasets of an instance as tables, for ``create_async_engine``."""

    is_async = True
    supports_statement_cache = True
    execution_ctx_cls = _ExecutionContext

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the module of PEP 249, adapted."""
        return _Module()

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        """Return the pool of async engines."""
        return pool.AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        """Return the connection underneath."""
        return connection._connection  # noqa: SLF001 - as SQLAlchemy's own dialects do
