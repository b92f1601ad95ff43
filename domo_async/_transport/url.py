"""Paths from templates: identifiers are quoted, and values that could change the route are refused."""

from __future__ import annotations

import re
from functools import lru_cache
from numbers import Integral
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from domo_async.errors import ConfigError

__all__ = ["Url", "raw_url", "url"]

# The parts of documented routes that are not identifiers: words and versions.
_ROUTE_WORD = re.compile(r"[a-z]+(?:[-_A-Z]?[a-z]+)*|v[0-9]{1,2}|s3|")


class Url(NamedTuple):
    """A path on the instance.

    Attributes:
        template: The route with ``{}`` for identifiers, which logs and hooks may show.
        path: The quoted path that is sent.
    """

    template: str
    path: str

    @property
    def family(self) -> str:
        """The key of rate limits: ``search`` for ``/api/search/v1/query``."""
        return _family(self.template)


@lru_cache(maxsize=1024)
def _family(template: str) -> str:
    first, _, rest = template.lstrip("/").partition("/")
    return rest.partition("/")[0] if first == "api" else first


def url(template: str, *segments: str | int) -> Url:
    """Fill the ``{}`` of a template with identifiers.

    Args:
        template: The template, such as ``/api/data/v3/datasources/{}``.
        *segments: One identifier for each ``{}``.

    Raises:
        ConfigError: An identifier is empty, a dot segment or not an identifier, and would reach another route.
    """
    path = template
    try:
        for segment in segments:
            path = path.replace("{}", _quoted(segment), 1)  # a quoted identifier has no braces
    except TypeError:  # unhashable values, such as a list
        raise ConfigError("an identifier is a string or a whole number, not a container") from None
    return Url(template, path)


@lru_cache(maxsize=1024, typed=True)
def _quoted(value: str | int) -> str:
    # Integers of numpy and pandas, and UUIDs, come from frames.
    if isinstance(value, bool) or not isinstance(value, str | Integral | UUID):
        raise ConfigError(f"an identifier is a string or a whole number, not {type(value).__name__}")
    text = str(value)
    if text.strip() in {"", ".", ".."}:
        raise ConfigError(f"{text!r} is not an identifier; the request would reach another route")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ConfigError(f"{text!r} is not an identifier: it holds a lone surrogate") from None


def raw_url(path: str) -> Url:
    """Check a path that a caller passed to `Domo.request`.

    Raises:
        ConfigError: It is not a path on the instance, has a query, or has dot segments.
    """
    if not isinstance(path, str):
        raise ConfigError(f"a path on the instance is text such as '/api/…', not {type(path).__name__}")
    if not path.startswith("/") or path.startswith("//"):
        raise ConfigError(f"{path!r} is not a path on the instance; write it as '/api/…'")
    if "?" in path or "#" in path:
        raise ConfigError("give the query as params=…, not in the path")
    try:
        quoted = quote(path, safe="/%:@!$&'()*+,;=-._~")
    except UnicodeEncodeError:
        raise ConfigError(f"{path!r} holds a lone surrogate") from None
    if any(part in {".", ".."} for part in quoted.lower().replace("%2e", ".").split("/")):
        raise ConfigError(f"{path!r} climbs with dot segments; write the path that you mean")
    return Url(_template(path), quoted)


@lru_cache(maxsize=1024)
def _template(path: str) -> str:
    """Return the likely route of a path: segments that may be identifiers or names become ``{}``."""
    first, *rest = path.lstrip("/").split("/")
    return "/" + "/".join([first, *(part if _ROUTE_WORD.fullmatch(part) else "{}" for part in rest)])
