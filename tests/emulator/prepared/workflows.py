"""Workflows of the contract, with runs."""

from __future__ import annotations

from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.services.workflows import add_model, add_run
from domo_async._emulator.state.instance import Instance

RUN = "2052e10a-d142-4391-a731-2be1ab1c0188"
MODEL = "a8afdc89-9491-4ee4-b7c3-b9e9b86c0138"


def prepare(instance: Instance) -> None:
    model = add_model(
        instance, name="AddTwoNumbers", owner=8811501, model_id=MODEL, versions=("1.0.0", "1.1.0"), alias="add"
    )
    for run in (RUN, "613b7df4-761a-498c-ba25-fd9ae7b5df5b"):
        add_run(instance, model, user_id=8811501, job=ended_job("COMPLETED"), instance_id=run)
