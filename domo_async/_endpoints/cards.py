"""Cards: their metadata, titles, owners and renderings."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from os import PathLike

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints._owners import numbers, owners_with_text_ids
from domo_async._endpoints.groups.models import Member
from domo_async._frames import ItemTuple
from domo_async._tracebacks import shorten_methods
from domo_async._transfer.files.pictures import PictureFile
from domo_async._transport import QUERY_SKIP, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, EpochSeconds, Model, NumericId, OpenEnum, Unset, payload, wire_name
from domo_async.errors import DecodeError

__all__ = [
    "Card",
    "CardColumn",
    "CardDataSource",
    "CardDefinition",
    "CardOrder",
    "CardOwner",
    "CardPart",
    "Cards",
    "RenderPart",
    "RenderedImage",
    "Rendering",
]


class CardPart(OpenEnum):
    """A part of a card that can be requested besides the basic fields. Undocumented; other clients request these."""

    METADATA = "metadata"
    METADATA_OVERRIDES = "metadataOverrides"
    DATASOURCES = "datasources"
    OWNERS = "owners"
    PROPERTIES = "properties"
    CERTIFICATION = "certification"
    DRILL_PATH = "drillPath"
    DRILL_PATH_URNS = "drillPathURNs"
    DOMOAPP = "domoapp"
    LIBRARY = "library"
    DATE_INFO = "dateInfo"
    SUBSCRIPTIONS = "subscriptions"
    SLICERS = "slicers"


class CardOrder(OpenEnum):
    """The order of a list of cards. Domo's documentation does not list these values; other clients use them."""

    CARD_TITLE = "cardTitle"
    LAST_MODIFIED = "lastModified"


@frozen(kw_only=True)
class CardOwner(Model):
    """The owner of a card.

    Attributes:
        id: The identifier of the user or the group.
        type: Whether `id` is a user or a group.
        display_name: The owner's display name.
    """

    id: NumericId
    type: str | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class CardDataSource(Model):
    """A dataset that a card uses.

    Attributes:
        data_source_id: The dataset.
        data_source_name: The dataset's name.
    """

    data_source_id: str | None = None
    data_source_name: str | None = None


@frozen(kw_only=True)
class Card(Model):
    """A card. Domo's documentation does not show it; the fields are those that other clients read.

    Attributes:
        id: The card's number.
        urn: The card's number as text; a view of a drill path has a different one.
        type: The type of card, such as ``kpi``.
        title: The title.
        description: The description.
        owner_id: The original owner.
        creator_id: The user who created it.
        owners: The owners; the part ``owners``.
        is_current_user_owner: Whether the token's owner owns it.
        access: Whether the token's owner may see it.
        active: Whether it is active.
        locked: Whether it is locked against changes.
        created: The time of creation; instances send seconds.
        badge_updated: The time at which its picture was last rendered.
        last_modified: The time of the last change; no answer of an instance with it was seen.
        allow_table_drill: Whether its rows can be viewed.
        metadata: Further metadata, such as ``chartType``; the part of this name.
        datasources: The datasets that it uses; the part of this name.
        properties: The settings; the part of this name.
        certification: The certification; the part of this name.
        drill_path_urns: The views of its drill path; the part ``drillPathURNs``.
        domoapp: The app that it consists of, if any; the part of this name.
        card_id: The card's number again, which some clients read in lists.
        card_title: The title again, in lists.
        page_hierarchy: The pages that it is on, in lists.
    """

    id: NumericId | None = None
    urn: str | None = None
    type: str | None = None
    title: str | None = None
    description: str | None = None
    owner_id: NumericId | None = None
    creator_id: NumericId | None = None
    owners: tuple[CardOwner, ...] = ()
    is_current_user_owner: bool | None = None
    access: bool | None = None
    active: bool | None = None
    locked: bool | None = None
    created: EpochSeconds | None = None
    badge_updated: EpochMillis | None = None
    last_modified: EpochMillis | None = None
    allow_table_drill: bool | None = None
    metadata: Mapping[str, object] | None = None
    datasources: tuple[CardDataSource, ...] = ()
    properties: Mapping[str, object] | None = None
    certification: Mapping[str, object] | None = None
    drill_path_urns: tuple[object, ...] = field(default=(), metadata=wire_name("drillPathURNs"))
    domoapp: Mapping[str, object] | None = None
    card_id: NumericId | None = None
    card_title: str | None = None
    page_hierarchy: tuple[object, ...] = ()


@frozen(kw_only=True)
class CardColumn(Model):
    """A column that a card can show.

    Attributes:
        id: The column's identifier.
        name: The column's name.
        type: The type, such as ``string``.
        source_id: The dataset of the column.
        order: The column's position.
        hidden: Whether it is hidden.
        is_aggregatable: Whether it can be aggregated.
        is_calculation: Whether it is a Beast Mode.
        is_controlled: Whether policies hide some of its rows.
        is_encrypted: Whether it is encrypted.
    """

    id: str | None = None
    name: str | None = None
    type: str | None = None
    source_id: str | None = None
    order: int | None = None
    hidden: bool | None = None
    is_aggregatable: bool | None = None
    is_calculation: bool | None = None
    is_controlled: bool | None = None
    is_encrypted: bool | None = None


@frozen(kw_only=True)
class CardDefinition(Model):
    """The definition of a card. Domo's documentation does not show it; the fields are those of instances' answers.

    Attributes:
        id: The card.
        urn: The card's number as text.
        columns: The columns that it can show.
        definition: The charts, queries, filters, formulas, colours and texts, as instances send them.
        data_source_write: Whether the token's owner may change the dataset.
        drillpath: The views of the drill path.
        embedded: Whether it is embedded elsewhere.
    """

    id: NumericId | None = None
    urn: str | None = None
    columns: tuple[CardColumn, ...] = ()
    definition: Mapping[str, object] | None = None
    data_source_write: bool | None = None
    drillpath: tuple[object, ...] = ()
    embedded: bool | None = None


@frozen(kw_only=True)
class _Summaries(Model):
    card_admin_summaries: tuple[Card, ...]
    total_card_count: int | None = None


def _identity(card: Card) -> int | None:
    return card.id if card.id is not None else card.card_id


def _batch(found: _Summaries) -> PageData[Card]:
    return PageData(found.card_admin_summaries, total=found.total_card_count)


class RenderPart(OpenEnum):
    """A part of a card that can be rendered."""

    TITLE = "title"
    CHART_TYPE = "chartType"
    QUERY_RESULT = "queryResult"
    DATA = "data"
    IMAGE = "image"
    IMAGE_PDF = "imagePDF"
    GRAPH = "graph"
    DYNAMIC = "dynamic"
    SUMMARY = "summary"
    SUMMARY_IMAGE = "summaryImage"
    DATA_SOURCE = "dataSource"
    PDP = "pdp"
    ANNOTATIONS = "annotations"
    EXTENDED_DATE_INFO = "extendedDateInfo"
    TABLE = "table"


@shorten_methods
@frozen(kw_only=True)
class RenderedImage(Model):
    """A rendered card: one file, or, for a table, one file per page.

    Domo's API documentation does not show it; the fields are those that Domo's tutorials read.

    Attributes:
        data: The file, in base64.
        pages: The pages of a table, each in base64.
        message: The instance's message, instead of a picture or with it.
        not_all_data_shown: Whether the picture omits data. Domo's documentation does not list it, but instances return
            it.
    """

    data: str | None = None
    pages: tuple[str, ...] = ()
    message: str | None = None
    not_all_data_shown: bool | None = None

    def content(self) -> bytes:
        """Return the file, PNG or PDF, as requested.

        Raises:
            DecodeError: There is not exactly one file, or it is not base64; the message has the instance's message.
        """
        files = self.contents()
        if len(files) != 1:
            because = f": {self.message[:200]}" if self.message else ""
            raise DecodeError(f"the picture has {len(files)} files, not one{because}")
        return files[0]

    def contents(self) -> tuple[bytes, ...]:
        """Return all files: the single file of a chart, or the pages of a table.

        Raises:
            DecodeError: A file is not base64.
        """
        texts = self.pages if self.data is None else (self.data, *self.pages)
        return tuple(_decoded(text) for text in texts)


@shorten_methods
@frozen(kw_only=True)
class Rendering(Model):
    """The rendered parts of a card, with one field for each part that can be requested.

    Domo's API documentation shows only base64 texts under ``data``, whereas Domo's tutorials read ``title`` and
    ``image``; `contents` accepts both. The other parts are not documented, and have their JSON form.

    Attributes:
        title: The card's title.
        chart_type: The type of chart.
        query_result: The rows of the chart.
        data: Base64 texts as in Domo's API documentation, or the part of this name.
        image: The picture; if requested as ``imagePDF``, it comes under this name, too.
        image_pdf: The picture as PDF, if it comes under this name.
        graph: The description of the chart.
        dynamic: The dynamic texts.
        summary: The summary number.
        summary_image: A picture of the summary number.
        data_source: The dataset.
        pdp: The row policies that apply.
        annotations: Notes on the chart.
        extended_date_info: The date ranges shown.
        table: The table.
        html: Not in Domo's documentation; was seen to contain a table's PDF, within a tag.
        limited: Whether limits cut something off. Not in Domo's documentation, but instances return it.
        not_all_data_shown: Whether data are omitted. Not in Domo's documentation, but instances return it.
    """

    title: str | None = None
    chart_type: object = None
    query_result: object = None
    data: object = None
    image: RenderedImage | None = None
    image_pdf: RenderedImage | None = field(default=None, metadata=wire_name("imagePDF"))
    graph: object = None
    dynamic: object = None
    summary: object = None
    summary_image: RenderedImage | None = None
    data_source: object = None
    pdp: object = None
    annotations: object = None
    extended_date_info: object = None
    table: object = None
    html: str | None = None
    limited: bool | None = None
    not_all_data_shown: bool | None = None

    @property
    def message(self) -> str | None:
        """The instance's message, instead of a picture or with it."""
        pictures = (self.image, self.image_pdf, self.summary_image)
        return next((picture.message for picture in pictures if picture is not None and picture.message), None)

    def contents(self) -> tuple[bytes, ...]:
        """Return all rendered files, in whichever form the answer has them.

        Raises:
            DecodeError: A file is not base64.
        """
        bare = self.data if isinstance(self.data, list | tuple) else ()
        pictures = (self.image, self.image_pdf, self.summary_image)
        return (
            *(_decoded(text) for text in bare if isinstance(text, str)),
            *(file for picture in pictures if picture is not None for file in picture.contents()),
        )


def _decoded(text: str) -> bytes:
    """Decode a base64 text, which may be a data URL or have line breaks."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return b64decode("".join(encoded.split()), validate=True)
    except ValueError as error:
        raise DecodeError(f"a rendered file is not base64: {error}") from None


def _dynamic(text: str) -> Mapping[str, object]:
    return {"text": [{"type": "TEXT", "text": text}]}


class Cards(Area):
    """Cards: their metadata, titles, owners and renderings."""

    async def get(
        self,
        urns: Sequence[int | str],
        /,
        *,
        parts: Sequence[CardPart | str] | None = None,
        include_filtered: bool | None = None,
    ) -> ItemTuple[Card]:
        """Return cards.

        `GET /api/content/v1/cards`. No document of Domo's describes it; other clients use it. Whether a card that does
        not exist is left out or is an error is unconfirmed.

        Args:
            urns: The cards.
            parts: The parts to return in addition to the basic fields.
            include_filtered: Whether to include cards that the token's owner may not see; `Card.access` marks them.

        Raises:
            ConfigError: `urns` or `parts` is empty.
        """
        return await self._http.request(
            "GET",
            url("/api/content/v1/cards"),
            params={
                "urns": require_list(urns, "urns"),
                "parts": None if parts is None else require_list(parts, "parts"),
                "includeFiltered": include_filtered,
            },
            into=ItemTuple[Card],
        )

    async def definition(
        self, urn: int | str, /, *, dynamic_text: bool | Unset = UNSET, variables: bool | Unset = UNSET
    ) -> CardDefinition:
        """Return the definition of a card: its query and its presentation.

        `PUT /api/content/v3/cards/kpi/definition`, which changes nothing. Seen: samples of instances show it, no
        document of Domo's does; three independent clients use it.

        Args:
            urn: The card.
            dynamic_text: Whether to include the dynamic texts.
            variables: Whether to include variables.

        Raises:
            Forbidden: The token's owner may not see the card.
            NotFound: The card does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/content/v3/cards/kpi/definition"),
            json=payload(urn=str(urn), dynamic_text=dynamic_text, variables=variables),
            into=CardDefinition,
        )

    async def delete_many(self, card_ids: Sequence[int | str], /) -> None:
        """Delete cards.

        `DELETE /api/content/v1/cards/bulk`. Seen: samples of instances show it, no document of Domo's does; one client
        uses it.

        Args:
            card_ids: The cards.

        Raises:
            ConfigError: `card_ids` is empty.
            Forbidden: The token's owner may not delete them.
            NotFound: The card does not exist.
        """
        ids = require_list(card_ids, "card_ids")
        await self._http.request("DELETE", url("/api/content/v1/cards/bulk"), params={"cardIds": ids})

    async def add_owners(
        self,
        *,
        card_ids: Sequence[int | str],
        owners: Sequence[Member | int | str],
        note: str | Unset = UNSET,
        send_email: bool | Unset = UNSET,
    ) -> None:
        """Add users and groups to the owners of cards.

        `POST /api/content/v1/cards/owners/add`. Seen: samples of instances show it, no document of Domo's does; three
        independent clients use it, and send `note` and `send_email`.

        Args:
            card_ids: The cards.
            owners: The new owners; a bare number is a user's.
            note: The message to the new owners.
            send_email: Whether to notify them by e-mail.

        Raises:
            ConfigError: `card_ids` or `owners` is empty.
            Forbidden: The token's owner may not change the owners.
            NotFound: The card or the owner does not exist.
        """
        body = payload(
            card_ids=numbers(card_ids, "card_ids"),
            card_owners=owners_with_text_ids(owners),
            note=note,
            send_email=send_email,
        )
        # Adding the same owner twice has the same effect.
        await self._http.request("POST", url("/api/content/v1/cards/owners/add"), json=body, idempotent=True)

    async def remove_owners(self, *, card_ids: Sequence[int | str], owners: Sequence[Member | int | str]) -> None:
        """Remove users and groups from the owners of cards.

        `POST /api/content/v1/cards/owners/remove`. Seen: samples of instances show it, no document of Domo's does;
        three independent clients use it.

        Args:
            card_ids: The cards.
            owners: The owners; a bare number is a user's.

        Raises:
            ConfigError: `card_ids` or `owners` is empty.
            Forbidden: The token's owner may not change the owners.
        """
        body = payload(card_ids=numbers(card_ids, "card_ids"), card_owners=owners_with_text_ids(owners))
        await self._http.request("POST", url("/api/content/v1/cards/owners/remove"), json=body, idempotent=True)

    def list(
        self,
        *,
        title: str | Unset = UNSET,
        page_ids: Sequence[int | str] | Unset = UNSET,
        sort_by: CardOrder | str = CardOrder.CARD_TITLE,
        ascending: bool = True,
        parts: Sequence[CardPart | str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Card]:
        """Iterate over the cards that the token's owner sees, or those of them that match the filters.

        `POST /api/content/v2/cards/adminsummary`. No document of Domo's describes it; other clients use it.

        ```python
        async for card in domo.cards.list(title="sales"):
            print(card.id, card.title)
        ```

        Args:
            title: Text that the title contains.
            page_ids: The pages; cards on any of them match.
            sort_by: The field to sort by.
            ascending: Whether to sort in ascending order.
            parts: The parts to return in addition to the basic fields.
            offset: The number of cards to skip.
            limit: The maximum number of cards to return.
            page_size: The number of cards per request.

        Raises:
            ConfigError: `page_ids` or `parts` is empty, or a number is out of range.
        """
        return self._http.pages(
            "POST",
            url("/api/content/v2/cards/adminsummary"),
            QUERY_SKIP,
            params={"parts": None if parts is None else require_list(parts, "parts")},
            json=payload(
                order_by=sort_by,
                ascending=ascending,
                include_card_title_clause=UNSET if isinstance(title, Unset) else True,
                card_title_search_text=title,
                page_ids=UNSET if isinstance(page_ids, Unset) else require_list(page_ids, "page_ids"),
            ),
            key=_identity,
            into=_Summaries,
            read=_batch,
            offset=offset,
            limit=limit,
            page_size=page_size,
            assured=100,
        )

    async def update_title(self, card_id: int | str, /, *, title: str, description: str | Unset = UNSET) -> None:
        """Change the title of a card, and its description if one is given.

        `PUT /api/content/v1/cards/{card_id}/title` (Cards, "Update Card Title").

        Args:
            card_id: The card.
            title: The new title. Domo's documentation does not say whether it can be omitted.
            description: The new description.

        Raises:
            NotFound: The card does not exist.
        """
        body = payload(
            dynamic_title=_dynamic(title),
            dynamic_description=description if isinstance(description, Unset) else _dynamic(description),
        )
        await self._http.request("PUT", url("/api/content/v1/cards/{}/title", card_id), json=body)

    async def render(
        self,
        urn: int | str,
        /,
        *,
        parts: Sequence[RenderPart | str],
        locale: str | None = None,
        query_overrides: Mapping[str, object] | Unset = UNSET,
        treat_longs_as_strings: bool | Unset = UNSET,
        card_load_context: Mapping[str, object] | Unset = UNSET,
        width: int | Unset = UNSET,
        height: int | Unset = UNSET,
        scale: float | Unset = UNSET,
        num_table_pages: int | Unset = UNSET,
    ) -> Rendering:
        """Render a card in its current state: pictures, PDF, titles, data.

        `PUT /api/content/v1/cards/kpi/{urn}/render` (Render KPI Card Chart or Table). The body is not documented: its
        first three keys are from the example there, the others from Domo's tutorial on PDFs of cards.

        Args:
            urn: The card.
            parts: The parts to render.
            locale: The language and region to render for, such as ``en-US``.
            query_overrides: Changes to the card's query, such as filters.
            treat_longs_as_strings: Whether large integers are returned as text.
            card_load_context: The context in which the card is shown.
            width: The width in pixels.
            height: The height in pixels.
            scale: The scale factor of a pixel; the tutorial recommends 2.
            num_table_pages: The maximum number of pages of a table. A table with fewer pages returns all, one with more
                is cut off.

        Raises:
            ConfigError: `parts` is empty.
            Forbidden: The token's owner may not see the card.
            Conflict: The card cannot be rendered in its current state.
        """
        return await self._http.request(
            "PUT",
            url("/api/content/v1/cards/kpi/{}/render", urn),
            params={"locale": locale, "parts": require_list(parts, "parts")},
            json=payload(
                query_overrides=query_overrides,
                treat_longs_as_strings=treat_longs_as_strings,
                card_load_context=card_load_context,
                width=width,
                height=height,
                scale=scale,
                num_table_pages=num_table_pages,
            ),
            into=Rendering,
        )

    async def render_to(
        self,
        urn: int | str,
        /,
        target: str | PathLike[str],
        *,
        locale: str | None = None,
        query_overrides: Mapping[str, object] | Unset = UNSET,
        width: int | Unset = UNSET,
        height: int | Unset = UNSET,
        scale: float | Unset = UNSET,
        num_table_pages: int | Unset = UNSET,
    ) -> Rendering:
        """Render a card to a PNG or PDF file, complete or not at all.

        `PUT /api/content/v1/cards/kpi/{urn}/render` (Render KPI Card Chart or Table), for ``title`` and ``image`` or
        ``imagePDF``; see `render`. A table comes as one PDF per page. The pages are joined, which needs ``pypdf``
        (``pip install "domo-async[pdf]"``) if there is more than one.

        ```python
        await domo.cards.render_to(card_id, "sales.png", width=800, height=600)
        ```

        Args:
            urn: The card.
            target: The path of the file, which ends in ``.png`` or ``.pdf``.
            locale: The language and region to render for, such as ``en-US``.
            query_overrides: Changes to the card's query, such as filters.
            width: The width in pixels.
            height: The height in pixels.
            scale: The scale factor of a pixel.
            num_table_pages: The maximum number of pages of a table.

        Returns:
            The rendered picture, with the card's title and whether data are omitted.

        Raises:
            ConfigError: The path has another suffix or cannot be written to, or ``pypdf`` is needed and not installed.
            DecodeError: The answer has no picture, or one of another type; the message has the instance's message.
            Forbidden: The token's owner may not see the card.
            Conflict: The card cannot be rendered in its current state.
        """
        several_pages = not isinstance(num_table_pages, Unset) and num_table_pages > 1
        file = PictureFile.at(target, several_pages=several_pages)
        rendering = await self.render(
            urn,
            parts=[RenderPart.TITLE, RenderPart.IMAGE_PDF if file.is_pdf else RenderPart.IMAGE],
            locale=locale,
            query_overrides=query_overrides,
            width=width,
            height=height,
            scale=scale,
            num_table_pages=num_table_pages,
        )
        await file.write(rendering.contents(), why_none=rendering.message)
        return rendering
