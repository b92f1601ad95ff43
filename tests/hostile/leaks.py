"""What must never be told, and where it is looked for."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.hostile.server import written

__all__ = ["Complaints", "found_in", "listening_to_complaints", "texts_of"]

FORMS = ("plain", "upper", "quoted", "twice quoted", "base64", "base64 amid", "json", "html", "hex")


def found_in(text: str, secrets: tuple[str, ...]) -> list[str]:
    """Return which secrets stand in a text, in whatever form."""
    low = text.lower()
    return [
        f"{secret} ({form})"
        for secret in secrets
        for form in FORMS
        if _own(written(secret, form), secret, form).lower() in low
    ]


def _own(text: str, secret: str, form: str) -> str:
    """Return what is of the secret's own bits alone; where it stands amid other text, two bytes are before it."""
    return text[3 : (16 + 8 * len(secret.encode())) // 6] if form == "base64 amid" else text


def texts_of(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield all that an error tells, and all that hangs on it: where it stands, and its text."""
    waiting: list[BaseException | None] = [error]
    known: set[int] = set()
    while waiting:
        here = waiting.pop()
        if here is None or id(here) in known:
            continue
        known.add(id(here))
        kind = type(here).__name__
        yield f"{kind} as text", _shown(here, str)
        yield f"{kind} as repr", _shown(here, repr)
        yield f"{kind}.args", _shown(here.args, repr)
        for name, value in vars(here).items():
            yield f"{kind}.{name}", _shown(value, repr)
        yield from _locals_of(here)
        waiting += [here.__cause__, here.__context__]
        if isinstance(here, BaseExceptionGroup):
            waiting += here.exceptions
        waiting += [value for value in vars(here).values() if isinstance(value, BaseException)]


def _shown(value: object, how: Any) -> str:
    try:
        return str(how(value))
    except ValueError:  # a number of thousands of digits
        return ""


def _locals_of(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield what a report with variables would show of the transport's frames."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        # Above the transport, an answer is what the caller asked for.
        if "/domo_async/_transport/" in frame.f_code.co_filename:
            for name, value in frame.f_locals.items():
                yield f"{frame.f_code.co_filename}:{frame.f_code.co_name} {name}", _shown(value, repr)


class Complaints:
    """What Python and asyncio complain of outside of any call."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def take(self, hooked: sys.UnraisableHookArgs) -> None:
        self.texts.append(f"{hooked.err_msg} {hooked.exc_value!r} {hooked.object!r}")

    def handle(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.texts.append(f"{context.get('message')} {context.get('exception')!r}")


@contextmanager
def listening_to_complaints() -> Iterator[Complaints]:
    """Gather unraisable errors, and tasks and sessions that were left; warnings are errors in these tests."""
    complaints = Complaints()
    loop = asyncio.get_running_loop()
    before, sys.unraisablehook = sys.unraisablehook, complaints.take
    loop.set_exception_handler(complaints.handle)
    try:
        yield complaints
    finally:
        sys.unraisablehook = before
        loop.set_exception_handler(None)
