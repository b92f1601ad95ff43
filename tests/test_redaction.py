"""Secrets taken out of texts, in whatever form they are repeated."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import APIError
from domo_async._redaction import Redactor, is_secret_name, secret_values

SECRET = 'Token+with/all & "sorts" of=ü characters'
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapped": str.swapcase,
    "quoted": quote,
    "quoted whole": lambda text: quote(text, safe=""),
    "quoted twice": lambda text: quote(quote_plus(text)),
    "every byte quoted": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "escaped": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "HTML": html.escape,
    "HTML by number": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML by hexadecimal number": lambda text: "".join(f"&#x{ord(character):X};" for character in text),
    "hexadecimal": lambda text: text.encode().hex(),
    "Python": lambda text: repr(text.encode())[2:-1],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form(form):
    assert "before *** after" == Redactor([SECRET]).text(f"before {FORMS[form](SECRET)} after")


@given(before=st.binary(max_size=6), after=st.binary(max_size=6), is_for_urls=st.booleans())
def test_a_secret_is_found_amid_what_was_made_base64(before, after, is_for_urls):
    encode = base64.urlsafe_b64encode if is_for_urls else base64.b64encode
    code = encode(before + SECRET.encode() + after).decode()

    told = Redactor([SECRET]).text(code)

    assert "***" in told
    # What is left is of what stands before and after, and the bits that they share with it.
    assert len(told) - len("***") <= 4 * ((len(before) + len(after)) // 3 + 3)


def test_short_secrets_do_not_spoil_words():
    assert "*** in token, ***!" == Redactor(["tok"]).text("tok in token, TOK!")


def test_nothing_is_taken_out_where_there_are_no_secrets():
    assert "a text" == Redactor([""]).text("a text")


def test_an_error_is_redacted_in_all_that_it_has():
    error = APIError(status=400, message=SECRET, method="GET", path=f"/{SECRET}", code=SECRET, toe=SECRET, body=SECRET)
    error.more = {"k": [SECRET, (SECRET, 1)], SECRET: {SECRET}}  # type: ignore[attr-defined]

    told = Redactor([SECRET]).error(error)

    assert SECRET not in f"{told} {told!r} {told.__dict__}"


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("password", True),
        ("userPassword", True),
        ("client_secret", True),
        ("apiKey", True),
        ("X-Access-Key", True),
        ("Authorization", True),
        ("sessionToken", True),
        ("name", False),
        ("X-Request-Id", False),
        ("passed", False),
        ("primaryKey", False),
    ],
)
def test_names_tell_what_is_secret(name, is_secret):
    assert is_secret == is_secret_name(name)


def test_values_under_such_names_are_found_however_deep():
    value = {"name": "a", "list": [{"password": "b"}], "credentials": {"user": "c", "more": ["d", 1]}}

    assert {"b", "c", "d"} == secret_values(value)
