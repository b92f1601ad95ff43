"""The fastest available implementations for CSV: compiled ones, or those in Python if none were built."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._transfer.csv.block_scanner import BlockScanner
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.rewriting import Rewriter

__all__ = ["block_scanner", "empty_fields", "fastest_rewriter"]


def block_scanner(width: int | None) -> BlockScanner:
    """Return the fastest available scanner."""
    try:
        from domo_async._transfer.csv.compiled import CompiledBlockScanner  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return BlockScanner(width)
    return CompiledBlockScanner(width)


def empty_fields(columns: Sequence[int]) -> EmptyFields:
    """Return the fastest available implementation of `EmptyFields`."""
    try:
        from domo_async._transfer.csv.compiled import CompiledEmptyFields  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return EmptyFields(columns)
    return CompiledEmptyFields(columns)


def fastest_rewriter() -> type[Rewriter]:
    """Return the fastest available rewriter."""
    try:
        from domo_async._transfer.csv.compiled_rewriter import CompiledRewriter  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return Rewriter
    return CompiledRewriter
