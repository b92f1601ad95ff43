"""Defaults of calls, the command line and Spark, defined only here."""

from __future__ import annotations

__all__ = [
    "BATCH_ROWS",
    "CHANGES_AT_ONCE",
    "FILES_AT_ONCE",
    "LARGEST_PART",
    "LEAST_PART",
    "MEMORY_OF_PARTS",
    "MOST_PARTS_AT_ONCE",
    "PARTS_AT_ONCE",
    "QUERIES_AT_ONCE",
    "USUAL_PART",
]

LEAST_PART = 2 << 20
USUAL_PART = 8 << 20
"""Bytes of a part: this many, fewer for small files and for what is held in memory until it is sent, more for what has
more than a thousand parts."""
LARGEST_PART = 64 << 20
MEMORY_OF_PARTS = 24 << 20
"""Bytes that one upload holds of parts of what comes only once, unless it was asked for a size or a number of parts; a
part is begun while there is any room."""

PARTS_AT_ONCE = 8
"""Parts of an upload under way in the beginning; more while that is faster, see `AdaptiveConcurrency`."""
MOST_PARTS_AT_ONCE = 32

FILES_AT_ONCE = 4
"""Files, datasets to export, windows of the activity log under way at once."""
QUERIES_AT_ONCE = 8
"""Queries, and datasets to upload to, under way at once."""
CHANGES_AT_ONCE = 8
"""Rows of a call in bulk, and look-ups for one, under way at once."""

BATCH_ROWS = 65_536
"""Rows of a batch of Arrow."""
