"""FileSets themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attrs import frozen

from domo_async.endpoints._area import Area, decode_or_empty, given
from domo_async.endpoints.filesets._guards import a_fileset
from domo_async.endpoints.filesets.files import FileSetFiles
from domo_async.endpoints.filesets.filters import DateFilter, FieldFilter, FieldSort, search_body
from domo_async.endpoints.filesets.models import ConnectorContext, Deletion, FileSet, PageContext
from domo_async.transport import QUERY, Batch, Pager, url
from domo_async.wire import UNSET, Model, Unset, payload

__all__ = ["FileSets"]


@frozen(kw_only=True)
class _FileSetList(Model):
    file_sets: tuple[FileSet, ...]
    page_context: PageContext | None = None


class FileSets(Area):
    """FileSets: folders of files that can be searched. Domo calls this API a beta, which may change."""

    @cached_property
    def files(self) -> FileSetFiles:
        """The files of a FileSet."""
        return FileSetFiles(self._http)

    def search(
        self,
        *,
        filters: Sequence[FieldFilter] = (),
        date_filters: Sequence[DateFilter] = (),
        field_sort: Sequence[FieldSort] = (),
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[FileSet]:
        """Iterate over FileSets; over all of them without filters.

        `POST /api/files/v1/filesets/search` (FileSets API, "Search FileSets").

        Args:
            filters: What fields have to be.
            date_filters: When something has to have happened.
            field_sort: What to sort by.
            offset: FileSets to leave out at the beginning.
            limit: The most FileSets to give, or None for all.
            page_size: FileSets to ask for at a time.

        Raises:
            ConfigError: A number is out of its range.
        """
        return self._http.pages(
            "POST",
            url("/api/files/v1/filesets/search"),
            QUERY,
            into=_FileSetList,
            read=_batch,
            page_size=page_size,
            # How many it gives at the most is not documented; so many it gives by default.
            assured=100,
            offset=offset,
            limit=limit,
            json=search_body(filters, date_filters, field_sort),
        )

    async def create(
        self,
        *,
        name: str,
        description: str | Unset = UNSET,
        account_id: int | str | Unset | None = UNSET,
        connector_context: ConnectorContext | Unset | None = UNSET,
    ) -> FileSet:
        """Create a FileSet.

        `POST /api/files/v1/filesets` (FileSets API, "Create FileSet").

        Args:
            name: Its name.
            description: What it is for.
            account_id: The data account.
            connector_context: Where its files lie, if not in Domo.
        """
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets"),
            json=payload(
                name=name, description=description, account_id=account_id, connector_context=connector_context
            ),
            into=FileSet,
        )

    async def get(self, fileset_id: str, /) -> FileSet:
        """Return a FileSet.

        `GET /api/files/v1/filesets/{fileset_id}` (FileSets API, "Get FileSet by Id").

        Args:
            fileset_id: The FileSet.

        Raises:
            NotFound: There is no such FileSet.
        """
        return await self._http.request("GET", url("/api/files/v1/filesets/{}", a_fileset(fileset_id)), into=FileSet)

    async def update(
        self, fileset_id: str, /, *, name: str | Unset = UNSET, description: str | Unset = UNSET
    ) -> FileSet:
        """Change what is given of a FileSet, and leave the rest.

        `POST /api/files/v1/filesets/{fileset_id}` (FileSets API, "Update FileSet by Id").

        Args:
            fileset_id: The FileSet.
            name: Its name.
            description: What it is for.

        Returns:
            The FileSet; the page shows it as it was before the change.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: There is no such FileSet.
        """
        # The same values set twice are the same values.
        return await self._http.request(
            "POST",
            url("/api/files/v1/filesets/{}", a_fileset(fileset_id)),
            json=given(payload(name=name, description=description)),
            into=FileSet,
            idempotent=True,
        )

    async def delete(self, fileset_id: str, /) -> Deletion:
        """Delete a FileSet with all its files.

        `DELETE /api/files/v1/filesets/{fileset_id}` (FileSets API, "Delete FileSet by Id").

        Args:
            fileset_id: The FileSet.

        Returns:
            What the instance says about it; newer ones say nothing.

        Raises:
            NotFound: There is no such FileSet.
        """
        path = url("/api/files/v1/filesets/{}", a_fileset(fileset_id))
        return decode_or_empty(await self._http.raw("DELETE", path), Deletion)


def _batch(answer: _FileSetList) -> Batch[FileSet]:
    page = answer.page_context
    if page is None:
        return Batch(answer.file_sets)
    return Batch(answer.file_sets, total=page.total if page.total is not None else page.total_count)
