"""The scanners to be tested; the compiled one is skipped where it could not be built."""

from __future__ import annotations

import pytest

from domo_async._transfer.csv.block_scanner import BlockScanner, block_scanner

__all__ = ["FASTEST", "SCANNERS", "needs_compiled"]

FASTEST = type(block_scanner(None))
needs_compiled = pytest.mark.skipif(FASTEST is BlockScanner, reason="there was no compiler when this was installed")
SCANNERS = [pytest.param(BlockScanner, id="plain"), pytest.param(FASTEST, id="compiled", marks=needs_compiled)]
