"""Operations: each public method of an area is one, and is reported to the observers if there are any."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable
from functools import cached_property, partial, wraps
from types import FunctionType
from typing import Any

from domo_async._transport import CursorPager, Pager

__all__ = ["watch_methods"]

# The areas that are an attribute of another area, by class name: the parent area and the attribute.
_inner: dict[str, tuple[type, str]] = {}


def watch_methods(area: type) -> None:
    """Wrap the public methods of an area so that observers see their calls."""
    for name, member in list(vars(area).items()):
        if isinstance(member, cached_property):
            _inner[str(member.func.__annotations__["return"])] = area, name
        elif isinstance(member, FunctionType) and not name.startswith("_"):
            setattr(area, name, (_call if inspect.iscoroutinefunction(member) else _iteration)(member))


def _call(method: Callable[..., Any]) -> Callable[..., Any]:
    # Not a coroutine function, which would add a frame to each step of the call.
    @wraps(method)
    def call(self: Any, /, *args: Any, **options: Any) -> Any:
        try:
            work = method(self, *args, **options)
        except BaseException:
            del args, options  # they may hold a secret, which tracebacks with variables would show
            raise
        signals = self._http.telemetry.signals()
        return work if signals is None else signals.operation(_name(type(self), method), work)

    return call


def _iteration(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Any, /, *args: Any, **options: Any) -> Any:
        try:
            listed = method(self, *args, **options)
        except BaseException:
            del args, options
            raise
        signals = self._http.telemetry.signals()
        if signals is None:
            return listed
        name = _name(type(self), method)
        if isinstance(listed, Pager | CursorPager):
            return listed.made_by(partial(signals.iteration, name))
        return signals.iteration(name, lambda: listed) if isinstance(listed, AsyncGenerator) else listed

    return call


def _name(area: type, method: Callable[..., Any]) -> str:
    """Return the name of an operation as the caller writes it."""
    return f"domo.{_path(area)}.{method.__name__}"


def _path(area: type) -> str:
    if area.__name__ in _inner:
        outer, name = _inner[area.__name__]
        return f"{_path(outer)}.{name}"
    return area.__module__.partition("._endpoints.")[2].partition(".")[0]
