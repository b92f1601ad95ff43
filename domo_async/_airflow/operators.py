"""Tasks of Airflow: uploading, and waiting for what the instance runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowTaskTimeout,
    TaskDeferralError,
    TaskDeferralTimeout,
)

from domo_async._airflow.failures import as_airflow_errors
from domo_async._airflow.hook import DomoHook
from domo_async._airflow.trigger import DomoWaitTrigger, JobKind
from domo_async._clock import SystemClock
from domo_async._transfer import UploadKeywords
from domo_async._wire import Record
from domo_async.errors import DomoError, JobFailed
from domo_async.sync import Domo

__all__ = ["DomoUploadOperator", "DomoWaitOperator"]

# Beyond the trigger's own deadline, before Airflow gives up a trigger that does not answer.
_SPARE = timedelta(minutes=5)


class DomoUploadOperator(BaseOperator):
    """Uploads files to a dataset: all of them in one commit, or nothing.

    Its result, which other tasks read as XCom, is the dictionary of an `UploadResult`.

    Airflow tries a task again only after failures that may pass, and never when that could double rows: when it is not
    known whether an APPEND took effect, as after ``execution_timeout``, the task fails for good, unless the options
    name a journal (``resume``) on a disk that all workers share; then the next attempt looks the outcome up.

    ```python
    DomoUploadOperator(
        task_id="orders",
        dataset_id="{{ var.value.orders }}",
        source="/data/{{ ds }}/*.csv",
        options={"action": "APPEND", "resume": "/data/{{ ds }}/orders.journal"},
    )
    ```

    Args:
        dataset_id: The dataset; may be a template.
        source: The file, a pattern, a folder or a list of them; may be a template.
        options: The keywords of `Datasets.upload`, such as ``action``, ``keys`` and ``schema``; texts may be templates.
        domo_conn_id: The connection.
        **kwargs: As every operator of Airflow takes them.
    """

    template_fields: Sequence[str] = ("dataset_id", "source", "options", "domo_conn_id")
    template_fields_renderers: dict[str, str] = {"options": "json"}  # noqa: RUF012 - as Airflow declares it
    ui_color = "#e4f1fb"

    def __init__(
        self,
        *,
        dataset_id: str,
        source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        options: UploadKeywords | None = None,
        domo_conn_id: str = DomoHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset_id = dataset_id
        self.source = source
        self.options: UploadKeywords | None = options
        self.domo_conn_id = domo_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Upload, and return the result."""
        options: UploadKeywords = (self.options or UploadKeywords()).copy()
        adds = options.get("action") == "APPEND" and options.get("partition") is None
        repeatable = not adds or options.get("resume") is not None
        with as_airflow_errors(repeatable=repeatable), DomoHook(self.domo_conn_id).get_conn() as domo:
            return domo.datasets.upload(self.dataset_id, self.source, **options).to_dict()


class DomoWaitOperator(BaseOperator):
    """Waits for an execution of a dataflow or a run of a workflow, which it starts unless it is given one.

    Its result is the dictionary of the `DataflowExecution` or `WorkflowInstance`. If the instance says that it failed,
    so does the task; Airflow's retries start it once more, unless the task only waits. After other failures the task is
    not tried again once it has started something, or may have (the answer was lost), which goes on in the instance and
    would be started twice. When the task is killed, or its ``execution_timeout`` is over, the run of a workflow that it
    started is cancelled; Domo's documentation describes no way to end an execution of a dataflow.

    ```python
    DomoWaitOperator(task_id="clean", dataflow_id=12, deferrable=True)
    DomoWaitOperator(task_id="approve", workflow_id=MODEL, message_name="Start Approval", version="1.0.0")
    DomoWaitOperator(task_id="others", dataflow_id=12, execution_id="{{ ti.xcom_pull('started')['id'] }}")
    ```

    Args:
        dataflow_id: The dataflow.
        execution_id: Its execution to wait for; by default the task executes the dataflow.
        workflow_id: The workflow, which is started with `message_name`, `version` and `data`.
        instance_id: Instead, the workflow's run to wait for.
        message_name: The message that starts the workflow.
        version: The workflow's version, such as ``1.0.0``.
        data: The start values.
        timeout: The most seconds to wait, or the longest time.
        cancel_on_kill: Whether the workflow's run that the task started is cancelled when the task is killed.
        deferrable: Whether to wait in Airflow's triggerer, which takes no worker's slot; by default Airflow's setting
            ``default_deferrable``.
        domo_conn_id: The connection.
        **kwargs: As every operator of Airflow takes them.

    Raises:
        ValueError: It is not clear what to wait for.
    """

    template_fields: Sequence[str] = (
        "dataflow_id",
        "execution_id",
        "workflow_id",
        "instance_id",
        "message_name",
        "version",
        "data",
        "domo_conn_id",
    )
    template_fields_renderers: dict[str, str] = {"data": "json"}  # noqa: RUF012 - as Airflow declares it
    ui_color = "#e4f1fb"

    def __init__(
        self,
        *,
        dataflow_id: int | str | None = None,
        execution_id: int | str | None = None,
        workflow_id: str | None = None,
        instance_id: str | None = None,
        message_name: str | None = None,
        version: str | None = None,
        data: Mapping[str, Any] | None = None,
        timeout: float | timedelta = 3600.0,
        cancel_on_kill: bool = True,
        deferrable: bool | None = None,
        domo_conn_id: str = DomoHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        starts = message_name is not None or version is not None
        if dataflow_id is not None:
            clear = workflow_id is None and instance_id is None and data is None and not starts
        elif instance_id is not None:
            clear = execution_id is None and not starts and data is None
        else:
            clear = None not in {workflow_id, message_name, version} and execution_id is None
        if not clear:
            raise ValueError(
                f"task {self.task_id} needs a dataflow_id (with an execution_id to wait for that one), or workflow_id,"
                " message_name and version, or an instance_id"
            )
        self.dataflow_id = dataflow_id
        self.execution_id = execution_id
        self.workflow_id = workflow_id
        self.instance_id = instance_id
        self.message_name = message_name
        self.version = version
        self.data = data
        self.timeout: float = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        self.cancel_on_kill = cancel_on_kill
        self._started: str | None = None
        self.deferrable: bool = (
            conf.getboolean("operators", "default_deferrable", fallback=False) if deferrable is None else deferrable
        )
        self.domo_conn_id = domo_conn_id

    @property
    def _kind(self) -> JobKind:
        return "workflow" if self.dataflow_id is None else "dataflow"

    @property
    def _job_id(self) -> str | None:
        return self.workflow_id if self.dataflow_id is None else str(self.dataflow_id)

    @property
    def starts(self) -> bool:
        """Whether the task starts the execution or run."""
        return self.execution_id is None and self.instance_id is None

    def execute(self, context: Context) -> dict[str, Any]:
        """Start the execution or run unless it is given, and wait or defer."""
        deadline = SystemClock().now() + timedelta(seconds=self.timeout)
        with as_airflow_errors(repeatable=not self.starts), DomoHook(self.domo_conn_id).get_conn() as domo:
            run_id = self._run_id(domo)
        if self.starts:
            self._started = run_id
        self.log.info("waiting for run %s of %s %s", run_id, self._kind, self._job_id or "")
        if self.deferrable:
            self.defer(
                trigger=DomoWaitTrigger(
                    kind=self._kind,
                    job_id=self._job_id,
                    run_id=run_id,
                    deadline=deadline.timestamp(),
                    cancel_on_kill=self.starts and self.cancel_on_kill,
                    domo_conn_id=self.domo_conn_id,
                ),
                method_name="execute_complete",
                timeout=timedelta(seconds=self.timeout) + _SPARE,
            )
        return self._waited(run_id)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """Return the execution or run that the trigger waited for, or raise its error."""
        if event["status"] == "success":
            result: dict[str, Any] = event["result"]
            return result
        again = event["status"] == "failed" if self.starts else bool(event.get("may_pass"))
        raise (AirflowException if again else AirflowFailException)(event["message"])

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Go on after the trigger; if that failed itself, Airflow would start the execution or run once more."""
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except (TaskDeferralError, TaskDeferralTimeout) as error:
            if not self.starts:
                raise
            raise AirflowFailException(f"the trigger failed ({error}); what was started may go on") from error

    def on_kill(self) -> None:
        """Cancel the workflow's run that the task started."""
        if self._started is None:
            return
        if self._kind == "dataflow" or not self.cancel_on_kill:
            self.log.warning("run %s of %s %s goes on", self._started, self._kind, self._job_id)
            return
        try:
            with DomoHook(self.domo_conn_id).get_conn() as domo:
                domo.workflows.cancel(self._started)
        except DomoError as error:
            self.log.warning("run %s could not be cancelled: %s", self._started, error)

    def _run_id(self, domo: Domo) -> str:
        """Return the execution or run to wait for, which is started if there is none."""
        if self.instance_id is not None:
            return self.instance_id
        if self.dataflow_id is None:
            return domo.workflows.start(
                str(self.workflow_id),
                message_name=str(self.message_name),
                version=str(self.version),
                data=dict(self.data or {}),
            ).id
        if self.execution_id is not None:
            return str(self.execution_id)
        return str(domo.dataflows.execute(self.dataflow_id).id)

    def _waited(self, run_id: str) -> dict[str, Any]:
        try:
            with DomoHook(self.domo_conn_id).get_conn() as domo:
                ended: Record = (
                    domo.workflows.wait(run_id, model_id=self.workflow_id, timeout=self.timeout)
                    if self.dataflow_id is None
                    else domo.dataflows.wait(self.dataflow_id, run_id, timeout=self.timeout)
                )
        except JobFailed as error:
            raise (AirflowException if self.starts else AirflowFailException)(str(error)) from error
        except DomoError as error:
            if self.starts:
                raise AirflowFailException(f"{error}; run {run_id} was started and may go on") from error
            with as_airflow_errors(repeatable=True):
                raise
        except AirflowTaskTimeout as error:
            if not self.starts:
                raise
            self.on_kill()
            raise AirflowFailException(
                f"the task's execution_timeout ended it; run {run_id} was started and may go on"
            ) from error
        return ended.to_dict()
