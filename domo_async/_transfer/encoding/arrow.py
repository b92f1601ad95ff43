"""Encoding of Arrow batches as CSV. pyarrow is an optional package, so it is imported on use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from domo_async._transfer.columns import ColumnSpec
from domo_async._transfer.csv.format import Block
from domo_async._transfer.encoding.cells import CellRules, Cells
from domo_async._transfer.encoding.texts import UnencodableArray, UnencodableValue
from domo_async.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowEncoder"]


class ArrowEncoder:
    """Writes record batches as CSV for a dataset's columns; the package's docstring describes how values are written.

    The encoder is stateless, so several threads may use it.

    Args:
        schema: The batches' schema; columns go by position.
        columns: The columns that the batches are for, in order.
        rules: The caller's rules.
        written: The indices of columns that already hold the text of their cells, from `RowEncoder.texts`.

    Raises:
        ConfigError: pyarrow is not installed, or does not know the rules' zone.
        SourceError: There are more or fewer columns than in the schema, or a column's type shows that its values do not
            fit; names the column, its type, the dataset's type, and what to do.
    """

    def __init__(
        self,
        schema: pa.Schema,
        columns: Sequence[ColumnSpec],
        rules: CellRules,
        *,
        written: Collection[int] = (),
    ) -> None:
        try:
            from domo_async._transfer.encoding.arrow_forms import form, same  # noqa: PLC0415 - optional
            from domo_async._transfer.encoding.arrow_types import check_fit  # noqa: PLC0415 - optional
        except ImportError:
            raise ConfigError('frames are written with pyarrow: pip install "domo-async[arrow]"') from None
        if len(schema) != len(columns):
            raise SourceError(f"the frame has {len(schema)} columns, the dataset {len(columns)}")
        self._columns = tuple(columns)
        self._rules = rules
        self._forms = []
        for index, (field, column) in enumerate(zip(schema, columns, strict=True)):
            if index not in written:
                check_fit(field, column)
            self._forms.append(same if index in written else form(field.type, column, rules))

    def encode(self, batch: pa.RecordBatch, *, row: int = 0) -> bytes:
        """Return a batch as whole records of CSV; see `blocks`."""
        return b"".join(block.content for block in self.blocks(batch, row=row))

    def blocks(self, batch: pa.RecordBatch, *, row: int = 0) -> list[Block]:
        """Return a batch as blocks of CSV.

        Args:
            batch: The batch.
            row: The number of the source's earlier rows, for errors.

        Raises:
            SourceError: A value does not fit its column; names the row, counted from 1, and the column.
        """
        from domo_async._transfer.encoding.arrow_writer import write, write_fast  # noqa: PLC0415 - optional

        if not batch.num_rows:
            return []
        blocks = write_fast(batch.columns, self._forms)
        if blocks is None:
            blocks = [write([self._formed(index, array, row) for index, array in enumerate(batch.columns)])]
        return blocks

    def _formed(self, index: int, array: pa.Array[Any], row: int) -> pa.Array[Any]:
        from domo_async._transfer.encoding.arrow_writer import FAILURES, formed  # noqa: PLC0415 - optional

        form = partial(formed, form=self._forms[index])
        try:
            return form(array)
        except FAILURES:
            offset, error = _first_failure(array, form, FAILURES)
            reason = self._reason(index, array[offset], error)
            raise SourceError(f'row {row + offset + 1}, column "{self._columns[index].name}": {reason}') from None

    def _reason(self, index: int, value: pa.Scalar[Any], error: Exception) -> str:
        """Return the reason why a value cannot be written."""
        from domo_async._transfer.encoding.arrow_types import family_of  # noqa: PLC0415 - optional

        try:
            Cells(self._columns[index].type, self._rules).write(value.as_py())
        except UnencodableValue as reason:
            return str(reason)
        except UnicodeDecodeError:
            return "it is text that is not UTF-8"
        except (OverflowError, ValueError) as unreadable:
            if family_of(value.type) in {"date", "timestamp"}:
                # The stored number is outside of Python's range of dates and times.
                return "it is not within the years 1 to 9999"
            # For example a duration beyond Python's, and a struct with two fields of one name.
            return f"it cannot be read: {unreadable}"
        return str(error) or f"{value!s:.80} does not fit the column"


def _first_failure(
    array: pa.Array[Any],
    formed: Callable[[pa.Array[Any]], pa.Array[Any]],
    failures: tuple[type[Exception], ...],
) -> tuple[int, Exception]:
    """Return the index of the first value that cannot be written, and its error; the array has one."""
    start, count = 0, len(array)
    while count > 1:
        half = count // 2
        try:
            formed(array.slice(start, half))
        except failures:
            count = half
        else:
            start, count = start + half, count - half
    try:
        formed(array.slice(start, 1))
    except failures as error:
        return start, error
    return start, UnencodableArray()
