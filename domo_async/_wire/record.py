"""The base class of models, results and reports: conversion to JSON and back under their Python names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Protocol, Self, TypeVar

import attrs

from domo_async._display import html_fields
from domo_async._redaction import masked
from domo_async._tracebacks import shorten_methods
from domo_async.errors import DomoError

__all__ = ["SETTING", "PortableForm", "Record", "field_names", "set_portable_form"]

SETTING = ("name", "type", "value")
"""The fields of a setting, whose value is secret depending on the other fields."""
_MOST_ITEMS = 20
_LONGEST = 1000

R = TypeVar("R", bound="Record")

_form: Callable[[], PortableForm]


class PortableForm(Protocol):
    """The conversion of records; implemented in `portable`."""

    def to_dict(self, record: Record, /) -> dict[str, Any]: ...
    def to_json(self, record: Record, /) -> str: ...
    def from_dict(self, data: Mapping[str, object], into: type[R], /) -> R: ...
    def from_json(self, text: str | bytes, into: type[R], /) -> R: ...


def set_portable_form(load: Callable[[], PortableForm]) -> None:
    """Set the loader of the conversion, which needs this module and is loaded on first use."""
    global _form  # noqa: PLW0603 - set once, by this package
    _form = load


@shorten_methods
class Record:
    """Data that can be converted to a dictionary, to JSON, and to a table in notebooks.

    The form is stable: keys are the fields' names in Python; times are ISO 8601 with their offset from UTC; enums are
    their values; a `Decimal` is text, with all its digits; `UNSET` values and empty `extras` are omitted; secrets are
    ``***``. An error has its class under ``$type``, then its message and attributes. A record also has ``$type`` if its
    field does not determine the class, such as the input of a `BulkResult`.
    """

    __slots__ = ()

    _classes: ClassVar[dict[str, type[Record]]] = {}

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        if cls.__module__.startswith("domo_async."):
            Record._classes[cls.__qualname__] = cls
        made = vars(cls).get("__repr__")
        # attrs generates a repr that shows all items of long lists, and the values of settings.
        if made is not None and made.__code__.co_filename.startswith("<attrs generated"):
            type.__setattr__(cls, "__repr__", _bounded_repr)  # an assignment would declare another type of it

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, which other libraries accept; see `from_dict`.

        Raises:
            ConfigError: It contains something that is not data, such as a function.
        """
        return _form().to_dict(self)

    def to_json(self) -> str:
        """Return what `to_dict` returns as JSON text.

        Raises:
            ConfigError: It contains something that JSON cannot express, such as NaN.
        """
        return _form().to_json(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Restore a record from the result of `to_dict`.

        Secrets are not in the dictionary, so they are not in the returned record either: each is a `Secret` of ``***``,
        which is never sent. A model keeps further keys in its `extras`.

        Raises:
            DecodeError: It is not of this class: a key is missing, unknown or has a value that does not fit; `path`
                says where.
        """
        return _form().from_dict(data, cls)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Restore a record from the result of `to_json`; see `from_dict`.

        Raises:
            DecodeError: It is not JSON, or not of this class.
        """
        return _form().from_json(text, cls)

    def _repr_html_(self) -> str:
        try:
            fields = self.to_dict()
        except DomoError:  # it contains something that is not data
            fields = {name: repr(value) for name, value in _shown_fields(self).items()}
        return html_fields(type(self).__qualname__, fields)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """Let Pydantic, and so FastAPI, take it as the type of a field and of an answer, in the form of `to_dict`."""
        from pydantic_core import core_schema  # noqa: PLC0415 - called by Pydantic alone

        def restored(value: Any) -> Any:
            try:
                return value if isinstance(value, cls) else cls.from_dict(value)
            except DomoError as error:
                raise ValueError(str(error)) from None

        return core_schema.no_info_plain_validator_function(
            restored,
            # Named, not bound, so that a subclass is written with its own fields.
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.to_dict()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, str]:
        return {"type": "object", "title": cls.__name__}

    @classmethod
    def _of_fields(cls, fields: dict[str, Any]) -> Self:
        """Create a record from decoded fields; a class whose fields depend on each other overrides this."""
        return cls(**fields)


@cache
def field_names(cls: Any, *, shown: bool = False) -> tuple[str, ...]:
    """Return the fields of a record, or those that are shown, with `extras` last."""
    fields = [field for field in attrs.fields(cls) if field.init and (field.repr or not shown)]
    return tuple(sorted((field.name for field in fields), key="extras".__eq__))


def _bounded_repr(record: Record) -> str:
    """Return a repr that shows only the first items of long lists, and masks secrets."""
    shown = [f"{name}={_bounded(masked(value))}" for name, value in _shown_fields(record).items()]
    return f"{type(record).__qualname__}({', '.join(shown)})"


def _shown_fields(record: Any) -> dict[str, Any]:
    cls: Any = type(record)  # to mypy, no type is hashable
    fields = {name: getattr(record, name) for name in field_names(cls, shown=True)}
    # The text of a setting is secret depending on its name or type; other values depending on their key.
    if "value" in fields and "extras" in fields:
        fields |= masked({name: fields[name] for name in SETTING if name in fields})
    if fields.get("extras") == {}:
        del fields["extras"]
    return fields


def _bounded(value: Any) -> str:
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]!r}…"
    if type(value) in {list, tuple} and len(value) > _MOST_ITEMS:
        opening, closing = "[]" if isinstance(value, list) else "()"
        items = ", ".join(map(_bounded, value[:_MOST_ITEMS]))
        return f"{opening}{items}, … {len(value) - _MOST_ITEMS:,} more{closing}"
    if type(value) is dict:
        items = ", ".join(f"{key!r}: {_bounded(below)}" for key, below in [*value.items()][:_MOST_ITEMS])
        more = f", … {len(value) - _MOST_ITEMS:,} more" if len(value) > _MOST_ITEMS else ""
        return f"{{{items}{more}}}"
    if type(value) in {list, tuple} and value:
        opening, closing = "[]" if isinstance(value, list) else "()"
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"{opening}{', '.join(map(_bounded, value))}{comma}{closing}"
    return repr(value)
