"""Accounts of the contract."""

from __future__ import annotations

from domo_async._emulator.routes.accounts import add_account
from domo_async._emulator.state.instance import Instance

# Domo's documentation shows an envelope for the search; its Search page, and the instance, have none.
FREE = {"E035": ("$",)}


def prepare(instance: Instance) -> None:
    for number in (479, 480):
        add_account(
            instance,
            user_id=1,
            display_name=f"SDK Account {number}",
            name="sdk-account",
            data_provider_type="amazon-s3",
            configurations={"region": "us-west-2"},
            account_id=number,
        )
