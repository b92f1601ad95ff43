"""Commands of setuptools, for what pyproject.toml cannot express; it names them.

setuptools loads this file in an environment that has nothing else, so it imports setuptools only.
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
    """Compiles with the options of the present compiler, and without the limited API if Python does not have it."""

    def finalize_options(self) -> None:
        """Choose the extensions to compile, and the API to compile against."""
        super().finalize_options()
        if os.environ.get(_NO_EXTENSIONS):
            self.extensions = []
        for extension in self.extensions:
            extension.py_limited_api = not _FREE_THREADED
            if _FREE_THREADED:
                extension.define_macros.append(("Py_GIL_DISABLED", "1"))  # which Python's headers for Windows leave out

    def build_extension(self, ext: Extension) -> None:
        """Compile a module; for MSVC, setuptools sets the optimization."""
        if self.compiler.compiler_type != "msvc":
            ext.extra_compile_args = [*ext.extra_compile_args, "-O3"]
        super().build_extension(ext)


class BuildWheel(bdist_wheel):
    """Gives the wheel the tags of its content."""

    def finalize_options(self) -> None:
        """Choose the wheel's tags."""
        if os.environ.get(_NO_EXTENSIONS):
            self.distribution.ext_modules = []
        if self.distribution.ext_modules and not _FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()


class SourceDistribution(sdist):
    """Includes everything that the tests need."""

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
