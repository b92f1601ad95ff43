"""Generated hooks for models: Python source for each class, which avoids the cost of calls and loops over fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

import attrs
from attrs import NOTHING, Attribute
from cattrs import Converter

from domo_async._redaction import Secret
from domo_async._wire.errors import PartlyRead, Unread, expected, key_step, under, warn_once
from domo_async._wire.fast_paths import fast_paths, statement, without_null
from domo_async._wire.model import NO_EXTRAS, Model, model_fields, name_on_wire
from domo_async._wire.typeinfo import describe, is_secret
from domo_async.errors import DecodeError

if TYPE_CHECKING:
    from domo_async._wire.layouts import Layouts

__all__ = ["Hook", "model_hook"]

Hook = Callable[[Any, Any], Any]

_compiled: dict[tuple[type, bool], Hook] = {}
_compiling = RLock()


def model_hook(cls: type[Model], converter: Converter, *, strict: bool) -> Hook:
    """Return the structure hook of the model `cls`, which may contain itself at any depth.

    Args:
        cls: The model.
        converter: The converter with the hooks of its fields.
        strict: Whether a field that cannot be decoded is an error; else its value goes to the extras.
    """
    with _compiling:
        key = cls, strict
        if key not in _compiled:
            # Used by a field that leads back to `cls` while its hook does not exist yet.
            _compiled[key] = lambda value, into: _compiled[into, strict](value, into)
            try:
                _compiled[key] = _compile(cls, converter, strict=strict)
            except BaseException:
                del _compiled[key]
                raise
        return _compiled[key]


def _compile(cls: type[Model], converter: Converter, *, strict: bool) -> Hook:
    """Return the structure hook of `cls`, compiled from lines of source.

    For ``id: int``, ``created: EpochMillis | None = None`` and ``tags: tuple[str, ...] = ()`` it reads::

        def hook(value, _):
            if value.__class__ is not dict: value = alone(value, what)
            if compiled:
                try: made = make(compiled, value)
                except DecodeError: made = None
                if made is not None: return made
            key, missing, odd = '', 0, None
            try:
                key = 'id'
                v0 = value['id']
                try:
                    if v0.__class__ is not int: v0 = hook0(v0, type0)
                except PartlyRead as error:
                    v0, odd = unreadable(error, key, value, None, odd)
                key = 'created'
                if 'created' in value:
                    v1 = value['created']
                    try:
                        if v1 is None: pass
                        elif v1.__class__ is int and 100000000000 <= v1 < 4294967296000: v1 = int_v1(v1 / 1000, UTC)
                        else: v1 = hook1(v1, type1)
                    except DecodeError as error:
                        v1, odd = unreadable(error, key, value, default1, odd)
                else: v1 = default1; missing += 1
                key = 'tags'
                if 'tags' in value:
                    v2 = value['tags']
                    try:
                        if v2 is None: v2 = NoneType_v2
                        else: v2 = hook2(v2, type2)
                    except DecodeError as error:
                        v2, odd = unreadable(error, key, value, default2, odd)
                else: v2 = default2; missing += 1
                pass
            except (DecodeError, KeyError) as error:
                raise failed(error, key) from None
            unknown = len(value) + missing - 3
            extras = NO_EXTRAS if unknown == 0 else further(value)
            if odd is not None: extras = {**extras, **odd}
            else: learn(value)
            made = blank()
            made.id = v0
            made.created = v1
            made.tags = v2
            made.extras = extras
            made.__class__ = cls
            return made

    The lines with `compiled` and `learn` are there if C is compiled: a layout makes the objects with frequent keys; see
    `layouts`.
    """
    fields = model_fields(cls)
    scope: dict[str, Any] = {
        "DecodeError": DecodeError,
        "NO_EXTRAS": NO_EXTRAS,
        "PartlyRead": PartlyRead,
        "alone": _strange if strict else _alone,
        "blank": _blank(cls),
        "cls": cls,
        "failed": _failed,
        "further": _further(frozenset(map(name_on_wire, fields))),
        "unreadable": _unreadable(cls.__name__, _secret_keys(fields)),
        "what": describe(cls),
    }
    conversions: list[list[str]] = []
    hooks: list[tuple[Hook, Any]] = []
    for number, attribute in enumerate(fields):
        needed = without_null(attribute.type)
        hooks.append((converter.get_structure_hook(needed), needed))
        scope[f"hook{number}"], scope[f"type{number}"] = hooks[-1]
        scope[f"default{number}"] = getattr(attribute.default, "factory", attribute.default)
        call = f"hook{number}(v{number}, type{number})"
        conversion, names = statement(f"v{number}", fast_paths(attribute), call)
        conversions.append(conversion)
        scope |= names
    layouts = None if scope["blank"] is None else _layouts_of(cls, fields, hooks)
    if layouts is not None:
        scope |= {"compiled": layouts.compiled, "make": layouts.make, "learn": layouts.learn}
    lines = [
        "def hook(value, _):",
        " if value.__class__ is not dict: value = alone(value, what)",
        *([] if layouts is None else _LINES_OF_LAYOUTS),
        " key, missing, odd = '', 0, None",
        " try:",
        *(
            f"  {line}"
            for number, attribute in enumerate(fields)
            for line in _field_lines(number, attribute, conversions[number], strict=strict)
        ),
        "  pass",
        " except (DecodeError, KeyError) as error:",
        "  raise failed(error, key) from None",
        f" unknown = len(value) + missing - {len(fields)}",
        " extras = NO_EXTRAS if unknown == 0 else further(value)",
        " if odd is not None: extras = {**extras, **odd}",
        *([] if layouts is None else [" else: learn(value)"]),
        *(f" {line}" for line in _construction(fields, blank=scope["blank"] is not None)),
    ]
    exec("\n".join(lines), scope)  # noqa: S102 - names of fields and keys, written by whoever wrote the class
    hook: Hook = scope["hook"]
    return hook


_LINES_OF_LAYOUTS = (
    " if compiled:",
    "  try: made = make(compiled, value)",
    "  except DecodeError: made = None",
    "  if made is not None: return made",
)


def _layouts_of(
    cls: type[Model], fields: Sequence[Attribute[Any]], hooks: Sequence[tuple[Hook, Any]]
) -> Layouts | None:
    try:
        from domo_async._wire.layouts import Layouts  # noqa: PLC0415 - not built everywhere
    except ImportError:
        return None
    return Layouts(cls, fields, hooks)


def _default(number: int, attribute: Attribute[Any]) -> str:
    """Return the expression for a field's default."""
    return f"default{number}()" if hasattr(attribute.default, "factory") else f"default{number}"


def _field_lines(number: int, attribute: Attribute[Any], conversion: Sequence[str], *, strict: bool) -> Iterator[str]:
    """Yield the lines that put the structured value of one field into its variable."""
    variable, key = f"v{number}", repr(name_on_wire(attribute))
    yield f"key = {key}"
    if attribute.default is NOTHING:
        # The field identifies the object, or is its only field: without it there is nothing to return.
        yield f"{variable} = value[{key}]"
        handler = f"{variable}, odd = unreadable(error, key, value, None, odd)"
        yield from _guarded(conversion, "PartlyRead", handler, strict=strict)
        return
    default = _default(number, attribute)
    # Not `value.get`, which takes twice as long for a missing key.
    yield f"if {key} in value:"
    yield f" {variable} = value[{key}]"
    handler = f"{variable}, odd = unreadable(error, key, value, {default}, odd)"
    yield from (f" {line}" for line in _guarded(conversion, "DecodeError", handler, strict=strict))
    yield f"else: {variable} = {default}; missing += 1"


def _guarded(lines: Sequence[str], error: str, handler: str, *, strict: bool) -> Iterator[str]:
    """Yield lines within a ``try``, which costs nothing unless an error is raised."""
    if strict or not lines:
        yield from lines
        return
    yield "try:"
    yield from (f" {line}" for line in lines)
    yield f"except {error} as error:"
    yield f" {handler}"


def _construction(fields: tuple[Attribute[Any], ...], *, blank: bool) -> Iterator[str]:
    """Yield the lines that create the instance from the fields' variables and `extras`."""
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

    The `__init__` of a frozen class bypasses its own `__setattr__` for each field, which takes three times as long as
    this. Returns None if that is not possible: above all for a class whose `__init__` does more than setting fields.
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


def _strange(value: Any, what: str) -> NoReturn:
    raise expected(what, value)


def _alone(value: Any, what: str) -> dict[str, Any]:
    """Return the only item of a list, because some routes write an object as a list of one."""
    if value.__class__ is list and len(value) == 1 and value[0].__class__ is dict:
        item: dict[str, Any] = value[0]
        return item
    raise expected(what, value)


def _failed(error: DecodeError | KeyError, key: str) -> DecodeError:
    if isinstance(error, DecodeError):
        return under(error, key_step(key))
    return under(Unread(f"the required key {key!r} is missing"), key_step(key))


def _secret_keys(fields: Sequence[Attribute[Any]]) -> frozenset[str]:
    return frozenset(name_on_wire(a) for a in fields if is_secret(without_null(a.type)))


def _unreadable(model: str, secret: frozenset[str]) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """Return a function that keeps an undecodable field for the extras, and returns the field's default."""

    def keep(
        error: DecodeError, key: str, value: Mapping[str, Any], default: Any, odd: dict[str, Any] | None
    ) -> tuple[Any, dict[str, Any]]:
        warn_once(f"{model}{key_step(key)}", error, "it is in extras as it came")
        read, left = (error.made, error.left) if isinstance(error, PartlyRead) else (default, value[key])
        return read, {**(odd or {}), key: Secret(left) if key in secret else left}

    return keep


def _further(known: frozenset[str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return a function that selects the extras of an object."""
    return lambda value: {key: item for key, item in value.items() if key not in known}
