"""Errors as file systems raise them, with the client's own as their cause."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from domo_async.errors import APIError, Conflict, Forbidden, NotFound, TransportError, Unauthorized

__all__ = ["AmbiguousName", "Changed", "file_errors", "is_directory", "not_found"]


class AmbiguousName(OSError):
    """Several files have this name."""

    def __init__(self, path: str, others: list[str]) -> None:
        shown = ", ".join(others[:10]) + (", …" if len(others) > 10 else "")
        number = getattr(errno, "ENOTUNIQ", errno.EINVAL)
        super().__init__(number, f"{len(others)} of this name exist; give one of {shown}", path)


class Changed(OSError):
    """The content was replaced while it was read."""

    def __init__(self, path: str) -> None:
        number = getattr(errno, "ESTALE", errno.EIO)
        super().__init__(number, "the file was replaced while it was read; open it again", path)


@contextmanager
def file_errors(path: str) -> Iterator[None]:
    """Raise the built-in errors of files for the instance's refusals.

    Raises:
        FileNotFoundError: The instance does not have it.
        PermissionError: The instance refuses the token, or what it may do.
        FileExistsError: Something is at the path already.
        OSError: The instance cannot be reached, or answers with another error.
    """
    try:
        yield
    except NotFound as error:
        raise FileNotFoundError(errno.ENOENT, str(error), path) from error
    except (Forbidden, Unauthorized) as error:
        raise PermissionError(errno.EACCES, str(error), path) from error
    except Conflict as error:
        raise FileExistsError(errno.EEXIST, str(error), path) from error
    except (APIError, TransportError) as error:
        if isinstance(error, OSError):  # a timeout
            raise
        raise OSError(errno.EIO, str(error), path) from error


def not_found(path: str, why: str = "no such file") -> FileNotFoundError:
    """Return the error for a path at which nothing is."""
    return FileNotFoundError(errno.ENOENT, why, path)


def is_directory(path: str) -> IsADirectoryError:
    """Return the error for a directory where a file is needed."""
    return IsADirectoryError(errno.EISDIR, "a directory, not a file", path)
