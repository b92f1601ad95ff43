"""Detection of values that do not fit their column, or would change in one of an inferred type, such as 007."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.csv.fastest import fastest_rewriter
from domo_async._transfer.csv.format import NULL, text_of
from domo_async._transfer.csv.rewriting import records
from domo_async._transfer.encoding import text_fits
from domo_async._transfer.part import Part
from domo_async.errors import SourceError

__all__ = ["NUMBERS", "InferredColumns", "TypedColumns"]

_FIELD = rb'(?:"(?:[^"]|"")*+"|[^,"\n]*+)'
# Matches values that begin like a code or have very many digits. The search is fast; candidates are checked afterwards.
_CODES = rb'"?(?:[-+ ]?0[0-9]|\+|-0[^.])'
_DIGITS = rb'"?-?(?:[0-9]{16}|[0-9.]{20})'
NUMBERS = frozenset({ColumnType.LONG, ColumnType.DECIMAL, ColumnType.DOUBLE})
_DATE = rb"(?:[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8]))"
_PLAIN: Mapping[str, bytes] = {
    ColumnType.LONG: rb"-?[0-9]{1,18}",
    ColumnType.DOUBLE: rb"-?[0-9]{1,15}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?",
    ColumnType.DECIMAL: rb"-?[0-9]{1,30}(?:\.[0-9]{1,30})?",
    ColumnType.DATE: _DATE,
    ColumnType.DATETIME: _DATE + rb"[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?",
}
"""Values that certainly fit a column, as most do; few searches find where others begin."""
_CODE = re.compile(r"[-+ ]?0[0-9]|\+")
_MANY = 64  # records that are matched at a time


class InferredColumns:
    """Refuses values that the instance would change.

    Args:
        columns: All columns, in the order in which they are sent.
        inferred: The columns whose types were inferred from some of the rows; at least one of them is numeric.
    """

    def __init__(self, columns: Sequence[ColumnSpec], inferred: Collection[ColumnSpec]) -> None:
        self._numbers = {
            index: column for index, column in enumerate(columns) if column in inferred and column.type in NUMBERS
        }
        self._width = len(columns)
        self._before = 0
        self._suspects = re.compile(rb"\n(?:%s)" % b"|".join(_suspects(p, c) for p, c in self._numbers.items()))

    def check(self, part: Part) -> None:
        """Check the next part.

        Raises:
            SourceError: A value would change; names the row, the column, and what to do.
        """
        content = b"\n" + b"".join(part.open())
        if self._suspects.search(content) is not None:
            self._check_each(content[1:])
        self._before += part.records

    def _check_each(self, content: bytes) -> None:
        for number, fields in enumerate(_records(content, self._width), self._before + 1):
            for index, column in self._numbers.items():
                value = text_of(fields[index])
                if _becomes_another(column.type, value):
                    raise SourceError(
                        f'row {number}, column "{column.name}": {value!r:.80} would become another value in a'
                        f" {column.type}, which was inferred from the first rows: pass the columns' types, this one"
                        " STRING; nothing was committed"
                    )


class TypedColumns:
    """Refuses values that are none of their column's type, as the instance would after the upload.

    Args:
        columns: All columns, in the order in which they are sent.
    """

    def __init__(self, columns: Sequence[ColumnSpec]) -> None:
        self._typed = [
            (index, column)
            for index, column in enumerate(columns)
            if column.type.known and column.type != ColumnType.STRING
        ]
        self._width = len(columns)
        self._before = 0
        fields = (_PLAIN.get(column.type) for column in columns)
        plain = (_FIELD if field is None else rb'(?:"%s"|%s)?' % (field, field) for field in fields)
        record = rb"(?>%s\r?\n)" % b",".join(plain)
        self._plain = [re.compile(record + b"{%d}" % count) for count in (_MANY, 1)]

    def check(self, part: Part) -> None:
        """Check the next part.

        Raises:
            SourceError: A value is none of its column's type; names the row and the column.
        """
        if not self._typed:
            return
        content = b"".join(part.open())
        end = 0
        for pattern in self._plain:
            while found := pattern.match(content, end):
                end = found.end()
        for number, fields in enumerate(_records(content[end:], self._width), 1):
            for index, column in self._typed:
                field = fields[index]
                if field != NULL and not text_fits(column.type, text_of(field)):
                    row = self._before + sum(1 for _ in _records(content[:end], self._width)) + number
                    raise SourceError(
                        f'row {row}, column "{column.name}": {text_of(field)!r:.80} is not a {column.type}; nothing was'
                        " sent"
                    )
        self._before += part.records


def _records(content: bytes, width: int) -> Iterator[list[str]]:
    """Return the records of a part, with quotes."""
    rewriter = fastest_rewriter()(width=width, bom=False, returns=False)
    return records((rewriter.feed(content).content + rewriter.finish().content).decode())


def _suspects(index: int, column: ColumnSpec) -> bytes:
    found = rb"(?:%s|%s)" % (_CODES, _DIGITS) if column.type == ColumnType.DOUBLE else _CODES
    return (_FIELD + b",") * index + found


def _becomes_another(column_type: ColumnType, text: str) -> bool:
    try:
        cut = column_type == ColumnType.DOUBLE and Decimal(repr(float(text))) != Decimal(text)
    except (ArithmeticError, ValueError):
        return False  # the instance refuses values that are not numbers
    return cut or _CODE.match(text) is not None or (column_type == ColumnType.LONG and text == "-0")
