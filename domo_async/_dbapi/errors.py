"""The errors of PEP 249, and which of them an error of this library is."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction, isgeneratorfunction
from typing import Any, TypeVar, cast

from domo_async._tracebacks import shorten
from domo_async.errors import (
    APIError,
    BadRequest,
    ConfigError,
    DecodeError,
    DomoError,
    ListIncomplete,
    NotFound,
    TransportError,
)

__all__ = [
    "BROKEN",
    "CONNECTION_CLOSED",
    "CURSOR_CLOSED",
    "EXECUTEMANY",
    "FORKED",
    "NO_RESULT",
    "RESULT_CLOSED",
    "ROWS",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Warning",
    "tells",
    "tells_connecting",
]

CONNECTION_CLOSED = "the connection is closed; connect again"
CURSOR_CLOSED = "the cursor is closed; make another"
NO_RESULT = "the cursor has no result: execute a query first"
BROKEN = "the result broke off with an error, so its other rows cannot be fetched: execute the query again"
RESULT_CLOSED = "the result was closed while its rows were fetched: execute the query again"
EXECUTEMANY = "executemany is for writing, and a connection only reads: execute each query, or bind a list to IN"
FORKED = "the connection was used before this process was forked, and belongs to the other one: connect again"
ROWS = "pass the number of rows to fetch as an integer of at least 0"


F = TypeVar("F", bound=Callable[..., Any])


class Warning(builtins.Warning):  # noqa: A001 - PEP 249's name
    """An important warning; never raised, as results are never cut or changed."""

    __module__ = "domo_async.dbapi"


class Error(Exception):
    """The base of all errors of PEP 249. Where the client raised one, its `DomoError` is the cause (``__cause__``)."""

    __module__ = "domo_async.dbapi"


class InterfaceError(Error):
    """The interface was used wrongly: it is closed, or the arguments of `connect` do not name an instance."""

    __module__ = "domo_async.dbapi"


class DatabaseError(Error):
    """An error of the instance, or of what was asked of it."""

    __module__ = "domo_async.dbapi"


class DataError(DatabaseError):
    """A value does not fit: a number has more digits than the result can hold."""

    __module__ = "domo_async.dbapi"


class OperationalError(DatabaseError):
    """The instance cannot be reached, refuses the token, asks to wait, or did not answer completely."""

    __module__ = "domo_async.dbapi"


class IntegrityError(DatabaseError):
    """Never raised, as nothing is written."""

    __module__ = "domo_async.dbapi"


class InternalError(DatabaseError):
    """The instance's answer does not have a known form."""

    __module__ = "domo_async.dbapi"


class ProgrammingError(DatabaseError):
    """The SQL is wrong, its values do not fit, or it names a dataset or column that does not exist."""

    __module__ = "domo_async.dbapi"


class NotSupportedError(DatabaseError):
    """The statement needs a feature that does not exist here, such as writing, or joining two datasets."""

    __module__ = "domo_async.dbapi"


def _class_for(error: DomoError, *, connecting: bool) -> type[Error]:
    match error:
        case ConfigError() if connecting:
            return InterfaceError
        case ConfigError() | BadRequest() | NotFound():
            return ProgrammingError
        case APIError() | TransportError() | ListIncomplete():
            return OperationalError
        case DecodeError():
            return DataError if error.path == "$.rows" else InternalError
        case _:
            return DatabaseError


def tells(method: F) -> F:
    """Decorate a function so that it raises errors of PEP 249 alone, with tracebacks that show the caller's code.

    Args:
        method: The function, which may be a coroutine function or a generator function.
    """
    return _told(method, connecting=False)


def tells_connecting(method: F) -> F:
    """Do the same as `tells` for a function that connects, whose wrong settings are an `InterfaceError`."""
    return _told(method, connecting=True)


def _told(method: F, *, connecting: bool) -> F:
    if iscoroutinefunction(method):

        @wraps(method)
        async def awaited(*arguments: Any, **options: Any) -> Any:
            try:
                return await method(*arguments, **options)
            except BaseException as error:
                del arguments, options  # they may hold a secret, which tracebacks with variables would show
                _raise_for(error, connecting=connecting)
                raise

        return cast("F", awaited)
    if isgeneratorfunction(method):

        @wraps(method)
        def yielded(*arguments: Any, **options: Any) -> Any:
            try:
                yield from method(*arguments, **options)
            except BaseException as error:
                _raise_for(error, connecting=connecting)
                raise

        return cast("F", yielded)

    @wraps(method)
    def called(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except BaseException as error:
            del arguments, options
            _raise_for(error, connecting=connecting)
            raise

    return cast("F", called)


def _raise_for(error: BaseException, *, connecting: bool) -> None:
    """Raise the error of PEP 249 that an error of this library is; shorten the traceback of one that is one already."""
    if isinstance(error, DomoError):
        shorten(error)
        raise _class_for(error, connecting=connecting)(str(error)) from error
    if isinstance(error, Error):
        shorten(error)
