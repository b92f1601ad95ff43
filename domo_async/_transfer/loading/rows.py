"""The ledger's row for one file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

__all__ = ["LedgerRow", "LedgerState", "timestamp_text"]

LedgerState: TypeAlias = Literal["sending", "loaded", "uncertain", "bad"]


@frozen(kw_only=True)
class LedgerRow:
    """One content of a file, and its outcome.

    Attributes:
        digest: The hash of its bytes, which identifies it.
        path: The absolute path of the file.
        size: Its size in bytes.
        modified: When the file was last written to, in ISO 8601.
        head: The hash of its first bytes.
        state: ``sending`` from before its upload is opened until its outcome is recorded; ``loaded``;
            ``uncertain`` if the commit's answer was lost; ``bad`` if it cannot be loaded.
        at: When the state was recorded, in ISO 8601.
        rows: The number of its rows.
        journal: The name of its upload's journal, until it is loaded.
        upload_id: The ID of the upload.
        data_version: The data version that holds it, if it is known.
        error: The error of the content.
        line: The line of the error.
        gone: When it was reported that the file no longer exists.
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
    """Return a time in the ledger's format."""
    return when.isoformat(timespec="milliseconds")
