"""CSV parts as typed columns, made by compiled code: what most uploads hold, at several times DuckDB's own speed.

Not every installation has it. It takes plain forms only, and an error of the stream says that there are others; for
those, and to say what is wrong, there is DuckDB's reader. Plain are:

- RFC 4180 in UTF-8 without NUL, with line ends of LF or CRLF, no byte order mark, and records that fit into a block;
- values that are quoted or not, in these forms:

  LONG      ``-?digits`` that fits, of up to 19 digits
  DOUBLE    ``-?digits[.digits][(e|E)[+|-]digits]``, less than 10 to the 308th, which stays text, for
            DuckDB to convert
  DECIMAL   ``-?digits[.digits]``, up to 38 characters and the scale's digits
  DATE      ``YYYY-MM-DD``, of the years 0001 to 9999
  DATETIME  a date, ``T`` or a space, ``HH:MM:SS``, perhaps up to six digits of fractions, perhaps ``Z``
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from domo_async._emulator.rows import _columns
from domo_async._emulator.rows.parts import LONGEST_RECORD

__all__ = ["PlainRows"]

# What is longer does not fit into a block. For what each block costs by itself, this is large enough.
_BLOCK = LONGEST_RECORD


@frozen
class PlainRows:
    """The rows of parts, for whatever reads Arrow. Its columns are c0, c1 and so on.

    Attributes:
        paths: The files of the parts.
        columns: Each column's type, and the scale of a DECIMAL one.
    """

    paths: Sequence[Path]
    columns: Sequence[tuple[str, int]]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a stream that begins at the first row."""
        return _columns.stream(tuple(map(os.fsencode, self.paths)), tuple(self.columns), _BLOCK)
