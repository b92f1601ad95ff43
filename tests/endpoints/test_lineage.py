"""Lineage as a graph: bounded, with circles and what several things lead to shown once, and as files of graphs."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree as ET

import pytest

from domo_async import ConfigError, Domo
from domo_async._emulator.services import cards
from domo_async._endpoints._lineage_graph import LineageGraph, TracedThing, walked
from domo_async._endpoints.lineage import LineageLink, LineageNode
from domo_async.emulator import Emulator
from domo_async.models import LineageEntity
from domo_async.models import LineageGraph as Public


def nodes(edges: str) -> dict[str, LineageNode]:
    """Return what an instance tells of datasets that are made from each other: ``"a>b b>c"``."""
    pairs = [tuple(edge.split(">")) for edge in edges.split()]
    kind = LineageEntity.DATA_SOURCE

    def link(name: str) -> LineageLink:
        return LineageLink(type=kind, id=name)

    names = dict.fromkeys(name for pair in pairs for name in pair)
    made = (
        LineageNode(
            type=kind,
            id=name,
            children=tuple(link(b) for a, b in pairs if a == name),
            parents=tuple(link(a) for a, b in pairs if b == name),
        )
        for name in names
    )
    return {node.key: node for node in made}


def trace(edges: str, root: str = "a", *, up: bool = True, down: bool = True, depth: int = 20) -> LineageGraph:
    return walked(nodes(edges), TracedThing("DATA_SOURCE", root), up=up, down=down, depth=depth)


def shown(text: str) -> str:
    return text.replace("DATA_SOURCE ", "")


def test_an_object_on_several_paths_is_shown_once_and_marked_elsewhere() -> None:
    assert """\
a
├── b
│   └── d
│       └── e
└── c
    └── d [shown above]""" == shown(trace("a>b a>c b>d c>d d>e", up=False).to_text(up=False))


def test_a_circle_ends_where_it_closes() -> None:
    graph = trace("a>b b>c c>a")

    assert "a\n└── b\n    └── c\n        └── a [cycle]" == shown("\n".join(graph.downstream().lines()))
    assert "a\n└── c\n    └── b\n        └── a [cycle]" == shown("\n".join(graph.upstream().lines()))
    assert {("b", "c"), ("c", "a"), ("a", "b")} == {
        (one.removeprefix("DATA_SOURCE"), other.removeprefix("DATA_SOURCE")) for one, other in graph.edges
    }


def test_a_circle_is_printed_in_both_directions() -> None:
    assert """\
made from:
a
└── b
    └── a [cycle]
used by:
a
└── b
    └── a [cycle]""" == shown(str(trace("a>b b>a")))


def test_a_graph_without_anything_beyond_has_all_edges_between_its_things() -> None:
    graph = trace("a>b b>c c>a", up=False, depth=2)

    assert graph.complete
    assert ["a", "b", "c"] == [thing.id for thing in graph.things.values()]
    assert "a\n└── b\n    └── c\n        └── a [cycle]" == shown("\n".join(graph.downstream().lines()))


def test_a_tree_that_is_deeper_than_calls_may_nest_is_printed() -> None:
    chain = " ".join(f"a>n{number} n{number}>n{number + 1}" for number in range(1_200))

    lines = list(trace(chain, up=False).downstream().lines())

    assert "DATA_SOURCE n1200" == lines[1_201].strip("└├─│ ")
    assert ["n1 [shown above]", "n1199 [shown above]"] == [shown(lines[at]).strip("└├─│ ") for at in (1_202, -1)]


def test_siblings_are_neither_up_nor_down_and_what_is_beyond_is_told() -> None:
    graph = trace("x>a x>sibling a>b b>c c>d", depth=2)

    assert {"a": 0, "x": -1, "b": 1, "c": 2} == {thing.id: thing.depth for thing in graph.things.values()}
    assert ["c"] == [thing.id for thing in graph.things.values() if thing.more]
    assert not graph.complete
    assert "made from:\na\n└── x\nused by:\na\n└── b\n    └── c [more]" == shown(str(graph))


def test_a_thousand_things_in_a_tangle_are_each_shown_once() -> None:
    chance = random.Random(7)
    edges = " ".join(f"{chance.randrange(number)}>{number}" for number in range(1, 1000))
    tangle = " ".join(f"{chance.randrange(1000)}>{chance.randrange(1000)}" for _ in range(2000))

    lines = list(trace(f"{edges} {tangle}", "0", up=False, depth=200).downstream().lines())

    unmarked = [line for line in lines if "[" not in line]
    assert 1000 >= len({line.split("DATA_SOURCE ")[1] for line in unmarked}) >= 999
    assert len(lines) <= 3000


def test_files_of_graphs_can_be_read_whatever_things_are_called() -> None:
    graph = trace("a>b a>c").named({"DATA_SOURCEa": 'He said "<&>"\\ \x00', "DATA_SOURCEb": "Größe\nzwei"})

    root = ET.fromstring(graph.to_graphml())  # noqa: S314 - made here
    space = "{http://graphml.graphdrawing.org/xmlns}"
    names = [data.text for data in root.iter(f"{space}data") if data.get("key") == "name"]
    assert ['He said "<&>"\\ \ufffd', "Größe\nzwei", "c"] == names
    assert 2 == len(list(root.iter(f"{space}edge")))
    assert 'label="He said \\"<&>\\"\\\\' in graph.to_dot()
    assert '"DATA_SOURCEa" -> "DATA_SOURCEb";' in graph.to_dot()
    assert graph == Public.from_dict(json.loads(graph.to_json()))


async def test_an_instance_is_asked_once_and_for_names(emulator: Emulator, domo: Domo) -> None:
    one = await domo.datasets.create("One", {"n": "LONG"})
    two = await domo.datasets.create("Two", {"n": "LONG"})
    flow = await domo.dataflows.create(
        definition={
            "name": "Flow",
            "inputs": [{"dataSourceId": one.id}],
            "outputs": [{"dataSourceId": two.id}],
            "actions": [],
        }
    )
    card = cards.create(emulator._instance, title="Count", dataset_id=two.id)["id"]
    emulator.log.clear()

    graph = await domo.lineage.trace("DATA_SOURCE", one.id)

    assert f"""\
DATA_SOURCE One ({one.id})
└── DATAFLOW Flow ({flow.id})
    └── DATA_SOURCE Two ({two.id})
        └── CARD Count ({card})""" == str(graph)
    assert 4 == len(emulator.log)
    assert "made from" not in str(await domo.lineage.trace("CARD", card, names=False))
    with pytest.raises(ConfigError, match="max_depth"):
        await domo.lineage.trace("CARD", card, max_depth=0)
