"""`--version`: which release this is, which of its code is compiled, and which extras are installed."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sysconfig
from collections.abc import Iterator, Mapping
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from rich.text import Text

from domo_async import __version__
from domo_async._cli.common.output import facts, one_line, out, print_json

__all__ = ["show_version"]

_PACKAGE = Path(__file__).parents[1]
# The modules that are compiled from C; without them, slower code in Python or DuckDB does the same.
_COMPILED: Mapping[str, tuple[str, str]] = {
    "csv_scanner": ("_transfer/csv/_survey", "the scanner of CSV"),
    "csv_rewriter": ("_transfer/csv/_rewrite", "the rewriter of CSV in other dialects"),
    "frames": ("_transfer/encoding/_arrow_writer", "the writer of frames"),
    "emulator_rows": ("_emulator/rows/_columns", "the embedded instance's reader of rows"),
    "models": ("_wire/_decoding", "the reader of long lists"),
}
_DEVELOPERS = {"clouds", "dev", "fuzz", "release"}
_OF_EXTRA = re.compile(r"""^\s*([\w.-]+).*;.*\bextra\s*==\s*["']([\w.-]+)["']""")


def show_version(*, as_json: bool) -> None:
    """Print what is installed.

    Args:
        as_json: Whether programs read it.
    """
    compiled = {name: _loads(module) for name, (module, _) in _COMPILED.items()}
    extras = _extras()
    if as_json:
        print_json(
            {
                "version": __version__,
                "python": platform.python_version(),
                "platform": sysconfig.get_platform(),
                "compiled": compiled,
                "extras": {
                    name: {"installed": None not in packages.values(), "packages": packages}
                    for name, packages in extras.items()
                },
            }
        )
        return
    out.print(f"domo-async {__version__}")
    installed = sorted(name for name, packages in extras.items() if None not in packages.values())
    out.print(
        facts(
            [
                ("Python", Text(f"{platform.python_version()}, {sysconfig.get_platform()}")),
                ("compiled", _named(_COMPILED[name][1] for name, loads in compiled.items() if loads)),
                ("not compiled", _named((_COMPILED[name][1] for name, loads in compiled.items() if not loads), or_="")),
                ("extras", _named(installed)),
                ("not installed", _named(sorted(extras.keys() - installed), or_="")),
            ]
        )
    )


def _named(names: Iterator[str] | list[str], *, or_: str = "none") -> Text | None:
    text = ", ".join(names) or or_
    return Text(one_line(text)) if text else None


def _loads(module: str) -> bool:
    """Return whether a compiled module is there and can be loaded; the needs of its package do not matter."""
    for suffix in EXTENSION_SUFFIXES:
        path = _PACKAGE / f"{module}{suffix}"
        if not path.is_file():
            continue
        name = path.name.partition(".")[0]
        spec = spec_from_file_location(name, path, loader=ExtensionFileLoader(name, str(path)))
        if spec is None or spec.loader is None:
            continue
        try:
            spec.loader.exec_module(module_from_spec(spec))
        except ImportError:
            continue
        return True
    return False


def _extras() -> dict[str, dict[str, str | None]]:
    """Return the extras, and of each the packages that it needs with their versions; None for one that is missing."""
    extras: dict[str, dict[str, str | None]] = {}
    for requirement in importlib.metadata.requires("domo-async") or ():
        found = _OF_EXTRA.match(requirement)
        if found is None or found[2] in _DEVELOPERS or found[1] == "domo-async":
            continue
        try:
            version: str | None = importlib.metadata.version(found[1])
        except importlib.metadata.PackageNotFoundError:
            version = None
        extras.setdefault(found[2], {})[found[1]] = version
    return extras
