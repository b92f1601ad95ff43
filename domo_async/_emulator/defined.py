"""The behaviour that the embedded instance chose, gathered from the docstrings and comments that describe it.

``python -m domo_async._emulator.defined`` writes ``EMULATED.md``; with ``--check`` it only checks that the file is
current.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from io import BytesIO
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from aiohttp import web
from attrs import frozen

__all__ = ["Choice", "choices", "choices_of", "main", "rendered"]

_HERE = Path(__file__).parent
_DOCUMENT = _HERE / "EMULATED.md"
_MARK = re.compile(r"emulator-defined|unconfirmed", re.IGNORECASE)
# These modules explain the word itself.
_ABOUT_THE_WORD = {"__init__", "defined"}
_TITLE = """\
# Behaviour that the embedded instance chose

Domo's documentation does not describe everything that a whole instance has to do. This file lists the embedded
instance's behaviour where the documentation is silent or not confirmed; a real instance may behave differently.
Generated from the code by `python -m domo_async._emulator.defined`.
"""


@frozen
class Choice:
    """A behaviour that the embedded instance chose.

    Attributes:
        module: The module, relative to the emulator's package, such as ``routes/datasets``.
        about: The routes, or the name of the definition that has the behaviour; empty for the module as a whole.
        told: The description, on one line.
    """

    module: str
    about: tuple[str, ...]
    told: str


def choices(package: Path = _HERE) -> list[Choice]:
    """Return all choices that the emulator's docstrings and comments describe, in the order of its files."""
    found: list[Choice] = []
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package).with_suffix("").as_posix()
        if module not in _ABOUT_THE_WORD and _MARK.search(source := path.read_text("utf-8")):
            found += choices_of(module.removesuffix("/__init__"), source, _routes_of(module))
    return found


def choices_of(module: str, source: str, routes: Mapping[str, Sequence[str]]) -> list[Choice]:
    """Return the choices that a module's docstrings and comments describe.

    Args:
        module: The module's name.
        source: The module's source.
        routes: The routes of the module's handlers, by the handlers' names.
    """
    found: dict[Choice, int] = {}
    tree = ast.parse(source)
    for line, name, text in (*_docstrings(tree), *_comments(tree, source)):
        about = tuple(routes.get(name, [name] if name else []))
        for paragraph in re.split(r"\n[ \t]*\n", text):
            if _MARK.search(paragraph):
                found.setdefault(Choice(module, about, _as_line(paragraph)), line)
    return sorted(found, key=lambda choice: found[choice])


def rendered(found: Iterable[Choice]) -> str:
    """Return choices as Markdown."""
    pieces = [_TITLE]
    for module, group in groupby(found, lambda choice: choice.module):
        pieces += [f"## {module}\n", "".join(map(_item, group))]
    return "\n".join(pieces)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the document, or check that it is current; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m domo_async._emulator.defined", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if the document is not current")
    text = rendered(choices())
    if not parser.parse_args(arguments).check:
        _DOCUMENT.write_text(text, "utf-8")
        return 0
    if _DOCUMENT.exists() and _DOCUMENT.read_text("utf-8") == text:
        return 0
    sys.stderr.write(f"{_DOCUMENT.name} is not current: run python -m domo_async._emulator.defined\n")
    return 1


def _routes_of(module: str) -> dict[str, list[str]]:
    """Return the routes of a module's handlers, by the handlers' names."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    if module.startswith("routes/") or module == "control":
        name = f"domo_async._emulator.{module.replace('/', '.').removesuffix('.__init__')}"
        for route in getattr(import_module(name), "routes", ()):
            if isinstance(route, web.RouteDef):
                found[getattr(route.handler, "__qualname__", "")].append(f"{route.method} {route.path}")
    return {handler: sorted(routes) for handler, routes in found.items()}


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, name and text of every string that is a statement, and so describes the definition above it."""
    yield from _strings_of(tree, "")
    for name, node in _definitions(tree):
        yield from _strings_of(node, name)


def _strings_of(node: ast.AST, name: str) -> Iterator[tuple[int, str, str]]:
    former: ast.stmt | None = None
    for statement in getattr(node, "body", ()):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            value = statement.value.value
            if isinstance(value, str):
                # The first line is not indented, the others are indented as the code is.
                first, _, rest = value.partition("\n")
                yield statement.lineno, _assigned(former) or name, f"{first}\n{dedent(rest)}"
        former = statement


def _assigned(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    return ""


def _comments(tree: ast.Module, source: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, name of the enclosing definition, and text of every comment; adjacent lines are one comment."""
    spans = [(node.lineno, node.end_lineno or node.lineno, name) for name, node in _definitions(tree)]
    comments: list[tuple[int, int, str]] = []
    for token in tokenize.tokenize(BytesIO(source.encode()).readline):
        if token.type == tokenize.COMMENT:
            line, text = token.start[0], token.string.lstrip("# ")
            if comments and comments[-1][1] == line - 1:
                first, _, former = comments.pop()
                comments.append((first, line, f"{former} {text}"))
            else:
                comments.append((line, line, text))
    for first, last, text in comments:
        around = [name for begins, ends, name in spans if begins <= first <= ends]
        yield last, around[-1] if around else "", text


def _definitions(
    node: ast.AST, prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Yield every definition with its name, outer ones before inner ones."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield f"{prefix}{child.name}", child
            yield from _definitions(child, f"{prefix}{child.name}.")
        elif not isinstance(child, ast.expr):  # expressions hold no definitions
            yield from _definitions(child, prefix)


def _as_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _item(choice: Choice) -> str:
    about = ", ".join(f"`{name}`" for name in choice.about)
    return f"- {about}: {choice.told}\n" if about else f"- {choice.told}\n"


if __name__ == "__main__":
    sys.exit(main())
