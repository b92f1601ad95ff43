"""The columns of datasets."""

from __future__ import annotations

from attrs import evolve

from domo_async._endpoints._area import Area
from domo_async._endpoints.datasets.models import (
    AlteredSchema,
    Column,
    Columns,
    IndexedSchema,
    LatestSchema,
    columns_of,
)
from domo_async._transport import url
from domo_async._wire import payload, without_nulls

__all__ = ["Schemas"]


class Schemas(Area):
    """The columns of datasets."""

    async def latest(self, dataset_id: str, /) -> LatestSchema:
        """Return the newest schema, which the next upload must match.

        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest` (Datasets API, "Return the schema for a
        specified Dataset").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v2/datasources/{}/schemas/latest", dataset_id), into=LatestSchema
        )

    async def indexed(self, dataset_id: str, /, *, include_hidden: bool | None = None) -> IndexedSchema:
        """Return the schema that queries see.

        `GET /api/query/v1/datasources/{dataset_id}/schema/indexed` (Datasets API, "Get Dataset Schema").

        Args:
            dataset_id: The dataset.
            include_hidden: Whether to include hidden columns; by default the instance omits them.

        Raises:
            NotFound: The dataset does not exist, or it was never indexed.
        """
        return await self._http.request(
            "GET",
            url("/api/query/v1/datasources/{}/schema/indexed", dataset_id),
            params={"includeHidden": include_hidden},
            into=IndexedSchema,
        )

    async def alter(self, dataset_id: str, /, columns: Columns) -> AlteredSchema:
        """Replace the columns of a dataset.

        `POST /api/data/v2/datasources/{dataset_id}/schemas` (Datasets API, "Alter Dataset Schema").

        ```python
        latest = await domo.datasets.schemas.latest(dataset_id)
        await domo.datasets.schemas.alter(dataset_id, [*latest.columns, Column(name="city", type="STRING")])
        ```

        Args:
            dataset_id: The dataset.
            columns: The complete list of columns, in order: names and types, or `Column` objects such as `latest`
                returns.

        Returns:
            The new schema's number, if the instance reports it; Domo's documentation does not show the answer.

        Raises:
            ConfigError: `columns` is empty, a name is repeated, or a type is not one of Domo's types.
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v2/datasources/{}/schemas", dataset_id),
            json=payload(
                columns=[without_nulls(_completed(column)) for column in columns_of(columns)], objects=[], views=[]
            ),
            into=AlteredSchema,
            empty=AlteredSchema(),
            undocumented=True,
        )


def _completed(column: Column) -> Column:
    """Return a column with all the keys of the document's sample."""
    return evolve(
        column,
        id=column.id if column.id is not None else column.name,
        visible=column.visible if column.visible is not None else True,
        order=column.order if column.order is not None else 0,
    )
