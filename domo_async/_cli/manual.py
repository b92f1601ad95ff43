"""Help as a manual has it, which also fits into narrow terminals: `domo-async help` and `--help` there."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from domo_async._cli.common.output import one_line, out

__all__ = ["NARROW", "help_", "manual", "parameters_of", "plain_text"]

NARROW = 60
_WIDEST = 80
_INDENT = "  "
# Texts that some versions of typer add.
_NOTES = re.compile(r"\s*\[(?:required|default: [^\]]*)\]")


def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND]...", help="The command, such as datasets upload.")
    ] = None,
) -> None:
    """Show the manual of a command, or of all commands; on a terminal, a long manual opens in a pager."""
    about: Any = ctx.find_root()
    for word in words or ():
        group = about.command
        if not hasattr(group, "resolve_command"):
            ctx.fail(f"{about.command_path!r} has no commands of its own, such as {word!r}.")
        _, command, _ = group.resolve_command(about, [word])
        about = type(about)(command, info_name=word, parent=about)
    lines = manual(about).splitlines()
    if out.is_terminal and len(lines) >= out.height:
        with out.pager():
            _print(lines)
    else:
        _print(lines)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def manual(ctx: Any) -> str:
    """Return all that there is to know of a command, in lines that fit."""
    command = ctx.command
    about = " ".join((command.help or "").partition("\n\n")[0].split())
    usage = " ".join(command.collect_usage_pieces(ctx)).replace("{", "").replace("}", "")
    sections = [
        ("NAME", [f"{ctx.command_path} - {plain_text(about)}"]),
        ("SYNOPSIS", [f"{ctx.command_path} {usage}"]),
        ("DESCRIPTION", [plain_text(" ".join(each.split())) for each in (command.help or "").split("\n\n")[1:]]),
    ]
    width = max(20, min(out.width, _WIDEST))
    text = "".join(_section(title, _paragraphs(row, width)) for title, row in sections if row)
    if hasattr(command, "list_commands"):
        text += _section("COMMANDS", _listed(_commands(ctx), width))
    for title, records in parameters_of(ctx).items():
        text += _section(title, _listed(records, width))
    # Paragraphs of an epilog begin with what they are about.
    for part in (command.epilog or "").split("\n\n\n\n"):
        title, _, rest = plain_text(part).partition(":")
        text += _section(title.upper(), _epilog(part, rest, width)) if rest.strip() else ""
    return text.rstrip("\n")


def _epilog(part: str, rest: str, width: int) -> Iterator[str]:
    lines = [plain_text(each) for each in part.split("\n\n")]
    if len(lines) == 1:
        yield from _paragraphs([rest.strip()], width)
    for line in lines[1:]:
        yield from _wrapped(line, width, initial_indent=_INDENT, subsequent_indent=_INDENT * 3)


def _wrapped(text: str, width: int, *, initial_indent: str, subsequent_indent: str) -> list[str]:
    # Options and commands stay whole.
    return textwrap.wrap(
        text, width, initial_indent=initial_indent, subsequent_indent=subsequent_indent, break_on_hyphens=False
    )


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *lines, "", ""])


def _paragraphs(texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from _wrapped(text, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _listed(records: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    for name, description in records:
        yield from _wrapped(name, width, initial_indent=_INDENT, subsequent_indent=_INDENT * 3)
        yield from _wrapped(description, width, initial_indent=_INDENT * 3, subsequent_indent=_INDENT * 3)


def _commands(ctx: Any) -> Iterator[tuple[str, str]]:
    for name in ctx.command.list_commands(ctx):
        yield name, plain_text(ctx.command.get_command(ctx, name).get_short_help_str(200))


def parameters_of(ctx: Any) -> dict[str, list[tuple[str, str]]]:
    """Return arguments and options with what is said of them, by their headings."""
    found: dict[str, list[tuple[str, str]]] = {}
    for parameter in ctx.command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            group = "ARGUMENTS" if parameter.param_type_name == "argument" else "OPTIONS"
            panel = getattr(parameter, "rich_help_panel", None)
            description = plain_text(_NOTES.sub("", record[1]))
            needed = " Required." if parameter.required and group == "OPTIONS" else ""
            row = (record[0], f"{description}{needed}")
            found.setdefault(f"{panel} options".upper() if panel else group, []).append(row)
    return found


def plain_text(text: str) -> str:
    """Return text without its markup."""
    return one_line(Text.from_markup(text.strip()).plain)
