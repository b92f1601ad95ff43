"""`domo-async api`: any request at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from attrs import field, frozen

from domo_async import UNSET, ConfigError, DecodeError, Domo, ListIncomplete
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption
from domo_async._cli.common.json_query import QueryOption
from domo_async._cli.common.output import print_json
from domo_async._cli.common.values import json_of, key_values, text_of
from domo_async._transport.pager import PageData, by_offset

__all__ = ["api"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PAGE = 50
# The names that routes give to the offset and the size of a page.
_OFFSETS = ("offset", "skip")
_SIZES = ("limit", "count", "pageSize")
# The names of the number of items of all pages, in the answer or in its "_metaData"; the first one counts.
_TOTALS = ("totalFilteredCount", "totalResultCount", "totalCount", "totalHits", "total")
_HOW = (
    "name the offset and the size of a page as the route calls them, in the body or by --param, such as"
    " -p offset=0 -p limit=50"
)


@frozen
class _Item:
    """An item of a list, which can be compared by its text."""

    text: str
    value: Any = field(eq=False)

    @classmethod
    def of(cls, value: Any) -> _Item:
        """Return a value as an item."""
        return cls(json.dumps(value, sort_keys=True, default=str), value)


def api(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="The HTTP method, such as GET.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="The path, such as /api/data/v3/datasources.")],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="KEY=VALUE", help="A query parameter; may be repeated."),
    ] = None,
    json_body: Annotated[str | None, typer.Option("--json-body", metavar="JSON", help="The request's body.")] = None,
    input: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE", help="A JSON file with the request's body; - reads standard input."),
    ] = None,
    paginate: Annotated[
        bool,
        typer.Option(
            "--paginate",
            help="Request all pages, and print one list. Pages are requested with the parameters offset or skip,"
            " and limit, count or pageSize, as --param or the body names them; by default with offset and limit in"
            " the query.",
        ),
    ] = False,
    items: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="With --paginate: the key of the list, if an answer has several lists."),
    ] = None,
    _query: QueryOption = None,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Send any request, with the token, retries and errors of the library, and print the JSON answer."""
    if json_body is not None and input is not None:
        raise typer.BadParameter("choose one of --json-body and --input")
    if paginate and method.upper() not in {"GET", "POST"}:
        raise typer.BadParameter(f"pages are read by GET or POST, not by {method}", param_hint="--paginate")
    params: dict[str, Any] = {}
    for key, value in key_values(param or (), "--param"):
        params.setdefault(key, []).append(value)
    body = UNSET if json_body is None else json_of(json_body, "--json-body")
    if input is not None:
        body = json_of(text_of(input if input == "-" else f"@{input}"), "--input")

    async def work(domo: Domo) -> object:
        answer: object = await domo.request(method, path, params=params, json=body)
        return answer

    async def pages(domo: Domo) -> object:
        return await _all_items(domo, method, path, params, body, items)

    changed = method.upper() not in _READING
    print_json(call(pages if paginate else work, instance, token_file, debug=debug, changed=changed))


async def _all_items(
    domo: Domo, method: str, path: str, params: Mapping[str, Any], body: Any, items: str | None
) -> list[Any]:
    """Return what is on all pages.

    Raises:
        ConfigError: An answer has no list, or several and nobody says which.
        ListIncomplete: The instance says that there are more.
    """
    fields: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    in_body = any(key in fields for key in (*_OFFSETS, *_SIZES))
    given = fields if in_body else params
    offset_key = next((key for key in _OFFSETS if key in given), _OFFSETS[0])
    size_key = next((key for key in _SIZES if key in given), _SIZES[0])

    before: list[_Item] = []

    async def fetch(offset: int, count: int) -> PageData[_Item]:
        nonlocal before
        asked = {offset_key: offset, size_key: count}
        answer = await domo.request(
            method,
            path,
            params=params if in_body else {**params, **asked},
            json={**fields, **asked} if in_body else body,
            # A route that takes pages reads.
            idempotent=True,
        )
        page, total = [_Item.of(each) for each in _items(answer, items)], _total(answer)
        if total is not None and page and page == before and len(page) < total:
            raise ListIncomplete(
                f"the list has {total} items, but the route gave the same {len(page)} for {offset_key}={offset} as"
                " before",
                total=total,
                given=len(page),
            )
        before = page
        return PageData(page, total=total)

    found = by_offset(
        fetch,
        page_size=_number(given.get(size_key), _PAGE, size_key),
        assured=1,
        offset=_number(given.get(offset_key), 0, offset_key),
        paged=False,
    )
    try:
        return [item.value for item in await found.all()]
    except (ListIncomplete, DecodeError) as error:
        error.add_note(_HOW)
        raise


def _total(answer: Any) -> int | None:
    """Return the number of items of all pages, if the answer has it."""
    top = answer if isinstance(answer, Mapping) else {}
    more = top.get("_metaData")
    objects = [top, more if isinstance(more, Mapping) else {}]
    found = (each.get(name) for name in _TOTALS for each in objects)
    return next((each for each in found if isinstance(each, int) and not isinstance(each, bool)), None)


def _number(given: Any, otherwise: int, name: str) -> int:
    value = given[-1] if isinstance(given, list) else given
    try:
        return otherwise if value is None else int(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} must be a whole number, not {value!r}") from None


def _items(answer: Any, key: str | None) -> list[Any]:
    """Return the list in an answer."""
    lists = (
        {name: value for name, value in answer.items() if isinstance(value, list)} if isinstance(answer, dict) else {}
    )
    if key is None and isinstance(answer, list):
        return answer
    if key is None and len(lists) == 1:
        return next(iter(lists.values()))
    if key in lists:
        return lists[key]
    has = f"it has lists in {', '.join(lists)}: name one with --items" if lists else "it has no list"
    raise ConfigError(f"--paginate does not know what to put together from the answer: {has}")
