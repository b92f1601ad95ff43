"""Arrow arrays as CSV: converted to the forms for their columns, and written by compiled code, or else by pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import Any

import pyarrow as pa
from pyarrow import csv, types

from domo_async._transfer.csv.format import Block, arrow_write_options
from domo_async._transfer.encoding.arrow_forms import Form, is_done_in_writing
from domo_async._transfer.encoding.arrow_types import plain
from domo_async._transfer.encoding.texts import UnencodableArray, UnencodableValue
from domo_async._transfer.seekable import SENT_SLICE

try:
    from domo_async._transfer.encoding._arrow_writer import write as _compiled
except ImportError:  # not built everywhere
    _compiled = None  # type: ignore[assignment]

__all__ = ["FAILURES", "formed", "write", "write_fast"]

FAILURES = (UnencodableArray, UnencodableValue, pa.ArrowException, ValueError, OverflowError)
"""What is raised for values that do not fit their column."""
_WRITTEN_AT_ONCE = 16_384


def formed(values: pa.Array[Any], form: Form) -> pa.Array[Any]:
    """Return values in the form for their column.

    Raises:
        *FAILURES: A value does not fit.
    """
    found = plain(values)
    if types.is_string(found.type) or types.is_large_string(found.type):
        # Files may hold any bytes as text, and Arrow passes them on.
        found.validate(full=True)
    made: pa.Array[Any] = form(found)
    return made


def write(arrays: Sequence[pa.Array[Any]]) -> Block:
    """Return arrays that have their form as records of CSV."""
    batch = _batch(arrays)
    sink = pa.BufferOutputStream()
    csv.write_csv(batch, sink, arrow_write_options(_WRITTEN_AT_ONCE))
    return Block(sink.getvalue().to_pybytes(), batch.num_rows)


def write_fast(arrays: Iterable[pa.Array[Any]], forms: Iterable[Form]) -> list[Block] | None:
    """Return the same of arrays without their forms, in small blocks.

    Returns None if there is no compiled code, or if a type is unknown to it or a value does not fit its column.
    """
    if _compiled is None:
        return None
    try:
        batch = _batch(
            [
                array if is_done_in_writing(form, array.type) else formed(array, form)
                for array, form in zip(arrays, forms, strict=True)
            ]
        )
        batch.validate()
    except FAILURES:
        return None
    schema, array = batch.__arrow_c_array__()  # type: ignore[no-untyped-call]
    blocks = _compiled(schema, array, SENT_SLICE)
    return None if blocks is None else list(starmap(Block, blocks))


def _batch(arrays: Sequence[pa.Array[Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(arrays), names=list(map(str, range(len(arrays)))))
