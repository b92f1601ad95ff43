"""Tracebacks that show the caller's code and one frame of this library: the public method that was called.

The frames below are only of interest to developers of this library: ``DOMO_ASYNC_DEBUG=1`` shows them all. Only a
`DomoError`, whose message says what to do, is shortened; a bug in this library shows its origin.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import FrameType, FunctionType, TracebackType
from typing import Any, TypeVar

from domo_async.errors import DomoError

__all__ = ["shorten", "shorten_methods", "whole_tracebacks"]

C = TypeVar("C", bound=type)

_VARIABLE = "DOMO_ASYNC_DEBUG"
# The code below this library, whose frames do not help its users either. Other packages may be the caller's.
_LIBRARY, _PYTHON = str(Path(__file__).parent), str(Path(os.__file__).parent)
_DEPENDENCIES = frozenset(
    {
        *("aiofiles", "aiohappyeyeballs", "aiohttp", "anyio", "attr", "attrs", "cattr", "cattrs", "duckdb", "isal"),
        *("jmespath", "keyring", "opentelemetry", "orjson", "pandas", "polars", "pyarrow", "yarl", "zstandard"),
    }
)
_shows_all = False


def shorten(error: BaseException, *, skip: int = 0) -> None:
    """Reduce an error's traceback to the frame in which it is caught, or one a few frames below it.

    Below it, frames of the caller's own code stay, such as a hook, or a generator that returned rows; so does an
    explicit cause, with such frames.
    Errors that this library was handling at the time are not shown; errors that the caller was handling are.

    Args:
        error: The error, to be raised again with a bare ``raise``, which adds no frame.
        skip: The number of frames in between, which are removed as well.
    """
    if _shows_all or os.environ.get(_VARIABLE, "") not in {"", "0"}:
        return
    kept = error.__traceback__
    while skip and kept is not None and kept.tb_next is not None:
        kept, skip = kept.tb_next, skip - 1
    if kept is not None:
        kept.tb_next = _own_frames(kept.tb_next)
    error.__traceback__ = kept
    _shorten_causes(error)


def _shorten_causes(error: BaseException) -> None:
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        here.__context__ = _of_caller(here.__context__)
        here = here.__cause__
        if here is not None:
            here.__traceback__ = _own_frames(here.__traceback__)


def _of_caller(context: BaseException | None) -> BaseException | None:
    """Return the first error of a chain that the caller's code was handling, not this library's."""
    seen: set[int] = set()
    while context is not None and id(context) not in seen and _own_frames(context.__traceback__) is None:
        seen.add(id(context))
        context = context.__context__
    return context


def _own_frames(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of this library and of the code below it."""
    frames: list[TracebackType] = []
    while trace is not None:
        if not _is_below(trace.tb_frame):
            frames.append(trace)
        trace = trace.tb_next
    made: TracebackType | None = None
    for each in reversed(frames):
        made = TracebackType(made, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return made


def _is_below(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    if file.startswith("<"):  # generated code; or typed at a prompt, as in IPython
        return package != "__main__"
    is_pythons = file.startswith(_PYTHON) and "-packages" not in file
    return is_pythons or file.startswith(_LIBRARY) or package in _DEPENDENCIES


@contextmanager
def whole_tracebacks(*, wanted: bool = True) -> Iterator[None]:
    """Keep all frames of errors in the block, for example if a command is asked to show them."""
    global _shows_all  # noqa: PLW0603 - per process, like the environment
    before, _shows_all = _shows_all, _shows_all or wanted
    try:
        yield
    finally:
        _shows_all = before


def shorten_methods(cls: C) -> C:
    """Decorate a class so that errors from its public methods show only those methods of this library.

    The wrapper does not appear: it raises the caught error again, which adds no frame, and removes its own.
    """
    for name, member in vars(cls).copy().items():
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _wrapper(member))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(_wrapper(member.__func__)))
    return cls


def _wrapper(method: Callable[..., Any]) -> Callable[..., Any]:
    written = inspect.unwrap(method)
    if inspect.iscoroutinefunction(written):
        return _of_coroutine(method)
    if inspect.isasyncgenfunction(written):
        return _of_generator(method)
    return _of_function(method)


def _of_function(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def shortened(*arguments: Any, **options: Any) -> Any:
        try:
            made = method(*arguments, **options)
        except BaseException as error:
            del arguments, options  # they may hold a secret, which tracebacks with variables would show
            if isinstance(error, DomoError):
                shorten(error, skip=1)
            raise
        return _iterated(made) if isinstance(made, AsyncGenerator) else made

    return shortened


def _of_coroutine(method: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    @wraps(method)
    async def shortened(*arguments: Any, **options: Any) -> Any:
        try:
            return await method(*arguments, **options)
        except BaseException as error:
            del arguments, options
            if isinstance(error, DomoError):
                shorten(error, skip=1)
            raise

    return shortened


def _of_generator(method: Callable[..., AsyncGenerator[Any, None]]) -> Callable[..., Any]:
    @wraps(method)
    def shortened(*arguments: Any, **options: Any) -> AsyncGenerator[Any, None]:
        return _iterated(method(*arguments, **options))

    return shortened


async def _iterated(items: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    try:
        async for item in items:
            yield item
    except DomoError as error:
        shorten(error, skip=1)
        raise
    finally:
        await items.aclose()
