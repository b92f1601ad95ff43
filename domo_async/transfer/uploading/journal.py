"""What an upload has done, written down before it goes on, so that a later run can take it up."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from attrs import define, field, frozen

from domo_async.errors import ConfigError
from domo_async.locking import lock
from domo_async.transfer.part import Part

__all__ = ["Journal", "PartRecord", "Sent", "digest", "journal_at"]

_KIND = "domo-async upload journal"
_VERSION = 1


@frozen
class PartRecord:
    """A part that has arrived.

    Attributes:
        records: Its records.
        length: Its bytes.
        digest: The hash of its bytes.
    """

    records: int
    length: int
    digest: str


@frozen(kw_only=True)
class Sent:
    """All that was sent, as the commit is about to be.

    Attributes:
        rows: Rows.
        bytes: Bytes of CSV.
        parts: Parts.
        before: The data versions that the dataset had.
    """

    rows: int
    bytes: int
    parts: int
    before: tuple[int, ...] = ()


@define
class Journal:
    """The journal of one upload.

    Attributes:
        path: The file.
        call: What the upload was asked to do; empty in a new journal.
        upload_id: The upload that was opened.
        parts: The parts that have arrived, by number.
        sent: What was committed, if a commit was about to be sent.
        data_version: The data version that the upload made.
        done: Whether it took effect.
    """

    path: Path
    _file: BinaryIO
    _writing: threading.Lock = field(factory=threading.Lock, init=False)
    call: Mapping[str, Any] = field(factory=dict, init=False)
    upload_id: int | None = field(default=None, init=False)
    parts: dict[int, PartRecord] = field(factory=dict, init=False)
    sent: Sent | None = field(default=None, init=False)
    data_version: int | None = field(default=None, init=False)
    done: bool = field(default=False, init=False)

    def begin(self, call: Mapping[str, Any]) -> None:
        """Write down what is to be done; or see that it is what was to be done before.

        Raises:
            ConfigError: The journal is that of another upload.
        """
        asked = json.loads(json.dumps(call))
        if not self.call:
            self._write({"journal": _KIND, "version": _VERSION, "call": asked})
            return
        different = [name for name in asked if asked[name] != self.call.get(name)]
        if different:
            raise ConfigError(
                f"the journal {self.path} is that of another upload: {', '.join(different)} differ"
                f" ({', '.join(f'{self.call.get(name)!r} there, {asked[name]!r} now' for name in different)})."
                " Go on with the same source and options, or remove the file to begin anew; nothing was sent"
            )

    def opened(self, upload_id: int) -> None:
        """Write down that an upload was opened; parts that went to another one do not count."""
        self._write({"opened": upload_id})

    def arrived(self, number: int, record: PartRecord) -> None:
        """Write down that a part has arrived."""
        self._write({"part": number, "records": record.records, "bytes": record.length, "digest": record.digest})

    def committing(self, sent: Sent) -> None:
        """Write down that the commit is about to be sent."""
        self._write({"commit": {"rows": sent.rows, "bytes": sent.bytes, "parts": sent.parts, "before": sent.before}})

    def not_committed(self) -> None:
        """Write down that the commit surely did not take effect."""
        self._write({"commit": None})

    def committed(self, data_version: int | None) -> None:
        """Write down that the commit took effect."""
        self._write({"done": data_version})

    def forgotten(self) -> None:
        """Write down that the instance does not know the upload any longer."""
        self._write({"opened": None})

    def _write(self, entry: dict[str, Any]) -> None:
        with self._writing:
            self._file.write(json.dumps(entry).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self._take(entry)

    def close(self) -> None:
        """Close the file once nothing is being written to it, since it stays locked until then."""
        with self._writing:
            self._file.close()

    def read(self) -> None:
        """Take in what stands in the file; a last line that was cut short never happened."""
        good = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
                known = good > 0 or (entry["journal"], entry["version"]) == (_KIND, _VERSION)
                self._take(entry)
            except (ValueError, KeyError, TypeError):
                known = False
            if not known:
                raise ConfigError(f"{self.path} is no upload's journal; name another file, or remove it if it may go")
            good += len(line)
        self._file.seek(good)
        self._file.truncate()

    def _take(self, entry: dict[str, Any]) -> None:
        if "call" in entry:
            self.call = entry["call"]
        elif "opened" in entry:
            self.upload_id, self.parts, self.sent = entry["opened"], {}, None
        elif "part" in entry:
            self.parts[entry["part"]] = PartRecord(entry["records"], entry["bytes"], entry["digest"])
        elif "commit" in entry:
            found = entry["commit"]
            self.sent = None if found is None else Sent(**{**found, "before": tuple(found["before"])})
        else:
            self.data_version, self.done = entry["done"], True


@contextmanager
def journal_at(path: str | os.PathLike[str]) -> Iterator[Journal]:
    """Give the journal at a path, made if there is none; no other process may have it meanwhile.

    Raises:
        ConfigError: The file cannot be written, is no journal, or another process has it.
    """
    where = Path(path)
    try:
        file = os.fdopen(os.open(where, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b")
    except OSError as error:
        raise ConfigError(f"cannot write the journal {where}: {error.strerror}") from None
    with file:
        try:
            lock(file)
        except OSError:
            raise ConfigError(f"another process goes on with the upload of the journal {where}") from None
        journal = Journal(where, file)
        journal.read()
        try:
            yield journal
        finally:
            journal.close()


def digest(part: Part) -> str:
    """Return the hash of a part's bytes."""
    found = hashlib.sha256()
    for piece in part.open():
        found.update(piece)
    return found.hexdigest()
