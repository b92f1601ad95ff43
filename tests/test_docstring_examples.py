"""The examples in the docstrings of the areas: valid Python, whose calls exist and take the arguments."""

from __future__ import annotations

import ast
import builtins
import datetime as dt
import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest

import domo_async
from domo_async import AppAccess, Domo, models

_EXAMPLE = re.compile(r"^Example:\n((?: +[^\n]*\n|\n)+)|```python\n(.*?)```", re.MULTILINE | re.DOTALL)


def _areas(owner: object) -> Iterator[object]:
    for name in dir(type(owner)):
        if not name.startswith("_") and type(getattr(owner, name, None)).__module__.startswith("domo_async._endpoints"):
            area = getattr(owner, name)
            yield area
            yield from _areas(area)


def _client() -> Domo:
    app = AppAccess(url="https://app.domoapps.prod1.domo.com", session_token="session")
    return Domo("acme", token="token", app=app)


def _examples() -> Iterator[tuple[str, str]]:
    for area in _areas(_client()):
        for name, method in vars(type(area)).items():
            if not name.startswith("_") and inspect.isfunction(method):
                doc = inspect.getdoc(method) or ""
                for number, found in enumerate(_EXAMPLE.findall(doc + "\n")):
                    yield f"{type(area).__name__}.{name}-{number}", textwrap.dedent("".join(found))


EXAMPLES = dict(_examples())


def test_the_areas_have_examples() -> None:
    assert 40 < len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_calls_methods_that_exist_with_arguments_that_they_take(example: str) -> None:
    tree = ast.parse(f"async def example():\n{textwrap.indent(example, '    ')}")
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        path = ast.unparse(call.func)
        if re.fullmatch(r"domo(\.\w+)+", path):
            called: object = _client()
            for name in path.split(".")[1:]:
                called = getattr(called, name)
        elif isinstance(call.func, ast.Name):
            called = _named(path)
        else:
            continue  # a method of something that the example was given
        keywords = {each.arg: None for each in call.keywords if each.arg is not None}
        if callable(called) and str(called.__module__).startswith("domo_async"):
            inspect.signature(called).bind(*call.args, **keywords)


def _named(name: str) -> object:
    for module in (models, domo_async, builtins, dt):
        if hasattr(module, name):
            return getattr(module, name)
    raise AssertionError(f"{name} is not public")
