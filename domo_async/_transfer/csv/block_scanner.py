"""The scanner of blocks of CSV, in pure Python without I/O; `compiled` does the same at full speed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["AFTER_QUOTE", "BEFORE_QUOTE", "BlockScan", "BlockScanner", "FileScan", "ScanState"]

# The characters allowed on the outer side of a quote: the edge of its field, or another quote.
BEFORE_QUOTE = b',\n"'
AFTER_QUOTE = b',\r\n"'

_QUOTE, _RETURN, _FEED = b'"\r\n'
_NO_SEPARATORS = bytes(byte for byte in range(256) if byte not in b",\n")
# From outside quotes up to and with the next line feed outside quotes.
# Python 3.11.2 ends a possessive repeat of a group where its last, failed attempt broke off: not at its beginning if a
# repeat within it has matched by then.
_LINE = re.compile(rb'[^"\n]*+(?>(?:"[^"]*+"[^"\n]*+)*)\n')
_FIELD = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'
_END = rb"\r?\n"
_RECORD = re.compile(b"%b(?:,%b)*+%b" % (_FIELD, _FIELD, _END))
_ENDED_FIELD = re.compile(b"%b(?:,|%b)" % (_FIELD, _END))
# Most fields: without quotes inside.
_QUOTED, _UNQUOTED = rb'"[^"]*+"', rb'[^",\r\n]*+'
# About as many fields are matched by one call; up to as many fields of a record are spelt out, which is faster.
_MANY, _UNROLLED = 256, 64
# Of how many bytes one is a quote, on average, where matching is faster than splitting; and where that is looked at.
_DENSE = 16
_SAMPLE = 1 << 12


class ScanState(NamedTuple):
    """The scanner's state before a block.

    Attributes:
        in_quotes: Whether the bytes before the block end within a quoted field.
        last: The last byte before the block.
        commas: The delimiters so far in the record that continues in the block; not counted if widths do not matter.
    """

    in_quotes: bool = False
    last: int = _FEED
    commas: int = 0


class BlockScan(NamedTuple):
    """The result of scanning a block.

    Attributes:
        state: The state before the next block.
        ends: The number of line feeds outside quotes.
        last_end: The position of the last of them, if there is one.
        lines: The number of all line feeds.
        open_lines: The line feeds within the record that continues after the block.
        pairs: Whether the block has two adjacent quotes, or begins with a quote after one at the end of the last block.
            A scanner need not count those that are not an empty field.
        is_ascii: Whether it is known to be pure ASCII.
    """

    state: ScanState
    ends: int
    last_end: int
    lines: int
    open_lines: int
    pairs: bool
    is_ascii: bool


class FileScan(NamedTuple):
    """The result of scanning a range of a file.

    Attributes:
        length: The number of bytes that were scanned, which are whole characters without errors.
        found: The result for them.
        empties: The number of quoted empty fields, in the columns that were asked for, up to the last line feed outside
            quotes.
        all_empties: Their number in all bytes that were scanned.
    """

    length: int
    found: BlockScan
    empties: int = 0
    all_empties: int = 0


class BlockScanner:
    """Scans CSV block by block.

    Args:
        width: How many fields each record must have; None if that does not matter.
    """

    def __init__(self, width: int | None) -> None:
        self._record: bytes | None = None if width is None else b"," * (width - 1) + b"\n"
        self._width = width
        # For each field of an early record whether it is quoted; most records are like it.
        self._alike: tuple[bool, ...] | None = None

    def well_formed(self, block: bytes) -> int:
        """Return how many bytes of a block are known to be whole UTF-8 characters; the rest has to be decoded."""
        return len(block) if block.isascii() else 0

    def scan(self, block: bytes, state: ScanState) -> BlockScan | None:
        """Scan a block.

        Args:
            block: The block; not empty.
            state: The state before it.

        Returns:
            The result, or None if the block has an error: a quote amid an unquoted field, text after a quoted field, a
            carriage return alone between fields, or a record of another width.
        """
        if not state.in_quotes and state.last != _QUOTE and b'"' not in block:
            return self._unquoted(block, state)
        dense = block.count(b'"', 0, _SAMPLE) * _DENSE > min(len(block), _SAMPLE)
        found = self._matched(block, state) if dense else self._split(block, state)
        if found is None:
            return None
        ends, last_end, after = found
        pairs = b'""' in block or state.last == block[0] == _QUOTE
        return _block_scan(block, after, ends, last_end, lines=block.count(b"\n"), pairs=pairs)

    def scan_file(self, file: int, start: int, end: int, asked: bytes, state: ScanState) -> FileScan:  # noqa: ARG002 - see below
        """Scan a range of an open file without copying it into Python; this implementation cannot.

        Args:
            file: The file's descriptor.
            start: The offset at which the range begins.
            end: The offset at which it ends.
            asked: The columns in which quoted empty fields are counted, a byte for each; zero for the others. If there
                are any, a record begins at `start`.
            state: The state before it.

        Returns:
            The result. The rest has to be read and scanned as blocks; if the range begins with a byte order mark, that
            is all of it.
        """
        return FileScan(0, BlockScan(state, 0, -1, 0, 0, pairs=False, is_ascii=True))

    def _unquoted(self, block: bytes, state: ScanState) -> BlockScan | None:
        if _has_lone_return(block, block, state, in_quotes=False):
            return None
        found = self._separators(block, state.commas)
        if found is None:
            return None
        ends, commas = found
        state = ScanState(False, block[-1], commas)
        return _block_scan(block, state, ends, block.rfind(b"\n"), lines=ends, pairs=False)

    def _matched(self, block: bytes, state: ScanState) -> tuple[int, int, ScanState] | None:
        """Return what `_split` does, faster if there are many quotes: whole records are matched many at a time."""
        begun = block.find(b'"') + 1 if state.in_quotes else 0
        line = _LINE.match(block, begun) if begun or not state.in_quotes else None
        if line is None:
            return self._split(block, state)
        position = line.end()
        if self._split(block[:position], state) is None:
            return None
        records, state = 1, ScanState()
        if self._alike is None:
            self._alike = _quoted_fields(block, position)
        for pattern, count in _patterns(self._width, self._alike):
            while found := pattern.match(block, position):
                position = found.end()
                records += count
        if position == len(block):
            return records, position - 1, state
        # A record that goes on in the next block, or one with an error.
        rest = self._split(block[position:], state)
        return None if rest is None else (records + rest[0], position + rest[1], rest[2])

    def _split(self, block: bytes, state: ScanState) -> tuple[int, int, ScanState] | None:
        """Return the number of line feeds outside quotes, where the last one is, and the state; None on an error."""
        # Every other piece is outside quotes; a doubled quote leaves an empty piece.
        pieces = block.split(b'"')
        outside = pieces[state.in_quotes :: 2]
        in_quotes = state.in_quotes == (len(pieces) % 2 == 1)
        text = b"".join(outside)
        if not _all_at_edges(outside, state, cut_off=in_quotes) or _has_lone_return(
            text, block, state, in_quotes=in_quotes
        ):
            return None
        found = self._separators(text, state.commas)
        if found is None:
            return None
        ends, commas = found
        last_end = _last_line_end(block, pieces, in_quotes=in_quotes) if ends else -1
        return ends, last_end, ScanState(in_quotes, block[-1], commas)

    def _separators(self, text: bytes, before: int) -> tuple[int, int] | None:
        """Return the line ends and the delimiters after the last one; None if a record has too many or too few."""
        if self._record is None:
            return text.count(b"\n"), 0
        separators = b"," * before + text.translate(None, _NO_SEPARATORS)
        last = separators.rfind(b"\n") + 1
        ends = last // len(self._record)
        return (ends, len(separators) - last) if separators[:last] == self._record * ends else None


def _quoted_fields(block: bytes, position: int) -> tuple[bool, ...]:
    """Return for each field of the record at a position whether it is quoted."""
    record = _RECORD.match(block, position)
    return () if record is None else tuple(field[:1] == b'"' for field in _ENDED_FIELD.findall(record[0]))


@lru_cache(64)
def _patterns(width: int | None, alike: tuple[bool, ...]) -> list[tuple[re.Pattern[bytes], int]]:
    """Return patterns of whole records of a width, each with the number of records that it matches.

    Args:
        width: The width; None if it does not matter.
        alike: For each field whether it is quoted in most records, which are matched faster.
    """
    if width is None or width > _UNROLLED:
        more = b"(?:,%b)" % _FIELD + (b"*+" if width is None else b"{%d}" % (width - 1))
    else:
        more = (b"," + _FIELD) * (width - 1)
    record = _FIELD + more + _END
    if width == len(alike) <= _UNROLLED:
        usual = b",".join(_QUOTED if quoted else _UNQUOTED for quoted in alike) + _END
        record = b"(?>%b|%b)" % (usual, record)
    many = max(_MANY // (width or 10), 1)
    return [(re.compile(b"(?:%b){%d}" % (record, many)), many), (re.compile(record), 1)]


def _block_scan(block: bytes, state: ScanState, ends: int, last_end: int, *, lines: int, pairs: bool) -> BlockScan:
    return BlockScan(state, ends, last_end, lines, block.count(b"\n", last_end + 1), pairs, block.isascii())


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
        # If all fields are quoted, nearly all of these are a single comma.
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
    # A carriage return at the end is checked with the next block.
    undecided = not in_quotes and block[-1] == _RETURN
    return text.count(b"\r") != text.count(b"\r\n") + undecided


def _last_line_end(block: bytes, pieces: list[bytes], *, in_quotes: bool) -> int:
    """Return the position of the last line feed outside quotes; the block has one."""
    end = len(block)
    outside = not in_quotes
    for piece in reversed(pieces):
        start = end - len(piece)
        if outside and (found := block.rfind(b"\n", start, end)) >= 0:
            return found
        end = start - 1
        outside = not outside
    return -1
