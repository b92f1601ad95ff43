"""Lineage as a graph: walked to a maximum depth, shown as a tree, exported to graph formats. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from attrs import evolve, frozen

from domo_async._wire import Record

__all__ = ["LineageGraph", "LineageTree", "TracedThing", "walked"]

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHAPES = {"DATA_SOURCE": "cylinder", "DATAFLOW": "component", "CARD": "note"}


class _Link(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def type(self) -> object: ...


class _Node(_Link, Protocol):
    @property
    def children(self) -> Sequence[_Link]: ...
    @property
    def parents(self) -> Sequence[_Link]: ...


@frozen
class TracedThing(Record):
    """An object in a lineage graph.

    Attributes:
        type: Its type, such as ``DATA_SOURCE``.
        id: Its identifier.
        name: Its name, if names were requested and the instance returned it.
        depth: The number of steps from the root: negative for upstream objects.
        more: Whether it has neighbours that are beyond the depth, or that the instance does not return.
    """

    type: str
    id: str
    name: str | None = None
    depth: int = 0
    more: bool = False

    @property
    def key(self) -> str:
        """The key of the object in the graph."""
        return f"{self.type}{self.id}"

    def __str__(self) -> str:
        return f"{self.type} {self.id}" if self.name is None else f"{self.type} {self.name} ({self.id})"


@frozen
class LineageTree(Record):
    """An object with its neighbours in the tree.

    Attributes:
        thing: The object.
        branches: Its neighbours.
        mark: The reason that its neighbours are not repeated here: ``shown above``, ``cycle`` or ``more``.
    """

    thing: TracedThing
    branches: tuple[LineageTree, ...] = ()
    mark: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield the tree as lines of text."""
        # A tree of many objects may be deeper than Python's calls.
        waiting = [("", "", self)]
        while waiting:
            stem, indent, tree = waiting.pop()
            yield f"{stem}{tree.thing}{'' if tree.mark is None else f' [{tree.mark}]'}"
            ends = [("└── ", "    "), *[("├── ", "│   ")] * (len(tree.branches) - 1)]
            waiting += [
                (indent + branch_stem, indent + branch_indent, branch)
                for (branch_stem, branch_indent), branch in zip(ends, reversed(tree.branches), strict=False)
            ]


@frozen(repr=False)
class LineageGraph(Record):
    """The upstream and downstream lineage of an object.

    Attributes:
        root: The object that the graph starts from.
        things: All objects by their keys, the root first.
        edges: Pairs of keys: an input and the object that is made from it.
    """

    root: TracedThing
    things: Mapping[str, TracedThing]
    edges: tuple[tuple[str, str], ...]

    @property
    def complete(self) -> bool:
        """Whether the graph is whole: nothing lies beyond the requested depth."""
        return not any(thing.more for thing in self.things.values())

    def upstream(self) -> LineageTree:
        """Return the upstream objects as a tree; the neighbours of each object are shown only once."""
        return self._tree((child, parent) for parent, child in self.edges)

    def downstream(self) -> LineageTree:
        """Return the downstream objects as a tree; the neighbours of each object are shown only once."""
        return self._tree(self.edges)

    def named(self, names: Mapping[str, str]) -> LineageGraph:
        """Return the graph with names, given by key."""
        things = {key: evolve(thing, name=names.get(key, thing.name)) for key, thing in self.things.items()}
        return evolve(self, root=things[self.root.key], things=things)

    def to_text(self, *, up: bool = True, down: bool = True) -> str:
        """Return the graph as trees: upstream, downstream, or both if both exist."""
        lines = []
        if up:
            lines += ["made from:" if down else "", *self.upstream().lines()]
        if down:
            lines += ["used by:" if up else "", *self.downstream().lines()]
        return "\n".join(line for line in lines if line)

    def to_dot(self) -> str:
        """Return the graph in DOT, the language of Graphviz: draw it with ``dot -Tsvg``."""
        nodes = [
            f"  {_quoted(key)} [label={_quoted(_label(thing))}, shape={_SHAPES.get(thing.type, 'box')}"
            f"{', style=bold' if key == self.root.key else ''}];"
            for key, thing in self.things.items()
        ]
        edges = [f"  {_quoted(parent)} -> {_quoted(child)};" for parent, child in self.edges]
        return "\n".join(["digraph lineage {", "  rankdir=LR;", *nodes, *edges, "}", ""])

    def to_graphml(self) -> str:
        """Return the graph as GraphML, which graph tools can read."""
        keys = [
            f'  <key id="{name}" for="node" attr.name="{name}" attr.type="{data_type}"/>'
            for name, data_type in (("type", "string"), ("name", "string"), ("depth", "int"), ("more", "boolean"))
        ]
        nodes = [
            f"    <node id={quoteattr(_xml(key))}>"
            f'<data key="type">{escape(_xml(thing.type))}</data>'
            f'<data key="name">{escape(_xml(thing.name or thing.id))}</data>'
            f'<data key="depth">{thing.depth}</data>'
            f'<data key="more">{str(thing.more).lower()}</data></node>'
            for key, thing in self.things.items()
        ]
        edges = [
            f"    <edge source={quoteattr(_xml(parent))} target={quoteattr(_xml(child))}/>"
            for parent, child in self.edges
        ]
        return "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
                *keys,
                '  <graph id="lineage" edgedefault="directed">',
                *nodes,
                *edges,
                "  </graph>",
                "</graphml>",
                "",
            ]
        )

    def __str__(self) -> str:
        up, down = (any(edge[end] == self.root.key for edge in self.edges) for end in (1, 0))
        return self.to_text(up=up or not down, down=down)

    def __repr__(self) -> str:
        return f"<LineageGraph of {self.root}: {len(self.things)} things>"

    def _tree(self, edges: Iterable[tuple[str, str]]) -> LineageTree:
        """Return the tree of the root, from pairs of a key and a neighbour's key."""
        links: dict[str, list[str]] = {}
        for key, following in edges:
            links.setdefault(key, []).append(following)
        shown: set[str] = set()
        made: dict[tuple[str, ...], list[LineageTree]] = {}
        # Depth first: the neighbours of an object are shown where the object appears first, read from the top.
        order: list[tuple[str, ...]] = []
        marks: dict[tuple[str, ...], str | None] = {}
        waiting: list[tuple[str, ...]] = [(self.root.key,)]
        while waiting:
            path = waiting.pop()
            key = path[-1]
            order.append(path)
            ahead = links.get(key, [])
            if key in path[:-1]:
                marks[path] = "cycle"
            elif key in shown:
                marks[path] = "shown above" if ahead or self.things[key].more else None
            else:
                shown.add(key)
                marks[path] = "more" if self.things[key].more else None
                waiting += [(*path, each) for each in reversed(ahead)]
        for path in reversed(order):
            branches = tuple(reversed(made.pop(path, [])))
            tree = LineageTree(self.things[path[-1]], branches, marks[path])
            made.setdefault(path[:-1], []).append(tree)
        return made[()][0]


def walked(nodes: Mapping[str, _Node], root: TracedThing, *, up: bool, down: bool, depth: int) -> LineageGraph:
    """Return the objects that can be reached from the root within the depth, upstream and downstream separately.

    Args:
        nodes: The lineage that the instance returned, by key.
        root: The key of the object to start from.
        up: Whether to walk upstream.
        down: Whether to walk downstream.
        depth: The maximum number of steps.
    """
    things = {root.key: root}
    edges: dict[tuple[str, str], None] = {}
    for wanted, sign in ((up, -1), (down, 1)):
        seen = {root.key}
        layer = [root.key] if wanted else []
        for step in range(depth + 1):
            following: list[str] = []
            for key in layer:
                node = nodes.get(key)
                links: Sequence[_Link] = () if node is None else node.parents if sign < 0 else node.children
                if node is None or step == depth:
                    # An object that the instance does not return may have neighbours, like one that is cut off by the
                    # depth.
                    beyond = node is None or any(link.key not in seen for link in links)
                    things[key] = evolve(things[key], more=things[key].more or beyond)
                    links = [link for link in links if link.key in seen]
                for link in links:
                    edges[(link.key, key) if sign < 0 else (key, link.key)] = None
                    if link.key not in seen:
                        seen.add(link.key)
                        following.append(link.key)
                        things.setdefault(link.key, TracedThing(str(link.type or ""), link.id, depth=sign * (step + 1)))
            layer = following
    return LineageGraph(things[root.key], things, tuple(edges))


def _label(thing: TracedThing) -> str:
    return f"{thing.name or thing.id}\n{thing.type}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _xml(text: str) -> str:
    """Return a text without the characters that XML does not allow."""
    return _NOT_XML.sub("\ufffd", text)
