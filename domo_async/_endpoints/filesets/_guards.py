"""Check identifiers and paths that the instance would read as something else."""

from __future__ import annotations

from domo_async.errors import ConfigError

__all__ = ["require_file_id", "require_file_path", "require_fileset_id"]

# Names of routes in the position of an identifier; some are only in newer documents.
_BESIDE_FILESETS = frozenset({"search"})
_BESIDE_FILES = frozenset({"search", "download", "multipart", "reindex", "share"})


def require_fileset_id(identifier: str) -> str:
    """Return a FileSet's identifier after checking that it is not the name of a route.

    Raises:
        ConfigError: It is the name of a route.
    """
    return _refuse_route_name(identifier, _BESIDE_FILESETS)


def require_file_id(identifier: str) -> str:
    """Return a file's identifier after checking that it is not the name of a route.

    Raises:
        ConfigError: It is the name of a route.
    """
    return _refuse_route_name(identifier, _BESIDE_FILES)


def require_file_path(path: str) -> str:
    """Return a path after checking that it is not empty and not the top-level directory.

    Raises:
        ConfigError: It is one of these.
    """
    if not isinstance(path, str) or not path.strip("/. "):
        raise ConfigError(f"{path!r} is not the path of a file within a FileSet; write it like 'reports/2024.pdf'")
    return path


def _refuse_route_name(identifier: str, routes: frozenset[str]) -> str:
    if identifier in routes:
        raise ConfigError(f"{identifier!r} is the name of a route, not an identifier")
    return identifier
