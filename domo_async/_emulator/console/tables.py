"""The console's lists: which part of them is wanted, and how it is laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from domo_async._emulator.console.markup import Html, fill, joined

__all__ = ["SHOWN", "STATUSES", "PageQuery", "as_size", "as_text", "listed", "number", "rows", "turning"]

T = TypeVar("T")

SHOWN = 200
"""How many rows a page of a list has."""

STATUSES: Mapping[str, str] = {
    "": "All",
    "2": "2xx",
    "4": "4xx",
    "5": "5xx",
    "bad": "All errors",
    "none": "No answer",
}
"""The choices of statuses, and what they are called."""


@frozen
class PageQuery:
    """The part of the lists to show.

    Attributes:
        find: A text that the names of datasets must contain.
        filter: What "METHOD /path?query" of requests must have in it; ``*`` stands for anything.
        status: Which statuses requests must have, a key of `STATUSES`.
        chosen: The id of the dataset that the SQL is about.
        request: The number of the request whose bodies are to be seen.
        pages: Which page of each list, from 0.
    """

    find: str = ""
    filter: str = ""
    status: str = ""
    chosen: str = ""
    request: str = ""
    pages: Mapping[str, int] = field(factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PageQuery:
        """Return what a form's or a query's values ask for."""
        status = str(values.get("status", ""))
        pages: dict[str, int] = {}
        # The page that was turned to last counts.
        for turned in [*str(values.get("pages", "")).split(","), str(values.get("go", ""))]:
            name, _, page = turned.partition(":")
            if page.isdecimal() and len(page) < 9:
                pages[name] = int(page)
        return cls(
            find=str(values.get("find", "")).strip(),
            filter=str(values.get("filter", "")).strip(),
            status=status if status in STATUSES else "",
            chosen=str(values.get("chosen", "")),
            request=str(values.get("request", "") or values.get("seen", "")),
            pages=pages,
        )

    def about(self, dataset_id: str) -> PageQuery:
        """Return the same, with another dataset chosen."""
        return evolve(self, chosen=dataset_id)

    def written_pages(self) -> str:
        """Return the pages as the form keeps them."""
        return ",".join(f"{name}:{page}" for name, page in self.pages.items())


def listed(
    name: str,
    noun: str,
    items: Sequence[T],
    row: Callable[[T], Html],
    wanted: PageQuery,
    *,
    empty: str,
    plural: str = "",
) -> dict[str, Html]:
    """Return a page of a list and what stands below it.

    Args:
        name: The list's name.
        noun: The word for one of them.
        items: All of it.
        row: Makes a row.
        wanted: Which page.
        empty: The hint to show if there is nothing.
        plural: The word for several, if it is not the noun with an s.
    """
    nouns = plural or f"{noun}s"
    page = min(wanted.pages.get(name, 0), max(len(items) - 1, 0) // SHOWN)
    begin = page * SHOWN
    shown = items[begin : begin + SHOWN]
    if len(items) <= SHOWN:
        foot = fill("{count} {noun}.", count=number(len(items)), noun=noun if len(items) == 1 else nouns)
    else:
        html = fill(
            "{first} to {last} of {count} {nouns}.",
            first=number(begin + 1),
            last=number(begin + len(shown)),
            count=number(len(items)),
            nouns=nouns,
        )
        foot = joined([html, turning(name, nouns, page, more=begin + len(shown) < len(items))])
    return {name: rows(map(row, shown), empty), f"{name}_foot": foot}


def turning(name: str, nouns: str, page: int, *, more: bool) -> Html:
    """Return the buttons that turn to the pages beside one."""
    markup = (
        '<button class="small" form="look" name="go" value="{name}:{page}" aria-label="{text} {nouns}">{text}</button>'
    )
    buttons = []
    if page:
        buttons.append(fill(markup, name=name, page=page - 1, nouns=nouns, text=f"Previous {SHOWN}"))
    if more:
        buttons.append(fill(markup, name=name, page=page + 1, nouns=nouns, text=f"Next {SHOWN}"))
    return joined(buttons)


def rows(made: Iterable[Html], empty: str) -> Html:
    """Return rows, or one that says what to do where there are none."""
    return joined(made) or fill('<tr><td class="nothing" colspan="9">{empty}</td></tr>', empty=empty)


def number(value: float) -> str:
    """Return a number as people read it."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def as_size(count: int) -> str:
    """Return a number of bytes as people read it."""
    if count < 10_000:
        return f"{number(count)} B"
    return f"{count / 1e3:.0f} kB" if count < 10_000_000 else f"{count / 1e6:.1f} MB"


def as_text(time: object) -> str:
    """Return an ISO 8601 time as the lists show it."""
    return str(time or "")[:19].replace("T", " ")
