"""CSV of any dialect, read exactly and written as Domo reads it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter

from domo_async.errors import ConfigError, SourceError
from domo_async.transfer.csv.diagnosis import never_closed, wrong_width
from domo_async.transfer.csv.dialects import Decoder, Grammar, line_ends
from domo_async.transfer.part import Block

__all__ = ["Rewriter", "first_fields", "records"]


class Rewriter:
    """Reads CSV record by record, and writes it with commas, in UTF-8 and with line feeds.

    It reads leniently where the meaning is clear: a quote inside an unquoted field is a character of it, and CR, LF and
    CRLF all end a record. What is quoted stays so; what has to be quoted is. So an unquoted empty field, which is NULL,
    stays apart from a quoted one, and what Domo reads as it is does not change.

    Args:
        delimiter: What stands between fields: a single character.
        encoding: The name of an encoding that Python knows.
        order: Where the fields of a written record come from: the index of a field that is read, or None for NULL. By
            default all are written as they come.
        width: How many fields each record must have; None if that does not matter. An empty line is a single field.
        line: The number of lines before the first byte, for messages. Without any, a byte order mark is left out.

    Raises:
        ConfigError: The delimiter or the encoding cannot be one, or `order` asks for fields that are not there.
    """

    def __init__(
        self,
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
        order: Sequence[int | None] | None = None,
        width: int | None = None,
        line: int = 0,
    ) -> None:
        self._grammar = Grammar(delimiter)
        self._decoder = Decoder(encoding, bom=not line)
        self._encoding = encoding
        self._delimiter = delimiter
        self._width = width
        self._least = max((place + 1 for place in order or () if place is not None), default=0)
        if width is not None and self._least > width:
            raise ConfigError(f"there is no field {self._least} in records of {width}")
        self._order = order
        self._pick = None if order is None else _picker(order)
        self._line = line
        self._held: list[str] = []
        self._length = 0
        self._enough = 0

    def feed(self, data: bytes) -> Block:
        """Read the next bytes, of any length.

        Returns:
            Whole records. What follows the last of them is held back.

        Raises:
            SourceError: Text stands after a quoted field, a record is of another width, or bytes are not in the
                encoding. Names the line.
        """
        text, sound = self._decoder.decode(data)
        self._hold(text)
        if not sound:
            self._refuse_bytes()
        # A record that does not end is looked at again when there is twice as much of it, not with every few bytes.
        return self._take() if self._length >= self._enough else Block(b"", 0)

    def finish(self) -> Block:
        """Say that there are no more bytes; a last record without a line end is one.

        Raises:
            SourceError: As with `feed`, or a quoted field is never closed. Names the line where its record begins.
        """
        text, sound = self._decoder.decode(b"", final=True)
        self._hold(text)
        if not sound:
            self._refuse_bytes()
        if self._length and not self._held[-1].endswith("\n"):
            self._hold("\n")
        block = self._take()
        if self._length:
            raise never_closed(self._line + 1)
        return block

    def _hold(self, text: str) -> None:
        if text:
            self._held.append(text)
            self._length += len(text)

    def _refuse_bytes(self) -> None:
        """Name the line of bytes that are not in the encoding, unless something is wrong before them."""
        self._take()
        raise _not_encoded(self._line + line_ends("".join(self._held)) + 1, self._encoding)

    def _take(self) -> Block:
        """Return the whole records of what is held."""
        text = "".join(self._held)
        written: list[str] = []
        # What follows a carriage return at the end may belong to it.
        length = len(text) - text.endswith("\r")
        place = _end_by_quotes(text, length)
        records = self._take_many(text[:place], written) if place else 0
        if records is None:
            place = records = 0
        while place < length:
            quote = text.find('"', place)
            end = _line_end(text, place, length if quote < 0 else quote)
            if end > place:
                records += self._take_many(text[place:end], written) or 0
                place = end
            elif quote < 0 or (found := self._grammar.record.match(text, place)) is None:
                break
            else:
                self._take_one(text[place : found.start(1)], written)
                records += 1
                place = found.end()
        if place < length and (overrun := self._grammar.overrun.match(text, place)):
            raise _overrun(self._line + line_ends(overrun[0]) + 1)
        self._held, self._length = [text[place:]] if place < len(text) else [], len(text) - place
        self._enough = 2 * self._length
        return Block(self._encoded(written), records)

    def _take_one(self, record: str, written: list[str]) -> None:
        """Write any record."""
        fields = self._grammar.fields(record)
        if (self._width is not None and len(fields) != self._width) or len(fields) < self._least:
            raise self._misfit(self._line + 1, len(fields))
        fields = [field if field[:1] == '"' or not _needs_quotes(field) else _quoted(field) for field in fields]
        written.append(_row(fields if self._pick is None else self._pick(fields)))
        self._line += 1 + line_ends(record)

    def _take_many(self, text: str, written: list[str]) -> int | None:
        """Write records at once.

        Returns:
            How many they are, or None if those with quotes have to be looked at one by one, since something is wrong.
        """
        pieces = text.split('"')
        quoted = len(pieces) > 1
        # The records without what is in quotes, of which the quotes are left; of a doubled quote it is one more.
        shape = '"'.join(pieces[::2])
        if "\r" in shape:
            shape = shape.replace("\r\n", "\n").replace("\r", "\n")
        lines = shape.split("\n")
        del lines[-1]
        widths = [line.count(self._delimiter) + 1 for line in lines]
        if (wrong := self._first_misfit(widths)) is not None:
            if quoted:
                return None
            raise self._misfit(self._line + wrong + 1, widths[wrong])
        foreign_commas = self._delimiter != "," and "," in shape
        as_it_is = self._order is None and not foreign_commas
        fields = [] if as_it_is and not quoted else self._delimiter.join(lines).split(self._delimiter)
        if quoted and any(field.strip('"') for field in {field for field in fields if '"' in field}):
            return None
        if as_it_is:
            pieces[::2] = shape.replace(self._delimiter, ",").split('"')
            written.append('"'.join(pieces))
        else:
            if quoted:
                fields = _filled(fields, pieces[1::2])
            if foreign_commas:
                fields = [f'"{field}"' if "," in field and field[0] != '"' else field for field in fields]
            written += self._rows(fields, widths)
        self._line += line_ends(text)
        return len(lines)

    def _rows(self, fields: list[str], widths: list[int]) -> Iterable[str]:
        """Return records of fields in their order."""
        width = widths[0]
        if widths.count(width) < len(widths):
            places = accumulate(widths, initial=0)
            rows = [fields[start:end] for start, end in pairwise(places)]
            return map(_row, rows if self._pick is None else map(self._pick, rows))
        if self._order is None:
            return ["\n".join(map(",".join, zip(*[iter(fields)] * width, strict=True))), "\n"]
        nothing = [""] * len(widths)
        columns = [nothing if place is None else fields[place::width] for place in self._order]
        return ["\n".join(map(",".join, zip(*columns, strict=True))), "\n"]

    def _first_misfit(self, widths: list[int]) -> int | None:
        """Return which record is the first one of a wrong width, if any is."""
        if self._width is not None:
            if widths.count(self._width) == len(widths):
                return None
            return next(number for number, found in enumerate(widths) if found != self._width)
        if not self._least or min(widths) >= self._least:
            return None
        return next(number for number, found in enumerate(widths) if found < self._least)

    def _misfit(self, line: int, found: int) -> SourceError:
        whose = "the dataset" if self._pick is None else "the header"
        return wrong_width(line, found, self._width or self._least, whose)

    def _encoded(self, written: list[str]) -> bytes:
        try:
            return "".join(written).encode()
        except UnicodeEncodeError:
            raise SourceError(
                f"there is half a character before line {self._line + 1}, which has no place in UTF-8"
            ) from None


def first_fields(
    data: bytes, *, delimiter: str = ",", encoding: str = "utf-8", whole: bool = False
) -> list[str] | None:
    """Return the fields of the first record; None if it takes more bytes to know them, or there is no record.

    Args:
        data: The bytes from the beginning on.
        delimiter: What stands between fields: a single character.
        encoding: The name of an encoding that Python knows.
        whole: Whether there are no more bytes.

    Raises:
        ConfigError: The delimiter or the encoding cannot be one.
        SourceError: Text stands after a quoted field, one is never closed, or bytes are not in the encoding.
    """
    grammar = Grammar(delimiter)
    text, sound = Decoder(encoding).decode(data, final=whole)
    if whole and sound and text and not text.endswith("\n"):
        text += "\n"
    if (found := grammar.record.match(text)) is not None:
        return [_value(field) for field in grammar.fields(text[: found.start(1)])]
    if (overrun := grammar.overrun.match(text)) is not None:
        raise _overrun(line_ends(overrun[0]) + 1)
    if not sound:
        raise _not_encoded(line_ends(text) + 1, encoding)
    if whole and text:
        raise never_closed(1)
    return None


def records(text: str) -> Iterator[list[str]]:
    """Yield the fields of each record of a text as a `Rewriter` writes it."""
    grammar = Grammar(",")
    place = 0
    while (found := grammar.record.match(text, place)) is not None:
        yield [_value(field) for field in grammar.fields(text[place : found.start(1)])]
        place = found.end()


def _picker(order: Sequence[int | None]) -> Callable[[list[str]], Sequence[str]]:
    """Return what puts the fields of a record in order."""
    places = [-1 if place is None else place for place in order]
    if len(places) < 2:
        return lambda fields: [fields[place] if place >= 0 else "" for place in places]
    pick: Callable[[list[str]], Sequence[str]] = itemgetter(*places)
    return pick if None not in order else lambda fields: pick([*fields, ""])


def _line_end(text: str, start: int, stop: int) -> int:
    """Return the place after the last line end of a stretch, or its start if there is none."""
    return max(text.rfind("\n", start, stop), text.rfind("\r", start, stop), start - 1) + 1


def _end_by_quotes(text: str, stop: int) -> int:
    """Return the place after the last line end that an even number of quotes stands before; 0 if there is none."""
    pieces = text[:stop].split('"')
    outside = '"'.join(pieces[::2])
    end = _line_end(outside, 0, len(outside))
    before = 2 * outside.count('"', 0, end)
    return sum(map(len, pieces[:before])) + before + end - outside.rfind('"', 0, end) - 1


def _filled(fields: list[str], contents: list[str]) -> list[str]:
    """Put what stood between quotes back between them."""
    content = iter(contents).__next__
    return [
        field if '"' not in field else f'"{content()}"' if len(field) == 1 else f'"{_doubled(content, field)}"'
        for field in fields
    ]


def _doubled(content: Callable[[], str], quotes: str) -> str:
    return '""'.join([content() for _ in quotes])


def _row(fields: Iterable[str]) -> str:
    return ",".join(fields) + "\n"


def _needs_quotes(field: str) -> bool:
    return "," in field or '"' in field


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


def _value(field: str) -> str:
    return field[1:-1].replace('""', '"') if field[:1] == '"' else field


def _overrun(line: int) -> SourceError:
    return SourceError(
        f"in line {line} a quoted field goes on after its end; quote the field as a whole and double each quote in it:"
        ' "like ""this"""',
        line=line,
    )


def _not_encoded(line: int, encoding: str) -> SourceError:
    return SourceError(f"line {line} is not {encoding}; say which encoding the source has", line=line)
