"""What connections and cursors say when they are used wrongly."""

from __future__ import annotations

__all__ = ["BROKEN", "CONNECTION_CLOSED", "CURSOR_CLOSED", "EXECUTEMANY", "NO_RESULT", "RESULT_CLOSED"]

CONNECTION_CLOSED = "the connection is closed; connect again"
CURSOR_CLOSED = "the cursor is closed; make another"
NO_RESULT = "there is no result: execute a query first"
BROKEN = "the result broke off with an error, so its other rows cannot be fetched: execute the query again"
RESULT_CLOSED = "the result was closed while its rows were fetched: execute the query again"
EXECUTEMANY = "executemany is for writing, and a connection only reads: execute each query, or bind a list to IN"
