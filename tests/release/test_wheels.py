"""The files of a release, as `python -m domo_async._release` makes them."""

from __future__ import annotations

import io
import json
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from domo_async._release.targets import TARGETS, Target
from tests.support import needs

pytestmark = [pytest.mark.wheels, pytest.mark.timeout(600), pytest.mark.xdist_group("wheels")]

ROOT = Path(__file__).parents[2]
MODULES = {
    "domo_async/_emulator/rows/_columns",
    "domo_async/_transfer/csv/_rewrite",
    "domo_async/_transfer/csv/_survey",
    "domo_async/_transfer/encoding/_arrow_writer",
    "domo_async/_wire/_decoding",
}
of_each_target = pytest.mark.parametrize("target", [pytest.param(each, id=each.triple) for each in TARGETS])


Build = Callable[..., list[Path]]


@pytest.fixture(scope="module")
def build() -> Build:
    """The function that builds a release, for which packages are needed that development does not install."""
    needs("abi3info", extra="release")
    from domo_async._release.wheels import build_release

    return build_release


@pytest.fixture(scope="module")
def release(build: Build, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(ROOT, tmp_path_factory.mktemp("release"), isolated=False)


def wheel_for(target: Target, release: list[Path]) -> Path:
    (found,) = (path for path in release if f"{target.platforms[0]}.whl" in path.name)
    return found


def compiled_in(wheel: Path) -> dict[str, bytes]:
    archive = zipfile.ZipFile(wheel)
    return {name: archive.read(name) for name in archive.namelist() if name.endswith((".so", ".pyd"))}


def tool(name: str, *arguments: str | Path) -> str:
    ended = subprocess.run([sys.executable, "-m", name, *arguments], capture_output=True, text=True, check=False)
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    return ended.stdout


def test_a_release_is_the_sources_a_wheel_for_all_and_one_for_each_platform(release: list[Path]) -> None:
    sdist, pure, *compiled = [path.name for path in release]

    assert re.fullmatch(r"domo_async-[\d.]+\.tar\.gz", sdist)
    assert pure.endswith("-py3-none-any.whl")
    assert [{f"cp311-abi3-{platform}" for platform in target.platforms} for target in TARGETS] == [
        set(map(str, parse_wheel_filename(name)[3])) for name in compiled
    ]


@of_each_target
def test_a_wheel_holds_what_the_one_for_all_does_and_the_compiled_modules(
    target: Target, release: list[Path], tmp_path: Path
) -> None:
    wheel = wheel_for(target, release)
    tool("wheel", "unpack", "--dest", tmp_path, wheel)  # which compares all files with what RECORD says of them
    described = next(tmp_path.glob("*/*.dist-info/WHEEL")).read_text().splitlines()
    names, plain = ({*zipfile.ZipFile(path).namelist()} for path in (wheel, release[1]))

    assert {f"{module}{target.suffix}" for module in MODULES} == names - plain
    assert set() == plain - names
    assert not any("_release" in name for name in names)
    assert "Root-Is-Purelib: false" in described
    assert {f"Tag: cp311-abi3-{platform}" for platform in target.platforms} <= set(described)


@of_each_target
def test_compiled_modules_use_nothing_but_the_stable_abi(target: Target, release: list[Path]) -> None:
    tool("abi3audit", "--strict", wheel_for(target, release))


@pytest.mark.parametrize("target", TARGETS[:2], ids=lambda target: str(target.triple))
def test_a_wheel_runs_with_as_old_a_c_library_as_it_says(target: Target, release: list[Path]) -> None:
    told = tool("auditwheel", "show", wheel_for(target, release))

    assert f'platform tag: "{target.platforms[0]}"' in " ".join(told.split())


@of_each_target
def test_compiled_modules_need_the_systems_own_libraries_alone(target: Target, release: list[Path]) -> None:
    allowed = (
        r"python3\.dll|KERNEL32\.dll|api-ms-win-crt-\w+-l1-1-0\.dll"
        if target.is_windows
        else r"libc\.so(\.6)?|/usr/lib/libSystem\.B\.dylib"
    )
    modules = compiled_in(wheel_for(target, release))
    assert any(set(libraries_of(content)) for content in modules.values())
    for content in modules.values():
        needed = set(libraries_of(content))

        assert [] == [library for library in needed if not re.fullmatch(allowed, library)]
        assert ("python3.dll" in needed) == target.is_windows
        assert str(Path.home()).encode() not in content
        assert b"/tmp/" not in content


def libraries_of(content: bytes) -> Iterator[str]:
    """Yield the libraries that a compiled module is linked with."""
    import pefile
    from elftools.elf.dynamic import DynamicSegment
    from elftools.elf.elffile import ELFFile

    if content.startswith(b"\x7fELF"):
        for segment in ELFFile(io.BytesIO(content)).iter_segments("PT_DYNAMIC"):
            assert isinstance(segment, DynamicSegment)
            yield from (str(vars(tag)["needed"]) for tag in segment.iter_tags("DT_NEEDED"))
    elif content.startswith(b"MZ"):
        yield from (entry.dll.decode() for entry in pefile.PE(data=content).DIRECTORY_ENTRY_IMPORT)
    else:
        yield from (
            command[struct.unpack_from("<I", command, 8)[0] :].split(b"\0")[0].decode()
            for kind, command in load_commands(content)
            if kind == 0xC  # LC_LOAD_DYLIB
        )


def load_commands(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the load commands of a Mach-O file, each with its kind."""
    at = 32
    for _ in range(struct.unpack_from("<I", content, 16)[0]):
        kind, size = struct.unpack_from("<II", content, at)
        yield kind, content[at : at + size]
        at += size


@pytest.mark.parametrize("target", [each for each in TARGETS if "macos" in each.triple], ids=lambda each: each.triple)
def test_modules_for_macos_name_its_oldest_version_and_are_signed_where_they_must_be(
    target: Target, release: list[Path]
) -> None:
    for content in compiled_in(wheel_for(target, release)).values():
        commands = dict(load_commands(content))
        oldest = struct.unpack_from("<I", commands[0x32], 12)[0]  # LC_BUILD_VERSION

        assert (11, 0) == (oldest >> 16, oldest >> 8 & 0xFF)
        assert ("aarch64" in target.triple) <= (0x1D in commands)  # LC_CODE_SIGNATURE; arm64 loads nothing without one


def test_the_same_sources_give_the_same_files(build: Build, release: list[Path], tmp_path: Path) -> None:
    some = [
        each for each in TARGETS if each.triple in {"x86_64-linux-gnu.2.17", "aarch64-macos.11.0", "x86_64-windows-gnu"}
    ]

    for again in build(ROOT, tmp_path, some, isolated=False):
        (first,) = (path for path in release if path.name == again.name)
        assert first.read_bytes() == again.read_bytes(), again.name


def test_the_metadata_is_what_an_index_takes(release: list[Path]) -> None:
    tool("twine", "check", "--strict", *release)


def test_pyproject_is_valid() -> None:
    tool("validate_pyproject", ROOT / "pyproject.toml")


def test_pip_installs_the_wheel_for_this_machine_and_gets_compiled_code(release: list[Path], tmp_path: Path) -> None:
    supported = set(sys_tags())
    chosen = [path for path in release[2:] if supported & parse_wheel_filename(path.name)[3]]
    if not chosen:
        pytest.skip("this machine is none of the platforms")
    environment = tmp_path / "environment"
    venv.create(environment)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    links = tmp_path / "links"
    links.mkdir()
    for path in release[1:]:
        shutil.copy(path, links)
    offline = ("--no-index", "--no-deps", "--find-links", str(links))
    tool("pip", "--python", str(python), "install", "-q", *offline, "domo-async")
    # What it depends on comes from where the tests run.
    where = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True, check=True
    )
    shared = {sysconfig.get_path("purelib"), *(path for path in sys.path if path.endswith("site-packages"))}
    (Path(where.stdout.strip()) / "shared.pth").write_text("\n".join(shared))

    told = subprocess.run(
        [python, "-m", "domo_async", "--version", "--json"], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    names = ("csv_scanner", "csv_rewriter", "frames", "emulator_rows", "models")
    assert dict.fromkeys(names, True) == json.loads(told.stdout)["compiled"]
