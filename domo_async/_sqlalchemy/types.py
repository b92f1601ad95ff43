"""Types of SQLAlchemy whose values Domo gives as text: always, or where they do not come from a column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, types

__all__ = ["COLSPECS"]


def _reading(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: read(value) if isinstance(value, str) else value


class _Date(types.Date):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _reading(date.fromisoformat)


class _DateTime(types.DateTime):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _reading(datetime.fromisoformat)


class _Time(types.Time):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _reading(time.fromisoformat)


class _Uuid(types.Uuid[Any]):
    """Written as uploads write it: with dashes."""

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: None if value is None else str(value)

    def literal_processor(self, dialect: Dialect) -> Any:
        return lambda value: f"'{UUID(str(value))}'"

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _reading(UUID if self.as_uuid else str)


COLSPECS: dict[type[types.TypeEngine[Any]], type[types.TypeEngine[Any]]] = {
    types.Date: _Date,
    types.DateTime: _DateTime,
    types.Time: _Time,
    types.Uuid: _Uuid,
}
"""The classes that do what the dialect needs, by what users write."""
