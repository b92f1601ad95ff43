"""The groups of the tree of commands: options that all commands share, hints for misspelt names, examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any

from typer.core import TyperGroup

from domo_async._cli.areas import EXAMPLES, NOUNS, PANELS
from domo_async._cli.common import logs, network
from domo_async._cli.common.exits import EXIT_CODES, MOST_TOLD, ExitCode, effect
from domo_async._cli.common.json_query import QueryMismatch, json_query, take_query_option
from domo_async._cli.common.output import out
from domo_async._cli.making import command_of
from domo_async._cli.manual import NARROW, manual
from domo_async._cli.rows import Noun, with_examples

__all__ = ["Group", "Root", "commands_of"]

# One order of verbs in all help; all others follow.
_VERBS = ("list", "search", "show", "create", "update", "delete")
_FEW = 4
# For the help of all.
_FIRST = (
    "datasets upload 'exports/*.csv' --create Orders",
    "datasets query 5f2a -f orders.sql --csv",
    "dataflows run 12 --wait",
    "roles list --query '[].name'",
    "help datasets upload",
)
# The words of other tools.
_SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "add": ("create",),
        "app": ("data-apps",),
        "apps": ("data-apps",),
        "cat": ("show",),
        "certify": ("create",),
        "describe": ("show",),
        "download": ("down", "pull", "export"),
        "edit": ("update",),
        "execute": ("run",),
        "executions": ("history",),
        "get": ("show",),
        "info": ("show",),
        "ls": ("list",),
        "new": ("create",),
        "patch": ("update",),
        "pdp": ("policies",),
        "publish": ("create",),
        "remove": ("delete",),
        "revoke": ("delete",),
        "rm": ("delete",),
        "schema": ("show",),
        "set": ("update",),
        "sql": ("query",),
        "stop": ("cancel",),
        "upload": ("up", "push"),
        "view": ("show",),
    }
)


class Group(TyperGroup):
    """A group of commands, some of which are made of the client's methods when they are asked for.

    Attributes:
        noun: Says which, if any.
    """

    noun: Noun | None = None

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        made = [] if self.noun is None else [row.name for row in self.noun.rows]
        names = list(dict.fromkeys([*super().list_commands(ctx), *made]))
        return sorted(names, key=lambda name: _VERBS.index(name) if name in _VERBS else len(_VERBS))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, with the options that all commands have; None if it does not exist."""
        command: Any = super().get_command(ctx, cmd_name)
        row = None if self.noun is None else next((row for row in self.noun.rows if row.name == cmd_name), None)
        if command is None and self.noun is not None and row is not None:
            command = self.commands[cmd_name] = command_of(self.noun, row)
            command.epilog = with_examples(row.examples, f"{self.noun.words} {row.name}", command.epilog)
        if command is not None and not getattr(command, "is_equipped", False):
            _equip(command)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is meant; says which ones may have been meant if there is none."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command {args[0]!r}. {self._hint(ctx, args[0])}")
        return super().resolve_command(ctx, args)

    def _hint(self, ctx: Any, given: str) -> str:
        if likely := self._likely(ctx, given):
            return f"Did you mean {' or '.join(map(repr, likely))}?"
        return f"There are {', '.join(self.list_commands(ctx))}."

    def _likely(self, ctx: Any, given: str) -> list[str]:
        names = self.list_commands(ctx)
        synonyms = [each for each in _SYNONYMS.get(given.lower(), ()) if each in names]
        return synonyms or get_close_matches(given.lower(), names, 2)


class Root(Group):
    """The topmost group, which takes the options of all commands before their names, too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        _equip(self)
        self.params += network.options()
        for words, examples in EXAMPLES.items():
            command: Any = self
            for word in words.split():
                command = command.commands[word]
            command.epilog = with_examples(examples, words, command.epilog)
        for noun in NOUNS:
            self._add(noun)
        for name, command in self.commands.items():
            command.rich_help_panel = PANELS.get(name, command.rich_help_panel)
        self.epilog = with_examples(_FIRST, "", self.epilog)
        for words, group in _groups_of(self):
            below = (each for each in _all_examples() if each.startswith(f"{words} "))
            some = tuple(each.removeprefix(f"{words} ") for each in islice(below, _FEW))
            group.epilog = with_examples(some, words, group.epilog)

    def _add(self, noun: Noun) -> None:
        """Add what is made for a noun, to the group of that name if there is one."""
        group: Any = self
        for word in noun.words.split():
            if word not in group.commands:
                group.commands[word] = Group(
                    name=word,
                    help=noun.help,
                    epilog=EXIT_CODES,
                    no_args_is_help=True,
                    rich_markup_mode="rich",
                    rich_help_panel=noun.panel or None,
                )
            group = group.commands[word]
        group.noun = noun

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        ctx.call_on_close(logs.logs.end)
        try:
            return super().invoke(ctx)
        except QueryMismatch as error:
            if effect.took_place:
                lost = json.dumps(error.value, ensure_ascii=False)
                error.exit_code = ExitCode.AFTER_COMMIT
                error.message += f". The changes stay; this was to be printed: {lost[:MOST_TOLD]}"
            raise

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command's name."""
        effect.took_place = False
        logs.logs.begin()
        network.network.begin()
        json_query.begin()
        return super().parse_args(ctx, args)


def _groups_of(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the groups below a group, with the words that call them; makes no commands."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield " ".join((*words, name)), command
            yield from _groups_of(command, (*words, name))


def _all_examples() -> Iterator[str]:
    """Yield the first example of each command."""
    for words, examples in EXAMPLES.items():
        yield f"{words} {examples[0]}".rstrip()
    for noun in NOUNS:
        for row in noun.rows:
            yield f"{noun.words} {row.name} {row.examples[0]}".rstrip()


def commands_of(group: Any, ctx: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield all commands below a group, groups among them, with the words that call them."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield (name,), command
        if hasattr(command, "commands"):
            yield from (((name, *words), each) for words, each in commands_of(command, ctx))


def _format_help(wide: Callable[[Any, Any], None], ctx: Any, formatter: Any) -> None:
    """Give help as it fits into the terminal."""
    if out.width < NARROW:
        formatter.write(f"{manual(ctx)}\n")
    else:
        wide(ctx, formatter)


def _equip(command: Any) -> None:
    """Add the options that all commands have."""
    command.is_equipped = True
    command.format_help = partial(_format_help, command.format_help)
    if hasattr(command, "commands") and not isinstance(command, Root):
        return
    logs.take_options(command)
    take_query_option(command)
    if any(parameter.name == "instance" for parameter in command.params):
        taken = {name for parameter in command.params for name in parameter.opts}
        command.params += [option for option in network.options() if taken.isdisjoint(option.opts)]
