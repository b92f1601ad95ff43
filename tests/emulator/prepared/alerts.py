"""Alerts of the contract."""

from __future__ import annotations

from domo_async._emulator.access.people import add_user
from domo_async._emulator.routes import alerts
from domo_async._emulator.state.datasets import Column
from domo_async._emulator.state.instance import Instance


def prepare(instance: Instance) -> None:
    """Put the alert of the rows into the state, and who is or will be subscribed to it."""
    add_user(instance, "Ada", "ada@example.com", 2, user_id=12345)
    instance.records["groups"].put(7, {"id": 7, "name": "Team", "userIds": [12345]})
    dataset = instance.create_dataset(
        "Test Dataset", (Column("test", "STRING", "test"),), description="", provider_type="api"
    )
    alerts.create(
        instance,
        id=123,
        name="My Favorite Alert",
        resource_id=dataset.id,
        rule="Any row has changes for column(s): 'test'",
        subscriptions=[{"subscriberId": 12345, "type": "GROUP", "subscribedBy": 1}],
    )
