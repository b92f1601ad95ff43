"""Encoding of values as the CSV that Domo reads.

Whether values are given as rows or as Arrow, the text that is written depends only on the column's type:

- NULL (None, `pandas.NA` and `NaT`, Arrow's null, and NaN, by which numpy and pandas mark missing values of any type)
  is an empty field, and infinity is refused; the same holds for values that are bound into SQL. Text is always quoted,
  so that the empty string is ``""`` and text is never read as NULL.
- LONG takes integers of 64 bits, floats and decimals without a fraction, and booleans as 1 and 0.
- DOUBLE takes every number but infinities, DECIMAL too, in plain notation.
- DATE is ``YYYY-MM-DD`` and takes points in time at midnight; DATETIME is ``YYYY-MM-DD HH:MM:SS`` with digits of the
  second, up to nine, where there are any, and takes days. Neither has a zone: `CellRules.zone`.
- STRING takes all of these, booleans as ``true`` and ``false``, times of day, durations, UUIDs, paths, addresses of the
  internet, pandas' periods and intervals, and enumerations as their text (the value if that is text, or else the name);
  nested values only as JSON: `CellRules.nested`.
- Text for other columns is accepted if it has the form of their values. Binary values are refused.
"""

from __future__ import annotations

from domo_async._transfer.encoding.arrow import ArrowEncoder
from domo_async._transfer.encoding.cells import CellRules
from domo_async._transfer.encoding.inference import (
    Evidence,
    columns_of_arrow,
    columns_of_rows,
    columns_of_text,
    seen_in_text,
    text_fits,
)
from domo_async._transfer.encoding.rows import RowEncoder

__all__ = [
    "ArrowEncoder",
    "CellRules",
    "Evidence",
    "RowEncoder",
    "columns_of_arrow",
    "columns_of_rows",
    "columns_of_text",
    "seen_in_text",
    "text_fits",
]
