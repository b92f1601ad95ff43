"""Limits on the work that the content of a request can cause."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field

from domo_async._emulator.errors import HTTPError

__all__ = ["Budget", "check_size", "wildcard"]


@define
class Budget:
    """The time budget of one request; may be used from any thread.

    Attributes:
        limit: The seconds from now that the work may take.
        wanted: A function that says whether the client still waits for the answer.
    """

    limit: float
    wanted: Callable[[], bool] = lambda: True
    _ends: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ends = time.monotonic() + self.limit

    def check(self) -> None:
        """Check that there is time left and that the client still waits.

        Raises:
            HTTPError: 400, if the work took too long; 503, if the client has gone.
        """
        if time.monotonic() > self._ends:
            raise HTTPError(400, f"The query takes longer than {self.limit:g} seconds")
        if not self.wanted():
            raise HTTPError(503, "Nobody waits for the answer")


def check_size(said: object, most: int, what: str) -> None:
    """Refuse JSON with too many parts: values and objects at all depths.

    Args:
        said: JSON from a request.
        most: The most parts.
        what: The name of the value in the error message.

    Raises:
        HTTPError: 400, if there are more parts.
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
    """Return a function that says whether a whole text matches a pattern, ignoring case, in linear time.

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
