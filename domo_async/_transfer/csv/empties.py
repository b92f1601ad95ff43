"""Quoted empty fields, rewritten as NULL. In pure Python without I/O; `compiled` does the same at full speed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

__all__ = ["EmptyFields"]

_QUOTE, _COMMA = b'",'
# Stands for a pair of quotes in a record's shape: a byte that does not occur in UTF-8.
_MARK = b"\xff"
_NO_SHAPE = bytes(byte for byte in range(256) if byte not in b'",\n' + _MARK)


class EmptyFields:
    """Removes the quotes of empty fields in columns where an empty field means NULL.

    It takes CSV that a `RecordScanner` has accepted: whole records, the last one with its line end.

    Args:
        columns: The indices of these columns.

    Attributes:
        asked: A byte for each column up to the last of them: one if it is one of them, else zero.
    """

    # How many bytes are worth a step.
    _least = 1

    def __init__(self, columns: Sequence[int]) -> None:
        self.asked: bytes = bytes(index in columns for index in range(max(columns, default=-1) + 1))

    def left_out(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the same CSV without those quotes.

        Args:
            blocks: The bytes from the beginning of a record to the end of a record, cut anywhere.
        """
        waiting: list[bytes] = []
        length, enough = 0, self._least
        for block in blocks:
            waiting.append(block)
            length += len(block)
            # An incomplete record is scanned again once its size has doubled.
            if length >= enough:
                text = b"".join(waiting)
                written, end = self._left_out(text)
                if end:
                    yield written
                waiting, length = [text[end:]], length - end
                enough = max(2 * length, self._least)
        if length:
            yield self._left_out(b"".join(waiting))[0]

    def _left_out(self, text: bytes) -> tuple[bytes, int]:
        """Return whole records without those quotes, and the position after the last of them in a text.

        Args:
            text: The text, from the beginning of a record on.
        """
        pieces = text.split(b'""')
        if not _has_empty(pieces):
            end = _end_of_records(text)
            return text[:end], end
        # The shape of each record; nearly all records share a few shapes.
        lines = _MARK.join(pieces).translate(None, _NO_SHAPE).split(b"\n")
        lines.pop()
        incomplete = 1
        known: dict[bytes, list[bytes]] = {}
        between: list[bytes] = []
        each = iter(lines)
        for line in each:
            pairs = known.get(line)
            if pairs is None:
                record, quotes = [line], line.count(b'"')
                while quotes % 2 and (more := next(each, None)) is not None:
                    record.append(more)
                    quotes += more.count(b'"')
                if quotes % 2:
                    incomplete += len(record)
                    break
                shape = b"\n".join(record)
                pairs = known[shape] = _pairs(shape, self.asked)
            # Most records have none.
            if pairs:
                between += pairs
        end = len(text)
        for _ in range(incomplete):
            end = text.rfind(b"\n", 0, end)
        end += 1
        between += [b'""'] * (len(pieces) - 1 - len(between))
        written = [b""] * (2 * len(pieces) - 1)
        written[::2], written[1::2] = pieces, between
        return b"".join(written)[: end - len(text) or None], end


@lru_cache(64)
def _pairs(record: bytes, asked: bytes) -> list[bytes]:
    """Return the replacement of each pair of quotes in a record's shape."""
    pairs = []
    in_quotes, column = False, 0
    edges = b"," + record + b","
    for offset, byte in enumerate(record, 1):
        if byte == _QUOTE:
            in_quotes = not in_quotes
        elif byte == _COMMA:
            column += not in_quotes
        elif byte == _MARK[0]:
            empty = not in_quotes and edges[offset - 1] == edges[offset + 1] == _COMMA
            pairs.append(b"" if empty and column < len(asked) and asked[column] else b'""')
    return pairs


def _end_of_records(text: bytes) -> int:
    """Return the position after the last line feed with an even number of quotes before it; 0 if there is none."""
    end = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, end)
    while quotes % 2:
        before = text.rfind(b"\n", 0, end - 1) + 1
        quotes -= text.count(b'"', before, end)
        end = before
    return end


def _has_empty(pieces: list[bytes]) -> bool:
    """Return whether any of the pairs of quotes between pieces of text may be an empty field."""
    last = len(pieces) - 1
    return any(
        (before[-1:] in {b",", b"\n"} or (place == 0 and not before))
        and (after[:1] in {b",", b"\r", b"\n"} or (place + 1 == last and not after))
        for place, (before, after) in enumerate(pairwise(pieces))
    )
