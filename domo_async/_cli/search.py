"""`domo-async search`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from domo_async import Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption
from domo_async._cli.common.listing import ColumnsOption, CsvOption, JsonOption, form_of, print_list
from domo_async._cli.common.values import key_values
from domo_async._cli.showing import columns_of, wanted_columns

if TYPE_CHECKING:
    from domo_async._endpoints.search.filters import Filter
    from domo_async._endpoints.search.models import SearchHit

__all__ = ["search"]

_PAGE = 100
_COLUMNS = "entity=entity_type id=database_id name=name|title|display_name owner=owned_by_name modified=last_modified"


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text to search for; * matches anything.")],
    entities: Annotated[
        list[str] | None,
        typer.Option(
            "--entities",
            "-e",
            help="The kind of content to search, such as dataset or card; may be repeated. By default all kinds are"
            " searched.",
        ),
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filters",
            metavar="FIELD=TERM",
            help="Only hits whose field has this term, in which * matches anything; may be repeated.",
        ),
    ] = None,
    not_filters: Annotated[
        list[str] | None,
        typer.Option(
            "--not-filters", metavar="FIELD=TERM", help="Leave out hits whose field has this term; may be repeated."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="The maximum number of hits.")] = 20,
    everything: Annotated[
        bool, typer.Option("--all", help="List all hits, the oldest first, even if there are more than 10,000.")
    ] = False,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    columns: ColumnsOption = None,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Search the instance for datasets, cards, pages, users and other content."""
    from domo_async._endpoints.search.models import SearchEntity, SearchHit  # noqa: PLC0415 - keeps --help fast

    form = form_of(as_json=as_json, as_csv=as_csv)
    wanted = wanted_columns(columns, _COLUMNS, SearchHit, form)
    wanted_filters, unwanted = _filters(filters, "--filters"), _filters(not_filters, "--not-filters")

    async def work(domo: Domo) -> tuple[list[SearchHit], int | None]:
        chosen: Sequence[str] = entities or [each.value for each in SearchEntity]
        if everything:
            hits = domo.search.iterate(text, entities=chosen, filters=wanted_filters, not_filters=unwanted)
            return await hits.all(), None
        return await _first(domo, text, chosen, wanted_filters, unwanted, limit)

    hits, total = call(work, instance, token_file, debug=debug)
    more = f" of {total:,}; --limit and --all give more" if total is not None and total > len(hits) else ""
    print_list(hits, columns_of(wanted, hits), form, "hit", more=more)


def _filters(given: list[str] | None, option: str) -> list[Filter]:
    if not given:
        return []
    from domo_async._endpoints.search.filters import Term, Wildcard  # noqa: PLC0415 - keeps --help fast

    return [Wildcard(field, term) if "*" in term else Term(field, term) for field, term in key_values(given, option)]


async def _first(
    domo: Domo, text: str, entities: Sequence[str], filters: Sequence[Filter], nots: Sequence[Filter], limit: int
) -> tuple[list[SearchHit], int]:
    """Return the first hits by relevance, and how many there are in all."""
    hits: list[SearchHit] = []
    while True:
        answer = await domo.search.query(
            text,
            entities=entities,
            limit=min(_PAGE, limit - len(hits)),
            offset=len(hits),
            filters=filters,
            not_filters=nots,
        )
        hits += answer.hits
        if not answer.hits or len(hits) >= min(limit, answer.total_result_count):
            return hits, answer.total_result_count
