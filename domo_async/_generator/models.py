"""Writes `domo_async.models`: every model and type of the areas under one name to import from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from domo_async._generator.layout import HEADER, laid_out
from domo_async._generator.package import Package

__all__ = ["MODELS", "models_module"]

MODELS: Final = "models.py"

_INTRODUCTION: Final = '''\
"""The models, enums and types of all areas, to be imported from here."""

from __future__ import annotations

'''


def models_module(package: Package) -> str:
    """Return the source of the module.

    Raises:
        SystemExit: Two areas define different objects of the same name.
    """
    areas: dict[str, list[str]] = {}
    origins: dict[str, tuple[str, str]] = {}
    for area, names in _areas(package):
        for name in names:
            origin = package.origin_of(area, name)
            if package.is_mirrored(origin):
                continue
            if name not in origins:
                areas.setdefault(area, []).append(name)
            elif origin != origins[name]:
                raise SystemExit(f"{area} has a {name} and {origins[name][0]} has another: rename one")
            origins[name] = origin
    imports = "".join(f"from {area} import ({_comma_separated(names)})\n" for area, names in areas.items())
    public = _comma_separated(f'"{name}"' for name in origins)
    text = f"{HEADER}{_INTRODUCTION}{imports}\n__all__ = [{public}]\n"
    return laid_out({MODELS: text}, (package.name.partition(".")[0], "domo_async"))[MODELS]


def _comma_separated(items: Iterable[str]) -> str:
    return "".join(f"{item}, " for item in items)


def _areas(package: Package) -> Iterator[tuple[str, list[str]]]:
    """Yield each public module of the areas with its public names."""
    folder = package.folder / "_endpoints"
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).with_suffix("").parts
        if not any(part.startswith("_") for part in inside):
            yield ".".join((package.name, "_endpoints", *inside)), _public(path)


def _public(path: Path) -> list[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name("__all__")], value=value):
                return list(ast.literal_eval(value))
            case _:
                pass
    raise SystemExit(f"{path}: list the public names in __all__")
