"""The results of the client's methods as tables, JSON or CSV."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import partial, reduce
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import typer
from attrs import frozen
from rich.text import Text

from domo_async import BulkReport, Secret, TargetError
from domo_async._cli.common.exits import ExitCode
from domo_async._cli.common.listing import Form, print_list
from domo_async._cli.common.output import err, facts, one_line, out, print_json, print_table, time_text
from domo_async._cli.common.results_table import of_bulk, print_results
from domo_async._cli.forms import is_a
from domo_async._cli.rows import Noun, Row

__all__ = ["Presentation", "columns_of", "has_field", "secret_file", "show", "wanted_columns"]

_NAMES = ("name", "display_name", "title", "id")
_MOST_COLUMNS = 6
_LONGEST = 300


@frozen(kw_only=True)
class Presentation:
    """How to tell what a command gave.

    Attributes:
        form: The form that is asked for.
        row: The command.
        noun: The group of the command.
        about: The things that it was called with, by the parameters' names.
        columns: The columns to show of the items of a list, as in `Row.columns`.
    """

    form: Form
    row: Row
    noun: Noun
    about: Mapping[str, Any]
    columns: str = ""


def show(value: Any, presentation: Presentation) -> None:
    """Print what a method returned.

    Raises:
        typer.Exit: It is not what was asked for, or says that something failed.
    """
    if isinstance(value, BulkReport):
        print_results(of_bulk(value), as_json=presentation.form is Form.JSON)
    elif value is None or isinstance(value, bool):
        _show_done(presentation, changed=value is not False)
    elif isinstance(value, list | tuple):
        _show_items(value, presentation)
    elif presentation.form is Form.JSON:
        print_json(value)
    elif isinstance(value, Mapping):
        _show_facts(value)
    elif attrs.has(type(value)):
        _show_facts(_fields(value))
    else:
        out.print(one_line(str(plain(value))), markup=False, soft_wrap=True)


def _show_done(presentation: Presentation, *, changed: bool) -> None:
    done = presentation.row.done if changed else "Nothing to change"
    if presentation.form is Form.JSON:
        print_json({"outcome": done.lower(), **presentation.about})
        return
    things = ", ".join(str(plain(value)) for value in presentation.about.values())
    out.print(one_line(f"{done}: {things}" if things else done), markup=False, soft_wrap=True)


def _show_items(items: Sequence[Any], presentation: Presentation) -> None:
    thing = presentation.row.thing or presentation.noun.thing
    if presentation.row.one and not items:
        err.print(one_line(f"The {thing} does not exist, or you may not see it."), markup=False)
        raise typer.Exit(ExitCode.FAILED)
    if presentation.row.one and len(items) == 1 and presentation.form is Form.TABLE:
        _show_facts(_fields(items[0]))
        return
    print_list(list(items), columns_of(presentation.columns, items), presentation.form, thing)


def wanted_columns(chosen: str | None, usual: str, type_: Any, form: Form) -> str:
    """Return what to show of the items of a list, as in `Row.columns`.

    Args:
        chosen: The option ``--columns``.
        usual: The columns that are shown without it.
        type_: The type of the items.
        form: The form that is asked for.

    Raises:
        typer.BadParameter: The items do not have such a field, or JSON is asked for.
    """
    if chosen is None:
        return usual
    if form is Form.JSON:
        raise typer.BadParameter("JSON has all fields: --query picks from them", param_hint="--columns")
    known = {name: path for name, _, path in (each.partition("=") for each in usual.split())}
    columns: dict[str, str] = {}
    for each in filter(str.strip, chosen.split(",")):
        name, path = (part.strip() for part in each.split("=", 1)) if "=" in each else (each.strip(), "")
        columns[name] = path or known.get(name) or name
    for name, path in columns.items():
        if not name or any(character.isspace() for character in f"{name}{path}"):
            raise typer.BadParameter(f"{name or path!r} is not the name of a column", param_hint="--columns")
        if not any(has_field(type_, each.split(".")) for each in path.split("|")):
            fields = ", ".join(dict.fromkeys((*known, *_names_of(type_))))
            raise typer.BadParameter(f"the field {path!r} does not exist; choose from {fields}", param_hint="--columns")
    if not columns:
        raise typer.BadParameter("name at least one column", param_hint="--columns")
    return " ".join(f"{name}={path}" for name, path in columns.items())


def has_field(type_: Any, names: Sequence[str]) -> bool:
    """Return whether things of a type have a field, or a field of a field and so on."""
    for name in names:
        members = [each for each in (type_, *get_args(type_)) if attrs.has(each)]
        if not members:
            return any(is_a(Mapping, each) for each in (type_, *get_args(type_)))
        found = [get_type_hints(each)[name] for each in members if name in attrs.fields_dict(each)]
        if not found:
            return any(isinstance(getattr(each, name, None), property) for each in members)
        type_ = found[0]
    return True


def _names_of(type_: Any) -> list[str]:
    members = [each for each in (type_, *get_args(type_)) if attrs.has(each)]
    return [each.name for member in members for each in attrs.fields(member) if each.name != "extras"]


def columns_of(wanted: str, items: Sequence[Any]) -> dict[str, Callable[[Any], object]]:
    """Return what to show of each item; by default its first plain fields."""
    if not items or attrs.has(type(items[0])):
        pairs = [each.partition("=") for each in wanted.split()] or [
            (name, "", "") for name in _plain_fields(items[:1])
        ]
        return {name: partial(_cell, path=path or name) for name, _, path in pairs}
    if isinstance(items[0], Mapping):
        keys = [each.partition("=") for each in wanted.split()] or [(str(name), "", name) for name in items[0]]
        return {name: partial(_key, name=key or name) for name, _, key in keys}
    return {"value": plain}


def _cell(item: Any, *, path: str) -> object:
    """Return the first of some fields of fields that is there, such as ``display_type|owner.name``."""
    found = (reduce(_field_of, each.split("."), item) for each in path.split("|"))
    return plain(next((value for value in found if value is not None), None))


def _field_of(value: Any, name: str) -> Any:
    """Return a field of a record, or of each record of a list."""
    if isinstance(value, list | tuple):
        return [_field_of(each, name) for each in value]
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _key(item: Mapping[str, object], *, name: str) -> object:
    return plain(item.get(name))


def _plain_fields(items: Sequence[Any]) -> list[str]:
    return [
        name
        for item in items
        for name, value in _fields(item).items()
        if not isinstance(value, Mapping | list | tuple) and not attrs.has(type(value))
    ][:_MOST_COLUMNS]


def _fields(item: Any) -> dict[str, Any]:
    return {each.name: getattr(item, each.name) for each in attrs.fields(type(item)) if each.name != "extras"}


def _show_facts(fields: Mapping[str, Any]) -> None:
    shown = {name: _fact(value) for name, value in fields.items() if value not in (None, "", (), [], {})}
    if not shown:
        out.print("[dim]nothing[/]")
    print_table(facts((str(name).replace("_", " ").capitalize(), Text(text)) for name, text in shown.items()))


def _fact(value: object) -> str:
    shown = plain(value)
    text = time_text(shown) if isinstance(shown, datetime) else one_line(str(shown))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… (--json gives all)"


def plain(value: Any) -> Any:
    """Return a value as a table and CSV show it: the name of a thing, instead of all its fields."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(str(plain(each)) for each in value)
    if attrs.has(type(value)):
        found = (getattr(value, name, None) for name in _NAMES)
        named = next((each for each in found if each is not None), None)
        return (
            _compact({name: plain(each) for name, each in _fields(value).items() if each}) if named is None else named
        )
    if isinstance(value, Mapping):
        return _compact(value)
    return str(value) if isinstance(value, Secret) else value


def _compact(value: Mapping[Any, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, default=lambda each: str(plain(each)))


@contextmanager
def secret_file(output: str) -> Iterator[Callable[[Secret[str]], None]]:
    """Give what writes a secret to a new file that nobody else may read, or to standard output.

    Args:
        output: The file, which is opened before there is a secret to lose; ``-`` for standard output.

    Raises:
        TargetError: The file is there already, or cannot be written.
    """
    if output == "-":
        yield lambda secret: print(secret.get_secret_value(), flush=True)
        return
    try:
        file = os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise TargetError(f"{output} cannot be written: {error.strerror or error}") from None
    try:
        with file:
            yield lambda secret: print(secret.get_secret_value(), file=file, flush=True)
    except BaseException:
        Path(output).unlink(missing_ok=True)
        raise
