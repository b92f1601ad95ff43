"""Lineage: what things are made from, and what is made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints._lineage_graph import LineageGraph, LineageTree, TracedThing, walked
from domo_async._transport import url
from domo_async._wire import EpochMillis, Model, OpenEnum
from domo_async.errors import ConfigError

__all__ = [
    "ImpactCounts",
    "Lineage",
    "LineageEntity",
    "LineageGraph",
    "LineageLink",
    "LineageNode",
    "LineageTree",
    "TracedThing",
]

_DEEPEST = 200


class LineageEntity(OpenEnum):
    """What lineage leads through. An instance has others."""

    DATA_SOURCE = "DATA_SOURCE"
    DATAFLOW = "DATAFLOW"
    CARD = "CARD"
    ALERT = "ALERT"
    PAGE = "PAGE"
    DATA_APP = "DATA_APP"
    FUSION = "FUSION"


@frozen(kw_only=True)
class LineageLink(Model):
    """A neighbour of a thing.

    Attributes:
        type: What it is.
        id: Its identifier.
        complete: Whether all of its lineage was looked at.
        children: Its own children, which answers leave empty.
        parents: Its own parents, which answers leave empty.
    """

    id: str
    type: LineageEntity | None = None
    complete: bool | None = None
    children: tuple[Mapping[str, Any], ...] = ()
    parents: tuple[Mapping[str, Any], ...] = ()

    @property
    def key(self) -> str:
        """The key under which `Lineage.get` has this thing, where it has it."""
        return f"{self.type or ''}{self.id}"


@frozen(kw_only=True)
class LineageNode(Model):
    """A thing with its neighbours.

    Attributes:
        type: What it is.
        id: Its identifier.
        complete: Whether all of its lineage was looked at.
        children: What is made from it.
        parents: What it is made from.
        ancestor_counts: How many things of each kind it comes from.
        descendant_counts: How many things of each kind come from it.
        associated_entity_id: What it belongs to, such as an alert's card.
    """

    id: str
    type: LineageEntity | None = None
    complete: bool | None = None
    children: tuple[LineageLink, ...] = ()
    parents: tuple[LineageLink, ...] = ()
    ancestor_counts: Mapping[str, int] | None = None
    descendant_counts: Mapping[str, int] | None = None
    associated_entity_id: str | None = None

    @property
    def key(self) -> str:
        """The key under which `Lineage.get` has this thing."""
        return f"{self.type or ''}{self.id}"


@frozen(kw_only=True)
class ImpactCounts(Model):
    """How much depends on a thing.

    Attributes:
        data_source_count: Datasets that are made from it directly.
        data_flow_count: Dataflows that read it directly.
        card_count: Cards that show it directly.
        alert_count: Alerts that watch it directly.
        impact_data_source_count: Datasets that depend on it at all.
        impact_data_flow_count: Dataflows that depend on it at all.
        impact_card_count: Cards that depend on it at all.
        impact_alert_count: Alerts that depend on it at all.
        complete: Whether all was counted.
        ran_update: Whether it was counted for this answer.
        updated: When it was counted.
    """

    data_source_count: int | None = None
    data_flow_count: int | None = None
    card_count: int | None = None
    alert_count: int | None = None
    impact_data_source_count: int | None = None
    impact_data_flow_count: int | None = None
    impact_card_count: int | None = None
    impact_alert_count: int | None = None
    complete: bool | None = None
    ran_update: bool | None = None
    updated: EpochMillis | None = None


class Lineage(Area):
    """Lineage: what things are made from, and what is made from them."""

    async def get(
        self,
        entity_type: LineageEntity | str,
        entity_id: int | str,
        /,
        *,
        request_entities: LineageEntity | str | Sequence[LineageEntity | str] | None = None,
        traverse_up: bool | None = None,
        traverse_down: bool | None = None,
        max_depth: int | None = None,
    ) -> dict[str, LineageNode]:
        """Return a thing and all that it is connected with.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}`. Seen: an answer was captured from an instance, Domo's own
        data service has the route, and three clients use it.

        Args:
            entity_type: What it is, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.
            request_entities: The kinds of things to tell of; all by default.
            traverse_up: Whether to go on to what it is made from; by default so.
            traverse_down: Whether to go on to what is made from it; by default so.
            max_depth: How many steps to go at most; by default all.

        Returns:
            Each thing by its kind and identifier written together, as `LineageNode.key` and `LineageLink.key` have it.

        Raises:
            NotFound: The thing does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/data/v1/lineage/{}/{}", entity_type, entity_id),
            params={
                "requestEntities": request_entities,
                "traverseUp": traverse_up,
                "traverseDown": traverse_down,
                "maxDepth": max_depth,
            },
            into=dict[str, LineageNode],
        )

    async def impact_counts(self, entity_type: LineageEntity | str, entity_id: int | str, /) -> ImpactCounts:
        """Count what depends on a thing.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}/impactCounts`. Seen: Domo's own data service has it.

        Args:
            entity_type: What it is, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.

        Raises:
            NotFound: The thing does not exist.
        """
        return await self._http.request(
            "GET", url("/api/data/v1/lineage/{}/{}/impactCounts", entity_type, entity_id), into=ImpactCounts
        )

    async def trace(
        self,
        entity_type: LineageEntity | str,
        entity_id: int | str,
        /,
        *,
        up: bool = True,
        down: bool = True,
        max_depth: int = 20,
        names: bool = True,
    ) -> LineageGraph:
        """Return what a thing is made from, and what is made from it, as a graph to print, to draw or to hand on.

        Printed it is a tree, in which what several things lead to is shown once; `LineageGraph.to_dot`, `to_graphml`
        and `to_json` are for other programs.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}` once; for names `POST /api/data/v3/datasources/bulk`,
        `GET /api/content/v1/cards`, `GET /api/dataprocessing/v1/dataflows/{dataflow_id}` or
        `GET /api/dataprocessing/v1/dataflows`. Sources are told at `get` and at the methods of these areas.

        Example:
            print(await domo.lineage.trace("DATA_SOURCE", dataset_id, up=False))

        Args:
            entity_type: What it is, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.
            up: Whether to go on to what it is made from.
            down: Whether to go on to what is made from it.
            max_depth: How many steps to go at most, 1 to 200. What leads on beyond them is marked.
            names: Whether to ask what datasets, dataflows and cards are called; where that fails, they go by their
                identifiers.

        Raises:
            ConfigError: `max_depth` is out of its range, or neither way is asked for.
            NotFound: The thing does not exist.
        """
        if not 1 <= max_depth <= _DEEPEST:
            raise ConfigError(f"max_depth must be 1 to {_DEEPEST}")
        if not (up or down):
            raise ConfigError("neither up nor down is asked for")
        nodes = await self.get(entity_type, entity_id, traverse_up=up, traverse_down=down, max_depth=max_depth)
        told = {node.key: node for node in nodes.values()}
        root = TracedThing(str(entity_type), str(entity_id))
        graph = walked(told, root, up=up, down=down, depth=max_depth)
        if not names:
            return graph
        # Needs areas that most who read lineage otherwise do not.
        from domo_async._endpoints._lineage_names import names_of  # noqa: PLC0415 - as said

        return graph.named(await names_of(self._http, graph.things.values()))
