"""App DB: collections of JSON documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import attrgetter

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.datasets.models import Columns, Schema, columns_of
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, IsoStamp, Model, NumericId, OpenEnum, Unset, payload, wire_name
from domo_async.errors import ConfigError

__all__ = ["AppDb", "Collection", "CollectionPermission", "Collections", "Document", "Documents"]

_MOST_DOCUMENTS = 10_000
_IDS_PER_REQUEST = 100  # of 36 characters each, which keeps the URL below 4 KiB


class CollectionPermission(OpenEnum):
    """What an app may do with a collection and its documents."""

    READ = "read"
    SHARE = "share"
    DELETE = "delete"
    WRITE = "write"
    ADMIN = "admin"
    CREATE_CONTENT = "create_content"
    READ_CONTENT = "read_content"
    UPDATE_CONTENT = "update_content"
    DELETE_CONTENT = "delete_content"


@frozen(kw_only=True)
class Document(Model):
    """A document of a collection.

    Attributes:
        id: Its identifier.
        datastore_id: The datastore of its collection.
        collection_id: Its collection.
        sync_required: Whether it is yet to be synced to the collection's dataset.
        owner: The user whose it is.
        created_by: The user who made it; lists may leave it out.
        created_on: When it was made, cut to microseconds.
        updated_on: When it was last changed, cut to microseconds.
        updated_by: The user who last changed it.
        content: What the document says.
    """

    id: str
    datastore_id: str | None = None
    collection_id: str | None = None
    sync_required: bool | None = None
    owner: NumericId | None = None
    created_by: NumericId | None = None
    created_on: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    updated_by: NumericId | None = None
    content: Mapping[str, object] = field(factory=dict)


@frozen(kw_only=True)
class Collection(Model):
    """A collection of documents.

    Attributes:
        id: Its identifier.
        datastore_id: The datastore that it is in.
        default_permissions: What everybody may do with it; the sample shows null, so its form is not known.
        required_authorities: What a user needs to reach it; the sample shows null, so its form is not known.
        owner: The user whose it is.
        name: Its name.
        datasource_id: The dataset that it is synced to.
        schema: The columns of that dataset.
        filters: The filters on its documents; the sample shows null, so their form is not known.
        sync_enabled: Whether it is synced to a dataset.
        sync_required: Whether something is yet to be synced.
        full_replace_required: Whether the next sync has to replace all rows.
        last_sync: When it was last synced.
        created_on: When it was made, cut to microseconds.
        updated_on: When it was last changed, cut to microseconds.
        updated_by: The user who last changed it.
    """

    id: str
    datastore_id: str | None = None
    default_permissions: object = None
    required_authorities: object = None
    owner: NumericId | None = None
    name: str | None = None
    datasource_id: str | None = None
    schema: Schema | None = None
    filters: object = None
    sync_enabled: bool | None = None
    sync_required: bool | None = None
    full_replace_required: bool | None = None
    last_sync: IsoStamp | None = None
    created_on: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    updated_by: NumericId | None = None


@frozen(kw_only=True)
class _Deletion(Model):
    deleted: int | None = field(default=None, metadata=wire_name("Deleted"))


def _identifiers(document_ids: Sequence[str]) -> list[str]:
    """Return identifiers that can stand in a list by commas."""
    given = require_list(document_ids, "document_ids")
    wrong = [identifier for identifier in given if not identifier.strip() or "," in identifier]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} is not the identifier of a document")
    return given


def _schema(columns: Columns) -> dict[str, object]:
    """Return columns as collections are told them."""
    return {
        "columns": [
            payload(type=column.type, name=column.name, visible=UNSET if column.visible is None else column.visible)
            for column in columns_of(columns)
        ]
    }


class Documents(Area):
    """The documents of App DB's collections."""

    async def get(self, collection_id: str, document_id: str, /) -> Document:
        """Return a document.

        `GET /api/datastores/v1/collections/{collection_id}/documents/{document_id}` (App DB API, "Get Document").

        Args:
            collection_id: The collection.
            document_id: The document.

        Raises:
            NotFound: There is no such document.
        """
        path = url("/api/datastores/v1/collections/{}/documents/{}", collection_id, document_id)
        return await self._http.request("GET", path, into=Document)

    def query(
        self,
        collection_id: str,
        /,
        *,
        filter: Mapping[str, object],
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 10_000,
    ) -> Pager[Document]:
        """Iterate over the documents that a filter selects.

        `POST /api/datastores/v2/collections/{collection_id}/documents/query` (App DB API, "Query Document"). That page
        names no paging; that the query takes ``limit``, by default 10,000, and ``offset`` is from Domo's own OpenAPI
        description of the route.

        Args:
            collection_id: The collection.
            filter: What MongoDB's ``find()`` takes, such as ``{"content.userId": {"$eq": "123456789"}}``; an empty
                one selects all. A point in time is written ``{"$date": "2024-05-08T19:39:00Z"}``. ``$where``,
                ``$near`` and ``$nearSphere`` are not supported.
            offset: Documents to leave out at the beginning.
            limit: The most documents to give, or None for all.
            page_size: Documents to ask for at a time, at most 10,000.

        Raises:
            ConfigError: A number is out of its range.
            BadRequest: The filter is wrong.
            NotFound: There is no such collection.
        """
        return self._http.pages(
            "POST",
            url("/api/datastores/v2/collections/{}/documents/query", collection_id),
            QUERY,
            key=attrgetter("id"),
            into=tuple[Document, ...],
            read=PageData,
            page_size=page_size,
            most=_MOST_DOCUMENTS,
            offset=offset,
            limit=limit,
            json=payload(filter),
        )

    def list(
        self, collection_id: str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 10_000
    ) -> Pager[Document]:
        """Iterate over all documents of a collection.

        `GET /api/datastores/v1/collections/{collection_id}/documents` (App DB API, "List Documents"). That page has an
        upper limit of 10,000 documents and recommends pages without saying how to ask for them; ``limit`` and
        ``offset`` are from Domo's own OpenAPI description of the route.

        Args:
            collection_id: The collection.
            offset: Documents to leave out at the beginning.
            limit: The most documents to give, or None for all.
            page_size: Documents to ask for at a time, at most 10,000.

        Raises:
            ConfigError: A number is out of its range.
            NotFound: There is no such collection.
        """
        return self._http.pages(
            "GET",
            url("/api/datastores/v1/collections/{}/documents", collection_id),
            QUERY,
            key=attrgetter("id"),
            into=tuple[Document, ...],
            read=PageData,
            page_size=page_size,
            most=_MOST_DOCUMENTS,
            offset=offset,
            limit=limit,
        )

    async def create(self, collection_id: str, /, *, content: Mapping[str, object]) -> Document:
        """Add a document to a collection.

        `POST /api/datastores/v1/collections/{collection_id}/documents` (App DB API, "Create Document").

        Args:
            collection_id: The collection.
            content: What the document says: any JSON object.

        Raises:
            ConfigError: `content` has no JSON form, as a naive datetime.
            NotFound: There is no such collection.
        """
        return await self._http.request(
            "POST",
            url("/api/datastores/v1/collections/{}/documents", collection_id),
            json=payload(content=content),
            into=Document,
        )

    async def update(self, collection_id: str, document_id: str, /, *, content: Mapping[str, object]) -> Document:
        """Replace the content of a document.

        `PUT /api/datastores/v1/collections/{collection_id}/documents/{document_id}` (App DB API, "Update Document").

        Args:
            collection_id: The collection.
            document_id: The document.
            content: All that it is to say from now on; what is left out is gone.

        Raises:
            ConfigError: `content` has no JSON form, as a naive datetime.
            NotFound: There is no such document.
        """
        return await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}/documents/{}", collection_id, document_id),
            json=payload(content=content),
            into=Document,
        )

    async def delete(self, collection_id: str, document_id: str, /) -> None:
        """Delete a document.

        `DELETE /api/datastores/v1/collections/{collection_id}/documents/{document_id}` (App DB API, "Delete Document").

        Args:
            collection_id: The collection.
            document_id: The document.

        Raises:
            NotFound: There is no such document.
        """
        await self._http.request(
            "DELETE", url("/api/datastores/v1/collections/{}/documents/{}", collection_id, document_id)
        )

    async def delete_many(self, collection_id: str, /, *, document_ids: Sequence[str]) -> int | None:
        """Delete several documents, a hundred in each request, since the identifiers stand in the URL.

        `DELETE /api/datastores/v1/collections/{collection_id}/documents/bulk` (App DB API, "Bulk Delete Documents").
        What fails midway can be called again: the documents before it are deleted.

        Args:
            collection_id: The collection.
            document_ids: The documents.

        Returns:
            How many documents the instance says that it deleted; None if it does not say.

        Raises:
            ConfigError: There are no documents, or an identifier is empty or holds a comma.
            NotFound: There is no such collection.
        """
        path = url("/api/datastores/v1/collections/{}/documents/bulk", collection_id)
        identifiers = _identifiers(document_ids)
        counts = []
        for start in range(0, len(identifiers), _IDS_PER_REQUEST):
            batch = identifiers[start : start + _IDS_PER_REQUEST]
            answer = await self._http.request("DELETE", path, params={"ids": batch}, into=_Deletion, empty=_Deletion())
            counts.append(answer.deleted)
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


class Collections(Area):
    """App DB's collections."""

    async def create(
        self,
        datastore_id: str,
        /,
        *,
        name: str,
        columns: Columns | Unset = UNSET,
        sync_enabled: bool | Unset = UNSET,
    ) -> Collection:
        """Create a collection.

        `POST /api/datastores/v1/{datastore_id}/collections`. Not in the documents; other clients use it. Is not sent
        twice, unless the instance surely did not take it: each time makes a collection.

        Args:
            datastore_id: The datastore to create it in.
            name: Its name.
            columns: The columns by which it is synced to a dataset: names and types, such as
                ``{"username": "STRING"}``, or `Column` objects.
            sync_enabled: Whether to sync the documents to a dataset.

        Raises:
            ConfigError: There are no columns, names repeat, or a type is not one of Domo's; or the datastore's id is
                a route's name.
        """
        if datastore_id == "collections":
            raise ConfigError("'collections' is a route's name and no datastore's id")
        schema = UNSET if isinstance(columns, Unset) else _schema(columns)
        return await self._http.request(
            "POST",
            url("/api/datastores/v1/{}/collections", datastore_id),
            json=payload(name=name, schema=schema, sync_enabled=sync_enabled),
            into=Collection,
        )

    async def get(self, collection_id: str, /) -> Collection:
        """Return a collection.

        `GET /api/datastores/v1/collections/{collection_id}`. Not in the documents; other clients use it.

        Args:
            collection_id: The collection.

        Raises:
            NotFound: There is no such collection.
        """
        return await self._http.request("GET", url("/api/datastores/v1/collections/{}", collection_id), into=Collection)

    async def update(
        self, collection_id: str, /, *, columns: Columns, sync_enabled: bool | Unset = UNSET
    ) -> Collection:
        """Give a collection another schema, by which it is synced to a dataset.

        `PUT /api/datastores/v1/collections/{collection_id}` (App DB API, "Update Collection Schema").

        Args:
            collection_id: The collection.
            columns: All columns: names and types, such as ``{"username": "STRING"}``, or `Column` objects, which can
                say whether a column is visible.
            sync_enabled: Whether to sync the documents to a dataset.

        Raises:
            ConfigError: There are no columns, names repeat, or a type is not one of Domo's.
            NotFound: There is no such collection.
        """
        return await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}", collection_id),
            json=payload(schema=_schema(columns), sync_enabled=sync_enabled),
            into=Collection,
        )

    async def set_app_permissions(
        self, collection_id: str, proxy_id: str, /, *, permissions: Sequence[CollectionPermission | str]
    ) -> None:
        """Say what an app may do with a collection.

        `PUT /api/datastores/v1/collections/{collection_id}/permission/RYUU_APP/{proxy_id}` (App DB API, "Update
        Collection Permissions"). Whether these replace what the app was allowed before is not documented.

        Args:
            collection_id: The collection.
            proxy_id: The app's proxy id, as the Asset Library shows it.
            permissions: All that the app may do.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: There is no such collection or app.
        """
        await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}/permission/RYUU_APP/{}", collection_id, proxy_id),
            params={"permissions": require_list(permissions, "permissions")},
        )


class AppDb(Area):
    """App DB: collections of JSON documents."""

    @cached_property
    def documents(self) -> Documents:
        """Documents: read, queried, written, deleted."""
        return Documents(self._http)

    @cached_property
    def collections(self) -> Collections:
        """Collections: their schemas and what apps may do with them."""
        return Collections(self._http)
