"""Checks of an instance's CSV before it is written: it must be complete and have the expected columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domo_async._transfer.csv.format import BYTE_ORDER_MARK
from domo_async._transfer.csv.splitter import RecordScanner
from domo_async._transfer.file_writer import Writer
from domo_async._transfer.reading.heading import HeaderFinder
from domo_async.errors import DecodeError, IncompleteAnswer, SourceError

__all__ = ["CheckingWriter"]


class CheckingWriter:
    """Checks CSV in the writer's thread and passes it on; nothing is written unless the header is as expected.

    Args:
        open_writer: Opens the writer.
        names: The expected columns; empty if they are not known.
        header: Whether the header is written, too.

    Attributes:
        size: The number of bytes written.
    """

    def __init__(self, open_writer: Callable[[], Writer], names: Sequence[str], *, header: bool) -> None:
        self.size: int = 0
        self._open = open_writer
        self._header = header
        self._marked = bool(names) and names[0].startswith(BYTE_ORDER_MARK.decode())
        self._finder = HeaderFinder(names)
        self._held: bytes | None = b""
        self._scanner = RecordScanner(width=len(names) or None)

    @property
    def rows(self) -> int:
        """The number of records, without the header."""
        return self._scanner.records - 1

    def opened(self) -> CheckingWriter:
        """Open the writer, and return self."""
        self._writer = self._open()
        return self

    def write(self, pieces: Sequence[bytes]) -> None:
        """Check and write bytes.

        Raises:
            DecodeError: They are not CSV with these columns.
        """
        if self._held is None:
            self._scan(pieces)
            self._hand_on(pieces)
            return
        self._held = b"".join([self._held, *pieces])
        self._begin(last=False)

    def close(self, *, whole: bool) -> None:
        """Check the end, and close the writer.

        Raises:
            DecodeError: The header is missing or has other columns.
            IncompleteAnswer: The CSV ends within a record.
        """
        ended = False
        try:
            if whole:
                self._end()
                ended = True
        finally:
            self._writer.close(whole=ended)

    def _begin(self, *, last: bool) -> None:
        """Write the held bytes once the header is complete and enough bytes follow to detect a byte order mark."""
        content = self._held or b""
        end = self._finder.find(content, last=last)
        if not end or not (last or len(content) >= end + len(BYTE_ORDER_MARK)):
            return
        self._held = None
        self._scan([content])
        first = content if self._header else content[end:]
        # Readers of the file take a leading U+FEFF for a byte order mark, although it may be a character.
        self._hand_on([BYTE_ORDER_MARK, first] if self._begins_with_character(first) else [first])

    def _begins_with_character(self, content: bytes) -> bool:
        """Return whether the U+FEFF at the beginning of the content is part of a name or of a value."""
        if not content.startswith(BYTE_ORDER_MARK):
            return False
        return not self._header or (self._marked and not content.startswith(BYTE_ORDER_MARK * 2))

    def _end(self) -> None:
        if self._held is not None:
            self._begin(last=True)
        try:
            self._scanner.finish()
        except SourceError as error:
            raise IncompleteAnswer(f"the answer broke off: {error}") from None

    def _scan(self, pieces: Sequence[bytes]) -> None:
        try:
            for piece in pieces:
                self._scanner.feed(piece)
        except SourceError as error:
            raise DecodeError(f"the answer is not CSV: {error}") from None

    def _hand_on(self, pieces: Sequence[bytes]) -> None:
        self._writer.write(pieces)
        self.size += sum(map(len, pieces))
