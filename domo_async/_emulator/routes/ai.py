"""AI services, without a model: their output is emulator-defined, and the same for the same request."""

from __future__ import annotations

import re
import uuid
from base64 import b64decode
from typing import Any

from aiohttp import web

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import answer, read_body
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

_COMMON: dict[str, Field[Any]] = {
    "modelConfiguration": Object(optional=True),
    "sessionId": Text(optional=True),
    "model": Text(optional=True),
}
_PROMPT: dict[str, Field[Any]] = {
    **_COMMON,
    "input": Text(),
    "parameters": Object(default={}),
    "system": Text(default="", empty=True),
}
_TABLE = Object(
    {
        "dataSourceName": Text(),
        "columns": Array(
            Object({"name": Text(), "type": Text()}),
            message="A schema must be an object with dataSourceName and columns",
        ),
    },
    message="A schema must be an object with dataSourceName and columns",
)
_IMAGE = Object({"data": Text()})
_SUMMARY: dict[str, Field[Any]] = {
    **_PROMPT,
    "outputStyle": OneOf(_STYLES, upper=True, default="PARAGRAPH"),
    "outputWordLength": Object(
        {"min": WholeNumber(default=0), "max": WholeNumber(optional=True)},
        default={},
        words="an object with min and max",
    ),
}
_CHAT: dict[str, Field[Any]] = {
    **_COMMON,
    "input": Array(
        Object(
            {
                "content": Array(
                    Object(has=("type",)), message="A message has content, an array of objects with a type"
                ),
                "role": OneOf(_ROLES, default="USER"),
            }
        ),
        least=1,
        words="an array of messages",
    ),
}
_JUDGED: dict[str, Field[Any]] = {**_COMMON, "input": Array(Object(), least=1, words="an array of objects with a type")}
_CLASSES: dict[str, Field[Any]] = {
    **_JUDGED,
    "labels": Array(Object({"label": Text()}), least=2, words="an array of at least two objects with a label"),
    "classificationType": OneOf(("SINGLE_LABEL", "MULTI_LABEL"), words="SINGLE_LABEL or MULTI_LABEL"),
}
_TOPICS = Array(Object({"topic": Text()}), least=1, words="an array of objects with a topic")
_VECTORS: dict[str, Field[Any]] = {
    **_COMMON,
    "dimensions": WholeNumber(default=_DIMENSIONS, least=1, most=_MOST_DIMENSIONS),
}


@routes.post("/api/ai/v1/text/generation")
async def generate(request: web.Request) -> web.Response:
    """Answer a prompt with the prompt itself, filled in, so that a test sees what a model would have been asked."""
    body = await read_body(request, Object(_PROMPT))
    return _written(body, f"An emulated answer to: {_prompt(body)}", _CHAT_MODEL)


@routes.post("/api/ai/v1/text/sql")
async def write_sql(request: web.Request) -> web.Response:
    """Make SQL of a question's words: columns, sums and the like, groups, comparisons, the top few."""
    schemas = Array(_TABLE, least=1, words="an array of schemas")
    body = await read_body(request, Object({**_PROMPT, "dataSourceSchemas": schemas}))
    return _written(body, to_sql(_prompt(body), [_table(each) for each in body["dataSourceSchemas"]]), _SQL_MODEL)


@routes.post("/api/ai/v1/text/summarize")
async def summarize(request: web.Request) -> web.Response:
    """Summarize a text by its most telling sentences; by default in a paragraph of at most 50 words."""
    body = await read_body(request, Object(_SUMMARY))
    style, length = body["outputStyle"], body["outputWordLength"]
    least = length["min"]
    most = length.get("max", max(least, _WORDS))
    if least > most:
        raise HTTPError(400, "outputWordLength.min must not be more than outputWordLength.max")
    return _written(body, summary(_prompt(body), style=style, least=least, most=most), _SUMMARY_MODEL)


@routes.post("/api/ai/v1/text/beastmode")
async def write_beast_mode(request: web.Request) -> web.Response:
    """Make a calculation of a question's words: the expression that the SQL for it would select."""
    body = await read_body(request, Object({**_PROMPT, "dataSourceSchema": _TABLE}))
    sql = to_sql(_prompt(body), [_table(body["dataSourceSchema"])])
    selected = sql.removeprefix("SELECT ").partition(" FROM ")[0]
    return _written(body, selected, _SQL_MODEL)


@routes.post("/api/ai/v1/image/text")
async def read_image(request: web.Request) -> web.Response:
    """Return the size of a picture, as no model looks at it."""
    question = Text(default="Read the text of the image")
    body = await read_body(request, Object({**_PROMPT, "input": question, "image": _IMAGE}))
    return _written(body, f"An emulated picture of {len(_image_bytes(body['image']))} bytes", _CHAT_MODEL)


@routes.post("/api/ai/v1/messages/chat")
async def chat(request: web.Request) -> web.Response:
    """Answer the last message with its own text."""
    body = await read_body(request, Object(_CHAT))
    said = _last_said(body)
    return _chat_answer(body, [{"type": "TEXT", "text": f"An emulated answer to: {said}"}], "END_TURN", said)


@routes.post("/api/ai/v1/messages/tools")
async def call_tools(request: web.Request) -> web.Response:
    """Ask for the first tool whose name's words are in the last message, or answer the message's own text."""
    body = await read_body(request, Object({**_CHAT, "tools": Array(Object({"name": Text()}))}))
    said, names = _last_said(body), [tool["name"] for tool in body["tools"]]
    name = next((name for name in names if set(name.lower().split("_")) <= set(said.lower().split())), None)
    if name is None:
        return _chat_answer(body, [{"type": "TEXT", "text": f"An emulated answer to: {said}"}], "END_TURN", said)
    asked = {"type": "TOOL_USE_REQUEST", "name": name, "toolInput": {}, "toolCallId": str(uuid.uuid4())}
    return _chat_answer(body, [asked], "TOOL_USE", said)


@routes.post("/api/ai/v1/classification")
async def classify(request: web.Request) -> web.Response:
    """Choose the labels whose words, or those of their descriptions, the text has most of."""
    body = await read_body(request, Object(_CLASSES))
    said, category = _words_of(body), body["classificationType"]
    scores = {
        label["label"]: len(said & _words(f"{label['label']} {label.get('description') or ''}"))
        for label in body["labels"]
    }
    best = max(scores.values())
    chosen = [label for label, score in scores.items() if score == best]
    output = chosen if category == "MULTI_LABEL" else chosen[:1]
    return answer({"output": output, "classificationType": category, **_judged(body)})


@routes.post("/api/ai/v1/extract")
async def extract(request: web.Request) -> web.Response:
    """Find the text behind each name and a colon, up to the end of the line or a comma; null if there is none."""
    body = await read_body(request, Object({**_JUDGED, "outputStructure": Object()}))
    said, wanted = "\n".join(_texts_of(body)), body["outputStructure"]
    found = {name: re.search(rf"\b{re.escape(name)}:[ \t]*([^,\n]+)", said, re.IGNORECASE) for name in wanted}
    payload = {key: value for key, value in _judged(body).items() if key != "sessionId"}
    return answer({"output": {name: hit and hit[1].strip() for name, hit in found.items()}, **payload})


@routes.post("/api/ai/v1/sentiment")
async def sentiment(request: web.Request) -> web.Response:
    """Judge a text by its friendly and unfriendly words."""
    body = await read_body(request, Object(_JUDGED))
    return answer({"type": "DEFAULT", "sentiment": _mood(_words_of(body)), **_judged(body)})


@routes.post("/api/ai/v1/targeted-sentiment")
async def targeted_sentiment(request: web.Request) -> web.Response:
    """Judge each topic by the words of the sentences that name it."""
    body = await read_body(request, Object({**_JUDGED, "topics": _TOPICS}))
    sentences = [_words(sentence) for said in _texts_of(body) for sentence in re.split(r"[.!?]", said)]
    moods = {}
    for topic in body["topics"]:
        name = topic["topic"]
        about = [words for words in sentences if _words(name.replace("_", " ")) & words]
        moods[name] = _mood(frozenset().union(*about)) if about else "not_applicable"
    return answer({"type": "TARGETED", "topicSentiments": moods, **_judged(body)})


@routes.post("/api/ai/v1/embedding/text")
async def embed_text(request: web.Request) -> web.Response:
    """Return a vector for each text: near to each other for texts that share words."""
    body = await read_body(request, Object({**_VECTORS, "input": Array(Text(empty=True), least=1)}))
    return _embedded(body, [each.lower().split() for each in body["input"]])


@routes.post("/api/ai/v1/embedding/image")
async def embed_images(request: web.Request) -> web.Response:
    """Return a vector for each picture, the same for the same picture. A single one may also come as ``image``."""
    images = Array(_IMAGE, least=1, words="an array of images")
    body = await read_body(request, Object({**_VECTORS, "image": Object(_IMAGE.members, optional=True)}))
    alone = [body["image"]] if "image" in body else None
    return _embedded(body, [[_image_bytes(each).hex()] for each in alone or images.check(body.get("input"), "input")])


def _texts_of(body: dict[str, Any]) -> list[str]:
    """Return the texts that are to be judged."""
    return [str(each["text"]) for each in body["input"] if "text" in each]


def _words_of(body: dict[str, Any]) -> frozenset[str]:
    return frozenset().union(*map(_words, _texts_of(body)))


def _words(said: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", said.lower()))


def _mood(said: frozenset[str]) -> str:
    balance = len(said & _FRIENDLY) - len(said & _UNFRIENDLY)
    return "positive" if balance > 0 else "negative" if balance < 0 else "neutral"


def _judged(body: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that an answer has beside the judgement."""
    common = _common(body, _CHAT_MODEL)
    payload = {"model": common["modelId"], "sessionId": common["sessionId"], "isCustomerModel": False}
    return {**payload, "requestId": str(uuid.uuid4()), "modelProviderUsage": None}


def _embedded(body: dict[str, Any], inputs: list[list[str]]) -> web.Response:
    payload = {"modelId": _common(body, _EMBEDDING_MODEL)["modelId"]}
    words = " ".join(word for words in inputs for word in words)
    return answer(
        {
            "embeddings": [vector(words, body["dimensions"]) for words in inputs],
            **payload,
            "modelProviderUsage": _usage(words, ""),
        }
    )


def _last_said(body: dict[str, Any]) -> str:
    """Return the texts of the last message."""
    return " ".join(str(each["text"]) for each in body["input"][-1]["content"] if "text" in each)


def _chat_answer(body: dict[str, Any], content: list[dict[str, Any]], reason: str, said: str) -> web.Response:
    written = " ".join(str(each.get("text", "")) for each in content)
    payload = {"content": content, "stopReason": reason, "isCustomerModel": False, "requestId": str(uuid.uuid4())}
    return answer({**payload, **_common(body, _CHAT_MODEL), "modelProviderUsage": _usage(said, written)})


def _image_bytes(image: dict[str, Any]) -> bytes:
    try:
        return b64decode(image["data"], validate=True)
    except ValueError as error:
        raise HTTPError(400, "An image has data, which is base64") from error


def _prompt(body: dict[str, Any]) -> str:
    """Return the text that a model would get: the template, filled in, or the input if there is no template."""
    # Domo's documentation calls the template a string, and shows an object.
    template = body.get("promptTemplate", "${input}")
    template = template.get("template") if isinstance(template, dict) else template
    template = Text(empty=True, message="promptTemplate must be an object with template, a string").check(template)
    return fill(template, {**body["parameters"], "input": body["input"], "system": body["system"]})


def _written(body: dict[str, Any], output: str, model: str) -> web.Response:
    prompt = _prompt(body)
    # Instances send the choices too, and call them deprecated.
    payload = {"prompt": prompt, "choices": [{"output": output}], "output": output, "isCustomerModel": False}
    return answer({**payload, **_common(body, model), "modelProviderUsage": _usage(prompt, output)})


def _common(body: dict[str, Any], model: str) -> dict[str, Any]:
    """Return the keys of all answers: the model and the session, a new one if the body does not name one."""
    return {"modelId": body.get("model", model), "sessionId": body.get("sessionId", str(uuid.uuid4()))}


def _usage(prompt: str, output: str) -> dict[str, Any]:
    """Return the cost of a request: a token a word."""
    used, written = len(prompt.split()), len(output.split())
    return {"inputTokens": used, "outputTokens": written, "totalTokens": used + written, "reasoningTokens": 0}


def _table(schema: dict[str, Any]) -> Table:
    return Table(
        schema["dataSourceName"],
        tuple(Column(column["name"], column["type"].upper()) for column in schema["columns"]),
        str(schema.get("description") or ""),
    )
