"""`domo-async api`: any request at all."""

from __future__ import annotations

from typing import Annotated

import typer

from domo_async import UNSET, Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption
from domo_async._cli.common.output import print_json
from domo_async._cli.common.values import json_of, key_values

__all__ = ["api"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


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
    params: dict[str, list[str]] = {}
    for key, value in key_values(param or (), "--param"):
        params.setdefault(key, []).append(value)
    body = UNSET if json_body is None else json_of(json_body, "--json-body")

    async def work(domo: Domo) -> object:
        answer: object = await domo.request(method, path, params=params, json=body)
        return answer

    print_json(call(work, instance, token_file, debug=debug, changed=method.upper() not in _READING))
