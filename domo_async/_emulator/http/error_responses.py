"""The answers to requests that failed."""

from __future__ import annotations

import errno
import logging

from aiohttp import web

from domo_async._emulator.errors import HTTPError, error_body
from domo_async._emulator.http.web import answer, readable

__all__ = ["error_response", "failed"]

_FULL = (errno.ENOSPC, errno.EDQUOT)
_LOGGER = logging.getLogger(__name__)


def failed(request: web.Request, error: Exception) -> web.Response:
    """Return the answer to a request that failed with an error."""
    if isinstance(error, HTTPError):
        return error_response(request, error)
    if isinstance(error, web.HTTPException):
        message = {404: "No such route", 405: "Method not allowed"}.get(error.status, error.reason)
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return error_response(request, HTTPError(error.status, message, headers=headers))
    if isinstance(error, web.RequestPayloadError):
        response = error_response(request, HTTPError(400, f"The request's body is broken: {error}"))
        # The beginning of the next request on this connection is not known.
        response.force_close()
        return response
    if isinstance(error, OSError) and error.errno in _FULL:
        return error_response(request, HTTPError(507, f"The emulator cannot save this: {error.strerror}"))
    _LOGGER.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(request, HTTPError(500, "The emulator failed: this is a bug in the emulator"))


def error_response(request: web.Request, error: HTTPError) -> web.Response:
    """Return the answer with an error status."""
    path, message = readable(request.path), readable(error.message)
    response = answer(error_body(error.status, path, message, code=error.code), status=error.status)
    response.headers.update(error.headers)
    if not request.content.is_eof():
        # The rest of the body is not read, and the next request would begin behind it.
        response.force_close()
    return response
