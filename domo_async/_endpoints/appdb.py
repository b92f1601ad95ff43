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
        content: The content of the document, as JSON.
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
        datastore_name: The name of its datastore, in searches.
        document_count: How many documents it has, in searches.
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
    """What someone may do with a collection, as the instance tells it.

    Attributes:
        id: The user, the group, or the app.
        type: Which of these: ``USER``, ``GROUP`` or ``RYUU_APP``.
        permissions: All that it may do, in capitals; `CollectionPermission` has them small, as they are sent.
    """

    id: str
    type: str | None = None
    permissions: tuple[str, ...] = ()


@frozen(kw_only=True)
class Datastore(Model):
    """A datastore, which holds collections; an app has one.

    Attributes:
        id: Its identifier.
        name: Its name.
        owner: The user whose it is.
        temporary: Whether it goes away by itself.
        created_on: When it was made.
        updated_on: When it was last changed.
        updated_by: The user who last changed it.
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
    """How many documents were changed.

    Attributes:
        matched_count: Documents that the filter selects.
        modified_count: Documents that are another than before.
    """

    matched_count: int | None = None
    modified_count: int | None = None


@frozen(kw_only=True)
class DocumentsWritten(Model):
    """What became of several documents.

    Attributes:
        documents: The documents, if the instance reports it, in the order of the request.
        created: How many were made, where it counts instead.
        updated: How many were replaced, likewise.
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
    """Return what is to be worked out of columns, as the query takes it: each with its name in the answer."""
    if columns is None:
        return None
    for path, alias in columns.items():
        if not path.strip() or not alias.strip() or set(path + alias) & {",", " "}:
            raise ConfigError(f"{path!r}: {alias!r} must be a path and a name without blanks and commas")
    return ",".join(f"{path} {alias}" for path, alias in columns.items()) or None


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
        """Iterate over the documents that a filter selects.

        `POST /api/datastores/v2/collections/{collection_id}/documents/query` (App DB API, "Query Document"). That page
        names no paging; that the query takes ``limit``, by default 10,000, and ``offset`` is from Domo's own OpenAPI
        description of the route.

        Args:
            collection_id: The collection.
            filter: What MongoDB's ``find()`` takes, such as ``{"content.userId": {"$eq": "123456789"}}``; an empty
                one selects all. A point in time is written ``{"$date": "2024-05-08T19:39:00Z"}``. ``$where``,
                ``$near`` and ``$nearSphere`` are not supported.
            sort_by: The path to sort by, such as ``content.due``; or several. A path may have its own direction, as in
                ``content.due descending``.
            ascending: Whether to sort from the smallest to the largest, for paths without a direction of their own.
            offset: The number of documents to skip.
            limit: The most documents to give, or None for all.
            page_size: The number of documents per request, at most 10,000.

        Raises:
            ConfigError: A number is out of range.
            BadRequest: The filter is wrong.
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
        """Iterate over what is worked out of the documents that a filter selects, group by group.

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
            filter: What MongoDB's ``find()`` takes, see `query`; all documents by default.
            group_by: What the documents of a group have in common: a path such as ``content.region``, or several.
            count: What to call the number of documents of a group.
            avg: The means to work out: what to call each, by the path.
            min: The least values to find, likewise.
            max: The largest values to find, likewise.
            sum: The sums to work out, likewise.
            unwind: A list in the documents, of which each item is to count as a document of its own; or several.
            sort_by: The name given here, or the path, to sort by; or several. Each may have its own direction, as in
                ``total descending``.
            ascending: Whether to sort from the smallest to the largest, for those without a direction of their own.
            offset: The number of groups to skip.
            limit: The most groups to give, or None for all.
            page_size: The number of groups per request, at most 10,000.

        Raises:
            ConfigError: A number is out of range, a name or a path has a blank or a comma, or nothing is asked for.
            BadRequest: The filter is wrong.
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
            raise ConfigError("nothing is to be worked out; query() gives the documents as they are")
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
        upper limit of 10,000 documents and recommends pages without saying how to ask for them; ``limit`` and
        ``offset`` are from Domo's own OpenAPI description of the route.

        Args:
            collection_id: The collection.
            offset: The number of documents to skip.
            limit: The most documents to give, or None for all.
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
            content: The content of the document: any JSON object.

        Raises:
            ConfigError: `content` has no JSON form, as a naive datetime.
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
            contents: What each document says.

        Raises:
            ConfigError: There are none, or one has no JSON form.
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
        """Replace the contents of documents, and add those that have no identifier or one that is not there.

        `PUT /api/datastores/v2/collections/{collection_id}/documents/bulk`. Seen on instances, not in Domo's
        documentation; the form of its body is that of other clients.

        Args:
            collection_id: The collection.
            documents: The identifier of each, or None for a new one, and all that it is to say.

        Raises:
            ConfigError: There are none, or one has no JSON form.
            NotFound: The collection does not exist.
        """
        given = require_list(documents, "documents")
        answer = await self._http.request(
            "PUT",
            url("/api/datastores/v2/collections/{}/documents/bulk", collection_id),
            json=[payload(id=UNSET if key is None else key, content=content) for key, content in given],
            into=_WRITTEN,
            empty=DocumentsWritten(),
            # New documents would be made twice.
            idempotent=all(key is not None for key, _ in given),
        )
        return _written(answer)

    async def update_many(
        self, collection_id: str, /, *, filter: Mapping[str, object], operation: Mapping[str, object]
    ) -> DocumentsUpdated:
        """Change all documents that a filter selects.

        `PUT /api/datastores/v2/collections/{collection_id}/documents/update`. Seen on instances, not in Domo's
        documentation.

        Args:
            collection_id: The collection.
            filter: What MongoDB's ``find()`` takes, see `query`.
            operation: What MongoDB's ``updateMany()`` takes, such as ``{"$set": {"content.status": "archived"}}``.

        Raises:
            ConfigError: `filter` or `operation` is empty; to change all documents, say ``{"id": {"$exists": True}}``.
            BadRequest: The filter or the operation is wrong.
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
            # An operation such as $inc counts twice.
            idempotent=False,
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


# Instances tell the documents; other sources show their number.
_WRITTEN = either(DocumentsWritten, tuple[Document, ...])


class Datastores(Area):
    """App DB's datastores. No document describes these routes; instances are seen to have them."""

    def list(self) -> Pager[Datastore]:
        """Iterate over the datastores that the token's owner may see.

        `GET /api/datastores/v1`. Seen on instances, not in Domo's documentation.
        """
        return self._http.whole_list("GET", _DATASTORES, into=ItemTuple[Datastore], read=tuple)

    async def create(self, *, name: str) -> Datastore:
        """Create a datastore. Is not sent twice, unless the instance surely did not take it.

        `POST /api/datastores/v1`. Seen on instances, not in Domo's documentation.

        Args:
            name: Its name.
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
        """Give a datastore another name.

        `PUT /api/datastores/v1/{datastore_id}`. Seen on instances, not in Domo's documentation.

        Args:
            datastore_id: The datastore.
            name: Its name.

        Raises:
            NotFound: The datastore does not exist.
        """
        return await self._http.request(
            "PUT", url("/api/datastores/v1/{}", _known_datastore(datastore_id)), json={"name": name}, into=Datastore
        )

    async def delete(self, datastore_id: str, /) -> None:
        """Delete a datastore.

        `DELETE /api/datastores/v1/{datastore_id}`. Seen on instances, not in Domo's documentation. What becomes of its
        collections is not known.

        Args:
            datastore_id: The datastore.

        Raises:
            NotFound: The datastore does not exist.
        """
        await self._http.request("DELETE", url("/api/datastores/v1/{}", _known_datastore(datastore_id)))


_DATASTORES = url("/api/datastores/v1")


def _known_datastore(datastore_id: str) -> str:
    """Return the identifier of a datastore.

    Raises:
        ConfigError: It is a route's name.
    """
    if datastore_id == "collections":
        raise ConfigError("'collections' is a route's name and no datastore's id")
    return datastore_id


@frozen(kw_only=True)
class _CollectionPage(Model):
    collections: tuple[Collection, ...] = ()
    page_count: int | None = None
    total_collection_count: int | None = None


class Collections(Area):
    """App DB's collections."""

    def list(self, datastore_id: str | None = None, /) -> Pager[Collection]:
        """Iterate over the collections of a datastore, or over all that the token's owner may see.

        `GET /api/datastores/v1/{datastore_id}/collections`, or `GET /api/datastores/v1/collections`. Seen on instances,
        not in Domo's documentation.

        Args:
            datastore_id: The datastore; all by default.

        Raises:
            ConfigError: The datastore's id is a route's name.
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
        """Iterate over the collections of the instance that meet the conditions, the newest first.

        `POST /api/datastores/v1/collections/query`. Seen: samples of instances show it, no document of Domo's does; two
        independent clients use it, and write the filters as they are sent here.

        Args:
            name: Only those whose names contain this.
            owner_id: Only those of this user.
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

        `POST /api/datastores/v1/{datastore_id}/collections`. Seen on instances, not in Domo's documentation. Is not
        sent twice, unless the instance surely did not take it: each time makes a collection.

        Args:
            datastore_id: The datastore to create it in.
            name: Its name.
            columns: The columns by which it is synced to a dataset: names and types, such as
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
        """Change a collection: the schema by which it is synced to a dataset, whether it is synced, its owner or name.

        `PUT /api/datastores/v1/collections/{collection_id}` (App DB API, "Update Collection Schema").

        Args:
            collection_id: The collection.
            columns: All columns: names and types, such as ``{"username": "STRING"}``, or `Column` objects, which can
                say whether a column is visible.
            sync_enabled: Whether to sync the documents to a dataset.
            owner: The user whose it is to be; not in Domo's documentation, but instances are seen to take it.
            name: Its name; not in Domo's documentation, but other clients send it.

        Raises:
            ConfigError: There is nothing to change; there are no columns, names repeat, or a type is not one of Domo's.
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
        """Return who may do what with a collection, by type: ``USER``, ``GROUP``, ``RYUU_APP``.

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
        """Say what a user or a group may do with a collection.

        `PUT /api/datastores/v1/collections/{collection_id}/permission/{entity_type}/{entity_id}`. Seen on instances,
        not in Domo's documentation.

        Args:
            collection_id: The collection.
            entity_type: ``USER`` or ``GROUP``; `set_app_permissions` is for apps.
            entity_id: The user, or the group.
            permissions: What it may do.
            overwrite: Whether that replaces what it was allowed before, or is added to it.

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
        """Take from a user, a group or an app all that it may do with a collection.

        `DELETE /api/datastores/v1/collections/{collection_id}/permission/{entity_type}/{entity_id}`. Seen on instances,
        not in Domo's documentation.

        Args:
            collection_id: The collection.
            entity_type: ``USER``, ``GROUP`` or ``RYUU_APP``.
            entity_id: The user, the group, or the app's proxy id.

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
        """Say what an app may do with a collection.

        `PUT /api/datastores/v1/collections/{collection_id}/permission/RYUU_APP/{proxy_id}` (App DB API, "Update
        Collection Permissions"). Whether these replace what the app was allowed before is not documented.

        Args:
            collection_id: The collection.
            proxy_id: The app's proxy id, as the Asset Library shows it.
            permissions: All that the app may do.

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
        """Datastores, which hold the collections."""
        return Datastores(self._http)

    @cached_property
    def documents(self) -> Documents:
        """Documents: read, queried, written, deleted."""
        return Documents(self._http)

    @cached_property
    def collections(self) -> Collections:
        """Collections: their schemas and who may do what with them."""
        return Collections(self._http)


def _sorts(sort_by: str | Sequence[str] | None, *, ascending: bool) -> Sequence[str] | None:
    """Return what documents are sorted by, each path with its direction."""
    if sort_by is None:
        return None
    paths = require_list([sort_by] if isinstance(sort_by, str) else sort_by, "sort_by")
    direction = "ascending" if ascending else "descending"
    return [path if path.endswith((" ascending", " descending")) else f"{path} {direction}" for path in paths]
