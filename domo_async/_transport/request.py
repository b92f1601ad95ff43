"""Requests as values, independent of how they are sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias
from urllib.parse import quote_plus

from attrs import frozen

from domo_async._redaction import Secret, secret_values
from domo_async._transport.url import Url
from domo_async._wire import UNSET, Unset, dumps, loads
from domo_async.errors import ConfigError

__all__ = ["NO_HEADERS", "Body", "Headers", "QueryValue", "Repeated", "Request", "query_string"]

_JSON = "application/json"
_NONE: Mapping[str, str] = MappingProxyType({})
Headers: TypeAlias = Mapping[str, Secret[str] | str]
"""The caller's headers; secret values may be wrapped."""
NO_HEADERS: Secret[Headers] = Secret(_NONE)
"""The headers that hooks add if there are no hooks."""
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


@frozen
class Repeated:
    """A list that is sent as repeated keys, ``type=a&type=b``; other lists are joined by commas.

    Attributes:
        values: The values.
    """

    values: Iterable[str | int | float]

    @classmethod
    def of(cls, values: str | Iterable[str] | None) -> Repeated | None:
        """Return one value or several as a repeated parameter, or None for None."""
        if values is None:
            return None
        return cls((values,) if isinstance(values, str) else tuple(values))


QueryValue = str | int | float | bool | None | Unset | Iterable[str | int | float] | Repeated


@frozen
class Body:
    """A request body that can be sent again, because it is created for each attempt.

    Attributes:
        content_type: The Content-Type header.
        length: The size in bytes, sent as Content-Length.
        open: Returns the body from its beginning: bytes, or an iterator over slices of bytes. The iterator runs on the
            event loop, so it should not block.
        encoding: The Content-Encoding header, if the bytes are compressed.
        secrets: Returns the secrets in it, as far as they are known.
    """

    content_type: str
    length: int
    open: Callable[[], bytes | Iterator[bytes]]
    encoding: str | None = None
    secrets: Callable[[], set[str]] = set

    @classmethod
    def json(cls, value: object) -> Body:
        """Return `value` as a JSON body."""
        data = dumps(value)
        # Values under names of secrets, and wrapped values.
        return cls(_JSON, len(data), lambda: data, secrets=lambda: secret_values(loads(data)) | secret_values(value))

    @classmethod
    def of(cls, data: bytes, content_type: str) -> Body:
        """Return `data` as a body."""
        return cls(content_type, len(data), lambda: data)

    @classmethod
    def multipart(cls, fields: Mapping[str, tuple[str | None, Body]]) -> Body:
        """Return a body of ``multipart/form-data``.

        Args:
            fields: By name, each field's file name (None if it is not a file) and its body.
        """
        boundary = secrets.token_hex(16)
        heads = [
            _part_head(boundary, name, file_name, body, first=number == 0)
            for number, (name, (file_name, body)) in enumerate(fields.items())
        ]
        bodies = [body for _, body in fields.values()]
        end = f"\r\n--{boundary}--\r\n".encode()

        def slices() -> Iterator[bytes]:
            for head, body in zip(heads, bodies, strict=True):
                yield head
                content = body.open()
                yield from [content] if isinstance(content, bytes) else content
            yield end

        length = sum(map(len, heads)) + sum(body.length for body in bodies) + len(end)
        return cls(f"multipart/form-data; boundary={boundary}", length, slices)


def _part_head(boundary: str, name: str, file_name: str | None, body: Body, *, first: bool) -> bytes:
    """Return the header of a field, including the line break that ends the previous field."""
    before = "" if first else "\r\n"
    file = "" if file_name is None else f'; filename="{_in_quotes(file_name)}"'
    return (
        f'{before}--{boundary}\r\nContent-Disposition: form-data; name="{_in_quotes(name)}"{file}\r\n'
        f"Content-Type: {body.content_type}\r\n\r\n"
    ).encode()


def _in_quotes(text: str) -> str:
    """Return a name as browsers write it into a multipart header."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


class Request(NamedTuple):
    """One request, which may be sent several times.

    Attributes:
        method: The HTTP method, upper case.
        url: The path.
        query: The query string, quoted, without the question mark.
        body: The body.
        accept: The Accept header.
        idempotent: Whether sending it twice has the same effect as sending it once.
        headers: Further headers.
    """

    method: str
    url: Url
    query: str
    body: Body | None
    accept: str
    idempotent: bool
    headers: Mapping[str, str] = _NONE

    @classmethod
    def of(
        cls,
        method: str,
        url: Url,
        *,
        params: Mapping[str, QueryValue] | None = None,
        json: object = UNSET,
        body: Body | None = None,
        accept: str = _JSON,
        idempotent: bool | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request; the defaults are those of HTTP for `method`.

        Raises:
            ConfigError: `method` or `params` cannot be sent.
        """
        if method not in _METHODS:
            raise ConfigError(f"method must be one of {', '.join(sorted(_METHODS))}, not {method!r}")
        return cls(
            method,
            url,
            query_string(params),
            body if json is UNSET else Body.json(json),
            accept,
            method in _IDEMPOTENT if idempotent is None else idempotent,
            headers or _NONE,
        )

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.url.path}?{self.query}" if self.query else self.url.path


def query_string(params: Mapping[str, QueryValue] | None) -> str:
    """Return the query for `params`.

    Booleans become ``true`` and ``false``, lists except `Repeated` are joined by commas, None and UNSET are omitted.

    Raises:
        ConfigError: A value cannot be sent in a query.
    """
    if not params:
        return ""
    if type(params) is not dict and not isinstance(params, Mapping):  # an abstract class, whose check is slower
        raise ConfigError(f"params must be a mapping such as {{'limit': 10}}, not {type(params).__name__}")
    try:
        pairs = [
            f"{quote_plus(name)}={quote_plus(text, safe=',')}"
            for name, value in params.items()
            if value is not None and value is not UNSET
            for text in (_repeated(name, value) if type(value) is Repeated else (_text(name, value),))
        ]
    except UnicodeEncodeError:
        raise ConfigError("params hold a lone surrogate, which cannot be sent") from None
    except TypeError:
        raise ConfigError(f"the names of params must be strings: {list(params)!r}") from None
    return "&".join(pairs)


def _repeated(name: str, value: Repeated) -> list[str]:
    return [_item(name, item) for item in value.values]


def _text(name: str, value: QueryValue) -> str:
    if isinstance(value, Enum) and not isinstance(value, Unset):
        return _item(name, value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (int, float)) and abs(value) < float("inf"):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray, memoryview, Mapping)):
        return ",".join(_item(name, item) for item in value)
    raise _no_query_value(name, value)


def _item(name: str, item: object) -> str:
    if isinstance(item, (str, int, float)):
        return _text(name, item)
    raise _no_query_value(name, item)


def _no_query_value(name: str, value: object) -> ConfigError:
    return ConfigError(
        f"params: {name} is {value!r}; a query takes text, numbers, booleans and lists of those: write it as text"
    )
