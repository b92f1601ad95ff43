"""Open enums: Domo adds values faster than libraries are released."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["OpenEnum"]


class OpenEnum(StrEnum):
    """A string enum that accepts values which this release does not know.

    ``Status("BRAND_NEW")`` returns a member-like object of the enum's type. It equals its string, can be pickled, and
    its `known` is False; iteration lists only the known members.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Not cached: answers could otherwise grow the enum without bound. Equality is that of the string.
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def known(self) -> bool:
        """Whether this release knows the value by name."""
        return self._value_ in type(self)._value2member_map_
