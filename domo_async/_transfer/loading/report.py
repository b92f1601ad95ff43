"""What to load of a folder, and what came of it."""

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
        raise ConfigError("files are appended, each once: leave action and partition out. Nothing was sent")
    if options.resume is not None:
        raise ConfigError("the ledger keeps the journals: leave resume out. Nothing was sent")


@frozen(kw_only=True)
class LoadOptions:
    """How a folder is loaded; see `Datasets.load_folder`."""

    commits: Commits = field(default="together", validator=_one_of(_COMMITS))
    changed: ChangedFiles = field(default="refuse", validator=_one_of(_CHANGED))
    uncertain: UncertainFiles = field(default="keep", validator=_one_of(_UNCERTAIN))
    dry_run: bool = False
    upload: UploadOptions = field(factory=UploadOptions, validator=_appends)


@frozen(kw_only=True)
class LoadEntry(Record):
    """One file, and what became of it.

    Attributes:
        path: Where it is.
        found: What it is: ``new``; ``changed``, where the ledger has other content of this path, or content that this
            file only begins with; ``known``, where the ledger has its content; ``pending``, where an earlier run ended
            before what became of it was written down; or ``vanished``, where it is not there any longer (told once).
        outcome: ``loaded``; ``planned`` in a dry run; ``skipped``, as there is nothing to load; ``bad``, as it is not
            what the dataset takes; ``refused``, as it is changed; ``failed``, as the instance refused or failed;
            ``not begun``, as another failed before; or ``uncertain``: whether it was loaded is not known, and the next
            run finds out before anything else.
        rows: Its rows; None if they were not counted.
        size: Its bytes.
        data_version: The data version that holds it, where the instance tells.
        same_as: Another file of the same content, or whose content it begins with.
        added: The columns that the dataset got for it, with their types.
        missing: The dataset's columns that it lacks, which are NULL.
        line: The line where it is wrong, counted from 1, where that is known.
        error: Why it was not loaded, or what went wrong after it was.
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
        """Whether it is loaded, or would be, or there is nothing to load; and nothing went wrong."""
        return self.outcome not in _NOT_LOADED and self.error is None

    @property
    def begun(self) -> bool:
        """Whether it was begun before another failed."""
        return self.outcome != "not begun"

    def to_row(self) -> dict[str, Any]:
        """Return it flat, as a row of a table, with what tells of an error as text."""
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
    """What became of a folder's files, or in a dry run, what would.

    Attributes:
        dataset_id: The dataset.
        results: One for each file, those that vanished last.
        dry_run: Whether nothing was done.
        seconds: From the call to the end.
        notes: What else is to be known.
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
        """The files that were to be loaded and are not, or not surely."""
        return tuple(entry for entry in self.results if entry.outcome in _NOT_LOADED)

    @property
    def vanished(self) -> tuple[LoadEntry, ...]:
        """The files that were loaded once and are not there any longer."""
        return tuple(entry for entry in self.results if entry.found == "vanished")

    @property
    def rows(self) -> int:
        """How many rows were loaded; in a dry run, how many would be."""
        return sum(entry.rows or 0 for entry in self.loaded)

    @property
    def added(self) -> dict[str, str]:
        """The columns that the dataset got, with the file that brought each."""
        return {name: entry.path for entry in self.loaded for name in entry.added}

    @property
    def counts(self) -> dict[str, int]:
        """How many files had each outcome."""
        return dict(Counter(entry.outcome for entry in self.results))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the results as flat dictionaries, such as for a CSV file."""
        return [entry.to_row() for entry in self.results]
