"""`domo-async api`: any request at all."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

from domo_async import UNSET
from domo_async.cli.connection import InstanceOption, TokenFileOption, connect
from domo_async.cli.exits import DebugOption, readable_errors
from domo_async.cli.output import print_json

__all__ = ["api"]


def api(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="Such as GET.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Such as /api/data/v3/datasources.")],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="KEY=VALUE", help="A query parameter; may be repeated."),
    ] = None,
    json_body: Annotated[str | None, typer.Option("--json-body", metavar="JSON", help="The request's body.")] = None,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Send any request, with the token, retries and errors of the library, and print the JSON answer."""
    params = _params(param or [])
    body = UNSET if json_body is None else _json(json_body)

    async def run() -> None:
        async with connect(instance, token_file) as domo:
            print_json(await domo.request(method, path, params=params, json=body))

    with readable_errors(debug=debug):
        asyncio.run(run())


def _params(given: list[str]) -> dict[str, list[str]]:
    params: dict[str, list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--param")
        params.setdefault(key, []).append(value)
    return params


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--json-body") from None
