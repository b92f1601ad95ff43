"""Numeric identifiers, which some routes write as numbers and others as text."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Annotated, Any, Final, get_origin

from domo_async._wire.errors import expected

__all__ = ["NUMERIC_ID", "NumericId", "id_or_text", "is_numeric_id", "read_numeric_id"]

_MOST_DIGITS = 20  # with a sign
_DIGITS = re.compile(r"-?[0-9]{1,19}")
NUMERIC_ID: Final = "an integer, perhaps as text"

NumericId = Annotated[int, NUMERIC_ID]
"""A number that may arrive as ``27`` or as ``"27"``."""


def id_or_text(value: str) -> int | str:
    """Return the identifier for a text that is either a `NumericId` or another identifier."""
    text = value.strip()
    # Most others are UUIDs, and this question is the faster one.
    return int(text) if len(text) <= _MOST_DIGITS and _DIGITS.fullmatch(text) else value


def is_numeric_id(into: Any) -> bool:
    """Return whether `into` is `NumericId`."""
    return get_origin(into) is Annotated and NUMERIC_ID in into.__metadata__


def read_numeric_id(value: object) -> int:
    """Return the number.

    Raises:
        DecodeError: The value is not an integer.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == value // 1:
        return int(value)
    raise expected(NUMERIC_ID, value)
