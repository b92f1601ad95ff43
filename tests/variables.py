"""What tools that show local variables make of an error: Python's own traceback, and rich."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

from rich.pretty import pretty_repr

_WATCHED = ("domo_async/", "aiohttp/", "attrs generated", "anyio/", "asyncio/")


def variables_of(error: BaseException) -> Iterator[str]:
    """Yield what is shown of an error and all that led to it: its texts, and the variables of frames that are not ours.

    Frames of tests, which know the secrets, are left out.
    """
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        here = waiting.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        waiting += [here.__cause__, here.__context__, *getattr(here, "exceptions", ())]
        yield f"{here} {here!r} {here.args} {vars(here)}"
        yield from variables_in(here.__traceback__)


def variables_in(trace: TracebackType | None) -> Iterator[str]:
    """Yield what is shown of the variables of a traceback's frames, but for those of tests."""
    while trace is not None:
        code = trace.tb_frame.f_code
        if any(part in code.co_filename for part in _WATCHED) and "/tests/" not in code.co_filename:
            for name, value in trace.tb_frame.f_locals.items():
                yield f"{code.co_filename}:{code.co_name} {name} = {_shown(value)}"
        trace = trace.tb_next


def _shown(value: Any) -> str:
    try:
        return f"{value!r} {pretty_repr(value, max_depth=6)}"
    except Exception:  # noqa: BLE001 - such as an object that is not made yet
        return ""
