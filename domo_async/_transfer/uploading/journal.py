"""What an upload has done, written down before it goes on, so that a later run can take it up."""

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

__all__ = ["FileRecord", "Finished", "Journal", "PartRecord", "Sent", "digest", "journal_at"]

_KIND = "domo-async upload journal"
_VERSION = 2
# Every journal begins with these bytes. What does not is somebody's file, and is never written to.
_BEGIN = json.dumps({"journal": _KIND})[:-1].encode()


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


@frozen
class FileRecord:
    """A file that an upload was made of.

    Attributes:
        path: Its path, absolute and without links.
        size: Its bytes.
        digest: The hash of its bytes.
    """

    path: str
    size: int
    digest: str


@frozen(kw_only=True)
class Sent:
    """All that was sent, as the commit is about to be.

    Attributes:
        rows: Rows.
        bytes: Bytes of CSV.
        parts: Parts.
        before: The data versions that the dataset had; None if they could not be read.
        files: The files that it was made of, where a journal is kept.
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
        upload_id: The upload.
        data_version: The data version that it made, where that is known.
        sent: What was sent.
        parts: The parts in order.
        columns: The dataset's columns, names and types.
    """

    upload_id: int
    data_version: int | None
    sent: Sent
    parts: tuple[PartRecord, ...]
    columns: list[list[str]]


@define
class Journal:
    """The journal of one upload after the other, of which only the last one may be unfinished.

    Attributes:
        path: The file.
        call: What the last upload was asked to do; empty in a new journal.
        upload_id: The upload to go on with, None if there is none.
        before: The data versions that the dataset had when it was opened; None if they could not be read.
        parts: The parts that have arrived, by number.
        begun: The greatest number of a part that may have arrived.
        sent: What was committed, if a commit was about to be sent.
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
        """Write down what a new upload is to do."""
        self._write({"call": dict(call)})

    def differences(self, call: Mapping[str, Any]) -> list[str]:
        """Return in what a call is another than the one that is written down."""
        asked = json.loads(json.dumps(call))
        return [
            f"{name} ({self.call.get(name)!r} there, {asked[name]!r} now)"
            for name in asked
            if asked[name] != self.call.get(name)
        ]

    def opened(self, upload_id: int, before: Sequence[int] | None) -> None:
        """Write down that an upload was opened; parts that went to another one do not count."""
        self._write({"opened": upload_id, "before": None if before is None else list(before)})

    def sending(self, number: int) -> None:
        """Write down that a part is about to be sent."""
        if number > self.begun:
            self._write({"sending": number}, synced=False)

    def arrived(self, number: int, record: PartRecord) -> None:
        """Write down that a part has arrived."""
        self._write({"part": number, "records": record.records, "bytes": record.length, "digest": record.digest})

    def committing(self, sent: Sent) -> None:
        """Write down that the commit is about to be sent."""
        self._write({"commit": asdict(sent)})

    def not_committed(self) -> None:
        """Write down that the commit surely did not take effect."""
        self._write({"commit": None})

    def committed(self, data_version: int | None) -> None:
        """Write down that the commit took effect.

        Raises:
            AfterCommitError: That cannot be written down.
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
        """Write down which data version the upload that took effect last has made."""
        self._write({"made": data_version})

    def forgotten(self) -> None:
        """Write down that the instance does not know the upload any longer."""
        self._write({"opened": None, "before": []})

    def _write(self, entry: dict[str, Any], *, synced: bool = True) -> None:
        """Add a line.

        Raises:
            UploadError: The disk is full, for one; nothing was committed. The line is not there, and no other comes.
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
        """Close the file once nothing is being written to it, since it stays locked until then."""
        with self._writing:
            self._file.close()

    def read(self) -> None:
        """Take in what stands in the file; a last line that was cut short never happened.

        Raises:
            ConfigError: It is not a journal, or one that is damaged; it is left as it is.
        """
        content = self._file.readall()
        if content and not content.startswith(_BEGIN):
            raise ConfigError(
                f"{self.path} is not the journal of an upload, and was left as it is; name another file for resume"
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

    def _damaged(self) -> ConfigError:
        return ConfigError(
            f"the journal {self.path} is damaged, and was left as it is. Look at the dataset's data versions to see"
            " what its upload came to before you name another file for resume; nothing was sent"
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
    """Give the journal at a path, made if there is none; no other process may have it meanwhile.

    Raises:
        ConfigError: The file cannot be written, is not a journal, or another process has it.
    """
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ConfigError(f"resume names the file of a journal, and is {path!r:.80}")
    where = Path(path)
    try:
        if where.exists() and not where.is_file():
            raise ConfigError(f"the journal {where} is not a file; name a file for resume")
        number = os.open(where, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        # Without a buffer, in which a line would wait that could not be written.
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
