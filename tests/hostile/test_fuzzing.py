"""Coverage-guided fuzzing of what is compiled, with sanitizers, and of the binding of values into SQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import TRIES

ROOT = Path(__file__).parents[2]
SOURCES = {
    "survey": "domo_async/_transfer/csv/_survey.c",
    "rewrite": "domo_async/_transfer/csv/_rewrite.c",
    "arrow_writer": "domo_async/_transfer/encoding/_arrow_writer.c",
    "columns": "domo_async/_emulator/rows/_columns.c",
    "layouts": "domo_async/_wire/_decoding.c",
}
# A run takes a millisecond or so.
RUNS = 50 * TRIES

pytestmark = [pytest.mark.hostile, pytest.mark.long, pytest.mark.timeout(600 + RUNS // 50)]


@pytest.fixture
def library() -> Path:
    """Where libFuzzer with AddressSanitizer is, which atheris brings."""
    atheris = pytest.importorskip("atheris", reason="pip install 'domo-async[fuzz]'")
    return Path(atheris.path()) / "asan_with_fuzzer.so"


def build(source: str, folder: Path) -> None:
    """Build a module of C such that its coverage is seen, and its mistakes."""
    clang = shutil.which("clang")
    if clang is None:
        pytest.skip("there is no clang, whose sanitizers it takes")
    target = folder / f"{Path(source).stem}.abi3.so"
    watched = ["-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=undefined"]
    include = sysconfig.get_paths()["include"]
    command = [clang, "-shared", "-fPIC", "-O1", "-g", *watched, f"-I{include}", str(ROOT / source), "-o", str(target)]
    subprocess.run(command, check=True)


@pytest.mark.parametrize("target", ["binding", *SOURCES])
def test_nothing_found_by_fuzzing_is_wrong(target: str, library: Path, tmp_path: Path, pytestconfig: pytest.Config):
    environment = dict(os.environ)
    if target in SOURCES:
        build(SOURCES[target], tmp_path)
        environment |= {"LD_PRELOAD": str(library), "ASAN_OPTIONS": "detect_leaks=0"}  # Python itself leaves some
    seed = int(pytestconfig.option.hypothesis_seed) % 2**32 or 1  # 0 stands for chance
    options = [f"-runs={RUNS}", f"-seed={seed}", f"-artifact_prefix={tmp_path}/"]
    command = [sys.executable, "-m", "tests.hostile.fuzzing", target, str(tmp_path), *options]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert 0 == ended.returncode, ended.stderr[-5_000:]
    assert f"Done {RUNS} runs" in ended.stderr
