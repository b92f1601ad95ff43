"""The embedded instance in the kernel of a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# What DuckDB takes for a kernel: an interactive process in which IPython says that it is one. There are no widgets.
KERNEL = """
class Kernel:
    config = {"IPKernelApp": {}}

def get_ipython():
    return Kernel()
"""
CELLS = """
import asyncio
import IPython
import duckdb
from domo_async.emulator import Emulator

async def cell():
    # The loop of a kernel runs all the time.
    with Emulator() as emulator, emulator.sync_client() as domo:
        orders = domo.datasets.create("Orders", {"id": "LONG"})
        domo.datasets.upload(orders.id, [(7,)])
        print(list(domo.datasets.query(orders.id, "SELECT id FROM table").rows))

asyncio.run(cell())
try:
    duckdb.connect().execute("SET enable_progress_bar = false")
except duckdb.Error as error:
    print("ipywidgets" in str(error))
"""


def test_the_instance_works_in_a_notebook_without_widgets(tmp_path: Path) -> None:
    (tmp_path / "IPython.py").write_text(KERNEL)
    (tmp_path / "ipywidgets.py").write_text("raise ImportError")
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])

    done = subprocess.run(
        [sys.executable, "-c", CELLS],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ["[(7,)]", "True"] == done.stdout.splitlines(), done.stderr[-2000:]
