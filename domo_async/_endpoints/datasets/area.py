"""Datasets: create, look at, fill, query, export."""

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
from domo_async._endpoints.search import LARGEST_PAGE, Filter, Sort
from domo_async._endpoints.search.models import sort_body
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
)
from domo_async._transport import BODY_COUNT, QUERY, PageData, Pager, Repeated, url
from domo_async._wire import UNSET, Unset, either, epoch_millis, payload, without_nulls
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["Datasets"]


class Datasets(Area):
    """Datasets: create, look at, fill, query, export."""

    @cached_property
    def schemas(self) -> Schemas:
        """Columns: read and altered."""
        return Schemas(self._http)

    @cached_property
    def _uploading(self) -> Uploading:
        return Uploading(self, self._http)

    @cached_property
    def uploads(self) -> Uploads:
        """The stages of an upload, one by one; `upload` does them all."""
        return Uploads(self._http)

    @cached_property
    def indexes(self) -> Indexes:
        """What makes data visible to queries."""
        return Indexes(self._http)

    @cached_property
    def versions(self) -> Versions:
        """The history of a dataset's data."""
        return Versions(self._http)

    @cached_property
    def partitions(self) -> Partitions:
        """Tags that stand for parts of a dataset's data."""
        return Partitions(self._http)

    @cached_property
    def access(self) -> Access:
        """Who may see, change and share a dataset."""
        return Access(self._http)

    @cached_property
    def policies(self) -> Policies:
        """Who sees which rows of a dataset."""
        return Policies(self._http)

    @cached_property
    def bulk(self) -> BulkChanges:
        """Many datasets tagged, shared, handed over, run or deleted by one request."""
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

        Args:
            name_like: What their names contain.
            owner_id: Who owns them.
            data_provider_type: The kind of connector that fills them.
            type: Their kind, or several kinds.
            display_type: The kind that people see.
            dataset_ids: One dataset or several, of which those that fit the rest are given.
            created_since: When they were made at the earliest, with a time zone.
            include_hidden: Whether to give hidden ones too; by default not.
            sort_by: The field to sort by.
            ascending: Whether the smallest comes first; by default as the field has it: names begin with A, times with
                the latest, counts with the greatest.
            parts: What to tell of each, as `get` takes it.
            offset: Datasets to leave out at the beginning.
            limit: The most datasets to give in all, or None for all.
            page_size: Datasets to ask for at a time.

        Raises:
            ConfigError: A number is out of its range, `created_since` has no time zone, or there is no such order.
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

        Args:
            name: The dataset's name.
            columns: Names and types in order, such as ``{"id": "LONG", "region": "STRING"}``, or `Column` objects.
                Types are STRING, LONG, DOUBLE, DECIMAL, DATE and DATETIME.
            user_defined_type: The type that Domo shows for the dataset.

        Returns:
            The dataset's id, and what else the instance tells.

        Raises:
            ConfigError: There are no columns, names repeat, or a type is not one of Domo's.
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

            async for dataset in domo.datasets.search(filters=[Wildcard("name_sort", "*sales*")]): ...

        Args:
            query: What to look for; ``*`` stands for any text.
            filters: What all that is found matches; `domo_async._endpoints.search` has them.
            sort_by: The field to sort by, or several as a `Sort`; by default what suits best comes first.
            ascending: Whether the smallest comes first, where one field is given.
            offset: Datasets to leave out at the beginning.
            limit: The most datasets to give in all, or None for all.
            page_size: Datasets to ask for at a time, 100 at most.

        Raises:
            ConfigError: A number is out of its range.
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
        """Return all tags that datasets have.

        `GET /api/data/ui/v3/datasources/search/tags/all`. Seen: Domo's own data service has it.
        """
        return await self._http.request(
            "GET", url("/api/data/ui/v3/datasources/search/tags/all"), into=ItemTuple[DatasetTag]
        )

    async def find_tags(self, term: str, /, *, limit: int | None = None) -> ItemTuple[DatasetTag]:
        """Return the tags of datasets that contain a text.

        `POST /api/data/ui/v3/datasources/search/tags`. Seen: Domo's own data service has it.

        Args:
            term: The text.
            limit: The most tags to give; 100 by default.
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
            parts: What to include, as a list or by commas, such as ``"core,permission"``.
            include_all_details: Whether to include all that there is; by default not.

        Raises:
            NotFound: There is no such dataset, or the token's owner may not see it.
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
        """Return the metadata of several datasets by one request.

        `POST /api/data/v3/datasources/bulk`. Seen: Domo's own data service has it, and two clients use it.

        Args:
            dataset_ids: The datasets; how many an instance takes at once is not known.
            parts: What to tell of each, as `get` takes it.
            include_all_details: Whether to tell all that there is; by default not.
            include_private: Whether to give private ones too; by default not.
            include_formulas: Whether to tell their formulas; by default so.

        Returns:
            Those that there are and that the token's owner may see; in which order, and whether others are an error, is
            not documented.

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
            delete_method: ``soft``, which is the instance's default, so that `restore` can bring it back, or ``hard``.

        Raises:
            NotFound: There is no such dataset.
        """
        await self._http.request(
            "DELETE", url("/api/data/v3/datasources/{}", dataset_id), params={"deleteMethod": delete_method}
        )

    async def delete_many(
        self, dataset_ids: Sequence[str], /, *, delete_method: DeleteMethod | str | None = None
    ) -> None:
        """Delete several datasets with their data by one request; `bulk.delete` tells what became of each.

        `POST /api/data/v3/datasources/delete`. Seen: Domo's own data service has it. What it answers, and what it does
        where it cannot delete all of them, is not documented.

        Args:
            dataset_ids: The datasets.
            delete_method: ``soft``, which is the instance's default, so that `restore` can bring them back, or
                ``hard``.

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
        """Bring datasets back that were deleted softly.

        `POST /api/data/v3/datasources/restore`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            new_owner_id: The user who is to own them; by default who did.

        Raises:
            ConfigError: `dataset_ids` is empty.
            NotFound: One of them is not there to be brought back.
        """
        owner = new_owner_id if isinstance(new_owner_id, Unset) else str(new_owner_id)
        restored = [payload(dataset_id=each, new_owner_id=owner) for each in require_list(dataset_ids, "dataset_ids")]
        await self._http.request("POST", url("/api/data/v3/datasources/restore"), json=payload(datasets=restored))

    async def set_owner(
        self, dataset_id: str, /, *, user_id: int | str | Unset = UNSET, group_id: int | str | Unset = UNSET
    ) -> None:
        """Hand a dataset over to a user or to a group.

        `PUT /api/data/v2/datasources/{dataset_id}/responsibleUsers`. Seen: Domo's own data service has it, and two
        clients use it.

        Args:
            dataset_id: The dataset.
            user_id: The user who is to own it.
            group_id: Or the group.

        Raises:
            ConfigError: Both are given, or neither.
            NotFound: There is no such dataset.
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
        """Hand several datasets over to a user by one request; `bulk.reassign` tells what became of each.

        `PUT /api/data/v2/datasources/responsible-user/{user_id}`. Seen: Domo's own data service has it.

        Args:
            dataset_ids: The datasets.
            user_id: The user who is to own them.

        Raises:
            ConfigError: `dataset_ids` is empty.
            NotFound: There is no such user.
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
        """Change what is given of a dataset's properties, and return it.

        `PUT /api/data/v3/datasources/{dataset_id}/properties` (Datasets API, "Change Dataset Properties").

        Args:
            dataset_id: The dataset.
            data_provider_type: The kind of connector, such as ``domo-jupyterdata``; all that Domo's documentation
                shows.
            name: The dataset's name. Not in Domo's documentation; other clients send it to this route, always along
                with `description`, so whether one of the two alone leaves the other as it is, is not known.
            description: What it holds; see `name`.

        Returns:
            The dataset as it is now. Domo's documentation shows no answer; where none comes, it is asked for anew by
            `GET /api/data/v3/datasources/{dataset_id}`.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: There is no such dataset.
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
        """Give a dataset exactly these tags; it loses all others.

        `POST /api/data/ui/v3/datasources/{dataset_id}/tags` (Datasets API, "createDatasetTag"). Domo's documentation
        speaks of creating a tag, but the list replaces the former one. To add a tag, read `Dataset.tag_names` first.

        Args:
            dataset_id: The dataset.
            tags: All that it is to have; an empty list takes all away.

        Raises:
            NotFound: There is no such dataset.
        """
        # Sent twice, the complete list sets the same tags.
        await self._http.request(
            "POST",
            url("/api/data/ui/v3/datasources/{}/tags", dataset_id),
            json=require_list(tags, "tags", may_be_empty=True),
            idempotent=True,
        )

    async def cards(self, dataset_id: str, /, *, drill: bool | None = None) -> ItemTuple[DatasetCard]:
        """Return the cards that a dataset feeds.

        `GET /api/content/v1/datasources/{dataset_id}/cards` (Datasets API, "Get Cards for a Dataset ID").

        Args:
            dataset_id: The dataset.
            drill: Whether to list the cards of drill paths too; the instance's default is to.

        Raises:
            NotFound: There is no such dataset.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/datasources/{}/cards", dataset_id),
            params={"drill": drill},
            into=ItemTuple[DatasetCard],
        )

    async def query(self, dataset_id: str, /, sql: str, params: Params | None = None) -> QueryResult:
        """Run a SQL query on a dataset and return its rows, all at once; `scan` is for results of any size.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"). Instances are said to give 1,000,000
        rows at the most; a result of just so many may be cut, which `scan` notices.

        Args:
            dataset_id: The dataset.
            sql: A SELECT in Domo's MySQL-like dialect; the dataset is called ``table``, and names of more than letters
                and digits stand in backticks.
            params: Values for the placeholders in `sql`: a list for ``?``, a mapping for ``:name``. They are quoted, so
                that a text never becomes SQL; a list among them stands for ``(a, b, c)``, as IN takes it.

        Returns:
            The rows with their columns' names and types.

        Raises:
            ConfigError: The values do not fit the placeholders.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
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
        """Run a query that is made of expressions, as Domo's own pages send them; `query` takes SQL.

        `POST /api/query/v1/execute/{dataset_id}`. Unconfirmed in this form: Domo's documentation shows SQL, two clients
        send expressions.

            await domo.datasets.query_structured(
                orders.id,
                ["region", {"exprType": "FUNCTION", "name": "COUNT", "arguments": [column("id")]}],
                where={"exprType": "IN", "leftExpr": column("year"),
                       "selectSet": [{"exprType": "NUMBER_VALUE", "value": 2024}]},
                group_by=["region"],
            )

        Args:
            dataset_id: The dataset.
            columns: What to return: names of columns, or expressions as objects with ``exprType``.
            where: What a row has to fit, as such an object.
            group_by: What to group by.
            order_by: What to sort by.
            limit: The most rows to return, or None for as many as the instance gives.
            offset: Rows to leave out at the beginning; needs `limit`.
            use_cache: Whether a result of before may be given.

        Returns:
            The rows with their columns' names and types.

        Raises:
            ConfigError: There are no columns, or an offset without a limit.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
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
        """Run several queries at once, on one or more datasets, and give each result as it comes.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"), once for each.

        Args:
            jobs: The queries.
            concurrency: How many at a time. No more results than that are held for the caller.
            stop_on_error: Whether the first that fails stops the others: those under way are cancelled, those not
                begun stay so.

        Returns:
            What became of each, with its job and either a result or an error. After a stop `ItemResult.cancelled` marks
            those that were under way, and those that were not begun come last, with nothing set.

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
        SQL") with the same query and ``LIMIT 0``. Memory holds some blocks of the answer, whatever its size. An
        instance that answers in JSON gives all at once; there a query with an ORDER BY over a unique key, and without
        LIMIT, is read page by page.

        LONG is int64, DOUBLE float64, STRING string, DATE date32, DATETIME timestamp[us] and DECIMAL decimal128(38,
        18), as its digits are not known before. From the first batch on that has a number which does not fit that, the
        column is decimal256(76, 38), with 38 digits before and 38 after the point; numbers of more digits are refused.
        Columns of one name are called as `QueryResult` has it: ``a``, ``a_2``.

        Args:
            dataset_id: The dataset.
            sql: The query; all rows by default.
            columns: In its place, the columns to read.
            where: In its place, the condition on the rows to read, such as ``"region = :region"``.
            params: Values for placeholders, as `query` takes them.
            batch_rows: The rows of a batch; the last has what is left, and one of very long rows fewer (256 MiB).

        Raises:
            ConfigError: Both a query and columns or a condition are given, the values do not fit, a DECIMAL does not
                fit decimal256(76, 38), or pyarrow is not installed.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
            IncompleteAnswer: The answer broke off. Until the first batch it is asked for again; after it, the rows that
                were given are right, but not all. Also if the instance cut the result.
            DecodeError: The answer is not CSV of these columns.
        """
        if batch_rows < 1:
            raise ConfigError("batch_rows must be at least 1")
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
        """Return a dataset, or a query's result, as one frame; it is streamed as `scan` does, and needs pyarrow.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL") and
        `POST /api/query/v1/execute/export/{dataset_id}` (Datasets API, "Query Dataset"), as `scan`.

        Args:
            dataset_id: The dataset.
            sql: The query; all rows by default.
            kind: ``"polars"``, ``"pandas"`` or ``"arrow"``. The types are those of `QueryResult.to_polars`,
                `QueryResult.to_pandas` and `QueryResult.to_arrow`.
            columns: In the query's place, the columns to read.
            where: In the query's place, the condition on the rows to read.
            params: Values for placeholders, as `query` takes them.

        Returns:
            A `polars.DataFrame`, a `pandas.DataFrame` or a `pyarrow.Table`.

        Raises:
            ConfigError: What is needed is not installed, the arguments do not fit, or a number has more digits than the
                frame's.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
            IncompleteAnswer: The answer broke off each time that it was asked for, or the instance cut the result.
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
        """Upload CSV, rows or a frame in concurrent parts and commit it: all of it or nothing.

        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV"); before it,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`, and with ``schema="evolve"``
        `POST /api/data/v2/datasources/{dataset_id}/schemas` and
        `GET /api/query/v1/datasources/{dataset_id}/schema/indexed`; around it, to know what it made,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions`; and to wait,
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`, or where the commit names no index
        `GET /api/data/v3/datasources/{dataset_id}/statuses`.

        The columns are compared with the dataset's before anything is sent: frames, mappings and CSV with a header by
        name, whatever their order, all else by position. In CSV an unquoted empty field is NULL, ``""`` is the empty
        string; None, NaN and Arrow's null are NULL. A quote inside an unquoted field is a character of it.

        Args:
            dataset_id: The dataset.
            source: What to upload:

                - the path of a file, a folder, a pattern such as ``"exports/*.csv"``, a ``file://`` URL, or several of
                  them; ``"-"`` is standard input. CSV, JSON lines, Parquet, and Arrow files. Plain CSV is read slice by
                  slice and costs no memory. Each file may have a header, and a byte order mark where it begins. Folders
                  named ``key=value`` in a path give columns, as Hive has them, that the file itself does not have;
                - bytes of CSV or JSON lines, a binary file object, also one with an async ``read``, or an (async)
                  iterator of bytes;
                - an (async) iterator of rows: sequences in the order of the columns, or by name what carries names:
                  mappings, named tuples, rows of sqlite3, asyncpg and SQLAlchemy, dataclasses;
                - a frame (polars, pandas, pyarrow, duckdb), or an (async) iterator of frames. Levels of a pandas index
                  are columns if they have names. Columns of objects go value by value, as those of rows do.

                CSV may be compressed with gzip or zstd. Of what comes only once, the parts under way are held in
                memory, 24 MiB of them unless `part_size` or `concurrency` is given; what is bound to a thread, such as
                a cursor of sqlite3, is read on others: give its rows.
            action: ``"REPLACE"`` all rows, which is the default without a partition; ``"APPEND"``; ``"UPSERT"`` or
                ``"DELETE"`` by the dataset's upsert keys, as `upsert` and `delete_rows` do.
            partition: The partition to write to, in place of the rows that it holds; all other rows stay.
            partition_tag: The name that the partition goes under: ``dataTag`` is what other clients send, along with
                the action APPEND and ``appendId: "latest"`` (unconfirmed); ``restateDataTag`` is the documents', which
                call it largely deprecated.
            allow_loss: Whether ``action="REPLACE"`` is sent along with a partition, though the rows of all others may
                be lost: no document and no client shows what instances do then. Without it, that is refused.
            keys: The names of the dataset's upsert keys, where its schema does not tell them.
            append_id: What rows are appended to, if the instance is to be told, such as ``"latest"``.
            message: A note for the data version.
            recorded_date: The time that the data version is recorded for; by default that of the upload.
            header: Whether the first record of CSV is a header, which is not sent; ``"auto"`` compares it with the
                dataset's columns, and refuses what resembles them but differs, and what may be names or a row.
            schema: ``"match"`` refuses a source whose columns are not the dataset's; ``"evolve"`` adds to the dataset
                the columns that it lacks, and leaves NULL those that the source lacks. Before it adds any, all rows are
                checked: those of what comes only once wait in a temporary file. Columns that somebody else adds at the
                same time stay; a source that can be read again is then fitted anew, another is refused.
            delimiter: What stands between the fields of CSV.
            encoding: The encoding of CSV, as Python names it.
            null_values: Texts that are NULL in CSV, such as ``["NA", ""]``, in quotes or not. By default an empty field
                without quotes is, and in columns that are not text one with quotes.
            skip_rows: How many records of CSV stand before its header, such as titles.
            format: What bytes are: ``"csv"`` whatever they look like, ``"jsonl"`` for JSON lines, an object in each
                line; ``"auto"`` takes files for JSON lines whose names end in ``.jsonl`` or ``.ndjson``, also
                compressed, and refuses what is not CSV by its first bytes.
            zone: The zone in whose local time aware datetimes are written, since a DATETIME has none; without it they
                are refused.
            nested: Whether lists, mappings and structs are refused, or written as JSON.
            part_size: The most bytes of a part, unless a single record is longer; by default 2 to 8 MiB, more for files
                of more than 8 GB. Parts end where records end.
            concurrency: How many parts are under way at once; by default 8 in the beginning, more while that makes it
                faster, and fewer when the instance struggles.
            compress: Whether parts are compressed with gzip on the way; ``"auto"`` does so if the wire is slower than
                the compressor. That the Product API takes it is unconfirmed.
            index: Whether to index the data, so that queries see them.
            wait: Whether to wait for that index. Where the instance tells neither of it nor of the dataset's status,
                the result's `notes` say so.
            verify: Whether to compare the rows that the instance counts with the rows sent.
            allow_empty: Whether a source without rows is fine; with REPLACE it empties the dataset.
            timeout: Seconds to wait for the index.
            resume: The path of a journal, made if there is none, with which the same call goes on after a failure or a
                crash: only the parts that are missing are sent, and nothing is committed twice. Until then another
                source is refused. Once the upload has taken effect, the same call with other data begins a new upload;
                with the same data, byte by byte, it sends nothing and says so (``replayed``), unless they are to
                replace what others have written since. Of files, those are left out that the journal's uploads have
                appended (``left_out``). So a nightly call takes the same journal every night. What appends, and begins
                with rows that were appended already, or with those of a file that was renamed, is refused.
            progress: Called with a `Progress` after each part and some ten times a second; should that fail, it is
                logged and the upload goes on. True draws a bar (needs ``rich``).

        Returns:
            Rows, bytes, parts, the upload, its data version and the seconds it took.

        Raises:
            ConfigError: An option makes no sense, the source is of no known kind, the journal is another upload's or is
                not a journal, rows would be appended twice, or others than the partition's could be lost.
            SourceError: The source cannot be read, is not CSV, holds no rows, or does not fit the dataset; names the
                line. The dataset is as it was.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            RowCountMismatch: It is committed, but the instance counts other rows than were sent.
            AfterCommitError: It is committed, but its index failed or its rows could not be checked; or somebody else
                committed the upload of the journal.
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
        """Upload rows that replace those of the same upsert keys, and are added where there are none.

        All that `upload` sends: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` with the action UPSERT,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`. Unconfirmed: Domo's data service
        declares the action, and nothing more is told of it. Sent again, the same rows do no harm.

        A dataset gets upsert keys by `Schemas.alter` or `create`, with ``Column(name=…, type=…, upsert_key=True)``.

        ```python
        await domo.datasets.upsert(orders.id, [{"id": 4, "region": "EU"}])
        ```

        Args:
            dataset_id: The dataset.
            source: What `upload` takes, with all columns of the dataset.
            options: The keywords of `upload`, such as ``keys`` where the schema does not tell the upsert keys.

        Returns:
            What `upload` returns. It is `verified` where the instance counts as many rows as were sent; should it count
            others, as may be where keys repeat, `notes` say so.

        Raises:
            ConfigError: The dataset has no upsert keys that are known, or others; or the options do not go with it.
            SourceError: The source cannot be read, or does not fit the dataset.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            AfterCommitError: It is committed, but its index failed.
        """
        return await self._uploading.upload(dataset_id, source, by_keys(UploadOptions(**options), "UPSERT"))

    async def delete_rows(
        self,
        dataset_id: str,
        /,
        source: Source,
        **options: Unpack[UploadKeywords],
    ) -> UploadResult:
        """Delete the rows whose upsert keys a source lists; keys that no row has are passed over.

        All that `upload` sends, opened with ``appendId: "delete"`` and without an action:
        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`. Unconfirmed: a draft of Domo's
        documents describes it. Sent again, the same keys do no harm.

        ```python
        await domo.datasets.delete_rows(orders.id, [{"id": 4}, {"id": 5}])
        ```

        Args:
            dataset_id: The dataset.
            source: What `upload` takes, with the columns of the upsert keys and no others.
            options: The keywords of `upload`, such as ``keys`` where the schema does not tell the upsert keys.

        Returns:
            What `upload` returns, of the keys that were sent. How many rows are gone the instance does not tell.

        Raises:
            ConfigError: The dataset has no upsert keys that are known, or others; or the options do not go with it.
            SourceError: The source cannot be read, or has other columns than the keys.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            AfterCommitError: It is committed, but its index failed.
        """
        return await self._uploading.upload(dataset_id, source, by_keys(UploadOptions(**options), "DELETE"))

    async def status(self, dataset_id: str, /, *, expire_cache: bool | None = None) -> DatasetState:
        """Return how far a dataset is: its last update, its rows, its newest data version.

        `GET /api/data/v3/datasources/{dataset_id}/statuses`. Seen: Domo's data service has it.

        Args:
            dataset_id: The dataset.
            expire_cache: Whether the instance is to look anew; by default it answers what it has at hand.

        Raises:
            NotFound: There is no such dataset.
        """
        return await read_state(self._http, dataset_id, expire_cache=expire_cache)

    async def statuses(self, dataset_ids: Iterable[str], /) -> ItemTuple[DatasetState]:
        """Return how far several datasets are.

        `POST /api/data/v3/datasources/statuses`. Seen: Domo's data service has it.

        Args:
            dataset_ids: The datasets.

        Returns:
            Their states, in the instance's order; whether those that are not there are left out, no source tells.

        Raises:
            ConfigError: There are none.
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
        """Wait until queries see an upload whose commit named no index; where it named one, use `Indexes.wait`.

        `GET /api/data/v3/datasources/{dataset_id}/statuses`, at once, after 1 second and then every 2 seconds. Seen:
        Domo's data service has it. The one sign is that the newest data version has the upload's number or a greater
        one, and the last update is said to be a success: that is unconfirmed.

        Args:
            dataset_id: The dataset.
            upload_id: The upload, which is committed; without one, whatever the instance is doing to the dataset, which
                is looked at after 1 second for the first time.
            timeout: Seconds to wait at most; for half a minute of them, an older version is taken for a stale answer.

        Returns:
            Whether there is that sign. Without it nothing is known.

        Raises:
            NotFound: There is no such dataset, or the instance does not have the route.
            JobFailed: The update that brought the upload failed.
            UnknownState: What the dataset's state means is not known.
            WaitTimeout: It has not ended; it goes on.
        """
        return await wait_until_visible(self._http, dataset_id, upload_id, timeout)

    async def plan_upload(self, dataset_id: str, /, source: Source, **options: Unpack[UploadKeywords]) -> UploadPlan:
        """Return what an upload would send, without sending it. The source is read to its end, which uses up iterators.

        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest` (Datasets API, "Return the schema for a specified
        Dataset").

        Args:
            dataset_id: The dataset.
            source: What `upload` takes.
            options: The keywords of `upload`.

        Returns:
            How the columns fit, and the rows, bytes and parts that would be sent.

        Raises:
            ConfigError: The source is of no known kind.
            SourceError: It cannot be read, is not CSV, or does not fit the dataset; names the line.
        """
        return await self._uploading.plan(dataset_id, source, UploadOptions(**options))

    async def create_from(
        self,
        source: Source,
        /,
        name: str,
        *,
        columns: Columns | None = None,
        **options: Unpack[UploadKeywords],
    ) -> CreatedFrom:
        """Create a dataset with a source's columns, and upload the source.

        `POST /api/data/v2/datasources` (Datasets API, "Create Dataset Copy"), then all that `upload` sends:
        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`; the columns are read only where they
        may be others than those that the dataset was created with. If the upload fails or is cancelled,
        `DELETE /api/data/v3/datasources/{dataset_id}` removes the dataset again.

        Args:
            source: What `upload` takes. The types of CSV and of rows are those of the first some hundred rows; what
                comes later may not fit them, and then the upload fails. CSV has to have a header.
            name: The dataset's name.
            columns: The columns, in place of those that the source tells: names and types.
            options: The keywords of `upload`.

        Returns:
            The dataset's id, its columns, and what `upload` returns.

        Raises:
            ConfigError: The source is of no known kind, a column cannot be one, or ``resume`` is given.
            SourceError: It cannot be read, names no columns, or does not fit them.
            UploadError: The upload failed; there is no such dataset.
            CommitUncertain: The commit's answer was lost; the dataset is there, with the rows or without.
            AfterCommitError: It is committed, but its index failed or its rows could not be checked.
        """
        return await self._uploading.create_from(source, name, columns, UploadOptions(**options))

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

        For each of them all that `upload` sends: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        Args:
            sources: By dataset, what `upload` takes.
            budget: What they may take together; by default 64 parts under way and 512 MiB of parts in memory.
            stop_on_error: Whether the first that fails stops those that have not begun.
            options: The keywords of `upload`, for all. ``progress=True`` draws a bar for each; a callback is called
                for all of them. ``resume`` names a folder, with a journal for each dataset.

        Returns:
            What became of each, in the order in which they were given.

        Raises:
            ConfigError: There are none.
        """
        how = UploadOptions(**options)
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

        A ledger, which is an SQLite file, knows each file by its content: the same call night after night loads what
        is new, after a crash as well, and from any machine that has the ledger. What was sent when a run ended is
        looked up in the data versions before anything else is sent. Each file is read first as an upload would: one
        that the dataset does not take is set aside with its line and the reason, and the others are loaded.

            report = await domo.datasets.load_folder("exports/", dataset_id, ledger="orders.ledger")
            report.raise_for_failures()

        For what is new all that `upload` sends: `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        Args:
            folder: A folder, whose folders belong to it, a pattern such as ``exports/*.csv``, a file, or several of
                these. There may be no files yet.
            dataset_id: The dataset.
            ledger: The path of the ledger, made if there is none. Beside it lie a lock, as only one run at a time may
                have it, and a folder with the journals of the uploads under way. Machines share it on a file system
                that locks files for all of them.
            commits: Whether the files of one call are committed ``"together"``, or ``"each"`` by itself in the order of
                their names; then none is begun after one that the instance refuses.
            changed: What to do with a file that holds other content than what was loaded from its path: ``"refuse"``
                it, ``"append"`` all of it, or ``"skip"`` it. One that goes on after the rows that were loaded from it
                is always refused.
            uncertain: What to do with files of an earlier run of which the instance does not tell whether they were
                loaded, once somebody has looked: ``"keep"`` asking, take them for ``"loaded"``, or ``"resend"`` them.
            dry_run: Whether to only tell what would be loaded; nothing is sent or written.
            options: The keywords of `upload`. With ``schema="evolve"`` files may bring new columns, of which
                the report tells.

        Returns:
            What became of each file. Those that vanished since they were loaded are told once.

        Raises:
            ConfigError: The ledger cannot be used, another process has it, or the options do not append.
            SourceError: There is no such file or folder.
            NotFound: There is no such dataset.
            AfterCommitError: Files are loaded, but the ledger could not be written; the next call finds that they are.
        """
        load = LoadOptions(
            commits=commits, changed=changed, uncertain=uncertain, dry_run=dry_run, upload=UploadOptions(**options)
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
        """Append rows to a dataset, and wait until queries see them. For many rows, `upload` takes files.

        `POST /api/data/v3/datasources/{dataset_id}/uploads` (Datasets API, "Append row to Dataset"), with the action
        and the ``appendId`` that Domo's documentation shows. It shows this request alone, which only opens an upload;
        so this is an `upload` with ``action="APPEND"`` and ``append_id="latest"``, with
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{request_key}/statuses`.

        Args:
            dataset_id: The dataset.
            values: The rows, columns by position: lists of cells, of which None is NULL; or text with a row a line,
                such as ``"4,EU,9.5"``, in which an unquoted empty field is NULL and ``""`` is the empty string.
            delimiter: What stands between the fields of text.
            message: A note for the data version, such as ``"Uploading"``.

        Returns:
            What `upload` returns.

        Raises:
            ConfigError: A row is not a list of cells, or the delimiter cannot be one.
            SourceError: There are no rows, or they do not fit the dataset; says which row and column.
            UploadError: The dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            AfterCommitError: It is committed, but its index failed or its rows could not be checked.
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
        """Stream a dataset's rows to disk: whole, or not at all.

        `POST /api/query/v1/execute/export/{dataset_id}` with ``Accept: text/csv`` (Datasets API, "Query Dataset");
        before it, to know the columns and their types, `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query
        with SQL") with the same query and ``LIMIT 0``, and after it, if there are so many rows that the instance may
        have cut the result, to see whether it has more. Domo's documentation shows a query's result in JSON; an
        instance that answers so is understood, but its answer is held in memory.

        What comes is looked at on its way: its header names the columns of the query, each record has as many fields,
        and it ends where a record ends. A web page, or nothing, never takes the place of a file. CSV is written as it
        came; where it begins with U+FEFF as part of a name or a value, a byte order mark is put before it, as readers
        take one away.

        In Parquet and Arrow files, columns of one name are called as `QueryResult` has it: ``a``, ``a_2``. DECIMAL is
        decimal128(38, 18), or of another scale if that holds all numbers of the column; should 38 digits not do, it is
        decimal256(76, 38), which pyarrow and pandas read, while some programs make floats of it.

        Args:
            dataset_id: The dataset.
            target: The path of the file to write, which appears under its name only when it is whole: Parquet if it
                ends in ``.parquet``, Arrow if in ``.arrow`` or ``.feather``, else CSV, compressed if in ``.gz`` or
                ``.zst``. Or a binary file object, also one with an async ``write``, to which CSV is written as the
                answer comes, as it is to devices and pipes. Links are followed, and a file that is there keeps its
                mode, owner and links.
            sql: What to export; everything by default.
            params: Values for the placeholders in `sql`, as `query` takes them.
            header: Whether the first row of CSV names the columns.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Returns:
            Bytes, seconds and rows.

        Raises:
            ConfigError: The target cannot be written to, what writes it is not installed, the values do not fit, or a
                number has more digits than the file's.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
            TargetError: The file could not be written, such as where the disk is full.
            IncompleteAnswer: The answer broke off, each time that it was asked for, or the instance cut the result; no
                file was left, and a former one is as it was.
            DecodeError: The answer is not CSV of these columns; files are as they were, too.
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
        """Export several datasets or queries at once, each whole or not at all, and tell of each as it is done.

        `POST /api/query/v1/execute/export/{dataset_id}` (Datasets API, "Query Dataset") and
        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL"), as `export`.

        Args:
            jobs: What to export: paths by dataset, or jobs with a query each.
            concurrency: How many at a time.
            stop_on_error: Whether the first that fails stops the others: those under way are cancelled, those not
                begun stay so.

        Returns:
            What became of each, with its job and either a result or an error. After a stop `ItemResult.cancelled` marks
            those that were under way, and those that were not begun come last, with nothing set.

        Raises:
            ConfigError: Two are to be written to one path, or the values of a query do not fit its placeholders.
        """
        bound = checked_exports(jobs)

        def work(job: ExportJob) -> Awaitable[ExportResult]:
            return ResultReader(self._http, job.dataset_id).export(job.target, bound[job], header=job.header)

        return as_completed(bound, work, concurrency=concurrency, stop_on_error=stop_on_error)
