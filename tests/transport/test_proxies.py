"""What lies between a client and its instance in a company: proxies, authorities, client certificates."""

from __future__ import annotations

import base64
import pickle
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
import trustme

from domo_async import (
    CertificateError,
    ClientCertificate,
    ConfigError,
    ConnectError,
    Domo,
    ProxyError,
    Secret,
    Settings,
    TransportError,
)
from domo_async import TimeoutError as DomoTimeout
from domo_async._transport.proxies import Proxies
from domo_async.emulator import Emulator
from tests.support import TOKEN, SkippingClock, listening, raw_answer, raw_server
from tests.transport.proxying import (
    ForwardProxy,
    TlsServer,
    certified,
    demanding_server,
    forward_proxy,
    quiet_loop,
    tls_server,
)

PASSWORD = "hush/it: is s3cret"
QUOTED = "hush%2Fit%3A%20is%20s3cret"
LOGIN = f"me:{PASSWORD}"
BASIC = base64.b64encode(LOGIN.encode()).decode()
E = TypeVar("E", bound=TransportError)
ACME = "acme.domo.com"
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Acme Traffic Inspection")


@pytest.fixture(scope="module")
def ca(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "company.pem"
    authority.cert_pem.write_to_path(path)
    return path


@asynccontextmanager
async def behind(authority: trustme.CA, **options: Any) -> AsyncIterator[tuple[ForwardProxy, TlsServer]]:
    """acme.domo.com, to which only a proxy leads."""
    async with tls_server(certified(authority, ACME)) as instance, forward_proxy(**options) as proxy:
        proxy.reaches = ("127.0.0.1", int(instance.url.rpartition(":")[2]))
        yield proxy, instance


async def ask(origin: str, **options: Any) -> object:
    settings = Settings(**{"clock": SkippingClock(), **options})
    async with Domo(origin, token=TOKEN, settings=settings) as domo:
        return await domo.request("GET", "/api/x")


async def failure(kind: type[E], origin: str, **options: Any) -> E:
    clock = SkippingClock()
    with pytest.raises(kind) as caught, quiet_loop():
        await ask(origin, **{"clock": clock, **options})
    assert caught.value.passing or not clock.slept, "what cannot get better is not tried again"
    error: E = pickle.loads(pickle.dumps(caught.value))
    for secret in (PASSWORD, QUOTED, BASIC, TOKEN):
        assert secret not in f"{error} {error!r} {vars(error)}"
    return error


# Proxies


@pytest.mark.parametrize("named", ["settings", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_an_instance_is_reached_through_a_tunnel_that_sees_no_token(named, authority, ca, monkeypatch):
    async with behind(authority, login=LOGIN) as (proxy, instance):
        address = proxy.address(f"me:{QUOTED}")
        if named != "settings":
            # A variable is often without a scheme.
            monkeypatch.setenv(named, address.removeprefix("http://"))
        settings = {"proxy": address} if named == "settings" else {}

        assert "hello" == await ask(ACME, ca=ca, **settings)

    assert [f"CONNECT {ACME}:443 HTTP/1.1"] == proxy.lines
    assert f"Proxy-Authorization: Basic {BASIC}" in proxy.heads[0]
    assert TOKEN not in proxy.heads[0]
    assert TOKEN.encode() not in proxy.passed
    assert f"X-DOMO-Developer-Token: {TOKEN}" in instance.heads[0]
    assert "proxy-authorization" not in instance.heads[0].lower()


async def test_a_proxy_may_speak_tls_itself(authority, ca):
    async with behind(authority, login=LOGIN, context=certified(authority)) as (proxy, instance):
        assert "hello" == await ask(ACME, ca=ca, proxy=proxy.address(f"me:{QUOTED}"))
        assert proxy.url.startswith("https://")
        error = await failure(CertificateError, ACME, proxy=proxy.url)

    assert TOKEN not in "".join(proxy.heads)
    assert "certificate of localhost" in str(error)
    assert 1 == len(instance.heads)


async def test_a_netrc_file_is_not_read(authority, ca, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login a password b\nmachine {ACME} login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with behind(authority) as (proxy, instance):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert "hello" == await ask(ACME, ca=ca)

    assert "authorization" not in (proxy.heads[0] + instance.heads[0]).lower()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "x.localhost"])
def test_the_environment_leads_to_no_proxy_for_this_machine(host, monkeypatch):
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name, "http://proxy.example.com:3128")

    assert Proxies.of(None, (), environment=True).leading_to(f"http://{host}:8080") is None
    assert Proxies.of(None, (), environment=False).leading_to(f"https://{ACME}") is None


async def test_an_embedded_instance_is_reached_whatever_the_environment_says_and_by_a_proxy_if_asked(monkeypatch):
    async with raw_server(lambda *_: raw_answer("{}")) as proxy, Emulator() as emulator:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        async with emulator.client() as domo:
            assert (await domo.users.me()).id
        assert [] == proxy.heads

        assert {} == await ask(emulator.url, proxy=proxy.url)
        assert proxy.heads[0].startswith(f"GET {emulator.url}/api/x ")


def test_a_token_in_the_clear_is_told_to_no_other_machine():
    with pytest.raises(ConfigError, match="would read the token"):
        Domo("http://127.0.0.1:8080", token=TOKEN, settings=Settings(proxy="http://proxy.example.com:3128"))


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("*", True),
        ("acme.domo.com", True),
        ("ACME.DOMO.COM.", True),
        ("domo.com", True),
        (".domo.com", True),
        ("*.domo.com", True),
        ("localhost, .domo.com", True),
        ("localhost .domo.com", True),
        ("domo.com:443", True),
        ("domo.com:8443", False),
        ("omo.com", False),
        ("acme", False),
        ("domo.com.evil.example", False),
        ("10.0.0.0/8", False),
        ("", False),
        (",, ,", False),
        (":443", False),
    ],
)
def test_no_proxy_names_hosts(no_proxy, direct, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)

    assert direct == (Proxies.of(None, (), environment=True).leading_to(f"https://{ACME}") is None)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.9.9.9/8", "10.1.2.3"),
        ("10.1.2.3:443", "10.1.2.3"),
        ("2001:db8::1", "[2001:db8::1]"),
        ("[2001:DB8::1]:443", "[2001:db8:0::1]"),
        ("2001:db8::/32", "[2001:db8::7]"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_no_proxy_names_addresses_networks_and_names_of_all_scripts(no_proxy, host):
    proxies = Proxies.of(None, Settings(no_proxy=no_proxy).no_proxy, environment=True)
    found = Proxies(proxies.fixed, Secret({"https": "proxy:1"}), proxies.exceptions)

    assert found.leading_to(f"https://{host}/x") is None
    assert found.leading_to("https://10.200.0.1:9/x" if "/8" not in no_proxy else "https://11.0.0.1/") is not None


async def test_settings_name_exceptions_for_the_proxy_that_they_name(authority, ca):
    async with tls_server(certified(authority, "localhost")) as instance, forward_proxy() as proxy:
        assert "hello" == await ask(instance.url, ca=ca, proxy=proxy.url, no_proxy=["localhost"])
        assert [] == proxy.heads

        assert "hello" == await ask(instance.url, ca=ca, proxy=proxy.url, no_proxy=["other"])
        assert 1 == len(proxy.heads)


@pytest.mark.parametrize(
    ("value", "words"),
    [("socks5://127.0.0.1:1080", "SOCKS is not supported"), (f"ftp://me:{QUOTED}@x", "URL of an HTTP proxy")],
)
def test_a_proxy_of_the_environment_that_cannot_be_one_is_told_before_anything_is_sent(value, words, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", value)

    with pytest.raises(ConfigError, match=f"ALL_PROXY.*{words}.*NO_PROXY") as caught:
        Domo("acme", token=TOKEN)
    assert QUOTED not in str(caught.value)
    Domo("acme", token=TOKEN, settings=Settings(trust_env=False))
    Domo("http://127.0.0.1:1", token=TOKEN)


async def test_a_redirect_takes_its_own_way_and_tells_nobody_the_login_or_the_token_of_another(monkeypatch):
    async with forward_proxy() as proxy, raw_server(lambda *_: raw_answer("{}")) as other:
        proxy.refusal = raw_answer('"from elsewhere"')
        monkeypatch.setenv("HTTP_PROXY", proxy.address(f"me:{QUOTED}"))

        def answer(_number: int, _path: str) -> bytes:
            return raw_answer("", "Location: http://files.example.net/x", status="302 Found")

        async with raw_server(answer) as instance:
            assert "from elsewhere" == await ask(instance.url)
        assert [] == other.heads

    assert ["GET http://files.example.net/x HTTP/1.1"] == proxy.lines
    assert BASIC in proxy.heads[0]
    assert TOKEN not in proxy.heads[0]
    assert BASIC not in instance.heads[0]


async def test_a_session_of_the_caller_s_keeps_its_say(authority, ca, monkeypatch):
    async with behind(authority, login=LOGIN) as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy.address(f"me:{QUOTED}"))
        for trusting in (True, False):
            async with aiohttp.ClientSession(trust_env=trusting) as session:
                connection = Domo(ACME, token=TOKEN, session=session, settings=Settings(ca=ca))._transport._connection
                assert trusting == (connection._proxy is not None)
                if trusting:
                    async with Domo(ACME, token=TOKEN, session=session, settings=Settings(ca=ca)) as domo:
                        assert "hello" == await domo.request("GET", "/api/x")


# Words for what goes wrong


@pytest.mark.parametrize(("login", "words"), [(None, "wants a name and password"), ("me:wrong", "does not accept")])
async def test_a_wrong_login_is_told(login, words, authority, ca):
    async with behind(authority, login=LOGIN) as (proxy, instance):
        error = await failure(ProxyError, ACME, ca=ca, proxy=proxy.address(login))

    assert 407 == error.status
    assert words in str(error)
    assert proxy.url in str(error)
    assert [] == instance.heads


async def test_a_login_that_the_proxy_wants_for_what_is_not_encrypted_is_told_too():
    async with forward_proxy(login=LOGIN) as proxy:
        error = await failure(ProxyError, "http://127.0.0.1:9", proxy=proxy.url)

    assert "wants a name and password" in str(error)


async def test_a_login_of_a_kind_that_is_not_supported_is_told():
    refusal = raw_answer("", "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM", status="407 Log in")
    async with forward_proxy(refusal=refusal) as proxy:
        error = await failure(ProxyError, ACME, proxy=proxy.address("a:b"))

    assert "Negotiate, NTLM" in str(error)
    assert "px or cntlm" in str(error)


async def test_a_host_that_the_proxy_refuses_is_told_with_its_reason_made_harmless():
    reason = f"Blocked \x1b[31m{'by policy ' * 90} {PASSWORD}"
    async with forward_proxy(refusal=raw_answer("", status=f"403 {reason}")) as proxy:
        error = await failure(ProxyError, ACME, proxy=proxy.address(f"me:{QUOTED}"))

    told = str(error)
    assert 403 == error.status
    assert "refuses to connect to acme.domo.com:443 (403 Blocked" in told
    assert "\x1b" not in told
    assert len(told) < 700


@pytest.mark.parametrize(
    ("header", "passing"), [("X-A: b", True), ("X-Squid-Error: ERR_DNS_FAIL 0", False)], ids=["busy", "no such name"]
)
async def test_a_proxy_that_does_not_reach_the_host_is_asked_again_if_that_may_help(header, passing):
    async with forward_proxy(refusal=raw_answer("", header, status="503 Service Unavailable")) as proxy:
        error = await failure(ProxyError, ACME, proxy=proxy.url)

    assert passing == error.passing
    assert (5 if passing else 1) == len(proxy.heads)


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://127.0.0.1:1", "cannot be reached.*refused"), ("http://nowhere.invalid:3128", "cannot be reached")],
)
async def test_a_proxy_that_cannot_be_reached_is_told(address, words, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", address)
    error = await failure(ProxyError, ACME)

    assert error.status is None
    assert "HTTPS_PROXY" in str(error)
    with pytest.raises(ProxyError, match=words):
        raise error


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
async def test_what_is_not_a_proxy_is_told(said):
    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async with listening(serve) as origin:
        error = await failure(ProxyError, ACME, proxy=origin)

    assert "when it was asked to connect" in str(error)


async def test_a_proxy_that_never_answers_is_told():
    async def serve(reader, _writer) -> None:
        await reader.read()

    from domo_async import Retries, Timeouts

    async with listening(serve) as origin:
        quick: dict[str, Any] = {"timeouts": Timeouts(connect=0.05), "retries": Retries(attempts=1)}
        error = await failure(DomoTimeout, ACME, proxy=origin, **quick)

    assert f"through the proxy {origin}" in str(error)


async def test_an_authority_that_is_not_trusted_is_named_with_the_remedy(authority):
    async with behind(authority) as (proxy, instance):
        error = await failure(CertificateError, ACME, proxy=proxy.url)

    assert error.issuer is not None
    assert "Acme Traffic Inspection" in error.issuer
    assert "Acme Traffic Inspection" in str(error)
    assert "--ca FILE" in str(error)
    assert [] == instance.heads


async def test_a_certificate_that_has_expired_or_is_another_s_is_told(authority, ca):
    past = datetime(2020, 1, 2, tzinfo=UTC)
    async with (
        tls_server(certified(authority, "localhost", not_after=past, not_before=past.replace(year=2019))) as old,
        tls_server(certified(authority, "other.example.com", "else.example.com")) as other,
    ):
        expired = await failure(CertificateError, old.url, ca=ca)
        misnamed = await failure(CertificateError, other.url, ca=ca)

    assert "has expired (Jan  2 00:00:00 2020 GMT)" in str(expired)
    assert "for other.example.com, else.example.com, not for localhost" in str(misnamed)


async def test_what_does_not_speak_tls_is_told():
    async def serve(_reader, writer) -> None:
        writer.write(raw_answer("", status="400 Bad Request"))

    async with listening(serve) as origin:
        error = await failure(ConnectError, origin.replace("http:", "https:"))

    assert "does not speak TLS" in str(error)


# Authorities and client certificates


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_the_environment_names_authorities(variable, authority, ca, monkeypatch, tmp_path):
    async with tls_server(certified(authority)) as server:
        monkeypatch.setenv(variable, str(ca))
        assert "hello" == await ask(server.url)
        await failure(CertificateError, server.url, trust_env=False)

        monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
        with pytest.raises(ConfigError, match=f"{variable}.*missing.pem.*cannot be read"):
            await ask(server.url)


def hash_of(certificate: Path) -> str:
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    return str(subprocess.run(command, capture_output=True, text=True, check=True).stdout).strip()


async def test_an_authority_is_a_pem_or_der_file_or_a_hashed_directory(authority, ca, tmp_path, monkeypatch):
    der = tmp_path / "company.cer"
    der.write_bytes(ssl.PEM_cert_to_DER_cert(ca.read_text()))
    hashed, plain = tmp_path / "hashed", tmp_path / "plain"
    hashed.mkdir()
    plain.mkdir()
    # What `openssl rehash` names it, by its subject.
    (hashed / f"{hash_of(ca)}.0").write_bytes(ca.read_bytes())
    async with tls_server(certified(authority)) as server:
        for path in (ca, str(ca), der, hashed):
            assert "hello" == await ask(server.url, ca=path)
        monkeypatch.setenv("SSL_CERT_DIR", str(hashed))
        assert "hello" == await ask(server.url)
    for path, words in ((plain, "openssl rehash"), (tmp_path / "x", "cannot be read"), (Path(__file__), "PEM or DER")):
        with pytest.raises(ConfigError, match=words):
            Domo("acme", token=TOKEN, settings=Settings(ca=path))


@pytest.fixture(scope="module")
def client_files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from cryptography.hazmat.primitives import serialization as forms

    folder, issued = tmp_path_factory.mktemp("client"), authority.issue_cert("client@example.com")
    key = forms.load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.BestAvailableEncryption(PASSWORD.encode())
    )
    files = {
        "cert": issued.cert_chain_pems[0].bytes(),
        "key": issued.private_key_pem.bytes(),
        "both": issued.private_key_and_cert_chain_pem.bytes(),
        "locked": locked,
        "other": trustme.CA().issue_cert("x").private_key_pem.bytes(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


async def test_a_client_proves_itself_to_the_instance_alone(authority, ca, client_files):
    demanding = certified(authority)
    authority.configure_trust(demanding)
    cert, key, both, locked = (client_files[name] for name in ("cert", "key", "both", "locked"))
    with demanding_server(demanding) as instance:
        for given in (both, ClientCertificate(cert, key), ClientCertificate(cert, str(locked), password=PASSWORD)):
            assert "hello" == await ask(instance, ca=ca, cert=given)
            assert PASSWORD not in repr(Settings(cert=given))

        missing = await failure(CertificateError, instance, ca=ca)
        assert "demands a client certificate" in str(missing)

        # Another host that demands it is not shown it.
        async with tls_server(certified(authority)) as first:
            first.answer = raw_answer("", f"Location: {instance}/api/y", status="302 Found")
            error = await failure(CertificateError, first.url, ca=ca, cert=both)
        assert "demands a client certificate" in str(error)


async def test_the_environment_names_the_client_s_certificate(authority, ca, client_files, monkeypatch):
    demanding = certified(authority)
    authority.configure_trust(demanding)
    monkeypatch.setenv("DOMO_CLIENT_CERT", str(client_files["cert"]))
    monkeypatch.setenv("DOMO_CLIENT_KEY", str(client_files["locked"]))
    with demanding_server(demanding) as instance:
        with pytest.raises(ConfigError, match="DOMO_CLIENT_KEY_PASSWORD"):
            await ask(instance, ca=ca)
        monkeypatch.setenv("DOMO_CLIENT_KEY_PASSWORD", PASSWORD)

        assert "hello" == await ask(instance, ca=ca)


async def test_an_authority_that_is_renewed_in_its_file_is_read_again(authority, ca, tmp_path):
    path = tmp_path / "company.pem"
    trustme.CA().cert_pem.write_to_path(path)
    async with tls_server(certified(authority)) as server:
        await failure(CertificateError, server.url, ca=path)
        path.write_bytes(ca.read_bytes() + b"\n")

        assert "hello" == await ask(server.url, ca=path)


@pytest.mark.parametrize(
    ("key", "password", "words"),
    [
        ("other", None, "not that of the certificate"),
        ("locked", None, "is encrypted: give its password"),
        ("locked", "wrong-password", "cannot be loaded"),
        ("missing", None, "No such file"),
    ],
)
def test_a_client_certificate_that_cannot_be_used_is_told_before_anything_is_sent(key, password, words, client_files):
    given = ClientCertificate(client_files["cert"], client_files["cert"].with_name(key), password=password)

    with pytest.raises(ConfigError, match=words) as caught:
        Domo("acme", token=TOKEN, settings=Settings(cert=given))
    assert "wrong-password" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Settings(ca=7),
        lambda: Settings(cert=7),
        lambda: Settings(no_proxy=7),
        lambda: Settings(no_proxy=[""]),
        lambda: Settings(trust_env="no"),  # type: ignore[arg-type]
        lambda: Settings(ca="x.pem", tls=ssl.create_default_context()),
        lambda: Settings(proxy=f"http://a%3Ab:{QUOTED}@proxy:3128"),
        lambda: Settings(proxy="http://proxy:3128\r\n"),
        lambda: ClientCertificate(None),
    ],
)
def test_settings_that_make_no_sense_are_told(make):
    with pytest.raises(ConfigError) as caught:
        make()
    assert QUOTED not in str(caught.value)


async def test_an_embedded_instance_with_tls_is_trusted_by_its_authority_s_file(tmp_path):
    async with Emulator(tls=True, data=tmp_path) as emulator, forward_proxy(login=LOGIN) as proxy:
        authority = next(tmp_path.rglob("authority.pem"))
        settings = Settings(ca=authority, proxy=proxy.address(f"me:{QUOTED}"))
        async with Domo(emulator.url, token=emulator.token, settings=settings) as domo:
            assert (await domo.users.me()).id

        assert [f"CONNECT {emulator.url.removeprefix('https://')} HTTP/1.1"] == proxy.lines
