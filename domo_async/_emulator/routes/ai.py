"""AI services, without a model: what they write is emulator-defined, and the same for the same request."""

from __future__ import annotations

import re
import uuid
from base64 import b64decode
from typing import Any

from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import array_of, check_choice
from domo_async._emulator.http.web import answer, json_object, text, whole_number
from domo_async._emulator.services.language import Column, Table, fill, summary, to_sql, vector

__all__ = ["routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_CHAT_MODEL = "domo.domo_ai.domogpt-chat-small-v1:anthropic"
_SQL_MODEL = "domo.domo_ai.domogpt-sql-v1:anthropic"
_SUMMARY_MODEL = "domo.domo_ai.domogpt-summarize-v1:anthropic"
_EMBEDDING_MODEL = "domo.domo_ai.domo-embed-text-multilingual-v1:cohere"
_STYLES = ("BULLETED", "NUMBERED", "PARAGRAPH")
_ROLES = ("USER", "ASSISTANT")
_FRIENDLY = frozenset({"amazing", "excellent", "fair", "good", "great", "happy", "love", "perfect", "perfectly"})
_UNFRIENDLY = frozenset({"angry", "awful", "bad", "broken", "down", "hate", "late", "poor", "slow", "terrible"})
_DIMENSIONS = 16
_MOST_DIMENSIONS = 4096
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
    schemas = array_of(object, schemas, "Required: dataSourceSchemas, an array of schemas", empty=False)
    return _written(body, to_sql(_prompt(body), [_table(schema) for schema in schemas]), _SQL_MODEL)


@routes.post("/api/ai/v1/text/summarize")
async def summarize(request: web.Request) -> web.Response:
    """Sum a text up by those of its sentences that say most; by default as a paragraph of at most 50 words."""
    body = await json_object(request)
    style = str(body.get("outputStyle", "PARAGRAPH")).upper()
    check_choice("outputStyle", style, _STYLES)
    length = body.get("outputWordLength", {})
    if not isinstance(length, dict):
        raise HTTPError(400, "outputWordLength must be an object with min and max")
    least = whole_number(length.get("min"), "outputWordLength.min", 0)
    most = whole_number(length.get("max"), "outputWordLength.max", max(least, _WORDS))
    if least > most:
        raise HTTPError(400, "outputWordLength.min must not be more than outputWordLength.max")
    return _written(body, summary(_prompt(body), style=style, least=least, most=most), _SUMMARY_MODEL)


@routes.post("/api/ai/v1/text/beastmode")
async def write_beast_mode(request: web.Request) -> web.Response:
    """Make a calculation of a question's words: what the SQL for it would select."""
    body = await json_object(request)
    sql = to_sql(_prompt(body), [_table(body.get("dataSourceSchema"))])
    selected = sql.removeprefix("SELECT ").partition(" FROM ")[0]
    return _written(body, selected, _SQL_MODEL)


@routes.post("/api/ai/v1/image/text")
async def read_image(request: web.Request) -> web.Response:
    """Say how large a picture is, as there is no one to look at it."""
    body = await json_object(request)
    size = len(_image(body.get("image")))
    return _written(
        {"input": "Read the text of the image", **body}, f"An emulated picture of {size} bytes", _CHAT_MODEL
    )


@routes.post("/api/ai/v1/messages/chat")
async def chat(request: web.Request) -> web.Response:
    """Answer the last message with what it says."""
    body = await json_object(request)
    said = _last_said(body)
    return _chat_answer(body, [{"type": "TEXT", "text": f"An emulated answer to: {said}"}], "END_TURN", said)


@routes.post("/api/ai/v1/messages/tools")
async def call_tools(request: web.Request) -> web.Response:
    """Ask for the first tool whose name's words are in the last message, or answer what it says."""
    body = await json_object(request)
    said, tools = _last_said(body), body.get("tools")
    tools = array_of(dict, tools, "Required: tools, an array of objects")
    named = (text(tool, "name") for tool in tools)
    name = next((name for name in named if set(name.lower().split("_")) <= set(said.lower().split())), None)
    if name is None:
        return _chat_answer(body, [{"type": "TEXT", "text": f"An emulated answer to: {said}"}], "END_TURN", said)
    asked = {"type": "TOOL_USE_REQUEST", "name": name, "toolInput": {}, "toolCallId": str(uuid.uuid4())}
    return _chat_answer(body, [asked], "TOOL_USE", said)


@routes.post("/api/ai/v1/classification")
async def classify(request: web.Request) -> web.Response:
    """Choose the labels whose words, or those of their descriptions, the text has most of."""
    body = await json_object(request)
    said, labels = _words_of(body), body.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, dict) for label in labels) or len(labels) < 2:
        raise HTTPError(400, "Required: labels, an array of at least two objects with a label")
    kind = body.get("classificationType")
    if kind not in {"SINGLE_LABEL", "MULTI_LABEL"}:
        raise HTTPError(400, "Required: classificationType, SINGLE_LABEL or MULTI_LABEL")
    scores = {
        text(label, "label"): len(said & _words(f"{label['label']} {label.get('description') or ''}"))
        for label in labels
    }
    best = max(scores.values())
    chosen = [label for label, score in scores.items() if score == best]
    output = chosen if kind == "MULTI_LABEL" else chosen[:1]
    return answer({"output": output, "classificationType": kind, **_judged(body)})


@routes.post("/api/ai/v1/extract")
async def extract(request: web.Request) -> web.Response:
    """Find what stands behind each name and a colon, up to the end of the line or a comma; else null."""
    body = await json_object(request)
    _words_of(body)
    said, wanted = "\n".join(_texts_of(body)), body.get("outputStructure")
    if not isinstance(wanted, dict):
        raise HTTPError(400, "Required: outputStructure, an object")
    found = {name: re.search(rf"\b{re.escape(name)}:[ \t]*([^,\n]+)", said, re.IGNORECASE) for name in wanted}
    told = {key: value for key, value in _judged(body).items() if key != "sessionId"}
    return answer({"output": {name: hit and hit[1].strip() for name, hit in found.items()}, **told})


@routes.post("/api/ai/v1/sentiment")
async def sentiment(request: web.Request) -> web.Response:
    """Judge a text by its friendly and unfriendly words."""
    body = await json_object(request)
    return answer({"type": "DEFAULT", "sentiment": _mood(_words_of(body)), **_judged(body)})


@routes.post("/api/ai/v1/targeted-sentiment")
async def targeted_sentiment(request: web.Request) -> web.Response:
    """Judge each topic by the words of the sentences that name it."""
    body = await json_object(request)
    _words_of(body)
    topics = body.get("topics")
    topics = array_of(dict, topics, "Required: topics, an array of objects with a topic", empty=False)
    sentences = [_words(sentence) for said in _texts_of(body) for sentence in re.split(r"[.!?]", said)]
    moods = {}
    for topic in topics:
        name = text(topic, "topic")
        about = [words for words in sentences if _words(name.replace("_", " ")) & words]
        moods[name] = _mood(frozenset().union(*about)) if about else "not_applicable"
    return answer({"type": "TARGETED", "topicSentiments": moods, **_judged(body)})


@routes.post("/api/ai/v1/embedding/text")
async def embed_text(request: web.Request) -> web.Response:
    """Return a vector for each text: near to each other for texts that share words."""
    body = await json_object(request)
    texts = body.get("input")
    texts = array_of(str, texts, "Required: input, an array of strings", empty=False)
    return _embedded(body, [each.lower().split() for each in texts])


@routes.post("/api/ai/v1/embedding/image")
async def embed_images(request: web.Request) -> web.Response:
    """Return a vector for each picture, the same for the same picture. One may also come alone, as ``image``."""
    body = await json_object(request)
    images = [body["image"]] if "image" in body else body.get("input")
    images = array_of(object, images, "Required: input, an array of images", empty=False)
    return _embedded(body, [[_image(each).hex()] for each in images])


def _texts_of(body: dict[str, Any]) -> list[str]:
    """Return the texts of what is to be judged."""
    contents = body.get("input")
    contents = array_of(dict, contents, "Required: input, an array of objects with a type", empty=False)
    return [str(each["text"]) for each in contents if "text" in each]


def _words_of(body: dict[str, Any]) -> frozenset[str]:
    return frozenset().union(*map(_words, _texts_of(body)))


def _words(said: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", said.lower()))


def _mood(said: frozenset[str]) -> str:
    balance = len(said & _FRIENDLY) - len(said & _UNFRIENDLY)
    return "positive" if balance > 0 else "negative" if balance < 0 else "neutral"


def _judged(body: dict[str, Any]) -> dict[str, Any]:
    """Return what answers of a judgement tell beside it."""
    common = _common(body, _CHAT_MODEL)
    told = {"model": common["modelId"], "sessionId": common["sessionId"], "isCustomerModel": False}
    return {**told, "requestId": str(uuid.uuid4()), "modelProviderUsage": None}


def _embedded(body: dict[str, Any], inputs: list[list[str]]) -> web.Response:
    size = whole_number(body.get("dimensions"), "dimensions", _DIMENSIONS)
    if not 0 < size <= _MOST_DIMENSIONS:
        raise HTTPError(400, f"dimensions must be from 1 to {_MOST_DIMENSIONS}")
    told = {"modelId": _common(body, _EMBEDDING_MODEL)["modelId"]}
    words = " ".join(word for words in inputs for word in words)
    return answer(
        {"embeddings": [vector(words, size) for words in inputs], **told, "modelProviderUsage": _usage(words, "")}
    )


def _last_said(body: dict[str, Any]) -> str:
    """Return the texts of the last message."""
    messages = body.get("input")
    messages = array_of(dict, messages, "Required: input, an array of messages", empty=False)
    for message in messages:
        contents = message.get("content")
        if not isinstance(contents, list) or not all(isinstance(each, dict) and "type" in each for each in contents):
            raise HTTPError(400, "A message has content, an array of objects with a type")
        if message.get("role", "USER") not in _ROLES:
            raise HTTPError(400, f"role must be one of {', '.join(_ROLES)}")
    return " ".join(str(each["text"]) for each in messages[-1]["content"] if "text" in each)


def _chat_answer(body: dict[str, Any], content: list[dict[str, Any]], reason: str, said: str) -> web.Response:
    written = " ".join(str(each.get("text", "")) for each in content)
    told = {"content": content, "stopReason": reason, "isCustomerModel": False, "requestId": str(uuid.uuid4())}
    return answer({**told, **_common(body, _CHAT_MODEL), "modelProviderUsage": _usage(said, written)})


def _image(given: Any) -> bytes:
    """Return a picture's bytes."""
    try:
        return b64decode(text(given if isinstance(given, dict) else {}, "data"), validate=True)
    except ValueError as error:
        raise HTTPError(400, "An image has data, which is base64") from error


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
    prompt = _prompt(body)
    # As instances do, which call the choices deprecated.
    told = {"prompt": prompt, "choices": [{"output": output}], "output": output, "isCustomerModel": False}
    return answer({**told, **_common(body, model), "modelProviderUsage": _usage(prompt, output)})


def _common(body: dict[str, Any], model: str) -> dict[str, Any]:
    """Return what all answers tell: the model and the session, a new one where none is named."""
    if not isinstance(body.get("modelConfiguration", {}), dict):
        raise HTTPError(400, "modelConfiguration must be an object")
    session = text(body, "sessionId") if "sessionId" in body else str(uuid.uuid4())
    return {"modelId": text(body, "model") if "model" in body else model, "sessionId": session}


def _usage(prompt: str, output: str) -> dict[str, Any]:
    """Return what a request costs: a token a word."""
    used, written = len(prompt.split()), len(output.split())
    return {"inputTokens": used, "outputTokens": written, "totalTokens": used + written, "reasoningTokens": 0}


def _table(schema: Any) -> Table:
    columns = schema.get("columns") if isinstance(schema, dict) else None
    columns = array_of(dict, columns, "A schema must be an object with dataSourceName and columns")
    return Table(
        text(schema, "dataSourceName"),
        tuple(Column(text(column, "name"), text(column, "type").upper()) for column in columns),
        str(schema.get("description") or ""),
    )
