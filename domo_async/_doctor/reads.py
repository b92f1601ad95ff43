"""The read methods of a client, found by their docstrings, and the arguments to call them with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import attrs
from attrs import define, field, frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints.search.models import SearchEntity
from domo_async._transport.request import Request
from domo_async._wire import Model
from domo_async.errors import ConfigError, DecodeError

__all__ = ["SAFE_POSTS", "Pool", "Read", "ReadOnly", "is_safe", "only_reads", "reads_of"]

SAFE_POSTS: frozenset[str] = frozenset(
    {
        "/api/content/v1/dataapps/adminsummary",
        "/api/content/v1/pages/adminsummary",
        "/api/content/v1/reportschedules/history/search",
        "/api/content/v2/cards/adminsummary",
        "/api/data/ui/v3/datasources/search",
        "/api/data/ui/v3/datasources/search/tags",
        "/api/data/v3/datasources/bulk",
        "/api/data/v3/datasources/bulk/directpermissions",
        "/api/data/v3/datasources/statuses",
        "/api/datastores/v1/collections/query",
        "/api/datastores/v2/collections/{}/documents/query",
        "/api/files/v1/filesets/search",
        "/api/files/v1/filesets/{}/files/search",
        "/api/identity/v1/users/search",
        "/api/query/v1/datasources/{}/partition/list",
        "/api/query/v1/execute/{}",
        "/api/query/v1/functions/list/id",
        "/api/query/v1/functions/search",
        "/api/queues/v1/tasks/list",
        "/api/search/v1/query",
    }
)
"""The routes that only read, although they are POST requests. Other POST requests are never sent."""

_CONTENTS: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/api/query/v1/execute/export/{}"),
        ("PUT", "/api/content/v1/cards/kpi/{}/render"),
        ("PUT", "/api/content/v3/cards/kpi/definition"),
    }
)
"""Routes that also only read, but download contents, which the check does not need."""

_ROUTE = re.compile(r"`([A-Z]+) (/[^`\s]+)`")
_PLACE = re.compile(r"\{[^}]*\}")
# The parameters of methods that poll until a job has ended.
_PATIENT = frozenset({"every", "timeout"})
# Other names for the identifier of the same object.
_ALSO = (("datasource", "dataset"), ("dataset", "datasource"), ("schedule", "report"))
# Queries with another form than most.
_QUERIES = {"streams.search": "dataSource.name:*"}
# Arguments that are built from the identifier of an object.
_MADE_OF = {"urns": "card_id"}
_IDENTIFIERS = ("_id", "_key", "_urn")


@frozen
class Read:
    """A method that reads.

    Attributes:
        area: Its area, such as ``task_center.queues``.
        name: Its name, such as ``get``.
        routes: Method and path, as named in its docstring; the first is the one that it is called to check.
        needs: The required parameters.
        positional: The required parameters that are positional.
        function: The method itself.
    """

    area: str
    name: str
    routes: tuple[str, ...]
    needs: tuple[str, ...]
    positional: tuple[str, ...]
    function: Callable[..., Any]

    @property
    def route(self) -> str:
        """The route that it is called to check."""
        return self.routes[0]

    @property
    def fit(self) -> tuple[int, bool]:
        """The rank of the method for its route, the lowest first: no other routes, and an area of the same name."""
        return len(self.routes), _top(self.area) not in self.route

    @property
    def call(self) -> str:
        """The call as written on a client."""
        return f"{self.area}.{self.name}"


def is_safe(method: str, template: str) -> bool:
    """Return whether a request changes nothing.

    Args:
        method: The HTTP method.
        template: The path, with ``{}`` in place of identifiers.
    """
    return method == "GET" or (method == "POST" and template in SAFE_POSTS)


def _reads(method: str, template: str) -> bool:
    return is_safe(method, template) or (method, template) in _CONTENTS


class ReadOnly:
    """Lets requests pass that change nothing; see `Transport.inspected`."""

    def admit(self, request: Request, *, streamed: bool) -> None:  # noqa: ARG002 - how it is read does not matter
        """Let a request pass if it reads.

        Raises:
            ConfigError: It might change something.
        """
        method, template = request.method, request.url.template
        if not _reads(method, template):
            raise ConfigError(
                f"{method} {template} is not known to change nothing, so it was not sent: this client only reads"
            )

    def answered(self, request: Request, status: int | None, /) -> None:
        """Take no notice of an answer."""

    def read(self, content: bytes, into: object, value: object) -> None:
        """Ignore the decoded answer."""

    def misread(self, into: object, error: DecodeError) -> None:
        """Take no notice of an answer that could not be read."""


def only_reads(function: Callable[..., Any]) -> bool:
    """Return whether a method changes nothing, by the routes that its docstring names."""
    routes = _ROUTE.findall(function.__doc__ or "")
    return bool(routes) and all(_reads(method, _PLACE.sub("{}", route)) for method, route in routes)


def reads_of(client: object) -> dict[str, list[Read]]:
    """Return the read routes of a client's areas, each with the read methods that use it.

    The routes are those that the docstrings of the methods name. Areas that the client is not configured for are
    omitted.

    Raises:
        ConfigError: Python has removed the docstrings.
    """
    found: dict[str, list[Read]] = {}
    named: dict[str, str] = {}
    for path, function in _methods(client):
        if function.__doc__ is None:
            raise ConfigError("the check needs the docstrings: run Python without -OO")
        routes = dict.fromkeys(_ROUTE.findall(function.__doc__))
        reading = [f"{method} {route}" for method, route in routes if is_safe(method, _PLACE.sub("{}", route))]
        # The same route, whatever name a docstring gives its identifiers.
        safe = [named.setdefault(_PLACE.sub("{}", route), route) for route in reading]
        for route in safe:
            found.setdefault(route, [])
        if safe and len(safe) == len(routes) and not _goes_on(function):
            area, _, name = path.rpartition(".")
            found[safe[0]].append(Read(area, name, tuple(safe), *_needs(function), function))
    return {route: sorted(found[route], key=lambda read: read.fit) for route in sorted(found)}


def _methods(client: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dict.fromkeys(name for cls in type(client).__mro__ for name in vars(cls)):
        if not name.startswith("_") and isinstance(inspect.getattr_static(client, name, None), cached_property):
            try:
                area = getattr(client, name)
            except ConfigError:  # an area that the client is not configured for
                continue
            yield from _methods_of(area, name)


def _methods_of(area: object, path: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    if not isinstance(area, Area):
        return
    for name in vars(type(area)):
        if name.startswith("_"):
            continue
        found = inspect.getattr_static(area, name)
        if isinstance(found, cached_property | property):
            yield from _methods_of(getattr(area, name), f"{path}.{name}")
        elif inspect.isfunction(found):
            yield f"{path}.{name}", getattr(area, name)


def _goes_on(function: Callable[..., Any]) -> bool:
    """Return whether a method polls."""
    return inspect.isasyncgenfunction(function) or not _PATIENT.isdisjoint(inspect.signature(function).parameters)


def _needs(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the required parameters, and those of them that are positional."""
    parameters = inspect.signature(function).parameters.values()
    needed = [each for each in parameters if each.default is each.empty and each.kind not in _ANY_NUMBER]
    placed = (each.name for each in needed if each.kind is not inspect.Parameter.KEYWORD_ONLY)
    return tuple(each.name for each in needed), tuple(placed)


_ANY_NUMBER = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


_LOOKED_AT = 50
# The names of methods that return the objects that their area is named after.
_OF_THE_AREA = ("get", "list", "search")


@frozen
class _Found:
    """A value from an answer, with the arguments of the call that returned it."""

    area: str
    value: Any
    context: Mapping[str, Any]


@define
class Pool:
    """The known arguments: a few fixed values, and the first value of each type in earlier answers."""

    now: datetime = field(factory=lambda: datetime.now(UTC))
    _found: dict[str, list[_Found]] = field(factory=dict, init=False)
    _lists: set[tuple[str, str]] = field(factory=set, init=False)

    def arguments(self, read: Read) -> dict[str, Any] | None:
        """Return the arguments for a method, or None if one is not known (yet)."""
        chosen: dict[str, Any] = {}
        # The last first: a run belongs to the stream that it ran for.
        for name in reversed(read.needs):
            if name in chosen:
                continue
            found = self._find(read.area, name.removesuffix("s") if name.endswith("_ids") else name)
            if found is not None:
                chosen[name] = [found.value] if name.endswith("_ids") else found.value
                for key, value in found.context.items():
                    chosen.setdefault(key, value)
            elif (fixed := self._fixed(read).get(name)) is not None:
                chosen[name] = fixed
            else:
                return None
        return {name: chosen[name] for name in read.needs}

    def missing(self, read: Read) -> list[str]:
        """Return the parameters of a method without a known value."""
        fixed = self._fixed(read)
        return [
            name
            for name in read.needs
            if name not in fixed
            and self._find(read.area, name.removesuffix("s") if name.endswith("_ids") else name) is None
        ]

    def wanted(self, reads: Iterable[Read]) -> list[str]:
        """Return the types that a search may find and that methods need an argument for, such as ``card``."""
        entities = {_plain(entity.value): entity.value for entity in SearchEntity}
        names = (_MADE_OF.get(name, name) for read in reads for name in self.missing(read))
        missing = (_plain(name).removesuffix("id") for name in names)
        return list(dict.fromkeys(entities[name] for name in missing if name in entities))

    def know(self, entity: str, identifier: Any) -> None:
        """Add a search result."""
        word = _plain(entity)
        self._put(f"{word}id", f"{word}s", identifier, {})

    def take(self, read: Read, arguments: Mapping[str, Any], items: list[Any]) -> None:
        """Add the values of an answer.

        Args:
            read: The method that returned it.
            arguments: The arguments of the call.
            items: The items of the returned list, or the one returned object.
        """
        singular = {_singular(read.name)}
        if read.name.startswith(_OF_THE_AREA):
            singular.add(_singular(read.area.rpartition(".")[2]))
        for word in singular:
            self._lists.add((_top(read.area), word))
        for item in items[:_LOOKED_AT]:
            if isinstance(item, Model):
                self._take_item(read.area, arguments, item, singular)
            elif isinstance(item, str):
                self._put(f"[{_singular(read.name)}]", read.area, item, arguments)

    def _take_item(self, area: str, arguments: Mapping[str, Any], item: Model, words: set[str]) -> None:
        """Add an item under its possible names, and all its other values that may be arguments."""
        identifier = _identifier(item)
        if identifier is not None:
            for word in words | set(_endings(type(item).__name__)):
                self._put(f"{word}id", area, identifier, arguments)
        elif len(needed := _needed(item)) == 1 and isinstance(name := getattr(item, needed[0]), str):
            # Some types have only a name.
            for word in _endings(type(item).__name__):
                self._put(word, area, name, arguments)
        for each in attrs.fields(type(item)):
            value = getattr(item, each.name, None)
            if each.name != "id" and isinstance(value, str | int) and not isinstance(value, bool):
                self._put(_plain(each.name), area, value, arguments)
            elif isinstance(value, Model) and _identifier(value) is not None:
                self._put(f"{_plain(each.name)}id", area, _identifier(value), arguments)
            elif isinstance(value, list | tuple) and value and isinstance(value[0], Model):
                # An answer that wraps a list.
                context = arguments if identifier is None else {**arguments, **_context(item, words, identifier)}
                self._take_item(area, context, value[0], {_singular(each.name)})

    def _put(self, name: str, area: str, value: Any, context: Mapping[str, Any]) -> None:
        known = self._found.setdefault(name, [])
        if not any(each.area == area for each in known):
            known.append(_Found(area, value, dict(context)))

    def _find(self, area: str, name: str) -> _Found | None:
        names = [_plain(name)]
        names += [_plain(name.replace(*pair)) for pair in _ALSO if pair[0] in name]
        # A list of plain strings, such as types of integrations, has only the strings themselves.
        names.append(f"[{name.rpartition('_')[2]}]")
        top = _top(area)
        here = [each for one in names for each in self._found.get(one, ()) if _top(each.area) == top]
        near = [each for each in here if each.area == area] or here
        if near or not name.endswith(_IDENTIFIERS):
            return near[0] if near else None
        # From the area that these objects are in, unless this area has others of the same name.
        if any((top, one.removesuffix("id")) in self._lists for one in names):
            return None
        matching = [
            each for one in names for each in self._found.get(one, ()) if _singular(_top(each.area)) + "id" == one
        ]
        return matching[0] if matching else None

    def _fixed(self, read: Read) -> dict[str, Any]:
        return {
            "query": _QUERIES.get(read.call, "*"),
            "text": "*",
            "term": "a",
            "sql": "SELECT COUNT(*) FROM table",
            "filter": {},
            "entities": [entity.value for entity in SearchEntity],
            "start": self.now - timedelta(days=1),
            "end": self.now,
            **self._made(),
        }

    def _made(self) -> dict[str, Any]:
        """Return the arguments that are built from known values."""
        card, dataset = self._find("", "card_id"), self._find("", "dataset_id")
        return {
            **({} if card is None else {"urns": [card.value]}),
            **({} if dataset is None else {"entity_type": "DATA_SOURCE", "entity_id": dataset.value}),
        }


def _identifier(item: Model) -> Any:
    """Return the identifier of an item: its ``id``, or else its first required field with such a name."""
    found = getattr(item, "id", None)
    if found is not None:
        return found
    return next((getattr(item, name) for name in _needed(item) if name.endswith("_id")), None)


def _needed(item: Model) -> list[str]:
    return [each.name for each in attrs.fields(type(item)) if each.default is attrs.NOTHING]


def _context(item: Model, words: set[str], identifier: Any) -> dict[str, Any]:
    return {f"{word}_id": identifier for word in words | set(_endings(type(item).__name__))}


def _top(area: str) -> str:
    return area.partition(".")[0]


def _plain(name: str) -> str:
    return name.replace("_", "")


def _singular(name: str) -> str:
    """Return the singular of the last word of a name, such as ``entry`` for ``list_entries``."""
    word = name.rpartition("_")[2]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s")


def _endings(class_name: str) -> Iterator[str]:
    """Yield a class's name and its last words: ``filesetfile``, ``setfile`` and ``file`` for ``FileSetFile``."""
    words = re.findall(r"[A-Z][a-z0-9]*", class_name)
    for begin in range(len(words)):
        yield "".join(words[begin:]).lower()
