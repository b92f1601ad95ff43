"""What a block of CSV with quotes holds. Pure, and without any other library; see `survey_numpy`."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BESIDE_QUOTES", "Survey", "count_line_feeds", "survey"]

# What may stand on the outer side of a quote: the end of its field, or another quote.
BESIDE_QUOTES = b',\n\r"'


class Survey(NamedTuple):
    """What a block with quotes holds.

    Attributes:
        ends: Line feeds outside quotes.
        last_end: The place of the last of them, if there is one.
        fits: Whether quotes stand only at the edges of fields.
        ends_in_quotes: Whether a quoted field goes on in the next block.
    """

    ends: int
    last_end: int
    fits: bool
    ends_in_quotes: bool


def count_line_feeds(block: bytes) -> int:
    """Return the number of line feeds in a block, those within quotes included."""
    return block.count(b"\n")


def survey(block: bytes, *, in_quotes: bool, previous: bytes) -> Survey:
    """Look at a block.

    Args:
        block: The block; not empty.
        in_quotes: Whether it begins within a quoted field.
        previous: The byte before it.
    """
    # Every other piece is outside quotes; a doubled quote leaves an empty one there.
    pieces = block.split(b'"')
    outside = pieces[in_quotes::2]
    ends_in_quotes = in_quotes == (len(pieces) % 2 == 1)
    ends = b"".join(outside).count(b"\n")
    return Survey(
        ends,
        _last_line_end(block, pieces, ends_in_quotes=ends_in_quotes) if ends else -1,
        _all_at_edges(outside, after_quote=in_quotes or previous == b'"', previous=previous, cut_off=ends_in_quotes),
        ends_in_quotes,
    )


def _all_at_edges(outside: list[bytes], *, after_quote: bool, previous: bytes, cut_off: bool) -> bool:
    """Return whether the pieces outside quotes leave all quotes at the edges of fields."""
    if not outside:
        return True
    first, last = outside[0] if after_quote else previous + outside[0], outside[-1]
    if len(outside) == 1:
        return _at_edges(first, after_quote=after_quote, before_quote=cut_off)
    return (
        _at_edges(first, after_quote=after_quote, before_quote=True)
        # Where all fields are quoted, nearly all of these are a lone comma.
        and all(_at_edges(piece, after_quote=True, before_quote=True) for piece in set(outside[1:-1]))
        and _at_edges(last, after_quote=True, before_quote=cut_off)
    )


def _at_edges(piece: bytes, *, after_quote: bool, before_quote: bool) -> bool:
    return not piece or (
        (not after_quote or piece[0] in BESIDE_QUOTES) and (not before_quote or piece[-1] in BESIDE_QUOTES)
    )


def _last_line_end(block: bytes, pieces: list[bytes], *, ends_in_quotes: bool) -> int:
    """Return the place of the last line feed outside quotes, of which there is one."""
    end = len(block)
    outside = not ends_in_quotes
    for piece in reversed(pieces):
        start = end - len(piece)
        if outside and (found := block.rfind(b"\n", start, end)) >= 0:
            return found
        end = start - 1
        outside = not outside
    return -1
