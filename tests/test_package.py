"""The wheel as users get it: built, installed into a fresh environment without extras, used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def built(folder: Path, **environment: str) -> Path:
    """Return a wheel, made of the source distribution that is made beside it."""
    checkout, out = folder / "checkout", folder / "dist"  # a build leaves notes where it is made
    checkout.mkdir()
    shutil.copytree(
        ROOT / "domo_async", checkout / "domo_async", ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(checkout)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    (wheel,) = out.glob("*.whl")
    return wheel


def compiled_in(wheel: Path) -> set[str]:
    names = zipfile.ZipFile(wheel).namelist()
    return {name.split(".")[0] for name in names if name.endswith((".so", ".pyd"))}


def test_without_a_compiler_the_wheel_holds_the_package_all_the_same_and_nothing_else(tmp_path):
    plain = built(tmp_path, CC="false")

    names = zipfile.ZipFile(plain).namelist()
    assert "domo_async/py.typed" in names
    assert "domo_async/sync/__init__.py" in names
    assert "domo_async/_emulator/console/console.html" in names
    assert {"domo_async"} == {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert set() == compiled_in(plain)


WITHOUT_EXTRAS = """
import domo_async, domo_async.sync
from domo_async._transfer.csv.splitter import RecordScanner

scanner = RecordScanner()
scanner.feed(b'1,"a\\nb"\\n2,c\\n')
assert scanner.records == 2
assert repr(domo_async.Domo("acme", token="t")) == "Domo('https://acme.domo.com')"
with domo_async.sync.Domo("acme", token="t"):
    pass
try:
    import domo_async.emulator
except ImportError as error:
    assert 'pip install "domo-async[emulator]"' in str(error)
else:
    raise AssertionError("the emulator needs its extra")
"""


@pytest.mark.timeout(180)
def test_the_wheel_works_without_extras(tmp_path):
    wheel = built(tmp_path)
    if shutil.which("cc") is not None:
        csv = {"domo_async/_transfer/csv/_rewrite", "domo_async/_transfer/csv/_survey"}
        assert {"domo_async/_emulator/rows/_columns", *csv} == compiled_in(wheel)
    venv.create(tmp_path / "env", with_pip=True)
    bin_folder = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    python = str(bin_folder / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True, capture_output=True)

    subprocess.run([python, "-W", "error", "-c", WITHOUT_EXTRAS], check=True, cwd=tmp_path)
    command = subprocess.run(
        [str(bin_folder / "domo-async"), "demo"], check=False, capture_output=True, text=True, cwd=tmp_path
    )

    assert 2 == command.returncode
    assert 'pip install "domo-async[cli]"' in command.stderr.replace("\n", " ")
    assert "Traceback" not in command.stderr
