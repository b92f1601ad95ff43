"""What a caller decides about cells that Domo has no type for."""

from __future__ import annotations

from datetime import tzinfo
from typing import Literal

from attrs import frozen

from domo_async.errors import ConfigError

__all__ = ["CellRules"]


@frozen(kw_only=True)
class CellRules:
    """What is done with values that have no place in a dataset as they are.

    Attributes:
        zone: The zone that points in time with one are converted to before they are written without it, as Domo stores
            them; None refuses them.
        nested: Lists, dictionaries and structs are refused, or written as JSON to STRING columns.

    Raises:
        ConfigError: One of them is something else.
    """

    zone: tzinfo | None = None
    nested: Literal["refuse", "json"] = "refuse"

    def __attrs_post_init__(self) -> None:
        if self.zone is not None and not isinstance(self.zone, tzinfo):
            raise ConfigError(f'zone is a tzinfo such as ZoneInfo("Europe/Berlin"), not {self.zone!r}')
        if self.nested not in {"refuse", "json"}:
            raise ConfigError(f'nested is "refuse" or "json", not {self.nested!r}')
