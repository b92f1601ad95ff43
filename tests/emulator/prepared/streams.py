"""Streams of the contract, with runs."""

from __future__ import annotations

from domo_async._emulator.routes.accounts import add_account
from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.services.streams import add_execution, add_stream
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance

# By their random names: the formulas of the sample's dataset.
FREE = dict.fromkeys(("E042", "E043"), ("$.dataSource.properties.formulas.formulas",))


def prepare(instance: Instance) -> None:
    for number in (1, 3):
        add_account(instance, user_id=1, display_name=f"Account {number}", account_id=number)
    for number, runs in ((371, 2), (25775, 1)):
        dataset = instance.create_dataset(
            "Covid", (Column("date", "DATE", "date"),), description="", provider_type="covid-19"
        )
        stream = add_stream(
            instance,
            dataset,
            {
                "transport": {"type": "CONNECTOR", "description": "com.domo.connector.covid19", "version": "0"},
                "configuration": [{"category": "METADATA", "name": "report", "type": "string", "value": "series"}],
                "accountId": None,
                "updateMethod": "REPLACE",
                "dataProviderKey": "covid-19",
                "advancedScheduleJson": '{"type":"MINUTE","timezone":"UTC","between":null,"interval":30}',
            },
            user_id=1,
            stream_id=number,
        )
        for _ in range(runs):
            add_execution(instance, stream, dataset, ended_job("SUCCESS", lasts=25.0), run_type="AUTOMATED")
