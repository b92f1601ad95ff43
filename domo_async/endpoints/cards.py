"""Cards: titles and renderings."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from domo_async.endpoints._area import Area, several
from domo_async.errors import DecodeError
from domo_async.transport import url
from domo_async.wire import UNSET, Model, OpenEnum, Unset, payload, wire_name

__all__ = ["Cards", "RenderPart", "RenderedImage", "Rendering"]


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
        not_all_data_shown: Whether the picture leaves data out. Not in the documents, but instances tell it.
    """

    data: str | None = None
    pages: tuple[str, ...] = ()
    message: str | None = None
    not_all_data_shown: bool | None = None

    def content(self) -> bytes:
        """Return the file: PNG or PDF, as was asked for.

        Raises:
            DecodeError: There is not exactly one file, or it is no base64; says what the instance says.
        """
        files = self.contents()
        if len(files) != 1:
            because = f": {self.message[:200]}" if self.message else ""
            raise DecodeError(f"the picture has {len(files)} files, not one{because}")
        return files[0]

    def contents(self) -> tuple[bytes, ...]:
        """Return all files: the one of a chart, or the pages of a table.

        Raises:
            DecodeError: One is no base64.
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
        html: Not in the documents; seen to hold a table's PDF, within a tag.
        limited: Not in the documents, but instances tell it: whether limits cut something off.
        not_all_data_shown: Not in the documents, but instances tell it: whether data are left out.
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

    def contents(self) -> tuple[bytes, ...]:
        """Return all files that were rendered, whichever shape the answer has.

        Raises:
            DecodeError: One is no base64.
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
    """Cards: titles and renderings."""

    async def update_title(self, card_id: int | str, /, *, title: str, description: str | Unset = UNSET) -> None:
        """Change the title of a card, and its description if that is given.

        `PUT /api/content/v1/cards/{card_id}/title` (Cards, "Update Card Title").

        Args:
            card_id: The card.
            title: Its title from now on. The page does not say whether it can be left out.
            description: Its description from now on.

        Raises:
            NotFound: There is no such card.
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
            params={"locale": locale, "parts": several(parts, "parts")},
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
