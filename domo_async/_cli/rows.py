"""The rows of the table of commands, and how examples are shown."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import Factory, frozen
from rich.markup import escape

__all__ = ["Noun", "Row", "with_examples"]


@frozen(kw_only=True)
class Row:
    """A command that is a call of one method.

    Attributes:
        name: The command's name.
        method: The method, as it is called on a client.
        examples: Arguments that can follow the command's words, for the help; each can be run so.
        columns: The columns of tables and CSV for the items of a list: fields, parted by blanks;
            ``name=field.of_field`` gives one another name.
        thing: The word for one item of a list; by default that of the noun.
        deletes: What it takes away, for the question that it asks first, as ``Delete the dataflow {dataflow_id}?``.
        done: The word to print where the method returns nothing.
        options: Other names for parameters, where theirs are taken or say too little.
        without: Parameters that it does not offer.
        files: Texts that may be given as ``@FILE``, or as ``-`` for standard input.
        one: Whether a tuple of one is shown like the one in it, and an empty one is an error.
        secret: The field of what is returned that is written to a file, as it is told but once.
        discards: Whether what is returned is not told, as it is in a file.
        summary: Its help, where the docstring's first line does not say it for the command line.
    """

    name: str
    method: str
    examples: tuple[str, ...]
    columns: str = ""
    thing: str = ""
    deletes: str = ""
    done: str = "Changed"
    options: Mapping[str, str] = Factory(dict)
    without: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    one: bool = False
    secret: str = ""
    discards: bool = False
    summary: str = ""


@frozen(kw_only=True)
class Noun:
    """A group of commands.

    Attributes:
        words: The words that call it.
        help: Its help.
        thing: The word for one such thing.
        rows: Its commands.
        panel: Under which heading the help lists it.
    """

    words: str
    help: str
    thing: str
    rows: tuple[Row, ...]
    panel: str


def with_examples(examples: tuple[str, ...], words: str, epilog: str | None) -> str:
    """Return what stands below a command's help: examples, given without the command's own words, and the rest."""
    lines = [escape(" ".join(filter(None, ("$ domo-async", words, example)))) for example in examples]
    return "\n\n".join(["[bold]Examples[/]:", *lines, *([] if epilog is None else ["", epilog])])
