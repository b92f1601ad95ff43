"""HTML in which nothing but what was written as HTML is HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["Html", "fill", "joined"]


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def fill(markup: str, /, **values: object) -> Html:
    """Return HTML with values in the places of their ``{name}``; values that are not HTML are escaped."""
    return Html(
        markup.format_map(
            {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
        )
    )


def joined(pieces: Iterable[Html]) -> Html:
    """Return pieces of HTML as one, a line each."""
    return Html("\n".join(pieces))
