"""The portal: coroutines for callers that block."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import subprocess
import sys
import textwrap
import threading
import traceback
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domo_async.errors import ConfigError, DomoError
from domo_async.sync._portal import Portal

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send itself a lone Ctrl-C")

# Newer versions of Python warn of any fork while threads run, which is what these programs are about.
_FORK_WARNS = "ignore:This process:DeprecationWarning"

_WAIT = 10.0  # seconds for what comes at once, unless it never comes


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.close()


class Steps:
    """What happened, in order, for waiting on it from any thread."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._changed = threading.Condition()

    def add(self, step: str) -> None:
        with self._changed:
            self.seen.append(step)
            self._changed.notify_all()

    def wait_for(self, step: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: step in self.seen, _WAIT), f"{step!r} never came: {self.seen}"


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def own_thread() -> threading.Thread:
    return threading.current_thread()


async def hang(steps: Steps) -> None:
    steps.add("hanging")
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        steps.add("unwound")


def program(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, as warnings are errors there too."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", _FORK_WARNS, *options, "-c", _PRELUDE + textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


_PRELUDE = """\
import asyncio, gc, os, signal, sys, threading
from domo_async.errors import ConfigError
from domo_async.sync._portal import Portal

portal = Portal()

async def double(number):
    await asyncio.sleep(0)
    return 2 * number

def waited(pid):
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "the child failed"
"""


def test_a_coroutine_runs_on_a_thread_of_its_own(portal: Portal) -> None:
    assert portal.run(double(21)) == 42
    assert portal.run(own_thread()).name == "domo-async"


def test_all_calls_share_one_thread(portal: Portal) -> None:
    assert portal.run(own_thread()) is portal.run(own_thread()) is not threading.current_thread()


async def test_a_caller_whose_thread_runs_an_event_loop_is_served(portal: Portal) -> None:
    assert portal.run(double(21)) == 42


def test_calls_from_many_threads_run_concurrently(portal: Portal) -> None:
    together = 8
    arrived = 0
    everyone = asyncio.Event()

    async def meet(number: int) -> int:
        nonlocal arrived
        arrived += 1
        if arrived == together:
            everyone.set()
        await everyone.wait()
        return number

    with ThreadPoolExecutor(together) as pool:
        answers = list(pool.map(lambda number: portal.run(meet(number)), range(together)))

    assert list(range(together)) == answers


def test_many_threads_making_the_first_call_at_once_get_one_thread(portal: Portal) -> None:
    barrier = threading.Barrier(8)

    def first() -> threading.Thread:
        barrier.wait(_WAIT)
        return portal.run(own_thread())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: first(), range(8)))) == 1


def test_a_portal_that_was_never_used_starts_no_thread() -> None:
    before = set(threading.enumerate())

    portal = Portal()
    portal.iterate(numbers)
    portal.close()
    del portal
    gc.collect()

    assert set(threading.enumerate()) <= before


def test_an_exception_reaches_the_caller_with_its_traceback(portal: Portal) -> None:
    async def fails_deep_down() -> None:
        raise LookupError("nothing there")

    async def fails() -> None:
        await fails_deep_down()

    with pytest.raises(LookupError, match="nothing there") as caught:
        portal.run(fails())

    assert "fails_deep_down" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_a_caught_exception_leaves_no_reference_cycle_behind(portal: Portal) -> None:
    class Failure(Exception):
        pass

    async def fails() -> None:
        raise Failure

    gc.collect()
    gc.disable()
    try:
        left: list[weakref.ref[Failure]] = []
        try:
            portal.run(fails())
        except Failure as error:
            left.append(weakref.ref(error))
        portal.run(double(1))  # the task that failed is done with by now

        assert [None] == [failure() for failure in left]
    finally:
        gc.enable()


def test_the_callers_context_variables_are_carried_along(portal: Portal) -> None:
    who = contextvars.ContextVar("who", default="nobody")

    async def read() -> str:
        await asyncio.sleep(0)
        return who.get()

    portal.run(read())
    who.set("caller")

    assert portal.run(read()) == "caller"


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_an_exit_inside_a_coroutine_reaches_the_caller_and_the_portal_lives(
    portal: Portal, kind: type[BaseException]
) -> None:
    async def leave() -> None:
        raise kind(3)

    with pytest.raises(kind):
        portal.run(leave())

    assert portal.run(double(21)) == 42


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_an_exit_inside_a_child_task_reaches_the_caller_and_the_portal_lives(
    portal: Portal, kind: type[BaseException]
) -> None:
    async def leave() -> None:
        await asyncio.sleep(0)
        raise kind(3)

    async def parent() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(leave())
            tasks.create_task(asyncio.Event().wait())

    with pytest.raises(kind):
        portal.run(parent())

    assert portal.run(double(21)) == 42


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_an_exit_inside_a_child_task_reaches_the_caller_even_if_the_parent_takes_it_for_a_failure(
    portal: Portal, kind: type[BaseException]
) -> None:
    async def leave() -> None:
        await asyncio.sleep(0)
        raise kind(3)

    async def parent() -> str:
        (failed,), _ = await asyncio.wait([asyncio.create_task(leave())])
        return f"failed: {failed.exception()!r}"

    async def pages() -> AsyncIterator[str]:
        yield "page"
        yield await parent()

    with pytest.raises(kind):
        portal.run(parent())
    items = portal.iterate(pages)
    assert next(items) == "page"
    with pytest.raises(kind):
        next(items)
    assert portal.run(double(21)) == 42


def test_a_coroutine_that_cancels_itself_does_not_look_like_the_callers_cancellation(portal: Portal) -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(DomoError, match="cancelled"):
        portal.run(cancelled())


def test_a_call_from_the_portals_own_thread_is_refused_not_deadlocked(portal: Portal) -> None:
    async def callback() -> None:
        portal.run(double(1))

    with pytest.raises(ConfigError, match="callback"):
        portal.run(callback())

    assert portal.run(double(21)) == 42


def test_closing_from_the_portals_own_thread_is_refused(portal: Portal) -> None:
    async def callback() -> None:
        portal.close()

    with pytest.raises(ConfigError, match="callback"):
        portal.run(callback())

    assert portal.run(double(21)) == 42


def test_a_worker_thread_of_a_running_call_may_call(portal: Portal) -> None:
    async def outer() -> int:
        return await asyncio.to_thread(lambda: portal.run(double(21)))

    assert portal.run(outer()) == 42


def test_closing_ends_the_thread_and_can_be_repeated() -> None:
    portal = Portal()
    thread = portal.run(own_thread())

    portal.close()
    portal.close()

    assert not thread.is_alive()


def test_a_closed_portal_refuses_calls() -> None:
    portal = Portal()
    portal.close()

    with pytest.raises(ConfigError, match="closed"):
        portal.run(double(1))


def test_closing_runs_the_cleanup_last_and_once() -> None:
    steps = Steps()
    portal = Portal()
    portal.run(double(1))

    async def cleanup() -> None:
        steps.add(threading.current_thread().name)

    portal.at_close(cleanup)
    portal.close()
    portal.close()

    assert steps.seen == ["domo-async"]


def test_the_cleanup_of_a_portal_that_was_never_used_is_left_out() -> None:
    steps = Steps()
    portal = Portal()

    async def cleanup() -> None:
        steps.add("cleanup")

    portal.at_close(cleanup)
    portal.close()

    assert steps.seen == []


def test_closing_unwinds_running_calls_before_the_cleanup_and_their_callers_are_told() -> None:
    steps = Steps()
    portal = Portal()

    async def cleanup() -> None:
        steps.add("cleanup")

    portal.at_close(cleanup)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(portal.run, hang(steps))
        steps.wait_for("hanging")
        portal.close()
        with pytest.raises(DomoError, match="closed in the meantime"):
            call.result(_WAIT)

    assert steps.seen == ["hanging", "unwound", "cleanup"]


def test_a_call_racing_with_close_ends_either_way() -> None:
    for _ in range(50):
        portal = Portal()
        portal.run(double(1))
        barrier = threading.Barrier(5)

        def call(portal: Portal = portal, barrier: threading.Barrier = barrier) -> int | None:
            barrier.wait(_WAIT)
            try:
                return portal.run(double(21))
            except DomoError:
                return None

        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(call) for _ in range(4)]
            barrier.wait(_WAIT)
            portal.close()
            assert {call.result(_WAIT) for call in calls} <= {42, None}


def test_a_forgotten_portal_ends_its_thread() -> None:
    portal = Portal()
    thread = portal.run(own_thread())

    del portal
    gc.collect()
    thread.join(_WAIT)

    assert not thread.is_alive()


def test_a_portal_forgotten_on_its_own_thread_ends_it() -> None:
    portals = [Portal()]

    async def forget() -> None:
        portals.clear()
        gc.collect()

    thread = portals[0].run(own_thread())
    portals[0].run(forget())
    gc.collect()
    thread.join(_WAIT)

    assert not thread.is_alive()


async def numbers() -> AsyncIterator[int]:
    for number in range(3):
        await asyncio.sleep(0)
        yield number


def test_iterate_yields_what_the_async_iterator_yields(portal: Portal) -> None:
    assert list(portal.iterate(numbers)) == [0, 1, 2]


def test_an_exhausted_iterator_stays_exhausted(portal: Portal) -> None:
    items = portal.iterate(numbers)

    assert list(items) == [0, 1, 2]
    assert list(items) == []


async def test_iterate_works_while_the_callers_thread_runs_an_event_loop(portal: Portal) -> None:
    assert list(portal.iterate(numbers)) == [0, 1, 2]


def test_iterate_fetches_nothing_ahead(portal: Portal) -> None:
    steps = Steps()

    async def pages() -> AsyncIterator[int]:
        for page in range(3):
            steps.add(f"fetch {page}")
            yield page

    items = portal.iterate(pages)
    assert next(items) == 0
    portal.run(double(1))

    assert steps.seen == ["fetch 0"]


def test_one_task_drives_the_async_iterator_from_first_to_last(portal: Portal) -> None:
    tasks: set[object] = set()

    async def scoped() -> AsyncIterator[int]:
        async with asyncio.timeout(_WAIT):  # refuses to be left by another task
            for number in range(3):
                tasks.add(asyncio.current_task())
                yield number
        tasks.add(asyncio.current_task())

    assert list(portal.iterate(scoped)) == [0, 1, 2]
    assert len(tasks) == 1


def test_each_item_is_made_with_the_context_of_who_asks_for_it(portal: Portal) -> None:
    who = contextvars.ContextVar("who", default="nobody")
    contexts = [contextvars.copy_context() for _ in range(3)]
    contexts[0].run(who.set, "first")
    contexts[1].run(who.set, "second")

    async def read() -> AsyncIterator[str]:
        while True:
            await asyncio.sleep(0)
            yield who.get()

    items = portal.iterate(read)

    assert ["first", "second", "nobody", "first"] == [contexts[index].run(next, items) for index in (0, 1, 2, 0)]


def test_an_exception_inside_the_async_iterator_reaches_the_consumer_after_the_items_before_it(
    portal: Portal,
) -> None:
    async def breaks() -> AsyncIterator[int]:
        yield 1
        raise LookupError("page 2")

    items = portal.iterate(breaks)

    assert next(items) == 1
    with pytest.raises(LookupError, match="page 2"):
        next(items)
    assert list(items) == []


def test_an_exit_inside_the_async_iterator_reaches_the_consumer(portal: Portal) -> None:
    async def leaves() -> AsyncIterator[int]:
        yield 1
        raise SystemExit(3)

    items = portal.iterate(leaves)

    assert next(items) == 1
    with pytest.raises(SystemExit):
        next(items)
    assert portal.run(double(21)) == 42


def endless(steps: Steps) -> Callable[[], AsyncIterator[int]]:
    async def count() -> AsyncIterator[int]:
        task = asyncio.current_task()
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            await asyncio.sleep(0)
            steps.add("closed" if asyncio.current_task() is task else "closed by another task")

    return count


def test_a_consumer_that_stops_early_closes_the_async_iterator(portal: Portal) -> None:
    steps = Steps()

    for number in portal.iterate(endless(steps)):
        if number == 2:
            break

    steps.wait_for("closed")


def test_closing_an_iterator_waits_until_it_has_unwound(portal: Portal) -> None:
    steps = Steps()
    items = portal.iterate(endless(steps))
    next(items)

    items.close()  # type: ignore[attr-defined]  # like a generator's

    assert steps.seen == ["closed"]
    assert list(items) == []


def test_an_iterator_collected_as_garbage_is_closed(portal: Portal) -> None:
    steps = Steps()
    items = portal.iterate(endless(steps))
    next(items)
    cycle: list[object] = [items]
    cycle.append(cycle)

    del items, cycle
    gc.collect()

    steps.wait_for("closed")


def test_an_iterator_dropped_on_the_portals_own_thread_is_closed(portal: Portal) -> None:
    steps = Steps()
    held = [portal.iterate(endless(steps))]
    next(held[0])

    async def drop() -> None:
        held.clear()

    portal.run(drop())

    steps.wait_for("closed")


def test_closing_the_portal_closes_its_iterators_before_the_cleanup() -> None:
    steps = Steps()
    portal = Portal()

    async def cleanup() -> None:
        steps.add("cleanup")

    portal.at_close(cleanup)
    items = portal.iterate(endless(steps))
    next(items)
    portal.close()

    assert steps.seen == ["closed", "cleanup"]
    with pytest.raises(ConfigError, match="closed"):
        next(items)


def test_an_iterator_keeps_its_portal_alive() -> None:
    items = Portal().iterate(numbers)
    gc.collect()

    assert list(items) == [0, 1, 2]


def test_threads_can_share_an_iterator(portal: Portal) -> None:
    async def hundred() -> AsyncIterator[int]:
        for number in range(100):
            await asyncio.sleep(0)
            yield number

    items = portal.iterate(hundred)
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: list(items), range(4)))

    assert list(range(100)) == sorted(number for share in shares for number in share)


@needs_signals
def test_ctrl_c_cancels_the_coroutine_waits_until_it_has_unwound_and_is_raised() -> None:
    result = program("""
        async def hang():
            try:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.1)
                print("unwound")

        try:
            portal.run(hang())
        except KeyboardInterrupt:
            print("interrupted")
        print(portal.run(double(21)))
    """)

    assert result.stdout.split() == ["unwound", "interrupted", "42"], result.stderr
    assert result.stderr == ""


@needs_signals
def test_a_second_ctrl_c_does_not_wait() -> None:
    result = program("""
        async def hang():
            try:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()

        try:
            portal.run(hang())
        except KeyboardInterrupt:
            print("interrupted")
        print(portal.run(double(21)))
    """)

    assert result.stdout.split() == ["interrupted", "42"], result.stderr
    assert result.stderr == ""


@needs_signals
def test_ctrl_c_while_an_iterator_waits_closes_it() -> None:
    result = program("""
        async def pages():
            try:
                yield 1
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.1)
                print("closed")

        items = portal.iterate(pages)
        try:
            for item in items:
                print(item)
        except KeyboardInterrupt:
            print("interrupted")
        print(list(items), portal.run(double(21)))
    """)

    assert result.stdout.split() == ["1", "closed", "interrupted", "[]", "42"], result.stderr
    assert result.stderr == ""


@needs_signals
def test_an_exception_from_any_signal_handler_unwinds_the_call_too() -> None:
    result = program("""
        def give_up(*_):
            raise TimeoutError("too long")

        signal.signal(signal.SIGALRM, give_up)

        async def hang():
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.01)
                await asyncio.Event().wait()
            finally:
                print("unwound")

        try:
            portal.run(hang())
        except TimeoutError as error:
            print(error)
    """)

    assert result.stdout.splitlines() == ["unwound", "too long"], result.stderr


@needs_fork
def test_a_forked_child_is_refused_with_advice_and_the_parent_goes_on() -> None:
    result = program("""
        portal.run(double(1))
        pid = os.fork()
        if pid == 0:
            try:
                portal.run(double(1))
            except ConfigError as error:
                assert "fork" in str(error) and "child" in str(error), error
                os._exit(0)
            os._exit(1)
        waited(pid)
        print(portal.run(double(21)))
    """)

    assert result.stdout.split() == ["42"], result.stderr
    assert result.stderr == ""


@needs_fork
@pytest.mark.parametrize("leave", ["portal.close()", "portal = None; gc.collect()", "pass"])
def test_a_forked_child_leaves_without_hanging_and_the_parent_goes_on(leave: str) -> None:
    result = program(f"""
        portal.run(double(1))
        async def numbers():
            yield 1
            yield 2
        items = portal.iterate(numbers)
        next(items)
        pid = os.fork()
        if pid == 0:
            {leave}
            sys.exit(0)
        waited(pid)
        print(portal.run(double(21)), next(items))
    """)

    assert result.stdout.split() == ["42", "2"], result.stderr
    assert result.stderr == ""


@needs_fork
def test_the_destructors_of_a_forked_child_leave_the_parents_connections_alone() -> None:
    result = program("""
        async def echo(reader, writer):
            while byte := await reader.read(1):
                writer.write(byte)
            writer.close()

        async def connect():
            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            return server, await asyncio.open_connection(*server.sockets[0].getsockname())

        async def talk():
            writer.write(b"x")
            return await reader.readexactly(1)

        server, (reader, writer) = portal.run(connect())
        print(portal.run(talk()))
        pid = os.fork()
        if pid == 0:
            writer.transport.close()
            server.close()
            sys.exit(0)
        waited(pid)
        print(portal.run(talk()))

        async def disconnect():
            writer.close()
            await writer.wait_closed()
            server.close()
            await server.wait_closed()

        portal.run(disconnect())
    """)

    assert result.stdout.split() == ["b'x'", "b'x'"], result.stderr
    assert result.stderr == ""


@needs_fork
def test_a_child_forked_before_the_first_call_may_call() -> None:
    result = program("""
        pid = os.fork()
        if pid == 0:
            sys.exit(portal.run(double(21)) != 42)
        waited(pid)
        print(portal.run(double(21)))
    """)

    assert result.stdout.split() == ["42"], result.stderr


def test_an_open_portal_is_closed_with_its_cleanup_at_interpreter_exit() -> None:
    result = program("""
        async def cleanup():
            print("cleanup")

        async def numbers():
            try:
                yield 1
            finally:
                print("closed")

        portal.at_close(cleanup)
        items = portal.iterate(numbers)
        next(items)
        print("exit")
    """)

    assert result.stdout.split() == ["exit", "closed", "cleanup"], result.stderr
    assert result.stderr == ""
    assert result.returncode == 0


@pytest.mark.parametrize("used_before", [True, False])
@pytest.mark.parametrize(
    "late",
    [
        "atexit.register(late)",
        # Called after everything that was registered since: it was registered first.
        "logging.getLogger().addHandler(Late()); logging.warning('kept')",
        # Registered too late to be called, what the import registers is not called either.
        "atexit.register(lambda: late(Portal()))",
    ],
)
def test_calls_at_interpreter_exit_work_and_the_process_ends(late: str, used_before: bool) -> None:
    result = program(f"""
        import atexit, logging, logging.handlers

        def late(portal=portal):
            print(portal.run(double(21)), portal.run(double(2)))

        class Late(logging.handlers.BufferingHandler):
            def __init__(self):
                super().__init__(100)

            def flush(self):
                if self.buffer:
                    late()
                super().flush()

        {"portal.run(double(1))" if used_before else ""}
        {late}
        print("end")
    """)

    assert ["end", "42", "4"] == result.stdout.split(), result.stderr
    assert 0 == result.returncode


def test_a_call_when_the_interpreter_is_gone_is_refused_and_the_process_ends() -> None:
    result = program("""
        class Late:
            def __del__(self):
                portal.run(double(21))

        late = Late()
        print("end")
    """)

    assert ["end"] == result.stdout.split()
    assert "ConfigError: The interpreter is shutting down" in result.stderr
    assert 0 == result.returncode


def test_a_list_begun_at_interpreter_exit_is_refused_and_the_process_ends() -> None:
    result = program("""
        import logging, logging.handlers

        async def numbers():
            yield 1

        class Late(logging.Handler):
            def close(self):
                try:
                    next(portal.iterate(numbers))
                except ConfigError as error:
                    print(error)
                super().close()

        logging.getLogger().addHandler(Late())
    """)

    assert "Read it at once" in result.stdout, result.stderr
    assert 0 == result.returncode


def test_the_exit_of_a_program_ends_calls_that_hang_in_daemon_threads() -> None:
    result = program("""
        begun = threading.Event()

        async def hang():
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                print("unwound")

        def call():
            try:
                portal.run(hang())
            except Exception:
                pass

        threading.Thread(target=call, daemon=True).start()
        begun.wait(10)
    """)

    assert result.stdout.split() == ["unwound"], result.stderr
    assert result.stderr == ""
    assert result.returncode == 0
