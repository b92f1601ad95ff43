"""A Domo instance on loopback: the documented routes over HTTP, with state, and SQL run by DuckDB.

It serves tests, demonstrations and measurements without a real instance. Behaviour that Domo's documentation does not
describe, and that the emulator chose, is marked "emulator-defined" in the code.
"""

from __future__ import annotations

from importlib.util import find_spec as _find_spec

# These packages are slow to import, so that they are imported on first use; a missing one is reported now.
if not all(map(_find_spec, ("duckdb", "sqlglot"))):
    raise ImportError('The embedded Domo instance needs: pip install "domo-async[emulator]"')
