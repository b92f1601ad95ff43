"""The base class of all answer models, and the names of their fields on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import attrs
from attrs import Attribute, field, frozen

from domo_async._wire.record import Record

__all__ = ["NO_EXTRAS", "Model", "camel_case", "model_fields", "name_on_wire", "wire_name"]

_WIRE_NAME = "domo_async.wire_name"


class _NoExtras(dict[str, Any]):
    """The shared, read-only empty mapping of all models without extras.

    A dictionary for each model would be one more object to create, and for the garbage collector to traverse.
    """

    __slots__ = ()

    def copy(self) -> dict[str, Any]:
        """Return an empty dictionary, which can be filled."""
        return {}

    def __reduce__(self) -> str:
        return "NO_EXTRAS"


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("the extras of an answer cannot be changed")


for _change in ("__setitem__", "__ior__", "setdefault", "update"):
    setattr(_NoExtras, _change, _refuse)
NO_EXTRAS: Mapping[str, Any] = _NoExtras()


@frozen(kw_only=True)
class Model(Record):
    """An answer of Domo, with a field for each documented key.

    Attributes:
        extras: The keys of the JSON object that have no field, under their names on the wire.
    """

    # Excluded from the hash, so that a model of hashable fields is hashable.
    extras: Mapping[str, Any] = field(default=NO_EXTRAS, hash=False)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        super().__attrs_init_subclass__()
        # attrs generates a hash that fails for a field with a mapping.
        cls.__hash__ = Model.__hash__  # type: ignore[method-assign]

    def __hash__(self) -> int:
        fields = attrs.fields(type(self))
        return hash((type(self), *(_hashable(getattr(self, a.name)) for a in fields if a.hash is not False)))


def _hashable(value: Any) -> Any:
    """Return a hashable stand-in for a value, the same for equal values."""
    if isinstance(value, Mapping):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def wire_name(name: str) -> Mapping[str, str]:
    """Return the metadata of a field whose name on the wire is not its camelCase name.

    ``dataset_id: str = field(metadata=wire_name("dataSourceId"))``
    """
    return {_WIRE_NAME: name}


def camel_case(name: str) -> str:
    """Return the camelCase of a snake_case `name`, without the last underscore of ``from_`` and its like."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def name_on_wire(attribute: Attribute[Any]) -> str:
    """Return the JSON key of `attribute`."""
    return attribute.metadata.get(_WIRE_NAME) or camel_case(attribute.name)


def model_fields(cls: type) -> tuple[Attribute[Any], ...]:
    """Return the fields of `cls` that have a key on the wire, with resolved types."""
    attrs.resolve_types(cls)
    return tuple(a for a in attrs.fields(cls) if a.name != "extras" and a.init)
