"""Query jobs and export jobs, for running many at once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from domo_async._transfer import Params, bind, listed
from domo_async._transfer.file_writer import packed_as
from domo_async._transfer.reading.exporter import is_table_name
from domo_async._wire import Record
from domo_async.errors import ConfigError

__all__ = ["ExportJob", "QueryJob"]


@frozen(eq=False)
class QueryJob(Record):
    """One query of several.

    Attributes:
        dataset_id: The dataset.
        sql: The query.
        params: Values for its placeholders.
    """

    dataset_id: str
    sql: str = "SELECT * FROM table"
    params: Params | None = None


@frozen(eq=False)
class ExportJob(Record):
    """One export of several.

    Attributes:
        dataset_id: The dataset.
        target: The path of the file.
        sql: The query to export.
        params: Values for its placeholders.
        header: Whether the first row of CSV names the columns.
    """

    dataset_id: str
    target: str | os.PathLike[str]
    sql: str = "SELECT * FROM table"
    params: Params | None = None
    header: bool = True


def check_query(job: QueryJob) -> QueryJob:
    """Return a job after checking its type."""
    if not isinstance(job, QueryJob):
        raise ConfigError(f"give a QueryJob for each query, not a {type(job).__name__}")
    return job


def checked_exports(jobs: Mapping[str, str | os.PathLike[str]] | Iterable[ExportJob]) -> dict[ExportJob, str]:
    """Return the bound query of each job.

    Raises:
        ConfigError: A job is invalid, or two exports have the same path.
    """
    given: Iterable[ExportJob] = itertools.starmap(ExportJob, jobs.items()) if isinstance(jobs, Mapping) else jobs
    bound: dict[ExportJob, str] = {}
    targets: set[Path] = set()
    for job in listed(given):
        if not isinstance(job, ExportJob) or not isinstance(job.target, str | os.PathLike):
            raise ConfigError("give the path of a file for each dataset, or ExportJob objects")
        path = Path(job.target).resolve()
        if path in targets:
            raise ConfigError(f"more than one export is to be written to {job.target}")
        targets.add(path)
        if not is_table_name(path):
            packed_as(path.name)
        bound[job] = bind(job.sql, job.params)
    return bound
