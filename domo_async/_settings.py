"""The client's settings, one frozen object whose options have sane defaults, and the instance's address."""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from attrs import Attribute, field, frozen
from attrs.validators import optional

from domo_async._clock import Clock, SystemClock
from domo_async._redaction import Secret, keeps_secret
from domo_async._telemetry import Telemetry
from domo_async._tracebacks import shorten_methods
from domo_async._wire import Record
from domo_async.errors import ConfigError

__all__ = [
    "AppAccess",
    "ClientCertificate",
    "Credentials",
    "RateLimit",
    "RequestEvent",
    "ResponseEvent",
    "Retries",
    "Settings",
    "Timeouts",
    "above",
    "at_least",
    "instance_in",
    "instance_origin",
    "is_loopback",
    "proxy_url",
    "token_for",
    "token_in",
    "unfit_proxy",
]


_Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"


def above(limit: float) -> _Validator:
    """Return an attrs validator: a number greater than `limit`."""
    return _number(lambda value: value > limit, f"above {limit}")


def at_least(limit: float) -> _Validator:
    """Return an attrs validator: a number of at least `limit`."""
    return _number(lambda value: value >= limit, f"of at least {limit}")


def _number(fits: Callable[[float], bool], words: str) -> _Validator:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not abs(value) < _LONGEST or not fits(value):
            raise ConfigError(f"{attribute.name} must be a number {words}, and less than 2**53, not {value!r}")

    return check


def _whole(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(f"{attribute.name} must be a whole number of at least 1, not {value!r}")


def _is_a(*kinds: type, example: str) -> _Validator:
    """Return an attrs validator: an instance of one of several classes."""

    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, kinds):
            raise ConfigError(f"{attribute.name} must be a value such as {example}, not {value!r}")

    return check


# Beyond this, timers lose precision to the second; it also excludes infinity and NaN.
_LONGEST = 2.0**53
positive: _Validator = above(0)


@shorten_methods
@frozen(kw_only=True)
class Timeouts(Record):
    """Seconds to wait.

    Attributes:
        connect: For a connection, including name resolution and TLS.
        read: For an answer to begin, for its next bytes, and for a stalled upload to progress.
        total: For a whole call: connecting, redirects, and the answer to its last byte. Each try of a call that is sent
            again has the full time; `Retries` limits the waits between tries. Before that, a call waits as long for its
            turn: for a slot (see `Settings.connections`) as long as others make progress, and for a rate limit if it
            lets the call go in time. Transfers of data have no total.
    """

    connect: float = field(default=15.0, validator=positive)
    read: float = field(default=60.0, validator=positive)
    total: float = field(default=120.0, validator=positive)

    @classmethod
    def of(cls, seconds: float) -> Timeouts:
        """Return timeouts that are all of the same length."""
        return cls(connect=seconds, read=seconds, total=seconds)


# 520 to 530 are from a content delivery network that cannot reach the instance.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 531)})


def _statuses(value: Iterable[int]) -> frozenset[int]:
    try:
        found = frozenset(value)
    except TypeError:
        found = frozenset({0})
    if not all(isinstance(status, int) and 400 <= status <= 599 for status in found):
        raise ConfigError(f"statuses must be HTTP statuses from 400 to 599, such as {{502, 503}}, not {value!r}")
    return found


@shorten_methods
@frozen(kw_only=True)
class Retries(Record):
    """The policy for sending failed requests again.

    Only requests that may be repeated are: idempotent requests after any transient failure, others only if the instance
    certainly did not process them (no connection, 429, Domo's own 503 with Retry-After).

    Attributes:
        attempts: The total number of tries; 1 means that nothing is sent twice.
        first_delay: The most seconds before the second try; doubled for each further try. The wait is a random time
            below that limit, so that many callers do not retry at once.
        max_delay: The most seconds between two tries.
        max_retry_after: The longest Retry-After, in seconds, to wait for. If the instance asks for more, the error is
            raised at once and has the figure. For that time, all calls to the same route family fail at once; then one
            is tried again.
        statuses: The HTTP statuses of transient failures, after which an idempotent request is sent again.
    """

    attempts: int = field(default=5, validator=_whole)
    first_delay: float = field(default=0.5, validator=at_least(0))
    max_delay: float = field(default=20.0, validator=at_least(0))
    max_retry_after: float = field(default=120.0, validator=at_least(0))
    statuses: frozenset[int] = field(default=_PASSING, converter=_statuses)


@shorten_methods
@frozen
class RateLimit(Record):
    """At most `requests` in any `seconds` seconds, counted where the instance counts.

    Attributes:
        requests: The number of requests.
        seconds: The length of the sliding window.
    """

    requests: int = field(validator=_whole)
    seconds: float = field(default=60.0, validator=positive)


@frozen(kw_only=True)
class RequestEvent(Record):
    """The argument of a `before_request` hook.

    Attributes:
        method: The HTTP method.
        template: The route, with ``{}`` in place of identifiers.
        path: The path as it is sent, without the query.
        attempt: 1 for the first try.
        headers: Headers to add to this request, such as a trace id; the hook may modify it. It does not contain the
            token.
    """

    method: str
    template: str
    path: str
    attempt: int
    headers: dict[str, str] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class ResponseEvent(Record):
    """The argument of an `after_response` hook.

    Attributes:
        method: The HTTP method.
        template: The route, with ``{}`` in place of identifiers.
        path: The path as it was sent, without the query.
        attempt: 1 for the first try.
        status: The HTTP status, or None if there was no answer.
        seconds: The time from sending to the end of the answer (for streamed answers: to its headers).
    """

    method: str
    template: str
    path: str
    attempt: int
    status: int | None
    seconds: float


def _known_limits() -> Mapping[str, RateLimit]:
    # Search allows "about 120 requests per minute" (Search API page); no other family has a documented limit.
    return {"search": RateLimit(120, 60.0)}


def _limits(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, Mapping) or not all(
        isinstance(family, str) and isinstance(limit, RateLimit) for family, limit in value.items()
    ):
        raise ConfigError(f"{attribute.name} must be limits by route family, such as {{'search': RateLimit(120, 60)}}")


def _proxy(_: Any, attribute: Attribute[Any], value: Secret[Any] | None) -> None:
    problem = None if value is None else unfit_proxy(value.get_secret_value())
    if problem is not None:
        raise ConfigError(f"{attribute.name} {problem}")


def unfit_proxy(address: object) -> str | None:
    """Return why an address cannot be a proxy's, without repeating the address, which may contain a password."""
    try:
        parts = urlsplit(address) if isinstance(address, str) and address.isprintable() else None
        usable = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, usable = None, False
    if usable and parts is not None:
        # HTTP separates the two with a colon.
        has_colon = ":" in unquote(parts.username or "")
        return "has a user name with a colon, which HTTP cannot send to a proxy" if has_colon else None
    socks = " (SOCKS is not supported)" if isinstance(address, str) and address.lower().startswith("socks") else ""
    return f"must be the URL of an HTTP proxy, such as 'http://proxy.example.com:3128', or None{socks}"


def proxy_url(address: str) -> str:
    """Return the address of a proxy as a URL: people often write only a host and a port."""
    return address if "://" in address else f"http://{address}"


def _words(value: Any) -> Any:
    """Return hosts as a tuple: a str has commas or spaces between them, like ``NO_PROXY``."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, bytes) else value


def _hosts(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(host, str) and host.strip() for host in value):
        raise ConfigError(f"{attribute.name} must be hosts, such as ['localhost', '.corp.example.com'], not {value!r}")


def _plain_hosts(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(host, str) and _is_host(host) for host in value):
        raise ConfigError(f"{attribute.name} must be exact names of hosts, such as ['domo'], not {value!r}")


def _is_host(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return ":" not in text and _looks_like_host(text)


def _path(value: Any) -> Path:
    try:
        return Path(value).expanduser()
    except (TypeError, RuntimeError):
        raise ConfigError(f"a path must be str or pathlib.Path, with a known home directory, not {value!r}") from None


def _path_or_none(value: Any) -> Path | None:
    return None if value is None else _path(value)


def _secret_or_none(value: Secret[str] | str | None) -> Secret[str] | None:
    return Secret.of(value)


def _secret(value: Secret[str] | str) -> Secret[str]:
    return Secret.of(value)


def _header_value(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise ConfigError(f"{attribute.name} must be printable ASCII text, not {value!r}")


def _hooks(value: Any) -> Any:
    return (
        value if callable(value) or isinstance(value, (str, bytes)) or not isinstance(value, Iterable) else tuple(value)
    )


def _all_callable(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, tuple) or not all(map(callable, value)):
        raise ConfigError(f"{attribute.name} must be functions, such as {attribute.name}=(log_it,), not {value!r}")


def _clock(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if not all(callable(getattr(value, name, None)) for name in ("monotonic", "now", "sleep")):
        raise ConfigError(f"{attribute.name} must have the methods monotonic, now and sleep; {value!r} lacks one")


@shorten_methods
@keeps_secret("password")
@frozen
class ClientCertificate(Record):
    """The client's certificate, for servers and proxies that require one in TLS.

    It is offered to the instance, and to an HTTPS proxy on the way: never to a host that a redirect leads to.

    Attributes:
        cert: A PEM file with the certificate, and the intermediate certificates up to the one that the other side
            trusts.
        key: A PEM file with its private key, or None if that is in `cert`.
        password: The password of the key, if it is encrypted; as text or as a `Secret`, and stored as a `Secret`.
    """

    cert: Path = field(converter=_path)
    key: Path | None = field(default=None, converter=_path_or_none)
    password: Secret[str] | None = field(default=None, kw_only=True, converter=_secret_or_none)


def _certificate(value: Any) -> Any:
    return ClientCertificate(value) if isinstance(value, (str, os.PathLike)) else value


@shorten_methods
@keeps_secret("proxy")
@frozen(kw_only=True)
class Settings:
    """All settings of a client.

    Attributes:
        timeouts: See `Timeouts`.
        retries: See `Retries`.
        rate_limits: Rate limits by route family, which is the first word of the path after ``/api/``. A family without
            one is unlimited until the instance answers 429; then all its callers wait as long as the instance asks.
        connections: The most calls at once. Streamed answers, such as exports and downloads, are counted separately,
            with the same limit.
        keepalive: Seconds that an idle connection is kept for the next request. Many servers close idle connections
            after 5 seconds; if a server announces its own time, the connection is closed before that.
        max_answer: The most bytes, decompressed, of an answer that is held in memory. Exports and downloads, which are
            streamed, have no limit.
        ca: A company's certificate authority, which is trusted in addition to those of the system: a PEM or DER file,
            or a directory as ``openssl rehash`` creates it. Certificates are always verified; this cannot be disabled.
        cert: The client's own certificate, if the instance or the proxy requires one: a `ClientCertificate`, or a PEM
            file with the certificate and its key.
        tls: A TLS context of your own, instead of `ca` and `cert`.
        proxy: The URL of an HTTP proxy for all requests, as text or as a `Secret`; it may contain credentials
            (``http://name:password@host:3128``), so it is stored as a `Secret`. Connections to the instance pass
            through it encrypted: it does not see the token. None leaves the choice to the environment, see `trust_env`.
        no_proxy: Hosts that are reached without a proxy, as in ``NO_PROXY``: domains including their subdomains
            (``corp.example.com``), addresses, networks (``10.0.0.0/8``), each optionally with a port, or ``*`` for all.
        plain_http: Hosts to which the token may be sent unencrypted, by ``http://``, because nobody else is on the way:
            such as ``("domo",)`` for an embedded instance in another container. They are exact names, without a port.
            This machine itself need not be named. ``DOMO_PLAIN_HTTP`` names such hosts, too, separated by commas.
        trust_env: Whether to use the environment for options that are not set. ``HTTPS_PROXY``, ``HTTP_PROXY`` and
            ``ALL_PROXY`` name proxies, but never for this machine itself, and ``NO_PROXY`` hosts without a proxy;
            ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, or else ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``, name the
            authorities to trust; ``DOMO_CLIENT_CERT``, ``DOMO_CLIENT_KEY`` and ``DOMO_CLIENT_KEY_PASSWORD`` are the
            client's certificate. The proxy variables may also be written in lower case. No netrc file is read.
        user_agent: The name of your application, such as ``nightly-load/2.1``. It comes first in the User-Agent, before
            the names and versions of this library, Python and aiohttp.
        before_request: Hooks called before each try. An error raised by a hook ends the call.
        after_response: Hooks called after each try. An error raised by a hook is logged, because the request was
            carried out.
        telemetry: The options of OpenTelemetry, which is used once the application has set it up; None to disable it.
            See `Telemetry`.
        clock: The clock to use; tests pass their own.
        strict: Whether any value of an answer that cannot be read is a `DecodeError`, for tests. Otherwise the field
            has its default, the value is in its model's `extras`, and it is logged once.
    """

    timeouts: Timeouts = field(default=Timeouts(), validator=_is_a(Timeouts, example="Timeouts(read=30)"))
    retries: Retries = field(default=Retries(), validator=_is_a(Retries, example="Retries(attempts=3)"))
    rate_limits: Mapping[str, RateLimit] = field(factory=_known_limits, validator=_limits)
    connections: int = field(default=32, validator=_whole)
    keepalive: float = field(default=4.0, validator=at_least(0))
    max_answer: int = field(default=256 << 20, validator=_whole)
    tls: ssl.SSLContext | None = field(
        default=None, validator=_is_a(ssl.SSLContext, type(None), example="ssl.create_default_context()")
    )
    ca: Path | None = field(default=None, converter=_path_or_none)
    cert: ClientCertificate | None = field(
        default=None,
        converter=_certificate,
        validator=_is_a(ClientCertificate, type(None), example="ClientCertificate('client.pem', 'client.key')"),
    )
    proxy: Secret[str] | None = field(default=None, converter=_secret_or_none, validator=_proxy)
    no_proxy: tuple[str, ...] = field(default=(), converter=_words, validator=_hosts)
    plain_http: tuple[str, ...] = field(default=(), converter=_words, validator=_plain_hosts)
    trust_env: bool = field(default=True, validator=_is_a(bool, example="True"))
    user_agent: str | None = field(default=None, validator=optional(_header_value))
    before_request: tuple[Callable[[RequestEvent], Awaitable[None] | None], ...] = field(
        default=(), converter=_hooks, validator=_all_callable
    )
    after_response: tuple[Callable[[ResponseEvent], Awaitable[None] | None], ...] = field(
        default=(), converter=_hooks, validator=_all_callable
    )
    telemetry: Telemetry | None = field(
        default=Telemetry(), validator=_is_a(Telemetry, type(None), example="Telemetry(propagate=True), or None")
    )
    clock: Clock = field(factory=SystemClock, validator=_clock)
    strict: bool = field(default=False, validator=_is_a(bool, example="True"))

    def __attrs_post_init__(self) -> None:
        if self.tls is not None and (self.tls.verify_mode != ssl.CERT_REQUIRED or not self.tls.check_hostname):
            raise ConfigError(
                "the TLS context does not verify certificates; load your certificate authority into it instead "
                "(context.load_verify_locations)"
            )
        if self.tls is not None and (self.ca is not None or self.cert is not None):
            raise ConfigError("pass either tls, or ca and cert, which you can load into your own context instead")


@frozen
class Credentials:
    """The header that authenticates the caller.

    Attributes:
        header: ``X-DOMO-Developer-Token`` for a developer token, ``X-DOMO-Authentication`` for a session token.
        token: The secret.
    """

    header: str
    token: Secret[str]

    @classmethod
    def of(cls, *, token: Secret[str] | None, session_token: Secret[str] | None) -> Credentials:
        """Return the credentials for exactly one of the two types of token.

        Raises:
            ConfigError: Neither or both were given, or the token cannot be the value of a header.
        """
        if token is not None and session_token is None:
            secret, header = token, "X-DOMO-Developer-Token"
        elif session_token is not None and token is None:
            secret, header = session_token, "X-DOMO-Authentication"
        else:
            raise ConfigError(
                "pass exactly one of token=… (a developer token, made under Admin > Access tokens) and session_token=…"
            )
        problem = _unfit_token(secret.get_secret_value())
        if problem is not None:
            raise ConfigError(problem)
        return cls(header, secret)


def _unfit_token(token: object) -> str | None:
    """Return why a value cannot be a token, without repeating it."""
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        return "the token is empty or contains invalid characters, such as a line break"
    return "the token begins or ends with a space" if token != token.strip() else None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself."""
    host = host.rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def instance_origin(instance: str, settings: Settings | None = None) -> str:
    """Return the origin (scheme, host and port) of an instance.

    Args:
        instance: ``acme``, ``acme.domo.com`` or a URL such as ``https://acme.domo.com``. Plain ``http`` is only
            accepted for this machine itself, because the token would be readable on the way, and for the hosts that
            `settings` or the environment name.
        settings: The settings that name such hosts; None for the environment alone.

    Returns:
        The origin, such as ``https://acme.domo.com``.

    Raises:
        ConfigError: `instance` has none of these forms.
    """
    text = instance.strip() if isinstance(instance, str) else ""
    if not text:
        raise ConfigError(
            "name the instance: 'acme' or 'acme.domo.com' (the part before the first slash in its address)"
        )
    if "://" not in text:
        text = f"https://{text}" if "." in text or ":" in text else f"https://{text}.domo.com"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise ConfigError(f"not an instance: {instance!r}") from None
    if parts.username or parts.password:
        raise ConfigError("the instance's address must not contain a user name or password")
    if parts.scheme not in {"https", "http"} or not _looks_like_host(ascii_host):
        raise ConfigError(f"not an instance: {instance!r}; write 'acme', 'acme.domo.com' or 'https://acme.domo.com'")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ConfigError(f"pass the instance without a path: {instance!r}")
    if parts.scheme == "http" and not is_loopback(host) and host not in _hosts_of_plain_http(settings):
        raise ConfigError(
            f"{instance!r} would send the token unencrypted; use https. (Between containers on one machine, name the"
            f" host: Settings(plain_http=({host!r},)), or DOMO_PLAIN_HTTP={host})"
        )
    shown = f"[{host}]" if ":" in host else ascii_host.lower()
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def _hosts_of_plain_http(settings: Settings | None) -> set[str]:
    named = () if settings is None else settings.plain_http
    if settings is None or settings.trust_env:
        named += _words(os.environ.get("DOMO_PLAIN_HTTP", ""))
    return {host.lower() for host in named}


def _looks_like_host(host: str) -> bool:
    if ":" in host:
        return True
    labels = host.split(".")
    return all(
        label and len(label) <= 63 and label.replace("-", "").isalnum() and label[0] != "-" != label[-1]
        for label in labels
    )


@keeps_secret("session_token")
@frozen
class AppAccess:
    """The address and the session of an App Framework app, which the ``/domo/…`` routes need.

    Attributes:
        url: The address that the app is served from, such as ``https://<app>.domoapps.prod1.domo.com``.
        session_token: The session token of the app, sent as ``X-DOMO-Authentication``; as text or as a `Secret`, and
            stored as a `Secret`.
    """

    url: str = field(converter=instance_origin)
    session_token: Secret[str] = field(kw_only=True, converter=_secret)

    def __attrs_post_init__(self) -> None:
        """Refuse values that cannot be a token.

        Raises:
            ConfigError: The value is empty, or has characters that a header cannot have.
        """
        self.credentials()

    def credentials(self) -> Credentials:
        """Return the headers that are sent with each request."""
        return Credentials.of(token=None, session_token=self.session_token)


def instance_in(environ: Mapping[str, str]) -> str | None:
    """Return the instance that the environment names."""
    return environ.get("DOMO_BASE_URL") or environ.get("DOMO_INSTANCE") or None


def token_in(environ: Mapping[str, str]) -> Secret[str] | None:
    """Return the developer token that the environment holds."""
    return Secret.of(environ.get("DOMO_DEVELOPER_TOKEN") or None)


def token_for(instance: str, environ: Mapping[str, str], settings: Settings | None = None) -> Secret[str] | None:
    """Return the developer token that the environment holds, unless the environment names another instance for it.

    Args:
        instance: The instance that the token is for.
        environ: The environment.
        settings: See `instance_origin`.

    Raises:
        ConfigError: An instance is invalid.
    """
    beside, token = instance_in(environ), token_in(environ)
    # It holds the token, and a traceback may show local variables.
    del environ
    # A variable alone, as in pipelines, applies to the instance from any source.
    if beside is None or instance_origin(beside, settings) == instance_origin(instance, settings):
        return token
    return None
