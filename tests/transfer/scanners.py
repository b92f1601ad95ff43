"""The scanners and rewriters to be tested; the compiled ones are skipped where they could not be built."""

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
from domo_async._transfer.csv.fastest import block_scanner

__all__ = ["FASTEST", "SCANNERS", "built_for_less", "needs_compiled"]

FASTEST = type(block_scanner(None))
needs_compiled = pytest.mark.skipif(FASTEST is BlockScanner, reason="there was no compiler when this was installed")
SCANNERS = [pytest.param(BlockScanner, id="plain"), pytest.param(FASTEST, id="compiled", marks=needs_compiled)]


def built_for_less(name: str, folder: Path, *, sse2: bool) -> ModuleType:
    """Compile a module as it is on processors without instructions for 32 bytes at once, or for 16."""
    compiler = shutil.which("cc")
    if compiler is None or FASTEST is BlockScanner:
        pytest.skip("there is no compiler")
    library = folder / f"{name}{EXTENSION_SUFFIXES[0]}"
    source = Path(beside.__file__).with_name(f"{name}.c")
    less = ["-DWITHOUT_AVX2", *([] if sse2 else ["-U__SSE2__"])]
    flags = ["-O2", "-shared", "-fPIC", *less, f"-I{sysconfig.get_path('include')}"]
    subprocess.run([compiler, *flags, "-o", str(library), str(source)], check=True)
    spec = importlib.util.spec_from_file_location(name, library)
    assert spec is not None
    return importlib.util.module_from_spec(spec)
