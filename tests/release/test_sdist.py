"""The source distribution holds everything, and its tests run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wheels, pytest.mark.timeout(600), pytest.mark.xdist_group("wheels")]

ROOT = Path(__file__).parents[2]
GENERATED = re.compile(r"PKG-INFO|setup\.cfg|domo_async\.egg-info/.*")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the source distribution unpacks to."""
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def test_the_source_distribution_holds_what_is_under_version_control(sources: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout")
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT)
    held = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}

    assert set() == {*listed.stdout.splitlines()} - held
    assert [] == [name for name in held - {*listed.stdout.splitlines()} if not GENERATED.fullmatch(name)]


def in_sources(sources: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=sources)
    assert 0 == ended.returncode, ended.stdout[-3_000:] + ended.stderr[-3_000:]
    return ended.stdout


def test_its_tests_are_found_and_run(sources: Path) -> None:
    if shutil.which("cc") is not None:
        (sources / "setup.py").write_text("import setuptools; setuptools.setup()\n")
        subprocess.run(
            [sys.executable, "setup.py", "build_ext", "--inplace"], check=True, capture_output=True, cwd=sources
        )
    found = in_sources(sources, "pytest", "-n", "0", "-p", "no:cacheprovider", "--collect-only", "-q")
    ran = in_sources(sources, "pytest", "-n", "0", "-p", "no:cacheprovider", "-q", "tests/transfer/test_parts.py")

    assert int(re.findall(r"(\d+)(?:/\d+)? tests collected", found)[0]) > 1000
    assert re.search(r"\d+ passed", ran)
    assert "failed" not in ran
