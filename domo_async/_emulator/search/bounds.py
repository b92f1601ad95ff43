"""What the work for one request may cost that its content asks for."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field

from domo_async._emulator.errors import HTTPError

__all__ = ["Budget", "check_size", "wildcard"]


@define
class Budget:
    """The time for the work of one request, which may be done in any thread.

    Attributes:
        limit: How long it may take, in seconds from now.
        wanted: Whether somebody still waits for the answer.
    """

    limit: float
    wanted: Callable[[], bool] = lambda: True
    _ends: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ends = time.monotonic() + self.limit

    def check(self) -> None:
        """Go on only while there is time, and somebody waits.

        Raises:
            HTTPError: 400, if it took too long; 503, if nobody waits for it.
        """
        if time.monotonic() > self._ends:
            raise HTTPError(400, f"The query takes longer than {self.limit:g} seconds")
        if not self.wanted():
            raise HTTPError(503, "Nobody waits for the answer")


def check_size(said: object, most: int, what: str) -> None:
    """Refuse what has too many parts: values and objects, however deep.

    Args:
        said: What a request says.
        most: The most parts.
        what: What it is, as a message says it.

    Raises:
        HTTPError: 400, if it has more.
    """
    count, heap = 0, [said]
    while heap:
        each = heap.pop()
        count += 1
        if count + len(heap) > most:
            raise HTTPError(400, f"{what} has more than {most} parts")
        if isinstance(each, dict):
            heap += each.values()
        elif isinstance(each, list):
            heap += each


def wildcard(pattern: str, mark: str) -> Callable[[str], bool]:
    """Return what says whether a whole text fits a pattern, in any case, in time that grows with their lengths alone.

    Args:
        pattern: The pattern.
        mark: The character that stands for any characters in it.
    """
    first, *others = pattern.lower().split(mark)
    if not others:
        return lambda text: text.lower() == first
    *middle, last = others

    def fits(text: str) -> bool:
        text = text.lower()
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for part in middle:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return fits
