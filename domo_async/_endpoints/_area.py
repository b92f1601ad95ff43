"""The parts that all areas of the API share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from domo_async._endpoints._operations import watch_methods
from domo_async._tracebacks import shorten_methods
from domo_async._transport import Transport
from domo_async._wire import OpenEnum
from domo_async.errors import ConfigError

__all__ = ["Area", "SortOrder", "one_or_several", "require_changes", "require_list"]

T = TypeVar("T")


class Area:
    """A group of endpoints: thin coroutines over one transport.

    The synchronous facade is generated from the subclasses' public methods and sub areas.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        watch_methods(cls)
        shorten_methods(cls)

    def __init__(self, http: Transport) -> None:
        self._http = http


class SortOrder(OpenEnum):
    """The direction to sort in."""

    ASC = "ASC"
    DESC = "DESC"

    @classmethod
    def of(cls, *, ascending: bool) -> SortOrder:
        """Return the sort order: ascending or descending."""
        return cls.ASC if ascending else cls.DESC


def require_changes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body of a change request, which must have at least one field.

    Raises:
        ConfigError: The body is empty.
    """
    if not body:
        raise ConfigError("no change was given: pass at least one field to change")
    return body


def require_list(values: Iterable[T], name: str, *, may_be_empty: bool = False) -> list[T]:
    """Return the values of a list to send.

    Args:
        values: The values.
        name: The name of the parameter, for error messages.
        may_be_empty: Whether an empty list is allowed, for example to remove everything.

    Raises:
        ConfigError: `values` is a str, which would be split into its letters, or the list is empty.
    """
    if isinstance(values, str | bytes):
        raise ConfigError(f"{name} takes a list; write [{values!r}] for a single one")
    listed = list(values)
    if not listed and not may_be_empty:
        raise ConfigError(f"{name} is empty: pass at least one value")
    return listed


def one_or_several(values: str | Iterable[str] | None, name: str) -> str | list[str] | None:
    """Return the values of a query filter: one value, a list of alternatives, or None for no filter.

    Args:
        values: The value, or the values.
        name: The name of the parameter, for error messages.

    Raises:
        ConfigError: The list is empty.
    """
    return values if values is None or isinstance(values, str) else require_list(values, name)
