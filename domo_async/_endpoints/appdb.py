"""App DB: collections of JSON documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import attrgetter

from attrs import field, frozen

from domo_async._endpoints._area import Area, one_or_several, require_changes, require_list
from domo_async._endpoints.datasets.models import Columns, Schema, columns_of
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, by_cursor, url
from domo_async._wire import UNSET, IsoStamp, Model, NumericId, OpenEnum, Unset, either, payload, wire_name
from domo_async.errors import ConfigError

__all__ = [
    "AppDb",
    "Collection",
    "CollectionGrant",
    "CollectionPermission",
    "Collections",
    "Datastore",
    "Datastores",
    "Document",
    "Documents",
    "DocumentsUpdated",
    "DocumentsWritten",
]

_MOST_DOCUMENTS = 10_000
_IDS_PER_REQUEST = 100  # of 36 characters each, which keeps the URL below 4 KiB


class CollectionPermission(OpenEnum):
    """A permission of an app on a collection and its documents."""

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
        id: The document's identifier.
        datastore_id: The datastore of the collection.
        collection_id: The collection.
        sync_required: Whether it still must be synced to the collection's dataset.
        owner: The owner.
        created_by: The user who created it; lists may omit it.
        created_on: The time of creation, truncated to microseconds.
        updated_on: The time of the last change, truncated to microseconds.
        updated_by: The user who made the last change.
        content: The content, as JSON.
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
        id: The collection's identifier.
        datastore_id: The datastore.
        default_permissions: The default permissions; null in the sample, so their form is not known.
        required_authorities: The authorities that a user needs for access; null in the sample, so their form is not
            known.
        owner: The owner.
        name: The collection's name.
        datasource_id: The dataset to which the collection is synced.
        schema: The columns of that dataset.
        filters: The filters on the documents; null in the sample, so their form is not known.
        sync_enabled: Whether it is synced to a dataset.
        sync_required: Whether changes still must be synced.
        full_replace_required: Whether the next sync must replace all rows.
        last_sync: The time of the last sync.
        created_on: The time of creation, truncated to microseconds.
        updated_on: The time of the last change, truncated to microseconds.
        updated_by: The user who made the last change.
        datastore_name: The datastore's name, in search results.
        document_count: The number of documents, in search results.
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
    datastore_name: str | None = None
    document_count: int | None = None


@frozen(kw_only=True)
class CollectionGrant(Model):
    """The permissions of a user, a group or an app on a collection.

    Attributes:
        id: The identifier of the user, the group or the app.
        type: The type of `id`: ``USER``, ``GROUP`` or ``RYUU_APP``.
        permissions: The permissions in upper case; `CollectionPermission` has them in lower case, as they are sent.
    """

    id: str
    type: str | None = None
    permissions: tuple[str, ...] = ()


@frozen(kw_only=True)
class Datastore(Model):
    """A datastore, which holds collections; an app has one.

    Attributes:
        id: The datastore's identifier.
        name: The datastore's name.
        owner: The owner.
        temporary: Whether the instance deletes it automatically.
        created_on: The time of creation.
        updated_on: The time of the last change.
        updated_by: The user who made the last change.
    """

    id: str
    name: str | None = None
    owner: NumericId | None = None
    temporary: bool | None = None
    created_on: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    updated_by: NumericId | None = None


@frozen(kw_only=True)
class DocumentsUpdated(Model):
    """The number of documents that were changed.

    Attributes:
        matched_count: The number of documents that match the filter.
        modified_count: The number of documents that are different from before.
    """

    matched_count: int | None = None
    modified_count: int | None = None


@frozen(kw_only=True)
class DocumentsWritten(Model):
    """The result of writing several documents.

    Attributes:
        documents: The documents, if the instance reports it, in the order of the request.
        created: The number of created documents, if the instance returns counts instead.
        updated: The number of replaced documents, if the instance returns counts instead.
    """

    documents: tuple[Document, ...] = ()
    created: int | None = field(default=None, metadata=wire_name("Created"))
    updated: int | None = field(default=None, metadata=wire_name("Updated"))


@frozen(kw_only=True)
class _Deletion(Model):
    deleted: int | None = field(default=None, metadata=wire_name("Deleted"))
    deleted_count: int | None = None


def _written(answer: DocumentsWritten | tuple[Document, ...]) -> DocumentsWritten:
    return answer if isinstance(answer, DocumentsWritten) else DocumentsWritten(documents=answer)


def _aliased(columns: Mapping[str, str] | None) -> str | None:
    """Return the aggregations of columns in the form of the query: each with its name in the answer."""
    if columns is None:
        return None
    for path, alias in columns.items():
        if not path.strip() or not alias.strip() or set(path + alias) & {",", " "}:
            raise ConfigError(f"{path!r}: {alias!r} must be a path and a name without spaces and commas")
    return ",".join(f"{path} {alias}" for path, alias in columns.items()) or None


def _identifiers(document_ids: Sequence[str]) -> list[str]:
    """Return identifiers after checking that they can be joined by commas."""
    given = require_list(document_ids, "document_ids")
    wrong = [identifier for identifier in given if not identifier.strip() or "," in identifier]
    if wrong:
        raise ConfigError(f"{wrong[0]!r} is not the identifier of a document")
    return given


def _schema(columns: Columns) -> dict[str, object]:
    """Return columns as a request payload for collections."""
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
            NotFound: The document does not exist.
        """
        path = url("/api/datastores/v1/collections/{}/documents/{}", collection_id, document_id)
        return await self._http.request("GET", path, into=Document)

    def query(
        self,
        collection_id: str,
        /,
        *,
        filter: Mapping[str, object],
        sort_by: str | Sequence[str] | None = None,
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 10_000,
    ) -> Pager[Document]:
        """Iterate over the documents that match a filter.

        `POST /api/datastores/v2/collections/{collection_id}/documents/query` (App DB API, "Query Document"). The
        documentation describes no paging; the parameters ``limit``, by default 10,000, and ``offset`` are from Domo's
        own OpenAPI description of the route.

        ```python
        async for document in domo.appdb.documents.query(collection_id, filter={"content.region": {"$eq": "EU"}}):
            print(document.id, document.content)
        ```

        Args:
            collection_id: The collection.
            filter: The filter in the syntax of MongoDB's ``find()``, such as
                ``{"content.userId": {"$eq": "123456789"}}``; an empty filter matches all documents. A time is written
                ``{"$date": "2024-05-08T19:39:00Z"}``. ``$where``, ``$near`` and ``$nearSphere`` are not supported.
            sort_by: The path to sort by, such as ``content.due``, or several. A path may have its own direction, as in
                ``content.due descending``.
            ascending: Whether to sort in ascending order, for paths without a direction of their own.
            offset: The number of documents to skip.
            limit: The maximum number of documents to return, or None for all.
            page_size: The number of documents per request, at most 10,000.

        Raises:
            ConfigError: A number is out of range.
            BadRequest: The filter is invalid.
            NotFound: The collection does not exist.
        """
        return self._http.pages(
            "POST",
            url("/api/datastores/v2/collections/{}/documents/query", collection_id),
            QUERY,
            key=attrgetter("id"),
            into=ItemTuple[Document],
            read=PageData,
            page_size=page_size,
            most=_MOST_DOCUMENTS,
            offset=offset,
            limit=limit,
            params={"orderby": _sorts(sort_by, ascending=ascending)},
            json=payload(filter),
        )

    def aggregate(
        self,
        collection_id: str,
        /,
        *,
        filter: Mapping[str, object] = {},
        group_by: str | Sequence[str] | None = None,
        count: str | None = None,
        avg: Mapping[str, str] | None = None,
        min: Mapping[str, str] | None = None,
        max: Mapping[str, str] | None = None,
        sum: Mapping[str, str] | None = None,
        unwind: str | Sequence[str] | None = None,
        sort_by: str | Sequence[str] | None = None,
        ascending: bool = True,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 10_000,
    ) -> Pager[Mapping[str, object]]:
        """Iterate over groups of the documents that match a filter, with aggregations of each group.

        `POST /api/datastores/v2/collections/{collection_id}/documents/query` (Domo's own OpenAPI description of it).

        ```python
        async for group in domo.appdb.documents.aggregate(
            collection_id, group_by="content.region", count="orders", sum={"content.amount": "total"},
            sort_by="total",
            ascending=False,
        ):
            print(group["region"], group["orders"], group["total"])
        ```

        Args:
            collection_id: The collection.
            filter: The filter in the syntax of MongoDB's ``find()``, see `query`; all documents by default.
            group_by: The path by which to group the documents, such as ``content.region``, or several.
            count: The name of the number of documents per group.
            avg: The averages to compute: the name of each, by path.
            min: The minimums to compute: the name of each, by path.
            max: The maximums to compute: the name of each, by path.
            sum: The sums to compute: the name of each, by path.
            unwind: The path of a list in the documents, or several; each item counts as a separate document.
            sort_by: The name or the path to sort by, or several. Each may have its own direction, as in
                ``total descending``.
            ascending: Whether to sort in ascending order, for items without a direction of their own.
            offset: The number of groups to skip.
            limit: The maximum number of groups to return, or None for all.
            page_size: The number of groups per request, at most 10,000.

        Raises:
            ConfigError: A number is out of range, a name or a path has a space or a comma, or no aggregation is given.
            BadRequest: The filter is invalid.
            NotFound: The collection does not exist.
        """
        params = {
            "groupby": one_or_several(group_by, "group_by"),
            "count": count,
            "avg": _aliased(avg),
            "min": _aliased(min),
            "max": _aliased(max),
            "sum": _aliased(sum),
            "unwind": one_or_several(unwind, "unwind"),
        }
        if not any(params.values()):
            raise ConfigError("give a count, avg, min, max or sum to compute; query() returns the documents themselves")
        return self._http.pages(
            "POST",
            url("/api/datastores/v2/collections/{}/documents/query", collection_id),
            QUERY,
            into=tuple[Mapping[str, object], ...],
            read=PageData,
            page_size=page_size,
            most=_MOST_DOCUMENTS,
            offset=offset,
            limit=limit,
            params={**params, "orderby": _sorts(sort_by, ascending=ascending)},
            json=payload(filter),
        )

    def list(
        self, collection_id: str, /, *, offset: int = 0, limit: int | None = None, page_size: int = 10_000
    ) -> Pager[Document]:
        """Iterate over all documents of a collection.

        `GET /api/datastores/v1/collections/{collection_id}/documents` (App DB API, "List Documents"). That page has an
        upper limit of 10,000 documents and recommends paging without describing it; ``limit`` and ``offset`` are from
        Domo's own OpenAPI description of the route.

        Args:
            collection_id: The collection.
            offset: The number of documents to skip.
            limit: The maximum number of documents to return, or None for all.
            page_size: The number of documents per request, at most 10,000.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The collection does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/datastores/v1/collections/{}/documents", collection_id),
            QUERY,
            key=attrgetter("id"),
            into=ItemTuple[Document],
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
            content: The content: any JSON object.

        Raises:
            ConfigError: `content` cannot be encoded as JSON, for example because of a naive datetime.
            NotFound: The collection does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/datastores/v1/collections/{}/documents", collection_id),
            json=payload(content=content),
            into=Document,
        )

    async def create_many(self, collection_id: str, /, *, contents: Sequence[Mapping[str, object]]) -> DocumentsWritten:
        """Add several documents to a collection.

        `POST /api/datastores/v1/collections/{collection_id}/documents/bulk`. Seen on instances, not in Domo's
        documentation.

        Args:
            collection_id: The collection.
            contents: The content of each document.

        Raises:
            ConfigError: `contents` is empty, or a content cannot be encoded as JSON.
            NotFound: The collection does not exist.
        """
        answer = await self._http.request(
            "POST",
            url("/api/datastores/v1/collections/{}/documents/bulk", collection_id),
            json=[payload(content=content) for content in require_list(contents, "contents")],
            into=_WRITTEN,
            empty=DocumentsWritten(),
        )
        return _written(answer)

    async def put_many(
        self, collection_id: str, /, *, documents: Sequence[tuple[str | None, Mapping[str, object]]]
    ) -> DocumentsWritten:
        """Replace the contents of documents, and add documents whose identifier is missing or does not exist.

        `PUT /api/datastores/v2/collections/{collection_id}/documents/bulk`. Seen on instances, not in Domo's
        documentation; the form of the body is that of other clients.

        Args:
            collection_id: The collection.
            documents: The identifier of each document, or None for a new one, and its complete content.

        Raises:
            ConfigError: `documents` is empty, or a content cannot be encoded as JSON.
            NotFound: The collection does not exist.
        """
        given = require_list(documents, "documents")
        answer = await self._http.request(
            "PUT",
            url("/api/datastores/v2/collections/{}/documents/bulk", collection_id),
            json=[payload(id=UNSET if key is None else key, content=content) for key, content in given],
            into=_WRITTEN,
            empty=DocumentsWritten(),
            # A repeated request would create new documents twice.
            idempotent=all(key is not None for key, _ in given),
        )
        return _written(answer)

    async def update_many(
        self, collection_id: str, /, *, filter: Mapping[str, object], operation: Mapping[str, object]
    ) -> DocumentsUpdated:
        """Change all documents that match a filter.

        `PUT /api/datastores/v2/collections/{collection_id}/documents/update`. Seen on instances, not in Domo's
        documentation.

        ```python
        await domo.appdb.documents.update_many(
            collection_id,
            filter={"content.status": {"$eq": "done"}},
            operation={"$set": {"content.status": "archived"}},
        )
        ```

        Args:
            collection_id: The collection.
            filter: The filter in the syntax of MongoDB's ``find()``, see `query`.
            operation: The change in the syntax of MongoDB's ``updateMany()``, such as
                ``{"$set": {"content.status": "archived"}}``.

        Raises:
            ConfigError: `filter` or `operation` is empty; to change all documents, pass ``{"id": {"$exists": True}}``.
            BadRequest: The filter or the operation is invalid.
            NotFound: The collection does not exist.
        """
        if not filter or not operation:
            raise ConfigError("filter and operation must not be empty; {'id': {'$exists': True}} selects all documents")
        return await self._http.request(
            "PUT",
            url("/api/datastores/v2/collections/{}/documents/update", collection_id),
            json={"query": payload(filter), "operation": payload(operation)},
            into=DocumentsUpdated,
            empty=DocumentsUpdated(),
            # A repeated $inc would count twice.
            idempotent=False,
        )

    async def update(self, collection_id: str, document_id: str, /, *, content: Mapping[str, object]) -> Document:
        """Replace the content of a document.

        `PUT /api/datastores/v1/collections/{collection_id}/documents/{document_id}` (App DB API, "Update Document").

        Args:
            collection_id: The collection.
            document_id: The document.
            content: The complete new content; fields that are left out are removed.

        Raises:
            ConfigError: `content` cannot be encoded as JSON, for example because of a naive datetime.
            NotFound: The document does not exist.
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
            NotFound: The document does not exist.
        """
        await self._http.request(
            "DELETE", url("/api/datastores/v1/collections/{}/documents/{}", collection_id, document_id)
        )

    async def delete_many(self, collection_id: str, /, *, document_ids: Sequence[str]) -> int | None:
        """Delete several documents, with a hundred per request, since the identifiers are in the URL.

        `DELETE /api/datastores/v1/collections/{collection_id}/documents/bulk` (App DB API, "Bulk Delete Documents"). If
        a request fails, the call can be repeated: the documents of earlier requests are deleted.

        Args:
            collection_id: The collection.
            document_ids: The documents.

        Returns:
            The number of documents that the instance reports as deleted; None if it does not report it.

        Raises:
            ConfigError: `document_ids` is empty, or an identifier is empty or contains a comma.
            NotFound: The collection does not exist.
        """
        path = url("/api/datastores/v1/collections/{}/documents/bulk", collection_id)
        identifiers = _identifiers(document_ids)
        counts = []
        for start in range(0, len(identifiers), _IDS_PER_REQUEST):
            batch = identifiers[start : start + _IDS_PER_REQUEST]
            answer = await self._http.request("DELETE", path, params={"ids": batch}, into=_Deletion, empty=_Deletion())
            counts.append(answer.deleted_count if answer.deleted is None else answer.deleted)
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


# Instances return the documents; other sources show their number.
_WRITTEN = either(DocumentsWritten, tuple[Document, ...])


class Datastores(Area):
    """App DB's datastores. No document describes these routes; they were seen on instances."""

    def list(self) -> Pager[Datastore]:
        """Iterate over the datastores that the token's owner may see.

        `GET /api/datastores/v1`. Seen on instances, not in Domo's documentation.
        """
        return self._http.whole_list("GET", _DATASTORES, into=ItemTuple[Datastore], read=tuple)

    async def create(self, *, name: str) -> Datastore:
        """Create a datastore. The request is not repeated, unless the instance surely did not process it.

        `POST /api/datastores/v1`. Seen on instances, not in Domo's documentation.

        Args:
            name: The datastore's name.
        """
        return await self._http.request("POST", _DATASTORES, json={"name": name}, into=Datastore)

    async def get(self, datastore_id: str, /) -> Datastore:
        """Return a datastore.

        `GET /api/datastores/v1/{datastore_id}`. Seen on instances, not in Domo's documentation.

        Args:
            datastore_id: The datastore.

        Raises:
            NotFound: The datastore does not exist.
        """
        return await self._http.request(
            "GET", url("/api/datastores/v1/{}", _known_datastore(datastore_id)), into=Datastore
        )

    async def rename(self, datastore_id: str, /, *, name: str) -> Datastore:
        """Rename a datastore.

        `PUT /api/datastores/v1/{datastore_id}`. Seen on instances, not in Domo's documentation.

        Args:
            datastore_id: The datastore.
            name: The new name.

        Raises:
            NotFound: The datastore does not exist.
        """
        return await self._http.request(
            "PUT", url("/api/datastores/v1/{}", _known_datastore(datastore_id)), json={"name": name}, into=Datastore
        )

    async def delete(self, datastore_id: str, /) -> None:
        """Delete a datastore.

        `DELETE /api/datastores/v1/{datastore_id}`. Seen on instances, not in Domo's documentation. The effect on its
        collections is not known.

        Args:
            datastore_id: The datastore.

        Raises:
            NotFound: The datastore does not exist.
        """
        await self._http.request("DELETE", url("/api/datastores/v1/{}", _known_datastore(datastore_id)))


_DATASTORES = url("/api/datastores/v1")


def _known_datastore(datastore_id: str) -> str:
    """Return the identifier of a datastore after checking that it is not the name of a route.

    Raises:
        ConfigError: It is the name of a route.
    """
    if datastore_id == "collections":
        raise ConfigError("'collections' is the name of a route, not a datastore's id")
    return datastore_id


@frozen(kw_only=True)
class _CollectionPage(Model):
    collections: tuple[Collection, ...] = ()
    page_count: int | None = None
    total_collection_count: int | None = None


class Collections(Area):
    """App DB's collections."""

    def list(self, datastore_id: str | None = None, /) -> Pager[Collection]:
        """Iterate over the collections of a datastore, or over all collections that the token's owner may see.

        `GET /api/datastores/v1/{datastore_id}/collections`, or `GET /api/datastores/v1/collections`. Seen on instances,
        not in Domo's documentation.

        Args:
            datastore_id: The datastore; all by default.

        Raises:
            ConfigError: The datastore's id is the name of a route.
            NotFound: The datastore does not exist.
        """
        return self._http.whole_list(
            "GET",
            url("/api/datastores/v1/collections")
            if datastore_id is None
            else url("/api/datastores/v1/{}/collections", _known_datastore(datastore_id)),
            into=ItemTuple[Collection],
            read=tuple,
        )

    def search(
        self, *, name: str | None = None, owner_id: int | str | None = None, page_size: int = 100
    ) -> Pager[Collection]:
        """Iterate over the collections of the instance that match the filters, the newest first.

        `POST /api/datastores/v1/collections/query`. Seen: samples of instances show it, no document of Domo's does; two
        independent clients use it, and send the filters in this form.

        Args:
            name: Text that the name contains.
            owner_id: The owner.
            page_size: The number of collections per request.

        Raises:
            ConfigError: `page_size` is below 1.
        """
        if page_size < 1:
            raise ConfigError("page_size must be at least 1")
        filters = [] if name is None else [payload(filter_type="nameof", typed_value=name)]
        if owner_id is not None:
            filters.append(payload(filter_type="ownedby", comparing_criteria="equals", typed_value=str(owner_id)))

        async def page(cursor: str | None) -> tuple[PageData[Collection], str | None]:
            number = int(cursor or 1)
            found = await self._http.request(
                "POST",
                url("/api/datastores/v1/collections/query"),
                json=payload(
                    collection_filtering_list=filters,
                    sort_by="createdOn",
                    direction="DESC",
                    page_size=page_size,
                    page_number=number,
                ),
                into=_CollectionPage,
                idempotent=True,
            )
            full = len(found.collections) >= page_size if found.page_count is None else number < found.page_count
            return PageData(found.collections, total=found.total_collection_count), str(number + 1) if full else None

        return by_cursor(page, key=attrgetter("id"))

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

        `POST /api/datastores/v1/{datastore_id}/collections`. Seen on instances, not in Domo's documentation. The
        request is not repeated, unless the instance surely did not process it: each request creates a collection.

        ```python
        orders = await domo.appdb.collections.create(
            datastore_id, name="Orders", columns={"region": "STRING"}, sync_enabled=True
        )
        ```

        Args:
            datastore_id: The datastore to create it in.
            name: The collection's name.
            columns: The columns of the dataset to which it is synced: names and types, such as
                ``{"username": "STRING"}``, or `Column` objects.
            sync_enabled: Whether to sync the documents to a dataset.

        Raises:
            ConfigError: `columns` is empty, a name is repeated, or a type is not one of Domo's types; or the
                datastore's id is a route's name.
        """
        schema = UNSET if isinstance(columns, Unset) else _schema(columns)
        return await self._http.request(
            "POST",
            url("/api/datastores/v1/{}/collections", _known_datastore(datastore_id)),
            json=payload(name=name, schema=schema, sync_enabled=sync_enabled),
            into=Collection,
        )

    async def get(self, collection_id: str, /) -> Collection:
        """Return a collection.

        `GET /api/datastores/v1/collections/{collection_id}`. Seen on instances, not in Domo's documentation.

        Args:
            collection_id: The collection.

        Raises:
            NotFound: The collection does not exist.
        """
        return await self._http.request("GET", url("/api/datastores/v1/collections/{}", collection_id), into=Collection)

    async def update(
        self,
        collection_id: str,
        /,
        *,
        columns: Columns | Unset = UNSET,
        sync_enabled: bool | Unset = UNSET,
        owner: int | str | Unset = UNSET,
        name: str | Unset = UNSET,
    ) -> Collection:
        """Change the schema, the sync, the owner or the name of a collection.

        `PUT /api/datastores/v1/collections/{collection_id}` (App DB API, "Update Collection Schema").

        Args:
            collection_id: The collection.
            columns: The complete list of columns: names and types, such as ``{"username": "STRING"}``, or `Column`
                objects, which can set whether a column is visible.
            sync_enabled: Whether to sync the documents to a dataset.
            owner: The new owner; not in Domo's documentation, but instances are seen to accept it.
            name: The new name; not in Domo's documentation, but other clients send it.

        Raises:
            ConfigError: No change is given; `columns` is empty, a name is repeated, or a type is not one of Domo's
                types.
            NotFound: The collection does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}", collection_id),
            json=require_changes(
                payload(
                    schema=UNSET if isinstance(columns, Unset) else _schema(columns),
                    sync_enabled=sync_enabled,
                    owner=owner,
                    name=name,
                )
            ),
            into=Collection,
        )

    async def delete(self, collection_id: str, /) -> None:
        """Delete a collection with all its documents.

        `DELETE /api/datastores/v1/collections/{collection_id}`. Seen on instances, not in Domo's documentation.

        Args:
            collection_id: The collection.

        Raises:
            NotFound: The collection does not exist.
        """
        await self._http.request("DELETE", url("/api/datastores/v1/collections/{}", collection_id))

    async def permissions(self, collection_id: str, /) -> Mapping[str, tuple[CollectionGrant, ...]]:
        """Return the permissions on a collection by type: ``USER``, ``GROUP``, ``RYUU_APP``.

        `GET /api/datastores/v1/collections/{collection_id}/permission`. Seen on instances, not in Domo's documentation.

        Args:
            collection_id: The collection.

        Raises:
            NotFound: The collection does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/datastores/v1/collections/{}/permission", collection_id),
            into=dict[str, ItemTuple[CollectionGrant]],
        )

    async def set_permissions(
        self,
        collection_id: str,
        entity_type: str,
        entity_id: int | str,
        /,
        *,
        permissions: Sequence[CollectionPermission | str],
        overwrite: bool | None = None,
    ) -> None:
        """Set the permissions of a user or a group on a collection.

        `PUT /api/datastores/v1/collections/{collection_id}/permission/{entity_type}/{entity_id}`. Seen on instances,
        not in Domo's documentation.

        Args:
            collection_id: The collection.
            entity_type: ``USER`` or ``GROUP``; `set_app_permissions` is for apps.
            entity_id: The identifier of the user or the group.
            permissions: The permissions.
            overwrite: Whether they replace the current permissions, or are added to them.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The collection does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}/permission/{}/{}", collection_id, entity_type, entity_id),
            params={"permissions": require_list(permissions, "permissions"), "overwrite": overwrite},
        )

    async def remove_permissions(self, collection_id: str, entity_type: str, entity_id: int | str, /) -> None:
        """Remove all permissions of a user, a group or an app on a collection.

        `DELETE /api/datastores/v1/collections/{collection_id}/permission/{entity_type}/{entity_id}`. Seen on instances,
        not in Domo's documentation.

        Args:
            collection_id: The collection.
            entity_type: ``USER``, ``GROUP`` or ``RYUU_APP``.
            entity_id: The identifier of the user or the group, or the app's proxy id.

        Raises:
            NotFound: The collection does not exist.
        """
        await self._http.request(
            "DELETE",
            url("/api/datastores/v1/collections/{}/permission/{}/{}", collection_id, entity_type, entity_id),
        )

    async def set_app_permissions(
        self, collection_id: str, proxy_id: str, /, *, permissions: Sequence[CollectionPermission | str]
    ) -> None:
        """Set the permissions of an app on a collection.

        `PUT /api/datastores/v1/collections/{collection_id}/permission/RYUU_APP/{proxy_id}` (App DB API, "Update
        Collection Permissions"). Whether these replace the current permissions is not documented.

        Args:
            collection_id: The collection.
            proxy_id: The app's proxy id, as the Asset Library shows it.
            permissions: The complete permissions of the app.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The collection or the app does not exist.
        """
        await self._http.request(
            "PUT",
            url("/api/datastores/v1/collections/{}/permission/RYUU_APP/{}", collection_id, proxy_id),
            params={"permissions": require_list(permissions, "permissions")},
        )


class AppDb(Area):
    """App DB: collections of JSON documents."""

    @cached_property
    def datastores(self) -> Datastores:
        """The datastores, which contain the collections."""
        return Datastores(self._http)

    @cached_property
    def documents(self) -> Documents:
        """The documents."""
        return Documents(self._http)

    @cached_property
    def collections(self) -> Collections:
        """The collections: their schemas and their permissions."""
        return Collections(self._http)


def _sorts(sort_by: str | Sequence[str] | None, *, ascending: bool) -> Sequence[str] | None:
    """Return the sort order of documents: each path with its direction."""
    if sort_by is None:
        return None
    paths = require_list([sort_by] if isinstance(sort_by, str) else sort_by, "sort_by")
    direction = "ascending" if ascending else "descending"
    return [path if path.endswith((" ascending", " descending")) else f"{path} {direction}" for path in paths]
