"""How CSV of any dialect is read: its encoding, and where fields and records end. Pure."""

from __future__ import annotations

import codecs
import re

from domo_async.errors import ConfigError

__all__ = ["Decoder", "Grammar", "line_ends"]

_BOM = "\ufeff"
_NO_DELIMITERS = frozenset('"\r\n')
_QUOTED = '"[^"]*+(?:""[^"]*+)*+"'


def line_ends(text: str) -> int:
    """Return the number of line ends in a text, of any kind."""
    ends = text.count("\n")
    return ends + text.count("\r") - text.count("\r\n") if "\r" in text else ends


class Decoder:
    """Bytes to text, however they are cut.

    Args:
        encoding: The name of an encoding that Python knows.
        bom: Whether a byte order mark may come first, which is left out.

    Raises:
        ConfigError: There is no such encoding.
    """

    def __init__(self, encoding: str, *, bom: bool = True) -> None:
        try:
            " ".encode(encoding)  # not all codecs are encodings of text
            self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        except (LookupError, ValueError):
            raise ConfigError(f"Python knows no encoding {encoding!r} of text") from None
        self._bom = bom

    def decode(self, data: bytes, *, final: bool = False) -> tuple[str, bool]:
        """Return the text of the next bytes up to what is not in the encoding, and whether it is all of it."""
        before = self._decoder.getstate()
        try:
            text, sound = self._decoder.decode(data, final), True
        except UnicodeDecodeError as error:
            self._decoder.setstate(before)
            # The error counts from the bytes that were held back before, if there were any.
            text, sound = self._decoder.decode(data[: max(error.start + len(data) - len(error.object), 0)]), False
        if self._bom and text:
            self._bom = False
            text = text.removeprefix(_BOM)
        return text, sound


class Grammar:
    """What records and fields look like, for one delimiter.

    A field is quoted, or has no quote at its beginning; what it has later are characters of it.

    Args:
        delimiter: A single character.

    Attributes:
        record: Matches a record and, as its first group, the line end after it.
        overrun: Matches a record up to a quoted field that something else follows than a delimiter or a line end.

    Raises:
        ConfigError: The delimiter cannot be one.
    """

    def __init__(self, delimiter: str) -> None:
        if len(delimiter) != 1 or delimiter in _NO_DELIMITERS:
            raise ConfigError(f"a delimiter is a single character, not a quote or line end: {delimiter!r}")
        mark = re.escape(delimiter)
        field = rf'(?:{_QUOTED}|[^"{mark}\r\n][^{mark}\r\n]*+|)'
        self.record: re.Pattern[str] = re.compile(rf"{field}(?:{mark}{field})*(\r\n|\n|\r(?!\Z))")
        self.overrun: re.Pattern[str] = re.compile(rf'(?:{field}{mark})*{_QUOTED}(?=[^"{mark}\r\n])')
        self._field = re.compile(rf"{mark}({_QUOTED}|[^{mark}]*+)")
        self._delimiter = delimiter

    def fields(self, record: str) -> list[str]:
        """Return the fields of a record, without its line end, as they are written."""
        if '"' not in record:
            return record.split(self._delimiter)
        return self._field.findall(self._delimiter + record)
