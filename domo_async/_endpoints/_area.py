"""What all areas of the API share."""

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
    """Which way to sort."""

    ASC = "ASC"
    DESC = "DESC"

    @classmethod
    def of(cls, *, ascending: bool) -> SortOrder:
        """Return the order in which the smallest comes first, or last."""
        return cls.ASC if ascending else cls.DESC


def require_changes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a body of changes, of which there is at least one.

    Raises:
        ConfigError: There is none.
    """
    if not body:
        raise ConfigError("nothing is given to change")
    return body


def require_list(values: Iterable[T], name: str, *, may_be_empty: bool = False) -> list[T]:
    """Return the values of a list that is to be sent.

    Args:
        values: The values.
        name: The parameter, as messages call it.
        may_be_empty: Whether an empty list means something, such as that nothing is to be left.

    Raises:
        ConfigError: They are one text, which would be taken apart into its letters; or there are none.
    """
    if isinstance(values, str | bytes):
        raise ConfigError(f"{name} takes a list; write [{values!r}] for a single one")
    require_changes = list(values)
    if not require_changes and not may_be_empty:
        raise ConfigError(f"{name} is empty")
    return require_changes


def one_or_several(values: str | Iterable[str] | None, name: str) -> str | list[str] | None:
    """Return what a query asks for: a value, or several of which any may be, or None for all.

    Args:
        values: The value, or the values.
        name: The parameter, as messages call it.

    Raises:
        ConfigError: There are no values.
    """
    return values if values is None or isinstance(values, str) else require_list(values, name)
