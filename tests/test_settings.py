"""Where the instance is and who calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import ConfigError, Domo, RateLimit, Retries, Secret, Settings, Timeouts
from domo_async._settings import Credentials, instance_origin


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("acme", "https://acme.domo.com"),
        (" acme ", "https://acme.domo.com"),
        ("acme.domo.com", "https://acme.domo.com"),
        ("ACME.domo.com", "https://acme.domo.com"),
        ("https://acme.domo.com/", "https://acme.domo.com"),
        ("https://acme.eu.domo.com", "https://acme.eu.domo.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_instance_can_be_named_in_several_ways(given, origin):
    assert origin == instance_origin(given)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "  ",
        "http://acme.domo.com",
        "http://127.0.0.1.evil.com",
        "ftp://acme.domo.com",
        "https://user:pw@acme.domo.com",
        "https://acme.domo.com/api",
        "https://acme.domo.com?x=1",
        "acme.domo.com/path",
        "https://",
        "a b",
        "-acme",
        "acme..domo.com",
        "https://acme.domo.com:port",
        None,
    ],
)
def test_an_address_that_is_not_an_instance_or_would_leak_the_token_is_refused(bad):
    with pytest.raises(ConfigError):
        instance_origin(bad)


@given(st.text())
def test_any_text_is_an_origin_or_a_config_error(text):
    try:
        origin = instance_origin(text)
    except ConfigError:
        return

    assert origin.startswith(("https://", "http://"))
    assert origin.isascii()
    assert not set(origin[8:]) & set("/?#@ \r\n")


@pytest.mark.parametrize(
    "tokens",
    [
        {},
        {"token": None},
        {"token": "a", "session_token": "b"},
        {"token": ""},
        {"token": "line\nend"},
        {"token": "töken"},
        {"token": " a"},
    ],
)
def test_exactly_one_proper_token_is_needed(tokens):
    with pytest.raises(ConfigError):
        Domo("acme", **tokens)


def test_the_environment_names_instance_and_token(monkeypatch):
    for name in ("DOMO_INSTANCE", "DOMO_BASE_URL", "DOMO_DEVELOPER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="DOMO_INSTANCE"):
        Domo.from_env()
    monkeypatch.setenv("DOMO_INSTANCE", "acme")
    with pytest.raises(ConfigError, match="DOMO_DEVELOPER_TOKEN"):
        Domo.from_env()
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", "t")

    assert "https://acme.domo.com" == Domo.from_env().origin

    monkeypatch.setenv("DOMO_BASE_URL", "http://127.0.0.1:1")
    assert "http://127.0.0.1:1" == Domo.from_env().origin


@pytest.mark.parametrize(
    "make",
    [
        lambda: Timeouts(read=0),
        lambda: Retries(attempts=0),
        lambda: Retries(first_delay=-1),
        lambda: RateLimit(0),
        lambda: Settings(connections=0),
    ],
)
def test_settings_that_make_no_sense_are_refused(make):
    with pytest.raises(ConfigError, match="must be"):
        make()


def test_credentials_do_not_show_their_token():
    assert "sesame" not in repr(Credentials.of(token=Secret("sesame"), session_token=None))


def test_a_proxy_s_password_is_not_shown():
    assert "hush" not in repr(Settings(proxy="http://me:hush@proxy:3128"))


def test_the_token_goes_in_the_clear_to_named_hosts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    named = Settings(plain_http=["Domo"])

    assert "http://domo:8080" == instance_origin("http://domo:8080", named)
    with pytest.raises(ConfigError, match="DOMO_PLAIN_HTTP=other"):
        instance_origin("http://other:8080", named)
    monkeypatch.setenv("DOMO_PLAIN_HTTP", "other, third")
    assert "http://other:8080" == instance_origin("http://other:8080", named)
    with pytest.raises(ConfigError, match="unencrypted"):
        instance_origin("http://other:8080", Settings(plain_http="domo", trust_env=False))
    for unfit in ("*", ".corp.example.com", "http://domo", "domo:8080/"):
        with pytest.raises(ConfigError, match="exact names"):
            Settings(plain_http=[unfit])
