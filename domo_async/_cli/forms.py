"""How values of the methods' types are written on the command line."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import typer
from attrs import frozen

from domo_async import ConfigError, DomoError, Secret, Unset
from domo_async._cli.common.values import json_of, parse_time, text_of

__all__ = ["TEXT_OR_FILE", "TO_COME", "ValueForm", "form_of_type", "is_a"]

_FILE = "@FILE reads a file, - reads standard input."
_FROM_FILE = f"JSON; {_FILE}"


@frozen(kw_only=True)
class ValueForm:
    """How values of a type are written.

    Attributes:
        type: The type that the command line takes.
        metavar: The placeholder in the help.
        repeated: Whether it may be given several times.
        parse: Makes a text one.
        read: Converts the option's value to the method's argument.
        help: The help about it.
    """

    type: Any = str
    metavar: str = "TEXT"
    repeated: bool = False
    parse: Callable[[str], Any] | None = None
    read: Callable[[Any], Any] | None = None
    help: str = ""


TO_COME = ValueForm(
    type=datetime,
    metavar="WHEN",
    parse=partial(parse_time, ahead=True),
    help="How far ahead, such as 12h or 30d, or a date.",
)
TEXT_OR_FILE = ValueForm(parse=text_of, help=_FILE)


def form_of_type(hint: Any) -> ValueForm:
    """Return how values of a type are written on the command line."""
    members = [each for each in _members(hint) if each not in {Unset, type(None)}]
    first = members[0]
    sequences = [each for each in members if is_a(Sequence, each)]
    known = next((each for each in members if isinstance(each, type) and issubclass(each, Enum)), None)
    secret = next((each for each in members if get_origin(each) is Secret), None)
    if secret is not None:
        text = get_args(secret)[0] is str
        return _json_form(_secret_text, metavar="FILE") if text else _json_form(_secret)
    if sequences and not any(is_a(Mapping, each) for each in members):
        return _form_of_several(_members(get_args(sequences[0])[0]))
    if known is not None:
        return _choice([str(each.value) for each in known], metavar=_metavar(known.__name__))
    if get_origin(first) is Literal:
        return _choice([str(each) for each in get_args(first)])
    if str in members:
        return ValueForm(metavar="ID" if int in members else "TEXT")
    for type_, metavar in ((bool, ""), (int, "NUMBER"), (float, "NUMBER")):
        if type_ in members:
            return ValueForm(type=type_, metavar=metavar)
    if datetime in members or date in members:
        return ValueForm(
            type=datetime, metavar="WHEN", parse=parse_time, help="How long ago, such as 2h or 7d, or a date."
        )
    return _form_of_record(first) if hasattr(first, "from_dict") else _json_form(partial(_json, into=None), _FROM_FILE)


def _form_of_record(type_: Any) -> ValueForm:
    if _has_secrets(type_):
        return _json_form(partial(_secret_record, type_), _fields_of(type_, _FROM_FILE))
    if _names(type_) == _REFERENCE:
        return _reference(type_)
    return _json_form(partial(_json, into=partial(_record, type_)), _fields_of(type_, _FROM_FILE))


def _json_form(parse: Callable[[str], Any], help_text: str = _FILE, *, metavar: str = "JSON") -> ValueForm:
    return ValueForm(type=Any, metavar=metavar, parse=parse, help=help_text)


def _form_of_several(members: Sequence[Any]) -> ValueForm:
    record = next((each for each in members if hasattr(each, "from_dict")), None)
    if record is not None and _names(record) == _REFERENCE:
        inner = _reference(record)
    else:
        inner = form_of_type(Union[tuple(members)])  # noqa: UP007 - made at run time
    if inner.type in (str, int):
        help_text = f"{inner.help} May be repeated.".lstrip()
        return ValueForm(type=inner.type, metavar=inner.metavar, repeated=True, read=_each(inner.read), help=help_text)
    into = partial(_records, record) if record is not None else None
    help_text = _FROM_FILE if record is None else _fields_of(record, _FROM_FILE, several=True)
    return _json_form(partial(_json, into=into), help_text)


# Records that say who or what is meant, by these fields.
_REFERENCE = ["id", "type"]


def _reference(record: Any) -> ValueForm:
    """Return how a user, a group or a page is referred to: ``27`` or ``group:8``."""
    default: Any = attrs.fields_dict(record)["type"].default
    kinds: Any = type(default)
    types = [str(each.value) for each in kinds]
    also = ", ".join(f"{each.lower()}:ID" for each in types if each != default.value)
    return ValueForm(
        metavar="[TYPE:]ID",
        read=partial(_referred, record, types),
        help=f"The ID of a {default.value.lower()}, or {also}.",
    )


def _referred(record: Any, types: Sequence[str], given: str) -> Any:
    type_, colon, identifier = given.rpartition(":")
    if not colon:
        return record(identifier)
    known = next((each for each in types if each.casefold() == type_.casefold()), None)
    if known is None or not identifier:
        raise typer.BadParameter(
            f"{given!r} is not an ID or one of {', '.join(f'{each.lower()}:ID' for each in types)}"
        )
    kinds: Any = type(attrs.fields_dict(record)["type"].default)
    return record(identifier, kinds(known))


def _names(record: Any) -> list[str]:
    return [each.name for each in attrs.fields(record) if each.name != "extras"]


def _fields_of(record: Any, how: str, *, several: bool = False) -> str:
    return f"{'A list of objects' if several else 'An object'} with {', '.join(_names(record))}, as {how}"


def _choice(known: Sequence[str], metavar: str = "WORD") -> ValueForm:
    """Return a word of those that are known, in whatever case; unknown words are left to the instance."""
    by_case = {each.casefold(): each for each in known}
    return ValueForm(
        metavar=metavar, read=lambda given: by_case.get(given.casefold(), given), help=f"One of {', '.join(known)}."
    )


def _metavar(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _each(read: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    return lambda given: [each if read is None else read(each) for each in given]


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)


def is_a(type_: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, type_)


def _json(given: str, *, into: Callable[[Any], Any] | None) -> Any:
    value = json_of(text_of(given), None)
    try:
        return value if into is None else into(value)
    except DomoError as error:
        raise typer.BadParameter(str(error)) from None


def _record(type_: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{json.dumps(value, default=str)} is not an object")
    return type_.from_dict(value)


def _records(type_: Any, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ConfigError("it is not a list")
    return [_record(type_, each) for each in value]


def _secret_text(given: str) -> Secret[str]:
    if given != "-" and not given.startswith("@"):
        raise typer.BadParameter("what is secret is not an argument, which is seen by everyone: give @FILE or -")
    return Secret(text_of(given).removesuffix("\n").removesuffix("\r"))


def _secret(given: str) -> Secret[Any]:
    return Secret(json_of(_secret_text(given).get_secret_value(), None))


def _secret_record(type_: Any, given: str) -> Any:
    try:
        return _record(type_, _secret(given).get_secret_value())
    except DomoError as error:
        raise typer.BadParameter(str(error)) from None


def _has_secrets(record: Any) -> bool:
    hints = get_type_hints(record)
    return any(get_origin(each) is Secret for name in _names(record) for each in _members(hints[name]))
