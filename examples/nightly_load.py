"""Append what is new in a folder to a dataset, each file exactly once, however often this runs.

    python examples/nightly_load.py FOLDER DATASET_ID      # from cron; DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN are set
    domo-async datasets sync FOLDER -d DATASET_ID --evolve # the same with the same ledger, from the command line

Exits with 1 if files were set aside or failed, so that cron tells.
"""

from __future__ import annotations

import sys
from pathlib import Path

from domo_async.sync import Domo

folder, dataset_id = sys.argv[1:]
with Domo.from_env() as domo:
    report = domo.datasets.load_folder(folder, dataset_id, ledger=Path(folder, ".domo-async.ledger"), schema="evolve")
print(f"{report.rows} rows of {len(report.loaded)} files")
for name, path in report.added.items():
    print(f"new column {name}, by {path}")
for entry in report.not_loaded:
    print(f"{entry.outcome}: {entry.error}")
sys.exit(1 if report.not_loaded else 0)
