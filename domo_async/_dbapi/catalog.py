"""Datasets as tables: which dataset a name stands for, and what its columns are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from attrs import frozen

from domo_async import Domo
from domo_async._dbapi.errors import NotSupportedError, ProgrammingError
from domo_async._dbapi.statements import DATASET
from domo_async._display import first_few
from domo_async.errors import NotFound
from domo_async.models import Column, Dataset

__all__ = ["Catalog", "Table"]

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
# The most names in a message.
_SHOWN = 10


@frozen
class Table:
    """A dataset as a table.

    Attributes:
        name: The name by which SQL calls it: its own if no other dataset has that, else its id.
        dataset: The dataset.
    """

    name: str
    dataset: Dataset


@frozen
class Catalog:
    """The datasets of an instance.

    Attributes:
        domo: The client.
        dataset: The connection's own dataset, by id or name; None if it has none.
    """

    domo: Domo
    dataset: str | None

    async def one_id(self, names: Sequence[str]) -> str:
        """Return the id of the one dataset that all names stand for.

        Raises:
            NotSupportedError: They stand for several.
            ProgrammingError: A name does not stand for exactly one dataset.
        """
        ids = await asyncio.gather(*map(self.id_of, names))
        if len({*ids}) > 1:
            found = ", ".join(f"{name!r} ({id_})" for name, id_ in zip(names, ids, strict=True))
            raise NotSupportedError(
                f"a query of Domo reads one dataset, but this one reads {len({*ids})}: {found}. Join them in Domo, in a"
                " DataFlow or a DataSet View, and query its result; or read each, and join the results"
            )
        return ids[0]

    async def id_of(self, name: str) -> str:
        """Return the id of the dataset that a name stands for.

        Raises:
            ProgrammingError: There is none, or there are several.
        """
        if name.lower() == DATASET and self.dataset is not None:
            name = self.dataset
        if _ID.match(name):
            return name.lower()
        found, similar = await self._named(name)
        if len(found) == 1:
            return found[0].id
        if found:
            ids = first_few([each.id for each in found], _SHOWN)
            raise ProgrammingError(f"{len(found)} datasets are called {name!r}; write the id of one: {ids}")
        if name.lower() == DATASET:
            raise ProgrammingError(
                "`table` stands for the dataset of the connection, which has none: connect with dataset=…, or write the"
                " dataset's name or id"
            )
        hint = f"; similar are {', '.join(repr(each.name) for each in similar[:_SHOWN])}" if similar else ""
        raise ProgrammingError(
            f"no dataset that the token's owner may see is called {name!r}{hint}; its id would do, too"
        )

    async def _named(self, name: str) -> tuple[list[Dataset], list[Dataset]]:
        """Return the datasets that have a name, and those whose names contain it."""
        containing = await self.domo.datasets.list(name_like=name).all()
        exactly = [each for each in containing if each.name == name]
        return exactly or [each for each in containing if (each.name or "").lower() == name.lower()], containing

    async def all(self) -> list[Table]:
        """Return all datasets, under names that each stand for one of them."""
        datasets = await self.domo.datasets.list().all()
        counts: dict[str, int] = {}
        for each in datasets:
            counts[each.name or ""] = counts.get(each.name or "", 0) + 1
        return [Table(_unique_name(each, counts), each) for each in datasets]

    async def some(self, names: Sequence[str]) -> list[Table]:
        """Return the datasets that names stand for, under these names; those that do not exist are left out.

        Raises:
            ProgrammingError: A name stands for several datasets.
        """
        return [table for table in await asyncio.gather(*map(self._table, names)) if table is not None]

    async def _table(self, name: str) -> Table | None:
        if _ID.match(name):
            try:
                return Table(name, await self.domo.datasets.get(name.lower()))
            except NotFound:
                return None
        found, _ = await self._named(name)
        if len(found) > 1:
            await self.id_of(name)  # says which
        return Table(name, found[0]) if found else None

    async def columns(self, dataset_id: str) -> tuple[Column, ...]:
        """Return the columns of a dataset as queries see them."""
        try:
            return (await self.domo.datasets.schemas.indexed(dataset_id)).columns
        except NotFound:  # it was never indexed
            return (await self.domo.datasets.schemas.latest(dataset_id)).columns


def _unique_name(dataset: Dataset, counts: dict[str, int]) -> str:
    name = dataset.name or ""
    return name if name and counts[name] == 1 and name.lower() != DATASET and not _ID.match(name) else dataset.id
