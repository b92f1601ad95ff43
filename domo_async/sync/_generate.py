"""Writes the synchronous facade, the index of routes and `models`, from the async side's source text.

    python -m domo_async.sync._generate            write what is out of date
    python -m domo_async.sync._generate --check    write nothing; show what is out of date and fail

If a stale facade cannot even be imported, run this file as a script.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from domo_async._generator import HEADER, MARK, MODELS, ROUTES, Generator, models_module, routes_page

__all__ = ["main"]


def _differences(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the outdated files in a folder: file names, each with a readable diff."""
    present = {path.name: path.read_text(encoding="utf-8") for path in [*folder.glob("*.py"), *folder.glob(ROUTES)]}
    generated = {name for name, text in present.items() if text.startswith(HEADER)}
    found = {}
    for name in sorted(generated | wanted.keys()):
        old, new = present.get(name), wanted.get(name)
        if old != new:
            lines = difflib.unified_diff(
                (old or "").splitlines(keepends=True),
                (new or "").splitlines(keepends=True),
                str(folder / name) if old is not None else "missing",
                str(folder / name) if new is not None else "surplus",
            )
            found[name] = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return found


def _write(folder: Path, name: str, text: str | None) -> None:
    path = folder / name
    if path.exists() and path.stat().st_size and MARK not in path.read_text(encoding="utf-8").partition("\n")[0]:
        raise SystemExit(f"{path}: is in the way and was not generated: move it")
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8", newline="\n")


def _bring_up_to_date(folder: Path, wanted: Mapping[str, str], *, check: bool) -> bool:
    """Write or show the outdated files in a folder, and return whether there were any."""
    differences = _differences(folder, wanted)
    for name, difference in differences.items():
        if check:
            sys.stdout.write(difference)
        else:
            _write(folder, name, wanted.get(name))
            sys.stdout.write(f"{folder / name}\n")
    return bool(differences)


def main(arguments: Sequence[str] | None = None, generator: Generator | None = None) -> int:
    """Write or check the facade, the index of routes and the module of models.

    Args:
        arguments: The command line.
        generator: The generator; by default for this package.

    Returns:
        The exit code: 1 if a check found something out of date, else 0.
    """
    parser = argparse.ArgumentParser(description="Write the synchronous facade, the index of routes and the models.")
    parser.add_argument("--check", action="store_true", help="write nothing; show what is out of date and fail")
    check = parser.parse_args(arguments).check
    generator = generator or Generator(Path(__file__).parents[2])
    package = generator.package
    further = {ROUTES: routes_page(package), MODELS: models_module(package)}
    stale = [
        _bring_up_to_date(folder, files, check=check)
        for folder, files in ((generator.folder, generator.generate()), (package.folder, further))
    ]
    return 1 if check and any(stale) else 0


if __name__ == "__main__":
    sys.exit(main())
