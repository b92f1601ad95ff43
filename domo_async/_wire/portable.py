"""Records as plain values under their Python names, and back; see `Record` for the form."""

from __future__ import annotations

import builtins
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
from attrs import NOTHING
from cattrs import Converter

import domo_async.errors
from domo_async._redaction import MASK, Secret, masked
from domo_async._wire.errors import TooManyUnread, count_anew, expected, key_step, under
from domo_async._wire.hooks import Hook, secret_hook, typed_converter
from domo_async._wire.json import dumps, loads
from domo_async._wire.model import NO_EXTRAS, Model
from domo_async._wire.record import SETTING, Record, field_names
from domo_async._wire.typeinfo import is_record, is_secret
from domo_async._wire.unset import UNSET
from domo_async.errors import ConfigError, DecodeError, DomoError

__all__ = ["from_dict", "from_json", "plain", "to_dict", "to_json"]

R = TypeVar("R", bound=Record)

_TYPE = "$type"
_SCALARS = frozenset({str, int, bool, float, type(None)})
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
# The first attributes of an error, and attributes that may be long and confidential.
_UNTOLD = frozenset({"message", "body"})


# -- out ------------------------------------------------------------------------------------------------


def to_dict(record: Record) -> dict[str, Any]:
    """Convert a record to JSON values; see `Record.to_dict`."""
    try:
        return _of_record(record)
    except RecursionError:
        raise ConfigError("a value that contains itself, or is nested too deeply, cannot be written as JSON") from None


def to_json(record: Record) -> str:
    """Convert a record to JSON text; see `Record.to_json`."""
    return dumps(to_dict(record)).decode()


def plain(value: Any, *, tagged: bool = False) -> Any:
    """Convert a value to JSON values.

    Args:
        value: The value.
        tagged: Whether to add the class of records in it.

    Raises:
        ConfigError: The value is not data.
    """
    if value.__class__ in _SCALARS:
        return value
    if isinstance(value, Record):
        return {_TYPE: type(value).__qualname__} | _of_record(value) if tagged else _of_record(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return masked({_key(key): plain(below, tagged=tagged) for key, below in value.items()})
    if isinstance(value, AbstractSet):
        return sorted((plain(item, tagged=tagged) for item in value), key=repr)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return [plain(item, tagged=tagged) for item in value]
    return _of_other(value)


def _of_other(value: Any) -> Any:
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, BaseException):
        return _of_error(value)
    if isinstance(value, tzinfo):
        return _zone_name(value)
    if isinstance(value, os.PathLike):
        path: object = os.fspath(value)
        return os.fsdecode(path) if isinstance(path, bytes) else path
    if isinstance(value, str | int | float):  # an instance of a subclass
        return next(base(value) for base in (str, int, float) if isinstance(value, base))
    raise ConfigError(f"a value of type {type(value).__name__} cannot be written as JSON: leave it out")


def _of_record(record: Record) -> dict[str, Any]:
    made = {}
    cls: Any = type(record)  # to mypy, no type is hashable
    for name, tagged in _layout(cls):
        value = getattr(record, name)
        if value is not UNSET:
            made[name] = plain(value, tagged=tagged)
    if isinstance(record, Model):
        # The text of a setting is secret depending on its name or type.
        made |= masked({name: made[name] for name in SETTING if name in made}) if "value" in made else {}
        if not record.extras:
            del made["extras"]
    return made


def _of_error(error: BaseException) -> dict[str, Any]:
    facts = {name: plain(value) for name, value in vars(error).items() if name not in _UNTOLD and _is_fact(value)}
    return {_TYPE: type(error).__qualname__, "message": str(error), **facts}


def _is_fact(value: object) -> bool:
    """Return whether an attribute of an error can be written; attributes with models cannot."""
    if isinstance(value, tuple):
        return all(map(_is_fact, value))
    if isinstance(value, dict):
        return all(map(_is_fact, value.values()))
    return value.__class__ in _SCALARS or isinstance(value, DomoError)


def _key(key: object) -> str:
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str | int):
        return str(key)
    raise ConfigError(f"a mapping with the key {key!r} cannot be written as JSON")


def _zone_name(zone: tzinfo) -> str:
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    offset = zone.utcoffset(None)
    if offset is None:
        raise ConfigError(f"the zone {zone!r} has no name by which it can be written: give a ZoneInfo")
    return "UTC" if not offset else datetime(2000, 1, 1, tzinfo=zone).isoformat()[19:]


@cache
def _layout(cls: Any) -> tuple[tuple[str, bool], ...]:
    """Return each field of a record, and whether the class of a record in it has to be added."""
    attrs.resolve_types(cls)
    hints = {field.name: field.type for field in attrs.fields(cls)}
    return tuple((name, _leaves_open(hints[name])) for name in field_names(cls))


def _leaves_open(hint: Any) -> bool:
    return isinstance(hint, TypeVar) or any(map(_leaves_open, get_args(hint)))


# -- in -------------------------------------------------------------------------------------------------


def from_dict(data: Mapping[str, object], into: type[R]) -> R:
    """Restore a record from the result of `to_dict`; see `Record.from_dict`."""
    target: Any = into  # to mypy, no type is hashable
    value = dict(data) if isinstance(data, Mapping) else data
    count_anew()
    path = "$"
    try:
        made: R = _converter().get_structure_hook(target)(value, into)
        return made
    except DecodeError as error:
        problem, path = f"{error.message} at {error.path}", error.path
    except TooManyUnread as error:
        problem = str(error)
    except RecursionError:
        problem = "the value is nested too deeply"
    raise DecodeError(problem, path=path)


def from_json(text: str | bytes, into: type[R]) -> R:
    """Restore a record from the result of `to_json`; see `Record.from_json`."""
    return from_dict(loads(text.encode() if isinstance(text, str) else text), into)


@cache
def _converter() -> Converter:
    made = typed_converter(strict=True)
    made.register_structure_hook(datetime, _datetime)
    made.register_structure_hook(Path, lambda value, into: Path(_path(value, into)))
    made.register_structure_hook_func(lambda into: isinstance(into, TypeVar), _open)
    made.register_structure_hook_func(partial(_is_class, base=Sequence), _list)
    made.register_structure_hook_func(partial(_is_class, base=BaseException), _error)
    made.register_structure_hook_func(partial(_is_class, base=tzinfo), _zone)
    made.register_structure_hook_func(partial(_is_made_of, base=frozenset), _frozenset)
    made.register_structure_hook_func(partial(_is_made_of, base=os.PathLike), _path)
    made.register_structure_hook_func(partial(_is_made_of, base=Callable), _function)
    made.register_structure_hook_factory(is_secret, _secret)
    made.register_structure_hook_factory(is_record, _record)
    return made


def _is_class(into: Any, *, base: type) -> bool:
    return isinstance(into, type) and issubclass(into, base)


def _is_made_of(into: Any, *, base: Any) -> bool:
    return get_origin(into) is base


def _record(into: Any, known: Converter) -> Hook:
    cls = get_origin(into) or into
    attrs.resolve_types(cls)
    fields = {field.name: field for field in attrs.fields(cls) if field.init}
    needed = [name for name, field in fields.items() if field.default is NOTHING]
    hooks: dict[str, Hook] = {}  # created on first use, because a record may contain others of its class

    def read(name: str, value: Any) -> Any:
        hint = fields[name].type
        if name not in hooks:
            hooks[name] = known.get_structure_hook(hint)
        try:
            return hooks[name](value, hint)
        except DecodeError as error:
            raise under(error, key_step(name)) from None

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not dict:
            raise expected(f"an object ({cls.__name__})", value)
        made = {fields[name].alias: read(name, value[name]) for name in fields if name in value}
        further = {name: value[name] for name in value if name not in fields and name != _TYPE}
        if issubclass(cls, Model):
            made["extras"] = {**made.get("extras", {}), **further} or NO_EXTRAS
        else:
            _refuse(further, f"{cls.__name__} has no such field")
        _refuse([name for name in needed if name not in value], "a required key is missing")
        try:
            return cls._of_fields(made)
        except (ConfigError, TypeError, ValueError) as error:  # refused by the class itself
            problem = f"not a {cls.__name__}: {error}"
        raise DecodeError(problem)

    return hook


def _refuse(names: Iterable[str], problem: str) -> None:
    """Raise if `names` is not empty.

    Raises:
        DecodeError: It is not empty; the path leads to the first name.
    """
    for name in names:
        raise under(DecodeError(problem), key_step(name))


def _open(value: Any, _: Any) -> Any:
    """Restore a value whose field does not determine its type."""
    if value.__class__ is list:
        return [_open(item, _) for item in value]
    if value.__class__ is not dict:
        return value
    if _TYPE not in value:
        return {key: _open(below, _) for key, below in value.items()}
    cls: Any = _class_named(value[_TYPE])
    return dict(value) if cls is None else _converter().get_structure_hook(cls)(value, cls)


def _class_named(name: object) -> type[Record] | None:
    """Return the record class with a name, which may be in a module that is not imported yet."""
    if not isinstance(name, str) or name.startswith("_"):
        return None
    if name not in Record._classes:  # noqa: SLF001 - its other half
        import_module("domo_async.models")
    return Record._classes.get(name)  # noqa: SLF001 - as above


def _error(value: Any, _: Any) -> BaseException:
    if value.__class__ is not dict or not isinstance(value.get("message"), str):
        raise expected("an object with the message of an error", value)
    name, message = str(value.get(_TYPE)), value["message"]
    cls: Any = getattr(domo_async.errors, name, None)
    if not _is_class(cls, base=DomoError):
        cls = getattr(builtins, name, None)
        made: BaseException = cls(message) if _is_class(cls, base=OSError) else DomoError(message)
        return made
    error: DomoError = cls.__new__(cls, message)
    facts = {name: _fact(below) for name, below in value.items() if name != _TYPE}
    error.__dict__.update({**facts, "message": message})
    return error


def _fact(value: Any) -> Any:
    if value.__class__ is list:
        return tuple(map(_fact, value))
    if value.__class__ is dict:
        return _error(value, None) if _TYPE in value else {key: _fact(below) for key, below in value.items()}
    return value


def _secret(into: Any, known: Converter) -> Hook:
    hook = secret_hook(into, known)
    return lambda value, _: Secret(MASK) if value == MASK else hook(value, _)


def _datetime(value: Any, _: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise expected("a time like 2024-12-31T23:59:59+00:00", value) from None


def _zone(value: Any, _: Any) -> tzinfo:
    if value == "UTC":
        return UTC
    if isinstance(value, str) and (found := _OFFSET.fullmatch(value)):
        size = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-size if found[1] == "-" else size)
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, LookupError, OSError):
        raise expected("the name of a time zone", value) from None


def _frozenset(value: Any, into: Any) -> frozenset[Any]:
    (item,) = get_args(into)
    return frozenset(_converter().structure(each, item) for each in _list(value, into))


def _list(value: Any, _: Any) -> list[Any]:
    if value.__class__ is not list:
        raise expected("a list", value)
    return [*value]


def _path(value: Any, _: Any) -> str:
    if value.__class__ is not str:
        raise expected("a path", value)
    return str(value)


def _function(value: Any, _: Any) -> Any:
    raise expected("a function, which JSON does not have", value)
