"""The datasets of an instance that hold the tables of one of dlt's datasets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import evolve, frozen

from domo_async._transfer import ColumnSpec
from domo_async.errors import ConfigError, NotFound
from domo_async.models import Column, Dataset
from domo_async.sync import Domo

__all__ = ["Tables"]

_TYPE = "dlt"  # of the datasets that the destination creates
_OWN = "_dlt_"  # what the names of dlt's own tables and columns begin with


@frozen(eq=False, slots=False)
class Tables:
    """Tables by their names.

    Attributes:
        domo: The client.

    Args:
        prefix: The beginning of the names of Domo's datasets.
        given: The datasets whose ids the configuration names, by table.
        known: The datasets that were found or created, by table; it is added to.
        stored: Returns whether the schema that was stored last has a table.
    """

    domo: Domo
    _prefix: str
    _given: Mapping[str, str]
    _known: dict[str, str]
    _stored: Callable[[str], bool]

    @cached_property
    def _found(self) -> Mapping[str, Sequence[Dataset]]:
        found: dict[str, list[Dataset]] = {}
        for dataset in self.domo.datasets.list(name_like=self._prefix):
            found.setdefault(dataset.name or "", []).append(dataset)
        return found

    def name(self, table: str) -> str:
        """Return the name of the dataset for a table."""
        return f"{self._prefix}{table}"

    def find(self, table: str) -> str | None:
        """Return the id of a table's dataset, or None if the table has no dataset.

        Raises:
            ConfigError: Several datasets have the table's name, or one that dlt did not create.
        """
        known = self._given.get(table) or self._known.get(table)
        if known is not None:
            return known
        named = self._found.get(self.name(table), ())
        ids = [dataset.id for dataset in named if self._is_own(table, dataset)]
        if named and not ids:
            raise ConfigError(
                f"dataset {named[0].id} is called {self.name(table)!r}, and dlt did not create it, so table"
                f' "{table}" is not loaded into it, nor is it deleted: rename it, or choose another dataset_name;'
                f' to load into it all the same, set datasets={{"{table}": "{named[0].id}"}} of the destination'
            )
        if len(ids) > 1:
            raise ConfigError(
                f"several datasets are called {self.name(table)!r} ({', '.join(ids)}), so it is not clear which one"
                f' holds table "{table}": rename the others, or name its id in the destination\'s setting datasets'
            )
        if not ids:
            return None
        self._known[table] = ids[0]
        return ids[0]

    def _is_own(self, table: str, dataset: Dataset) -> bool:
        """Return whether dlt created a dataset with a table's name."""
        types = (dataset.user_defined_type, dataset.display_type, dataset.data_provider_type, dataset.type)
        # Which type an instance shows for a dataset is not documented; tables from Arrow have no columns of dlt's.
        return (
            table.casefold().startswith(_OWN)
            or _TYPE in types
            or any(
                column.name.casefold().startswith(_OWN)
                for column in self.domo.datasets.schemas.latest(dataset.id).columns
            )
            or self._stored(table)
        )

    def get(self, table: str) -> str:
        """Return the id of a table's dataset.

        Raises:
            ConfigError: The dataset does not exist, or several have its name.
        """
        found = self.find(table)
        if found is None:
            raise ConfigError(
                f'the dataset {self.name(table)!r} of table "{table}" does not exist, or this token cannot see it;'
                " pipeline.run with refresh=… or a changed schema creates it again"
            )
        return found

    def columns(self, table: str) -> Sequence[Column] | None:
        """Return the columns of a table's dataset, or None if the table has no dataset."""
        found = self.find(table)
        return None if found is None else self.domo.datasets.schemas.latest(found).columns

    def migrate(self, table: str, wanted: Sequence[ColumnSpec], keys: Sequence[str]) -> list[str]:
        """Create a table's dataset, or add missing columns and, if it has none, upsert keys.

        Returns:
            The names of the columns that are new.

        Raises:
            ConfigError: A column of the dataset has another type, or other keys.
        """
        present = self.columns(table)
        if present is None:
            columns = [
                Column(name=column.name, type=column.type, upsert_key=True if column.name in keys else None)
                for column in wanted
            ]
            self._known[table] = self.domo.datasets.create(self.name(table), columns, user_defined_type=_TYPE).id
            return [column.name for column in wanted]
        dataset_id = self.get(table)
        by_name = {column.name.casefold(): column for column in present}
        for column in wanted:
            there = by_name.get(column.name.casefold())
            if there is not None and there.type != column.type:
                raise ConfigError(
                    f'column "{column.name}" of table "{table}" is {column.type.value} now, and {there.type.value} in'
                    f" dataset {dataset_id}: the destination does not change the types of columns, because rows that"
                    " are there might not fit. Give the column its former type, or another name; or drop the table with"
                    ' refresh="drop_resources"'
                )
        lacking = [column for column in wanted if column.name.casefold() not in by_name]
        key_names = {key.casefold() for key in keys}
        listed = {column.name.casefold() for column in present if column.upsert_key}
        if keys and listed and listed != key_names:
            raise ConfigError(
                f"the upsert keys of dataset {dataset_id} are {', '.join(sorted(listed))}, and the primary key of table"
                f' "{table}" is {", ".join(keys)}: set primary_key to the former, or drop the table with'
                ' refresh="drop_resources"'
            )
        new_keys = set() if listed else key_names
        if lacking or new_keys:
            columns = [*present, *(Column(name=column.name, type=column.type) for column in lacking)]
            self.domo.datasets.schemas.alter(
                dataset_id,
                [
                    evolve(column, upsert_key=True) if column.name.casefold() in new_keys else column
                    for column in columns
                ],
            )
        return [column.name for column in lacking]

    def check_keys(self, table: str) -> None:
        """Check that rows of a table can be merged.

        Raises:
            ConfigError: The instance does not list upsert keys for its dataset.
        """
        if not any(column.upsert_key for column in self.columns(table) or ()):
            raise ConfigError(
                f'the instance does not keep upsert keys for dataset {self.get(table)} of table "{table}", so rows'
                ' cannot be merged into it: use write_disposition="append" or "replace". Nothing was sent'
            )

    def rows(self, table: str, sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the rows of a query on a table; none if it has no dataset, or one without data."""
        found = self.find(table)
        if found is None:
            return []
        try:
            return self.domo.datasets.query(found, sql, params).to_dicts()
        except NotFound as error:
            # A dataset that is listed and cannot be queried has never been indexed.
            if not error.refused:
                raise
            return []

    def truncate(self, table: str) -> None:
        """Remove all rows of a table, if it has a dataset."""
        found = self.find(table)
        if found is not None:
            self.domo.datasets.upload(found, [], action="REPLACE", allow_empty=True)

    def drop(self, tables: Collection[str]) -> None:
        """Delete the datasets of tables that have one; before the first, it is known that all may be deleted.

        Raises:
            ConfigError: The configuration names a dataset, or dlt did not create it. None was deleted.
        """
        for table in tables:
            if table in self._given:
                raise ConfigError(
                    f'dataset {self._given[table]} of table "{table}" is named in the destination\'s setting datasets,'
                    " so nothing is deleted: delete it in Domo, or take it out of the setting"
                )
        for table, dataset_id in {table: self.find(table) for table in tables}.items():
            if dataset_id is not None:
                self.domo.datasets.delete(dataset_id)
                self._known.pop(table, None)
        self.__dict__.pop("_found", None)
