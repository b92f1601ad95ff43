"""How much one answer may hold."""

from __future__ import annotations

from attrs import field, frozen

from domo_async._settings import at_least

__all__ = ["LEAST_CHARACTERS", "Limits"]

LEAST_CHARACTERS: int = 2000


@frozen(kw_only=True)
class Limits:
    """The limits of an answer, which has to fit into a model's window.

    Attributes:
        rows: The most rows of data, or items of a list.
        characters: The most characters of an answer as JSON.
        answer_bytes: The most bytes that are read of an answer of the instance.
        seconds: The most seconds that a call may take.
    """

    rows: int = field(default=200, validator=at_least(1))
    characters: int = field(default=20_000, validator=at_least(LEAST_CHARACTERS))
    answer_bytes: int = field(default=64 << 20, validator=at_least(1 << 16))
    seconds: float = field(default=120.0, validator=at_least(0.001))
