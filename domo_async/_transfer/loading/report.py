"""Options and reports of loading a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import Attribute, field, frozen

from domo_async._results import Results
from domo_async._transfer.uploading.options import UploadOptions
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError

__all__ = [
    "ChangedFiles",
    "Commits",
    "FileFound",
    "FileOutcome",
    "LoadEntry",
    "LoadOptions",
    "LoadReport",
    "UncertainFiles",
]

Commits: TypeAlias = Literal["together", "each"]
ChangedFiles: TypeAlias = Literal["refuse", "append", "skip"]
UncertainFiles: TypeAlias = Literal["keep", "loaded", "resend"]
FileFound: TypeAlias = Literal["new", "changed", "known", "pending", "vanished"]
FileOutcome: TypeAlias = Literal["loaded", "planned", "skipped", "bad", "refused", "failed", "not begun", "uncertain"]

_COMMITS = ("together", "each")
_CHANGED = ("refuse", "append", "skip")
_UNCERTAIN = ("keep", "loaded", "resend")
_NOT_LOADED = frozenset({"bad", "refused", "failed", "not begun", "uncertain"})


def _one_of(choices: tuple[str, ...]) -> Callable[[Any, Attribute[Any], Any], None]:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        if value not in choices:
            raise ConfigError(f"{attribute.name} must be one of {', '.join(map(repr, choices))}, not {value!r:.80}")

    return check


def _appends(_: Any, __: Attribute[Any], options: UploadOptions) -> None:
    if options.action not in {None, "APPEND"} or options.partition is not None:
        raise ConfigError("files are appended, each once: omit action and partition. Nothing was sent")
    if options.resume is not None:
        raise ConfigError("the ledger manages the journals: omit resume. Nothing was sent")


@frozen(kw_only=True)
class LoadOptions:
    """The options of loading a folder; see `Datasets.load_folder`."""

    commits: Commits = field(default="together", validator=_one_of(_COMMITS))
    changed: ChangedFiles = field(default="refuse", validator=_one_of(_CHANGED))
    uncertain: UncertainFiles = field(default="keep", validator=_one_of(_UNCERTAIN))
    dry_run: bool = False
    upload: UploadOptions = field(factory=UploadOptions, validator=_appends)


@frozen(kw_only=True)
class LoadEntry(Record):
    """The result for one file.

    Attributes:
        path: The path of the file.
        found: The state in which the file was found: ``new``; ``changed`` if the ledger has other content of this path,
            or content that this file only begins with; ``known`` if the ledger has its content; ``pending`` if an
            earlier run ended before its outcome was recorded; or ``vanished`` if it no longer exists (reported once).
        outcome: ``loaded``; ``planned`` in a dry run; ``skipped`` if there is nothing to load; ``bad`` if it does not
            fit the dataset; ``refused`` if it has changed; ``failed`` if the instance refused or failed; ``not begun``
            if another file failed before; or ``uncertain``: it is not known whether it was loaded, and the next run
            finds out before anything else.
        rows: The number of its rows; None if they were not counted.
        size: Its size in bytes.
        data_version: The data version that holds it, if the instance reports it.
        same_as: Another file with the same content, or with whose content this file begins.
        added: The columns that were added to the dataset for it, with their types.
        missing: The dataset's columns that the file lacks, which are NULL.
        line: The line of the error, counted from 1, if it is known.
        error: The reason why it was not loaded, or an error after it was loaded.
    """

    path: str
    found: FileFound
    outcome: FileOutcome
    rows: int | None = None
    size: int | None = None
    data_version: int | None = None
    same_as: str | None = None
    added: Mapping[str, str] = field(factory=dict)
    missing: tuple[str, ...] = ()
    line: int | None = None
    error: DomoError | None = None

    @property
    def ok(self) -> bool:
        """Whether it is loaded, or would be, or there is nothing to load; and there was not an error."""
        return self.outcome not in _NOT_LOADED and self.error is None

    @property
    def begun(self) -> bool:
        """Whether it was begun before another failed."""
        return self.outcome != "not begun"

    def to_row(self) -> dict[str, Any]:
        """Return it as a flat row of a table, with errors as text."""
        return {
            "path": self.path,
            "outcome": self.outcome,
            "found": self.found,
            "rows": self.rows,
            "size": self.size,
            "data_version": self.data_version,
            "same_as": self.same_as,
            "added": ", ".join(f"{name} ({column_type})" for name, column_type in self.added.items()) or None,
            "missing": ", ".join(self.missing) or None,
            "line": self.line,
            "error": None if self.error is None else str(self.error),
        }


@frozen(kw_only=True)
class LoadReport(Results[LoadEntry]):
    """The result of loading a folder's files, or in a dry run, the plan.

    Attributes:
        dataset_id: The dataset.
        results: A result for each file; vanished files come last.
        dry_run: Whether nothing was done.
        seconds: The duration of the call.
        notes: Further remarks.
    """

    dataset_id: str
    results: tuple[LoadEntry, ...]
    dry_run: bool
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def loaded(self) -> tuple[LoadEntry, ...]:
        """The files that were loaded; in a dry run, those that would be."""
        return tuple(entry for entry in self.results if entry.outcome in {"loaded", "planned"})

    @property
    def not_loaded(self) -> tuple[LoadEntry, ...]:
        """The files that should have been loaded and were not, or not certainly."""
        return tuple(entry for entry in self.results if entry.outcome in _NOT_LOADED)

    @property
    def vanished(self) -> tuple[LoadEntry, ...]:
        """The files that were loaded before and no longer exist."""
        return tuple(entry for entry in self.results if entry.found == "vanished")

    @property
    def rows(self) -> int:
        """The number of rows that were loaded; in a dry run, the number that would be."""
        return sum(entry.rows or 0 for entry in self.loaded)

    @property
    def added(self) -> dict[str, str]:
        """The columns that were added to the dataset, with the first file that has each."""
        return {name: entry.path for entry in self.loaded for name in entry.added}

    @property
    def counts(self) -> dict[str, int]:
        """The number of files by outcome."""
        return dict(Counter(entry.outcome for entry in self.results))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the results as flat dictionaries, for example to write a CSV file."""
        return [entry.to_row() for entry in self.results]
