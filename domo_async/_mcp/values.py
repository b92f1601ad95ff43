"""Values from an instance as JSON has them: cut to a length, without secrets and unseen characters. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any

from attrs import define, evolve, field, frozen

from domo_async._redaction import MASK, Secret, masked

__all__ = ["SHORTEST", "Bounds", "Cuts", "Fields", "Row", "Values", "as_json", "given", "size", "spelled_out"]

SHORTEST: int = 16
_MOST_CUTS = 10  # that are listed
_MARGIN = 4096  # characters; no form of a secret is longer
# JSON's numbers are floats in many clients.
_EXACT = (1 << 53) - 1
_MOST_DIGITS = 100
_MOST_BITS = 10_000
_NAME = re.compile(r"[a-z_]{1,40}")
_SHALLOWEST = 3


class Fields(dict[str, Any]):
    """The facts about a thing by name; none of them is left out."""


class Row(tuple[object, ...]):
    """A row of a table: no cell is left out."""

    __slots__ = ()


def given(**fields: object) -> Fields:
    """Return the fields that have a value."""
    return Fields((name, value) for name, value in fields.items() if value is not None)


@frozen(kw_only=True)
class Bounds:
    """How much of values is kept.

    Attributes:
        text: The most characters of a text.
        items: The most items of a list.
        depth: How deep lists and objects may be nested.
    """

    text: int = 500
    items: int = 100
    depth: int = 8

    def tighter(self) -> Bounds | None:
        """Return narrower bounds; None if there are none."""
        found = evolve(
            self,
            text=max(SHORTEST, self.text // 2),
            items=max(1, self.items // 2),
            depth=max(_SHALLOWEST, self.depth - 1),
        )
        return None if found == self else found


@define
class Cuts:
    """Where something was left out, and how long it is as a whole.

    Attributes:
        lengths: The characters of texts and the items of lists, by their paths; of many, the first ones.
        any: Whether anything was left out.
    """

    lengths: dict[str, int] = field(factory=dict)
    any: bool = False

    def note(self, path: str, length: int) -> None:
        """Note that something was cut."""
        self.any = True
        if len(self.lengths) < _MOST_CUTS:
            self.lengths[path] = length

    def take(self, other: Cuts) -> None:
        """Add what was noted elsewhere."""
        self.any = self.any or other.any
        self.lengths.update(islice(other.lengths.items(), _MOST_CUTS - len(self.lengths)))


@frozen
class Values:
    """Makes JSON of values.

    Attributes:
        redact: Takes secrets out of a text.
        bounds: How much is kept.
        cuts: Where something was left out.
    """

    redact: Callable[[str], str]
    bounds: Bounds = field(factory=Bounds)
    cuts: Cuts = field(factory=Cuts)

    def json(self, value: object, path: str, depth: int | None = None) -> Any:
        """Return a value as JSON has it.

        Args:
            value: The value.
            path: Where in the answer it is.
            depth: How deep what is in it may be nested.
        """
        depth = self.bounds.depth if depth is None else depth
        match value:
            case Fields():
                return {name: self.json(below, f"{path}.{name}", depth - 1) for name, below in value.items()}
            case Row():
                return [self.json(cell, f"{path}[{number}]", depth - 1) for number, cell in enumerate(value)]
            case Mapping() | list() | tuple() if depth <= 0:
                self.cuts.note(path, len(value))
                return "…"
            case Mapping():
                return self._mapping(value, path, depth - 1)
            case list() | tuple():
                return self._list(value, path, depth - 1)
            case str():
                return self.text(str(value), path)
        return _scalar(value)

    def text(self, text: str, path: str) -> str:
        """Return a text; one that is cut ends in … and is noted."""
        length, window = len(text), self.bounds.text + _MARGIN
        # Secrets are taken out before the text is cut, as a part of one might remain.
        text = self.redact(text) if length <= window else self.redact(text[: window + _MARGIN])[:window]
        text = spelled_out(text)
        if len(text) <= self.bounds.text and length <= window:
            return text
        self.cuts.note(path, length)
        return f"{text[: self.bounds.text]}…"

    def _mapping(self, value: Mapping[Any, object], path: str, depth: int) -> dict[str, Any]:
        if len(value) > self.bounds.items:
            self.cuts.note(path, len(value))
        made: dict[str, Any] = {}
        for number, (name, below) in enumerate(islice(masked(value).items(), self.bounds.items)):
            key = self.text(str(name), path)
            made[key] = self.json(below, f"{path}.{key if _NAME.fullmatch(key) else number}", depth)
        return made

    def _list(self, value: Sequence[object], path: str, depth: int) -> list[Any]:
        if len(value) > self.bounds.items:
            self.cuts.note(path, len(value))
        return [self.json(below, f"{path}[{number}]", depth) for number, below in enumerate(value[: self.bounds.items])]


def _scalar(value: object) -> Any:
    match value:
        case None | bool():
            return value
        case int():
            return value if -_EXACT <= value <= _EXACT else _whole(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return _digits(value)
        case date() | time():
            return value.isoformat()
        case Secret():
            return MASK
    raise TypeError(f"no JSON for a {type(value).__name__}")


def _whole(number: int) -> str:
    # Python refuses to write a number of many thousands of digits.
    return str(number) if number.bit_length() < _MOST_BITS else "a number of thousands of digits"


def _digits(number: Decimal) -> str:
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else str(number)


def as_json(value: object) -> str:
    """Return JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def size(value: object) -> int:
    """Return the number of characters of a value's JSON."""
    return len(as_json(value))


# Characters that Unicode lets programs show as nothing (Default_Ignorable_Code_Point), in which text can be hidden.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# One alone belongs to how emoji, Persian and Indic scripts are written; several in a row do not.
_JOINERS = frozenset({"\u200c", "\u200d", "\ufe0e", "\ufe0f", "\ufe0f\u200d"})
_HARMFUL = re.compile(
    # Controls but tabs and ends of lines; line separators; halves of characters; private use; noncharacters.
    rf"[{_UNSEEN}]+|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef]"
    r"|[\ufffe\uffff\U000f0000-\U0010ffff]"
)


def spelled_out(text: str) -> str:
    r"""Return text whose control characters, bidirectional controls and unseen characters are spelled out.

    ``ESC`` becomes ``\u001b``, in six characters. Tabs and ends of lines stay, as JSON escapes them.
    """
    return _HARMFUL.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    run = found[0]
    if run in _JOINERS and found.start() > 0:
        return run
    return "".join(
        f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}" for character in run
    )
