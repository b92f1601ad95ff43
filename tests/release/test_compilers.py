"""The C compiles by the rules of MSVC, as far as another compiler that follows them can tell."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wheels, pytest.mark.xdist_group("wheels")]

ROOT = Path(__file__).parents[2]
SOURCES = [
    "domo_async/_emulator/rows/_columns.c",
    "domo_async/_transfer/csv/_rewrite.c",
    "domo_async/_transfer/csv/_survey.c",
    "domo_async/_transfer/encoding/_arrow_writer.c",
    "domo_async/_wire/_decoding.c",
]
# The headers that stand for corecrt.h, which is beside this file and declares what there is in them.
FORWARDED = (
    *("assert", "crtdbg", "ctype", "errno", "inttypes", "io", "locale", "malloc", "math", "stdio", "stdlib", "string"),
    *("sys/stat", "sys/time", "sys/types", "time", "wchar"),
)
LIKE_MSVC = (
    *("-std=c11", "-fms-compatibility", "-fms-extensions", "-fms-compatibility-version=19.44", "-nostdinc"),
    # Without GNU's extensions, but with MSVC's keyword for inlining. It has no attribute for Python's headers to mark
    # unused parameters with.
    *("-Wall", "-Wextra", "-Wpedantic", "-Wgnu", "-Wvla", "-Werror", "-Wno-unused-parameter"),
    *("-Wno-language-extension-token", "-fsyntax-only"),
)


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the options for Python's headers and for those of the C library."""
    import ziglang

    folder = tmp_path_factory.mktemp("headers")
    for name in FORWARDED:
        (folder / f"{name}.h").parent.mkdir(exist_ok=True)
        (folder / f"{name}.h").write_text("#include <corecrt.h>\n")
    python = folder / "python"
    shutil.copytree(sysconfig.get_path("include"), python)
    shutil.copy(ROOT / "domo_async" / "_release" / "pyconfig.h", python)
    of_clang = Path(str(ziglang.__file__)).parent / "lib" / "include"
    places = (python, folder, Path(__file__).with_name("msvc"), of_clang)
    return [option for place in places for option in ("-isystem", str(place))]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: Path(source).stem)
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
# As clang-cl sees it, and as MSVC does, which has intrinsics where Clang has builtins.
@pytest.mark.parametrize("undefined", [[], ["-U__clang__"]], ids=["clang-cl", "msvc"])
def test_modules_compile_by_the_rules_of_msvc(
    source: str, machine: str, undefined: list[str], headers: list[str]
) -> None:
    compiler = [sys.executable, "-m", "ziglang", "clang", f"--target={machine}-pc-windows-msvc"]
    command = [*compiler, *LIKE_MSVC, *undefined, *headers, str(ROOT / source)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "") == (ended.returncode, ended.stderr)


def test_code_that_only_gcc_and_clang_know_does_not_compile(tmp_path: Path, headers: list[str]) -> None:
    source = tmp_path / "extension.c"
    source.write_text("int f(unsigned n) { int values[n]; return __builtin_popcount(n) + sizeof values; }\n")
    compiler = [sys.executable, "-m", "ziglang", "clang", "--target=x86_64-pc-windows-msvc"]

    ended = subprocess.run([*compiler, *LIKE_MSVC, *headers, str(source)], capture_output=True, text=True, check=False)

    assert 0 != ended.returncode
    assert "variable length array" in ended.stderr
