"""What a ledger knows of one file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

__all__ = ["LedgerRow", "LedgerState", "timestamp_text"]

LedgerState: TypeAlias = Literal["sending", "loaded", "uncertain", "bad"]


@frozen(kw_only=True)
class LedgerRow:
    """One content of a file, and what became of it.

    Attributes:
        digest: The hash of its bytes, by which it is known.
        path: Where the file was, absolute.
        size: Its bytes.
        modified: When it was written, in ISO 8601.
        head: The hash of its first bytes.
        state: ``sending`` from before its upload is opened until what became of it is written down; ``loaded``;
            ``uncertain`` if the commit's answer was lost; ``bad`` if it cannot be loaded.
        at: When that was written down, in ISO 8601.
        rows: Its rows.
        journal: The name of its upload's journal, until it is loaded.
        upload_id: The upload.
        data_version: The data version that holds it, where that is known.
        error: What is wrong with it.
        line: The line where that is.
        gone: When it was told that the file is not there any longer.
    """

    digest: str
    path: str
    size: int
    modified: str
    head: str
    state: LedgerState
    at: str
    rows: int | None = None
    journal: str | None = None
    upload_id: int | None = None
    data_version: int | None = None
    error: str | None = None
    line: int | None = None
    gone: str | None = None


def timestamp_text(when: datetime) -> str:
    """Return a time as a ledger has it."""
    return when.isoformat(timespec="milliseconds")
