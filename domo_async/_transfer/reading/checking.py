"""CSV that an instance gives, looked at before it is written: it is whole, and has the columns that are due."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domo_async._transfer.csv.format import BYTE_ORDER_MARK
from domo_async._transfer.csv.splitter import RecordScanner
from domo_async._transfer.file_writer import Writer
from domo_async._transfer.reading.heading import HeaderFinder
from domo_async.errors import DecodeError, IncompleteAnswer, SourceError

__all__ = ["CheckingWriter"]


class CheckingWriter:
    """Looks at what a writer is given, in its thread, and hands it on: nothing, unless the header is what is due.

    Args:
        open_writer: Opens what to write to.
        names: The columns that are due; none where they are not known.
        header: Whether the header is written, too.

    Attributes:
        size: Bytes written.
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
        """Records, without the header."""
        return self._scanner.records - 1

    def opened(self) -> CheckingWriter:
        """Open the writer, and return this."""
        self._writer = self._open()
        return self

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write.

        Raises:
            DecodeError: It is not CSV of these columns.
        """
        if self._held is None:
            self._scan(pieces)
            self._hand_on(pieces)
            return
        self._held = b"".join([self._held, *pieces])
        self._begin(last=False)

    def close(self, *, whole: bool) -> None:
        """Let go.

        Raises:
            DecodeError: There is not even a header, or another.
            IncompleteAnswer: It ends within a record.
        """
        ended = False
        try:
            if whole:
                self._end()
                ended = True
        finally:
            self._writer.close(whole=ended)

    def _begin(self, *, last: bool) -> None:
        """Write what is held once the header is there, with enough behind it to see a mark."""
        content = self._held or b""
        end = self._finder.find(content, last=last)
        if not end or not (last or len(content) >= end + len(BYTE_ORDER_MARK)):
            return
        self._held = None
        self._scan([content])
        first = content if self._header else content[end:]
        # Whoever reads the file takes the first for a mark, where it may be a character.
        self._hand_on([BYTE_ORDER_MARK, first] if self._begins_with_character(first) else [first])

    def _begins_with_character(self, content: bytes) -> bool:
        """Return whether U+FEFF, with which the content begins, is part of a name or of a value."""
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
