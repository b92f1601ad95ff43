"""Enums that stay open: Domo adds values faster than libraries are released."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["OpenEnum"]


class OpenEnum(StrEnum):
    """A string enum in which a value that this release does not know survives.

    ``Status("BRAND_NEW")`` gives a member-like object of the enum's type. It equals its string, can be
    pickled and tells by `known` that it has no name here; iteration lists the known members alone.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Not remembered: answers could otherwise grow the enum without bound. Equality is the string's.
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def known(self) -> bool:
        """Whether this release knows the value by name."""
        return self._value_ in type(self)._value2member_map_
