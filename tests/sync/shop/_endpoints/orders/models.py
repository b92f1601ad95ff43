"""What orders look like."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

__all__ = ["ANY_STATE", "Order", "State"]

State: TypeAlias = Literal["open", "done", "any"]
ANY_STATE: Final = "any"


@frozen
class Order:
    """An order."""

    number: int
    text: str
