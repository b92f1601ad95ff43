"""The names that users import, read from the source without importing it: not every extra has to be there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

__all__ = ["PACKAGE", "exports", "public_modules"]

PACKAGE: Final = Path(__file__).parent.parent


def public_modules() -> Iterator[str]:
    """Yield the dotted names of the modules that users import from."""
    yield PACKAGE.name
    for path in sorted(PACKAGE.iterdir()):
        module = path.is_dir() and (path / "__init__.py").exists()
        if (module or path.suffix == ".py") and not path.name.startswith("_"):
            yield f"{PACKAGE.name}.{path.stem}"


def exports(module: str) -> Mapping[str, str]:
    """Return the names in the ``__all__`` of a module, each with the module that it comes from."""
    tree = ast.parse(_source(module).read_text(encoding="utf-8"))
    origins = {
        name.asname or name.name: str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    return {name: origins.get(name, module) for name in _listed(tree)}


def _source(module: str) -> Path:
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _listed(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == "__all__" for each in targets):
                return [str(name) for name in ast.literal_eval(node.value)]
    return []
