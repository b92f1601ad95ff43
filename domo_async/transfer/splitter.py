"""Where a CSV may be cut: after a line end that is not inside a quoted field. Pure."""

from __future__ import annotations

import csv
import io
from typing import NoReturn

from domo_async.errors import SourceError
from domo_async.transfer.survey import BESIDE_QUOTES

try:
    from domo_async.transfer.survey_numpy import count_line_feeds, survey
except ImportError:  # without the extra `fast`
    from domo_async.transfer.survey import count_line_feeds, survey

__all__ = ["RecordScanner", "parse_record"]


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
        self.position: int = 0
        self.cut: int = 0
        self.records: int = 0
        self.lines: int = line
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
        ends = count_line_feeds(block)
        if ends:
            self.records += ends
            self.lines += ends
            self.cut = self.position + block.rfind(b"\n") + 1
        self._last = block[-1:]

    def _feed_quoted(self, block: bytes) -> None:
        found = survey(block, in_quotes=self._in_quotes, previous=self._last)
        if not found.fits:
            self._refuse(block)
        if found.ends:
            self.records += found.ends
            self.cut = self.position + found.last_end + 1
        if found.ends_in_quotes and b'"' in block:
            self._opened_at = self.lines + block.count(b"\n", 0, block.rfind(b'"')) + 1
        self.lines += count_line_feeds(block)
        self._in_quotes = found.ends_in_quotes
        self._last = block[-1:]

    def _refuse(self, block: bytes) -> NoReturn:
        """Find the stray quote that is known to be there and name its line."""
        at = 0
        quoted = self._in_quotes
        closed_before = self._last == b'"' and not quoted
        if not closed_before or block[0] in BESIDE_QUOTES:
            while (at := block.find(b'"', at)) >= 0:
                beside = block[at + 1 : at + 2] if quoted else (block[at - 1 : at] if at else self._last)
                if beside not in BESIDE_QUOTES:
                    break
                quoted = not quoted
                at += 1
        line = self.lines + block.count(b"\n", 0, at) + 1
        raise SourceError(
            f"in line {line} a quote stands inside an unquoted field, or a quoted field goes on after its end;"
            ' quote the field and double the quote: "like ""this"""',
            line=line,
        )


def parse_record(text: str) -> list[str]:
    """Return the fields of one CSV record."""
    return next(csv.reader(io.StringIO(text, newline="")), [])
