"""Which instance a file system talks to, and as whom; the token stays out of everything that fsspec keeps or sends.

fsspec keeps the arguments of a file system: to find the same one again, in pickles, in `to_json`. A token is none of
these arguments. Instead of it, a file system is told apart by a keyed hash, whose key is of this process alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from attrs import frozen
from fsspec import asyn
from fsspec.config import apply_config
from fsspec.spec import AbstractFileSystem

from domo_async._client import Domo
from domo_async._profiles import Given, resolve
from domo_async._redaction import Secret
from domo_async._transfer.threads import in_thread
from domo_async.errors import DomoError

__all__ = ["Access", "HeldToken", "KeepsTokens", "sync"]

sync: Callable[..., Any] = asyn.sync
"""Runs a coroutine function with arguments on an event loop of another thread, and returns its result."""


_KEY = secrets.token_bytes(32)
# The tokens of this process's file systems, for pickles that are read in this process or in a fork of it.
_held: dict[str, Secret[str]] = {}
_mark: ContextVar[str] = ContextVar("_mark", default="")
_CLOSING = 1.0


@frozen
class HeldToken:
    """The placeholder for a token in a pickle: it means the token only in the process that has it.

    Attributes:
        handle: A keyed hash of the token; nobody without the process's key can test a guess with it.
        instance: The instance for which the token was given, so that no other one is taken elsewhere.
    """

    handle: str
    instance: str | None = None


def _hashed(text: str) -> str:
    return hmac.new(_KEY, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _hold(token: Secret[str]) -> str:
    handle = _hashed(token.get_secret_value())
    _held[handle] = token
    return handle


def _environment() -> str:
    """Return what the environment says of instances and tokens, so that another file system is made when it changes."""
    return _hashed(repr(sorted((name, value) for name, value in os.environ.items() if name.startswith("DOMO_"))))


class KeepsTokens(type(AbstractFileSystem)):  # type: ignore[misc]
    """Makes file systems whose tokens are not among the arguments that fsspec keeps."""

    @property
    def _credentials(cls) -> str:
        return _mark.get()

    def __call__(cls, *args: object, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"{cls.__name__} takes its options by name")
        kwargs = apply_config(cls, kwargs)
        # With botocore there, pandas asks once more with this option for whatever it may not read.
        kwargs.pop("anon", None)
        token = kwargs.pop("token", None)
        if isinstance(token, HeldToken):
            if (held := _held.get(token.handle)) is None and token.instance is not None:
                kwargs.setdefault("instance", token.instance)
            token = held
        token = Secret.of(token or None)
        marked = _mark.set(f"{_environment()}{'' if token is None else _hold(token)}")
        try:
            # Given in any case, so that fsspec does not take it from its own configuration.
            made = super().__call__(**kwargs, token=token)
        finally:
            _mark.reset(marked)
        made.storage_options = {name: value for name, value in made.storage_options.items() if name != "token"}
        return made


class Access:
    """A client that is made when it is first needed, and another one for each further event loop at the same time.

    Args:
        given: The caller's arguments.
    """

    def __init__(self, given: Given) -> None:
        self._given = given
        self._domo: Domo | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        # fsspec gives the same file system to all who ask with the same options, on whatever event loop they are.
        self._others: WeakKeyDictionary[asyncio.AbstractEventLoop, Domo] = WeakKeyDictionary()
        self._making = threading.Lock()

    async def client(self) -> Domo:
        """Return the client for the running event loop.

        Raises:
            ConfigError: The instance or the token is missing or wrong.
        """
        made: Domo = await in_thread(self._make, asyncio.get_running_loop())
        return made

    def _make(self, loop: asyncio.AbstractEventLoop) -> Domo:
        with self._making:
            if self._belongs_to(loop):
                self._loop, self._domo = loop, self._domo or self._new()
                return self._domo
            if loop not in self._others:
                self._others[loop] = self._new()
            return self._others[loop]

    def _belongs_to(self, loop: asyncio.AbstractEventLoop) -> bool:
        return self._loop is None or self._loop is loop or not self._loop.is_running()

    def _new(self) -> Domo:
        access = resolve(self._given)
        return Domo(access.instance, token=access.token, settings=access.settings)

    def held(self) -> HeldToken | None:
        """Return what stands for the caller's token in a pickle; None if the caller gave none."""
        token = self._given.token
        if token is None:
            return None
        instance = self._given.instance
        with suppress(DomoError):
            instance = instance or resolve(self._given).instance
        return HeldToken(_hold(token), instance)

    async def close(self) -> None:
        """Close the connections of this event loop's client; the next call makes another client."""
        loop = asyncio.get_running_loop()
        found = [self._others.pop(loop, None)]
        if self._belongs_to(loop):
            found.append(self._domo)
            self._domo = None
        for domo in found:
            if domo is not None:
                await domo.close()

    @staticmethod
    def finish(access: Access, loop: asyncio.AbstractEventLoop) -> None:
        """Close the connections of a file system that nobody holds any longer."""
        if access._domo is None or not loop.is_running():
            return
        try:
            inside = asyncio.get_running_loop() is loop
        except RuntimeError:
            inside = False
        closing = asyncio.run_coroutine_threadsafe(access.close(), loop)
        if not inside:
            with suppress(Exception):
                closing.result(_CLOSING)
