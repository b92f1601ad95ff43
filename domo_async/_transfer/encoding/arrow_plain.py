"""Arrow's encodings undone: arrays as plain ones of the same values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

__all__ = ["leaves", "plain"]

_USUAL_DECIMAL = 128


def plain(array: pa.Array[Any]) -> pa.Array[Any]:
    """Return the values of an array without dictionaries, run ends, extensions and views."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == "arrow.uuid":
            return array
        stored = plain(array.storage)  # type: ignore[attr-defined]
        return stored.cast(pa.bool_()) if kind.extension_name == "arrow.bool8" else stored
    if types.is_run_end_encoded(kind):
        return plain(pc.call_function("run_end_decode", [array]))
    if types.is_dictionary(kind):
        # Long texts that occur often may be more than the 2 GiB of a plain string array.
        return plain(array.dictionary).take(array.indices)  # type: ignore[attr-defined]
    if types.is_string_view(kind):
        return array.cast(pa.large_string())
    if types.is_decimal(kind) and kind.bit_width < _USUAL_DECIMAL:
        # Of narrow ones Arrow makes no integers.
        return array.cast(pa.decimal128(kind.precision, kind.scale))
    return array


def leaves(array: Any) -> Iterator[Any]:
    """Yield the arrays of values that are not nested themselves out of which an array is made."""
    if types.is_dictionary(array.type):
        yield from leaves(array.dictionary)
    elif types.is_map(array.type):
        yield from leaves(array.keys)
        yield from leaves(array.items)
    elif types.is_struct(array.type):
        for inner in array.flatten():
            yield from leaves(inner)
    elif types.is_list(array.type) or types.is_large_list(array.type) or types.is_fixed_size_list(array.type):
        yield from leaves(array.flatten())
    elif not types.is_nested(array.type):
        yield array
