"""Standard input, output and errors, whatever they are: closed, a full disk, a pipe that nobody reads."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["OutputFailed", "give_up_output", "prepare_streams"]


class OutputFailed(Exception):
    """Standard output cannot be written; says why.

    It is no `OSError`, which rich and typer would take for the end of the whole command.

    Attributes:
        unwanted: Whether it is so since whoever read it wants no more.
        lost: The bytes that were to be written.
    """

    def __init__(self, error: OSError, lost: bytes) -> None:
        super().__init__(error.strerror or str(error))
        self.unwanted: bool = error.errno == errno.EPIPE
        self.lost = lost


class _Waiting(io.FileIO):
    """Waits where it could not write at once, as other programs that share a terminal or a pipe may have asked for."""

    def write(self, content: ReadableBuffer, /) -> int:
        # The stubs do not say that it gives None then.
        taken: int | None = super().write(content)
        while taken is None:
            select.select([], [self], [])
            taken = super().write(content)
        return taken


class _Output(_Waiting):
    def write(self, content: ReadableBuffer, /) -> int:
        try:
            return super().write(content)
        except OSError as error:
            raise OutputFailed(error, bytes(content)) from None


class _Errors(_Waiting):
    """Where nobody can be told what went wrong, the exit code alone tells it."""

    def write(self, content: ReadableBuffer, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(memoryview(content))


def prepare_streams() -> None:
    """Let standard streams that are closed be there, and failures to write to them be told from all others.

    What was closed gets a descriptor that cannot be read or written, so that no file that is opened later becomes what
    it was.
    """
    if sys.stdin is None:
        unreadable = io.FileIO(os.open(os.devnull, os.O_WRONLY), "rb")
        sys.stdin = io.TextIOWrapper(io.BufferedReader(unreadable), encoding="utf-8")
    # A character that the terminal's encoding lacks is shown as a question mark.
    sys.stdout = _stream(sys.stdout, _Output, os.O_RDONLY, errors="replace")
    sys.stderr = _stream(sys.stderr, _Errors, os.O_WRONLY, errors="backslashreplace")


def _stream(
    given: io.TextIOWrapper | object | None, opener: type[io.FileIO], closed: int, *, errors: str
) -> io.TextIOWrapper:
    if given is None:
        raw = opener(os.open(os.devnull, closed), "wb")
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors=errors)
    assert isinstance(given, io.TextIOWrapper)  # noqa: S101 - as Python itself makes them
    if given.isatty() and sys.platform == "win32":
        given.reconfigure(errors=errors)
        return given
    return io.TextIOWrapper(
        io.BufferedWriter(opener(given.fileno(), "wb", closefd=False)),
        encoding=given.encoding,
        errors=errors,
        line_buffering=given.line_buffering,
        write_through=given.write_through,
    )


def give_up_output() -> None:
    """Let go of what could not be written, which Python would try once more at the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
