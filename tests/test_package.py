"""The wheel as users get it: built, installed into a fresh environment without extras, used."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import domo_async

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


@pytest.mark.wheels
def test_without_a_compiler_the_wheel_holds_the_package_all_the_same_and_nothing_else(tmp_path):
    plain = built(tmp_path, CC="false")

    names = zipfile.ZipFile(plain).namelist()
    assert "domo_async/py.typed" in names
    assert "domo_async/sync/__init__.py" in names
    assert "domo_async/_emulator/console/console.html" in names
    assert {"domo_async/_docs/mkdocs.yml", "domo_async/_docs/pages/howto/nightly-load.md"} <= set(names)
    assert {"domo_async"} == {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert set() == compiled_in(plain)


def test_the_readme_names_each_extra_and_which_of_them_all_means() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (told,) = re.findall(
        r"^Extras: (.*?) The library itself", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    together, alone = (set(re.findall(r"`(\w+)`", part)) for part in told.split("`all` of"))

    assert Requirement(extras["all"][0]).extras == together
    assert extras.keys() - together - {"all", "clouds", "dev", "fuzz", "release"} == alone - {"all"}


def test_the_changelog_begins_with_this_version() -> None:
    (newest, *_) = re.findall(
        r"^## (\S+) \((?:unreleased|\d{4}-\d\d-\d\d)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert domo_async.__version__ == newest


def copy_requirements(wheel: Path, folder: Path) -> None:
    """Copy what a wheel requires without extras, and what that requires, from where tests run: no index is asked."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    required = message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
    known = set()
    while required:
        requirement = Requirement(required.pop())
        name = canonicalize_name(requirement.name)
        if name in known or (requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})):
            continue
        known.add(name)
        distribution = importlib.metadata.distribution(name)
        required += distribution.requires or []
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            source = Path(str(distribution.locate_file(top)))
            if source.is_dir():
                shutil.copytree(source, folder / top, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
            else:
                shutil.copy(source, folder)


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

from importlib import import_module
from domo_async._airflow.provider import get_provider_info

assert get_provider_info()["package-name"] == "domo-async"
for extra in ("airflow", "dlt", "spark"):
    try:
        import_module(f"domo_async.{extra}")
    except domo_async.ConfigError as error:
        assert f'pip install "domo-async[{extra}]"' in str(error)
    else:
        raise AssertionError(f"{extra} needs its extra")
"""


@pytest.mark.wheels
@pytest.mark.timeout(180)
def test_the_wheel_works_without_extras(tmp_path):
    wheel = built(tmp_path)
    if shutil.which("cc") is not None:
        transfer = {
            f"domo_async/_transfer/{name}" for name in ("csv/_rewrite", "csv/_survey", "encoding/_arrow_writer")
        }
        assert {"domo_async/_emulator/rows/_columns", "domo_async/_wire/_decoding", *transfer} == compiled_in(wheel)
    venv.create(tmp_path / "env")
    bin_folder = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    python = str(bin_folder / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]
    copy_requirements(wheel, Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()))

    subprocess.run([python, "-W", "error", "-c", WITHOUT_EXTRAS], check=True, cwd=tmp_path)
    command = subprocess.run(
        [str(bin_folder / "domo-async"), "demo"], check=False, capture_output=True, text=True, cwd=tmp_path
    )

    assert 2 == command.returncode
    assert 'pip install "domo-async[cli]"' in command.stderr.replace("\n", " ")
    assert "Traceback" not in command.stderr


def test_a_name_stands_for_one_thing_wherever_users_import_from() -> None:
    public = [importlib.import_module(name) for name in ("domo_async", "domo_async.models", "domo_async.emulator")]
    found: dict[str, set[object]] = {}
    for module in public:
        for name in module.__all__:
            found.setdefault(name, set()).add(id(getattr(module, name)))

    assert [] == [name for name, things in found.items() if len(things) > 1]
