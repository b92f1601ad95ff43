"""The code blocks of the documentation's pages, and what runs them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import json
import linecache
import os
import re
import runpy
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from attrs import Factory, define, frozen

from tests import forking
from tests.cli.running import Cli

# A page runs what these say; a fence with `title="name.ending"` is a file, whatever its language.
RUN = {"python", "console", "text"}
DATA: Mapping[str, Callable[[str], object]] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}
# These can only be shown.
SHOWN = {"csv", "dockerfile", "ini", "sql"}
_FENCE = re.compile(r"^(?P<indent> *)```(?P<about>[^`\n]+)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r'([\w-]+)="([^"]*)"')


@frozen
class Block:
    """A block of code.

    Attributes:
        language: Its language.
        options: What its fence says: ``title``, ``data-not-run`` (why not) and ``data-exit`` (the exit code).
        code: The code.
        line: The line of the page in which it begins.
    """

    language: str
    options: Mapping[str, str]
    code: str
    line: int


def blocks_of(markdown: str) -> Iterator[Block]:
    """Yield the blocks of a page, in their order."""
    for found in _FENCE.finditer(markdown):
        about = found["about"].strip("{} ")
        language = about.split()[0].removeprefix(".")
        line = markdown.count("\n", 0, found.start()) + 2
        yield Block(language, dict(_OPTION.findall(about)), textwrap.dedent(found["code"]), line)


@define
class Page:
    """Runs the blocks of one page in their order, in one namespace and one folder.

    Attributes:
        path: The page.
        cli: Runs `domo-async`.
        folder: Where it runs, and where files are.
        loop: Runs what is awaited.
        names: The namespace.
        printed: What the last block of Python printed.
    """

    path: Path
    cli: Cli
    folder: Path
    loop: asyncio.Runner
    names: dict[str, Any] = Factory(lambda: {"__name__": "__main__"})
    printed: str | None = None

    def run(self, block: Block) -> None:
        """Run a block, and compare its output with what the page shows."""
        if "data-not-run" in block.options:
            assert block.options["data-not-run"], "say why"
        elif "." in block.options.get("title", ""):
            target = self.folder / block.options["title"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            self.printed = self._python(block)
        elif block.language == "console":
            self._console(block)
        elif block.language == "text":
            assert self.printed is not None, "there is no code before it whose output it could be"
            assert_shown(block.code, self.printed)
            self.printed = None
        elif block.language in DATA:
            DATA[block.language](block.code)
        else:
            assert block.language in SHOWN, f"nothing runs {block.language}"

    def _python(self, block: Block) -> str:
        # Errors show the page's lines.
        source = "\n" * (block.line - 1) + block.code
        name = str(self.path)
        linecache.cache[name] = (len(source), None, self.path.read_text(encoding="utf-8").splitlines(True), name)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(source, name, "exec", flags=flags, dont_inherit=True)
        with redirect_stdout(io.StringIO()) as printed:
            if code.co_flags & inspect.CO_COROUTINE:
                self.loop.run(eval(code, self.names))  # noqa: S307 - the pages are ours
            else:
                exec(code, self.names)  # noqa: S102 - as above
        return printed.getvalue()

    def _console(self, block: Block) -> None:
        for command, shown in _commands(block.code):
            code, told = self._command(command)
            assert int(block.options.get("data-exit", "0")) == code, f"$ {command}\n{told}"
            if shown:
                assert_shown(shown, told)

    def _command(self, command: str) -> tuple[int, str]:
        """Run what a line of a shell says: one program, whose output may go to a file or into a variable."""
        if assigned := re.fullmatch(r"(\w+)=\$\((.*)\)", command):
            code, told = self._command(assigned[2])
            os.environ[assigned[1]] = told.strip()
            return code, ""
        words = shlex.split(os.path.expandvars(command))
        target = words.pop() if words[-2:-1] == [">"] else None
        if target is not None:
            words.pop()
        match words:
            case ["domo-async", *arguments]:
                ended = self.cli(*arguments)
                code, told = ended.code, ended.stdout + ended.stderr
            case ["python", path, *arguments]:
                code, told = _script(path, arguments)
            case ["pytest", *arguments]:
                ran = forking.python(
                    "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:warnings", "-c", os.devnull, *arguments
                )
                done = subprocess.run(ran, capture_output=True, encoding="utf-8", check=False)
                code, told = done.returncode, done.stdout
            case ["cat", path]:
                code, told = 0, (self.folder / path).read_text(encoding="utf-8")
            case ["export", setting]:
                name, _, value = setting.partition("=")
                os.environ[name] = value
                code, told = 0, ""
            case _:
                raise AssertionError(f"nothing runs {command}")
        if target is not None:
            (self.folder / target).write_text(told, encoding="utf-8")
            told = ""
        return code, told


def _script(path: str, arguments: list[str]) -> tuple[int, str]:
    code = 0
    with redirect_stdout(io.StringIO()) as printed, mock.patch.object(sys, "argv", [path, *arguments]):
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            code = int(end.code or 0)
    return code, printed.getvalue()


def _commands(console: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console, each with the output that is shown after it."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        command = lines.pop(0)
        while command.endswith("\\"):
            command = command[:-1] + lines.pop(0).strip()
        yield command, "\n".join(lines).rstrip()


def assert_shown(shown: str, told: str) -> None:
    """Assert that an output is what the page shows, in which … stands for whatever else."""
    expected, seen = (_tidied(text) for text in (shown, told))
    pattern = "(?s:.*?)".join(map(re.escape, expected.split("…")))
    if re.fullmatch(pattern, seen) is None:
        assert expected == seen


def _tidied(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
