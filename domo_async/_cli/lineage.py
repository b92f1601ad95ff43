"""`domo-async lineage`."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from domo_async import ConfigError, Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.output import err, one_line, out, print_json, write_output

if TYPE_CHECKING:
    from domo_async._endpoints.lineage import LineageGraph

__all__ = ["lineage"]

_DATASET = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TYPES = {"dataset": "DATA_SOURCE", "dataflow": "DATAFLOW", "card": "CARD", "page": "PAGE", "alert": "ALERT"}


class Format(StrEnum):
    """How to write it."""

    TREE = "tree"
    DOT = "dot"
    GRAPHML = "graphml"
    JSON = "json"


def lineage(
    entity_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The ID of a dataset, or a type and an ID, such as dataflow:123 or card:456."
        ),
    ],
    up: Annotated[bool, typer.Option("--up", help="Show only the content that it is made from.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Show only the content that is made from it.")] = False,
    max_depth: Annotated[int, typer.Option(min=1, max=200, help="The maximum number of steps.")] = 20,
    format: Annotated[Format, typer.Option(help="The output format; dot is for Graphviz.")] = Format.TREE,
    names: Annotated[bool, typer.Option("--names/--no-names", help="Whether to look up the names of objects.")] = True,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show what an object is made from (--up) and what is made from it (--down), by default both.

    An object that several paths lead to is shown once; the other places refer to it.
    """
    both = up == down
    with readable_errors(debug=debug):
        type_, identifier = _entity(entity_id)

    async def work(domo: Domo) -> LineageGraph:
        return await domo.lineage.trace(
            type_, identifier, up=up or both, down=down or both, max_depth=max_depth, names=names
        )

    graph = call(work, instance, token_file, debug=debug)
    if format is Format.JSON:
        print_json(graph.to_dict())
    elif format is Format.TREE:
        for line in graph.to_text(up=up or both, down=down or both).splitlines():
            out.print(one_line(line), markup=False, soft_wrap=True)
    else:
        writers: dict[Format, Callable[[], str]] = {Format.DOT: graph.to_dot, Format.GRAPHML: graph.to_graphml}
        write_output(writers[format]())
    if not graph.complete:
        err.print(f"There is more beyond {max_depth} steps, or what the instance does not tell; it is marked so.")


def _entity(given: str) -> tuple[str, str]:
    """Return what something is, and its identifier.

    Raises:
        ConfigError: It does not say what it is.
    """
    type_, colon, identifier = given.partition(":")
    if colon and identifier:
        return _TYPES.get(type_.lower(), type_.upper()), identifier
    if _DATASET.fullmatch(given):
        return "DATA_SOURCE", given
    raise ConfigError(
        f"{given!r} does not say what it is: write such as dataset:{given}, dataflow:{given} or card:{given}"
    )
