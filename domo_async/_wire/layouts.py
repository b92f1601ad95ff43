"""Layouts: compiled code for JSON objects with the same keys in the same order, as in most long lists.

Not every installation has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import Attribute

from domo_async._wire._decoding import Layout, make
from domo_async._wire.fast_paths import Action, FastPath, default_path, fast_paths
from domo_async._wire.model import NO_EXTRAS, Model, name_on_wire

if TYPE_CHECKING:
    from domo_async._wire._decoding import Keyed

__all__ = ["Layouts"]

# For fewer objects, compiling a layout of their keys takes longer than it saves.
_MET_OFTEN = 200
_MOST_COMPILED = 32
_MOST_MET = 256
_MOST_KEYS = 128


class Layouts:
    """The layouts of one model's objects.

    Args:
        cls: The model.
        fields: Its fields.
        hooks: For each field, the hook of its values, and the type to pass to it.

    Attributes:
        compiled: The layouts, for `make`.
        make: Returns the instance for an object, or None if no layout has its keys; raises the errors of hooks.
    """

    def __init__(
        self,
        cls: type[Model],
        fields: Sequence[Attribute[Any]],
        hooks: Sequence[tuple[Callable[[Any, Any], Any], Any]],
    ) -> None:
        self.compiled: list[Layout] = []
        self.make = make
        self._met: dict[tuple[str, ...], int] = {}
        self._cls = cls
        self._fields = {name_on_wire(field): (field, hook) for field, hook in zip(fields, hooks, strict=True)}

    def learn(self, value: Mapping[str, Any]) -> None:
        """Count an object that was decoded without an error; compile a layout of its keys once there were many."""
        if len(self.compiled) >= _MOST_COMPILED or len(value) > _MOST_KEYS:
            return
        keys = tuple(value)
        if len(self._met) >= _MOST_MET:
            self._met.clear()  # an instance's answers must not fill the memory
        count = self._met[keys] = self._met.get(keys, 0) + 1
        if count == _MET_OFTEN:
            self.compile(keys)

    def compile(self, keys: Sequence[str]) -> None:
        """Compile a layout of keys in their order."""
        missing = [field for key, (field, _) in self._fields.items() if key not in keys]
        layout = Layout(
            self._cls,
            tuple(map(self._keyed, keys)),
            tuple((self._member(field), default_path(field)) for field in missing),
            (vars(Model)["extras"], FastPath(Action.REPLACE, NO_EXTRAS)),
        )
        self.compiled.append(layout)

    def _keyed(self, key: str) -> Keyed:
        if key not in self._fields:
            return key, None, None, None, None
        field, (hook, into) = self._fields[key]
        return key, self._member(field), hook, into, fast_paths(field)

    def _member(self, field: Attribute[Any]) -> object:
        """Return the descriptor of a field, by which also frozen instances can be filled."""
        return getattr(self._cls, field.name)
