"""Code Engine: functions run on the instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._transport import url
from domo_async._waiting import Verdict, job_failed
from domo_async._wire import UNSET, IsoStamp, Model, OpenEnum, Unset, payload
from domo_async.errors import WaitTimeout

__all__ = [
    "CodeEngine",
    "ExecutionError",
    "ExecutionLog",
    "ExecutionSettings",
    "ExecutionStatus",
    "FunctionExecution",
]


class ExecutionStatus(OpenEnum):
    """How an execution stands. The values are those of Domo's OpenAPI description; the page names none.

    ``SUCCESS``: the function gave what it declares. ``FAILED``: it broke off with an error. ``RESULT_TYPE_FAILURE``: it
    gave something else than it declares. ``OUTPUT_UNDEFINED``: it gave nothing. ``RUNNING``: it has not ended, which is
    documented for later looks alone. ``UNDEFINED``: the instance could not tell how it went.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    RESULT_TYPE_FAILURE = "RESULT_TYPE_FAILURE"
    RUNNING = "RUNNING"
    OUTPUT_UNDEFINED = "OUTPUT_UNDEFINED"
    UNDEFINED = "UNDEFINED"


@frozen(kw_only=True)
class ExecutionSettings(Model):
    """How an execution was asked for.

    Attributes:
        get_logs: Whether what the function prints was to be kept.
    """

    get_logs: bool | None = None


@frozen(kw_only=True)
class ExecutionLog(Model):
    """What a function printed.

    Attributes:
        log: The entries, often lines of text.
    """

    log: tuple[object, ...] = ()


@frozen(kw_only=True)
class ExecutionError(Model):
    """What was wrong with an execution.

    Attributes:
        error_messages: What there is to say about it.
        result: What the function gave.
        expected_type: The type that the function declares.
        actual_type: The type of what it gave.
        expected_is_list: Whether the function declares a list.
        actual_is_list: Whether it gave one.
        expected_allow_null: Whether the function may give nothing.
    """

    error_messages: tuple[str, ...] = ()
    result: Any = None
    expected_type: str | None = None
    actual_type: str | None = None
    expected_is_list: bool | None = None
    actual_is_list: bool | None = None
    expected_allow_null: bool | None = None

    @property
    def reason(self) -> str | None:
        """What was wrong in one line, where the instance tells."""
        if self.error_messages:
            return "; ".join(self.error_messages)
        if self.expected_type is None or self.actual_type is None:
            return None
        expected = _kind(self.expected_type, is_list=self.expected_is_list)
        return f"it gave {_kind(self.actual_type, is_list=self.actual_is_list)} where it declares {expected}"


def _kind(name: str, *, is_list: bool | None) -> str:
    return f"a list of {name}" if is_list else name


@frozen(kw_only=True)
class FunctionExecution(Model):
    """A function that was run.

    Attributes:
        execution_id: The identifier of this run.
        package_id: The package.
        version: The package's version.
        function_name: The function.
        status: How it stands.
        settings: How it was asked for.
        started_on: When it began.
        started_by: Who ran it.
        completed_on: When it ended.
        result: What the function gave.
        stdout: What it printed, if that was asked for.
        stderr: What it printed of errors, if that was asked for.
        error_information: What was wrong.
    """

    execution_id: str | None = None
    package_id: str | None = None
    version: str | None = None
    function_name: str | None = None
    status: ExecutionStatus | None = None
    settings: ExecutionSettings | None = None
    # The page calls them dates, without their form: what a function did must not be lost over that.
    started_on: IsoStamp | None = None
    started_by: str | None = None
    completed_on: IsoStamp | None = None
    result: Any = None
    stdout: ExecutionLog | None = None
    stderr: ExecutionLog | None = None
    error_information: ExecutionError | None = None


def _judge(execution: FunctionExecution) -> Verdict:
    status = execution.status
    good = status in {None, ExecutionStatus.SUCCESS, ExecutionStatus.OUTPUT_UNDEFINED}
    runs = status == ExecutionStatus.RUNNING
    reason = execution.error_information.reason if execution.error_information else None
    return Verdict(status, ended=not runs, failed=not (good or runs), reason=reason)


class CodeEngine(Area):
    """Code Engine: functions run on the instance."""

    async def run(
        self,
        package_id: str,
        version: str,
        function_name: str,
        /,
        *,
        input_variables: Mapping[str, object],
        get_logs: bool | Unset = UNSET,
        check: bool = True,
    ) -> FunctionExecution:
        """Run a function and return what it gave.

        `POST /api/codeengine/v2/packages/{package_id}/versions/{version}/functions/{function_name}` (Code Engine API,
        "Run Function"). The instance answers with a good status even where the function failed, so that the execution's
        own status is looked at. It is never run twice by itself.

        Args:
            package_id: The package.
            version: The package's version, such as ``1.0.1``.
            function_name: The function.
            input_variables: What the function takes, by name; ``{}`` for nothing.
            get_logs: Whether to get what the function prints.
            check: Whether to raise unless the function surely ended well, that is as ``SUCCESS``, or as
                ``OUTPUT_UNDEFINED``, for a function that gives nothing. False returns every execution as it is.

        Raises:
            JobFailed: The function failed, or the instance could not tell how it went; carries the status and the
                reason. A status that this release does not know is taken for that, too.
            WaitTimeout: The instance answered before the function had ended, and it goes on.
            NotFound: There is no such function.
        """
        execution = await self._http.request(
            "POST",
            url("/api/codeengine/v2/packages/{}/versions/{}/functions/{}", package_id, version, function_name),
            json=payload(
                input_variables=input_variables,
                settings=get_logs if isinstance(get_logs, Unset) else payload(get_logs=get_logs),
            ),
            into=FunctionExecution,
        )
        verdict = _judge(execution)
        if check and verdict.failed:
            raise job_failed(f"the function {function_name}", verdict)
        if check and not verdict.ended:
            raise WaitTimeout(
                f"the function {function_name} has not ended; it goes on as execution {execution.execution_id}",
                state=verdict.state,
            )
        return execution
