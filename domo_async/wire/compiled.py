"""Hooks for models, written for each class as Python source: calls and loops over fields would cost most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any, Union, get_args

import attrs
from attrs import NOTHING, Attribute
from cattrs import Converter

from domo_async.errors import DecodeError
from domo_async.wire.model import Model, model_fields, name_on_wire
from domo_async.wire.problems import expected, key_step, under
from domo_async.wire.shapes import NULL, PLAIN, describe, is_anything, is_union, kinds

__all__ = ["Hook", "model_hook"]

Hook = Callable[[Any, Any], Any]

_MISSING = object()
_compiled: dict[type, Hook] = {}
_compiling = RLock()


def model_hook(cls: type[Model], converter: Converter) -> Hook:
    """Return the structure hook of the model `cls`, which may hold itself at any depth."""
    with _compiling:
        if cls not in _compiled:
            # What a field finds that leads back to `cls` while its hook is not there yet.
            _compiled[cls] = lambda value, into: _compiled[into](value, into)
            try:
                _compiled[cls] = _compile(cls, converter)
            except BaseException:
                del _compiled[cls]
                raise
        return _compiled[cls]


def _compile(cls: type[Model], converter: Converter) -> Hook:
    """Return the structure hook of `cls`, compiled from lines of source.

    For ``row_count: int``, ``owner: Owner | None = None`` and ``tags: tuple[str, ...] = ()`` it reads::

        def hook(value, _):
            if value.__class__ is not dict: raise expected(what, value)
            key, missing = '', 0
            try:
                key = 'rowCount'
                v0 = value['rowCount']
                if v0.__class__ is not int: v0 = hook0(v0, type0)
                key = 'owner'
                v1 = value.get('owner', MISSING)
                if v1 is MISSING: v1 = default1; missing += 1
                elif v1 is not None: v1 = hook1(v1, type1)
                key = 'tags'
                v2 = value.get('tags', MISSING)
                if v2 is MISSING: v2 = default2; missing += 1
                elif v2 is None: v2 = default2
                else: v2 = hook2(v2, type2)
            except (DecodeError, KeyError) as error:
                raise failed(error, key) from None
            extras = {} if len(value) + missing == 3 else unknown(value, keys)
            made = blank()
            made.row_count = v0
            made.owner = v1
            made.tags = v2
            made.extras = extras
            made.__class__ = cls
            return made
    """
    fields = model_fields(cls)
    scope: dict[str, Any] = {
        "DecodeError": DecodeError,
        "MISSING": _MISSING,
        "blank": _blank(cls),
        "cls": cls,
        "expected": expected,
        "failed": _failed,
        "keys": frozenset(map(name_on_wire, fields)),
        "unknown": _unknown,
        "what": describe(cls),
    }
    body: list[str] = []
    for number, attribute in enumerate(fields):
        condition, needed = _when_structured(f"v{number}", attribute.type)
        scope[f"type{number}"] = needed
        scope[f"hook{number}"] = converter.get_structure_hook(needed)
        scope[f"default{number}"] = getattr(attribute.default, "factory", attribute.default)
        body += _field_lines(number, attribute, condition)
    lines = [
        "def hook(value, _):",
        " if value.__class__ is not dict: raise expected(what, value)",
        " key, missing = '', 0",
        " try:",
        *(f"  {line}" for line in body or ["pass"]),
        " except (DecodeError, KeyError) as error:",
        "  raise failed(error, key) from None",
        f" extras = {{}} if len(value) + missing == {len(fields)} else unknown(value, keys)",
        *(f" {line}" for line in _construction(fields, blank=scope["blank"] is not None)),
    ]
    exec("\n".join(lines), scope)  # noqa: S102 - names of fields and keys, written by whoever wrote the class
    hook: Hook = scope["hook"]
    return hook


def _field_lines(number: int, attribute: Attribute[Any], condition: str) -> Iterator[str]:
    """Yield the lines that put the structured value of one field into its variable."""
    variable, key, default = f"v{number}", repr(name_on_wire(attribute)), attribute.default
    structured = f"if {condition}: {variable} = hook{number}({variable}, type{number})"
    yield f"key = {key}"
    if default is NOTHING:
        yield f"{variable} = value[{key}]"
        yield structured
        return
    call = "()" if hasattr(default, "factory") else ""
    yield f"{variable} = value.get({key}, MISSING)"
    yield f"if {variable} is MISSING: {variable} = default{number}{call}; missing += 1"
    if NULL not in kinds(attribute.type):
        # Some routes write null for a list that others leave out.
        yield f"elif {variable} is None: {variable} = default{number}{call}"
    yield f"el{structured}"


def _when_structured(variable: str, annotation: Any) -> tuple[str, Any]:
    """Return the condition under which a value has to go through a hook, and the type whose hook that is."""
    if is_anything(annotation):
        return "False", annotation
    optional = ""
    if is_union(annotation) and NULL in get_args(annotation):
        optional = f"{variable} is not None"
        annotation = Union[tuple(member for member in get_args(annotation) if member is not NULL)]  # noqa: UP007
    strange = f"{variable}.__class__ is not {annotation.__name__}" if annotation in PLAIN else ""
    return " and ".join(filter(None, (optional, strange))) or "True", annotation


def _construction(fields: tuple[Attribute[Any], ...], *, blank: bool) -> Iterator[str]:
    """Yield the lines that make the instance of the fields' variables and of `extras`."""
    if not blank:
        yield f"return cls({''.join(f'{a.alias}=v{number}, ' for number, a in enumerate(fields))}extras=extras)"
        return
    yield "made = blank()"
    for number, attribute in enumerate(fields):
        yield f"made.{attribute.name} = v{number}"
    yield "made.extras = extras"
    yield "made.__class__ = cls"
    yield "return made"


def _blank(cls: type[Model]) -> type | None:
    """Return a class whose instances can be filled and then turned into instances of `cls`.

    The `__init__` of a frozen class goes around its own `__setattr__` for each field, which takes three times
    as long as all of this. Returns None where that cannot be done: above all for a class whose
    `__init__` does more than setting fields.
    """
    own = vars(cls)
    busy = any(a.converter or a.validator for a in attrs.fields(cls)) or hasattr(cls, "__attrs_post_init__")
    if busy or "__slots__" not in own:
        return None
    unlocked = {
        "__slots__": own["__slots__"],
        "__init__": object.__init__,
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,  # the interpreter has one entry for both
    }
    blank = type(cls.__name__, cls.__bases__, unlocked)
    try:
        blank().__class__ = cls
    except TypeError:  # the interpreter lays out the two differently, as Python 3.11 does for `Model` itself
        return None
    return blank


def _failed(error: DecodeError | KeyError, key: str) -> DecodeError:
    if isinstance(error, DecodeError):
        return under(error, key_step(key))
    return under(DecodeError(f"the required key {key!r} is missing"), key_step(key))


def _unknown(value: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in known}
