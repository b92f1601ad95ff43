"""Domo's Files and FileSets as file systems: pandas writes and reads there by URL.

Needs the extras `fsspec` and `pandas`. Runs on the embedded instance; leave out `options` for your own, which the
environment or a profile names.
"""

from __future__ import annotations

import fsspec
import pandas as pd

from domo_async.emulator import Emulator

with Emulator() as emulator:
    options = {"instance": emulator.url, "token": emulator.token}
    orders = pd.DataFrame({"id": [1, 2, 3], "amount": [9.5, 3.0, 7.25]})

    orders.to_csv("domo://files/orders.csv", index=False, storage_options=options)
    print(pd.read_csv("domo://files/orders.csv", storage_options=options)["amount"].sum())

    with emulator.sync_client() as domo:
        domo.filesets.create(name="Reports")
    orders.to_parquet("domo-fileset://Reports/2024/orders.parquet", storage_options=options)
    reports = fsspec.filesystem("domo-fileset", **options)
    print(reports.find("Reports"))

    reports.close()
    fsspec.filesystem("domo", **options).close()
