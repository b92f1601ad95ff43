"""Exports of datasets to Amazon S3."""

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
    """The status of an export; newer instances send ``running`` and ``failed`` for ``exporting`` and ``error``."""

    NONE = "none"
    EXPORTING = "exporting"
    RUNNING = "running"
    SUCCESS = "success"
    ERROR = "error"
    FAILED = "failed"


class ExpressionType(OpenEnum):
    """The type of an expression in a query."""

    COLUMN = "COLUMN"


def _secret(value: Secret[str] | str) -> Secret[str]:
    return Secret.of(value)


def _secret_or_none(value: Secret[str] | str | None) -> Secret[str] | None:
    return Secret.of(value)


@keeps_secret("access_key", "access_secret", "session_token")
@frozen
class AwsCredentials(Record):
    """The credentials for writing to S3. A plain string is wrapped in a `Secret`.

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
        column: The column's name.
        expr_type: The type of the expression.
    """

    column: str
    expr_type: ExpressionType | str = ExpressionType.COLUMN


ExportColumns: TypeAlias = Sequence[ExportColumn | str]


@frozen
class ExportQuery(Record):
    """The query of an export.

    Attributes:
        columns: The columns, in order; a bare name stands for the column of that name.
        group_by: The columns to group by. Domo's documentation shows none; they are sent in the form of `columns`.
        order_by: The columns to sort by. Domo's documentation shows none; they are sent in the form of `columns`.
    """

    columns: ExportColumns
    group_by: ExportColumns = ()
    order_by: ExportColumns = ()


@frozen(kw_only=True)
class S3Export(Model):
    """An export of a dataset.

    Attributes:
        export_id: The export's id.
        export_status: The status.
        bucket: The target bucket.
        compression: The compression of the files, such as ``none``.
        export_format: The format of the files, such as ``csv``.
        error_code: The error code.
        message: The error message.
        started: The start of the export. Domo's documentation shows ISO 8601, Domo's YAML says milliseconds; both are
            accepted.
        finished: The end of the export, in the same forms.
        url_row_count_map: The number of rows in each file, by its URL.
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
    """Exports of datasets to Amazon S3."""

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
        changed since the last export, the instance returns that export instead of starting another.

        ```python
        export = await domo.s3_exports.create(
            dataset_id,
            credentials=AwsCredentials(access_key, access_secret, session_token),
            bucket="acme-exports",
            path="orders",
            region="eu-central-1",
            query=ExportQuery(["id", "region"]),
            wait=True,
        )
        ```

        Args:
            dataset_id: The dataset.
            credentials: The credentials for writing to the bucket; use temporary ones if possible. Their session token
                is sent as ``sessionToken``, which the sample in Domo's documentation omits.
            bucket: The bucket.
            path: The path in the bucket.
            region: The region of the bucket; other regions are not supported.
            query: The query to export.
            include_bom: Whether the files begin with a byte order mark.
            use_cache: Whether the instance may use a cached result.
            wait: Whether to wait until the export has ended.
            timeout: The number of seconds to wait for that.

        Raises:
            ConfigError: The query names no columns.
            BadRequest: The instance does not understand the request.
            Forbidden: The token's owner may not read the dataset.
            NotFound: The dataset does not exist.
            JobFailed: With `wait`: the export failed; the message has the reason, if the instance reports it. Errors
                never contain the credentials.
            UnknownState: With `wait`: the export's status is not one that the client knows.
            WaitTimeout: The export has not ended; the error has the last status.
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
        # An answer that repeats the request would show the credentials.
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

        Sends `GET /api/query/v1/export/{dataset_id}` (Export to S3, "Export Status") repeatedly, at growing intervals,
        also while the export is not in the list.

        Args:
            dataset_id: The dataset.
            export_id: The export, from `create` or `list`.
            timeout: The maximum number of seconds to wait.

        Raises:
            NotFound: The dataset does not exist.
            JobFailed: The export failed; the message has the reason, if the instance reports it.
            UnknownState: The export's status is not one that the client knows.
            WaitTimeout: The export has not ended; the error has the last status.
        """

        async def look() -> S3Export:
            exports = await self.list(dataset_id).all()
            # An export that is not in the list has no state.
            return next((each for each in exports if each.export_id == export_id), S3Export(export_id=export_id))

        return await wait_for(
            look,
            _verdict,
            what=f"export {export_id} of dataset {dataset_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )

    async def _ended(self, dataset_id: str, export: S3Export, timeout: float) -> S3Export:
        """Return an export when it has ended; an earlier export that is returned again may have ended already."""
        verdict = _verdict(export)
        if verdict.failed:
            raise job_failed(f"export {export.export_id} of dataset {dataset_id}", verdict)
        return export if verdict.ended else await self.wait(dataset_id, export.export_id, timeout=timeout)


@contextmanager
def _kept_from_errors(redactor: Redactor) -> Iterator[None]:
    """Remove the credentials from errors."""
    try:
        yield
    except DomoError as error:
        raise redactor.error(error) from error.__cause__


def _redactor(credentials: AwsCredentials) -> Redactor:
    given = (credentials.access_key, credentials.access_secret, credentials.session_token)
    return Redactor(secret.get_secret_value() for secret in given if secret is not None)


def _without_echo(export: S3Export, redactor: Redactor) -> S3Export:
    """Return an export without the credentials that the answer may repeat."""
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
