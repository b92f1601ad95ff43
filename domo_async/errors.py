"""Every exception that this library raises, in one tree below `DomoError`.

Messages, notes and attributes never hold the secrets of a client. All errors can be pickled, so they survive process
pools.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domo_async._redaction import redacted

__all__ = [
    "APIError",
    "AfterCommitError",
    "AnswerTooLarge",
    "BadRequest",
    "BulkError",
    "CertificateError",
    "CommitUncertain",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "ContentMismatch",
    "DecodeError",
    "DomoError",
    "FleetError",
    "Forbidden",
    "IncompleteAnswer",
    "JobFailed",
    "ListIncomplete",
    "NotFound",
    "ProxyError",
    "RateLimited",
    "RowCountMismatch",
    "SearchIncomplete",
    "ServerError",
    "SourceError",
    "TargetError",
    "TimeoutError",
    "TransportError",
    "Unauthorized",
    "UnknownState",
    "Unresolved",
    "UploadError",
    "WaitTimeout",
]


def _rebuild(cls: type[DomoError], message: str, state: dict[str, Any]) -> DomoError:
    error = cls.__new__(cls, message)
    error.__dict__.update(state)
    return error


class DomoError(Exception):
    """The root of every error of this library.

    Attributes:
        message: The failure and, where it helps, what to do.
        in_doubt: Whether a change that must not be repeated blindly was sent and may have taken effect: the answer was
            lost, or is not the instance's own refusal. Look before you repeat the call.
    """

    in_doubt: bool = False

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(self.message)

    if not TYPE_CHECKING:  # to type checkers, any attribute could be set

        def __setattr__(self, name: str, value: object) -> None:
            # Answers, successful ones too, may repeat secrets in any of their texts.
            super().__setattr__(name, redacted(value) if type(value) is str else value)

    def add_note(self, note: str, /) -> None:
        """Add a note, without secrets."""
        super().add_note(redacted(note))

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call `cls(message)`, which subclasses with keyword-only facts do not accept.
        return _rebuild, (type(self), self.message, self.__dict__)


class ConfigError(DomoError, ValueError):
    """The call or the settings are wrong; nothing was sent."""


class SourceError(DomoError, ValueError):
    """The source of an upload cannot be read, or does not fit the dataset; the dataset is unchanged.

    Attributes:
        line: The line of the source, counted from 1, if it is known.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class TargetError(DomoError, OSError):
    """A file on this machine could not be written, for example because the disk is full.

    A file that existed before is unchanged, unless the message says otherwise.
    """


class TransportError(DomoError):
    """No usable answer came: the connection failed, broke off or was refused.

    Attributes:
        sent: Whether the server may have received (and carried out) the request.
        passing: Whether another attempt may succeed; if not, none was made.
    """

    def __init__(self, message: str, *, sent: bool = True, passing: bool = True) -> None:
        super().__init__(message)
        self.sent = sent
        self.passing = passing


class ConnectError(TransportError):
    """No connection could be made, so the server surely did not see the request."""

    def __init__(self, message: str, *, passing: bool = True) -> None:
        super().__init__(message, sent=False, passing=passing)


class ProxyError(ConnectError):
    """The proxy cannot be reached, wants a name and password, or does not connect to the instance.

    Attributes:
        status: The HTTP status that it answered with, such as 407, or None where it did not answer.
    """

    def __init__(self, message: str, *, status: int | None = None, passing: bool = True) -> None:
        super().__init__(message, passing=passing)
        self.status = status


class CertificateError(ConnectError):
    """A certificate was not accepted: the server's by this machine, or the client's by the server.

    Attributes:
        issuer: Who issued the server's certificate, by its own word, where that is known: such as the proxy of a
            company that opens encrypted traffic.
    """

    def __init__(self, message: str, *, issuer: str | None = None) -> None:
        super().__init__(message, passing=False)
        self.issuer = issuer


class TimeoutError(TransportError, builtins.TimeoutError):  # noqa: A001 - the name users look for
    """The instance did not answer, or stopped moving bytes, for longer than the settings allow."""


class IncompleteAnswer(TransportError):
    """An answer began but broke off before its end."""


class AnswerTooLarge(TransportError):
    """An answer is larger than `Settings.max_answer`; the rest of it was not read.

    Attributes:
        limit: The number of bytes that was allowed.
    """

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message, passing=False)
        self.limit = limit


class ContentMismatch(TransportError):
    """Content differs from its description: its length, its hash, or the name under which it was stored.

    Content that was downloaded is discarded. Content that was stored remains, and the message names it.

    Attributes:
        expected: The expected length, hash or name.
        found: The actual one.
    """

    def __init__(self, message: str, *, expected: str, found: str) -> None:
        super().__init__(message)
        self.expected = expected
        self.found = found


class DecodeError(DomoError, ValueError):
    """An answer arrived completely, but does not have a known form.

    Attributes:
        path: The place in the JSON, such as ``$.columns[3].type``.
        method: The request's HTTP method, or None if the JSON was not an answer to a request.
        request_path: The request's path without the query, or None likewise.
        body: The answer's body as text, cut at 64 KiB. If the request created something, its id can be found here.
            Empty if the error was restored from JSON.
    """

    body: str = ""

    def __init__(
        self,
        message: str,
        *,
        path: str = "$",
        method: str | None = None,
        request_path: str | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.path = path
        self.method = method
        self.request_path = request_path
        self.body = body


class ListIncomplete(DecodeError):
    """A list has more items than the instance returned; the items that were returned are right.

    Attributes:
        total: The number of items that the instance announced, or None if it only said that there are more.
        given: The number of items that it returned.
        items: The returned items, if all were asked for at once; a loop has received them already. Empty if the error
            was restored from JSON and they are models.
    """

    items: tuple[Any, ...] = ()

    def __init__(self, message: str, *, total: int | None, given: int) -> None:
        super().__init__(message)
        self.total = total
        self.given = given


class APIError(DomoError):
    """The instance answered with an error status.

    Attributes:
        status: The HTTP status.
        reason: The reason that Domo gives, or a summary of a page that is not JSON.
        code: Domo's error code (``errorCode``), if it gave one.
        toe: Domo's thread of execution, which its support asks for.
        method: The request's HTTP method.
        path: The request's path, without the query.
        retry_after: Seconds that the instance asked to wait, if it did.
        body: The answer's body as text, cut at 64 KiB. Empty if the error was restored from JSON, so that `refused` is
            False.
        after_lost_answer: Whether an earlier attempt of the same call got no answer and may have taken effect, so that
            this refusal may be a consequence of it.
    """

    body: str = ""

    def __init__(
        self,
        *,
        status: int,
        message: str,
        method: str,
        path: str,
        code: str | None = None,
        toe: str | None = None,
        retry_after: float | None = None,
        body: str = "",
    ) -> None:
        details = "".join(f", {name} {value}" for name, value in (("code", code), ("toe", toe)) if value)
        super().__init__(f"{status} on {method} {path}: {message}{details}")
        self.status = status
        self.reason = message
        self.code = code
        self.toe = toe
        self.method = method
        self.path = path
        self.retry_after = retry_after
        self.body = body
        self.after_lost_answer = False

    @property
    def refused(self) -> bool:
        """Whether Domo itself refused the request, so that it surely did not take effect.

        This needs a status that refuses and a body that is Domo's JSON error. A proxy's page of the same status may
        come after the request took effect, and so may 408, 413, 499 and 5xx, whoever sends them.
        """
        return not self.after_lost_answer and self.status in _REFUSALS and _is_of_domo(self.body, self.status)

    @property
    def put_off(self) -> bool:
        """Whether the request surely was not carried out and may be repeated later.

        This is so for status 429, which a limiter answers instead of handing the request on, and for Domo's own JSON
        error with status 503 and Retry-After. A proxy's page of that status may come after the request took effect.
        """
        return self.status == 429 or (
            self.status == 503 and self.retry_after is not None and _is_of_domo(self.body, self.status)
        )

    @classmethod
    def for_status(cls, status: int, **facts: Any) -> APIError:
        """Return the error of the subclass that stands for `status`."""
        found = _BY_STATUS.get(status) or (ServerError if status >= 500 else APIError)
        return found(status=status, **facts)


class BadRequest(APIError):
    """400: the instance could not make sense of the request."""


class Unauthorized(APIError):
    """401: the token is missing, wrong or expired."""


class Forbidden(APIError):
    """403: the token's owner may not do this."""


class NotFound(APIError):
    """404: the object does not exist, or the token's owner may not see it."""


class Conflict(APIError):
    """409: the object's state forbids it."""


class RateLimited(APIError):
    """429: too many requests; `retry_after` says how long to wait, if the instance told."""


class ServerError(APIError):
    """5xx: the instance failed; the request may or may not have taken effect."""


# An allow-list: any other status does not tell whether the request took effect.
_REFUSALS = frozenset({400, 401, 403, 404, 405, 406, 409, 410, 412, 415, 422, 429})


def _is_of_domo(body: str, status: int) -> bool:
    """Return whether a body is Domo's JSON error: it repeats the status, or has a ``toe``."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and (str(found.get("status")) == str(status) or "toe" in found)


_BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


class JobFailed(DomoError):
    """A job failed.

    Attributes:
        state: The last state seen.
        reason: The reason in the instance's words, if it gives one.
    """

    def __init__(self, message: str, *, state: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.state = state
        self.reason = reason


class WaitTimeout(DomoError, builtins.TimeoutError):
    """A job did not end within the timeout; it continues on the instance.

    Attributes:
        state: The last state seen, or None if none was seen.
    """

    def __init__(self, message: str, *, state: str | None) -> None:
        super().__init__(message)
        self.state = state


class UnknownState(DomoError):
    """A job's state is a word that this release does not know: the job may go on, or have ended well or badly.

    Attributes:
        state: The word; None if the job has ended and its answer has no state.
        reason: The reason in the instance's words, if it gives one.
    """

    def __init__(self, message: str, *, state: str | None, reason: str | None = None) -> None:
        super().__init__(message)
        self.state = state
        self.reason = reason


class SearchIncomplete(DomoError):
    """Some hits of a search cannot be read; the hits that came before are right.

    Attributes:
        entity: The type of the objects that were searched for.
        total: The number of hits in the part of the search that cannot be read completely.
    """

    def __init__(self, message: str, *, entity: str, total: int) -> None:
        super().__init__(message)
        self.entity = entity
        self.total = total


class UploadError(DomoError):
    """An upload failed before its commit took effect: the dataset holds what it held before.

    Attributes:
        dataset_id: The dataset.
        upload_id: The upload that was opened, or None if opening it failed.
        part: The number of the part that could not be sent, or None if another step failed.
        journal: The journal's path, if there is one: the same call with ``resume=`` and this path continues from here.
    """

    def __init__(
        self,
        message: str,
        *,
        dataset_id: str,
        upload_id: int | None = None,
        part: int | None = None,
        journal: str | None = None,
    ) -> None:
        super().__init__(message)
        self.dataset_id = dataset_id
        self.upload_id = upload_id
        self.part = part
        self.journal = journal


class CommitUncertain(DomoError):
    """A commit was sent, its answer was lost, and the instance does not tell whether it took effect.

    It was not sent twice. With a journal, the same call finds out and continues. Without one, upload the rows again
    only if the dataset surely does not have them: the message says where to look.

    Attributes:
        dataset_id: The dataset.
        upload_id: The upload whose commit is uncertain.
        rows: The rows that it sent.
        versions_before: The data versions that the dataset had before it.
    """

    def __init__(
        self, message: str, *, dataset_id: str, upload_id: int, rows: int, versions_before: Sequence[int]
    ) -> None:
        super().__init__(message)
        self.dataset_id = dataset_id
        self.upload_id = upload_id
        self.rows = rows
        self.in_doubt = True
        self.versions_before: tuple[int, ...] = tuple(versions_before)


class AfterCommitError(DomoError):
    """An upload took effect, but a later step, such as indexing, failed; the cause is attached.

    Attributes:
        dataset_id: The dataset; it holds the new rows.
        upload_id: The upload.
    """

    def __init__(self, message: str, *, dataset_id: str, upload_id: int) -> None:
        super().__init__(message)
        self.dataset_id = dataset_id
        self.upload_id = upload_id


class RowCountMismatch(AfterCommitError):
    """An upload was committed, but the instance counts another number of rows than was sent.

    Attributes:
        sent: The number of rows that was sent.
        found: The number that the instance counts in the upload's data version.
    """

    def __init__(self, message: str, *, dataset_id: str, upload_id: int, sent: int, found: int) -> None:
        super().__init__(message, dataset_id=dataset_id, upload_id=upload_id)
        self.sent = sent
        self.found = found


class BulkError(DomoError):
    """Some items of a bulk operation failed; the report has the result of each item.

    Attributes:
        errors: The errors, in the order of the input.
    """

    def __init__(self, message: str, *, errors: Sequence[DomoError]) -> None:
        super().__init__(message)
        self.errors: tuple[DomoError, ...] = tuple(errors)


class FleetError(DomoError):
    """A call failed on some of several instances.

    Attributes:
        errors: The errors, by the instances' names.
    """

    def __init__(self, message: str, *, errors: Mapping[str, DomoError]) -> None:
        super().__init__(message)
        self.errors: dict[str, DomoError] = dict(errors)


class Unresolved(DomoError):
    """Some names do not exist on the instance; nothing was changed.

    Attributes:
        names: The names that were not found: addresses, names or ids, as they were given.
    """

    def __init__(self, message: str, *, names: Sequence[int | str]) -> None:
        super().__init__(message)
        self.names: tuple[int | str, ...] = tuple(names)
