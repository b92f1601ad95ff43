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
"""The size of a part in bytes. Parts are smaller for small files and for sources that are held in memory until they are
sent, and larger for sources of more than a thousand parts."""
LARGEST_PART = 64 << 20
MEMORY_OF_PARTS = 20 << 20
"""The most bytes that an upload holds of a source that can be read only once, unless the caller gives a part size or a
number of parts. A part is begun while there is any room."""

PARTS_AT_ONCE = 8
"""The number of concurrent parts when an upload begins; it grows while that makes the upload faster, see
`AdaptiveConcurrency`."""
MOST_PARTS_AT_ONCE = 32

FILES_AT_ONCE = 4
"""The number of concurrent files, exports of datasets, and windows of the activity log."""
QUERIES_AT_ONCE = 8
"""The number of concurrent queries, and of datasets that are uploaded to at the same time."""
CHANGES_AT_ONCE = 8
"""The number of concurrent changes, and of look-ups for them, in a bulk call."""

BATCH_ROWS = 65_536
"""The number of rows in an Arrow batch."""
