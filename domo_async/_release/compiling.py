"""Compiles extension modules for other platforms than this one.

It uses Zig, a compiler that comes as a package with the libraries of those platforms.
"""

from __future__ import annotations

import shutil
import sysconfig
import tomllib
from pathlib import Path

from abi3info import DATAS, FUNCTIONS
from abi3info.models import PyVersion

from domo_async._release.running import run_module
from domo_async._release.targets import Target

__all__ = ["Compiler"]

# The version whose limited API the modules use.
_PYTHON = PyVersion(3, 11)

_WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")


class Compiler:
    """Compiles the extension modules that a project's pyproject.toml names.

    Args:
        project: The project's folder.
        folder: A folder for temporary files.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        described = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
        self._modules: list[dict[str, list[str]]] = described["tool"]["setuptools"]["ext-modules"]
        self._project = project
        self._folder = folder
        self._headers = folder / "headers"
        shutil.copytree(sysconfig.get_path("include"), self._headers)
        shutil.copy(Path(__file__).with_name("pyconfig.h"), self._headers)

    def compile(self, target: Target, into: Path) -> list[Path]:
        """Compile all modules for a platform.

        Args:
            target: The platform.
            into: The folder that contains the package.

        Returns:
            The compiled modules.
        """
        libraries = [str(self._import_library(target))] if target.is_windows else []
        built = []
        for module in self._modules:
            output = into / (str(module["name"]).replace(".", "/") + target.suffix)
            options = [option.format(name=output.name) for option in target.options]
            run_module(
                *("ziglang", "cc", "-target", target.triple, "-O3", "-fPIC", "-shared", "-s", *_WARNINGS),
                *("-I", str(self._headers), *module["sources"], "-o", str(output), *libraries, *options),
                folder=self._project,
            )
            built.append(output)
        for beside in (*into.rglob("*.pdb"), *into.rglob("*.lib")):
            beside.unlink()
        return built

    def _import_library(self, target: Target) -> Path:
        """Make the library for linking with python3.dll, which only Python for Windows has."""
        names = [symbol.name for symbol, found in FUNCTIONS.items() if found.added <= _PYTHON]
        names += [f"{symbol.name} DATA" for symbol, found in DATAS.items() if found.added <= _PYTHON]
        definitions = self._folder / "python3.def"
        definitions.write_text("\n".join(["LIBRARY python3.dll", "EXPORTS", *sorted(names), ""]), encoding="ascii")
        machine = "arm64" if target.triple.startswith("aarch64") else "i386:x86-64"
        library = self._folder / f"python3-{target.triple}.lib"
        given = ("-m", machine, "-d", str(definitions), "-l", str(library))
        run_module("ziglang", "dlltool", *given, folder=self._folder)
        return library
