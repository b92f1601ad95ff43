"""The value of an argument that was not given, as opposed to `None`, which is sent as null."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

__all__ = ["UNSET", "Unset"]


class Unset(Enum):
    """The type of `UNSET`: annotate an argument that may be left out as ``str | None | Unset = UNSET``."""

    # An empty frozenset has no JSON form, so an UNSET that slips into a body is refused instead of sent.
    UNSET = frozenset[object]()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __str__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Not given: the key is left out of the request."""
