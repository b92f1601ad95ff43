"""Builds the files of a release: the source distribution, a wheel for each platform, and one for all others."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from domo_async._release.compiling import Compiler
from domo_async._release.running import run_module
from domo_async._release.targets import TARGETS, Target

__all__ = ["build_release"]

# The earliest time that a ZIP file can store.
_EARLIEST = 315532800


def build_release(
    project: Path, out: Path, targets: Iterable[Target] = TARGETS, *, isolated: bool = True
) -> list[Path]:
    """Make the source distribution, and all wheels of it.

    The same sources give the same files, bit for bit, with the same versions of Python, setuptools and Zig.

    Args:
        project: The project's folder.
        out: The folder for what is made.
        targets: The platforms that are compiled for.
        isolated: Whether setuptools comes from the package index; otherwise the installed one is used.

    Returns:
        The files: the source distribution, the wheel without compiled code, and those with it.
    """
    time = _source_time(project)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time)}
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as made:
        folder = Path(made)
        isolation = () if isolated else ("--no-isolation",)
        sdist_to = ("--sdist", "--outdir", str(folder / "sdist"))
        run_module("build", *isolation, *sdist_to, folder=project, environment=environment)
        (sdist,) = (folder / "sdist").iterdir()
        _settle(sdist, time)
        with tarfile.open(sdist) as archive:
            archive.extractall(folder / "sources", filter="data")
        (sources,) = (folder / "sources").iterdir()
        without = {**environment, "DOMO_ASYNC_NO_EXTENSIONS": "1"}
        wheel_to = ("--wheel", "--outdir", str(folder / "pure"))
        run_module("build", *isolation, *wheel_to, folder=sources, environment=without)
        (pure,) = (folder / "pure").iterdir()
        compiler = Compiler(sources, folder)
        wheels = [_wheel(pure, target, compiler, folder / target.triple, environment) for target in targets]
        return [Path(shutil.copy(each, out)) for each in (sdist, pure, *wheels)]


def _settle(sdist: Path, time: int) -> None:
    """Rewrite a source distribution without times, owners and permissions, which differ from build to build."""
    with tarfile.open(sdist) as archive:
        files = {each: archive.extractfile(each) for each in archive.getmembers() if each.isfile()}
        contents = {each.name: (each.mode, file.read()) for each, file in files.items() if file is not None}
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", fileobj=packed, mtime=time) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for name, (mode, content) in sorted(contents.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mtime = time
            member.mode = 0o755 if mode & 0o100 else 0o644
            archive.addfile(member, io.BytesIO(content))
    sdist.write_bytes(packed.getvalue())


def _wheel(pure: Path, target: Target, compiler: Compiler, folder: Path, environment: dict[str, str]) -> Path:
    """Build the wheel for a platform: add compiled code and tags to the wheel without compiled code."""
    folder.mkdir()
    run_module("wheel", "unpack", "--dest", "content", str(pure), folder=folder)
    (content,) = (folder / "content").iterdir()
    compiled = compiler.compile(target, content)
    for path in content.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path in compiled else 0o644)
    (described,) = content.glob("*.dist-info/WHEEL")
    text = described.read_text(encoding="utf-8").replace("Root-Is-Purelib: true", "Root-Is-Purelib: false")
    tags = "".join(f"Tag: cp311-abi3-{platform}\n" for platform in target.platforms)
    described.write_text(re.sub(r"^Tag: .*\n", tags, text, count=1, flags=re.MULTILINE), encoding="utf-8")
    (folder / "packed").mkdir()
    run_module("wheel", "pack", "--dest-dir", "packed", str(content), folder=folder, environment=environment)
    (wheel,) = (folder / "packed").iterdir()
    return wheel


def _source_time(project: Path) -> int:
    """Return the time of the sources in seconds since 1970, for the times of files in archives."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if (project / ".git").exists():
        command = ["git", "log", "-1", "--format=%ct"]
        ended = subprocess.run(command, check=True, cwd=project, capture_output=True, text=True)  # noqa: S603 - our words
        return int(ended.stdout)
    return _EARLIEST
