"""Test code that works with Domo, without an instance: the fixtures that pytest has once domo-async is installed.

pip install 'domo-async[emulator]' pytest && pytest examples/testing_with_pytest.py
"""

import os

import pytest

from domo_async import Forbidden
from domo_async.emulator import Emulator, Fault
from domo_async.sync import Domo


def test_the_total_is_right_although_the_instance_is_busy(domo_sync: Domo, domo_emulator: Emulator) -> None:
    """An answer that asks for patience changes no figure."""
    orders = domo_emulator.add.dataset(rows=[{"region": "West", "amount": 2}, {"region": None, "amount": 3}])
    domo_emulator.faults.add(Fault("POST /api/query/*", "throttle", retry_after=0))
    table = domo_sync.datasets.query(orders.id, "SELECT SUM(amount) AS total FROM table")
    assert table.to_dicts() == [{"total": 5}]


@pytest.mark.domo(world="demo", strict=True)
def test_participants_may_not_create_users(domo_emulator: Emulator) -> None:
    """The instance refuses actions that a role forbids, in an instance with thousands of users."""
    ada = domo_emulator.add.user(display_name="Ada")
    token = domo_emulator.add.access_token(owner_id=ada.id).token
    with domo_emulator.sync_client(token=token) as domo, pytest.raises(Forbidden):
        domo.users.create(display_name="Bob", email_address="bob@example.com", role_id=4)


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q", "-c", os.devnull]))  # by no project's configuration
