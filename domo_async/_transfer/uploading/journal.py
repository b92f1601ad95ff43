"""The journal of an upload: every step is recorded before the upload continues, so that a later run can resume it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from domo_async._locking import lock
from domo_async._transfer.part import Part
from domo_async.errors import AfterCommitError, ConfigError, UploadError

__all__ = ["DamagedJournal", "FileRecord", "Finished", "Journal", "PartRecord", "Sent", "digest", "journal_at"]

_KIND = "domo-async upload journal"
_VERSION = 2
# Every journal begins with these bytes. A file without them is not a journal, and is never written to.
_BEGIN = json.dumps({"journal": _KIND})[:-1].encode()


class DamagedJournal(ConfigError):
    """The file is not a journal any more, so that it does not show what became of its upload."""


@frozen
class PartRecord:
    """A part that has arrived.

    Attributes:
        records: The number of its records.
        length: Its size in bytes.
        digest: The hash of its bytes.
    """

    records: int
    length: int
    digest: str


@frozen
class FileRecord:
    """A file whose content was uploaded.

    Attributes:
        path: Its absolute path, with links resolved.
        size: Its size in bytes.
        digest: The hash of its bytes.
    """

    path: str
    size: int
    digest: str


@frozen(kw_only=True)
class Sent:
    """The totals of what was sent, recorded before the commit.

    Attributes:
        rows: The number of rows.
        bytes: The number of bytes of CSV.
        parts: The number of parts.
        before: The data versions that the dataset had before; None if they could not be read.
        files: The source files, if there is a journal.
    """

    rows: int
    bytes: int
    parts: int
    before: tuple[int, ...] | None = ()
    files: tuple[FileRecord, ...] = ()


@frozen(kw_only=True)
class Finished:
    """An upload that took effect.

    Attributes:
        upload_id: The ID of the upload.
        data_version: The data version that it created, if it is known.
        sent: The totals of what was sent.
        parts: The parts in order.
        columns: The names and types of the dataset's columns.
    """

    upload_id: int
    data_version: int | None
    sent: Sent
    parts: tuple[PartRecord, ...]
    columns: list[list[str]]


@define
class Journal:
    """The journal of successive uploads, of which only the last one may be unfinished.

    Attributes:
        path: The file.
        call: The arguments of the last upload; empty in a new journal.
        upload_id: The ID of the upload to continue; None if there is none.
        before: The data versions that the dataset had when the upload was opened; None if they could not be read.
        parts: The parts that have arrived, by number.
        begun: The highest number of a part that may have arrived.
        sent: The totals of what was committed, if a commit was about to be sent.
        finished: The last upload that took effect.
        appended: The files that all uploads of the journal have appended, by path.
    """

    path: Path
    _file: io.FileIO
    _writing: threading.Lock = field(factory=threading.Lock, init=False)
    _broken: OSError | None = field(default=None, init=False)
    call: Mapping[str, Any] = field(factory=dict, init=False)
    upload_id: int | None = field(default=None, init=False)
    before: tuple[int, ...] | None = field(default=(), init=False)
    parts: dict[int, PartRecord] = field(factory=dict, init=False)
    begun: int = field(default=0, init=False)
    sent: Sent | None = field(default=None, init=False)
    finished: Finished | None = field(default=None, init=False)
    appended: dict[str, FileRecord] = field(factory=dict, init=False)

    def begin(self, call: Mapping[str, Any]) -> None:
        """Record the arguments of a new upload."""
        self._write({"call": dict(call)})

    def differences(self, call: Mapping[str, Any]) -> list[str]:
        """Return the differences between a call and the recorded one."""
        asked = json.loads(json.dumps(call))
        return [
            f"{name} ({self.call.get(name)!r} there, {asked[name]!r} now)"
            for name in asked
            if asked[name] != self.call.get(name)
        ]

    def opened(self, upload_id: int, before: Sequence[int] | None) -> None:
        """Record that an upload was opened; parts of another upload do not count."""
        self._write({"opened": upload_id, "before": None if before is None else list(before)})

    def sending(self, number: int) -> None:
        """Record that a part is about to be sent."""
        if number > self.begun:
            self._write({"sending": number}, synced=False)

    def arrived(self, number: int, record: PartRecord) -> None:
        """Record that a part has arrived."""
        self._write({"part": number, "records": record.records, "bytes": record.length, "digest": record.digest})

    def committing(self, sent: Sent) -> None:
        """Record that the commit is about to be sent."""
        self._write({"commit": asdict(sent)})

    def not_committed(self) -> None:
        """Record that the commit certainly did not take effect."""
        self._write({"commit": None})

    def committed(self, data_version: int | None) -> None:
        """Record that the commit took effect.

        Raises:
            AfterCommitError: The journal cannot be written.
        """
        upload_id = self.upload_id
        try:
            self._write({"done": data_version})
        except UploadError as error:
            assert upload_id is not None  # noqa: S101 - it was committed
            raise AfterCommitError(
                f"upload {upload_id} is committed, but the journal {self.path} cannot be written:"
                f" {getattr(error.__cause__, 'strerror', None)}. Do not upload the rows again without it: the same call"
                " with it finds that they are there",
                dataset_id=error.dataset_id,
                upload_id=upload_id,
            ) from error

    def made(self, data_version: int) -> None:
        """Record the data version that the last successful upload created."""
        self._write({"made": data_version})

    def forgotten(self) -> None:
        """Record that the instance does not know the upload any longer."""
        self._write({"opened": None, "before": []})

    def _write(self, entry: dict[str, Any], *, synced: bool = True) -> None:
        """Append a line.

        Raises:
            UploadError: It cannot be written, for example because the disk is full; nothing was committed. The line is
                not in the file, and further lines are refused.
        """
        with self._writing:
            start = self._file.tell()
            begin = {"journal": _KIND, "version": _VERSION}
            lines = [begin, entry] if start == 0 else [entry]
            try:
                if self._broken is not None:
                    raise self._broken
                self._append(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
                if synced:
                    os.fsync(self._file.fileno())
            except OSError as error:
                self._broken = error
                with suppress(OSError):
                    self._file.truncate(start)
                call = entry.get("call", self.call)
                raise UploadError(
                    f"cannot write the journal {self.path}: {error.strerror}; nothing was committed",
                    dataset_id=str(call["dataset"]),
                    upload_id=self.upload_id,
                    journal=str(self.path),
                ) from error
        self._take(json.loads(json.dumps(entry)))

    def _append(self, content: bytes) -> None:
        while content:
            content = content[self._file.write(content) :]

    def close(self) -> None:
        """Close the file after pending writes; it stays locked until then."""
        with self._writing:
            self._file.close()

    def read(self) -> None:
        """Read the file; a last line that was cut short is ignored.

        Raises:
            DamagedJournal: It is not a journal, or is damaged; it is not changed.
            ConfigError: Another version of domo-async wrote it; it is not changed.
        """
        content = self._file.readall()
        if content and not content.startswith(_BEGIN):
            raise DamagedJournal(
                f"{self.path} is not the journal of an upload, and was not changed; name another file for resume"
            )
        good = 0
        for line in io.BytesIO(content):
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
                if good == 0 and entry["version"] != _VERSION:
                    raise ConfigError(
                        f"the journal {self.path} was written by another version of domo-async; finish its upload with"
                        " that one, or name another file for resume. Nothing was sent"
                    )
                if good > 0:
                    self._take(entry)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                if isinstance(error, ConfigError):
                    raise
                raise self._damaged() from None
            good += len(line)
        self._file.seek(good)
        self._file.truncate()

    def _take(self, entry: dict[str, Any]) -> None:
        if "call" in entry:
            self.call = dict(entry["call"])
            self._begin_anew(None, ())
        elif "opened" in entry:
            number = entry["opened"]
            self._begin_anew(None if number is None else int(number), _numbers(entry["before"]))
        elif "sending" in entry:
            self.begun = max(self.begun, int(entry["sending"]))
        elif "part" in entry:
            number = int(entry["part"])
            self.parts[number] = PartRecord(int(entry["records"]), int(entry["bytes"]), str(entry["digest"]))
            self.begun = max(self.begun, number)
        elif "commit" in entry:
            self.sent = None if entry["commit"] is None else _sent(entry["commit"])
        elif "made" in entry:
            if self.finished is None:
                raise ValueError("a version, but nothing is done")
            self.finished = evolve(self.finished, data_version=int(entry["made"]))
        else:
            self._finish(None if entry["done"] is None else int(entry["done"]))

    def _begin_anew(self, upload_id: int | None, before: tuple[int, ...] | None) -> None:
        self.upload_id, self.before, self.parts, self.begun, self.sent = upload_id, before, {}, 0, None

    def _finish(self, data_version: int | None) -> None:
        sent, parts = self.sent, tuple(self.parts[number] for number in sorted(self.parts))
        if sent is None or self.upload_id is None or (sent.parts, sent.bytes) != _sums(parts):
            raise ValueError("done, but not all of it was sent")
        self.finished = Finished(
            upload_id=self.upload_id,
            data_version=data_version,
            sent=sent,
            parts=parts,
            columns=[[str(name), str(column_type)] for name, column_type in self.call["columns"]],
        )
        if self.call["action"] == "APPEND" and self.call["partition"] is None:
            self.appended |= {file.path: file for file in sent.files}
        self._begin_anew(None, ())

    def _damaged(self) -> DamagedJournal:
        return DamagedJournal(
            f"the journal {self.path} is damaged, and was not changed. Check in the dataset's data versions whether"
            " its upload took effect before you name another file for resume; nothing was sent"
        )


def _sums(parts: Sequence[PartRecord]) -> tuple[int, int]:
    return len(parts), sum(part.length for part in parts)


def _numbers(listed: list[Any] | None) -> tuple[int, ...] | None:
    return None if listed is None else tuple(map(int, listed))


def _sent(entry: Mapping[str, Any]) -> Sent:
    return Sent(
        rows=int(entry["rows"]),
        bytes=int(entry["bytes"]),
        parts=int(entry["parts"]),
        before=_numbers(entry["before"]),
        files=tuple(FileRecord(str(file["path"]), int(file["size"]), str(file["digest"])) for file in entry["files"]),
    )


@contextmanager
def journal_at(path: str | os.PathLike[str]) -> Iterator[Journal]:
    """Open the journal at a path, creating it if it does not exist, and lock it against other processes.

    Raises:
        ConfigError: The file cannot be written, is not a journal, or another process has locked it.
    """
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ConfigError(f"resume must be the path of a journal file, not {path!r:.80}")
    where = Path(path)
    try:
        if where.exists() and not where.is_file():
            raise ConfigError(f"the journal {where} is not a file; name a file for resume")
        number = os.open(where, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        # Unbuffered, because a buffer would keep a line that could not be written.
        file = io.FileIO(number, "r+b")
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"cannot write the journal {where}: {getattr(error, 'strerror', error)}") from None
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ConfigError(f"the journal {where} is not a file; name a file for resume")
        try:
            lock(file)
        except OSError:
            raise ConfigError(f"another process is using the journal {where}") from None
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
