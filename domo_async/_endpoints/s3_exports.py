"""Datasets exported to Amazon S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._frames import ItemTuple
from domo_async._redaction import Redactor, Secret, keeps_secret
from domo_async._transport import Pager, url
from domo_async._waiting import States, Verdict, job_failed, wait_for
from domo_async._wire import UNSET, EpochMillis, Model, OpenEnum, Record, Unset, payload
from domo_async.errors import DomoError

__all__ = [
    "AwsCredentials",
    "ExportColumn",
    "ExportColumns",
    "ExportQuery",
    "ExportStatus",
    "ExpressionType",
    "S3Export",
    "S3Exports",
]


class ExportStatus(OpenEnum):
    """How far an export is; newer instances say ``running`` and ``failed`` for ``exporting`` and ``error``."""

    NONE = "none"
    EXPORTING = "exporting"
    RUNNING = "running"
    SUCCESS = "success"
    ERROR = "error"
    FAILED = "failed"


class ExpressionType(OpenEnum):
    """What an expression of a query is."""

    COLUMN = "COLUMN"


def _secret(value: Secret[str] | str) -> Secret[str]:
    return Secret.of(value)


def _secret_or_none(value: Secret[str] | str | None) -> Secret[str] | None:
    return Secret.of(value)


@keeps_secret("access_key", "access_secret", "session_token")
@frozen
class AwsCredentials(Record):
    """What S3 is written with: given as text or as a `Secret`, and kept as one.

    Attributes:
        access_key: The access key's id.
        access_secret: The secret that belongs to it.
        session_token: The session token of temporary credentials, which Domo recommends.
    """

    access_key: Secret[str] = field(converter=_secret)
    access_secret: Secret[str] = field(converter=_secret)
    session_token: Secret[str] | None = field(default=None, converter=_secret_or_none)


@frozen
class ExportColumn(Record):
    """A column of a query.

    Attributes:
        column: Its name.
        expr_type: What kind of expression it is.
    """

    column: str
    expr_type: ExpressionType | str = ExpressionType.COLUMN


ExportColumns: TypeAlias = Sequence[ExportColumn | str]


@frozen
class ExportQuery(Record):
    """What is exported.

    Attributes:
        columns: The columns, in order; a bare name stands for the column of that name.
        group_by: The columns to group by. Domo's documentation shows none; they are sent like `columns`.
        order_by: The columns to sort by. Domo's documentation shows none; they are sent like `columns`.
    """

    columns: ExportColumns
    group_by: ExportColumns = ()
    order_by: ExportColumns = ()


@frozen(kw_only=True)
class S3Export(Model):
    """An export of a dataset.

    Attributes:
        export_id: Its id.
        export_status: How far it is.
        bucket: The bucket that it goes to.
        compression: How the files are packed, such as ``none``.
        export_format: What the files are, such as ``csv``.
        error_code: What went wrong, for programs.
        message: What went wrong, for people.
        started: When it began. Domo's documentation shows ISO 8601, Domo's YAML says milliseconds; both are understood.
        finished: When it ended, likewise.
        url_row_count_map: How many rows each file has, by its URL.
    """

    export_id: str
    export_status: ExportStatus | None = None
    bucket: str | None = None
    compression: str | None = None
    export_format: str | None = None
    error_code: str | None = None
    message: str | None = None
    started: EpochMillis | None = None
    finished: EpochMillis | None = None
    url_row_count_map: Mapping[str, int] | None = None


class S3Exports(Area):
    """Datasets exported to Amazon S3."""

    async def create(
        self,
        dataset_id: str,
        /,
        *,
        credentials: AwsCredentials,
        bucket: str,
        path: str,
        region: str,
        query: ExportQuery,
        include_bom: bool | Unset = UNSET,
        use_cache: bool | Unset = UNSET,
        wait: bool = False,
        timeout: float = 3600.0,
    ) -> S3Export:
        """Export a dataset to a bucket, with the caller's data policies applied.

        `POST /api/query/v1/export/{dataset_id}` (Export to S3, "Create Export"); with `wait`,
        `GET /api/query/v1/export/{dataset_id}` as well. A dataset has one active export at most. If its data have not
        changed since the last export, the instance gives that one instead of beginning another.

        Args:
            dataset_id: The dataset.
            credentials: What the bucket is written with; use temporary ones where you can. Their session token goes as
                ``sessionToken``, which the page's sample leaves out.
            bucket: The bucket.
            path: Where in the bucket.
            region: The bucket's own region; others are not supported.
            query: What to export.
            include_bom: Whether a byte order mark begins the files.
            use_cache: Whether a result of before may be used.
            wait: Whether to wait until the export has ended.
            timeout: Seconds to wait for that.

        Raises:
            ConfigError: The query names no columns.
            BadRequest: The instance makes no sense of the request.
            Forbidden: The dataset may not be read.
            NotFound: The dataset does not exist.
            JobFailed: With `wait`: the export failed; says why, if the instance reports it. No error tells the
                credentials.
            UnknownState: With `wait`: what the export's status means is not known.
            WaitTimeout: The export has not ended; carries the last status seen.
        """
        body = payload(
            aws_access_key=credentials.access_key,
            aws_access_secret=credentials.access_secret,
            session_token=UNSET if credentials.session_token is None else credentials.session_token,
            bucket=bucket,
            path=path,
            region=region,
            query_request=payload({"includeBOM": include_bom}, use_cache=use_cache, query=_query(query)),
        )
        # An answer that repeats what was sent would show the credentials.
        redactor = _redactor(credentials)
        with _kept_from_errors(redactor):
            export = await self._http.request(
                "POST", url("/api/query/v1/export/{}", dataset_id), json=body, into=S3Export
            )
            export = _without_echo(export, redactor)
            return await self._ended(dataset_id, export, timeout) if wait else export

    def list(self, dataset_id: str, /) -> Pager[S3Export]:
        """Iterate over all exports of a dataset, each with its status.

        `GET /api/query/v1/export/{dataset_id}` (Export to S3, "Export Status").

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return self._http.whole_list(
            "GET", url("/api/query/v1/export/{}", dataset_id), into=ItemTuple[S3Export], read=tuple
        )

    async def wait(self, dataset_id: str, export_id: str, /, *, timeout: float = 3600.0) -> S3Export:
        """Wait until an export has ended, and return it.

        Asks `GET /api/query/v1/export/{dataset_id}` (Export to S3, "Export Status") again and again, with pauses that
        grow, also while the export is not among those that it tells.

        Args:
            dataset_id: The dataset.
            export_id: The export, as `create` and `list` tell it.
            timeout: Seconds to wait at most.

        Raises:
            NotFound: The dataset does not exist.
            JobFailed: The export failed; says why, if the instance reports it.
            UnknownState: What the export's status means is not known.
            WaitTimeout: The export has not ended; carries the last status seen.
        """

        async def look() -> S3Export:
            exports = await self.list(dataset_id).all()
            # One that is not there tells nothing.
            return next((each for each in exports if each.export_id == export_id), S3Export(export_id=export_id))

        return await wait_for(
            look,
            _verdict,
            what=f"export {export_id} of dataset {dataset_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def _ended(self, dataset_id: str, export: S3Export, timeout: float) -> S3Export:
        """Return an export when it has ended, which one of before may have when it is given again."""
        verdict = _verdict(export)
        if verdict.failed:
            raise job_failed(f"export {export.export_id} of dataset {dataset_id}", verdict)
        return export if verdict.ended else await self.wait(dataset_id, export.export_id, timeout=timeout)


@contextmanager
def _kept_from_errors(redactor: Redactor) -> Iterator[None]:
    """Take the credentials out of what errors say."""
    try:
        yield
    except DomoError as error:
        raise redactor.error(error) from error.__cause__


def _redactor(credentials: AwsCredentials) -> Redactor:
    given = (credentials.access_key, credentials.access_secret, credentials.session_token)
    return Redactor(secret.get_secret_value() for secret in given if secret is not None)


def _without_echo(export: S3Export, redactor: Redactor) -> S3Export:
    """Return an export that does not repeat the credentials."""
    extras = {name: said for name, said in export.extras.items() if redactor.text(str(said)) == str(said)}
    code = export.error_code and redactor.text(export.error_code)
    message = export.message and redactor.text(export.message)
    return evolve(export, extras=extras, error_code=code, message=message)


_STATES = States(
    good=[ExportStatus.SUCCESS],
    bad=[ExportStatus.ERROR, ExportStatus.FAILED],
    going=[ExportStatus.NONE, ExportStatus.EXPORTING, ExportStatus.RUNNING],
)


def _verdict(export: S3Export) -> Verdict:
    reason = ": ".join(filter(None, (export.error_code, export.message))) or None
    return _STATES.judge(export.export_status, reason=reason)


def _query(query: ExportQuery) -> Mapping[str, Any]:
    return payload(
        columns=_columns(query.columns, "columns"),
        group_by_columns=_columns(query.group_by, "group_by", may_be_empty=True),
        order_by_columns=_columns(query.order_by, "order_by", may_be_empty=True),
    )


def _columns(columns: ExportColumns, name: str, *, may_be_empty: bool = False) -> Sequence[ExportColumn]:
    given = require_list(columns, name, may_be_empty=may_be_empty)
    return [column if isinstance(column, ExportColumn) else ExportColumn(column) for column in given]
