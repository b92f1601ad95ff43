"""Tools for datasets: what they are, what they hold, and new rows for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeAlias

from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from domo_async import UNSET
from domo_async._mcp.kinds import WriteKind
from domo_async._mcp.presenting import counted
from domo_async._mcp.tools import USUAL, Limit, Offset, One, Page, Tools, Whole, reads, some, writes
from domo_async._mcp.values import Fields, given
from domo_async._transfer.reading.sql_text import limit_of, limited, select, tokens
from domo_async.errors import ConfigError, DomoError

if TYPE_CHECKING:
    from domo_async.models import Column, Dataset

__all__ = ["DatasetTools"]

Cell: TypeAlias = str | int | float | bool | None
DatasetId: TypeAlias = Annotated[str, Field(description="The dataset's id, a UUID.")]
Rows: TypeAlias = Annotated[
    list[list[Cell]],
    Field(
        description="The rows. Each is a list of cells in the order of the dataset's columns; null is NULL.",
        min_length=1,
    ),
]


class ColumnItem(TypedDict):
    """A column."""

    name: str
    type: str


class DatasetItem(TypedDict, total=False):
    """A dataset."""

    id: str
    name: str
    description: str
    type: str
    status: str
    owner_id: str
    owner_name: str
    rows: Whole
    columns: Whole
    created: str
    updated: str
    tags: list[str]
    stream_id: Whole


class DatasetPage(Page):
    """Datasets."""

    datasets: list[DatasetItem]


class DatasetAnswer(One):
    """A dataset with its columns."""

    dataset: DatasetItem
    schema: list[ColumnItem]
    schema_problem: NotRequired[str]


class ChangedAnswer(One):
    """A dataset that was changed."""

    dataset: DatasetItem


class SchemaPage(Page):
    """Columns of a dataset."""

    dataset_id: str
    columns: list[ColumnItem]


class RowPage(Page):
    """Rows of a query's result; the cells are in the order of the columns."""

    columns: list[ColumnItem]
    columns_left_out: NotRequired[int]
    rows: list[list[Cell]]


class CreatedAnswer(One):
    """A dataset that was created."""

    dataset_id: str


class UploadAnswer(One):
    """The outcome of sending rows."""

    dataset_id: str
    rows: Whole
    verified: bool
    data_version: NotRequired[int]


class DatasetTools(Tools):
    """Tools for datasets."""

    @reads("List datasets")
    async def list_datasets(
        self,
        name_contains: Annotated[str | None, Field(description="Text that the name contains.")] = None,
        owner_id: Annotated[int | None, Field(description="The owner's user id.")] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, DatasetPage]:
        """List the datasets of the instance that the user of the token may see, by name."""
        limit = min(limit, self.limits.rows)
        pager = self.domo.datasets.list(name_like=name_contains, owner_id=owner_id, offset=offset, limit=limit + 1)
        found, more = await some(pager, limit)
        return self.present.page(
            "datasets", [dataset_item(each) for each in found], "dataset", offset=offset, more=more
        )

    @reads("Get a dataset")
    async def get_dataset(self, dataset_id: DatasetId) -> Annotated[CallToolResult, DatasetAnswer]:
        """Describe a dataset: its name, owner, size and age, and its first columns. Get all with get_dataset_schema."""
        dataset = await self.domo.datasets.get(dataset_id)
        try:
            columns = await self._columns(dataset_id)
        except DomoError as error:
            facts = Fields(dataset=dataset_item(dataset), schema=[], schema_problem=str(error))
            return self.present.one(facts, "1 dataset, whose columns could not be read.")
        return self.present.one(
            Fields(dataset=dataset_item(dataset), schema=list(map(column_item, columns))),
            f"1 dataset with {counted(len(columns), 'column')}.",
        )

    @reads("Get the columns of a dataset")
    async def get_dataset_schema(
        self, dataset_id: DatasetId, limit: Limit = 100, offset: Offset = 0
    ) -> Annotated[CallToolResult, SchemaPage]:
        """List the names and types of a dataset's columns in order, as SQL uses them."""
        columns = await self._columns(dataset_id)
        return self.present.part(
            "columns", columns, "column", column_item, limit=limit, offset=offset, dataset_id=dataset_id
        )

    @reads("Query a dataset with SQL")
    async def query_dataset(
        self,
        dataset_id: DatasetId,
        sql: Annotated[
            str,
            Field(
                description="One SELECT in Domo's MySQL-like dialect. The dataset is called `table`; names with other"
                " characters than letters and digits stand in backticks."
            ),
        ],
        params: Annotated[
            dict[str, Cell | list[Cell]] | None,
            Field(description="Values for :name in the SQL. They are quoted and never become SQL."),
        ] = None,
        limit: Limit = USUAL,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, RowPage]:
        """Run one SELECT on one dataset, and return the first rows of its result.

        Count, sum and group in SQL instead of reading many rows. Pages keep their order only with an ORDER BY.
        """
        first = next((token.text.lower() for token in tokens(sql) if token.type == "word"), "")
        if first not in {"select", "with"}:
            raise ConfigError("this tool runs a SELECT alone")
        # With no values, a placeholder is still one that lacks its value.
        return await self._rows(dataset_id, sql, params or {}, limit, offset)

    @reads("Sample a dataset")
    async def sample_dataset(
        self,
        dataset_id: DatasetId,
        columns: Annotated[
            list[str] | None, Field(description="The columns to show; all by default.", min_length=1)
        ] = None,
        limit: Limit = 5,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, RowPage]:
        """Show some rows of a dataset, in the order in which the instance returns them, to see what it holds."""
        return await self._rows(dataset_id, select(columns), None, limit, offset)

    @writes("Create a dataset", WriteKind.DATASETS)
    async def create_dataset(
        self,
        name: Annotated[str, Field(description="Its name.", min_length=1)],
        columns: Annotated[
            list[ColumnItem],
            Field(description="Its columns; types are STRING, LONG, DOUBLE, DECIMAL, DATE and DATETIME.", min_length=1),
        ],
    ) -> Annotated[CallToolResult, CreatedAnswer]:
        """Create a dataset without rows."""
        typed = {column["name"]: column["type"].upper() for column in columns}
        if len(typed) < len(columns):
            raise ConfigError("two columns have the same name")
        made = await self.domo.datasets.create(name, typed)
        return self.present.one(Fields(dataset_id=made.id), "Created the dataset.")

    @writes("Append rows to a dataset", WriteKind.DATASETS)
    async def append_rows(self, dataset_id: DatasetId, rows: Rows) -> Annotated[CallToolResult, UploadAnswer]:
        """Add rows to a dataset: all of them or none."""
        return await self._upload(dataset_id, rows, replace=False)

    @writes("Replace the rows of a dataset", WriteKind.DATASETS, destructive=True, idempotent=True)
    async def replace_rows(self, dataset_id: DatasetId, rows: Rows) -> Annotated[CallToolResult, UploadAnswer]:
        """Replace all rows of a dataset: with all of the new ones, or not at all."""
        return await self._upload(dataset_id, rows, replace=True)

    @writes("Rename or describe a dataset", WriteKind.DATASETS, destructive=True, idempotent=True)
    async def update_dataset(
        self,
        dataset_id: DatasetId,
        name: Annotated[str | None, Field(description="The new name.", min_length=1)] = None,
        description: Annotated[str | None, Field(description="The new description.")] = None,
    ) -> Annotated[CallToolResult, ChangedAnswer]:
        """Change the name of a dataset, its description, or both."""
        changed = await self.domo.datasets.update_properties(
            dataset_id,
            name=UNSET if name is None else name,
            description=UNSET if description is None else description,
        )
        return self.present.one(Fields(dataset=dataset_item(changed)), "Changed the dataset.")

    @writes("Set the tags of a dataset", WriteKind.DATASETS, destructive=True, idempotent=True)
    async def set_dataset_tags(
        self, dataset_id: DatasetId, tags: Annotated[list[str], Field(description="The complete list of tags.")]
    ) -> Annotated[CallToolResult, CreatedAnswer]:
        """Replace all tags of a dataset."""
        await self.domo.datasets.set_tags(dataset_id, tags=tags)
        return self.present.one(Fields(dataset_id=dataset_id), f"The dataset has {counted(len(tags), 'tag')} now.")

    async def schema_text(self, dataset_id: str) -> str:
        """Return a dataset's columns as the JSON of a resource."""
        columns = await self._columns(dataset_id)
        return self.present.text(Fields(dataset_id=dataset_id, columns=list(map(column_item, columns))))

    async def _columns(self, dataset_id: str) -> tuple[Column, ...]:
        return (await self.domo.datasets.schemas.latest(dataset_id)).schema.columns

    async def _rows(
        self, dataset_id: str, sql: str, params: dict[str, Any] | None, limit: int, offset: int
    ) -> CallToolResult:
        limit = min(limit, self.limits.rows)
        own = limit_of(sql)
        # The statement's own LIMIT stays: the request is for a part of that result.
        left = limit + 1 if own is None else min(limit + 1, max(own.rows - offset, 0))
        # LIMIT 0 asks for the columns alone.
        if own is not None and 0 < own.rows <= offset:
            raise ConfigError(f"the statement's own LIMIT {own.rows} leaves no rows after {offset}")
        before = 0 if own is None else own.offset
        result = await self.domo.datasets.query(dataset_id, limited(sql, left, before + offset), params)
        columns = [(name, str(type_)) for name, type_ in zip(result.columns, result.types, strict=True)]
        rows = [list(row) for row in result]
        return self.present.table(columns, rows[:limit], offset=offset, more=len(rows) > limit)

    async def _upload(self, dataset_id: str, rows: list[list[Cell]], *, replace: bool) -> CallToolResult:
        done = await self.domo.datasets.upload(
            dataset_id,
            rows,
            action="REPLACE" if replace else "APPEND",
            # Waiting after the commit must not make the call end as one with an unknown outcome.
            timeout=self.limits.seconds / 2,
        )
        answer = given(dataset_id=dataset_id, rows=done.rows, verified=done.verified, data_version=done.data_version)
        return self.present.one(
            answer, f"{'Replaced all rows by' if replace else 'Appended'} {counted(done.rows, 'row')}."
        )


def dataset_item(dataset: Dataset) -> Fields:
    """Return the facts about a dataset."""
    owner = dataset.owner
    return given(
        id=dataset.id,
        name=dataset.name,
        description=dataset.description or None,
        type=dataset.display_type or dataset.type,
        status=dataset.status,
        owner_id=None if owner is None else owner.id,
        owner_name=None if owner is None else owner.name,
        rows=dataset.row_count,
        columns=dataset.column_count,
        created=dataset.created,
        updated=dataset.last_updated,
        tags=list(dataset.tag_names) or None,
        stream_id=dataset.stream_id,
    )


def column_item(column: Column) -> Fields:
    """Return the facts about a column."""
    return Fields(name=column.name, type=column.type)
