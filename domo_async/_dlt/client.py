"""dlt's client of the destination: the tables of the instance, and the jobs that load them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

from dlt.common import logger
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.destination.client import (
    FollowupJobRequest,
    JobClientBase,
    LoadJob,
    StateInfo,
    StorageSchemaInfo,
    WithStateSync,
)
from dlt.common.destination.exceptions import DestinationUndefinedEntity
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.json import json
from dlt.common.schema import Schema, TSchemaTables
from dlt.common.schema.exceptions import SchemaCorruptedException
from dlt.common.schema.utils import get_nested_tables
from dlt.common.storages import ParsedLoadJobFileName
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import LoadJobInfo, commit_load_package_state, destination_state
from dlt.destinations.job_impl import ReferenceFollowupJobRequest
from dlt.destinations.utils import verify_schema_merge_disposition, verify_unsupported_merge_options

from domo_async._dlt.configuration import DomoClientConfiguration
from domo_async._dlt.failures import as_dlt_errors
from domo_async._dlt.hints import columns_with, is_nested, name_of
from domo_async._dlt.jobs import AppendJob, FileJob, MergeJob, ReplaceJob
from domo_async._dlt.tables import Tables
from domo_async._transfer import ColumnSpec, ColumnType, UploadKeywords
from domo_async._transfer.reading.sql_text import quoted_name

__all__ = ["DomoJobClient"]


class DomoJobClient(JobClientBase, WithStateSync):
    """Loads one of dlt's schemas into an instance."""

    def __init__(
        self, schema: Schema, config: DomoClientConfiguration, capabilities: DestinationCapabilitiesContext
    ) -> None:
        super().__init__(schema, config, capabilities)
        self.config: DomoClientConfiguration = config
        self._types = capabilities.get_type_mapper()
        self._tables: Tables | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if self._tables is not None:
            self._tables.domo.close()
        self._tables = None

    @property
    def tables(self) -> Tables:
        """The datasets of the tables, with a client that is open until the block ends; many blocks need none.

        Raises:
            ConfigError: The instance, the token or the profile is missing or wrong.
        """
        if self._tables is None:
            name = self.config.normalize_dataset_name(self.schema)
            prefix = f"{name}{self.config.dataset_separator}" if name else ""
            self._tables = Tables(
                self.config.client(), prefix, self.config.datasets or {}, _of_package(), self._has_stored
            )
        return self._tables

    def initialize_storage(self, truncate_tables: Iterable[str] | None = None) -> None:
        """Create the datasets that dlt itself needs, or remove all rows of some tables."""
        with as_dlt_errors("the datasets could not be prepared"):
            for table in truncate_tables or ():
                self.tables.truncate(table)
            if truncate_tables is None:
                self._migrate(self.schema.version_table_name)

    def is_storage_initialized(self) -> bool:
        """Return whether something was ever loaded."""
        with as_dlt_errors("the datasets could not be listed"):
            return self.tables.find(self.schema.version_table_name) is not None

    def drop_storage(self) -> None:
        """Delete the datasets of all tables of the schema."""
        self.drop_tables(*self.schema.tables)

    def drop_tables(self, *tables: str, delete_schema: bool = True) -> None:
        """Delete the datasets of tables.

        Args:
            *tables: The tables.
            delete_schema: Ignored: dlt stores the schema again afterwards, and the newest one counts.
        """
        with as_dlt_errors("the datasets could not be deleted"):
            self.tables.drop(tables)

    def verify_schema(
        self, only_tables: Iterable[str] | None = None, new_jobs: Iterable[ParsedLoadJobFileName] | None = None
    ) -> list[PreparedTableSchema]:
        """Refuse tables that cannot be loaded, before anything is sent."""
        loaded = super().verify_schema(cast("Any", only_tables), cast("Any", new_jobs))
        problems = [
            *verify_schema_merge_disposition(self.schema, loaded, self.capabilities, warnings=True),
            *verify_unsupported_merge_options(
                self.schema, loaded, self.capabilities, "domo", ("skip_unchanged_rows", "source_filter")
            ),
            *(
                SchemaCorruptedException(
                    self.schema.name,
                    f'column "{column}" of table "{name_of(table)}" has the hint dedup_sort, and an upsert does not'
                    " choose between rows of the same key: give each key once, or take the hint away",
                )
                for table in loaded
                if table.get("write_disposition") == "merge"
                for column in columns_with(table, "dedup_sort")
            ),
        ]
        for problem in problems:
            logger.error(str(problem))
        if problems:
            raise problems[0]
        return loaded

    def update_stored_schema(
        self,
        only_tables: Iterable[str] | None = None,
        expected_update: TSchemaTables | None = None,
        force: bool = False,
    ) -> TSchemaTables | None:
        """Create datasets and add columns, and store the schema."""
        applied = super().update_stored_schema(cast("Any", only_tables), cast("Any", expected_update), force)
        with as_dlt_errors("the schema could not be stored"):
            # Also if the schema is stored: since then a dataset may have been deleted, or its columns changed.
            try:
                for table in sorted(self._with_merged(only_tables or self.schema.tables)):
                    self._migrate(table)
            finally:
                with suppress(CurrentLoadPackageStateNotAvailable):
                    commit_load_package_state()
            if force or self._schema_of(self.schema.stored_version_hash) is None:
                self._store_schema()
        return applied

    def should_truncate_table_before_load(self, table_name: str) -> bool:
        """Return False: the upload that replaces the rows is what removes the former ones."""
        return False

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        """Return the job for a file: one that loads all files of a table, or one that waits for that."""
        if not ReferenceFollowupJobRequest.is_reference_job(file_path):
            return FileJob(file_path)
        options: UploadKeywords = {"schema": "evolve", "zone": self.config.zone(), "nested": "json"}
        match table.get("write_disposition"):
            case "merge":
                return MergeJob(file_path, options, self._chain(name_of(table)))
            case "replace":
                return ReplaceJob(file_path, options)
            case _:
                return AppendJob(file_path, options)

    def create_table_chain_completed_followup_jobs(
        self,
        table_chain: Sequence[PreparedTableSchema],
        completed_table_chain_jobs: Sequence[LoadJobInfo] | None = None,
    ) -> list[FollowupJobRequest]:
        """Return the jobs that load a table and those nested in it; all of their files exist."""
        # Sorted, so that a package that is taken up again makes jobs of the same names.
        files = sorted(completed_table_chain_jobs or (), key=lambda job: job.job_file_info.file_name())
        root = table_chain[0]
        if root.get("write_disposition") == "merge":
            return [_request(name_of(root), files, [job.file_path for job in files])]
        return [
            _request(name_of(table), files, [job.file_path for job in files if _table_of(job) == name_of(table)])
            for table in table_chain
        ]

    def complete_load(self, load_id: str) -> None:
        """Record that a load package was loaded, once."""
        name = self.schema.loads_table_name
        column = self._normalized("load_id")
        sql = f"SELECT {quoted_name(column)} FROM table WHERE {quoted_name(column)} = :load_id"  # noqa: S608 - a name of dlt's, quoted
        with as_dlt_errors(f"load {load_id} could not be recorded"):
            if self.tables.rows(name, sql, {"load_id": load_id}):
                return
            self._append(
                name,
                {
                    "load_id": load_id,
                    "schema_name": self.schema.name,
                    "status": 0,
                    "inserted_at": datetime.now(UTC),
                    "schema_version_hash": self.schema.version_hash,
                },
            )

    def get_stored_schema(self, schema_name: str | None = None) -> StorageSchemaInfo | None:
        """Return the newest schema that was stored, or None."""
        where = "" if schema_name is None else f"WHERE {self._quoted('schema_name')} = :name "
        return self._schema_info(where, {} if schema_name is None else {"name": schema_name})

    def get_stored_schema_by_hash(self, version_hash: str) -> StorageSchemaInfo:
        """Return a schema that was stored, or None, which dlt leaves out of the type."""
        return cast("StorageSchemaInfo", self._schema_of(version_hash))

    def get_stored_state(self, pipeline_name: str) -> StateInfo | None:
        """Return the newest state of a pipeline whose load was completed, or None.

        Raises:
            DestinationUndefinedEntity: Nothing was ever loaded.
        """
        states, loads = self.schema.state_table_name, self.schema.loads_table_name
        load, name = self._quoted("_dlt_load_id"), self._quoted("pipeline_name")
        with as_dlt_errors("the state could not be read"):
            if self.tables.find(states) is None or self.tables.find(loads) is None:
                raise DestinationUndefinedEntity(f"the datasets of {states} and {loads} do not exist")
            sql = f"SELECT {load} AS load_id FROM table WHERE {name} = :name"  # noqa: S608 - names of dlt's, quoted
            ids = [row["load_id"] for row in self.tables.rows(states, sql, {"name": pipeline_name})]
            if not ids:
                return None
            sql = (
                f"SELECT MAX({self._quoted('load_id')}) AS load_id FROM table"  # noqa: S608 - as above
                f" WHERE {self._quoted('status')} = 0 AND {self._quoted('load_id')} IN :ids"
            )
            newest = max(
                (
                    row["load_id"]
                    for begin in range(0, len(ids), 500)
                    for row in self.tables.rows(loads, sql, {"ids": ids[begin : begin + 500]})
                    if row["load_id"] is not None
                ),
                default=None,
            )
            if newest is None:
                return None
            sql = f"SELECT * FROM table WHERE {load} = :load AND {name} = :name"  # noqa: S608 - as above
            rows = self.tables.rows(states, sql, {"load": newest, "name": pipeline_name})
        return StateInfo.from_normalized_mapping(self._read(rows[0], "created_at"), self.schema.naming)

    def _has_stored(self, table: str) -> bool:
        stored = self.get_stored_schema(self.schema.name)
        return stored is not None and table in json.loads(stored.schema)["tables"]

    def _schema_of(self, version_hash: str) -> StorageSchemaInfo | None:
        return self._schema_info(f"WHERE {self._quoted('version_hash')} = :hash ", {"hash": version_hash})

    def _schema_info(self, where: str, params: dict[str, Any]) -> StorageSchemaInfo | None:
        sql = f"SELECT * FROM table {where}ORDER BY {self._quoted('inserted_at')} DESC LIMIT 1"  # noqa: S608 - as above
        with as_dlt_errors("the schema could not be read"):
            rows = self.tables.rows(self.schema.version_table_name, sql, params)
        if not rows:
            return None
        return StorageSchemaInfo.from_normalized_mapping(self._read(rows[0], "inserted_at"), self.schema.naming)

    def _store_schema(self) -> None:
        schema = self.schema
        self._append(
            schema.version_table_name,
            {
                "version": schema.version,
                "engine_version": schema.ENGINE_VERSION,
                "inserted_at": datetime.now(UTC),
                "schema_name": schema.name,
                "version_hash": schema.stored_version_hash,
                "schema": json.dumps(schema.to_dict()),
            },
        )

    def _append(self, table: str, row: dict[str, Any]) -> None:
        named = {self._normalized(name): value for name, value in row.items()}
        self.tables.domo.datasets.upload(self.tables.get(table), [named], action="APPEND", zone=UTC, schema="evolve")

    def _read(self, row: dict[str, Any], time: str) -> dict[str, Any]:
        """Return a row of dlt's own tables, whose times are in UTC."""
        name = self._normalized(time)
        return {**row, name: row[name].replace(tzinfo=UTC)}

    def _normalized(self, name: str) -> str:
        return self.schema.naming.normalize_identifier(name)

    def _quoted(self, name: str) -> str:
        return quoted_name(self._normalized(name))

    def _with_merged(self, names: Iterable[str]) -> set[str]:
        """Return tables together with those nested in them whose rows merging replaces, although none may be new."""
        tables = set(names)
        for name in tuple(tables):
            if self.prepare_load_table(name).get("write_disposition") == "merge":
                nested = (name_of(table) for table in get_nested_tables(self.schema.tables, name))
                tables.update(each for each in nested if self.tables.find(each) is not None)
        return tables

    def _chain(self, table_name: str) -> list[PreparedTableSchema]:
        return [self.prepare_load_table(name_of(table)) for table in get_nested_tables(self.schema.tables, table_name)]

    def _migrate(self, table_name: str) -> None:
        table = self.prepare_load_table(table_name)
        columns = [
            ColumnSpec(name, ColumnType(self._types.to_destination_type(column, table)))
            for name, column in table.get("columns", {}).items()
        ]
        if not columns:
            return
        added = self.tables.migrate(table_name, columns, self._keys(table))
        if added:
            logger.info(f"table {table_name}: new columns {', '.join(added)}")

    def _keys(self, table: PreparedTableSchema) -> list[str]:
        """Return the columns that identify a row, if rows are merged by them."""
        if table.get("write_disposition") != "merge":
            return []
        if is_nested(table):
            return columns_with(table, "row_key")
        return columns_with(table, "primary_key")


def _of_package() -> dict[str, str]:
    """Return the ids of the datasets that a load package has found or created, which dlt keeps with its state.

    So its jobs need not list datasets, nor depend on how soon a list shows a new one.
    """
    try:
        ids: dict[str, str] = destination_state().setdefault("datasets", {})
    except CurrentLoadPackageStateNotAvailable:
        return {}
    return ids


def _table_of(job: LoadJobInfo) -> str:
    return job.job_file_info.table_name


def _request(table: str, files: Sequence[LoadJobInfo], paths: list[str]) -> ReferenceFollowupJobRequest:
    """Return a request for a job on a table, which may have no files of its own."""
    own = [job.job_file_info for job in files if _table_of(job) == table] or [job.job_file_info for job in files]
    return ReferenceFollowupJobRequest(own[0]._replace(table_name=table).file_name(), paths)
