"""Where a CSV may be cut: after a line end that is not inside a quoted field. Pure."""

from __future__ import annotations

import csv
import io
import re

from domo_async.errors import SourceError

try:
    import numpy as np
except ImportError:  # the extra `fast`; everything works without
    np = None  # type: ignore[assignment]

__all__ = ["RecordScanner", "parse_record"]

_QUOTED = re.compile(rb'"[^"]*"')
# A quote may only stand at a field's edge. `_QUOTED` pieces are collapsed to one quote before this is asked.
_STRAY = re.compile(rb'[^,\n\r"]"|"[^,\n\r"]')


def _count_line_feeds(block: bytes) -> int:
    # bytes.count goes a byte at a time; numpy compares whole registers.
    if np is None:
        return block.count(b"\n")
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == 10))


class RecordScanner:
    """Reads CSV block by block, counts its records and knows the last place where it may be cut.

    Quotes are judged by parity, which holds for RFC 4180; a quote inside an unquoted field, which would put every cut
    after it in doubt, is refused. The fast path, a block without any quote, costs little more than reading it.

    Args:
        line: The number of lines before the first block, for messages.

    Attributes:
        position: Bytes read.
        cut: Bytes up to and with the last line end that ends a record; 0 where there is none yet.
        records: Records that end at or before `cut`.
        lines: Line ends read, those within quoted fields included, and those before the first block.
    """

    def __init__(self, line: int = 0) -> None:
        self.position = 0
        self.cut = 0
        self.records = 0
        self.lines = line
        self._in_quotes = False
        self._opened_at = 0
        self._last = b"\n"

    def feed(self, block: bytes) -> None:
        """Read the next bytes, of any length.

        Raises:
            SourceError: A quote stands inside an unquoted field; names the line.
        """
        if not block:
            return
        if not self._in_quotes and self._last != b'"' and block.find(b'"') < 0:
            self._feed_unquoted(block)
        else:
            self._feed_quoted(block)
        self.position += len(block)

    def finish(self) -> None:
        """Say that there are no more bytes; a last record without a line end counts.

        Raises:
            SourceError: A quoted field was never closed; names the line on which it begins.
        """
        if self._in_quotes:
            raise SourceError(
                f"the quoted field that begins in line {self._opened_at} is never closed",
                line=self._opened_at,
            )
        if self.position > self.cut:
            self.records += 1
            self.cut = self.position

    def _feed_unquoted(self, block: bytes) -> None:
        ends = _count_line_feeds(block)
        if ends:
            self.records += ends
            self.lines += ends
            self.cut = self.position + block.rfind(b"\n") + 1
        self._last = block[-1:]

    def _feed_quoted(self, block: bytes) -> None:
        start = 0
        if self._in_quotes:
            closing = block.find(b'"')
            if closing < 0:
                self.lines += _count_line_feeds(block)
                return
            start = closing + 1
        end = len(block)
        opens = block.count(b'"', start) % 2 == 1
        if opens:
            end = block.rfind(b'"')
        # What is outside quotes, each quoted piece shrunk to a single quote, with its neighbours on either side.
        outside = (b'"' if self._in_quotes else self._last) + _QUOTED.sub(b'"', block[start:end])
        if opens:
            outside += b'"'
        if _STRAY.search(outside):
            self._refuse(block, start, end)
        before = self._in_quotes
        self.records += _count_line_feeds(outside) - (not before and self._last == b"\n")
        last_end = _last_line_end(block, start, end)
        if last_end >= 0:
            self.cut = self.position + last_end + 1
        if opens:
            self._opened_at = self.lines + block.count(b"\n", 0, end) + 1
        self.lines += _count_line_feeds(block)
        self._in_quotes = opens
        self._last = outside[-1:]

    def _refuse(self, block: bytes, start: int, end: int) -> None:
        """Find the stray quote that is known to be there and name its line."""
        allowed = b',\n\r"'
        previous = b'"' if self._in_quotes else self._last
        pieces = [(start, start)] if previous == b'"' else []
        pieces += [match.span() for match in _QUOTED.finditer(block, start, end)]
        if end < len(block):
            pieces.append((end, len(block)))
        at = start
        for opening, closing in pieces:
            at = opening
            left = block[opening - 1 : opening] if opening > start else previous
            if left not in allowed:
                break
            if block[closing : closing + 1] not in allowed:
                at = closing
                break
        line = self.lines + block.count(b"\n", 0, at) + 1
        raise SourceError(
            f"in line {line} a quote stands inside an unquoted field, or a quoted field goes on after its end;"
            ' quote the field and double the quote: "like ""this"""',
            line=line,
        )


def _last_line_end(block: bytes, start: int, end: int) -> int:
    """Return the place of the last line feed in ``block[start:end]`` that is outside quotes, or -1."""
    while True:
        closing = block.rfind(b'"', start, end)
        found = block.rfind(b"\n", max(closing + 1, start), end)
        if found >= 0 or closing < 0:
            return found
        end = block.rfind(b'"', start, closing)


def parse_record(text: str) -> list[str]:
    """Return the fields of one CSV record."""
    return next(csv.reader(io.StringIO(text, newline="")), [])
