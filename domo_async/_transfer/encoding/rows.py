"""Encoding of rows of Python values as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.format import value_of
from domo_async._transfer.encoding.cells import CellRules, Cells
from domo_async._transfer.encoding.texts import UnencodableValue
from domo_async.errors import ConfigError, SourceError

__all__ = ["RowEncoder"]


class RowEncoder:
    """Writes rows as CSV for a dataset's columns; the package's docstring describes how values are written.

    It counts rows across its calls and must be used by one thread at a time.

    Args:
        columns: The columns that the rows are for, in order.
        rules: The caller's rules.
        row: The number of the source's earlier rows.

    Raises:
        ConfigError: `columns` is empty.
    """

    def __init__(self, columns: Sequence[ColumnSpec], rules: CellRules, *, row: int = 0) -> None:
        if not columns:
            raise ConfigError("rows need at least one column")
        self._columns = tuple(columns)
        self._names = [column.name for column in columns]
        self._known = frozenset(self._names)
        self._cells = [Cells(column.type, rules) for column in columns]
        self._row = row

    def encode(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return rows as CSV, with their cells matched by position.

        Raises:
            SourceError: A row is not a sequence, has more or fewer cells than there are columns, or a cell cannot be
                written; names the row, counted from 1 over all calls, and the column.
        """
        self._check_row_types(rows)
        width = len(self._columns)
        if set(map(len, rows)) - {width}:
            index, row = next((index, row) for index, row in enumerate(rows) if len(row) != width)
            raise SourceError(f"row {self._row + index + 1} has {len(row)} cells for {width} columns")
        return self.encode_columns(list(zip(*rows, strict=True)) or [()] * width)

    def encode_mappings(self, rows: Sequence[Mapping[str, object]]) -> bytes:
        """Return rows as CSV, with their cells matched by name; columns that a row lacks are NULL.

        Raises:
            SourceError: A row is not a mapping, has a key that is not a column's name, or a cell cannot be written;
                names the row, counted from 1 over all calls, and the column.
        """
        for row_type in set(map(type, rows)):
            if not issubclass(row_type, Mapping):
                self._refuse_row_type(rows, row_type, "its cells by name")
        for index, row in enumerate(rows):
            if not self._known.issuperset(row):
                unknown = next(key for key in row if key not in self._known)
                raise SourceError(
                    f"row {self._row + index + 1} has the key {unknown!r:.80}, which is not a column's name"
                )
        return self.encode_columns([[row.get(name) for row in rows] for name in self._names])

    def encode_columns(self, columns: Sequence[Sequence[object]]) -> bytes:
        """Return rows as CSV, given as columns of equal length.

        Raises:
            SourceError: A cell cannot be written; names the row, counted from 1 over all calls, and the column.
        """
        fields = [self._fields(index, values) for index, values in enumerate(columns)]
        lines = list(map(",".join, zip(*fields, strict=True)))
        lines.append("")
        try:
            content = "\n".join(lines).encode()
        except UnicodeEncodeError:
            raise self._surrogate(fields) from None
        self._row += len(lines) - 1
        return content

    def texts(self, columns: Sequence[Sequence[object]]) -> list[list[str | None]]:
        """Return the text of each cell of rows that are given as columns; None for NULL.

        Raises:
            SourceError: A cell cannot be written; names the row, counted from 1 over all calls, and the column.
        """
        texts = [self._texts(index, values) for index, values in enumerate(columns)]
        try:
            for column in texts:
                "".join(filter(None, column)).encode()
        except UnicodeEncodeError:
            raise self._surrogate([[text or "" for text in column] for column in texts]) from None
        self._row += len(texts[0]) if texts else 0
        return texts

    def _texts(self, index: int, values: Sequence[object]) -> list[str | None]:
        if self._cells[index].holds_text and {*map(type, values)} <= {str, type(None)}:
            # Most columns of objects hold text, which is written unchanged.
            return cast("list[str | None]", list(values))
        return list(map(value_of, self._fields(index, values)))

    def _fields(self, index: int, values: Sequence[object]) -> list[str]:
        cells = self._cells[index]
        value_types = set(map(type, values))
        try:
            if len(value_types) == 1:
                return list(map(cells[value_types.pop()], values))
            return [cells[type(value)](value) for value in values]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - types of others may raise anything
            raise self._first_refused(index, values) from None

    def _first_refused(self, index: int, values: Sequence[object]) -> SourceError:
        for offset, value in enumerate(values):
            try:
                self._cells[index].write(value)
            except UnencodableValue as reason:
                return self._error(offset, index, str(reason))
            except Exception as error:  # noqa: BLE001 - types of others may raise anything
                return self._error(offset, index, f"a {type(value).__name__} cannot be read: {error!r:.200}")
        raise AssertionError

    def _error(self, offset: int, index: int, reason: str) -> SourceError:
        return SourceError(f'row {self._row + offset + 1}, column "{self._names[index]}": {reason}')

    def _surrogate(self, fields: Sequence[Sequence[str]]) -> SourceError:
        for offset, row in enumerate(zip(*fields, strict=True)):
            for index, field in enumerate(row):
                try:
                    field.encode()
                except UnicodeEncodeError:
                    return self._error(offset, index, f"{field!r:.80} has a lone surrogate, which UTF-8 does not allow")
        raise AssertionError

    def _check_row_types(self, rows: Sequence[Sequence[object]]) -> None:
        for row_type in set(map(type, rows)):
            if issubclass(row_type, str | bytes | Mapping | AbstractSet) or not (
                hasattr(row_type, "__len__") and hasattr(row_type, "__iter__")
            ):
                self._refuse_row_type(rows, row_type, "a list of its cells")

    def _refuse_row_type(self, rows: Sequence[object], row_type: type, expected: str) -> None:
        index = next(index for index, row in enumerate(rows) if type(row) is row_type)
        raise SourceError(f"row {self._row + index + 1} is a {row_type.__name__}; give each row as {expected}")
