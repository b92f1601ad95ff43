"""Lineage: the upstream and downstream objects of an object."""

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
    """The type of an object in a lineage. Instances have further types."""

    DATA_SOURCE = "DATA_SOURCE"
    DATAFLOW = "DATAFLOW"
    CARD = "CARD"
    ALERT = "ALERT"
    PAGE = "PAGE"
    DATA_APP = "DATA_APP"
    FUSION = "FUSION"


@frozen(kw_only=True)
class LineageLink(Model):
    """A neighbour of an object in a lineage.

    Attributes:
        type: Its type.
        id: Its identifier.
        complete: Whether its whole lineage was read.
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
        """The key of this object in the result of `Lineage.get`, if it is there."""
        return f"{self.type or ''}{self.id}"


@frozen(kw_only=True)
class LineageNode(Model):
    """An object in a lineage with its neighbours.

    Attributes:
        type: Its type.
        id: Its identifier.
        complete: Whether its whole lineage was read.
        children: The objects that are made from it.
        parents: The objects that it is made from.
        ancestor_counts: The number of upstream objects of each type.
        descendant_counts: The number of downstream objects of each type.
        associated_entity_id: The object that it belongs to, such as an alert's card.
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
        """The key of this object in the result of `Lineage.get`."""
        return f"{self.type or ''}{self.id}"


@frozen(kw_only=True)
class ImpactCounts(Model):
    """The number of objects that depend on an object.

    Attributes:
        data_source_count: Datasets that are made from it directly.
        data_flow_count: Dataflows that read it directly.
        card_count: Cards that show it directly.
        alert_count: Alerts that watch it directly.
        impact_data_source_count: Datasets that depend on it directly or indirectly.
        impact_data_flow_count: Dataflows that depend on it directly or indirectly.
        impact_card_count: Cards that depend on it directly or indirectly.
        impact_alert_count: Alerts that depend on it directly or indirectly.
        complete: Whether everything was counted.
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
    """Lineage: the upstream and downstream objects of an object."""

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
        """Return an object and all objects that it is connected with.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}`. Seen: an answer was captured from an instance, Domo's own
        data service has the route, and three clients use it.

        Args:
            entity_type: Its type, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.
            request_entities: The types of objects to return; all by default.
            traverse_up: Whether to follow its inputs upstream; by default so.
            traverse_down: Whether to follow its outputs downstream; by default so.
            max_depth: The maximum number of steps; by default all.

        Returns:
            Each object by its type and identifier written together, the key of `LineageNode.key` and `LineageLink.key`.

        Raises:
            NotFound: The object does not exist.
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
        """Return the number of objects that depend on an object.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}/impactCounts`. Seen: Domo's own data service has it.

        Args:
            entity_type: Its type, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.

        Raises:
            NotFound: The object does not exist.
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
        """Return the upstream and downstream lineage of an object as a graph to print, draw or export.

        Printed, it is a tree in which shared neighbours are shown only once; `LineageGraph.to_dot`, `to_graphml` and
        `to_json` export it to other programs.

        `GET /api/data/v1/lineage/{entity_type}/{entity_id}` once; for names `POST /api/data/v3/datasources/bulk`,
        `GET /api/content/v1/cards`, `GET /api/dataprocessing/v1/dataflows/{dataflow_id}` or
        `GET /api/dataprocessing/v1/dataflows`. See `get` and the methods of these areas for their sources.

        Example:
            print(await domo.lineage.trace("DATA_SOURCE", dataset_id, up=False))

        Args:
            entity_type: Its type, such as ``DATA_SOURCE`` for a dataset.
            entity_id: Its identifier.
            up: Whether to follow the lineage upstream.
            down: Whether to follow the lineage downstream.
            max_depth: The maximum number of steps, 1 to 200. Objects with neighbours beyond it are marked.
            names: Whether to look up the names of datasets, dataflows and cards; objects whose names cannot be read are
                shown by identifier.

        Raises:
            ConfigError: `max_depth` is out of range, or both `up` and `down` are False.
            NotFound: The object does not exist.
        """
        if not 1 <= max_depth <= _DEEPEST:
            raise ConfigError(f"max_depth must be 1 to {_DEEPEST}")
        if not (up or down):
            raise ConfigError("up and down are both False: set at least one of them")
        nodes = await self.get(entity_type, entity_id, traverse_up=up, traverse_down=down, max_depth=max_depth)
        by_key = {node.key: node for node in nodes.values()}
        root = TracedThing(str(entity_type), str(entity_id))
        graph = walked(by_key, root, up=up, down=down, depth=max_depth)
        if not names:
            return graph
        # Imports areas that most users of lineage do not need.
        from domo_async._endpoints._lineage_names import names_of  # noqa: PLC0415 - see above

        return graph.named(await names_of(self._http, graph.things.values()))
