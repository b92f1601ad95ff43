"""The CSV that Domo reads and writes: byte order marks, quotes, NULL, delimiters, and pyarrow's options for it. Pure.

Fields are separated by commas, records end with a line feed, text is UTF-8. An empty field without quotes is NULL, and
``""`` is the empty string; a quote within quotes is doubled.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BYTE_ORDER_MARK",
    "COMMA",
    "EMPTY_TEXT",
    "MARK_CHARACTER",
    "NULL",
    "Block",
    "arrow_read_options",
    "arrow_write_options",
    "check_delimiter",
    "ends_with_line",
    "first_record",
    "is_plain",
    "needs_quotes",
    "quoted",
    "record_of",
    "text_of",
    "value_of",
]

BYTE_ORDER_MARK = codecs.BOM_UTF8
MARK_CHARACTER = "\ufeff"
"""A byte order mark once it is decoded."""
COMMA = ","
NULL = ""
EMPTY_TEXT = '""'

_NOT_DELIMITERS = frozenset('"\r\n')
# Encodings whose bytes are valid UTF-8, except for a byte order mark.
_UTF8 = frozenset({"utf-8", "utf-8-sig", "ascii"})


class Block(NamedTuple):
    """Whole records of CSV.

    Attributes:
        content: Their bytes.
        records: The number of records.
    """

    content: bytes
    records: int


def is_plain(delimiter: str, encoding: str) -> bool:
    """Return whether Domo reads CSV of this delimiter and encoding without rewriting."""
    return delimiter == COMMA and codecs.lookup(encoding).name in _UTF8


def check_delimiter(delimiter: object) -> None:
    """Check a delimiter.

    Raises:
        ConfigError: It is not a single character, or it is a quote or a line end.
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in _NOT_DELIMITERS:
        raise ConfigError(f"delimiter must be a single character that is not a quote or a line end, not {delimiter!r}")


def quoted(text: str) -> str:
    """Return text as a field in quotes, so that it is not read as NULL, a number or a byte order mark."""
    # Concatenated, not formatted: a subclass of str, such as an enumeration's member, may format differently.
    return '"' + (text.replace('"', '""') if '"' in text else text) + '"'


def needs_quotes(text: str) -> bool:
    """Return whether text without quotes would be read as another value, as several, or (if empty) as NULL."""
    return not text or "," in text or '"' in text or "\n" in text or "\r" in text


def text_of(field: str) -> str:
    """Return the text of a field, quoted or not."""
    return field[1:-1].replace('""', '"') if field[:1] == '"' else field


def value_of(field: str) -> str | None:
    """Return the value of a field: None for NULL, which is empty without quotes."""
    return text_of(field) if field else None


def record_of(fields: Iterable[str]) -> str:
    """Return the record of encoded fields, which have their quotes."""
    return ",".join(fields) + "\n"


def first_record(text: str) -> list[str]:
    """Return the texts of the first record, quotes removed."""
    return next(csv.reader(io.StringIO(text, newline="")), [])


def ends_with_line(content: bytes | memoryview) -> bool:
    """Return whether the last record has its line feed.

    pyarrow needs the line feed: it reads an empty field at the very end as quoted if a quoted field precedes it.
    """
    return content[-1:] == b"\n"


def arrow_read_options(types: dict[str, Any] | pa.Schema, *, null: str = NULL) -> dict[str, Any]:
    """Return the options with which pyarrow reads such CSV, for its `read_csv` and `open_csv`.

    Args:
        types: The columns' types by name.
        null: The unquoted field that means NULL.
    """
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - optional

    return {
        # A record of one column that is NULL is an empty line.
        "parse_options": arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=types, null_values=[null], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    }


def arrow_write_options(batch_rows: int) -> Any:
    """Return the options with which pyarrow writes such CSV: all text in quotes, NULL without, no header."""
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - optional

    return arrow_csv.WriteOptions(include_header=False, batch_size=batch_rows)
