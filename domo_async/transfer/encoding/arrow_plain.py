"""Arrow's encodings undone: arrays as plain ones of the same values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

__all__ = ["plain"]


def plain(array: pa.Array[Any]) -> pa.Array[Any]:
    """Return the values of an array without dictionaries, run ends, extensions and views."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return array if kind.extension_name == "arrow.uuid" else plain(array.storage)  # type: ignore[attr-defined]
    if types.is_run_end_encoded(kind):
        return plain(pc.call_function("run_end_decode", [array]))
    if types.is_dictionary(kind):
        # Long texts that occur often may be more than the 2 GiB of a plain string array.
        return plain(array.dictionary).take(array.indices)  # type: ignore[attr-defined]
    if types.is_string_view(kind):
        return array.cast(pa.large_string())
    return array
