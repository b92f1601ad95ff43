"""Publications: content that an instance publishes to others (Domo Everywhere)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, IsoStamp, Model, NumericId, OpenEnum, Record, Unset, payload

__all__ = [
    "Publication",
    "PublicationSubscriber",
    "PublicationSummary",
    "Publications",
    "PublishedContent",
    "PublishedType",
]


class PublishedType(OpenEnum):
    """The type of published content. Instances may have further types."""

    ALERT = "ALERT"
    CARD = "CARD"
    DATASET = "DATASET"
    DATA_APP = "DATA_APP"
    PAGE = "PAGE"


@frozen
class PublishedContent(Record):
    """Content to publish.

    Attributes:
        id: Its identifier.
        type: Its type.
    """

    id: int | str
    type: PublishedType | str = PublishedType.PAGE


@frozen(kw_only=True)
class PublicationSummary(Model):
    """A publication, as lists return it. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        user_id: The owner.
        cards: The number of cards.
        data_apps: The number of apps.
        data_sets: The number of datasets.
        pages: The number of pages.
        subscribers: The number of instances that subscribed.
        total_subscribers: The number of instances that it is published to.
        invalid_subscribers: The number of these instances whose subscription is invalid.
        refreshing: Whether it is being refreshed.
        execution_type: The last operation, such as ``CREATE``.
        execution_status_description: The result of the last operation.
        execution_start_time: When the last operation began.
        execution_end_time: When the last operation ended.
    """

    id: str
    name: str | None = None
    description: str | None = None
    user_id: NumericId | None = None
    cards: int | None = None
    data_apps: int | None = None
    data_sets: int | None = None
    pages: int | None = None
    subscribers: int | None = None
    total_subscribers: int | None = None
    invalid_subscribers: int | None = None
    refreshing: bool | None = None
    execution_type: str | None = None
    execution_status_description: str | None = None
    execution_start_time: IsoStamp | None = None
    execution_end_time: IsoStamp | None = None


@frozen(kw_only=True)
class PublicationSubscriber(Model):
    """An instance that a publication is published to.

    Attributes:
        id: The subscription.
        domain: The instance.
        customer_id: The instance's number.
        publication_id: The publication.
        created: When it was created.
    """

    id: str | None = None
    domain: str | None = None
    customer_id: str | None = None
    publication_id: str | None = None
    created: IsoStamp | None = None


@frozen(kw_only=True)
class Publication(Model):
    """A publication. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        customer_id: The instance that publishes it.
        user_id: The owner.
        type: Its type, such as ``CONTENT``.
        is_public: Whether any instance that knows it may subscribe.
        created: When it was created.
        content: Its content, as the instance returns it.
        children: The objects below the content, as the instance returns them.
        subscribers: The instances that it is published to.
    """

    id: str
    name: str | None = None
    description: str | None = None
    customer_id: str | None = None
    user_id: NumericId | None = None
    type: str | None = None
    is_public: bool | None = None
    created: IsoStamp | None = None
    content: object = None
    children: tuple[object, ...] = ()
    subscribers: tuple[PublicationSubscriber, ...] = ()


class Publications(Area):
    """Publications: content that an instance publishes to others."""

    def list(
        self,
        *,
        search: str | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[PublicationSummary]:
        """Iterate over the publications of the instance.

        `GET /api/publish/v2/publication/summaries`. Seen: samples of instances show it; Domo's documentation does not
        describe it; two independent clients use it.

        Args:
            search: Text that the names must contain.
            offset: The number of publications to skip.
            limit: The most publications to return.
            page_size: The number of publications per page.

        Raises:
            ConfigError: A number is out of range.
        """
        return self._http.pages(
            "GET",
            url("/api/publish/v2/publication/summaries"),
            QUERY,
            paged=False,
            key=attrgetter("id"),
            params={"searchTerm": search},
            into=ItemTuple[PublicationSummary],
            read=PageData,
            offset=offset,
            limit=limit,
            page_size=page_size,
        )

    async def get(self, publication_id: str, /) -> Publication:
        """Return a publication.

        `GET /api/publish/v2/publication/{publication_id}`. Unconfirmed: Domo's documentation does not describe it; two
        independent clients use it.

        Args:
            publication_id: The publication.

        Raises:
            NotFound: The publication does not exist.
        """
        return await self._http.request("GET", url("/api/publish/v2/publication/{}", publication_id), into=Publication)

    async def create(
        self,
        *,
        name: str,
        domain: str,
        content: Sequence[PublishedContent],
        subscriber_domains: Sequence[str],
        description: str | Unset = UNSET,
        publication_id: str | None = None,
    ) -> str:
        """Publish content to other instances.

        `POST /api/publish/v2/publication`. Seen: samples of instances show it; Domo's documentation does not describe
        it; two independent clients use it. The instance continues after it has answered; `list` returns the result.

        Example:
            publication_id = await domo.publications.create(
                name="Sales",
                domain="acme.domo.com",
                content=[PublishedContent("12", "PAGE")],
                subscriber_domains=["buyer.domo.com"],
            )

        Args:
            name: Its name.
            domain: This instance, such as ``acme.domo.com``.
            content: The content to publish.
            subscriber_domains: The instances to publish to.
            description: The description.
            publication_id: Its identifier, a UUID; by default a new one. If you keep it, you can look the publication
                up after a lost answer.

        Returns:
            The identifier of the publication.

        Raises:
            ConfigError: `content` or `subscriber_domains` is empty.
        """
        number = publication_id or str(uuid.uuid4())
        items = [
            payload(domain=domain, domo_object_id=str(each.id), type=each.type)
            for each in require_list(content, "content")
        ]
        await self._http.request(
            "POST",
            url("/api/publish/v2/publication"),
            json=payload(
                {"new": "true"},
                id=number,
                name=name,
                description=description,
                domain=domain,
                content=items,
                subscriber_domain=require_list(subscriber_domains, "subscriber_domains"),
            ),
        )
        return number
