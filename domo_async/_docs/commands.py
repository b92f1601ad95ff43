"""The pages of the reference about the command line, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer.main
from rich.text import Text

from domo_async._cli.app import app
from domo_async._cli.manual import parameters_of, plain_text

__all__ = ["command_pages"]

_INTRODUCTION: Final = """\
# Command line

`domo-async --help` and `domo-async help COMMAND` show the same in a terminal. The command line needs the extra `cli`.
"""


def command_pages() -> dict[str, str]:
    """Return the Markdown of each page, by its path below ``pages``: one for all, and one for each first word."""
    root: Any = typer.main.get_command(app)
    with root.make_context("domo-async", [], resilient_parsing=True) as top:
        rows = []
        pages = {}
        for name in sorted(root.list_commands(top)):
            command = root.get_command(top, name)
            pages[f"reference/commands/{name}.md"] = "\n".join(_commands(_context(command, name, top), 1))
            rows.append(f"| [`{name}`]({name}.md) | {_cell(command.get_short_help_str(200))} |")
        table = ["| command | what it does |", "|---|---|", *rows]
        told = [*_epilog(root.epilog or ""), "## Options of all commands", "", *_parameters(top)]
    index = "\n".join([_INTRODUCTION, *table, "", *told])
    return {"reference/commands/index.md": index, **pages}


def _context(command: Any, name: str, parent: Any) -> Any:
    return type(parent)(command, info_name=name, parent=parent)


def _commands(ctx: Any, level: int) -> Iterator[str]:
    """Yield the lines about a command and those below it."""
    command = ctx.command
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield from (f"{'#' * level} {ctx.command_path}", "", *_paragraphs(command.help or ""))
    yield from ("```text", f"{ctx.command_path} {usage}", "```", "")
    yield from _examples(command.epilog or "")
    if hasattr(command, "list_commands"):
        for name in command.list_commands(ctx):
            yield from _commands(_context(command.get_command(ctx, name), name, ctx), level + 1)
    else:
        yield from _parameters(ctx)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (_cell(plain_text(paragraph)), "")


def _examples(epilog: str) -> Iterator[str]:
    lines = [Text.from_markup(line).plain for line in epilog.split("\n\n") if line.startswith("$ ")]
    if lines:
        yield from ("```console", *lines, "```", "")


def _epilog(epilog: str) -> Iterator[str]:
    """Yield what stands below the help of all commands: paragraphs that begin with what they are about."""
    for part in epilog.split("\n\n\n\n"):
        lines = [plain_text(line) for line in part.split("\n\n") if line.strip()]
        title, _, rest = lines[0].partition(":")
        yield from (f"## {title}", "")
        if lines[1:] and lines[1].startswith("$ "):
            yield from ("```console", *lines[1:], "```", "")
            continue
        yield from (_cell(rest.strip()[:1].upper() + rest.strip()[1:]), "")
        yield from (f"- {_cell(line)}" for line in lines[1:])
        yield ""


def _parameters(ctx: Any) -> Iterator[str]:
    for title, records in parameters_of(ctx).items():
        yield from (f"| {title.lower()} | |", "|---|---|")
        yield from (f"| `{_bar(name)}` | {_cell(told)} |" for name, told in records)
        yield ""


def _bar(text: str) -> str:
    return text.replace("|", "\\|")


def _cell(text: str) -> str:
    """Return text in which nothing is taken for Markdown or HTML."""
    return "".join(f"\\{each}" if each in "\\`*_[]|<>#" else each for each in text)
