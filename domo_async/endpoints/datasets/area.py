"""Datasets: create, look at, fill, query, export."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from domo_async.endpoints._area import Area, given, several
from domo_async.endpoints.datasets._rows import csv_of_rows, csv_of_text
from domo_async.endpoints.datasets._upload_steps import DatasetUploadSteps
from domo_async.endpoints.datasets.access import Access
from domo_async.endpoints.datasets.indexes import Indexes
from domo_async.endpoints.datasets.models import (
    Columns,
    CreateAnswer,
    CreatedDataset,
    Dataset,
    DatasetCard,
    DatasetList,
    DeleteMethod,
    columns_of,
)
from domo_async.endpoints.datasets.partitions import Partitions
from domo_async.endpoints.datasets.policies import Policies
from domo_async.endpoints.datasets.result import Cell, QueryResult, query_result
from domo_async.endpoints.datasets.schemas import Schemas
from domo_async.endpoints.datasets.uploads import Uploads
from domo_async.endpoints.datasets.versions import Versions
from domo_async.transfer import (
    Action,
    ExportResult,
    ExportTarget,
    Header,
    ProgressOption,
    Source,
    UploadOptions,
    UploadResult,
    export,
    upload,
)
from domo_async.transport import QUERY, Batch, Pager, url
from domo_async.wire import UNSET, Unset, known, payload

__all__ = ["Datasets"]


class Datasets(Area):
    """Datasets: create, look at, fill, query, export."""

    @cached_property
    def schemas(self) -> Schemas:
        """Columns: read and altered."""
        return Schemas(self._http)

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

    def list(
        self,
        *,
        name_like: str | None = None,
        owner_id: int | str | None = None,
        data_provider_type: str | None = None,
        type: str | None = None,
        display_type: str | None = None,
        include_hidden: bool | None = None,
        order_by: str | None = None,
        parts: str | Sequence[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 50,
    ) -> Pager[Dataset]:
        """Iterate over the datasets that the token's owner may see.

        `GET /api/data/v3/datasources`. Not in the documents; other clients use it.

        Args:
            name_like: What their names contain.
            owner_id: Who owns them.
            data_provider_type: The kind of connector that fills them.
            type: Their kind.
            display_type: The kind that people see.
            include_hidden: Whether to give hidden ones too.
            order_by: What to sort by; which words the instance knows is not known, ``name`` among them.
            parts: What to tell of each, as `get` takes it.
            offset: Datasets to leave out at the beginning.
            limit: The most datasets to give in all, or None for all.
            page_size: Datasets to ask for at a time.
        """
        return self._http.pages(
            "GET",
            url("/api/data/v3/datasources"),
            QUERY,
            into=DatasetList,
            read=lambda answer: Batch(answer.data_sources, total=answer.total),
            page_size=page_size,
            offset=offset,
            limit=limit,
            params={
                "nameLike": name_like,
                "ownerId": owner_id,
                "dataProviderType": data_provider_type,
                "type": type,
                "displayType": display_type,
                "includeHidden": include_hidden,
                "orderBy": order_by,
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
            schema={"columns": [known(column) for column in columns_of(columns)]},
        )
        return (
            await self._http.request("POST", url("/api/data/v2/datasources"), json=body, into=CreateAnswer)
        ).data_source

    async def get(self, dataset_id: str, /, *, parts: str | Sequence[str] | None = None) -> Dataset:
        """Return a dataset's metadata.

        `GET /api/data/v3/datasources/{dataset_id}` (Datasets API, "Get Metadata").

        Args:
            dataset_id: The dataset.
            parts: What to include, as a list or by commas, such as ``"core,permission"``.

        Raises:
            NotFound: There is no such dataset, or the token's owner may not see it.
        """
        return await self._http.request(
            "GET", url("/api/data/v3/datasources/{}", dataset_id), params={"part": parts}, into=Dataset
        )

    async def delete(self, dataset_id: str, /, *, delete_method: DeleteMethod | str | None = None) -> None:
        """Delete a dataset with its data.

        `DELETE /api/data/v3/datasources/{dataset_id}`. Not in the documents; other clients use it.

        Args:
            dataset_id: The dataset.
            delete_method: Whether it can be had back; the instance's default is not known.

        Raises:
            NotFound: There is no such dataset.
        """
        await self._http.request(
            "DELETE", url("/api/data/v3/datasources/{}", dataset_id), params={"deleteMethod": delete_method}
        )

    async def update_properties(
        self,
        dataset_id: str,
        /,
        *,
        data_provider_type: str | Unset = UNSET,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
    ) -> None:
        """Change what is given of a dataset's properties.

        `PUT /api/data/v3/datasources/{dataset_id}/properties` (Datasets API, "Change Dataset Properties").

        Args:
            dataset_id: The dataset.
            data_provider_type: The kind of connector, such as ``domo-jupyterdata``; all that the page shows.
            name: The dataset's name. Not on the page; other clients send it to this route, always along with
                `description`, so whether one of the two alone leaves the other as it is, is not known.
            description: What it holds; see `name`.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: There is no such dataset.
        """
        body = payload(
            {"dataSourceName": name, "dataSourceDescription": description}, data_provider_type=data_provider_type
        )
        await self._http.request("PUT", url("/api/data/v3/datasources/{}/properties", dataset_id), json=given(body))

    async def set_tags(self, dataset_id: str, /, *, tags: Sequence[str]) -> None:
        """Give a dataset exactly these tags; it loses all others.

        `POST /api/data/ui/v3/datasources/{dataset_id}/tags` (Datasets API, "createDatasetTag"). The page speaks of
        creating a tag, but the list replaces the former one. To add a tag, read `Dataset.tag_names` first.

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
            json=several(tags, "tags", may_be_empty=True),
            idempotent=True,
        )

    async def cards(self, dataset_id: str, /, *, drill: bool | None = None) -> tuple[DatasetCard, ...]:
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
            into=tuple[DatasetCard, ...],
        )

    async def query(self, dataset_id: str, /, sql: str) -> QueryResult:
        """Run a SQL query on a dataset and return its rows.

        `POST /api/query/v1/execute/{dataset_id}` (Datasets API, "Query with SQL").

        Args:
            dataset_id: The dataset.
            sql: A SELECT in Domo's MySQL-like dialect; the dataset is called ``table``, and names of more than letters
                and digits stand in backticks.

        Returns:
            The rows with their columns' names and types.

        Raises:
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
            DecodeError: The answer is not a query's result.
        """
        # A query changes nothing, so it may be sent again although it is a POST.
        content = await self._http.raw(
            "POST", url("/api/query/v1/execute/{}", dataset_id), json=payload(sql=sql), idempotent=True
        )
        return query_result(content)

    async def upload(
        self,
        dataset_id: str,
        /,
        source: Source,
        *,
        action: Action = "REPLACE",
        partition: str | None = None,
        header: Header = "auto",
        part_size: int = 8 << 20,
        concurrency: int = 8,
        index: bool = True,
        wait: bool = True,
        verify: bool = True,
        allow_empty: bool = False,
        timeout: float = 600.0,
        progress: ProgressOption = None,
    ) -> UploadResult:
        """Upload CSV in concurrent parts and commit it: all of it or nothing.

        `POST /api/data/v3/datasources/{dataset_id}/uploads`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit` (Datasets API, "Upload CSV"); before it,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`; around it, to know what it made,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions`; and to wait,
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{index_id}/statuses`.

        The CSV is UTF-8 with commas (RFC 4180); an unquoted empty field is NULL, ``""`` is the empty string; columns
        go by position.

        Args:
            dataset_id: The dataset.
            source: The path of a CSV file, bytes, or an async iterator of bytes. Files are read slice by slice and
                cost no memory; of an iterator the parts under way are held.
            action: ``"REPLACE"`` all rows, or ``"APPEND"``.
            partition: The partition to write to.
            header: Whether the first row is a header, which is not sent; ``"auto"`` compares it with the dataset's
                columns, and refuses what resembles them but differs.
            part_size: The most bytes of a part. Parts end where records end.
            concurrency: How many parts are under way at once.
            index: Whether to index the data, so that queries see them.
            wait: Whether to wait for that index, where the instance tells of it.
            verify: Whether to compare the rows that the instance counts with the rows sent.
            allow_empty: Whether a source without rows is fine; with REPLACE it empties the dataset.
            timeout: Seconds to wait for the index.
            progress: Called with a `Progress` after each part and some ten times a second; True draws a bar (needs
                ``rich``).

        Returns:
            Rows, bytes, parts, the upload, its data version and the seconds it took.

        Raises:
            SourceError: The source cannot be read, is no CSV, holds no rows, or does not fit the dataset.
            UploadError: A part or the commit failed for good; the dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            RowCountMismatch: It is committed, but the instance counts other rows than were sent.
            AfterCommitError: It is committed, but its index failed or its rows could not be checked.
        """
        options = UploadOptions(
            action=action,
            partition=partition,
            header=header,
            part_size=part_size,
            concurrency=concurrency,
            index=index,
            wait=wait,
            verify=verify,
            allow_empty=allow_empty,
            timeout=timeout,
            progress=progress,
        )
        steps = DatasetUploadSteps(dataset_id, self.schemas, self.uploads, self.indexes, self.versions)
        return await upload(steps, source, options, self._http.settings.clock)

    async def append_rows(
        self, dataset_id: str, /, *, values: str | Sequence[Sequence[Cell]], delimiter: str = ","
    ) -> UploadResult:
        """Append rows to a dataset, and wait until queries see them. For many rows, `upload` takes files.

        `POST /api/data/v3/datasources/{dataset_id}/uploads` (Datasets API, "Append row to Dataset"). The page shows
        this request alone, which only opens an upload; so this is an `upload` with ``action="APPEND"``, with
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/parts/{part}`,
        `PUT /api/data/v3/datasources/{dataset_id}/uploads/{upload_id}/commit`,
        `GET /api/data/v2/datasources/{dataset_id}/schemas/latest`,
        `GET /api/data/v2/datasources/{dataset_id}/dataversions` and
        `GET /api/data/v3/datasources/{dataset_id}/indexes/{index_id}/statuses`.

        Args:
            dataset_id: The dataset.
            values: The rows, columns by position: lists of cells, of which None is NULL; or text with a row a line,
                such as ``"4,EU,9.5"``, in which an unquoted empty field is NULL and ``""`` is the empty string.
            delimiter: What stands between the fields of text.

        Returns:
            What `upload` returns.

        Raises:
            ConfigError: A cell or the delimiter cannot be one.
            SourceError: There are no rows, or they do not fit the dataset.
            UploadError: The dataset is as it was.
            CommitUncertain: The commit's answer was lost and the instance does not tell the outcome.
            AfterCommitError: It is committed, but its index failed or its rows could not be checked.
        """
        content = csv_of_text(values, delimiter) if isinstance(values, str) else csv_of_rows(values)
        return await self.upload(dataset_id, content, action="APPEND", header=False)

    async def export(
        self,
        dataset_id: str,
        /,
        target: ExportTarget,
        *,
        sql: str = "SELECT * FROM table",
        header: bool = True,
        progress: ProgressOption = None,
    ) -> ExportResult:
        """Stream a dataset's rows as CSV to disk: whole, or not at all.

        `POST /api/query/v1/execute/export/{dataset_id}` with ``Accept: text/csv`` (Datasets API, "Query Dataset"). The
        page shows a query's result in JSON; an instance that answers so is understood, but its answer is held in
        memory.

        Args:
            dataset_id: The dataset.
            target: The path of the file to write, which appears under its name only when it is whole; or a binary file
                object, which is written to as the answer comes.
            sql: What to export; everything by default.
            header: Whether the first row names the columns.
            progress: Called with a `Progress` some ten times a second; True draws a bar (needs ``rich``).

        Returns:
            Bytes and seconds.

        Raises:
            ConfigError: The target cannot be written to.
            BadRequest: The query is wrong; says how.
            NotFound: There is no such dataset.
            IncompleteAnswer: The answer broke off, each time that it was asked for; no file was left.
        """
        fetch = partial(
            self._http.download,
            "POST",
            url("/api/query/v1/execute/export/{}", dataset_id),
            params={"includeHeader": header},
            json=payload(sql=sql),
            accept="text/csv",
            idempotent=True,
        )
        settings = self._http.settings
        return await export(
            fetch,
            target,
            csv_of_json=partial(_csv_of_json, header=header),
            progress=progress,
            clock=settings.clock,
            retries=settings.retries,
        )


def _csv_of_json(content: bytes, *, header: bool) -> bytes:
    result = query_result(content)
    return csv_of_rows([*([result.columns] if header else []), *result.rows])
