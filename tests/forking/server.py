"""Imports the library and what it needs, and is forked for each client that connects; ends with its input."""

from __future__ import annotations

import gc
import io
import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# Not the commands: where their output goes, and how wide it is, is seen when they are imported.
IMPORTED = (
    "domo_async.emulator",
    "domo_async.sync",
    "domo_async._emulator.routes",
    "domo_async._emulator.rows.ingest",
    "domo_async._endpoints.datasets.area",
    "rich.progress",
    "rich.table",
    "typer.main",
    "typer.rich_utils",
)


def serve(address: str) -> dict[str, Any]:
    """Serve clients; returns the request of one, in the process that was forked for it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    os.write(1, b"ready\n")
    forked: set[int] = set()
    while True:
        readable, _, _ = select.select([listener.fileno(), 0], [], [])
        forked = {process for process in forked if os.waitpid(process, os.WNOHANG) == (0, 0)}
        if 0 in readable:
            sys.exit()
        connection, _ = listener.accept()
        process = os.fork()
        if process == 0:
            listener.close()
            return attend(connection)
        forked.add(process)
        connection.close()


def attend(connection: socket.socket) -> dict[str, Any]:
    """Fork the process of one client, and tell that client of it; returns the request, in that process."""
    head, descriptors, _, _ = socket.recv_fds(connection, 20, 3)
    with connection.makefile("rb") as incoming:
        request: dict[str, Any] = json.loads(incoming.read(int(head)))
    ended, held = os.pipe()  # held by the process as long as it lives
    process = os.fork()
    if process == 0:
        connection.close()
        os.close(ended)
        take_over(request, descriptors)
        return request
    os.close(held)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(b"%d\n" % process)
    readable, _, _ = select.select([connection.fileno(), ended], [], [])
    if connection.fileno() in readable:  # the client was killed
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    connection.sendall(b"%d\n" % status)
    os._exit(0)


def take_over(request: dict[str, Any], descriptors: list[int]) -> None:
    """Become as a process that was started as the client was."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which the server ignores if it was started by nohup
    for number in request["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    given = dict(zip(request["descriptors"], descriptors, strict=True))
    for number in range(3):
        if number in given:
            os.dup2(given[number], number)
            os.close(given[number])
        else:
            os.close(number)
    sys.stdin = stream(0, "r", given)
    sys.stdout = stream(1, "w", given)
    sys.stderr = stream(2, "w", given)


def stream(number: int, mode: str, given: dict[int, int]) -> Any:
    """Return a standard stream as Python makes it, which is None where the descriptor is closed."""
    if number not in given:
        return None
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    raw = io.FileIO(number, mode, closefd=False)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    if mode == "r":
        return io.TextIOWrapper(io.BufferedReader(raw), encoding, errors or "strict")
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding,
        "backslashreplace" if number == 2 else errors or "strict",
        line_buffering=number == 2 or raw.isatty(),
        write_through=unbuffered,
    )


def run(arguments: list[str]) -> None:
    """Run a module or a script, as Python does."""
    if arguments[0] == "-m":
        sys.path[0] = str(Path.cwd())
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(arguments[0]).parent)
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


for name in IMPORTED:
    import_module(name)
gc.freeze()
run(serve(sys.argv[1])["arguments"])
