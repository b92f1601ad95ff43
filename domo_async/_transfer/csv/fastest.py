"""The fastest available implementations for CSV: compiled, with NumPy if none were built, or in Python without it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from domo_async._transfer.csv.block_scanner import BlockScanner
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.rewriting import Rewriter

__all__ = ["block_scanner", "empty_fields", "fastest_rewriter"]


def block_scanner(width: int | None) -> BlockScanner:
    """Return the fastest available scanner."""
    return _fastest()[0](width)


def empty_fields(columns: Sequence[int]) -> EmptyFields:
    """Return the fastest available implementation of `EmptyFields`."""
    return _fastest()[1](columns)


def fastest_rewriter() -> type[Rewriter]:
    """Return the fastest available rewriter."""
    try:
        from domo_async._transfer.csv.compiled_rewriter import CompiledRewriter  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return Rewriter
    return CompiledRewriter


@cache
def _fastest() -> tuple[type[BlockScanner], type[EmptyFields]]:
    with suppress(ImportError):
        from domo_async._transfer.csv.compiled import (  # noqa: PLC0415 - not built everywhere
            CompiledBlockScanner,
            CompiledEmptyFields,
        )

        return CompiledBlockScanner, CompiledEmptyFields
    with suppress(ImportError):
        from domo_async._transfer.csv.vectorized import (  # noqa: PLC0415 - NumPy is optional
            VectorizedBlockScanner,
            VectorizedEmptyFields,
        )

        return VectorizedBlockScanner, VectorizedEmptyFields
    return BlockScanner, EmptyFields
