"""Cards: what they are, titles and renderings."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from os import PathLike

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints._owners import numbers, owners_with_text_ids
from domo_async._endpoints.groups import Member
from domo_async._frames import ItemTuple
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
    """What can be told of a card beside the plain facts. Not in the documents; other clients ask for these."""

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
    """What cards are sorted by. Domo's documentation does not have it; other clients use these."""

    CARD_TITLE = "cardTitle"
    LAST_MODIFIED = "lastModified"


@frozen(kw_only=True)
class CardOwner(Model):
    """Who owns a card.

    Attributes:
        id: The user, or the group.
        type: Which of the two.
        display_name: How people see the owner.
    """

    id: NumericId
    type: str | None = None
    display_name: str | None = None


@frozen(kw_only=True)
class CardDataSource(Model):
    """A dataset that feeds a card.

    Attributes:
        data_source_id: Which one.
        data_source_name: Its name.
    """

    data_source_id: str | None = None
    data_source_name: str | None = None


@frozen(kw_only=True)
class Card(Model):
    """A card. Domo's documentation does not have it; the fields are those that other clients read.

    Attributes:
        id: Its number.
        urn: Its number as text; a view of a drill path has another one.
        type: Its kind, such as ``kpi``.
        title: Its title.
        description: What it is about.
        owner_id: Whose it was first.
        creator_id: Who made it.
        owners: Whose it is; the part ``owners``.
        is_current_user_owner: Whether it is the token's owner's.
        access: Whether the token's owner may see it.
        active: Whether it is in use.
        locked: Whether it is locked against changes.
        created: When it was made; instances write seconds.
        badge_updated: When its picture was last made.
        last_modified: When it was last changed; no answer of an instance is seen to tell it.
        allow_table_drill: Whether its rows can be looked at.
        metadata: Its further facts, such as ``chartType``; the part of this name.
        datasources: The datasets that feed it; the part of this name.
        properties: Its settings; the part of this name.
        certification: How far it is certified; the part of this name.
        drill_path_urns: The views below it; the part ``drillPathURNs``.
        domoapp: The app that it is made of, if it is; the part of this name.
        card_id: Its number once more, as some clients read it in lists.
        card_title: Its title once more, in lists.
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
        id: Its identifier.
        name: Its name.
        type: Its type, such as ``string``.
        source_id: The dataset that it is of.
        order: Its place.
        hidden: Whether it is left out.
        is_aggregatable: Whether it can be summed up.
        is_calculation: Whether a Beast Mode calculates it.
        is_controlled: Whether policies keep rows of it back.
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
    """How a card is made. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        id: The card.
        urn: Its number as text.
        columns: The columns that it can show.
        definition: Its charts, queries, filters, formulas, colours and texts, as instances write them.
        data_source_write: Whether the token's owner may change the dataset.
        drillpath: The views below it.
        embedded: Whether it is shown elsewhere.
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
    """The parts of a card that can be rendered."""

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


@frozen(kw_only=True)
class RenderedImage(Model):
    """A picture of a card: one file, or, of a table, one for each page.

    The API page does not show it; the fields are those that Domo's tutorials read.

    Attributes:
        data: The file, in base64.
        pages: The pages of a table, each in base64.
        message: What the instance says instead, or with it.
        not_all_data_shown: Whether the picture leaves data out. Domo's documentation does not have it, but instances
            tell it.
    """

    data: str | None = None
    pages: tuple[str, ...] = ()
    message: str | None = None
    not_all_data_shown: bool | None = None

    def content(self) -> bytes:
        """Return the file: PNG or PDF, as was asked for.

        Raises:
            DecodeError: There is not exactly one file, or it is not base64; says what the instance says.
        """
        files = self.contents()
        if len(files) != 1:
            because = f": {self.message[:200]}" if self.message else ""
            raise DecodeError(f"the picture has {len(files)} files, not one{because}")
        return files[0]

    def contents(self) -> tuple[bytes, ...]:
        """Return all files: the one of a chart, or the pages of a table.

        Raises:
            DecodeError: One is not base64.
        """
        texts = self.pages if self.data is None else (self.data, *self.pages)
        return tuple(_decoded(text) for text in texts)


@frozen(kw_only=True)
class Rendering(Model):
    """What was rendered of a card, a field for each part that can be asked for.

    The API page shows base64 texts under ``data`` alone, whereas Domo's tutorials read ``title`` and ``image``;
    `contents` understands both. The other parts are shown nowhere, and are what the JSON says.

    Attributes:
        title: The card's title.
        chart_type: The kind of chart.
        query_result: The rows behind it.
        data: Base64 texts as the API page shows them, or the part of this name.
        image: The picture; asked for as ``imagePDF``, it comes under this name, too.
        image_pdf: The picture as PDF, should it come under this name.
        graph: The chart, described.
        dynamic: The dynamic texts.
        summary: The summary number.
        summary_image: A picture of the summary number.
        data_source: The dataset.
        pdp: The row policies at work.
        annotations: Notes on the chart.
        extended_date_info: The ranges of time shown.
        table: The table.
        html: Domo's documentation does not have it; seen to hold a table's PDF, within a tag.
        limited: Domo's documentation does not have it, but instances tell it: whether limits cut something off.
        not_all_data_shown: Domo's documentation does not have it, but instances tell it: whether data are left out.
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
        """What the instance says instead of a picture, or with it."""
        pictures = (self.image, self.image_pdf, self.summary_image)
        return next((picture.message for picture in pictures if picture is not None and picture.message), None)

    def contents(self) -> tuple[bytes, ...]:
        """Return all files that were rendered, whichever shape the answer has.

        Raises:
            DecodeError: One is not base64.
        """
        bare = self.data if isinstance(self.data, list | tuple) else ()
        pictures = (self.image, self.image_pdf, self.summary_image)
        return (
            *(_decoded(text) for text in bare if isinstance(text, str)),
            *(file for picture in pictures if picture is not None for file in picture.contents()),
        )


def _decoded(text: str) -> bytes:
    """Return what a text in base64 stands for; it may be a data URL, or broken into lines."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return b64decode("".join(encoded.split()), validate=True)
    except ValueError as error:
        raise DecodeError(f"what was rendered is no base64: {error}") from None


def _dynamic(text: str) -> Mapping[str, object]:
    return {"text": [{"type": "TEXT", "text": text}]}


class Cards(Area):
    """Cards: what they are, titles and renderings."""

    async def get(
        self,
        urns: Sequence[int | str],
        /,
        *,
        parts: Sequence[CardPart | str] | None = None,
        include_filtered: bool | None = None,
    ) -> ItemTuple[Card]:
        """Return cards.

        `GET /api/content/v1/cards`. No document of Domo's describes it; other clients use it. Whether a card that there
        is not is left out or an error is unconfirmed.

        Args:
            urns: The cards.
            parts: What to tell beside the plain facts.
            include_filtered: Whether to give cards that the token's owner may not see, too; then `Card.access` tells.

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
        """Return how a card is made: what it asks of its dataset, and how it shows that.

        `PUT /api/content/v3/cards/kpi/definition`, which changes nothing. Seen: samples of instances show it, no
        document of Domo's does; three independent clients use it.

        Args:
            urn: The card.
            dynamic_text: Whether to tell texts with what is to be put into them.
            variables: Whether to tell variables.

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
            Forbidden: The token's owner may not.
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
        """Let users and groups own cards, beside those who do.

        `POST /api/content/v1/cards/owners/add`. Seen: samples of instances show it, no document of Domo's does; three
        independent clients use it, and send `note` and `send_email`.

        Args:
            card_ids: The cards.
            owners: The new owners; a bare number stands for a user.
            note: What to tell the new owners.
            send_email: Whether to notify them by e-mail.

        Raises:
            ConfigError: `card_ids` or `owners` is empty.
            Forbidden: The token's owner may not.
            NotFound: The card or the owner does not exist.
        """
        body = payload(
            card_ids=numbers(card_ids, "card_ids"),
            card_owners=owners_with_text_ids(owners),
            note=note,
            send_email=send_email,
        )
        # Who owns them twice owns them once.
        await self._http.request("POST", url("/api/content/v1/cards/owners/add"), json=body, idempotent=True)

    async def remove_owners(self, *, card_ids: Sequence[int | str], owners: Sequence[Member | int | str]) -> None:
        """Let users and groups no longer own cards.

        `POST /api/content/v1/cards/owners/remove`. Seen: samples of instances show it, no document of Domo's does;
        three independent clients use it.

        Args:
            card_ids: The cards.
            owners: The owners; a bare number stands for a user.

        Raises:
            ConfigError: `card_ids` or `owners` is empty.
            Forbidden: The token's owner may not.
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
        """Iterate over cards: all that the token's owner sees, or those that meet the conditions.

        `POST /api/content/v2/cards/adminsummary`. No document of Domo's describes it; other clients use it.

        Args:
            title: Only those with this in their titles.
            page_ids: Only those on one of these pages.
            sort_by: What to sort by.
            ascending: Whether to sort from the smallest to the largest.
            parts: What to tell beside the plain facts.
            offset: The number of cards to skip.
            limit: The most cards to give in all.
            page_size: The number of cards per request.

        Raises:
            ConfigError: `page_ids` or `parts` is empty, or a number is out of its range.
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
        """Change the title of a card, and its description if that is given.

        `PUT /api/content/v1/cards/{card_id}/title` (Cards, "Update Card Title").

        Args:
            card_id: The card.
            title: Its title from now on. Domo's documentation does not say whether it can be left out.
            description: Its description from now on.

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
        """Render a card as it is now: pictures, PDF, titles, data.

        `PUT /api/content/v1/cards/kpi/{urn}/render` (Render KPI Card Chart or Table). The body is not documented: its
        first three keys are from the example there, the others from Domo's tutorial on PDFs of cards.

        Args:
            urn: The card.
            parts: What to render.
            locale: The language and region to render for, such as ``en-US``.
            query_overrides: What to query otherwise than the card does, such as filters.
            treat_longs_as_strings: Whether large whole numbers come as text.
            card_load_context: Where the card is shown.
            width: Width in pixels.
            height: Height in pixels.
            scale: How many pixels a pixel becomes; the tutorial recommends 2.
            num_table_pages: The most pages of a table. One that has fewer gives these, one that has more is cut off.

        Raises:
            ConfigError: `parts` is empty.
            Forbidden: The token's owner may not see the card.
            Conflict: The card cannot be rendered as it is.
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
        """Render a card into a PNG or PDF file: whole, or not at all.

        `PUT /api/content/v1/cards/kpi/{urn}/render` (Render KPI Card Chart or Table), for ``title`` and ``image`` or
        ``imagePDF``; see `render`. A table comes as a PDF for each of its pages, which are joined; that needs
        ``pypdf`` (``pip install "domo-async[pdf]"``) if there is more than one.

        Args:
            urn: The card.
            target: The path of the file, which ends in ``.png`` or ``.pdf``.
            locale: The language and region to render for, such as ``en-US``.
            query_overrides: What to query otherwise than the card does, such as filters.
            width: Width in pixels.
            height: Height in pixels.
            scale: How many pixels a pixel becomes.
            num_table_pages: The most pages of a table.

        Returns:
            What came, with the card's title and whether data are left out.

        Raises:
            ConfigError: The path ends otherwise or cannot be written to, or ``pypdf`` is due and not installed.
            DecodeError: No picture came, or one of another kind; says what the instance says.
            Forbidden: The token's owner may not see the card.
            Conflict: The card cannot be rendered as it is.
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
