"""Schemas of requests' bodies: a route declares the fields that it reads, and gets values that are checked.

A schema is data that stands beside its route::

    _SHARING = Object(
        {
            "recipients": Array(Object({"type": OneOf(("USER", "GROUP"))}), least=1),
            "message": Text(optional=True),
            "sendEmail": Flag(default=False),
        }
    )

    body = await read_body(request, _SHARING)

Keys that a schema does not name stay as they are. A value that does not fit is answered with 400 and a message made of
the field's name and the words for its type: "Required: recipients, an array of objects" for a required field, "message
must be a string" for another. Members of an object have its name before theirs (``settings.getLogs``).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from attrs import field, frozen

from domo_async._emulator.errors import HTTPError

__all__ = [
    "Array",
    "Field",
    "Flag",
    "Identifier",
    "Number",
    "Object",
    "OneOf",
    "Scalar",
    "Text",
    "WholeNumber",
]

T = TypeVar("T")

_FLAGS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?\d{1,18}")
_DIGITS = re.compile(r"\d{1,19}")


@frozen
class Field(ABC, Generic[T]):
    """A value of a body.

    Attributes:
        words: The words for the expected value in the message; by default those for its type.
        message: A message that replaces the usual one.
        optional: Whether the key may be left out. It then stays out.
        default: The value of a key that is left out. A field with a default is optional.
        null: Whether null means that an optional key is left out.
    """

    TYPE: ClassVar[str]
    """The words for the type, after "must be"."""

    words: str | None = field(default=None, kw_only=True)
    message: str | None = field(default=None, kw_only=True)
    optional: bool = field(default=False, kw_only=True)
    default: T | None = field(default=None, kw_only=True)
    null: bool = field(default=False, kw_only=True)

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Return whether a value has this type. The members of objects are not checked."""

    def convert(self, value: Any) -> T:
        """Return a value that fits in the form that handlers get."""
        converted: T = value
        return converted

    def check(self, value: Any, name: str = "") -> T:
        """Return a value, checked and converted.

        Args:
            value: The value in the body.
            name: The field's name, for the message; empty for a whole body or an item of an array.

        Raises:
            HTTPError: 400, if the value does not fit.
        """
        if not self.fits(value):
            raise HTTPError(400, self.message or self._complaint(name))
        return self.convert(value)

    def check_member(self, members: dict[str, Any], key: str, name: str) -> None:
        """Check a member of an object, and replace it with the converted value.

        Args:
            members: The object.
            key: The member's key.
            name: The member's name, for the message.

        Raises:
            HTTPError: 400, if the value does not fit, or is required and missing.
        """
        value = members.get(key)
        if value is None and (self.null or key not in members) and not self._required:
            members.pop(key, None)
            value = self.default
            if value is None:
                return
        members[key] = self.check(value, name)

    @property
    def _required(self) -> bool:
        return not self.optional and self.default is None

    def _complaint(self, name: str) -> str:
        words = self.words or self._type_words()
        if not name:
            return f"Required: {words}"
        return f"Required: {name}, {words}" if self._required else f"{name} must be {words}"

    def _type_words(self) -> str:
        return self.TYPE


@frozen
class Text(Field[str]):
    """A string.

    Attributes:
        empty: Whether it may be empty.
        pattern: The regular expression that the whole string must match, if there is one.
    """

    TYPE = "a string"

    empty: bool = field(default=False, kw_only=True)
    pattern: str | None = field(default=None, kw_only=True)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, str) or not (value or self.empty):
            return False
        return self.pattern is None or re.fullmatch(self.pattern, value) is not None


@frozen
class OneOf(Field[str]):
    """One of a few strings, which the message lists.

    Attributes:
        choices: The strings.
        upper: Whether the value may also have small letters; it is converted to capitals.
    """

    choices: Collection[str]
    upper: bool = field(default=False, kw_only=True)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and self.convert(value) in self.choices

    def convert(self, value: Any) -> str:
        return str(value).upper() if self.upper else str(value)

    def _type_words(self) -> str:
        return f"one of {', '.join(self.choices)}"


@frozen
class Flag(Field[bool]):
    """A boolean, which may be written as a string, as in Domo's own samples."""

    TYPE = "true or false"

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool) or (isinstance(value, str) and value.lower() in _FLAGS)

    def convert(self, value: Any) -> bool:
        return _FLAGS[value.lower()] if isinstance(value, str) else bool(value)


@frozen
class WholeNumber(Field[int]):
    """An integer that is not negative, which may be written as a string.

    Attributes:
        least: The smallest that is allowed.
        most: The largest that is allowed, if there is one.
    """

    TYPE = "a whole number"

    null: bool = field(default=True, kw_only=True)
    least: int = field(default=0, kw_only=True)
    most: int | None = field(default=None, kw_only=True)

    def fits(self, value: Any) -> bool:
        number = int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value
        if not isinstance(number, int) or isinstance(number, bool):
            return False
        return self.least <= number and (self.most is None or number <= self.most)

    def convert(self, value: Any) -> int:
        return int(value)

    def _type_words(self) -> str:
        least = self.least
        return f"{self.TYPE} of at least {least}" if self.most is None else f"from {least} to {self.most}"


@frozen
class Number(Field[float]):
    """An integer or a fraction.

    Attributes:
        above: The number must be greater than this, if it is given.
    """

    TYPE = "a number"

    above: float | None = field(default=None, kw_only=True)

    def fits(self, value: Any) -> bool:
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return numeric and (self.above is None or value > self.above)


@frozen
class Scalar(Field[Any]):
    """A string or a number.

    Attributes:
        empty: Whether it may be the empty string.
    """

    TYPE = "a string or a number"

    empty: bool = field(default=False, kw_only=True)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str | int | float) and not isinstance(value, bool) and (self.empty or value != "")


@frozen
class Identifier(Field[Any]):
    """A number, or its digits as a string."""

    TYPE = "a number"

    def fits(self, value: Any) -> bool:
        return (
            isinstance(value, int | str) and not isinstance(value, bool) and _DIGITS.fullmatch(str(value)) is not None
        )


@frozen
class Array(Field[list[Any]]):
    """An array. It does not fit if one of its items has another type.

    Attributes:
        items: The type of its items; None for any.
        least: The smallest number of items.
    """

    items: Field[Any] | None = None
    least: int = field(default=0, kw_only=True)

    def fits(self, value: Any) -> bool:
        if not isinstance(value, list) or len(value) < self.least:
            return False
        return self.items is None or all(map(self.items.fits, value))

    def check(self, value: Any, name: str = "") -> list[Any]:
        items = super().check(value, name)
        return list(items) if self.items is None else [self.items.check(item) for item in items]

    def _type_words(self) -> str:
        return "an array" if self.items is None else f"an array of {_PLURALS.get(type(self.items), 'values')}"


@frozen
class Object(Field[dict[str, Any]]):
    """An object.

    Attributes:
        members: Its fields by their keys. All other keys stay as they are.
        has: Keys that must be there and not be empty. Without them the message is that of the object, or of its array.
    """

    TYPE = "an object"

    members: Mapping[str, Field[Any]] = field(factory=dict)
    has: Collection[str] = field(default=(), kw_only=True)

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and all(value.get(key) not in (None, "") for key in self.has)

    def check(self, value: Any, name: str = "") -> dict[str, Any]:
        members = dict(super().check(value, name))
        for key, member in self.members.items():
            member.check_member(members, key, f"{name}.{key}" if name else key)
        return members

    def _complaint(self, name: str) -> str:
        # An object without a name is the whole body.
        return super()._complaint(name) if name or self.words else "The request's body must be a JSON object"


_PLURALS: dict[type[Field[Any]], str] = {Text: "strings", Object: "objects", WholeNumber: "numbers"}
