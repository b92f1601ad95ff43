"""Datasets: create, read, fill, query and export them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from domo_async._defaults import BATCH_ROWS, FILES_AT_ONCE, QUERIES_AT_ONCE
from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._endpoints.datasets._frames import FrameKind, converter
from domo_async._endpoints.datasets._reading import ResultReader, chosen
from domo_async._endpoints.datasets._rows import rows_of_cells, utf8
from domo_async._endpoints.datasets._upload_backend import UploadRequests
from domo_async._endpoints.datasets._uploading import CreatedFrom, Uploading, by_keys
from domo_async._endpoints.datasets.access import Access
from domo_async._endpoints.datasets.bulk import BulkChanges
from domo_async._endpoints.datasets.expressions import Expression, expressions
from domo_async._endpoints.datasets.indexes import Indexes
from domo_async._endpoints.datasets.jobs import ExportJob, QueryJob, check_query, checked_exports
from domo_async._endpoints.datasets.metadata import DatasetOrder, DatasetPart, DatasetTag, order_word
from domo_async._endpoints.datasets.models import (
    Columns,
    CreateAnswer,
    CreatedDataset,
    Dataset,
    DatasetCard,
    DatasetList,
    DeleteMethod,
    columns_of,
)
from domo_async._endpoints.datasets.partitions import Partitions
from domo_async._endpoints.datasets.policies import Policies
from domo_async._endpoints.datasets.result import Cell, QueryResult
from domo_async._endpoints.datasets.schemas import Schemas
from domo_async._endpoints.datasets.states import DatasetState, read_state, wait_until_visible
from domo_async._endpoints.datasets.uploads import Uploads
from domo_async._endpoints.datasets.versions import Versions
from domo_async._endpoints.search._split import LARGEST_PAGE
from domo_async._endpoints.search.filters import Filter
from domo_async._endpoints.search.models import Sort, sort_body
from domo_async._frames import ItemTuple
from domo_async._transfer import (
    Action,
    Budget,
    ChangedFiles,
    Commits,
    Compression,
    ExportResult,
    Format,
    Header,
    ItemResult,
    ItemResults,
    LoadOptions,
    LoadReport,
    Nested,
    Params,
    PartitionTag,
    ProgressOption,
    SchemaOption,
    Source,
    Target,
    UncertainFiles,
    UploadKeywords,
    UploadOptions,
    UploadPlan,
    UploadResult,
    as_completed,
    bind,
    collect,
    listed,
    scan,
    upload_options,
)
from domo_async._transport import BODY_COUNT, QUERY, PageData, Pager, Repeated, url
from domo_async._wire import UNSET, Unset, either, epoch_millis, payload, without_nulls
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["CreatedFrom", "Datasets"]


class Datasets(Area):
    """Datasets: create, read, fill, query and export them."""

    @cached_property
    def schemas(self) -> Schemas:
        """The columns of datasets."""
        return Schemas(self._http)

    @cached_property
    def _uploading(self) -> Uploading:
        requests = UploadRequests(self.schemas, self.uploads, self.indexes, self.versions, self.wait_until_visible)
        return Uploading(requests, self.create, self.delete, self._http)

    @cached_property
    def uploads(self) -> Uploads:
        """The stages of an upload as separate requests; `upload` sends them all."""
        return Uploads(self._http)

    @cached_property
    def indexes(self) -> Indexes:
        """The indexes that make data visible to queries."""
        return Indexes(self._http)

    @cached_property
    def versions(self) -> Versions:
        """The history of a dataset's data."""
        return Versions(self._http)

    @cached_property
    def partitions(self) -> Partitions:
        """The partitions of a dataset: tags for parts of its data."""
        return Partitions(self._http)

    @cached_property
    def access(self) -> Access:
        """The users and groups that may view, change and share a dataset."""
        return Access(self._http)

    @cached_property
    def policies(self) -> Policies:
        """The policies that limit which rows of a dataset a user sees."""
        return Policies(self._http)

    @cached_property
    def bulk(self) -> BulkChanges:
        """Changes to many datasets with one request."""
        return BulkChanges(self._http)

    def list(
        self,
        *,
        name_like: str | None = None,
        owner_id: int | str | None = None,
        data_provider_type: str | None = None,
        type: str | Sequence[str] | None = None,
        display_type: str | None = None,
        dataset_ids: str | Sequence[str] | None = None,
        created_since: datetime | None = None,
        include_hidden: bool | None = None,
        sort_by: DatasetOrder | str | None = None,
        ascending: bool | None = None,
        parts: DatasetPart | str | Sequence[DatasetPart | str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[Dataset]:
        """Iterate over the datasets that the token's owner may see.

        `GET /api/data/v3/datasources`. Seen: Domo's own data service has it, and several clients use it.

        ```python
        async for dataset in domo.datasets.list(name_like="sales"):
            print(dataset.id, dataset.name)
        ```

        Args:
            name_like: Text that the name contains.
            owner_id: The owner.
            data_provider_type: The type of connector that fills the datasets.
            type: The dataset type, or several types.
            display_type: The type as Domo's pages show it.
            dataset_ids: One or more datasets; only those of them that match the other filters are returned.
            created_since: The earliest creation time; must have a time zone.
            include_hidden: Whether to include hidden datasets; by default they are left out.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order; by default names are ascending, times and counts descending.
            parts: The parts of each dataset to return; see `get`.
            offset: The number of datasets to skip.
            limit: The maximum number of datasets to return, or None for all.
            page_size: The number of datasets per request.

        Raises:
            ConfigError: A number is out of range, `created_since` has no time zone, or the field cannot be sorted in
                that order.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v3/datasources"),
            QUERY,
            key=attrgetter("id"),
            into=DatasetList,
            read=lambda answer: PageData(answer.data_sources, total=answer.total),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={
                "nameLike": name_like,
                "ownerId": owner_id,
                "dataProviderType": data_provider_type,
                "type": Repeated.of(type),
                "displayType": display_type,
                "dataSourceId": Repeated.of(dataset_ids),
                "createdSince": None if created_since is None else epoch_millis(created_since),
                "includeHidden": include_hidden,
                "orderBy": order_word(sort_by, ascending=ascending),
                "part": parts,
            },
        )

    async def create(self, name: str, /, columns: Columns, *, user_defined_type: str = "api") -> CreatedDataset:
        """Create a dataset with a schema and no rows.

        `POST /api/data/v2/datasources` (Datasets API, "Create Dataset Copy").

        ```python
        orders = await domo.datasets.create("Orders", {"id": "LONG", "region": "STRING", "amount": "DECIMAL"})
        ```

        Args:
            name: The dataset's name.
            columns: Names and types in order, such as ``{"id": "LONG", "region": "STRING"}``, or `Column` objects.
                Types are STRING, LONG, DOUBLE, DECIMAL, DATE and DATETIME.
            user_defined_type: The type that Domo shows for the dataset.

        Returns:
            The dataset's id and the other fields that the instance returns.

        Raises:
            ConfigError: `columns` is empty, a name is repeated, or a type is not one of Domo's types.
        """
        body = payload(
            user_defined_type=user_defined_type,
            data_source_name=name,
            schema={"columns": [without_nulls(column) for column in columns_of(columns)]},
        )
        return (
            await self._http.request("POST", url("/api/data/v2/datasources"), json=body, into=CreateAnswer)
        ).data_source

    def search(
        self,
        query: str = "*",
        /,
        *,
        filters: Sequence[Filter] = (),
        sort_by: str | Sort | Unset = UNSET,
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> Pager[Dataset]:
        """Iterate over the datasets that a search finds, each with its metadata.

        `POST /api/data/ui/v3/datasources/search`. Seen: Domo's own data service has it, and five clients use it.

        ```python
        async for dataset in domo.datasets.search(filters=[Wildcard("name_sort", "*sales*")]): ...
        ```

        Args:
            query: The text to search for; ``*`` stands for any text.
            filters: Filters that every result must match, such as `Term` and `Wildcard`.
            sort_by: The field to sort by, or several as a `Sort`; by default the best matches come first.
            ascending: Whether to sort in ascending order; used if `sort_by` is a single field.
            offset: The number of datasets to skip.
            limit: The maximum number of datasets to return, or None for all.
            page_size: The number of datasets per request, 100 at most.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "POST",
            url("/api/data/ui/v3/datasources/search"),
            BODY_COUNT,
            key=attrgetter("id"),
            into=DatasetList,
            read=lambda answer: PageData(answer.data_sources, total=answer.total),
            page_size=page_size,
            most=LARGEST_PAGE,
            offset=offset,
            limit=limit,
            json=payload(
                query=query,
                entities=["DATASET"],
                filters=[each.to_payload() for each in filters],
                combine_results=True,
                sort=sort_body(sort_by, ascending=ascending),
            ),
        )

    async def tags(self) -> ItemTuple[DatasetTag]:
        """Return all dataset tags.

        `GET /api/data/ui/v3/datasources/search/tags/all`. Seen: Domo's own data service has it.
        """
        return await self._http.request(
            "GET", url("/api/data/ui/v3/datasources/search/tags/all"), into=ItemTuple[DatasetTag]
        )

    async def find_tags(self, term: str, /, *, limit: int | None = None) -> ItemTuple[DatasetTag]:
        """Return the dataset tags that contain a text.

        `POST /api/data/ui/v3/datasources/search/tags`. Seen: Domo's own data service has it.

        Args:
            term: The text.
            limit: The maximum number of tags to return; 100 by default.
        """
        return await self._http.request(
            "POST",
            url("/api/data/ui/v3/datasources/search/tags"),
            params={"term": term, "limit": limit},
            into=ItemTuple[DatasetTag],
            idempotent=True,
        )

    async def get(
        self,
        dataset_id: str,
        /,
        *,
        parts: DatasetPart | str | Sequence[DatasetPart | str] | None = None,
        include_all_details: bool | None = None,
    ) -> Dataset:
        """Return a dataset's metadata.

        `GET /api/data/v3/datasources/{dataset_id}` (Datasets API, "Get Metadata").

        Args:
            dataset_id: The dataset.
            parts: The parts to include, as a list or a comma-separated string such as ``"core,permission"``.
            include_all_details: Whether to include all details; by default they are not included.

        Raises:
            NotFound: The dataset does not exist, or the token's owner may not see it.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v3/datasources/{}", dataset_id),
            params={"part": parts, "includeAllDetails": include_all_details},
            into=Dataset,
        )

    async def get_many(
        self,
        dataset_ids: Sequence[str],
        /,
        *,
        parts: DatasetPart | str | Sequence[DatasetPart | str] | None = None,
        include_all_details: bool | None = None,
        include_private: bool | None = None,
        include_formulas: bool | None = None,
    ) -> ItemTuple[Dataset]:
        """Return the metadata of several datasets with one request.

        `POST /api/data/v3/datasources/bulk`. Seen: Domo's own data service has it, and two clients use it.

        Args:
            dataset_ids: The datasets. The maximum number per request is not known.
            parts: The parts of each dataset to return; see `get`.
            include_all_details: Whether to include all details; by default they are not included.
            include_private: Whether to include private datasets; by default they are left out.
            include_formulas: Whether to include the formulas; by default they are included.

        Returns:
            The datasets that exist and that the token's owner may see. Their order, and whether other identifiers are
            an error, is not documented.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        found, _ = await self._http.read_list(
            "POST",
            url("/api/data/v3/datasources/bulk"),
            params={
                "part": parts,
                "includeAllDetails": include_all_details,
                "includePrivate": include_private,
                "includeFormulas": include_formulas,
            },
            json=require_list(dataset_ids, "dataset_ids"),
            into=DatasetList,
        )
        return ItemTuple(found.data_sources)

    async def delete(self, dataset_id: str, /, *, delete_method: DeleteMethod | str | None = None) -> None:
        """Delete a dataset with its data.

        `DELETE /api/data/v3/datasources/{dataset_id}`. Seen: Domo's own data service has it, and several clients use
        it.

        Args:
            dataset_id: The dataset.
            delete_method: ``soft``, the instance's default, after which `restore` can restore it, or ``hard``.

        Raises:
            NotFound: The dataset does not exist.
        """
        await self._http.request(
            "DELETE", url("/api/data/v3/datasources/{}", dataset_id), params={"deleteMethod": delete_method}
        )

    async def delete_many(
        self, dataset_ids: Sequence[str], /, *, delete_method: DeleteMethod | str | None = None
    ) -> None:
        """Delete several datasets and their data with one request; `bulk.delete` returns the result for each.

        `POST /api/data/v3/datasources/delete`. Seen: Domo's own data service has it. Its answer, and its behaviour if
        it cannot delete all of them, are not documented.

        Args:
            dataset_ids: The datasets.
            delete_method: ``soft``, the instance's default, after which `restore` can restore them, or ``hard``.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        await self._http.request(
            "POST",
            url("/api/data/v3/datasources/delete"),
            params={"deleteMethod": delete_method},
            json=require_list(dataset_ids, "dataset_ids"),
        )

    async def restore(self, dataset_ids: Sequence[str], /, *, new_owner_id: int | str | Unset = UNSET) -> None:
        """Restore datasets that were deleted with ``soft``.

        `POST /api/data/v3/datasources/restore`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            new_owner_id: The new owner; by default the former one.

        Raises:
            ConfigError: `dataset_ids` is empty.
            NotFound: One of them cannot be restored.
        """
        owner = new_owner_id if isinstance(new_owner_id, Unset) else str(new_owner_id)
        restored = [payload(dataset_id=each, new_owner_id=owner) for each in require_list(dataset_ids, "dataset_ids")]
        await self._http.request("POST", url("/api/data/v3/datasources/restore"), json=payload(datasets=restored))

    async def set_owner(
        self, dataset_id: str, /, *, user_id: int | str | Unset = UNSET, group_id: int | str | Unset = UNSET
    ) -> None:
        """Change the owner of a dataset to a user or a group.

        `PUT /api/data/v2/datasources/{dataset_id}/responsibleUsers`. Seen: Domo's own data service has it, and two
        clients use it.

        Args:
            dataset_id: The dataset.
            user_id: The new owner, if it is a user.
            group_id: The new owner, if it is a group.

        Raises:
            ConfigError: Both or neither of `user_id` and `group_id` are given.
            NotFound: The dataset does not exist.
        """
        owners = {
            key: str(value)
            for key, value in (("responsible_user_id", user_id), ("responsible_group_id", group_id))
            if not isinstance(value, Unset)
        }
        if len(owners) != 1:
            raise ConfigError("give either user_id or group_id")
        await self._http.request(
            "PUT", url("/api/data/v2/datasources/{}/responsibleUsers", dataset_id), json=payload(**owners)
        )

    async def set_owner_of_many(self, dataset_ids: Sequence[str], /, *, user_id: int | str) -> None:
        """Change the owner of several datasets with one request; `bulk.reassign` returns the result for each.

        `PUT /api/data/v2/datasources/responsible-user/{user_id}`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            user_id: The new owner.

        Raises:
            ConfigError: `dataset_ids` is empty.
            NotFound: The user does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/data/v2/datasources/responsible-user/{}", user_id),
            json=require_list(dataset_ids, "dataset_ids"),
        )

    async def update_properties(
        self,
        dataset_id: str,
        /,
        *,
        data_provider_type: str | Unset = UNSET,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
    ) -> Dataset:
        """Change the given properties of a dataset and return it.

        `PUT /api/data/v3/datasources/{dataset_id}/properties` (Datasets API, "Change Dataset Properties").

        Args:
            dataset_id: The dataset.
            data_provider_type: The type of connector, such as ``domo-jupyterdata``; the only property in Domo's
                documentation.
            name: The dataset's name. Domo's documentation does not list it; other clients send it to this route, always
                together with `description`. Whether one of the two alone leaves the other unchanged is not known.
            description: The description; see `name`.

        Returns:
            The changed dataset. Domo's documentation does not show the answer; if there is none, the dataset is read
            with `GET /api/data/v3/datasources/{dataset_id}`.

        Raises:
            ConfigError: No property is given.
            NotFound: The dataset does not exist.
        """
        body = payload(
            {"dataSourceName": name, "dataSourceDescription": description}, data_provider_type=data_provider_type
        )
        changed = await self._http.request(
            "PUT",
            url("/api/data/v3/datasources/{}/properties", dataset_id),
            json=require_changes(body),
            into=either(Dataset, type(None)),
            empty=None,
            undocumented=True,
        )
        return await self.get(dataset_id) if changed is None else changed

    async def set_tags(self, dataset_id: str, /, *, tags: Sequence[str]) -> None:
        """Replace the tags of a dataset.

        `POST /api/data/ui/v3/datasources/{dataset_id}/tags` (Datasets API, "createDatasetTag"). Domo's documentation
        speaks of creating a tag, but the list replaces all tags of the dataset. To add a tag, read `Dataset.tag_names`
        first.

        Args:
            dataset_id: The dataset.
            tags: The complete list of tags; an empty list removes all tags.

        Raises:
            NotFound: The dataset does not exist.
        """
        # Sending the complete list twice sets the same tags.
        await self._http.request(
            "POST",
            url("/api/data/ui/v3/datasources/{}/tags", dataset_id),
            json=require_list(tags, "tags", may_be_empty=True),
            idempotent=True,
        )

    async def cards(self, dataset_id: str, /, *, drill: bool | None = None) -> ItemTuple[DatasetCard]:
        """Return the cards that use a dataset.

        `GET /api/content/v1/datasources/{dataset_id}/cards` (Datasets API, "Get Cards for a Dataset ID").

        Args:
            dataset_id: The dataset.
            drill: Whether to include the cards of drill paths; by default the instance includes them.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/datasources/{}/cards", dataset_id),
            params={"drill": drill},
            into=ItemTuple[DatasetCard],
        )

    async def query(self, dataset_id: str, /, sql: str, params: Params | None = None) -> QueryResult:
        """Run a SQL query on a dataset and return all rows at once; use `scan` for results of any size.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"). Instances are said to return at most
        1,000,000 rows; a result of exactly that many may be cut, which `scan` detects.

        ```python
        sql = "SELECT region, SUM(amount) AS total FROM table WHERE id > :least GROUP BY region"
        result = await domo.datasets.query(dataset_id, sql, {"least": 100})
        for region, total in result:
            print(region, total)
        ```

        Args:
            dataset_id: The dataset.
            sql: A SELECT in Domo's MySQL-like dialect. The dataset is called ``table``; names with characters other
                than letters and digits are quoted with backticks.
            params: Values for the placeholders in `sql`: a list for ``?``, a mapping for ``:name``. Values are quoted,
                so text is never read as SQL. A list as a value becomes ``(a, b, c)``, as IN expects.

        Returns:
            The rows, and the names and types of their columns.

        Raises:
            ConfigError: The values do not fit the placeholders.
            BadRequest: The query is invalid; the message says why.
            NotFound: The dataset does not exist.
            DecodeError: The answer is not a query's result.
        """
        return await ResultReader(self._http, dataset_id).result(bind(sql, params))

    async def query_structured(
        self,
        dataset_id: str,
        /,
        columns: Sequence[Expression],
        *,
        where: Mapping[str, Any] | None = None,
        group_by: Sequence[Expression] = (),
        order_by: Sequence[Expression] = (),
        limit: int | None = None,
        offset: int = 0,
        use_cache: bool = True,
    ) -> QueryResult:
        """Run a query made of expressions, as Domo's own pages send them; `query` takes SQL.

        `POST /api/query/v1/execute/{dataset_id}`. Unconfirmed in this form: Domo's documentation shows SQL, two clients
        send expressions.

        ```python
        await domo.datasets.query_structured(
            orders.id,
            ["region", {"exprType": "FUNCTION", "name": "COUNT", "arguments": [column("id")]}],
            where={"exprType": "IN", "leftExpr": column("year"),
                   "selectSet": [{"exprType": "NUMBER_VALUE", "value": 2024}]},
            group_by=["region"],
        )
        ```

        Args:
            dataset_id: The dataset.
            columns: The columns to return: names, or expressions as objects with ``exprType``.
            where: The condition that a row must match, as such an object.
            group_by: The expressions to group by.
            order_by: The expressions to sort by.
            limit: The maximum number of rows to return, or None for the instance's limit.
            offset: The number of rows to skip; needs `limit`.
            use_cache: Whether the instance may return a cached result.

        Returns:
            The rows, and the names and types of their columns.

        Raises:
            ConfigError: `columns` is empty, or `offset` is given without `limit`.
            BadRequest: The query is invalid; the message says why.
            NotFound: The dataset does not exist.
            DecodeError: The answer is not a query's result.
        """
        if offset and limit is None:
            raise ConfigError("an offset needs a limit")
        asked = payload(
            columns=expressions(columns, "columns"),
            group_by_columns=expressions(group_by, "group_by", may_be_empty=True),
            order_by_columns=expressions(order_by, "order_by", may_be_empty=True),
            where=UNSET if where is None else where,
            limit=UNSET if limit is None else {"limit": limit, "offset": offset},
        )
        return await ResultReader(self._http, dataset_id).structured_result(payload(use_cache=use_cache, query=asked))

    def query_many(
        self, jobs: Iterable[QueryJob], /, *, concurrency: int = QUERIES_AT_ONCE, stop_on_error: bool = False
    ) -> AsyncIterator[ItemResult[QueryJob, QueryResult]]:
        """Run several queries at once, on one or more datasets, and yield each result as it arrives.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"), once for each.

        ```python
        jobs = [QueryJob(each, "SELECT COUNT(*) FROM table") for each in dataset_ids]
        async for item in domo.datasets.query_many(jobs):
            print(item.item.dataset_id, item.error or item.result)
        ```

        Args:
            jobs: The queries.
            concurrency: The number of queries at once. At most this many results are held for the caller.
            stop_on_error: Whether the first failure stops the others: running queries are cancelled, the rest are not
                started.

        Returns:
            One item for each job, with either a result or an error. After a stop, `ItemResult.cancelled` marks the jobs
            that were running; the jobs that were not started come last, with neither result nor error.

        Raises:
            ConfigError: The values of a query do not fit its placeholders.
        """
        bound = {job: bind(job.sql, job.params) for job in map(check_query, listed(jobs))}

        def work(job: QueryJob) -> Awaitable[QueryResult]:
            return ResultReader(self._http, job.dataset_id).result(bound[job])

        return as_completed(bound, work, concurrency=concurrency, stop_on_error=stop_on_error)

    def scan(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> AsyncIterator[pa.RecordBatch]:
        """Iterate over a result of any size in Arrow record batches, as it arrives; needs pyarrow.

        `POST /api/query/v1/execute/export/{dataset_id}` with ``Accept: text/csv`` (Datasets API, "Query Dataset");
        before it, to know the columns' types, `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with
        SQL") with the same query and ``LIMIT 0``. Only some blocks of the answer are in memory, whatever its size. An
        instance that answers in JSON returns all rows at once; there, a query with an ORDER BY over a unique key and
        without LIMIT is read page by page.

        LONG is int64, DOUBLE float64, STRING string, DATE date32, DATETIME timestamp[us] and DECIMAL decimal128(38,
        18), as the number of digits is not known in advance. From the first batch with a number that does not fit, the
        column is decimal256(76, 38), with 38 digits before and 38 after the point; numbers with more digits are
        refused. Columns with the same name are renamed as in `QueryResult`: ``a``, ``a_2``.

        ```python
        async for batch in domo.datasets.scan(dataset_id, columns=["id", "region"], where="id > ?", params=[100]):
            print(batch.num_rows)
        ```

        Args:
            dataset_id: The dataset.
            sql: The query; all rows by default.
            columns: The columns to read, instead of `sql`.
            where: The condition on the rows to read, instead of `sql`, such as ``"region = :region"``.
            params: Values for the placeholders; see `query`.
            batch_rows: The number of rows per batch; the last batch has the rest, and batches of very long rows have
                fewer (256 MiB).

        Raises:
            ConfigError: Both `sql` and `columns` or `where` are given, the values do not fit, a DECIMAL does not fit
                decimal256(76, 38), or pyarrow is not installed.
            BadRequest: The query is invalid; the message says why.
            NotFound: The dataset does not exist.
            IncompleteAnswer: The answer broke off, or the instance cut the result. Before the first batch the request
                is repeated; after it, the rows already yielded are right, but not complete.
            DecodeError: The answer is not CSV of these columns.
        """
        if not isinstance(batch_rows, int) or batch_rows < 1:
            raise ConfigError(f"batch_rows must be a whole number of at least 1, not {batch_rows!r:.80}")
        selection = ResultReader(self._http, dataset_id).selection(chosen(sql, columns, where, params))
        return scan(selection, batch_rows=batch_rows, settings=self._http.settings)

    @overload
    async def frame(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        kind: Literal["polars"] = "polars",
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
    ) -> pl.DataFrame: ...
    @overload
    async def frame(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        kind: Literal["pandas"],
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
    ) -> pd.DataFrame: ...
    @overload
    async def frame(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        kind: Literal["arrow"],
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
    ) -> pa.Table: ...
    @overload
    async def frame(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        kind: FrameKind,
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    async def frame(
        self,
        dataset_id: str,
        /,
        sql: str | None = None,
        *,
        kind: FrameKind = "polars",
        columns: Sequence[str] | None = None,
        where: str | None = None,
        params: Params | None = None,
    ) -> pl.DataFrame | pd.DataFrame | pa.Table:
        """Return a dataset or a query's result as one frame. The result is streamed as in `scan`; needs pyarrow.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL") and
        `POST /api/query/v1/execute/export/{dataset_id}` (Datasets API, "Query Dataset"), as `scan`.

        ```python
        frame = await domo.datasets.frame(dataset_id, "SELECT region, amount FROM table", kind="polars")
        ```

        Args:
            dataset_id: The dataset.
            sql: The query; all rows by default.
            kind: ``"polars"``, ``"pandas"`` or ``"arrow"``. The types are those of `QueryResult.to_polars`,
                `QueryResult.to_pandas` and `QueryResult.to_arrow`.
            columns: The columns to read, instead of `sql`.
            where: The condition on the rows to read, instead of `sql`.
            params: Values for the placeholders; see `query`.

        Returns:
            A `polars.DataFrame`, a `pandas.DataFrame` or a `pyarrow.Table`.

        Raises:
            ConfigError: A required package is not installed, the arguments do not fit, or a number has more digits than
                the frame's type holds.
            BadRequest: The query is invalid; the message says why.
            NotFound: The dataset does not exist.
            IncompleteAnswer: The answer broke off on every attempt, or the instance cut the result.
            DecodeError: The answer is not CSV of the right columns.
        """
        convert = converter(kind)
        selection = ResultReader(self._http, dataset_id).selection(chosen(sql, columns, where, params))
        made: pl.DataFrame | pd.DataFrame | pa.Table = convert(await collect(selection, self._http.settings))
        return made

    async def upload(
        self,
        dataset_id: str,
        /,
        source: Source,
        *,
        action: Action | None = None,
        partition: str | None = None,
        partition_tag: PartitionTag = "dataTag",
        allow_loss: bool = False,
        keys: Iterable[str] = (),
        append_id: str | None = None,
        message: str | None = None,
        recorded_date: datetime | None = None,
        header: Header = "auto",
        schema: SchemaOption = "match",
        delimiter: str = ",",
        encoding: str = "utf-8",
        null_values: str | Iterable[str] = (),
        skip_rows: int = 0,
        format: Format = "auto",
        zone: tzinfo | None = None,
        nested: Nested = "refuse",
        part_size: int | None = None,
        concurrency: int | None = None,
        compress: Compression = False,
        index: bool = True,
        wait: bool = True,
        verify: bool = True,
        allow_empty: bool = False,
        timeout: float = 600.0,
        resume: str | os.PathLike[str] | None = None,
        progress: ProgressOption = None,
    ) -> UploadResult:
        """Upload CSV, rows or a frame in concurrent parts and commit the parts together: all rows or none.

        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV"); before it,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`, and with ``schema="evolve"``
        `POST /api/data/v2/datasources/{dataset_id}/schemas` and
        `GET /api/query/v1/datasources/{dataset_id}/schema/indexed`; before and after it, to identify the new data
        version, `GET /api/data/v2/datasources/{dataset_id}/dataversions`; and to wait,
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`, or, if the commit names no index,
        `GET /api/data/v3/datasources/{dataset_id}/statuses`.

        The columns are compared with the dataset's before anything is sent: frames, mappings and CSV with a header by
        name, in any order, everything else by position. In CSV an unquoted empty field is NULL, ``""`` is the empty
        string; None, NaN and Arrow's null are NULL. A quote inside an unquoted field is an ordinary character.

        ```python
        result = await domo.datasets.upload(dataset_id, "orders.csv", action="APPEND", message="orders of today")
        print(result.rows)
        ```

        Args:
            dataset_id: The dataset.
            source: The data to upload:

                - the path of a file, a folder, a pattern such as ``"exports/*.csv"``, a ``file://`` URL, or several of
                  them; ``"-"`` is standard input. CSV, JSON lines, Parquet, and Arrow files. Plain CSV is read slice by
                  slice and costs no memory. Each file may have a header, and a byte order mark where it begins. Folders
                  named ``key=value`` in a path give columns, as Hive has them, that the file itself does not have;
                - the URL of a file, a folder or a pattern of any file system that fsspec knows, such as
                  ``"s3://bucket/orders/*.parquet"`` or ``"https://…"``, or what ``fsspec.open`` returns, which may have
                  options; needs the extra ``fsspec`` and what fsspec needs for that one. Files are read as they are
                  sent, in bounded memory; one that is replaced meanwhile is refused. User, password and query of a URL
                  are in no message. For `resume` a file is known by its ETag or the like, if the file system has one,
                  and otherwise by its bytes;
                - bytes of CSV or JSON lines, a binary file object, also one with an async ``read``, or an (async)
                  iterator of bytes;
                - an (async) iterator of rows: sequences in the order of the columns, the first of which is refused if
                  it has their names, or objects with field names: mappings, named tuples, rows of sqlite3, asyncpg and
                  SQLAlchemy, dataclasses;
                - a frame (polars, pandas, pyarrow, duckdb), or an (async) iterator of frames. Levels of a pandas index
                  are columns if they have names. Columns of objects are converted value by value, as the cells of rows
                  are.

                CSV may be compressed with gzip or zstd. For a source that can be read only once, the parts being sent
                are held in memory, 20 MiB of them unless `part_size` or `concurrency` is given. A source that is bound
                to a thread, such as a cursor of sqlite3, is read on other threads: pass its rows.
            action: ``"REPLACE"`` all rows, which is the default without a partition; ``"APPEND"``; ``"UPSERT"`` or
                ``"DELETE"`` by the dataset's upsert keys, as `upsert` and `delete_rows` do.
            partition: The partition to write to, replacing the rows that it holds; all other rows stay.
            partition_tag: The name of the field that carries the partition: other clients send ``dataTag``, along with
                the action APPEND and ``appendId: "latest"`` (unconfirmed); ``restateDataTag`` is the documents', which
                call it largely deprecated.
            allow_loss: Whether to send ``action="REPLACE"`` along with a partition, although the rows of all other
                partitions may be lost: no document and no client shows how instances behave then. Without it, that is
                refused.
            keys: The names of the dataset's upsert keys, if its schema does not list them.
            append_id: The version to append the rows to, if it should be sent, such as ``"latest"``.
            message: A note for the data version.
            recorded_date: The time that the data version is recorded for; by default that of the upload.
            header: Whether the first record of CSV is a header, which is not sent. ``"auto"`` compares the record with
                the dataset's columns; it refuses a record that resembles them but differs, and one that may be either
                names or a row. False also takes a first row of the columns' names, in CSV and otherwise, for a row.
            schema: ``"match"`` refuses a source whose columns are not the dataset's; ``"evolve"`` adds to the dataset
                the columns that it lacks, and writes NULL to the columns that the source lacks. All rows are checked
                before a column is added; rows of a source that can be read only once wait in a temporary file. Columns
                that somebody else adds at the same time are kept; the source is then matched again if it can be read
                again, and refused otherwise.
            delimiter: The delimiter between the fields of CSV.
            encoding: The encoding of CSV, as Python names it.
            null_values: Texts that are NULL in CSV, such as ``["NA", ""]``, quoted or not. By default an unquoted empty
                field is NULL, and a quoted one too in columns that are not text.
            skip_rows: The number of CSV records before the header, such as titles.
            format: The format of bytes: ``"csv"`` in any case; ``"jsonl"`` for JSON lines, one object per line;
                ``"auto"`` treats files whose names end in ``.jsonl`` or ``.ndjson``, also compressed, as JSON lines,
                and refuses a source whose first bytes are not CSV.
            zone: The zone in whose local time aware datetimes are written, since a DATETIME has no zone; without it
                aware datetimes are refused.
            nested: Whether lists, mappings and structs are refused, or written as JSON.
            part_size: The maximum size of a part in bytes, unless a single record is longer; by default 2 to 8 MiB,
                more for files of more than 8 GB. Parts end at the end of a record.
            concurrency: The number of parts sent at once; by default 8 at first, more while that makes the upload
                faster, and fewer when the instance is overloaded.
            compress: Whether to compress the parts with gzip for sending; ``"auto"`` does so if the connection is
                slower than the compressor. Whether the Product API accepts it is unconfirmed.
            index: Whether to index the data, so that queries see them.
            wait: Whether to wait for that index. If the instance reports neither the index nor the dataset's status,
                the result's `notes` say so.
            verify: Whether to compare the rows that the instance counts with the rows sent.
            allow_empty: Whether a source without rows is accepted; with REPLACE it empties the dataset.
            timeout: The number of seconds to wait for the index.
            resume: The path of a journal, which is created if it does not exist. With it the same call continues after
                a failure or a crash: only the missing parts are sent, and nothing is committed twice. Until the upload
                has completed, another source is refused. Once it has taken effect, the same call with other data begins
                a new upload; with the same data, byte by byte, it sends nothing and says so (``replayed``), unless the
                data are to replace rows that others have written since. Files that the journal's uploads have already
                appended are left out (``left_out``). So a nightly call can use the same journal every night. An append
                that begins with rows that were already appended, or with those of a renamed file, is refused.
            progress: Called with a `Progress` after each part and about ten times a second. If the callback fails, the
                error is logged and the upload continues. True draws a bar (needs ``rich``).

        Returns:
            The number of rows, bytes and parts, the upload, its data version and the seconds it took.

        Raises:
            ConfigError: The options contradict each other, the type of the source is not supported, the journal belongs
                to another upload or is not a journal, rows would be appended twice, or rows outside the partition could
                be lost.
            SourceError: The source cannot be read, is not CSV, holds no rows, or does not fit the dataset; the message
                names the line. The dataset is as it was.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost, and the instance does not report the outcome.
            RowCountMismatch: The upload is committed, but the instance counts a different number of rows than were
                sent.
            AfterCommitError: The upload is committed, but its index failed or its rows could not be checked; or
                somebody else committed the upload of the journal.
        """
        options = UploadOptions(
            action=action,
            partition=partition,
            partition_tag=partition_tag,
            allow_loss=allow_loss,
            keys=keys,
            append_id=append_id,
            message=message,
            recorded_date=recorded_date,
            header=header,
            schema=schema,
            delimiter=delimiter,
            encoding=encoding,
            null_values=null_values,
            skip_rows=skip_rows,
            format=format,
            zone=zone,
            nested=nested,
            part_size=part_size,
            concurrency=concurrency,
            compress=compress,
            index=index,
            wait=wait,
            verify=verify,
            allow_empty=allow_empty,
            timeout=timeout,
            resume=resume,
            progress=progress,
        )
        return await self._uploading.upload(dataset_id, source, options)

    async def upsert(
        self,
        dataset_id: str,
        /,
        source: Source,
        **options: Unpack[UploadKeywords],
    ) -> UploadResult:
        """Upload rows that replace rows with the same upsert keys; rows with new keys are added.

        Sends the requests of `upload`: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` with the action UPSERT,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`. Unconfirmed: Domo's data service
        declares the action, and no source describes it further. Sending the same rows again does no harm.

        Set a dataset's upsert keys with `Schemas.alter` or `create`, with ``Column(name=…, type=…, upsert_key=True)``.

        ```python
        await domo.datasets.upsert(orders.id, [{"id": 4, "region": "EU"}])
        ```

        Args:
            dataset_id: The dataset.
            source: The rows, in any form that `upload` takes, with all columns of the dataset.
            options: The keywords of `upload`, such as ``keys`` if the schema does not list the upsert keys.

        Returns:
            The result of the upload, as `upload` returns it. It is `verified` if the instance counts as many rows as
            were sent; if it counts a different number, which may happen when keys repeat, `notes` say so.

        Raises:
            ConfigError: The dataset's upsert keys are not known, or differ from ``keys``; or the options do not fit an
                upsert.
            SourceError: The source cannot be read, or does not fit the dataset.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost, and the instance does not report the outcome.
            AfterCommitError: The upload is committed, but its index failed.
        """
        how = by_keys(upload_options("upsert", options), "UPSERT")
        return await self._uploading.upload(dataset_id, source, how)

    async def delete_rows(
        self,
        dataset_id: str,
        /,
        source: Source,
        **options: Unpack[UploadKeywords],
    ) -> UploadResult:
        """Delete the rows whose upsert keys a source lists; keys without a row are ignored.

        Sends the requests of `upload`, opened with ``appendId: "delete"`` and without an action:
        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`. Unconfirmed: a draft of Domo's
        documents describes it. Sending the same keys again does no harm.

        ```python
        await domo.datasets.delete_rows(orders.id, [{"id": 4}, {"id": 5}])
        ```

        Args:
            dataset_id: The dataset.
            source: The keys, in any form that `upload` takes, with the columns of the upsert keys and no others.
            options: The keywords of `upload`, such as ``keys`` if the schema does not list the upsert keys.

        Returns:
            The result of uploading the keys, as `upload` returns it. The instance does not report how many rows it
            deleted.

        Raises:
            ConfigError: The dataset's upsert keys are not known, or differ from ``keys``; or the options do not fit a
                deletion.
            SourceError: The source cannot be read, or has other columns than the keys.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost, and the instance does not report the outcome.
            AfterCommitError: The upload is committed, but its index failed.
        """
        return await self._uploading.upload(
            dataset_id, source, by_keys(upload_options("delete_rows", options), "DELETE")
        )

    async def status(self, dataset_id: str, /, *, expire_cache: bool | None = None) -> DatasetState:
        """Return the state of a dataset: its last update, its rows and its newest data version.

        `GET /api/data/v3/datasources/{dataset_id}/statuses`. Seen: Domo's data service has it.

        Args:
            dataset_id: The dataset.
            expire_cache: Whether the instance recomputes the state; by default it may return a cached one.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await read_state(self._http, dataset_id, expire_cache=expire_cache)

    async def statuses(self, dataset_ids: Iterable[str], /) -> ItemTuple[DatasetState]:
        """Return the states of several datasets.

        `POST /api/data/v3/datasources/statuses`. Seen: Domo's data service has it.

        Args:
            dataset_ids: The datasets.

        Returns:
            The states, in the instance's order. No source says whether datasets that do not exist are left out.

        Raises:
            ConfigError: `dataset_ids` is empty.
        """
        return await self._http.request(
            "POST",
            url("/api/data/v3/datasources/statuses"),
            json=require_list(dataset_ids, "dataset_ids"),
            into=ItemTuple[DatasetState],
            idempotent=True,
        )

    async def wait_until_visible(
        self, dataset_id: str, upload_id: int | None = None, /, *, timeout: float = 600.0
    ) -> bool:
        """Wait until queries see an upload whose commit named no index; if it named one, use `Indexes.wait`.

        `GET /api/data/v3/datasources/{dataset_id}/statuses`, at once, after 1 second and then every 2 seconds. Seen:
        Domo's data service has it. The upload is taken to be visible when the newest data version has the upload's
        number or a greater one, and the instance reports the last update as a success: this is unconfirmed.

        Args:
            dataset_id: The dataset.
            upload_id: The committed upload. Without one, wait for whatever the instance is doing to the dataset; the
                first request is then sent after 1 second.
            timeout: The maximum number of seconds to wait; for half a minute of it, an older version is treated as a
                stale answer.

        Returns:
            Whether the instance reported this. False means that nothing is known.

        Raises:
            NotFound: The dataset does not exist, or the instance does not have the route.
            JobFailed: The update of the upload failed.
            UnknownState: The dataset's state is not one that the client knows.
            WaitTimeout: The update has not ended; it continues.
        """
        return await wait_until_visible(self._http, dataset_id, upload_id, timeout)

    async def plan_upload(self, dataset_id: str, /, source: Source, **options: Unpack[UploadKeywords]) -> UploadPlan:
        """Return what an upload would send, without sending it. Reads the source to its end, which uses up iterators.

        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest` (Datasets API, "Return the schema for a specified
        Dataset").

        ```python
        plan = await domo.datasets.plan_upload(dataset_id, "orders.csv")
        ```

        Args:
            dataset_id: The dataset.
            source: The data, in any form that `upload` takes.
            options: The keywords of `upload`.

        Returns:
            How the columns match, and the number of rows, bytes and parts that would be sent.

        Raises:
            ConfigError: The type of the source is not supported.
            SourceError: The source cannot be read, is not CSV, or does not fit the dataset; the message names the line.
        """
        return await self._uploading.plan(dataset_id, source, upload_options("plan_upload", options))

    async def create_from(
        self,
        source: Source,
        /,
        name: str,
        *,
        columns: Columns | None = None,
        **options: Unpack[UploadKeywords],
    ) -> CreatedFrom:
        """Create a dataset with the columns of a source, and upload the source.

        `POST /api/data/v2/datasources` (Datasets API, "Create Dataset Copy"), then the requests of `upload`:
        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`; the columns are read only if they
        may differ from those that the dataset was created with. If the upload fails or is cancelled,
        `DELETE /api/data/v3/datasources/{dataset_id}` removes the dataset again.

        ```python
        created = await domo.datasets.create_from("orders.csv", "Orders")
        print(created.id, created.upload.rows)
        ```

        Args:
            source: The data, in any form that `upload` takes. The types of CSV and of rows are taken from the first few
                hundred rows; if a later row does not fit them, the upload fails. CSV must have a header.
            name: The dataset's name.
            columns: The columns, instead of those of the source: names and types.
            options: The keywords of `upload`.

        Returns:
            The dataset's id, its columns, and the result of the upload.

        Raises:
            ConfigError: The type of the source is not supported, a column is invalid, or ``resume`` is given.
            SourceError: The source cannot be read, names no columns, or does not fit them.
            UploadError: The upload failed, and the dataset was removed; if that failed, a note on the error says so.
            CommitUncertain: The commit's answer was lost; the dataset exists, with or without the rows.
            AfterCommitError: The upload is committed, but its index failed or its rows could not be checked.
        """
        return await self._uploading.create_from(source, name, columns, upload_options("create_from", options))

    async def upload_many(
        self,
        sources: Mapping[str, Source],
        /,
        *,
        budget: Budget | None = None,
        stop_on_error: bool = False,
        **options: Unpack[UploadKeywords],
    ) -> ItemResults[str, UploadResult]:
        """Upload to several datasets at once, within one budget of memory and connections.

        Sends the requests of `upload` for each: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        Args:
            sources: The data for each dataset, in any form that `upload` takes.
            budget: The limits that they share; by default 64 parts being sent and 512 MiB of parts in memory.
            stop_on_error: Whether the first failure keeps uploads from starting that have not started yet.
            options: The keywords of `upload`, for all uploads. ``progress=True`` draws a bar for each; a callback is
                called for all of them. ``resume`` names a folder, with a journal for each dataset.

        Returns:
            The result for each dataset, in the given order.

        Raises:
            ConfigError: `sources` is empty.
        """
        how = upload_options("upload_many", options)
        return await self._uploading.upload_many(sources, how, budget or Budget(), stop_on_error=stop_on_error)

    async def load_folder(
        self,
        folder: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        /,
        dataset_id: str,
        *,
        ledger: str | os.PathLike[str],
        commits: Commits = "together",
        changed: ChangedFiles = "refuse",
        uncertain: UncertainFiles = "keep",
        dry_run: bool = False,
        **options: Unpack[UploadKeywords],
    ) -> LoadReport:
        """Append the files of a folder to a dataset, each exactly once, however often this is called.

        A ledger, which is an SQLite file, identifies each file by its content: the same call every night loads the new
        files, also after a crash, and from any machine that has the ledger. If a run ended while sending files, the
        next run looks them up in the data versions before it sends anything else. Each file is first read as an upload
        would read it: a file that does not fit the dataset is skipped and reported with its line and the reason, and
        the others are loaded.

        ```python
        report = await domo.datasets.load_folder("exports/", dataset_id, ledger="orders.ledger")
        report.raise_for_failures()
        ```

        Sends for new files the requests of `upload`: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        Args:
            folder: A folder with its subfolders, a pattern such as ``exports/*.csv``, a file, or several of these. It
                may contain no files yet.
            dataset_id: The dataset.
            ledger: The path of the ledger, which is created if it does not exist. Beside it are a lock, as only one run
                at a time may use it, and a folder with the journals of unfinished uploads. Machines can share it on a
                file system whose file locks work across machines.
            commits: Whether the files of one call are committed ``"together"``, or ``"each"`` by itself in the order of
                their names; with ``"each"`` no file is started after one that the instance refuses.
            changed: How to treat a file whose content differs from the content that was loaded from its path:
                ``"refuse"`` it, ``"append"`` all of it, or ``"skip"`` it. A file that continues after the rows that
                were loaded from it is always refused.
            uncertain: How to treat files of an earlier run if the instance does not report whether they were loaded,
                once somebody has checked: ``"keep"`` asking, treat them as ``"loaded"``, or ``"resend"`` them.
            dry_run: Whether to only report what would be loaded; nothing is sent or written.
            options: The keywords of `upload`. With ``schema="evolve"`` files may add new columns, which the report
                lists.

        Returns:
            The result for each file. Files that have disappeared since they were loaded are reported once.

        Raises:
            ConfigError: The ledger cannot be used, another process holds it, or the options do not append.
            SourceError: The file or the folder does not exist.
            NotFound: The dataset does not exist.
            UploadError: An earlier run did not finish, and the instance does not show how it ended; nothing was sent.
            AfterCommitError: Files are loaded, but the ledger could not be written; the next call detects that they
                are.
        """
        load = LoadOptions(
            commits=commits,
            changed=changed,
            uncertain=uncertain,
            dry_run=dry_run,
            upload=upload_options("load_folder", options),
        )
        return await self._uploading.load_folder(folder, dataset_id, ledger, load)

    async def append_rows(
        self,
        dataset_id: str,
        /,
        *,
        values: str | Sequence[Sequence[Cell]],
        delimiter: str = ",",
        message: str | None = None,
    ) -> UploadResult:
        """Append rows to a dataset, and wait until queries see them. For many rows, use `upload`.

        `POST /api/data/v3/datasources/{dataset_id}/uploads` (Datasets API, "Append row to Dataset"), with the action
        and the ``appendId`` that Domo's documentation shows. The documentation shows only this request, which only
        opens an upload; so this method is an `upload` with ``action="APPEND"`` and ``append_id="latest"``, with
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        ```python
        await domo.datasets.append_rows(dataset_id, values=[[4, "EU", 9.5], [5, None, 2.0]])
        ```

        Args:
            dataset_id: The dataset.
            values: The rows, with columns by position: lists of cells, where None is NULL; or text with one row per
                line, such as ``"4,EU,9.5"``, where an unquoted empty field is NULL and ``""`` is the empty string.
            delimiter: The delimiter between the fields of text.
            message: A note for the data version, such as ``"Uploading"``.

        Returns:
            The result of the upload, as `upload` returns it.

        Raises:
            ConfigError: `values` is neither a list nor text, a row is not a list of cells, or the delimiter is invalid.
            SourceError: `values` has no rows, or a row does not fit the dataset; the message names the row and the
                column.
            UploadError: The upload failed; the dataset is as it was.
            CommitUncertain: The commit's answer was lost, and the instance does not report the outcome.
            AfterCommitError: The upload is committed, but its index failed or its rows could not be checked.
        """
        rows: Source = utf8(values) if isinstance(values, str) else rows_of_cells(values)
        options = UploadOptions(action="APPEND", append_id="latest", message=message, header=False, delimiter=delimiter)
        return await self._uploading.upload(dataset_id, rows, options)

    async def export(
        self,
        dataset_id: str,
        /,
        target: Target,
        *,
        sql: str = "SELECT * FROM table",
        params: Params | None = None,
        header: bool = True,
        progress: ProgressOption = None,
    ) -> ExportResult:
        """Stream a dataset's rows to disk; the file is complete or is not written at all.

        `POST /api/query/v1/execute/export/{dataset_id}` with ``Accept: text/csv`` (Datasets API, "Query Dataset");
        before it, to know the columns and their types, `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query
        with SQL") with the same query and ``LIMIT 0``, and after it, if there are so many rows that the instance may
        have cut the result, to see whether it has more. Domo's documentation shows a query's result in JSON; such an
        answer is accepted, but is held in memory.

        The answer is checked as it arrives: its header names the columns of the query, each record has as many fields,
        and it ends at the end of a record. A web page or an empty answer never replaces a file. CSV is written as it
        arrived; if a name or a value begins the file with U+FEFF, a byte order mark is written before it, as readers
        remove one.

        In Parquet and Arrow files, columns with the same name are renamed as in `QueryResult`: ``a``, ``a_2``. DECIMAL
        is decimal128(38, 18), or has another scale if that holds all numbers of the column; if 38 digits are not
        enough, it is decimal256(76, 38), which pyarrow and pandas read, while some programs convert it to floats.

        ```python
        await domo.datasets.export(dataset_id, "orders.parquet", sql="SELECT * FROM table WHERE id > ?", params=[100])
        ```

        Args:
            dataset_id: The dataset.
            target: The path of the file to write, which appears under its name only when it is complete: Parquet if it
                ends in ``.parquet``, Arrow if in ``.arrow`` or ``.feather``, else CSV, compressed if in ``.gz`` or
                ``.zst``. Or a binary file object, also one with an async ``write``, to which CSV is written as it
                arrives; devices and pipes are written the same way. Links are followed, and an existing file keeps its
                mode, owner and links.
            sql: The query to export; all rows by default.
            params: Values for the placeholders in `sql`; see `query`.
            header: Whether the first row of CSV names the columns.
            progress: Called with a `Progress` about ten times a second; True draws a bar (needs ``rich``).

        Returns:
            The number of bytes, seconds and rows.

        Raises:
            ConfigError: The target cannot be written to, a package to write it is not installed, the values do not fit,
                or a number has more digits than the file's type holds.
            BadRequest: The query is invalid; the message says why.
            NotFound: The dataset does not exist.
            TargetError: The file could not be written, for example because the disk is full.
            IncompleteAnswer: The answer broke off on every attempt, or the instance cut the result; no new file was
                written, and an existing one is unchanged.
            DecodeError: The answer is not CSV with these columns; existing files are unchanged.
        """
        reader = ResultReader(self._http, dataset_id)
        return await reader.export(target, bind(sql, params), header=header, progress=progress)

    def export_many(
        self,
        jobs: Mapping[str, str | os.PathLike[str]] | Iterable[ExportJob],
        /,
        *,
        concurrency: int = FILES_AT_ONCE,
        stop_on_error: bool = False,
    ) -> AsyncIterator[ItemResult[ExportJob, ExportResult]]:
        """Export several datasets or queries at once, each complete or not at all; yield each result when it is done.

        `POST /api/query/v1/execute/export/{dataset_id}` (Datasets API, "Query Dataset") and
        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"), as `export`.

        ```python
        async for item in domo.datasets.export_many({orders.id: "orders.csv.gz", users.id: "users.csv.gz"}):
            print(item.item.target, item.error or item.result)
        ```

        Args:
            jobs: The exports: a mapping from dataset to path, or jobs with a query each.
            concurrency: The number of exports at once.
            stop_on_error: Whether the first failure stops the others: running exports are cancelled, the rest are not
                started.

        Returns:
            One item for each job, with either a result or an error. After a stop, `ItemResult.cancelled` marks the jobs
            that were running; the jobs that were not started come last, with neither result nor error.

        Raises:
            ConfigError: Two exports have the same path, or the values of a query do not fit its placeholders.
        """
        bound = checked_exports(jobs)

        def work(job: ExportJob) -> Awaitable[ExportResult]:
            return ResultReader(self._http, job.dataset_id).export(job.target, bound[job], header=job.header)

        return as_completed(bound, work, concurrency=concurrency, stop_on_error=stop_on_error)
