"""The parts that all tools share: how they are declared, the types of their arguments and of their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypeAlias, TypeVar

from attrs import frozen
from pydantic import Field
from typing_extensions import TypedDict

from domo_async import ConfigError, Domo, Pager
from domo_async._mcp.kinds import WriteKind
from domo_async._mcp.limits import Limits
from domo_async._mcp.presenting import Presenter

__all__ = [
    "USUAL",
    "Id",
    "Limit",
    "Offset",
    "One",
    "Page",
    "ToolFacts",
    "Tools",
    "Whole",
    "declared",
    "parse_time",
    "reads",
    "some",
    "writes",
]

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")

USUAL: int = 20
"""How many things a list has, unless another number is asked for."""

Limit: TypeAlias = Annotated[int, Field(ge=1, description="The maximum number of items; the server may allow fewer.")]
Offset: TypeAlias = Annotated[
    int, Field(ge=0, description="The number of items to skip: `next_offset` of the previous answer.")
]
Whole: TypeAlias = int | str
"""A whole number in an answer: text where JSON's readers might round it."""
Id: TypeAlias = Annotated[int | str, Field(description="The identifier.")]


class One(TypedDict):
    """The fields that each answer may have.

    Attributes:
        cut: The whole lengths of texts and lists that were cut, by their paths.
    """

    cut: NotRequired[dict[str, int]]


class Page(One):
    """The fields that each answer with a list has.

    Attributes:
        count: How many things it has.
        offset: How many come before them.
        more: Whether there are more.
        next_offset: The `offset` that gives the next ones.
        total: How many there are in all, where that is known.
        unreadable: How many could not be read, and are left out.
    """

    count: int
    offset: int
    more: bool
    next_offset: NotRequired[int]
    total: NotRequired[int]
    unreadable: NotRequired[int]


@frozen(kw_only=True)
class ToolFacts:
    """The facts that clients learn about a tool in addition to its description.

    Attributes:
        title: Its title.
        kind: The kind of its changes; None if it only reads.
        destructive: Whether it replaces or ends something.
        idempotent: Whether a second identical call changes nothing.
    """

    title: str
    kind: WriteKind | None = None
    destructive: bool = False
    idempotent: bool = True


_FACTS = "__tool_facts__"


def reads(title: str) -> Callable[[F], F]:
    """Declare a method as a tool that only reads."""
    return _declared(ToolFacts(title=title))


def writes(title: str, kind: WriteKind, *, destructive: bool = False, idempotent: bool = False) -> Callable[[F], F]:
    """Declare a method as a tool that changes something of a kind."""
    return _declared(ToolFacts(title=title, kind=kind, destructive=destructive, idempotent=idempotent))


def _declared(facts: ToolFacts) -> Callable[[F], F]:
    def declare(method: F) -> F:
        setattr(method, _FACTS, facts)
        return method

    return declare


def declared(area: type[Tools]) -> Iterator[tuple[Callable[..., Any], ToolFacts]]:
    """Yield the functions of an area that are tools, which take its object first."""
    for function in vars(area).values():
        facts = getattr(function, _FACTS, None)
        if isinstance(facts, ToolFacts):
            yield function, facts


@frozen
class Tools:
    """Tools of one area.

    Attributes:
        domo: The client, which sends nothing that is not allowed.
        present: Makes the answers.
    """

    domo: Domo
    present: Presenter

    @property
    def limits(self) -> Limits:
        """The limits of an answer."""
        return self.present.limits


async def some(pager: Pager[T], limit: int) -> tuple[list[T], bool]:
    """Return the first things of a list, and whether there are more."""
    found: list[T] = []
    async for thing in pager:
        if len(found) >= limit:
            return found, True
        found.append(thing)
    return found, False


def parse_time(text: str | None, name: str) -> datetime | None:
    """Return a point in time that is given in ISO 8601.

    Raises:
        ConfigError: It is not one, or has no time zone.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{name} must be a time in ISO 8601, such as 2026-01-31T08:00:00Z") from None
    if found.tzinfo is None:
        raise ConfigError(f"{name} must have a time zone, such as Z: 2026-01-31T08:00:00Z")
    return found
