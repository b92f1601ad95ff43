"""The tables of what real instances are seen to do, each fact with the tests that hold it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

FACTS = Path(__file__).parent / "facts"
ROOT = Path(__file__).parents[2]
COLUMNS = ("route", "fact", "source", "settled")
NOT = "not: "


@cache
def names_in(module: str) -> frozenset[str]:
    """Return the tests that a module defines, such as ``test_x`` and ``TestX::test_y``."""
    return frozenset(_names(ast.parse((ROOT / module).read_text(encoding="utf8")).body))


def _names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield prefix + node.name
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _names(node.body, f"{prefix}{node.name}::")


def problem_of(line: str) -> str | None:
    """Return what is wrong with a line of a table."""
    columns = line.split("\t")
    if len(columns) != len(COLUMNS):
        return f"it has {len(columns)} columns instead of {len(COLUMNS)}"
    if empty := [name for name, column in zip(COLUMNS, columns, strict=True) if not column.strip()]:
        return f"nothing is in {', '.join(empty)}"
    settled = columns[-1].strip()
    if settled.startswith(NOT):
        sentence = settled.removeprefix(NOT)
        return None if len(sentence.split()) >= 3 else f"{sentence!r} is not a sentence"
    for test in settled.split():
        module, _, name = test.partition("::")
        if not (module.startswith("tests/") and (ROOT / module).is_file()):
            return f"the module of {test} does not exist"
        if name.partition("[")[0] not in names_in(module):
            return f"the test {test} does not exist"
    return None


@pytest.mark.parametrize("table", sorted(FACTS.glob("*.tsv")), ids=lambda path: path.stem)
def test_each_fact_names_the_tests_that_hold_it_or_says_why_none_does(table):
    lines = table.read_text(encoding="utf8").splitlines()
    facts = {number: line for number, line in enumerate(lines, 1) if line != "\t".join(COLUMNS)}

    wrong = {number: problem for number, line in facts.items() if (problem := problem_of(line))}

    assert facts, "the table is empty"
    assert {} == wrong


@pytest.mark.parametrize(
    ("settled", "problem"),
    [
        ("tests/real/test_facts.py::test_a_fact_that_nothing_holds_is_found", None),
        ("not: No route of Domo's does this.", None),
        ("tests/real/test_facts.py::test_nothing", "the test tests/real/test_facts.py::test_nothing does not exist"),
        ("tests/real/nowhere.py::test_x", "the module of tests/real/nowhere.py::test_x does not exist"),
        ("not: later", "'later' is not a sentence"),
        (" ", "nothing is in settled"),
    ],
)
def test_a_fact_that_nothing_holds_is_found(settled, problem):
    assert problem == problem_of(f"GET /api/x\tIt is so\tA document\t{settled}")
