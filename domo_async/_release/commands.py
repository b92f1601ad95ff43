"""The commands of setuptools, where this package needs more than pyproject.toml can say, which names them.

setuptools loads this file by itself, in an environment that has nothing else: it imports setuptools alone.
"""

from __future__ import annotations

import os
import sysconfig

from setuptools import Extension
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

__all__ = ["BuildExt", "BuildWheel", "SourceDistribution"]

# With this in the environment nothing is compiled, and the wheel is one for every platform.
_NO_EXTENSIONS = "DOMO_ASYNC_NO_EXTENSIONS"

_FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


class BuildExt(build_ext):
    """Compiles with options that the compiler at hand knows, and without the limited API where there is none."""

    def finalize_options(self) -> None:
        """Choose what is compiled, and against which API."""
        super().finalize_options()
        if os.environ.get(_NO_EXTENSIONS):
            self.extensions = []
        for extension in self.extensions:
            extension.py_limited_api = not _FREE_THREADED
            if _FREE_THREADED:
                extension.define_macros.append(("Py_GIL_DISABLED", "1"))  # which Python's headers for Windows leave out

    def build_extension(self, ext: Extension) -> None:
        """Compile a module; MSVC optimizes as it is called by setuptools."""
        if self.compiler.compiler_type != "msvc":
            ext.extra_compile_args = [*ext.extra_compile_args, "-O3"]
        super().build_extension(ext)


class BuildWheel(bdist_wheel):
    """Names the wheel after what is in it."""

    def finalize_options(self) -> None:
        """Choose the wheel's tags."""
        if os.environ.get(_NO_EXTENSIONS):
            self.distribution.ext_modules = []
        if self.distribution.ext_modules and not _FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()


class SourceDistribution(sdist):
    """Holds everything that tests take, too."""

    def make_distribution(self) -> None:
        """Write the archive."""
        for folder in (".ci", "benchmarks", "domo_async", "examples", "tests"):
            self.filelist.graft(folder)
        for name in (".gitignore", "CHANGELOG.md", "CONTRIBUTING.md"):
            self.filelist.include(name)
        for pattern in ("*.py[cod]", "*.so", "*.pyd"):
            self.filelist.global_exclude(pattern)
        self.filelist.exclude_pattern(r"(^|/)(\.\w+_cache|\.hypothesis|__pycache__)/", is_regex=True)
        super().make_distribution()
