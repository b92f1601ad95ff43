"""A package for the generator: its client, its areas, and the modules that define its public names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from domo_async._generator.source import Import, Module, is_public

__all__ = ["CLIENT", "FLEET", "Package", "Twin"]

CLIENT: Final = "_client"
FLEET: Final = "_fleet"
# Functions that a fleet calls return their result directly, which is awaited on the async side.
_BLOCKING: Final = {r"\bAwaitable\[(\w+)\]": r"\1", r"\bAsync(?=Iterable\[|Iterator\[)": ""}


@frozen
class Twin:
    """An area of the async side, which the facade mirrors."""

    module: Module
    node: ast.ClassDef


class Package:
    """The async side of a package. It is read, never imported.

    Args:
        root: The folder that contains the top package.
        name: The package's dotted name.

    Attributes:
        folder: The folder of the package.
        client: The module of the client.
        fleet: The module of the fleet, if there is one.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.folder = root.joinpath(*name.split("."))
        self.client = Module.read(self.folder / "_client.py", root, CLIENT)
        fleet = self.folder / "_fleet.py"
        self.fleet = Module.read(fleet, root, FLEET, _BLOCKING) if fleet.exists() else None
        self._root = root
        self._modules = {module.name: module for module in self._read_endpoints()}
        self._twins = {(twin.module.name, twin.node.name): twin for twin in self._find_twins()}

    @property
    def twins(self) -> list[Twin]:
        """The areas, grouped by module."""
        return list(self._twins.values())

    def twin_of(self, module: Module, name: str) -> Twin | None:
        """Return the mirrored class that a name means in a module, re-exports included."""
        bound = module.names.get(name)
        while bound is not None and bound.name is not None:
            if twin := self._twins.get((bound.module, bound.name)):
                return twin
            origin = self._modules.get(bound.module)
            further = origin.names.get(bound.name) if origin is not None else None
            bound = further if further != bound else None
        return None

    def origin_of(self, module: str, name: str) -> tuple[str, str]:
        """Return the module in which a public name is defined, and its name there."""
        bound = self._modules[module].names.get(name) if module in self._modules else None
        if bound is None or bound.name is None or (bound.module, bound.name) == (module, name):
            return module, name
        return self.origin_of(bound.module, bound.name)

    def is_mirrored(self, origin: tuple[str, str]) -> bool:
        """Return whether a class has a twin."""
        return origin in self._twins

    def sync_import(self, twin: Twin) -> Import:
        """Return the import of a class's twin."""
        return Import(f"{self.name}.sync.{twin.module.output}", twin.node.name)

    def client_class(self) -> ast.ClassDef:
        """Return the class of the client."""
        return _class_of(self.client, "Domo", "client")

    def fleet_class(self, module: Module) -> ast.ClassDef:
        """Return the class of the fleet."""
        return _class_of(module, "Fleet", "fleet")

    def _read_endpoints(self) -> Iterator[Module]:
        folder = self.folder / "_endpoints"
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder)
            area = inside.parts[0].removesuffix(".py")
            if f"_{area}" == CLIENT:
                raise SystemExit(
                    f"{path.relative_to(self._root)}:1: the client's module has this name: rename the area"
                )
            if inside.name == "__init__.py" or not any(part.startswith("_") for part in inside.parts):
                yield Module.read(path, self._root, f"_{area}")

    def _find_twins(self) -> Iterator[Twin]:
        mark = Import(f"{self.name}._endpoints._area", "Area")
        for module in self._modules.values():
            for node in module.classes():
                bases = [module.names.get(base.id) for base in node.bases if isinstance(base, ast.Name)]
                if bases == [mark] and not node.keywords and not node.decorator_list:
                    yield Twin(module, node)
                elif mark in bases:
                    raise module.error(node, "a class derives from Area alone and has no decorators")
                elif any(isinstance(item, ast.AsyncFunctionDef) and is_public(item) for item in node.body):
                    raise module.error(node, f"derive {node.name} from Area, or make it or its module private")


def _class_of(module: Module, name: str, what: str) -> ast.ClassDef:
    for node in module.classes():
        if node.name == name and not (node.bases or node.keywords or node.decorator_list):
            return node
    raise module.error(module.tree, f"define the {what} as `class {name}:`, without bases or decorators")
