"""The jobs of a load package: each table's files become one upload with one commit.

dlt makes several files of a table, and gives each to a job of its own. As uploads of their own they would appear one by
one, and a failure would leave some of them. So the jobs of files do nothing, and when all files of a table and of those
nested in it are there, one job more uploads them together. Its journal lies in the load package beside the files, so
that a job which is tried again, also by another process, continues the upload or finds that it took effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc
from dlt.common.destination.client import HasFollowupJobs, RunnableLoadJob
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.storages import ParsedLoadJobFileName
from dlt.destinations.job_impl import ReferenceFollowupJobRequest
from pyarrow import parquet as pq

from domo_async._dlt.failures import as_dlt_errors
from domo_async._dlt.hints import column_with, columns_with, name_of, the_column_with
from domo_async._dlt.tables import Tables
from domo_async._transfer import UploadKeywords
from domo_async._transfer.reading.sql_text import quoted_name

__all__ = ["AppendJob", "FileJob", "MergeJob", "ReplaceJob"]

_JOURNALS = "domo_journals"
_IN_A_QUERY = 500
# With more changed rows than this, reading two columns of the nested table is cheaper than asking about each.
_ASKED_ABOUT = 20_000


class _TableJob(RunnableLoadJob):
    def __init__(self, file_path: str, options: UploadKeywords) -> None:
        super().__init__(file_path)
        self._options: UploadKeywords = options
        self._files = [Path(path) for path in ReferenceFollowupJobRequest.resolve_references(file_path) if path]

    @property
    def _tables(self) -> Tables:
        return cast("Tables", cast("Any", self._job_client).tables)

    def run(self) -> None:
        """Upload the rows."""
        self._options["message"] = f"dlt load {self._load_id}"
        with as_dlt_errors(f'table "{self.load_table_name}"'):
            self._load()

    def _load(self) -> None:
        raise NotImplementedError

    def _upload(self, *, action: Literal["APPEND", "REPLACE"]) -> None:
        """Upload the files, or go on with an earlier attempt's upload."""
        # In the package's folder, which is the same for every attempt.
        journals = Path(self._file_path).parent.parent / _JOURNALS
        journals.mkdir(exist_ok=True)
        options = self._options.copy()
        options["action"] = action
        options["allow_empty"] = action == "REPLACE"
        options["resume"] = journals / f"{self.load_table_name}.journal"
        self._tables.domo.datasets.upload(self._tables.get(self.load_table_name), self._files, **options)


class FileJob(RunnableLoadJob, HasFollowupJobs):
    """Stands for a file, which the job of its table loads.

    It could be a job that is complete from the start, but dlt would notice that a second later.
    """

    def run(self) -> None:
        """Do nothing."""


class AppendJob(_TableJob):
    """Appends all rows of a table, once."""

    def _load(self) -> None:
        if any(pq.read_metadata(path).num_rows for path in self._files):
            self._upload(action="APPEND")


class ReplaceJob(_TableJob):
    """Replaces all rows of a table by a single commit; without files the table becomes empty."""

    def _load(self) -> None:
        if not self._files:
            self._tables.truncate(self.load_table_name)
            return
        self._upload(action="REPLACE")


class MergeJob(_TableJob):
    """Upserts the rows of a table and of those nested in it. Doing it again changes nothing."""

    def __init__(self, file_path: str, options: UploadKeywords, chain: Sequence[PreparedTableSchema]) -> None:
        super().__init__(file_path, options)
        self._chain = chain

    def _load(self) -> None:
        # A table that never had rows has no dataset.
        root, *nested = chain = [table for table in self._chain if self._tables.find(name_of(table)) is not None]
        mark = column_with(root, "hard_delete")
        row_key = column_with(root, "row_key")
        gone = self._column(root, row_key, _deleted(mark)) if mark and row_key and nested else set()
        for table in chain:
            self._tables.check_keys(name_of(table))
        # Rows of nested tables first: readers join them to a row as soon as it exists.
        for table in nested:
            self._upsert(table, _outside(the_column_with(table, "root_key"), gone))
        self._upsert(root, _kept(mark))
        if mark:
            self._delete_marked(root, mark)
        changed = self._column(root, the_column_with(root, "row_key"), _every) if nested else set()
        for table in nested:
            self._delete_orphans(table, changed, gone)

    def _upsert(self, table: PreparedTableSchema, keep: Any) -> None:
        batches = self._batches(table, keep)
        first = next(batches, None)
        if first is None:
            return
        reader = pa.RecordBatchReader.from_batches(first.schema, _chained(first, batches))
        self._tables.domo.datasets.upsert(self._tables.get(name_of(table)), reader, **self._options)

    def _delete_marked(self, table: PreparedTableSchema, mark: str) -> None:
        keys = columns_with(table, "primary_key")
        rows = [row for batch in self._batches(table, _deleted(mark)) for row in batch.select(keys).to_pylist()]
        self._delete(table, rows)

    def _delete_orphans(self, table: PreparedTableSchema, changed: set[str], gone: set[str]) -> None:
        """Delete the rows of a nested table that belonged to changed rows, and are not among the new ones."""
        row_key, root_key = the_column_with(table, "row_key"), the_column_with(table, "root_key")
        there = self._column(table, row_key, _outside(root_key, gone))
        dataset_id = self._tables.get(name_of(table))
        found: set[str] = set()
        if len(changed) > _ASKED_ABOUT:
            for batch in self._tables.domo.datasets.scan(dataset_id, columns=[row_key, root_key]):
                of_changed = pc.is_in(batch.column(root_key), pa.array(sorted(changed), batch.column(root_key).type))
                found.update(_texts(batch.filter(of_changed), row_key))
        else:
            sql = f"SELECT {quoted_name(row_key)} AS found FROM table WHERE {quoted_name(root_key)} IN :roots"  # noqa: S608 - names of columns, quoted
            roots = sorted(changed)
            for begin in range(0, len(roots), _IN_A_QUERY):
                rows = self._tables.rows(name_of(table), sql, {"roots": roots[begin : begin + _IN_A_QUERY]})
                found.update(row["found"] for row in rows)
        self._delete(table, [{row_key: key} for key in sorted(found - there)])

    def _delete(self, table: PreparedTableSchema, rows: list[dict[str, Any]]) -> None:
        if rows:
            options = self._options.copy()
            options["schema"] = "match"
            self._tables.domo.datasets.delete_rows(self._tables.get(name_of(table)), rows, **options)

    def _column(self, table: PreparedTableSchema, name: str, keep: Any) -> set[str]:
        return {text for batch in self._batches(table, keep) for text in _texts(batch, name)}

    def _batches(self, table: PreparedTableSchema, keep: Any) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table that are to be kept, all with the same columns."""
        files = [path for path in self._files if ParsedLoadJobFileName.parse(path.name).table_name == name_of(table)]
        if not files:
            return
        schema = pa.unify_schemas([pq.read_schema(path) for path in files])
        for path in files:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches():
                    kept = keep(_completed(batch, schema))
                    if kept.num_rows:
                        yield kept


def _chained(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _completed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        batch.column(field.name) if field.name in batch.schema.names else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _texts(batch: pa.RecordBatch, column: str) -> list[str]:
    return [str(value) for value in batch.column(column).to_pylist()]


def _every(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def _marks(batch: pa.RecordBatch, mark: str) -> Any:
    """Return which rows are marked as deleted: a boolean that is true, or any other value that is not NULL."""
    column = batch.column(mark)
    return cast("Any", pc).fill_null(column, False) if pa.types.is_boolean(column.type) else pc.is_valid(column)


def _deleted(mark: str) -> Any:
    return lambda batch: batch.filter(_marks(batch, mark))


def _kept(mark: str | None) -> Any:
    return _every if mark is None else lambda batch: batch.filter(pc.invert(_marks(batch, mark)))


def _outside(column: str, values: set[str]) -> Any:
    if not values:
        return _every
    return lambda batch: batch.filter(
        pc.invert(pc.is_in(batch.column(column), pa.array(sorted(values), batch.column(column).type)))
    )
