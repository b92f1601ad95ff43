"""Rewriting of CSV in any dialect to the CSV that Domo reads. Pure; `compiled_rewriter` does the same at full speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple

from attrs import frozen

from domo_async._transfer.csv.diagnosis import never_closed, wrong_width
from domo_async._transfer.csv.dialects import Decoder, Grammar, ends_at_returns
from domo_async._transfer.csv.format import (
    EMPTY_TEXT,
    MARK_CHARACTER,
    NULL,
    Block,
    needs_quotes,
    quoted,
    record_of,
    text_of,
)
from domo_async.errors import ConfigError, SourceError

__all__ = ["FieldRule", "Rewriter", "Rewritten", "first_fields", "records", "spellings"]

# The beginnings of fields that need no further quotes: a quote, or nothing, which is NULL.
_AS_THEY_ARE = frozenset({'"', NULL})


@frozen
class FieldRule:
    """The treatment of a column's fields.

    Attributes:
        nulls: The spellings, quotes included, that are written as NULL.
        misfit: Returns the error of a value, or None if it is valid; if `misfit` is None, values are not checked.
    """

    nulls: frozenset[str] = frozenset()
    misfit: Callable[[str], str | None] | None = None


class Rewritten(NamedTuple):
    """The result of rewriting a text.

    Attributes:
        content: Its whole records, rewritten.
        rest: The text after them.
        records: The number of records.
        lines: The number of line ends that they had.
    """

    content: bytes
    rest: str
    records: int
    lines: int


def spellings(values: Iterable[str]) -> frozenset[str]:
    """Return the fields that values may be written as, with quotes and without."""
    return frozenset(spelt for value in values for spelt in (value, quoted(value)))


class Rewriter:
    """Reads CSV record by record, and writes it with commas, in UTF-8 and with line feeds.

    It reads leniently if the meaning is clear: a quote inside an unquoted field is a character of it; LF and CRLF end a
    record, and CR does if LF does not. Blank lines are dropped if records have several fields. Quoted fields stay
    quoted, and fields that need quotes get them. So an unquoted empty field, which is NULL, stays different from a
    quoted one, and CSV that Domo reads without rewriting does not change.

    Args:
        delimiter: The delimiter of fields, a single character.
        encoding: The name of an encoding that Python knows.
        order: For each field of a written record, the index of the field that is read, or None for NULL. By default all
            fields are written in their order.
        constants: Encoded fields that are appended to the fields of each record that is read.
        width: How many fields each record must have; None if that does not matter. An empty line is a single field.
        rules: The treatment of fields, by their index; only with `width`.
        line: The number of lines before the first byte, for messages.
        skip: The number of records to skip at the beginning, whatever their width.
        bom: Whether to drop a byte order mark at the beginning.
        returns: Whether a lone carriage return ends a record; None to detect it, see `ends_at_returns`.

    Raises:
        ConfigError: The delimiter or the encoding is invalid, or `order` is empty or asks for fields that do not exist.
    """

    def __init__(
        self,
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
        order: Sequence[int | None] | None = None,
        constants: Sequence[str] = (),
        width: int | None = None,
        rules: Mapping[int, FieldRule] | None = None,
        line: int = 0,
        skip: int = 0,
        bom: bool = True,
        returns: bool | None = None,
    ) -> None:
        self._grammar = Grammar(delimiter, returns=bool(returns))
        self._knows_ends = returns is not None
        self._decoder = Decoder(encoding, bom=bom)
        self._encoding = encoding
        self._delimiter = delimiter
        self._width = width
        own = [index for index in order or () if index is not None and (width is None or index < width)]
        self._least = max((index + 1 for index in own), default=0)
        if order is not None and not order:
            raise ConfigError("a record has at least one field, but order is empty")
        if width is not None and any(index >= width + len(constants) for index in order or () if index is not None):
            last = max(index or 0 for index in order or ()) + 1
            raise ConfigError(f"records of {width} fields do not have a field {last}")
        self._order = order
        self._constants = list(constants)
        self._pick = None if order is None else _picker(order, self._constants)
        self._rules = {} if rules is None else rules
        self._looks_at_all = any(rule.misfit or rule.nulls - {EMPTY_TEXT} for rule in self._rules.values())
        self._line = line
        self._skip = skip
        self._held: list[str] = []
        self._length = 0
        self._enough = 0

    def feed(self, data: bytes) -> Block:
        """Read the next bytes, of any length.

        Returns:
            Whole records. The bytes after the last of them are held back.

        Raises:
            SourceError: Text stands after a quoted field, a record is of another width, or bytes are not in the
                encoding. Names the line.
        """
        text, sound = self._decoder.decode(data)
        self._hold(text)
        if not sound:
            self._refuse_bytes()
        # An incomplete record is scanned again once its size has doubled, not with every few bytes.
        return self._take() if self._length >= self._enough else Block(b"", 0)

    def finish(self) -> Block:
        """Return the rest after the last bytes; a last record without a line end counts as a record.

        Raises:
            SourceError: As with `feed`, or a quoted field is never closed. Names the line where its record begins.
        """
        text, sound = self._decoder.decode(b"", final=True)
        self._hold(text)
        if not sound:
            self._refuse_bytes()
        self._see_ends("".join(self._held), whole=True)
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
        """Raise an error that names the line of the invalid bytes, unless there is an error before them."""
        self._see_ends("".join(self._held), whole=True)
        self._take()
        raise _not_encoded(self._line + self._grammar.line_ends("".join(self._held)) + 1, self._encoding)

    def _see_ends(self, text: str, *, whole: bool = False) -> bool:
        """Detect what ends records, and return whether that is known."""
        if not self._knows_ends and (returns := ends_at_returns(text, whole=whole)) is not None:
            self._grammar, self._knows_ends = Grammar(self._delimiter, returns=returns), True
        return self._knows_ends

    def _take(self) -> Block:
        """Return the whole records of the text that is held."""
        text = "".join(self._held)
        if not self._see_ends(text):
            return Block(b"", 0)
        begin = self._skipped(text)
        if not self._skip and (done := self._at_once(text[begin:])) is not None:
            self._keep(done.rest)
            self._line += done.lines
            return Block(done.content, done.records)
        written: list[str] = []
        # A line feed may follow the carriage return at the end.
        length = len(text) - text.endswith("\r")
        records: int | None = 0
        position = begin
        if not self._skip:
            position += self._end_by_quotes(text[begin:length])
            records = self._take_many(text[begin:position], written) if position > begin else 0
        if records is None:
            position, records = begin, 0
        while position < length and not self._skip:
            quote = text.find('"', position)
            end = self._grammar.line_end(text, position, length if quote < 0 else quote)
            if end > position:
                records += self._take_many(text[position:end], written) or 0
                position = end
            elif quote < 0 or (found := self._grammar.record.match(text, position)) is None:
                break
            else:
                records += self._take_one(text[position : found.start(1)], written)
                position = found.end()
        if position < length and (overrun := self._grammar.overrun.match(text, position)):
            raise _overrun(self._line + self._grammar.line_ends(overrun[0]) + 1)
        self._keep(text[position:])
        return Block(self._encoded(written), records)

    def _at_once(self, text: str) -> Rewritten | None:  # noqa: ARG002 - see below
        """Rewrite all whole records of a text with compiled code; this implementation cannot.

        Returns:
            The result; None if the text has an error, or needs more than the compiled code does.
        """
        return None

    def _keep(self, rest: str) -> None:
        """Hold back the text after the last whole record."""
        self._held, self._length = [rest] if rest else [], len(rest)
        self._enough = 2 * self._length

    def _skipped(self, text: str) -> int:
        """Skip the records to be left out, as far as they have arrived; return where the others begin."""
        position = 0
        while self._skip and (found := self._grammar.record.match(text, position)) is not None:
            self._skip -= 1
            self._line += self._grammar.line_ends(found[0])
            position = found.end()
        return position

    def _end_by_quotes(self, text: str) -> int:
        """Return the position after the last line end with an even number of quotes before it; 0 if there is none."""
        pieces = text.split('"')
        outside = '"'.join(pieces[::2])
        end = self._grammar.line_end(outside, 0, len(outside))
        before = 2 * outside.count('"', 0, end)
        return sum(map(len, pieces[:before])) + before + end - outside.rfind('"', 0, end) - 1

    def _take_one(self, record: str, written: list[str]) -> int:
        """Write a record unless it is a blank line; return how many records were written."""
        if not record and self._has_no_blanks:
            self._line += 1
            return 0
        fields = self._grammar.fields(record)
        if (self._width is not None and len(fields) != self._width) or len(fields) < self._least:
            raise self._misfit(self._line + 1, len(fields))
        for index, rule in self._rules.items():
            fields[index] = self._ruled(rule, fields[index], self._line + 1)
        fields = [quoted(field) if field[:1] not in _AS_THEY_ARE and needs_quotes(field) else field for field in fields]
        written.append(record_of(fields if self._pick is None else self._pick(fields)))
        self._line += 1 + self._grammar.line_ends(record)
        return 1

    @property
    def _has_no_blanks(self) -> bool:
        return self._width not in {None, 1}

    def _ruled(self, rule: FieldRule, field: str, line: int) -> str:
        if not field or field in rule.nulls:
            return ""
        if rule.misfit is not None and (wrong := rule.misfit(text_of(field))) is not None:
            raise SourceError(f"line {line}, {wrong}", line=line)
        return field

    def _take_many(self, text: str, written: list[str]) -> int | None:
        """Write records at once.

        Returns:
            The number of records, or None if those with quotes have to be checked one by one because there is an error.
        """
        pieces = text.split('"')
        has_quotes = len(pieces) > 1
        # The records without the text in quotes, but with the quotes; a doubled quote leaves one more pair.
        shape = self._grammar.with_line_feeds('"'.join(pieces[::2]))
        lines = shape.split("\n")
        del lines[-1]
        all_lines = lines
        if self._has_no_blanks and "" in lines:
            lines = [line for line in lines if line]
        widths = [line.count(self._delimiter) + 1 for line in lines]
        if (wrong := self._first_misfit(widths)) is not None:
            if has_quotes:
                return None
            before = [number for number, line in enumerate(all_lines) if line or not self._has_no_blanks]
            raise self._misfit(self._line + before[wrong] + 1, widths[wrong])
        if not lines:
            self._line += self._grammar.line_ends(text)
            return 0
        foreign = (self._delimiter != "," and "," in shape) or "\r" in shape
        ruled = self._looks_at_all or (bool(self._rules) and has_quotes and "" in pieces[1::2])
        as_it_is = self._order is None and not foreign and not ruled and lines is all_lines
        fields = [] if as_it_is and not has_quotes else self._delimiter.join(lines).split(self._delimiter)
        if has_quotes and any(field.strip('"') for field in {field for field in fields if '"' in field}):
            return None
        if as_it_is:
            pieces[::2] = shape.replace(self._delimiter, ",").split('"')
            written.append('"'.join(pieces))
        else:
            if has_quotes:
                fields = _filled(fields, pieces[1::2])
            if ruled and not self._apply_rules(fields, widths[0]):
                return None if has_quotes else self._one_by_one(all_lines, written)
            if foreign:
                fields = [
                    quoted(field) if field[:1] not in _AS_THEY_ARE and needs_quotes(field) else field
                    for field in fields
                ]
            written += self._rows(fields, widths)
        self._line += self._grammar.line_ends(text)
        return len(lines)

    def _apply_rules(self, fields: list[str], width: int) -> bool:
        """Replace values with NULL as the rules say; return whether all values are valid."""
        for index, rule in self._rules.items():
            column = fields[index::width]
            if not rule.nulls.isdisjoint(column):
                column = fields[index::width] = ["" if field in rule.nulls else field for field in column]
            if rule.misfit is not None and any(field and rule.misfit(text_of(field)) for field in set(column)):
                return False
        return True

    def _one_by_one(self, lines: Iterable[str], written: list[str]) -> int:
        return sum(self._take_one(line, written) for line in lines)

    def _rows(self, fields: list[str], widths: list[int]) -> Iterable[str]:
        """Return records with their fields in the order to write."""
        width = widths[0]
        if widths.count(width) < len(widths):
            offsets = accumulate(widths, initial=0)
            rows = [fields[start:end] for start, end in pairwise(offsets)]
            return map(record_of, rows if self._pick is None else map(self._pick, rows))
        if self._order is None:
            return ["\n".join(map(",".join, zip(*[iter(fields)] * width, strict=True))), "\n"]
        columns = [self._column(index, fields, width) for index in self._order]
        return ["\n".join(map(",".join, zip(*columns, strict=True))), "\n"]

    def _column(self, index: int | None, fields: list[str], width: int) -> list[str]:
        if index is not None and index < width:
            return fields[index::width]
        return ["" if index is None else self._constants[index - width]] * (len(fields) // width)

    def _first_misfit(self, widths: list[int]) -> int | None:
        """Return the index of the first record of a wrong width, if there is one."""
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
        text = "".join(written)
        try:
            return (_with_marks_quoted(text) if MARK_CHARACTER in text else text).encode()
        except UnicodeEncodeError:
            raise SourceError(
                f"there is a lone surrogate before line {self._line + 1}, which UTF-8 cannot encode"
            ) from None


def first_fields(
    data: bytes, *, delimiter: str = ",", encoding: str = "utf-8", whole: bool = False
) -> list[str] | None:
    """Return the fields of the first record; None if more bytes are needed, or there is no record.

    Args:
        data: The bytes from the beginning on.
        delimiter: The delimiter of fields, a single character.
        encoding: The name of an encoding that Python knows.
        whole: Whether `data` is all of it.

    Raises:
        ConfigError: The delimiter or the encoding is invalid.
        SourceError: Text stands after a quoted field, one is never closed, or bytes are not in the encoding.
    """
    text, sound = Decoder(encoding).decode(data, final=whole)
    returns = ends_at_returns(text, whole=whole or not sound)
    if returns is None:
        return None
    if whole and sound and text and not text.endswith("\n"):
        text += "\n"
    grammar = Grammar(delimiter, returns=returns)
    if (found := grammar.record.match(text)) is not None:
        return [text_of(field) for field in grammar.fields(text[: found.start(1)])]
    if (overrun := grammar.overrun.match(text)) is not None:
        raise _overrun(grammar.line_ends(overrun[0]) + 1)
    if not sound:
        raise _not_encoded(grammar.line_ends(text) + 1, encoding)
    if whole and text:
        raise never_closed(1)
    return None


def records(text: str) -> Iterator[list[str]]:
    """Yield the fields of each record of a text as a `Rewriter` writes it, quotes included."""
    grammar = Grammar(",")
    position = 0
    while (found := grammar.record.match(text, position)) is not None:
        yield grammar.fields(text[position : found.start(1)])
        position = found.end()


def _with_marks_quoted(text: str) -> str:
    """Quote first fields that begin with U+FEFF, which would be read as a byte order mark at the start of a part."""
    return "".join(
        record_of([quoted(fields[0]), *fields[1:]] if fields[0].startswith(MARK_CHARACTER) else fields)
        for fields in records(text)
    )


def _picker(order: Sequence[int | None], constants: Sequence[str]) -> Callable[[list[str]], Sequence[str]]:
    """Return a function that puts the fields of a record, and the constants after them, in order."""
    indices = [-1 if index is None else index for index in order]
    if len(indices) < 2:
        return lambda fields: [[*fields, *constants, ""][index] for index in indices]
    pick: Callable[[list[str]], Sequence[str]] = itemgetter(*indices)
    return pick if None not in order and not constants else lambda fields: pick([*fields, *constants, ""])


def _filled(fields: list[str], contents: list[str]) -> list[str]:
    """Put the texts between quotes back."""
    content = iter(contents).__next__
    return [
        field if '"' not in field else f'"{content()}"' if len(field) == 1 else f'"{_doubled(content, field)}"'
        for field in fields
    ]


def _doubled(content: Callable[[], str], quotes: str) -> str:
    return '""'.join([content() for _ in quotes])


def _overrun(line: int) -> SourceError:
    return SourceError(
        f"in line {line} text follows a closing quote; quote the field as a whole and double each quote in it:"
        ' "like ""this"""',
        line=line,
    )


def _not_encoded(line: int, encoding: str) -> SourceError:
    return SourceError(f"line {line} is not {encoding}; say which encoding the source has", line=line)
