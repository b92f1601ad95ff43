"""Runs coroutines for blocking callers, on one event loop with a thread of its own."""

from __future__ import annotations

import _thread
import asyncio
import atexit
import os
import selectors
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from contextvars import Context, ContextVar, Token, copy_context
from typing import Any, Generic, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from domo_async._tracebacks import shorten
from domo_async.errors import ConfigError, DomoError

__all__ = ["Portal"]

T = TypeVar("T")

# The interval in seconds at which a waiting caller wakes up. On Windows only this lets Ctrl-C through; everywhere it
# bounds the wait for a thread that has ended.
_LOOK_UP = 0.1 if sys.platform == "win32" else 1.0

_CLOSED = "This client is closed. Create a new one."
_ENDED = "The call was cancelled before it ended; the client may have been closed in the meantime."
_FINALIZING = (
    "The interpreter is shutting down and no longer starts threads. Make the call earlier, for example with atexit."
)
_ITERATION_AT_EXIT = (
    "At interpreter exit a list cannot be iterated over page by page. Read it at once, for example with .all()."
)
_FORKED = (
    "This client was in use before the process was forked, and its connections belong to the parent process. "
    "Create a new client in the child, or start processes with multiprocessing's 'spawn' method."
)
_INSIDE = (
    "A blocking call was made on the client's own event loop, most likely in a callback, where it would "
    "wait for itself forever. Make the call after the running one has returned, or on another thread."
)


class Portal:
    """Runs coroutines on one private event loop, for any number of waiting threads.

    The loop's thread starts with the first call, so a portal that was never used costs nothing. It works from
    within another running event loop, as in Jupyter. It ends with `close`, when the portal is garbage
    collected, or at interpreter exit. Later calls, from other exit handlers, each get a thread, which ends with the
    call.
    """

    def __init__(self) -> None:
        self._thread = _LoopThread()
        weakref.finalize(self, self._thread.abandon).atexit = False  # at exit, `close` is called, which waits

    def at_close(self, cleanup: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Set the coroutine function that runs last on an event loop, if the loop was started.

        Args:
            cleanup: A coroutine function that closes what belongs to the event loop. It must not refer to the
                portal.
        """
        self._thread.cleanup = cleanup

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, with the caller's context variables.

        Ctrl-C cancels the coroutine, waits until it has unwound and raises ``KeyboardInterrupt``; a second Ctrl-C does
        not wait.

        Args:
            coroutine: The coroutine.

        Returns:
            The coroutine's result.

        Raises:
            ConfigError: The portal is closed, belongs to the parent process, or was called from its own event
                loop; the coroutine was not started.
            DomoError: The call was cancelled because the portal was closed.
        """
        return self._thread.run(coroutine)

    def iterate(self, factory: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
        """Return an iterator over the items of an async iterator, with one trip to the event loop for each item.

        Nothing is fetched ahead. One task owns the async iterator from its first item to its end, so timeouts
        and task groups inside it are left by the task that entered them. It ends when the iterator is
        exhausted, closed with ``close()`` (which waits) or garbage collected (which does not).

        Args:
            factory: Creates the async iterator, on the event loop, when the first item is requested.

        Raises:
            ConfigError: The first item was requested at interpreter exit, when threads no longer last.
        """
        return _Iteration(self, _Stream(self._thread, factory))

    def close(self) -> None:
        """Cancel running calls, run the cleanup and end the thread. Further calls of `close` do nothing.

        Raises:
            ConfigError: Called from the portal's own event loop.
        """
        self._thread.close()


if sys.platform == "win32":
    _EventLoop = asyncio.ProactorEventLoop
else:

    class _EventLoop(asyncio.SelectorEventLoop):
        """An event loop whose connections a forked child cannot disturb."""

        def __init__(self) -> None:
            self._watched = selectors.DefaultSelector()
            super().__init__(self._watched)

        def leave_to_parent(self) -> None:
            """In a forked child: release everything shared with the parent, without warnings.

            The child has copies of the parent's connections, which would stay open with it, and its destructors would
            end the parent's TLS sessions and take the parent's sockets from the epoll that both share. So all these
            descriptors become the null device.
            """
            self.set_exception_handler(lambda _loop, _context: None)
            shared = [key.fd for key in self._watched.get_map().values()]
            if sys.platform == "linux":
                shared.append(self._watched.fileno())
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in shared:
                os.dup2(null, descriptor, inheritable=False)
            os.close(null)


class _Loop(_EventLoop):
    """An event loop that survives ``SystemExit`` and ``KeyboardInterrupt`` in its tasks.

    asyncio ends the loop for these, because they are meant to end the program. Here they would only end a background
    thread and leave all callers waiting. So they are raised in the caller for whom the task works.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_task_factory(_watched_task)

    def run_forever(self) -> None:
        ended = False
        while not ended:
            with suppress(SystemExit, KeyboardInterrupt):
                super().run_forever()
                ended = True


class _Root:
    """The task that works for a caller directly; all tasks that it starts work for the same one."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.exit: BaseException | None = None

    def leave(self, error: BaseException) -> None:
        """End the root task because another one was left by `SystemExit` or `KeyboardInterrupt`."""
        if self._task is not None and self._task is not asyncio.current_task():
            self.exit = error
            self._task.cancel()


_root: ContextVar[_Root | None] = ContextVar("_root", default=None)


async def _rooted(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as the root of the current task and of all tasks that it starts."""
    root = _Root()
    _root.set(root)
    try:
        result = await coroutine
    except BaseException:
        if root.exit is None:
            raise
    else:
        if root.exit is None:
            return result
    raise root.exit


async def _watched(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        return await coroutine
    except (SystemExit, KeyboardInterrupt) as error:
        # Code that awaits the task may treat it like other failures: aiohttp does, for the task that sends a body.
        if (root := _root.get()) is not None:
            root.leave(error)
        # The caller gets the exception; asyncio need not warn that it was never retrieved.
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(asyncio.Task.exception)
        raise


def _watched_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    return asyncio.Task(_watched(coroutine), loop=loop, **options)


class _LoopThread:
    """An event loop and the thread that it runs on, from the first use to `close`."""

    def __init__(self) -> None:
        self.cleanup: Callable[[], Coroutine[Any, Any, None]] | None = None
        self.closed = False
        self._lock = threading.Lock()
        self._exits = ExitStack()
        self._forked = False
        self._portal: BlockingPortal
        self._thread: threading.Thread
        self._loop: _Loop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self._run(coroutine)
        finally:
            if _exit.begun and not self._tasks:
                self.rest()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            loop = self._usable_loop()
        except BaseException:
            coroutine.close()
            raise
        # The loop is called directly: through anyio's portal a call waits twice, once for its task to be created, and
        # takes more than twice as long (160 µs against 60).
        call = _Call(self, coroutine)
        try:
            _call_soon(loop, call.start)
            call.wait()
        except BaseException as interruption:
            call.unwind(loop)
            for note in call.notes():
                interruption.add_note(note)
            raise
        return call.result()

    def post(self, callback: Callable[[], object]) -> None:
        """Call `callback` on the event loop, if it still runs, without waiting."""
        if self._loop is not None and not self._forked:
            with suppress(ConfigError):
                _call_soon(self._loop, callback)

    def adopt(self, coroutine: Coroutine[Any, Any, None], *, context: Context | None = None) -> asyncio.Task[None]:
        """On the event loop: run a coroutine as a task that is cancelled when the thread closes."""
        task = asyncio.get_running_loop().create_task(coroutine, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def close(self) -> None:
        if self._loop is not None and not self._forked:
            self._refuse_inside()
        self.closed = True
        self.rest()

    def rest(self) -> None:
        """End the thread; unless closed, the next call starts another."""
        with self._lock:
            if self._loop is None or self._forked:
                return
            # From here on only this call uses them: another call may start a new thread.
            exits, portal = self._exits, self._portal
            self._exits, self._loop = ExitStack(), None
        _running.discard(self)
        with exits:
            portal.call(self._shut_down)

    def abandon(self) -> None:
        """Close without waiting: the garbage collector may run on any thread, even on the event loop's."""
        if self._loop is not None and not self._forked:
            _thread.start_new_thread(self.close, ())

    def leave_to_parent(self) -> None:
        """In a forked child: release objects that only exist in the parent."""
        if self._loop is None or self._thread.ident == threading.get_ident():
            return
        self._forked = True
        # Otherwise anyio's portal would wait for its thread when it is garbage-collected. So it is marked as stopped;
        # `stop` does not await anything, so it does not need an event loop.
        with suppress(StopIteration):
            self._portal.stop().send(None)
        self._exits.close()
        if sys.platform != "win32":
            self._loop.leave_to_parent()

    def _usable_loop(self) -> _Loop:
        if self.closed:
            raise ConfigError(_CLOSED)
        if sys.is_finalizing():
            raise ConfigError(_FINALIZING)
        loop = self._loop or self._start()
        if self._forked:
            raise ConfigError(_FORKED)
        self._refuse_inside()
        return loop

    def _refuse_inside(self) -> None:
        if self._thread.ident == threading.get_ident():
            raise ConfigError(_INSIDE)

    def _start(self) -> _Loop:
        with self._lock:
            if self.closed:
                raise ConfigError(_CLOSED)
            if self._loop is None:
                loop = _Loop()
                options = {"loop_factory": lambda: loop}
                self._portal = self._exits.enter_context(start_blocking_portal("asyncio", options))
                self._thread = self._portal.call(threading.current_thread)
                self._thread.name = "domo-async"
                self._loop = loop
                _running.add(self)
            return self._loop

    async def _shut_down(self) -> None:
        if tasks := set(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if self.cleanup is not None:
            await self.cleanup()


_running: weakref.WeakSet[_LoopThread] = weakref.WeakSet()


class _Exit:
    """Whether the interpreter is exiting, so that waiting for newly started threads would never end."""

    def __init__(self) -> None:
        # If an exit handler imports this module, it is too late to register another handler.
        self.begun = not threading.main_thread().is_alive() and threading.current_thread() is threading.main_thread()
        atexit.register(self._begin)

    def _begin(self) -> None:
        # Exit handlers run in reverse order: calls from now on come from handlers registered before ours.
        self.begun = True
        for thread in list(_running):
            thread.rest()


_exit = _Exit()


def _leave_all_to_parent() -> None:
    for thread in list(_running):
        thread.leave_to_parent()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_leave_all_to_parent)


class _Call(Generic[T]):
    """One coroutine, passed from its waiting thread through the event loop and back."""

    def __init__(self, thread: _LoopThread, coroutine: Coroutine[Any, Any, T]) -> None:
        self._thread = thread
        self._coroutine = coroutine
        self._task: asyncio.Task[None] | None = None
        self._result: T
        self._error: BaseException | None = None
        self._ended = False
        # A bare lock, held until the end: a Condition, as in concurrent.futures, makes a call a sixth slower.
        self._running = threading.Lock()
        self._running.acquire()

    def start(self) -> None:
        """On the event loop: begin."""
        if self._thread.closed:
            self._end_unstarted(ConfigError(_CLOSED))
            return
        self._task = self._thread.adopt(self._run())
        # A task that is cancelled before its first step never enters `_run`.
        self._task.add_done_callback(lambda _: self._end_unstarted(DomoError(_ENDED)))

    def cancel(self) -> None:
        """On the event loop: begin to unwind."""
        if self._task is None:
            self._end_unstarted(DomoError(_ENDED))
        else:
            self._task.cancel()

    def wait(self) -> None:
        """In the caller's thread: wait for the end."""
        while not self._ended and not self._running.acquire(timeout=_LOOK_UP):
            if not self._thread.alive and not self._ended:
                raise DomoError(_ENDED)

    def unwind(self, loop: _Loop) -> None:
        """In the caller's thread: cancel and wait for the end."""
        try:
            _call_soon(loop, self.cancel)
        except ConfigError:
            self._coroutine.close()
        else:
            self.wait()

    def notes(self) -> list[str]:
        """In the caller's thread, after the end: return the coroutine's notes on its cancellation."""
        return list(getattr(self._error, "__notes__", ()))

    def result(self) -> T:
        """In the caller's thread, after the end: return the coroutine's result or raise its exception."""
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            del error  # the traceback holds this frame, and the frame must not hold the traceback

    async def _run(self) -> None:
        try:
            self._result = await _rooted(self._coroutine)
        except asyncio.CancelledError as error:
            # If the caller is itself a task, the same exception would look like that task's cancellation.
            self._error = DomoError(_ENDED).with_traceback(error.__traceback__)
            for note in getattr(error, "__notes__", ()):
                self._error.add_note(note)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
        self._end()

    def _end_unstarted(self, error: DomoError) -> None:
        if not self._ended:
            self._coroutine.close()
            self._error = error
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._running.release()


class _AskersContext:
    """The context variables of the caller, for a task that was started with an empty context."""

    def __init__(self) -> None:
        self._unset: dict[ContextVar[Any], Token[Any]] = {}

    def enter(self, asker: Context) -> None:
        """Set each variable to its value in the caller."""
        for variable in [variable for variable in self._unset if variable not in asker]:
            variable.reset(self._unset.pop(variable))
        for variable, value in asker.items():
            if variable is not _root:
                token = variable.set(value)
                self._unset.setdefault(variable, token)


class _Stream(Generic[T]):
    """An async iterator and the one task that drives it; all but the constructor runs on the event loop."""

    def __init__(self, thread: _LoopThread, factory: Callable[[], AsyncIterator[T]]) -> None:
        self._thread = thread
        self._factory = factory
        self._owner: asyncio.Task[None] | None = None
        self._asked: asyncio.Queue[tuple[asyncio.Future[T], Context]] = asyncio.Queue()

    async def take(self) -> list[T]:
        """Return the next item in a list, or an empty list at the end."""
        if _exit.begun:
            raise ConfigError(_ITERATION_AT_EXIT)
        if self._owner is None:
            self._owner = self._thread.adopt(_rooted(self._own()), context=Context())
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((answer, copy_context()))
        try:
            await asyncio.wait((answer, self._owner), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self.close()
            raise
        if answer.done():
            return [answer.result()]
        await self._owner
        return []

    async def close(self) -> None:
        """End the task, and with it the async iterator, and wait until it has unwound."""
        if self._owner is None:
            return
        self._owner.cancel()
        await asyncio.wait({self._owner})
        if not self._owner.cancelled():
            self._owner.result()

    def cancel(self) -> None:
        """End the task without waiting."""
        if self._owner is not None:
            self._owner.cancel()

    async def _own(self) -> None:
        asker = _AskersContext()
        items = self._factory()
        try:
            answer, context = await self._asked.get()
            asker.enter(context)
            async for item in items:
                answer.set_result(item)
                answer, context = await self._asked.get()
                asker.enter(context)
        finally:
            if isinstance(items, AsyncGenerator):
                await items.aclose()


class _Iteration(Iterator[T]):
    """The iterator of `Portal.iterate`; like a generator, but it can be dropped on any thread."""

    def __init__(self, portal: Portal, stream: _Stream[T]) -> None:
        self._portal = portal
        self._stream = stream
        self._lock = threading.Lock()
        self._ended = False

    def __next__(self) -> T:
        with self._lock:
            if self._ended:
                raise StopIteration
            self._ended = True  # anything but an item is the end
            try:
                items = self._portal.run(self._stream.take())
            except DomoError as error:
                shorten(error)
                raise
            if not items:
                raise StopIteration
            self._ended = False
            return items[0]

    def close(self) -> None:
        """End the iteration and wait until the async iterator has unwound."""
        with self._lock:
            ended, self._ended = self._ended, True
            if not ended:
                self._portal.run(self._stream.close())

    def __del__(self) -> None:
        self._portal._thread.post(self._stream.cancel)  # noqa: SLF001 - a part of the portal


def _call_soon(loop: _Loop, callback: Callable[[], object]) -> None:
    try:
        loop.call_soon_threadsafe(callback, context=copy_context())
    except RuntimeError:  # the loop is closed
        raise ConfigError(_CLOSED) from None
