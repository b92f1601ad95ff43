"""Dialects of CSV: the encoding, and where fields and records end. Pure."""

from __future__ import annotations

import codecs
import re

from domo_async._transfer.csv.format import MARK_CHARACTER, check_delimiter
from domo_async.errors import ConfigError

__all__ = ["Decoder", "Grammar", "ends_at_returns"]

_QUOTED = '"[^"]*+(?:""[^"]*+)*+"'
_LOOKED_AT = 1 << 16
# Codecs that Python counts as text encodings although files do not use them; they cannot be decoded in pieces.
_NO_FILES = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
_OWN_MARK = {"utf-16", "utf-32", "utf-8-sig"}


def ends_at_returns(text: str, *, whole: bool) -> bool | None:
    """Return whether a lone carriage return ends records; if it does, line feeds do not.

    So if the first 64 Ki characters have a line feed outside quotes, every lone carriage return is a character of its
    field.

    Args:
        text: The beginning of CSV.
        whole: Whether `text` is all of it.

    Returns:
        Whether it does; None if more text is needed to decide.
    """
    outside = "".join(text[:_LOOKED_AT].split('"')[::2])
    if "\n" in outside:
        return False
    # A carriage return at the end may be half of a line end.
    known = whole or len(text) >= _LOOKED_AT
    return "\r" in outside if known else None


class Decoder:
    """An incremental decoder from bytes to text.

    Args:
        encoding: The name of an encoding that Python knows.
        bom: Whether to drop a byte order mark at the beginning.

    Raises:
        ConfigError: The encoding is unknown, or is not an encoding of files.
    """

    def __init__(self, encoding: str, *, bom: bool = True) -> None:
        try:
            " ".encode(encoding)  # not all codecs are encodings of text
            codec = codecs.lookup(encoding)
            self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        except (LookupError, TypeError, ValueError):
            raise ConfigError(f"{encoding!r} is not a text encoding that Python knows") from None
        if codec.name in _NO_FILES:
            raise ConfigError(f"{encoding!r} is not an encoding of files")
        self._bom = bom and codec.name not in _OWN_MARK

    def decode(self, data: bytes, *, final: bool = False) -> tuple[str, bool]:
        """Return the text of the next bytes up to the first invalid one, and whether all bytes were valid."""
        before = self._decoder.getstate()
        try:
            text, sound = self._decoder.decode(data, final), True
        except UnicodeDecodeError as error:
            self._decoder.setstate(before)
            # The error's position counts from the bytes that were held back before, if there were any.
            text, sound = self._decoder.decode(data[: max(error.start + len(data) - len(error.object), 0)]), False
        except UnicodeError:
            # For example UTF-16 without a byte order mark: Python does not say where the error is.
            text, sound = "", False
        if self._bom and text:
            self._bom = False
            text = text.removeprefix(MARK_CHARACTER)
        return text, sound


class Grammar:
    """Patterns of records and fields, for one delimiter.

    A field is quoted, or does not begin with a quote; later quotes are characters of the field.

    Args:
        delimiter: A single character.
        returns: Whether a lone carriage return ends a record; if not, it is a character of its field.

    Attributes:
        record: Matches a record and, as its first group, the line end after it.
        overrun: Matches a record up to a quoted field that is not followed by a delimiter or a line end.
        returns: Whether a lone carriage return ends a record.

    Raises:
        ConfigError: The delimiter is invalid.
    """

    def __init__(self, delimiter: str, *, returns: bool = False) -> None:
        check_delimiter(delimiter)
        mark = re.escape(delimiter)
        # The characters that a field may hold besides a line end, and the ends of a record.
        plain = rf"[^{mark}\r\n]*+"
        more = plain if returns else rf"{plain}(?:\r(?!\n){plain})*"
        first = rf'[^"{mark}\r\n]' if returns else rf'(?:[^"{mark}\r\n]|\r(?!\n))'
        end = r"(\r\n|\n|\r(?!\Z))" if returns else r"(\r?\n)"
        field = rf"(?:{_QUOTED}|{first}{more}|)"
        self.record: re.Pattern[str] = re.compile(rf"{field}(?:{mark}{field})*{end}")
        after = rf'[^"{mark}\r\n]' if returns else rf'(?:[^"{mark}\r\n]|\r(?!\n|\Z))'
        self.overrun: re.Pattern[str] = re.compile(rf"(?:{field}{mark})*{_QUOTED}(?={after})")
        self._field = re.compile(rf"{mark}({_QUOTED}|[^{mark}]*+)")
        self._delimiter = delimiter
        self.returns: bool = returns

    def line_ends(self, text: str) -> int:
        """Return the number of line ends in a text."""
        ends = text.count("\n")
        return ends + text.count("\r") - text.count("\r\n") if self.returns and "\r" in text else ends

    def line_end(self, text: str, start: int, stop: int) -> int:
        """Return the position after the last line end of a range, or its start if there is none."""
        returned = text.rfind("\r", start, stop) if self.returns else -1
        return max(text.rfind("\n", start, stop), returned, start - 1) + 1

    def with_line_feeds(self, text: str) -> str:
        """Return a text whose line ends are all line feeds."""
        if "\r" not in text:
            return text
        text = text.replace("\r\n", "\n")
        return text.replace("\r", "\n") if self.returns else text

    def fields(self, record: str) -> list[str]:
        """Return the fields of a record, without its line end, as they are written."""
        if '"' not in record:
            return record.split(self._delimiter)
        return self._field.findall(self._delimiter + record)
