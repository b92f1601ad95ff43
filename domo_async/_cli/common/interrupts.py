"""Commands that end early: by Ctrl-C, and by what service managers and terminals that close send."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

__all__ = ["Interrupted", "catch_signals", "run"]

T = TypeVar("T")

_NAMES = {"SIGINT": "Interrupted", "SIGTERM": "Terminated", "SIGHUP": "Hung up"}
_SIGNALS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


class Interrupted(BaseException):
    """A signal asks the command to end.

    It is no `KeyboardInterrupt`, of which typer makes an exit code of its own.

    Attributes:
        signal: Which one.
    """

    def __init__(self, number: int) -> None:
        self.signal: signal.Signals = signal.Signals(number)
        super().__init__(_NAMES[self.signal.name])

    @property
    def exit_code(self) -> int:
        """The exit code that shells give to a process that a signal ended."""
        return 128 + self.signal


def catch_signals() -> None:
    """Let signals that ask the process to end raise `Interrupted`, but those that are ignored, as under ``nohup``."""
    _handle(_raise)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end as `asyncio.run` does; the first signal cancels it, a second ends it at once.

    Raises:
        Interrupted: A signal came; its cause is the cancellation, whose notes tell what became of the work.
    """
    received: list[int] = []

    async def watched() -> T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

        def cancel(number: int, _: FrameType | None) -> None:
            if received:
                raise Interrupted(number)
            received.append(number)
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)

        with _handling(cancel):
            return await main

    watching = watched()
    try:
        return asyncio.run(watching)
    except asyncio.CancelledError as cancelled:
        if not received:
            raise
        raise Interrupted(received[0]) from cancelled
    finally:
        # It was never begun if a signal came before the loop ran.
        watching.close()
        main.close()


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = _handle(handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _handle(handler: Callable[[int, FrameType | None], object]) -> dict[int, Any]:
    """Set what handles the signals that are not ignored, and return what did so before."""
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    return {number: signal.signal(number, handler) for number in heeded}


def _raise(number: int, _: FrameType | None) -> None:
    raise Interrupted(number)
