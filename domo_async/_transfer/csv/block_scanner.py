"""What a block of CSV holds. Pure, and in Python alone; see `compiled` for the same at full speed."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["AFTER_QUOTE", "BEFORE_QUOTE", "BlockScan", "BlockScanner", "ScanState"]

# What may stand beside a quote on its outer side: the edge of its field, or another quote.
BEFORE_QUOTE = b',\n"'
AFTER_QUOTE = b',\r\n"'

_QUOTE, _RETURN, _FEED = b'"\r\n'
_NO_SEPARATORS = bytes(byte for byte in range(256) if byte not in b",\n")


class ScanState(NamedTuple):
    """What is to be known of the bytes before a block.

    Attributes:
        in_quotes: Whether they end within a quoted field.
        last: The last of them.
        commas: How many delimiters the record that goes on has so far; not counted where widths do not matter.
    """

    in_quotes: bool = False
    last: int = _FEED
    commas: int = 0


class BlockScan(NamedTuple):
    """What a block holds.

    Attributes:
        state: What the next block has to know.
        ends: Line feeds outside quotes.
        last_end: The place of the last of them, if there is one.
        lines: All line feeds.
        open_lines: Line feeds within the record that goes on after the block.
        pairs: Whether two quotes stand side by side in it, or at its beginning and before.
        is_ascii: Whether it is known to be nothing but ASCII.
    """

    state: ScanState
    ends: int
    last_end: int
    lines: int
    open_lines: int
    pairs: bool
    is_ascii: bool


class BlockScanner:
    """Looks at one block after another.

    Args:
        width: How many fields each record must have; None if that does not matter.
    """

    def __init__(self, width: int | None) -> None:
        self._record: bytes | None = None if width is None else b"," * (width - 1) + b"\n"

    def well_formed(self, block: bytes) -> int:
        """Return how many bytes of a block are known to be whole characters of UTF-8; the rest is to be decoded."""
        return len(block) if block.isascii() else 0

    def scan(self, block: bytes, state: ScanState) -> BlockScan | None:
        """Look at a block.

        Args:
            block: The block; not empty.
            state: What is to be known of those before it.

        Returns:
            What it holds, or None if something in it does not fit: a quote amid an unquoted field, text after a quoted
            one, a carriage return alone between fields, a record of another width.
        """
        if not state.in_quotes and state.last != _QUOTE and b'"' not in block:
            return self._unquoted(block, state)
        # Every other piece is outside quotes; a doubled quote leaves an empty one there.
        pieces = block.split(b'"')
        outside = pieces[state.in_quotes :: 2]
        in_quotes = state.in_quotes == (len(pieces) % 2 == 1)
        text = b"".join(outside)
        if not _all_at_edges(outside, state, cut_off=in_quotes) or _has_lone_return(
            text, block, state, in_quotes=in_quotes
        ):
            return None
        ends = text.count(b"\n")
        commas = self._commas(text, state.commas, ends)
        if commas is None:
            return None
        last_end = _last_line_end(block, pieces, in_quotes=in_quotes) if ends else -1
        pairs = b'""' in block or state.last == block[0] == _QUOTE
        return _block_scan(block, ScanState(in_quotes, block[-1], commas), ends, last_end, pairs=pairs)

    def scan_file(self, file: int, start: int, end: int, state: ScanState) -> tuple[int, BlockScan]:  # noqa: ARG002 - see below
        """Look at a run of an open file, as far as that can be done without bringing it into Python: here, not at all.

        Args:
            file: The file's descriptor.
            start: Where the run begins.
            end: Where it ends.
            state: What is to be known of the bytes before it.

        Returns:
            How many bytes were looked at, whole characters in which everything fits, and what they hold. The others are
            to be read and looked at as blocks.
        """
        return 0, BlockScan(state, 0, -1, 0, 0, pairs=False, is_ascii=True)

    def _unquoted(self, block: bytes, state: ScanState) -> BlockScan | None:
        if _has_lone_return(block, block, state, in_quotes=False):
            return None
        ends = block.count(b"\n")
        commas = self._commas(block, state.commas, ends)
        if commas is None:
            return None
        return _block_scan(block, ScanState(False, block[-1], commas), ends, block.rfind(b"\n"), pairs=False)

    def _commas(self, text: bytes, before: int, ends: int) -> int | None:
        """Return the delimiters after the last line end, or None if a record has too many or too few."""
        if self._record is None:
            return 0
        separators = b"," * before + text.translate(None, _NO_SEPARATORS)
        last = separators.rfind(b"\n") + 1
        return len(separators) - last if separators[:last] == self._record * ends else None


def _block_scan(block: bytes, state: ScanState, ends: int, last_end: int, *, pairs: bool) -> BlockScan:
    lines, open_lines = block.count(b"\n"), block.count(b"\n", last_end + 1)
    return BlockScan(state, ends, last_end, lines, open_lines, pairs, block.isascii())


def _all_at_edges(outside: list[bytes], state: ScanState, *, cut_off: bool) -> bool:
    """Return whether the pieces outside quotes leave all quotes at the edges of fields."""
    if not outside:
        return True
    after_quote = state.in_quotes or state.last == _QUOTE
    first, last = outside[0] if after_quote else bytes([state.last]) + outside[0], outside[-1]
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
        (not after_quote or piece[0] in AFTER_QUOTE) and (not before_quote or piece[-1] in BEFORE_QUOTE)
    )


def _has_lone_return(text: bytes, block: bytes, state: ScanState, *, in_quotes: bool) -> bool:
    """Return whether a carriage return outside quotes is not followed by a line feed."""
    if not state.in_quotes and state.last == _RETURN and block[0] != _FEED:
        return True
    if b"\r" not in text:
        return False
    # What follows one at the end is seen in the next block.
    undecided = not in_quotes and block[-1] == _RETURN
    return text.count(b"\r") != text.count(b"\r\n") + undecided


def _last_line_end(block: bytes, pieces: list[bytes], *, in_quotes: bool) -> int:
    """Return the place of the last line feed outside quotes, of which there is one."""
    end = len(block)
    outside = not in_quotes
    for piece in reversed(pieces):
        start = end - len(piece)
        if outside and (found := block.rfind(b"\n", start, end)) >= 0:
            return found
        end = start - 1
        outside = not outside
    return -1
