"""A server for an embedded instance, and the SDK's own client that is connected to it in memory."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from mcp import Client
from mcp_types import CallToolResult, TextContent

from domo_async import Settings
from domo_async._mcp import Limits, WriteKind
from domo_async._mcp.server import DomoServer
from domo_async.emulator import Emulator


@asynccontextmanager
async def connected(
    emulator: Emulator,
    *,
    limits: Limits | None = None,
    allowed: Collection[WriteKind] = (),
    mode: Literal["auto", "legacy"] = "auto",
    settings: Settings | None = None,
) -> AsyncIterator[Client]:
    async with (
        emulator.client(settings=settings) as domo,
        Client(DomoServer(domo, limits=limits, allowed=allowed), mode=mode) as client,
    ):
        yield client


async def answer(client: Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """Return the structure of an answer, which its second text repeats."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, texts(result)
    assert isinstance(result.structured_content, dict)
    assert result.structured_content == json.loads(texts(result)[1])
    return result.structured_content


async def refusal(client: Client, tool: str, /, **arguments: Any) -> tuple[str, str]:
    """Return the kind and the message of an error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    (text,) = texts(result)
    told = json.loads(text)
    return told["error"], told["message"]


def texts(result: CallToolResult) -> list[str]:
    return [content.text for content in result.content if isinstance(content, TextContent)]


def strings(value: object) -> Iterator[str]:
    """Yield all texts in JSON, names among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from strings(below)


def harmful(text: str) -> set[str]:
    """Return the characters of a text that are not seen, or change how others are seen."""
    controls = {character for character in text if unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"}}
    unseen = {character for character in text if unicodedata.category(character) == "Cf"}
    return (controls - {"\n", "\t"}) | (unseen - {"\u200c", "\u200d"})
