"""Identifiers and paths that would reach something else than they say."""

from __future__ import annotations

from domo_async.errors import ConfigError

__all__ = ["a_file", "a_fileset", "below_the_root"]

# Parts of routes that stand where an identifier could; some are in newer documents alone.
_BESIDE_FILESETS = frozenset({"search"})
_BESIDE_FILES = frozenset({"search", "download", "multipart", "reindex", "share"})


def a_fileset(identifier: str) -> str:
    """Return a FileSet's identifier, unless the instance would take it for a route.

    Raises:
        ConfigError: It would.
    """
    return _no_route(identifier, _BESIDE_FILESETS)


def a_file(identifier: str) -> str:
    """Return a file's identifier, unless the instance would take it for a route.

    Raises:
        ConfigError: It would.
    """
    return _no_route(identifier, _BESIDE_FILES)


def below_the_root(path: str) -> str:
    """Return a path, unless it is that of the topmost directory, or none.

    Raises:
        ConfigError: It is.
    """
    if not isinstance(path, str) or not path.strip("/. "):
        raise ConfigError(f"{path!r} is no file's path within a FileSet; write it like 'reports/2024.pdf'")
    return path


def _no_route(identifier: str, routes: frozenset[str]) -> str:
    if identifier in routes:
        raise ConfigError(f"{identifier!r} is the name of a route and no identifier")
    return identifier
