"""Load the files of a folder into a dataset, each exactly once, even if a run is interrupted."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from domo_async._clock import Clock
from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.loading.ledger import LedgerRow, timestamp_text
from domo_async._transfer.loading.report import FileFound, FileOutcome, LoadEntry, LoadOptions, LoadReport
from domo_async._transfer.progress import told_the_end
from domo_async._transfer.sources.paths import FoundFile, find_files
from domo_async._transfer.threads import in_thread
from domo_async._transfer.uploading.backend import UploadBackend
from domo_async._transfer.uploading.concurrency import Budget
from domo_async._transfer.uploading.journal import DamagedJournal, FileRecord, Finished
from domo_async._transfer.uploading.options import UploadOptions
from domo_async._transfer.uploading.proving import file_records, holds_rows_of, known_files
from domo_async._transfer.uploading.uploader import opened, plan_upload, settle_upload, upload
from domo_async.errors import AfterCommitError, CommitUncertain, ConfigError, DomoError, SourceError

if TYPE_CHECKING:
    from domo_async._transfer.loading.ledger import Ledger

__all__ = ["load_folder"]

# The number of first bytes by which files with the same beginning are found.
_HEAD = 512
_NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


async def load_folder(
    backend: UploadBackend,
    folder: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    ledger: str | os.PathLike[str],
    options: LoadOptions,
    clock: Clock,
    budget: Budget,
) -> LoadReport:
    """Load a folder; see `Datasets.load_folder`."""
    # Imports sqlite3, which no other module needs.
    from domo_async._transfer.loading.ledger import is_of_ledger, ledger_at  # noqa: PLC0415 - loads sqlite3

    started = clock.monotonic()
    if not isinstance(ledger, str | os.PathLike) or not os.fspath(ledger):
        raise ConfigError(f"ledger must be the path of a file, not {ledger!r:.80}")
    where = _absolute(Path(ledger))
    wanted: Sequence[object] = [folder]
    if isinstance(folder, Sequence) and not isinstance(folder, str):
        wanted = folder
    paths, folders, notes = await in_thread(find_files, wanted)
    paths = [path for path in paths if not is_of_ledger(path, where)]
    columns = await backend.columns()
    with told_the_end(options.upload.progress), ExitStack() as stack:
        opened = ledger_at(where, backend.dataset_id, dry_run=options.dry_run)
        found = await in_thread(partial(stack.enter_context, opened))
        load = _Load(backend, found, options, clock, budget, columns)
        entries = await load.run(paths, folders)
    return LoadReport(
        dataset_id=backend.dataset_id,
        results=tuple(entries),
        dry_run=options.dry_run,
        seconds=clock.monotonic() - started,
        notes=notes,
    )


@frozen
class _Seen:
    """The current state of a file."""

    path: Path
    record: FileRecord
    modified: str
    head: str
    heads: Mapping[int, str]

    @property
    def absolute(self) -> str:
        return str(_absolute(self.path))


@frozen
class _File:
    """A file to load."""

    path: Path
    row: LedgerRow
    entry: LoadEntry


@frozen
class _Earlier:
    """The contents that earlier runs sent, by path and by first bytes."""

    by_path: Mapping[str, Sequence[LedgerRow]]
    by_head: Mapping[str, Sequence[LedgerRow]]


@define
class _Load:
    _backend: UploadBackend
    _ledger: Ledger
    _options: LoadOptions
    _clock: Clock
    _budget: Budget
    _columns: Sequence[ColumnSpec]
    _rows: list[LedgerRow] = field(factory=list, init=False)
    # By path and content: a file that was written to has an entry for each content.
    _entries: dict[tuple[str, str], LoadEntry] = field(factory=dict, init=False)

    async def run(self, paths: Sequence[Path], folders: Sequence[Path]) -> list[LoadEntry]:
        self._rows = await in_thread(self._ledger.rows)
        lengths = sorted({min(row.size, _HEAD) for row in self._rows})
        seen: list[_Seen] = []
        for path in paths:
            try:
                seen.append(await in_thread(_look_at, path, lengths))
            except SourceError as error:
                self._tell(LoadEntry(path=str(path), found="new", outcome="failed", error=error), "")
        await self._settle_all(seen)
        files = await self._told_apart(seen)
        if self._options.commits == "together":
            await self._load_together(files)
        else:
            await self._load_each(files)
        gone = await in_thread(self._vanished, folders)
        if not self._options.dry_run:
            await in_thread(self._ledger.write, [evolve(row, gone=self._now()) for row in gone])
            await in_thread(self._ledger.clean_up)
        order = {str(path): index for index, path in enumerate(paths)}
        told = sorted(self._entries.values(), key=lambda entry: order.get(entry.path, len(order)))
        return told + [_entry(row, "vanished", "skipped") for row in gone]

    def _tell(self, entry: LoadEntry, digest: str) -> None:
        self._entries[entry.path, digest] = entry

    def _now(self) -> str:
        return timestamp_text(self._clock.now())

    async def _settle_all(self, seen: Sequence[_Seen]) -> None:
        """Determine the outcomes of earlier runs' uploads, before anything is sent."""
        pending = [row for row in self._rows if row.state in {"sending", "uncertain"}]
        for journal in dict.fromkeys(row.journal for row in pending):
            rows = [row for row in pending if row.journal == journal]
            if not self._options.dry_run:
                await self._settle(str(journal), rows, seen)
                continue
            for row in rows:
                self._tell(_entry(row, "pending", "planned"), row.digest)
        self._rows = await in_thread(self._ledger.rows)

    async def _settle(self, journal: str, rows: Sequence[LedgerRow], seen: Sequence[_Seen]) -> None:
        path = self._ledger.journal(journal)
        there = {(file.absolute, file.record.digest): file.path for file in seen}
        files = []
        for row in rows:
            source = there.get((row.path, row.digest), Path(row.path))
            files.append(_File(source, row, evolve(_entry(row, "pending", "not begun"), path=str(source))))
        try:
            finished = await self._finished(path, rows)
        except (CommitUncertain, AfterCommitError) as error:
            if self._options.uncertain == "keep":
                await self._uncertain(files, _with_way_out(_reworded(error, path)))
            elif self._options.uncertain == "loaded":
                await self._written_loaded(files, [file.row for file in files])
            else:
                await self._give_up(files)
            return
        except DomoError as error:
            raise _reworded(error, path) from error.__cause__
        if finished is not None:
            await self._loaded(files, finished, {}, None)
            return
        if all((row.path, row.digest) in there for row in rows) and await self._send(files, path, resumed=True):
            return
        # Nothing was committed, and nobody continues the upload: files that still exist are new.
        await self._give_up(files)

    async def _finished(self, journal: Path, rows: Sequence[LedgerRow]) -> Finished | None:
        """Determine the outcome of a journal's upload; see `settle_upload`."""
        if not await in_thread(journal.exists):
            raise self._unknown(f"the journal {journal} no longer exists", rows)
        try:
            return await settle_upload(self._backend, self._upload_options(journal), self._clock)
        except DamagedJournal:
            raise self._unknown(f"the journal {journal} is damaged", rows) from None

    def _unknown(self, why: str, rows: Sequence[LedgerRow]) -> CommitUncertain:
        return CommitUncertain(
            f"{why}: it is not known whether the files that an earlier run sent with it were loaded. Restore it and"
            " repeat the call to find out",
            dataset_id=self._backend.dataset_id,
            upload_id=rows[0].upload_id or 0,
            rows=sum(row.rows or 0 for row in rows),
            versions_before=(),
        )

    async def _give_up(self, files: Sequence[_File]) -> None:
        await in_thread(self._forget, [file.row for file in files])

    def _forget(self, rows: Sequence[LedgerRow]) -> None:
        self._ledger.write([], instead=rows)

    def _upload_options(self, journal: Path) -> UploadOptions:
        return evolve(self._options.upload, action="APPEND", resume=journal)

    async def _told_apart(self, seen: Sequence[_Seen]) -> list[_File]:
        """Classify the files, and return those to load."""
        held = [row for row in self._rows if row.state != "bad"]
        known = {row.digest: row for row in held}
        earlier = _Earlier(_grouped(held, lambda row: row.path), _grouped(held, lambda row: row.head))
        present = {file.absolute for file in seen}
        moved: dict[str, LedgerRow] = {}
        met: dict[str, str] = {}
        files = []
        for file in seen:
            path, digest = str(file.path), file.record.digest
            entry = LoadEntry(path=path, found="known", outcome="skipped", size=file.record.size)
            if (path, digest) in self._entries:
                continue
            if digest in known:
                row = known[digest]
                other = None if row.path == file.absolute else row.path
                if row.state != "loaded":
                    unsettled: FileOutcome = "planned" if self._options.dry_run else "uncertain"
                    self._tell(evolve(entry, found="pending", outcome=unsettled, same_as=other), digest)
                    continue
                if row.gone is not None or (other and other not in present and not _is_there(other)):
                    moved[digest] = evolve(row, path=file.absolute, gone=None)
                self._tell(evolve(entry, rows=row.rows, data_version=row.data_version, same_as=other), digest)
            elif digest in met:
                self._tell(evolve(entry, same_as=met[digest]), digest)
            else:
                met[digest] = path
                entry = await self._compared(file, evolve(entry, found="new", outcome="not begun"), earlier)
                self._tell(entry, digest)
                if entry.outcome == "not begun":
                    files.append(_File(file.path, self._new_row(file), entry))
        self._rows = [moved.get(row.digest, row) for row in self._rows]
        if not self._options.dry_run:
            await in_thread(self._ledger.write, list(moved.values()))
        return files

    def _new_row(self, file: _Seen) -> LedgerRow:
        return LedgerRow(
            digest=file.record.digest,
            path=file.absolute,
            size=file.record.size,
            modified=file.modified,
            head=file.head,
            state="sending",
            at=self._now(),
        )

    async def _compared(self, file: _Seen, entry: LoadEntry, earlier: _Earlier) -> LoadEntry:
        """Return whether a file replaces one that was loaded, or contains its rows."""
        before = earlier.by_path.get(file.absolute, [])
        real = Path(file.record.path)
        for row in before:
            record = FileRecord(file.record.path, row.size, row.digest)
            if (await in_thread(known_files, [real], {record.path: record})).grown:
                error = SourceError(
                    f"{file.path} begins with the rows that were loaded from it on {row.at[:10]}: they would be loaded"
                    " twice. Put only the new rows in a file of their own"
                )
                return evolve(entry, found="changed", outcome="refused", same_as=row.path, error=error)
        if before:
            error = SourceError(
                f"{file.path} has changed since it was loaded on {before[-1].at[:10]}; if all its rows are new, load it"
                ' with changed="append", or skip it with changed="skip"'
            )
            return self._changed(entry, before[-1].path, error)
        for row in [row for head in file.heads.values() for row in earlier.by_head.get(head, [])]:
            if _is_there(row.path):
                continue
            if await in_thread(holds_rows_of, real, FileRecord(row.path, row.size, row.digest)):
                error = SourceError(
                    f"{file.path} begins with the rows that were loaded from {row.path}, which no longer exists:"
                    ' if renamed, its rows would be loaded twice. If its rows are new, load it with changed="append"'
                )
                return self._changed(entry, row.path, error)
        return entry

    def _changed(self, entry: LoadEntry, before: str, error: SourceError) -> LoadEntry:
        entry = evolve(entry, found="changed", same_as=before)
        if self._options.changed == "refuse":
            return evolve(entry, outcome="refused", error=error)
        return evolve(entry, outcome="skipped") if self._options.changed == "skip" else entry

    async def _planned(self, file: _File) -> _File | None:
        """Read a file as an upload would, and record its entry if it is not to be sent."""
        options = evolve(self._options.upload, action="APPEND", progress=None)
        try:
            async with opened([FoundFile(file.path)], options) as source:
                plan = await plan_upload(self._columns, source, options)
        except SourceError as error:
            reason = error
            if str(file.path) not in error.message:
                reason = SourceError(f"{file.path}: {error.message}", line=error.line)
            self._tell(evolve(file.entry, outcome="bad", line=error.line, error=reason), file.row.digest)
            if not self._options.dry_run:
                row = evolve(file.row, state="bad", error=str(reason), line=error.line)
                await in_thread(self._ledger.write, [row])
            return None
        order = plan.order or range(len(plan.columns))
        missing = [name for name, index in zip(plan.columns, order, strict=True) if index is None]
        entry = evolve(file.entry, rows=plan.rows, added=plan.added, missing=tuple(missing))
        outcome: FileOutcome = "planned" if plan.rows and self._options.dry_run else "not begun"
        self._tell(evolve(entry, outcome=outcome if plan.rows else "skipped"), file.row.digest)
        return _File(file.path, evolve(file.row, rows=plan.rows), entry) if plan.rows else None

    async def _load_together(self, files: Sequence[_File]) -> None:
        planned = [found for file in files if (found := await self._planned(file)) is not None]
        named: set[str] = set()
        for index, file in enumerate(planned):
            # A new column is attributed to the first file that has it.
            added = {
                name: column_type for name, column_type in file.entry.added.items() if name.casefold() not in named
            }
            named.update(map(str.casefold, added))
            planned[index] = evolve(file, entry=evolve(file.entry, added=added))
            told = self._entries[file.entry.path, file.row.digest]
            self._tell(evolve(told, added=added), file.row.digest)
        if planned and not self._options.dry_run:
            await self._load(planned)

    async def _load_each(self, files: Sequence[_File]) -> None:
        for file in files:
            planned = await self._planned(file)
            if planned is None or self._options.dry_run:
                continue
            await self._load([planned])
            told = self._entries[file.entry.path, file.row.digest]
            if told.outcome in {"failed", "uncertain"}:
                # The instance is failing; the other files would fail as well.
                return
            if told.added:
                self._columns = await self._backend.columns()

    async def _load(self, files: Sequence[_File]) -> None:
        name = f"{uuid.uuid4().hex}.journal"
        # It is created before the ledger names it, so that a missing journal means that somebody removed it.
        journal = await in_thread(self._ledger.new_journal, name)
        sending = [evolve(file, row=evolve(file.row, journal=name, at=self._now())) for file in files]
        await in_thread(self._ledger.write, [file.row for file in sending])
        if not await self._send(sending, journal, resumed=False):
            await self._give_up(sending)

    async def _send(self, files: Sequence[_File], journal: Path, *, resumed: bool) -> bool:
        """Upload files, and return whether the ledger still needs the journal."""
        options = self._upload_options(journal)
        added: dict[str, str] = {}
        after: DomoError | None = None
        try:
            done = await upload(
                self._backend, [FoundFile(file.path) for file in files], options, self._clock, self._budget
            )
            added = done.added
        except CommitUncertain as error:
            await self._uncertain(files, _reworded(error, journal))
            return True
        except AfterCommitError as error:
            after = error
        except (SourceError, ConfigError) as error:
            if not resumed:
                for file in files:
                    outcome: FileOutcome = "bad" if isinstance(error, SourceError) and len(files) == 1 else "failed"
                    line = error.line if isinstance(error, SourceError) else None
                    self._tell(evolve(file.entry, outcome=outcome, line=line, error=error), file.row.digest)
            return False
        except DomoError as error:
            failure = _reworded(error, journal)
            for file in files:
                self._tell(evolve(file.entry, outcome="failed", error=failure), file.row.digest)
            return True
        try:
            finished = await settle_upload(self._backend, options, self._clock)
        except DomoError as error:
            await self._uncertain(files, _with_way_out(_reworded(after or error, journal)))
            return True
        if finished is None:
            # The journal does not know of the commit: somebody else has a copy of it.
            unrecorded = after or DomoError(f"the journal {journal} does not record the upload")
            await self._uncertain(files, _with_way_out(_reworded(unrecorded, journal)))
            return True
        await self._loaded(files, finished, added, after)
        return True

    async def _uncertain(self, files: Sequence[_File], error: DomoError) -> None:
        for file in files:
            self._tell(evolve(file.entry, outcome="uncertain", error=error), file.row.digest)
        upload_id = error.upload_id if isinstance(error, CommitUncertain | AfterCommitError) else None
        rows = [
            evolve(file.row, state="uncertain", upload_id=upload_id, error=str(error), at=self._now()) for file in files
        ]
        await in_thread(self._ledger.write, rows)

    async def _loaded(
        self, files: Sequence[_File], finished: Finished, added: Mapping[str, str], after: DomoError | None
    ) -> None:
        """Record what took effect: the contents that were sent, according to the journal."""
        sent = {record.path: record for record in finished.sent.files}
        rows = []
        for file in files:
            record = sent.get(_real(file.path))
            row = file.row
            if record is not None and record.digest != row.digest:
                row = evolve(row, digest=record.digest, size=record.size, rows=None)
            rows.append(evolve(row, upload_id=finished.upload_id, data_version=finished.data_version))
        try:
            await self._written_loaded(files, rows, added, after)
        except ConfigError as error:
            raise AfterCommitError(
                f"upload {finished.upload_id} is committed, but {error}; the same call finds that its files are loaded",
                dataset_id=self._backend.dataset_id,
                upload_id=finished.upload_id,
            ) from error

    async def _written_loaded(
        self,
        files: Sequence[_File],
        rows: Sequence[LedgerRow],
        added: Mapping[str, str] = _NO_COLUMNS,
        after: DomoError | None = None,
    ) -> None:
        rows = [evolve(row, state="loaded", journal=None, error=None, at=self._now()) for row in rows]
        await in_thread(partial(self._ledger.write, rows, instead=[file.row for file in files]))
        for file, row in zip(files, rows, strict=True):
            brought = {name: added.get(name, column_type) for name, column_type in file.entry.added.items()}
            entry = evolve(
                file.entry,
                outcome="loaded",
                rows=row.rows,
                size=row.size,
                data_version=row.data_version,
                added=added if len(files) == 1 else brought,
                error=after,
            )
            self._tell(entry, file.row.digest)

    def _vanished(self, folders: Iterable[Path]) -> list[LedgerRow]:
        """Return the rows of files that were loaded from these folders and no longer exist."""
        roots = [_absolute(folder) for folder in folders]
        return [
            row
            for row in self._rows
            if row.state == "loaded" and row.gone is None and not _is_there(row.path)
            if any(Path(row.path).is_relative_to(root) for root in roots)
        ]


def _grouped(rows: Iterable[LedgerRow], key: Callable[[LedgerRow], str]) -> dict[str, list[LedgerRow]]:
    groups: dict[str, list[LedgerRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _reworded(error: DomoError, journal: Path) -> DomoError:
    """Return an upload's error with advice that fits a load, where the ledger manages the journal."""
    told = error.message.replace(f" with resume={str(journal)!r}", "")
    told = told.replace(", and remove the journal before you upload other rows", "")
    error.message = told.replace("Remove the journal only if", 'Pass uncertain="resend" only if')
    return error


def _with_way_out(error: DomoError) -> DomoError:
    """Add advice for users who have checked an uncertain outcome themselves."""
    if "uncertain=" not in error.message:
        error.message += '. If you checked: pass uncertain="loaded" if the rows are there, uncertain="resend" if not'
    return error


def _entry(row: LedgerRow, found: FileFound, outcome: FileOutcome) -> LoadEntry:
    return LoadEntry(
        path=row.path, found=found, outcome=outcome, rows=row.rows, size=row.size, data_version=row.data_version
    )


def _look_at(path: Path, lengths: Sequence[int]) -> _Seen:
    """Return the state of a file.

    Raises:
        SourceError: The path is not a file, or cannot be read.
    """
    if not path.is_file():
        raise SourceError(f"{path} is not a file that can be read again, and was skipped")
    (record,) = file_records([Path(_real(path))])
    try:
        with path.open("rb") as file:
            begin = file.read(_HEAD)
            modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; it was skipped") from None
    heads = {length: _hash(begin[:length]) for length in lengths if length <= len(begin)}
    return _Seen(path, record, timestamp_text(modified), _hash(begin), heads)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links are kept


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _is_there(path: str) -> bool:
    return os.path.lexists(path)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
