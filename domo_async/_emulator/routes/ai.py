"""AI services, without a model: what they write is emulator-defined, and the same for the same request."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, json_object, text, whole_number
from domo_async._emulator.services.language import Column, Table, fill, summary, to_sql

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_CHAT_MODEL = "domo.domo_ai.domogpt-chat-small-v1:anthropic"
_SQL_MODEL = "domo.domo_ai.domogpt-sql-v1:anthropic"
_SUMMARY_MODEL = "domo.domo_ai.domogpt-summarize-v1:anthropic"
_STYLES = ("BULLETED", "NUMBERED", "PARAGRAPH")
_WORDS = 50


@routes.post("/api/ai/v1/text/generation")
async def generate(request: web.Request) -> web.Response:
    """Answer a prompt with the prompt itself, filled in, so that a test sees what a model would have been asked."""
    body = await json_object(request)
    return _written(body, f"An emulated answer to: {_prompt(body)}", _CHAT_MODEL)


@routes.post("/api/ai/v1/text/sql")
async def write_sql(request: web.Request) -> web.Response:
    """Make SQL of a question's words: columns, sums and the like, groups, comparisons, the top few."""
    body = await json_object(request)
    schemas = body.get("dataSourceSchemas")
    if not isinstance(schemas, list) or not schemas:
        raise HTTPError(400, "Required: dataSourceSchemas, an array of schemas")
    return _written(body, to_sql(_prompt(body), [_table(schema) for schema in schemas]), _SQL_MODEL)


@routes.post("/api/ai/v1/text/summarize")
async def summarize(request: web.Request) -> web.Response:
    """Sum a text up by those of its sentences that say most; by default as a paragraph of at most 50 words."""
    body = await json_object(request)
    style = body.get("outputStyle", "PARAGRAPH")
    if style not in _STYLES:
        raise HTTPError(400, f"outputStyle must be one of {', '.join(_STYLES)}")
    length = body.get("outputWordLength", {})
    if not isinstance(length, dict):
        raise HTTPError(400, "outputWordLength must be an object with min and max")
    least = whole_number(length.get("min"), "outputWordLength.min", 0)
    most = whole_number(length.get("max"), "outputWordLength.max", max(least, _WORDS))
    if least > most:
        raise HTTPError(400, "outputWordLength.min must not be more than outputWordLength.max")
    return _written(body, summary(_prompt(body), style=style, least=least, most=most), _SUMMARY_MODEL)


def _prompt(body: dict[str, Any]) -> str:
    """Return what a model would be sent: the template, or the input where there is none."""
    values = body.get("parameters", {})
    if not isinstance(values, dict):
        raise HTTPError(400, "parameters must be an object")
    given, system = text(body, "input"), body.get("system", "")
    # The documents call it a string, and show an object.
    template = body.get("promptTemplate", "${input}")
    template = template.get("template") if isinstance(template, dict) else template
    if not isinstance(template, str) or not isinstance(system, str):
        raise HTTPError(400, "promptTemplate must be an object with template, a string; so must be system")
    return fill(template, {**values, "input": given, "system": system})


def _written(body: dict[str, Any], output: str, model: str) -> web.Response:
    asked = text(body, "model") if "model" in body else model
    if not isinstance(body.get("modelConfiguration", {}), dict):
        raise HTTPError(400, "modelConfiguration must be an object")
    return answer({"output": output, "modelId": asked})


def _table(schema: Any) -> Table:
    columns = schema.get("columns") if isinstance(schema, dict) else None
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        raise HTTPError(400, "A schema must be an object with dataSourceName and columns")
    return Table(
        text(schema, "dataSourceName"),
        tuple(Column(text(column, "name"), text(column, "type").upper()) for column in columns),
        str(schema.get("description") or ""),
    )
