"""What is wrong with a block of CSV, and where: byte by byte, once it is known that something is. Pure."""

from __future__ import annotations

from domo_async._transfer.csv.block_scanner import AFTER_QUOTE, BEFORE_QUOTE, ScanState
from domo_async.errors import SourceError

__all__ = [
    "BlankLine",
    "LoneReturn",
    "MarkAtCut",
    "StrayQuote",
    "Unsplittable",
    "diagnose",
    "never_closed",
    "not_utf8",
    "wrong_width",
]

_QUOTE, _COMMA, _RETURN, _FEED = b'",\r\n'


class Unsplittable(SourceError):
    """What can be read from its beginning on, but not cut: quotes and line feeds do not tell where records end."""


class StrayQuote(Unsplittable):
    """A quote stands inside an unquoted field, or a quoted field goes on after its end."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"in line {line} a quote stands inside an unquoted field, or a quoted field goes on after its end;"
            ' quote the field and double the quote: "like ""this"""',
            line=line,
        )


class LoneReturn(Unsplittable):
    """A carriage return stands outside quotes without a line feed after it."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"in line {line} a carriage return stands alone; end lines with LF or CRLF, and quote fields that hold one",
            line=line,
        )


class MarkAtCut(Unsplittable):
    """A part would begin with U+FEFF, which would be taken for a byte order mark."""

    def __init__(self) -> None:
        super().__init__("a record begins with U+FEFF; put its first field in quotes")


def wrong_width(line: int, found: int, width: int, whose: str = "the dataset") -> SourceError:
    """Return the error that a record has too many or too few fields.

    Args:
        line: The line where it begins.
        found: How many it has.
        width: How many are due.
        whose: What has as many.
    """
    return SourceError(
        f"line {line}: {_fields(found)}, {whose} has {width} column{'s' * (width != 1)};"
        " give each record one field for each column",
        line=line,
    )


class BlankLine(Unsplittable):
    """An empty line stands among records of several fields; it is a record of a wrong width, or none at all."""

    def __init__(self, line: int, width: int) -> None:
        super().__init__(wrong_width(line, 1, width).message, line=line)


def never_closed(line: int) -> SourceError:
    """Return the error that the source ends within a quoted field.

    Args:
        line: The line where its record begins, since only that is sure.
    """
    return SourceError(f"a quoted field of the record that begins in line {line} is never closed", line=line)


def not_utf8(line: int) -> SourceError:
    """Return the error that bytes are not UTF-8.

    Args:
        line: The line where they stand.
    """
    return SourceError(f"line {line} is not UTF-8; say which encoding the source has, or convert it", line=line)


def diagnose(
    block: bytes, state: ScanState, width: int | None, *, line: int, record: int, begun: int, undecodable: int | None
) -> SourceError:
    """Return what is wrong first in a block in which something is.

    Args:
        block: The block.
        state: What is to be known of the bytes before it.
        width: How many fields each record must have; None if that does not matter.
        line: How many line feeds there are before it.
        record: The line where the record begins that goes on in it.
        begun: How many bytes that record has before the block.
        undecodable: The place of the first bytes that are not UTF-8, if there are any.
    """
    found = _first_misfit(block, state, width, line, record, begun)
    if undecodable is not None and (found is None or undecodable < found[0]):
        return not_utf8(line + block.count(b"\n", 0, max(undecodable, 0)) + 1)
    assert found is not None, "a scanner saw what is not there"  # noqa: S101 - or else nothing is wrong
    return found[1]


def _first_misfit(
    block: bytes, state: ScanState, width: int | None, line: int, record: int, length: int
) -> tuple[int, SourceError] | None:
    in_quotes, last, commas = state
    for offset, byte in enumerate(block):
        if in_quotes:
            in_quotes = byte != _QUOTE
        elif last == _QUOTE and byte not in AFTER_QUOTE:
            return offset, StrayQuote(line + 1)
        elif last == _RETURN and byte != _FEED:
            return offset, LoneReturn(line + 1)
        elif byte == _QUOTE:
            if last not in BEFORE_QUOTE:
                return offset, StrayQuote(line + 1)
            in_quotes = True
        elif byte == _COMMA:
            commas += 1
        elif byte == _FEED:
            if width is not None and commas != width - 1:
                blank = length == (last == _RETURN)
                return offset, BlankLine(line + 1, width) if blank else wrong_width(record, commas + 1, width)
            commas, record, length = 0, line + 2, -1
        length += 1
        line += byte == _FEED
        last = byte
    return None


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
