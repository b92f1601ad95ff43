"""Ctrl-C in the middle of an upload, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from domo_async.emulator import Emulator, Fault

ASYNC = """
import asyncio, sys
from domo_async import Domo

async def main():
    async with Domo(sys.argv[1], token=sys.argv[2]) as domo:
        await domo.datasets.upload(sys.argv[3], b"1,new\\n" * 5000, part_size=1000)

asyncio.run(main())
"""
SYNC = """
import sys
from domo_async.sync import Domo

with Domo(sys.argv[1], token=sys.argv[2]) as domo:
    domo.datasets.upload(sys.argv[3], b"1,new\\n" * 5000, part_size=1000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
@pytest.mark.parametrize("program", [pytest.param(ASYNC, id="async"), pytest.param(SYNC, id="sync")])
@pytest.mark.parametrize(
    ("route", "rows"), [pytest.param("PUT *parts/7", 1, id="parts"), pytest.param("PUT *commit", 5000, id="commit")]
)
def test_ctrl_c_leaves_the_old_rows_or_all_the_new_ones(program, route, rows):
    with Emulator() as emulator, emulator.sync_client() as domo:
        dataset = domo.datasets.create("Test", {"n": "LONG", "text": "STRING"})
        domo.datasets.upload(dataset.id, b"0,old\n")
        emulator.log.clear()
        emulator.faults.add(Fault(route, "delay", delay=1))
        command = [sys.executable, "-c", program, emulator.url, emulator.token, dataset.id]
        child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not emulator.faults.fired and child.poll() is None:
            time.sleep(0.005)

        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=60)

        assert "KeyboardInterrupt" in errors
        assert child.returncode != 0
        assert (rows == 5000) == bool(emulator.log.matching("PUT *commit"))
        assert (rows == 5000) == ("the commit was in progress and took effect" in errors)
        assert rows == len(domo.datasets.query(dataset.id, "SELECT * FROM table"))
