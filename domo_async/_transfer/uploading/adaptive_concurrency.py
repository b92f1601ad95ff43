"""How many parts are under way at once. Pure: times are passed in."""

from __future__ import annotations

from typing import Literal

from attrs import define, field

__all__ = ["MOST", "START", "AdaptiveConcurrency"]

START = 8
MOST = 32
_LEAST = 2
# More parts at once have to bring that much more to be worth their connections, and fewer may cost so little.
_GAIN = 1.15
_LOSS = 0.95


@define
class AdaptiveConcurrency:
    """More parts at once while that brings more, fewer when the instance struggles or fewer do as well.

    Throughput is measured in rounds of as many parts as are under way. As long as each round is faster than the best
    before it, the number doubles. When the first doubling brings nothing, the number is halved as long as that costs
    nothing. Then it stays. A part that has to be sent again halves it, once a round.

    Attributes:
        limit: How many parts may be under way.
        most: The most parts at once.
        fixed: Whether `limit` stays as it is.
        rate: Bytes a second in the last round that ended; None before.
    """

    limit: int = START
    most: int = MOST
    fixed: bool = False
    rate: float | None = field(default=None, init=False)
    _best: float = field(default=0.0, init=False)
    _settled: int = field(default=0, init=False)
    _phase: Literal["growing", "shrinking", "staying"] = field(default="growing", init=False)
    _troubled: bool = field(default=False, init=False)
    _begun: float | None = field(default=None, init=False)
    _bytes: int = field(default=0, init=False)
    _parts: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Keep a number that was asked for."""
        if self.fixed:
            self._phase = "staying"

    def began(self, now: float) -> None:
        """Note that a part is on its way."""
        if self._begun is None:
            self._begun = now

    def done(self, size: int, now: float) -> None:
        """Note that a part of `size` bytes has arrived."""
        self._bytes += size
        self._parts += 1
        if self._parts < self.limit or self._begun is None or now <= self._begun:
            return
        self.rate = self._bytes / (now - self._begun)
        self._begun, self._bytes, self._parts = now, 0, 0
        self._troubled = False
        if self._phase == "growing":
            self._grow(self.rate)
        elif self._phase == "shrinking":
            self._shrink(self.rate)

    def struggled(self) -> None:
        """Note that a part has to be sent again: the instance failed, refused or kept silent."""
        if self.fixed or self._troubled:
            return
        self._troubled = True
        self._phase = "staying"
        self.limit = max(1, self.limit // 2)

    def _grow(self, rate: float) -> None:
        if rate >= self._best * _GAIN:
            self._best, self._settled = rate, self.limit
            self.limit = min(2 * self.limit, self.most)
            if self.limit == self._settled:
                self._phase = "staying"
        elif self._settled == START:
            self._phase, self.limit = "shrinking", START // 2
        else:
            self._phase, self.limit = "staying", self._settled

    def _shrink(self, rate: float) -> None:
        if rate < self._best * _LOSS:
            self._phase, self.limit = "staying", self._settled
            return
        self._settled = self.limit
        if self.limit == _LEAST:
            self._phase = "staying"
        else:
            self.limit //= 2
