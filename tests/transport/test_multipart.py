"""Forms: what other parsers make of them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import MIMEPart
from email.policy import HTTP

import pytest
from aiohttp import BodyPartReader, web

from domo_async import Retries
from domo_async._transport import Body, url
from tests.support import talking_to

NASTY = b"\r\n--boundary\r\n\r\n\x00\xff--\r\n"


def whole(body: Body) -> bytes:
    content = body.open()
    return content if isinstance(content, bytes) else b"".join(content)


def parsed(body: Body) -> list[MIMEPart]:
    message = message_from_bytes(f"Content-Type: {body.content_type}\r\n\r\n".encode() + whole(body), policy=HTTP)
    assert not message.defects
    return list(message.iter_parts())


async def received(body: Body, **options) -> list[list[tuple[str | None, str | None, str | None, bytes]]]:
    """Send a form, and return what a server makes of it each time: name, file name, media type and content."""
    tries = []

    async def handler(request: web.Request) -> web.Response:
        assert str(body.length) == request.headers["Content-Length"]
        form = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            form.append((part.name, part.filename, part.headers.get("Content-Type"), bytes(await part.read())))
        tries.append(form)
        return web.json_response(1, status=200 if len(tries) > 1 else 429, headers={"Retry-After": "0"})

    async with talking_to(handler, retries=Retries(attempts=2)) as domo:
        await domo._transport.request("POST", url("/api/x"), body=body)
    return tries


@pytest.fixture
def form():
    def slices():
        yield NASTY[:3]
        yield NASTY[3:]

    return Body.multipart(
        {
            "file": ("rules.txt", Body("text/plain", len(NASTY), slices)),
            "createFileRequest": (None, Body.json({"directoryPath": "ä"})),
            "empty": ("", Body.of(b"", "application/octet-stream")),
        }
    )


async def test_a_server_finds_every_field_each_time_that_a_form_is_sent(form):
    expected = [
        ("file", "rules.txt", "text/plain", NASTY),
        ("createFileRequest", None, "application/json", '{"directoryPath":"ä"}'.encode()),
        ("empty", "", "application/octet-stream", b""),
    ]

    assert [expected, expected] == await received(form)


def test_mail_programs_read_a_form_too(form):
    file, request, empty = parsed(form)

    assert (NASTY, "rules.txt", "text/plain") == (
        file.get_payload(decode=True),
        file.get_filename(),
        file.get_content_type(),
    )
    assert "createFileRequest" == request.get_param("name", header="Content-Disposition")
    assert request.get_filename() is None
    assert b"" == empty.get_payload(decode=True)


def test_the_length_is_that_of_the_bytes_each_time(form):
    first, second = whole(form), whole(form)

    assert form.length == len(first)
    assert first == second


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Übersicht €.txt", "Übersicht €.txt"),
        ('a "quoted" name', "a %22quoted%22 name"),
        ('"; name="other', "%22; name=%22other"),
        ("a\r\nX-Other: 1\r\n\r\nb", "a%0D%0AX-Other: 1%0D%0A%0D%0Ab"),
    ],
)
async def test_names_cannot_break_out_of_their_quotes(name, sent):
    body = Body.multipart({name: (name, Body.of(b"x", "text/plain")), "last": (None, Body.of(b"y", "text/plain"))})

    assert [(sent, sent, "text/plain", b"x"), ("last", None, "text/plain", b"y")] == (await received(body))[0]
    assert body.length == len(whole(body))
    if name.isascii():
        assert [sent, None] == [part.get_filename() for part in parsed(body)]


def test_two_forms_have_no_boundary_in_common():
    one, other = (Body.multipart({"a": (None, Body.of(b"", "text/plain"))}) for _ in range(2))

    assert one.content_type != other.content_type
