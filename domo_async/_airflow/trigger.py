"""Waiting in Airflow's triggerer, which takes no worker's slot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal, TypeAlias

from airflow.triggers.base import BaseTrigger, TriggerEvent

from domo_async._airflow.hook import DomoHook
from domo_async._clock import SystemClock
from domo_async._passing import may_pass
from domo_async.errors import DomoError, JobFailed, WaitTimeout

__all__ = ["DomoWaitTrigger", "JobKind"]

JobKind: TypeAlias = Literal["dataflow", "workflow"]


class DomoWaitTrigger(BaseTrigger):
    """Waits for an execution of a dataflow or a run of a workflow.

    Its event is a dictionary: ``status`` is ``success``, ``failed`` (as the instance says), ``timeout`` or ``error``;
    ``result`` is the execution or run, and ``message`` describes the error.

    Args:
        kind: ``dataflow`` or ``workflow``.
        job_id: The dataflow or workflow; may be None for a workflow.
        run_id: The execution or run.
        deadline: When to give up, in seconds since 1970; it stays the same when the triggerer starts anew.
        cancel_on_kill: Whether a workflow's run is cancelled when a user kills the task.
        domo_conn_id: The connection.
    """

    def __init__(
        self,
        *,
        kind: JobKind,
        job_id: str | None,
        run_id: str,
        deadline: float,
        cancel_on_kill: bool = False,
        domo_conn_id: str = DomoHook.default_conn_name,
    ) -> None:
        super().__init__()
        self.kind: JobKind = kind
        self.job_id = job_id
        self.run_id = run_id
        self.deadline = deadline
        self.cancel_on_kill = cancel_on_kill
        self.domo_conn_id = domo_conn_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments with which Airflow creates the trigger in the triggerer."""
        return "domo_async.airflow.DomoWaitTrigger", {
            "kind": self.kind,
            "job_id": self.job_id,
            "run_id": self.run_id,
            "deadline": self.deadline,
            "cancel_on_kill": self.cancel_on_kill,
            "domo_conn_id": self.domo_conn_id,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event, when the execution or run has ended or cannot be waited for any longer."""
        yield TriggerEvent(await self._outcome())

    async def on_kill(self) -> None:
        """Cancel the workflow's run, when a user kills the task; Airflow logs errors."""
        if self.cancel_on_kill and self.kind == "workflow":
            async with await DomoHook(self.domo_conn_id).get_async_conn() as domo:
                await domo.workflows.cancel(self.run_id)

    async def _outcome(self) -> dict[str, Any]:
        # A timeout of zero is refused; a run that is over time is still asked about once.
        timeout = max(self.deadline - SystemClock().now().timestamp(), 0.001)
        try:
            async with await DomoHook(self.domo_conn_id).get_async_conn() as domo:
                if self.kind == "dataflow":
                    execution = await domo.dataflows.wait(str(self.job_id), self.run_id, timeout=timeout)
                    return {"status": "success", "result": execution.to_dict()}
                run = await domo.workflows.wait(self.run_id, model_id=self.job_id, timeout=timeout)
                return {"status": "success", "result": run.to_dict()}
        except JobFailed as error:
            return {"status": "failed", "message": str(error)}
        except WaitTimeout as error:
            return {"status": "timeout", "message": str(error)}
        except DomoError as error:
            return {"status": "error", "message": str(error), "may_pass": may_pass(error)}
