"""The scanners and rewriters to be tested; those that cannot be had are skipped: compiled ones, or those with NumPy."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import pytest

from domo_async._transfer.csv import block_scanner as beside
from domo_async._transfer.csv.block_scanner import BlockScanner
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.fastest import block_scanner, empty_fields

try:
    from domo_async._transfer.csv.vectorized import VectorizedBlockScanner, VectorizedEmptyFields
except ImportError:
    HAS_NUMPY = False
    VectorizedBlockScanner, VectorizedEmptyFields = BlockScanner, EmptyFields  # type: ignore[assignment, misc]
else:
    HAS_NUMPY = True

__all__ = ["EMPTY_FIELDS", "FASTEST", "IS_COMPILED", "SCANNERS", "built_for_less", "needs_compiled"]

FASTEST = type(block_scanner(None))
IS_COMPILED = FASTEST not in {BlockScanner, VectorizedBlockScanner}
needs_compiled = pytest.mark.skipif(not IS_COMPILED, reason="not compiled here; .ci/run fails without")
needs_numpy = pytest.mark.skipif(not HAS_NUMPY, reason="NumPy 2 is not installed; .ci/run fails without")
SCANNERS = [
    pytest.param(BlockScanner, id="plain"),
    pytest.param(VectorizedBlockScanner, id="vectorized", marks=needs_numpy),
    pytest.param(FASTEST, id="compiled", marks=needs_compiled),
]


class SmallSteps(VectorizedEmptyFields):
    """Takes as few bytes at a time as it is given, so that cuts between them matter."""

    _least = 1


EMPTY_FIELDS = [
    pytest.param(EmptyFields, id="plain"),
    pytest.param(SmallSteps, id="vectorized", marks=needs_numpy),
    pytest.param(type(empty_fields([0])), id="compiled", marks=needs_compiled),
]


def built_for_less(name: str, folder: Path, *, sse2: bool) -> ModuleType:
    """Compile a module as it is on processors without instructions for 32 bytes at once, or for 16."""
    compiler = shutil.which("cc")
    if compiler is None or not IS_COMPILED:
        pytest.skip("there is no compiler")
    library = folder / f"{name}{EXTENSION_SUFFIXES[0]}"
    source = Path(beside.__file__).with_name(f"{name}.c")
    less = ["-DWITHOUT_AVX2", *([] if sse2 else ["-U__SSE2__"])]
    flags = ["-O2", "-shared", "-fPIC", *less, f"-I{sysconfig.get_path('include')}"]
    subprocess.run([compiler, *flags, "-o", str(library), str(source)], check=True)
    spec = importlib.util.spec_from_file_location(name, library)
    assert spec is not None
    return importlib.util.module_from_spec(spec)
