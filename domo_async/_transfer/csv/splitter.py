"""Where a CSV may be cut: after a line end that is not inside a quoted field. Pure."""

from __future__ import annotations

import codecs

from domo_async._transfer.csv.block_scanner import BlockScan, ScanState
from domo_async._transfer.csv.diagnosis import (
    LoneReturn,
    MarkAtCut,
    StrayQuote,
    Unsplittable,
    diagnose,
    never_closed,
    not_utf8,
    wrong_width,
)
from domo_async._transfer.csv.fastest import block_scanner

__all__ = ["BLOCK", "LoneReturn", "MarkAtCut", "RecordScanner", "StrayQuote", "Unsplittable"]

BLOCK = 1 << 19
"""How many bytes are best read at a time.

Of fewer, what each step costs besides counts for more; what is made of more no longer stays in the processor's cache.
"""

_RETURN = ord("\r")


class RecordScanner:
    """Reads CSV block by block, checks and counts its records, and knows the last place where it may be cut.

    Quotes are judged by parity, which holds for RFC 4180; what would put every cut after it in doubt is refused as
    `Unsplittable`. All errors are the same however the bytes are cut into blocks, and leave the scanner as it was.

    Args:
        line: The number of lines before the first block, for messages.
        width: How many fields each record must have; None if that does not matter. An empty line is a single field.
        asked: The columns in which `skim` counts quoted empty fields, see `EmptyFields`.

    Attributes:
        position: Bytes read.
        cut: Bytes up to and with the last line end that ends a record; 0 where there is none yet.
        records: Records that end at or before `cut`.
        lines: Line ends read, those within quoted fields included, and those before the first block.
        lines_at_cut: Those of them up to `cut`.
        ends_line: Whether the bytes up to `cut` end with a line end, as all records but a last one do.
        pairs: Whether two quotes stand side by side anywhere. If not, no field in quotes is empty.
        empties: The quoted empty fields up to `cut` in the columns that were asked for; None if they were not counted,
            because not all was read by a single `skim`.
    """

    def __init__(self, line: int = 0, width: int | None = None, asked: bytes = b"") -> None:
        self.position: int = 0
        self.cut: int = 0
        self.records: int = 0
        self.lines: int = line
        self.lines_at_cut: int = line
        self.ends_line: bool = True
        self.pairs: bool = False
        self.empties: int | None = None
        self._width = width
        self._asked = asked
        self._all_empties: int | None = None
        self._scanner = block_scanner(width)
        self._state = ScanState()
        self._character = b""

    def feed(self, block: bytes) -> None:
        """Read the next bytes, of any length.

        Raises:
            StrayQuote: A quote stands inside an unquoted field, or text after a quoted one.
            LoneReturn: A carriage return stands between fields without a line feed.
            SourceError: A record is of another width, or the bytes are no UTF-8. Each names the line.
        """
        if len(block) <= BLOCK:
            self._feed(block)
            return
        for start in range(0, len(block), BLOCK):
            self._feed(block[start : start + BLOCK])

    def skim(self, file: int, start: int, end: int) -> None:
        """Read the next bytes in an open file, as far as that can be done without Python; the others are to be fed.

        Args:
            file: The file's descriptor.
            start: Where in the file they begin.
            end: Where the last of them ends.
        """
        if not self._character:
            first = self.position == 0
            asked = self._asked if first else b""
            length, found, empties, all_empties = self._scanner.scan_file(file, start, end, asked, self._state)
            self._take(found, length)
            if first and length == end - start:
                self.empties, self._all_empties = empties, all_empties

    def finish(self) -> None:
        """Check the rest after the last bytes; a last record without a line end counts.

        Raises:
            LoneReturn: The last byte is a carriage return.
            SourceError: A quoted field was never closed, the last record is of another width, or the bytes end within
                a character. Each names the line.
        """
        if self._character:
            raise not_utf8(self.lines + 1)
        if self._state.in_quotes:
            raise never_closed(self.lines_at_cut + 1)
        if self._state.last == _RETURN:
            raise LoneReturn(self.lines + 1)
        if self.position > self.cut:
            if self._width is not None and self._state.commas != self._width - 1:
                raise wrong_width(self.lines_at_cut + 1, self._state.commas + 1, self._width)
            self.records += 1
            self.cut, self.lines_at_cut, self.ends_line = self.position, self.lines, False
            self.empties = self._all_empties

    def _feed(self, block: bytes) -> None:
        if not block:
            return
        found = self._scanner.scan(block, self._state)
        character, undecodable = b"", None
        if found is None or self._character or not found.is_ascii:
            character, undecodable = self._decoded(block)
        if found is None or undecodable is not None:
            raise diagnose(
                block,
                self._state,
                self._width,
                line=self.lines,
                record=self.lines_at_cut + 1,
                begun=self.position - self.cut,
                undecodable=undecodable,
            )
        self._take(found, len(block))
        self._character = character

    def _take(self, found: BlockScan, length: int) -> None:
        self.empties = self._all_empties = None
        self.lines += found.lines
        self.pairs |= found.pairs
        if found.ends:
            self.records += found.ends
            self.cut = self.position + found.last_end + 1
            self.lines_at_cut = self.lines - found.open_lines
        self.position += length
        self._state = found.state

    def _decoded(self, block: bytes) -> tuple[bytes, int | None]:
        """Return the beginning of a character that the block ends in, and where it is not UTF-8."""
        held = self._character + block
        rest = held[self._scanner.well_formed(held) :]
        try:
            _, end = codecs.utf_8_decode(rest)
        except UnicodeDecodeError as error:
            return b"", len(block) - len(rest) + error.start
        return rest[end:], None
