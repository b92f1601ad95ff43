"""The dialect: how SQLAlchemy connects, what it may expect, and how it learns of datasets and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.mysql.base import MySQLCompiler, MySQLDialect
from sqlalchemy.engine import URL, default, reflection
from sqlalchemy.engine.interfaces import DBAPIConnection, ReflectedColumn
from sqlalchemy.exc import ArgumentError, CompileError, NoSuchTableError
from sqlalchemy.sql.selectable import GenerativeSelect

from domo_async import dbapi
from domo_async._dbapi.address import Address
from domo_async._dbapi.errors import CONNECTION_CLOSED, FORKED
from domo_async._dbapi.statements import SCHEMA
from domo_async._redaction import Secret
from domo_async._sqlalchemy.types import COLSPECS
from domo_async.errors import ConfigError

__all__ = ["DomoCompiler", "DomoDialect"]

_ALL_ROWS = (1 << 63) - 1


class DomoCompiler(MySQLCompiler):
    """The compiler of statements."""

    def limit_clause(self, select: GenerativeSelect, **kw: Any) -> str:
        """Return LIMIT and OFFSET in the form that other statements of this library have, too."""
        limit, offset = select._limit_clause, select._offset_clause  # noqa: SLF001 - as other dialects read them
        return "" if limit is None and offset is None else self._limit(limit, offset, **kw)

    def fetch_clause(self, select: GenerativeSelect, *_: Any, **kw: Any) -> str:
        """Return FETCH FIRST as LIMIT and OFFSET.

        Raises:
            CompileError: It asks for a percentage of the rows, or for ties.
        """
        if any((select._fetch_clause_options or {}).values()):  # noqa: SLF001 - as other dialects read them
            raise CompileError("Domo's SQL does not have FETCH with PERCENT or WITH TIES: use limit()")
        return self._limit(select._fetch_clause, select._offset_clause, **kw)  # noqa: SLF001 - as above

    def _limit(self, limit: ColumnElement[Any] | None, offset: ColumnElement[Any] | None, **kw: Any) -> str:
        text = f"\n LIMIT {_ALL_ROWS if limit is None else self.process(limit, **kw)}"
        return text if offset is None else f"{text} OFFSET {self.process(offset, **kw)}"


_TYPES: dict[str, type[types.TypeEngine[Any]]] = {
    "text": types.Text,
    "bigint": types.BigInteger,
    "double": types.Double,
    "decimal": types.Numeric,
    "date": types.Date,
    "datetime": types.DateTime,
}


class DomoExecutionContext(default.DefaultExecutionContext):
    """The execution of a statement. All results are streamed, so a cursor for streams is like any other."""

    def create_server_side_cursor(self) -> Any:
        """Return a cursor."""
        return self._dbapi_connection.cursor()


class DomoDialect(MySQLDialect):
    """Datasets of an instance as tables, read only."""

    name = "domo"
    driver = "rest"
    statement_compiler = DomoCompiler
    execution_ctx_cls = DomoExecutionContext
    colspecs = {**MySQLDialect.colspecs, **COLSPECS}  # noqa: RUF012 - not declared as one of the class
    default_paramstyle = "qmark"
    default_schema_name = SCHEMA
    default_isolation_level = "AUTOCOMMIT"
    supports_statement_cache = True
    supports_server_side_cursors = True
    supports_native_decimal = True
    supports_native_enum = False
    supports_alter = False
    supports_sane_rowcount = False
    supports_comments = True
    insert_returning = update_returning = delete_returning = False
    use_insertmanyvalues = False
    postfetch_lastrowid = False
    # The names of columns may be long, and so may labels.
    max_identifier_length = 255
    _support_float_cast = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the module of PEP 249."""
        return dbapi

    @classmethod
    def get_async_dialect_cls(cls, url: URL) -> type[DomoDialect]:
        """Return the dialect that ``create_async_engine`` uses."""
        found: type[DomoDialect] = registry.load("domo.async")
        return found

    def create_connect_args(self, url: URL) -> Any:
        """Return the arguments of `domo_async.dbapi.connect`.

        Raises:
            ArgumentError: A part of the URL is unknown or does not fit.
        """
        options = {name: [value] if isinstance(value, str) else value for name, value in url.query.items()}
        password = url.password
        token = None if password is None else Secret(str(password))
        del password
        try:
            found = Address.of_parts(
                host=url.host, port=url.port, user=url.username, token=token, path=url.database, options=options
            )
        except ConfigError as error:
            raise ArgumentError(str(error)) from error
        return (), {
            "instance": found.instance,
            "token": found.token,
            "profile": found.profile,
            "dataset": found.dataset,
        }

    def initialize(self, connection: Connection) -> None:
        """Ask nothing: what other databases tell of themselves is known here."""

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Ask the instance who the token belongs to, which shows that it answers and takes the token."""
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute("SELECT CURRENT_USER()")
        finally:
            cursor.close()
        return True

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """Return whether a connection is closed or another process's; any other has no state that could be lost."""
        return isinstance(e, dbapi.InterfaceError) and str(e) in {CONNECTION_CLOSED, FORKED}

    def get_isolation_level_values(self, dbapi_conn: DBAPIConnection) -> Sequence[Any]:
        """Return the one that there is."""
        return ["AUTOCOMMIT"]

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: Any) -> None:
        """Do nothing: only the one that there is gets here."""

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> Any:
        """Return AUTOCOMMIT: each query sees the data of its own time."""
        return "AUTOCOMMIT"

    # What inspectors ask is answered by the connection, as statements: so async engines have it, too.

    def get_schema_names(self, connection: Connection, **kw: Any) -> list[str]:
        """Return the one schema."""
        return [SCHEMA]

    # An inspector keeps the answers, as reflection asks for each table many times.

    @reflection.cache
    def get_table_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the names of all datasets; for those whose name others have as well, the ids."""
        if not _is_ours(schema):
            return []
        found = connection.exec_driver_sql("SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES").all()
        _kept(kw).update((name, comment) for name, comment in found)
        return [name for name, _ in found]

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return whether there is a dataset of a name or an id."""
        try:
            self.get_table_comment(connection, table_name, schema, **kw)
        except NoSuchTableError:
            return False
        return True

    @reflection.cache
    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedColumn]:
        """Return the columns of a dataset.

        Raises:
            NoSuchTableError: The dataset does not exist.
        """
        sql = (
            "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_NAME = ?"
            " ORDER BY ORDINAL_POSITION"
        )
        rows = connection.exec_driver_sql(sql, (table_name,)).all() if _is_ours(schema) else []
        if not rows:
            raise NoSuchTableError(table_name)
        return [
            {
                "name": name,
                "type": _TYPES.get(type_, types.String)(),
                "nullable": True,
                "default": None,
                "autoincrement": False,
            }
            for name, type_ in rows
        ]

    def get_table_comment(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Return the description of a dataset.

        Raises:
            NoSuchTableError: The dataset does not exist.
        """
        kept = _kept(kw)
        if not _is_ours(schema):
            raise NoSuchTableError(table_name)
        if table_name not in kept:
            sql = "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_NAME = ?"
            row = connection.exec_driver_sql(sql, (table_name,)).first()
            if row is None:
                raise NoSuchTableError(table_name)
            kept[table_name] = row[0]
        return {"text": kept[table_name] or None}

    def get_pk_constraint(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Return none: datasets have no keys."""
        self.get_table_comment(connection, table_name, schema, **kw)
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Return none."""
        self.get_table_comment(connection, table_name, schema, **kw)
        return []

    get_indexes = get_unique_constraints = get_check_constraints = get_foreign_keys

    def get_table_options(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Return none."""
        self.get_table_comment(connection, table_name, schema, **kw)
        return {}

    def get_view_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:
        """Return none: those that Domo calls views are datasets, too."""
        return []

    get_temp_table_names = get_temp_view_names = get_materialized_view_names = get_sequence_names = get_view_names

    def get_view_definition(self, connection: Connection, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """Raise an error, as Domo does not have views.

        Raises:
            NoSuchTableError: Always.
        """
        raise NoSuchTableError(view_name)

    def has_sequence(self, connection: Connection, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Return False: there are none."""
        return False


def _kept(kw: dict[str, Any]) -> dict[str, str]:
    """Return the descriptions of datasets that an inspector knows, by name."""
    kept: dict[str, str] = kw.get("info_cache", {}).setdefault("domo", {})
    return kept


def _is_ours(schema: str | None) -> bool:
    return schema is None or schema.lower() == SCHEMA
