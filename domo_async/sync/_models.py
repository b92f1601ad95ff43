"""Writes `domo_async.models`: every model and type of the areas under one name to import from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from domo_async.sync._generate import Generator

__all__ = ["models_module"]

_INTRODUCTION: Final = '''\
"""What the areas take and give: models, enums and types, all to be imported from here."""

from __future__ import annotations

'''


def models_module(generator: Generator) -> str:
    """Return the source of the module.

    Raises:
        SystemExit: Two areas have different things of one name.
    """
    areas: dict[str, list[str]] = {}
    origins: dict[str, tuple[str, str]] = {}
    for area, names in _areas(generator):
        for name in names:
            origin = generator.origin_of(area, name)
            if generator.is_mirrored(origin):
                continue
            if name not in origins:
                areas.setdefault(area, []).append(name)
            elif origin != origins[name]:
                raise SystemExit(f"{area} has a {name} and {origins[name][0]} has another: rename one")
            origins[name] = origin
    imports = "".join(f"from {area} import (\n{_lines(_sorted_for_import(names))})\n" for area, names in areas.items())
    return f"{_INTRODUCTION}{imports}\n__all__ = [\n{_lines(map(_quoted, _sorted(origins)))}]\n"


def _lines(items: Iterable[str]) -> str:
    return "".join(f"    {item},\n" for item in items)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _areas(generator: Generator) -> Iterator[tuple[str, list[str]]]:
    """Yield each area's module with its public names."""
    folder = generator.folder.parent
    for path in sorted((folder / "_endpoints").iterdir()):
        module = path / "__init__.py" if path.is_dir() else path
        if path.name.startswith("_") or not module.is_file() or module.suffix != ".py":
            continue
        yield f"{generator.package}._endpoints.{path.stem}", _public(module)


def _public(path: Path) -> list[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name("__all__")], value=value):
                return list(ast.literal_eval(value))
            case _:
                pass
    raise SystemExit(f"{path}: list what is public in __all__")


def _sorted(names: Iterable[str]) -> list[str]:
    """Return names in the order that the linter asks for in a list: constants, classes, functions."""
    return sorted(names, key=lambda name: (_category(name), name))


def _sorted_for_import(names: Iterable[str]) -> list[str]:
    """Return names in the order that the linter asks for in an import, which is blind to case."""
    return sorted(names, key=lambda name: (_category(name), name.lower()))


def _category(name: str) -> int:
    return 0 if name.isupper() else 1 if name[0].isupper() else 2
