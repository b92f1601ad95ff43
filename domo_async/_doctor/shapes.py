"""The differences between answers and the form of their models, without any of the answers' values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, get_args

import attrs

from domo_async._doctor.report import Finding, FindingKind
from domo_async._wire import Model, OpenEnum, loads
from domo_async._wire.model import model_fields, name_on_wire
from domo_async.errors import DecodeError

__all__ = ["Shapes"]

# A key or a word of any length, or with a number in it, may be customer data in place of a name.
_KEY = re.compile(r"[A-Za-z_$][A-Za-z_$-]{0,39}[0-9]{0,2}[A-Za-z_$-]{0,20}")
_WORD = re.compile(r"[A-Za-z][A-Za-z_ -]{0,39}")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STEP = re.compile(r"\[[^]]*\]|\.[^.\[]+")
_WITHHELD = "(withheld)"
_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "object",
}


class _Seen(NamedTuple):
    kind: FindingKind
    where: str
    type: str
    word: str | None = None


class Shapes:
    """Counts the parts of answers that do not have the known form.

    Args:
        redact: Removes secrets from a text.
        words: Whether to report unknown words, not only count them, and unknown keys of any form.
    """

    def __init__(self, redact: Callable[[str], str], *, words: bool = False) -> None:
        self._redact = redact
        self._words = words
        self._seen: Counter[_Seen] = Counter()

    def take(self) -> tuple[Finding, ...]:
        """Return the differences found since the last call."""
        seen, self._seen = self._seen, Counter()
        return tuple(
            Finding(kind=each.kind, where=each.where, type=each.type, count=count, word=each.word)
            for each, count in seen.items()
        )

    def compare(self, content: bytes, into: object, value: object) -> None:
        """Inspect a decoded answer.

        Args:
            content: The answer.
            into: The type that it was decoded as.
            value: The decoded value.
        """
        if isinstance(value, list | tuple) and into is not None:
            self._count_left_out(content, into, len(value))
        self._walk(value, "answer")

    def misread(self, into: object, error: DecodeError) -> None:
        """Count an answer that could not be read as a whole."""
        known = {name_on_wire(field) for model in _models(into) for field in model_fields(model)}
        # A path step that no model knows may be a key that is customer data.
        steps = [
            step if step.strip(".") in known else "[]" if step.startswith("[") else ".?"
            for step in _STEP.findall(error.path)
        ]
        self._note(FindingKind.UNEXPECTED, f"{_named(into)}{''.join(steps)}", "unknown")

    def shown(self, text: str, form: re.Pattern[str]) -> str:
        """Return a text that the instance chose, unless it may be more than a name."""
        return text if form.fullmatch(text) and self._redact(text) == text else _WITHHELD

    def _shown_key(self, key: str) -> str:
        """Return a key without a field, unless it may be a name that the customer chose."""
        parts = {part.lower() for part in _PART.findall(key)}
        own = self._words or (key.lstrip("_")[:1].islower() and parts <= _known_parts())
        return self.shown(key, _KEY) if own else _WITHHELD

    def _count_left_out(self, content: bytes, into: object, came: int) -> None:
        sent = loads(content)
        if isinstance(sent, list) and len(sent) > came:
            self._note(FindingKind.LEFT_OUT, _named(into), "unknown", len(sent) - came)

    def _walk(self, value: object, where: str) -> None:
        if isinstance(value, Model):
            self._model(value)
        elif isinstance(value, OpenEnum):
            if not value.known:
                word = self.shown(str(value), _WORD) if self._words else None
                self._note(FindingKind.UNKNOWN_WORD, where, "string", word=word)
        elif isinstance(value, list | tuple):
            for item in value:
                self._walk(item, where)
        elif isinstance(value, Mapping):
            for item in value.values():
                self._walk(item, where)
        elif attrs.has(type(value)):
            # A value that is not a model itself but contains models.
            model: Any = type(value)
            for field in attrs.fields(model):
                self._walk(getattr(value, field.name, None), where)

    def _model(self, value: Model) -> None:
        name = type(value).__name__
        fields = {name_on_wire(field): field for field in model_fields(type(value))}
        for key, extra in value.extras.items():
            if key not in fields:
                self._note(FindingKind.UNKNOWN_KEY, f"{name}.{self._shown_key(key)}", _type(extra))
            elif isinstance(extra, list | dict) and getattr(value, fields[key].name, None):
                self._note(FindingKind.LEFT_OUT, f"{name}.{key}", _type(extra), len(extra))
            else:
                self._note(FindingKind.UNREADABLE, f"{name}.{key}", _type(extra))
        for key, field in fields.items():
            self._walk(getattr(value, field.name, None), f"{name}.{key}")

    def _note(self, kind: FindingKind, where: str, type_: str, count: int = 1, *, word: str | None = None) -> None:
        self._seen[_Seen(kind, where, type_, word)] += count


def _type(value: object) -> str:
    return _TYPES.get(type(value), "unknown")


def _named(into: object) -> str:
    """Return the name of a type that answers are decoded as: the names of its models."""
    return " or ".join(model.__name__ for model in dict.fromkeys(_outermost(into))) or "answer"


def _outermost(into: object) -> Iterator[type[Model]]:
    if isinstance(into, type) and issubclass(into, Model):
        yield into
    for argument in get_args(into):
        yield from _outermost(argument)


def _models(into: object) -> set[type[Model]]:
    """Return all models that a type consists of."""
    found: set[type[Model]] = set()
    waiting: list[Any] = [into]
    while waiting:
        for model in _outermost(waiting.pop()):
            if model not in found:
                found.add(model)
                waiting += [field.type for field in model_fields(model)]
    return found


@cache
def _known_parts() -> frozenset[str]:
    """Return the words in the keys of all models: ``last`` and ``touched`` of ``lastTouched``."""
    waiting: list[type[Model]] = [Model]
    found: set[str] = set()
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        found.update(part.lower() for field in model_fields(model) for part in _PART.findall(name_on_wire(field)))
    return frozenset(found)
