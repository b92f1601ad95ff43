"""Stands for a process that the server forks: hands over what it was started with, and ends as that process ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def main() -> None:
    address, *arguments = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until it is known whose they are
    descriptors = [number for number in range(3) if is_open(number)]
    request = {
        "arguments": arguments,
        "environment": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109 - pathlib takes longer than all else here
        "descriptors": descriptors,
        "ignored": [number for number in SIGNALS if signal.getsignal(number) == signal.SIG_IGN],
    }
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    content = json.dumps(request).encode()
    socket.send_fds(server, [b"%20d" % len(content)], descriptors)
    server.sendall(content)
    answers = server.makefile("rb")
    process = int(answers.readline())
    for number in SIGNALS:
        signal.signal(number, lambda number, _frame: os.kill(process, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    status = int(answers.readline())
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


main()
