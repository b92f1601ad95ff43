"""domo-async without await, as a notebook: every call blocks, also inside Jupyter, where an event loop runs already.

Open it in an editor that knows ``# %%`` cells, or run it as it is:

    python examples/quickstart_sync.py

Without any settings this talks to a Domo instance embedded in the process (pip install "domo-async[emulator]").
For an instance of your own, set DOMO_INSTANCE (such as acme) and DOMO_DEVELOPER_TOKEN first.
"""

# %% Connect
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from domo_async.emulator import Emulator
from domo_async.sync import Domo

open_things = ExitStack()  # closed in the last cell; in a script, use `with Domo.from_env() as domo:`
if any(name.startswith("DOMO_") for name in os.environ):
    domo = open_things.enter_context(Domo.from_env())
else:
    domo = open_things.enter_context(open_things.enter_context(Emulator()).sync_client())
print(f"Connected to {'a local instance' if '127.0.0.1' in domo.origin else domo.origin}")

# %% Make a dataset
visits = domo.datasets.create(
    "Visits (domo-async quickstart)",
    {"page": "STRING", "visitors": "LONG", "seconds": "DOUBLE", "seen_at": "DATETIME"},
)

# %% Fill it
csv = b"""\
page,visitors,seconds,seen_at
/home,120,8.25,2025-01-02T10:00:00
/prices,45,31.5,2025-01-02T10:05:00
/home,98,7.75,2025-01-02T11:00:00
"""
done = domo.datasets.upload(visits.id, csv)
print(f"Uploaded {done.rows} rows")

# Add some more: without action="APPEND", an upload replaces all rows.
more = domo.datasets.upload(visits.id, b"/about,7,12.0,2025-01-03T09:30:00\n", action="APPEND")
print(f"Appended {more.rows} row")

# %% Ask it
result = domo.datasets.query(
    visits.id, "SELECT page, SUM(visitors) AS visitors, MAX(seen_at) AS last FROM table GROUP BY page ORDER BY page"
)
for row in result.to_dicts():
    print(row)

# %% Take everything out
with tempfile.TemporaryDirectory() as directory:
    target = Path(directory) / "visits.csv"
    domo.datasets.export(visits.id, target)
    print(f"Exported {len(target.read_text(encoding='utf-8').splitlines()) - 1} rows")

# %% Close the connections
open_things.close()
