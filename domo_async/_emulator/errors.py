"""Domo's error bodies, and the exception that becomes one."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_ALPHABET = string.ascii_uppercase + string.digits


class HTTPError(Exception):
    """The exception that answers a request with an error status.

    Attributes:
        status: The HTTP status.
        message: The description of the problem, for the client to read.
        code: Domo's ``errorCode``, if one is known.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers: Mapping[str, str] = headers or {}


def error_body(status: int, path: str, message: str, *, code: str | None = None) -> dict[str, Any]:
    """Return the JSON that Domo answers with an error status."""
    body: dict[str, Any] = {
        "status": status,
        "statusReason": HTTPStatus(status).phrase,
        "path": path,
        "message": message,
        "toe": thread_of_execution(),
    }
    if code is not None:
        body["errorCode"] = code
    return body


def thread_of_execution() -> str:
    """Return a new "toe" (thread of execution), the id of a request that Domo's support asks for."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(length)) for length in (10, 5, 5))
