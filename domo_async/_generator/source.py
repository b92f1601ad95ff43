"""The source of the async side: modules, the names that they bind, and the positions of code."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from attrs import define, field, frozen

__all__ = [
    "Function",
    "Import",
    "Module",
    "is_public",
    "is_quoted",
    "name_of",
    "names_in",
    "own_nodes",
    "quoted_list",
]

_AS_IT_IS: Mapping[str, str] = MappingProxyType({})

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@frozen
class Import:
    """One imported name: `import module` or `from module import name`, each perhaps `as alias`."""

    module: str
    name: str | None = None
    alias: str | None = None
    typing_only: bool = field(default=False, eq=False)

    @property
    def bound(self) -> str:
        """The name that the import binds."""
        return self.alias or self.name or self.module.partition(".")[0]


@define
class Module:
    """A module of the async side.

    Attributes:
        path: Its path, for messages.
        name: Its dotted name.
        output: The facade's module for its classes.
    """

    path: Path
    name: str
    output: str
    lines: Sequence[bytes] = field(repr=False)
    tree: ast.Module = field(repr=False)
    comments: Mapping[int, str] = field(repr=False)
    names: dict[str, Import] = field(factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path, root: Path, output: str, blocking: Mapping[str, str] = _AS_IT_IS) -> Module:
        """Read a module below the folder that contains its top package.

        Args:
            path: The path of the module.
            root: The folder that contains the top package.
            output: The facade's module for its classes.
            blocking: Patterns of awaited types, and their replacements in the facade.
        """
        text = path.read_text(encoding="utf-8")
        for pattern, replacement in blocking.items():
            text = re.sub(pattern, replacement, text)
        parts = path.relative_to(root).with_suffix("").parts
        package = parts[:-1]
        name = ".".join(package if parts[-1] == "__init__" else parts)
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
        lines = text.encode().splitlines(keepends=True)
        module = cls(path.relative_to(root), name, output, lines, ast.parse(text, str(path)), comments)
        module._collect_names(module.tree.body, package, typing_only=False)
        return module

    def error(self, node: ast.AST, problem: str) -> SystemExit:
        """Return the exception that ends the run, with the file and line."""
        return SystemExit(f"{self.path}:{getattr(node, 'lineno', 1)}: {problem}")

    def segment(self, node: ast.expr) -> str:
        """Return the source text of an expression, over as many lines as it takes."""
        # `ast.get_source_segment` splits the whole text each time, which takes seconds in all.
        lines = [*self.lines[node.lineno - 1 : node.end_lineno]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode()

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield the public classes."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node

    def _collect_names(self, body: Iterable[ast.stmt], package: Sequence[str], *, typing_only: bool) -> None:
        for node in body:
            match node:
                case ast.Import():
                    for name in node.names:
                        self._add(Import(name.name, None, name.asname, typing_only))
                case ast.ImportFrom():
                    above = package[: len(package) - node.level + 1] if node.level else ()
                    module = ".".join((*above, *filter(None, [node.module])))
                    for name in node.names:
                        self._add(Import(module, name.name, name.asname, typing_only))
                case ast.If(test=ast.Name("TYPE_CHECKING")):
                    self._collect_names(node.body, package, typing_only=True)
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._add(Import(self.name, node.name))
                case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                    self._add(Import(self.name, name))
                case _:
                    pass  # if a signature needs a name bound in another way, looking it up fails

    def _add(self, bound: Import) -> None:
        self.names[bound.bound] = bound


def is_public(function: Function) -> bool:
    """Return whether a function is public."""
    return not function.name.startswith("_")


def name_of(node: ast.expr | None) -> str:
    """Return a bare name, or an empty text for other expressions."""
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.expr) -> list[str]:
    """Return the names that an expression looks up. Quoted parts are text, such as in a Literal."""
    return [item.id for item in ast.walk(node) if isinstance(item, ast.Name)]


def is_quoted(node: ast.AST) -> bool:
    """Return whether an annotation has a quoted part other than the values of a Literal."""
    match node:
        case ast.Constant(str()):
            return True
        case ast.Subscript(ast.Name("Literal")):
            return False
        case _:
            return any(map(is_quoted, ast.iter_child_nodes(node)))


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of nested functions."""
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def quoted_list(names: Iterable[str]) -> str:
    """Return names as a message lists them."""
    return ", ".join(f"`{name}`" for name in sorted(names))
