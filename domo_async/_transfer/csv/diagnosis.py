"""The first error of a block of CSV and its line, found byte by byte once a scanner has rejected the block. Pure."""

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
    """CSV that can be read from the beginning but not split: quotes and line feeds do not show where records end."""


class StrayQuote(Unsplittable):
    """A quote stands inside an unquoted field, or a quoted field continues after its closing quote."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"in line {line} a quote stands inside an unquoted field, or text follows a closing quote;"
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
        line: The line where the record begins.
        found: The number of its fields.
        width: The expected number of fields.
        whose: The name of the thing that has that many columns.
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
        line: The line where its record begins, because only that line is certain.
    """
    return SourceError(f"a quoted field of the record that begins in line {line} is never closed", line=line)


def not_utf8(line: int) -> SourceError:
    """Return the error that bytes are not UTF-8.

    Args:
        line: The line of the bytes.
    """
    return SourceError(f"line {line} is not UTF-8; say which encoding the source has, or convert it", line=line)


def diagnose(
    block: bytes, state: ScanState, width: int | None, *, line: int, record: int, begun: int, undecodable: int | None
) -> SourceError:
    """Return the first error of a block that has one.

    Args:
        block: The block.
        state: The state before it.
        width: How many fields each record must have; None if that does not matter.
        line: The number of line feeds before it.
        record: The line where the record begins that continues in the block.
        begun: The number of that record's bytes before the block.
        undecodable: The position of the first bytes that are not UTF-8, if there are any.
    """
    found = _first_misfit(block, state, width, line, record, begun)
    if undecodable is not None and (found is None or undecodable < found[0]):
        return not_utf8(line + block.count(b"\n", 0, max(undecodable, 0)) + 1)
    assert found is not None, "a scanner reported an error that does not exist"  # noqa: S101 - blocks have one
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
