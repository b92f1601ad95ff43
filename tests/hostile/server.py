"""A server between the client and an embedded instance that hands on what it likes, and answers by script."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import html
import json
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import quote

import aiohttp
from attrs import define, field
from yarl import URL

from domo_async.emulator import Emulator
from tests.hostile.scripts import Misdeed, Script
from tests.support import listening, raw_answer

__all__ = ["HostileServer", "Seen", "hostile_server"]

GOOD = Script(skip=0, misdeeds=(), for_ever=False, greeting="")
REDIRECTS = {301, 302, 303, 307, 308}
REFUSALS = {400, 401, 403, 404, 405, 406, 409, 410, 412, 415, 422, 429, 503}
UNASKED = raw_answer('"NOT ASKED FOR"')
# As long as nobody waits who has a time-out.
FOR_EVER = 20.0
LARGE = 64 << 10
HANDED_ON = {"accept", "content-type", "content-encoding", "range", "if-range", "if-match"}


@define
class Seen:
    """One request that came whole.

    Attributes:
        method: Its method.
        target: Its path and query.
        head: Its head.
        body: Its body.
        effect: Whether the instance carried it out.
        put_off: Whether the answer says that nothing was taken, so that it may well come again.
    """

    method: str
    target: str
    head: str
    body: bytes
    effect: bool = False
    put_off: bool = False


@define
class Answer:
    """What is to be sent.

    Attributes:
        content: Its bytes.
        body_at: Where its body begins.
        closes: Whether the connection ends with it.
    """

    content: bytes
    body_at: int
    closes: bool


@define(eq=False, repr=False)
class HostileServer:
    """Answers by script, and keeps what came.

    Attributes:
        instance: The instance behind it.
        session: What it hands on through.
        url: Its origin.
        stranger: The origin of another server, to which it may redirect.
        script: What it does wrong.
        secrets: What it repeats.
        seen: The requests that came.
        lied: Whether it said what is not so, in a way that no client can tell.
        strangers: All that came to the other server.
    """

    instance: Emulator
    session: aiohttp.ClientSession
    url: str = ""
    stranger: str = ""
    script: Script = GOOD
    secrets: tuple[str, ...] = ("a-token-to-repeat",)
    seen: list[Seen] = field(factory=list)
    lied: bool = False
    strangers: list[bytes] = field(factory=list)
    _turn: int = 0

    def begin(self, script: Script, secrets: tuple[str, ...]) -> None:
        """Misbehave from now on."""
        self.script, self.secrets = script, secrets
        self.seen.clear()
        self.strangers.clear()
        self.lied = bool(script.greeting)
        self._turn = 0

    def end(self) -> None:
        """Behave from now on."""
        self.script = GOOD

    def effects(self, method: str, pattern: str) -> int:
        """Return how many requests of a kind took effect, but for those whose answers say that they did not."""
        kind = [seen for seen in self.seen if seen.method == method and re.search(pattern, seen.target)]
        return sum(seen.effect and not seen.put_off for seen in kind)

    def sent_again(self, method: str, pattern: str) -> list[str]:
        """Return which requests of a kind came again, though the first may have been taken."""
        kind = [seen for seen in self.seen if seen.method == method and re.search(pattern, seen.target)]
        return [f"{seen.method} {seen.target}" for seen in kind[:-1] if not seen.put_off]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        if self.script.greeting:
            writer.write(UNASKED if self.script.greeting == "answer" else b"\x16\x03\x01 hello\r\n\r\n")
        while await self._serve_one(reader, writer):
            pass
        writer.close()

    async def serve_strangers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what comes to another origin, and answer or send back."""
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            self.strangers.append(head + (await reader.readexactly(int(length[1])) if length else b""))
            back = b"/back" in head.split(b"\r\n")[0]
            if back:
                writer.write(raw_answer(b"", f"Location: {self.url}/api/elsewhere", status="302 Found"))
            else:
                writer.write(raw_answer('"of a stranger"', "Set-Cookie: planted=by-a-stranger"))

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target = head.split(" ", 2)[:2]
        deed = self._next(target)
        if deed is not None and deed.timing == "early":
            early = await self._answer(deed, Seen(method, target, head, b""), None)
            writer.write(early.content)
            await writer.drain()
        request = Seen(method, target, head, await _body(reader, head))
        self.seen.append(request)
        if target.startswith(("/api/echo/", "/api/elsewhere")):
            request.effect = True
            right: tuple[int, str, bytes] | None = (200, "application/json", json.dumps(target).encode())
        else:
            right = await self._hand_on(request) if deed is None or deed.acts else None
        if deed is None:
            assert right is not None
            writer.write(_plain(*right))
            await writer.drain()
            return True
        if deed.timing == "early":
            return deed.framing != "none"
        answer = await self._answer(deed, request, right)
        return await _send(reader, writer, answer, deed)

    def _next(self, target: str) -> Misdeed | None:
        """Return what to do wrong to the request that comes now."""
        script = self.script
        if not script.misdeeds or target.startswith("/api/echo/"):
            return None
        turn = self._turn - script.skip
        self._turn += 1
        if turn < 0 or (turn >= len(script.misdeeds) and not script.for_ever):
            return None
        return script.misdeeds[min(turn, len(script.misdeeds) - 1)]

    async def _hand_on(self, request: Seen) -> tuple[int, str, bytes]:
        """Have the instance carry a request out; return status, media type and body of its answer."""
        lines = [line.partition(":") for line in request.head.split("\r\n")[1:] if line]
        headers = {name: value.strip() for name, _, value in lines if name.lower() in HANDED_ON}
        headers["X-DOMO-Developer-Token"] = self.instance.token
        address = self.instance.url + request.target
        body = request.body or None
        async with self.session.request(
            request.method, URL(address, encoded=True), data=body, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
            request.effect = answer.status < 300
            return answer.status, answer.headers.get("Content-Type", "application/json"), content

    async def _answer(self, deed: Misdeed, request: Seen, right: tuple[int, str, bytes] | None) -> Answer:
        """Return an answer, and note whether it is a lie."""
        body, status = deed.body, deed.status
        if right is None and body == "right":
            body = "page"
        if status is None:
            status = right[0] if right is not None and body == "right" else 200 if body != "page" else 503
        kind, content = self._content(body, deed.form, request, right, status)
        coded = await _coded(deed.coding, content)
        headers = [("Content-Type", kind)]
        named = {"gzip cut": "gzip", "gzip with more": "gzip", "bomb": "gzip", "not gzip": "gzip"}
        named |= {"unknown": "x-made-up", "doubled": "gzip, gzip", "none": ""}
        if deed.coding and deed.coding != "none":
            headers.append(("Content-Encoding", named.get(deed.coding, deed.coding)))
        headers += [(name, self._filled(value, deed.form, request)) for name, value in deed.headers]
        headers += [(f"X-Many-{number}", "x" * 20) for number in range(deed.many)]
        self._note_lies(deed, body, status, request)
        return self._framed(deed, status, headers, coded)

    def _note_lies(self, deed: Misdeed, body: str, status: int, request: Seen) -> None:
        names = {name.lower() for name, _ in deed.headers}
        good = 200 <= status < 300
        refuses = status in REFUSALS and body in {"refusal", "reflection"}
        redirects = status in REDIRECTS and "location" in names
        # A limiter answers instead of handing on.
        request.put_off = status == 429 or redirects or refuses
        self.lied |= (
            (good and (body not in {"right", "page"} or (deed.timing == "early")))
            or (good and body == "right" and not request.effect)
            or (good and deed.coding == "bomb")
            or (good and deed.framing in {"short", "chunked twice", "twice", "two lengths"})
            or (good and deed.framing == "none" and deed.timing in {"close", "reset", "stall"})
            or (100 <= status < 200 and deed.framing == "two answers")
            or ((refuses or status == 429) and (request.effect or (deed.timing == "early" and deed.acts)))
            or redirects
        )

    def _content(
        self, body: str, form: str, request: Seen, right: tuple[int, str, bytes] | None, status: int
    ) -> tuple[str, bytes]:
        """Return the media type and the bytes of a body."""
        said = self._said(form, request)
        plain = right[2] if right is not None else b'{"id": 1, "name": "x"}'
        as_json = "application/json"
        if body == "right" and right is not None:
            return right[1], right[2]
        if body == "cut":
            return as_json, plain[: len(plain) // 2]
        if body == "reflection":
            facts = {"status": status, "message": said, "toe": said, "errorCode": said, said: said, "name": said}
            return as_json, json.dumps(facts).encode()
        made: dict[str, tuple[str, bytes]] = {
            "refusal": (as_json, json.dumps({"status": status, "message": said, "toe": "TOE"}).encode()),
            "page": ("text/html", f"<!DOCTYPE html><title>Down {said}</title><h1>{said}</h1>".encode()),
            "text": ("text/plain", f"blocked: {said}".encode()),
            "empty": (as_json, b""),
            "array": (as_json, f"[1, [], {{}}, {json.dumps(said)}]".encode()),
            "object": (as_json, b'{"a": {"b": [1, 2, {"c": null}]}}'),
            "null": (as_json, b"null"),
            "deep": (as_json, b"[" * 50_000 + b"]" * 50_000),
            "huge number": (as_json, b'{"id": ' + b"9" * 5_000 + b', "rowCount": 1e999}'),
            "not utf-8": (as_json, b'{"name": "\xff\xfe\xed\xa0\x80"}'),
            "not a number": (as_json, b'{"id": NaN, "n": -Infinity}'),
            "large": (as_json, b"[" + b"1," * LARGE + b"1]"),
        }
        return made[body]

    def _said(self, form: str, request: Seen) -> str:
        """Return all that was sent and is secret, in some form."""
        if form == "header":
            return request.head
        if form == "body":
            return request.body.decode("latin-1")
        return " ".join(written(secret, form) for secret in self.secrets)

    def _filled(self, value: str, form: str, request: Seen) -> str:
        here, there = self.url, self.stranger
        secret = written(self.secrets[0], "plain" if form in {"header", "body"} else form)
        host = there.removeprefix("http://")
        filled = value.replace("{stranger}", there).replace("{stranger_host}", host).replace("{here}", here)
        return filled.replace("{path}", request.target).replace("{token}", secret)

    def _framed(self, deed: Misdeed, status: int, headers: list[tuple[str, str]], body: bytes) -> Answer:
        """Return the bytes of an answer, whose body ends in a way of its own."""
        length, framing, after = len(body), deed.framing, b""
        lengths: dict[str, list[str]] = {
            "exact": [f"{length}"],
            "short": [f"{length // 2}"],
            "long": [f"{length + 10}"],
            "twice": [f"{length}", f"{length // 2}"],
            "two lengths": [f"{length}, {length + 1}"],
            "negative": ["-1"],
            "odd length": [f"+{length}"],
            "surplus": [f"{length}"],
            "two answers": [f"{length}"],
            "chunked and length": [f"{length // 2}"],
        }
        headers += [("Content-Length", value) for value in lengths.get(framing, [])]
        if "chunk" in framing:
            headers.append(("Transfer-Encoding", "chunked"))
            if framing == "chunked twice":
                headers.append(("Transfer-Encoding", "chunked"))
                body = _chunked(body)
            body = _chunked(body)
            if framing == "no last chunk":
                body = body.removesuffix(b"0\r\n\r\n")
            elif framing == "broken chunk":
                body = b"zz;" + written(self.secrets[0], "plain").encode() + b"\r\n" + body
        if framing == "surplus":
            after = b"and more of it"
        elif framing == "two answers":
            after = UNASKED
        reason = deed.reason.replace("{token}", self.secrets[0])
        lines = [f"HTTP/1.1 {status:03} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
        head = _before(deed.before) + "\r\n".join(lines).encode("utf-8", "surrogateescape")
        closes = framing in {"none", "long", "no last chunk"}
        return Answer(head + body + after, len(head), closes)


def _before(kind: str) -> bytes:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    return {
        "": b"",
        "continue": b"HTTP/1.1 100 Continue\r\n\r\n",
        "hints": hint,
        "hundred hints": hint * 100,
        "blank": b"\r\n\r\n",
        "garbage": b"\0\1garbage\r\n",
    }[kind]


def _plain(status: int, kind: str, content: bytes) -> bytes:
    return raw_answer(content, f"Content-Type: {kind}", status=f"{status} X")


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    pieces = [piece for piece in (body[:half], body[half:]) if piece]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@cache
def _bomb() -> bytes:
    """Return 64 MiB, as 64 KiB."""
    return gzip.compress(bytes(64 << 20), 9)


async def _coded(coding: str, content: bytes) -> bytes:
    if coding == "bomb":
        return await asyncio.to_thread(_bomb)
    packed = gzip.compress(content, 1)
    return {
        "gzip": packed,
        "gzip cut": packed[: len(packed) // 2],
        "gzip with more": packed + b"and more of it",
        "deflate": zlib.compress(content, 1),
        "doubled": gzip.compress(packed, 1),
    }.get(coding, content)


async def _body(reader: asyncio.StreamReader, head: str) -> bytes:
    length = re.search(r"(?i)content-length: *(\d+)", head)
    if length:
        return await reader.readexactly(int(length[1]))
    if not re.search(r"(?i)transfer-encoding: *chunked", head):
        return b""
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, deed: Misdeed) -> bool:
    """Send an answer in its time; return whether the connection goes on."""
    content = answer.content
    place = int(len(content) * deed.place)
    if deed.timing == "at once":
        writer.write(content)
    elif deed.timing == "byte by byte":
        # The body too, as far as it is short.
        for number in range(answer.body_at - 30, min(len(content), answer.body_at + 30)):
            first = content[: number + 1] if number == answer.body_at - 30 else content[number : number + 1]
            writer.write(first)
            await asyncio.sleep(0)
        writer.write(content[answer.body_at + 30 :])
    else:
        writer.write(content[:place])
        await writer.drain()
        if deed.timing == "stall":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FOR_EVER):
                    await reader.read()
        elif deed.timing == "reset":
            writer.transport.abort()
        return False
    await writer.drain()
    return not answer.closes


def written(secret: str, form: str) -> str:
    """Return a secret in a form in which a server may repeat it."""
    return {
        "upper": secret.upper(),
        "quoted": "".join(f"%{byte:02X}" for byte in secret.encode()),
        "twice quoted": quote("".join(f"%{byte:02x}" for byte in secret.encode())),
        "base64": base64.b64encode(secret.encode()).decode(),
        "base64 amid": base64.b64encode(f"u:{secret}:x".encode()).decode(),
        "json": "".join(f"\\u{ord(character):04x}" for character in secret),
        "html": "".join(f"&#{ord(character)};" for character in html.unescape(secret)),
        "hex": secret.encode().hex(),
    }.get(form, secret)


@asynccontextmanager
async def hostile_server(instance: Emulator) -> AsyncIterator[HostileServer]:
    """Serve between a client and an instance, with another origin beside it."""
    async with aiohttp.ClientSession(auto_decompress=True) as session:
        server = HostileServer(instance, session)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, ValueError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
                await server.serve(reader, writer)
            writer.close()  # in hours of trying, there would be too many open

        async with listening(serve) as server.url, listening(server.serve_strangers) as other:
            # Another name, as cookies do not tell ports apart.
            server.stranger = other.replace("127.0.0.1", "localhost")
            yield server
