"""Datasets as tables of a database: PEP 249 (DB-API 2.0), read only; it needs the extra ``dbapi``.

```python
from domo_async import dbapi

with dbapi.connect("domo://acme") as connection, connection.cursor() as cursor:
    cursor.execute("SELECT region, amount FROM Orders WHERE amount > ?", [100])
    for region, amount in cursor:
        print(region, amount)
```

A dataset is called by its name or by its id; a name that several datasets have is refused, and the error lists their
ids. Rows are streamed, and `Cursor.fetch_arrow_table` and `Cursor.fetch_record_batch` give them as Arrow, as ADBC's
cursors do. A query reads one dataset, as Domo's own do. Nothing is ever written: other statements are refused before
anything is sent.

With the extra ``sqlalchemy``, SQLAlchemy knows ``domo://`` as well: ``create_engine("domo://acme")``, and
``create_async_engine("domo://acme")``.
"""

from __future__ import annotations

from domo_async.errors import ConfigError

try:
    from domo_async._dbapi.connection import Connection, Cursor, connect
except ModuleNotFoundError as _missing:
    if str(_missing.name).partition(".")[0] not in {"sqlglot", "pyarrow"}:
        raise
    raise ConfigError('this needs sqlglot and pyarrow: pip install "domo-async[dbapi]"') from _missing
from domo_async._dbapi.buffer import Row
from domo_async._dbapi.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 - PEP 249's name
)
from domo_async._dbapi.types import (
    BINARY,
    DATETIME,
    NUMBER,
    ROWID,
    STRING,
    Binary,
    Date,
    DateFromTicks,
    Description,
    DescriptionItem,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
    TypeObject,
)

__all__ = [
    "BINARY",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Description",
    "DescriptionItem",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Row",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "TypeObject",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel: str = "2.0"
"""The version of the DB-API."""
threadsafety: int = 2
"""Threads may share the module and connections."""
paramstyle: str = "qmark"
"""Placeholders are ``?``; with a mapping of values, they are ``:name``."""
